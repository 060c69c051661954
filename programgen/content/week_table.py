"""A clinic's week table (.csv, or lines and Markdown tables with '|') read into weeks.

What is not understood is listed by its line, and then nothing is read.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from programgen.content.reading import decode, read_raw
from programgen.core.intake import WEEKDAYS
from programgen.core.own_ladder import TableSession, TableWeek
from programgen.core.session_notation import parse_session
from programgen.errors import ContentError, Problem

_WEEK = re.compile(r"(?:week|wk\.?|w)?\s*(\d{1,3})\s*[.:]?", re.IGNORECASE)
_SESSION = re.compile(r"(?:session|run|training)\s*\d{1,2}", re.IGNORECASE)
_RULE = re.compile(r"[\s|:+-]*-[\s|:+-]*")
_DAY = re.compile(r"([a-z]+)\.?\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_CODE = "week-table"


@dataclass(frozen=True)
class Cell:
    """Text of a table, and where it stands."""

    line: int
    column: int
    text: str


@dataclass(frozen=True)
class Head:
    """What a column holds: the sessions of a weekday, or of any day (None)."""

    day: int | None


def read_weeks(path: Path) -> tuple[TableWeek, ...]:
    """Read a week table.

    Raises:
        ContentError: everything that was not understood, line by line.
    """
    shown = str(path)
    text = decode(read_raw(path, shown), shown)
    problems: list[Problem] = []
    rows = _csv(text) if path.suffix.lower() in (".csv", ".tsv") else _lines(text, shown, problems)
    try:
        weeks = list(_weeks(rows, shown, problems))
    except csv.Error as error:
        what = f"is no table that can be read: {error}"
        raise ContentError([Problem(shown, 0, 0, what, _CODE)]) from None
    if not weeks and not problems:
        what = "holds no week; write lines such as 'Week 1 | Mon: run 1 min, walk 2 min x 6'"
        problems.append(Problem(shown, 0, 0, what, _CODE))
    if problems:
        raise ContentError(problems)
    return tuple(weeks)


def _csv(text: str) -> Iterator[list[Cell]]:
    """Yield the rows of a table; its first line says what stands between cells."""
    first = text.split("\n", 1)[0]
    between = max(",;\t", key=first.count)
    line = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between)
    for row in reader:
        begins, line = line + 1, reader.line_num
        if any(cell.strip() for cell in row):
            yield [Cell(begins, number, cell.strip()) for number, cell in enumerate(row, 1)]


def _lines(text: str, shown: str, problems: list[Problem]) -> Iterator[list[Cell]]:
    """Yield the rows of lines with '|'; headings, rules and empty lines hold nothing."""
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.strip()
        if not plain or plain.startswith("#") or _RULE.fullmatch(plain):
            continue
        if "|" not in plain:
            what = f"was not understood: '{_short(plain)}' is no row of a table with '|'"
            problems.append(Problem(shown, number, 1, what, _CODE))
            continue
        yield list(_cells(line, number))


def _cells(line: str, number: int) -> Iterator[Cell]:
    parts = line.split("|")
    column = 1
    for place, part in enumerate(parts):
        outside = place in (0, len(parts) - 1) and not part.strip()
        if not outside:
            yield Cell(number, column + len(part) - len(part.lstrip()), part.strip())
        column += len(part) + 1


def _weeks(rows: Iterator[list[Cell]], shown: str, problems: list[Problem]) -> Iterator[TableWeek]:
    heads: list[Head | None] = []
    for row in rows:
        label, cells = row[0], row[1:]
        if _plain(label.text).lower() in ("week", "wk", "weeks", ""):
            heads = list(_heads(cells, shown, problems))
            continue
        week = _WEEK.fullmatch(_plain(label.text))
        if week is None:
            what = f"was not understood: '{_short(label.text)}' is no week, such as 'Week 1'"
            problems.append(Problem(shown, label.line, label.column, what, _CODE))
            continue
        if heads and len(cells) > len(heads):
            extra = cells[len(heads)]
            what = "this row has more cells than the head of the table"
            problems.append(Problem(shown, extra.line, extra.column, what, _CODE))
            continue
        sessions = []
        for place, cell in enumerate(cells):
            head = heads[place] if heads else Head(None)
            try:
                session = _session(cell, head, named=bool(heads)) if head else None
            except ValueError as error:
                what = f"'{_short(cell.text)}' was not understood: {error}"
                problems.append(Problem(shown, cell.line, cell.column, what, _CODE))
                continue
            if session:
                sessions.append(session)
        if all(session.day is not None for session in sessions):
            sessions.sort(key=lambda session: session.day or 0)
        yield TableWeek(label.line, int(week[1]), tuple(sessions))


def _heads(cells: list[Cell], shown: str, problems: list[Problem]) -> Iterator[Head | None]:
    for cell in cells:
        day = _day(_plain(cell.text))
        if day is None and not _SESSION.fullmatch(_plain(cell.text)):
            what = (
                f"the column '{_short(cell.text)}' was not understood: name a weekday, or "
                "'Session 1'; take other columns out"
            )
            problems.append(Problem(shown, cell.line, cell.column, what, _CODE))
            yield None
        else:
            yield Head(day)


def _session(cell: Cell, head: Head, *, named: bool) -> TableSession | None:
    """Return a session, or None for a rest day.

    Raises:
        ValueError: the cell was not understood.
    """
    day, text = head.day, cell.text
    found = None if named else _DAY.fullmatch(_plain(text))
    if found:
        day, text = _day(found[1]), found[2]
        if day is None:
            message = f"'{found[1]}' is no weekday, such as 'Mon'"
            raise ValueError(message)
    steps = parse_session(text)
    return TableSession(cell.line, day, steps) if steps else None


def _day(text: str) -> int | None:
    """Return a weekday, Monday is 0: its name or its first letters, at least two."""
    word = text.lower().strip(" .:")
    found = [n for n, name in enumerate(WEEKDAYS) if name.startswith(word) or word == f"{name}s"]
    tues = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
    return found[0] if len(found) == 1 and len(word) > 1 else tues.get(word)


def _plain(text: str) -> str:
    return text.replace("*", "").strip()


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
