"""Facts about runs that were reported while running waits."""

from datetime import timedelta

from programgen.core.waiting import why_no_run
from programgen.core.words import day_text
from tests import replanned

DAY = timedelta(days=1)


def test_a_run_on_hold_is_told_why_running_waits():
    """From the first open day on, with the reason of the hold; not for days before it."""
    plan = replanned.on_hold()
    said = why_no_run(plan, plan.standing.open_from)

    assert said.startswith("Running is on hold, so please wait with the next run. ")
    assert said.endswith(plan.standing.held.text)
    assert why_no_run(plan, plan.standing.open_from - DAY) is None


def test_a_run_on_a_day_of_rest_is_told_how_long_the_rest_is():
    """The day from which the plan has runs again is named; on it nothing is said."""
    plan, _ = replanned.after_a_bad_run()
    until = plan.standing.rest_until

    assert why_no_run(plan, until - DAY) == (
        f"The plan lets your back settle: it has no run before {day_text(until)}."
    )
    assert why_no_run(plan, until) is None


def test_a_run_after_a_withdrawal_is_told_to_be_looked_at_first():
    """The day of the withdrawal itself may have brought the sign."""
    referral = replanned.stopped()
    day = referral.provenance.made_on

    assert "before somebody has looked at your back" in why_no_run(referral, day + DAY)
    assert why_no_run(referral, day) is None


def test_a_run_waits_for_open_answers():
    """Questions that nobody has answered are no 'no'."""
    plan = replanned.a_tick_earned()
    open_plan = plan.model_copy(update={"waiting": ("chest-pain",)})

    assert why_no_run(open_plan, plan.standing.open_from).startswith("Running waits for answers.")
    assert why_no_run(plan, plan.standing.open_from) is None
    assert why_no_run(replanned.first(), plan.standing.open_from) is None
