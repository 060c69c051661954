"""A figure as one picture: its frames composed back to front, and written as SVG."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from programgen.core.figure import Figure
from programgen.core.palette import COLOUR, Palette
from programgen.figures.arrows import arrow_path, arrow_shapes
from programgen.figures.body import build_blobs
from programgen.figures.camera import Camera
from programgen.figures.looks import Look
from programgen.figures.person import face, ghost, person, tints
from programgen.figures.posing import Posed
from programgen.figures.raster import rasterize
from programgen.figures.scenery import Scenery, shadow, water
from programgen.figures.shapes import Shape, bounds_of
from programgen.figures.svg_text import Drawing, Frame, write
from programgen.figures.trace import trace

PIXEL = 0.004
"""Metres of a pixel of the raster that is traced."""

LIGHT = (-0.35, 0.75, 0.55)
"""Direction of the light in view axes: right, up, towards the viewer."""

MOST_BYTES = 8 * 1024
"""Detail is reduced, within limits, until a picture fits."""

SLACKS = (1.0, 1.2, 1.45, 1.75)
"""Factors on the curve tolerances, tried in order."""


def draw(
    figure: Figure,
    poses: Sequence[Posed],
    look: Look,
    *,
    pixel: float = PIXEL,
    labels: Mapping[str, str] | None = None,
) -> Drawing:
    """Draw a figure; several poses stand side by side, or the first as a ghost behind the last.

    ``labels`` are attributes written into the file; they count towards its size.
    """
    frames = list(_Composer(figure, poses, look, COLOUR, pixel).frames())
    if figure.mirror:
        frames = [_mirrored(frame) for frame in frames]
    drawing = None
    for slack in SLACKS:
        drawing = write(
            frames, COLOUR, slack=slack, stacked=figure.layout == "column", labels=labels
        )
        if len(drawing.svg.encode()) <= MOST_BYTES:
            break
    assert drawing is not None
    return drawing


def _mirrored(frame: Frame) -> Frame:
    flip = np.array([-1.0, 1.0])
    shapes = [
        replace(
            shape,
            lines=[line * flip for line in shape.lines],
            focus=None if shape.focus is None else shape.focus * [-1.0, 1.0, 1.0],
        )
        for shape in frame.shapes
    ]
    x0, y0, x1, y1 = frame.bounds
    return Frame(shapes, (-x1, y0, -x0, y1), frame.digit)


@dataclass(frozen=True)
class _Composer:
    """Turns solved poses into frames."""

    figure: Figure
    poses: Sequence[Posed]
    look: Look
    palette: Palette
    pixel: float

    def frames(self) -> Iterator[Frame]:
        """Yield every frame that is shown."""
        shown = list(enumerate(self.poses, 1))
        if self.figure.layout == "overlay":
            shown = shown[-1:]
        for number, posed in shown:
            digit = str(number) if self.figure.numbers and len(shown) > 1 else None
            yield self._frame(posed, number, digit)

    def _frame(self, posed: Posed, number: int, digit: str | None) -> Frame:
        level = next((p.water for p in posed.props if p.water is not None), None)
        shapes = self._shapes(posed, number, dry=level is None)
        bounds = bounds_of(shapes)
        if level is None:
            return Frame(shapes, bounds, digit)
        behind, ahead, bounds = water(level, bounds, posed.camera, self.palette)
        return Frame([behind, *shapes, *ahead], bounds, digit)

    def _shapes(self, posed: Posed, number: int, *, dry: bool) -> list[Shape]:
        camera, palette = posed.camera, self.palette
        blobs = build_blobs(self.look)
        raster = rasterize(blobs, posed.frames, camera, self.pixel)
        traced = trace(raster, blobs, posed.frames, camera, light=LIGHT)
        behind, ahead = Scenery(camera, raster, palette).shapes(posed.props)
        mats = {palette.fills["mat"], palette.fills["mat_side"]}
        # The shadow falls on mats and is hidden by everything else.
        ground = [s for s in behind if s.paint.get("fill") in mats]
        return [
            *ground,
            *(shadow(blobs, posed.frames, camera, palette) if dry else ()),
            *(s for s in behind if s.paint.get("fill") not in mats),
            *(self._ghosts(posed) if self.figure.layout == "overlay" else ()),
            *person(traced, palette, self.look),
            *tints(posed, raster, blobs, palette),
            *face(posed.frames, camera, raster, blobs, palette),
            *ahead,
            *self._arrows(posed, number),
        ]

    def _ghosts(self, posed: Posed) -> Iterator[Shape]:
        blobs = build_blobs(self.look)
        for other in self.poses[:-1]:
            raster = rasterize(blobs, other.frames, posed.camera, self.pixel)
            yield ghost(trace(raster, blobs, other.frames, posed.camera), self.palette)

    def _arrows(self, posed: Posed, number: int) -> Iterator[Shape]:
        for arrow in self.figure.arrows:
            if (arrow.on or len(self.poses)) == number:
                path = arrow_path(arrow, self.poses, posed)
                yield from arrow_shapes(path, self.palette, both=arrow.both)


SIDES = {
    "front": Camera(90, 8),
    "right": Camera(0, 8),
    "corner": Camera(40, 30),
    "top": Camera(0, 88),
}
"""Views that show what the chosen one hides."""


def seen_from(figure: Figure, poses: Sequence[Posed], look: Look) -> Iterator[tuple[str, str]]:
    """Yield the name and the SVG of every checking view, without arrows."""
    plain = figure.model_copy(update={"arrows": (), "layout": "row"})
    for name, camera in SIDES.items():
        turned = tuple(replace(p, camera=camera) for p in poses)
        yield name, draw(plain, turned, look, pixel=0.006).svg
