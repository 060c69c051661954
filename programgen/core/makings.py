"""What stays the same from week to week, and what one day can hold."""

from dataclasses import dataclass
from datetime import date, timedelta

from programgen.core.catalogue import Catalogue
from programgen.core.demand import fitting, item, items_minutes
from programgen.core.entry import Entry
from programgen.core.exercise import Exercise
from programgen.core.intake import WEEKDAYS, DayPlan, Intake
from programgen.core.placement import Room
from programgen.core.plan import Item
from programgen.core.protocol import Protocol, Stage, Step, time_of
from programgen.core.quantities import minutes
from programgen.core.selection import equipment_at, fits_place
from programgen.core.strength import Growing, Routine, steps
from programgen.core.vocabulary import Reach, Slot

MOST_EXERCISES = 6
"""Home exercises, warm-up and cool-down moves of one day together (hard rule S14)."""

RUN_PLACES = ("outdoor", "gym", "home")
"""Where a run or walk can be, the preferred first; indoors it needs a treadmill."""


@dataclass(frozen=True)
class Makings:
    """The ingredients of every week."""

    intake: Intake
    catalogue: Catalogue
    protocol: Protocol
    entry: Entry
    reach: Reach
    place: str
    """Place of strength and mobility sessions."""
    strength: tuple[Exercise, ...]
    """Strength exercises of the first week, in order."""
    growing: Growing
    mobility: tuple[Exercise, ...]
    warm_up: tuple[Exercise, ...]
    cool_down: tuple[Exercise, ...]
    cross: tuple[Exercise, ...]
    """Cross-training to choose from, the preferred first."""

    def at_hand(self, place: str) -> frozenset[str]:
        """Return the equipment at a place."""
        return equipment_at(place, self.intake, self.catalogue)


def home_cap(intake: Intake, catalogue: Catalogue) -> int:
    """Return the most home exercises of a day; a clinician may set it."""
    asked = intake.clinician.exercises_per_day if intake.clinician else None
    return asked or int(catalogue.settings.exercises_per_day.value)


def cross_at(makings: Makings, day: DayPlan, stage: Stage) -> tuple[tuple[Exercise, str], ...]:
    """Return the cross-training that a day allows, one for each place, with the place.

    While the ladder itself is walking, another walk is no cross-training.
    """
    known = [e for e in makings.cross if stage.runs or e.slot is not Slot.WALKING]
    found: dict[str, tuple[Exercise, str]] = {}
    for place in day.places:
        at_hand = makings.at_hand(place)
        first = next((e for e in known if fits_place(e, place, at_hand)), None)
        if first is not None:
            found.setdefault(first.id, (first, place))
    return tuple(found.values())


def run_place(makings: Makings, day: DayPlan) -> str | None:
    """Return where a run can be on a day."""
    for place in RUN_PLACES:
        if place in day.places and (place == "outdoor" or "treadmill" in makings.at_hand(place)):
            return place
    return None


def room(makings: Makings, day: DayPlan, stage: Stage) -> Room:
    """Return what a day can hold while the ladder is at *stage*."""
    able = {
        "run": run_place(makings, day) is not None,
        "strength": makings.place in day.places and bool(makings.strength),
        "mobility": makings.place in day.places and bool(makings.mobility),
        "cross-training": bool(cross_at(makings, day, stage)),
    }
    walks = all(activity.slot is Slot.WALKING for activity, _ in cross_at(makings, day, stage))
    kinds = frozenset(kind for kind in able if able[kind])
    return Room(day.minutes, day.sessions, kinds, walks=walks)


def ends(makings: Makings, stage: Stage) -> tuple[timedelta, timedelta]:
    """Return the warm-up and cool-down walks of a stage; a walk needs none."""
    if not stage.runs:
        return timedelta(), timedelta()
    return makings.protocol.warm_up, makings.protocol.cool_down


def bare_minutes(makings: Makings, stage: Stage, steps: tuple[Step, ...]) -> int:
    """Return the minutes of a session with its walks but without extra moves."""
    before, after = ends(makings, stage)
    return minutes(before + time_of(steps) + after)


def moves(makings: Makings, stage: Stage, most: int = MOST_EXERCISES) -> tuple[Item, ...]:
    """Return the warm-up and cool-down moves around a run, at most so many."""
    if not stage.runs:
        return ()
    chosen = [item(e, 0, makings.intake, "warm-up") for e in makings.warm_up]
    chosen += [item(e, 0, makings.intake, "cool-down") for e in makings.cool_down]
    return tuple(chosen[: max(0, most)])


def moves_minutes(makings: Makings, stage: Stage) -> int:
    """Return the minutes that all moves around a run add."""
    return items_minutes(moves(makings, stage), makings.catalogue)


def routine_items(
    makings: Makings, routine: Routine, number: int, less: int = 0, most: int | None = None
) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Return the items of the strength and the mobility session in week *number*.

    The doses of the strength exercises of *routine* grow by a step after the weeks of the
    setting; *less* minutes are taken off the strength session, for weeks short of room, and it
    takes at most *most* minutes.
    """
    settings = makings.catalogue.settings
    longest = max(
        (
            day.minutes
            for name in WEEKDAYS
            if (day := getattr(makings.intake.week, name)) and makings.place in day.places
        ),
        default=0,
    )

    def fit(
        exercises: tuple[Exercise, ...], doses: tuple[int, ...], limit: int
    ) -> tuple[Item, ...]:
        return fitting(exercises, doses, makings.intake, makings.catalogue, limit)

    grown = steps(makings.growing, routine, number)
    usual = min(minutes(settings.strength_most.value), longest) - less
    return (
        fit(routine.exercises, grown, usual if most is None else min(usual, most)),
        fit(
            makings.mobility,
            (0,) * len(makings.mobility),
            min(minutes(settings.mobility_most.value), longest),
        ),
    )


def is_ordinary(intake: Intake, start: date, days: tuple[date, ...]) -> bool:
    """Return whether a week is whole and has no dated exception."""
    return days[0] >= start and not any(
        change.first <= day <= change.last for change in intake.week.exceptions for day in days
    )
