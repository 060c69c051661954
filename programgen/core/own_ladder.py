"""A clinic's week table as a ladder: its weeks are the stages, all rules stay those of ours.

Each week is one stage. Below the first week stand the easier stages of the shipped ladder,
for a runner who may not start with the table yet; warm-up, load check, traffic light, moves
and ceilings are those of the shipped ladder, so that an import can never loosen one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from programgen.core.exercise import Citation, Review
from programgen.core.protocol import (
    HOURS_BETWEEN_RUNS,
    Entry,
    Protocol,
    Stage,
    Step,
    longest_bout,
    time_of,
)
from programgen.core.words import span_text

MOST_WEEKS = 52
"""Weeks in a table, at most."""

Fault = tuple[int, str]
"""A line of the table and what is wrong there."""


@dataclass(frozen=True)
class TableSession:
    """A session of the table."""

    line: int
    """Where it stands."""
    day: int | None
    """Weekday from Monday (0), if the table names one."""
    steps: tuple[Step, ...]
    """What is done."""

    @property
    def run(self) -> timedelta:
        """Time of running."""
        return time_of(self.steps, "run")


@dataclass(frozen=True)
class TableWeek:
    """A week of the table."""

    line: int
    """Where it stands."""
    number: int
    """Its number in the table."""
    sessions: tuple[TableSession, ...]
    """What is done, in order."""


def faults(weeks: tuple[TableWeek, ...], shipped: Protocol) -> list[Fault]:
    """Return why a table cannot be a ladder, with the lines; nothing is softened."""
    found = [
        *_order(weeks),
        *(fault for week in weeks for fault in _week(week, shipped)),
        *_rest_days(weeks),
    ]
    if not found and not any(session.run for week in weeks for session in week.sessions):
        found.append((weeks[0].line, "no week has a run; for walks there is the ladder 'walking'"))
    return sorted(found) if found else list(_steps(weeks, shipped))


def _order(weeks: tuple[TableWeek, ...]) -> Iterator[Fault]:
    for place, week in enumerate(weeks, 1):
        if week.number != place:
            yield week.line, f"this is week {week.number}, and week {place} should stand here"
            return
    if len(weeks) < 2:
        yield (weeks[0].line if weeks else 1), "a ladder needs at least 2 weeks"
    if len(weeks) > MOST_WEEKS:
        yield weeks[MOST_WEEKS].line, f"at most {MOST_WEEKS} weeks"


def _week(week: TableWeek, shipped: Protocol) -> Iterator[Fault]:
    sessions = week.sessions
    if not sessions:
        yield week.line, f"week {week.number} has no session"
        return
    days = [session.day for session in sessions if session.day is not None]
    if len(set(days)) < len(days):
        yield week.line, f"week {week.number} has two sessions on one day"
    runs = [session for session in sessions if session.run]
    if runs and len(runs) < len(sessions):
        yield week.line, f"week {week.number} has runs and other walks; keep only its runs"
        return
    most = shipped.most_per_week if runs else max(s.per_week for s in shipped.stages)
    if not shipped.least_per_week <= len(sessions) <= most:
        fits = f"{shipped.least_per_week} to {most}"
        yield week.line, f"week {week.number} has {len(sessions)} sessions; the ladder takes {fits}"
    move = "run" if runs else None
    for before, after in pairwise(sessions):
        if time_of(after.steps, move) < time_of(before.steps, move):
            yield (
                after.line,
                f"in week {week.number} a later session is shorter than the one before",
            )
    different = len(_different(sessions))
    if different > shipped.moves.good_sessions:
        left = f"a stage is left after {shipped.moves.good_sessions} good ones"
        yield week.line, f"week {week.number} has {different} different sessions, and {left}"


def _rest_days(weeks: tuple[TableWeek, ...]) -> Iterator[Fault]:
    """Yield runs on two days in a row, also from one week to the next."""
    runs = [
        (7 * place + session.day, session)
        for place, week in enumerate(weeks)
        for session in week.sessions
        if session.run and session.day is not None
    ]
    for (day, _), (next_day, after) in pairwise(sorted(runs, key=lambda run: run[0])):
        if 0 < next_day - day < HOURS_BETWEEN_RUNS // 24:
            yield after.line, f"two runs need {HOURS_BETWEEN_RUNS} hours between them"


def _steps(weeks: tuple[TableWeek, ...], shipped: Protocol) -> Iterator[Fault]:
    """Yield each week that climbs faster than the load check of the shipped ladder allows."""
    lines = {_name(week): week.line for week in weeks}
    check = shipped.load_check
    for before, after in pairwise(_stages(weeks, shipped)):
        move = "run" if after.runs else None
        was, now = time_of(before.top, move), time_of(after.top, move)
        slow = now <= was * check.ratio or now - was <= timedelta(minutes=check.minutes)
        if not slow:
            grows = (
                f"{'run time' if move else 'time'} grows from {span_text(was)} to {span_text(now)}"
            )
            most = f"at most {check.ratio:g} times as much, or {check.minutes} min more"
            yield lines[after.id], f"too steep: the {grows} after '{before.title}'; {most}"


def ladder(
    weeks: tuple[TableWeek, ...], shipped: Protocol, *, name: str, title: str, source: Citation
) -> Protocol:
    """Return a sound table as a ladder with the rules of the shipped one.

    Everybody starts with the first week at most, as the table says, and lower where a
    ceiling of the shipped ladder asks for it.

    Raises:
        ValueError: the table has faults; ask ``faults`` first.
    """
    stages = _stages(weeks, shipped)
    return Protocol(
        **{
            **{key: getattr(shipped, key) for key in KEPT},
            "id": name,
            "title": title,
            "summary": "From week to week as your clinic has set it out. You move up only after "
            "good sessions, never by the calendar.",
            "for_reach": "full",
            "open_start": _name(weeks[0]),
            "stages": stages,
            "entry": tuple(_ceiling(row, shipped, stages) for row in shipped.entry),
            "evidence": (source, *shipped.evidence),
            "review": Review(status="draft"),
        }
    )


KEPT = (
    "warm_up",
    "least_warm_up",
    "cool_down",
    "most_per_week",
    "least_per_week",
    "walk_card",
    "start_share",
    "load_check",
    "light",
    "moves",
    "decisions",
    "growth",
)
"""What the shipped ladder decides, beside the ceilings."""


def below(weeks: tuple[TableWeek, ...], shipped: Protocol) -> tuple[Stage, ...]:
    """Return the stages of the shipped ladder that are easier than the first week."""
    first = weeks[0].sessions[-1].steps
    easier = []
    for stage in shipped.stages:
        if _within(first, stage.top) or not _within(stage.top, first):
            break
        easier.append(stage)
    return tuple(easier)


def _within(steps: tuple[Step, ...], limit: tuple[Step, ...]) -> bool:
    """Return whether a session asks for no more than another."""
    run, most = time_of(steps, "run"), time_of(limit, "run")
    if not run and most:
        return True
    if not run:
        return time_of(steps) <= time_of(limit)
    return run <= most and longest_bout(steps) <= longest_bout(limit)


def _name(week: TableWeek) -> str:
    return f"step-{week.number}"


def _different(sessions: tuple[TableSession, ...]) -> tuple[tuple[Step, ...], ...]:
    """Return the sessions of a week; the last one stays, so it stands once at the end."""
    steps = [session.steps for session in sessions]
    while len(steps) > 1 and steps[-1] == steps[-2]:
        steps.pop()
    return tuple(steps)


def _stages(weeks: tuple[TableWeek, ...], shipped: Protocol) -> tuple[Stage, ...]:
    return (*below(weeks, shipped), *(_stage(week, shipped) for week in weeks))


def _stage(week: TableWeek, shipped: Protocol) -> Stage:
    sessions = _different(week.sessions)
    like = next(s for s in shipped.stages if s.runs == bool(time_of(sessions[-1], "run")))
    return Stage(
        id=_name(week),
        title=f"Step {week.number}: {_content(sessions[-1])}",
        sessions=sessions,
        effort=like.effort,
        per_week=len(week.sessions),
        hours_between=like.hours_between,
    )


def _content(steps: tuple[Step, ...]) -> str:
    """Return what a session holds, in a few words."""
    run = longest_bout(steps)
    if not run:
        return f"{span_text(time_of(steps))} walks"
    if run == time_of(steps):
        return f"{span_text(run)} in one go"
    return f"runs of {span_text(run)}"


def _highest(limit: Stage, stages: tuple[Stage, ...]) -> int:
    """Return the last stage of those that ask for no more than a stage of the shipped ladder."""
    highest = 0
    for number, stage in enumerate(stages):
        if not _within(stage.top, limit.top):
            break
        highest = number
    return highest


def _ceiling(row: Entry, shipped: Protocol, stages: tuple[Stage, ...]) -> Entry:
    """Return a row of the entry table with the stages that ask for no more than its own.

    What waits behind a gate is the first stage that asks for more than the stage before it.
    """
    highest = _highest(shipped.stages[shipped.number(row.highest)], stages)
    changes: dict[str, str | None] = {"highest": stages[highest].id}
    if row.before:
        held = shipped.stages[shipped.number(row.before) - 1]
        waits = _highest(held, stages) + 1
        if waits < len(stages):
            changes["before"] = stages[waits].id
        else:
            changes |= {"before": None, "until": None}
    cause, so, _ = row.because.partition(", so ")
    if so and stages[highest].id != row.highest:
        changes["because"] = f"{cause}, so you start no higher than '{stages[highest].title}'."
    return row.model_copy(update=changes)
