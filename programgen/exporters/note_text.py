"""The chart note as plain text (``.note.txt``): 76 columns, for any record system."""

from collections.abc import Iterator
from textwrap import wrap

from programgen.core.plan import Plan, Referral
from programgen.exporters.base import Export
from programgen.exporters.chart_note import Note, chart_note

EXTRA = None
REFERRALS = True

WIDTH = 76


def export(plan: Plan | Referral, export: Export) -> bytes:
    """Return the note."""
    return ("\n".join(_lines(chart_note(plan, export))) + "\n").encode()


def _lines(note: Note) -> Iterator[str]:
    yield note.title.upper()
    yield from wrap(note.head, WIDTH)
    for section in note.sections:
        yield ""
        yield section.title.upper()
        for line in section.lines:
            yield from wrap(
                line,
                WIDTH,
                initial_indent="- ",
                subsequent_indent="  ",
                break_on_hyphens=False,
            )
