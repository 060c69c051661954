"""On which days a week's sessions go: an exact search, one week at a time.

A week is four masks of seven bits (bit 0 is Monday): runs, strength,
cross-training, mobility. Costs are tuples compared from left to right; a tuple of
lower bounds that is already worse cannot become better, so whole branches fall
away and the answer is still the best one. Only integers: the same on every machine.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import combinations

KINDS = ("run", "strength", "cross-training", "mobility")
WEEK = range(7)


@dataclass(frozen=True)
class Room:
    """What one day can hold."""

    minutes: int = 0
    """Free minutes."""
    sessions: int = 2
    """Most sessions; mobility does not count."""
    kinds: frozenset[str] = frozenset()
    """Kinds of session for which place and equipment are there."""
    walks: bool = False
    """The cross-training there is only walking: no gain on a day with a run."""


@dataclass(frozen=True)
class Demand:
    """What a week should contain; it knows no weekdays."""

    runs: int = 0
    run_minutes: int = 0
    key_minutes: int = 0
    """Minutes of the longest run of the week; at least ``run_minutes``."""
    run_gap: int = 2
    """Calendar days from run to run; 2 is at least 48 hours."""
    strength: int = 0
    strength_minutes: int = 0
    strength_gap: int = 2
    heavy: bool = False
    """Strength keeps off the day before the key run."""
    cross: int = 0
    cross_minutes: int = 0
    mobility: int = 0
    mobility_minutes: int = 0
    apart: bool = True
    """Strength and mobility on one day would be too many exercises."""
    rest_days: int = 1
    """Days without run, strength or cross-training."""
    in_a_row: int = 6
    """Most active days in a row."""


@dataclass(frozen=True)
class Choice:
    """One week's answer: a mask for each kind, and the day of the key run (-1: none)."""

    run: int = 0
    strength: int = 0
    cross: int = 0
    mobility: int = 0
    key: int = -1

    @property
    def active(self) -> int:
        """Days with a run, strength or cross-training."""
        return self.run | self.strength | self.cross

    def with_more(self, other: "Choice") -> "Choice":
        """Return the marks of both; the key run stays."""
        return Choice(
            self.run | other.run,
            self.strength | other.strength,
            self.cross | other.cross,
            self.mobility | other.mobility,
            self.key,
        )


@dataclass(frozen=True)
class WeekProblem:
    """One week to place."""

    rooms: tuple[Room, ...]
    demand: Demand
    on: tuple[tuple[str, int], ...] = ()
    """Locks: this kind on this weekday."""
    off: tuple[tuple[str, int], ...] = ()
    """Locks: this kind never on this weekday."""
    before: Choice = field(default_factory=Choice)
    """The week before, for spacing."""
    habit: Choice = field(default_factory=Choice)
    """The week whose weekdays should be kept."""
    streak: int = 0
    """Active days in a row at the end of the week before."""
    past: Choice = field(default_factory=Choice)
    """What already stands in this week; it is kept and nothing is placed on its days."""
    after: Choice = field(default_factory=Choice)
    """The week after, as it is printed: nothing is borrowed from it."""
    published: Choice | None = None
    """This week as it is printed; it changes as little as can be."""


_MASKS = [
    sorted(sum(1 << d for d in days) for days in combinations(WEEK, size)) for size in range(8)
]


def days_of(mask: int) -> list[int]:
    """Return the weekdays of a mask, Monday is 0."""
    return [day for day in WEEK if mask >> day & 1]


def _unevenness(mask: int) -> int:
    days = days_of(mask)
    return sum(((b - a) % 7 or 7) ** 2 for a, b in zip(days, days[1:] + days[:1], strict=True))


_UNEVEN = [_unevenness(mask) for mask in range(128)]


def spaced(mask: int, gap: int, before: int) -> bool:
    """Return whether no day is closer than *gap* days to another, last week included."""
    line = mask << 7 | before
    return not any(mask << 7 & line << days for days in range(1, gap))


def meets(mask: int, gap: int, after: int) -> bool:
    """Return whether no day is closer than *gap* days to one of the week after."""
    return not any(mask << days & after << 7 for days in range(1, gap))


def longest_streak(active: int, streak: int) -> int:
    """Return the most active days in a row that end in this week.

    *streak* are those at the end of last week; they count only if Monday goes on with them.
    """
    longest, now = 0, streak
    for day in WEEK:
        now = now + 1 if active >> day & 1 else 0
        longest = max(longest, now)
    return longest


def trailing_streak(active: int, streak: int) -> int:
    """Return the active days in a row up to Sunday."""
    for day in WEEK:
        streak = streak + 1 if active >> day & 1 else 0
    return streak


def leading_streak(active: int) -> int:
    """Return the active days in a row from Monday on."""
    return next((day for day in WEEK if not active >> day & 1), len(WEEK))


def _locked(locks: tuple[tuple[str, int], ...], kind: str) -> int:
    return sum(1 << day for day in {d for k, d in locks if k == kind})


def _masks(
    week: WeekProblem,
    kind: str,
    count: int,
    minutes: int,
    *,
    gap: int = 1,
    before: int = 0,
    after: int = 0,
) -> list[int]:
    """Return the masks that one kind may take on its own, the fullest first.

    ``before`` holds the days of the week before and, seven bits higher, those of this week
    that stand already; ``after`` those of the week after.
    """
    open_days = sum(
        1 << day
        for day, room in enumerate(week.rooms)
        if room.minutes >= minutes and kind in room.kinds and (room.sessions or kind == "mobility")
    )
    open_days &= ~_locked(week.off, kind)
    must = _locked(week.on, kind)
    return [
        mask
        for size in range(min(count, 7), -1, -1)
        for mask in _MASKS[size]
        if not mask & ~open_days
        and mask & must == must
        and spaced(mask, gap, before)
        and meets(mask, gap, after)
    ]


def _bits(mask: int) -> int:
    return mask.bit_count()


@lru_cache(maxsize=512)
def best_week(week: WeekProblem) -> Choice | None:
    """Return the best layout of a week, or None when the locks cannot be kept.

    Order of importance: runs placed, strength placed, cross-training placed,
    mobility placed, the week can be repeated (only where nothing is printed yet), marks of
    the printed week kept, weekdays of the habit kept, even gaps between runs, little
    crowding; the rest is a fixed tie-break.
    """
    search = _Search(week)
    search.run()
    return search.best


@dataclass(frozen=True)
class _Partial:
    """Runs and strength placed, with what they cost so far."""

    run: int
    strength: int
    key: int
    lost: tuple[int, int]
    again: bool
    moved: int
    """Marks that differ from the printed week."""
    fresh: int
    """Weekdays that are new against the habit."""
    near: int
    """Crowding of runs and strength."""


class _Search:
    """Branch and bound over the masks of one week."""

    def __init__(self, week: WeekProblem) -> None:
        """Prepare the masks that each kind may take on its own."""
        self.week = week
        self.best: Choice | None = None
        self.cost: tuple[int, ...] | None = None
        demand, before, past, after = week.demand, week.before, week.past, week.after
        self.runs = _masks(
            week,
            "run",
            demand.runs,
            demand.run_minutes,
            gap=demand.run_gap,
            before=before.run | past.run << 7,
            after=after.run,
        )
        self.runs.sort(key=lambda m: (-_bits(m), self.new(m, week.habit.run), _UNEVEN[m], m))
        self.strengths = _masks(
            week,
            "strength",
            demand.strength,
            demand.strength_minutes,
            gap=demand.strength_gap,
            before=before.strength | past.strength << 7,
            after=after.strength,
        )
        self.crosses = _masks(week, "cross-training", demand.cross, demand.cross_minutes)
        self.walks = sum(1 << d for d, room in enumerate(week.rooms) if room.walks)
        self.ahead = leading_streak(week.after.active)
        self.one, self.two = (
            sum(1 << d for d, room in enumerate(week.rooms) if room.sessions < limit)
            for limit in (2, 3)
        )

    def changed(self, mask: int, kind: str) -> int:
        """Return the marks of a mask that differ from the printed week."""
        printed = self.week.published
        return 0 if printed is None else _bits(mask ^ getattr(printed, kind))

    def new(self, mask: int, usual: int) -> int:
        """Return the weekdays of a mask that the habit does not have."""
        return _bits(mask & ~usual) if self.week.habit != Choice() else 0

    def hopeless(self, *bound: int) -> bool:
        """Return whether everything with this lower bound is worse than the best."""
        return self.cost is not None and bound > self.cost

    def run(self) -> None:
        """Try runs with strength; what cannot become better is cut off."""
        demand, habit = self.week.demand, self.week.habit
        for run in self.runs:
            lost, fresh = demand.runs - _bits(run), self.new(run, habit.run)
            moved = self.changed(run, "run")
            if self.hopeless(lost, 0, 0, 0, 0, moved, fresh, _UNEVEN[run]):
                continue
            repeats = spaced(run, demand.run_gap, run)
            for strength in self.strengths:
                if run & strength & self.one:
                    continue
                partial = _Partial(
                    run,
                    strength,
                    -1,
                    (lost, demand.strength - _bits(strength)),
                    again=self.week.published is None
                    and not (repeats and spaced(strength, demand.strength_gap, strength)),
                    moved=moved + self.changed(strength, "strength"),
                    fresh=fresh + self.new(strength, habit.strength),
                    near=_bits(run & strength)
                    + _bits(strength & run << 1)
                    + _bits(run & strength << 1),
                )
                bound = (
                    *partial.lost,
                    0,
                    0,
                    partial.again,
                    partial.moved,
                    partial.fresh,
                    _UNEVEN[run],
                )
                if not self.hopeless(*bound, partial.near):
                    self._with_key(partial)

    def _with_key(self, partial: _Partial) -> None:
        """Choose the day of the key run; it matters only where it differs from others."""
        demand = self.week.demand
        for key in _key_days(self.week, partial.run, partial.strength):
            used = _used(demand, partial.run, partial.strength, key)
            if all(u <= room.minutes for u, room in zip(used, self.week.rooms, strict=True)):
                self._with_cross(replace(partial, key=key), used)
                if demand.key_minutes == demand.run_minutes:
                    return

    def _with_cross(self, partial: _Partial, used: list[int]) -> None:
        """Add cross-training and mobility, and keep the layout if it is the best."""
        demand, run, strength = self.week.demand, partial.run, partial.strength
        for cross in self.crosses:
            active = run | strength | cross | self.week.past.active
            if (run | strength) & cross & self.one or run & strength & cross & self.two:
                continue
            if run & cross & self.walks or 7 - _bits(active) < demand.rest_days:
                continue
            lost = (*partial.lost, demand.cross - _bits(cross))
            crowd = partial.near + 2 * _bits(run & cross) + _bits(strength & cross)
            tail = (
                partial.again,
                partial.moved + self.changed(cross, "cross"),
                partial.fresh + self.new(cross, self.week.habit.cross),
                _UNEVEN[run],
                crowd,
                run,
                strength,
                cross,
                6 - partial.key,
            )
            if self.hopeless(*lost, 0, *tail):
                continue
            full = [u + demand.cross_minutes * (cross >> d & 1) for d, u in enumerate(used)]
            if any(f > room.minutes for f, room in zip(full, self.week.rooms, strict=True)):
                continue
            if longest_streak(active, self.week.streak) > demand.in_a_row:
                continue
            # Nor may the next week, as it is printed, make the row too long.
            row = trailing_streak(active, self.week.streak)
            if self.ahead and row + self.ahead > demand.in_a_row:
                continue
            mobility = _mobility(self.week, strength, full)
            if mobility is None:
                continue
            cost = (*lost, demand.mobility - _bits(mobility), *tail)
            if self.cost is None or cost < self.cost:
                self.cost = cost
                self.best = Choice(run, strength, cross, mobility, partial.key)


def _key_days(week: WeekProblem, run: int, strength: int) -> list[int]:
    """Return the days that the key run may take; the last one of the week is preferred."""
    demand = week.demand
    if not run:
        return [-1]
    days = []
    for day in reversed(days_of(run)):
        strong = strength | week.past.strength
        eve = strong >> (day - 1) & 1 if day else week.before.strength >> 6 & 1
        if week.rooms[day].minutes >= demand.key_minutes and not (demand.heavy and eve):
            days.append(day)
    return days


def _used(demand: Demand, run: int, strength: int, key: int) -> list[int]:
    return [
        (demand.key_minutes if day == key else demand.run_minutes) * (run >> day & 1)
        + demand.strength_minutes * (strength >> day & 1)
        for day in WEEK
    ]


def _mobility(week: WeekProblem, strength: int, used: list[int]) -> int | None:
    """Return the days of mobility, or None when a lock cannot be kept."""
    demand = week.demand
    off, must = _locked(week.off, "mobility"), _locked(week.on, "mobility")
    days = [
        day
        for day, room in enumerate(week.rooms)
        if "mobility" in room.kinds
        and not off >> day & 1
        and used[day] + demand.mobility_minutes <= room.minutes
        and not (demand.apart and strength >> day & 1)
    ]
    if must & ~sum(1 << day for day in days):
        return None
    habit = week.habit.mobility if week.published is None else week.published.mobility
    days.sort(key=lambda day: (not must >> day & 1, not habit >> day & 1, used[day], day))
    return sum(1 << day for day in days[: max(demand.mobility, _bits(must))])
