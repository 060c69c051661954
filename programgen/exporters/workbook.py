"""A workbook to print, to calculate with and to fill in (``.xlsx``)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO
from math import ceil
from typing import Any, Literal
from zipfile import ZipFile

from programgen.core.catalogue import Catalogue
from programgen.core.log_sheet import (
    ACTIVITIES,
    ANSWERS,
    DONE,
    LOG,
    SESSION,
    SESSIONS,
    WEEK,
    WEEKLY_LOG,
    WHERE,
    Column,
    session_word,
)
from programgen.core.plan import Placed, Plan, PlanWeek, Referral
from programgen.core.words import DRAFT, PURPOSE, clean, date_text, reference_text
from programgen.exporters.archive import zipped
from programgen.exporters.base import Export, as_plan, weeks_of
from programgen.exporters.tables import (
    HEADS,
    WEEK_HEADS,
    Cell,
    is_formula,
    step_rows,
    week_rows,
)

EXTRA = "tables"

_PAINFUL = ("before", "during", "after", "morning")
"""Fields of the log for pain, 0 to 10."""

_LIGHT, _SHADE = "CFDDE2", "EDEDED"
"""Colours of heads, and of cells that stay empty."""

_LINE, _HIGHEST = 15, 400
"""Points: height of a line, and the highest row that a spreadsheet takes."""

_WEEKLY_WIDTHS = (12, 12, 12, 10, 10, 48, 20)


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

    def width(self, column: int) -> int:
        """Return the width of a column, counted from 1."""
        return self.widths[min(column, len(self.widths)) - 1]


def export(plan: Plan | Referral, export: Export) -> bytes:
    """Return the sheets Weeks, Steps, Log, Weekly log and About, for the plan or one week.

    The two logs have the columns of the log sheet on paper. Filled in, a check-in reads
    them as they are.
    """
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    weeks, made = weeks_of(plan, export), as_plan(plan)
    about = made.provenance
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in (
        _Sheet("Weeks", WEEK_HEADS, week_rows(made, weeks), (16, 23)),
        _Sheet("Steps", HEADS, step_rows(plan, export), _step_widths(), page=False),
        _Sheet(LOG, _heads(SESSION), _log(weeks), (15, 14, 7, 9, 9, 9, 9, 9, 16, 8, 11, 11, 8)),
        _Sheet(WEEKLY_LOG, ("Day", *_heads(WEEK)), _weekly(made, weeks), _WEEKLY_WIDTHS),
        _Sheet("About", ("About", ""), _about(made, export), (24, 100)),
    ):
        _draw(book, sheet, f"Plan {about.plan}, version {about.version}")
    _shape_log(book[LOG], weeks)
    _shape_weekly_log(book[WEEKLY_LOG])
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


def _heads(columns: Iterable[Column]) -> tuple[str, ...]:
    return tuple(column.heading for column in columns)


def _log(weeks: Iterable[PlanWeek]) -> Iterator[tuple[Cell, ...]]:
    """Yield a row of the log for each session that nobody has reported yet."""
    for placed in _unreported(weeks):
        yield (placed.day, session_word(placed.session), *[None] * (len(SESSION) - 2))


def _unreported(weeks: Iterable[PlanWeek]) -> Iterator[Placed]:
    return (p for week in weeks for p in week.placed if p.session.outcome is None)


def _weekly(plan: Plan, weeks: Iterable[PlanWeek]) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for the end of each week that this version still decides."""
    first = plan.standing.open_from if plan.standing else plan.start
    for week in weeks:
        if week.days[-1].day >= first:
            yield (week.days[-1].day, *[None] * len(WEEK))


def _about(plan: Plan, export: Export) -> Iterator[tuple[Cell, Cell]]:
    """Yield what the workbook rests on, line by line."""
    about, content = plan.provenance, export.content
    if export.identify and plan.intake.who.name:
        yield "For", plan.intake.who.name
    if plan.standing and plan.standing.held:
        yield "Running is on hold", plan.standing.held.text
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
    yield (
        "To report",
        (
            f"Fill in the sheets '{LOG}' and '{WEEKLY_LOG}', save, and run "
            "'programgen checkin PLAN --from FILE'. Lines left empty are skipped."
        ),
    )
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
    wrapped = Alignment(wrap_text=True, vertical="top", horizontal="left")
    bold, shade = Font(name="Calibri", size=11, bold=True), PatternFill("solid", fgColor=_LIGHT)
    for row, cells in enumerate((sheet.heads, *sheet.rows), 1):
        for column, value in enumerate(cells, 1):
            cell = drawn.cell(row, column)
            _fill(cell, value)
            if row == 1 or sheet.page:
                cell.alignment = wrapped
            if row == 1:
                cell.font, cell.fill = bold, shade
        if row == 1 or sheet.page:
            # Not every spreadsheet makes a row as high as its text when it opens a file.
            drawn.row_dimensions[row].height = min(_LINE * _lines(cells, sheet), _HIGHEST)
    for column in range(1, len(sheet.heads) + 1):
        drawn.column_dimensions[get_column_letter(column)].width = sheet.width(column)
    if not sheet.page:
        drawn.auto_filter.ref = drawn.dimensions
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


def _lines(cells: Iterable[Cell], sheet: _Sheet) -> int:
    """Return how many lines the fullest cell of a row needs."""
    return max(
        sum(max(1, ceil(len(line) / (sheet.width(n) - 1))) for line in str(cell).split("\n"))
        for n, cell in enumerate(cells, 1)
    )


def _fill(cell: Any, value: Cell) -> None:
    """Write a value; text stays text, also after somebody has edited the cell."""
    if isinstance(value, str):
        text = clean(value)
        cell.value = text
        cell.data_type = "s"
        if is_formula(text):
            cell.quotePrefix = True
    elif value is not None:
        cell.value = value


def _shape_log(drawn: Any, weeks: Iterable[PlanWeek]) -> None:
    """Offer the words to choose from, take only 0 to 10 for pain, and shade the rest.

    Words are offered and not forced: a tick is understood as well.
    """
    from openpyxl.styles import PatternFill
    from openpyxl.utils import get_column_letter

    for cell in drawn["A"][1:]:
        cell.number_format = "ddd yyyy-mm-dd"
    at = {column.field: get_column_letter(n) for n, column in enumerate(SESSION, 1)}
    for field, words in (
        ("session", tuple(word for _, word in SESSIONS)),
        ("done", tuple(word for _, word in DONE)),
        ("where", tuple(word for _, word in WHERE)),
        *((field, ANSWERS) for field in ("limp", "spot", "night")),
    ):
        hint = next(column.hint for column in SESSION if column.field == field)
        _offer(drawn, at[field], words, hint.removeprefix("ring one").lstrip("; "))
    for field in (*_PAINFUL, "effort"):
        _numbers(drawn, at[field], (0, 10), f"0 to 10: {_title(SESSION, field)}")
    _numbers(drawn, at["run"], (0, 1440), "Minutes of running; of a walk, of walking", "decimal")
    unasked = PatternFill("solid", fgColor=_SHADE)
    pains = [n for n, column in enumerate(SESSION) if column.field in _PAINFUL]
    for row, placed in enumerate(_unreported(weeks), 2):
        if placed.session.kind == "mobility":
            for pain in pains:
                drawn[row][pain].fill = unasked


def _shape_weekly_log(drawn: Any) -> None:
    """Take only the scores that are asked for."""
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(WEEK, 2):
        letter = get_column_letter(number)
        if column.field == "activities":
            example = ACTIVITIES[0]
            _hint(drawn, letter, f"Each with its score, {column.hint}: '{example}: 4, stairs: 7'")
        else:
            least, most = (-5, 5) if column.field == "change" else (0, 10)
            _numbers(drawn, letter, (least, most), f"{column.heading}: {column.hint}")


def _title(columns: Iterable[Column], field: str) -> str:
    return next(column.heading for column in columns if column.field == field)


def _offer(drawn: Any, column: str, words: Sequence[str], hint: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    listed = DataValidation("list", formula1=f'"{",".join(words)}"', showErrorMessage=False)
    if hint:
        listed.showInputMessage, listed.prompt = True, hint
    listed.add(f"{column}2:{column}2000")
    drawn.add_data_validation(listed)


def _numbers(
    drawn: Any,
    column: str,
    span: tuple[int, int],
    hint: str,
    kind: Literal["whole", "decimal"] = "whole",
) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    least, most = span
    asked = DataValidation(kind, operator="between", formula1=str(least), formula2=str(most))
    asked.showErrorMessage = asked.showInputMessage = True
    asked.prompt, asked.errorTitle = hint, "Not a number of this column"
    word = "a whole number" if kind == "whole" else "a number"
    asked.error = f"Write {word} from {least} to {most}, or leave it open."
    asked.add(f"{column}2:{column}2000")
    drawn.add_data_validation(asked)


def _hint(drawn: Any, column: str, hint: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    shown = DataValidation(None, showErrorMessage=False, showInputMessage=True, prompt=hint)
    shown.add(f"{column}2:{column}2000")
    drawn.add_data_validation(shown)
