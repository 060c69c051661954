"""Lines as the text of SVG paths, in relative whole numbers."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.curves import corners, fit_beziers, resample, unit

SPACING = 3.2
"""Distance in SVG units of the points to which curves are fitted."""

CORNER = 62.0
"""A closed line keeps corners that turn by more than this, in degrees."""


def polygon(points: Array, *, closed: bool) -> str:
    """Return the path of straight lines through points (n, 2) in SVG units."""
    x, y = _whole(points[0])
    start = f"M{_joined([x, y])}"
    numbers: list[int] = []
    for point in points[1:]:
        px, py = _whole(point)
        if (px, py) != (x, y):
            numbers += [px - x, py - y]
            x, y = px, py
    lines = f"l{_joined(numbers)}" if numbers else ""
    return start + lines + ("z" if closed else "")


def open_curve(points: Array, tolerance: float, focus: Array | None = None) -> str:
    """Return the path of curves along an open polyline (n, 2) in SVG units."""
    points = resample(points, SPACING, closed=False)
    return _curves(fit_beziers(points, _tolerances(points, tolerance, focus)))


def closed_curve(points: Array, tolerance: float, focus: Array | None = None) -> str:
    """Return the path of curves along a closed polyline (n, 2) in SVG units; keeps corners.

    ``focus`` rows (x, y, radius) are discs in which the tolerance is halved.
    """
    points = resample(points, SPACING, closed=True)
    limit = _tolerances(points, tolerance, focus)
    marks = corners(points, CORNER)
    if not marks:
        return _curves(_round(points, limit)) + "z"
    beziers: list[Array] = []
    for i, j in pairwise([*marks, marks[0] + len(points)]):
        piece = np.arange(i, j + 1) % len(points)
        beziers += fit_beziers(points[piece], limit[piece])
    return _curves(beziers) + "z"


def _round(points: Array, limit: Array) -> list[Array]:
    """Return curves along a ring without corners: one direction where it closes."""
    k = min(3, len(points) // 3)
    tangent = unit(points[k % len(points)] - points[-k])
    ring = np.concatenate([points, points[:1]])
    return fit_beziers(ring, np.append(limit, limit[0]), tangent, -tangent)


def _tolerances(points: Array, tolerance: float, focus: Array | None) -> Array:
    out = np.full(len(points), tolerance)
    for x, y, radius in () if focus is None else focus:
        out[((points - [x, y]) ** 2).sum(1) < radius * radius] = tolerance * 0.5
    return out


def _curves(beziers: Sequence[Array]) -> str:
    x, y = _whole(beziers[0][0])
    start = f"M{_joined([x, y])}"
    numbers: list[int] = []
    for control in beziers:
        for point in control[1:]:
            px, py = _whole(point)
            numbers += [px - x, py - y]
        x, y = _whole(control[3])
    return f"{start}c{_joined(numbers)}"


def _whole(point: Array) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def _joined(numbers: Iterable[int]) -> str:
    """Return numbers as text; a minus sign also separates.

    >>> _joined([3, -4, 5])
    '3-4 5'
    """
    out = ""
    for number in numbers:
        out += f" {number}" if out and number >= 0 else str(number)
    return out
