"""Parts of the page that a clinic writes itself, checked before they are used."""

import re
from importlib.resources.abc import Traversable

from programgen.content.layers import files, open_folder
from programgen.content.reading import decode, read_raw
from programgen.errors import ContentError, Problem, did_you_mean
from programgen.resources import folder

_REACHES_OUT = re.compile(
    r"""https?:|ftp:|file:|data:|["'(=]\s*//|@import|<\s*script|<\s*iframe|javascript:"""
    r"""|url\((?!"templates:fonts/)|\\[0-9a-f]""",
    re.IGNORECASE,
)
"""What could make a page ask for something. A style sheet may escape letters; ours need not."""


def _replaceable() -> frozenset[str]:
    """Return the names of the shipped parts and style sheets."""
    root = folder("templates")
    return frozenset(
        f"{part}/{file.name}" for part in ("parts", "css") for file in (root / part).iterdir()
    )


def read_parts(path: str) -> dict[str, tuple[str, str]]:
    """Read a folder of own parts: for each name, the file as messages name it, and the text.

    Raises:
        ContentError: a file replaces no shipped part, or asks for something elsewhere.
    """
    known = _replaceable()
    texts: dict[str, tuple[str, str]] = {}
    problems: list[Problem] = []
    for name, file in files(open_folder(path)):
        shown = f"{path}/{name}"
        if name not in known:
            problems.append(_unknown(shown, name, known))
            continue
        try:
            text = _text(file, shown)
        except ContentError as error:
            problems += error.problems
            continue
        problems += _outside(text, shown)
        texts[name] = (shown, text)
    if problems:
        raise ContentError(problems)
    return texts


def _unknown(shown: str, name: str, known: frozenset[str]) -> Problem:
    hint = did_you_mean(name, known)
    text = (
        f"replaces no part of the page{hint or ';'} only files of the same name in 'parts' and "
        "'css' are used"
    )
    return Problem(shown, 0, 0, text, "stray-file")


def _text(file: Traversable, shown: str) -> str:
    return decode(read_raw(file, shown), shown)


def _outside(text: str, shown: str) -> list[Problem]:
    message = "a part may not name an address; only fonts of 'templates:fonts/' can be used"
    return [
        Problem(shown, number, found.start() + 1, f"'{found[0].strip()}': {message}", "address")
        for number, line in enumerate(text.splitlines(), 1)
        if (found := _REACHES_OUT.search(line))
    ]
