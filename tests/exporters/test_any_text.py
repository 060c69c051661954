"""Whatever people type, in every format: it stays text, and nothing breaks.

Every free text of a saved plan is replaced, also where the program itself would write it,
because a saved plan can be changed by hand.
"""

import csv
import json
import re
from collections import Counter
from datetime import time
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import fitdecode
import openpyxl
import pypdf
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from programgen import service
from programgen.cli import main
from programgen.core.plan import Plan, Referral
from programgen.core.words import clean
from programgen.exporters.base import Export, endings, exported, holds
from tests.exporters.test_calendar_file import by_ical_js, by_vobject
from tests.exporters.test_calendar_file import saved as calendars
from tests.exporters.test_workout_text import workouts
from tests.replanned import after_a_bad_run, stopped

ROOT = Path(__file__).parents[2]
CONTENT = service.catalogue()
FREE = frozenset({"title", "text", "name", "note", "goal", "tell", "because", "effort", "gate"})
"""Keys of a saved plan whose values are words."""

NASTY = (
    "Ü ñ علي مرحبا 漢字 🏃‍♀️ 🇩🇪 \"q\" 'x' „z“; a, b\tc\nd",
    "=cmd|' /C calc'!A0",
    "+1;-1;@SUM(A1)",
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:evil\r\nATTENDEE:mailto:a@b.c",
    "long " * 2_000,
    "x" * 10_000,
    "a\u200b\u202egnp.exe\u2066b\ufeff\u2069",
    "a\ufffe\uffffb\U0001fffe\ufdd0",
    "a\x00b\x07\x1b[31mc\x7f\x9b",
    "\x85next\u2028line\u2029\x0bpage\x0c",
    "]]>&amp;<![CDATA[ --> <!-- {{ 7*7 }} {% raw %}",
    "'\" onmouseover=alert(1) x=",
    "# head\n- *item*\n| a | b |\n```\n[a](javascript:alert(1))",
    "6x\n\nMain set 10x\n- Run 90m",
    "\\n\\, \\; \\\\ %s %n ${jndi:ldap://x}",
    "\u0600\u202b" + "\u0301" * 400,
)


def filled(value, text, key=None):
    """Return JSON with every free text replaced."""
    if isinstance(value, dict):
        return {name: filled(part, text, name) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part, text, key) for part in value]
    return text[:120] if key == "name" else text if key in FREE else value


BASE = {
    kind: json.loads(service.saved(result))
    for kind, result in ((Plan, after_a_bad_run()[0]), (Referral, stopped()))
}
# Three weeks and a few reasons are as good as all, and quicker.
for _saved in (BASE[Plan], BASE[Referral]["before"]):
    _saved["weeks"] = _saved["weeks"][:3]
    _saved["left_out"] = _saved["left_out"][:3]
    _saved["changes"] = _saved["changes"][:3]


def with_text(kind, text):
    """Return a saved plan or referral in which every free text is this one."""
    value = filled(BASE[kind], text)
    value["intake"]["who"]["name"] = text[:120]
    value["intake"]["clinician"] = {
        "name": text[:120],
        "reviewed_on": "2026-11-23",
        "cleared_to_run": True,
        "note": text,
    }
    return kind.model_validate_json(json.dumps(value))


def written(ending, result):
    """Return a result as the bytes of a file, or None if the format has nothing to say of it."""
    if ending in service.PRINTED:
        return service.document(result, CONTENT, ending, "a4")
    wanted = Export(CONTENT, at=time(7, 30), zone="Europe/Berlin", identify=True)
    known = endings()[ending]
    return exported(known, result, wanted) if holds(result, known) else None


class Marks(HTMLParser):
    """Counts the elements of a page with the names of their attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = Counter()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Count an element."""
        self.found[tag, *sorted(name for name, _ in attrs)] += 1

    def handle_comment(self, data):
        """Count a comment by its length."""
        self.found["comment", len(data)] += 1


def of_page(raw):
    """Return the elements of a page."""
    return Marks(raw.decode()).found


def of_calendar(raw):
    """Return every event with its identity, times and names of properties."""
    return [
        (str(e["uid"]), e["dtstart"].to_ical(), str(e["status"]), sorted(e), len(e.subcomponents))
        for e in Calendar.from_ical(raw).walk("VEVENT")
    ]


def of_table(raw):
    """Return the sizes of the rows; no cell is a formula."""
    rows = list(csv.reader(StringIO(raw.decode("utf-8-sig"), newline="")))
    assert not any(cell[:1] in "=+-@\t\r" for row in rows for cell in row if cell)
    return [len(row) for row in rows]


def of_workbook(raw):
    """Return the sizes of the sheets; no cell is a formula or a link."""
    book = openpyxl.load_workbook(BytesIO(raw))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not {"f", "e"} & {cell.data_type for cell in cells}
    assert not any(cell.hyperlink for cell in cells)
    return [(s.title, s.max_row, s.max_column) for s in book if s.title != "About"]


def of_record(raw):
    """Return every key in its place, and the elements of what is written for people."""

    def keys(value):
        if isinstance(value, dict):
            return {key: keys(part) for key, part in value.items()}
        return [keys(part) for part in value] if isinstance(value, list) else type(value).__name__

    bundle = json.loads(raw)
    told = [
        entry["resource"]["text"]["div"] for entry in bundle["entry"] if "text" in entry["resource"]
    ]
    assert told
    return keys(bundle), [[e.tag for e in ET.fromstring(div).iter()] for div in told]


def of_note(raw):
    """Return the headings and how many facts stand under each."""
    found, before = [], ""
    for line in raw.decode().splitlines():
        if line.startswith("-"):
            found[-1][1] += 1
        elif line.startswith("#") or (not before and line.isupper()):
            found.append([line, 0])
        before = line
    return found


def of_archive(raw):
    """Return the names of the files and every timed step of the workouts."""
    with ZipFile(BytesIO(raw)) as archive:
        return [(name, _steps(archive.read(name))) for name in archive.namelist()]


def _steps(raw):
    if raw[8:12] != b".FIT":
        return None
    frames = fitdecode.FitReader(BytesIO(raw), check_crc=fitdecode.CrcCheck.RAISE)
    wanted = ("duration_type", "duration_value", "target_repeat_steps")
    return [
        [field.value for field in frame.fields if field.name in wanted]
        for frame in frames
        if isinstance(frame, fitdecode.FitDataMessage) and frame.name == "workout_step"
    ]


SHAPES = {
    ".html": of_page,
    ".ics": of_calendar,
    ".csv": of_table,
    ".grid.csv": of_table,
    ".xlsx": of_workbook,
    ".fhir.json": of_record,
    ".md": of_note,
    ".note.txt": of_note,
    ".zip": of_archive,
    ".txt": lambda raw: [steps for _, steps in workouts(raw.decode())],
}
"""What other people's readers find in a file besides its words."""

HARMLESS = {
    (kind, ending): shape(raw)
    for kind in BASE
    for ending, shape in SHAPES.items()
    if (raw := written(ending, with_text(kind, "Word")))
}


def test_every_format_is_asked():
    """A new ending needs its reader here; a lone .fit is in the archive."""
    assert {*SHAPES, ".fit", ".json", ".pdf"} == {*service.plan_endings()}
    assert {kind for kind, _ in HARMLESS} == {Plan, Referral}


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(lambda t: f"a{t}")


def same_shape(text):
    """Write a text everywhere and hold each file against the harmless one."""
    for kind in BASE:
        result = with_text(kind, text)
        for ending, shape in SHAPES.items():
            raw = written(ending, result)

            assert (raw is None) == ((kind, ending) not in HARMLESS), ending
            if raw is not None:
                assert shape(raw) == HARMLESS[kind, ending], (ending, text)


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_the_nastiest_text_changes_no_file_but_its_words(text):
    """Same events, rows, elements, resources, lines and steps as with a harmless word."""
    same_shape(text)


@settings(max_examples=8)
@given(TEXTS)
def test_any_text_changes_no_file_but_its_words(text):
    """Whatever was typed."""
    same_shape(text)


TELLING = (NASTY[0], NASTY[3], NASTY[4], NASTY[10], NASTY[15])
"""Texts on which readers of calendars disagree, if any."""


@pytest.mark.parametrize("text", ["\u2066", "\x07", "\u200b\ufeff"])
def test_a_text_of_which_nothing_is_seen_breaks_no_file(text):
    """It leaves a gap or a dash, and every file is made."""
    for kind in BASE:
        result = with_text(kind, text)
        for (made, ending), shape in HARMLESS.items():
            if made is kind and ending not in (".md", ".note.txt"):
                assert SHAPES[ending](written(ending, result)) == shape, ending


def test_two_other_readers_find_the_same_events(tmp_path):
    """No event more, none less, and no property that a name has made: vobject, ical.js."""
    files = [written(".ics", with_text(Plan, text)) for text in ("Word", *TELLING)]
    paths = calendars(tmp_path, files)
    for reader in (by_vobject, by_ical_js):
        usual, *others = (
            [
                (e["uid"], e["sequence"], e["status"], e["begin"], e["end"], e["properties"])
                for e in events
            ]
            for events in reader(paths)
        )

        assert all(found == usual for found in others)


SPOKEN = "Ü ñ علي مرحبا 漢字 🏃‍♀️ „z“; a, b"


def test_letters_of_every_script_come_through():
    """What has letters is never lost, wherever it stands."""
    plan = with_text(Plan, SPOKEN)
    for ending in (".html", ".csv", ".grid.csv", ".fhir.json", ".note.txt", ".md", ".txt", ".json"):
        text = " ".join(written(ending, plan).decode().split())

        assert SPOKEN in text.replace("\\", ""), ending
    events = Calendar.from_ical(written(".ics", plan)).walk("VEVENT")
    book = openpyxl.load_workbook(BytesIO(written(".xlsx", plan)))

    assert any(SPOKEN in str(event["summary"]) for event in events)
    assert SPOKEN in {cell.value for row in book["Steps"].iter_rows() for cell in row}


UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufffe]"
)


@pytest.mark.parametrize("text", NASTY[7:11], ids=["turned", "none", "control", "lines"])
def test_nothing_unseen_stands_in_a_file_for_others(text):
    """No sign that turns words round or speaks to a terminal; the saved plan keeps the text."""
    plan = with_text(Plan, text)
    for ending in SHAPES.keys() - {".xlsx", ".zip"}:
        encoding = "utf-8-sig" if "csv" in ending else "utf-8"

        assert not UNSEEN.search(written(ending, plan).decode(encoding)), ending
    assert Plan.model_validate_json(written(".json", plan)) == plan


@given(st.text())
def test_clean_text_stays_clean_and_keeps_its_letters(text):
    """Cleaning twice is cleaning once, and no letter, digit or emoji is lost."""
    kept = [sign for sign in text if sign.isprintable()]

    assert clean(clean(text)) == clean(text)
    assert [sign for sign in clean(text) if sign.isprintable()] == kept


@pytest.mark.parametrize("text", [NASTY[3], NASTY[4], NASTY[9]], ids=["script", "event", "control"])
def test_a_printed_page_has_no_action_that_a_text_has_made(text):
    """No script, and no link but those of a harmless page."""
    found = []
    for word in ("Word", text):
        pdf = pypdf.PdfReader(BytesIO(written(".pdf", with_text(Referral, word))))
        marks = [a.get_object() for page in pdf.pages for a in page.get("/Annots", ())]
        kinds = Counter((m["/Subtype"], m.get("/A", {}).get("/S")) for m in marks)
        found.append((kinds, "/JavaScript" in str(pdf.trailer["/Root"])))

    assert found[0] == found[1]
    assert not found[1][1]


@pytest.mark.parametrize(
    "name", ['"\\ud800"', '"\\0"', '"\\u202e"', '"\\ufffe"', '"x\\u0085y"', '"\\e[31m"']
)
def test_answers_with_odd_signs_make_every_file_or_none(tmp_path, name):
    """From the file of answers on: either a clear message or sound files, never a traceback."""
    intake = tmp_path / "my.yaml"
    runner = (ROOT / "examples" / "runner.yaml").read_text()
    intake.write_text(re.sub(r"name: .*", lambda _: f"name: {name}", runner, count=1))
    outputs = [tmp_path / f"p{ending}" for ending in SHAPES]
    words = [x for path in outputs for x in ("-o", str(path))]
    done = CliRunner().invoke(main, ["plan", str(intake), "--today", "2026-11-24", *words])

    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert [path.exists() for path in outputs] == [done.exit_code == 0] * len(outputs)
    if done.exit_code:
        assert "my.yaml:" in done.output
