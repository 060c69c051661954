"""Later versions of a plan: the example runner with reports of some weeks."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

from programgen import service
from programgen.core.checkin import SessionReport, WeekReport
from programgen.core.log import Log
from programgen.core.plan import Change, WeekOfProgress
from tests.conftest import MONDAY, TODAY

CONTENT = service.catalogue()
RUNNER = Path(__file__).parents[1] / "examples" / "runner.yaml"
GOOD = {
    "done": "yes",
    "before": 1,
    "during": 1,
    "after": 1,
    "morning": 1,
    "where": "same",
    "limp": "no",
    "spot": "no",
    "night": "no",
    "effort": 4,
}
BAD = GOOD | {"done": "part", "run": timedelta(minutes=5), "during": 6, "after": 5, "morning": 3}


@cache
def first():
    """Return the first version."""
    intake = service.read_intake(RUNNER, CONTENT, TODAY)
    return service.plan(intake, CONTENT, start=MONDAY, made_on=TODAY)


def report(placed, answers):
    """Return the report of a planned session."""
    session = placed.session
    kind = "run" if session.stage else session.kind
    return SessionReport(day=placed.day, session=kind, **answers)


def between(plan, start, end):
    """Return the sessions of a plan from a day up to, not with, another."""
    return [p for week in plan.weeks for p in week.placed if start <= p.day < end]


def version(in_hand, log, entries, day):
    """Return the next version of a plan and its log after more reports."""
    log = log.appended(entries, day)
    return service.updated(in_hand, log, CONTENT, today=day), log


@cache
def after_a_bad_run():
    """Return version 2, on a Thursday: all went well until a painful run the day before."""
    plan, wednesday = first(), date(2026, 12, 9)
    entries = [report(p, GOOD) for p in between(plan, MONDAY, wednesday)]
    missed = entries[-1].model_copy(update={"done": "no"})
    week = WeekReport(
        day=date(2026, 12, 6),
        usual=1,
        walking=1,
        worst=4,
        average=3,
        activities={"run for 30 minutes": 2, "sit at the desk": 5},
        change=0,
    )
    (bad, *_) = between(plan, wednesday, wednesday + timedelta(days=1))
    entries = [*entries[:-1], missed, week, report(bad, BAD)]
    log = Log(plan=plan.provenance.plan)
    return version(plan, log, entries, wednesday + timedelta(days=1))


def _runs_ahead(plan):
    first_open = plan.standing.open_from
    return [p for w in plan.weeks for p in w.placed if p.session.stage and p.day > first_open]


@cache
def on_hold():
    """Return version 3: the third bad run within 28 days."""
    plan, log = after_a_bad_run()
    runs = _runs_ahead(plan)[:2]
    day = runs[-1].day + timedelta(days=1)
    return version(plan, log, [report(p, BAD) for p in runs], day)[0]


@cache
def a_tick_earned():
    """Return version 3: after the bad run, a good one a stage lower."""
    plan, log = after_a_bad_run()
    (run, *_) = _runs_ahead(plan)
    return version(plan, log, [report(run, GOOD)], run.day + timedelta(days=1))[0]


@cache
def stopped():
    """Return what is left of the plan after new numbness in a leg."""
    plan, log = after_a_bad_run()
    (run, *_) = _runs_ahead(plan)
    numb = report(run, GOOD | {"where": "new-numb-weak"})
    return version(plan, log, [numb], run.day + timedelta(days=1))[0]


def weeks_of_progress(count, *, gaps=True):
    """Return weeks with ups and downs; with gaps some are not reported in full."""
    stages = [rung.stage for rung in first().rungs]
    return tuple(
        WeekOfProgress(
            number=n,
            planned=10 + n % 3,
            done=(n * 7) % 11,
            run_minutes=3.0 * n if n % 9 else 0,
            pain=None if gaps and n % 5 == 0 else (n * 3) % 7,
            morning=None if gaps and n % 4 == 0 else (n * 5) % 6,
            average=None if gaps and n % 2 else max(0, 5 - n // 6),
            worst=None if gaps and n % 2 else max(1, 8 - n // 5),
            function=None if gaps and n % 3 else min(10, 2 + n / 4),
            change=min(5, n // 6) if n % 2 else None,
            stage=stages[min(len(stages) - 1, n // 2)],
        )
        for n in range(1, count + 1)
    )


def crowded():
    """Return a version with thirty changes and half a year of progress."""
    plan, _ = after_a_bad_run()
    text = "Sat 12 Dec: 8 × (1 min run, 2 min walk), 5 min walk. Before it was 5 × (2 min run)."
    reason = plan.changes[0].reason
    week = plan.standing.open_from.isocalendar().week - MONDAY.isocalendar().week + 1
    more = tuple(Change(week=week + n % 2, text=f"{text} ({n})", reason=reason) for n in range(30))
    return plan.model_copy(
        update={"changes": (*plan.changes, *more), "progress": weeks_of_progress(26)}
    )
