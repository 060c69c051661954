"""One plan from its first version to its release after a warning, as calendars see it.

Five files, read by other people's readers and imported as a calendar does: an event gives way
to one of the same identity with a higher sequence.
"""

from datetime import time, timedelta
from functools import cache

import pytest

from programgen import service
from programgen.core.log import Log
from programgen.core.plan import Plan, Referral
from programgen.exporters.base import Export
from programgen.exporters.calendar_file import export
from tests.conftest import MONDAY
from tests.exporters.test_calendar_file import (
    READERS,
    by_icalendar,
    expected,
    imported,
    saved,
    times_of,
)
from tests.logs import first_plan, ladder, release, run, updated, week

CONTENT = service.catalogue()
AT, ZONE = time(7, 30), "Europe/Berlin"
STORY = ("first", "after a bad run", "after a painful week", "withdrawn", "released")


@cache
def versions():
    """Return the five versions and the day on which each was made."""
    plan = first_plan(CONTENT, "six weeks off")
    log = Log(plan=plan.provenance.plan)
    found = [(plan, plan.provenance.made_on)]

    def told(day, *entries):
        nonlocal log
        log = log.appended(entries, day)
        found.append((updated(found[-1][0], log, CONTENT, day), day))

    runs = [p.day for p in ladder(plan)]
    told(runs[1] + timedelta(days=1), run(runs[0]), run(runs[1], during=6, morning=4))
    sunday = MONDAY + timedelta(days=13)
    later = [p.day for p in ladder(found[-1][0], runs[1] + timedelta(days=1), sunday)]
    told(sunday, *(run(day, during=4) for day in later), week(sunday, CONTENT, average=5))
    thursday = sunday + timedelta(days=4)
    told(thursday, week(thursday, CONTENT, answers={"saddle-numbness": "yes"}))
    back = thursday + timedelta(days=18)
    told(back, week(back, CONTENT), release(back))
    return tuple(found)


@cache
def files():
    """Return the calendar of each version."""
    return [export(made, Export(CONTENT, at=AT, zone=ZONE)) for made, _ in versions()]


@cache
def read_by(reader, folder):
    """Return the events of each file as a reader finds them."""
    return reader(saved(folder, files()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A place for the files."""
    return tmp_path_factory.mktemp("story")


def shown_after(reads, numbers):
    """Return a calendar after the files of these numbers were imported one after the other."""
    shown: dict = {}
    for number in numbers:
        shown = imported(shown, reads[number])
    return shown


def live(shown):
    """Return the times of the events that are not cancelled."""
    return sorted(times_of(e for e in shown.values() if e["status"] != "CANCELLED"))


def test_the_story_has_every_turn():
    """Two changed plans, a withdrawal, and a plan that goes on."""
    made = [result for result, _ in versions()]

    assert [result.provenance.version for result in made] == [1, 2, 3, 4, 5]
    assert [type(result) for result in made] == [Plan, Plan, Plan, Referral, Plan]
    assert len({result.provenance.plan for result in made}) == 1
    assert ladder(made[4], versions()[4][1])


@READERS
@pytest.mark.parametrize("turn", range(5), ids=STORY)
def test_after_each_import_the_calendar_is_the_plan(reader, folder, turn):
    """Every session once and at its time; after the warning nothing is left to come."""
    result, day = versions()[turn]
    shown = shown_after(read_by(reader, folder), range(turn + 1))

    if isinstance(result, Plan):
        assert live(shown) == sorted(expected(result, AT, ZONE))
    else:
        assert all(begin < str(day) for begin, _ in live(shown))
        assert any(
            begin >= str(day) for begin, _ in live(shown_after(read_by(reader, folder), [2]))
        )


@READERS
def test_whoever_misses_versions_sees_the_same(reader, folder):
    """The newest file alone brings any older calendar up to date, from its day on."""
    reads = read_by(reader, folder)
    for newest in range(1, 5):
        day = str(versions()[newest][1])
        whole = [e for e in live(shown_after(reads, range(newest + 1))) if e[0] >= day]

        assert bool(whole) == (STORY[newest] != "withdrawn")
        for older in range(newest):
            found = [e for e in live(shown_after(reads, [older, newest])) if e[0] >= day]

            assert found == whole, (older, newest)


@READERS
def test_an_older_file_that_is_imported_again_changes_nothing(reader, folder):
    """Its events have lower sequences."""
    reads = read_by(reader, folder)

    assert shown_after(reads, [0, 1, 2, 3, 4, 2, 0, 3]) == shown_after(reads, range(5))


@READERS
def test_no_file_names_an_event_twice(reader, folder):
    """One identity, one event, whether it is planned or taken back."""
    for events in read_by(reader, folder):
        names = [event["uid"] for event in events]

        assert len(names) == len(set(names))


def test_sessions_that_come_back_are_confirmed_under_their_old_identity(folder):
    """Taken back by the warning, planned again by the release: one event, not two."""
    reads = read_by(by_icalendar, folder)
    gone = {e["uid"] for e in reads[3] if e["status"] == "CANCELLED"}
    back = {e["uid"]: e for e in reads[4] if e["status"] == "CONFIRMED"}
    again = gone & back.keys()

    assert again
    assert all(back[name]["sequence"] == 4 for name in again)
