"""All runs and walks for a watch, with a picture guide (``.zip``)."""

from programgen.core.plan import Placed, Plan, PlanWeek, Referral
from programgen.exporters.archive import zipped
from programgen.exporters.base import Export, on_ladder
from programgen.exporters.watch_workout import workout
from programgen.resources import folder

EXTRA = "fit"

GUIDE = "put-these-on-your-watch.html"
"""Name of the guide in the archive."""


def export(plan: Plan | Referral, export: Export) -> bytes:
    """Return a workout file for each run and walk of the plan or of one week, and the guide."""
    runs = on_ladder(plan, export)
    about = plan.provenance
    guide = (folder("templates") / "watch.html").read_bytes()
    files = [(_file(week, placed), workout(about, week, placed)) for week, placed in runs]
    return zipped([(GUIDE, guide), *files], about.made_on)


def _file(week: PlanWeek, placed: Placed) -> str:
    """Return the name of a file; a walk is never called a run."""
    number = placed.slot.rpartition("-")[2]
    return f"week-{week.number:02}-{placed.session.kind}-{number}-{placed.day}.fit"
