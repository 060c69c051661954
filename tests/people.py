"""Tables of people: the baseline runner as the rows of a table."""

import csv
from pathlib import Path
from typing import Any

from tests.conftest import baseline, settled


def flat(value: Any, place: tuple[str, ...] = ()) -> dict[str, str]:
    """Return answers as the cells of a row, by the heads of their columns."""
    if isinstance(value, dict):
        return {k: v for key, part in value.items() for k, v in flat(part, (*place, key)).items()}
    text = " ".join(value) if isinstance(value, list) else str(value)
    return {".".join(place): text}


def a_row(content, name: str, changes: dict[str, str] | None = None) -> dict[str, str]:
    """Return the baseline runner as a row, with some cells changed."""
    return {"file": name, **flat(settled(baseline(content))), **(changes or {})}


def write_csv(
    path: Path, rows: list[dict[str, str]], *, delimiter: str = ",", bom: str = ""
) -> Path:
    """Write rows as a table; the first decides the columns."""
    heads = list(dict.fromkeys(head for row in rows for head in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(bom)
        table = csv.DictWriter(file, heads, delimiter=delimiter)
        table.writeheader()
        table.writerows(rows)
    return path


def write_xlsx(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write rows as a spreadsheet, each cell with the type that it has."""
    from openpyxl import Workbook

    book = Workbook()
    heads = list(dict.fromkeys(head for row in rows for head in row))
    book.active.append(heads)
    for row in rows:
        book.active.append([row.get(head) for head in heads])
    book.save(path)
    return path
