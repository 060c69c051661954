"""Where a runner stands: what single reports change."""

from datetime import timedelta

import pytest

from programgen import service
from programgen.core import standing
from programgen.core.dose import State
from programgen.core.entry import Entry
from programgen.core.reasons import Reason
from programgen.core.standing import fold, reach_of
from tests.conftest import MONDAY, a_runner
from tests.logs import RUNNERS, first_plan, ladder, log_of, missed, run, updated, week

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


@pytest.mark.parametrize("told", [[], [{"walk-30-min": "yes"}], [{"hop": "yes"}, {"hop": "no"}]])
def test_after_a_month_off_a_test_is_asked_for_until_it_is_passed_again(told):
    """What a check-in takes as passed is what the plan takes as passed, week after week."""
    plan = first_plan(CONTENT, "six weeks off")
    log = log_of(plan)
    for number in range(12):
        monday = MONDAY + 7 * number * DAY
        if not 2 <= number <= 6:
            for day in [p.day for p in ladder(plan, monday, monday + 6 * DAY)]:
                log = log.appended([run(day)], day)
        facts = {"abilities": told[number - 9]} if 0 <= number - 9 < len(told) else {}
        log = log.appended([week(monday + 6 * DAY, CONTENT, **facts)], monday + 6 * DAY)
        today = monday + 7 * DAY
        plan = updated(plan, log, CONTENT, today)
        known = {name for name, answer in plan.intake.abilities.items() if answer == "yes"}

        assert standing.tests_passed(plan.first_intake, log.valid, LADDER, MONDAY, today) == known

    assert known == {name for facts in told for name in facts if told[-1][name] == "yes"}


@pytest.mark.parametrize(
    ("usual", "before", "light"), [(1, 3, "none"), (1, 4, "amber"), (2, 4, "none"), (2, 5, "amber")]
)
def test_a_morning_three_points_over_the_usual_one_closes_the_run(usual, before, light):
    """S6: three points, not two; one closed morning counts as amber."""
    plan = first_plan(CONTENT, "six weeks off")
    shown = {p.day: p.session for p in ladder(plan)}
    intake = a_runner(CONTENT, {"pain": {"usual": usual}})
    report = missed(MONDAY, before=before).model_copy(update={"id": 1})

    assert fold([report], intake, LADDER, MONDAY, CONTENT, shown).light_of == {1: light}


@pytest.mark.parametrize(("during", "lighter"), [(4, None), (5, MONDAY)])
def test_a_bad_strength_session_makes_strength_lighter_and_leaves_the_ladder(during, lighter):
    """Five of ten in strength work: lowest dose, but no stage back and no rest from running."""
    state = folded("six weeks off", run(MONDAY, session="strength", during=during)).state

    assert state.lighter_since == lighter
    assert (state.bad, state.rest_until, state.held) == ((), None, None)


@pytest.mark.parametrize(
    ("usual", "morning", "light"),
    [(None, 1, "green"), (3, 1, "green"), (3, 2, "amber"), (3, 3, "red"), (0, 1, "amber")],
)
def test_a_rise_is_over_the_ordinary_morning_but_never_over_a_worse_one(usual, morning, light):
    """Usual pain 1 at the start: told as 3 the bounds stay, told as 0 they follow."""
    entries = [run(MONDAY + DAY, morning=morning).model_copy(update={"id": 2})]
    asked = week(MONDAY, CONTENT, usual=usual)

    assert folded("six weeks off", asked, *entries).light_of == {2: light}


@pytest.mark.parametrize(("days", "light"), [(27, "bone"), (28, "red")])
def test_the_same_sharp_spot_counts_for_four_weeks(days, light):
    """Again within 28 days it pauses running; later it is a bad reaction."""
    days_of = (MONDAY, MONDAY + days * DAY)
    first, again = (run(d, session="mobility", spot="yes") for d in days_of)
    told = [e.model_copy(update={"id": n}) for n, e in enumerate((first, again), 1)]

    assert folded("six weeks off", *told).light_of == {1: "red", 2: light}


@pytest.mark.parametrize(
    ("minutes", "light", "ends"),
    [(29.7, "green", True), (16.5, "none", True), (16.4, "none", False)],
)
def test_a_session_is_whole_from_nine_tenths_and_ends_a_break_from_half(minutes, light, ends):
    """Of 33 minutes: 29.7 are all of it, 16.5 end a break, less does not."""
    day = MONDAY + 2 * DAY
    report = run(day, run=timedelta(minutes=minutes)).model_copy(update={"id": 1})
    found = folded("never stopped", report)

    assert found.light_of == {1: light}
    assert (found.state.last_run == day) is ends


@pytest.mark.parametrize(("days", "worse"), [(7, True), (14, True), (15, False)])
@pytest.mark.parametrize(("rise", "enough"), [(2, True), (1, False)])
def test_a_week_is_worse_by_two_points_since_two_weeks_at_most(days, worse, rise, enough):
    """Average pain against the last score of the last 14 days (ostelo-2008)."""
    weeks = [week(MONDAY, CONTENT, average=3)]
    weeks += [week(MONDAY + days * DAY, CONTENT, average=3 + rise)]

    assert folded("six weeks off", *weeks).state.worse is (worse and enough)
