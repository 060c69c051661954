"""Results as readable text on a terminal."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from textwrap import fill, indent
from typing import TYPE_CHECKING

import click

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Change, OpenQuestions, Plan, PlanWeek, Referral, Result, Session
from programgen.core.protocol import write_steps
from programgen.core.quality import Quality
from programgen.core.reasons import Reason
from programgen.core.words import WITHDRAWN_UNTIL, day_text, steps_text

HEADINGS = {
    "emergency": "Call your emergency number or go to an emergency department now.",
    "urgent": "Get an urgent medical appointment, today or within a few days, "
    "or call your urgent-care line.",
    "refer": "Book an appointment with a doctor or physiotherapist in the next 1 to 2 weeks. "
    "Do not start running before that.",
    "self-care": "Self-care is reasonable.",
}
"""What to do at each level; the page uses the same words."""

if TYPE_CHECKING:
    from programgen.core.handout import Handout
    from programgen.update import Updated

SHORT_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def wrapped(text: str, before: str = "  ") -> str:
    """Return text wrapped for a terminal."""
    return fill(text, 88, initial_indent=before, subsequent_indent=" " * len(before))


def bullet(text: str) -> str:
    """Return one wrapped list entry."""
    return wrapped(text, "  - ")


def note_other_content(path: Path, result: Plan | Referral, content: Catalogue) -> None:
    """Say so if a saved plan was made with other content than is in use."""
    from programgen.content.saved_plan import other_content

    text = other_content(path, result, content)
    if text:
        click.echo(wrapped(f"Note: {text}", ""), err=True)


def summary(result: Result, content: Catalogue, files: tuple[Path, ...]) -> str:
    """Say in a few lines what came out."""
    if isinstance(result, OpenQuestions):
        lines = [*open_questions(result, content)]
    elif isinstance(result, Referral):
        lines = [*referral(result)]
    else:
        lines = [*overview(result, content)]
    if files:
        lines += ["", "Written: " + ", ".join(map(str, files))]
    return "\n".join(lines)


def open_questions(result: OpenQuestions, content: Catalogue) -> Iterator[str]:
    """List what is still to be answered."""
    yield "No plan yet: these questions need a clear yes or no first."
    yield from _unanswered((*result.questions, *result.fields), content)
    yield "Add them under 'answers:' in the file, or run 'programgen intake' again."
    yield "If you are not sure about one of them, ask a doctor or physiotherapist."


def _unanswered(names: Iterable[str], content: Catalogue) -> Iterator[str]:
    words = content.vocabulary
    for name in names:
        question = words.screening.get(name) or words.health.get(name)
        yield bullet(f"{name}: {question.ask}" if question else f"{name} is missing in the answers")


def referral(result: Referral) -> Iterator[str]:
    """Say who to see and which answers led there."""
    yield f"No plan. {HEADINGS[result.level]}"
    yield "What led to this:"
    yield from (bullet(f.tell) for f in result.findings if f.plan == "none")
    if result.before is not None:
        yield wrapped(f"{WITHDRAWN_UNTIL} Then enter it with 'checkin --release-by NAME'.", "")


def overview(plan: Plan, content: Catalogue) -> Iterator[str]:
    """Say what the plan holds."""
    protocol = content.protocols[plan.provenance.protocol]
    yield f"Plan: {plan.goal}. {protocol.title}."
    if plan.reach == "gentle":
        yield "Running is locked: this is the gentle part only."
        if plan.level != "self-care":
            yield HEADINGS["refer"]
    first = protocol.stages[protocol.number(plan.weeks[0].stage)]
    count = "1 week" if len(plan.weeks) == 1 else f"{len(plan.weeks)} weeks"
    yield f"{count} from {plan.start}, starting at '{first.title}'."
    if plan.goal_on:
        yield f"Earliest day for the goal, if every run goes well: {plan.goal_on}."
    yield ""
    yield from (week_line(week) for week in plan.weeks)


def _mark(sessions: Iterable[Session]) -> str:
    marks = {
        "run": "run",
        "walk": "walk",
        "strength": "str",
        "cross-training": "cross",
        "mobility": "mob",
    }
    return "+".join(marks[s.kind] for s in sessions) or "rest"


def week_line(week: PlanWeek) -> str:
    """Return one line for a week."""
    cells = (
        f"{name} {_mark(day.sessions)}" for name, day in zip(SHORT_DAYS, week.days, strict=True)
    )
    return f"  {week.number:>2}  {week.stage:<4} " + ", ".join(cells)


def because(reason: Reason) -> str:
    """Return a reason with its rule and sources."""
    source = f" [{', '.join(reason.cite)}]" if reason.cite else ""
    rule = f" ({reason.rule})" if reason.rule else ""
    return f"{reason.text}{rule}{source}"


def quality_card(quality: Quality) -> Iterator[str]:
    """List what was checked on the finished file."""
    yield "Quality of this PDF:"
    for check in quality.checks:
        yield f"  {'ok  ' if check.holds else 'LOOK'} {check.name}: {check.found}"
        if check.items:
            # Names are copied from here, so none is broken at its hyphens.
            names = fill(", ".join(check.items), 81, break_on_hyphens=False)
            yield indent(names, " " * 7)


def week_detail(week: PlanWeek) -> Iterator[str]:
    """Yield every session of a week."""
    yield f"Week {week.number}, {week.first}" + ("" if week.firm else " (outlook)")
    for name, day in zip(SHORT_DAYS, week.days, strict=True):
        for session in day.sessions:
            text = write_steps(session.steps) or ", ".join(i.exercise for i in session.items)
            yield f"  {name} {session.minutes:>3} min  {session.kind}: {text}"
    yield from (bullet(because(r)) for r in week.reasons)


def sheet_lines(sheet: "Handout", content: Catalogue, files: tuple[Path, ...]) -> Iterator[str]:
    """Say what is on a quick sheet, and hint at too much of a good thing."""
    from programgen.core.handout import FEW
    from programgen.core.words import dose_text

    yield f"Sheet: {sheet.title}."
    for item in sheet.items:
        exercise = content.exercises[item.exercise]
        mark = " (set by you)" if item.edited else ""
        yield bullet(f"{exercise.words.name}: {dose_text(item.dose, exercise)}{mark}")
    if not sheet.screened:
        yield "Nobody was screened: check for warning signs yourself, or use --for."
    if len(sheet.items) > FEW:
        yield f"Hint: people do {FEW} exercises or fewer well; more are often left undone."
    if files:
        yield "Written: " + ", ".join(map(str, files))


def change_lines(changes: Iterable[Change]) -> Iterator[str]:
    """List differences, each cause once, before what it changed."""
    cause = None
    for change in changes:
        reason = change.reason
        if reason and change.is_cause:
            cause = reason
            yield bullet(change.text + (f" ({reason.rule})" if reason.rule else ""))
            continue
        if reason and reason != cause:
            cause = reason
            yield wrapped(f"Because: {because(reason)}")
        week = f"Week {change.week}: " if change.week else ""
        yield bullet(week + change.text)
    if cause is None and not changes:
        yield "Nothing is different."


def update_summary(made: "Updated", content: Catalogue) -> str:
    """Say in a few lines what became of a plan."""
    result = made.result
    if isinstance(result, Plan) and not made.is_new:
        lines = ["Nothing has changed: the plan stays as it is."]
        lines += [*_on_hold(result, content)]
    elif isinstance(result, Referral):
        # Who to see was said before the plan was written.
        lines = [] if made.is_new else ["The plan is withdrawn.", *referral(result)]
    else:
        lines = [f"Version {result.provenance.version} of the plan.", *_ahead(result)]
        first = result.standing.open_from if result.standing else result.start
        lines += ["", *_on_hold(result, content), *next_sessions(result, first)]
    if made.kept:
        lines += ["", f"The version before is kept in {made.kept}."]
    return "\n".join(lines)


def _ahead(plan: Plan) -> Iterator[str]:
    """Yield what has changed, or that nothing has of what is still to come."""
    yield from change_lines(plan.changes) if plan.changes else ["Nothing ahead has changed."]


def withdrawn(result: Referral) -> None:
    """Say at once that the plan is withdrawn, and who to see."""
    click.echo("\n".join(["The plan is withdrawn.", *referral(result)]))


def _on_hold(plan: Plan, content: Catalogue) -> Iterator[str]:
    """Say that running is on hold or rests, what ends that, and what is to be answered."""
    standing = plan.standing
    if standing is None:
        return
    if plan.waiting:
        yield "No running and no strength work until these questions are answered:"
        yield from _unanswered(plan.waiting, content)
        yield wrapped("Answer them with: programgen checkin PLAN --week", "")
        text = "If one of these signs may be there, do not wait: get medical help now."
        yield wrapped(text, "")
    elif standing.held:
        yield wrapped(f"Running is on hold. {standing.held.text}", "")
    elif standing.rest_until and standing.rest_until > standing.open_from:
        yield f"No run before {day_text(standing.rest_until)}."


def next_sessions(plan: Plan, first: date) -> Iterator[str]:
    """Name what comes next, from the day *first* on."""
    ahead = [p for week in plan.weeks for p in week.placed if p.day >= first]
    day = ahead[0].day if ahead else None
    yield "Next:" if day else "Nothing is planned."
    for placed in ahead:
        if placed.day == day:
            steps = f": {steps_text(placed.session.steps)}" if placed.session.stage else ""
            yield bullet(f"{day_text(placed.day)}: {placed.session.title}{steps}")
