"""Ways to choose the next run: the rule that plans for people, and others beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from programgen.core.decisions import RECENTS, REPORTS, Light, Move, Reading, Values, suits
from programgen.core.dose import run_minutes
from programgen.core.protocol import Protocol, time_of
from programgen.core.standing import FULL
from tests.simulation.cohort import RUN_DAYS, TARGET, Cohort, Morning, Policy, Run, World

WALK = 0.1
"""Load of a minute of walking, in minutes of running, where a stage is walking only."""

START = "r4"
"""First stage: that of a runner with two weeks off, and as long as the first runs of the others."""

PAUSED = 14
"""Days until somebody has looked at a runner whose running is paused."""


def tabulate(rows: Sequence[Reading | Move], values: Values) -> np.ndarray:
    """Return the number of the first row that fits, with an axis for each fact."""
    found = np.full([len(each) for each in values.values()], -1, dtype=np.int8)
    for number in reversed(range(len(rows))):
        when = rows[number].when
        found[np.ix_(*(
            [at for at, value in enumerate(each) if suits(getattr(when, name), value)]
            for name, each in values.items()
        ))] = number  # fmt: skip
    return found


@dataclass(frozen=True)
class States:
    """What ``dose.State`` holds, for all runners at once; days are counted from 0."""

    stage: np.ndarray
    good: np.ndarray
    light: np.ndarray
    ambers: np.ndarray
    last_run: np.ndarray
    """-1: none yet."""
    last_step: np.ndarray
    closed: np.ndarray
    worse: np.ndarray
    target: np.ndarray
    rest_until: np.ndarray
    held: np.ndarray

    def set(self, who: np.ndarray, **values: Any) -> "States":
        """Return the states with new values for some runners."""
        return replace(
            self, **{key: np.where(who, new, getattr(self, key)) for key, new in values.items()}
        )

    def taking(self, who: np.ndarray, other: "States") -> "States":
        """Return the states with those of *other* for some runners."""
        return self.set(who, **{f.name: getattr(other, f.name) for f in fields(self)})


class Ladder(Policy):
    """The decision table of a protocol, the very one that plans for people.

    ``dose.before_run``, ``dose.after_run`` and ``dose.noted`` for all runners at once, on the
    table as an array. Invariants are asserted while it runs.
    """

    def __init__(
        self,
        protocol: Protocol,
        name: str = "project rule",
        *,
        start: str = START,
        goal: int = TARGET,
        weekly: bool = True,
    ) -> None:
        """Tabulate a protocol; *weekly*: the questions of the week are answered, too."""
        self.protocol, self.name, self.weekly = protocol, name, weekly
        self.start, self.goal, self.top = protocol.number(start), goal, len(protocol.stages) - 1
        self.readings = tabulate(protocol.decisions.readings, REPORTS)
        self.moves = tabulate(protocol.decisions.moves, RECENTS)
        most = max(len(stage.sessions) for stage in protocol.stages)
        sessions = [[s.session(good) for good in range(most)] for s in protocol.stages]
        self.running = np.array([stage.runs for stage in protocol.stages])
        self.runs = np.array([[run_minutes(s) for s in each] for each in sessions])
        walks = [[time_of(s).total_seconds() / 60 for s in each] for each in sessions]
        self.loads = np.where(self.running[:, None], self.runs, WALK * np.array(walks))
        rows = protocol.decisions.moves
        self.back = np.array([row.back if row.step == "back" else 0 for row in rows])
        self.up, self.hold = (
            np.array([row.step in steps for row in rows]) for steps in (("up",), ("pause", "stop"))
        )
        self.afresh = np.array([row.afresh for row in rows])
        self.rest = np.array([row.rest.days for row in rows])
        lights = [Light[row.light.upper()] for row in protocol.decisions.readings]
        self.light_of = np.array(lights)

    def begin(self, cohort: Cohort, world: World, coins: np.ndarray) -> None:
        """Put everybody on the first stage."""
        del coins
        n = cohort.size

        def full(value: float) -> np.ndarray:
            return np.full(n, value)

        self.n, self.usual = n, np.rint(cohort.usual).astype(int)
        self.first_usual = self.usual
        self.state = States(
            stage=full(self.start), good=full(0), light=full(0), ambers=full(0), last_run=full(-1),
            last_step=full(0), closed=full(0), worse=full(False), target=full(0.0),
            rest_until=full(-1), held=full(False),
        )  # fmt: skip
        self.now = self.state
        self.lights = np.zeros((world.days + 1, n), int)
        self.longest = np.zeros((world.days + 1, n))
        self.last_week: tuple[int, np.ndarray, np.ndarray, np.ndarray] | None = None
        self.watch = Watch(self, world.days)

    # The three steps of the rule

    def away(self, state: States, day: int) -> np.ndarray:
        """Return how many break limits have passed."""
        since = np.where(state.last_run < 0, 0, day - state.last_run)
        return sum((since >= limit).astype(int) for limit in self.protocol.moves.breaks)

    def row(self, state: States, day: int, away: np.ndarray) -> np.ndarray:
        """Return the row of the moves for the facts on a day."""
        moves = self.protocol.moves

        def within(days: int, least: int, most: int) -> np.ndarray:
            seen = self.lights[max(0, day - days) : day + 1]
            return ((seen >= least) & (seen <= most)).sum(0)

        return self.moves[
            state.light,
            np.minimum(2, within(14, Light.RED, Light.STOP)),
            np.minimum(3, within(28, Light.RED, Light.STOP)),
            np.minimum(2, within(7, Light.SPREAD, Light.SPREAD)),
            np.minimum(3, state.ambers),
            (state.good >= moves.good_sessions).astype(int),
            (day - state.last_step >= moves.days_between_steps).astype(int),
            away,
            (~self.running[state.stage]).astype(int),
            state.worse.astype(int),
        ]

    def before_run(self, state: States, day: int) -> States:
        """Apply the table to the sessions of a day."""
        row = self.row(state, day, self.away(state, day))
        acts = ~state.held
        now = state.set(acts & self.hold[row], held=True)
        acts &= ~self.hold[row]
        rises = acts & self.up[row]
        climbs = rises & (state.stage < self.top)
        now = now.set(climbs, stage=state.stage + 1, good=0, light=0, last_step=day)
        growth = self.protocol.growth
        if growth is not None:
            base = self.recent_longest(day)
            longer = np.floor(np.minimum(self.goal, growth.factor * base))
            ready = base >= growth.applies_from.total_seconds() / 60
            grows = rises & ~climbs & (state.stage == self.top) & ready & (longer > base)
            now = now.set(grows, target=longer, good=0, light=0, last_step=day)
        afresh = acts & self.afresh[row] & (self.back[row] == 0) & ~self.up[row]
        now = now.set(afresh, good=0, light=0, ambers=0)
        falls = acts & (self.back[row] > 0)
        lower = np.maximum(0, state.stage - self.back[row])
        return now.set(falls, stage=lower, good=0, light=0, ambers=0, worse=False, target=0.0)

    def recent_longest(self, day: int) -> np.ndarray:
        """Return the longest run of the look-back, in minutes."""
        growth = self.protocol.growth
        assert growth is not None
        return self.longest[max(0, day - growth.lookback.days) : day].max(0, initial=0.0)

    def noted(self, who: np.ndarray, state: States, day: int, light: np.ndarray) -> States:
        """Enter the lights of a day for some runners."""
        self.lights[day] = np.where(who & (light >= Light.RED), light, self.lights[day])
        # A step back that is still due is not taken back by a milder report.
        due = np.where(state.light >= Light.RED, state.light, Light.NONE)
        now = state.set(
            who,
            light=np.maximum(light, due),
            good=state.good + (light == Light.GREEN),
            ambers=np.where(light == Light.AMBER, state.ambers + 1, 0),
        )
        row = self.row(now, day, np.zeros(self.n, int))
        now = now.set(who & self.hold[row], held=True)
        rests = who & ~self.hold[row] & (self.rest[row] > 0)
        return now.set(rests, rest_until=day + self.rest[row])

    def session(self, state: States, table: np.ndarray) -> np.ndarray:
        """Return the minutes of the session that is due."""
        due = table[state.stage, np.minimum(state.good, table.shape[1] - 1)]
        return np.where(state.target > 0, state.target, due)

    def reading(
        self, done: np.ndarray, during: np.ndarray, morning: np.ndarray, closed: np.ndarray
    ) -> np.ndarray:
        """Return the light of sessions; facts by their place in REPORTS, scores as they are."""
        light, rise = self.protocol.light, morning - self.usual
        pain = np.digitize(during, [light.green_during + 1, light.amber_during + 1])
        after = np.digitize(rise, [light.green_rise + 1, light.amber_rise + 1])
        unknown = REPORTS["pain"].index("unknown")
        none = np.zeros(self.n, int)
        row = self.readings[
            done,
            np.where(done == REPORTS["done"].index("no"), unknown, pain),
            np.where(done == REPORTS["done"].index("no"), unknown, after),
            none, none, none, none, closed,
        ]  # fmt: skip
        return self.light_of[row]

    # What the bench asks

    def plan(self, day: int, morning: Morning) -> np.ndarray:
        """Return the sessions that are due; mornings that are too sore are entered."""
        self.release(day)
        self.now = self.before_run(self.state, day)
        due = ~self.now.held & (day >= self.state.rest_until)
        gate = due & morning.told & (morning.pain - self.usual >= self.protocol.moves.gate_rise)
        self.state = self.state.set(gate, closed=self.state.closed + 1)
        missed = np.full(self.n, REPORTS["done"].index("no"))
        light = self.reading(missed, morning.pain, morning.pain, np.minimum(2, self.state.closed))
        self.state = self.noted(gate, self.state, day, light)
        self.watch.reacted(day, gate, light)
        load = np.where(due & ~gate, self.session(self.now, self.loads), 0.0)
        self.watch.planned(day, load)
        return load

    def learn(self, run: Run, morning: Morning) -> None:
        """Enter the sessions that were run and reported."""
        who = run.ran & morning.told
        part = np.where(
            run.share >= FULL, REPORTS["done"].index("yes"), REPORTS["done"].index("part")
        )
        light = self.reading(part, run.during, morning.pain, np.zeros(self.n, int))
        ran = run.share * self.session(self.now, self.runs)
        state = self.state.taking(who, self.now).set(who, last_run=run.day, closed=0)
        self.longest[run.day] = np.where(who & (light < Light.RED), ran, 0.0)
        before = self.state
        self.state = self.noted(who, state, run.day, light)
        self.watch.stepped(run.day, who, before, self.now)
        self.watch.reacted(run.day, who, light)

    def week(self, day: int, told: np.ndarray, mornings: np.ndarray, worst: np.ndarray) -> None:
        """Enter the answers of the week: the usual morning, and whether it was a worse one."""
        if not self.weekly:
            return
        average = np.rint(mornings.mean(0))
        last = self.last_week or (np.full(self.n, -99), average, worst)
        when, average_then, worst_then = last
        rose = np.maximum(average - average_then, worst - worst_then)
        worse = (day - when <= 14) & (rose >= self.protocol.moves.worse_by)
        self.state = self.state.set(told, worse=worse | self.state.worse)
        usual = np.minimum(self.first_usual, np.median(mornings, axis=0))
        self.usual = np.where(told, usual, self.usual).astype(int)
        self.last_week = (
            np.where(told, day, when),
            np.where(told, average, average_then),
            np.where(told, worst, worst_then),
        )

    def release(self, day: int) -> None:
        """Let those run again whom somebody has looked at."""
        free = self.watch.released(day)
        self.lights[:, free] = 0
        lower = np.maximum(self.state.stage - 1, 0)
        self.state = self.state.set(
            free, held=False, closed=0, good=0, ambers=0, light=0, stage=lower, target=0.0
        )


class Watch:
    """Asserts the invariants with its own bookkeeping, not with that of the rule."""

    def __init__(self, rule: Ladder, days: int) -> None:
        """Begin with nobody resting or held."""
        self.rule = rule
        self.held_on, self.red_on, self.step_on = (np.full(rule.n, -99) for _ in range(3))
        self.done = np.zeros((days + 1, rule.n))
        self.steps, self.beyond, self.pauses = 0, 0, 0

    def released(self, day: int) -> np.ndarray:
        """Return whose pause is over; a pause is never shorter."""
        held = self.rule.state.held
        begins = held & (self.held_on < 0)
        self.pauses += int(begins.sum())
        self.held_on = np.where(begins, day, self.held_on)
        free = held & (day - self.held_on >= PAUSED)
        self.held_on = np.where(free, -99, self.held_on)
        self.red_on = np.where(free, -99, self.red_on)
        return free

    def planned(self, day: int, load: np.ndarray) -> None:
        """Check the sessions that are planned on a day."""
        assert not (load[self.held_on >= 0] > 0).any(), "a run in a pause"
        assert not (load[day - self.red_on < 3] > 0).any(), "a run within 72 h of a bad reaction"
        top = self.rule.runs.max()
        far = load > top
        self.beyond += int(far.sum())
        recent = self.done[max(0, day - 30) : day].max(0, initial=0.0)
        assert (load[far] <= 1.1 * recent[far]).all(), "more than 110 % beyond the ladder"

    def stepped(self, day: int, who: np.ndarray, before: States, now: States) -> None:
        """Check the step to the sessions that were run and reported."""
        assert (now.stage - before.stage)[who].max(initial=0) <= 1, "two stages at once"
        up = who & ((now.stage > before.stage) | (now.target > before.target))
        assert (day - self.step_on[up] >= 7).all(), "two steps in a week"
        assert (before.light[up] == Light.GREEN).all(), "a step after a session that was not good"
        needed = self.rule.protocol.moves.good_sessions
        assert (before.good[up] >= needed).all(), "a step without enough good sessions"
        self.steps += int(up.sum())
        self.step_on = np.where(up, day, self.step_on)
        self.done[day] = np.where(who, self.rule.longest[day], 0.0)

    def reacted(self, day: int, who: np.ndarray, light: np.ndarray) -> None:
        """Note the days of bad reactions."""
        self.red_on = np.where(who & (light >= Light.RED), day, self.red_on)


class Calendar(Policy):
    """The same stages, one a week by the calendar, whatever is reported."""

    name = "same stages, by calendar"

    def __init__(self, protocol: Protocol, start: str = START) -> None:
        """Take the fullest session of each stage."""
        first = protocol.number(start)
        self.minutes = [run_minutes(stage.top) for stage in protocol.stages[first:]]

    def begin(self, cohort: Cohort, world: World, coins: np.ndarray) -> None:
        """Note how many runners there are."""
        del world, coins
        self.n = cohort.size

    def plan(self, day: int, morning: Morning) -> np.ndarray:
        """Return the session of the week."""
        del morning
        return np.full(self.n, self.minutes[min(day // 7, len(self.minutes) - 1)])


class Weekly(Policy):
    """A list of weeks; a week is done again when fewer than two of its runs were done."""

    def __init__(self, weeks: Sequence[Sequence[float]], name: str) -> None:
        """Take the minutes of three runs for each week."""
        self.weeks, self.name = np.array(weeks, float), name

    def begin(self, cohort: Cohort, world: World, coins: np.ndarray) -> None:
        """Begin with the first week."""
        del world, coins
        self.at, self.count = np.zeros(cohort.size, int), np.zeros(cohort.size, int)

    def plan(self, day: int, morning: Morning) -> np.ndarray:
        """Return the run of the week."""
        del morning
        if day % 7 == RUN_DAYS[0] and day:
            self.at = np.minimum(self.at + (self.count >= 2), len(self.weeks) - 1)
            self.count = np.zeros_like(self.count)
        return self.weeks[self.at, RUN_DAYS.index(day % 7)]

    def learn(self, run: Run, morning: Morning) -> None:
        """Count the runs."""
        del morning
        self.count = self.count + run.ran


class ByFeel(Policy):
    """Longer when it felt fine, shorter when it hurt, and now and then far too long."""

    name = "by feel"

    def begin(self, cohort: Cohort, world: World, coins: np.ndarray) -> None:
        """Begin with ten minutes."""
        del world
        self.minutes, self.rest_until = np.full(cohort.size, 10.0), np.zeros(cohort.size)
        self.bold, self.coins, self.usual = cohort.bold, coins, np.rint(cohort.usual)

    def plan(self, day: int, morning: Morning) -> np.ndarray:
        """Return what seems right, half as much again on one day of twenty."""
        del morning
        much = np.minimum(45, self.minutes * np.where(self.coins[day] < 0.05, 1.5, 1.0))
        return np.where(day < self.rest_until, 0.0, much)

    def learn(self, run: Run, morning: Morning) -> None:
        """Go by the pain."""
        rise = morning.pain - self.usual
        fine = run.ran & (run.during <= 3) & (rise <= 2)
        sore = run.ran & ((run.during >= 5) | (rise >= 3))
        factor = np.where(fine, 1 + self.bold, np.where(sore, 0.8, 1.0))
        self.minutes = np.clip(self.minutes * factor, 5, 45)
        self.rest_until = np.where(run.ran & (run.during >= 7), run.day + 5, self.rest_until)


COUCH_TO_5K = [
    (8, 8, 8), (9, 9, 9), (9, 9, 9), (16, 16, 16), (15, 16, 20), (18, 20, 25), (25,) * 3,
    (28,) * 3, (30,) * 3,
]  # fmt: skip
"""Run minutes of the nine weeks."""

TEN_PERCENT = [(min(TARGET, 10 * 1.1**week),) * 3 for week in range(14)]
"""From three times ten minutes."""


def policies(protocol: Protocol) -> list[Policy]:
    """Return everything that the table compares."""
    return [
        Ladder(protocol),
        Ladder(protocol, "- without the weekly form", weekly=False),
        Ladder(protocol, "- from 30-second runs", start="r2"),
        Calendar(protocol),
        Weekly(COUCH_TO_5K, "Couch to 5K"),
        Weekly(TEN_PERCENT, "10 % a week"),
        ByFeel(),
    ]
