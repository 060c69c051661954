"""Things around the figure: mat, chair, wall, step, band, bike, ... built from simple parts.

A prop is a function that takes its parameters (metres, degrees) and returns a ``Prop``:
flat faces, tubes (thick lines) and balls, with named anchor points for pins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from programgen.figures.skeleton import Frames, direction, landmark


@dataclass
class Face:
    """A flat polygon (n, 3); ``normal`` hides it when it points away from the viewer."""

    points: np.ndarray
    tone: str
    normal: np.ndarray | None = None
    layer: str = "auto"  # "auto", "behind" or "front" of the figure


@dataclass
class Tube:
    """A thick line through points (n, 3), ``width`` in metres."""

    points: np.ndarray
    width: float
    tone: str
    closed: bool = False
    round: bool = True  # smooth curve through the points
    layer: str = "auto"


@dataclass
class Ball:
    """A ball."""

    centre: np.ndarray
    radius: float
    tone: str
    layer: str = "auto"


@dataclass
class Prop:
    """Parts in world coordinates, anchor points, and solid boxes (low, high) for checks."""

    parts: Sequence[Face | Tube | Ball] = field(default_factory=list)
    anchors: dict[str, np.ndarray] = field(default_factory=dict)
    solids: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    water: float | None = None  # height of a water surface
    ordered: bool = False  # parts are listed back to front; otherwise they are sorted by depth


def vec(*xyz: float) -> np.ndarray:
    return np.array(xyz, float)


def box(low: np.ndarray, high: np.ndarray, tone: str, layer: str = "auto") -> list[Face]:
    """The faces of an axis-aligned box; the top is lit, the sides are darker."""
    x0, y0, z0 = low
    x1, y1, z1 = high
    quads = [
        ([(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)], (0, 0, 1), tone),
        ([(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)], (0, -1, 0), tone + "_side"),
        ([(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)], (0, 1, 0), tone + "_side"),
        ([(x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)], (-1, 0, 0), tone + "_side"),
        ([(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)], (1, 0, 0), tone + "_side"),
    ]
    return [Face(np.array(p, float), t, np.array(n, float), layer) for p, n, t in quads]


def circle(centre: np.ndarray, radius: float, n: int = 24, plane: str = "xz") -> np.ndarray:
    a = np.linspace(0, 2 * np.pi, n, endpoint=False)
    out = np.tile(centre, (n, 1)).astype(float)
    i, j = {"xz": (0, 2), "xy": (0, 1), "yz": (1, 2)}[plane]
    out[:, i] += radius * np.cos(a)
    out[:, j] += radius * np.sin(a)
    return out


def mat(x: float = 0.0, y: float = 0.0, length: float = 1.9, width: float = 0.62) -> Prop:
    """An exercise mat on the floor."""
    low, high = vec(x - length / 2, y - width / 2, -0.015), vec(x + length / 2, y + width / 2, 0.0)
    return Prop(box(low, high, "mat", "behind"))


def floor(x: float = 0.0, y: float = 0.0, length: float = 1.2) -> Prop:
    """A plain floor line."""
    return Prop(
        [
            Tube(
                np.array([[x - length / 2, y, 0], [x + length / 2, y, 0]]),
                0.0,
                "line",
                layer="behind",
            )
        ]
    )


def wall(x: float = 0.5, y: float = 0.22, width: float = 0.5, height: float = 1.8) -> Prop:
    """A wall whose surface is the plane x = ``x``, behind it towards +x."""
    low, high = vec(x, y - width / 2, 0.0), vec(x + 0.06, y + width / 2, height)
    return Prop(box(low, high, "wall"), {}, [(low, high)])


def step(
    x: float = 0.0, y: float = 0.0, length: float = 0.36, width: float = 0.44, height: float = 0.18
) -> Prop:
    """A step or low box; its top centre is the anchor ``top``."""
    low, high = vec(x - length / 2, y - width / 2, 0.0), vec(x + length / 2, y + width / 2, height)
    return Prop(box(low, high, "wood"), {"top": vec(x, y, height)}, [(low, high)])


def block(
    x: float = 0.0,
    y: float = 0.0,
    z: float = 0.0,
    length: float = 0.4,
    width: float = 0.4,
    height: float = 0.1,
    tone: str = "soft",
) -> Prop:
    """A box of any size: cushion, bench, pillow."""
    low, high = (
        vec(x - length / 2, y - width / 2, z),
        vec(x + length / 2, y + width / 2, z + height),
    )
    return Prop(box(low, high, tone), {"top": vec(x, y, z + height)}, [(low, high)])


def chair(
    x: float = 0.0, y: float = 0.0, facing: float = 1.0, seat: float = 0.46, back: bool = True
) -> Prop:
    """A chair, seat centre at (x, y), open side towards ``facing`` (1: +x, -1: -x)."""
    d, w, leg = 0.42, 0.42, 0.034
    legs = [
        (x + sx * (d / 2 - leg / 2), y + sy * (w / 2 - leg / 2))
        for sy in (1, -1)
        for sx in (-facing, facing)
    ]
    parts: list = [
        Tube(np.array([[cx, cy, leg / 2], [cx, cy, seat - 0.03]]), leg, "wood_side")
        for cx, cy in legs
    ]
    parts += box(vec(x - d / 2, y - w / 2, seat - 0.04), vec(x + d / 2, y + w / 2, seat), "wood")
    solids = [(vec(x - d / 2, y - w / 2, seat - 0.04), vec(x + d / 2, y + w / 2, seat))]
    if back:
        bx = x - facing * (d / 2 - 0.017)
        parts += [
            Tube(np.array([[bx, cy, seat], [bx, cy, seat + 0.22]]), leg, "wood_side")
            for cy in (y + w / 2 - leg / 2, y - w / 2 + leg / 2)
        ]
        low, high = vec(bx - 0.017, y - w / 2, seat + 0.18), vec(bx + 0.017, y + w / 2, seat + 0.44)
        parts += box(low, high, "wood")
        solids.append((low, high))
    return Prop(
        parts,
        {"seat": vec(x, y, seat), "back": vec(x - facing * d / 2, y, seat + 0.44)},
        solids,
        ordered=True,
    )


def ball(x: float = 0.0, y: float = 0.0, radius: float = 0.30, z: float | None = None) -> Prop:
    """A ball resting on the floor (or centred at height ``z``)."""
    centre = vec(x, y, radius if z is None else z)
    return Prop(
        [Ball(centre, radius, "ball")], {"top": centre + vec(0, 0, radius), "centre": centre}
    )


def water(height: float = 1.2) -> Prop:
    """A water surface across the picture."""
    return Prop(water=height)


def band(frames: Frames, around: list[str], radius: float = 0.05, axis: str | None = None) -> Prop:
    """An elastic band looped around two body points (for example both ankles)."""
    a, b = (landmark(frames, n) for n in around)
    line = b - a
    length = np.linalg.norm(line)
    line = line / length
    up = vec(0, 0, 1)
    if axis:
        up = landmark(frames, axis.split(">")[0]) - landmark(frames, axis.split(">")[1])
    up = up - line * (up @ line)
    up /= np.linalg.norm(up)
    side = np.cross(up, line)
    t = np.linspace(-np.pi / 2, np.pi / 2, 9)
    arc_b = b + radius * (np.outer(np.cos(t), line) + np.outer(np.sin(t), side))
    arc_a = a + radius * (np.outer(-np.cos(t), line) + np.outer(-np.sin(t), side))
    return Prop([Tube(np.concatenate([arc_b, arc_a]), 0.032, "band", closed=True, round=True)])


def rope(
    frames: Frames, through: list[str | list[float]], width: float = 0.018, tone: str = "band"
) -> Prop:
    """A band or strap pulled straight through body points and fixed points ([x, y, z])."""
    points = [landmark(frames, p) if isinstance(p, str) else np.array(p, float) for p in through]
    return Prop([Tube(np.array(points), width, tone, round=False)])


def belt(frames: Frames, height: float = 0.10) -> Prop:
    """A flotation belt around the waist."""
    i = frames.rotation[..., 0, :, :]
    centre = frames.position[..., 0, :] + i @ vec(-0.004, 0, height)
    a = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    ring = centre + np.outer(np.cos(a) * 0.116, i[:, 0]) + np.outer(np.sin(a) * 0.154, i[:, 1])
    return Prop([Tube(ring, 0.075, "belt", closed=True)])


def weight(frames: Frames, hand: str = "r", size: float = 0.09) -> Prop:
    """A dumbbell in a hand; the bar lies across the palm."""
    centre = landmark(frames, f"grip_{hand}")
    along = direction(frames, f"thumb_{hand}")

    def bar(low: float, high: float, width: float, tone: str) -> Tube:
        return Tube(
            np.array([centre + along * low, centre + along * high]), width, tone, round=False
        )

    return Prop(
        [
            bar(-0.07, 0.07, 0.026, "metal"),
            bar(-0.115, -0.062, size, "metal_dark"),
            bar(0.062, 0.115, size, "metal_dark"),
        ]
    )


def stick(
    frames: Frames, through: list[str | list[float]], beyond: float = 0.15, layer: str = "auto"
) -> Prop:
    """A broomstick along two body points or places, longer by ``beyond`` at both ends."""
    first, last = (
        landmark(frames, p) if isinstance(p, str) else np.array(p, float) for p in through
    )
    along = (last - first) / max(float(np.linalg.norm(last - first)), 1e-9)
    ends = np.array([first - along * beyond, last + along * beyond])
    return Prop([Tube(ends, 0.026, "wood", round=False, layer=layer)])


def bench(
    x: float = 0.0,
    y: float = 0.0,
    length: float = 1.2,
    width: float = 0.36,
    height: float = 0.44,
) -> Prop:
    """A padded bench along x; its top centre is the anchor ``top``."""
    low = vec(x - length / 2, y - width / 2, height - 0.09)
    high = vec(x + length / 2, y + width / 2, height)
    legs = [
        Tube(
            np.array(
                [
                    [x + s * (length / 2 - 0.12), y + side * (width / 2 - 0.05), 0.02],
                    [x + s * (length / 2 - 0.12), y + side * (width / 2 - 0.05), height - 0.09],
                ]
            ),
            0.04,
            "metal_dark",
        )
        for s in (-1, 1)
        for side in (1, -1)
    ]
    parts = [*legs, *box(low, high, "soft")]
    return Prop(parts, {"top": vec(x, y, height)}, [(low, high)], ordered=True)


def bed(
    x: float = 0.0,
    y: float = 0.0,
    length: float = 2.0,
    width: float = 0.9,
    height: float = 0.50,
) -> Prop:
    """A bed or sofa edge along x; its top centre is the anchor ``top``."""
    low, high = vec(x - length / 2, y - width / 2, 0.0), vec(x + length / 2, y + width / 2, height)
    return Prop(box(low, high, "soft", "behind"), {"top": vec(x, y, height)}, [(low, high)])


def pillow(
    x: float = 0.0,
    y: float = 0.0,
    z: float = 0.0,
    length: float = 0.34,
    width: float = 0.44,
    height: float = 0.08,
) -> Prop:
    """A small pillow or folded towel; the body may sink into it."""
    low, high = (
        vec(x - length / 2, y - width / 2, z),
        vec(x + length / 2, y + width / 2, z + height),
    )
    return Prop(box(low, high, "pillow"), {"top": vec(x, y, z + height)})


def post(x: float = 0.8, y: float = 0.0, height: float = 1.4) -> Prop:
    """A post or door frame to which a band is tied."""
    low, high = vec(x, y - 0.035, 0.0), vec(x + 0.05, y + 0.035, height)
    return Prop(box(low, high, "wood"), {"top": vec(x, y, height)}, [(low, high)])


def roller(x: float = 0.0, y: float = 0.0, width: float = 0.45, radius: float = 0.075) -> Prop:
    """A foam roller across x."""
    ends = np.array([[x, y - width / 2, radius], [x, y + width / 2, radius]])
    parts = [
        Tube(ends, 2 * radius, "roller", round=False),
        Face(circle(vec(x, y - width / 2, radius), radius, 32), "roller_side", vec(0, -1, 0)),
    ]
    return Prop(parts, {"top": vec(x, y, 2 * radius)}, ordered=True)


def stairs(
    x: float = 0.2, y: float = 0.0, steps: int = 3, rise: float = 0.17, tread: float = 0.28
) -> Prop:
    """Stairs that go up towards +x; anchors ``tread_1`` … are the middles of the treads."""
    parts: list[Face | Tube | Ball] = []
    anchors, solids = {}, []
    for number in range(int(steps)):
        low = vec(x + number * tread, y - 0.4, number * rise)
        high = vec(x + steps * tread, y + 0.4, (number + 1) * rise)
        parts += box(low, high, "wood")
        solids.append((low, high))
        anchors[f"tread_{number + 1}"] = vec(x + (number + 0.5) * tread, y, (number + 1) * rise)
    return Prop(parts, anchors, solids, ordered=True)


BODY_PROPS = frozenset({"band", "rope", "belt", "weight", "stick", "kickboard", "snorkel"})
"""Props that are built from the posed body: their first argument is its frames."""

BUILDERS: dict[str, Callable[..., Prop]] = {
    builder.__name__: builder
    for builder in (
        mat,
        floor,
        wall,
        step,
        block,
        chair,
        ball,
        water,
        band,
        rope,
        belt,
        weight,
        stick,
        bench,
        bed,
        pillow,
        post,
        roller,
        stairs,
    )
}
"""Builders of simple things by name; machines have a module of their own."""
