"""Composition of an exercise's picture and its SVG text.

Coordinates of the SVG are whole numbers, UNITS per metre of the scene, y down. The
``width`` and ``height`` attributes give a page size at which all exercises share one
scale; a page may set its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from programgen.figures.body import HAIR, SHIRT, SHOE, SHORTS, SKIN, build_blobs
from programgen.figures.looks import Look
from programgen.figures.camera import Camera
from programgen.figures.curves import PathWriter, smooth
from programgen.core.figure import Arrow, Figure
from programgen.figures.muscles import muscle_mask
from programgen.figures.posing import Posed
from programgen.figures.props import Ball, Face, Prop, Tube
from programgen.figures.raster import Raster, rasterize
from programgen.figures.skeleton import Frames, frames_of, landmark
from programgen.figures.solving import interpolate
from programgen.figures.trace import Trace, _contours, trace

UNITS = 500.0  # SVG units per metre: one unit is 2 mm of the scene, 0.06 mm on the page
PAGE_MM = 30.0  # millimetres on the page per metre
PIXEL = 0.004  # metres, raster resolution
LIGHT = (-0.35, 0.75, 0.55)  # light direction in view axes (right, up, towards the viewer)


@dataclass(frozen=True)
class Theme:
    """Colours, and line widths in SVG units."""

    line: str = "#1f2d38"
    prop_line: str = "#66737d"
    outer: float = 7.5
    inner: float = 4.5
    prop_width: float = 3.0
    arrow: str = "#d9480f"
    arrow_width: float = 12.5
    shade: str = "#0b2030"
    shade_opacity: float = 0.13
    ghost: str = "#f1f3f4"
    ghost_line: str = "#aab3ba"
    water: str = "#4f9fd0"
    water_opacity: float = 0.20
    skins: tuple[str, ...] = ("#f4d5be", "#dba982", "#a8734d", "#76492f")
    hairs: tuple[str, ...] = ("#54402f", "#2b2522", "#7a5635", "#c79a55", "#a3512c", "#b9bcc0")
    work: str = "#ff6b4a"
    stretch: str = "#a98bfb"
    fills: dict[str, str] = field(
        default_factory=lambda: {
            SHIRT: "#5aa8ae",
            SHORTS: "#364b61",
            HAIR: "#54402f",
            SHOE: "#eef1f3",
            "mat": "#d5e6ec",
            "mat_side": "#a9c6d1",
            "wood": "#ecdcc0",
            "wood_side": "#d9c39d",
            "wall": "#eceff1",
            "wall_side": "#dbe0e3",
            "soft": "#e9e4f1",
            "soft_side": "#d4cce2",
            "metal": "#c3ccd3",
            "metal_dark": "#5d6a74",
            "metal_light": "#e6eaed",
            "ball": "#e9c46a",
            "band": "#8e3b9b",
            "belt": "#f0b429",
            "pillow": "#e3edd8",
            "pillow_side": "#c9d9ba",
            "roller": "#7fa7c9",
            "roller_side": "#b7cfe3",
            "board": "#e98b6d",
            "board_side": "#cf7355",
            "rubber": "#3b4650",
        }
    )


COLOUR = Theme()
GREY = Theme(
    line="#111111",
    prop_line="#666666",
    arrow="#000000",
    shade="#010101",
    ghost="#f7f7f7",
    ghost_line="#aaaaaa",
    water="#777777",
    skins=("#fdfdfd", "#fcfcfc", "#fbfbfb", "#fafafa"),
    hairs=("#4a4a4a", "#404040", "#585858", "#8f8f8f", "#666666", "#c9c9c9"),
    work="#333333",
    stretch="#444444",
    fills={
        SHIRT: "#cfcfcf",
        SHORTS: "#7d7d7d",
        HAIR: "#4a4a4a",
        SHOE: "#f2f2f2",
        "mat": "#ededed",
        "mat_side": "#cfcfcf",
        "wood": "#efefef",
        "wood_side": "#dcdcdc",
        "wall": "#f2f2f2",
        "wall_side": "#e2e2e2",
        "soft": "#efefef",
        "soft_side": "#dcdcdc",
        "metal": "#cfcfcf",
        "metal_dark": "#707070",
        "metal_light": "#ebebeb",
        "ball": "#d8d8d8",
        "band": "#222222",
        "belt": "#bbbbbb",
        "pillow": "#eeeeee",
        "pillow_side": "#dddddd",
        "roller": "#b4b4b4",
        "roller_side": "#d1d1d1",
        "board": "#d5d5d5",
        "board_side": "#b9b9b9",
        "rubber": "#4b4b4b",
    },
)

Bounds = tuple[float, float, float, float]


@dataclass
class Shape:
    """One SVG path in page metres: polylines to fit, and how to paint them."""

    lines: list[np.ndarray]
    paint: dict[str, str | float]
    closed: bool = True
    fit: str = "curve"  # "curve" or "polygon"
    tolerance: float = 0.0028
    counts: bool = True  # part of the picture's bounds
    focus: np.ndarray | None = None  # discs (x, y, radius) drawn with finer tolerance


def _project(points: np.ndarray, camera: Camera) -> np.ndarray:
    """World points (n, 3) to page metres (x right, y down)."""
    uvw = np.atleast_2d(points) @ camera.axes.T
    return np.stack([uvw[:, 0], -uvw[:, 1]], 1)


def _inside(polygon: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    out = np.zeros(np.broadcast(x, y).shape, bool)
    for (ax, ay), (bx, by) in zip(polygon, np.roll(polygon, -1, 0)):
        if ay != by:
            out ^= ((ay > y) != (by > y)) & (x < ax + (bx - ax) * (y - ay) / (by - ay))
    return out


def _face_in_front(face: Face, camera: Camera, raster: Raster) -> bool:
    """Whether a face hides the figure where they overlap (majority of pixels)."""
    uvw = face.points @ camera.axes.T
    nv, nu = raster.depth.shape
    u = raster.u0 + (np.arange(nu) + 0.5) * raster.pixel
    v = raster.v0 + (np.arange(nv) + 0.5) * raster.pixel
    over = _inside(uvw[:, :2], u[None, :], v[:, None]) & raster.mask
    if not over.any():
        return False
    centre = uvw.mean(0)
    normal = np.linalg.svd(uvw - centre)[2][2]
    if abs(normal[2]) < 1e-3:
        return False
    rows, cols = np.nonzero(over)
    w = (
        centre[2]
        - (normal[0] * (u[cols] - centre[0]) + normal[1] * (v[rows] - centre[1])) / normal[2]
    )
    return bool((w > raster.depth[rows, cols]).mean() > 0.5)


def _tube_pieces(tube: Tube, camera: Camera, raster: Raster) -> tuple[np.ndarray, list[np.ndarray]]:
    """Page polyline of a tube, and its pieces in front of the figure."""
    points = tube.points
    if tube.closed:
        points = np.concatenate([points, points[:1]])
    if len(points) > 2 and tube.round:
        t = np.arange(len(points))
        fine = np.linspace(0, len(points) - 1, 12 * len(points))
        points = np.stack([np.interp(fine, t, points[:, i]) for i in range(3)], 1)
        flat = smooth(points[:, :2], 5, tube.closed), smooth(points[:, 1:], 5, tube.closed)
        points = np.column_stack([flat[0], flat[1][:, 1]])
    step = np.linalg.norm(np.diff(points, axis=0), axis=1)
    at = np.concatenate([[0], np.cumsum(step)])
    dense = np.linspace(0, at[-1], max(int(at[-1] / 0.004), 8))
    uvw = np.stack([np.interp(dense, at, points[:, i]) for i in range(3)], 1) @ camera.axes.T
    nv, nu = raster.depth.shape
    col = ((uvw[:, 0] - raster.u0) / raster.pixel).astype(int)
    row = ((uvw[:, 1] - raster.v0) / raster.pixel).astype(int)
    ok = (col >= 0) & (col < nu) & (row >= 0) & (row < nv)
    depth = np.full(len(dense), -9.0)
    depth[ok] = raster.depth[row[ok], col[ok]]
    covered = depth > -5
    near = uvw[:, 2] + tube.width * 0.5 >= depth
    front = near & covered
    page = np.stack([uvw[:, 0], -uvw[:, 1]], 1)
    pieces = []
    if front.any():
        # keep the uncovered stretch next to a front piece, so that its ends are not cut at the body
        visible = near | ~covered
        start = 0
        while start < len(front):
            if not visible[start]:
                start += 1
                continue
            end = start
            while end + 1 < len(front) and visible[end + 1]:
                end += 1
            if front[start : end + 1].any() and end - start > 2:
                hit = np.flatnonzero(front[start : end + 1]) + start
                a, b = max(hit[0] - 6, start), min(hit[-1] + 6, end)
                pieces.append(page[a : b + 1])
            start = end + 1
    simple = page if tube.round and len(tube.points) > 2 else _project(tube.points, camera)
    return simple, pieces


def _prop_shapes(
    props: list[Prop], camera: Camera, raster: Raster, theme: Theme
) -> tuple[list[Shape], list[Shape]]:
    """Shapes behind and in front of the figure."""
    entries: list[tuple[float, bool, list[Shape]]] = []

    def tube_shapes(lines: list[np.ndarray], tube: Tube, closed: bool) -> list[Shape]:
        fit = "curve" if tube.round and len(tube.points) > 2 else "polygon"
        if tube.width == 0:
            return [
                Shape(
                    lines,
                    {
                        "fill": "none",
                        "stroke": theme.prop_line,
                        "stroke-width": theme.prop_width * 1.4,
                    },
                    False,
                    "polygon",
                )
            ]
        w = tube.width * UNITS
        return [
            Shape(
                lines,
                {"fill": "none", "stroke": theme.prop_line, "stroke-width": w + theme.prop_width},
                closed,
                fit,
            ),
            Shape(
                lines,
                {
                    "fill": "none",
                    "stroke": theme.fills[tube.tone],
                    "stroke-width": w - theme.prop_width,
                },
                closed,
                fit,
            ),
        ]

    def paint(tone: str) -> dict[str, str | float]:
        return {
            "fill": theme.fills[tone],
            "stroke": theme.prop_line,
            "stroke-width": theme.prop_width,
        }

    for prop in props:
        mine: list[tuple[float, bool, list[Shape]]] = []
        for part in prop.parts:
            if isinstance(part, Face):
                if part.normal is not None and (camera.axes @ part.normal)[2] < 0.02:
                    continue
                depth = float((part.points @ camera.axes.T)[:, 2].mean())
                front = part.layer == "front" or (
                    part.layer == "auto" and _face_in_front(part, camera, raster)
                )
                fit = "curve" if len(part.points) > 12 else "polygon"
                mine.append(
                    (
                        depth,
                        front,
                        [Shape([_project(part.points, camera)], paint(part.tone), True, fit)],
                    )
                )
            elif isinstance(part, Ball):
                a = np.linspace(0, 2 * np.pi, 40, endpoint=False)
                centre = camera.axes @ part.centre
                ring = np.stack(
                    [centre[0] + part.radius * np.cos(a), -centre[1] - part.radius * np.sin(a)], 1
                )
                rows, cols = np.nonzero(raster.mask)
                u, v = (
                    raster.u0 + (cols + 0.5) * raster.pixel,
                    raster.v0 + (rows + 0.5) * raster.pixel,
                )
                over = (u - centre[0]) ** 2 + (v - centre[1]) ** 2 < part.radius**2
                front = bool(
                    over.any() and (centre[2] > raster.depth[rows[over], cols[over]]).mean() > 0.5
                )
                mine.append(
                    (
                        float(centre[2]),
                        part.layer == "front" or (part.layer == "auto" and front),
                        [Shape([ring], paint(part.tone), True)],
                    )
                )
            else:
                whole, pieces = _tube_pieces(part, camera, raster)
                depth = float((part.points @ camera.axes.T)[:, 2].mean())
                mine.append((depth, part.layer == "front", tube_shapes([whole], part, part.closed)))
                if pieces and part.layer == "auto":
                    mine.append(
                        (depth, True, tube_shapes(pieces, replace(part, closed=False), False))
                    )
        if prop.ordered and mine:
            nearest = max(d for d, _, _ in mine)
            mine = [(nearest, front, shapes) for _, front, shapes in mine]
        entries += mine
    entries.sort(key=lambda e: e[0])
    return (
        _merge([shapes for _, front, shapes in entries if not front]),
        _merge([shapes for _, front, shapes in entries if front]),
    )


def _merge(entries: list[list[Shape]]) -> list[Shape]:
    """Flatten entries; neighbours painted alike become one path."""
    out: list[list[Shape]] = []
    for shapes in entries:
        last = out[-1] if out else None
        if (
            last
            and len(last) == len(shapes)
            and all(
                a.paint == b.paint and a.closed == b.closed and a.fit == b.fit
                for a, b in zip(last, shapes)
            )
        ):
            for a, b in zip(last, shapes):
                a.lines = a.lines + b.lines
        else:
            out.append(shapes)
    return [s for shapes in out for s in shapes]


def _shadow(
    raster_blobs, frames: Frames, camera: Camera, theme: Theme, low: float = 1.1
) -> list[Shape]:
    """A flat contact shadow on the floor below the body's lower parts."""
    cell = 0.02
    discs = []
    for blob in raster_blobs:
        if blob.material == HAIR:
            continue
        reach = 0.25 if blob.chain.startswith("arm") else low
        a = frames.point(blob.joint, blob.a)
        b = frames.point(blob.joint_b or blob.joint, blob.b) if blob.b is not None else a
        ra, rb = (
            (min(blob.radii), min(blob.radii)) if blob.radii is not None else (blob.ra, blob.rb)
        )
        n = max(int(np.linalg.norm(b - a) / 0.03), 1)
        for t in np.linspace(0, 1, n + 1):
            p, r = a + (b - a) * t, ra + (rb - ra) * t
            if p[2] - r < reach:
                discs.append((p[0], p[1], (r + 0.03) * (1.15 - 0.6 * max(p[2] - r, 0) / low)))
    if not discs:
        return []
    d = np.array(discs)
    x0, y0 = d[:, 0].min() - 0.2, d[:, 1].min() - 0.2
    nx, ny = int((d[:, 0].max() + 0.2 - x0) / cell), int((d[:, 1].max() + 0.2 - y0) / cell)
    gx, gy = x0 + (np.arange(nx) + 0.5) * cell, y0 + (np.arange(ny) + 0.5) * cell
    mask = np.zeros((ny, nx), bool)
    for x, y, r in discs:
        mask |= (gx[None, :] - x) ** 2 + (gy[:, None] - y) ** 2 < r * r
    lines = []
    for c in _contours(mask, 3.0, 14, None):
        lines.append(
            _project(
                np.column_stack([x0 + c[:, 1] * cell, y0 + c[:, 0] * cell, np.zeros(len(c))]),
                camera,
            )
        )
    return [Shape(lines, {"fill": theme.shade, "fill-opacity": 0.10}, True, tolerance=0.025)]


def _tints(posed: Posed, camera: Camera, raster: Raster, blobs, theme: Theme) -> list[Shape]:
    """Light tints on the muscles that work or stretch, where they show."""
    out = []
    for names, colour in ((posed.work, theme.work), (posed.stretch, theme.stretch)):
        mask = muscle_mask(names, posed.frames, camera, raster, blobs)
        lines = [_to_page(c, raster) for c in _contours(mask, 3.5, 24, None)]
        if lines:
            out.append(Shape(lines, {"fill": colour, "fill-opacity": TINT}, tolerance=0.006))
    return out


def _to_page(line: np.ndarray, raster: Raster) -> np.ndarray:
    return np.stack(
        [raster.u0 + line[:, 1] * raster.pixel, -(raster.v0 + line[:, 0] * raster.pixel)], 1
    )


TINT = 0.5
"""Opacity of the tint on a muscle."""

_FACE_MARKS = {  # head joint frame, metres; mirrored in y
    "eye": [(0.092, 0.030, 0.088)],
    "brow": [(0.101, 0.016, 0.109), (0.097, 0.032, 0.113), (0.086, 0.046, 0.108)],
    "nose": [(0.118, 0.0135, 0.056), (0.120, 0.014, 0.046), (0.125, 0.004, 0.041)],
    "mouth": [(0.098, 0.0, 0.017), (0.094, 0.014, 0.0175), (0.086, 0.024, 0.020)],
}


def _face(frames: Frames, camera: Camera, raster: Raster, blobs, theme: Theme) -> list[Shape]:
    """Eyes, brows and mouth, where the head shows them."""

    def visible(p: np.ndarray) -> bool:
        u, v, w = camera.axes @ p
        row, col = int((v - raster.v0) / raster.pixel), int((u - raster.u0) / raster.pixel)
        if not (0 <= row < raster.depth.shape[0] and 0 <= col < raster.depth.shape[1]):
            return False
        blob = raster.blob[row, col]
        if raster.normal[row, col, 2] < 0.3:
            return False
        return (
            blob >= 0
            and blobs[blob].chain == "head"
            and blobs[blob].material == SKIN
            and w > raster.depth[row, col] - 0.016
        )

    dots, strokes = [], []
    for sign in (1, -1):
        ((x, y, z),) = _FACE_MARKS["eye"]
        eye = frames.point("head", (x, sign * y, z))
        if visible(eye):
            up = frames.direction("head", (0, 0, 0.006))
            dots.append(_project(np.array([eye - up, eye + up]), camera))
        facing = float((camera.axes @ frames.direction("head", (1, 0, 0)))[2])
        for name in ("brow", "mouth") + (("nose",) if facing > 0.94 and sign > 0 else ()):
            pts = np.array(
                [frames.point("head", (x, sign * y, z)) for x, y, z in _FACE_MARKS[name]]
            )
            seen = [visible(p) for p in pts]
            if sum(seen) >= 2:
                strokes.append(_project(pts[np.array(seen)], camera))
    out = []
    if dots:
        out.append(
            Shape(dots, {"fill": "none", "stroke": theme.line, "stroke-width": 7}, False, "polygon")
        )
    if strokes:
        out.append(
            Shape(
                strokes,
                {"fill": "none", "stroke": theme.line, "stroke-width": 3.4},
                False,
                "polygon",
            )
        )
    return out


def figure_shapes(t: Trace, theme: Theme, look: Look) -> list[Shape]:
    """Paint of a traced figure: silhouette, clothes, shade and inner lines."""
    pen: dict[str, str | float] = {"stroke": theme.line, "stroke-width": theme.inner}
    out = [
        Shape(
            t.outline,
            {"fill": theme.skins[look.tone], "stroke": theme.line, "stroke-width": theme.outer},
            focus=t.focus,
        )
    ]
    for name in (SHIRT, SHORTS, HAIR, SHOE):
        if name in t.regions:
            fill = theme.hairs[look.colour] if name == HAIR else theme.fills[name]
            out.append(Shape(t.regions[name], {"fill": fill, **pen}, focus=t.focus))
    if t.lines:
        out.append(Shape(t.lines, {"fill": "none", **pen}, False, focus=t.focus))
    if t.shade:
        out.append(
            Shape(
                t.shade, {"fill": theme.shade, "fill-opacity": theme.shade_opacity}, tolerance=0.011
            )
        )
    return out


def _arrow_shapes(path: np.ndarray, theme: Theme, both: bool = False) -> list[Shape]:
    """A motion arrow along a page polyline: shaft with a white edge, and solid heads."""
    head, half = 0.088, 0.049
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    at = np.concatenate([[0], np.cumsum(steps)])
    total = at[-1]
    if total < 0.04:
        return []
    head, half = min(head, total * 0.6), min(half, total * 0.36)

    def point(s: float) -> np.ndarray:
        return np.array([np.interp(s, at, path[:, 0]), np.interp(s, at, path[:, 1])])

    heads = []
    for tip, base in [(total, total - head)] + ([(0.0, head)] if both else []):
        d = point(tip) - point(base)
        d /= max(np.linalg.norm(d), 1e-9)
        n = np.array([-d[1], d[0]])
        heads.append(np.array([point(tip), point(base) + n * half, point(base) - n * half]))
    s = np.linspace(head * 0.8 if both else 0.0, total - head * 0.8, 24)
    shaft = np.stack([np.interp(s, at, path[:, 0]), np.interp(s, at, path[:, 1])], 1)
    w = theme.arrow_width
    return [
        Shape(
            [shaft],
            {"fill": "none", "stroke": "#fff", "stroke-width": w + 6},
            False,
            tolerance=0.003,
        ),
        Shape(heads, {"fill": theme.arrow, "stroke": "#fff", "stroke-width": 6}, True, "polygon"),
        Shape(
            [shaft],
            {"fill": "none", "stroke": theme.arrow, "stroke-width": w, "stroke-linecap": "butt"},
            False,
            tolerance=0.003,
        ),
    ]


def _arrow_path(arrow: Arrow, poses: tuple[Posed, ...], on: Posed) -> np.ndarray:
    """Page polyline (n, 2) of an arrow, in page metres."""
    if arrow.trace is not None:
        a, b = poses[arrow.first - 1], poses[(arrow.last or len(poses)) - 1]
        world = np.array(
            [
                landmark(frames_of(interpolate(a.pose, b.pose, t)), arrow.trace)
                for t in np.linspace(*arrow.span, 16)
            ]
        )
        path = _project(world, on.camera)
    elif arrow.arc is not None:
        centre = _project(landmark(on.frames, arrow.arc), on.camera)[0]
        a = np.radians(np.linspace(*arrow.angles, 24))
        path = centre + arrow.radius * np.stack(
            [np.cos(a) * arrow.squash[0], -np.sin(a) * arrow.squash[1]], 1
        )
    else:
        start = arrow.line
        origin = landmark(on.frames, start) if isinstance(start, str) else np.array(start, float)
        p0 = _project(origin, on.camera)[0]
        d = np.array([arrow.by[0], -arrow.by[1]])
        n = np.array([d[1], -d[0]])
        t = np.linspace(0, 1, 16)[:, None]
        path = p0 + d * t + n * arrow.bend * 4 * t * (1 - t)
    if arrow.gap is not None:  # to the left of the direction of travel when positive
        d = np.gradient(path, axis=0)
        d /= np.maximum(np.linalg.norm(d, axis=1, keepdims=True), 1e-9)
        path = path + np.stack([d[:, 1], -d[:, 0]], 1) * arrow.gap
    path = path + np.array([arrow.shift[0], -arrow.shift[1]])
    return path[::-1] if arrow.reverse else path


_DIGITS = {
    "1": "m-4-5l5-5v20",
    "2": "m-5-5q0-5 5-5t5 5q0 4-10 14h11",
    "3": "m-5-9h10l-5 7q6 0 6 5t-6 6q-4 0-6-3",
    "4": "m2 10v-20l-9 14h12",
}


@dataclass
class Panel:
    shapes: list[Shape]
    bounds: Bounds
    digit: str | None = None


@dataclass
class Drawing:
    """SVG text with what it costs."""

    svg: str
    elements: int
    size: tuple[float, float]  # page millimetres

    @property
    def kilobytes(self) -> float:
        return len(self.svg.encode()) / 1024


def _bounds(shapes: list[Shape]) -> Bounds:
    parts = []
    for s in shapes:
        if s.counts and s.lines:
            pts = np.concatenate(s.lines)
            pad = float(s.paint.get("stroke-width", 0)) / UNITS / 2
            parts.append([*(pts.min(0) - pad), *(pts.max(0) + pad)])
    a = np.array(parts)
    return (*a[:, :2].min(0), *a[:, 2:].max(0))


def _write(shape: Shape, dx: float, dy: float, slack: float = 1.0) -> tuple[dict[str, str], str]:
    """Stroke attributes (shared through groups) and the path element."""
    writer = PathWriter(1)
    focus = None if shape.focus is None else (shape.focus + [dx, dy, 0]) * UNITS
    for line in shape.lines:
        points = (line + [dx, dy]) * UNITS
        if shape.fit == "polygon":
            writer.polygon(points, shape.closed)
        elif shape.closed:
            writer.closed_polyline(points, shape.tolerance * UNITS * slack, focus)
        else:
            writer.open_polyline(points, shape.tolerance * UNITS * slack, focus)
    return _element(shape, writer.data)


def _element(shape: Shape, data: str) -> tuple[dict[str, str], str]:
    paint = {k: _text(v) for k, v in shape.paint.items()}
    shared = {str(k): paint.pop(k) for k in ("stroke", "stroke-width") if k in paint}
    attributes = "".join(f' {k}="{v}"' for k, v in paint.items())
    return shared, f'<path{attributes} d="{data}"/>'


def _grouped(elements: list[tuple[dict[str, str], str]]) -> str:
    """Concatenate elements, with one group per run of equal stroke attributes."""
    out: list[str] = []
    current: dict[str, str] = {}
    for shared, text in elements:
        if shared != current:
            if current:
                out.append("</g>")
            if shared:
                out.append("<g" + "".join(f' {k}="{v}"' for k, v in shared.items()) + ">")
            current = shared
        out.append(text)
    return "".join(out) + ("</g>" if current else "")


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".rstrip("0").rstrip(".")


def recolour(svg: str, old: Theme, new: Theme) -> str:
    """A finished picture in other colours (for example grey for a black-and-white printer).

    Plain text replacement: every role has a colour of its own in ``old``.
    """
    roles = (
        "line",
        "prop_line",
        "arrow",
        "shade",
        "ghost",
        "ghost_line",
        "water",
        "work",
        "stretch",
    )
    pairs = {getattr(old, role): getattr(new, role) for role in roles}
    pairs |= (
        {old.fills[k]: new.fills[k] for k in old.fills}
        | dict(zip(old.skins, new.skins))
        | dict(zip(old.hairs, new.hairs))
    )
    return re.sub(r"#[0-9a-f]{6}", lambda m: pairs.get(m[0], m[0]), svg)


MAX_BYTES = 8 * 1024  # detail is reduced until a picture fits


def draw(
    figure: Figure,
    poses: tuple[Posed, ...],
    look: Look,
    theme: Theme = COLOUR,
    pixel: float = PIXEL,
    shade: bool = True,
) -> Drawing:
    """Draw a figure; several poses stand side by side, or the first as a ghost behind the last."""
    stacked = figure.layout == "column"
    panels = compose(figure, poses, look, theme, pixel, shade)
    if figure.mirror:
        panels = [_mirrored(p) for p in panels]
    for slack in (1.0, 1.2, 1.45, 1.75):
        drawing = write(panels, theme, slack, stacked)
        if len(drawing.svg) <= MAX_BYTES:
            break
    return drawing


def _mirrored(panel: Panel) -> Panel:
    flip = np.array([-1.0, 1.0])
    shapes = [
        replace(
            s,
            lines=[line * flip for line in s.lines],
            focus=None if s.focus is None else s.focus * [-1.0, 1.0, 1.0],
        )
        for s in panel.shapes
    ]
    x0, y0, x1, y1 = panel.bounds
    return Panel(shapes, (-x1, y0, -x0, y1), panel.digit)


def compose(
    figure: Figure,
    poses: tuple[Posed, ...],
    look: Look,
    theme: Theme,
    pixel: float = PIXEL,
    shade: bool = True,
) -> list[Panel]:
    """The shapes of every panel, back to front."""
    panels: list[Panel] = []
    blobs = build_blobs(look)
    shown = list(enumerate(poses, 1))
    overlay = figure.layout == "overlay"
    if overlay:
        shown = shown[-1:]
    for number, posed in shown:
        camera = posed.camera
        raster = rasterize(blobs, posed.frames, camera, pixel)
        traced = trace(raster, blobs, posed.frames, camera, light=LIGHT if shade else None)
        behind, ahead = _prop_shapes(posed.props, camera, raster, theme)
        shapes: list[Shape] = []
        level = next((p.water for p in posed.props if p.water is not None), None)
        floor_first = [
            s
            for s in behind
            if s.paint.get("fill") in (theme.fills["mat"], theme.fills["mat_side"])
        ]
        shapes += floor_first
        if level is None:
            shapes += _shadow(blobs, posed.frames, camera, theme)
        shapes += [s for s in behind if all(s is not f for f in floor_first)]
        if overlay:
            for ghost in poses[:-1]:
                r = rasterize(blobs, ghost.frames, camera, pixel)
                g = trace(r, blobs, ghost.frames, camera)
                shapes.append(
                    Shape(
                        g.outline,
                        {
                            "fill": theme.ghost,
                            "stroke": theme.ghost_line,
                            "stroke-width": theme.inner,
                        },
                        tolerance=0.002,
                    )
                )
        shapes += (
            figure_shapes(traced, theme, look)
            + _tints(posed, camera, raster, blobs, theme)
            + _face(posed.frames, camera, raster, blobs, theme)
            + ahead
        )
        for spec in figure.arrows:
            if (spec.on or len(poses)) == number:
                shapes += _arrow_shapes(_arrow_path(spec, poses, posed), theme, spec.both)
        bounds = _bounds(shapes)
        if level is not None:
            y = _project(np.array([0, 0, level]), camera)[0][1]
            x0, x1, bottom = bounds[0] - 0.12, bounds[2] + 0.12, max(bounds[3] + 0.08, y + 0.3)
            n = max(int((x1 - x0) / 0.11), 4)
            xs = np.linspace(x0, x1, n * 8 + 1)
            crest = np.stack([xs, y + 0.012 * np.cos(np.linspace(0, 2 * np.pi * n, len(xs)))], 1)
            body = np.concatenate([crest, [[x1, bottom], [x0, bottom]]])
            tint = {"fill": theme.water, "fill-opacity": theme.water_opacity}
            shapes.insert(0, Shape([body], dict(tint), True, "water"))
            shapes.append(
                Shape([body], tint | {"fill-opacity": theme.water_opacity * 0.45}, True, "water")
            )
            shapes.append(
                Shape(
                    [crest],
                    {"fill": "none", "stroke": theme.water, "stroke-width": 4.5},
                    False,
                    "wave",
                )
            )
            bounds = (x0, bounds[1], x1, bottom)
        panels.append(
            Panel(shapes, bounds, str(number) if figure.numbers and len(shown) > 1 else None)
        )

    return panels


def write(panels: list[Panel], theme: Theme, slack: float = 1.0, stacked: bool = False) -> Drawing:
    """SVG text of panels in a row or stacked; ``slack`` scales the curve tolerances."""
    gap, margin = 0.10, 0.02
    rooms = []  # bounds of each panel with room for its number
    for panel in panels:
        x0, y0, x1, y1 = panel.bounds
        if panel.digit:
            drawn = np.array(
                [p for s in panel.shapes if s.counts for line in s.lines for p in line]
            )
            top = y0 if stacked else min(p.bounds[1] for p in panels)
            if np.linalg.norm(drawn - [x0 + 0.04, top + 0.04], axis=1).min() < 0.065:
                y0 = min(y0, top) - 0.095
        rooms.append([x0, y0, x1, y1])
    if not stacked:  # common floor and top
        top, bottom = min(r[1] for r in rooms), max(r[3] for r in rooms)
        rooms = [[r[0], top, r[2], bottom] for r in rooms]
    body: list[tuple[dict[str, str], str]] = []
    count = 0
    x = y = margin
    width = height = 0.0
    for panel, (x0, y0, x1, y1) in zip(panels, rooms):
        dx, dy = x - x0, y - y0
        for shape in panel.shapes:
            if not shape.lines:
                continue
            if shape.fit in ("water", "wave"):
                body.append(_write_wave(shape, dx, dy))
            else:
                body.append(_write(shape, dx, dy, slack))
            count += 1
        if panel.digit:
            cx, cy = round((x + 0.042) * UNITS), round((y + 0.044) * UNITS)
            pen = {"stroke": theme.line, "stroke-width": "3.4"}
            body.append((pen, f'<circle fill="#fff" cx="{cx}" cy="{cy}" r="20"/>'))
            body.append((pen, f'<path fill="none" d="M{cx} {cy}{_DIGITS[panel.digit]}"/>'))
            count += 2
        width, height = max(width, x + x1 - x0), max(height, y + y1 - y0)
        if stacked:
            y += y1 - y0 + gap
        else:
            x += x1 - x0 + gap
    width, height = (width + margin) * UNITS, (height + margin) * UNITS
    mm = PAGE_MM / UNITS
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * mm:.1f}mm" height="{height * mm:.1f}mm" '
        f'viewBox="0 0 {width:.0f} {height:.0f}"><g stroke-linejoin="round" stroke-linecap="round">'
        + _grouped(body)
        + "</g></svg>"
    )
    return Drawing(svg, count, (float(width * mm), float(height * mm)))


def _write_wave(shape: Shape, dx: float, dy: float) -> tuple[dict[str, str], str]:
    """A water surface as one smooth run of quadratic curves."""
    points = (shape.lines[0] + [dx, dy]) * UNITS
    filled = shape.fit == "water"
    crest = points[:-2] if filled else points
    crest = crest[np.argsort(crest[:, 0])]
    n = (len(crest) - 1) // 8
    x0, y0 = crest[0]
    x1 = crest[-1][0]
    half = (x1 - x0) / n / 2
    amplitude = 10
    mid = float(np.mean(crest[:, 1]))
    d = f"M{x0:.0f} {mid:.0f}q{half / 2:.1f} {-amplitude} {half:.1f} 0" + f"t{half:.1f} 0" * (
        2 * n - 1
    )
    if filled:
        d += f"V{points[-1][1]:.0f}H{x0:.0f}z"
    return _element(shape, d)


SIDES = {
    "front": Camera(90, 8),
    "right": Camera(0, 8),
    "corner": Camera(40, 30),
    "top": Camera(0, 88),
}
"""Views that show what the chosen one hides."""


def seen_from(figure: Figure, poses: tuple[Posed, ...], look: Look) -> Iterator[tuple[str, str]]:
    """Yield the name and the SVG of every checking view, without arrows."""
    plain = figure.model_copy(update={"arrows": (), "layout": "row"})
    for name, camera in SIDES.items():
        turned = tuple(replace(p, camera=camera) for p in poses)
        yield name, draw(plain, turned, look, pixel=0.006).svg
