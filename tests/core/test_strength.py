"""How strength work grows: by dose, then by exercise, one new thing at a time."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from programgen import service
from programgen.core.catalogue import Catalogue
from programgen.core.plan import Plan
from programgen.core.planner import Order, make_plan
from programgen.core.strength import Easing, Growing, Routine, eased, last_items
from programgen.core.vocabulary import Slot
from programgen.errors import NoPlanError
from tests.conftest import MONDAY, TODAY, a_runner
from tests.intakes import intakes
from tests.logs import RUNNERS, all_good, all_strong, first_plan, ladder, log_of, run, updated, week

CONTENT = service.catalogue()
FEW = settings(max_examples=25)
DAY = timedelta(days=1)
NAMES = st.sampled_from(sorted(RUNNERS))
SHORT = {"week": {"tuesday": {"minutes": 20, "places": ["home", "outdoor"]}}}
CHANGES = st.sampled_from(
    [{}, SHORT, {"equipment": []}, {"goal": {"run": "60 min"}}, {"pain": {"since": "10 weeks"}}]
)


def strength_weeks(plan):
    """Return the exercises of the last strength session of each week that has one."""
    found = [(w, {i.exercise: i.dose for i in last_items(w)}) for w in plan.weeks]
    return [(w, items) for w, items in found if items]


def new_ones(plan):
    """Return each week with the exercises that took the place of others in it."""
    for (_, before), (w, after) in pairwise(strength_weeks(plan)):
        harder = [n for n in after if CONTENT.exercises[n].easier in before and n not in before]
        if harder:
            yield w, harder


def long_plan(content, runner, changes):
    """Return a first plan of twenty weeks, or discard runners who cannot have one."""
    intake = a_runner(content, {**RUNNERS[runner], **changes})
    try:
        result = make_plan(
            intake, content, Order(start=MONDAY, made_on=TODAY, program="test", weeks=20)
        )
    except NoPlanError:
        assume(False)
        raise
    assert isinstance(result, Plan)
    return result


@FEW
@given(NAMES, CHANGES)
def test_one_new_exercise_at_a_time_and_none_beside_a_new_stage(runner, changes):
    """A harder exercise comes alone, at its lowest dose, in a week without a new stage."""
    plan = long_plan(CONTENT, runner, changes)
    numbers = {rung.stage: number for number, rung in enumerate(plan.rungs)}
    came = list(new_ones(plan))
    for w, names in came:
        new = names[0]
        upto = [numbers[p.session.stage] for p in ladder(plan, last=w.first + 6 * DAY)]
        within = len(ladder(plan, w.first, w.first + 6 * DAY))

        assert len(names) == 1
        assert {i.dose for i in last_items(w) if i.exercise == new} == {
            CONTENT.exercises[new].doses.start
        }
        assert len({*upto[-within - 1 :]}) == 1
        assert w.number > 8
    assert all(b.number - a.number >= 2 for (a, _), (b, _) in pairwise(came))


@FEW
@given(NAMES, CHANGES, st.randoms())
def test_the_order_of_the_catalogue_does_not_matter(runner, changes, chance):
    """Twenty weeks from a shuffled catalogue have the same exercises."""
    rows = list(CONTENT.exercises.items())
    chance.shuffle(rows)
    other = Catalogue(**{**vars(CONTENT), "exercises": dict(rows)})

    assert long_plan(CONTENT, runner, changes).weeks == long_plan(other, runner, changes).weeks


@FEW
@given(intakes(CONTENT, flags=False))
def test_a_barred_exercise_never_comes_in_later(answers):
    """In thirty weeks nothing is done that does not suit the answers."""
    from tests.core.test_plan_laws import intake_from, result_of

    plan = result_of(intake_from(answers), weeks=30)
    assume(isinstance(plan, Plan))
    barred = {x.exercise for x in plan.left_out}

    assert not barred & {i.exercise for w in plan.weeks for p in w.placed for i in p.session.items}


def test_these_laws_are_not_empty():
    """The plans of these tests do have harder exercises, heavier than the first ones."""
    plan = long_plan(CONTENT, "six weeks off", {})

    assert len(list(new_ones(plan))) >= 4


def test_all_done_and_well_changes_nothing():
    """Week after week of good reports: the plan in hand stays, harder exercises and all."""
    plan = first_plan(CONTENT, "six weeks off", weeks=16)
    log = log_of(plan)
    for w in plan.weeks[:13]:
        good = [
            run(p.day, session=p.session.kind) for p in w.placed if p.session.kind == "strength"
        ]
        good += [r for r in all_good(plan, w.first + 7 * DAY) if r.day >= w.first]
        log = log.appended([*good, week(w.first + 6 * DAY, CONTENT)], w.first + 6 * DAY)
        for today in (w.first + 3 * DAY, w.first + 7 * DAY):
            early = [e for e in log.entries if e.day < today]
            found = updated(plan, log.model_copy(update={"entries": tuple(early)}), CONTENT, today)
            assert [x.days for x in bare(found).weeks][: len(plan.weeks)] == [
                x.days for x in plan.weeks
            ]


def bare(plan):
    """Return a plan without the outcomes of its sessions."""
    return plan.model_copy(
        update={
            "weeks": tuple(
                w.model_copy(
                    update={
                        "days": tuple(
                            d.model_copy(
                                update={
                                    "sessions": tuple(
                                        s.model_copy(update={"outcome": None}) for s in d.sessions
                                    )
                                }
                            )
                            for d in w.days
                        )
                    }
                )
                for w in plan.weeks
            )
        }
    )


def strength_days(plan, number):
    """Return the days of the strength sessions of a week."""
    return [p.day for p in plan.weeks[number - 1].placed if p.session.kind == "strength"]


def after(plan, number, **facts):
    """Return the version after all went well but a strength session of a week."""
    day = strength_days(plan, number)[-1]
    good = [*all_good(plan, day + DAY), *all_strong(plan, day)]
    weeks = [week(w.first + 6 * DAY, CONTENT) for w in plan.weeks if w.first + 6 * DAY <= day]
    log = log_of(plan, *good, *weeks, run(day, session="strength", **facts))
    return updated(plan, log, CONTENT, day + DAY)


def doses(plan, number):
    """Return the exercises of the last strength session of a week with their doses."""
    return {i.exercise: i.dose for i in last_items(plan.weeks[number - 1])}


def test_a_bad_reaction_at_the_lowest_dose_asks_for_one_easier_exercise():
    """In the first week nothing can be less, so the hardest exercise gives way."""
    plan = first_plan(CONTENT, "six weeks off")
    later = after(plan, 1, during=6)
    before, now = doses(plan, 2), doses(later, 2)
    (old,), (new,) = set(before) - set(now), set(now) - set(before)

    assert CONTENT.exercises[old].easier == new
    assert now[new] == CONTENT.exercises[new].doses.start
    assert any("an easier one" in r.text for r in later.weeks[1].reasons)
    assert any(CONTENT.exercises[new].words.name in c.text for c in later.changes)


def test_a_bad_reaction_at_a_higher_dose_goes_back_to_the_lowest():
    """In the fifth week the doses go back to the start; the exercises stay."""
    plan = first_plan(CONTENT, "six weeks off")
    later = after(plan, 5, during=6)

    assert set(doses(later, 6)) == set(doses(plan, 6))
    assert doses(later, 6) == doses(plan, 1)


def test_some_pain_holds_the_dose_for_a_week():
    """An amber report in the second week: the next dose comes a week later."""
    plan = first_plan(CONTENT, "six weeks off")
    later = after(plan, 2, during=3)

    assert doses(plan, 3) != doses(plan, 2)
    assert doses(later, 3) == doses(plan, 2)
    assert doses(later, 4) == doses(plan, 3)


def test_a_harder_exercise_that_hurts_goes_back_to_the_one_before():
    """The newest exercise is the only one at its lowest dose, so it is the one that goes."""
    plan = first_plan(CONTENT, "six weeks off", weeks=16)
    w, (new,) = next(new_ones(plan))
    later = after(plan, w.number, during=6)

    assert new not in doses(later, w.number + 1)
    assert CONTENT.exercises[new].easier in doses(later, w.number + 1)


def test_an_old_reaction_does_not_count_against_an_exercise_that_came_later():
    """Eased in week 2, harder again in week 12: the report of week 2 is answered."""
    both = {n: CONTENT.exercises[n] for n in ("clamshell", "clamshell-band")}
    easing = Easing(week=2, old="clamshell-band", new="clamshell")
    growing = Growing(suitable=both, kept=frozenset(), weeks=2, easings=(easing,))
    first, later = (
        Routine((both["clamshell-band"],), since) for since in ({}, {"clamshell-band": 12})
    )

    assert eased(growing, first, 1) == first
    assert eased(growing, first, 2).exercises == (both["clamshell"],)
    assert eased(growing, later, 13) == later


@pytest.mark.parametrize("weeks", [8, 20])
def test_hops_never_change_by_the_week(weeks):
    """Who practises small hops keeps them: the hop test decides, not the calendar."""
    intake = a_runner(CONTENT, {"abilities": {"hop": "no"}})
    order = Order(start=MONDAY, made_on=TODAY, program="test", weeks=weeks)
    plan = make_plan(intake, CONTENT, order)
    hops = [
        {n for n in d if CONTENT.exercises[n].slot is Slot.HOPS} for _, d in strength_weeks(plan)
    ]

    assert hops[0]
    assert all(names <= hops[0] for names in hops)
