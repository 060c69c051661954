"""The answers of an intake as a FHIR questionnaire with its response."""

from collections.abc import Iterator, Mapping
from typing import Any

from programgen.core.catalogue import Catalogue
from programgen.core.intake import Answer, Intake
from programgen.core.plan import Plan, Referral
from programgen.core.vocabulary import Question, Vocabulary
from programgen.exporters.base import Export
from programgen.exporters.fhir_codes import NO, NOT_SURE, YES
from programgen.exporters.fhir_parts import Json, coding, identifier, link, local_id, quantity, urn

_ANSWERS = {Answer.YES: YES, Answer.NO: NO, Answer.UNSURE: NOT_SURE}

_QUANTITIES = (
    ("history.off_running", "How long have you not run?", "d"),
    ("history.longest_run", "How long was your longest run of the last 30 days?", "min"),
    ("history.weekly_distance", "How far did you run in a week before the pain?", "m"),
    ("history.cross_training", "How long was your longest easy session without running?", "min"),
    ("pain.since", "How long have you had this pain?", "d"),
    ("goal.run", "How long would you like to run without a break?", "min"),
    ("goal.distance", "How far would you like to run without a break?", "m"),
    ("goal.weekly_distance", "How far would you like to run in a week?", "m"),
)

_NUMBERS = (
    ("history.years_running", "For how many years have you been running?"),
    ("pain.now", "Pain now, 0 to 10"),
    ("pain.usual", "Pain on an ordinary morning, 0 to 10"),
    ("pain.worst", "Worst pain of the last week, 0 to 10"),
    ("pain.walking", "Pain when walking, 0 to 10"),
    ("pain.running", "Pain when running, 0 to 10"),
)

_LISTS = (
    ("pain.where", "Where is the pain?", "areas"),
    ("pain.began", "How did the pain begin?", "beginnings"),
    ("worse", "What brings the pain on?", "movements"),
    ("better", "What eases the pain?", "movements"),
    ("equipment", "What do you have at hand?", "equipment"),
)

_QUESTIONS = (
    ("screening", "answers", "Warning signs and referral questions"),
    ("health", "answers", "Health questions"),
    ("abilities", "abilities", "Short tests before running"),
)

_AGE = "who.age"


def questionnaire(content: Catalogue, *, draft: bool) -> Json:
    """Return every question that may be asked, in the words of the content."""
    name = local_id("questionnaire")
    return {
        "resourceType": "Questionnaire",
        "id": name,
        "url": urn(name),
        "version": content.fingerprint,
        "name": "ReturnToRunningIntake",
        "title": "Questions before a return to running",
        "status": "draft" if draft else "active",
        "subjectType": ["Patient"],
        "item": list(_items(content)),
    }


def _items(content: Catalogue) -> Iterator[Json]:
    yield {"linkId": _AGE, "text": "Age in years", "type": "integer"}
    for where, text, _ in _QUANTITIES:
        yield {"linkId": where, "text": text, "type": "quantity"}
    for where, text in _NUMBERS:
        yield {"linkId": where, "text": text, "type": "integer"}
    for where, text, _ in _LISTS:
        yield {"linkId": where, "text": text, "type": "string", "repeats": True}
    options = [{"valueCoding": coding(code)} for code in (YES, NO, NOT_SURE)]
    for group, where, title in _QUESTIONS:
        questions: Mapping[str, Question] = getattr(content.vocabulary, group)
        if questions:
            yield {
                "linkId": group,
                "text": title,
                "type": "group",
                "item": [
                    {
                        "linkId": f"{where}.{name}",
                        "text": question.ask,
                        "type": "choice",
                        "answerOption": options,
                    }
                    for name, question in questions.items()
                ],
            }


def response(plan: Plan | Referral, export: Export) -> Json:
    """Return the answers; a question without an answer has no item, so that it is not a no."""
    key, provenance = plan.provenance.plan, plan.provenance
    name = local_id(key, f"answers-{provenance.version}")
    return {
        "resourceType": "QuestionnaireResponse",
        "id": name,
        "identifier": identifier(name),
        "questionnaire": f"{urn(local_id('questionnaire'))}|{export.content.fingerprint}",
        "status": "completed",
        "subject": link(local_id(key, "patient")),
        "authored": provenance.made_on.isoformat(),
        "source": link(local_id(key, "patient")),
        "item": list(_answers(plan.intake, export)),
    }


def _answers(intake: Intake, export: Export) -> Iterator[Json]:
    words = export.content.vocabulary
    if export.identify and intake.who.age is not None:
        yield _answer(_AGE, {"valueInteger": intake.who.age})
    for where, _, unit in _QUANTITIES:
        value = _at(intake, where)
        if value is not None:
            yield _answer(where, {"valueQuantity": quantity(_in(value, unit), unit)})
    for where, _ in _NUMBERS:
        value = _at(intake, where)
        if value is not None:
            yield _answer(where, {"valueInteger": value})
    for where, _, terms in _LISTS:
        value = _at(intake, where)
        names = [value] if isinstance(value, str) else value or ()
        known = getattr(words, terms)
        if names:
            told = [known[name].name if name in known else name for name in names]
            yield _answer(where, *({"valueString": text} for text in told))
    yield from _groups(intake, words)


def _groups(intake: Intake, words: Vocabulary) -> Iterator[Json]:
    given = {
        **{f"answers.{name}": answer for name, answer in intake.answers.items()},
        **{f"abilities.{name}": answer for name, answer in intake.abilities.items()},
    }
    for group, where, _ in _QUESTIONS:
        asked = [f"{where}.{name}" for name in getattr(words, group)]
        told = [_yes_or_no(name, given.pop(name)) for name in asked if name in given]
        if told:
            yield {"linkId": group, "item": told}
    # What the content no longer asks: the check names it, so that no answer is lost unseen.
    yield from (_yes_or_no(name, answer) for name, answer in given.items())


def _yes_or_no(question: str, answer: Answer) -> Json:
    return _answer(question, {"valueCoding": coding(_ANSWERS[answer])})


def _answer(question: str, *values: Json) -> Json:
    return {"linkId": question, "answer": list(values)}


def _at(intake: Intake, where: str) -> Any:
    found: Any = intake
    for part in where.split("."):
        found = getattr(found, part)
    return found


def _in(value: Any, unit: str) -> float:
    """Return a span in days or minutes; a distance is in metres already."""
    if unit == "m":
        return float(value)
    seconds: float = value.total_seconds()
    return seconds / (86_400 if unit == "d" else 60)
