"""On which days a week's sessions go: an exact search, one week at a time.

A week is four masks of seven bits (bit 0 is Monday): runs, strength,
cross-training, mobility. Costs are tuples compared from left to right; a tuple of
lower bounds that is already worse cannot become better, so whole branches fall
away and the answer is still the best one. Only integers: the same on every machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
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


def longest_streak(active: int, streak: int) -> int:
    """Return the most active days in a row, *streak* days of last week included."""
    longest = now = streak
    for day in WEEK:
        now = now + 1 if active >> day & 1 else 0
        longest = max(longest, now)
    return longest


def trailing_streak(active: int, streak: int) -> int:
    """Return the active days in a row up to Sunday."""
    for day in WEEK:
        streak = streak + 1 if active >> day & 1 else 0
    return streak


def _locked(locks: tuple[tuple[str, int], ...], kind: str) -> int:
    return sum(1 << day for day in {d for k, d in locks if k == kind})


def _masks(
    week: WeekProblem, kind: str, count: int, minutes: int, *, gap: int = 1, before: int = 0,
) -> list[int]:
    """Return the masks that one kind may take on its own, the fullest first."""
    open_days = sum(
        1 << day for day, room in enumerate(week.rooms)
        if room.minutes >= minutes and kind in room.kinds
        and (room.sessions or kind == "mobility")
    )
    open_days &= ~_locked(week.off, kind)
    must = _locked(week.on, kind)
    return [
        mask for size in range(min(count, 7), -1, -1) for mask in _MASKS[size]
        if not mask & ~open_days and mask & must == must and spaced(mask, gap, before)
    ]


def _bits(mask: int) -> int:
    return mask.bit_count()


@lru_cache(maxsize=512)
def best_week(week: WeekProblem) -> Choice | None:
    """Return the best layout of a week, or None when the locks cannot be kept.

    Order of importance: runs placed, strength placed, cross-training placed,
    mobility placed, the week can be repeated, weekdays of the habit kept, even gaps
    between runs, little crowding; the rest is a fixed tie-break.
    """
    best: Choice | None = None
    best_cost: tuple[int, ...] | None = None
    for choice, cost in _layouts(week, lambda bound: best_cost is not None and bound > best_cost):
        if best_cost is None or cost < best_cost:
            best, best_cost = choice, cost
    return best


def _layouts(week: WeekProblem, hopeless) -> Iterator[tuple[Choice, tuple[int, ...]]]:  # type: ignore[no-untyped-def]
    demand, rooms, habit = week.demand, week.rooms, week.habit
    free = [room.minutes for room in rooms]
    one, two = (
        sum(1 << d for d, room in enumerate(rooms) if room.sessions < limit) for limit in (2, 3)
    )
    has_habit = habit != Choice()

    def new_days(mask: int, usual: int) -> int:
        return _bits(mask & ~usual) if has_habit else 0

    strengths = _masks(week, "strength", demand.strength, demand.strength_minutes,
                       gap=demand.strength_gap, before=week.before.strength)
    crosses = _masks(week, "cross-training", demand.cross, demand.cross_minutes)
    runs = _masks(week, "run", demand.runs, demand.run_minutes,
                  gap=demand.run_gap, before=week.before.run)
    runs.sort(key=lambda m: (-_bits(m), new_days(m, habit.run), _UNEVEN[m], m))
    for run in runs:
        run_lost, run_new = demand.runs - _bits(run), new_days(run, habit.run)
        if hopeless((run_lost, 0, 0, 0, 0, run_new, _UNEVEN[run])):
            continue
        run_repeats = spaced(run, demand.run_gap, run)
        for strength in strengths:
            if run & strength & one:
                continue
            lost = (run_lost, demand.strength - _bits(strength))
            fresh = run_new + new_days(strength, habit.strength)
            again = not (run_repeats and spaced(strength, demand.strength_gap, strength))
            near = _bits(run & strength) + _bits(strength & run << 1) + _bits(run & strength << 1)
            if hopeless((*lost, 0, 0, again, fresh, _UNEVEN[run], near)):
                continue
            for key in _key_days(week, run, strength, free):
                used = _used(demand, run, strength, key)
                if any(u > f for u, f in zip(used, free, strict=True)):
                    continue
                yield from _with_cross(
                    week, (run, strength, key), crosses, used,
                    (lost, again, fresh, near), (one, two), hopeless,
                )
                if demand.key_minutes == demand.run_minutes:
                    break


def _key_days(week: WeekProblem, run: int, strength: int, free: list[int]) -> list[int]:
    """Return the days that the key run may take; the last one of the week is preferred."""
    demand = week.demand
    if not run:
        return [-1]
    days = []
    for day in reversed(days_of(run)):
        eve = strength >> (day - 1) & 1 if day else week.before.strength >> 6 & 1
        if free[day] >= demand.key_minutes and not (demand.heavy and eve):
            days.append(day)
    return days


def _used(demand: Demand, run: int, strength: int, key: int) -> list[int]:
    return [
        (demand.key_minutes if day == key else demand.run_minutes) * (run >> day & 1)
        + demand.strength_minutes * (strength >> day & 1)
        for day in WEEK
    ]


def _with_cross(  # type: ignore[no-untyped-def]
    week: WeekProblem, chosen: tuple[int, int, int], crosses: list[int], used: list[int],
    so_far, caps: tuple[int, int], hopeless,
) -> Iterator[tuple[Choice, tuple[int, ...]]]:
    (run, strength, key), (lost, again, fresh, near), (one, two) = chosen, so_far, caps
    demand, habit = week.demand, week.habit
    for cross in crosses:
        active = run | strength | cross
        if (run | strength) & cross & one or run & strength & cross & two:
            continue
        if 7 - _bits(active) < demand.rest_days:
            continue
        cross_lost = demand.cross - _bits(cross)
        new = fresh + (_bits(cross & ~habit.cross) if habit != Choice() else 0)
        crowd = near + 2 * _bits(run & cross) + _bits(strength & cross)
        tail = (again, new, _UNEVEN[run], crowd, run, strength, cross, 6 - key)
        if hopeless((*lost, cross_lost, 0, *tail)):
            continue
        full = [u + demand.cross_minutes * (cross >> d & 1) for d, u in enumerate(used)]
        if any(f > room.minutes for f, room in zip(full, week.rooms, strict=True)):
            continue
        if longest_streak(active, week.streak) > demand.in_a_row:
            continue
        mobility = _mobility(week, strength, full)
        if mobility is not None:
            choice = Choice(run, strength, cross, mobility, key)
            yield choice, (*lost, cross_lost, demand.mobility - _bits(mobility), *tail)


def _mobility(week: WeekProblem, strength: int, used: list[int]) -> int | None:
    demand = week.demand
    off, must = _locked(week.off, "mobility"), _locked(week.on, "mobility")
    room = [
        day for day, free in enumerate(week.rooms)
        if "mobility" in free.kinds and not off >> day & 1
        and used[day] + demand.mobility_minutes <= free.minutes
        and not (demand.apart and strength >> day & 1)
    ]
    if must & ~sum(1 << day for day in room):
        return None
    habit = week.habit.mobility
    room.sort(key=lambda day: (not must >> day & 1, not habit >> day & 1, used[day], day))
    return sum(1 << day for day in room[: max(demand.mobility, _bits(must))])
