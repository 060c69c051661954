"""The rule of the ladder: the state that reports lead to."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programgen import service
from programgen.core.decisions import Light
from programgen.core.dose import State, after_run, before_run, noted, run_minutes, steps_of

DAY = date(2027, 1, 4)
LADDER = service.catalogue().protocols["low-back-walk-run"]
REPORTED = st.sampled_from([Light.NONE, Light.GREEN, Light.AMBER, Light.RED, Light.SPREAD])


def run(state: State, day: date, light: Light) -> State:
    """Return the state after the session that the ladder asks for on a day."""
    now = before_run(LADDER, state, day, top=12, goal=60, restart=12)
    return after_run(LADDER, now, day, run_minutes(steps_of(LADDER, now)), light)


def runs(*lights: Light, gap: int = 2, stage: int = 3) -> State:
    """Return the state after sessions that lie *gap* days apart, the first on DAY."""
    state = State(stage=stage)
    for number, light in enumerate(lights):
        state = run(state, DAY + timedelta(days=gap * number), light)
    return state


def test_a_third_bad_reaction_in_four_weeks_pauses_running():
    """Three reds in 28 days need a clinician."""
    state = runs(Light.RED, Light.RED, Light.RED, gap=9)

    assert state.held is not None
    assert state.held.id == "three-reds"


def test_a_bad_reaction_rests_for_three_days_and_goes_one_stage_back():
    """72 hours without running, then the stage below."""
    state = runs(Light.RED)
    after = before_run(LADDER, state, DAY + timedelta(days=3), top=12, goal=60, restart=12)

    assert state.rest_until == DAY + timedelta(days=3)
    assert after.stage == 2


def test_a_bad_reaction_after_a_break_rests_as_well():
    """Two mornings too sore to run, weeks after the last run: three days of rest all the same."""
    back = DAY + timedelta(days=20)
    state = noted(LADDER, runs(Light.GREEN), back, Light.RED)

    assert state.rest_until == back + timedelta(days=3)
    assert (
        before_run(LADDER, state, back + timedelta(days=3), top=12, goal=60, restart=12).stage == 1
    )


def test_the_second_bad_reaction_in_two_weeks_goes_two_stages_back():
    """Red again after six days: two stages from where it happened."""
    state = runs(Light.RED, Light.RED, gap=6, stage=6)
    after = before_run(LADDER, state, DAY + timedelta(days=12), top=12, goal=60, restart=12)

    assert state.stage == 5
    assert after.stage == 3


def test_three_amber_sessions_in_a_row_go_one_stage_back():
    """Some pain three times running: a stage back and a lighter week."""
    state = runs(Light.AMBER, Light.AMBER, Light.AMBER)
    day = DAY + timedelta(days=6)
    after = before_run(LADDER, state, day, top=12, goal=60, restart=12)

    assert after.stage == 2
    assert after.lighter_since == day


def test_a_warning_sign_holds_everything():
    """After a stop no session moves the state on."""
    state = noted(LADDER, State(stage=3), DAY, Light.STOP)
    later = runs_on(state)

    assert state.held is not None
    assert state.held.step == "stop"
    assert later.stage == 3


def runs_on(state: State) -> State:
    """Return the state that a later session would begin with."""
    return before_run(LADDER, state, DAY + timedelta(days=2), top=12, goal=60, restart=12)


@pytest.mark.parametrize(("days", "stage"), [(7, 3), (8, 3), (14, 3), (15, 1), (28, 1), (29, 0)])
def test_a_break_costs_stages(days, stage):
    """Up to two weeks the stage is kept, then two stages, from 29 days on three."""
    after = before_run(
        LADDER, runs(Light.GREEN), DAY + timedelta(days=days), top=12, goal=60, restart=12
    )

    assert after.stage == stage


@pytest.mark.parametrize(("days", "stage"), [(13, 4), (14, 4), (15, 5)])
def test_two_bad_reactions_count_together_up_to_the_same_weekday(days, stage):
    """The second within 14 days, the last one included, costs two stages instead of one."""
    state = replace(State(stage=6), bad=((DAY, Light.RED),))
    state = noted(LADDER, state, DAY + timedelta(days=days), Light.RED)

    assert due(state, DAY + timedelta(days=days + 3)).stage == stage


@pytest.mark.parametrize("gap", [1, 9, 13])
def test_waiting_after_a_bad_reaction_makes_no_later_run_harder(gap):
    """S16: who misses sessions after it does not begin higher than who comes back at once."""
    state = replace(State(stage=6), bad=((DAY, Light.RED),), last_run=DAY)
    state = after_run(LADDER, state, DAY + timedelta(days=gap), 0, Light.RED)
    stages = [due(state, DAY + timedelta(days=gap + wait)).stage for wait in range(3, 40)]

    assert stages == sorted(stages, reverse=True)


@pytest.mark.parametrize(("days", "held"), [(27, True), (28, True), (29, False)])
def test_three_bad_reactions_count_together_for_four_weeks(days, held):
    """The third within 28 days, the last one included, pauses running."""
    early = ((DAY, Light.RED), (DAY + timedelta(days=12), Light.RED))
    state = noted(LADDER, State(stage=6, bad=early), DAY + timedelta(days=days), Light.RED)

    assert (state.held is not None) is held


@pytest.mark.parametrize(
    ("lights", "gap", "stage"),
    [
        ((Light.GREEN,) * 3, 7, 4),
        ((Light.GREEN,) * 3, 6, 3),
        ((Light.GREEN,) * 2, 7, 3),
        ((Light.GREEN, Light.NONE, Light.GREEN, Light.GREEN), 7, 4),
        ((Light.GREEN, Light.GREEN, Light.GREEN, Light.NONE), 7, 3),
        ((Light.GREEN, Light.GREEN, Light.GREEN, Light.AMBER), 7, 3),
        ((Light.NONE,) * 3, 7, 3),
    ],
)
def test_three_good_sessions_and_seven_days_bring_the_next_stage(lights, gap, stage):
    """S3 and S4: three good ones, the last one good, and a week since the last step."""
    state = State(stage=3, last_step=DAY)
    for number, light in enumerate(lights):
        state = after_run(LADDER, state, DAY + timedelta(days=number), 5, light)

    assert due(state, DAY + timedelta(days=gap)).stage == stage


def due(state: State, day: date, top: int = 12) -> State:
    """Return the state in which the ladder asks for a session on a day."""
    return before_run(LADDER, state, day, top=top, goal=60, restart=12)


def test_a_milder_report_does_not_take_back_a_step_that_is_due():
    """Some pain in the next report: the bad reaction before it still costs its stage."""
    state = noted(LADDER, runs(Light.RED), DAY + timedelta(days=1), Light.AMBER)

    assert state.light is Light.RED
    assert due(state, DAY + timedelta(days=3)).stage == 2


LAST = len(LADDER.stages) - 1


def beyond(*longest: tuple[int, float], stage: int = LAST) -> State:
    """Return the state of a runner who may step up, with runs of some days ago."""
    runs = tuple((DAY - timedelta(days=ago), minutes) for ago, minutes in longest)
    return State(
        stage=stage,
        good=3,
        light=Light.GREEN,
        last_run=DAY - timedelta(days=2),
        longest=runs,
    )


@pytest.mark.parametrize(
    ("longest", "minutes"),
    [
        ([(9, 30.0), (2, 25.0)], 33),
        ([(2, 25.0), (9, 30.0)], 33),
        ([(30, 40.0), (2, 30.0)], 44),
        ([(31, 40.0), (2, 30.0)], 33),
        ([(2, 30.0), (0, 40.0)], 33),
        ([(2, 20.0)], 22),
        ([(2, 25.0)], 27),
        ([(2, 58.0)], 60),
    ],
)
def test_beyond_the_ladder_a_run_grows_by_a_tenth_of_the_longest_of_thirty_days(longest, minutes):
    """S8: whole minutes, rounded down, up to the goal; the day itself does not count."""
    now = due(beyond(*longest), DAY)

    assert now.target == minutes
    assert (now.good, now.light, now.last_step) == (0, Light.NONE, DAY)


@pytest.mark.parametrize(
    ("state", "top"),
    [
        (beyond((2, 19.0)), LAST),
        (beyond((2, 60.0)), LAST),
        (beyond((2, 30.0), stage=5), 5),
        (beyond(), LAST),
    ],
    ids=["short runs", "the goal is reached", "the plan ends here", "no run known"],
)
def test_nothing_grows_where_it_must_not(state, top):
    """Nothing under 20 minutes grows by a share, nothing beyond the goal or the highest stage."""
    assert due(state, DAY, top) == state


@given(
    st.lists(st.tuples(st.integers(1, 12), REPORTED, st.integers(0, 60)), max_size=40),
    st.sampled_from([0, 33, 45]),
)
def test_whatever_was_run_the_next_longest_is_under_the_cap(reports, target):
    """S8 and S2: a new longest run is at most 110 % and 7 days after the last; a pause stays."""
    state, day, news = State(stage=LAST, target=float(target)), DAY, []
    for gap, light, minutes in reports:
        day += timedelta(days=gap)
        now = due(state, day)
        if now.target > state.target:
            known = [m for d, m in state.longest if 0 < (day - d).days <= 30]
            news.append(day)
            assert now.target <= 1.1 * max(known)
        if state.held:
            assert now == state
        state = after_run(LADDER, now, day, min(minutes, run_minutes(steps_of(LADDER, now))), light)
        assert not now.held or state.held

    assert all((b - a).days >= 7 for a, b in pairwise(news))


@pytest.mark.parametrize(("days", "restart", "stage"), [(28, 2, 8), (29, 2, 2), (29, 9, 7)])
def test_the_start_counts_again_after_the_longest_break_alone(days, restart, stage):
    """From 29 days on nobody begins above the stage that the questions of the start allow."""
    day = DAY + timedelta(days=days)
    after = before_run(LADDER, runs(Light.GREEN, stage=10), day, top=12, goal=60, restart=restart)

    assert after.stage == stage


@given(
    st.lists(st.tuples(st.integers(1, 40), REPORTED), max_size=40),
    st.integers(0, 12),
)
def test_any_history_climbs_one_stage_a_week_at_most(reports, start):
    """Whatever is reported: one stage at once, seven days between two steps up."""
    state, day, ups, stages = State(stage=start), DAY, [], [start]
    for gap, light in reports:
        day += timedelta(days=gap)
        now = before_run(LADDER, state, day, top=12, goal=60, restart=12)
        if now.held:
            break
        if now.stage > state.stage or now.target > state.target:
            ups.append(day)
        stages.append(now.stage)
        state = after_run(LADDER, now, day, run_minutes(steps_of(LADDER, now)), light)

    assert all(b - a <= 1 for a, b in pairwise(stages))
    assert all((b - a).days >= 7 for a, b in pairwise(ups))


@given(
    st.lists(st.tuples(st.integers(2, 6), REPORTED), min_size=1, max_size=25),
    st.integers(0, 24),
    st.integers(0, 12),
    st.sampled_from([Light.AMBER, Light.RED, Light.SPREAD, Light.BONE, Light.STOP]),
)
def test_one_worse_report_never_makes_a_later_run_longer(reports, which, start, worse):
    """The same runs with one report changed to a worse one: no later session is longer."""
    which %= len(reports)
    if reports[which][1] >= worse:
        return

    def replay(log):
        state, day, lengths = State(stage=start), DAY, []
        for gap, light in log:
            day += timedelta(days=gap)
            state = before_run(LADDER, state, day, top=12, goal=60, restart=12)
            held = state.held is not None
            lengths.append(-1 if held else state.stage * 1000 + state.target)
            if not held:
                done = run_minutes(steps_of(LADDER, state))
                state = after_run(LADDER, state, day, done, light)
        return lengths

    changed = [(g, worse if i == which else light) for i, (g, light) in enumerate(reports)]

    assert all(b <= a for a, b in zip(replay(reports), replay(changed), strict=True))
