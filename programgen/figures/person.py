"""The traced figure as shapes: silhouette, clothes, face, shade and tinted muscles."""

from collections.abc import Iterator, Sequence

import numpy as np

from programgen.core.palette import Palette
from programgen.figures.arrays import Array
from programgen.figures.borders import contours
from programgen.figures.camera import Camera
from programgen.figures.looks import Look
from programgen.figures.materials import HAIR, SHIRT, SHOE, SHORTS, SKIN
from programgen.figures.muscles import muscle_depth
from programgen.figures.patches import opened
from programgen.figures.posing import Posed
from programgen.figures.raster import Raster
from programgen.figures.shapes import INNER, OUTER, Paint, Shape, project, stroke
from programgen.figures.skeleton import JOINT_INDEX, Frames
from programgen.figures.solids import Blob
from programgen.figures.trace import Trace

TINTS = ((1.0, 0.30), (2.2, 0.36))
"""Depths in a muscle and the opacity of the tint from there on; together half, softly edged."""

SHADE = 0.1
"""Opacity of the shadow side."""


def person(traced: Trace, palette: Palette, look: Look) -> list[Shape]:
    """Return silhouette, clothes, inner lines and shade of a traced figure."""
    pen: Paint = {"stroke": palette.line, "stroke-width": INNER}
    skin: Paint = {
        "fill": palette.skins[look.tone],
        "stroke": palette.line,
        "stroke-width": OUTER,
    }
    out = [Shape(traced.outline, skin, focus=traced.focus)]
    for name in (SHIRT, SHORTS, HAIR, SHOE):
        if name in traced.regions:
            fill = palette.hairs[look.colour] if name == HAIR else palette.fills[name]
            out.append(Shape(traced.regions[name], {"fill": fill, **pen}, focus=traced.focus))
    if traced.lines:
        out.append(Shape(traced.lines, {"fill": "none", **pen}, closed=False, focus=traced.focus))
    if traced.shade:
        paint: Paint = {"fill": palette.shade, "fill-opacity": SHADE}
        out.append(Shape(traced.shade, paint, tolerance=0.015))
    return out


def ghost(traced: Trace, palette: Palette) -> Shape:
    """Return a start pose as a pale silhouette."""
    paint: Paint = {
        "fill": palette.ghost,
        "stroke": palette.ghost_line,
        "stroke-width": INNER,
    }
    return Shape(traced.outline, paint, tolerance=0.002)


def tints(posed: Posed, raster: Raster, blobs: Sequence[Blob], palette: Palette) -> list[Shape]:
    """Return light tints on the muscles that work or stretch, where they show."""
    out = []
    for names, colour in ((posed.work, palette.work), (posed.stretch, palette.stretch)):
        depth = muscle_depth(names, posed.frames, posed.camera, raster, blobs)
        for level, opacity in TINTS:
            mask = opened(depth > level, steps=1)
            lines = [raster.page(line) for line in contours(mask, sigma=3.5, least=36)]
            if lines:
                paint: Paint = {"fill": colour, "fill-opacity": opacity}
                out.append(Shape(lines, paint, tolerance=0.008))
    return out


EYE = (0.092, 0.030, 0.088)
BROW = ((0.101, 0.016, 0.110), (0.097, 0.032, 0.1135), (0.086, 0.046, 0.109))
NOSE = ((0.118, 0.0135, 0.056), (0.120, 0.014, 0.046), (0.125, 0.004, 0.041))
MOUTH = ((0.098, 0.0, 0.0160), (0.094, 0.014, 0.0175), (0.086, 0.024, 0.0215))
"""Marks of the face in the frame of the head (metres), left side; mirrored for the right."""

FRONTAL = 0.94
"""A face turned to the viewer by more than this cosine gets a drawn nose."""


STEEP = 0.72
"""A head seen from above or below by more than this cosine shows no more than its eyes."""

_HEAD = JOINT_INDEX["head"]


def _is_seen(at: Array, camera: Camera, raster: Raster, blobs: Sequence[Blob]) -> bool:
    """Return whether the skin of the head shows at a world point."""
    u, v, w = camera.axes @ at
    row, col = int((v - raster.v0) / raster.pixel), int((u - raster.u0) / raster.pixel)
    if not (0 <= row < raster.depth.shape[0] and 0 <= col < raster.depth.shape[1]):
        return False
    blob = raster.blob[row, col]
    return bool(
        blob >= 0
        and raster.normal[row, col, 2] >= 0.3
        and blobs[blob].chain == "head"
        and blobs[blob].material == SKIN
        and w > raster.depth[row, col] - 0.016
    )


def _level(points: Array, frames: Frames, camera: Camera) -> Array:
    """Return page points (n, 2) of a mark of the face, given in the frame of the head.

    Brows and mouth run around the head. From above, that would bend them to a frown and a
    grin, so their height on the page is taken as if they did not.
    """
    flat = points.copy()
    flat[:, 0] = points[:, 0].mean()
    seen, level = (
        project(np.array([frames.point("head", p) for p in at]), camera) for at in (points, flat)
    )
    up = project(frames.direction("head", (0, 0, 1)), camera)[0]
    up /= max(float(np.linalg.norm(up)), 1e-6)
    out: Array = seen + np.outer((level - seen) @ up, up)
    return out


def _strokes(
    frames: Frames, camera: Camera, raster: Raster, blobs: Sequence[Blob]
) -> Iterator[Array]:
    """Yield the page lines of brows, mouth and nose, where they show."""
    facing, _, steep = (float(part) for part in camera.axes[2] @ frames.rotation[_HEAD])
    if abs(steep) > STEEP:
        return
    for sign in (1, -1):
        for marks in [BROW, MOUTH, *([NOSE] if facing > FRONTAL and sign > 0 else [])]:
            points = np.array([(x, sign * y, z) for x, y, z in marks])
            places = [frames.point("head", p) for p in points]
            seen = np.array([_is_seen(p, camera, raster, blobs) for p in places])
            if seen.sum() >= 2:
                yield _level(points, frames, camera)[seen]


def face(
    frames: Frames, camera: Camera, raster: Raster, blobs: Sequence[Blob], palette: Palette
) -> list[Shape]:
    """Return eyes, brows and mouth, where the head shows them."""
    dots = []
    up = frames.direction("head", (0, 0, 0.006))
    for sign in (1, -1):
        eye = frames.point("head", (EYE[0], sign * EYE[1], EYE[2]))
        if _is_seen(eye, camera, raster, blobs):
            dots.append(project(np.array([eye - up, eye + up]), camera))
    strokes = list(_strokes(frames, camera, raster, blobs))
    out = [stroke(dots, palette.line, 7)] if dots else []
    return [*out, stroke(strokes, palette.line, 3.4)] if strokes else out
