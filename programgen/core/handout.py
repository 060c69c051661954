"""A quick sheet: chosen exercises with doses, and no schedule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from programgen.core.base import Ident, Text, Value
from programgen.core.catalogue import Catalogue
from programgen.core.entry import enter
from programgen.core.exercise import Dose, Exercise, duration
from programgen.core.exercise_set import ExerciseSet
from programgen.core.intake import Intake
from programgen.core.makings import MOST_EXERCISES
from programgen.core.plan import Finding, Item
from programgen.core.protocol import DEFAULT_PROTOCOL, Protocol
from programgen.core.quantities import Day, minutes
from programgen.core.selection import reasons_against
from programgen.core.triage import Triage
from programgen.errors import did_you_mean

MOST = MOST_EXERCISES
"""Exercises on a sheet, unless more are asked for; the same as on a day of a plan."""

FEW = 4
"""More than this gives a hint. A PROPOSAL: people do a few exercises well."""

LONGEST = timedelta(hours=2)
"""Longest dose of steady training on a sheet; a PROPOSAL against slips of the pen."""

LONGEST_NOTE, LONGEST_NAME = 1000, 120
"""Characters of a note, and of a name."""


class Handout(Value):
    """Chosen exercises with doses."""

    result: Literal["handout"] = "handout"
    """Kind of result."""
    title: Text
    """Heading of the sheet."""
    for_whom: Text | None = None
    """For whom a named set is."""
    name: Text | None = None
    """Name of the patient."""
    note: Text | None = None
    """A few words to the patient."""
    set: Ident | None = None
    """The named set that the sheet began with."""
    items: tuple[Item, ...]
    """Exercises with doses, in order."""
    screened: bool
    """Whether answers to the warning signs were checked for this sheet."""
    findings: tuple[Finding, ...] = ()
    """Rules that fired on the answers."""
    program: Text
    """Version of the program."""
    catalogue: Text
    """Fingerprint of all content."""
    made_on: Day
    """The day on which it was made."""
    draft: bool
    """Something on the sheet has no clinician's signature yet."""


@dataclass(frozen=True)
class Wish:
    """What somebody asks to have on a sheet."""

    exercises: tuple[str, ...] = ()
    """Identifiers, in order; after those of the set."""
    set: str | None = None
    """Name of a set."""
    doses: Mapping[str, Dose] | None = None
    """Doses that the clinician sets, by identifier."""
    many: bool = False
    """Allow more exercises than a sheet should have."""
    name: str | None = None
    """Name of the patient."""
    note: str | None = None
    """A few words to the patient."""


def chosen(wish: Wish, content: Catalogue) -> tuple[str, ...]:
    """Return the identifiers of a wish, each once: those of the set first."""
    known = content.sets.get(wish.set or "")
    return tuple(dict.fromkeys((*(known.exercises if known else ()), *wish.exercises)))


def faults(wish: Wish, content: Catalogue) -> Iterator[str]:
    """Yield everything that keeps a wish from becoming a sheet, in plain words."""
    if wish.set is not None and wish.set not in content.sets:
        yield f"'{wish.set}' is not a set{did_you_mean(wish.set, content.sets)}"
    names = chosen(wish, content)
    if not names and wish.set is None:
        yield "name at least one exercise, or a set"
    for name in names:
        exercise = content.exercises.get(name)
        if exercise is None:
            yield f"'{name}' is not in the catalogue{did_you_mean(name, content.exercises)}"
        else:
            yield from _unfit(exercise)
    if len(names) > MOST and not wish.many:
        yield (
            f"{len(names)} exercises are more than {MOST}; people do a few exercises well and many "
            "badly. Leave some out, or add '--many'"
        )
    if len(wish.note or "") > LONGEST_NOTE or len(wish.name or "") > LONGEST_NAME:
        yield (
            f"a note has at most {LONGEST_NOTE} characters, and a name {LONGEST_NAME}; "
            "make it shorter"
        )
    for name, dose in (wish.doses or {}).items():
        if name not in names:
            yield f"'{name}' has a dose but is not on the sheet{did_you_mean(name, names)}"
        elif name in content.exercises:
            yield from _too_long(content.exercises[name], dose, content)


def _unfit(exercise: Exercise) -> Iterator[str]:
    if exercise.doses is None:
        yield f"'{exercise.id}' is a self-care topic, not an exercise"
    if exercise.allowed == "never":
        yield f"'{exercise.id}' is listed for information and is never handed out"
    if exercise.review.status == "retired":
        instead = exercise.review.replaced_by
        yield f"'{exercise.id}' is no longer in use" + (f"; use '{instead}'" if instead else "")


def _too_long(exercise: Exercise, dose: Dose, content: Catalogue) -> Iterator[str]:
    steady = exercise.kind == "endurance"
    most = LONGEST if steady else content.settings.strength_most.value
    time = duration(exercise, dose)
    if time > most:
        yield (
            f"the dose of '{exercise.id}' takes {minutes(time)} min; "
            f"{minutes(most)} min is the most"
        )


def make_handout(
    wish: Wish, content: Catalogue, *, made_on: date, program: str, screening: Triage | None = None
) -> Handout:
    """Return the sheet for a wish without faults; *screening* is that of the answers, if any."""
    known = content.sets.get(wish.set or "")
    names = chosen(wish, content)
    reviews = [*(content.exercises[n].review for n in names), *([known.review] if known else [])]
    return Handout(
        title=known.title if known else "Your exercises",
        for_whom=known.for_whom if known else None,
        name=wish.name,
        note=wish.note,
        set=known.id if known else None,
        items=tuple(_item(content.exercises[n], wish, known) for n in names),
        screened=screening is not None,
        findings=screening.findings if screening else (),
        program=program,
        catalogue=content.fingerprint,
        made_on=made_on,
        draft=any(r.status == "draft" for r in reviews),
    )


def _item(exercise: Exercise, wish: Wish, known: ExerciseSet | None) -> Item:
    edited = (wish.doses or {}).get(exercise.id)
    usual = known.doses.get(exercise.id) if known else None
    if exercise.doses is None:
        message = f"{exercise.id} has no dose"
        raise ValueError(message)
    return Item(
        exercise=exercise.id,
        dose=edited or usual or exercise.doses.start,
        edited=edited is not None,
    )


def _too_early(exercise: Exercise, protocol: Protocol, start: int) -> Iterator[str]:
    """Yield that an exercise waits for a later stage of the run ladder."""
    for number, stage in enumerate(protocol.stages):
        if stage.id == exercise.not_before and number > start:
            yield f"It waits until the runner is at '{stage.title}' on the ladder."


def barred(
    wish: Wish, content: Catalogue, intake: Intake, screening: Triage
) -> Iterator[tuple[str, str]]:
    """Yield each exercise of a wish that the answers rule out, with every reason.

    Time, place and equipment are left to whoever hands out the sheet. What only a clinician
    adds needs the clinician's block in the answers.
    """
    names = chosen(wish, content)
    block = intake.clinician
    asked = (
        intake.model_copy(update={"clinician": block.model_copy(update={"require": names})})
        if block
        else intake
    )
    protocol = content.protocols[DEFAULT_PROTOCOL]
    start = enter(protocol, intake, content.settings).start
    for name in names:
        exercise = content.exercises[name]
        against = reasons_against(exercise, asked, content, screening)
        told = [r.text for r in against if r.rule not in ("equipment", "place")]
        told += _too_early(exercise, protocol, start)
        if told:
            yield name, " ".join(dict.fromkeys(told))
