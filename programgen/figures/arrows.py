"""Motion arrows: where they run, and how they look."""

from collections.abc import Sequence

import numpy as np

from programgen.core.figure import Arrow
from programgen.core.palette import Palette
from programgen.figures.arrays import Array
from programgen.figures.landmarks import landmark
from programgen.figures.posing import Posed
from programgen.figures.shapes import Paint, Shape, project
from programgen.figures.skeleton import frames_of
from programgen.figures.solving import interpolate

HEAD, HALF = 0.088, 0.049
"""Length and half width of an arrow head in metres of the scene."""

PEN = 12.5
"""Width of the shaft in SVG units."""

SHORTEST = 0.04
"""A shorter arrow (metres) is not drawn."""


def arrow_shapes(path: Array, palette: Palette, *, both: bool = False) -> list[Shape]:
    """Return an arrow along a page line (n, 2): shaft with a white edge, and solid heads."""
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    at = np.concatenate([[0], np.cumsum(steps)])
    total = float(at[-1])
    if total < SHORTEST:
        return []
    head, half = min(HEAD, total * 0.6), min(HALF, total * 0.36)

    def points(s: Array) -> Array:
        return np.stack([np.interp(s, at, path[:, 0]), np.interp(s, at, path[:, 1])], 1)

    ends = [(total, total - head)] + ([(0.0, head)] if both else [])
    heads = [_head(points(np.array(end)), half) for end in ends]
    shaft = points(np.linspace(head * 0.8 if both else 0.0, total - head * 0.8, 24))
    edge: Paint = {"fill": "none", "stroke": "#fff", "stroke-width": PEN + 6}
    solid: Paint = {"fill": palette.arrow, "stroke": "#fff", "stroke-width": 6}
    core: Paint = {
        "fill": "none",
        "stroke": palette.arrow,
        "stroke-width": PEN,
        "stroke-linecap": "butt",
    }
    return [
        Shape([shaft], edge, closed=False, tolerance=0.003),
        Shape(heads, solid, fit="polygon"),
        Shape([shaft], core, closed=False, tolerance=0.003),
    ]


def _head(ends: Array, half: float) -> Array:
    """Return the triangle (3, 2) with the tip and the middle of the base at ``ends``."""
    tip, base = ends
    along = (tip - base) / max(float(np.linalg.norm(tip - base)), 1e-9)
    across = np.array([-along[1], along[0]]) * half
    return np.array([tip, base + across, base - across])


def arrow_path(arrow: Arrow, poses: Sequence[Posed], on: Posed) -> Array:
    """Return the page line (n, 2) of an arrow, in metres."""
    path = _moved(_course(arrow, poses, on), arrow)
    return path[::-1] if arrow.reverse else path


def _course(arrow: Arrow, poses: Sequence[Posed], on: Posed) -> Array:
    if arrow.trace is not None:
        return _trace(arrow.trace, arrow, poses, on)
    if arrow.arc is not None:
        centre = project(landmark(on.frames, arrow.arc), on.camera)[0]
        angle = np.radians(np.linspace(arrow.angles[0], arrow.angles[1], 24))
        wide, high = arrow.squash
        circle: Array = np.stack([np.cos(angle) * wide, -np.sin(angle) * high], 1)
        ring: Array = centre + arrow.radius * circle
        return ring
    start = arrow.line
    origin = landmark(on.frames, start) if isinstance(start, str) else np.array(start, float)
    along = np.array([arrow.by[0], -arrow.by[1]])
    across = np.array([along[1], -along[0]])
    t = np.linspace(0, 1, 16)[:, None]
    line: Array = project(origin, on.camera)[0] + along * t
    line += across * arrow.bend * 4 * t * (1 - t)
    return line


def _trace(name: str, arrow: Arrow, poses: Sequence[Posed], on: Posed) -> Array:
    """Return the path of a body point between two poses."""
    first, last = poses[arrow.first - 1], poses[(arrow.last or len(poses)) - 1]
    world = [
        landmark(frames_of(interpolate(first.pose, last.pose, t)), name)
        for t in np.linspace(arrow.span[0], arrow.span[1], 16)
    ]
    return project(np.array(world), on.camera)


def _moved(path: Array, arrow: Arrow) -> Array:
    """Move a line sideways by the gap (left of its direction is positive), then by the shift."""
    if arrow.gap is not None:
        along = np.gradient(path, axis=0)
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
        path = path + np.stack([along[:, 1], -along[:, 0]], 1) * arrow.gap
    out: Array = path + np.array([arrow.shift[0], -arrow.shift[1]])
    return out
