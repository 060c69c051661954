"""Things, shadow and water as shapes behind and in front of the person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from programgen.core.palette import Palette
from programgen.figures.arrays import Array
from programgen.figures.borders import contours
from programgen.figures.camera import Camera
from programgen.figures.curves import smooth
from programgen.figures.materials import HAIR
from programgen.figures.patches import patches
from programgen.figures.props import Ball, Face, Part, Prop, Tube
from programgen.figures.raster import Raster
from programgen.figures.shapes import PROP_PEN, UNITS, Bounds, Paint, Shape, merged, project, stroke
from programgen.figures.skeleton import Frames
from programgen.figures.solids import Blob

FACING = 0.02
"""A face whose normal points less than this towards the viewer is not seen."""


@dataclass(frozen=True)
class _Layer:
    """The shapes of one part of a prop, with where they lie."""

    depth: float
    in_front: bool
    shapes: Sequence[Shape]


@dataclass(frozen=True)
class Scenery:
    """Painter of things for one frame."""

    camera: Camera
    raster: Raster
    palette: Palette

    def shapes(self, props: Sequence[Prop]) -> tuple[list[Shape], list[Shape]]:
        """Return the shapes behind and in front of the figure, each back to front."""
        layers = [layer for prop in props for layer in self._prop(prop)]
        layers.sort(key=lambda layer: layer.depth)
        behind = merged([layer.shapes for layer in layers if not layer.in_front])
        ahead = merged([layer.shapes for layer in layers if layer.in_front])
        return behind, ahead

    def _prop(self, prop: Prop) -> list[_Layer]:
        layers = [layer for part in prop.parts for layer in self._part(part)]
        if prop.ordered and layers:
            nearest = max(layer.depth for layer in layers)
            layers = [replace(layer, depth=nearest) for layer in layers]
        return layers

    def _part(self, part: Part) -> list[_Layer]:
        if isinstance(part, Face):
            return self._face(part)
        return self._ball(part) if isinstance(part, Ball) else self._tube(part)

    def _paint(self, tone: str) -> Paint:
        fill = self.palette.fills[tone]
        return {"fill": fill, "stroke": self.palette.prop_line, "stroke-width": PROP_PEN}

    def _face(self, face: Face) -> list[_Layer]:
        axes = self.camera.axes
        if face.normal is not None and (axes @ face.normal)[2] < FACING:
            return []
        depth = float((face.points @ axes.T)[:, 2].mean())
        hides = face.layer == "auto" and hides_figure(face, self.camera, self.raster)
        fit = "curve" if len(face.points) > 12 else "polygon"
        shape = Shape([project(face.points, self.camera)], self._paint(face.tone), fit=fit)
        return [_Layer(depth, face.layer == "front" or hides, [shape])]

    def _ball(self, ball: Ball) -> list[_Layer]:
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        u, v, w = self.camera.axes @ ball.centre
        ring = np.stack([u + ball.radius * np.cos(angle), -v - ball.radius * np.sin(angle)], 1)
        rows, cols = np.nonzero(self.raster.mask)
        at_u, at_v = self.raster.across(cols), self.raster.up(rows)
        over = (at_u - u) ** 2 + (at_v - v) ** 2 < ball.radius**2
        hides = bool(over.any() and (w > self.raster.depth[rows[over], cols[over]]).mean() > 0.5)
        in_front = ball.layer == "front" or (ball.layer == "auto" and hides)
        return [_Layer(float(w), in_front, [Shape([ring], self._paint(ball.tone))])]

    def _tube(self, tube: Tube) -> list[_Layer]:
        whole, pieces = _tube_lines(tube, self.camera, self.raster)
        depth = float((tube.points @ self.camera.axes.T)[:, 2].mean())
        behind = self._tube_shapes([whole], tube, closed=tube.closed)
        layers = [_Layer(depth, tube.layer == "front", behind)]
        if pieces and tube.layer == "auto":
            ahead = self._tube_shapes(pieces, tube, closed=False)
            layers.append(_Layer(depth, in_front=True, shapes=ahead))
        return layers

    def _tube_shapes(self, lines: Sequence[Array], tube: Tube, *, closed: bool) -> list[Shape]:
        if tube.width == 0:
            return [stroke(lines, self.palette.prop_line, PROP_PEN * 1.4)]
        fit = "curve" if tube.round and len(tube.points) > 2 else "polygon"
        width = tube.width * UNITS
        pens = (
            (self.palette.prop_line, width + PROP_PEN),
            (self.palette.fills[tube.tone], width - PROP_PEN),
        )
        return [
            Shape(lines, {"fill": "none", "stroke": colour, "stroke-width": pen}, closed, fit)
            for colour, pen in pens
        ]


def _inside(polygon: Array, x: Array, y: Array) -> Array:
    """Return which places (x, y) lie inside a polygon (n, 2)."""
    out = np.zeros(np.broadcast(x, y).shape, bool)
    for (ax, ay), (bx, by) in zip(polygon, np.roll(polygon, -1, 0), strict=True):
        if ay != by:
            out ^= ((ay > y) != (by > y)) & (x < ax + (bx - ax) * (y - ay) / (by - ay))
    return out


def hides_figure(face: Face, camera: Camera, raster: Raster) -> bool:
    """Return whether a face hides most of the figure where the two overlap."""
    seen = face.points @ camera.axes.T
    rows, cols = raster.depth.shape
    u, v = raster.across(np.arange(cols)), raster.up(np.arange(rows))
    over = _inside(seen[:, :2], u[None, :], v[:, None]) & raster.mask
    centre = seen.mean(0)
    normal = np.linalg.svd(seen - centre)[2][2]
    if not over.any() or abs(normal[2]) < 1e-3:
        return False
    at_row, at_col = np.nonzero(over)
    slope = normal[0] * (u[at_col] - centre[0]) + normal[1] * (v[at_row] - centre[1])
    depth = centre[2] - slope / normal[2]
    return bool((depth > raster.depth[at_row, at_col]).mean() > 0.5)


def _course(tube: Tube) -> Array:
    """Return the course of a tube (n, 3): its points, or a smooth curve through them."""
    points = np.concatenate([tube.points, tube.points[:1]]) if tube.closed else tube.points
    if len(points) <= 2 or not tube.round:
        return points
    at = np.arange(len(points))
    fine = np.linspace(0, len(points) - 1, 12 * len(points))
    dense = np.stack([np.interp(fine, at, points[:, i]) for i in range(3)], 1)
    first = smooth(dense[:, :2], 5, closed=tube.closed)
    second = smooth(dense[:, 1:], 5, closed=tube.closed)
    return np.column_stack([first, second[:, 1]])


def _tube_lines(tube: Tube, camera: Camera, raster: Raster) -> tuple[Array, list[Array]]:
    """Return the page line of a tube, and its pieces in front of the figure."""
    points = _course(tube)
    step = np.linalg.norm(np.diff(points, axis=0), axis=1)
    at = np.concatenate([[0], np.cumsum(step)])
    dense = np.linspace(0, at[-1], max(int(at[-1] / 0.004), 8))
    seen = np.stack([np.interp(dense, at, points[:, i]) for i in range(3)], 1) @ camera.axes.T
    page = np.stack([seen[:, 0], -seen[:, 1]], 1)
    depth = raster.depth_at(seen[:, 0], seen[:, 1])
    covered = depth > -5
    near = seen[:, 2] + tube.width * 0.5 >= depth
    pieces = _front_pieces(page, near & covered, near | ~covered)
    simple = page if tube.round and len(tube.points) > 2 else project(tube.points, camera)
    return simple, pieces


def _front_pieces(page: Array, front: Array, visible: Array) -> list[Array]:
    """Cut out what lies in front of the figure.

    The uncovered stretch beside it stays, so that no end is cut at the body.
    """
    pieces = []
    start = 0
    while start < len(front):
        if not visible[start]:
            start += 1
            continue
        end = start
        while end + 1 < len(front) and visible[end + 1]:
            end += 1
        hit = np.flatnonzero(front[start : end + 1]) + start
        if len(hit) and end - start > 2:
            first, last = max(int(hit[0]) - 6, start), min(int(hit[-1]) + 6, end)
            pieces.append(page[first : last + 1])
        start = end + 1
    return pieces


SHADOW, ARM_SHADOW = 1.1, 0.25
"""Parts of the body, and of the arms, that are higher (metres) throw no shadow."""

CONTACT = 0.05
"""A part lower than this (metres) stands in its shadow."""

CELL = 0.02
"""Metres of a cell of the map on which the shadow is found."""


@dataclass(frozen=True)
class _Disc:
    """A round shadow on the floor, in metres."""

    x: float
    y: float
    radius: float
    touches: bool
    """Whether the part above it touches the floor."""


def _discs(blobs: Sequence[Blob], frames: Frames) -> Iterator[_Disc]:
    """Yield the shadows of the lower parts of the body."""
    for blob in blobs:
        if blob.material == HAIR:
            continue
        reach = ARM_SHADOW if blob.chain.startswith("arm") else SHADOW
        a = frames.point(blob.joint, blob.at)
        b = frames.point(blob.to_joint or blob.joint, blob.to) if blob.to is not None else a
        ra, rb = (min(blob.radii),) * 2 if blob.radii is not None else blob.ends
        count = max(int(np.linalg.norm(b - a) / 0.03), 1)
        for t in np.linspace(0, 1, count + 1):
            (x, y, z), r = (a + (b - a) * t).tolist(), ra + (rb - ra) * t
            height = max(z - r, 0.0)
            if z - r < reach:
                spread = 1.15 - 0.6 * height / SHADOW
                yield _Disc(x, y, (r + 0.03) * spread, height < CONTACT)


def _shadow_map(discs: Sequence[_Disc], x0: float, y0: float) -> Array:
    """Return the cells (rows along y, columns along x) that lie in the shadow.

    A hanging head or a raised hand would leave a blob of its own: only what touches the
    floor and what is joined with it stays, or in the air the largest piece.
    """
    at = np.array([(d.x, d.y) for d in discs])
    wide, high = ((at.max(0) + 0.2 - [x0, y0]) / CELL).astype(int)
    gx, gy = x0 + (np.arange(wide) + 0.5) * CELL, y0 + (np.arange(high) + 0.5) * CELL
    mask, contact = np.zeros((high, wide), bool), np.zeros((high, wide), bool)
    for d in discs:
        round_ = (gx[None, :] - d.x) ** 2 + (gy[:, None] - d.y) ** 2 < d.radius**2
        mask |= round_
        contact |= round_ & d.touches
    piece = patches(mask)
    if contact.any():
        return mask & np.isin(piece, piece[contact])
    numbers, counts = np.unique(piece[mask], return_counts=True)
    out: Array = piece == numbers[counts.argmax()]
    return out


def shadow(blobs: Sequence[Blob], frames: Frames, camera: Camera, palette: Palette) -> list[Shape]:
    """Return a flat contact shadow on the floor."""
    discs = list(_discs(blobs, frames))
    if not discs:
        return []
    x0, y0 = min(d.x for d in discs) - 0.2, min(d.y for d in discs) - 0.2
    lines = []
    for line in contours(_shadow_map(discs, x0, y0), sigma=3.0, least=14):
        floor = [x0 + line[:, 1] * CELL, y0 + line[:, 0] * CELL, np.zeros(len(line))]
        lines.append(project(np.column_stack(floor), camera))
    return [Shape(lines, {"fill": palette.shade, "fill-opacity": 0.10}, tolerance=0.025)]


WATER = 0.20
"""Opacity of the water behind the figure; less than half of it lies in front."""


def water(
    level: float, bounds: Bounds, camera: Camera, palette: Palette
) -> tuple[Shape, list[Shape], Bounds]:
    """Return the water behind the figure, what of it is in front, and the new bounds.

    ``level`` is the height of the surface in metres.
    """
    y = project(np.array([0, 0, level]), camera)[0][1]
    left, right = bounds[0] - 0.12, bounds[2] + 0.12
    bottom = max(bounds[3] + 0.08, y + 0.3)
    waves = max(int((right - left) / 0.11), 4)
    xs = np.linspace(left, right, waves * 8 + 1)
    crest = np.stack([xs, y + 0.012 * np.cos(np.linspace(0, 2 * np.pi * waves, len(xs)))], 1)
    body = np.concatenate([crest, [[right, bottom], [left, bottom]]])

    def tint(opacity: float) -> Shape:
        return Shape([body], {"fill": palette.water, "fill-opacity": opacity}, fit="water")

    pen: Paint = {"fill": "none", "stroke": palette.water, "stroke-width": 4.5}
    ahead = [tint(WATER * 0.45), Shape([crest], pen, closed=False, fit="wave")]
    return tint(WATER), ahead, (left, bounds[1], right, bottom)
