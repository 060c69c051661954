"""Names and dates of an intake, checked against the content folder."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from programgen.content.reading import Document, Place
from programgen.core.catalogue import Catalogue
from programgen.core.exercise import duration
from programgen.core.intake import WEEKDAYS, Answer, Clinician, Intake
from programgen.core.quantities import minutes
from programgen.core.triage import RECENT
from programgen.core.vocabulary import LOOSE
from programgen.errors import Problem, did_you_mean

FURTHEST = timedelta(days=366 * 5)
"""A date further ahead is a slip of the pen."""


def check_intake(
    intake: Intake, document: Document, content: Catalogue, today: date
) -> list[Problem]:
    """Return every name that does not exist and every date that cannot be meant."""
    return sorted(
        {
            *_names(intake, document, content),
            *_dates(intake, document, today),
            *_sense(intake, document),
            *_twice(intake, document),
            *_running(intake, document),
            *_doses(intake, document, content),
            *_stage_order(intake, document, content),
        }
    )


def _listed(
    document: Document, where: Place, names: Iterable[str], known: Iterable[str], what: str
) -> Iterator[Problem]:
    known = set(known)
    for number, name in enumerate(names):
        if name not in known:
            message = f"'{name}' is not a known {what}{did_you_mean(name, known)}"
            yield document.problem((*where, number), message, "unknown-name")


def _keyed(
    document: Document, where: Place, names: Iterable[str], known: Iterable[str], what: str
) -> Iterator[Problem]:
    known = set(known)
    for name in names:
        if name not in known:
            message = f"'{name}' is not a known {what}{did_you_mean(name, known)}"
            yield document.problem((*where, name), message, "unknown-name")


def _names(intake: Intake, document: Document, content: Catalogue) -> Iterator[Problem]:
    words, exercises = content.vocabulary, content.exercises
    questions = {*words.screening, *words.health}
    yield from _keyed(document, ("answers",), intake.answers, questions, "question")
    yield from _keyed(document, ("abilities",), intake.abilities, words.abilities, "test")
    yield from _listed(document, ("better",), intake.better, words.movements, "movement")
    yield from _listed(document, ("worse",), intake.worse, words.movements, "movement")
    yield from _listed(document, ("pain", "where"), intake.pain.where, words.areas, "area")
    yield from _listed(document, ("equipment",), intake.equipment, words.equipment, "equipment")
    yield from _listed(
        document, ("wishes", "dislikes"), intake.wishes.dislikes, exercises, "exercise"
    )
    if intake.pain.began is not None and intake.pain.began not in words.beginnings:
        hint = did_you_mean(intake.pain.began, words.beginnings)
        message = f"'{intake.pain.began}' is not a known beginning{hint}"
        yield document.problem(("pain", "began"), message, "unknown-name")
    for name in WEEKDAYS:
        day = getattr(intake.week, name)
        if day:
            yield from _listed(
                document, ("week", name, "places"), day.places, words.places, "place"
            )
    for number, change in enumerate(intake.week.exceptions):
        place = ("week", "exceptions", number, "places")
        yield from _listed(document, place, change.places, words.places, "place")
    if intake.clinician is not None:
        yield from _clinician_names(intake.clinician, document, content)


def _clinician_names(
    clinician: Clinician, document: Document, content: Catalogue
) -> Iterator[Problem]:
    for key in ("exclude", "require"):
        names = getattr(clinician, key)
        yield from _listed(document, ("clinician", key), names, content.exercises, "exercise")
    where = ("clinician", "doses")
    yield from _keyed(document, where, clinician.doses, content.exercises, "exercise")
    stages = {s.id for p in content.protocols.values() for s in p.stages}
    for key in ("start_stage", "highest_stage"):
        stage = getattr(clinician, key)
        if stage is not None and stage not in stages:
            message = f"'{stage}' is not a known stage{did_you_mean(stage, stages)}"
            yield document.problem(("clinician", key), message, "unknown-name")


def _stage_order(intake: Intake, document: Document, content: Catalogue) -> Iterator[Problem]:
    block = intake.clinician
    if block is None or block.start_stage is None or block.highest_stage is None:
        return
    for protocol in content.protocols.values():
        names = [stage.id for stage in protocol.stages]
        first, last = block.start_stage, block.highest_stage
        if {first, last} <= set(names) and names.index(first) > names.index(last):
            message = f"the first stage '{first}' is above the highest one '{last}'"
            yield document.problem(("clinician", "start_stage"), message, "contradiction")
            return


def _dates(intake: Intake, document: Document, today: date) -> Iterator[Problem]:
    if intake.goal.on is not None:
        if intake.goal.on < today:
            yield document.problem(("goal", "on"), f"{intake.goal.on} is in the past", "past-date")
        elif intake.goal.on - today > FURTHEST:
            yield document.problem(
                ("goal", "on"), f"{intake.goal.on} is more than five years away", "far-date"
            )
    for number, change in enumerate(intake.week.exceptions):
        if change.last < today:
            yield document.problem(
                ("week", "exceptions", number, "last"),
                f"{change.last} is in the past; remove this exception",
                "past-date",
            )
    reviewed = intake.clinician.reviewed_on if intake.clinician else None
    if reviewed is not None and reviewed > today:
        yield document.problem(
            ("clinician", "reviewed_on"), f"{reviewed} is in the future", "future-date"
        )


_BEGAN_BEFORE = {"began-before-45": 45, "ibp-before-40": 40, "ibp-before-35": 35}
"""Questions whose answer a younger age already settles."""


_SAME = (
    ("better", "moving", "ibp-better-moving"),
    ("where", "buttock", "ibp-buttock"),
    ("began", "gradually", "ibp-crept-up"),
)
"""Answers that say the same as a screening question."""


def settled(intake: Intake) -> dict[str, str]:
    """Return the questions to which other answers already say yes, each with that answer."""
    age = intake.who.age
    said = {"better": intake.better, "where": intake.pain.where, "began": (intake.pain.began,)}
    young = {q: f"an age of {age}" for q, limit in _BEGAN_BEFORE.items() if age and age < limit}
    return young | {q: f"'{key}: {name}'" for key, name, q in _SAME if name in said[key]}


def _twice(intake: Intake, document: Document) -> Iterator[Problem]:
    """What is said in one place is not denied in another."""
    for question, said in settled(intake).items():
        if intake.answers.get(question) is Answer.NO:
            message = f"'no' here, but {said} says yes; mend one of the two"
            yield document.problem(("answers", question), message, "contradiction")


def _running(intake: Intake, document: Document) -> Iterator[Problem]:
    history = intake.history
    if history.off_running < RECENT and history.longest_run == timedelta():
        days = history.off_running.days
        message = (
            f"you ran {days} days ago, so the longest run of the last 30 days is not 0; write its "
            "minutes, or mend 'off_running'"
        )
        yield document.problem(("history", "longest_run"), message, "contradiction")


def _doses(intake: Intake, document: Document, content: Catalogue) -> Iterator[Problem]:
    """An edited dose fits a session."""
    for name, dose in (intake.clinician.doses if intake.clinician else {}).items():
        exercise = content.exercises.get(name)
        if exercise is not None and exercise.kind == "endurance":
            message = "the week sets the minutes of endurance training; leave its dose out"
            yield document.problem(("clinician", "doses", name), message, "endurance-dose")
        elif exercise is not None:
            loose = exercise.slot in LOOSE
            setting = content.settings.mobility_most if loose else content.settings.strength_most
            time, most = duration(exercise, dose), setting.value
            if time > most:
                message = (
                    f"this dose takes {minutes(time)} min; a session holds {minutes(most)} min"
                )
                yield document.problem(("clinician", "doses", name), message, "too-long")


def _sense(intake: Intake, document: Document) -> Iterator[Problem]:
    days = [getattr(intake.week, name) for name in WEEKDAYS]
    if not any(day and day.minutes for day in days):
        yield document.problem(
            ("week",), "no day has any minutes; open at least two days", "empty-week"
        )
    both = set(intake.better) & set(intake.worse)
    for name in sorted(both):
        yield document.problem(
            ("better",), f"'{name}' stands under 'better' and under 'worse'", "contradiction"
        )
    clinician = intake.clinician
    for name in sorted({*clinician.exclude} & {*clinician.require} if clinician else ()):
        yield document.problem(
            ("clinician",), f"'{name}' is both required and excluded", "contradiction"
        )
    pain = intake.pain
    if pain.worst is not None and any(
        score is not None and score > pain.worst for score in (pain.now, pain.usual)
    ):
        yield document.problem(
            ("pain", "worst"), "the worst pain is below the pain now or usual", "contradiction"
        )
