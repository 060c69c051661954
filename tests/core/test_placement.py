"""The week search against brute force and plain rules."""

from dataclasses import replace
from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from programgen.core.clash import Ask, changes, explain, smallest_clash
from programgen.core.placement import (
    Choice,
    Demand,
    Room,
    WeekProblem,
    best_week,
    days_of,
    longest_streak,
    spaced,
)

ALL = frozenset({"run", "strength", "cross-training", "mobility"})
rooms = st.builds(
    Room,
    st.sampled_from([0, 20, 30, 45, 60, 90]),
    st.integers(0, 3),
    st.sampled_from([ALL, ALL - {"cross-training"}, ALL - {"run"}, frozenset({"run"})]),
)
demands = st.builds(
    lambda longer, **kw: Demand(**kw, key_minutes=kw["run_minutes"] + longer),
    longer=st.sampled_from([0, 10]),
    runs=st.integers(1, 4),
    run_minutes=st.sampled_from([30, 40]),
    run_gap=st.integers(1, 3),
    strength=st.integers(0, 2),
    strength_minutes=st.sampled_from([15, 25]),
    heavy=st.booleans(),
    cross=st.integers(0, 2),
    cross_minutes=st.sampled_from([10, 30]),
    mobility=st.integers(0, 4),
    mobility_minutes=st.just(10),
    apart=st.booleans(),
    rest_days=st.integers(1, 2),
)
weeks = st.builds(WeekProblem, st.tuples(*[rooms] * 7), demands)


def broken(week: WeekProblem, choice: Choice) -> list[str]:
    """Restate the hard rules of a week naively."""
    demand, out = week.demand, []
    for day, room in enumerate(week.rooms):
        bit = 1 << day
        used = (
            (demand.key_minutes if day == choice.key else demand.run_minutes)
            * bool(choice.run & bit)
            + demand.strength_minutes * bool(choice.strength & bit)
            + demand.cross_minutes * bool(choice.cross & bit)
            + demand.mobility_minutes * bool(choice.mobility & bit)
        )
        kinds = [
            k
            for k, mask in (
                ("run", choice.run),
                ("strength", choice.strength),
                ("cross-training", choice.cross),
                ("mobility", choice.mobility),
            )
            if mask & bit
        ]
        if used > room.minutes:
            out.append(f"day {day} too long")
        if set(kinds) - room.kinds:
            out.append(f"day {day} has no place")
        if len([k for k in kinds if k != "mobility"]) > room.sessions:
            out.append(f"day {day} too many sessions")
        if demand.apart and {"strength", "mobility"} <= set(kinds):
            out.append(f"day {day} too many exercises")
    if not spaced(choice.run, demand.run_gap, week.before.run):
        out.append("runs too close")
    if not spaced(choice.strength, demand.strength_gap, week.before.strength):
        out.append("strength too close")
    if choice.run and not choice.run >> choice.key & 1:
        out.append("key run not on a run day")
    eve = (
        choice.strength >> (choice.key - 1) & 1
        if choice.key > 0
        else (week.before.strength >> 6 & 1 if choice.key == 0 else 0)
    )
    if choice.run and demand.heavy and eve:
        out.append("heavy strength before the key run")
    if 7 - choice.active.bit_count() < demand.rest_days:
        out.append("no rest day")
    if longest_streak(choice.active, week.streak) > demand.in_a_row:
        out.append("too many days in a row")
    for mask, most in (
        (choice.run, demand.runs),
        (choice.strength, demand.strength),
        (choice.cross, demand.cross),
        (choice.mobility, demand.mobility),
    ):
        if mask.bit_count() > most:
            out.append("more than asked")
    return out


@settings(max_examples=400)
@given(weeks)
def test_every_layout_keeps_every_hard_rule(week):
    """The search never returns a week that breaks a rule."""
    assert broken(week, best_week(week)) == []


@given(st.integers(0, 126), st.integers(0, 12))
def test_after_too_many_active_days_the_week_begins_with_a_rest(active, streak):
    """Whoever trained every day of last week has a plan for this one; Monday is free."""
    free = active & ~1

    assert longest_streak(free, streak) == longest_streak(free, 0)
    assert longest_streak(free | 1, streak) >= streak + 1


@settings(max_examples=60)
@given(weeks, st.sets(st.integers(0, 6), min_size=3, max_size=4))
def test_nothing_more_could_be_placed(week, closed):
    """Brute force over all masks finds no layout that drops less."""
    shut = tuple(Room() if i in closed else r for i, r in enumerate(week.rooms))
    week = replace(week, rooms=shut, demand=replace(week.demand, mobility=0))
    masks = [m for m in range(128) if not any(m >> d & 1 for d in closed)]

    def dropped(choice):
        return (
            week.demand.runs - choice.run.bit_count(),
            week.demand.strength - choice.strength.bit_count(),
            week.demand.cross - choice.cross.bit_count(),
        )

    options = (
        Choice(run, strength, cross, 0, key)
        for run, strength, cross in product(masks, repeat=3)
        for key in (days_of(run) or [-1])
    )
    fewest = min(dropped(c) for c in options if not broken(week, c))

    assert dropped(best_week(week)) == fewest


@settings(max_examples=200)
@given(weeks, st.integers(0, 6))
def test_losing_a_day_never_adds_a_run(week, day):
    """A closed day cannot make room for running."""
    fewer = replace(week, rooms=tuple(Room() if i == day else r for i, r in enumerate(week.rooms)))

    assert best_week(fewer).run.bit_count() <= best_week(week).run.bit_count()


@settings(max_examples=100)
@given(weeks)
def test_a_clash_is_minimal_and_its_changes_help(week):
    """Lifting all limits of a clash helps, lifting all but one does not."""

    class Stage:
        title = "a stage"

    ask = Ask(week, 2)
    assume(not ask.is_met())
    clash = smallest_clash(ask, Stage)

    freed = ask
    for limit in clash:
        freed = limit.lifted(freed)
    assert freed.is_met()
    assert "cannot be planned" in explain(week, Stage, 2, 1)
    assert all(isinstance(text, str) for text in changes(ask, Stage))


def test_two_neighbouring_days_cannot_hold_two_runs():
    """A weekend alone clashes with 48 hours between runs, and the message says so."""

    class Stage:
        title = "1-minute runs"

    weekend = tuple(Room(90, 2, ALL) if i > 4 else Room() for i in range(7))
    text = explain(
        WeekProblem(weekend, Demand(runs=3, run_minutes=40, key_minutes=40)), Stage, 2, 1
    )

    assert "48 hours between two runs at this stage (safety rule, stays)" in text
    assert "accept 1 a week" in text
    assert "open Fri for 40 min" in text


def test_nothing_is_borrowed_from_the_next_week_as_it_is_printed():
    """Runs keep their distance from next Monday, and the row of active days stays short."""
    free = WeekProblem(
        (Room(),) + (Room(60, 2, ALL),) * 6,
        Demand(runs=3, run_minutes=30, key_minutes=30, strength=2, strength_minutes=20),
        habit=Choice(run=0b0010101),
    )
    bound = replace(free, after=Choice(run=0b0010101, strength=0b0100010))

    assert best_week(free).run >> 6 & 1
    assert not best_week(bound).run >> 6 & 1
    assert best_week(bound).run.bit_count() == 3


def test_a_next_week_of_daily_walks_takes_no_run_from_this_one():
    """How close the sessions of the next week lie to each other is none of this week's business."""
    week = WeekProblem(
        (Room(60, 2, ALL),) * 7,
        Demand(runs=3, run_minutes=30, key_minutes=30),
        after=Choice(run=0b0101111),
    )

    assert best_week(week).run.bit_count() == 3
