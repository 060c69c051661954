"""Pictures on a page: how large each is drawn, and how the page names it."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from programgen.core.exercise import Exercise

Pictures = Mapping[str, str]
"""SVG text by the identifier of the exercise."""

Box = tuple[float, float]
"""Largest width and height in millimetres."""

CARD_BOX: Box = (66.0, 48.0)
QUICK_BOX: Box = (60.0, 42.0)
TOPIC_BOX: Box = (15.0, 15.0)
SHEET_BOX: Box = (54.0, 40.0)
LARGEST = 1.5
"""A small picture is not blown up by more than this."""

ADDRESS = "figure:"
"""How a page names a picture; the renderer asks for it by this address."""

_SIZE = re.compile(r'width="([0-9.]+)mm" height="([0-9.]+)mm"')


@dataclass(frozen=True)
class Picture:
    """A picture in its place."""

    source: str
    alt: str
    width: str
    height: str


def size_of(svg: str) -> Box:
    """Return the width and height of a picture in millimetres."""
    found = _SIZE.search(svg[:600])
    if found is None:
        message = "the picture has no size in millimetres"
        raise ValueError(message)
    return float(found[1]), float(found[2])


def picture_of(exercise: Exercise, pictures: Pictures, box: Box) -> Picture | None:
    """Return the picture of an exercise, fitted into a box; None without one."""
    svg = pictures.get(exercise.id)
    if svg is None:
        return None
    wide, high = size_of(svg)
    scale = min(box[0] / wide, box[1] / high, LARGEST)
    alt = exercise.words.picture or exercise.words.name
    return Picture(f"{ADDRESS}{exercise.id}", alt, f"{wide * scale:.1f}mm", f"{high * scale:.1f}mm")


def inlined(page: str, pictures: Pictures) -> str:
    """Return a page that carries its pictures, for a browser."""

    def data(match: re.Match[str]) -> str:
        return f'src="data:image/svg+xml;base64,{b64encode(pictures[match[1]].encode()).decode()}"'

    # Only our own markup holds a quoted source; text on the page has its quotes escaped.
    return re.sub(rf'src="{ADDRESS}([a-z0-9-]+)"', data, page)
