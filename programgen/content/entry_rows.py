"""Reports typed in at once: a paper log as a table or a list, one row an entry.

The heads of the columns are the fields of an entry or those of the log sheet on paper.
Either every row is sound, or nothing is taken.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from programgen.content.log_file import KINDS, entries_of, entry_of
from programgen.content.reading import Document, Mark, Place, read
from programgen.content.rows import (
    TABLES,
    Kind,
    TableRow,
    cell_text,
    cell_value,
    heads_of,
    put,
    records,
)
from programgen.core.catalogue import Catalogue
from programgen.core.checkin import Entry
from programgen.errors import ContentError, Problem

LISTS = (".yaml", ".yml", ".json")
"""Suffixes of lists; all others are tables."""

SHEET = {
    "what to do": "session",
    "worst pain 0–10": "during",
    "worst pain 0-10": "during",
    "worst pain": "during",
    "pain during": "during",
    "pain before": "before",
    "pain after 1 hour": "after",
    "pain next morning": "morning",
    "where was it": "where",
    "woken at night": "night",
    "why": "why",
}
"""Heads of the log sheet on paper, in small letters, and the fields that they stand for."""

_GIVEN = frozenset({"id", "entered"})
_WHOLE = frozenset(
    {
        "supersedes", "before", "during", "after", "morning", "effort",
        "usual", "walking", "worst", "average", "change",
    }
)  # fmt: skip
_MAPS = ("answers", "abilities", "activities")
_YES_NO = frozenset({"limp", "spot", "night"})
_WORDS = {
    "done": {"x": "yes", "✓": "yes", "✔": "yes", "y": "yes", "n": "no", "-": "no", "missed": "no"},
    "session": {"walk": "run"},
    **{name: {"y": "yes", "n": "no", "u": "unsure", "?": "unsure"} for name in _YES_NO},
}
"""How people tick and shorten on paper."""


def read_entries(path: Path, content: Catalogue) -> tuple[list[Entry], list[Document]]:
    """Read the reports of a file and the rows that they stand in.

    Raises:
        ContentError: every problem of every row, with file and line.
    """
    if path.suffix.lower() in LISTS:
        document = read(path)
        within = isinstance(document.value, dict) and "entries" in document.value
        above: Place = ("entries",) if within else ()
        rows = document.value["entries"] if within else document.value
        read_rows = entries_of(document, rows, above, content)
    elif path.suffix.lower() in TABLES:
        read_rows = _table(path, content)
    else:
        text = f"is no list of reports; it ends in {', '.join((*LISTS, *TABLES))}"
        raise ContentError([Problem(str(path), 0, 0, text, "suffix")])
    problems = [
        row.problem((), "leave 'id' and 'entered' out; they are given", "id")
        for entry, row in read_rows
        if entry.id is not None or entry.entered is not None
    ]
    if problems:
        raise ContentError(problems)
    if not read_rows:
        raise ContentError([Problem(str(path), 0, 0, "no row holds a report", "empty")])
    return [entry for entry, _ in read_rows], [row for _, row in read_rows]


def columns(content: Catalogue) -> dict[str, Kind]:
    """Return the columns that a table may have, and how the cells of each are read."""
    words = content.vocabulary
    fields = {name for model in KINDS.values() for name in model.model_fields}
    named = {
        **{f"answers.{name}": "text" for name in (*words.screening, *words.health)},
        **{f"abilities.{name}": "text" for name in words.abilities},
    }
    plain: dict[str, Kind] = {
        name: "whole" if name in _WHOLE else "text" for name in sorted(fields - {*_MAPS} - _GIVEN)
    }
    return {**plain, **dict.fromkeys(named, "text")}


def _table(path: Path, content: Catalogue) -> list[tuple[Entry, Document]]:
    found = records(path)
    line, cells = next(found, (0, ()))
    named = [_field(cell) for cell in cells]
    known = columns(content)
    known |= {name: "whole" for name in named if name.startswith("activities.")}
    heads = heads_of(path, line, named, known, {"done": _NEEDED} if "kind" not in named else {})
    entries: list[tuple[Entry, Document]] = []
    problems: list[Problem] = []
    for row, wrong in _rows(path, found, heads, known):
        try:
            if not wrong:
                entries.append((entry_of(row, content), row))
            problems += wrong
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(problems)
    return entries


_NEEDED = "it says yes, part or no; without a column 'kind' every row is a session"


def _field(cell: object) -> str:
    """Return the field that a head stands for; a head that no one knows stays as it is."""
    text = str(cell or "").strip()
    place, dot, rest = text.partition(".")
    if dot:
        return f"{place.strip().lower()}.{rest.strip()}"
    return SHEET.get(text.lower(), text.lower())


def _rows(
    path: Path, found: Iterator[tuple[int, tuple[object, ...]]], heads: Sequence[str], known: Any
) -> Iterator[tuple[TableRow, list[Problem]]]:
    """Yield every row as a document, and the cells of it that cannot be read."""
    for line, cells in found:
        value: dict[str, Any] = {}
        marks: dict[Place, Mark] = {(): (line, 0)}
        wrong = []
        for column, cell in enumerate(cells, 1):
            head = heads[column - 1] if column <= len(heads) else ""
            try:
                text = cell_text(cell)
            except ValueError as error:
                wrong.append(Problem(str(path), line, column, str(error), "cell"))
                continue
            if not text:
                continue
            if not head:
                text = "a cell without a head above it; is a comma in a text not in quotes?"
                wrong.append(Problem(str(path), line, column, text, "stray-cell"))
                continue
            place = tuple(head.split(".", 1))
            put(value, place, cell_value(_plain(head, text), known[head]))
            marks[place] = (line, column)
        yield TableRow(str(path), value, marks, tuple(heads)), wrong


def _plain(head: str, text: str) -> str:
    """Return a ticked or shortened cell as the word of the field."""
    if head == "session":
        text = text.split(maxsplit=1)[0]
    if head in ("kind", "session", "done", "where", *_YES_NO) or head.startswith(_MAPS[:2]):
        text = text.lower()
    short = _WORDS["night"] if head.startswith(_MAPS[:2]) else _WORDS.get(head, {})
    return short.get(text, text)
