"""Where to start on the ladder, and where it ends for this runner."""

from dataclasses import dataclass
from datetime import timedelta

from programgen.core.demand import goal_minutes
from programgen.core.dose import run_minutes
from programgen.core.intake import Intake
from programgen.core.protocol import Protocol, longest_bout
from programgen.core.reasons import Reason, citations
from programgen.core.settings import Settings
from programgen.core.triage import truth

RECENT = timedelta(days=30)
"""The longest run of this time is compared with the first session."""


@dataclass(frozen=True)
class Entry:
    """First and last stage with the reasons."""

    start: int
    """Position of the first stage."""
    top: int
    """Position of the highest stage of this plan."""
    goal: float
    """Run minutes to grow to."""
    reasons: tuple[Reason, ...]
    """Why this start, the deciding reason first."""


def ceilings(protocol: Protocol, intake: Intake) -> list[tuple[int, Reason]]:
    """Return every ceiling that the entry table sets, the lowest first.

    All rows that apply count and the lowest wins, so one more complaint can only
    lower the start.
    """
    rows = [
        (
            protocol.number(row.highest),
            Reason(text=row.because, rule=row.highest, cite=citations(row.evidence)),
        )
        for row in protocol.entry
        if truth(row.when, intake)
    ]
    share = _share_ceiling(protocol, intake)
    return sorted([*rows, *share], key=lambda row: row[0])


def _share_ceiling(protocol: Protocol, intake: Intake) -> list[tuple[int, Reason]]:
    if protocol.growth is None or intake.history.off_running >= RECENT:
        return []
    longest = intake.history.longest_run
    allowed = protocol.start_share * (longest.total_seconds() / 60 if longest else 0.0)
    first = next(i for i, stage in enumerate(protocol.stages) if stage.runs)
    fits = [i for i, stage in enumerate(protocol.stages) if run_minutes(stage.top) <= allowed]
    text = (
        "Your first runs are at most half of your longest run of the last month."
        if longest
        else "We do not know of a run in the last month, so you start with the shortest runs."
    )
    cite = tuple(c.cite for c in protocol.evidence if c.grade == "proposal")
    return [(max([first, *fits]), Reason(text=text, rule="start-share", cite=cite))]


def top_stage(protocol: Protocol, intake: Intake, goal: float) -> int:
    """Return the stage at which the goal is reached, the last one if it lies beyond."""
    last = len(protocol.stages) - 1
    if intake.goal.weekly_distance is not None:
        return last
    return next(
        (
            i
            for i, stage in enumerate(protocol.stages)
            if longest_bout(stage.top) >= timedelta(minutes=goal)
        ),
        last,
    )


def enter(protocol: Protocol, intake: Intake, settings: Settings) -> Entry:
    """Choose the first and the highest stage."""
    goal = goal_minutes(intake.goal, settings, protocol.most_per_week)
    top = top_stage(protocol, intake, goal) if protocol.growth else len(protocol.stages) - 1
    names = [stage.id for stage in protocol.stages]
    clinician = intake.clinician
    if clinician and clinician.highest_stage in names:
        top = min(top, names.index(clinician.highest_stage))
    rows = ceilings(protocol, intake)
    start = min([protocol.number(protocol.open_start), *(stage for stage, _ in rows)])
    reasons = tuple(reason for stage, reason in rows if stage == start) + tuple(
        reason for stage, reason in rows if stage != start
    )
    if clinician and clinician.start_stage in names:
        chosen = names.index(clinician.start_stage)
        text = f"{clinician.name} has chosen your first stage."
        if chosen > start:
            text += f" The entry table would start at '{protocol.stages[start].title}'."
        start, reasons = chosen, (Reason(text=text, rule="clinician"), *reasons)
    return Entry(min(start, top), top, goal, reasons or (_open_reason(protocol),))


def _open_reason(protocol: Protocol) -> Reason:
    return Reason(
        text="Nothing in your answers asks for a lower start.",
        rule=protocol.open_start,
        cite=tuple(c.cite for c in protocol.evidence if c.grade == "proposal"),
    )
