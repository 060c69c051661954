"""Runs that were reported although the plan had none: running was to wait."""

from datetime import date

from programgen.core.plan import Plan, Referral
from programgen.core.words import day_text


def why_no_run(in_hand: Plan | Referral, day: date) -> str | None:
    """Return why a version of a plan lets running wait on a day, in words for the runner.

    None where it does not: a run without a plan for it is a matter of the ladder alone.
    """
    if isinstance(in_hand, Referral):
        withdrawn = day > in_hand.provenance.made_on
        return _WITHDRAWN if withdrawn else None
    standing = in_hand.standing
    if standing is None or day < standing.open_from:
        return None
    if in_hand.waiting:
        return _OPEN
    if standing.held:
        return f"Running is on hold, so please wait with the next run. {standing.held.text}"
    rest = standing.rest_until
    return _REST.format(day_text(rest)) if rest and day < rest else None


_WITHDRAWN = "The plan is withdrawn. Please do not run before somebody has looked at your back."
_OPEN = "Running waits for answers. Please do not run before they are clear."
_REST = "The plan lets your back settle: it has no run before {}."
