"""A plan as rows, and text that no spreadsheet takes for a formula."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from io import StringIO
from typing import NamedTuple

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Item, Placed, Plan, PlanDay, PlanWeek, Referral, Session
from programgen.core.words import WEEKDAYS, clean, day_text, dose_text, steps_text
from programgen.exporters.base import Export, weeks_of

Cell = str | int | float | date | None

_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""First signs of a cell that spreadsheets calculate; the wide ones of East Asia count."""


class StepRow(NamedTuple):
    """One step of a session: a walk, a run or an exercise. Its fields are the columns."""

    week: int
    """Number of the week."""
    outlook: str
    """'yes' where the week holds only if every session before goes well."""
    date: date
    day: str
    """Mon to Sun."""
    slot: str
    """Place of the session in the week, such as run-2."""
    kind: str
    """run, walk, strength, mobility or cross-training."""
    session: str
    """Title of the session."""
    longest: str
    """'yes' at the longest run of the week."""
    session_minutes: int
    """All of the session."""
    stage: str | None
    """Stage of the ladder."""
    place: str
    part: str
    """warm-up, main or cool-down."""
    step: int
    """Counted in the session; what is repeated together has one number."""
    repeat: int
    """How often the step is done; rounds of an exercise."""
    what: str
    """walk, run or exercise."""
    minutes: float | None
    """Of one repeat, where it is timed."""
    exercise: str | None
    """Identifier in the catalogue."""
    name: str | None
    """Name of the exercise."""
    dose: str | None
    """Dose in words."""
    set_by_clinician: str
    """'yes' where the clinician has changed the dose."""
    plan: str
    """Identity of the plan."""
    version: int
    """Version of the plan."""


HEADS = tuple(name.replace("_", " ") for name in StepRow._fields)
"""Heads of the columns of the steps."""

WEEK_HEADS = ("Week", *WEEKDAYS)
"""Heads of the columns of the weeks."""


class _Doing(NamedTuple):
    """What differs between the steps of a session."""

    part: str
    step: int
    repeat: int
    what: str
    time: timedelta | None
    item: Item | None = None


def step_rows(plan: Plan | Referral, export: Export) -> Iterator[StepRow]:
    """Yield one row for each step of each session.

    Raises:
        ProgramgenError: nothing is planned any more, or the plan has no such week.
    """
    provenance = plan.provenance
    for week in weeks_of(plan, export):
        for placed in week.placed:
            for doing in _doings(placed.session):
                yield _row(week, placed, doing, provenance.plan, provenance.version, export.content)


def _row(
    week: PlanWeek, placed: Placed, doing: _Doing, plan: str, version: int, content: Catalogue
) -> StepRow:
    session, item = placed.session, doing.item
    exercise = content.exercises[item.exercise] if item else None
    return StepRow(
        week=week.number,
        outlook=_yes(not week.firm),
        date=placed.day,
        day=WEEKDAYS[placed.day.weekday()],
        slot=placed.slot,
        kind=session.kind,
        session=session.title,
        longest=_yes(session.key),
        session_minutes=session.minutes,
        stage=session.stage,
        place=content.vocabulary.places[session.place].name,
        part=doing.part,
        step=doing.step,
        repeat=doing.repeat,
        what=doing.what,
        minutes=_minutes(doing.time) if doing.time else None,
        exercise=item.exercise if item else None,
        name=exercise.words.name if exercise else None,
        dose=dose_text(item.dose, exercise) if item and exercise else None,
        set_by_clinician=_yes(item is not None and item.edited),
        plan=plan,
        version=version,
    )


def _minutes(span: timedelta) -> int | float:
    """Return minutes, to the second: three digits are enough to tell seconds apart."""
    found = round(span.total_seconds() / 60, 3)
    return int(found) if found.is_integer() else found


def _yes(true: bool) -> str:  # noqa: FBT001
    return "yes" if true else ""


def _doings(session: Session) -> Iterator[_Doing]:
    """Yield the steps in the order in which they are done."""
    number = 0
    if session.warm_up:
        number += 1
        yield _Doing("warm-up", number, 1, "walk", session.warm_up)
    for part in ("warm-up", "main", "cool-down"):
        if part == "main":
            for step in session.steps:
                number += 1
                for bout in step.bouts:
                    yield _Doing("main", number, step.repeat, bout.move, bout.time)
        if part == "cool-down" and session.cool_down:
            number += 1
            yield _Doing("cool-down", number, 1, "walk", session.cool_down)
        for item in session.items:
            if item.part == part:
                number += 1
                dose = item.dose
                yield _Doing(part, number, dose.sets, "exercise", dose.time, item)


def week_rows(plan: Plan, weeks: Iterable[PlanWeek]) -> Iterator[tuple[str, ...]]:
    """Yield one row for each week: its name, then what is done from Monday to Sunday."""
    for week in weeks:
        last = week.days[-1].day
        outlook = "" if week.firm else "\nOutlook"
        name = f"Week {week.number}\n{day_text(week.first)} to {day_text(last)}{outlook}"
        yield (name, *(_day(day, plan) for day in week.days))


def _day(day: PlanDay, plan: Plan) -> str:
    """Return a day in as many lines as it needs; nothing before the plan begins."""
    if day.day < plan.start:
        return day.note or ""
    lines = [line for session in day.sessions for line in session_lines(session)]
    return "\n".join((*(lines or ["Rest"]), *([day.note] if day.note else [])))


def session_lines(session: Session) -> Iterator[str]:
    """Yield a session in short: title and minutes, then the runs and walks."""
    yield f"{session.title}, {session.minutes} min"
    if session.steps:
        yield steps_text(session.steps, session.warm_up, session.cool_down)


def guarded(cell: Cell) -> Cell:
    """Return a cell that a spreadsheet takes for text if it is text.

    An apostrophe goes before what would be a formula, and before an apostrophe, so that
    taking one away always gives the text back.

    >>> guarded("=1+1"), guarded("'tis"), guarded("Walk"), guarded(-1)
    ("'=1+1", "''tis", 'Walk', -1)
    """
    if isinstance(cell, str) and (is_formula(cell) or cell.startswith("'")):
        return f"'{cell}"
    return cell


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet could take a text for a formula."""
    return text[:1] in _FORMULA


def csv_bytes(rows: Iterable[Iterable[Cell]]) -> bytes:
    """Return rows as CSV in UTF-8, with the mark that spreadsheets need to read it so."""
    found = StringIO(newline="")
    csv.writer(found).writerows([_written(cell) for cell in row] for row in rows)
    return found.getvalue().encode("utf-8-sig")


def _written(cell: Cell) -> Cell:
    return guarded(clean(cell) if isinstance(cell, str) else cell)
