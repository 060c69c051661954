"""Content files that were read beforehand: plain values, by the hash of the file.

Of a file that has been changed there is no value, and all are void when the code that reads
them has changed, or when the values are damaged. Then the files are read as ever.
"""

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from programgen.content import reading
from programgen.content.loading import load
from programgen.resources import folder

NAME = "content.json"


def _digest(body: bytes) -> bytes:
    code = Path(reading.__file__).read_bytes()
    return sha256(code + b"\0" + body).hexdigest().encode()


def packed(values: Mapping[str, Any]) -> bytes:
    """Return values as the content of a file: their hash, and JSON."""
    body = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    return _digest(body) + b"\n" + body


def unpacked(raw: bytes) -> dict[str, Any]:
    """Return the values in a file; none when it is damaged or of another program."""
    digest, _, body = raw.partition(b"\n")
    if digest != _digest(body):
        return {}
    found: dict[str, Any] = json.loads(body)
    return found


@cache
def ready_values() -> Mapping[str, Any]:
    """Return what was read beforehand, by the SHA-256 of each file."""
    try:
        return unpacked((folder("ready") / NAME).read_bytes())
    except OSError:
        return {}


def values_of_shipped() -> dict[str, Any]:
    """Return the value of each shipped content file, by the SHA-256 of the file.

    Raises:
        ContentError: every problem in every file.
    """
    root = folder("exercises")
    _, documents = load(root)
    return {
        sha256((root / path).read_bytes()).hexdigest(): document.value
        for path, document in documents.items()
    }
