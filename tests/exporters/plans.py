"""Plans of several people for the exporters, and what a plan says in bare numbers."""

from datetime import timedelta
from functools import cache

from hypothesis import strategies as st

from programgen import service
from programgen.core.plan import Plan
from programgen.exporters.base import Export, endings, exported
from tests.conftest import MONDAY, a_runner, planned

PEOPLE = (
    {},
    {"history": {"off_running": "10 days", "longest_run": "30 min"}},
    {"pain": {"now": 3, "usual": 3, "walking": 3, "worst": 5}},
    {"week": {"monday": {"minutes": 25}, "saturday": {"minutes": 90}}},
    {"equipment": ["mat", "band", "stationary-bike"]},
)
"""Changes to the baseline runner."""

ORDERS = (
    {},
    {"weeks": 16},
    {"protocol": "walking"},
    {"protocol": "short-lay-off"},
    {"start": MONDAY + timedelta(days=5), "weeks": 5},
)
"""What was asked for."""


@cache
def a_plan(person: int = 0, order: int = 0) -> Plan:
    """Return the plan of one of the people."""
    content = service.catalogue()
    result = planned(content, a_runner(content, PEOPLE[person]), **ORDERS[order])
    assert isinstance(result, Plan)
    return result


some_plans = st.builds(a_plan, st.sampled_from(range(len(PEOPLE))), st.sampled_from(range(5)))


def written(ending, plan, content=None, **asked) -> bytes:
    """Return a plan in the format of an ending."""
    return exported(endings()[ending], plan, Export(content or service.catalogue(), **asked))


def bouts(session) -> list[tuple[str, int]]:
    """Return every walk and run of a session in order, in seconds."""
    walk = [("walk", session.warm_up), *_main(session), ("walk", session.cool_down)]
    return [(move, round(time.total_seconds())) for move, time in walk if time]


def _main(session):
    return [
        (bout.move, bout.time)
        for step in session.steps
        for _ in range(step.repeat)
        for bout in step.bouts
    ]


def on_ladder(plan):
    """Return every run and walk with its week."""
    return [(w, p) for w in plan.weeks for p in w.placed if p.session.stage]


def with_session(plan, **changes):
    """Return a plan whose first session is changed, unchecked."""
    week, at = plan.weeks[0], next(i for i, d in enumerate(plan.weeks[0].days) if d.sessions)
    day = week.days[at]
    first = day.sessions[0].model_copy(update=changes)
    day = day.model_copy(update={"sessions": (first, *day.sessions[1:])})
    days = (*week.days[:at], day, *week.days[at + 1 :])
    week = week.model_copy(update={"days": days})
    return plan.model_copy(update={"weeks": (week, *plan.weeks[1:])})
