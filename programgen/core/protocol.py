"""A ladder of stages as data, and the notation in which a stage is written.

A stage reads as on a clinic sheet: ``6 x (run 1 min, walk 2 min)`` or
``run 15 min, walk 2 min, run 10 min``.
"""

import re
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from programgen.core.base import Count, Ident, Text, Value
from programgen.core.decisions import Decisions
from programgen.core.exercise import Citation, Review
from programgen.core.quantities import Span, parse_span, write_span
from programgen.core.rule import Condition

DEFAULT_PROTOCOL = "low-back-walk-run"
"""The ladder of a full plan, unless another one is asked for."""

HOURS_BETWEEN_RUNS = 48
"""Least hours between two runs on any ladder (never on consecutive days: ohio-state-2012)."""


class Bout(Value):
    """A stretch of running or walking without a change."""

    move: Literal["run", "walk"]
    """What is done."""
    time: Span
    """For how long."""


class Step(Value):
    """Bouts in a row, repeated."""

    repeat: Count = 1
    """How often."""
    bouts: tuple[Bout, ...] = Field(min_length=1)
    """What is repeated."""

    @property
    def time(self) -> timedelta:
        """Time of all repeats."""
        return sum((b.time for b in self.bouts), timedelta()) * self.repeat


_REPEAT = re.compile(r"(\d+)\s*x\s*\(([^()]+)\)")
_BOUT = re.compile(r"(run|walk)\s+(.+)")


def _bout(text: str) -> Bout:
    match = _BOUT.fullmatch(text.strip())
    if match is None:
        message = f"write 'run' or 'walk' and a time, such as 'run 1 min'; got {text.strip()!r}"
        raise ValueError(message)
    return Bout(move=match[1], time=parse_span(match[2]))


def parse_steps(text: object) -> tuple[Step, ...]:
    """Read a session in the notation of the stage table.

    >>> [s.repeat for s in parse_steps("run 5 min, 3 x (run 1 min, walk 2 min)")]
    [1, 3]
    """
    if isinstance(text, tuple | list):
        return tuple(text)
    if not isinstance(text, str):
        message = "write a session such as '6 x (run 1 min, walk 2 min)'"
        raise ValueError(message)  # noqa: TRY004 (pydantic reports only ValueError)
    steps = []
    for term in re.findall(r"[^,(]+\([^)]*\)?|[^,(]+", text):
        if not term.strip():
            continue
        repeat = _REPEAT.fullmatch(term.strip())
        if repeat:
            bouts = tuple(_bout(part) for part in repeat[2].split(","))
            steps.append(Step(repeat=int(repeat[1]), bouts=bouts))
        else:
            steps.append(Step(bouts=(_bout(term),)))
    return tuple(steps)


def write_steps(steps: tuple[Step, ...]) -> str:
    """Write a session in the notation in which it may be read."""
    parts = []
    for step in steps:
        inner = ", ".join(f"{b.move} {write_span(b.time)}" for b in step.bouts)
        parts.append(f"{step.repeat} x ({inner})" if step.repeat > 1 else inner)
    return ", ".join(parts)


Steps = Annotated[
    tuple[Step, ...],
    BeforeValidator(parse_steps, json_schema_input_type=str),
    PlainSerializer(write_steps, return_type=str),
]


def time_of(steps: tuple[Step, ...], move: str | None = None) -> timedelta:
    """Time of a session, or of its running or walking alone."""
    return sum(
        (
            bout.time * step.repeat
            for step in steps
            for bout in step.bouts
            if move in (None, bout.move)
        ),
        timedelta(),
    )


def longest_bout(steps: tuple[Step, ...]) -> timedelta:
    """Longest stretch of running without a walk."""
    runs = [b.time for s in steps for b in s.bouts if b.move == "run"]
    return max(runs, default=timedelta())


class Stage(Value):
    """One rung of the ladder."""

    id: Ident
    """Short name, unique in the protocol."""
    title: Text
    """Name on the handout."""
    sessions: tuple[Steps, ...] = Field(min_length=1, max_length=6)
    """The session before the first good one here, the second, …; the last stays."""
    effort: Text
    """How it should feel."""
    per_week: Count
    """Sessions in a week."""
    hours_between: Count = 48
    """Least hours from the start of one session to the next."""

    @property
    def top(self) -> tuple[Step, ...]:
        """The fullest session of the stage."""
        return self.sessions[-1]

    @property
    def runs(self) -> bool:
        """Whether there is any running in it."""
        return any(bout.move == "run" for step in self.top for bout in step.bouts)

    def session(self, good: int) -> tuple[Step, ...]:
        """Return the session after *good* good ones at this stage."""
        return self.sessions[min(good, len(self.sessions) - 1)]


class LightBounds(Value):
    """Bounds of the traffic light, 0 to 10; rise is over the usual morning."""

    green_during: int
    """Pain during the session, or one hour after it, up to here is green."""
    amber_during: int
    """Up to here it is amber, above it is red."""
    green_rise: int
    """Rise next morning up to here is green."""
    amber_rise: int
    """Up to here it is amber, above it is red."""


class Moves(Value):
    """The numbers that the decision table counts with."""

    good_sessions: Count
    """Good sessions at a stage before the next one."""
    days_between_steps: Count
    """Least days from one step up to the next."""
    gate_rise: Count
    """A morning so much above the usual pain closes the day for running."""
    worse_by: Count
    """A week whose average pain is so much above that of the week before is a worse week."""
    weeks_without_gain: Count
    """So many weeks without getting better: somebody has a look."""
    breaks: tuple[Count, Count, Count]
    """Days without the ladder from which a break is short, middle and long."""


class Growth(Value):
    """After the last stage: the longest run may grow."""

    factor: float = Field(gt=1, le=1.1)
    """At most so many times the longest run of the look-back."""
    lookback: Span
    """How far back the longest run counts."""
    applies_from: Span
    """The ratio counts only when the longest run is at least this long."""
    days_between: Count
    """Least days from one new longest run to the next."""
    lighter_every: Count
    """Every so many weeks the week is lighter."""
    lighter_factor: float = Field(gt=0, lt=1)
    """Run minutes of the longest run in a lighter week, as a share."""


class LoadCheck(Value):
    """How fast the ladder itself may climb."""

    ratio: float = Field(gt=1, le=2)
    """Run time of a stage over that of the one before, at most …"""
    minutes: int = Field(ge=0)
    """… or so many more minutes, where ratios mean nothing."""


class Entry(Value):
    """A ceiling for the first stage; the lowest that applies counts."""

    when: Condition
    """When it applies."""
    highest: Ident
    """Do not start above this stage."""
    before: Ident | None = None
    """The stage that waits until the row no longer applies."""
    until: Text | None = None
    """What has to be true before that stage, as the handout says it."""
    because: Text
    """What the handout says."""
    evidence: tuple[Citation, ...] = Field(min_length=1)
    """Where it comes from."""

    @model_validator(mode="after")
    def _whole_gate(self) -> Self:
        if (self.before is None) != (self.until is None):
            message = "'before' and 'until' go together"
            raise ValueError(message)
        return self


class Protocol(Value):
    """A ladder with its rules. The file name is its identifier."""

    id: Ident = "unnamed"
    """The file name; never written in the file."""
    title: Text
    """Name on the handout."""
    summary: Text
    """What it is, in plain words."""
    for_reach: Literal["gentle", "full"]
    """gentle: walking only, also while running is locked."""
    warm_up: Span
    """Walk before every running session."""
    least_warm_up: Span
    """The warm-up is never cut below this."""
    cool_down: Span
    """Walk after every running session."""
    most_per_week: Count
    """Running sessions in a week, at most."""
    least_per_week: Count
    """Fewer would not move the runner on."""
    open_start: Ident
    """Start stage if no entry row applies."""
    walk_card: Ident | None = None
    """Exercise whose card explains the walks, where the ladder is walking only."""
    start_share: float = Field(gt=0, le=1)
    """First session at most this share of the longest recent run (if it is long
    enough for growth.applies_from)."""
    stages: tuple[Stage, ...] = Field(min_length=2)
    """The rungs, lowest first."""
    load_check: LoadCheck
    """How fast the rungs may climb."""
    light: LightBounds
    """The traffic light."""
    moves: Moves
    """When to go up, stay or go back."""
    decisions: Decisions
    """What a report means and what follows from it."""
    growth: Growth | None = None
    """Beyond the last stage; none for walking."""
    entry: tuple[Entry, ...]
    """Ceilings for the first stage."""
    evidence: tuple[Citation, ...] = Field(min_length=1)
    """Where it comes from."""
    review: Review
    """Who checked it."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        ids = [stage.id for stage in self.stages]
        if len(set(ids)) != len(ids):
            message = "two stages have the same id"
            raise ValueError(message)
        named = [n for row in self.entry for n in (row.highest, row.before) if n]
        for name in (self.open_start, *named):
            if name not in ids:
                message = f"'{name}' is not a stage of this protocol"
                raise ValueError(message)
        for stage in self.stages:
            if stage.runs and stage.hours_between < HOURS_BETWEEN_RUNS:
                message = f"'{stage.id}': at least {HOURS_BETWEEN_RUNS} hours between runs"
                raise ValueError(message)
        for before, after in zip(self.stages, self.stages[1:], strict=False):
            if not self._climbs_slowly(before, after):
                message = (
                    f"from '{before.id}' to '{after.id}' the run time grows by more than "
                    f"{self.load_check.ratio:g} times and {self.load_check.minutes} min"
                )
                raise ValueError(message)
        return self

    def _climbs_slowly(self, before: Stage, after: Stage) -> bool:
        move = "run" if after.runs else None
        was, now = time_of(before.top, move), time_of(after.top, move)
        return now <= was * self.load_check.ratio or now - was <= timedelta(
            minutes=self.load_check.minutes
        )

    @property
    def grows(self) -> bool:
        """Whether the longest run may grow beyond the last stage.

        Only a run without a break can: its time says nothing when it is the sum of short runs.
        """
        top = self.stages[-1].top
        return self.growth is not None and longest_bout(top) == time_of(top, "run")

    def number(self, stage: str) -> int:
        """Return the position of a stage, counted from 0."""
        return [s.id for s in self.stages].index(stage)
