"""Blocks kept in files, named by the hash of all that they depend on.

A file is a line that names the format, the hash of the rest, and the rest: its name, a line of
JSON, and raw bytes. Nothing in it can run. A file that is damaged, or is not what its name says,
is as good as none. Files appear whole or not at all, so any number of processes may share a folder.
What a person or a clinic typed is never in it: such entries are private and stay in memory.
"""

import json
import os
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

FORMAT = b"programgen blocks 1"
LARGEST = 256 * 2**20
"""Bytes after which the oldest files are removed."""
IN_MEMORY = 256
"""Entries that a process remembers."""


@dataclass(frozen=True)
class Entry:
    """Plain values, and raw bytes in a fixed order."""

    values: Any
    parts: tuple[bytes, ...] = ()


def packed(key: str, entry: Entry) -> bytes:
    """Return an entry as the content of its file."""
    sizes = [len(part) for part in entry.parts]
    head = json.dumps([sizes, entry.values], separators=(",", ":")).encode()
    rest = b"\n".join((key.encode(), head, b"".join(entry.parts)))
    return b"\n".join((FORMAT, sha256(rest).hexdigest().encode(), rest))


def unpacked(key: str, raw: bytes) -> Entry | None:
    """Return the entry in a file; None when it is damaged or another one."""
    form, _, rest = raw.partition(b"\n")
    digest, _, rest = rest.partition(b"\n")
    if form != FORMAT or digest != sha256(rest).hexdigest().encode():
        return None
    name, head, body = rest.split(b"\n", 2)
    if name != key.encode():
        return None
    sizes, values = json.loads(head)
    parts, start = [], 0
    for size in sizes:
        parts.append(body[start : start + size])
        start += size
    return Entry(values, tuple(parts))


def default_folder() -> Path | None:
    """Return where this user's programs keep what can be made again; None without a home."""
    asked = os.environ.get("XDG_CACHE_HOME", "")
    # The standard says that a relative path is to be ignored.
    if Path(asked).is_absolute():
        return Path(asked) / "programgen" / "blocks"
    places = {"darwin": "Library/Caches", "win32": "AppData/Local"}
    with suppress(RuntimeError):
        return Path.home() / places.get(sys.platform, ".cache") / "programgen" / "blocks"
    return None


class Store:
    """Entries of this process, and of a folder when there is one.

    When the folder cannot be used, or others may write there, everything works, only slower.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Remember the folder; it is made when something is first kept."""
        self.folder = folder if folder is None or _is_safe(folder) else None
        self.memory: dict[str, Entry] = {}
        self.found = self.made = 0
        self.has_grown = False

    def find(self, key: str) -> Entry | None:
        """Return what is kept under a key."""
        entry = self.memory.pop(key, None)
        if entry is None and self.folder is not None:
            with suppress(OSError, ValueError):
                entry = unpacked(key, (self.folder / key).read_bytes())
        if entry is not None:
            self._remember(key, entry)
        self.found += entry is not None
        return entry

    def keep(self, key: str, entry: Entry, *, private: bool) -> Entry:
        """Keep an entry, and return it as it will be read; a *private* one in memory only."""
        raw = packed(key, entry)
        self.made += 1
        if not private:
            self._write(key, raw)
        read = unpacked(key, raw)
        if read is None:
            message = "an entry cannot be read as it was written"
            raise ValueError(message)
        self._remember(key, read)
        return read

    def _remember(self, key: str, entry: Entry) -> None:
        """Remember an entry as the last one that was used."""
        while len(self.memory) >= IN_MEMORY:
            del self.memory[next(iter(self.memory))]
        self.memory[key] = entry

    def _write(self, key: str, raw: bytes) -> None:
        if self.folder is None:
            return
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=".new-", dir=self.folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(raw)
                Path(temporary).replace(self.folder / key)
                self.has_grown = True
            finally:
                Path(temporary).unlink(missing_ok=True)

    def trim(self, largest: int = LARGEST) -> None:
        """Remove the oldest files when the folder has grown too large."""
        if self.folder is None or not self.has_grown:
            return
        self.has_grown = False
        # Another process may remove a file first; then it has done this work.
        with suppress(OSError):
            files = [(f.stat().st_mtime, f.stat().st_size, f.path) for f in os.scandir(self.folder)]
            excess = sum(size for _, size, _ in files) - largest
            for _, size, path in sorted(files):
                if excess <= 0:
                    break
                Path(path).unlink(missing_ok=True)
                excess -= size


def _is_safe(folder: Path) -> bool:
    """Return whether nobody else can put a block into the folder; true before it is made."""
    try:
        found = folder.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    own = getattr(os, "getuid", lambda: found.st_uid)()
    return found.st_uid in (own, 0) and not (os.name == "posix" and found.st_mode & 0o022)
