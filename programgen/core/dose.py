"""What may be run next: a small state machine that a protocol file drives.

The state is the fold of what was run and felt. What follows from it stands in the
protocol's decision table; this module counts, looks the row up and takes the step.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from programgen.core.decisions import Light, Move, Recent
from programgen.core.protocol import Bout, Protocol, Step, time_of


@dataclass(frozen=True)
class State:
    """Where a runner stands on the ladder."""

    stage: int
    """Position in the protocol, from 0."""
    good: int = 0
    """Good sessions at this stage."""
    light: Light = Light.NONE
    """Light of the last session."""
    ambers: int = 0
    """Amber sessions in a row."""
    last_run: date | None = None
    """Day of the last session."""
    last_step: date | None = None
    """Day of the last step up."""
    bad: tuple[tuple[date, Light], ...] = ()
    """Days of bad reactions (red and worse) with their lights."""
    spots: tuple[date, ...] = ()
    """Days with sharp pain in one spot of a bone."""
    closed: int = 0
    """Mornings in a row that were too sore for a session."""
    worse: bool = False
    """The last week was clearly worse than the one before."""
    longest: tuple[tuple[date, float], ...] = ()
    """Day and run minutes of finished sessions, for the look-back."""
    target: float = 0.0
    """Run minutes of the longest run beyond the last stage; 0 on the ladder."""
    rest_until: date | None = None
    """The first day after the rest of a bad reaction."""
    lighter_since: date | None = None
    """Strength exercises went back to their start dose on this day."""
    held: Move | None = None
    """The row that pauses running or stops the plan, until a clinician releases."""


def days_away(protocol: Protocol, state: State, day: date) -> int:
    """Return how many break limits have passed on *day*."""
    if state.last_run is None:
        return 0
    gap = (day - state.last_run).days
    return sum(gap >= limit for limit in protocol.moves.breaks)


def is_long_break(protocol: Protocol, state: State, day: date) -> bool:
    """Return whether the break before *day* is so long that the entry table counts again."""
    return days_away(protocol, state, day) == len(protocol.moves.breaks)


def recent(protocol: Protocol, state: State, day: date) -> Recent:
    """Return the last weeks as the decision table sees them on *day*."""

    def within(days: int, *lights: Light) -> int:
        # The same weekday a week later still counts as within 7 days.
        return sum((day - d).days <= days and (not lights or c in lights) for d, c in state.bad)

    moves = protocol.moves
    step = state.last_step
    return Recent(
        light=state.light.name.lower(),
        reds14=min(2, within(14)),
        reds28=min(3, within(28)),
        spreads7=min(2, within(7, Light.SPREAD)),
        ambers=min(3, state.ambers),
        good=state.good >= moves.good_sessions,
        aged=step is None or (day - step).days >= moves.days_between_steps,
        away=days_away(protocol, state, day),
        walking=not protocol.stages[state.stage].runs,
        worse=state.worse,
    )


def recent_longest(protocol: Protocol, state: State, day: date) -> float:
    """Return the longest finished run, in minutes, of the look-back before *day*."""
    if protocol.growth is None:
        return 0.0
    since = day - protocol.growth.lookback
    return max((m for d, m in state.longest if since <= d < day), default=0.0)


def before_run(
    protocol: Protocol, state: State, day: date, *, top: int, goal: float, restart: int
) -> State:
    """Apply the table to the session planned on *day*.

    ``top`` is the highest stage allowed, ``goal`` the run minutes to grow to, ``restart`` the
    highest stage to begin at again after the longest of the breaks.
    """
    if state.held is not None:
        return state
    row = protocol.decisions.move(recent(protocol, state, day))
    if row.step in ("pause", "stop"):
        return replace(state, held=row)
    if row.step == "up":
        return _up(protocol, state, day, top, goal)
    if row.step == "stay":
        return replace(state, good=0, light=Light.NONE, ambers=0) if row.afresh else state
    lower = max(0, state.stage - row.back)
    return replace(
        state,
        stage=min(lower, restart) if is_long_break(protocol, state, day) else lower,
        good=0,
        light=Light.NONE,
        ambers=0,
        worse=False,
        target=0.0,
        lighter_since=day if row.lighter else state.lighter_since,
    )


def _up(protocol: Protocol, state: State, day: date, top: int, goal: float) -> State:
    if state.stage < top:
        return replace(state, stage=state.stage + 1, good=0, light=Light.NONE, last_step=day)
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
    return replace(state, target=float(int(longer)), good=0, light=Light.NONE, last_step=day)


def steps_of(protocol: Protocol, state: State) -> tuple[Step, ...]:
    """Return the session of the present state."""
    if state.target:
        return (Step(bouts=(Bout(move="run", time=timedelta(minutes=state.target)),)),)
    return protocol.stages[state.stage].session(state.good)


def after_run(
    protocol: Protocol,
    state: State,
    day: date,
    run_minutes: float,
    light: Light,
    *,
    ends_break: bool = True,
) -> State:
    """Enter one finished session; a session cut short counts its minutes, too.

    One of a few steps does not end a break.
    """
    return noted(
        protocol,
        replace(
            state,
            last_run=day if ends_break else state.last_run,
            closed=0,
            longest=(*state.longest, (day, run_minutes)),
        ),
        day,
        light,
    )


def noted(protocol: Protocol, state: State, day: date, light: Light) -> State:
    """Enter the light of a day, whether or not anything was run.

    Rest, pause and stop begin at once; a step waits for the next session.
    """
    # A step back that is still due is not taken back by a milder report.
    due = state.light if state.light >= Light.RED else Light.NONE
    now = replace(
        state,
        light=max(light, due),
        good=state.good + (light is Light.GREEN),
        ambers=state.ambers + 1 if light is Light.AMBER else 0,
        bad=(*state.bad, (day, light)) if light >= Light.RED else state.bad,
    )
    # Rest follows from the reaction, whatever a break before it asks for in stages.
    row = protocol.decisions.move(replace(recent(protocol, now, day), away=0))
    if row.step in ("pause", "stop"):
        return replace(now, held=row)
    return replace(
        now,
        rest_until=day + row.rest if row.rest else now.rest_until,
        lighter_since=day if row.lighter else now.lighter_since,
    )


def run_minutes(steps: tuple[Step, ...]) -> float:
    """Return the minutes of running in a session."""
    return time_of(steps, "run").total_seconds() / 60
