"""Runs and walks in the plain notation that training calendars read (``.txt``).

A block for each session: a line with day and name, then sections apart by blank lines. A
section is a heading and lines such as ``- Run 1m``; a heading that ends in ``6x`` repeats
its lines. Intervals.icu reads a block that is pasted into a planned workout: it needs the
blank lines around a repeat, takes ``m`` as minutes, and shows the word before the time as
the cue. A file for people, too.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

from programgen.core.plan import Placed, Plan, Referral
from programgen.core.protocol import Bout, Step
from programgen.core.words import clean, day_text
from programgen.exporters.base import Export, on_ladder

EXTRA = None

_REPEAT = re.compile(r"(?<=\d)(\s*)[xX]\b")


def export(plan: Plan | Referral, export: Export) -> bytes:
    """Return every run and walk of the plan, or of one week."""
    return "\n\n".join(_workout(placed) for _, placed in on_ladder(plan, export)).encode()


def _workout(placed: Placed) -> str:
    session = placed.session
    # A number with an x in any line repeats what follows; a title must not.
    title = _REPEAT.sub(r"\1×", " ".join(clean(session.title).split()))
    parts = [f"# {day_text(placed.day)} {placed.day.year}: {title}"]
    if session.warm_up:
        parts.append(f"Warmup\n{_line('walk', session.warm_up)}")
    parts += _sections(session.steps)
    if session.cool_down:
        parts.append(f"Cooldown\n{_line('walk', session.cool_down)}")
    return "\n\n".join(parts) + "\n"


def _sections(steps: tuple[Step, ...]) -> Iterator[str]:
    """Yield a section for each repeat, and one for the steps between two repeats."""
    for once, group in groupby(steps, key=lambda step: step.repeat == 1):
        if once:
            yield _section("Main set", [bout for step in group for bout in step.bouts])
        else:
            yield from (_section(f"Main set {step.repeat}x", step.bouts) for step in group)


def _section(heading: str, bouts: tuple[Bout, ...] | list[Bout]) -> str:
    return "\n".join((heading, *(_line(bout.move, bout.time) for bout in bouts)))


def _line(move: str, time: timedelta) -> str:
    return f"- {move.capitalize()} {_time(time)}"


def _time(span: timedelta) -> str:
    """Return a time as 90 seconds are written: 1m30s.

    >>> _time(timedelta(seconds=90)), _time(timedelta(minutes=5)), _time(timedelta(seconds=15))
    ('1m30s', '5m', '15s')
    """
    whole, rest = divmod(round(span.total_seconds()), 60)
    return (f"{whole}m" if whole else "") + (f"{rest}s" if rest else "")
