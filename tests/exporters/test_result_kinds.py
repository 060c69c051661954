"""What each format says of a plan on hold, a referral, a withdrawn plan and open questions."""

import csv
from datetime import timedelta
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pypdf
import pytest
from click.testing import CliRunner
from icalendar import Calendar

from programgen import service
from programgen.cli import main
from programgen.core.log import Log
from programgen.core.plan import OpenQuestions, Plan, Referral
from programgen.errors import ProgramgenError
from programgen.exporters.base import Export
from tests.conftest import MONDAY, TODAY, a_runner, planned
from tests.logs import log_of, week
from tests.replanned import first, on_hold, stopped

CONTENT = service.catalogue()
ALL = tuple(e for e in service.plan_endings() if e != ".fit")
"""Every ending; the lone .fit is one of the archive."""

WATCH = {".zip", ".txt"}
"""Endings that hold runs and walks alone."""


@cache
def waiting():
    """Return a plan whose answers about warning signs are out of date."""
    plan = planned(CONTENT, a_runner(CONTENT))
    day = plan.valid_until + timedelta(days=2)
    return service.updated(plan, Log(plan=plan.provenance.plan), CONTENT, today=day)


@cache
def referral():
    """Return what comes of a warning sign in the first answers."""
    return planned(CONTENT, a_runner(CONTENT, {"answers": {"bladder-trouble": "yes"}}))


@cache
def open_questions():
    """Return what comes of answers with a gap."""
    return planned(CONTENT, a_runner(CONTENT, unanswered=["bladder-trouble"]))


def document(result, suffix):
    """Return a page; that of a plan on paper is tested elsewhere, and takes long."""
    paper = suffix == ".pdf" and isinstance(result, Plan)
    return b"paper" if paper else service.document(result, CONTENT, suffix, "a4")


@cache
def written(make):
    """Return the bytes of every ending that says something of a result, and why others do not."""
    result = make()
    files, empty = service.files_of(
        result,
        [Path(f"x{ending}") for ending in ALL],
        document,
        Export(CONTENT),
    )
    return (
        {path.name[1:]: raw for path, raw in files.items()},
        {path.name[1:]: why for path, why in empty.items()},
    )


PAGES = {".html", ".pdf", ".json"}
RECORDS = {".md", ".note.txt", ".fhir.json"}


@pytest.mark.parametrize(
    ("make", "endings"),
    [
        (first, {*ALL}),
        (on_hold, {*ALL} - WATCH),
        (waiting, {*ALL} - WATCH),
        (referral, PAGES | RECORDS),
        (stopped, PAGES | RECORDS | {".ics"}),
        (open_questions, PAGES),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_each_result_has_the_files_that_can_say_something(make, endings):
    """Nothing is written where a file could be taken for a plan to run by."""
    files, empty = written(make)
    why = "there is no run or walk to write" if isinstance(make(), Plan) else "there is no plan"

    assert {*files} == endings
    assert empty == dict.fromkeys({*ALL} - endings, why)


def live(raw):
    """Return the events of a calendar that are not cancelled."""
    events = Calendar.from_ical(raw).walk("VEVENT")
    return [event for event in events if event["status"] != "CANCELLED"]


@pytest.mark.parametrize("make", [on_hold, waiting])
def test_while_running_is_on_hold_no_file_has_a_run_to_come(make):
    """Neither calendar, tables, record nor page; each one that speaks says that runs wait."""
    plan, files = make(), written(make)[0]
    since = plan.standing.open_from
    rows = csv.DictReader(StringIO(files[".csv"].decode("utf-8-sig")))
    ahead = [row for row in rows if row["date"] >= str(since)]
    book = openpyxl.load_workbook(BytesIO(files[".xlsx"]))
    log = list(book["Log"].iter_rows(min_row=2, values_only=True))
    about = dict(book["About"].iter_rows(values_only=True))

    assert ahead
    assert not {row["kind"] for row in ahead} & {"run", "walk"}
    assert not {row[1] for row in log if row[0].date() >= since} & {"Run", "Walk"}
    assert about["Running is on hold"] == plan.standing.held.text
    assert not any(
        event["dtstart"].dt >= since and event["categories"].cats[0] in ("Run", "Walk")
        for event in live(files[".ics"])
    )
    for ending in (".md", ".note.txt"):
        assert "Runs wait: " in files[ending].decode()
    assert f"Running is on hold: {plan.standing.held.text}" in files[".fhir.json"].decode()
    assert '"lifecycleStatus": "on-hold"' in files[".fhir.json"].decode()


@pytest.mark.parametrize("make", [referral, stopped])
def test_a_referral_says_who_to_see_and_nothing_to_do(make):
    """In each of its files; a calendar takes everything back and says why."""
    result, files = make(), written(make)[0]
    page = " ".join(files[".html"].decode().split())
    paper = pypdf.PdfReader(BytesIO(files[".pdf"]))
    printed = " ".join(" ".join(p.extract_text() for p in paper.pages).split())
    note = " ".join(files[".note.txt"].decode().split())
    cause = next(f for f in result.findings if f.plan == "none")
    asked = "emergency number" if result.level == "emergency" else "urgent medical appointment"

    assert asked in page
    assert asked in printed
    assert f"No plan. Level: {result.level}." in note
    assert cause.title in note
    assert "EXERCISES" not in note
    assert '"priority"' in files[".fhir.json"].decode()
    if ".ics" in files:
        events = Calendar.from_ical(files[".ics"]).walk("VEVENT")

        assert live(files[".ics"]) == []
        assert all("Your back should be looked at first" in e["description"] for e in events)


def test_what_stopped_a_plan_after_a_session_stands_in_the_note():
    """The sign that was reported, not only that there was one."""
    note = " ".join(written(stopped)[0][".note.txt"].decode().split())

    assert "A warning sign was reported after a session" in note
    assert stopped().findings[0].tell in note


def run(*words):
    """Run the program."""
    return CliRunner().invoke(main, [str(word) for word in words])


def saved(folder, make):
    """Save a result and return its path."""
    path = folder / "plan.json"
    path.write_bytes(service.saved(make()))
    return path


def test_a_hold_never_keeps_the_page_from_being_made(tmp_path):
    """The watch has nothing to get, the paper has; alone, the watch is refused."""
    plan, page, watch = saved(tmp_path, on_hold), tmp_path / "p.html", tmp_path / "p.zip"
    watch.write_bytes(b"runs of an older version")
    both = run("export", plan, "-o", page, "-o", watch)
    alone = run("export", plan, "-o", tmp_path / "runs.zip")

    assert both.exit_code == 0, both.output
    assert page.exists()
    assert (
        f"Not written, because there is no run or walk to write: {watch}. The file" in both.stderr
    )
    assert "holds an older plan: do not follow it" in both.stderr
    assert alone.exit_code == 1
    assert "there is no run or walk to write" in alone.output


def test_a_later_version_is_told_even_if_a_file_of_it_fails(tmp_path):
    """The plan on the disk has changed, so what has changed is said."""
    plan = tmp_path / "plan.json"
    plan.write_bytes(service.saved(first()))
    done = run("update", plan, "--today", "2026-12-30", "-o", tmp_path / "runs.zip")

    assert done.exit_code != 0
    assert "Version 2 of the plan." in done.output
    assert "No running and no strength work until these questions are answered" in done.output


@pytest.mark.parametrize("make", [referral, stopped])
def test_an_export_of_a_referral_says_so(tmp_path, make):
    """Exit code 3, who to see, and which files hold nothing."""
    plan = saved(tmp_path, make)
    done = run("export", plan, "-o", tmp_path / "p.md", "-o", tmp_path / "p.csv")

    assert done.exit_code == 3
    assert done.stdout.startswith("No plan. ")
    assert (tmp_path / "p.md").exists()
    assert not (tmp_path / "p.csv").exists()


def test_open_questions_are_named(tmp_path):
    """A saved result without a plan says which answers it waits for."""
    plan = saved(tmp_path, open_questions)
    done = run("export", plan, "-o", tmp_path / "p.md")

    assert done.exit_code == 1
    assert "answer bladder-trouble in the file of answers and run 'programgen plan'" in done.output


def test_a_plan_that_was_withdrawn_at_once_has_no_way_to_show():
    """The message does not send anybody back to training."""
    plan = planned(CONTENT, a_runner(CONTENT))
    log = log_of(plan, week(MONDAY, CONTENT, answers={"saddle-numbness": "yes"}))
    result = service.updated(plan, log, CONTENT, today=MONDAY)

    assert isinstance(result, Referral)
    with pytest.raises(ProgramgenError, match="withdrawn before there was a way to show"):
        service.progress(result, CONTENT, ".html", "a4")
    assert isinstance(open_questions(), OpenQuestions)
    assert plan.provenance.made_on == TODAY
