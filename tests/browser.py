"""A headless Chromium spoken to through two pipes: the machine's own, or none."""

import fcntl
import json
import os
import shutil
from base64 import b64decode

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--remote-debugging-pipe",
)


class Browser:
    """One page in a browser with a profile of its own."""

    def __init__(self, profile):
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        # The browser reads commands from descriptor 3 and answers on 4.
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (theirs_in, theirs_out)]
        self.process = os.posix_spawn(
            CHROMIUM,
            [CHROMIUM, *SWITCHES, f"--user-data-dir={profile}", "about:blank"],
            os.environ,
            file_actions=[
                *((os.POSIX_SPAWN_OPEN, n, os.devnull, os.O_WRONLY, 0) for n in (1, 2)),
                *((os.POSIX_SPAWN_DUP2, end, n) for n, end in enumerate(high, 3)),
            ],
        )
        for end in (theirs_in, theirs_out, *high):
            os.close(end)
        self.reader, self.writer = os.fdopen(ours_in, "rb"), os.fdopen(ours_out, "wb")
        self.rest, self.number, self.events, self.session = b"", 0, [], None
        target = next(
            t["targetId"]
            for t in self.send("Target.getTargets")["targetInfos"]
            if t["type"] == "page"
        )
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def _message(self):
        while b"\0" not in self.rest:
            read = self.reader.read1(65536)
            if not read:
                raise EOFError
            self.rest += read
        raw, _, self.rest = self.rest.partition(b"\0")
        return json.loads(raw)

    def send(self, method, **params):
        """Send a command and return its result; events are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        self.writer.write(json.dumps(message).encode() + b"\0")
        self.writer.flush()
        while True:
            answer = self._message()
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def wait(self, event):
        """Wait for an event that has not been seen yet."""
        while not any(e.get("method") == event for e in self.events):
            self.events.append(self._message())
        self.events = [e for e in self.events if e.get("method") != event]

    def open(self, path, *, day=None):
        """Open a file; *day* (year-month-day) is what the page takes for today."""
        if day is not None:
            clock = f"{{ const D = Date, at = new D('{day}T12:00').getTime() - D.now(); "
            clock += "Date = class extends D { constructor(...a) { super(...(a.length ? a : "
            clock += "[D.now() + at])); } static now() { return D.now() + at; } }; }"
            self.send("Page.addScriptToEvaluateOnNewDocument", source=clock)
        self.send("Page.navigate", url=path.resolve().as_uri())
        self.wait("Page.loadEventFired")

    def run(self, script):
        """Return the value of an expression in the page."""
        done = self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def screen(self, width, height, *, dark=False, letters=None):
        """Set the size of the screen, the mode, and the size of letters in the browser."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 700,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])
        if letters:
            self.run(f"document.documentElement.style.fontSize = '{letters}'")

    def picture(self, path):
        """Write a picture of what the screen shows."""
        path.write_bytes(b64decode(self.send("Page.captureScreenshot")["data"]))

    def complaints(self):
        """Return what the page wrote to the console, and what it asked for beside itself."""
        self.run("0")
        said = [e["params"] for e in self.events if e.get("method") in _SAID]
        asked = [
            e["params"]["request"]["url"]
            for e in self.events
            if e.get("method") == "Network.requestWillBeSent"
        ]
        return said, [url for url in asked if not url.startswith(("file:", "data:"))]

    def close(self):
        """End the browser."""
        self.session = None
        self.send("Browser.close")
        os.waitpid(self.process, 0)
        self.reader.close()
        self.writer.close()


_SAID = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
