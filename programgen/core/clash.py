"""When no week fits: the smallest clash in the user's words, and what helps.

The week search is the oracle. A rule that is not needed for the clash is dropped, so
what is left is a minimal conflict; single changes are tried in small steps, the
smallest first. Safety rules appear in the explanation and never among the changes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from programgen.core.intake import WEEKDAYS
from programgen.core.placement import KINDS, Demand, Room, WeekProblem, best_week
from programgen.core.protocol import Stage

Change = Callable[["Ask"], "Ask"]
SHORT = tuple(name[:3].capitalize() for name in WEEKDAYS)
_ALL = frozenset(KINDS)


@dataclass(frozen=True)
class Ask:
    """A week with the least that it must contain."""

    week: WeekProblem
    runs: int

    def is_met(self) -> bool:
        """Return whether a layout exists."""
        locked = {kind: sum(k == kind for k, _ in self.week.on) for kind in KINDS}
        demand = self.week.demand
        least = replace(
            demand,
            runs=max(self.runs, locked["run"]),
            strength=locked["strength"],
            cross=locked["cross-training"],
            mobility=locked["mobility"],
        )
        choice = best_week(replace(self.week, demand=least))
        return choice is not None and choice.run.bit_count() >= self.runs


@dataclass(frozen=True)
class Limit:
    """One thing that may clash: its sentence, how to lift it, and small changes."""

    text: str
    is_safety: bool
    lifted: Change
    changes: tuple[tuple[int, str, Change], ...] = ()


def _rooms(change: Callable[[int, Room], Room]) -> Change:
    return lambda ask: replace(
        ask, week=replace(ask.week, rooms=tuple(change(i, r) for i, r in enumerate(ask.week.rooms)))
    )


def _demand(**values: int | bool) -> Change:
    return lambda ask: replace(
        ask,
        week=replace(
            ask.week,
            demand=replace(ask.week.demand, **values),  # type: ignore[arg-type]
        ),
    )


def _open_day(day: int, minutes: int) -> Change:
    return _rooms(
        lambda i, r: Room(max(r.minutes, minutes), max(1, r.sessions), _ALL) if i == day else r
    )


def _give(day: int | None, minutes: int) -> Change:
    return _rooms(
        lambda i, r: (
            replace(r, minutes=max(r.minutes, minutes)) if r.minutes and day in (None, i) else r
        )
    )


def _without_lock(lock: tuple[str, int], *, on: bool) -> Change:
    def change(ask: Ask) -> Ask:
        week = ask.week
        left = tuple(other for other in (week.on if on else week.off) if other != lock)
        return replace(ask, week=replace(week, on=left) if on else replace(week, off=left))

    return change


def _runs(count: int) -> Change:
    return lambda ask: replace(ask, runs=count)


def _safety(demand: Demand) -> Iterator[Limit]:
    hours = 24 * demand.run_gap
    if demand.run_gap > 1:
        yield Limit(
            f"{hours} hours between two runs at this stage",
            is_safety=True,
            lifted=_demand(run_gap=1),
        )
    yield Limit(
        "one full rest day a week", is_safety=True, lifted=_demand(rest_days=0, in_a_row=99)
    )
    if demand.heavy:
        yield Limit(
            "no heavy strength on the day before the longest run",
            is_safety=True,
            lifted=_demand(heavy=False),
        )


def _locks(ask: Ask) -> Iterator[Limit]:
    for on, locks in ((True, ask.week.on), (False, ask.week.off)):
        for lock in locks:
            kind, day = lock
            text = f"the wish for {kind} {'always' if on else 'never'} on {SHORT[day]}"
            lifted = _without_lock(lock, on=on)
            yield Limit(
                text, is_safety=False, lifted=lifted, changes=((60, f"drop {text}", lifted),)
            )


def _week_limits(ask: Ask, stage: Stage) -> Iterator[Limit]:
    rooms, demand = ask.week.rooms, ask.week.demand
    usable = [i for i, r in enumerate(rooms) if r.minutes and "run" in r.kinds]
    shut = [i for i in range(7) if i not in usable]
    named = ", ".join(SHORT[i] for i in usable) or "none"
    yield Limit(
        f"the days on which you can run or walk: {named}",
        is_safety=False,
        lifted=_rooms(
            lambda _i, r: Room(max(r.minutes, 1), 3, _ALL) if r.minutes else Room(1440, 3, _ALL)
        ),
        changes=tuple(
            (45 + minutes, f"open {SHORT[i]} for {minutes} min outdoors", _open_day(i, minutes))
            for i in shut
            for minutes in range(10, 95, 5)
        ),
    )
    short = ", ".join(f"{SHORT[i]} {rooms[i].minutes}" for i in usable)
    yield Limit(
        f"your minutes per day: {short}",
        is_safety=False,
        lifted=_give(None, 1440),
        changes=(
            *(
                (
                    minutes - rooms[i].minutes,
                    f"give {SHORT[i]} {minutes} min instead of {rooms[i].minutes}",
                    _give(i, minutes),
                )
                for i in usable
                for minutes in range(rooms[i].minutes + 5, 125, 5)
            ),
            *(
                (3 * minutes, f"give every free day at least {minutes} min", _give(None, minutes))
                for minutes in range(10, 125, 5)
            ),
        ),
    )
    yield Limit(
        f"a session of the stage '{stage.title}' takes {demand.run_minutes} min",
        is_safety=False,
        lifted=_demand(run_minutes=1, key_minutes=1),
    )


def limits(ask: Ask, stage: Stage) -> Iterator[Limit]:
    """Yield everything that may clash in a week."""
    yield from _safety(ask.week.demand)
    yield from _locks(ask)
    yield from _week_limits(ask, stage)
    if ask.runs > 1:
        yield Limit(
            f"at least {ask.runs} sessions of the ladder a week",
            is_safety=False,
            lifted=_runs(0),
            changes=(
                (
                    90,
                    (
                        f"accept {ask.runs - 1} a week ('fewest_runs: {ask.runs - 1}' under "
                        "'wishes'); the stage then simply waits"
                    ),
                    _runs(ask.runs - 1),
                ),
            ),
        )


def smallest_clash(ask: Ask, stage: Stage) -> list[Limit]:
    """Return limits that clash, none of which can be left out."""
    kept = []
    for limit in limits(ask, stage):
        without = limit.lifted(ask)
        if without.is_met():
            kept.append(limit)
        else:
            ask = without
    return kept


def changes(ask: Ask, stage: Stage) -> list[str]:
    """Return single changes that are enough, one for each limit, the smallest first."""
    found = []
    for limit in limits(ask, stage):
        for size, text, change in sorted(limit.changes, key=lambda c: c[:2]):
            if change(ask).is_met():
                found.append((size, text))
                break
    return [text for _, text in sorted(found)]


def explain(week: WeekProblem, stage: Stage, runs: int, number: int) -> str:
    """Say in the user's words why a week cannot be planned and what helps."""
    if not any("run" in room.kinds for room in week.rooms if room.minutes):
        return (
            f"Week {number} cannot be planned: no day names a place to walk or run. Add 'outdoor' "
            "to the places of some days (or 'gym', or a treadmill of your own)."
        )
    ask = Ask(week, runs)
    lines = [f"Week {number} cannot be planned, because these do not fit together:"]
    lines += [
        f"  - {limit.text}{' (safety rule, stays)' if limit.is_safety else ''}"
        for limit in smallest_clash(ask, stage)
    ]
    help_ = changes(ask, stage)
    if help_:
        lines += ["Any one of these is enough, the smallest first:", *(f"  - {h}" for h in help_)]
    else:
        lines.append(
            "No single change is enough. Open more days, or give the days more minutes. "
            "For walks alone, plan with '--protocol walking'."
        )
    return "\n".join(lines)
