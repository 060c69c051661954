"""Rules as sentences: what a reviewer reads instead of a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from programgen.core.quantities import write_span
from programgen.core.rule import Condition, Effect
from programgen.core.vocabulary import Level, Reach, Vocabulary


@dataclass(frozen=True)
class Clause:
    """A condition as a sentence, with those that it joins."""

    text: str
    parts: tuple["Clause", ...] = ()


_MEASURES = {
    "age": "The age",
    "pain-now": "The pain now, 0 to 10,",
    "pain-usual": "The pain on an ordinary morning, 0 to 10,",
    "pain-worst": "The worst pain of the last week, 0 to 10,",
    "pain-walking": "The pain when walking, 0 to 10,",
    "pain-running": "The pain when running, 0 to 10,",
}


def _bound(condition: Condition) -> str:
    if condition.at_least is not None:
        return f"is {condition.at_least} or more."
    if condition.above is not None:
        return f"is more than {condition.above}."
    return f"is below {condition.below}."


def _asked(name: str | None, words: Vocabulary) -> str:
    known = {**words.screening, **words.health, **words.abilities}
    return f"“{known[name].ask}”" if name in known else f"“{name}”"


def _term(name: str, known: Mapping[str, object]) -> str:
    return str(getattr(known.get(name), "name", name))


_KNOWN = {
    "worse": "movements",
    "better": "movements",
    "area": "areas",
    "where": "areas",
    "began": "beginnings",
}
"""The list of the vocabulary behind a key."""

_NAMED = {
    "answer": "{} Answer: yes.",
    "ability": "{} Answer: no, or not tried.",
    "worse": "This brings the pain on: {}.",
    "better": "This eases the pain: {}.",
    "area": "The pain is here: {}.",
    "began": "The pain began {}.",
}


def _single(condition: Condition, words: Vocabulary) -> str:
    """Return a condition that joins no others."""
    for key, text in _NAMED.items():
        name = getattr(condition, key)
        if name is not None:
            known = getattr(words, _KNOWN.get(key, "tags"))
            asked = key in ("answer", "ability")
            return text.format(_asked(name, words) if asked else _term(name, known))
    if condition.lasts is not None:
        return f"The pain has lasted longer than {write_span(condition.lasts)}."
    if condition.off_running is not None:
        return f"No running for {write_span(condition.off_running)} or longer."
    return f"{_MEASURES[condition.measure or 'age']} {_bound(condition)}"


def clause(condition: Condition, words: Vocabulary) -> Clause:
    """Return a condition as a sentence."""
    parts = tuple(clause(part, words) for part in condition.parts)
    if condition.all is not None:
        return Clause("All of these:", parts)
    if condition.any is not None:
        return Clause("At least one of these:", parts)
    if condition.count is not None:
        return Clause(f"At least {condition.count} of these:", parts)
    return Clause(_single(condition, words))


def one_line(condition: Condition, words: Vocabulary) -> str:
    """Return a condition in one line, for a cell of a table."""
    found = clause(condition, words)
    return " ".join([found.text, *(part.text for part in found.parts)])


_LEVELS = {
    Level.SELF_CARE: "Self-care is reasonable.",
    Level.REFER: "An appointment in the next 1 to 2 weeks.",
    Level.URGENT: "An urgent appointment, today or within a few days.",
    Level.EMERGENCY: "An emergency: help now.",
}
_REACH = {
    Reach.NONE: "No plan is made.",
    Reach.GENTLE: "Only the gentle part is planned; running waits.",
    Reach.FULL: "The plan stays full.",
}


def effect_rows(effect: Effect, words: Vocabulary) -> Iterator[tuple[str, str]]:
    """Yield what a rule does, as label and sentence."""
    yield "How soon", _LEVELS[effect.level]
    yield "Plan", _REACH[effect.plan]
    lifted = effect.with_clinician
    if lifted is not None:
        cleared = " and clearance to run" if lifted is Reach.FULL else ""
        yield f"After a clinician's review{cleared}", _REACH[lifted]
    elif effect.plan is not Reach.FULL:
        yield "After a clinician's review", "The same; no review lifts it."
    if effect.bar:
        yield "Leaves out exercises with", ", ".join(_term(tag, words.tags) for tag in effect.bar)
    if effect.appointment:
        yield "Also", "An appointment is advised, although self-care may go on."
    yield "The page says", effect.tell


def given_text(given: Mapping[str, object], words: Vocabulary) -> str:
    """Return the answers of an example in words."""
    return " ".join(_given(given, words)) or "Nothing is answered."


_LABELS = {
    "worse": "Brings the pain on:",
    "better": "Eases the pain:",
    "where": "Where it hurts:",
    "began": "The pain began",
    "since": "Pain for",
    "age": "Age",
    "now": "Pain now",
    "usual": "Pain on ordinary mornings",
    "worst": "Worst pain",
    "walking": "Pain when walking",
    "running": "Pain when running",
}


def _given(given: Mapping[str, object], words: Vocabulary) -> Iterator[str]:
    for key, value in given.items():
        if key in ("answers", "abilities") and isinstance(value, Mapping):
            for name, answer in value.items():
                said = {True: "yes", False: "no"}.get(answer, answer)
                yield f"{_asked(name, words)} {str(said).capitalize()}."
        elif isinstance(value, Mapping):
            yield from _given(value, words)
        else:
            names = value if isinstance(value, list | tuple) else [value]
            known = getattr(words, _KNOWN.get(key, "tags"))
            told = ", ".join(_term(str(name), known) for name in names)
            yield f"{_LABELS.get(key, key.replace('_', ' ').capitalize())} {told}."


FIRES: Mapping[bool | str, str] = {
    True: "applies",
    False: "does not apply",
    "unknown": "stays open: asked first",
}
"""What a rule makes of an example."""
