"""Tables of a plan, read back with csv and openpyxl."""

import csv
import subprocess
import sys
from dataclasses import replace
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from programgen import service
from programgen.cli import main
from programgen.exporters.tables import guarded
from programgen.render.log_sheet import log_view
from tests.conftest import TODAY, a_runner, planned
from tests.exporters.plans import a_plan, bouts, some_plans, with_session, written

RUNNER = Path(__file__).parents[2] / "examples" / "runner.yaml"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
HOSTILE = (
    '=HYPERLINK("file:///etc/passwd")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\t=1+1",
    "'tis",
    "''=1",
    "Füße über Öl, „Zitat“",
    "مرحبا بالعالم",
    "🏃‍♀️ 🇩🇪 family: 👨‍👩‍👧",
    'a "quote", a comma; a semicolon\nand a line',
    "x" * 10_000,
)


def plain(cell: str) -> str:
    """Take away the apostrophe that keeps text from being a formula."""
    return cell.removeprefix("'")


def table(raw: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV file by the heads of the columns."""
    return list(csv.DictReader(StringIO(raw.decode("utf-8-sig"), newline="")))


def book_of(raw: bytes):
    """Open a workbook."""
    return openpyxl.load_workbook(BytesIO(raw))


def sheet(book, name: str) -> list[dict]:
    """Return the rows of a sheet by the heads of the columns."""
    heads, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def text_of(value) -> str:
    """Return a cell of a workbook as CSV has it."""
    return "" if value is None else str(value.date() if hasattr(value, "date") else value)


def sessions(rows) -> list[tuple]:
    """Return the sessions that rows of steps tell of, with every bout in seconds."""
    found: dict[tuple, list] = {}
    for row in rows:
        key = (row["week"], row["date"], row["slot"], row["kind"], row["session minutes"])
        found.setdefault(key, []).append(row)
    return [(*key, _bouts(steps), _items(steps)) for key, steps in found.items()]


def _bouts(rows) -> list[tuple[str, int]]:
    done, number = [], None
    moving = [row for row in rows if row["what"] != "exercise"]
    for row in moving:
        if row["step"] != number:
            number = row["step"]
            together = [r for r in moving if r["step"] == number]
            done += [(r["what"], round(float(r["minutes"]) * 60)) for r in together] * int(
                row["repeat"]
            )
    return done


def _items(rows) -> list[tuple[str, str, int]]:
    return [(r["exercise"], r["part"], int(r["repeat"])) for r in rows if r["what"] == "exercise"]


def told(plan) -> list[tuple]:
    """Return the sessions of a plan as rows of text tell them."""
    order = ("warm-up", "main", "cool-down")
    return [
        (
            str(week.number),
            str(placed.day),
            placed.slot,
            placed.session.kind,
            str(placed.session.minutes),
            bouts(placed.session),
            [
                (i.exercise, i.part, i.dose.sets)
                for i in sorted(placed.session.items, key=lambda i: order.index(i.part))
            ],
        )
        for week in plan.weeks
        for placed in week.placed
    ]


@settings(max_examples=20)
@given(some_plans)
def test_the_steps_say_what_the_plan_says(plan):
    """Same sessions, dates, minutes, repeats, exercises and rounds."""
    assert sessions(table(written(".csv", plan))) == told(plan)


@settings(max_examples=3)
@given(some_plans)
def test_the_workbook_has_the_same_rows(plan):
    """The sheets of the workbook hold what the two CSV files hold."""
    book = book_of(written(".xlsx", plan))
    steps = [{k: text_of(v) for k, v in row.items()} for row in sheet(book, "Steps")]
    weeks = [list(row.values()) for row in sheet(book, "Weeks")]

    assert steps == table(written(".csv", plan))
    assert [[v or "" for v in row] for row in weeks] == [
        list(row.values()) for row in table(written(".grid.csv", plan))
    ]


@settings(max_examples=6)
@given(some_plans)
def test_the_grid_has_each_session_on_its_day(plan):
    """Weeks down, Monday to Sunday across; nothing before the first day."""
    rows = table(written(".grid.csv", plan))

    assert list(rows[0]) == ["Week", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    for row, week in zip(rows, plan.weeks, strict=True):
        name, *cells = row.values()

        assert name.startswith(f"Week {week.number}\n")
        assert name.endswith("Outlook") == (not week.firm)
        for cell, day in zip(cells, week.days, strict=True):
            shown = [f"{s.title}, {s.minutes} min" for s in day.sessions]
            early = day.day < plan.start

            assert [line for line in cell.splitlines() if line in shown] == shown
            assert cell.startswith("Rest") == (not day.sessions and not early)
            assert cell or early


def test_one_week_alone():
    """--week keeps the other weeks out of every table."""
    plan = a_plan()
    book = book_of(written(".xlsx", plan, week=2))

    assert {row["week"] for row in table(written(".csv", plan, week=2))} == {"2"}
    assert len(table(written(".grid.csv", plan, week=2))) == 1
    assert {row["Day"].isocalendar().week for row in sheet(book, "Log")} == {
        plan.weeks[1].first.isocalendar().week
    }
    assert len(sheet(book, "Weekly log")) == 1


@given(st.text())
def test_guarded_text_is_never_a_formula_and_is_never_lost(text):
    """An apostrophe keeps it text; taking one away gives it back, whatever it was."""
    safe = guarded(text)

    assert not safe.startswith(FORMULA)
    assert plain(safe) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_survives_and_none_is_calculated(content, text):
    """Titles, names, notes: what goes in comes out, and no cell is a formula."""
    clinician = {"name": "A B", "reviewed_on": TODAY, "note": "text"}
    plan = with_session(planned(content, a_runner(content, {"clinician": clinician})), title=text)
    signed = plan.intake.clinician.model_copy(update={"note": text})
    plan = plan.model_copy(update={"intake": plan.intake.model_copy(update={"clinician": signed})})
    used = content.exercises[plan.exercises[0]]
    words = used.words.model_copy(update={"name": text})
    renamed = {used.id: used.model_copy(update={"words": words})}
    hostile = replace(content, exercises={**content.exercises, **renamed})
    raw = written(".csv", plan, hostile)
    rows = table(raw)
    book = book_of(written(".xlsx", plan, hostile))
    cells = [cell for drawn in book for line in drawn.iter_rows() for cell in line]
    steps, about = sheet(book, "Steps"), dict(book["About"].iter_rows(values_only=True))
    grid = [c for row in table(written(".grid.csv", plan, hostile)) for c in row.values()]

    assert plain(rows[0]["session"]) == text
    assert text in {plain(row["name"]) for row in rows if row["exercise"] == used.id}
    assert any(plain(cell).startswith(f"{text}, ") for cell in grid)
    assert not any(c.startswith(FORMULA) for row in rows for c in row.values())
    assert not any(cell.startswith(FORMULA) for cell in grid)
    assert steps[0]["session"] == text
    assert text in {row["name"] for row in steps if row["exercise"] == used.id}
    assert about["Note"] == text
    assert not any(cell.data_type == "f" for cell in cells)
    assert all(cell.quotePrefix for cell in cells if cell.value == text and text[0] in FORMULA)


def test_signs_that_no_workbook_can_hold_are_left_out():
    """A control sign in a title does not stop the export."""
    plan = with_session(a_plan(), title="a\x00\x07\ufffeb")

    assert sheet(book_of(written(".xlsx", plan)), "Steps")[0]["session"] == "ab"


def test_the_logs_are_those_on_paper():
    """A row for each session, empty, with the columns of the log sheet in their order."""
    plan = a_plan()
    book = book_of(written(".xlsx", plan))
    log, weekly = sheet(book, "Log"), sheet(book, "Weekly log")
    paper = log_view(plan.weeks[0])
    placed = [p for week in plan.weeks for p in week.placed]

    assert list(log[0]) == [column.heading for column in paper.columns]
    assert list(weekly[0]) == ["Day", *(column.heading for column in paper.week)]
    assert [r["Day"].date() for r in log] == [p.day for p in placed]
    assert [r["Session"] for r in log][: len(plan.weeks[0].placed)] == [
        row.session for row in paper.rows if row.day
    ]
    assert [r["Day"].date() for r in weekly] == [week.days[-1].day for week in plan.weeks]
    assert all(v is None for r in log for v in [*r.values()][2:])
    assert all(v is None for r in weekly for v in [*r.values()][1:])


def test_every_row_is_as_high_as_its_text():
    """Nothing is covered where a spreadsheet does not make rows higher by itself."""
    book = book_of(written(".xlsx", a_plan()))
    for name in ("Weeks", "About"):
        drawn = book[name]
        for row in drawn.iter_rows():
            lines = max(str(cell.value or "").count("\n") + 1 for cell in row)

            assert drawn.row_dimensions[row[0].row].height >= 15 * lines


def test_the_workbook_prints_one_page_wide():
    """Landscape, fitted to the width, the head on every page and always in sight."""
    for drawn in book_of(written(".xlsx", a_plan())):
        assert drawn.page_setup.orientation == "landscape"
        assert drawn.page_setup.fitToWidth == 1
        assert drawn.page_setup.fitToHeight == 0
        assert drawn.sheet_properties.pageSetUpPr.fitToPage
        assert drawn.print_title_rows == "$1:$1"
        assert drawn.freeze_panes in {"A2", "B2"}


def test_a_name_is_written_only_when_asked_for(content):
    """Without --identify no table tells whose plan it is."""
    plan = planned(content, a_runner(content, {"who": {"name": "Zoë Quill"}}))
    endings = (".csv", ".grid.csv", ".xlsx")
    asked = book_of(written(".xlsx", plan, identify=True))

    assert ("For", "Zoë Quill") in asked["About"].iter_rows(values_only=True)
    for ending in endings:
        raw = written(ending, plan)
        parts = [raw]
        if ending == ".xlsx":
            with ZipFile(BytesIO(raw)) as archive:
                parts = [archive.read(name) for name in archive.namelist()]

        assert not any(b"Quill" in part for part in parts)


def test_the_same_plan_gives_the_same_bytes():
    """No clock: every part of the workbook is dated like the plan."""
    plan = a_plan()
    made = plan.provenance.made_on
    for ending in (".csv", ".grid.csv", ".xlsx", ".txt"):
        assert written(ending, plan) == written(ending, plan)
    raw = written(".xlsx", plan)
    with ZipFile(BytesIO(raw)) as archive:
        dates = {entry.date_time[:3] for entry in archive.infolist()}
    properties = book_of(raw).properties

    assert dates == {(made.year, made.month, made.day)}
    assert properties.created.date() == properties.modified.date() == made


def test_a_spreadsheet_knows_the_encoding():
    """The mark at the beginning tells it that the text is UTF-8."""
    assert written(".csv", a_plan()).startswith(b"\xef\xbb\xbfweek,")


def test_the_runner_as_a_table(golden, content):
    """The example is written as it was read and found right."""
    intake = service.read_intake(RUNNER, content, TODAY)
    plan = planned(content, intake, start=date(2026, 12, 7))

    golden("runner.csv", written(".csv", plan).decode("utf-8-sig").replace("\r\n", "\n"))


def test_a_table_loads_nothing_heavy(tmp_path):
    """A .csv needs no package of another format."""
    saved, out = tmp_path / "plan.json", tmp_path / "plan.csv"
    saved.write_text(a_plan().model_dump_json(exclude_none=True))
    code = (
        "import sys\nfrom programgen.cli import main\n"
        f"try: main(['export', {str(saved)!r}, '-o', {str(out)!r}])\nexcept SystemExit: pass\n"
        "heavy = {'openpyxl', 'fit_tool', 'icalendar', 'fhir', 'weasyprint'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.read_bytes() == written(".csv", a_plan())
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_command_writes_all_or_nothing(tmp_path):
    """One command makes every format; a .fit of many runs stops all of them."""
    saved = tmp_path / "plan.json"
    saved.write_text(a_plan().model_dump_json(exclude_none=True))
    outputs = [tmp_path / f"p.{kind}" for kind in ("csv", "grid.csv", "xlsx", "zip", "txt")]
    words = ["export", str(saved), *(w for path in outputs for w in ("-o", str(path)))]
    refused = CliRunner().invoke(main, [*words, "-o", str(tmp_path / "p.fit")])
    left = sorted(path.name for path in tmp_path.iterdir())
    done = CliRunner().invoke(main, words)

    assert refused.exit_code == 1
    assert "ends in .zip" in refused.output
    assert left == ["plan.json"]
    assert done.exit_code == 0, done.output
    assert all(path.stat().st_size for path in outputs)
