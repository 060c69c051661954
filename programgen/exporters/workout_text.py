"""Runs in the plain notation that training calendars read (``.txt``).

One block for each run or walk: a heading with day and name, then one line for each step,
``- Run 1m`` or a repeat ``6x`` with its lines below. A file for people, too.
"""

from collections.abc import Iterator
from datetime import timedelta

from programgen.core.plan import Placed, Plan, Referral
from programgen.core.protocol import Step
from programgen.core.words import day_text
from programgen.errors import ProgramgenError
from programgen.exporters.base import Export

EXTRA = None


def export(plan: Plan | Referral, export: Export) -> bytes:
    """Return every run and walk of the plan, or of one week."""
    runs = [
        placed
        for week in (plan.weeks if isinstance(plan, Plan) else ())
        for placed in week.placed
        if placed.session.stage and export.week in (None, week.number)
    ]
    if not runs:
        message = "there is no run or walk to write"
        raise ProgramgenError(message)
    return "\n".join("\n".join(_workout(placed)) + "\n" for placed in runs).encode()


def _workout(placed: Placed) -> Iterator[str]:
    session = placed.session
    yield f"# {day_text(placed.day)} {placed.day.year}: {session.title}"
    if session.warm_up:
        yield from ("Warm-up", f"- Walk {_time(session.warm_up)}", "")
    for step in session.steps:
        yield from (*_step(step), "")
    if session.cool_down:
        yield from ("Cool-down", f"- Walk {_time(session.cool_down)}", "")


def _step(step: Step) -> Iterator[str]:
    yield "Main set" if step.repeat == 1 else f"Main set {step.repeat}x"
    yield from (f"- {bout.move.capitalize()} {_time(bout.time)}" for bout in step.bouts)


def _time(span: timedelta) -> str:
    """Return a time as 90 seconds are written: 1m30s.

    >>> _time(timedelta(seconds=90)), _time(timedelta(minutes=5)), _time(timedelta(seconds=15))
    ('1m30s', '5m', '15s')
    """
    whole, rest = divmod(round(span.total_seconds()), 60)
    return (f"{whole}m" if whole else "") + (f"{rest}s" if rest else "")
