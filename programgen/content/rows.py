"""Many intakes at once: a folder of files, or a table with one person a row.

The heads of the columns are the keys of an intake, joined by dots, such as ``pain.now``. A
cell is text as somebody wrote it; the key says how it is read, and nothing is guessed.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO, Literal
from zipfile import ZipFile

from programgen.content.examples import BARE
from programgen.content.intake_checks import check_intake
from programgen.content.reading import Document, Mark, Place, build, parse, read
from programgen.core.catalogue import Catalogue
from programgen.core.intake import Intake
from programgen.errors import ContentError, Problem, ProgramgenError, did_you_mean

FILE = "file"
"""The column that names the files of a person."""

TABLES = (".csv", ".xlsx")
PEOPLE = (".yaml", ".yml", ".json")
"""Suffixes of the tables, and of the files in a folder, that are read."""

OUTPUTS = (".pdf", ".html", ".json")
"""Suffixes that a name in the table may carry; they are left off."""

LARGEST_TABLE = 200_000_000
"""Bytes of an unpacked spreadsheet; a larger one is a trap or no list of people."""

PERSONAL: tuple[tuple[str, ...], ...] = (
    ("who", "name"),
    ("who", "age"),
    ("history",),
    ("pain",),
    ("answers",),
    ("better",),
    ("worse",),
    ("abilities",),
    ("clinician", "reviewed_on"),
    ("clinician", "cleared_to_run"),
)
"""Keys that a base may not hold: an empty cell would quietly become somebody else's answer."""

Kind = Literal["text", "whole", "truth", "words", "parts"]
"""How a cell is read: as it is, as a whole number, true or false, words apart, or as YAML."""

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_NAME = re.compile(r"[^\W_][\w .,'()+-]{0,99}")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_FAULTS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})


@dataclass(frozen=True)
class Row:
    """One person: answers, or what keeps them from being read."""

    number: int
    """Position among all rows, from 0."""
    place: str
    """The file, or the table with its row, as the user named it."""
    name: str
    """Name of the files to make, without a suffix; empty if there is no sound one."""
    document: Document | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class TableRow(Document):
    """A row of a table; a problem names the column as well."""

    columns: tuple[str, ...] = ()
    """Heads of the columns."""

    def problem(self, where: Place, message: str, code: str) -> Problem:
        """Return a problem at the cell that *where* was read from, else at the row."""
        found = super().problem(where, message, code)
        if not found.column:
            return found
        return replace(found, message=f"{message} (column '{self.columns[found.column - 1]}')")


def rows(source: Path, content: Catalogue, base: Mapping[str, Any] | None = None) -> Iterator[Row]:
    """Yield everybody in a folder or a table, one at a time, each laid over *base*.

    A mistake in one row is kept in that row.

    Raises:
        ContentError: the folder or table as a whole cannot be used; every problem found.
    """
    found = _folder(source) if source.is_dir() else _table(source, content)
    empty = True
    for row in _distinct(found):
        empty = False
        if row.document and isinstance(row.document.value, dict):
            value = laid_over(base or {}, row.document.value)
            yield replace(row, document=replace(row.document, value=value))
        else:
            yield row
    if empty:
        what = f"no file ends in {', '.join(PEOPLE)}" if source.is_dir() else "no row has answers"
        raise ContentError([Problem(str(source), 0, 0, f"holds nobody: {what}", "empty")])


def laid_over(base: Any, changes: Any) -> Any:
    """Return *base* with *changes* laid over it, key by key; a list is replaced as a whole."""
    if not isinstance(base, Mapping) or not isinstance(changes, Mapping):
        return changes
    return {**base, **{key: laid_over(base.get(key), value) for key, value in changes.items()}}


def read_base(path: Path, content: Catalogue, today: date) -> dict[str, Any]:
    """Read what is the same for everybody; it may be incomplete.

    Raises:
        ContentError: every problem found, also answers that belong to one person.
    """
    document = read(path)
    value = document.value
    problems = [
        document.problem(place, f"'{'.'.join(place)}' belongs to one person; leave it out", "base")
        for place in PERSONAL
        if _holds(value, place)
    ]
    if not problems:
        try:
            whole = {**BARE, **value} if isinstance(value, dict) else value
            intake = build(Intake, replace(document, value=whole))
            problems = check_intake(intake, document, content, today)
            problems = [p for p in problems if p.code == "unknown-name"]
        except ContentError as error:
            # What is missing here may stand in each row.
            problems = [p for p in error.problems if p.code != "missing"]
    if problems:
        raise ContentError(problems)
    return dict(value)


def _holds(value: Any, place: tuple[str, ...]) -> bool:
    for key in place:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


def _distinct(found: Iterable[Row]) -> Iterator[Row]:
    """Pass rows on; a name that is taken is a problem of the later row."""
    taken: dict[str, str] = {}
    for row in found:
        key = row.name.casefold()
        if key and key in taken:
            text = f"the file name '{row.name}' is taken by {taken[key]}; choose another"
            yield replace(row, name="", problems=(*row.problems, _at(row, text, "taken")))
            continue
        taken[key] = row.place
        yield row


def _at(row: Row, message: str, code: str) -> Problem:
    path = row.document.path if row.document else row.place
    line = row.document.marks.get((), (0, 0))[0] if isinstance(row.document, TableRow) else 0
    return Problem(path, line, 0, message, code)


def _name_fault(name: str) -> str:
    """Say what is wrong with a name for files, or nothing."""
    if not name:
        return "the name for the files is missing"
    if not _NAME.fullmatch(name) or name.endswith((".", " ")):
        return (
            f"'{name[:60]}' cannot name a file; start with a letter or digit, and use letters, "
            "digits, spaces and . , ' ( ) + - _ only, 100 at most"
        )
    return f"'{name}' names a device on some machines" if _DEVICE.fullmatch(name) else ""


def _folder(folder: Path) -> Iterator[Row]:
    files = [p for p in sorted(folder.iterdir()) if p.suffix in PEOPLE and p.name[0] != "."]
    for number, path in enumerate(files):
        document: Document | None = None
        problems: tuple[Problem, ...] = ()
        name = unicodedata.normalize("NFC", path.stem)
        fault = _name_fault(name)
        try:
            document = read(path)
        except ContentError as error:
            problems = error.problems
        if fault:
            problems = (*problems, Problem(str(path), 0, 0, fault, "file-name"))
        yield Row(number, str(path), "" if fault else name, document, problems)


def columns(content: Catalogue) -> dict[str, Kind]:
    """Return the columns that a table may have, and how the cells of each are read."""
    schema = Intake.model_json_schema()
    words = content.vocabulary
    maps = {"answers": (*words.screening, *words.health), "abilities": words.abilities}
    return {
        FILE: "text",
        **{name: kind for name, kind in _kinds(schema, schema["$defs"], "") if name not in maps},
        **{f"{key}.{name}": "text" for key, names in maps.items() for name in names},
    }


def _kinds(node: Any, shared: Mapping[str, Any], name: str) -> Iterator[tuple[str, Kind]]:
    node = next(n for n in node.get("anyOf", (node,)) if n.get("type") != "null")
    node = shared[node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else node
    if "properties" in node:
        for key, child in node["properties"].items():
            yield from _kinds(child, shared, f"{name}.{key}" if name else key)
    elif node["type"] in ("array", "object"):
        yield name, "words" if node.get("items", {}).get("type") == "string" else "parts"
    else:
        kinds: dict[str, Kind] = {"integer": "whole", "boolean": "truth"}
        yield name, kinds.get(node["type"], "text")


def _table(path: Path, content: Catalogue) -> Iterator[Row]:
    known = columns(content)
    found = records(path)
    line, cells = next(found, (0, ()))
    needed = {FILE: "it names the handout of each person"}
    heads = heads_of(path, line, cells, known, needed)
    for number, (line, cells) in enumerate(found):
        yield _row(number, path, line, heads, cells, known)


def heads_of(
    path: Path,
    line: int,
    cells: Iterable[object],
    known: Mapping[str, Kind],
    needed: Mapping[str, str],
) -> tuple[str, ...]:
    """Return the heads of the columns; an empty one stands for a column without a name.

    *needed* are the columns that must be there, each with what it is for.

    Raises:
        ContentError: every column that is not known, stands twice or is missing.
    """
    heads = tuple(_head(cell) for cell in cells)
    problems = []
    for column, head in enumerate(heads, 1):
        if head in heads[: column - 1] and head:
            text, code = f"the column '{head}' stands twice", "duplicate-column"
        elif head and head not in known:
            text = f"'{head[:60]}' is not a known column{did_you_mean(head, known)}"
            code = "unknown-column"
        else:
            continue
        problems.append(Problem(str(path), line, column, text, code))
    if not any(heads):
        problems.append(Problem(str(path), 0, 0, "the table is empty", "empty"))
    else:
        for name in needed.keys() - {*heads}:
            text = f"the column '{name}' is missing; {needed[name]}"
            problems.append(Problem(str(path), line, 0, text, "missing-column"))
    if problems:
        raise ContentError(problems)
    return heads


def _head(cell: object) -> str:
    try:
        return cell_text(cell)
    except ValueError:
        return str(cell)


def _row(
    number: int,
    path: Path,
    line: int,
    heads: tuple[str, ...],
    cells: tuple[object, ...],
    known: Mapping[str, Kind],
) -> Row:
    value: dict[str, Any] = {}
    marks: dict[Place, Mark] = {(): (line, 0)}
    problems, name = [], ""

    def wrong(column: int, message: str, code: str) -> None:
        head = heads[column - 1] if column <= len(heads) else ""
        shown = f"{message} (column '{head}')" if head else message
        problems.append(Problem(str(path), line, column, shown, code))

    for column, cell in enumerate(cells, 1):
        try:
            text = cell_text(cell)
            head = heads[column - 1] if column <= len(heads) else ""
            if not text:
                continue
            if not head:
                text = "a cell without a head above it; is a comma in a text not in quotes?"
                wrong(column, text, "stray-cell")
            elif head == FILE:
                name = text[: -len(Path(text).suffix)] if text.lower().endswith(OUTPUTS) else text
            else:
                place = tuple(head.split("."))
                put(value, place, cell_value(text, known[head]))
                marks[place] = (line, column)
        except ContentError as error:
            for problem in error.problems:
                wrong(column, problem.message, problem.code)
        except ValueError as error:
            wrong(column, str(error), "cell")
    name = unicodedata.normalize("NFC", name)
    fault = _name_fault(name)
    if fault:
        wrong(heads.index(FILE) + 1, fault, "file-name")
    place_of_row = f"{path}:{line}"
    document = TableRow(str(path), value, marks, heads)
    return Row(number, place_of_row, "" if fault else name, document, tuple(problems))


def put(value: dict[str, Any], place: tuple[str, ...], leaf: Any) -> None:
    """Write *leaf* at a place of nested tables."""
    for key in place[:-1]:
        value = value.setdefault(key, {})
    value[place[-1]] = leaf


def cell_text(cell: object) -> str:
    """Return a cell as text.

    Raises:
        ValueError: the spreadsheet has made something else of what was written.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, int | float):
        return str(cell)
    if not isinstance(cell, str):
        message = (
            f"the spreadsheet has made a time of this cell ({cell}); format the column as text "
            "and write it again"
        )
        raise ValueError(message)  # noqa: TRY004 (a fault of the cell)
    text = cell.replace("\r\n", "\n").strip()
    if text in _FAULTS:
        message = f"the formula in this cell has failed ({text})"
        raise ValueError(message)
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in text):
        message = "control characters are not allowed in text"
        raise ValueError(message)
    return text


def cell_value(text: str, kind: Kind) -> Any:
    """Return the text of a cell as what its column holds."""
    if kind == "whole" and _WHOLE.fullmatch(text):
        return int(text)
    if kind == "truth" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind == "words":
        return text.replace(",", " ").split()
    return parse(text, "").value if kind == "parts" else text


def records(path: Path, sheet: str = "") -> Iterator[tuple[int, tuple[object, ...]]]:
    """Yield the rows of a table that hold anything, each with its number from 1.

    Of a workbook it is the sheet of this name, else the first.
    """
    if path.suffix.lower() not in TABLES:
        text = f"is neither a folder nor a table; a table ends in {' or '.join(TABLES)}"
        raise ContentError([Problem(str(path), 0, 0, text, "suffix")])
    found = _csv(path) if path.suffix.lower() == ".csv" else _xlsx(path, sheet)
    for line, cells in enumerate(found, 1):
        if any(cell is not None and str(cell).strip() for cell in cells):
            yield line, tuple(cells)


def _csv(path: Path) -> Iterator[list[str]]:
    with path.open("rb") as file:
        head = file.readline()
        file.seek(0)
        # The heads hold none of these signs, so whichever stands there parts the columns.
        parted = max((b",", b";", b"\t"), key=head.count).decode()
        reader = csv.reader(_lines(path, file), delimiter=parted, strict=True)
        try:
            yield from reader
        except csv.Error as error:
            text = f"is not a sound table: {error}"
            raise ContentError([Problem(str(path), reader.line_num, 0, text, "syntax")]) from None


def _lines(path: Path, file: Iterable[bytes]) -> Iterator[str]:
    for line, raw in enumerate(file, 1):
        try:
            yield raw.decode("utf-8-sig" if line == 1 else "utf-8")
        except UnicodeDecodeError:
            text = "is not UTF-8 text; save the table as 'CSV UTF-8'"
            raise ContentError([Problem(str(path), line, 0, text, "encoding")]) from None


def sheet_names(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets of a workbook; none of a table as text."""
    if path.suffix.lower() != ".xlsx":
        return ()
    with _opened(path) as book:
        return tuple(book.sheetnames)


def _xlsx(path: Path, name: str) -> Iterator[tuple[object, ...]]:
    with _opened(path) as book:
        sheet = book[name] if name in book.sheetnames else book.worksheets[0]
        # Some programs write a wrong size; without it, the rows are read as they come.
        sheet.reset_dimensions()
        yield from sheet.iter_rows(values_only=True)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a workbook.

    Raises:
        ContentError: it is damaged or a trap.
        ProgramgenError: the extra 'tables' is missing.
    """
    try:
        from openpyxl import load_workbook
    except ModuleNotFoundError:
        message = (
            "Reading an .xlsx table needs the extra 'tables': pip install 'programgen[tables]'. "
            "Or save the table as 'CSV UTF-8'."
        )
        raise ProgramgenError(message) from None
    with path.open("rb") as file:
        try:
            _check_size(path, file)
            yield load_workbook(file, read_only=True, data_only=True)
        except ContentError:
            raise
        except Exception:  # noqa: BLE001 (a damaged part makes the library raise anything)
            text = "is not a sound .xlsx table; save it again as .xlsx or as 'CSV UTF-8'"
            raise ContentError([Problem(str(path), 0, 0, text, "syntax")]) from None


def _check_size(path: Path, file: BinaryIO) -> None:
    with ZipFile(file) as packed:
        size = sum(part.file_size for part in packed.infolist())
    if size > LARGEST_TABLE:
        text = f"is larger than {LARGEST_TABLE // 1_000_000} MB unpacked; split it"
        raise ContentError([Problem(str(path), 0, 0, text, "too-large")])
