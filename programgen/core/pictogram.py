"""A small picture of a self-care topic as data: marks on a grid, back to front.

The grid has 96 by 96 units: x to the right, y down. Nothing but shapes and roles stands in
the data; the roles have the colours of the exercise pictures.
"""

import re
from collections.abc import Iterator
from itertools import chain
from math import dist, sqrt
from typing import Annotated, Final, Literal, NamedTuple, Self

from pydantic import Field, field_validator, model_validator

from programgen.core.base import Value

GRID: Final = 96
"""Width and height of the grid."""

PENS: Final = {"thin": 2.5, "medium": 3.5, "bold": 7.0}
"""Stroke widths in units of the grid."""

Role = Literal["ink", "main", "soft", "mark", "light", "none"]
"""ink: outlines; main: the thing itself; soft: its background; mark: what matters; light: white."""

Point = Annotated[tuple[float, ...], Field(min_length=2, max_length=2)]
"""Two numbers: x to the right, y down."""

Box = Annotated[tuple[float, ...], Field(min_length=4, max_length=4)]
"""Four numbers: x and y of the upper left corner, width, height."""


class Step(NamedTuple):
    """One command of a path with its numbers."""

    command: str
    numbers: tuple[float, ...]


_COUNTS: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4, "A": 7, "Z": 0}
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def steps(path: str) -> tuple[Step, ...]:
    """Return the commands of a path.

    Raises:
        ValueError: a command that is not allowed, or numbers that do not fit it.
    """
    before, *parts = re.split(r"([A-Za-z])", path)
    if before.strip() or parts[:1] != ["M"]:
        raise ValueError("a path begins with M")
    return tuple(_step(parts[i], parts[i + 1]) for i in range(0, len(parts), 2))


def _step(command: str, text: str) -> Step:
    words = text.replace(",", " ").split()
    if command not in _COUNTS:
        allowed = " ".join(_COUNTS)
        raise ValueError(f"'{command}' is not allowed in a path; use {allowed} (capital letters)")
    for word in words:
        if not _NUMBER.fullmatch(word):
            raise ValueError(f"'{word}' after {command} is not a number")
    if len(words) != _COUNTS[command]:
        raise ValueError(f"{command} needs {_COUNTS[command]} numbers; got {len(words)}")
    numbers = tuple(float(word) for word in words)
    if command == "A" and (numbers[0] != numbers[1] or not set(numbers[3:5]) <= {0, 1}):
        raise ValueError("A is part of a circle: the same radius twice, 0, two flags (0 or 1), x y")
    return Step(command, numbers)


class Mark(Value):
    """One shape: exactly one of line, path, circle, rect."""

    line: Annotated[tuple[Point, ...], Field(min_length=2)] | None = None
    """Straight lines from point to point."""
    path: str | None = None
    """Path as in SVG, with M L H V C Q A Z and their numbers only."""
    circle: Point | None = None
    """Centre of a circle."""
    rect: Box | None = None
    """A rectangle: x, y, width, height."""
    radius: float | None = Field(default=None, gt=0, le=GRID / 2)
    """Radius of the circle, or of the rectangle's corners."""
    fill: Role = "none"
    """Role of the area."""
    stroke: Role = "none"
    """Role of the outline."""
    width: Literal["thin", "medium", "bold"] = "medium"
    """Width of the outline."""

    @field_validator("path")
    @classmethod
    def _readable(cls, path: str | None) -> str | None:
        if path is not None:
            steps(path)
        return path

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if sum(k is not None for k in (self.line, self.path, self.circle, self.rect)) != 1:
            raise ValueError("a mark has exactly one of: line, path, circle, rect")
        if self.circle is not None and self.radius is None:
            raise ValueError("a circle needs a radius")
        if self.radius is not None and self.circle is None and self.rect is None:
            raise ValueError("only a circle and a rect have a radius")
        if self.fill == self.stroke == "none":
            raise ValueError("a mark needs a fill or a stroke; nothing would be seen")
        pen = 0.0 if self.stroke == "none" else PENS[self.width] / 2
        reach = list(chain.from_iterable(_hull(self)))
        if min(reach) - pen < 0 or max(reach) + pen > GRID:
            raise ValueError(
                f"the mark reaches outside the grid: from {min(reach) - pen:g} to "
                f"{max(reach) + pen:g} with its outline; allowed are 0 to {GRID}"
            )
        return self


class Pictogram(Value):
    """The picture of one self-care topic; it stands beside the topic's file."""

    pictogram: tuple[Mark, ...] = Field(min_length=1, max_length=40)
    """The marks on a grid of 96 x 96, back to front."""


def _hull(mark: Mark) -> Iterator[tuple[float, ...]]:
    """Yield points with every part of the shape between them."""
    if mark.circle is not None:
        x, y, r = *mark.circle, mark.radius or 0.0
        yield from ((x - r, y - r), (x + r, y + r))
    elif mark.rect is not None:
        x, y, wide, high = mark.rect
        yield from ((x, y), (x + wide, y + high))
    elif mark.line is not None:
        yield from mark.line
    else:
        yield from _path_hull(steps(mark.path or ""))


def _path_hull(path: tuple[Step, ...]) -> Iterator[tuple[float, float]]:
    x = y = 0.0
    start = (x, y)
    for command, numbers in path:
        if command == "A":
            yield from _arc_hull((x, y), numbers)
            points = [(numbers[5], numbers[6])]
        elif command == "H":
            points = [(numbers[0], y)]
        elif command == "V":
            points = [(x, numbers[0])]
        else:
            points = list(zip(numbers[::2], numbers[1::2], strict=True)) or [start]
        yield from points
        x, y = points[-1]
        if command == "M":
            start = (x, y)


def _arc_hull(
    begin: tuple[float, float], numbers: tuple[float, ...]
) -> Iterator[tuple[float, float]]:
    """Yield the outermost points of a circle that lie on the arc: on its side of the chord."""
    (x0, y0), (x1, y1) = begin, numbers[5:]
    long, turn = numbers[3], 1 if numbers[4] else -1
    chord = dist((x0, y0), (x1, y1))
    if not chord:
        return
    radius = max(numbers[0], chord / 2)
    side = turn * (y1 - y0) / chord, -turn * (x1 - x0) / chord
    away = sqrt(max(radius**2 - chord**2 / 4, 0.0)) * (1 if long else -1)
    x, y = (x0 + x1) / 2 + side[0] * away, (y0 + y1) / 2 + side[1] * away
    for dx, dy in ((radius, 0), (-radius, 0), (0, radius), (0, -radius)):
        if (x + dx - x0) * side[0] + (y + dy - y0) * side[1] > 0:
            yield (x + dx, y + dy)
