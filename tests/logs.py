"""Builders for logs: reports as a runner would enter them, and runners to enter them for."""

from datetime import date, timedelta
from typing import Any

from programgen import service
from programgen.core.catalogue import Catalogue
from programgen.core.checkin import Entry, Release, SessionReport, Void, WeekReport
from programgen.core.log import Log
from programgen.core.plan import Placed, Plan, Result
from programgen.core.standing import stopping_questions
from tests.conftest import MONDAY, a_runner, planned

GOOD: dict[str, Any] = {"done": "yes", "before": 1, "during": 1, "after": 1, "morning": 1}
"""A session that went well, for a runner whose usual pain is 1."""

BAD: dict[str, Any] = {**GOOD, "during": 6}
"""A session with a bad reaction."""

OUTSIDE = {"places": ["home", "outdoor"]}
RUNNERS: dict[str, Any] = {
    "six weeks off": {},
    "a short break": {"history": {"off_running": "10 days", "longest_run": "40 min"}},
    "never stopped": {
        "history": {"off_running": "0 days", "longest_run": "90 min", "weekly_distance": "40 km"},
        "goal": {"run": "60 min"},
        "week": {"sunday": {"minutes": 120, **OUTSIDE}},
    },
    "walks first": {"abilities": {"walk-30-min": "no", "hop": "no", "jog-on-spot": "no"}},
    "leg pain": {"answers": {"leg-pain-below-buttock": "yes"}},
    "short days": {
        "history": {"off_running": "8 months"},
        "week": {
            "monday": {"minutes": 25, **OUTSIDE},
            "tuesday": None,
            "wednesday": {"minutes": 35, **OUTSIDE},
            "friday": {"minutes": 30, **OUTSIDE},
        },
        "wishes": {"locks": [{"session": "run", "never": "saturday"}]},
    },
}
"""A small pool of people: changes to the baseline runner."""


def first_plan(content: Catalogue, runner: str, **options: Any) -> Plan:
    """Return the first plan of one of the pool."""
    result = planned(content, a_runner(content, RUNNERS[runner]), **options)
    assert isinstance(result, Plan)
    return result


def run(day: date, *, session: str = "run", **facts: Any) -> SessionReport:
    """Return the report of a session that went well but for *facts*."""
    return SessionReport(day=day, session=session, **{**GOOD, **facts})


def missed(day: date, **facts: Any) -> SessionReport:
    """Return the report of a missed session."""
    return SessionReport(day=day, done="no", **facts)


def void(entry: int) -> Void:
    """Take an entry back."""
    return Void(supersedes=entry)


def week(day: date, content: Catalogue, **facts: Any) -> WeekReport:
    """Return a weekly report in which every warning sign is denied, but for *facts*."""
    answers = {**dict.fromkeys(sorted(stopping_questions(content)), "no")}
    return WeekReport(day=day, **{**facts, "answers": {**answers, **facts.get("answers", {})}})


def release(day: date, **facts: Any) -> Release:
    """Return a clinician's release."""
    return Release(day=day, by="A. Physio", **facts)


def log_of(plan: Plan, *entries: Entry, entered: date = MONDAY) -> Log:
    """Return a log with these entries."""
    return Log(plan=plan.provenance.plan).appended(entries, entered)


def updated(in_hand: Any, log: Log, content: Catalogue, today: date) -> Result:
    """Return the checked next version."""
    return service.updated(in_hand, log, content, today=today)


def ladder(plan: Plan, first: date = date.min, last: date = date.max) -> list[Placed]:
    """Return the runs and walks of the ladder from *first* to *last*."""
    return [p for w in plan.weeks for p in w.placed if p.session.stage and first <= p.day <= last]


def all_good(plan: Plan, until: date) -> list[SessionReport]:
    """Return a good report for each session of the ladder before a day."""
    return [run(p.day) for p in ladder(plan, last=until - timedelta(days=1))]


def all_strong(plan: Plan, until: date) -> list[SessionReport]:
    """Return a good report for each strength session before a day."""
    return [
        run(p.day, session="strength")
        for w in plan.weeks
        for p in w.placed
        if p.session.kind == "strength" and p.day < until
    ]
