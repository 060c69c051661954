"""The paper log: its columns, in the order in which a check-in asks.

The page prints these headings, and a table with these headings is a check-in that was
written by hand. Both sides read this one list.
"""

from typing import NamedTuple

from programgen.core.plan import Session


class Column(NamedTuple):
    """A column of the paper log."""

    field: str
    """Field of ``SessionReport`` or ``WeekReport``."""
    heading: str
    """Heading on paper, and in a table that is typed in."""
    hint: str
    """What to write, in a few words."""


LOG, WEEKLY_LOG = "Log", "Weekly log"
"""Names of the two tables in a workbook."""

SESSION: tuple[Column, ...] = (
    Column("day", "Day", ""),
    Column("session", "Session", ""),
    Column("done", "Done", "ring one"),
    Column("run", "Time run", "min"),
    Column("before", "Pain before", "0–10"),
    Column("during", "Worst during", "0–10"),
    Column("after", "1 hour after", "0–10"),
    Column("morning", "Next morning", "0–10"),
    Column("where", "Where", "ring one; down leg: which exercise?"),
    Column("limp", "Limp", ""),
    Column("spot", "Sharp bone spot", ""),
    Column("night", "Woken at night", ""),
    Column("effort", "Effort", "0–10"),
)
"""One row for each session; the fields in the order of ``SessionReport``."""

WEEK: tuple[Column, ...] = (
    Column("usual", "Usual morning pain", "0–10"),
    Column("walking", "Pain when walking", "0–10"),
    Column("worst", "Worst pain", "0–10"),
    Column("average", "Average pain", "0–10"),
    Column("activities", "My own activities", "0 cannot, 10 as before"),
    Column("change", "Change since the start", "−5 much worse, 0 same, +5 much better"),
)
"""Once a week; the fields in the order of ``WeekReport``."""

SESSIONS: tuple[tuple[str, str], ...] = (
    ("run", "Run"),
    ("run", "Walk"),
    ("strength", "Strength"),
    ("mobility", "Loosen up"),
    ("cross-training", "Easy training"),
)
"""Values of ``session``, and their words on paper; a walk of the ladder counts as its run."""


def session_word(session: Session) -> str:
    """Return the word for a session on the sheet.

    >>> session_word(Session(kind="mobility", title="Hips", minutes=8, place="home"))
    'Loosen up'
    """
    if session.kind == "walk":
        return "Walk"
    return next(word for kind, word in SESSIONS if kind == session.kind)


DONE: tuple[tuple[str, str], ...] = (("yes", "yes"), ("part", "part"), ("no", "no"))
"""Values of ``done``, and their words on paper."""

ANSWERS = ("yes", "no", "unsure")
"""Answers to the questions without a score; paper has no room for the last one."""

WHERE: tuple[tuple[str, str], ...] = (
    ("none", "none"),
    ("same", "same place"),
    ("nearer", "nearer spine"),
    ("further", "down leg"),
    ("new-numb-weak", "new tingle/numb"),
)
"""Values of ``where``, and their words on paper."""

ACTIVITIES = ("run for 30 minutes", "", "", "", "")
"""Own activities; the first is the same for everybody, the others are named by the runner."""
