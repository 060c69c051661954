"""The decision table of a ladder on paper, so that the page decides as the program does.

Each row becomes a line of plain words, made from the row itself: a row that a clinic has
changed is printed as it was changed. The order is that of the table.
"""

from collections.abc import Callable, Iterator
from typing import Any

from programgen.core.decisions import Move, MoveWhen, ReadingWhen, Recent
from programgen.core.protocol import Protocol
from programgen.core.standing import SPOT_DAYS
from programgen.core.words import count_text

_NUMBERS = {2: "Two", 3: "Three", 4: "Four", 5: "Five"}

_ORDER = {1: "first", 2: "second", 3: "third"}
_TIMES = {1: "once", 2: "twice"}

_LIGHTS = {
    "green": "Green",
    "amber": "Amber",
    "red": "Red",
    "spread": "Red",
    "none": "Nothing that counts",
}

_LOOK = "See a doctor or physiotherapist first."


def rule_lines(protocol: Protocol, restart: int | None = None) -> tuple[str, ...]:
    """Return a line for each row of the table; the first that fits counts.

    *restart* is the line, from 1, at which this runner begins at most after the longest break.
    """
    rows = protocol.decisions.moves
    return tuple(line for row in rows for line in _lines(row, protocol, restart))


def also_lines(protocol: Protocol) -> tuple[str, ...]:
    """Return what the paper needs beside the table: ticks, missed days, sore mornings."""
    moves, what = protocol.moves, "run" if protocol.growth else "long walk"
    return (
        "Each green session is one tick. It has to be the whole session, with a fine morning.",
        "A session that was cut short earns no tick. One that was missed is never made up.",
        (
            f"A morning {moves.gate_rise} or more above your usual pain: no {what} on that day. "
            "It counts as amber. Two such mornings in a row count as red."
        ),
        f"No better after {moves.weeks_without_gain} weeks: see a physiotherapist or doctor.",
    )


def up_line(protocol: Protocol) -> str:
    """Return the way to the next line alone."""
    moves = protocol.moves
    return (
        f"Each good session is one tick. After {moves.good_sessions} ticks and at least "
        f"{moves.days_between_steps} days, go to the next line."
    )


def rest_after_red(protocol: Protocol) -> str:
    """Return the rest after a bad reaction."""
    first = protocol.decisions.move(Recent(light="red", reds14=1, reds28=1))
    return rest_words(first.rest.days, protocol)


def rest_words(days: int, protocol: Protocol) -> str:
    """Return a rest, counted from the day of the session to that of the next."""
    what = "run" if protocol.growth else "walk of this plan"
    return f"Next {what} {count_text(days, 'day', 'days')} later at the earliest."


def _lines(row: Move, protocol: Protocol, restart: int | None) -> Iterator[str]:
    """Yield a row; in a line for each report where its light is a sign of its own."""
    action = _action(row, protocol, restart)
    signs = {"stop", "bone"} & set(row.when.light or ())
    if not signs:
        yield f"{_when(row.when, protocol)}: {action[0].lower()}{action[1:]}"
        return
    for reading in protocol.decisions.readings:
        if reading.light in signs:
            yield f"{_report(reading.when)}: {action}"


def _report(when: ReadingWhen) -> str:
    """Return what a report must hold."""
    parts = []
    if when.where:
        numb = "new-numb-weak" in when.where
        parts.append(
            "New tingling, numbness or weakness in a leg"
            if numb
            else "Pain that moves further down the leg"
        )
    if when.spots:
        often = f" {_often(when.spots)} in {SPOT_DAYS} days" if when.spots > 1 else ""
        parts.append(f"Sharp pain in one spot of a bone{often}")
    if when.limp:
        parts.append("A limp")
    if when.pain:
        parts.append("Too much pain in the session")
    if when.morning:
        parts.append("A worse morning")
    if when.closed:
        parts.append("A morning too sore to start")
    if when.night:
        parts.append("Pain that wakes you at night")
    first, *more = parts or ["Any other report"]
    return " and ".join([first, *(part[0].lower() + part[1:] for part in more)])


def _often(number: int) -> str:
    return _TIMES.get(number, f"{number} times")


def _when(when: MoveWhen, protocol: Protocol) -> str:
    """Return what the last weeks must hold."""
    moves = protocol.moves
    days_off = moves.breaks[when.away - 1] if when.away else 0
    parts: tuple[tuple[Any, Callable[[Any], str]], ...] = (
        (when.reds28, lambda n: _counted(n, "red session", "in 28 days")),
        (when.reds14 if not when.light else None, lambda n: _counted(n, "red session", _IN_14)),
        (when.spreads7, lambda n: f"Pain moved down the leg {_often(n)} in 7 days"),
        (when.ambers, lambda n: _counted(n, "amber session", "in a row")),
        (when.light, lambda _: _colour(when)),
        (when.good, lambda _: f"{moves.good_sessions} ticks on your line"),
        (when.aged, lambda _: f"{moves.days_between_steps} days on it"),
        (when.away, lambda _: f"{days_off} days or more off"),
        (
            when.worse,
            lambda _: (
                f"Your average or worst pain of the week is {moves.worse_by} or more above the "
                "week before"
            ),
        ),
        (when.walking, lambda _: "your line is all walking"),
    )
    told = [say(number) for number, say in parts if number]
    return ", and ".join(told) or "In all other cases"


_IN_14 = "in 14 days"


def _colour(when: MoveWhen) -> str:
    """Return the colour of the last session, and how often it came back."""
    names = " or ".join(dict.fromkeys(_LIGHTS.get(n, n) for n in when.light or ()))
    if when.reds14:
        return f"{names}, for the {_ORDER.get(when.reds14, f'{when.reds14}th')} time {_IN_14}"
    return names


def _counted(number: int, name: str, span: str) -> str:
    if number == 1:
        return f"One {name} {span}"
    return f"{_NUMBERS.get(number, number)} {name}s {span}"


def _action(row: Move, protocol: Protocol, restart: int | None) -> str:
    what = "running" if protocol.growth else "the walks of this plan"
    if row.step == "stop":
        return "stop the plan and call a doctor today."
    if row.step == "pause":
        return f"stop {what}. {_LOOK}"
    if row.step == "up":
        return "go to the next line."
    if row.step == "stay":
        return "stay, and earn new ticks on this line." if row.afresh else "do your line again."
    back = f"go back {count_text(row.back, 'line', 'lines')}"
    if row.when.away == len(protocol.moves.breaks):
        back += f", at least to line {restart}" if restart else " at least"
        back += ". Answer the questions of the start again: you may have to begin lower"
    back += "."
    if row.rest:
        back = f"{rest_words(row.rest.days, protocol)} {back[0].upper()}{back[1:]}"
    if row.lighter:
        back += " Strength: the first dose again."
    return back
