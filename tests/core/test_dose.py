"""The rule of the ladder, entry by entry."""

from datetime import date, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programgen.core.dose import (
    PAUSE,
    Colour,
    State,
    after_run,
    before_run,
    decide,
    run_minutes,
    steps_of,
)

DAY = date(2027, 1, 4)
COUNTS = list(product(range(4), range(3), range(4), (False, True), range(4)))


@pytest.fixture
def ladder(content):
    """The default ladder."""
    return content.protocols["low-back-walk-run"]


@pytest.mark.parametrize(("good", "reds14", "reds28", "aged", "away"), COUNTS)
def test_more_pain_never_gives_a_larger_step(ladder, good, reds14, reds28, aged, away):
    """Green, amber, red: the step never grows, whatever else is known."""
    steps = [
        decide(ladder, good, light, reds14=reds14, reds28=reds28, aged=aged, away=away)
        for light in (Colour.GREEN, Colour.AMBER, Colour.RED)
    ]

    assert steps == sorted(steps, reverse=True)


@pytest.mark.parametrize(("good", "reds14", "reds28", "aged", "away"), COUNTS)
def test_without_a_report_there_is_no_step_up(ladder, good, reds14, reds28, aged, away):
    """No data, no progress."""
    step = decide(ladder, good, Colour.NONE, reds14=reds14, reds28=reds28, aged=aged, away=away)

    assert step <= 0


def test_a_third_bad_reaction_in_four_weeks_pauses_running(ladder):
    """Three reds in 28 days need a clinician."""
    assert decide(ladder, 0, Colour.RED, reds14=1, reds28=3, aged=True, away=0) == PAUSE


@given(
    st.lists(st.tuples(st.integers(1, 40), st.sampled_from(Colour)), max_size=40),
    st.integers(0, 12),
)
def test_any_history_climbs_one_stage_a_week_at_most(ladder_steps, start):
    """Whatever is reported: one stage at once, seven days between two steps up."""
    from programgen import service

    ladder = service.catalogue().protocols["low-back-walk-run"]
    state, day, ups, stages = State(stage=start), DAY, [], [start]
    for gap, light in ladder_steps:
        day += timedelta(days=gap)
        now = before_run(ladder, state, day, top=12, goal=60)
        if now.paused:
            break
        if now.stage > state.stage or now.target > state.target:
            ups.append(day)
        stages.append(now.stage)
        state = after_run(now, day, run_minutes(steps_of(ladder, now)), light)

    assert all(b - a <= 1 for a, b in pairwise(stages))
    assert all((b - a).days >= 7 for a, b in pairwise(ups))


@given(
    st.lists(st.tuples(st.integers(2, 6), st.integers(0, 3)), min_size=1, max_size=25),
    st.integers(0, 24),
    st.integers(0, 12),
)
def test_one_worse_report_never_makes_a_later_run_longer(log, which, start):
    """The same runs with one report changed to red: no later session has more running."""
    from programgen import service

    ladder = service.catalogue().protocols["low-back-walk-run"]
    which %= len(log)

    def replay(reports):
        state, day, runs = State(stage=start), DAY, []
        for gap, light in reports:
            day += timedelta(days=gap)
            state = before_run(ladder, state, day, top=12, goal=60)
            run = 0.0 if state.paused else ladder_stage(state)
            runs.append(run)
            if not state.paused:
                state = after_run(state, day, run_minutes(steps_of(ladder, state)), Colour(light))
        return runs

    def ladder_stage(state):
        return state.stage * 1000 + state.target

    worse = [(g, 3 if i == which else light) for i, (g, light) in enumerate(log)]

    assert all(b <= a for a, b in zip(replay(log), replay(worse), strict=True))
