"""The paper log of a week: what a check-in asks, with room for a pen."""

from dataclasses import dataclass

from programgen.core.log_sheet import (
    ACTIVITIES,
    DONE,
    SESSION,
    WEEK,
    WHERE,
    Column,
    session_word,
)
from programgen.core.plan import PlanWeek
from programgen.core.words import day_text


@dataclass(frozen=True)
class LogRow:
    """A session to write about; empty for a session on another day."""

    day: str
    session: str


@dataclass(frozen=True)
class LogView:
    """The log of one week."""

    title: str
    span: str
    columns: tuple[Column, ...]
    rows: tuple[LogRow, ...]
    choices: dict[str, tuple[str, ...]]
    """Words to put a ring around, by the field of their column."""
    week: tuple[Column, ...]
    activities: tuple[str, ...]
    personal: bool
    """It leaves out what has been reported."""


SPARE = 10
"""Rows up to which there is room for a session on another day."""


def log_view(week: PlanWeek) -> LogView:
    """Return the log of a week: the sessions that nobody has reported yet."""
    rows = [
        LogRow(day_text(placed.day), session_word(placed.session))
        for placed in week.placed
        if placed.session.outcome is None
    ]
    if len(rows) < SPARE:
        rows.append(LogRow("", ""))
    last = week.days[-1].day
    return LogView(
        title=f"Log of week {week.number}",
        span=f"{day_text(week.first)} to {day_text(last)} {last.year}",
        columns=SESSION,
        rows=tuple(rows),
        choices={
            "done": tuple(word for _, word in DONE),
            "where": tuple(word for _, word in WHERE),
            **dict.fromkeys(("limp", "spot", "night"), ("yes", "no")),
        },
        week=WEEK,
        activities=ACTIVITIES,
        personal=any(placed.session.outcome for placed in week.placed),
    )
