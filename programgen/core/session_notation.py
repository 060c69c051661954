"""How clinics write a session in a table of weeks, read into steps; nothing is guessed.

``run 1 min, walk 2 min x 6``, ``6x(1 min run / 2 min walk)`` and ``10:00 run`` are read.
What could mean two things is refused with a word on how to write it.
"""

import re
from datetime import timedelta

from programgen.core.protocol import Bout, Step

MOST_M = 30
"""The largest number of minutes that may be written as 'm'; more could be metres."""

_REST = frozenset({"", "-", "–", "—", "rest", "rest day", "off", "day off"})
_MOVES = {
    **dict.fromkeys(("run", "runs", "running", "jog", "jogs", "jogging"), "run"),
    **dict.fromkeys(("walk", "walks", "walking"), "walk"),
}
_MINUTES = r"(?:min|mins|minute|minutes|m|['′])"
_SECONDS = r"(?:s|sec|secs|second|seconds|\"|″|'')"
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)")
_TIME = re.compile(
    rf"(?:(?P<minutes>\d{{1,3}}(?:\.\d{{1,2}})?)\s*(?P<unit>{_MINUTES}))?"
    rf"\s*(?:(?P<seconds>\d{{1,4}})\s*{_SECONDS})?"
)
_NUMBER_FIRST = re.compile(r"(?P<time>.*\d.*?)\s*(?:of\s+)?(?P<move>[a-z]+)")
_MOVE_FIRST = re.compile(r"(?P<move>[a-z]+)\s*(?:for\s+)?(?P<time>\d.*)")
_BETWEEN = re.compile(r"\s*(?:[,;+/&]|\bthen\b|<br\s*/?>)\s*")
_BEFORE = re.compile(r"(\d{1,3})\s*(?:x|times)\s*(.+)")
_AFTER = re.compile(
    r"(.+?)[\s,;]*(?:\brepeat(?:ed)?\s*)?(?:\bx\s*(\d{1,3})|(?<![\d.:])(\d{1,3})\s*(?:x|times))"
)
_GROUP = re.compile(r"\(([^()]*)\)")

_HOW = "write 'run' or 'walk' and a time, such as 'run 1 min'"


def parse_session(text: str) -> tuple[Step, ...]:
    """Read a cell of a week table; a rest day has no steps.

    >>> [s.repeat for s in parse_session("run 1 min, walk 2 min x 6")]
    [6]
    >>> parse_session("rest")
    ()

    Raises:
        ValueError: it is not understood, or could mean two things; the text says what to do.
    """
    plain = " ".join(text.replace("**", "").replace("×", "x").lower().split())
    if plain.strip(" .") in _REST:
        return ()
    whole = _unnested(plain)
    if whole is not None:
        return (whole,)
    return tuple(_part(part) for part in _parts(plain))


def _unnested(text: str) -> Step | None:
    """Return a session that is one repeat: ``6 x run 1 min, walk 2 min`` or with x 6 behind.

    Without parentheses it is clear only for one bout, or for one run and one walk.
    """
    before, after = _BEFORE.fullmatch(text), _AFTER.fullmatch(text)
    found = (
        (before[1], before[2]) if before else (after[2] or after[3], after[1]) if after else None
    )
    if found is None or "(" in found[1]:
        return None
    bouts = _bouts(found[1])
    if len(bouts) > 2 or len({bout.move for bout in bouts}) < len(bouts):
        message = "put what is repeated in parentheses, such as '6 x (run 1 min, walk 2 min)'"
        raise ValueError(message)
    return Step(repeat=_repeat(found[0]), bouts=bouts)


def _parts(text: str) -> list[str]:
    """Return the parts of a session, each a bout or a group in parentheses."""
    groups: list[str] = []

    def keep(match: re.Match[str]) -> str:
        groups.append(match[1])
        return f"({len(groups) - 1})"

    flat = _GROUP.sub(keep, text)
    if re.search(r"[()]", re.sub(r"\(\d+\)", "", flat)):
        message = "the parentheses do not fit together"
        raise ValueError(message)
    return [
        re.sub(r"\((\d+)\)", lambda match: f"({groups[int(match[1])]})", part)
        for part in _BETWEEN.split(flat)
        if part
    ]


def _part(text: str) -> Step:
    if "(" not in text:
        if _BEFORE.fullmatch(text) or _AFTER.fullmatch(text):
            message = "put what is repeated in parentheses, such as '6 x (run 1 min, walk 2 min)'"
            raise ValueError(message)
        return Step(bouts=(_bout(text),))
    before, after = _BEFORE.fullmatch(text), _AFTER.fullmatch(text)
    for repeat, group in (
        ((before[1], before[2]),)
        if before
        else ((after[2] or after[3], after[1]),)
        if after
        else ()
    ):
        inner = re.fullmatch(r"\(([^()]*)\)", group.strip())
        if inner:
            return Step(repeat=_repeat(repeat), bouts=_bouts(inner[1]))
    message = f"write how often before the parentheses, such as '6 x (…)'; got '{text}'"
    raise ValueError(message)


def _repeat(text: str) -> int:
    if not 1 <= int(text) <= 100:
        message = f"repeat 1 to 100 times; got {text}"
        raise ValueError(message)
    return int(text)


def _bouts(text: str) -> tuple[Bout, ...]:
    return tuple(_bout(part) for part in _BETWEEN.split(text.strip()) if part)


def _bout(text: str) -> Bout:
    if "warm" in text or "cool" in text:
        message = "warm-up and cool-down walks are added to every run; take them out of the table"
        raise ValueError(message)
    match = _MOVE_FIRST.fullmatch(text) or _NUMBER_FIRST.fullmatch(text)
    if match is None or match["move"] not in _MOVES:
        message = f"{_HOW}; got '{text}'"
        raise ValueError(message)
    return Bout(move=_MOVES[match["move"]], time=parse_time(match["time"]))


def parse_time(text: str) -> timedelta:
    """Read a time as clinics write it: 90 s, 2 min, 1m, 1 min 30 s, or 1:30 (minutes).

    Raises:
        ValueError: it is no time, or could be a distance.
    """
    clock = _CLOCK.fullmatch(text.strip())
    match = _TIME.fullmatch(text.strip())
    if clock:
        span = timedelta(minutes=int(clock[1]), seconds=int(clock[2]))
    elif match and (match["minutes"] or match["seconds"]):
        if match["unit"] == "m" and float(match["minutes"]) > MOST_M:
            message = f"'{text}' could be metres; write 'min' for minutes"
            raise ValueError(message)
        span = timedelta(minutes=float(match["minutes"] or 0), seconds=int(match["seconds"] or 0))
    else:
        message = f"'{text}' is no time; write it as '90 s', '2 min' or '1:30'"
        raise ValueError(message)
    if not timedelta(seconds=5) <= span <= timedelta(hours=5):
        message = f"a run or walk lasts from 5 seconds to 5 hours; got '{text}'"
        raise ValueError(message)
    return span
