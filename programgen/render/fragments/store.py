"""Blocks kept in files, named by the hash of all that they depend on.

A file is a line that names the format, the hash of the rest, and the rest: its name, a line of
JSON, and raw bytes. Nothing in it can run. A file that is damaged, or is not what its name says,
is as good as none. Files appear whole or not at all, so any number of processes may share a folder.
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
IN_MEMORY = 2048
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


def default_folder() -> Path:
    """Return where this user's programs keep what can be made again."""
    places = {"darwin": "Library/Caches", "win32": "AppData/Local"}
    return Path.home() / places.get(sys.platform, ".cache") / "programgen" / "blocks"


class Store:
    """Entries of this process, and of a folder when there is one.

    The folder can be read by its owner only, because blocks hold what a plan says. When it
    cannot be used, everything works, only slower.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Remember the folder; it is made when something is first kept."""
        self.folder = folder
        self.memory: dict[str, Entry] = {}
        self.found = self.made = 0

    def find(self, key: str) -> Entry | None:
        """Return what is kept under a key."""
        entry = self.memory.get(key)
        if entry is None and self.folder is not None:
            try:
                entry = unpacked(key, (self.folder / key).read_bytes())
            except (OSError, ValueError):
                entry = None
            if entry is not None:
                self._remember(key, entry)
        self.found += entry is not None
        return entry

    def keep(self, key: str, entry: Entry) -> Entry:
        """Keep an entry, and return it as it will be read."""
        raw = packed(key, entry)
        self.made += 1
        self._write(key, raw)
        read = unpacked(key, raw)
        if read is None:
            message = "an entry cannot be read as it was written"
            raise ValueError(message)
        self._remember(key, read)
        return read

    def _remember(self, key: str, entry: Entry) -> None:
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
            finally:
                Path(temporary).unlink(missing_ok=True)

    def trim(self, largest: int = LARGEST) -> None:
        """Remove the oldest files when the folder has grown too large."""
        if self.folder is None or not self.made:
            return
        with suppress(OSError):
            files = [(f.stat().st_mtime, f.stat().st_size, f.path) for f in os.scandir(self.folder)]
            excess = sum(size for _, size, _ in files) - largest
            for _, size, path in sorted(files):
                if excess <= 0:
                    break
                Path(path).unlink(missing_ok=True)
                excess -= size
