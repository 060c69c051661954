"""Invented runners, day by day, all of them at once.

Load is counted in minutes of running. For each runner and day:

- capacity: minutes tolerated in one session; grows with load that can be digested, shrinks
  after days without any;
- irritation: a session of m minutes adds ``damage * (m / capacity) ** power`` and fades;
- stress: comes and goes, and colours every report of the day;
- flare: starts where irritation passes the runner's threshold, or by chance.

Reports are whole numbers from 0 to 10, noisy, and sometimes missing. Sessions are missed
singly and in whole weeks. All policies meet the same runners and the same random numbers.
"""

from dataclasses import dataclass, fields

import numpy as np

RUN_DAYS = (0, 2, 5)
"""Monday, Wednesday and Saturday."""

TARGET = 30
"""Minutes of running in one session that count as reached."""


@dataclass(frozen=True)
class World:
    """The constants of a cohort; all of them are invented."""

    days: int = 112
    capacity: float = 15.0
    capacity_spread: float = 0.45
    adapt: float = 0.07
    """Gain of capacity with a full session that can be digested."""
    adapt_spread: float = 0.4
    damage: float = 0.35
    power: float = 2.0
    fade: float = 2.5
    """Days in which irritation falls to a third."""
    threshold: float = 1.05
    """Irritation at which a load flare starts."""
    sensitivity: float = 3.0
    """Points of pain for a unit of irritation."""
    noise: float = 0.6
    usual: tuple[float, float] = (0.0, 2.5)
    """Pain on an ordinary morning, lowest and highest."""
    chance: float = 0.0015
    """Flares a day that have nothing to do with load."""
    adherence: float = 0.8
    away: float = 0.02
    """Chance that a whole week is missed."""
    report: float = 0.85
    detrain: float = 0.006
    quit: float = 0.0
    """Chance to give up after each flare."""


WORLDS = {
    "base": World(),
    "fragile": World(capacity=11, threshold=0.9),
    "robust": World(capacity=22),
    "slow to adapt": World(adapt=0.04),
    "damage linear": World(power=1.0),
    "damage to the 4th power": World(power=4.0),
    "noisy pain": World(noise=1.2),
    "usual pain 2 to 3": World(usual=(2.0, 3.0)),
    "half the reports": World(report=0.5),
    "40 % missed": World(adherence=0.6),
    "chance flares x 4": World(chance=0.006),
    "15 % quit at a flare": World(quit=0.15),
    "24 weeks": World(days=168),
}


class Cohort:
    """Runners as they are on the first day; arrays of shape (runners,)."""

    def __init__(self, world: World, size: int, seed: int) -> None:
        """Draw the runners."""
        draw = np.random.Generator(np.random.Philox(key=seed))

        def spread(median: float, by: float) -> np.ndarray:
            return median * np.exp(by * draw.standard_normal(size))

        self.size = size
        self.capacity = spread(world.capacity, world.capacity_spread)
        self.adapt = spread(world.adapt, world.adapt_spread)
        self.fade = spread(world.fade, 0.3)
        self.threshold = spread(world.threshold, 0.25)
        self.sensitivity = spread(world.sensitivity, 0.35)
        self.usual = draw.uniform(*world.usual, size)
        self.bears = draw.uniform(5, 9, size)
        """Nobody runs on a morning with so much pain."""
        self.adherence = np.clip(draw.normal(world.adherence, 0.1, size), 0.3, 1.0)
        self.bold = draw.uniform(0, 0.35, size)


@dataclass(frozen=True)
class Morning:
    """A morning as the runners report it; arrays of shape (runners,)."""

    pain: np.ndarray
    """0 to 10."""
    told: np.ndarray
    """Whether anything is reported on this morning."""


@dataclass(frozen=True)
class Run:
    """The sessions of a run day; arrays of shape (runners,)."""

    day: int
    planned: np.ndarray
    """Minutes of load."""
    ran: np.ndarray
    """Whether a session was begun."""
    share: np.ndarray
    """How much of it was done, 0 to 1."""
    during: np.ndarray
    """Worst pain during it, 0 to 10."""

    @property
    def minutes(self) -> np.ndarray:
        """Minutes of load that were done."""
        return self.planned * self.share


class Policy:
    """A way to choose the next run; it sees only what runners report."""

    name = "?"

    def begin(self, cohort: Cohort, world: World, coins: np.ndarray) -> None:
        """Meet the runners; ``coins`` are random numbers of shape (days, runners)."""

    def plan(self, day: int, morning: Morning) -> np.ndarray:
        """Return the minutes of load on a run day; 0: no session."""
        raise NotImplementedError

    def learn(self, run: Run, morning: Morning) -> None:
        """Take in the reports of a run day, on the morning after it."""

    def week(self, day: int, told: np.ndarray, mornings: np.ndarray, worst: np.ndarray) -> None:
        """Take in the answers of a week; *mornings* has shape (7, runners)."""


@dataclass(frozen=True)
class Outcome:
    """What became of a cohort."""

    reached: float
    """Share that ran the target."""
    by_week_12: float
    median_day: float
    """Of reaching the target; infinite if fewer than half do."""
    clean: float
    """Share that reached the target before any load flare."""
    flared: float
    """Share with a load flare."""
    flares: float
    """Load flares for 100 runners."""
    bad_days: float
    """Mornings at 3 or more over the usual pain, for each runner."""
    overloads: float
    """Runs of more than 1.3 times the capacity, for each runner."""
    minutes: float
    """Minutes of load in a week, for each runner."""

    def __str__(self) -> str:
        """Write the numbers as a row of the table."""
        shares = (self.reached, self.by_week_12, self.clean, self.flared)
        day = f"{self.median_day:.0f}" if np.isfinite(self.median_day) else "-"
        cells = [f"{share:.0%}" for share in shares]
        cells.insert(2, day)
        cells += [f"{self.flares:.0f}", f"{self.bad_days:.1f}", f"{self.overloads:.1f}"]
        return "".join(f"{cell:>10}" for cell in (*cells, f"{self.minutes:.0f}"))


HEADS = "".join(
    f"{head:>10}"
    for head in (
        "reached", "by wk 12", "median d", "clean", "flared", "per 100", "bad days", "overloads",
        "min/week",
    )
)  # fmt: skip
assert len(HEADS) == 10 * len(fields(Outcome))


class Bodies:
    """What load does to the runners; arrays of shape (runners,)."""

    def __init__(self, cohort: Cohort, world: World) -> None:
        """Begin rested."""
        self.cohort, self.world, self.capacity = cohort, world, cohort.capacity.copy()
        n = cohort.size
        self.irritation, self.stress, self.flare = np.zeros(n), np.zeros(n), np.zeros(n)
        self.last_run = np.full(n, -3)

    def wake(self, noise: np.ndarray) -> np.ndarray:
        """Begin a day and return the pain of its morning; *noise* has shape (2, runners)."""
        self.stress = 0.7 * self.stress + 0.7 * self.world.noise * noise[0]
        self.sore = self.cohort.sensitivity * np.maximum(0, self.irritation - 0.25)
        self.hurt = np.where(self.flare > 0, 3.5 * np.minimum(1, self.flare / 3), 0) + self.stress
        pain = self.cohort.usual + self.sore + self.hurt + 0.4 * noise[1]
        return np.clip(np.rint(pain), 0, 10)

    def pain_during(self, load: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """Return the worst pain during a session."""
        over = 1.2 * np.maximum(0, load / self.capacity - 0.9)
        strain = 0.6 * self.sore + self.cohort.sensitivity * over
        return np.clip(np.rint(self.cohort.usual + strain + self.hurt + 0.4 * noise), 0, 10)

    def end(
        self, day: int, load: np.ndarray, chance: np.ndarray, length: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """End a day with its load; return whose load flare and whose chance flare begins."""
        world, ratio = self.world, load / self.capacity
        self.last_run = np.where(load > 0, day, self.last_run)
        self.irritation = self.irritation + world.damage * ratio**world.power
        digest = np.minimum(ratio, 1.2) * np.maximum(0, 1 - self.irritation / 1.2)
        capacity = self.capacity * (1 + self.cohort.adapt * digest)
        well = self.flare <= 0
        by_load = well & (self.irritation > self.cohort.threshold)
        by_chance = well & (chance < world.chance * np.exp(0.5 * self.stress))
        begins = by_load | by_chance
        # Four days at least, ten in the mean.
        days = 4 - 6 * np.log1p(-0.999 * length)
        self.flare = np.where(begins, days, np.maximum(0, self.flare - 1))
        capacity = np.where(begins, 0.88 * capacity, capacity)
        loss = world.detrain * np.maximum(0, capacity - 0.6 * self.cohort.capacity)
        self.capacity = np.where(day - self.last_run > 5, capacity - loss, capacity)
        self.irritation = self.irritation * np.exp(-1 / self.cohort.fade)
        return by_load, by_chance


class Tally:
    """Counts what becomes of the runners."""

    def __init__(self, cohort: Cohort) -> None:
        """Begin at nothing."""
        n = cohort.size
        self.usual = cohort.usual
        self.reached, self.first_flare = np.full(n, np.inf), np.full(n, np.inf)
        self.flares, self.bad_days, self.overloads, self.minutes = (np.zeros(n) for _ in range(4))

    def session(self, day: int, load: np.ndarray, capacity: np.ndarray) -> None:
        """Count the sessions of a day."""
        self.minutes += load
        self.overloads += load > 1.3 * capacity
        self.reached = np.where((load >= TARGET) & np.isinf(self.reached), day, self.reached)

    def flare(self, day: int, by_load: np.ndarray) -> None:
        """Count the load flares of a day."""
        self.flares += by_load
        self.first_flare = np.where(by_load & np.isinf(self.first_flare), day, self.first_flare)

    def outcome(self, days: int) -> Outcome:
        """Return the numbers of the table."""
        reached = np.isfinite(self.reached)
        return Outcome(
            reached=float(reached.mean()),
            by_week_12=float((self.reached < 84).mean()),
            median_day=float(np.median(self.reached)),
            clean=float((reached & (self.first_flare > self.reached)).mean()),
            flared=float((self.flares > 0).mean()),
            flares=float(100 * self.flares.mean()),
            bad_days=float(self.bad_days.mean()),
            overloads=float(self.overloads.mean()),
            minutes=float(7 * self.minutes.mean() / days),
        )


def simulate(policy: Policy, world: World, size: int, seed: int = 1) -> Outcome:
    """Let a policy lead a cohort and return what became of it."""
    cohort = Cohort(world, size, seed)
    draw = np.random.Generator(np.random.Philox(key=seed + 1))
    comes, tells, unlucky, length, quits, writes = np.moveaxis(
        draw.random((world.days, 6, size), dtype=np.float32), 1, 0
    )
    noise = draw.standard_normal((world.days, 3, size), dtype=np.float32)
    away = draw.random((world.days // 7 + 1, size)) < world.away
    policy.begin(cohort, world, length)
    bodies, tally = Bodies(cohort, world), Tally(cohort)
    gone = np.zeros(size, bool)
    mornings, worst = np.zeros((7, size)), np.zeros(size)
    last: Run | None = None
    for day in range(world.days):
        pain = bodies.wake(noise[day])
        morning = Morning(pain, (tells[day] < world.report) & ~gone)
        tally.bad_days += pain >= cohort.usual + 3
        mornings[day % 7], worst = pain, np.maximum(worst, pain)
        if last is not None:
            policy.learn(last, morning)
            last = None
        load = np.zeros(size)
        if day % 7 in RUN_DAYS:
            planned = policy.plan(day, morning)
            able = (comes[day] < cohort.adherence) & (pain < cohort.bears) & ~gone
            ran = (planned > 0) & able & ~away[day // 7]
            during = bodies.pain_during(planned, noise[day, 2])
            # Everybody stops when it really hurts.
            last = Run(day, planned, ran, np.where(ran, np.where(during >= 8, 0.5, 1), 0), during)
            load, worst = last.minutes, np.maximum(worst, np.where(ran, during, 0))
            tally.session(day, load, bodies.capacity)
        by_load, by_chance = bodies.end(day, load, unlucky[day], length[day])
        tally.flare(day, by_load)
        gone = gone | ((by_load | by_chance) & (quits[day] < world.quit))
        if day % 7 == 6:
            policy.week(day, (writes[day] < world.report) & ~gone, mornings, worst)
            worst = np.zeros(size)
    return tally.outcome(world.days)
