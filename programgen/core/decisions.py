"""The decision table of a ladder: what a report means, and what follows from it.

The table has two halves. ``readings`` turn the report of one session into a light;
``moves`` turn the lights of the last weeks into the next step. In both the first row that
fits wins, and the last row fits always. A clinic may edit the rows; ``programgen check``
refuses a table with a row that can never win, or in which more pain earns more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from functools import lru_cache
from itertools import product
from math import prod
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from programgen.core.base import Count, Ident, Text, Value
from programgen.core.checkin import Where
from programgen.core.exercise import Citation
from programgen.core.quantities import Span


class Light(IntEnum):
    """What one session says, the worse the larger; NONE: nothing that counts was reported."""

    NONE = 0
    GREEN = 1
    AMBER = 2
    RED = 3
    SPREAD = 4
    """Pain moved further down the leg; also counts as red."""
    BONE = 5
    """Signs of a sore bone; also counts as red."""
    STOP = 6
    """A warning sign."""


LightName = Literal["none", "green", "amber", "red", "spread", "bone", "stop"]
Band = Literal["green", "amber", "red", "unknown"]
"""A pain score against the bounds of the traffic light."""


@dataclass(frozen=True)
class Reported:
    """One session as the table sees it."""

    done: str = "yes"
    pain: str = "unknown"
    """Band of the worst pain during the session and one hour after it."""
    morning: str = "unknown"
    """Band of the rise next morning."""
    where: str = "none"
    limp: bool = False
    night: bool = False
    spots: int = 0
    """Sessions of the last 28 days with sharp pain in one spot, if this one is of them, else 0;
    2: or more."""
    closed: int = 0
    """Mornings in a row that were too sore to run, this one included; 2: or more."""


@dataclass(frozen=True)
class Recent:
    """The last weeks as the table sees them, on the day of the next session."""

    light: str = "none"
    """Light of the last session."""
    reds14: int = 0
    """Bad reactions of the last 14 days; 2: or more."""
    reds28: int = 0
    """Bad reactions of the last 28 days; 3: or more."""
    spreads7: int = 0
    """Times in 7 days that pain moved down the leg; 2: or more."""
    ambers: int = 0
    """Amber sessions in a row; 3: or more."""
    good: bool = False
    """Enough good sessions at this stage."""
    aged: bool = False
    """The last step up is old enough."""
    away: int = 0
    """How many of the break limits have passed since the last session."""
    walking: bool = False
    """The stage is walking only."""
    worse: bool = False
    """The pain of this week is clearly worse than that of the week before."""


class ReadingWhen(Value):
    """What a report must hold; what is left out does not matter."""

    done: tuple[Literal["yes", "part", "no"], ...] | None = None
    """How much was done."""
    pain: tuple[Band, ...] | None = None
    """Pain during the session and one hour after it."""
    morning: tuple[Band, ...] | None = None
    """Rise next morning."""
    where: tuple[Where, ...] | None = None
    """Where it was felt."""
    limp: bool | None = None
    """Limping, or another way of running."""
    night: bool | None = None
    """Woken at night by the pain."""
    spots: Count | None = None
    """At least so many sessions of 28 days with sharp pain in one spot."""
    closed: Count | None = None
    """At least so many mornings in a row too sore to run."""


class MoveWhen(Value):
    """What the last weeks must hold; what is left out does not matter."""

    light: tuple[LightName, ...] | None = None
    """Light of the last session."""
    reds14: Count | None = None
    """At least so many bad reactions in 14 days."""
    reds28: Count | None = None
    """At least so many bad reactions in 28 days."""
    spreads7: Count | None = None
    """At least so often in 7 days pain moved down the leg."""
    ambers: Count | None = None
    """At least so many amber sessions in a row."""
    good: bool | None = None
    """Enough good sessions at this stage."""
    aged: bool | None = None
    """The last step up is old enough."""
    away: Count | None = None
    """At least so many of the break limits have passed."""
    walking: bool | None = None
    """The stage is walking only."""
    worse: bool | None = None
    """The week is clearly worse than the one before."""


class _Row(Value):
    id: Ident
    """Short name, unique in its half."""
    because: Text
    """What it means, for the runner."""
    evidence: tuple[Citation, ...] = Field(min_length=1)
    """Where it comes from."""


class Reading(_Row):
    """A row of the first half: a report and its light."""

    when: ReadingWhen = ReadingWhen()
    """When it fits."""
    light: LightName
    """What the session counts as."""


class Move(_Row):
    """A row of the second half: what follows."""

    when: MoveWhen = MoveWhen()
    """When it fits."""
    step: Literal["up", "stay", "back", "pause", "stop"]
    """up: the next stage; stay: this one again; back: so many stages back; pause: no running
    until a clinician has released it; stop: the plan is withdrawn."""
    back: Annotated[int, Field(strict=True, ge=0, le=20)] = 0
    """Stages back."""
    afresh: bool = False
    """Good sessions are counted from nothing again."""
    rest: Span = timedelta()
    """Time without running."""
    lighter: bool = False
    """Strength exercises go back to their start dose."""

    @property
    def size(self) -> int:
        """The step as a number: 1 up, 0 stay, below 0 back; pause and stop are the lowest."""
        return {"up": 1, "stay": 0, "pause": -98, "stop": -99}.get(self.step, -self.back)


class Decisions(Value):
    """The whole table."""

    readings: tuple[Reading, ...] = Field(min_length=1)
    """From a report to a light, the first that fits."""
    moves: tuple[Move, ...] = Field(min_length=1)
    """From the lights to the next step, the first that fits."""

    def read(self, facts: Reported) -> Reading:
        """Return the row for one session."""
        return next(row for row in self.readings if _fits(row.when, facts))

    def move(self, facts: Recent) -> Move:
        """Return the row for the next step."""
        return next(row for row in self.moves if _fits(row.when, facts))


def _fits(when: ReadingWhen | MoveWhen, facts: Reported | Recent) -> bool:
    return all(suits(getattr(when, name), getattr(facts, name)) for name in when.model_fields_set)


def suits(wanted: object, found: object) -> bool:
    """Return whether a fact is one of a list, the same truth, or at least a number."""
    if isinstance(wanted, tuple):
        return found in wanted
    if wanted is None:
        return True
    if isinstance(wanted, bool):
        return found is wanted
    return int(found) >= int(wanted)  # type: ignore[call-overload, no-any-return]


Values = Mapping[str, Sequence[object]]
Cell = tuple[object, ...]

REPORTS: Values = {
    "done": ("yes", "part", "no"),
    "pain": ("green", "amber", "red", "unknown"),
    "morning": ("green", "amber", "red", "unknown"),
    "where": ("none", "same", "nearer", "further", "new-numb-weak"),
    "limp": (False, True),
    "night": (False, True),
    "spots": (0, 1, 2),
    "closed": (0, 1, 2),
}
"""Every value that each fact of a report can have."""

RECENTS: Values = {
    "light": tuple(light.name.lower() for light in Light),
    "reds14": (0, 1, 2),
    "reds28": (0, 1, 2, 3),
    "spreads7": (0, 1, 2),
    "ambers": (0, 1, 2, 3),
    "good": (False, True),
    "aged": (False, True),
    "away": (0, 1, 2, 3),
    "walking": (False, True),
    "worse": (False, True),
}
"""Every value that each fact of the last weeks can have."""


@lru_cache(maxsize=8)
def faults(table: Decisions) -> tuple[str, ...]:
    """Return what is wrong with a table: rows that never win, or pain that pays.

    Cells that cannot occur (three bad reactions in 28 days, the last one green and none in
    14 days, for example) are part of it: a careful answer is right there, too.
    """
    read, moved = _winners(table.readings, REPORTS), _winners(table.moves, RECENTS)
    return (
        *_dead("readings", table.readings, REPORTS, read),
        *_dead("moves", table.moves, RECENTS, moved),
        *_paying_reports(read),
        *_paying_moves(moved),
    )


def _winners(rows: Sequence[Any], values: Values) -> dict[Cell, Any]:
    """Return the row of every cell; cells without one are missing."""
    keys = list(values)
    tests = [
        [
            (keys.index(name), {v for v in values[name] if suits(wanted, v)})
            for name in row.when.model_fields_set
            if (wanted := getattr(row.when, name)) is not None
        ]
        for row in rows
    ]
    found = {}
    for cell in product(*values.values()):
        for row, test in zip(rows, tests, strict=True):
            if all(cell[at] in allowed for at, allowed in test):
                found[cell] = row
                break
    return found


def _dead(
    half: str,
    rows: tuple[Reading, ...] | tuple[Move, ...],
    values: Values,
    found: Mapping[Cell, Reading | Move],
) -> Iterator[str]:
    """Yield names that stand twice, cells without a row, and rows that never win."""
    names = [row.id for row in rows]
    yield from (
        f"{half}: two rows are called '{n}'" for n in sorted({*names}) if names.count(n) > 1
    )
    won = {row.id for row in found.values()}
    if len(found) < prod(map(len, values.values())):
        yield f"{half}: the last row must fit always; leave its 'when' out"
    for name in names:
        if name not in won:
            yield f"{half}: the row '{name}' can never be the first that fits"


LIGHTS = tuple(light.name.lower() for light in Light)

Orders = Sequence[tuple[str, Sequence[object]]]
_R = TypeVar("_R", bound=_Row)

_WORSE_REPORTS: Orders = (
    ("pain", ("green", "amber", "red")),
    ("morning", ("green", "amber", "red")),
    ("where", ("none", "same", "further", "new-numb-weak")),
    ("where", ("nearer", "same")),
    ("limp", (False, True)),
    ("night", (False, True)),
    ("spots", (0, 1, 2)),
    ("closed", (0, 1, 2)),
)
"""Answers of a report in order, each worse than the one before."""

_WORSE_WEEKS: Orders = (
    ("light", LIGHTS[1:]),
    ("reds14", (0, 1, 2)),
    ("reds28", (0, 1, 2, 3)),
    ("spreads7", (0, 1, 2)),
    ("ambers", (0, 1, 2, 3)),
    ("worse", (False, True)),
    ("away", (0, 1, 2, 3)),
    ("good", (True, False)),
    ("aged", (True, False)),
)
"""Facts of the last weeks in order, each worse than the one before."""

_EARNING = ("green", "none", *LIGHTS[2:])
"""The lights in order of what they earn: only a green one brings the next stage nearer."""


def _paying(
    rows: Mapping[Cell, _R], values: Values, orders: Orders, earns: Callable[[_R], int]
) -> tuple[_R, _R, str] | None:
    """Return the first two rows of which the second earns more although one fact is worse."""
    for key, order in orders:
        at = list(values).index(key)
        for cell, row in rows.items():
            place = order.index(cell[at]) + 1 if cell[at] in order else len(order)
            if place == len(order):
                continue
            worse = rows.get((*cell[:at], order[place], *cell[at + 1 :]))
            if worse is not None and worse is not row and earns(worse) > earns(row):
                change = f"'{key}' is worse ({order[place]} instead of {cell[at]})"
                return row, worse, change.lower()
    return None


def _paying_reports(rows: Mapping[Cell, Reading]) -> Iterator[str]:
    """Yield the first place where a worse report has a better light."""
    found = _paying(rows, REPORTS, _WORSE_REPORTS, lambda row: -_EARNING.index(row.light))
    if found:
        row, worse, change = found
        yield (
            f"readings: the row '{worse.id}' gives a better light than '{row.id}' although {change}"
        )


def _paying_moves(rows: Mapping[Cell, Move]) -> Iterator[str]:
    """Yield the first place where worse weeks have a larger step."""
    for cell, row in rows.items():
        if row.step == "up" and cell[0] != "green":
            yield f"moves: the row '{row.id}' goes up although the last light is {cell[0]}"
            return
    found = _paying(rows, RECENTS, _WORSE_WEEKS, lambda row: row.size)
    if found:
        row, worse, change = found
        yield f"moves: the row '{worse.id}' is a larger step than '{row.id}' although {change}"
