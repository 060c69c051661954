"""The rule of the ladder: the state that reports lead to."""

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
