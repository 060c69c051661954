"""Where a runner stands: what single reports change."""

from datetime import timedelta

import pytest

from programgen import service
from programgen.core.dose import State
from programgen.core.entry import Entry
from programgen.core.reasons import Reason
from programgen.core.standing import fold, reach_of
from tests.conftest import MONDAY, a_runner
from tests.logs import RUNNERS, first_plan, ladder, run

CONTENT = service.catalogue()
LADDER = CONTENT.protocols["low-back-walk-run"]
DAY = timedelta(days=1)


def number(name):
    """Return the position of a stage."""
    return LADDER.number(name)


def reach(state, *, gates, top="r11", start="w0", chosen_by="r1"):
    """Return the highest stage that gates leave open to a runner at a stage."""
    entry = Entry(
        start=number(start),
        top=number(top),
        goal=30,
        reason=Reason(text="Why.", rule=chosen_by),
        gates=dict.fromkeys(gates, ("A test.",)),
    )
    return LADDER.stages[reach_of(LADDER, entry, State(stage=number(state)))].id


@pytest.mark.parametrize(
    ("state", "options", "highest"),
    [
        ("w1", {"gates": []}, "r11"),
        ("w1", {"gates": ["r1", "r4"]}, "w1"),
        ("w1", {"gates": ["r4"]}, "r3"),
        ("w1", {"gates": ["r4"], "top": "r2"}, "r2"),
        ("r1", {"gates": ["r1"]}, "r1"),
        ("r5", {"gates": ["r4"]}, "r5"),
        ("r5", {"gates": ["r4"], "top": "r3"}, "r3"),
        ("w1", {"gates": ["r1"], "start": "r1"}, "w1"),
        ("r2", {"gates": ["r1", "r3"], "start": "r2", "chosen_by": "clinician"}, "r2"),
        ("r2", {"gates": ["r1", "r4"], "start": "r2", "chosen_by": "clinician"}, "r3"),
        ("r2", {"gates": ["r1", "r2"], "start": "r2", "chosen_by": "clinician"}, "r11"),
        ("w1", {"gates": ["r1"], "start": "r2", "chosen_by": "clinician"}, "r11"),
    ],
)
def test_a_gate_lets_nobody_pass_unless_a_clinician_began_beyond_it(state, options, highest):
    """A gate ahead stops below it; one that closed behind stops where the runner is."""
    assert reach(state, **options) == highest


def folded(runner, *entries):
    """Return where a runner stands after reports."""
    plan = first_plan(CONTENT, runner)
    protocol = CONTENT.protocols[plan.provenance.protocol]
    shown = {p.day: p.session for p in ladder(plan)}
    intake = a_runner(CONTENT, RUNNERS[runner])
    return fold(entries, intake, protocol, MONDAY, CONTENT, shown)


@pytest.mark.parametrize(
    ("facts", "turns"), [({}, 0), ({"done": "part"}, 0), ({"during": 3}, 1), ({"during": 6}, 1)]
)
def test_a_good_report_turns_nothing(facts, turns):
    """What went well, or is not known, is no reason to change anything; pain is."""
    assert len(folded("six weeks off", run(MONDAY, **facts)).turns) == turns


def test_minutes_of_running_are_those_of_runs():
    """A run counts its minutes for the longest run and the chart, a walk counts none."""
    ran, walked = folded("never stopped", run(MONDAY)), folded("walks first", run(MONDAY))

    assert ran.ran == ran.state.longest == ((MONDAY, 33.0),)
    assert walked.ran == walked.state.longest == ((MONDAY, 0.0),)


def test_a_longer_run_than_printed_counts_as_printed_but_is_told_as_it_was():
    """What later runs may grow from is never more than was asked for, nor of a bad session."""
    far, bad = timedelta(minutes=70), {"during": 7}

    assert folded("never stopped", run(MONDAY, run=far)).state.longest == ((MONDAY, 33.0),)
    assert folded("never stopped", run(MONDAY, run=far)).ran == ((MONDAY, 70.0),)
    assert folded("never stopped", run(MONDAY, **bad)).state.longest == ((MONDAY, 0.0),)
    assert folded("never stopped", run(MONDAY, **bad)).ran == ((MONDAY, 33.0),)


@pytest.mark.parametrize(("minutes", "light"), [(30, "green"), (29, "none")])
def test_nine_tenths_of_the_minutes_are_all_of_a_session(minutes, light):
    """30 of 33 minutes went well as a whole; 29 are part of a session and earn nothing."""
    report = run(MONDAY, run=timedelta(minutes=minutes)).model_copy(update={"id": 1})

    assert folded("never stopped", report).light_of == {1: light}
