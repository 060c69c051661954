"""The whole catalogue with its pictures, by family: a poster, and the reviewer's proof."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from programgen.core.catalogue import Catalogue
from programgen.core.exercise import Exercise
from programgen.core.words import dose_text
from programgen.render.page import rendered
from programgen.render.pictures import SHEET_BOX, Picture, Pictures, picture_of
from programgen.render.view import Footer, footer_of


@dataclass(frozen=True)
class Tile:
    """One exercise on the sheet."""

    id: str
    name: str
    picture: Picture | None
    dose: str
    mark: str


@dataclass(frozen=True)
class Family:
    """The exercises of a family, three in a row."""

    title: str
    rows: tuple[tuple[Tile, ...], ...]


@dataclass(frozen=True)
class IndexRow:
    """A line of the index."""

    name: str
    family: str


@dataclass(frozen=True)
class SheetView:
    """All pages of the sheet."""

    title: str
    lead: str
    families: tuple[Family, ...]
    index: tuple[IndexRow, ...]
    footer: Footer


ACROSS = 3
"""Tiles in a row."""


def _tile(exercise: Exercise, pictures: Pictures) -> Tile:
    doses = exercise.doses
    dose = ""
    if doses is not None:
        first, last = dose_text(doses.start, exercise), dose_text(doses.build, exercise)
        dose = first if first == last else f"{first}; later {last}"
    draft = "draft" if exercise.review.status == "draft" else ""
    return Tile(
        exercise.id, exercise.words.name, picture_of(exercise, pictures, SHEET_BOX), dose, draft
    )


def _rows(tiles: list[Tile]) -> Iterable[tuple[Tile, ...]]:
    return (tuple(tiles[i : i + ACROSS]) for i in range(0, len(tiles), ACROSS))


def sheet_view(content: Catalogue, pictures: Pictures, made_on: date, program: str) -> SheetView:
    """Turn the catalogue into its sheet."""
    families: dict[str, list[Tile]] = {}
    for exercise in content.exercises.values():
        families.setdefault(exercise.family, []).append(_tile(exercise, pictures))
    names = sorted((e.words.name, e.family.replace("-", " ")) for e in content.exercises.values())
    drafts = sum(e.review.status == "draft" for e in content.exercises.values())
    return SheetView(
        title="All exercises",
        lead=f"{len(content.exercises)} exercises and topics in {len(families)} families.",
        families=tuple(
            Family(family.replace("-", " ").capitalize(), tuple(_rows(tiles)))
            for family, tiles in sorted(families.items())
        ),
        index=tuple(IndexRow(name, family) for name, family in names),
        footer=footer_of(
            "Pictures and words: CC BY 4.0.", drafts > 0, made_on, program, content.fingerprint
        ),
    )


def sheet_html(
    content: Catalogue,
    pictures: Pictures,
    paper: str,
    made_on: date,
    program: str,
    *,
    inline: bool = False,
) -> str:
    """Return the sheet as a whole page."""
    view = sheet_view(content, pictures, made_on, program)
    return rendered("sheet", view, pictures, paper, inline=inline)
