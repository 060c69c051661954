"""Weeks down, days across (``.grid.csv``)."""

from programgen.core.plan import Plan, Referral
from programgen.exporters.base import Export, as_plan, weeks_of
from programgen.exporters.tables import WEEK_HEADS, csv_bytes, week_rows

EXTRA = None


def export(plan: Plan | Referral, export: Export) -> bytes:
    """Return the weeks of the plan, or one of them."""
    weeks = weeks_of(plan, export)
    return csv_bytes((WEEK_HEADS, *week_rows(as_plan(plan), weeks)))
