"""The chart note as Markdown (``.md``); text of people stays text."""

import re
from collections.abc import Iterator

from programgen.core.plan import Plan, Referral
from programgen.exporters.base import Export
from programgen.exporters.chart_note import Note, chart_note

EXTRA = None
REFERRALS = True

_SIGNS = re.compile(r"[\\`*_\[\]<>&#|~$!@]|:(?=//)|(?<=www)\.|^[-+=]", re.IGNORECASE)
"""What Markdown, or a reader of it, takes for more than a letter; also bare addresses."""
_NUMBER = re.compile(r"^(\d+)([.)])")


def export(plan: Plan | Referral, export: Export) -> bytes:
    """Return the note."""
    return ("\n".join(_lines(chart_note(plan, export))) + "\n").encode()


def _lines(note: Note) -> Iterator[str]:
    yield from (f"# {escaped(note.title)}", "", escaped(note.head))
    for section in note.sections:
        yield from ("", f"## {section.title}", "")
        yield from (f"- {escaped(line)}" for line in section.lines)


def escaped(text: str) -> str:
    r"""Return one line of text so that Markdown shows it as it is.

    >>> print(escaped("<b> *x* [a](b)"), escaped("- 1"), escaped("1. a"))
    \<b\> \*x\* \[a\](b) \- 1 1\. a
    """
    return _NUMBER.sub(r"\1\\\2", _SIGNS.sub(r"\\\g<0>", text))
