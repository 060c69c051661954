"""Which exercises suit: everything else is left out with its reasons.

An exercise is offered only if its level, tags, conditions, equipment, place and
the clinician's choices allow it. A place of a session is never emptied silently.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from programgen.core.catalogue import Catalogue
from programgen.core.exercise import Exercise
from programgen.core.intake import WEEKDAYS, Intake
from programgen.core.plan import Exclusion
from programgen.core.reasons import Reason
from programgen.core.triage import Triage
from programgen.core.vocabulary import Reach, Slot


@dataclass(frozen=True)
class Selection:
    """The catalogue split into what suits and what does not."""

    suitable: Mapping[str, Exercise]
    """Exercises that may be planned."""
    left_out: tuple[Exclusion, ...]
    """All others with every reason."""
    patterns: tuple[str, ...]
    """Symptom patterns that fired; they steer the choice and are never printed."""
    required: frozenset[str]
    """Exercises that the clinician asks for and that nothing bars."""


def equipment_at(place: str, intake: Intake, catalogue: Catalogue) -> frozenset[str]:
    """Return what is at hand at a place: own things and those of the place."""
    there = catalogue.vocabulary.places.get(place)
    return frozenset(intake.equipment) | frozenset(there.provides if there else ())


def places_of_week(intake: Intake) -> tuple[str, ...]:
    """Return the places of the ordinary week, the most frequent first."""
    counts: dict[str, int] = {}
    for name in WEEKDAYS:
        day = getattr(intake.week, name)
        for place in day.places if day and day.minutes else ():
            counts[place] = counts.get(place, 0) + 1
    return tuple(sorted(counts, key=lambda place: (-counts[place], place)))


def fits_place(exercise: Exercise, place: str, at_hand: frozenset[str]) -> bool:
    """Return whether an exercise can be done at a place with what is there."""
    return place in exercise.places and set(exercise.needs) <= at_hand


def _bar_reasons(exercise: Exercise, screening: Triage) -> Iterable[Reason]:
    marks = {*exercise.tags, *exercise.not_with}
    for found in screening.findings:
        if marks & set(found.bar):
            yield Reason(text=found.tell, rule=found.rule, cite=found.cite)


def _reach_reasons(exercise: Exercise, limits_reach: Reach, *, asked: bool) -> Iterable[Reason]:
    if exercise.allowed == "never":
        yield Reason(
            text="This is listed for information and is not used in plans.", rule="allowed"
        )
    elif exercise.allowed == "clinician" and not asked:
        yield Reason(text="Only a clinician adds this exercise.", rule="allowed")
    elif exercise.allowed != "gentle" and limits_reach is Reach.GENTLE:
        yield Reason(
            text="It waits until a doctor or physiotherapist has looked at your back.",
            rule="allowed",
        )


def _place_reasons(exercise: Exercise, intake: Intake, catalogue: Catalogue) -> Iterable[Reason]:
    places = places_of_week(intake)
    usable = [place for place in places if place in exercise.places]
    names = catalogue.vocabulary.places
    if not usable:
        wanted = " or ".join(names[p].name for p in exercise.places if p in names)
        yield Reason(text=f"Your week has no time {wanted}.", rule="place")
        return
    if not any(fits_place(exercise, p, equipment_at(p, intake, catalogue)) for p in usable):
        at_hand = frozenset().union(*(equipment_at(p, intake, catalogue) for p in usable))
        words = catalogue.vocabulary.equipment
        missing = [words[n].name if n in words else n for n in exercise.needs if n not in at_hand]
        text = f"It needs {' and '.join(missing)}." if missing else "Its equipment is elsewhere."
        yield Reason(text=text, rule="equipment")


def _choice_reasons(exercise: Exercise, intake: Intake) -> Iterable[Reason]:
    clinician = intake.clinician
    if clinician and exercise.id in clinician.exclude:
        yield Reason(text="Your clinician has left it out.", rule="clinician")
    if exercise.id in intake.wishes.dislikes:
        yield Reason(text="You asked to leave it out.", rule="wish")


def reasons_against(
    exercise: Exercise, intake: Intake, catalogue: Catalogue, screening: Triage
) -> tuple[Reason, ...]:
    """Return every reason to leave an exercise out; none means that it suits."""
    block = intake.clinician
    asked = bool(block and exercise.id in block.wanted)
    retired = exercise.review.status == "retired"
    return (
        *((Reason(text="It is no longer in use.", rule="review"),) if retired else ()),
        *_bar_reasons(exercise, screening),
        *_reach_reasons(exercise, screening.limits.reach, asked=asked),
        *_choice_reasons(exercise, intake),
        *_place_reasons(exercise, intake, catalogue),
    )


def select(intake: Intake, catalogue: Catalogue, screening: Triage) -> Selection:
    """Split the catalogue into what suits this runner and what does not."""
    suitable, left_out = {}, []
    for exercise in catalogue.exercises.values():
        if exercise.kind == "advice":
            continue
        against = reasons_against(exercise, intake, catalogue, screening)
        if against:
            left_out.append(
                Exclusion(exercise=exercise.id, family=exercise.family, reasons=against)
            )
        else:
            suitable[exercise.id] = exercise
    block = intake.clinician
    required = block.wanted if block else frozenset()
    return Selection(
        suitable=suitable,
        left_out=tuple(left_out),
        patterns=tuple(f.rule for f in screening.findings if f.group == "pattern"),
        required=required & frozenset(suitable),
    )


def rank(exercise: Exercise, selection: Selection, wanted: int) -> tuple[bool, int, bool, int, str]:
    """Order candidates: asked for, relieving, neutral if unclear, right level, name.

    Mixed or unknown patterns prefer the neutral set.
    """
    unclear = len(selection.patterns) != 1
    return (
        exercise.id not in selection.required,
        -len(set(exercise.eases) & set(selection.patterns)),
        unclear and not exercise.neutral,
        abs(exercise.intensity - wanted) + (exercise.skill > wanted),
        exercise.id,
    )


def candidates(
    selection: Selection, slot: Slot, wanted: int, place: str, at_hand: frozenset[str]
) -> list[Exercise]:
    """Return what can take a slot at a place, the best first."""
    fits = [
        e for e in selection.suitable.values() if e.slot is slot and fits_place(e, place, at_hand)
    ]
    return sorted(fits, key=lambda e: rank(e, selection, wanted))


def fill(
    selection: Selection, slots: Iterable[Slot], wanted: int, place: str, at_hand: frozenset[str]
) -> tuple[tuple[Exercise, ...], tuple[Reason, ...]]:
    """Choose one exercise for each slot, with different focuses within a slot.

    Returns the exercises and a reason for every slot that had to be filled from
    elsewhere or stays empty.
    """
    chosen: list[Exercise] = []
    remarks: list[Reason] = []
    for slot in slots:
        taken, focuses = {e.id for e in chosen}, {e.focus for e in chosen}
        options = [
            e for e in candidates(selection, slot, wanted, place, at_hand) if e.id not in taken
        ]
        fresh = [e for e in options if e.focus not in focuses] or options
        if fresh:
            chosen.append(fresh[0])
            continue
        spare = _substitute(selection, set(slots), taken, place, at_hand)
        name = slot.value.replace("-", " ")
        if spare is None:
            text = f"We left {name} out: nothing there suits you right now."
        else:
            chosen.append(spare)
            text = (
                f"Nothing for {name} suits you right now, so you do '{spare.words.name}' instead."
            )
        remarks.append(Reason(text=text, rule="substitute"))
    return tuple(chosen), tuple(remarks)


def _substitute(
    selection: Selection, slots: set[Slot], taken: set[str], place: str, at_hand: frozenset[str]
) -> Exercise | None:
    """Return the lightest suitable exercise of the same session, a neutral one if there is one."""
    spare = [
        e
        for e in selection.suitable.values()
        if e.slot in slots
        and e.id not in taken
        and e.kind != "endurance"
        and fits_place(e, place, at_hand)
    ]
    return min(spare, key=lambda e: (not e.neutral, e.intensity, e.id), default=None)
