"""A dose in one line, as a clinician writes it: ``2x8 5 s``.

The parts are those of a Dose: rounds before an 'x', then repetitions, and amounts with
their unit. A word before or after an amount says what it is: ``3x hold 20 s, rest 1 min``.
"""

import re

from pydantic import ValidationError

from programgen.core.exercise import Dose

EXAMPLE = "'2x8 5 s', '3x20 s rest 1 min', '10 reps', '5 min' or '2x 3 breaths'"

_ROUNDS = re.compile(r"\s*(\d{1,6})\s*[x×]\s*(.*)")
_PART = re.compile(
    r"(?:(?P<key>sets|reps|hold|breaths|time|distance|rest)\s+)?"
    r"(?P<number>\d{1,6}(?:\.\d{1,6})?)"
    r"(?:\s*(?P<unit>s|sec|min|h|m|km|reps|times|breaths|breath|sets|rounds)(?![a-z]))?"
    r"[\s,]*"
)
_SPAN = frozenset({"s", "sec", "min", "h"})
_COUNTED = {
    None: "reps", "reps": "reps", "times": "reps", "breaths": "breaths", "breath": "breaths",
    "sets": "sets", "rounds": "sets", "m": "distance", "km": "distance",
}  # fmt: skip
_KINDS = {"hold": _SPAN, "time": _SPAN, "rest": _SPAN, "distance": {"m", "km"}}


def _key(part: re.Match[str], found: dict[str, object], like: Dose | None) -> str:
    """Return what an amount is: what is written, else what its unit can be."""
    key, unit = part["key"], part["unit"]
    if key is not None:
        fits = unit in _KINDS[key] if key in _KINDS else _COUNTED.get(unit, "") in ("reps", key)
        if not fits:
            example = "'20 m'" if key == "distance" else "'30 s'" if key in _KINDS else "'3'"
            message = f"'{key}' needs an amount such as {example}; got '{part[0].strip(', ')}'"
            raise ValueError(message)
        return str(key)
    if unit in _SPAN:
        held = "reps" in found or (like is not None and like.hold is not None)
        return "hold" if held else "time"
    return _COUNTED[unit]


def parse_dose(text: str, like: Dose | None = None) -> Dose:
    """Read a dose; *like*, a dose of the same exercise, says whether a bare time is held.

    >>> parse_dose("2x8 5 s").hold
    datetime.timedelta(seconds=5)
    >>> parse_dose("3x20 s, rest 1 min").time
    datetime.timedelta(seconds=20)

    Raises:
        ValueError: it cannot be read as a dose; the text says why.
    """
    found: dict[str, object] = {}
    rounds = _ROUNDS.fullmatch(text.lower())
    rest = rounds[2] if rounds else text.strip().lower()
    if rounds:
        found["sets"] = int(rounds[1])
    while rest:
        part = _PART.match(rest)
        if part is None:
            message = f"'{rest[:40]}' is not understood; write a dose such as {EXAMPLE}"
            raise ValueError(message)
        key = _key(part, found, like)
        if key in found:
            message = f"'{key}' is given twice; write a dose such as {EXAMPLE}"
            raise ValueError(message)
        found[key] = _amount(key, part)
        rest = rest[part.end() :]
    if not found:
        message = f"the dose is empty; write one such as {EXAMPLE}"
        raise ValueError(message)
    try:
        return Dose.model_validate(found)
    except ValidationError as error:
        raise ValueError(_plain(error)) from None


def _amount(key: str, part: re.Match[str]) -> object:
    if key in _KINDS:
        return f"{part['number']} {part['unit']}"
    if "." in part["number"]:
        message = f"'{key}' is counted in whole numbers; got {part['number']}"
        raise ValueError(message)
    return int(part["number"])


def _plain(error: ValidationError) -> str:
    detail = error.errors(include_url=False)[0]
    key = detail["loc"][0] if detail["loc"] else ""
    text = detail["msg"].removeprefix("Value error, ")
    return f"'{key}': {text.lower()}" if key else text
