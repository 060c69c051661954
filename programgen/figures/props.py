"""Things around the figure: mat, chair, wall, step, band and more, built from simple parts.

A prop is a function that takes its measures (metres, degrees) and returns flat faces, tubes
(thick lines) and balls, with named anchors for pins.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.landmarks import direction, landmark
from programgen.figures.skeleton import Frames


@dataclass(frozen=True)
class Face:
    """A flat polygon."""

    points: Array
    """World places (n, 3) in metres."""
    tone: str
    """Name of its fill in the palette."""
    normal: Array | None = None
    """Where it faces; it is hidden when that is away from the viewer."""
    layer: str = "auto"
    """auto, behind or front of the figure."""


@dataclass(frozen=True)
class Tube:
    """A thick line."""

    points: Array
    """World places (n, 3) in metres."""
    width: float
    """Metres; 0 is a plain line."""
    tone: str
    closed: bool = False
    round: bool = True
    """A smooth curve through the points."""
    layer: str = "auto"


@dataclass(frozen=True)
class Ball:
    """A ball; metres."""

    centre: Array
    radius: float
    tone: str
    layer: str = "auto"


Part = Face | Tube | Ball
"""What props are built from."""

Box = tuple[Array, Array]
"""Low and high corner (3,) in metres."""


@dataclass(frozen=True)
class Prop:
    """A thing in the world."""

    parts: Sequence[Part] = ()
    anchors: Mapping[str, Array] = field(default_factory=dict)
    """Places (3,) to which pins hold."""
    solids: Sequence[Box] = ()
    """What no body part may enter."""
    water: float | None = None
    """Height of a water surface."""
    ordered: bool = False
    """Parts are listed back to front; otherwise they are sorted by depth."""


def vec(*xyz: float) -> Array:
    """Return a place or direction (3,)."""
    return np.array(xyz, float)


def box(low: Array, high: Array, tone: str, layer: str = "auto") -> list[Face]:
    """Return the faces of an axis-aligned box; the top is lit, the sides are darker."""
    x0, y0, z0 = low
    x1, y1, z1 = high
    side = f"{tone}_side"
    quads = (
        ([(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)], (0, 0, 1), tone),
        ([(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)], (0, -1, 0), side),
        ([(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)], (0, 1, 0), side),
        ([(x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)], (-1, 0, 0), side),
        ([(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)], (1, 0, 0), side),
    )
    return [Face(np.array(p, float), fill, np.array(n, float), layer) for p, n, fill in quads]


def circle(centre: Array, radius: float, n: int = 24, plane: str = "xz") -> Array:
    """Return the places (n, 3) of a circle in a plane of the world."""
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
    ends = np.array([[x - length / 2, y, 0], [x + length / 2, y, 0]])
    return Prop([Tube(ends, 0.0, "line", layer="behind")])


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
    low = vec(x - length / 2, y - width / 2, z)
    high = vec(x + length / 2, y + width / 2, z + height)
    return Prop(box(low, high, tone), {"top": vec(x, y, z + height)}, [(low, high)])


def chair(
    x: float = 0.0, y: float = 0.0, facing: float = 1.0, seat: float = 0.46, *, back: bool = True
) -> Prop:
    """A chair, seat centre at (x, y), open side towards ``facing`` (1: +x, -1: -x)."""
    deep, wide, leg = 0.42, 0.42, 0.034
    feet = [
        (x + sx * (deep / 2 - leg / 2), y + sy * (wide / 2 - leg / 2))
        for sy in (1, -1)
        for sx in (-facing, facing)
    ]
    low = vec(x - deep / 2, y - wide / 2, seat - 0.04)
    high = vec(x + deep / 2, y + wide / 2, seat)
    parts: list[Part] = [_upright(*foot, leg / 2, seat - 0.03, leg) for foot in feet]
    parts += box(low, high, "wood")
    solids = [(low, high)]
    if back:
        bx = x - facing * (deep / 2 - 0.017)
        posts = (y + wide / 2 - leg / 2, y - wide / 2 + leg / 2)
        parts += [_upright(bx, py, seat, seat + 0.22, leg) for py in posts]
        low, high = (
            vec(bx - 0.017, y - wide / 2, seat + 0.18),
            vec(bx + 0.017, y + wide / 2, seat + 0.44),
        )
        parts += box(low, high, "wood")
        solids.append((low, high))
    anchors = {"seat": vec(x, y, seat), "back": vec(x - facing * deep / 2, y, seat + 0.44)}
    return Prop(parts, anchors, solids, ordered=True)


def _upright(x: float, y: float, low: float, high: float, width: float) -> Tube:
    return Tube(np.array([[x, y, low], [x, y, high]]), width, "wood_side")


def ball(x: float = 0.0, y: float = 0.0, radius: float = 0.30, z: float | None = None) -> Prop:
    """A ball resting on the floor (or centred at height ``z``)."""
    centre = vec(x, y, radius if z is None else z)
    return Prop(
        [Ball(centre, radius, "ball")], {"top": centre + vec(0, 0, radius), "centre": centre}
    )


def water(height: float = 1.2) -> Prop:
    """A water surface across the picture."""
    return Prop(water=height)


Through = Sequence[str | Sequence[float]]
"""Body points, and fixed places as [x, y, z]."""


def _places(frames: Frames, through: Through) -> Array:
    """Return the places (n, 3) of body points and fixed places."""
    return np.array(
        [landmark(frames, p) if isinstance(p, str) else np.array(p, float) for p in through]
    )


def band(
    frames: Frames, around: Sequence[str], radius: float = 0.05, axis: str | None = None
) -> Prop:
    """An elastic band looped around two body points (for example both ankles).

    ``axis`` is the direction that it lies across, as 'point>point'.
    """
    a, b = (landmark(frames, n) for n in around)
    line = b - a
    line = line / np.linalg.norm(line)
    up = vec(0, 0, 1)
    if axis:
        first, last = axis.split(">")
        up = landmark(frames, first) - landmark(frames, last)
    up = up - line * (up @ line)
    side = np.cross(up / np.linalg.norm(up), line)
    t = np.linspace(-np.pi / 2, np.pi / 2, 9)
    arc_b = b + radius * (np.outer(np.cos(t), line) + np.outer(np.sin(t), side))
    arc_a = a + radius * (np.outer(-np.cos(t), line) + np.outer(-np.sin(t), side))
    return Prop([Tube(np.concatenate([arc_b, arc_a]), 0.032, "band", closed=True, round=True)])


def rope(frames: Frames, through: Through, width: float = 0.018, tone: str = "band") -> Prop:
    """A band or strap pulled straight through body points and fixed points ([x, y, z])."""
    return Prop([Tube(_places(frames, through), width, tone, round=False)])


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
        ends = np.array([centre + along * low, centre + along * high])
        return Tube(ends, width, tone, round=False)

    return Prop(
        [
            bar(-0.07, 0.07, 0.026, "metal"),
            bar(-0.115, -0.062, size, "metal_dark"),
            bar(0.062, 0.115, size, "metal_dark"),
        ]
    )


def stick(frames: Frames, through: Through, beyond: float = 0.15, layer: str = "auto") -> Prop:
    """A broomstick along two body points or places, longer by ``beyond`` at both ends."""
    first, last = _places(frames, through)
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
    feet = [
        (x + along * (length / 2 - 0.12), y + side * (width / 2 - 0.05))
        for along in (-1, 1)
        for side in (1, -1)
    ]
    legs = [
        Tube(np.array([[*foot, 0.02], [*foot, height - 0.09]]), 0.04, "metal_dark") for foot in feet
    ]
    parts: list[Part] = [*legs, *box(low, high, "soft")]
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
    low = vec(x - length / 2, y - width / 2, z)
    high = vec(x + length / 2, y + width / 2, z + height)
    return Prop(box(low, high, "pillow"), {"top": vec(x, y, z + height)})


def post(x: float = 0.8, y: float = 0.0, height: float = 1.4) -> Prop:
    """A post or door frame to which a band is tied."""
    low, high = vec(x, y - 0.035, 0.0), vec(x + 0.05, y + 0.035, height)
    return Prop(box(low, high, "wood"), {"top": vec(x, y, height)}, [(low, high)])


def roller(x: float = 0.0, y: float = 0.0, width: float = 0.45, radius: float = 0.075) -> Prop:
    """A foam roller across x."""
    ends = np.array([[x, y - width / 2, radius], [x, y + width / 2, radius]])
    parts: list[Part] = [
        Tube(ends, 2 * radius, "roller", round=False),
        Face(circle(vec(x, y - width / 2, radius), radius, 32), "roller_side", vec(0, -1, 0)),
    ]
    return Prop(parts, {"top": vec(x, y, 2 * radius)}, ordered=True)


def stairs(
    x: float = 0.2, y: float = 0.0, steps: int = 3, rise: float = 0.17, tread: float = 0.28
) -> Prop:
    """Stairs that go up towards +x; anchors ``tread_1`` … are the middles of the treads."""
    parts: list[Part] = []
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
