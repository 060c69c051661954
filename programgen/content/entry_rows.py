"""Reports typed in at once: a paper log as a table or a list, one row an entry.

The heads of the columns are the fields of an entry or those of the log sheet on paper.
Either every row is sound, or nothing is taken.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from programgen.content.log_file import KINDS, MAPS, entry_of, may_warn, sound_entries
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
    sheet_names,
)
from programgen.core.catalogue import Catalogue
from programgen.core.checkin import Entry
from programgen.core.log_sheet import LOG, SESSION, SESSIONS, WEEK, WEEKLY_LOG, WHERE
from programgen.errors import ContentError, Problem

LISTS = (".yaml", ".yml", ".json")
"""Suffixes of lists; all others are tables."""

SHEET = {
    **{column.heading.lower(): column.field for column in (*SESSION, *WEEK)},
    # The week page and the card for the fridge.
    "date": "day",
    "what to do": "session",
    "worst pain 0–10": "during",
    "pain next morning": "morning",
}
"""Heads of the log sheet on paper, in small letters, and the fields that they stand for."""

MINUTES = next(column.heading.lower() for column in SESSION if column.field == "run")
"""The head under which a bare number is minutes, because the sheet says so."""

_UNREAD = {
    "week": (None, "(week)"),
    "day": ("date", "(weekday)"),
    "what to do": ("session", "(what to do)"),
}
"""Columns that only help the reader: always, or beside the column that says it exactly."""

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_WEEKDAY = re.compile(r"^[^\W\d_]{2,4}\.? (?=\d)")
_GIVEN = frozenset({"id", "entered"})
_WHOLE = frozenset(
    {
        "supersedes", "before", "during", "after", "morning", "effort",
        "usual", "walking", "worst", "average", "change",
    }
)  # fmt: skip
_OF_A_WEEK = frozenset(column.field for column in WEEK)
_YES_NO = frozenset({"limp", "spot", "night"})
_ANSWERS = {"y": "yes", "n": "no", "u": "unsure", "?": "unsure"}
_WORDS = {
    "done": {"x": "yes", "✓": "yes", "✔": "yes", "y": "yes", "n": "no", "-": "no", "missed": "no"},
    "session": {word.lower(): kind for kind, word in SESSIONS},
    "where": {
        **{word.lower(): place for place, word in WHERE},
        # As people shorten it, and as it stood on sheets that are already printed.
        **dict.fromkeys(
            ("new tingling", "new numbness", "new weakness", "tingling", "numb", "weak"),
            "new-numb-weak",
        ),
    },
    **dict.fromkeys(_YES_NO, _ANSWERS),
}
"""How people tick and shorten on paper."""


@dataclass(frozen=True)
class Reports:
    """What a file of reports holds."""

    entries: tuple[Entry, ...]
    """Those that are sound."""
    rows: tuple[Document, ...]
    """Where each of them stands."""
    problems: tuple[Problem, ...]
    """Every problem of the others."""
    warns: bool
    """A warning sign may be in one of them, sound or not."""


def read_reports(path: Path, content: Catalogue) -> Reports:
    """Read the reports of a file, and what is wrong with some of them.

    Raises:
        ContentError: the file as a whole cannot be read, or holds no report.
    """
    if path.suffix.lower() in LISTS:
        document = read(path)
        within = isinstance(document.value, dict) and "entries" in document.value
        above: Place = ("entries",) if within else ()
        rows = document.value["entries"] if within else document.value
        sound, problems = sound_entries(document, rows, above, content)
        warns = any(may_warn(row, content) for row in (rows if isinstance(rows, list) else ()))
    elif path.suffix.lower() in TABLES:
        sound, problems, warns = _tables(path, content)
    else:
        text = f"is no list of reports; it ends in {', '.join((*LISTS, *TABLES))}"
        raise ContentError([Problem(str(path), 0, 0, text, "suffix")])
    problems += (
        row.problem((), "leave 'id' and 'entered' out; they are given", "id")
        for entry, row in sound
        if entry.id is not None or entry.entered is not None
    )
    if not sound and not problems:
        raise ContentError([Problem(str(path), 0, 0, "no row holds a report", "empty")])
    entries, places = tuple(e for e, _ in sound), tuple(row for _, row in sound)
    return Reports(entries, places, tuple(problems), warns)


def columns(content: Catalogue) -> dict[str, Kind]:
    """Return the columns that a table may have, and how the cells of each are read."""
    words = content.vocabulary
    fields = {name for model in KINDS.values() for name in model.model_fields}
    named = {
        **{f"answers.{name}": "text" for name in (*words.screening, *words.health)},
        **{f"abilities.{name}": "text" for name in words.abilities},
    }
    plain: dict[str, Kind] = {
        name: "whole" if name in _WHOLE else "text"
        for name in sorted(fields - {*MAPS[:2]} - _GIVEN)
    }
    return {**plain, **dict.fromkeys(named, "text")}


def _sheets(path: Path) -> tuple[str, ...]:
    """Return the logs of our own workbook; of any other table its only or first sheet."""
    named = sheet_names(path)
    return tuple(name for name in (LOG, WEEKLY_LOG) if name in named) or ("",)


_Read = tuple[list[tuple[Entry, Document]], list[Problem], bool]
"""What is sound, every problem of the rest, and whether a warning sign may be among both."""


def _tables(path: Path, content: Catalogue) -> _Read:
    read = [_table(path, content, sheet) for sheet in _sheets(path)]
    sound = [entry for entries, _, _ in read for entry in entries]
    problems = [problem for _, found, _ in read for problem in found]
    return sound, problems, any(warns for *_, warns in read)


def _table(path: Path, content: Catalogue, sheet: str) -> _Read:
    found = records(path, sheet)
    path = path.with_name(f"{path.name} [{sheet}]") if sheet else path
    line, cells = next(found, (0, ()))
    named = _fields(cells)
    small = [str(cell or "").strip().lower() for cell in cells]
    minutes = frozenset(at for at, text in enumerate(small) if text == MINUTES)
    # A table of the questions of the week alone needs no column that says so.
    weekly = "done" not in named and bool({*named} & _OF_A_WEEK)
    kind = "week" if weekly and "kind" not in named else None
    known = columns(content) | {name: "text" for _, name in _UNREAD.values()}
    known |= {name: "whole" for name in named if name.startswith("activities.")}
    heads = heads_of(
        path, line, named, known, {} if weekly or "kind" in named else {"done": _NEEDED}
    )
    entries: list[tuple[Entry, Document]] = []
    problems: list[Problem] = []
    warns = False
    for row, wrong in _rows(path, found, _Columns(heads, known, minutes, kind), content):
        warns = warns or may_warn(row.value, content)
        try:
            if not wrong:
                entries.append((entry_of(row, content), row))
            problems += wrong
        except ContentError as error:
            problems += error.problems
    return entries, problems, warns


_NEEDED = "it says yes, part or no; without a column 'kind' every row is a session"


def _fields(cells: Sequence[object]) -> list[str]:
    """Return the fields that heads stand for; a head that no one knows stays as it is."""
    texts = [str(cell or "").strip() for cell in cells]
    small = [text.lower() for text in texts]
    named = []
    for text, low in zip(texts, small, strict=True):
        place, dot, rest = text.partition(".")
        if dot:
            named.append(f"{place.strip().lower()}.{rest.strip()}")
        elif low in _UNREAD and _UNREAD[low][0] in (*small, None):
            named.append(_UNREAD[low][1])
        else:
            named.append(SHEET.get(low, low))
    return named


@dataclass(frozen=True)
class _Columns:
    """What the first line of a table says about the others."""

    heads: tuple[str, ...]
    known: Mapping[str, Kind]
    minutes: frozenset[int]
    """Columns, from 0, in which a bare number is minutes."""
    kind: str | None
    """Kind of every entry, where no column says it."""


def _rows(
    path: Path,
    found: Iterator[tuple[int, tuple[object, ...]]],
    columns: _Columns,
    content: Catalogue,
) -> Iterator[tuple[TableRow, list[Problem]]]:
    """Yield every row as a document, and the cells of it that cannot be read."""
    heads, known = columns.heads, columns.known
    for line, cells in found:
        value: dict[str, Any] = {"kind": columns.kind} if columns.kind else {}
        marks: dict[Place, Mark] = {(): (line, 0)}
        wrong = []
        for column, cell in enumerate(cells, 1):
            head = heads[column - 1] if column <= len(heads) else ""
            try:
                text = cell_text(cell)
                if not text or head.startswith("("):
                    continue
                if not head:
                    _stray()
                place = tuple(head.split(".", 1))
                if column - 1 in columns.minutes and _NUMBER.fullmatch(text):
                    text += " min"
                if head == "where" and ":" in text and "exercise" not in value:
                    # The sheet asks for the exercise in the same cell.
                    text, _, which = (part.strip() for part in text.partition(":"))
                    put(value, ("exercise",), _named(which, content))
                    marks["exercise",] = (line, column)
                read = _own(text) if head == "activities" else _plain(head, text)
                put(value, place, read if isinstance(read, dict) else cell_value(read, known[head]))
                marks[place] = (line, column)
            except ValueError as error:
                wrong.append(Problem(str(path), line, column, str(error), "cell"))
        # The sheet has a line for each planned session; one that nobody filled in says nothing.
        if wrong or not value.keys() <= {"kind", "day", "session"}:
            yield TableRow(str(path), value, marks, heads), wrong


def _stray() -> NoReturn:
    message = "a cell without a head above it; is a comma in a text not in quotes?"
    raise ValueError(message)


def _plain(head: str, text: str) -> str:
    """Return a ticked or shortened cell as the word of the field."""
    maps = head.startswith(MAPS[:2])
    if maps or head in ("kind", *_WORDS):
        text = text.lower()
    short = _ANSWERS if maps else _WORDS.get(head, {})
    if head == "session" and text not in short:
        # 'run-2' of the workbook, or 'Run: 30-second runs' of the week page.
        text = re.sub(r"-\d+$|:$", "", text.split()[0])
    if head == "day":
        # Our workbook shows the weekday too, and a spreadsheet saves what it shows.
        text = _WEEKDAY.sub("", text)
    return short.get(text, text)


def _named(text: str, content: Catalogue) -> str:
    """Return the identifier of an exercise by its name on the sheet, or else the text."""
    name = text.casefold()
    found = (e.id for e in content.exercises.values() if e.words.name.casefold() == name)
    return next(found, text)


def _own(text: str) -> dict[str, Any]:
    """Read own activities from one cell, as 'run for 30 minutes: 4, stairs: 7'."""
    found: dict[str, Any] = {}
    for part in re.split(r"[,;\n]", text):
        name, sign, amount = part.replace("=", ":").rpartition(":")
        if not (sign and name.strip()):
            message = "write each activity with its score, as 'run for 30 minutes: 4, stairs: 7'"
            raise ValueError(message)
        found[name.strip()] = cell_value(amount.strip(), "whole")
    return found
