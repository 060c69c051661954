"""Frames of shapes as the text of one small SVG file.

The text has no words, identifiers, styles or links, so it can stand in a page any number
of times and needs no translation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from programgen.core.palette import Palette
from programgen.figures.arrays import Array
from programgen.figures.path_text import closed_curve, open_curve, polygon
from programgen.figures.shapes import UNITS, Bounds, Shape

PAGE_MM = 30.0
"""Millimetres on paper for a metre of the scene."""

GAP, MARGIN = 0.10, 0.02
"""Between frames and around them, in metres."""

BADGE, BADGE_RADIUS = 0.044, 0.040
"""Place of the middle of a frame number from the corner, and its radius, in metres."""

FREE = 0.085
"""Distance of its middle from everything else, in metres."""

_DIGITS = {
    "1": "m-4-5l5-5v20",
    "2": "m-5-5q0-5 5-5t5 5q0 4-10 14h11",
    "3": "m-5-9h10l-5 7q6 0 6 5t-6 6q-4 0-6-3",
}
"""Path of each frame number, around its middle, in SVG units."""

Element = tuple[dict[str, str], str]
"""Attributes that neighbours may share, and the text of the element."""


@dataclass(frozen=True)
class Frame:
    """The shapes of one frame, back to front."""

    shapes: Sequence[Shape]
    bounds: Bounds
    digit: str | None = None
    """Its number, if it is shown."""


@dataclass(frozen=True)
class Drawing:
    """A picture with what it costs."""

    svg: str
    elements: int
    size: tuple[float, float]
    """Width and height in millimetres on paper."""

    @property
    def kilobytes(self) -> float:
        """Size of the file."""
        return len(self.svg.encode()) / 1024


def write(
    frames: Sequence[Frame],
    palette: Palette,
    *,
    slack: float = 1.0,
    stacked: bool = False,
    labels: Mapping[str, str] | None = None,
) -> Drawing:
    """Return the text of frames in a row or stacked.

    ``slack`` scales the curve tolerances; ``labels`` are further attributes of the file.
    """
    body: list[Element] = []
    x = y = MARGIN
    width = height = 0.0
    for frame, (x0, y0, x1, y1) in zip(frames, _rooms(frames, stacked=stacked), strict=True):
        shapes = [shape for shape in frame.shapes if shape.lines]
        body += [_element(shape, x - x0, y - y0, slack) for shape in shapes]
        body += _badge(frame.digit, x, y, palette)
        width, height = max(width, x + x1 - x0), max(height, y + y1 - y0)
        if stacked:
            y += y1 - y0 + GAP
        else:
            x += x1 - x0 + GAP
    size = (width + MARGIN) * UNITS, (height + MARGIN) * UNITS
    wide, high = (v * PAGE_MM / UNITS for v in size)
    said = "".join(f' {key}="{value}"' for key, value in (labels or {}).items())
    svg = (
        f'<svg{said} xmlns="http://www.w3.org/2000/svg" width="{wide:.1f}mm" height="{high:.1f}mm" '
        f'viewBox="0 0 {size[0]:.0f} {size[1]:.0f}">'
        f'<g fill="none" stroke-linejoin="round" stroke-linecap="round">{_grouped(body)}</g></svg>'
    )
    return Drawing(svg, len(body), (float(wide), float(high)))


def _rooms(frames: Sequence[Frame], *, stacked: bool) -> list[Bounds]:
    """Return the bounds of each frame with room for its number.

    Frames in a row share their top and their floor, stacked ones their left and right, so
    that mat and body stay in line.
    """
    left, right = min(f.bounds[0] for f in frames), max(f.bounds[2] for f in frames)
    highest, lowest = min(f.bounds[1] for f in frames), max(f.bounds[3] for f in frames)
    if not stacked:
        tops = [_top(frame, frame.bounds[0], highest) for frame in frames]
        return [(f.bounds[0], min(tops), f.bounds[2], lowest) for f in frames]
    return [(left, _top(f, left, f.bounds[1]), right, f.bounds[3]) for f in frames]


def _top(frame: Frame, left: float, top: float) -> float:
    """Return where a frame begins: higher than ``top`` if its number needs the room."""
    ring = np.array([left, top]) + BADGE
    crowded = frame.digit is not None and _nearest(frame, ring) < FREE
    return min(frame.bounds[1], top) - BADGE - FREE + BADGE_RADIUS if crowded else top


def _nearest(frame: Frame, place: Array) -> float:
    """Return the distance of a place (2,) to the nearest line of a frame, in metres."""
    ways = [
        _distance(line, np.roll(line, -1, 0), place)
        if shape.closed
        else _distance(line[:-1], line[1:], place)
        for shape in frame.shapes
        for line in shape.lines
        if len(line) > 1
    ]
    return min(ways)


def _distance(starts: Array, ends: Array, place: Array) -> float:
    """Return the distance of a place to the nearest of some straight lines (n, 2)."""
    along = ends - starts
    share = ((place - starts) * along).sum(1) / np.maximum((along * along).sum(1), 1e-12)
    foot = starts + along * np.clip(share, 0, 1)[:, None]
    return float(np.linalg.norm(foot - place, axis=1).min())


def _badge(digit: str | None, x: float, y: float, palette: Palette) -> list[Element]:
    """Return the number of a frame in a ring."""
    if digit is None:
        return []
    cx, cy = round((x + BADGE) * UNITS), round((y + BADGE) * UNITS)
    r = round(BADGE_RADIUS * UNITS)
    pen = {"stroke": palette.line, "stroke-width": "3.4"}
    return [
        (pen, f'<circle fill="#fff" cx="{cx}" cy="{cy}" r="{r}"/>'),
        (pen, f'<path d="M{cx} {cy}{_DIGITS[digit]}"/>'),
    ]


def _element(shape: Shape, dx: float, dy: float, slack: float) -> Element:
    wave = shape.fit in ("water", "wave")
    data = _wave(shape, dx, dy) if wave else _curves(shape, dx, dy, slack)
    paint: dict[str, str] = {key: _number(value) for key, value in shape.paint.items()}
    shared: dict[str, str] = {
        key: paint.pop(key) for key in ("stroke", "stroke-width") if key in paint
    }
    if paint.get("fill") == "none":  # said once for the whole picture
        del paint["fill"]
    attributes = "".join(f' {key}="{value}"' for key, value in paint.items())
    return shared, f'<path{attributes} d="{data}"/>'


def _curves(shape: Shape, dx: float, dy: float, slack: float) -> str:
    shift = np.array([dx, dy, 0.0])
    focus = None if shape.focus is None else (shape.focus + shift) * UNITS
    tolerance = shape.tolerance * UNITS * slack
    return "".join(
        _path((line + shift[:2]) * UNITS, shape, tolerance, focus) for line in shape.lines
    )


def _path(points: Array, shape: Shape, tolerance: float, focus: Array | None) -> str:
    if shape.fit == "polygon":
        return polygon(points, closed=shape.closed)
    curve = closed_curve if shape.closed else open_curve
    return curve(points, tolerance, focus)


def _wave(shape: Shape, dx: float, dy: float) -> str:
    """Return a water surface as one smooth run of quadratic curves."""
    points = (shape.lines[0] + np.array([dx, dy])) * UNITS
    filled = shape.fit == "water"
    crest = points[:-2] if filled else points
    crest = crest[np.argsort(crest[:, 0])]
    waves = (len(crest) - 1) // 8
    half = (crest[-1][0] - crest[0][0]) / waves / 2
    start = f"M{crest[0][0]:.0f} {np.mean(crest[:, 1]):.0f}"
    text = f"{start}q{half / 2:.1f} -10 {half:.1f} 0" + f"t{half:.1f} 0" * (2 * waves - 1)
    return f"{text}V{points[-1][1]:.0f}H{crest[0][0]:.0f}z" if filled else text


def _grouped(elements: Sequence[Element]) -> str:
    """Join elements, with one group for a run of equal stroke attributes."""
    out: list[str] = []
    current: dict[str, str] = {}
    for shared, text in elements:
        if shared != current:
            if current:
                out.append("</g>")
            if shared:
                pairs = "".join(f' {key}="{value}"' for key, value in shared.items())
                out.append(f"<g{pairs}>")
            current = shared
        out.append(text)
    return "".join(out) + ("</g>" if current else "")


def _number(value: str | float) -> str:
    """Return an attribute's value; numbers as short as they go.

    >>> _number(7.50), _number(0.36)
    ('7.5', '.36')
    """
    if isinstance(value, str):
        return value
    return f"{value:.2f}".rstrip("0").rstrip(".").removeprefix("0") or "0"
