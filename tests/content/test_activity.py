"""Facts about recordings of a watch: read without loss, or refused with a message."""

import math
import os
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from programgen.content.activity import LARGEST, read_activity
from programgen.core.plan import Session
from programgen.core.protocol import parse_steps
from programgen.core.recording import Activity, day_of, filled
from programgen.errors import ContentError, ProgramgenError
from tests import recordings

START = datetime(2026, 11, 30, 17, 5, 9, tzinfo=UTC)
LENGTH = timedelta(minutes=31, seconds=17)
METRES = 3456.78


def gpx(start="2026-11-30T17:05:09Z", end="2026-11-30T17:36:26.500Z", kind="running"):
    """Return a track of a kilometre to the north, with two points."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><trk>'
        f"<name>Läufe — جري</name><type>{kind}</type><trkseg>"
        f'<trkpt lat="50.0" lon="8.0"><ele>100</ele><time>{start}</time></trkpt>'
        f'<trkpt lat="50.009" lon="8.0"><ele>120</ele><time>{end}</time></trkpt>'
        "</trkseg></trk></gpx>\n"
    ).encode()


def tcx(sport="Running", laps=2):
    """Return a recording in laps of 10 minutes, the watch without satellites."""
    parts = []
    for lap in range(laps):
        first = START + timedelta(minutes=10 * lap)
        points = "".join(
            f"<Trackpoint><Time>{(first + timedelta(minutes=m)).isoformat()[:19]}Z</Time>"
            f"<DistanceMeters>{(10 * lap + m) * 150.5}</DistanceMeters></Trackpoint>"
            for m in (0, 5, 10)
        )
        parts.append(
            f'<Lap StartTime="{first.isoformat()[:19]}Z"><TotalTimeSeconds>600</TotalTimeSeconds>'
            "<DistanceMeters>1505.25</DistanceMeters><Calories>90</Calories>"
            f"<Track>{points}</Track></Lap>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase '
        'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>'
        f'<Activity Sport="{sport}"><Id>2026-11-30T17:05:09Z</Id>{"".join(parts)}</Activity>'
        "</Activities></TrainingCenterDatabase>\n"
    ).encode()


def fit(shift=None, kind="ACTIVITY", sport="RUNNING", *, session=True):
    """Return a recording; *shift* is the local clock against UTC."""
    from fit_tool.fit_file_builder import FitFileBuilder
    from fit_tool.profile.messages.activity_message import ActivityMessage
    from fit_tool.profile.messages.file_id_message import FileIdMessage
    from fit_tool.profile.messages.record_message import RecordMessage
    from fit_tool.profile.messages.session_message import SessionMessage
    from fit_tool.profile.profile_type import FileType, Manufacturer
    from fit_tool.profile.profile_type import Sport as Sports

    builder = FitFileBuilder(auto_define=True)
    head = FileIdMessage()
    head.type = FileType[kind]
    head.manufacturer = Manufacturer.DEVELOPMENT.value
    head.time_created = _stamp(START)
    builder.add(head)
    for minute in range(32):
        record = RecordMessage()
        record.timestamp = _stamp(START + timedelta(minutes=minute))
        record.distance = 100.25 * minute
        builder.add(record)
    if session:
        whole = SessionMessage()
        whole.start_time = _stamp(START)
        whole.timestamp = _stamp(START + LENGTH)
        whole.total_elapsed_time = LENGTH.total_seconds()
        whole.total_timer_time = LENGTH.total_seconds() - 60.5
        whole.total_distance = METRES
        whole.sport = Sports[sport]
        builder.add(whole)
    if shift is not None:
        end = ActivityMessage()
        end.timestamp = _stamp(START)
        end.local_timestamp = round((START + shift).timestamp()) - 631_065_600
        builder.add(end)
    return bytes(builder.build().to_bytes())


def _stamp(time):
    return round(time.timestamp() * 1000)


SAMPLES = {".fit": fit, ".gpx": gpx, ".tcx": tcx}


@pytest.fixture
def read(tmp_path):
    """Return a function that reads bytes as a file with an ending."""

    def reads(raw, ending):
        path = tmp_path / f"run{ending}"
        path.write_bytes(raw)
        return read_activity(path)

    return reads


def refused(read, raw, ending):
    """Return the message with which bytes are refused."""
    with pytest.raises(ContentError) as caught:
        read(raw, ending)
    return str(caught.value).partition(": ")[2]


def test_a_fit_file_is_read_without_loss(read):
    """Start to the second, times to the millisecond, distance to the centimetre."""
    found = read(fit(), ".fit")

    assert found.start == START
    assert found.duration == LENGTH
    assert found.moving == LENGTH - timedelta(seconds=60.5)
    assert found.distance == METRES
    assert (found.sport, found.local) == ("running", False)


def test_a_fit_file_knows_its_local_day(read):
    """A run in the evening in California is on the next day in UTC."""
    late = read(fit(shift=timedelta(hours=13)), ".fit")
    early = read(fit(shift=timedelta(hours=-9, minutes=-30)), ".fit")

    assert late.days == (date(2026, 12, 1),)
    assert early.days == (date(2026, 11, 30),)
    assert late.start == early.start == START


def test_a_fit_file_without_a_summary_is_read_from_its_records(read):
    """A watch whose battery died leaves the records alone."""
    found = read(fit(session=False), ".fit")

    assert found.start == START
    assert found.duration == timedelta(minutes=31)
    assert found.distance == 100.25 * 31


def test_a_gpx_file_is_read_without_loss(read):
    """Start, time and the distance on the sphere; a height counts for nothing."""
    found = read(gpx(), ".gpx")

    assert found.start == START
    assert found.duration == timedelta(minutes=31, seconds=17.5)
    assert math.isclose(found.distance, 1000, abs_tol=5)
    assert (found.sport, found.local) == ("running", False)


def test_a_gpx_file_with_an_offset_knows_its_local_day(read):
    """Half past midnight in Delhi is still the day before in UTC."""
    found = read(gpx("2026-12-01T00:30:00+05:30", "2026-12-01T01:00:00+05:30"), ".gpx")

    assert found.days == (date(2026, 12, 1),)
    assert found.start.astimezone(UTC).date() == date(2026, 11, 30)


def test_a_tcx_file_is_read_without_loss(read):
    """All laps count, also without satellites."""
    found = read(tcx(), ".tcx")

    assert found.start == START
    assert found.duration == timedelta(minutes=20)
    assert found.distance == 3010.5
    assert found.sport == "running"


@pytest.mark.parametrize(
    ("raw", "ending", "says"),
    [
        (b"", ".fit", "is an empty FIT file and no recording"),
        (b"", ".gpx", "is no GPX file"),
        (b"", ".tcx", "is no TCX file"),
        (b"\x00" * 100, ".fit", "damaged"),
        (b"not xml", ".gpx", "is no GPX file"),
        (b"\xff\xfe<\x00g\x00", ".gpx", "damaged"),
        (gpx(), ".tcx", "is no TCX file"),
        (gpx(), ".fit", "damaged"),
        (gpx().replace(b"<time>", b"<tim>").replace(b"</time>", b"</tim>"), ".gpx",
         "holds no recorded times"),
        (gpx(end="2026-12-03T17:36:26Z"), ".gpx", "lasts more than a day"),
        (gpx("1901-11-30T17:05:09Z", "1901-11-30T18:05:09Z"), ".gpx", "in the year 1901"),
        (gpx(end="2026-11-30T17:05:09Z"), ".gpx", "has no time in it"),
        (gpx().replace(b"50.009", b"-50.0"), ".gpx", "has a distance of"),
        (gpx().replace(b"50.009", b"nan"), ".gpx", "damaged"),
        (tcx().replace(b"1505.25", b"inf"), ".tcx", "damaged"),
        (tcx(laps=0), ".tcx", "holds no recorded times"),
        (fit(kind="WORKOUT"), ".fit", "is a FIT file of the kind 'workout'"),
        (b"a" * (LARGEST + 1), ".gpx", "is larger than 20 MB"),
        (gpx(), ".zip", "is no activity file; it ends in .fit, .gpx, .tcx"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_recording_of_a_run_is_refused(read, raw, ending, says):
    """Empty, foreign, huge, damaged, or of another kind: a message names it."""
    assert says in refused(read, raw, ending)


@pytest.mark.parametrize("ending", [".gpx", ".tcx"])
@pytest.mark.parametrize("hidden", ["", ' encoding="cp037"'])
def test_entities_are_never_read(read, ending, hidden):
    """A few lines could grow to gigabytes, or fetch a file."""
    bomb = (
        f'<?xml version="1.0"{hidden}?><!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">'
        '<!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><gpx>&b;&c;</gpx>'
    )

    assert "defines entities" in refused(read, bomb.encode(), ending)


def test_deep_nesting_is_refused(read):
    """It would take the stack of a reader."""
    raw = gpx().replace(b"<trkseg>", b"<a>" * 100_000 + b"<trkseg>")

    assert "damaged" in refused(read, raw, ".gpx")


def sound(found):
    """Whether an activity is one that a runner can have had."""
    return (
        timedelta() < found.time <= timedelta(hours=24)
        and (found.distance is None or 0 <= found.distance <= 300_000)
        and 2000 <= found.start.year < 2100
    )


@pytest.mark.parametrize("ending", SAMPLES)
def test_every_truncated_file_gives_a_message_or_the_right_value(read, ending):
    """Whatever was cut off: no traceback, and never less than the whole."""
    raw = SAMPLES[ending]()
    whole = read(raw, ending)
    step = 1 if len(raw) < 1500 else 2
    cut = []
    for length in range(0, len(raw), step):
        try:
            cut.append(read(raw[:length], ending))
        except ContentError:
            continue

    assert all(found == whole for found in cut)


@pytest.mark.parametrize("ending", SAMPLES)
def test_every_flipped_byte_gives_a_message_or_a_sound_value(read, ending):
    """FIT has a checksum, so that only the right value is left; text has none."""
    chance = random.Random(5)
    raw = SAMPLES[ending]()
    whole = read(raw, ending)
    found = []
    for _ in range(300):
        at = chance.randrange(len(raw))
        flipped = bytes([raw[at] ^ chance.randrange(1, 256)])
        try:
            found.append(read(raw[:at] + flipped + raw[at + 1 :], ending))
        except ContentError:
            continue

    assert all(found_one == whole if ending == ".fit" else sound(found_one) for found_one in found)


MINUTE = timedelta(minutes=1)
HABITS = [
    # Recording, length, time without pauses, metres, sport, distance from UTC if it is told.
    (".fit", "pauses", 34, 30, 4500, "running", 5.75),
    (".fit", "other byte order", 34, 30, 4500, "running", 5.75),
    (".fit", "older head", 34, 30, 4500, "running", 5.75),
    (".fit", "smart", 400 / 60, 400 / 60, 800, "running", None),
    (".fit", "treadmill", 20, 20, None, "running", -3.5),
    (".fit", "several sports", 25, 1480 / 60, 4000.5, "running", None),
    (".fit", "developer", 10, 10, 1800, "running", None),
    (".fit", "short times", 5, 5, 750, None, None),
    (".fit", "no end", 10, 10, 1740, None, None),
    (".gpx", "pauses", 25, 20, 3000, "running", None),
    (".gpx", "smart", 10, 10, 1500, "running", None),
    (".gpx", "offset", 25, 20, 3000, "running", 5.75),
    (".gpx", "mark", 25, 20, 3000, "running", None),
    (".gpx", "number", 25, 20, 3000, "running", None),
    (".gpx", "no kind", 25, 20, 3000, None, None),
    (".gpx", "several sports", 25, 20, 3000, "running", None),
    (".tcx", "pauses", 1400.5 / 60, 20, 3000, "running", None),
    (".tcx", "no distance", 600.5 / 60, 10, None, "running", None),
    (".tcx", "by hand", 30, 30, 5000, "running", None),
    (".tcx", "other", 600.5 / 60, 10, 900, "generic", None),
    (".tcx", "two activities", 1500.5 / 60, 1480 / 60, 4000.5, "running", None),
    (".tcx", "several sports", 1500.5 / 60, 1480 / 60, 4000.5, "running", None),
]
MADE = {".fit": recordings.FITS, ".gpx": recordings.GPXS, ".tcx": recordings.TCXS}
LATE = {
    (".fit", "several sports"): 2520,
    (".tcx", "several sports"): 2520,
    (".tcx", "two activities"): 2520,
}
"""Seconds of other sports before the run."""


@pytest.mark.parametrize(("ending", "habit", "minutes", "moved", "metres", "sport", "zone"), HABITS)
def test_the_habits_of_devices_are_known(read, ending, habit, minutes, moved, metres, sport, zone):
    """Start to the second, times, distance and sport: only what was run counts, without pauses."""
    found = read(MADE[ending][habit], ending)
    start = START + timedelta(seconds=LATE.get((ending, habit), 0))
    if ending == ".gpx" and zone:
        start -= timedelta(hours=zone)
    # The way on a round earth is a thousandth longer than on the flat one of the builder.
    close = {"rel_tol": 0.002 if ending == ".gpx" else 1e-9}

    assert found.start == start
    assert found.duration == minutes * MINUTE
    assert (found.moving or found.duration) == moved * MINUTE
    assert found.distance is metres or math.isclose(found.distance, metres, **close)
    assert found.sport == sport
    assert found.start.utcoffset() == timedelta(hours=zone or 0)
    assert found.local == (zone is not None)


def test_every_habit_is_looked_at():
    """A recording that is made here and not read would prove nothing."""
    assert {(ending, habit) for ending, habit, *_ in HABITS} == {
        (ending, habit) for ending, made in MADE.items() for habit in made
    }


@pytest.mark.parametrize(("ending", "habit"), [(row[0], row[1]) for row in HABITS])
def test_damaged_recordings_of_every_habit_give_a_message_or_a_sound_value(read, ending, habit):
    """Cut off, or with bytes changed, lost or put in twice: never a traceback."""
    chance = random.Random(habit)
    raw = MADE[ending][habit]
    whole = read(raw, ending)
    for number in range(40):
        at, length = chance.randrange(len(raw)), chance.randrange(1, 40)
        damaged = (
            raw[:at],
            raw[:at] + bytes(chance.randrange(256) for _ in range(length)) + raw[at + length :],
            raw[:at] + raw[at + length :],
            raw[:at] + raw[at : at + length] + raw[at:],
        )[number % 4]
        try:
            found = read(damaged, ending)
        except ContentError:
            continue
        # The checksum of FIT lets only the right value through.
        assert found == whole if ending == ".fit" else sound(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<TotalTimeSeconds>600<", b"<TotalTimeSeconds>9e30<"),
        (b"<TotalTimeSeconds>600<", b"<TotalTimeSeconds>nan<"),
        (b"<DistanceMeters>1500<", b"<DistanceMeters>far<"),
        (b'StartTime="2026', b'Start="2026'),
        (b"<Time>2026-11-30T17:05", b"<Time>soon"),
        (b"<Time>2026-11-30T17:05:09.500Z", b"<Time>"),
    ],
)
def test_a_value_that_no_watch_writes_is_refused(read, old, new):
    """Numbers and times that are none."""
    raw = recordings.TCXS["pauses"]

    assert old in raw
    assert "damaged" in refused(read, raw.replace(old, new), ".tcx")


def test_what_an_app_leaves_empty_is_taken_from_the_rest(read):
    """A lap without its distance or its time still has the other lap and its points."""
    raw = recordings.TCXS["pauses"]
    one = read(
        raw.replace(b"<DistanceMeters>1500</DistanceMeters>", b"<DistanceMeters/>", 1), ".tcx"
    )
    timeless = read(raw.replace(b"<TotalTimeSeconds>600</TotalTimeSeconds>", b""), ".tcx")

    assert one.distance == 3000
    assert (timeless.moving, timeless.duration) == (None, 1400.5 / 60 * MINUTE)


def test_a_missing_extra_is_named(read, monkeypatch):
    """Who has not installed the readers is told how."""
    monkeypatch.setitem(__import__("sys").modules, "gpxpy", None)
    with pytest.raises(ProgramgenError, match=r"pip install 'programgen\[activities\]'"):
        read(gpx(), ".gpx")


def samples():
    """Return real recordings; the folder is named by the one who has them."""
    folder = os.environ.get("PROGRAMGEN_RECORDINGS")
    return sorted(p for p in Path(folder).rglob("*") if p.suffix in SAMPLES) if folder else []


@pytest.mark.skipif(not samples(), reason="PROGRAMGEN_RECORDINGS names no folder of recordings")
def test_real_recordings_are_read_or_refused():
    """Files from watches and apps, such as those of the readers' own tests."""
    for path in samples():
        try:
            found = read_activity(path)
        except ContentError:
            continue
        assert sound(found), path


def a_session(steps="5 x (run 1 min, walk 2 min)", minutes=25, kind="run"):
    """Return a session of the ladder."""
    return Session(
        kind=kind, title="Runs", minutes=minutes, place="outdoor", stage="r3",
        steps=parse_steps(steps), warm_up="5 min", cool_down="5 min",
    )  # fmt: skip


def lasting(minutes, **fields):
    """Return a recording of so many minutes."""
    return Activity(START, timedelta(minutes=minutes), **fields)


def test_breaks_count_in_a_recording_and_not_in_the_run_time():
    """A recording that fits the session has run what was planned, and says so."""
    found = filled(lasting(24), a_session())

    assert (found.done, found.run) == ("yes", timedelta(minutes=5))
    assert "taken from the plan: 5 min" in found.text


def test_pauses_are_no_part_of_a_session():
    """A recording with the watch paused counts by its moving time."""
    found = filled(lasting(90, moving=timedelta(minutes=25)), a_session())

    assert found.done == "yes"


@pytest.mark.parametrize(("minutes", "done"), [(12, "part"), (60, None)])
def test_a_recording_that_does_not_fit_says_nothing_about_the_run_time(minutes, done):
    """Guessing a longer run could make the next one too long."""
    found = filled(lasting(minutes), a_session())

    assert (found.done, found.run) == (done, None)


def test_a_walk_is_recorded_as_it_was():
    """There are no breaks to take away."""
    session = a_session("walk 20 min", 20, "walk")

    assert filled(lasting(21), session).run == timedelta(minutes=21)
    assert filled(lasting(10), session).done == "part"


def test_the_day_is_taken_from_the_plan_only_where_one_alone_fits():
    """Without a time zone a recording may be of two days, and is asked for if both fit."""
    first, second = date(2026, 11, 30), date(2026, 12, 1)

    assert lasting(20).days == (first, second)
    assert day_of(lasting(20), [second, date(2026, 12, 3)]) == second
    assert day_of(lasting(20), [first, second]) is None
    assert day_of(lasting(20), []) is None
    assert day_of(lasting(20, local=True), []) == first
