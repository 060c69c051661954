"""Named checks across all content files; each is a few lines and finds one kind of mistake."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from programgen.content.reading import Document, Place
from programgen.core import decisions
from programgen.core.catalogue import Catalogue
from programgen.core.decisions import Move, Reading
from programgen.core.exercise import Dose, Exercise
from programgen.core.protocol import DEFAULT_PROTOCOL, Entry, Protocol
from programgen.core.rule import Condition, conditions
from programgen.errors import Problem, did_you_mean


@dataclass(frozen=True)
class Content:
    """The catalogue with the documents behind it."""

    catalogue: Catalogue
    documents: Mapping[str, Document]

    def at(self, kind: str, name: str) -> Document:
        """Return the document of an entry by its kind and identifier."""
        tail = f"/{name}.yaml"
        for path, document in self.documents.items():
            if path.startswith(f"{kind}/") and path.endswith(tail):
                return document
        return Document(f"{kind}{tail}", None)


Found = Iterator[Problem]
Check = Callable[[Content], Found]


def check(catalogue: Catalogue, documents: Mapping[str, Document]) -> list[Problem]:
    """Run every check and return all problems in the order of files and lines."""
    content = Content(catalogue, documents)
    return sorted({problem for one in CHECKS for problem in one(content)})


def _unknown(
    document: Document, names: Iterable[str], known: Iterable[str], where: Place, what: str
) -> Found:
    known = set(known)
    for number, name in enumerate(names):
        if name not in known:
            message = f"'{name}' is not in the list of {what}{did_you_mean(name, known)}"
            yield document.problem((*where, number), message, "unknown-name")


def unknown_name(content: Content) -> Found:
    """Tags, equipment, places and focuses come from the vocabulary."""
    words = content.catalogue.vocabulary
    for exercise in content.catalogue.exercises.values():
        document = content.at("catalogue", exercise.id)
        for key, known in (
            ("tags", words.tags),
            ("not_with", words.tags),
            ("needs", words.equipment),
            ("places", words.places),
        ):
            yield from _unknown(document, getattr(exercise, key), known, (key,), key)
        patterns = {r.id for r in content.catalogue.rules.values() if r.group == "pattern"}
        yield from _unknown(document, exercise.eases, patterns, ("eases",), "patterns")
        if exercise.focus not in words.focuses:
            hint = did_you_mean(exercise.focus, words.focuses)
            message = f"'{exercise.focus}' is not in the list of focuses{hint}"
            yield document.problem(("focus",), message, "unknown-name")


def unknown_exercise(content: Content) -> Found:
    """Easier and harder name exercises of the catalogue."""
    known = content.catalogue.exercises
    for exercise in known.values():
        for key in ("easier", "harder"):
            other = getattr(exercise, key)
            if other is not None and other not in known:
                message = f"'{other}' is not in the catalogue{did_you_mean(other, known)}"
                yield content.at("catalogue", exercise.id).problem(
                    (key,), message, "unknown-exercise"
                )


def progression_not_mutual(content: Content) -> Found:
    """If B is harder than A, then A is easier than B."""
    known = content.catalogue.exercises
    for exercise in known.values():
        for key, back in (("easier", "harder"), ("harder", "easier")):
            other = known.get(getattr(exercise, key) or "")
            if other is not None and getattr(other, back) != exercise.id:
                message = f"'{other.id}' does not name '{exercise.id}' as {back}"
                yield content.at("catalogue", exercise.id).problem(
                    (key,), message, "progression-not-mutual"
                )


def progression_cycle(content: Content) -> Found:
    """Following 'harder' never comes back."""
    known = content.catalogue.exercises
    for exercise in known.values():
        seen, now = {exercise.id}, exercise.harder
        while now is not None and now in known and now not in seen:
            seen.add(now)
            now = known[now].harder
        if now == exercise.id:
            yield content.at("catalogue", exercise.id).problem(
                ("harder",), "following 'harder' comes back here", "progression-cycle"
            )


_IMPACT = ("none", "low", "moderate", "high")


def _demand(exercise: Exercise) -> int:
    return exercise.skill + exercise.intensity + 2 * _IMPACT.index(exercise.impact)


def harder_is_not_harder(content: Content) -> Found:
    """Skill, intensity and impact together never fall along 'harder'."""
    known = content.catalogue.exercises
    for exercise in known.values():
        other = known.get(exercise.harder or "")
        if other is not None and _demand(other) < _demand(exercise):
            message = f"'{other.id}' has less skill, intensity and impact than this"
            yield content.at("catalogue", exercise.id).problem(
                ("harder",), message, "harder-is-not-harder"
            )


def _volume(dose: Dose) -> float:
    long = dose.hold or dose.time
    seconds = long.total_seconds() if long else 1.0
    return dose.sets * (dose.reps or 1) * seconds * (dose.breaths or 1) * (dose.distance or 1)


def build_below_start(content: Content) -> Found:
    """A dose never shrinks from start to build."""
    for exercise in content.catalogue.exercises.values():
        if exercise.doses is None:
            continue
        if _volume(exercise.doses.build) < _volume(exercise.doses.start):
            yield content.at("catalogue", exercise.id).problem(
                ("doses", "build"), "'build' is less than 'start'", "build-below-start"
            )


def unknown_stage(content: Content) -> Found:
    """A stage named by an exercise exists in a protocol."""
    stages = {s.id for p in content.catalogue.protocols.values() for s in p.stages}
    for exercise in content.catalogue.exercises.values():
        if exercise.not_before is not None and exercise.not_before not in stages:
            hint = did_you_mean(exercise.not_before, stages)
            yield content.at("catalogue", exercise.id).problem(
                ("not_before",), f"'{exercise.not_before}' is not a stage{hint}", "unknown-stage"
            )


def _depth(condition: Condition) -> int:
    return 1 + max((_depth(part) for part in condition.parts), default=-1)


def _condition_names(content: Content, condition: Condition) -> Iterator[tuple[str, str, str]]:
    words = content.catalogue.vocabulary
    lists = {
        "answer": {*words.screening, *words.health},
        "worse": words.movements,
        "better": words.movements,
        "area": words.areas,
        "began": words.beginnings,
        "ability": words.abilities,
    }
    for part in conditions(condition):
        for key, known in lists.items():
            name = getattr(part, key)
            if name is not None and name not in known:
                yield key, name, did_you_mean(name, known)


def unknown_in_rule(content: Content) -> Found:
    """Conditions and effects use names from the vocabulary."""
    for rule in content.catalogue.rules.values():
        document = content.at("rules", rule.id)
        for key, name, hint in _condition_names(content, rule.when):
            yield document.problem(
                ("when",), f"{key} '{name}' is not in the vocabulary{hint}", "unknown-name"
            )
        yield from _unknown(
            document, rule.then.bar, content.catalogue.vocabulary.tags, ("then", "bar"), "tags"
        )
    for protocol in content.catalogue.protocols.values():
        document = content.at("protocols", protocol.id)
        for number, row in enumerate(protocol.entry):
            for key, name, hint in _condition_names(content, row.when):
                yield document.problem(
                    ("entry", number),
                    f"{key} '{name}' is not in the vocabulary{hint}",
                    "unknown-name",
                )
        card = protocol.walk_card
        if card is not None and card not in content.catalogue.exercises:
            hint = did_you_mean(card, content.catalogue.exercises)
            yield document.problem(
                ("walk_card",), f"'{card}' is not in the catalogue{hint}", "unknown-exercise"
            )


def rule_too_deep(content: Content) -> Found:
    """Conditions join at most two deep."""
    for rule in content.catalogue.rules.values():
        if _depth(rule.when) > 2:
            yield content.at("rules", rule.id).problem(
                ("when",), "conditions are joined more than two deep", "rule-too-deep"
            )


def entry_condition_in_rule(content: Content) -> Found:
    """'ability' and 'off_running' loosen when answered; rules may not use them."""
    for rule in content.catalogue.rules.values():
        if any(c.ability or c.off_running for c in conditions(rule.when)):
            yield content.at("rules", rule.id).problem(
                ("when",),
                "'ability' and 'off_running' are for entry tables only",
                "entry-condition",
            )


def weak_stop(content: Content) -> Found:
    """A stop rule stops: emergency or urgent, and no plan, with or without a clinician."""
    for rule in content.catalogue.rules.values():
        if rule.group in ("stop", "refer") and rule.review.status == "retired":
            yield content.at("rules", rule.id).problem(
                ("review",), "a screening rule cannot be retired; it would hide a sign", "weak-stop"
            )
        if rule.group == "refer" and rule.then.plan.value == "full":
            yield content.at("rules", rule.id).problem(
                ("then",), "a rule in rules/refer keeps something back: gentle or none", "weak-stop"
            )
        stops = rule.then.level.value in ("emergency", "urgent")
        never = rule.then.plan.value == "none" and rule.then.with_clinician is None
        if (rule.group == "stop") != stops or (stops and not never):
            yield content.at("rules", rule.id).problem(
                ("then",),
                "emergency and urgent rules stand in rules/stop and allow no plan",
                "weak-stop",
            )


def unasked_question(content: Content) -> Found:
    """Every question of the screening and health lists is used by a rule."""
    active = [r for r in content.catalogue.rules.values() if r.review.status != "retired"]
    used = {c.answer for r in active for c in conditions(r.when)}
    for name in ("screening", "health"):
        document = content.documents[f"vocabulary/{name}.yaml"]
        for question in getattr(content.catalogue.vocabulary, name):
            if question not in used:
                yield document.problem(
                    (question,), f"no rule uses '{question}'", "unasked-question"
                )


def _cited(content: Content) -> Iterator[tuple[Document, Place, str]]:
    catalogue = content.catalogue
    for kind, entries in (
        ("catalogue", catalogue.exercises),
        ("rules", catalogue.rules),
        ("protocols", catalogue.protocols),
        ("sets", catalogue.sets),
    ):
        for entry in entries.values():
            document = content.at(kind, entry.id)
            for number, source in enumerate(entry.evidence):
                yield document, ("evidence", number, "cite"), source.cite
    for protocol in catalogue.protocols.values():
        for where, row in _rows(protocol):
            for source in row.evidence:
                yield content.at("protocols", protocol.id), where, source.cite
    for name in type(catalogue.settings).model_fields:
        for key in getattr(catalogue.settings, name).cite:
            yield content.documents["settings.yaml"], (name, "cite"), key


def _rows(protocol: Protocol) -> Iterator[tuple[Place, Entry | Reading | Move]]:
    """Yield every row of a ladder that names its sources, with its place."""
    yield from ((("entry", n), row) for n, row in enumerate(protocol.entry))
    halves = protocol.decisions
    yield from ((("decisions", "readings", n), row) for n, row in enumerate(halves.readings))
    yield from ((("decisions", "moves", n), row) for n, row in enumerate(halves.moves))


def unknown_reference(content: Content) -> Found:
    """Every citation stands in the bibliography."""
    known = content.catalogue.references
    for document, where, key in _cited(content):
        if key not in known:
            message = f"'{key}' is not in references.yaml{did_you_mean(key, known)}"
            yield document.problem(where, message, "unknown-reference")


def unused_reference(content: Content) -> Found:
    """Every entry of the bibliography is cited."""
    used = {key for _, _, key in _cited(content)}
    document = content.documents["references.yaml"]
    for key in content.catalogue.references:
        if key not in used:
            yield document.problem((key,), f"nothing cites '{key}'", "unused-reference")


def number_without_source(content: Content) -> Found:
    """A dose is supported by at least one citation."""
    for exercise in content.catalogue.exercises.values():
        supports = " ".join(s for e in exercise.evidence for s in e.supports)
        if exercise.doses is not None and not any(
            word in supports for word in ("dose", "range", "contacts", "time")
        ):
            yield content.at("catalogue", exercise.id).problem(
                ("evidence",), "no citation supports the dose", "number-without-source"
            )


def setting_without_source(content: Content) -> Found:
    """A setting that claims a source names it."""
    document = content.documents["settings.yaml"]
    for name in type(content.catalogue.settings).model_fields:
        setting = getattr(content.catalogue.settings, name)
        if setting.label == "source" and not setting.cite:
            yield document.problem(
                (name,), "label 'source' needs a 'cite'", "number-without-source"
            )


def missing_ladder(content: Content) -> Found:
    """There is one ladder for locked plans, and the default one for all others."""
    ladders = content.catalogue.protocols.values()
    gentle = [p.id for p in ladders if p.for_reach == "gentle"]
    if len(gentle) != 1:
        message = f"one ladder has 'for_reach: gentle', not {len(gentle)}"
        yield Problem("protocols", 0, 0, message, "missing-ladder")
    if DEFAULT_PROTOCOL not in content.catalogue.protocols:
        message = f"the default ladder '{DEFAULT_PROTOCOL}' is missing"
        yield Problem("protocols", 0, 0, message, "missing-ladder")


def self_care_topic(content: Content) -> Found:
    """The topics on the handout are self-care entries."""
    known = {e.id for e in content.catalogue.exercises.values() if e.kind == "advice"}
    topics = content.catalogue.settings.self_care.value
    yield from _unknown(
        content.documents["settings.yaml"],
        topics,
        known,
        ("self_care", "value"),
        "self-care topics",
    )


def emptied_family(content: Content) -> Found:
    """Every place of a session keeps a neutral choice that no pattern bars."""
    barred = {
        tag for r in content.catalogue.rules.values() if r.group == "pattern" for tag in r.then.bar
    }
    settings = content.catalogue.settings
    slots = {*settings.strength_slots.value, *settings.mobility_slots.value}
    for slot in sorted(slots):
        if not any(
            e.slot == slot and e.allowed in ("gentle", "full") and not barred & set(e.tags)
            for e in content.catalogue.exercises.values()
        ):
            yield content.documents["settings.yaml"].problem(
                (), f"all patterns together leave nothing for '{slot}'", "emptied-family"
            )


def unfit_set(content: Content) -> Found:
    """A set holds exercises that may be handed out, each once, and doses only for them."""
    known = content.catalogue.exercises
    for one in content.catalogue.sets.values():
        document = content.at("sets", one.id)
        for number, name in enumerate(one.exercises):
            where = ("exercises", number)
            if name not in known:
                message = f"'{name}' is not in the catalogue{did_you_mean(name, known)}"
                yield document.problem(where, message, "unknown-exercise")
            elif name in one.exercises[:number]:
                yield document.problem(where, f"'{name}' is named twice", "unfit-set")
            elif (
                known[name].doses is None
                or known[name].allowed not in ("gentle", "full")
                or known[name].review.status == "retired"
            ):
                message = f"'{name}' cannot be in a set: no dose, not for everybody, or retired"
                yield document.problem(where, message, "unfit-set")
        for name in one.doses:
            if name not in one.exercises:
                message = f"'{name}' is not in this set{did_you_mean(name, one.exercises)}"
                yield document.problem(("doses", name), message, "unfit-set")


def unsound_decisions(content: Content) -> Found:
    """Every row of a decision table can win, and more pain never earns more."""
    for protocol in content.catalogue.protocols.values():
        for text in decisions.faults(protocol.decisions):
            document = content.at("protocols", protocol.id)
            yield document.problem(("decisions",), text, "unsound-decisions")


CHECKS: tuple[Check, ...] = (
    unknown_name,
    unknown_exercise,
    progression_not_mutual,
    progression_cycle,
    harder_is_not_harder,
    build_below_start,
    unknown_stage,
    unknown_in_rule,
    rule_too_deep,
    entry_condition_in_rule,
    weak_stop,
    unasked_question,
    unknown_reference,
    unused_reference,
    number_without_source,
    setting_without_source,
    missing_ladder,
    unsound_decisions,
    self_care_topic,
    emptied_family,
    unfit_set,
)
"""All checks; rule examples are run by ``triage`` in the service."""
