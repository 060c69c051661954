"""Workouts for a watch, read back with another library."""

import re
import sys
from io import BytesIO
from zipfile import ZipFile

import fitdecode
import pytest
from hypothesis import given, settings

from programgen.content.page_text import sentences_by_heading
from programgen.content.readability import grade
from programgen.core.plan import Referral
from programgen.errors import ProgramgenError
from tests.conftest import a_runner, planned
from tests.exporters.plans import a_plan, bouts, on_ladder, some_plans, with_session, written

GUIDE = "put-these-on-your-watch.html"


def messages(raw: bytes) -> list[tuple[str, dict]]:
    """Return the messages of a file; a broken one raises."""
    with fitdecode.FitReader(BytesIO(raw), check_crc=fitdecode.CrcCheck.RAISE) as file:
        return [
            (frame.name, {f.name: f.value for f in frame.fields if f.value is not None})
            for frame in file
            if isinstance(frame, fitdecode.FitDataMessage)
        ]


def steps_of(raw: bytes) -> list[dict]:
    """Return the steps of a workout as they are written."""
    return [values for name, values in messages(raw) if name == "workout_step"]


def done(steps: list[dict]) -> list[tuple[str, int]]:
    """Return what a watch counts, repeats done, in seconds; steps without an end are left out."""
    found: list[tuple[int, str, int]] = []
    for index, step in enumerate(steps):
        if step["duration_type"] == "repeat_until_steps_cmplt":
            again = [part for part in found if part[0] >= step["duration_step"]]
            found += again * (step["repeat_steps"] - 1)
        elif step["duration_type"] == "time":
            move = "run" if step["wkt_step_name"] == "Run" else "walk"
            assert step["duration_time"] == round(step["duration_time"])
            found.append((index, move, round(step["duration_time"])))
    return [(move, seconds) for _, move, seconds in found]


def files(raw: bytes) -> dict[str, bytes]:
    """Return the workouts of an archive by name."""
    with ZipFile(BytesIO(raw)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist() if name != GUIDE}


def one_run(plan):
    """Return a plan that holds one run alone."""
    week, placed = on_ladder(plan)[0]
    days = tuple(
        d.model_copy(update={"sessions": (placed.session,) if d.day == placed.day else ()})
        for d in week.days
    )
    return plan.model_copy(update={"weeks": (week.model_copy(update={"days": days}),)})


@settings(max_examples=15)
@given(some_plans)
def test_a_watch_counts_what_the_plan_says(plan):
    """Days, kinds, every second of every repeat: the same in the files as in the plan."""
    found = files(written(".zip", plan))
    expected = on_ladder(plan)

    assert len(found) == len(expected)
    for (name, raw), (week, placed) in zip(found.items(), expected, strict=True):
        parts = dict(messages(raw))
        steps = steps_of(raw)

        assert parts["file_id"]["type"] == "workout"
        assert name.startswith(f"week-{week.number:02}-{placed.session.kind}-")
        assert name.endswith(f"{placed.day}.fit")
        assert (
            parts["workout"]["sport"] == {"run": "running", "walk": "walking"}[placed.session.kind]
        )
        assert parts["workout"]["num_valid_steps"] == len(steps)
        assert [step["message_index"] for step in steps] == list(range(len(steps)))
        assert done(steps) == bouts(placed.session)


@settings(max_examples=5)
@given(some_plans)
def test_names_fit_every_watch(plan):
    """No name has more than 15 bytes, also late in the year and in a late version."""
    later = plan.model_copy(
        update={"provenance": plan.provenance.model_copy(update={"version": 600})}
    )
    for made in (plan, later):
        for raw in files(written(".zip", made)).values():
            parts = messages(raw)
            names = [v[k] for _, v in parts for k in ("wkt_name", "wkt_step_name") if k in v]

            assert names
            assert all(0 < len(name.encode()) <= 15 for name in names), names


def test_a_repeat_is_one_step():
    """Six times run and walk is written once, with a step that jumps back."""
    _, placed = on_ladder(a_plan())[0]
    (main,) = placed.session.steps
    steps = steps_of(next(iter(files(written(".zip", a_plan())).values())))
    (repeat,) = [s for s in steps if s["duration_type"] == "repeat_until_steps_cmplt"]

    assert main.repeat > 1
    assert repeat["repeat_steps"] == main.repeat
    assert repeat["message_index"] - repeat["duration_step"] == len(main.bouts)


def test_the_watch_waits_for_drills():
    """Where drills stand between the walk and the first run, the watch counts no time."""
    plan = a_plan()
    seen = set()
    for (_, placed), raw in zip(
        on_ladder(plan), files(written(".zip", plan)).values(), strict=True
    ):
        drills = any(item.part == "warm-up" for item in placed.session.items)
        steps = steps_of(raw)
        waits = [i for i, step in enumerate(steps) if step["duration_type"] == "open"]
        seen.add(drills)

        assert waits == ([1] if drills else [])
    assert True in seen


def test_workouts_keep_their_identity():
    """A plan that is written again has the same identities; each session has its own."""
    plan = a_plan(order=1)
    raw = written(".zip", plan)
    heads = [dict(messages(r))["file_id"] for r in files(raw).values()]
    identities = {(h["serial_number"], h["time_created"]) for h in heads}

    assert raw == written(".zip", plan)
    assert len(identities) == len(heads)
    assert len({h["time_created"] for h in heads}) == len(heads)
    assert len({h["serial_number"] for h in heads}) == len(heads)


def test_a_later_version_cannot_pass_for_an_earlier_one():
    """The number of a workout stays, its time and its name tell the version."""
    plan = a_plan()
    later = plan.model_copy(
        update={"provenance": plan.provenance.model_copy(update={"version": 2})}
    )
    first, second = (
        [dict(messages(raw)) for raw in files(written(".zip", made)).values()]
        for made in (plan, later)
    )
    old, new = ([m["file_id"] for m in found] for found in (first, second))

    assert [h["serial_number"] for h in old] == [h["serial_number"] for h in new]
    assert not {h["time_created"] for h in old} & {h["time_created"] for h in new}
    assert all(m["workout"]["wkt_name"].endswith(" v2") for m in second)
    assert not any(m["workout"]["wkt_name"].endswith("v1") for m in first)


def test_an_archive_carries_no_clock():
    """Every file is dated like the plan, and the guide comes first."""
    plan = a_plan()
    with ZipFile(BytesIO(written(".zip", plan, week=2))) as archive:
        entries = archive.infolist()
    made = plan.provenance.made_on

    assert entries[0].filename == GUIDE
    assert {e.date_time for e in entries} == {(made.year, made.month, made.day, 0, 0, 0)}
    assert all(e.filename.startswith("week-02-") for e in entries[1:])
    assert len(entries) == 1 + sum(week.number == 2 for week, _ in on_ladder(plan))


def test_one_run_is_one_file():
    """A .fit is the same file as in the archive; for more than one it says what to do."""
    plan = a_plan()
    single = one_run(plan)

    assert written(".fit", single) == next(iter(files(written(".zip", single)).values()))
    with pytest.raises(ProgramgenError, match=r"week 2 has 3; name a file that ends in \.zip"):
        written(".fit", plan, week=2)
    with pytest.raises(ProgramgenError, match=r"there is no week 40; the plan has 8 weeks"):
        written(".fit", plan, week=40)


def test_without_a_run_nothing_is_written(content):
    """A plan without a ladder session, and a referral, say so."""
    plan = one_run(a_plan())
    empty = with_session(plan, stage=None)
    referral = planned(content, a_runner(content, {"answers": {"saddle-numbness": "yes"}}))

    assert isinstance(referral, Referral)
    with pytest.raises(ProgramgenError, match="no run or walk"):
        written(".zip", empty)
    with pytest.raises(ProgramgenError, match="nothing is planned"):
        written(".zip", referral)


@pytest.mark.parametrize(
    ("ending", "package", "extra"),
    [(".zip", "fit_tool.fit_file_builder", "fit"), (".xlsx", "openpyxl", "tables")],
)
def test_a_missing_package_names_what_to_install(monkeypatch, ending, package, extra):
    """Without the extra the message says how to get it."""
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(ProgramgenError, match=rf"pip install 'programgen\[{extra}\]'"):
        written(ending, a_plan())


def test_the_guide_needs_nothing_else():
    """Plain words, every drawing in words, no address and no script."""
    with ZipFile(BytesIO(written(".zip", a_plan()))) as archive:
        page = archive.read(GUIDE).decode()
    told = [s for found in sentences_by_heading(page).values() for s in found]
    drawings = re.findall(r"<svg[^>]*>", page)

    assert grade(told) <= 6
    assert len(drawings) == 5
    assert all(re.search(r'role="img" aria-label="[^"]{10,}"', drawing) for drawing in drawings)
    assert not re.search(r"https?:|<script|src=|href=|@import|url\(", page)
    assert "Your sheet comes first." in page
