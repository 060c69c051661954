"""What a physiotherapist pastes into the record, before it is set as text or Markdown.

Free text that may name the person (name, event, note, dated exceptions) stands in it only
where that is asked for.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from programgen.core.catalogue import Catalogue
from programgen.core.intake import Answer
from programgen.core.plan import Finding, Item, Plan, PlanWeek, Provenance, Referral, Session
from programgen.core.reasons import Reason
from programgen.core.standing import stopping_questions
from programgen.core.told import LEVELS, REACHES, answers_told
from programgen.core.vocabulary import Reach
from programgen.core.words import (
    WEEKDAYS,
    count_text,
    date_text,
    day_text,
    short_dose_text,
    steps_text,
)
from programgen.exporters.base import Export

LONGEST = 400
"""Signs of a note or an event in the record; the whole of it stands in the plan."""

_KINDS = {
    "run": "Run",
    "walk": "Walk",
    "strength": "Strength",
    "mobility": "Mobility",
    "cross-training": "Cross-training",
}
_MATTERS = (
    ("Age", "Since", "Where"),
    ("Pain, 0 to 10",),
    ("Brought on by", "Eased by"),
    ("Off running", "Longest run of the last 30 days"),
)
"""Labels of the answers that share a line."""

_REFERRED = (
    "Handed out: who to see and how soon, what to say there, what to do until then, and the "
    "emergency signs. No exercise."
)
_JOINERS = "\u200c\u200d"
"""Not printable by themselves, but part of Arabic words and of emoji."""


@dataclass(frozen=True)
class Section:
    """A part of the note: a heading and its lines, each one fact."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """The whole note."""

    title: str
    head: str
    sections: tuple[Section, ...]


def chart_note(result: Plan | Referral, export: Export) -> Note:
    """Return the note of a plan or of a referral."""
    content, made = export.content, result.provenance
    parts: list[tuple[str, Iterable[str]]] = [
        ("Person", _person(result) if export.identify else ()),
        ("Result", _outcome(result)),
        ("Answers", _answers(result, content)),
        (
            "Findings",
            (
                _asked(result, content),
                *(_findings(result, content, patterns=False) or ("No other finding.",)),
            ),
        ),
        ("Symptom patterns", _findings(result, content, patterns=True)),
    ]
    if isinstance(result, Plan):
        asked = content.vocabulary.health
        parts += [
            ("Not asked", [asked[name].ask for name in result.not_asked]),
            ("Reported", _reported(result)),
            ("Stage", _stage(result, content)),
            ("Week", _rhythm(result.weeks)),
            ("Exercises", _exercises(result, content)),
            ("Reasons", _reasons(result)),
            ("Changes", _changes(result)),
            ("Warnings given", _warnings(result, content)),
            ("Note and dates", _free_text(result) if export.identify else ()),
        ]
    else:
        parts += [
            ("Reported", _reported(result.before) if result.before else ()),
            ("Warnings given", (_REFERRED,)),
        ]
    parts.append(("Versions", _versions(made)))
    kept = ((title, tuple(filter(None, map(plain, lines)))) for title, lines in parts)
    return Note(
        title="Return to running with back pain: "
        + ("programme" if isinstance(result, Plan) else "referral"),
        head=f"{date_text(made.made_on)}. Made from the runner's answers; this is no examination.",
        sections=tuple(Section(title, lines) for title, lines in kept if lines),
    )


def plain(text: str) -> str:
    r"""Return a text as one line without control signs.

    >>> plain("a\n# b\x07")
    'a # b'
    """
    one_line = " ".join(text.split())
    return "".join(sign for sign in one_line if sign.isprintable() or sign in _JOINERS)


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(texts) + "."


def _cited(text: str, keys: Iterable[str]) -> str:
    listed = ", ".join(keys)
    return f"{text} [{listed}]" if listed else text


def _person(result: Plan | Referral) -> Iterator[str]:
    if result.intake.who.name:
        yield result.intake.who.name


def _outcome(result: Plan | Referral) -> Iterator[str]:
    if isinstance(result, Referral):
        yield f"No plan. Level: {LEVELS[result.level]}."
        if result.withdrawn:
            taken = count_text(len(result.withdrawn), "session", "sessions")
            yield f"The earlier plan is withdrawn; {taken} taken back."
        return
    locked = "" if result.reach is Reach.FULL else "; running is locked"
    yield f"Level: {LEVELS[result.level]}. Plan: {REACHES[result.reach]}{locked}."
    if result.standing and result.standing.held:
        yield f"Runs wait: {result.standing.held.text}"
    block = result.intake.clinician
    if block is not None:
        cleared = "cleared to run" if block.cleared_to_run else "not cleared to run"
        yield f"Answers reviewed by {block.name} on {date_text(block.reviewed_on)}; {cleared}."


def _answers(result: Plan | Referral, content: Catalogue) -> Iterator[str]:
    """Yield the answers that say something, those on one matter together."""
    told = dict(answers_told(result.intake, content))
    # Who said none is not listed.
    said = {
        label: text for label, text in told.items() if text not in ("none", "not given", "None")
    }
    for matter in (*_MATTERS, *((label,) for label in said if label not in sum(_MATTERS, ()))):
        lines = [f"{label}: {said[label]}" for label in matter if label in said]
        if lines:
            yield _joined(lines)


def _asked(result: Plan | Referral, content: Catalogue) -> str:
    """Return how the questions about warning signs were answered."""
    given = [result.intake.answers.get(name) for name in sorted(stopping_questions(content))]
    told = [answer for answer in given if answer is not None]
    counts = ", ".join(
        f"{told.count(answer)} {word}"
        for answer, word in (
            (Answer.NO, "no"),
            (Answer.YES, "yes"),
            (Answer.UNSURE, "not sure"),
        )
        if answer in told
    )
    asked = f"{len(told)} of {len(given)} answered"
    return f"Questions about warning signs: {asked}" + (f", {counts}." if counts else ".")


def _findings(result: Plan | Referral, content: Catalogue, *, patterns: bool) -> tuple[str, ...]:
    found = (f for f in result.findings if (f.group == "pattern") is patterns)
    return tuple(_finding(f, content) for f in found)


def _finding(found: Finding, content: Catalogue) -> str:
    names = ", ".join(content.vocabulary.tags[tag].name for tag in found.bar)
    code = f"{found.code} " if found.code else ""
    text = f"{code}{found.title}: {LEVELS[found.level]}, {REACHES[found.plan]}"
    text += f"; leaves out {names}" if names else ""
    # What was reported after a session stands in no answer.
    told = f" {found.tell}" if found.group == "decision" else ""
    return _cited(f"{text}.{told}", found.cite)


def _stage(plan: Plan, content: Catalogue) -> Iterator[str]:
    protocol = content.protocols[plan.provenance.protocol]
    yield f"Ladder: {protocol.title} ({protocol.id}), {len(plan.rungs)} lines."
    for number, rung in enumerate(plan.rungs, 1):
        if rung.here:
            at = "Is" if plan.standing else "Starts"
            yield f"{at} on line {number}: {rung.title}, {steps_text(rung.steps)}."
    last = {rung.stage: f"line {n}, {rung.title}" for n, rung in enumerate(plan.rungs, 1)}
    week = plan.weeks[-1]
    if week.stage in last:
        yield f"If every session goes well, week {week.number}: {last[week.stage]}."
    reached = date_text(plan.goal_on) if plan.goal_on else "not within this plan"
    yield f"Goal: {plan.goal}; earliest {reached}."


def _rhythm(weeks: tuple[PlanWeek, ...]) -> Iterator[str]:
    """Yield how often each kind of session is done, and on which days of the first whole week."""
    whole = [week for week in weeks if any(d.sessions for d in week.days[:2])] or list(weeks)
    yield f"{count_text(len(weeks), 'week', 'weeks')} from {day_text(_first_day(weeks))}."
    for kind, name in _KINDS.items():
        days = [
            [WEEKDAYS[p.day.weekday()] for p in week.placed if p.session.kind == kind]
            for week in whole
        ]
        counts = sorted({len(found) for found in days})
        if counts == [0]:
            continue
        often = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        first = next(n for n, found in enumerate(days) if found)
        alike = all(found == days[first] for found in days)
        when = "" if alike else f"week {whole[first].number}: "
        yield f"{name}: {often} a week ({when}{', '.join(days[first])})."


def _first_day(weeks: tuple[PlanWeek, ...]) -> date:
    return next(p.day for week in weeks for p in week.placed)


def _exercises(plan: Plan, content: Catalogue) -> Iterator[str]:
    """Yield every exercise ahead with its first dose, and the last one where it will have grown."""
    found: dict[str, list[Item]] = {}
    kinds: dict[str, Session] = {}
    first = plan.standing.open_from if plan.standing else plan.start
    for placed in (p for week in plan.weeks for p in week.placed if p.day >= first):
        for item in placed.session.items:
            found.setdefault(item.exercise, []).append(item)
            kinds.setdefault(item.exercise, placed.session)
    for name, items in found.items():
        exercise = content.exercises[name]
        doses = [short_dose_text(item.dose, exercise) for item in items]
        text = f"{exercise.words.name}: {doses[0]}"
        text += f", later {doses[-1]}" if doses[-1] != doses[0] else ""
        edited = any(item.edited for item in items)
        part = items[0].part if items[0].part != "main" else kinds[name].kind
        yield f"{text} ({part}{', dose edited by the clinician' if edited else ''})"


def _reasons(plan: Plan) -> Iterator[str]:
    """Yield why the plan is as it is; findings and ladder stand above."""
    told = {found.rule for found in plan.findings} | {plan.provenance.protocol}
    for reason in plan.reasons:
        if reason.rule not in told:
            yield _reason(reason)


def _reason(reason: Reason) -> str:
    return _cited(reason.text, reason.cite)


def _changes(plan: Plan) -> Iterator[str]:
    """Yield what is different from the version before; each reason once, before its changes."""
    said = ""
    for change in plan.changes:
        reason = change.reason
        if reason and change.is_cause:
            said = reason.text
            yield _cited(change.text, reason.cite)
            continue
        if reason and reason.text != said:
            said = reason.text
            yield f"Because: {_reason(reason)}"
        yield (f"Week {change.week}: " if change.week else "") + change.text


def _reported(plan: Plan) -> Iterator[str]:
    """Yield what was reported of each week so far."""
    for week in plan.progress:
        scores = {
            "worst during": week.pain,
            "worst next morning": week.morning,
            "average of the week": week.average,
            "worst of the week": week.worst,
            "own activities": week.function,
            "change": week.change,
        }
        told = [f"{name} {score}" for name, score in scores.items() if score is not None]
        minutes = f"{week.run_minutes:.0f} min on the ladder"
        yield _joined(
            [f"Week {week.number}: {week.done} of {week.planned} sessions, {minutes}", *told]
        )


def _warnings(plan: Plan, content: Catalogue) -> Iterator[str]:
    light = content.protocols[plan.provenance.protocol].light
    yield (
        "Handed out: emergency signs, signs to see a doctor for, when to stop a session, and the "
        f"traffic light (green to {light.green_during} of 10, red from "
        f"{light.amber_during + 1} of 10)."
    )
    advised = [f.title for f in plan.findings if f.appointment]
    if advised:
        yield f"Advised to book an appointment: {'; '.join(advised)}."
    yield f"Questions to be answered again by {date_text(plan.valid_until)}."


def _free_text(plan: Plan) -> Iterator[str]:
    block, goal = plan.intake.clinician, plan.intake.goal
    if goal.name:
        yield f"Event: {_short(goal.name)}."
    if block and block.note:
        yield f"Note to the runner: {_short(block.note)}"
    for change in plan.intake.week.exceptions:
        if change.why:
            yield f"Dated exception: {_short(change.why)}."


def _short(text: str) -> str:
    line = plain(text)
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rstrip()} … (whole in the plan)"


def _versions(made: Provenance) -> Iterator[str]:
    yield f"Plan {made.plan}, version {made.version}" + (
        f", after {made.parent}." if made.parent else "."
    )
    yield f"programgen {made.program}, content {made.catalogue}, ladder {made.protocol}."
    if made.draft:
        yield "Draft content: not yet signed off by a clinician."
