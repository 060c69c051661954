"""The programme sign-off sheet: everything that a reviewer answers for, in plain sentences."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from programgen.core.catalogue import Catalogue
from programgen.core.exercise import Citation, Exercise, Review
from programgen.core.exercise_set import ExerciseSet
from programgen.core.protocol import Protocol
from programgen.core.rule import Rule
from programgen.core.words import date_text, dose_text, reference_text, rest_text, steps_text
from programgen.render.handout import often_text
from programgen.render.house import PLAIN, HouseStyle
from programgen.render.moving import also_lines, rule_lines
from programgen.render.page import rendered
from programgen.render.pictures import Box, Picture, Pictures, picture_of
from programgen.render.rule_text import FIRES, Clause, clause, effect_rows, given_text, one_line
from programgen.render.view import (
    Fact,
    Footer,
    code_order,
    footer_of,
    light_rows,
)

GROUPS = {
    "stop": "Warning signs: no plan",
    "refer": "An appointment first",
    "limit": "Exercises that stay out",
    "pattern": "Symptom patterns, which only steer the choice",
    "advise": "Advice",
}
"""Groups of rules in the order in which they work."""


@dataclass(frozen=True)
class Chosen:
    """What stands on the sheet, each in reading order."""

    about: str
    """What the sheet covers, in one sentence."""
    exercises: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows with a heading for each column."""

    title: str
    columns: tuple[tuple[str, str], ...]
    """Heading and width of each; an empty width takes what is left."""
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Entry:
    """One thing to sign."""

    name: str
    file: str
    status: str
    picture: Picture | None
    facts: tuple[Fact, ...]
    steps: tuple[str, ...]
    when: Clause | None
    lines: tuple[str, ...]
    tables: tuple[Table, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """Entries that belong together."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class SignoffView:
    """All pages of the sheet."""

    title: str
    lead: str
    how: str
    counts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    footer: Footer


SIGN_BOX: Box = (48.0, 29.0)
_EXAMPLES = (("Case", "54mm"), ("Answers", ""), ("The rule", "32mm"))
_STAGES = (
    ("Line", "11mm"), ("Stage", "38mm"), ("Fullest session", ""), ("Effort", "50mm"),
    ("A week", "15mm"),
)  # fmt: skip
_LIGHT = (
    ("Light", "15mm"), ("Pain during, 0 to 10", ""), ("Next morning", "38mm"),
    ("What to do", "62mm"),
)  # fmt: skip
_ENTRY = (("If", ""), ("Not above", "34mm"), ("The page says", "66mm"))


def _status(review: Review) -> str:
    if review.status == "reviewed" and review.by and review.date:
        return f"Signed by {review.by} on {date_text(review.date)}"
    if review.status == "retired":
        return "Retired" + (f"; replaced by {review.replaced_by}" if review.replaced_by else "")
    return "Draft"


def _sources(evidence: Iterable[Citation], content: Catalogue) -> tuple[str, ...]:
    return tuple(
        f"{', '.join(e.supports).capitalize()} ({e.grade}): "
        f"{reference_text(content.references[e.cite])}"
        for e in evidence
    )


_ALLOWED = {
    "gentle": "Also while running waits.",
    "full": "Only in a full plan.",
    "clinician": "Only when a clinician asks for it.",
    "never": "Never; it is listed for information.",
}


def _dose(exercise: Exercise) -> str:
    """Return the range of the dose and how often, in one line."""
    doses = exercise.doses
    if doses is None:
        return ""
    start, build = (
        " ".join(filter(None, (f"{dose_text(dose, exercise)}.", rest_text(dose))))
        for dose in (doses.start, doses.build)
    )
    grows = "" if start == build else f"Builds up to: {build}"
    return " ".join(filter(None, (f"Start: {start}", grows, often_text(doses))))


def _exercise(exercise: Exercise, content: Catalogue, pictures: Pictures) -> Entry:
    words, tags = exercise.words, content.vocabulary.tags
    facts = [
        Fact("What it is for", words.purpose),
        Fact("Start position", words.setup),
        Fact("Good to know", " ".join(words.cues)),
        Fact("Stop if", " ".join(words.stop_if)),
        Fact("Dose", _dose(exercise)),
        Fact("Needs", ", ".join(content.vocabulary.equipment[n].name for n in exercise.needs)),
        Fact("When it may be used", _ALLOWED[exercise.allowed]),
        Fact("Not with", ", ".join(tags[t].name for t in exercise.not_with)),
        Fact("Load and motion", ", ".join(tags[t].name for t in exercise.tags)),
    ]
    return Entry(
        name=words.name,
        file=f"catalogue/{exercise.family}/{exercise.id}",
        status=_status(exercise.review),
        picture=picture_of(exercise, pictures, SIGN_BOX),
        facts=tuple(f for f in facts if f.text),
        steps=words.steps,
        when=None,
        lines=(),
        tables=(),
        sources=_sources(exercise.evidence, content),
    )


def _rule(rule: Rule, content: Catalogue) -> Entry:
    words = content.vocabulary
    examples = tuple((e.name, given_text(e.given, words), FIRES[e.fires]) for e in rule.examples)
    return Entry(
        name=f"{rule.title} ({rule.code})" if rule.code else rule.title,
        file=f"rules/{rule.group}/{rule.id}",
        status=_status(rule.review),
        picture=None,
        facts=(
            *(Fact(label, text) for label, text in effect_rows(rule.then, words)),
            Fact("Why", rule.because),
        ),
        steps=(),
        when=clause(rule.when, words),
        lines=(),
        tables=(Table("Examples", _EXAMPLES, examples),),
        sources=_sources(rule.evidence, content),
    )


def _protocol(protocol: Protocol, content: Catalogue) -> Entry:
    titles = {stage.id: stage.title for stage in protocol.stages}
    stages = tuple(
        (str(number), stage.title, steps_text(stage.top), stage.effort, str(stage.per_week))
        for number, stage in enumerate(protocol.stages, 1)
    )
    light = tuple((r.name, r.during, r.morning, r.action) for r in light_rows(protocol))
    entry = tuple(
        (one_line(row.when, content.vocabulary), titles[row.highest], row.because)
        for row in protocol.entry
    )
    evidence = dict.fromkeys((*protocol.evidence, *(e for r in protocol.entry for e in r.evidence)))
    return Entry(
        name=protocol.title,
        file=f"protocols/{protocol.id}",
        status=_status(protocol.review),
        picture=None,
        facts=(
            Fact("What it is", protocol.summary),
            Fact("Most sessions in a week", str(protocol.most_per_week)),
            Fact("Start, if nothing below applies", titles[protocol.open_start]),
        ),
        steps=(),
        when=None,
        lines=(*rule_lines(protocol), *also_lines(protocol)),
        tables=(
            Table("Stages", _STAGES, stages),
            Table("Traffic light", _LIGHT, light),
            Table("Where to start", _ENTRY, entry),
        ),
        sources=_sources(evidence, content),
    )


def _set(one: ExerciseSet, content: Catalogue) -> Entry:
    rows = []
    for name in one.exercises:
        exercise = content.exercises[name]
        dose = one.doses.get(name) or (exercise.doses.start if exercise.doses else None)
        rows.append((exercise.words.name, dose_text(dose, exercise) if dose else ""))
    return Entry(
        name=one.title,
        file=f"sets/{one.id}",
        status=_status(one.review),
        picture=None,
        facts=(Fact("For whom", one.for_whom),),
        steps=(),
        when=None,
        lines=(),
        tables=(Table("Exercises in order", (("Exercise", "70mm"), ("Dose", "")), tuple(rows)),),
        sources=_sources(one.evidence, content),
    )


def _sections(chosen: Chosen, content: Catalogue, pictures: Pictures) -> Iterator[Section]:
    rules = sorted((content.rules[n] for n in chosen.rules), key=lambda r: code_order(r.code))
    for group, title in GROUPS.items():
        yield Section(title, tuple(_rule(r, content) for r in rules if r.group == group))
    protocols = [content.protocols[name] for name in chosen.protocols]
    yield Section("Ladders", tuple(_protocol(p, content) for p in protocols))
    exercises = [content.exercises[name] for name in chosen.exercises]
    for family in dict.fromkeys(e.family for e in exercises):
        title = family.replace("-", " ").capitalize()
        yield Section(
            title,
            tuple(_exercise(e, content, pictures) for e in exercises if e.family == family),
        )
    yield Section("Sets", tuple(_set(content.sets[name], content) for name in chosen.sets))


def signoff_view(
    chosen: Chosen, content: Catalogue, pictures: Pictures, made_on: date, program: str
) -> SignoffView:
    """Turn what was chosen into the sheet."""
    sections = tuple(s for s in _sections(chosen, content, pictures) if s.entries)
    entries = [e for s in sections for e in s.entries]
    drafts = sum(e.status == "Draft" for e in entries)
    return SignoffView(
        title="Programme sign-off",
        lead=chosen.about,
        how=(
            "For the clinician who answers for this content. Read each entry. Tick 'I agree', or "
            "write what has to change. Then somebody enters name and date in the file that the "
            "entry names."
        ),
        counts=(
            Fact("Entries on this sheet", str(len(entries))),
            Fact("Still in draft", str(drafts)),
            Fact("Version of the content", content.fingerprint),
        ),
        sections=sections,
        footer=footer_of(
            "For review by a clinician; not for patients.",
            drafts > 0,
            made_on,
            program,
            content.fingerprint,
        ),
    )


def signoff_html(
    chosen: Chosen,
    content: Catalogue,
    pictures: Pictures,
    paper: str,
    made_on: date,
    program: str,
    house: HouseStyle = PLAIN,
    *,
    inline: bool = False,
) -> str:
    """Return the sheet as a whole page."""
    view = signoff_view(chosen, content, pictures, made_on, program)
    return rendered("signoff", view, pictures, paper, inline=inline, house=house)
