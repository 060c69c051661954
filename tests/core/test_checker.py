"""The independent checker sees each fault: no hard rule is one that cannot fail."""

from datetime import timedelta

import pytest

from programgen import service
from programgen.core.checker import LATER_RULES, RULES, violations, violations_since
from programgen.core.intake import WEEKDAYS, Clinician, Lock
from programgen.core.plan import Finished, Standing
from programgen.core.protocol import Bout, Step
from programgen.core.reasons import Reason
from tests.conftest import MONDAY, TODAY, a_runner, planned
from tests.logs import first_plan, log_of, run, updated

CONTENT = service.catalogue()
LADDER = ("run", "walk")


@pytest.fixture(scope="module")
def plan():
    """A sound plan of eight weeks with an appointment advised."""
    return planned(CONTENT, a_runner(CONTENT, {"pain": {"since": "3 weeks"}}))


def on_days(plan, change):
    """Return the plan with the sessions of each day as *change* leaves them."""
    weeks = tuple(
        week.model_copy(
            update={
                "days": tuple(
                    day.model_copy(update={"sessions": tuple(change(day))}) for day in week.days
                )
            }
        )
        for week in plan.weeks
    )
    return plan.model_copy(update={"weeks": weeks})


def each(plan, kinds, **update):
    """Return the plan with a change to every session of some kinds."""
    return on_days(
        plan,
        lambda day: [s.model_copy(update=update) if s.kind in kinds else s for s in day.sessions],
    )


def days_with(plan, *kinds):
    """Return the days that hold a session of a kind, with that session."""
    return [(d.day, s) for w in plan.weeks for d in w.days for s in d.sessions if s.kind in kinds]


def everywhere(plan, *kinds):
    """Return the plan with the first session of a kind on every day."""
    one = days_with(plan, *kinds)[0][1]
    return on_days(plan, lambda day: (*(s for s in day.sessions if s.kind not in kinds), one))


def second(plan, kinds, **update):
    """Return the plan with a change to the second session of a kind."""
    when = days_with(plan, *kinds)[1][0]
    return on_days(
        plan,
        lambda day: [
            s.model_copy(update=update) if s.kind in kinds and day.day == when else s
            for s in day.sessions
        ],
    )


def answered(plan, **update):
    """Return the plan as if other answers had been given."""
    return plan.model_copy(update={"intake": plan.intake.model_copy(update=update)})


def stage(plan, up):
    """Return the stage so far above the first of the plan."""
    names = [s.id for s in CONTENT.protocols[plan.provenance.protocol].stages]
    return names[names.index(days_with(plan, *LADDER)[0][1].stage) + up]


def long_run(minutes):
    """Return the steps of a run without a break."""
    return (Step(repeat=1, bouts=(Bout(move="run", time=timedelta(minutes=minutes)),)),)


def a_wish(plan, **update):
    """Return the plan as if the runner had wished for something else."""
    return answered(plan, wishes=plan.intake.wishes.model_copy(update=update))


def an_emergency(plan):
    """Return the plan with a finding that must stop it."""
    worse = tuple(f.model_copy(update={"level": "emergency"}) for f in plan.findings)
    return plan.model_copy(update={"findings": worse})


def a_review(plan, **update):
    """Return the plan as if a clinician had decided something."""
    return answered(plan, clinician=Clinician(name="A. Physio", reviewed_on=TODAY, **update))


def stands(plan, **update):
    """Return a standing from which the plan may go on, with some change."""
    usual = {"open_from": plan.start, "stage": stage(plan, 0), "good": 0}
    return Standing(**{**usual, **update})


FAULTS = {
    "calendar": lambda p: p.model_copy(update={"start": MONDAY + timedelta(days=3)}),
    "s1_nothing_after_a_warning_sign": an_emergency,
    "s2_s5_pause_and_rest": lambda p: p.model_copy(
        update={"standing": stands(p, rest_until=p.start + timedelta(days=14))}
    ),
    "s3_one_stage_a_week": lambda p: second(p, LADDER, stage=stage(p, 2)),
    "s4_good_sessions_before_a_step": lambda p: second(p, LADDER, stage=stage(p, 1)),
    "s7_sessions_of_the_stage": lambda p: second(p, LADDER, steps=long_run(90)),
    "s8_longest_run": lambda p: second(p, LADDER, steps=long_run(90)),
    "s9_runs_in_a_week": lambda p: everywhere(p, *LADDER),
    "s10_hours_between_runs": lambda p: everywhere(p, *LADDER),
    "s11_rest_days": lambda p: everywhere(p, "cross-training"),
    "s12_strength": lambda p: everywhere(p, "strength"),
    "s13_barred_exercises": lambda p: a_wish(p, dislikes=p.exercises),
    "s14_exercises_a_day": lambda p: on_days(p, lambda day: day.sessions * 3),
    "s15_minutes_of_a_run": lambda p: each(p, LADDER, minutes=1),
    "f1_minutes_of_the_day": lambda p: each(p, LADDER, minutes=500),
    "f2_place_and_equipment": lambda p: each(p, ("strength",), place="pool"),
    "c1_locks": lambda p: a_wish(
        p,
        locks=(Lock(session="run", never=WEEKDAYS[days_with(p, *LADDER)[0][0].weekday()]),),
    ),
    "c2_clinicians_stages": lambda p: a_review(p, highest_stage=stage(p, 0)),
    "entry_ceilings": lambda p: answered(p, abilities={"walk-30-min": "no"}),
    "every_choice_has_a_reason": lambda p: p.model_copy(update={"why": {}}),
}


def test_a_sound_plan_has_no_fault(plan):
    """Otherwise the faults below would prove nothing."""
    assert violations(plan, CONTENT) == []


def test_each_hard_rule_has_a_fault_of_its_own():
    """A new rule needs a plan that breaks it."""
    assert list(FAULTS) == [rule.__name__ for rule in RULES]


@pytest.mark.parametrize("name", FAULTS)
def test_the_checker_sees_the_fault(name, plan):
    """Each hard rule names the plan that breaks it."""
    broken = violations(FAULTS[name](plan), CONTENT)

    assert name in {text.partition(":")[0] for text in broken}


DAY_TWO = MONDAY + timedelta(days=1)

LATER = {
    "s2_s5_pause_and_rest": {"held": Reason(text="Three bad reactions.")},
    "s3_one_stage_a_week": {"last_step": MONDAY + timedelta(days=3)},
    "s4_good_sessions_before_a_step": {"good": 0, "stage": -1},
    "s10_hours_between_runs": {"last_run": DAY_TWO},
    "c2_clinicians_stages": {},
}
"""What the standing of a later version says, so that the weeks planned before break a rule."""


@pytest.mark.parametrize("name", LATER)
def test_the_checker_sees_a_later_version_that_forgets_where_the_runner_stands(name, plan):
    """The same weeks are wrong after a pause, an early step, a run yesterday, a lower stage."""
    names = [s.id for s in CONTENT.protocols[plan.provenance.protocol].stages]
    update = dict(LATER[name])
    if "stage" in update:
        update["stage"] = names[names.index(stage(plan, 0)) + update["stage"]]
    later = plan.model_copy(update={"standing": stands(plan, open_from=DAY_TWO, **update)})
    if name == "c2_clinicians_stages":
        later = a_review(later, highest_stage=names[0])

    assert name in {text.partition(":")[0] for text in violations(later, CONTENT)}


def test_what_lies_in_the_past_is_a_fact_and_no_fault(plan):
    """A long run that was done before this version is not held against it."""
    done = second(plan, LADDER, steps=long_run(90))
    after = days_with(plan, *LADDER)[1][0] + timedelta(days=1)
    later = done.model_copy(
        update={
            "standing": stands(
                plan, open_from=after, good=2, runs=(Finished(day=MONDAY, minutes=3),)
            )
        }
    )

    assert not any("s8_longest_run" in text for text in violations(later, CONTENT))


def test_a_highest_stage_also_ends_the_growth_of_the_longest_run():
    """Beyond the last stage runs grow; where a clinician allows that stage at most, they do not."""
    allowed = {"name": "A. Physio", "reviewed_on": "2026-11-20", "cleared_to_run": "yes"}
    runner = {
        "history": {"off_running": "0 days", "longest_run": "70 min"},
        "goal": {"run": "90 min"},
    }
    free = planned(CONTENT, a_runner(CONTENT, {**runner, "clinician": allowed}))
    held = {**allowed, "highest_stage": "r11"}
    kept = planned(CONTENT, a_runner(CONTENT, {**runner, "clinician": held}))

    assert max(s.run_minutes for _, s in days_with(free, "run")) > 30
    assert max(s.run_minutes for _, s in days_with(kept, "run")) == 30
    assert any("c2_" in text for text in violations(a_review(free, highest_stage="r11"), CONTENT))


def later(log, today):
    """Return a later version of the runner of the baseline, and the version in hand."""
    first = first_plan(CONTENT, "six weeks off")
    return first, updated(first, log_of(first, *log, entered=today), CONTENT, today)


TUESDAY, THURSDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=3)
NUMB = [run(MONDAY, where="new-numb-weak")]


def another_past(plan):
    """Return the plan as if something else had stood on its first day."""
    return on_days(plan, lambda day: () if day.day == MONDAY else day.sessions)


def one_more(kind, day):
    """Return the change that puts one more session of a kind on a day."""

    def change(plan):
        one = days_with(plan, kind)[0][1]
        return on_days(plan, lambda d: (*d.sessions, one) if d.day == day else d.sessions)

    return change


LATER_FAULTS = {
    "p1_the_past_stays": ([run(MONDAY)], another_past),
    "s1_a_withdrawal_leaves_nothing": (NUMB, lambda p: p.model_copy(update={"withdrawn": ()})),
    "s16_nothing_is_made_up": ([run(MONDAY)], one_more("strength", THURSDAY)),
    "p4_nothing_is_borrowed": ([run(MONDAY)], one_more("run", MONDAY + timedelta(days=6))),
}


def test_each_rule_between_two_versions_has_a_fault_of_its_own():
    """A new rule needs a later version that breaks it."""
    assert list(LATER_FAULTS) == [rule.__name__ for rule in LATER_RULES]


@pytest.mark.parametrize("name", LATER_FAULTS)
def test_the_checker_sees_the_fault_of_a_later_version(name):
    """Each rule names the later version that breaks it, and none as it was made."""
    reports, change = LATER_FAULTS[name]
    first, sound = later(reports, TUESDAY)
    broken = violations_since(first, change(sound), CONTENT)

    assert violations_since(first, sound, CONTENT) == []
    assert name in {text.partition(":")[0] for text in broken}


def test_a_withdrawn_plan_keeps_its_past():
    """The plan that a referral carries has the days that lie behind it."""
    first, gone = later(NUMB, TUESDAY)
    other = gone.model_copy(update={"before": another_past(gone.before)})
    without = gone.model_copy(update={"before": None})

    assert violations_since(first, other, CONTENT)
    assert violations_since(first, without, CONTENT)
