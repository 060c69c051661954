"""A calendar tells every reader the same sessions at the right hour, and can be told again."""

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from programgen import service
from programgen.cli import main
from programgen.content.readability import grade
from programgen.core.checkin import Away, SessionReport, WeekReport
from programgen.core.log import Log
from programgen.core.plan import Plan, PlanWeek, Referral, Withdrawn
from programgen.core.protocol import write_steps
from programgen.core.words import dose_text, light_text, steps_text
from programgen.errors import ProgramgenError
from programgen.exporters.base import Export, endings, exported
from programgen.exporters.calendar_file import export, zone_block
from tests.conftest import MONDAY, TODAY, a_runner, planned

ORACLES = Path(__file__).parents[1] / "oracles"
CONTENT = service.catalogue()
ZONES = (
    "Europe/Madrid",
    "Europe/Dublin",
    "America/New_York",
    "Africa/Casablanca",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kolkata",
    "Asia/Tehran",
    "UTC",
)
CLOSED = {"minutes": 0}
OPEN_DAYS = dict.fromkeys(("monday", "tuesday", "thursday", "friday"), CLOSED)
"""Leaves Wednesday and the weekend, on which clocks change."""
TRICKY = 'Übung „Läufer“ رياضة 🏃‍♀️, a;b\\c "d" \\n: x\nnext line'


def made(changes=None, **options) -> Plan:
    """Return the plan of the baseline runner with changes."""
    plan = planned(CONTENT, a_runner(CONTENT, changes), **options)
    assert isinstance(plan, Plan)
    return plan


def written(plan, **asked) -> bytes:
    """Return the calendar of a plan."""
    return export(plan, Export(CONTENT, **asked))


def in_zone(plan, zone="Europe/Berlin", at=time(7, 30), **asked) -> bytes:
    """Return the calendar of a plan with times of day."""
    return written(plan, zone=zone, at=at, **asked)


def expected(plan: Plan, at: time, zone: str) -> list[tuple[str, str]]:
    """Return begin and end of every session in UTC, worked out minute by minute."""
    found = []
    for week in plan.weeks:
        for day in week.days:
            instant = datetime.combine(day.day, at, ZoneInfo(zone)).astimezone(UTC)
            for session in day.sessions:
                end = instant + timedelta(minutes=session.minutes)
                found.append(tuple(t.replace(tzinfo=None).isoformat() for t in (instant, end)))
                instant = end
    return found


def by_icalendar(paths):
    """Read files with the library that also writes them, by its own knowledge of zones."""

    def text(value):
        if isinstance(value, datetime):
            return value.astimezone(UTC).replace(tzinfo=None).isoformat()
        return str(value)

    return [
        [
            {
                "uid": str(event["uid"]),
                "sequence": event["sequence"],
                "status": str(event["status"]),
                "begin": text(event["dtstart"].dt),
                "end": text(event["dtend"].dt) if "dtend" in event else None,
                "title": str(event["summary"]),
                "text": str(event["description"]) if "description" in event else None,
                "properties": sorted({name.lower() for name in event}),
            }
            for event in Calendar.from_ical(path.read_bytes()).walk("VEVENT")
        ]
        for path in paths
    ]


def _asked(command, paths):
    done = subprocess.run(
        command,
        input=json.dumps([str(path) for path in paths]),
        cwd=ORACLES,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def by_vobject(paths):
    """Read files with vobject, by the zones that stand in them."""
    return _asked([sys.executable, "read_vobject.py"], paths)


def by_ical_js(paths):
    """Read files with ical.js, by the zones that stand in them."""
    if shutil.which("node") is None or not (ORACLES / "node_modules" / "ical.js").is_dir():
        pytest.skip("ical.js is missing: install node and npm, then 'sh scripts/setup.sh dev'")
    return _asked(["node", "calendar.mjs"], paths)


READERS = pytest.mark.parametrize("reader", [by_icalendar, by_vobject, by_ical_js])


def saved(folder: Path, files) -> list[Path]:
    """Write calendars into a folder."""
    paths = [folder / f"{number}.ics" for number in range(len(files))]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    return paths


def times_of(events):
    """Return begin and end of events."""
    return [(event["begin"], event["end"]) for event in events]


@READERS
def test_no_event_is_at_a_wrong_hour(reader, tmp_path):
    """Ten zones, both changes of the clock, 52 weeks, at ordinary and at awkward hours."""
    plan = made({"week": OPEN_DAYS}, weeks=52)
    asked = [(zone, at) for zone in ZONES for at in (time(7, 30), time(2, 15))]
    read = reader(saved(tmp_path, [in_zone(plan, zone, at, busy=True) for zone, at in asked]))
    wrong = {
        (zone, at): sum(
            a != b for a, b in zip(times_of(events), expected(plan, at, zone), strict=True)
        )
        for (zone, at), events in zip(asked, read, strict=True)
    }

    assert {case: count for case, count in wrong.items() if count} == {}


@READERS
def test_plans_in_the_calendar_are_the_plans(reader, tmp_path):
    """Same sessions, dates and minutes, whatever the week, the start and the zone."""
    plans: list[tuple[Plan, str, time]] = []

    @settings(max_examples=12)
    @given(
        st.sampled_from([("0 days", "40 min"), ("3 weeks", "20 min"), ("8 weeks", "0 min")]),
        st.sampled_from([30, 45, 90]),
        st.integers(0, 360),
        st.integers(1, 10),
        st.sampled_from(ZONES),
        st.times(max_value=time(20)).map(lambda t: t.replace(second=0, microsecond=0)),
    )
    def plan_some(history, minutes, later, weeks, zone, at):
        off, longest = history
        changes = {
            "history": {"off_running": off, "longest_run": longest},
            "week": {day: {"minutes": minutes} for day in ("monday", "wednesday", "saturday")},
        }
        start = MONDAY + timedelta(days=later)
        plans.append((made(changes, start=start, weeks=weeks), zone, at))

    plan_some()
    read = reader(saved(tmp_path, [in_zone(plan, zone, at) for plan, zone, at in plans]))

    assert len(plans) == 12
    for (plan, zone, at), events in zip(plans, read, strict=True):
        placed = [p for week in plan.weeks for p in week.placed]
        assert times_of(events) == expected(plan, at, zone)
        for event, (_, _, session) in zip(events, placed, strict=True):
            assert event["title"].endswith(f"{session.title}, {session.minutes} min")


@READERS
def test_without_a_time_of_day_sessions_are_all_day(reader, tmp_path):
    """Each stands on its date and ends with it."""
    plan = made()
    (events,) = reader(saved(tmp_path, [written(plan)]))
    days = [p.day for week in plan.weeks for p in week.placed]

    assert times_of(events) == [(str(d), str(d + timedelta(days=1))) for d in days]
    assert b"VTIMEZONE" not in written(plan)


def test_an_event_says_exactly_what_to_do():
    """Steps, effort, every exercise with its dose, place, reason, light and version."""
    plan = made()
    week = plan.weeks[0]
    placed = week.placed
    events = Calendar.from_ical(written(plan, week=1)).walk("VEVENT")
    ladder = {rung.stage: rung for rung in plan.rungs}

    assert len(events) == len(placed) > 5
    for event, (_, _, session) in zip(events, placed, strict=True):
        text = str(event["description"])
        if session.stage:
            assert steps_text(session.steps, session.warm_up, session.cool_down) in text
            assert ladder[session.stage].effort in text
        for item in session.items:
            exercise = CONTENT.exercises[item.exercise]
            assert f"{exercise.words.name}: {dose_text(item.dose, exercise)}" in text
        assert all(reason.text in text for reason in session.reasons)
        assert CONTENT.vocabulary.places[session.place].name in text
        assert "5 or more is red: stop." in text
        assert "Plan version 1" in text
        assert "http" not in text


def test_what_an_event_says_reads_easily():
    """Grade 6 or lower, over all sessions of a plan."""
    events = Calendar.from_ical(written(made())).walk("VEVENT")
    lines = [line for e in events for line in str(e["description"]).split("\n") if line]

    assert grade(lines) <= 6
    assert all(grade([light_text(p.light)]) <= 6 for p in CONTENT.protocols.values())


def test_nothing_overlaps():
    """Sessions of a day follow each other."""
    plan = made()
    events = Calendar.from_ical(in_zone(plan)).walk("VEVENT")
    spans = sorted((e["dtstart"].dt, e["dtend"].dt) for e in events)

    assert any(a.date() == b.date() for (a, _), (b, _) in pairwise(spans))
    assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))


def revised(plan: Plan, *, moves=(), drops=()) -> Plan:
    """Return the next version: sessions moved to other days of their week, or given up.

    *moves* are (week, from day, to day), *drops* (week, day), counted from 0.
    """
    weeks = list(plan.weeks)
    slots = {(week.number, p.slot): p for week in plan.weeks for p in week.placed}

    def put(week: int, changes: dict) -> None:
        days = list(weeks[week].days)
        for day, sessions in changes.items():
            days[day] = days[day].model_copy(update={"sessions": sessions})
        weeks[week] = weeks[week].model_copy(update={"days": tuple(days)})

    for week, one, other in moves:
        days = weeks[week].days
        put(week, {one: days[other].sessions, other: days[one].sessions})
    for week, day in drops:
        put(week, {day: ()})
    left = {(week.number, p.slot) for week in weeks for p in week.placed}
    gone = [
        Withdrawn(week=week, slot=slot, day=p.day, title=p.session.title)
        for (week, slot), p in slots.items()
        if (week, slot) not in left
    ]
    made_by = plan.provenance.model_copy(
        update={
            "version": plan.provenance.version + 1,
            "made_on": plan.provenance.made_on + timedelta(days=7),
        }
    )
    withdrawn = (*(w for w in plan.withdrawn if (w.week, w.slot) not in left), *gone)
    return plan.model_copy(
        update={"weeks": tuple(weeks), "provenance": made_by, "withdrawn": withdrawn}
    )


def imported(shown: dict, events) -> dict:
    """Return a calendar after an import: an event gives way to one of the same UID, if newer."""
    after = dict(shown)
    for event in events:
        if event["uid"] not in after or after[event["uid"]]["sequence"] < event["sequence"]:
            after[event["uid"]] = event
    return after


def test_a_plan_made_again_from_reports_replaces_the_old_one(tmp_path):
    """A bad run, days away, a warning sign: the calendar always holds the plan in hand."""
    plan = made()
    log = Log(plan=plan.provenance.plan)
    told = (
        (5, SessionReport(day=MONDAY, done="yes", during=6, morning=4)),
        (9, Away(first=MONDAY + timedelta(days=10), last=MONDAY + timedelta(days=20))),
        (22, WeekReport(day=MONDAY + timedelta(days=22), answers={"saddle-numbness": "yes"})),
    )
    versions = [plan]
    for later, entry in told:
        today = MONDAY + timedelta(days=later)
        log = log.appended([entry], today)
        versions.append(service.updated(versions[-1], log, CONTENT, today=today))
    shown: dict = {}
    for version, events in zip(
        versions, by_icalendar(saved(tmp_path, [in_zone(v) for v in versions])), strict=True
    ):
        shown = imported(shown, events)
        live = sorted(times_of(e for e in shown.values() if e["status"] != "CANCELLED"))
        if isinstance(version, Plan):
            assert live == sorted(expected(version, time(7, 30), "Europe/Berlin"))
        else:
            assert all(begin < str(MONDAY + timedelta(days=22)) for begin, _ in live)
    assert [v.provenance.version for v in versions] == [1, 2, 3, 4]
    assert isinstance(versions[-1], Referral)
    assert any(e["status"] == "CANCELLED" for e in shown.values())


@READERS
def test_versions_imported_in_turn_leave_the_newest_plan(reader, tmp_path):
    """No double, nothing stale: moved events move, events taken back are cancelled."""
    first = made()
    second = revised(first, moves=[(1, 0, 3), (2, 1, 4)], drops=[(3, 5)])
    third = revised(second, moves=[(1, 3, 0)], drops=[(2, 6), (4, 0), (4, 2)])
    versions = (first, second, third)
    shown: dict = {}
    for plan, events in zip(
        versions, reader(saved(tmp_path, [in_zone(plan) for plan in versions])), strict=True
    ):
        shown = imported(shown, events)
        live = sorted(times_of(e for e in shown.values() if e["status"] != "CANCELLED"))

        assert len({e["uid"] for e in events}) == len(events)
        assert live == sorted(expected(plan, time(7, 30), "Europe/Berlin"))
        assert {e["sequence"] for e in events} == {plan.provenance.version - 1}
    assert len(first.weeks[0].placed) == len(second.weeks[0].placed)
    assert len(third.withdrawn) > len(second.withdrawn) > 0


def test_past_sessions_keep_their_events():
    """History stays in the calendar, as the very same events."""
    first = made()
    second = revised(first, moves=[(3, 0, 3)], drops=[(4, 2)])

    def week_one(plan):
        return [
            (str(e["uid"]), e["dtstart"].dt, str(e["status"]))
            for e in Calendar.from_ical(in_zone(plan, week=1)).walk("VEVENT")
        ]

    assert week_one(first) == week_one(second) != []


def test_the_stamp_comes_from_the_revision():
    """Two versions of one day differ, and the same version is the same bytes."""
    plan = made()
    again = plan.model_copy(
        update={"provenance": plan.provenance.model_copy(update={"version": 2})}
    )
    stamps = [
        {e["dtstamp"].dt for e in Calendar.from_ical(written(p)).walk("VEVENT")}
        for p in (plan, again)
    ]

    assert written(plan) == written(plan)
    assert [len(s) for s in stamps] == [1, 1]
    assert max(stamps[0]) < min(stamps[1])
    assert {s.date() for s in stamps[0] | stamps[1]} == {TODAY}


def test_a_referral_takes_every_session_back():
    """After a red flag no session stays in the calendar as if it were still planned."""
    plan = made(weeks=2)
    stopped = planned(CONTENT, a_runner(CONTENT, {"answers": {"saddle-numbness": "yes"}}))
    assert isinstance(stopped, Referral)
    withdrawn = tuple(
        Withdrawn(week=w.number, slot=p.slot, day=p.day, title=p.session.title)
        for w in plan.weeks
        for p in w.placed
    )
    identity = {"plan": plan.provenance.plan, "version": 2}
    stopped = stopped.model_copy(
        update={
            "withdrawn": withdrawn,
            "provenance": stopped.provenance.model_copy(update=identity),
        }
    )
    before = {str(e["uid"]) for e in Calendar.from_ical(in_zone(plan)).walk("VEVENT")}
    for asked in ({}, {"at": time(7, 30), "zone": "Europe/Berlin"}):
        events = Calendar.from_ical(written(stopped, **asked)).walk("VEVENT")

        assert {str(e["uid"]) for e in events} == before
        assert {str(e["status"]) for e in events} == {"CANCELLED"}
        assert {e["sequence"] for e in events} == {1}
        assert all(str(e["summary"]).startswith("Cancelled: ") for e in events)


def test_one_week_holds_its_own_sessions_and_those_taken_back():
    """Other weeks stay out, also what was withdrawn in them."""
    plan = revised(made(), drops=[(1, 0), (2, 0)])
    events = Calendar.from_ical(written(plan, week=2)).walk("VEVENT")
    days = {d.day for d in plan.weeks[1].days}
    gone = [w for w in plan.withdrawn if w.week == 2]

    assert {e["dtstart"].dt for e in events} <= days
    assert 0 < len(gone) < len(plan.withdrawn)
    assert [str(e["status"]) for e in events].count("CANCELLED") == len(gone)
    assert len(events) == len(plan.weeks[1].placed) + len(gone)


def test_a_busy_calendar_gives_nothing_away():
    """Title, text and kind of training are hidden; the time is kept free."""
    plan = revised(made(), drops=[(1, 0)])
    data = in_zone(plan, busy=True, alarm=timedelta(minutes=15))
    events = Calendar.from_ical(data).walk("VEVENT")
    live = [e for e in events if str(e["status"]) == "CONFIRMED"]
    words = {"run", "walk", "strength", "pain", "mobility", "cross-training", "plan", "loosen"}
    values = re.sub(rb"(PRODID|UID|DTSTAMP)[^\n]*\n", b"", data).decode().lower()

    assert {str(e["summary"]) for e in live} == {"Busy"}
    assert {str(e["class"]) for e in events} == {"PRIVATE"}
    assert {str(e["transp"]) for e in live} == {"OPAQUE"}
    assert not words & set(re.findall(r"[a-z-]+", values))


def test_an_alarm_rings_before_the_session():
    """One for each session, none for what was taken back."""
    plan = revised(made(), drops=[(1, 0)])
    events = Calendar.from_ical(in_zone(plan, alarm=timedelta(minutes=15))).walk("VEVENT")
    alarms = {str(e["status"]): [a["trigger"].dt for a in e.walk("VALARM")] for e in events}

    assert alarms == {"CONFIRMED": [timedelta(minutes=-15)], "CANCELLED": []}


@READERS
def test_all_text_survives(reader, tmp_path):
    """Umlauts, Arabic, emoji, quotes, commas, backslashes, new lines and 10,000 letters."""
    long = ("Geduld, Übung; رياضة " * 500)[:9_999].strip()
    plans = [with_words(made(weeks=1), title, note) for title, note in ((TRICKY, long), ("x", "y"))]
    events, _ = reader(saved(tmp_path, [written(plan) for plan in plans]))

    assert all(TRICKY in e["title"] for e in events)
    assert all(f"Note: {long}\n" in e["text"] for e in events)


def with_words(plan: Plan, title: str, note: str) -> Plan:
    """Return a plan with other titles and notes of the day."""

    def week_of(week: PlanWeek) -> PlanWeek:
        days = tuple(
            d.model_copy(
                update={
                    "note": note,
                    "sessions": tuple(s.model_copy(update={"title": title}) for s in d.sessions),
                }
            )
            for d in week.days
        )
        return week.model_copy(update={"days": days})

    return plan.model_copy(update={"weeks": tuple(map(week_of, plan.weeks))})


@READERS
def test_no_text_can_start_a_property(reader, tmp_path):
    """Whatever a reader takes for the end of a line stays inside the text."""
    ends = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
    evil = "x" + "".join(f"{end}ATTENDEE:mailto:a@b.invalid" for end in ends) + "\x00\x07\x1b"
    plain, attacked = (with_words(made(weeks=1), words, words) for words in ("x", evil))
    attacked = attacked.model_copy(
        update={
            "intake": a_runner(CONTENT, {"who": {"name": "Ann\r\nATTENDEE:mailto:a@b.invalid"}})
        }
    )
    calm, events = reader(
        saved(tmp_path, [written(plain, identify=True), written(attacked, identify=True)])
    )
    text = written(attacked, identify=True).decode()
    lines = text.splitlines()

    assert [e["properties"] for e in events] == [e["properties"] for e in calm]
    assert len(lines) == text.count("\r\n")
    assert not any(line.startswith("ATTENDEE") for line in lines)
    assert not re.search("[\x00-\x08\x0e-\x1f\x7f-\x9f]", text)


def test_lines_are_folded_as_the_standard_says():
    """At most 75 octets, ended by CR and LF, never in the middle of a letter."""
    data = written(with_words(made(weeks=1), TRICKY, "رياضة🏃" * 200))

    assert max(map(len, data.split(b"\r\n"))) <= 75
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert all(line.decode() for line in data.split(b"\r\n")[:-1])


def test_the_name_is_written_only_when_asked_for():
    """A file that is passed on names nobody."""
    plan = made({"who": {"name": "Ann Example"}})

    assert b"Ann" not in written(plan)
    assert b"X-WR-CALNAME:Running plan: Ann Example\r\n" in written(plan, identify=True)


def test_a_zone_block_is_right_at_every_hour_of_two_years():
    """Read as the standard says, it gives the offset of the zone, in every zone there is."""
    first, last = date(2026, 11, 1), date(2028, 11, 1)
    hours = range(0, (last - first).days * 24, 1)
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    for name in ZONES:
        zone = ZoneInfo(name)
        entries = sorted(
            (e["dtstart"].dt - e["tzoffsetfrom"].td, e["tzoffsetto"].td)
            for e in zone_block(zone, first, last).subcomponents
        )
        for hour in hours:
            instant = begin + timedelta(hours=hour)
            told = [to for start, to in entries if start <= instant.replace(tzinfo=None)][-1]

            assert told == instant.astimezone(zone).utcoffset(), (name, instant)


def test_every_zone_that_is_named_is_explained():
    """No file leaves a reader to guess a zone, and none lists dates in one entry."""
    plan = made(weeks=1)
    names = sorted(available_timezones())[::12]

    assert len(names) > 40
    for name in names:
        data = in_zone(plan, name, week=1)
        assert Calendar.from_ical(data).get_missing_tzids() == set(), name
        assert b"RDATE" not in data
        assert b"RRULE" not in data


def test_a_session_never_slips_into_the_next_day():
    """So late that the second one would begin after midnight: refused, with the way out."""
    with pytest.raises(ProgramgenError, match="earlier time of day with --at"):
        in_zone(made(), at=time(23, 50))


def test_the_command_writes_a_calendar_from_a_saved_plan(tmp_path):
    """From a saved plan to a file that a calendar reads."""
    plan, target = made(), tmp_path / "plan.ics"
    (tmp_path / "plan.json").write_bytes(service.saved(plan))
    words = ["export", tmp_path / "plan.json", "-o", target]
    words += ["--at", "07:30", "--zone", "Europe/Berlin", "--alarm", "15", "--week", "2"]
    done = CliRunner().invoke(main, [str(word) for word in words])

    assert done.exit_code == 0, done.output
    assert target.read_bytes() == in_zone(plan, week=2, alarm=timedelta(minutes=15))


def test_a_missing_package_names_what_to_install(monkeypatch):
    """The text says the one command."""
    monkeypatch.setitem(sys.modules, "icalendar", None)

    with pytest.raises(ProgramgenError, match=r"pip install 'programgen\[calendar\]'"):
        exported(endings()[".ics"], made(weeks=1), Export(CONTENT))


def test_nothing_to_write_is_said():
    """A week that the plan does not have."""
    with pytest.raises(ProgramgenError, match="no session to write in week 51"):
        written(made(), week=51)


def test_the_calendar_of_the_example_is_as_expected(golden):
    """The whole file, for people who read calendars."""
    root = Path(__file__).parents[2]
    intake = service.read_intake(root / "examples" / "runner.yaml", CONTENT, TODAY)
    plan = service.plan(intake, CONTENT, start=MONDAY, made_on=TODAY)
    data = in_zone(plan, alarm=timedelta(minutes=15))

    golden("runner.ics", data.decode().replace("\r\n", "\n"))
    assert write_steps(plan.weeks[0].placed[0].session.steps) == "6 x (run 30 s, walk 2 min)"
