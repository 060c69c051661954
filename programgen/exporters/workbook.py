"""A workbook to print, to calculate with and to fill in (``.xlsx``)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Plan, PlanWeek, Referral
from programgen.core.words import DRAFT, PURPOSE, WEEKDAYS, date_text, reference_text
from programgen.exporters.archive import zipped
from programgen.exporters.base import Export, as_plan, weeks_of
from programgen.exporters.tables import (
    HEADS,
    WEEK_HEADS,
    Cell,
    is_formula,
    session_lines,
    step_rows,
    week_rows,
)

EXTRA = "tables"

LOG_HEADS = (
    "Week", "Day", "Date", "Session", "What to do",
    "Done", "Worst pain 0–10", "Pain next morning",
)  # fmt: skip
"""Heads of the log; the last three are those of the handout."""

_PAIN = slice(6, 8)
"""Columns of the log for pain, 0 to 10: G and H."""

_LIGHT, _SHADE = "CFDDE2", "EDEDED"
"""Colours of heads, and of cells that stay empty."""


_NO_SIGNS = re.compile(r"[^\t\n\x20-\x7e\x80-\ufffd\U00010000-\U0010ffff]")
"""Signs that a workbook cannot hold, and others that nobody can read."""


@dataclass(frozen=True)
class _Sheet:
    """A sheet before it is drawn."""

    title: str
    heads: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]
    widths: tuple[int, ...]
    """Of the columns, in signs; the last goes on."""
    page: bool = True
    """Wrapped text, as on paper; without it one line a row, which is quicker, too."""


def export(plan: Plan | Referral, export: Export) -> bytes:
    """Return the sheets Weeks, Steps, Log and About, for the plan or one week."""
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    weeks, made = weeks_of(plan, export), as_plan(plan)
    about = made.provenance
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in (
        _Sheet("Weeks", WEEK_HEADS, week_rows(made, weeks), (16, 23)),
        _Sheet("Steps", HEADS, step_rows(plan, export), _step_widths(), page=False),
        _Sheet("Log", LOG_HEADS, _log(weeks), (7, 6, 12, 17, 60, 8, 12, 12)),
        _Sheet("About", ("About", ""), _about(made, export), (24, 100)),
    ):
        _draw(book, sheet, f"Plan {about.plan}, version {about.version}")
    _shape_log(book["Log"], weeks)
    book.properties.creator = f"programgen {about.program}"
    book.properties.created = book.properties.modified = datetime.combine(about.made_on, time())
    found = BytesIO()
    ExcelWriter(book, ZipFile(found, "w")).save()
    # Again, because each part carries the time at which it was packed.
    with ZipFile(found) as packed:
        parts = [(name, packed.read(name)) for name in packed.namelist()]
    return zipped(parts, about.made_on)


def _step_widths() -> tuple[int, ...]:
    wide = {"date": 12, "slot": 17, "kind": 14, "session": 24, "what": 10, "exercise": 28}
    wide |= {"name": 32, "dose": 40, "plan": 14}
    return tuple(wide.get(head, max(8, len(head) + 1)) for head in HEADS)


def _log(weeks: Iterable[PlanWeek]) -> Iterator[tuple[Cell, ...]]:
    """Yield an empty row of the log for each session."""
    for week in weeks:
        for slot, day, session in week.placed:
            what = "\n".join(session_lines(session))
            yield (week.number, WEEKDAYS[day.weekday()], day, slot, what, None, None, None)


def _about(plan: Plan, export: Export) -> Iterator[tuple[Cell, Cell]]:
    """Yield what the workbook rests on, line by line."""
    about, content = plan.provenance, export.content
    if export.identify and plan.intake.who.name:
        yield "For", plan.intake.who.name
    yield "Goal", plan.goal
    if plan.goal_on:
        yield "Earliest day", f"{date_text(plan.goal_on)}, if every run goes well"
    if plan.intake.clinician and plan.intake.clinician.note:
        yield "Note", plan.intake.clinician.note
    yield "Use until", plan.valid_until
    yield "Made on", about.made_on
    yield "Plan", about.plan
    yield "Version", about.version
    yield "Ladder", content.protocols[about.protocol].title
    yield "programgen", about.program
    yield "Content", about.catalogue
    yield "What it is", PURPOSE
    if about.draft:
        yield "Draft", DRAFT
    yield "If it hurts more", "The handout says when to stop, to go back and to call for help."
    for number, source in enumerate(_sources(plan, content), 1):
        yield f"Source {number}", source


def _sources(plan: Plan, content: Catalogue) -> Iterator[str]:
    """Yield the sources of the reasons and of the exercises, each once."""
    reasons = (
        *plan.reasons,
        *plan.why.values(),
        *(reason for week in plan.weeks for reason in week.reasons),
        *(r for week in plan.weeks for p in week.placed for r in p.session.reasons),
    )
    keys = [key for reason in reasons for key in reason.cite]
    keys += [key for found in plan.findings for key in found.cite]
    items = (i.exercise for week in plan.weeks for p in week.placed for i in p.session.items)
    keys += [e.cite for name in dict.fromkeys(items) for e in content.exercises[name].evidence]
    for key in dict.fromkeys(keys):
        if key in content.references:
            yield reference_text(content.references[key])


def _draw(book: Any, sheet: _Sheet, foot: str) -> None:
    """Draw a sheet that prints one page wide, with its head on each page."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    drawn = book.create_sheet(sheet.title)
    wrapped = Alignment(wrap_text=True, vertical="top")
    bold, shade = Font(bold=True), PatternFill("solid", fgColor=_LIGHT)
    for row, cells in enumerate((sheet.heads, *sheet.rows), 1):
        for column, value in enumerate(cells, 1):
            cell = drawn.cell(row, column)
            _fill(cell, value)
            if row == 1 or sheet.page:
                cell.alignment = wrapped
            if row == 1:
                cell.font, cell.fill = bold, shade
    for column in range(1, len(sheet.heads) + 1):
        width = sheet.widths[min(column, len(sheet.widths)) - 1]
        drawn.column_dimensions[get_column_letter(column)].width = width
    drawn.freeze_panes = "B2" if sheet.title == "Weeks" else "A2"
    drawn.print_title_rows = "1:1"
    drawn.print_options.gridLines = True
    drawn.page_setup.orientation = "landscape"
    drawn.page_setup.paperSize = drawn.PAPERSIZE_A4
    drawn.page_setup.fitToWidth, drawn.page_setup.fitToHeight = 1, 0
    drawn.sheet_properties.pageSetUpPr.fitToPage = True
    drawn.page_margins.left = drawn.page_margins.right = 0.4
    drawn.oddFooter.left.text = foot
    drawn.oddFooter.right.text = "&P / &N"


def _fill(cell: Any, value: Cell) -> None:
    """Write a value; text stays text, also after somebody has edited the cell."""
    if isinstance(value, str):
        text = _NO_SIGNS.sub("", value)
        cell.value = text
        cell.data_type = "s"
        if is_formula(text):
            cell.quotePrefix = True
    elif value is not None:
        cell.value = value


def _shape_log(drawn: Any, weeks: Iterable[PlanWeek]) -> None:
    """Take only 0 to 10 for pain, and shade the cells of sessions that are not asked for it."""
    from openpyxl.styles import PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    pain = DataValidation("whole", operator="between", formula1="0", formula2="10")
    pain.error, pain.errorTitle = "Write a whole number from 0 to 10.", "Pain"
    pain.add("G2:H2000")
    drawn.add_data_validation(pain)
    unasked = PatternFill("solid", fgColor=_SHADE)
    sessions = (placed.session for week in weeks for placed in week.placed)
    for row, session in enumerate(sessions, 2):
        if session.kind == "mobility":
            for cell in drawn[row][_PAIN]:
                cell.fill = unasked
