"""How strength work grows: the dose first, then a harder exercise, one new thing at a time.

The exercises stay as long as they serve; each new one costs a card and has to be learnt. All
rules here are PROPOSALS of this project: sources give doses, not when to change an exercise.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from programgen.core.demand import DOSE_STEPS
from programgen.core.exercise import Exercise
from programgen.core.plan import Item, PlanWeek
from programgen.core.reasons import Reason


@dataclass(frozen=True)
class Easing:
    """A bad reaction to strength work at the lowest dose, and what follows."""

    week: int
    """Number of the week in which it was reported."""
    old: str
    """The exercise that gives way."""
    new: str
    """Its easier variation."""


@dataclass(frozen=True)
class Growing:
    """What decides how strength work grows."""

    suitable: Mapping[str, Exercise]
    """Exercises that may come in, by identifier."""
    kept: frozenset[str]
    """Exercises that a clinician asked for or has dosed; nothing takes their place."""
    weeks: int
    """Weeks at one dose."""
    since: int = 1
    """The week from which the doses grow."""
    held: frozenset[int] = frozenset()
    """Weeks that do not count towards the next dose: with pain in a strength session, or
    without a good one that was reported."""
    easings: tuple[Easing, ...] = ()
    """Bad reactions at the lowest dose, the oldest first."""


@dataclass(frozen=True)
class Routine:
    """The strength exercises of a week."""

    exercises: tuple[Exercise, ...]
    """In order."""
    since: Mapping[str, int] = field(default_factory=dict)
    """The week in which an exercise came in; left out for those of the first week."""

    def came(self, name: str) -> int:
        """Return the week in which an exercise came in."""
        return self.since.get(name, 1)

    def with_new(self, old: str, new: Exercise, week: int) -> "Routine":
        """Return the routine with one exercise in the place of another."""
        return replace(
            self,
            exercises=tuple(new if e.id == old else e for e in self.exercises),
            since={**self.since, new.id: week},
        )


def steps(growing: Growing, routine: Routine, week: int) -> tuple[int, ...]:
    """Return the dose step of each exercise in a week, not capped by DOSE_STEPS."""
    return tuple(_step(growing, routine, e.id, week) for e in routine.exercises)


def _step(growing: Growing, routine: Routine, name: str, week: int) -> int:
    first = max(routine.came(name), growing.since)
    return sum(w not in growing.held for w in range(first, week)) // growing.weeks


def _fits(growing: Growing, routine: Routine, old: Exercise, new: Exercise | None) -> bool:
    """Return whether an exercise can take the place of another in a routine."""
    others = [e for e in routine.exercises if e.id != old.id]
    return (
        new is not None
        and new.id in growing.suitable
        and old.id not in growing.kept
        # What waits for a stage, such as hops, does not come in by a count of weeks.
        and new.not_before is None
        and new.id not in {e.id for e in others}
        and (new.slot, new.focus) not in {(e.slot, e.focus) for e in others}
    )


def harder(growing: Growing, routine: Routine, week: int) -> Routine:
    """Return the routine with one harder exercise, if one has gone through all its doses.

    The last new one has been done for as long as a dose lasts; the most important goes first.
    """
    newest = max((routine.came(e.id) for e in routine.exercises), default=1)
    if newest > 1 and week - newest < growing.weeks:
        return routine
    for exercise in routine.exercises:
        new = growing.suitable.get(exercise.harder or "")
        done = _step(growing, routine, exercise.id, week) >= DOSE_STEPS
        if done and new and _fits(growing, routine, exercise, new):
            return routine.with_new(exercise.id, new, week)
    return routine


def eased(growing: Growing, routine: Routine, week: int) -> Routine:
    """Return the routine with the easier exercises that bad reactions ask for.

    One that came in after the reaction is not meant by it.
    """
    for easing in growing.easings:
        old = next((e for e in routine.exercises if e.id == easing.old), None)
        new = growing.suitable.get(easing.new)
        if old and new and routine.came(old.id) <= easing.week <= week:
            routine = (
                routine.with_new(old.id, new, week)
                if _fits(growing, routine, old, new)
                else routine
            )
    return routine


def easing_of(
    growing: Growing, items: Sequence[Item], began: Collection[str], week: int
) -> Easing | None:
    """Return what a bad reaction to a session asks for: one easier exercise, if any.

    Where a lower dose is left, that comes first. Else the hardest exercise gives way; and one
    that was not among those that the plan *began* with gives way before it has grown.
    """
    known = [growing.suitable[i.exercise] for i in items if i.exercise in growing.suitable]
    dose = {i.exercise: i.dose for i in items}
    ours = [e for e in known if e.id not in growing.kept]
    lowest = [e for e in ours if e.doses and dose[e.id] == e.doses.start]
    if len(lowest) < len(ours):
        lowest = [e for e in lowest if e.id not in began]
    now = Routine(tuple(known))
    found = [e for e in lowest if _fits(growing, now, e, growing.suitable.get(e.easier or ""))]
    if not found:
        return None
    hardest = max(found, key=lambda e: (e.intensity, e.skill))
    return Easing(week, hardest.id, hardest.easier or "")


def seen(growing: Growing, routine: Routine, items: Sequence[Item], week: int) -> Routine:
    """Return the routine after a week whose last strength session had these items."""
    there = {i.exercise for i in items}
    for old in routine.exercises:
        names = (n for n in (old.harder, old.easier) if n and n in there)
        new = growing.suitable.get(next(names, ""))
        if new and old.id not in there and new not in routine.exercises:
            routine = routine.with_new(old.id, new, week)
    return routine


def last_items(week: PlanWeek | None) -> tuple[Item, ...]:
    """Return the exercises of the last strength session of a week."""
    found = [p.session.items for p in week.placed if p.session.kind == "strength"] if week else []
    return found[-1] if found else ()


WAIT = Reason(
    text="Strength: the doses wait after a week without a good strength session in your reports.",
    rule="doses-wait",
)
"""Why the doses of a week do not grow."""


def reasons(growing: Growing, before: Routine, after: Routine, week: int) -> Iterable[Reason]:
    """Yield why doses wait, and why an exercise takes the place of another."""
    if week - 1 in growing.held:
        yield WAIT
    for old, new in zip(before.exercises, after.exercises, strict=True):
        if old.id == new.id:
            continue
        if old.harder == new.id:
            why, rule = "You have done it for many weeks, so a harder one is next.", "harder"
        else:
            why, rule = "The lowest dose was too much, so you go on with an easier one.", "easier"
        yield Reason(
            text=f"Strength: ‘{new.words.name}’ takes the place of ‘{old.words.name}’. {why}",
            rule=rule,
        )
