"""One row for each step of each session (``.csv``)."""

from programgen.core.plan import Plan, Referral
from programgen.exporters.base import Export
from programgen.exporters.tables import HEADS, csv_bytes, step_rows

EXTRA = None


def export(plan: Plan | Referral, export: Export) -> bytes:
    """Return the steps of the plan, or of one week."""
    return csv_bytes((HEADS, *step_rows(plan, export)))
