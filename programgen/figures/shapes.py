"""What a picture is made of before it is text: painted lines on the page.

Page coordinates are metres of the scene, x right and y down; UNITS turns them into
whole numbers of the SVG.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.camera import Camera

UNITS = 500.0
"""SVG units for a metre: one unit is 2 mm of the scene, 0.06 mm on paper."""

OUTER = 7.5
"""Width of the outline, in SVG units."""

INNER = 4.5
"""Width of lines inside the figure, in SVG units."""

PROP_PEN = 3.0
"""Width of the outline of things, in SVG units."""

Paint = Mapping[str, str | float]
"""SVG attributes of a path."""

Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom in page metres."""


@dataclass(frozen=True)
class Shape:
    """One path of the picture: polylines (n, 2) in page metres, and how to paint them."""

    lines: Sequence[Array]
    paint: Paint
    closed: bool = True
    fit: str = "curve"
    """curve, polygon, water (a filled surface) or wave (its crest)."""
    tolerance: float = 0.0028
    """How far a curve may be from its polyline, in metres."""
    focus: Array | None = None
    """Discs (x, y, radius) drawn with half the tolerance."""


def project(points: Array, camera: Camera) -> Array:
    """Turn world points (n, 3) into page points (n, 2)."""
    seen = np.atleast_2d(points) @ camera.axes.T
    return np.stack([seen[:, 0], -seen[:, 1]], 1)


def stroke(lines: Sequence[Array], colour: str, width: float) -> Shape:
    """Return open lines in one colour; the width is in SVG units."""
    paint: Paint = {"fill": "none", "stroke": colour, "stroke-width": width}
    return Shape(lines, paint, closed=False, fit="polygon")


def bounds_of(shapes: Sequence[Shape]) -> Bounds:
    """Return the box around shapes, half their pens included."""
    lows, highs = [], []
    for shape in shapes:
        if shape.lines:
            points = np.concatenate(shape.lines)
            pad = float(shape.paint.get("stroke-width", 0)) / UNITS / 2
            lows.append(points.min(0) - pad)
            highs.append(points.max(0) + pad)
    low, high = np.min(lows, axis=0), np.max(highs, axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def merged(groups: Sequence[Sequence[Shape]]) -> list[Shape]:
    """Join groups of shapes; neighbours that are painted alike become one path."""
    out: list[list[Shape]] = []
    for group in groups:
        last = out[-1] if out else []
        if last and len(last) == len(group) and all(map(_alike, last, group)):
            pairs = zip(last, group, strict=True)
            out[-1] = [replace(a, lines=[*a.lines, *b.lines]) for a, b in pairs]
        else:
            out.append(list(group))
    return [shape for group in out for shape in group]


def _alike(a: Shape, b: Shape) -> bool:
    return a.paint == b.paint and a.closed == b.closed and a.fit == b.fit
