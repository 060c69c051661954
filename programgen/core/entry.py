"""Where to start on the ladder, and where it ends for this runner."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf

from programgen.core.demand import goal_minutes
from programgen.core.dose import run_minutes
from programgen.core.intake import Intake
from programgen.core.protocol import Protocol, longest_bout
from programgen.core.reasons import Reason, citations
from programgen.core.settings import Settings
from programgen.core.triage import RECENT, truth


@dataclass(frozen=True)
class Entry:
    """First and last stage with the reasons."""

    start: int
    """Position of the first stage."""
    top: int
    """Position of the highest stage of this plan."""
    goal: float
    """Run minutes to grow to."""
    reason: Reason
    """Why this start."""
    checked: tuple[Reason, ...] = ()
    """What else applied without deciding, the lowest ceiling first."""
    gates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What has to be true before a stage, for rows of the entry table that apply."""
    target: int = 0
    """Run minutes to start at, for a runner who goes on beyond the ladder; else 0."""
    cap: float = inf
    """Run minutes that a clinician's highest stage allows at most."""
    restart: int = 0
    """Position of the highest stage to begin at again after the longest of the breaks."""

    @property
    def most(self) -> float:
        """Run minutes to grow to: the goal, but never beyond what a clinician allows."""
        return min(self.goal, self.cap)


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


def _gates(protocol: Protocol, intake: Intake) -> dict[str, tuple[str, ...]]:
    """Return what still has to become true before a stage."""
    found: dict[str, tuple[str, ...]] = {}
    for row in protocol.entry:
        if row.before and row.until and truth(row.when, intake):
            known = found.get(row.before, ())
            found[row.before] = known if row.until in known else (*known, row.until)
    return found


def _half(protocol: Protocol, intake: Intake) -> float:
    """Return the minutes that the first run may have: a share of the longest recent one."""
    longest = intake.history.longest_run
    return protocol.start_share * (longest.total_seconds() / 60 if longest else 0.0)


def _share_ceiling(protocol: Protocol, intake: Intake) -> list[tuple[int, Reason]]:
    if protocol.growth is None or intake.history.off_running >= RECENT:
        return []
    longest = intake.history.longest_run
    allowed = _half(protocol, intake)
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
    cap = inf
    if clinician and clinician.highest_stage in names:
        highest = names.index(clinician.highest_stage)
        top, cap = min(top, highest), run_minutes(protocol.stages[highest].top)
    rows = ceilings(protocol, intake)
    start = min([protocol.number(protocol.open_start), *(stage for stage, _ in rows)])
    because = [reason for stage, reason in rows if stage == start] or [_open_reason(protocol)]
    checked = [*because[1:], *(reason for stage, reason in rows if stage != start)]
    reason = because[0]
    if clinician and clinician.start_stage in names:
        chosen = names.index(clinician.start_stage)
        text = f"{clinician.name} has chosen your first stage."
        if chosen > start:
            text += f" The entry table would start at '{protocol.stages[start].title}'."
        checked = [reason, *checked]
        start, reason = chosen, Reason(text=text, rule="clinician")
    start = min(start, top)
    target = _target(protocol, intake, start, min(goal, cap))
    if target:
        reason = Reason(
            text="You never stopped running. So you go on at half of your longest run of the "
            "last month. Leave out hills and speed for now.",
            rule="start-share",
            cite=tuple(c.cite for c in protocol.evidence if c.grade == "proposal"),
        )
    again = restart(protocol, intake, timedelta(days=protocol.moves.breaks[-1]))
    gates = _gates(protocol, intake)
    return Entry(start, top, goal, reason, tuple(checked), gates, target, cap, again)


def _target(protocol: Protocol, intake: Intake, start: int, goal: float) -> int:
    """Return the minutes for a runner who never stopped and whose half is beyond the ladder."""
    last = len(protocol.stages) - 1
    if not protocol.grows or start < last or intake.history.off_running:
        return 0
    minutes = int(min(goal, _half(protocol, intake)))
    return minutes if minutes > run_minutes(protocol.stages[last].top) else 0


def restart(protocol: Protocol, intake: Intake, off: timedelta) -> int:
    """Return the highest stage to begin at again after *off* without a session.

    The entry table counts again, with the break as the time off running. What a clinician
    once chose for the start does not.
    """
    # After so long nothing is known of a run in the look-back of the longest run.
    history = intake.history.model_copy(update={"off_running": max(off, RECENT)})
    rested = intake.model_copy(update={"history": history})
    rows = [stage for stage, _ in ceilings(protocol, rested)]
    return min([protocol.number(protocol.open_start), *rows])


def _open_reason(protocol: Protocol) -> Reason:
    return Reason(
        text="Nothing in your answers asks for a lower start.",
        rule=protocol.open_start,
        cite=tuple(c.cite for c in protocol.evidence if c.grade == "proposal"),
    )
