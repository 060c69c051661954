"""One plan, many files: what other people's readers find in them is the same."""

import csv
import json
from datetime import date, time
from io import BytesIO, StringIO
from zipfile import ZipFile

import icalendar
import openpyxl
import pypdf
import pytest

from programgen import service
from programgen.core.checkin import SessionReport
from programgen.core.log import Log
from programgen.core.words import day_text
from programgen.exporters.base import Export, endings, exported
from tests.conftest import MONDAY, TODAY, a_runner, planned

CONTENT = service.catalogue()


def first():
    """A plan of six weeks."""
    return planned(CONTENT, a_runner(CONTENT), weeks=6)


def later():
    """The same plan after a bad run in the first week."""
    plan = first()
    runs = [p for p in plan.weeks[0].placed if p.session.stage]
    log = Log(plan=plan.provenance.plan).appended(
        [
            SessionReport(day=runs[0].day, done="yes", during=1, morning=1),
            SessionReport(day=runs[1].day, done="part", during=7, morning=4),
        ],
        runs[1].day,
    )
    return service.updated(plan, log, CONTENT, today=runs[1].day)


def written(plan, ending):
    """Return the bytes of an export."""
    wanted = Export(CONTENT, at=time(7, 30), zone="Europe/Berlin")
    return exported(endings()[ending], plan, wanted)


def sessions(plan):
    """Return the day and the minutes of every session."""
    return sorted((p.day, p.session.minutes) for w in plan.weeks for p in w.placed)


def in_calendar(plan):
    """Return day and minutes of every event that is not cancelled."""
    events = icalendar.Calendar.from_ical(written(plan, ".ics")).walk("VEVENT")
    kept = [e for e in events if e.get("STATUS") != "CANCELLED"]
    return sorted(
        (e["DTSTART"].dt.date(), round((e["DTEND"].dt - e["DTSTART"].dt).total_seconds() / 60))
        for e in kept
    )


def rows_of(table):
    """Return day and minutes of every session of a long table, each once."""
    head, *rows = table
    at = {name: head.index(name) for name in ("date", "slot", "session minutes")}
    found = {
        (str(row[at["date"]])[:10], row[at["slot"]]): int(row[at["session minutes"]])
        for row in rows
        if row[at["date"]]
    }
    return sorted((date.fromisoformat(day), minutes) for (day, _), minutes in found.items())


@pytest.mark.parametrize("plan", [first(), later()], ids=["first", "later"])
def test_all_files_tell_the_same_sessions(plan):
    """Calendar, both tables and the record hold the days and minutes of the plan."""
    text = written(plan, ".csv").decode("utf-8-sig")
    book = openpyxl.load_workbook(BytesIO(written(plan, ".xlsx")))
    steps = [[cell.value for cell in row] for row in book["Steps"].iter_rows()]
    told = sessions(plan)

    assert in_calendar(plan) == told
    assert rows_of(list(csv.reader(StringIO(text)))) == told
    assert rows_of([[str(c).lower() if n == 0 else c for c in r] for n, r in enumerate(steps)]) == (
        told
    )


@pytest.mark.parametrize("plan", [first(), later()], ids=["first", "later"])
def test_paper_phone_watch_and_note_agree_with_the_plan(plan):
    """Every day to come stands on paper and phone with its sessions; every run is on the watch."""
    since = plan.standing.open_from if plan.standing else MONDAY
    pdf = pypdf.PdfReader(BytesIO(service.document(plan, CONTENT, ".pdf", "a4")))
    paper = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    phone = service.document(plan, CONTENT, ".html", "a4").decode()
    coming = [p for w in plan.weeks for p in w.placed if p.day >= since]
    watch = ZipFile(BytesIO(written(plan, ".zip"))).namelist()
    runs = [p for p in coming if p.session.stage]

    assert all(f"{p.session.title} {p.session.minutes} min, " in paper for p in coming)
    assert all(p.session.title in phone for p in coming)
    assert all(day_text(p.day) in phone for p in coming)
    assert sum(name.endswith(".fit") for name in watch) == len(runs)
    assert f"version {plan.provenance.version}" in written(plan, ".note.txt").decode().lower()


def test_a_saved_plan_is_the_plan():
    """What is saved is read back as it was."""
    plan = later()
    again = type(plan).model_validate(json.loads(service.document(plan, CONTENT, ".json", "a4")))

    assert again == plan
    assert plan.provenance.made_on > TODAY
