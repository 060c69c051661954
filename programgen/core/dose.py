"""What may be run next: a small state machine that a protocol file drives.

The state is the fold of what was run and felt. ``decide`` takes only small
integers, so that every entry of the rule can be tested.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum

from programgen.core.protocol import Bout, Protocol, Step, time_of

PAUSE = -99
"""The step that stops running until a clinician has released the runner."""


class Colour(IntEnum):
    """Traffic light of one session; NONE: nothing was reported."""

    NONE = 0
    GREEN = 1
    AMBER = 2
    RED = 3


@dataclass(frozen=True)
class State:
    """Where a runner stands on the ladder."""

    stage: int
    """Position in the protocol, from 0."""
    good: int = 0
    """Good sessions at this stage."""
    light: Colour = Colour.NONE
    """Light of the last session."""
    last_run: date | None = None
    """Day of the last session."""
    last_step: date | None = None
    """Day of the last step up."""
    reds: tuple[date, ...] = ()
    """Days of bad reactions."""
    longest: tuple[tuple[date, float], ...] = ()
    """Day and run minutes of finished sessions, for the look-back."""
    target: float = 0.0
    """Run minutes of the longest run beyond the last stage; 0 on the ladder."""
    paused: bool = False
    """Too many bad reactions; a clinician releases."""
    stopped: bool = False
    """A warning sign; a clinician releases."""


def decide(
    protocol: Protocol,
    good: int,
    light: Colour,
    *,
    reds14: int,
    reds28: int,
    aged: bool,
    away: int,
) -> int:
    """Return the step: 1 up, 0 stay, below 0 back, or PAUSE.

    ``reds14`` and ``reds28`` count bad reactions of the last 14 and 28 days,
    ``aged`` says that the last step is old enough, ``away`` counts how many of the
    protocol's break rules apply. The more careful of two reasons wins.
    """
    moves = protocol.moves
    if reds28 >= moves.reds_to_pause:
        return PAUSE
    back = []
    if away:
        back.append(-moves.breaks[away - 1].back)
    if light is Colour.RED:
        back.append(-(moves.back_after_second_red if reds14 > 1 else moves.back_after_red))
    if back:
        return min(back)
    return int(light is Colour.GREEN and good >= moves.good_sessions and aged)


def days_away(protocol: Protocol, state: State, day: date) -> int:
    """Return how many break rules apply on *day*."""
    if state.last_run is None:
        return 0
    gap = (day - state.last_run).days
    return sum(gap >= rule.days for rule in protocol.moves.breaks)


def recent_longest(protocol: Protocol, state: State, day: date) -> float:
    """Return the longest finished run, in minutes, of the look-back before *day*."""
    if protocol.growth is None:
        return 0.0
    since = day - protocol.growth.lookback
    return max((m for d, m in state.longest if since <= d < day), default=0.0)


def before_run(protocol: Protocol, state: State, day: date, *, top: int, goal: float) -> State:
    """Apply the rule to the session planned on *day*.

    ``top`` is the highest stage allowed, ``goal`` the run minutes to grow to.
    """
    if state.stopped or state.paused:
        return state
    away = days_away(protocol, state, day)
    aged = (
        state.last_step is None or (day - state.last_step).days >= protocol.moves.days_between_steps
    )
    step = decide(
        protocol,
        min(state.good, protocol.moves.good_sessions),
        state.light,
        reds14=sum((day - d).days < 14 for d in state.reds),
        reds28=sum((day - d).days < 28 for d in state.reds),
        aged=aged,
        away=away,
    )
    if step == PAUSE:
        return replace(state, paused=True)
    if step > 0:
        return _up(protocol, state, day, top, goal)
    if step == 0 and not away:
        return state
    return replace(
        state,
        stage=max(0, state.stage + step),
        good=0,
        light=Colour.NONE,
        target=0.0,
    )


def _up(protocol: Protocol, state: State, day: date, top: int, goal: float) -> State:
    if state.stage < top:
        return replace(state, stage=state.stage + 1, good=0, light=Colour.NONE, last_step=day)
    last = len(protocol.stages) - 1
    growth = protocol.growth
    base = recent_longest(protocol, state, day)
    if state.stage < last or growth is None or not protocol.grows:
        return state
    if timedelta(minutes=base) < growth.applies_from:
        return state
    longer = min(goal, growth.factor * base)
    # Whole minutes, rounded down: the cap is never passed by rounding.
    if int(longer) <= base:
        return state
    return replace(state, target=float(int(longer)), good=0, light=Colour.NONE, last_step=day)


def steps_of(protocol: Protocol, state: State) -> tuple[Step, ...]:
    """Return the session of the present state."""
    if state.target:
        return (Step(bouts=(Bout(move="run", time=timedelta(minutes=state.target)),)),)
    return protocol.stages[state.stage].session(state.good)


def after_run(state: State, day: date, run_minutes: float, light: Colour) -> State:
    """Enter one finished session."""
    return replace(
        state,
        last_run=day,
        light=light,
        good=state.good + (light is Colour.GREEN),
        reds=state.reds + ((day,) if light is Colour.RED else ()),
        longest=(*state.longest, (day, run_minutes)),
    )


def run_minutes(steps: tuple[Step, ...]) -> float:
    """Return the minutes of running in a session."""
    return time_of(steps, "run").total_seconds() / 60
