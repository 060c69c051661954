"""A recording of a watch, and what it says about a session of the plan.

A run-walk session is recorded as a whole. Nothing in the recording says reliably which parts
of it were run: over 15 seconds the speed of a satellite watch is noise. So the time of running
is taken from the plan where the whole recording fits the session, and asked for otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from programgen.core.plan import Session
from programgen.core.protocol import time_of
from programgen.core.words import span_text

LEAST, MOST = 0.9, 1.1
"""Shares of the planned time between which a recording fits; a PROPOSAL."""

SPARE = timedelta(minutes=5)
"""A watch that is stopped a little late still fits; a PROPOSAL."""

_WEST, _EAST = timedelta(hours=-11), timedelta(hours=14)
"""The outermost time zones in which people live."""

ON_FOOT = frozenset({"running", "walking", "hiking", "generic"})


@dataclass(frozen=True)
class Activity:
    """What an activity file says."""

    start: datetime
    """Start, with its time zone; in local time if *local*, else in UTC."""
    duration: timedelta
    """From start to end, pauses included."""
    moving: timedelta | None = None
    """Without pauses."""
    distance: float | None = None
    """Metres."""
    sport: str | None = None
    """Kind of activity as the file names it, in small letters."""
    local: bool = False
    """The file says what the local time was."""

    @property
    def time(self) -> timedelta:
        """Time without pauses, in whole seconds; all of it where pauses are not known."""
        return timedelta(seconds=round((self.moving or self.duration).total_seconds()))

    @property
    def on_foot(self) -> bool:
        """Whether it may have been a run or a walk."""
        return self.sport is None or self.sport in ON_FOOT

    @property
    def days(self) -> tuple[date, ...]:
        """Every day on which it can have begun, by the clocks of the world."""
        if self.local:
            return (self.start.date(),)
        first, last = ((self.start + shift).date() for shift in (_WEST, _EAST))
        return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def day_of(activity: Activity, planned: Iterable[date]) -> date | None:
    """Return the local day: the file says so, or one day alone has such a session planned."""
    if len(activity.days) == 1:
        return activity.days[0]
    fitting = sorted(set(activity.days) & set(planned))
    return fitting[0] if len(fitting) == 1 else None


@dataclass(frozen=True)
class Filled:
    """What a recording says about a session."""

    text: str
    """How it was understood, for the runner."""
    done: Literal["yes", "part"] | None = None
    """All or part of the session; none if that cannot be told."""
    run: timedelta | None = None
    """Time of running, or of walking in a walk; none if that cannot be told."""


def filled(activity: Activity, session: Session | None) -> Filled:
    """Return what a recording says about the session that was planned on its day."""
    time = span_text(timedelta(minutes=round(activity.time.total_seconds() / 60)))
    if session is None:
        return Filled(f"No run was planned on this day; the recording has {time}.")
    main = time_of(session.steps)
    if session.kind == "walk":
        whole = activity.time >= LEAST * main
        text = f"You walked for {time}."
        return Filled(text, "yes" if whole else "part", activity.time)
    if activity.time < LEAST * main:
        return Filled(f"The recording has {time}, which is shorter than the session.", "part")
    if activity.time > MOST * timedelta(minutes=session.minutes) + SPARE:
        return Filled(f"The recording has {time}, which is longer than the session.")
    run = time_of(session.steps, "run")
    text = (
        f"The recording has {time}, which fits the session. So the time of running is taken from "
        f"the plan: {span_text(run)}."
    )
    return Filled(text, "yes", run)
