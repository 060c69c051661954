"""The naive rules see each fault, and the stories in which a rule was once broken."""

from dataclasses import replace
from datetime import timedelta

import pytest

from programgen import service
from programgen.core.checkin import Away, SessionReport
from programgen.core.plan import Plan, Referral
from tests import hard_rules
from tests.conftest import MONDAY
from tests.core.test_checker import each, everywhere, long_run, on_days
from tests.hard_rules import DAY, Story
from tests.logs import first_plan, ladder, log_of, missed, run, updated, week

CONTENT = service.catalogue()
FIRST = first_plan(CONTENT, "six weeks off")
TUESDAY, WEDNESDAY = MONDAY + DAY, MONDAY + 2 * DAY


def story_of(*entries, today=TUESDAY, first=FIRST, change=lambda plan: plan):
    """Return what one update of a first plan leads to, with a fault put in."""
    log = log_of(first, *entries, entered=today)
    plan = updated(first, log, CONTENT, today)
    assert isinstance(plan, Plan)
    began = any(isinstance(e, SessionReport) and e.day == today for e in entries)
    opened = today + began * DAY
    past = {d.day: d.sessions for w in plan.weeks for d in w.days if d.day < opened}
    faulty = on_days(change(plan), lambda d: past.get(d.day, d.sessions))
    return Story(first, first, faulty, opened, log.valid, CONTENT)


def at_stage(name):
    """Return the fault of a ladder that is at another stage."""
    return lambda plan: each(plan, ("run", "walk"), stage=name)


def all_runs(**update):
    """Return the fault of something else in every run."""
    return lambda plan: each(plan, ("run",), **update)


def an_extra(kind, day):
    """Return the fault of a session on a day that has none."""

    def change(plan):
        one = next(p.session for w in plan.weeks for p in w.placed if p.session.kind == kind)
        return on_days(plan, lambda d: (*d.sessions, one) if d.day == day else d.sessions)

    return change


def every_item(name):
    """Return the fault of an exercise in every strength session."""

    def change(plan):
        return on_days(
            plan,
            lambda d: [
                s.model_copy(
                    update={
                        "items": tuple(i.model_copy(update={"exercise": name}) for i in s.items)
                    }
                )
                if s.kind == "strength"
                else s
                for s in d.sessions
            ],
        )

    return change


def a_key_after_heavy(plan):
    """Return the plan with heavy strength on every eve of a run, each a key run."""
    heavy = next(e.id for e in CONTENT.exercises.values() if e.heavy)
    runs = {p.day for p in ladder(plan)}
    strength = next(p.session for w in plan.weeks for p in w.placed if p.session.kind == "strength")
    loaded = every_item(heavy)(on_days(plan, lambda d: [strength] if d.day + DAY in runs else ()))
    eves = {d.day: d.sessions for w in loaded.weeks for d in w.days}
    key = {p.day: p.session.model_copy(update={"key": True}) for p in ladder(plan)}
    return on_days(plan, lambda d: (*([key[d.day]] if d.day in key else []), *eves[d.day]))


KNEE = next(e.id for e in CONTENT.exercises.values() if "knee-pain" in e.not_with)
SORE = [missed(MONDAY, before=8), missed(WEDNESDAY, before=8)]
THURSDAY, SATURDAY = MONDAY + 3 * DAY, MONDAY + 5 * DAY
FAULTS = {
    "s1_questions": ([], {"first": first_plan(CONTENT, "six weeks off")}),
    "s2_s5_rest": (SORE, {"today": WEDNESDAY, "change": an_extra("run", THURSDAY)}),
    "s3_s4_s5_next_stage": ([run(MONDAY)], {"change": at_stage("r11")}),
    "s6_closed_morning": (
        [run(MONDAY), *SORE[1:]],
        {"today": WEDNESDAY, "change": at_stage("r5")},
    ),
    "s7_session_of_the_stage": ([run(MONDAY)], {"change": all_runs(steps=long_run(9))}),
    "s8_longest_run": ([run(MONDAY)], {"change": all_runs(steps=long_run(34))}),
    "s9_runs_in_a_week": ([run(MONDAY)], {"change": lambda p: everywhere(p, "run")}),
    "s10_hours_between_runs": (
        [run(MONDAY)],
        {"today": MONDAY, "change": an_extra("run", TUESDAY)},
    ),
    "s11_rest": ([run(MONDAY)], {"change": lambda p: everywhere(p, "cross-training")}),
    "s12_strength": ([run(MONDAY)], {"change": a_key_after_heavy}),
    "s13_barred": (
        [week(MONDAY, CONTENT, answers={"knee-pain": "yes"})],
        {"change": every_item(KNEE)},
    ),
    "s14_a_day": (
        [Away(first=TUESDAY, last=TUESDAY)],
        {"today": MONDAY, "change": an_extra("mobility", TUESDAY)},
    ),
    "s15_minutes": ([run(MONDAY)], {"change": all_runs(warm_up=timedelta())}),
    "c1_locks": (
        [],
        {"first": first_plan(CONTENT, "short days"), "change": an_extra("run", SATURDAY)},
    ),
}


def test_every_naive_rule_has_a_fault_of_its_own():
    """A new rule needs a version that breaks it."""
    assert list(FAULTS) == [rule.__name__ for rule in hard_rules.RULES]


@pytest.mark.parametrize("name", FAULTS)
def test_the_naive_rules_see_the_fault(name):
    """Each rule names the version that breaks it, and no version as it was made."""
    entries, options = FAULTS[name]
    sound = story_of(*entries, **{**options, "change": lambda plan: plan})
    story = story_of(*entries, **options)
    if name == "s1_questions":
        signs = (week(MONDAY, CONTENT, answers={"saddle-numbness": "yes"}),)
        story = replace(story, valid=signs)

    assert hard_rules.broken(sound) == []
    assert name in {text.partition(":")[0] for text in hard_rules.broken(story)}


@pytest.mark.parametrize("kind", ["run", "strength", "mobility", "cross-training"])
def test_new_numbness_withdraws_a_plan_that_is_on_hold(kind):
    """S1: a warning sign outranks a pause that came before it."""
    bone = run(MONDAY, spot="yes", night="yes")
    numb = run(TUESDAY, session=kind, where="new-numb-weak")
    log = log_of(FIRST, bone, numb)

    assert isinstance(updated(FIRST, log, CONTENT, WEDNESDAY), Referral)


def test_a_warning_sign_in_the_questions_needs_a_release():
    """S1: what was a yes last week and is a no today was still never looked at."""
    sunday = MONDAY + 6 * DAY
    log = log_of(FIRST, week(sunday, CONTENT, answers={"saddle-numbness": "yes"}))
    gone = updated(FIRST, log, CONTENT, sunday)
    later = log.appended([week(sunday + 7 * DAY, CONTENT)], sunday + 7 * DAY)

    assert isinstance(gone, Referral)
    assert isinstance(updated(gone, later, CONTENT, sunday + 7 * DAY), Referral)


@pytest.mark.parametrize(
    "entries",
    [
        [run(TUESDAY, session="strength")],
        [run(MONDAY), run(TUESDAY)],
        [run(MONDAY + n * DAY, session="cross-training") for n in range(6)],
    ],
    ids=["strength a day early", "a run more", "easy training every day"],
)
def test_what_was_done_unasked_counts(entries):
    """S9, S11, S12: what was done counts, whether or not it was planned for that day."""
    assert hard_rules.broken(story_of(*entries, today=entries[-1].day)) == []


def test_nothing_is_borrowed_from_a_week_with_a_day_away():
    """P4: a run that loses its day does not take the next Monday's place, whatever comes later."""
    log = log_of(FIRST, Away(first=MONDAY + 10 * DAY, last=MONDAY + 10 * DAY))
    known = updated(FIRST, log, CONTENT, MONDAY)
    lost = [run(MONDAY), run(WEDNESDAY), Away(first=MONDAY + 4 * DAY, last=SATURDAY)]
    later = updated(known, log.appended(lost, THURSDAY), CONTENT, THURSDAY)
    monday = MONDAY + 7 * DAY

    assert [p.day for p in ladder(later, monday, monday)] == [monday]
    assert [p.day for p in ladder(known, monday, monday)] == [monday]
