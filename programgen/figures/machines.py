"""Machines in a gym and things in a pool, built from the same parts as simpler props.

Machines face +x. Their parts stand in the order in which a viewer at the figure's right
side sees them: far parts first.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.landmarks import landmark
from programgen.figures.props import Face, Part, Prop, Tube, circle, vec
from programgen.figures.skeleton import Frames

Point = Sequence[float] | Array

METAL, DARK, LIGHT, RUBBER = "metal", "metal_dark", "metal_light", "rubber"


def _rods(width: float, tone: str, *lines: Sequence[Point], layer: str = "auto") -> list[Part]:
    """Straight rods along each line of points; painted alike, their joints do not show."""
    out: list[Part] = []
    for line in lines:
        for start, end in pairwise(np.array(line, float)):
            # a middle point has the rod written as one curve instead of many short lines
            points = np.array([start, (start + end) / 2, end])
            out.append(Tube(points, width, tone, layer=layer))
    return out


def _slab(
    centre: Point,
    size: Point,
    tone: str,
    side: str | None = None,
    tilt: float = 0.0,
    layer: str = "auto",
) -> list[Part]:
    """Return the faces of a box (length, width, height); ``tilt`` lifts its +x end, in degrees."""
    middle = np.array(centre, float)
    c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    long, wide, high = (
        np.array(axis, float) * half / 2
        for axis, half in zip(((c, 0, s), (0, 1, 0), (-s, 0, c)), size, strict=True)
    )
    other = side or tone
    sides = (
        (wide, long, high, other),
        (-high, long, wide, other),
        (-long, wide, high, other),
        (long, wide, high, other),
        (high, long, wide, tone),
        (-wide, long, high, other),
    )
    return [
        Face(
            np.array(
                [middle + n - a - b, middle + n + a - b, middle + n + a + b, middle + n - a + b]
            ),
            colour,
            n / np.linalg.norm(n),
            layer,
        )
        for n, a, b, colour in sides
    ]


def _feet(x: float, half: float = 0.22) -> list[Part]:
    """Return a bar across the floor that carries a machine."""
    return _rods(0.036, DARK, [(x, half, 0.03), (x, -half, 0.03)])


def _console(x: float, z: float, tilt: float = 40.0, width: float = 0.24) -> list[Part]:
    """Return a display that faces the person on the machine."""
    return _slab((x, 0, z), (0.17, width, 0.035), DARK, DARK, tilt)


def _disc(centre: Array, radius: float, tone: str) -> Face:
    return Face(circle(centre, radius, 28), tone, layer="behind")


def _pedal(hub: Array, at: Array, side: float, level: float) -> list[Part]:
    """Return a crank arm and its pedal; ``level`` is the pedal's slope in degrees."""
    inner = hub + vec(0, side * 0.06, 0)
    axle = vec(at[0], inner[1], at[2])
    c, s = np.cos(np.radians(level)), np.sin(np.radians(level))
    plate = at + vec(s * 0.014, 0, -c * 0.014)
    half = vec(c, 0, s) * 0.055
    return [
        *_rods(0.032, DARK, [inner, axle]),
        *_rods(0.028, RUBBER, [plate - half, plate + half]),
    ]


def _cranks(hub: Array, crank: float, half: float = 0.12) -> tuple[Array, Array]:
    """Return the places of the left and right pedal."""
    c = np.radians(crank)
    arm = vec(np.cos(c), 0, np.sin(c)) * 0.17
    return hub - arm + vec(0, half, 0), hub + arm - vec(0, half, 0)


def bike(x: float = 0.0, crank: float = 90.0, seat: float = 0.90, level: float = -8.0) -> Prop:
    """An upright exercise bike.

    ``crank`` is the right pedal's angle in degrees, 0 forward and 90 up; ``level`` is the
    slope of the pedals.
    """
    hub, wheel = vec(x + 0.10, 0, 0.33), vec(x + 0.50, 0, 0.31)
    left, right = _cranks(hub, crank)
    saddle = vec(x - 0.16, 0, seat)

    def bar(side: float) -> list[Part]:
        return [
            *_rods(
                0.03,
                METAL,
                [(x + 0.42, 0, 1.05), (x + 0.40, side * 0.20, 1.07), (x + 0.33, side * 0.22, 1.11)],
            ),
            *_rods(0.04, RUBBER, [(x + 0.35, side * 0.22, 1.10), (x + 0.22, side * 0.22, 1.165)]),
        ]

    parts: list[Part] = [
        *_feet(x - 0.34),
        *_feet(x + 0.72),
        *_pedal(hub, left, 1, level),
        *bar(1),
        *_rods(0.05, METAL, [(x - 0.34, 0, 0.05), (x + 0.72, 0, 0.05)]),
        *_rods(0.05, METAL, [(x + 0.51, 0, 0.30), (x + 0.42, 0, 1.08)]),
        *_rods(0.05, METAL, [(x - 0.01, 0, 0.10), hub]),
        *_rods(0.04, DARK, [(x - 0.10, 0, 0.55), (x - 0.155, 0, seat - 0.06)]),
        *_rods(0.06, METAL, [(x - 0.01, 0, 0.06), (x - 0.10, 0, 0.56)]),
        _disc(wheel, 0.24, METAL),
        _disc(wheel, 0.155, LIGHT),
        *_slab(hub + vec(0.20, 0, -0.005), (0.48, 0.07, 0.13), METAL, LIGHT, -3),
        *_console(x + 0.46, 1.19, 48),
        *_rods(
            0.08,
            RUBBER,
            [saddle + vec(-0.17, 0, -0.045), saddle + vec(0.12, 0, -0.04)],
            layer="behind",
        ),
        *bar(-1),
        *_pedal(hub, right, -1, level),
    ]
    anchors = {
        "pedal_r": right + vec(0, 0, 0.004),
        "pedal_l": left + vec(0, 0, 0.004),
        "saddle": saddle + vec(0, 0, 0.01),
        "grip_l": vec(x + 0.27, 0.22, 1.14),
        "grip_r": vec(x + 0.27, -0.22, 1.14),
    }
    return Prop(parts, anchors, ordered=True)


def recumbent_bike(x: float = 0.0, crank: float = -24.0, level: float = 62.0) -> Prop:
    """A bike with a backrest; its seat's middle is at ``x``, its grips are beside the seat.

    ``crank`` is the right pedal's angle in degrees, 0 forward and 90 up; ``level`` is the
    slope of the pedals.
    """
    hub = vec(x + 0.66, 0, 0.44)
    left, right = _cranks(hub, crank)

    def grip(side: float) -> list[Part]:
        y = side * 0.27
        return [
            *_rods(0.03, METAL, [(x - 0.05, side * 0.1, 0.46), (x, y, 0.46), (x + 0.06, y, 0.66)]),
            *_rods(0.04, RUBBER, [(x + 0.05, y, 0.63), (x + 0.11, y, 0.80)]),
        ]

    parts: list[Part] = [
        *_feet(x - 0.30),
        *_feet(x + 1.05),
        *_pedal(hub, left, 1, level),
        *grip(1),
        *_rods(0.06, METAL, [(x - 0.30, 0, 0.06), (x + 1.05, 0, 0.06)]),
        *_rods(0.07, METAL, [(x - 0.10, 0, 0.08), (x - 0.02, 0, 0.50)]),
        *_rods(0.05, METAL, [(x + 0.92, 0, 0.40), (x + 0.70, 0, 1.06)]),
        _disc(hub + vec(0.22, 0, -0.06), 0.26, METAL),
        _disc(hub + vec(0.22, 0, -0.06), 0.11, LIGHT),
        *_slab(hub + vec(0.08, 0, -0.02), (0.36, 0.07, 0.15), METAL, LIGHT, -12),
        *_console(x + 0.68, 1.12, 52),
        *_rods(0.05, DARK, [(x - 0.16, 0, 0.50), (x - 0.31, 0, 0.85)], layer="behind"),
        *_slab((x - 0.30, 0, 0.84), (0.075, 0.40, 0.56), RUBBER, RUBBER, 18, "behind"),
        *_slab((x, 0, 0.515), (0.42, 0.42, 0.08), RUBBER, RUBBER, 5, "behind"),
        *grip(-1),
        *_pedal(hub, right, -1, level),
    ]
    anchors = {
        "pedal_r": right + vec(0, 0, 0.004),
        "pedal_l": left + vec(0, 0, 0.004),
        "seat": vec(x, 0, 0.555),
        "back": vec(x - 0.24, 0, 0.84),
        "grip_l": vec(x + 0.08, 0.27, 0.735),
        "grip_r": vec(x + 0.08, -0.27, 0.735),
    }
    return Prop(parts, anchors, ordered=True)


def elliptical(x: float = 0.0, phase: float = 0.0, *, arms: bool = True) -> Prop:
    """A rear-drive elliptical trainer.

    ``phase`` in degrees: 0 has the right foot forward. Its hands hold the moving ``arms``
    (anchors ``grip_``) or, where those are left out, the fixed bars (anchors ``bar_``).
    """
    wheel = vec(x - 0.70, 0, 0.40)
    rods: dict[str, list[Part]] = {}
    anchors: dict[str, Array] = {}
    for side, s, turn in (("l", 1, np.pi), ("r", -1, 0.0)):
        a = np.radians(phase) + turn
        swing = 0.29 * np.cos(a)
        rear = wheel + vec(swing, s * 0.14, 0.20 * np.sin(a))
        front = vec(x + 0.38 + swing, s * 0.14, 0.30)
        foot = rear + (front - rear) * 0.60 + vec(0, 0, 0.035)
        lines = [[rear, front], [foot + vec(-0.15, 0, -0.014), foot + vec(0.16, 0, -0.014)]]
        if arms:
            pivot, top = vec(x + 0.58, s * 0.16, 0.86), vec(x + 0.47 - swing * 0.6, s * 0.23, 1.40)
            lines += [[front, pivot, pivot + (top - pivot) * 0.55 + vec(0.05, 0, 0), top]]
            anchors[f"grip_{side}"] = top + vec(0.012, 0, -0.05)
        else:
            hold = vec(x + 0.36, s * 0.21, 1.20)
            lines += [[(x + 0.55, 0, 1.12), hold + vec(0.13, 0, -0.04), hold + vec(-0.06, 0, 0.03)]]
            anchors[f"bar_{side}"] = hold
        rods[side] = _rods(0.036, DARK, *lines)
        anchors[f"pedal_{side}"] = foot + vec(0, 0, 0.004)
    track = [] if arms else [[(x + 0.08, 0, 0.26), (x + 0.64, 0, 0.26)]]
    base = [[(x - 0.94, 0, 0.04), (x + 0.72, 0, 0.04)], [(x + 0.66, 0, 0.05), (x + 0.56, 0, 1.22)]]
    parts = [
        *rods["l"],
        *_rods(0.05, METAL, *base, *track),
        _disc(wheel, 0.30, METAL),
        _disc(wheel, 0.10, LIGHT),
        *_console(x + 0.57, 1.29, 50),
        *_feet(x - 0.94, 0.2),
        *_feet(x + 0.72, 0.2),
        *rods["r"],
    ]
    return Prop(parts, anchors, ordered=True)


def treadmill(x: float = 0.0, incline: float = 0.0) -> Prop:
    """A treadmill; ``incline`` in degrees lifts its front on two feet.

    The anchor ``belt`` is the belt's middle.
    """
    rise = np.tan(np.radians(incline))
    back, front = x - 0.75, x + 0.75
    half, belt = 0.36, 0.27
    high = (front - back) * rise * 0.6

    def at(along: float, side: float, height: float) -> Array:
        return vec(along, side, height + (along - back) * rise)

    def flat(end: float, width: float, tone: str) -> Face:
        corners = ((back, -width), (end, -width), (end, width), (back, width))
        points = [at(along, side, 0.12) for along, side in corners]
        return Face(np.array(points), tone, vec(0, 0, 1), "behind")

    def rear(width: float, low: float, tone: str) -> Face:
        corners = ((-width, low), (width, low), (width, 0.12), (-width, 0.12))
        points = [at(back, side, height) for side, height in corners]
        return Face(np.array(points), tone, vec(-1, 0, 0), "behind")

    def foot(side: float) -> list[Part]:
        top, toe = at(front - 0.16, side, 0.06), vec(front - 0.12, side, 0.03)
        return _rods(0.05, DARK, [top, toe])

    def upright(side: float) -> list[Part]:
        low, top = at(front - 0.08, side, 0.10), vec(front + 0.04, side, 1.12 + high)
        rail = vec(front - 0.42, side, 1.02 + high)
        grip = rail + (top - rail) * 0.5
        return [*_rods(0.045, METAL, [low, top, rail]), *_rods(0.05, RUBBER, [rail, grip])]

    edge = [(back, 0.03), (front, 0.03), (front, 0.12), (back, 0.12)]
    near = [at(along, -half, height) for along, height in edge]
    parts: list[Part] = [
        *foot(half - 0.03),
        *_feet(back + 0.12, half),
        flat(front, half, METAL),
        flat(front - 0.18, belt, RUBBER),
        rear(half, 0.03, METAL),
        rear(belt, 0.05, RUBBER),
        *upright(half),
        *_slab(at(front - 0.09, 0, 0.17), (0.20, 2 * half, 0.11), DARK, DARK, incline, "behind"),
        *foot(0.03 - half),
        Face(np.array(near), LIGHT, vec(0, -1, 0), "behind"),
        *_slab((front + 0.02, 0, 1.17 + high), (0.20, 2 * half, 0.05), LIGHT, DARK, 55),
        *upright(-half),
    ]
    anchors = {
        "belt": at(x, 0.0, 0.12),
        "rail_r": vec(front - 0.34, -half, 1.06 + high),
        "rail_l": vec(front - 0.34, half, 1.06 + high),
    }
    return Prop(parts, anchors, ordered=True)


def rower(x: float = 0.0, seat: float = -0.40, handle: float = 0.15, height: float = 0.70) -> Prop:
    """A rowing machine whose foot plates are at ``x``.

    ``seat`` is the place of the sliding seat's middle on the rail; ``handle`` and ``height``
    are the place of the bar that the hands draw.
    """
    grip, wheel = vec(x + handle, 0, height), vec(x + 0.54, 0, 0.42)
    cord = np.array([wheel + vec(-0.10, 0, 0.20), grip])

    def plate(side: float) -> list[Sequence[Point]]:
        return [[(x - 0.075, side, 0.135), (x + 0.13, side, 0.36)]]

    frame: list[Sequence[Point]] = [
        [(x - 1.22, 0.18, 0.03), (x - 1.22, -0.18, 0.03)],
        [(x - 1.22, 0, 0.03), (x - 1.17, 0, 0.26)],
        [(x + 0.54, 0.24, 0.03), (x + 0.54, -0.24, 0.03)],
        [(x + 0.54, 0, 0.03), (x + 0.52, 0, 0.34)],
        [(x + 0.52, 0, 0.62), (x + 0.42, 0, 1.00)],
    ]
    parts: list[Part] = [
        *_rods(0.045, DARK, *frame, *plate(0.11)),
        *_slab((x - 0.44, 0, 0.29), (1.60, 0.08, 0.07), METAL, METAL, 1.5, "behind"),
        _disc(wheel, 0.27, METAL),
        _disc(wheel, 0.17, LIGHT),
        *_console(x + 0.39, 1.04, 70, 0.20),
        Tube(cord, 0.0, DARK),
        *_slab((x + seat, 0, 0.365), (0.26, 0.24, 0.07), RUBBER, RUBBER, 0, "behind"),
        *_rods(0.045, DARK, *plate(-0.11)),
        *_rods(0.036, DARK, [grip + vec(0, 0.24, 0), grip + vec(0, -0.24, 0)]),
    ]
    anchors = {"seat": vec(x + seat, 0, 0.40), "handle": grip}
    for side, s in (("l", 1), ("r", -1)):
        anchors[f"grip_{side}"] = grip + vec(0, s * 0.13, 0)
        anchors[f"heel_{side}"] = vec(x - 0.045, s * 0.11, 0.185)
        anchors[f"ball_{side}"] = vec(x + 0.07, s * 0.11, 0.311)
    return Prop(parts, anchors, ordered=True)


def stair_climber(x: float = 0.0, phase: float = 0.0) -> Prop:
    """A stair machine that goes up towards +x; anchors ``tread_1`` to ``tread_3`` from below.

    ``phase`` says how far the stairs have sunk, from 0 to 1 stair.
    """
    run, rise, half = 0.25, 0.20, 0.28
    first = vec(x - 0.44 - run * phase, 0, 0.24 - rise * phase)
    tops = [first + vec(run, 0, rise) * n for n in range(3)]
    across, ahead = vec(0, half, 0), vec(run, 0, 0)
    stairs: list[Part] = [
        Face(
            np.array([p - across, p + ahead - across, p + ahead + across, p + across]),
            LIGHT,
            vec(0, 0, 1),
            "behind",
        )
        for p in tops
    ]
    line = [p + vec(0, 0, down) for p in tops for down in (-rise, 0)]
    line[0][2] = 0.02
    end = tops[-1] + vec(0.62, 0, 0)
    side = np.array([*line, end, vec(end[0], 0, 0.02)]) - across

    def rail(y: float) -> list[Part]:
        top, low = (x + 0.66, y, 1.58), (x + 0.70, y, 0.10)
        return _rods(0.05, DARK, [low, top, (x - 0.02, y, 1.30)])

    parts: list[Part] = [
        *rail(half),
        *_slab((x + 0.68, 0, 1.62), (0.24, 2 * half, 0.06), DARK, DARK, 60),
        *stairs,
        Face(side, METAL, vec(0, -1, 0), "behind"),
        *rail(-half),
    ]
    anchors = {f"tread_{n}": top + vec(run / 2, 0, 0) for n, top in enumerate(tops, 1)}
    for name, s in (("l", 1), ("r", -1)):
        anchors[f"rail_{name}"] = vec(x + 0.06, s * half, 1.36)
    return Prop(parts, anchors, ordered=True)


def railing(
    x: float = 0.0,
    y: float = 0.44,
    length: float = 1.1,
    height: float = 0.97,
    along: str = "x",
    layer: str = "auto",
) -> Prop:
    """A railing: two posts and a rail, ``along`` x or y, with its middle at (x, y).

    ``layer`` says whether it is all behind or all in front of the figure.
    """
    way = {"x": vec(1, 0, 0), "y": vec(0, 1, 0)}[along] * length / 2
    middle = vec(x, y, height)
    down = vec(0, 0, height)
    posts = [(middle + way * share - down, middle + way * share) for share in (0.8, -0.8)]
    rail = [middle + way, middle - way]
    parts = [*_rods(0.04, METAL, *posts, layer=layer), *_rods(0.05, METAL, rail, layer=layer)]
    return Prop(parts, {"rail": middle}, ordered=True)


def pool_floor(
    x: float = 0.0, y: float = 0.0, length: float = 1.2, turn: float = 0.0, depth: float = 0.0
) -> Prop:
    """The floor of a pool as a line at height ``-depth``; ``turn`` by the camera's azimuth."""
    way = vec(np.cos(np.radians(turn)), np.sin(np.radians(turn)), 0) * length / 2
    middle = vec(x, y, -depth)
    ends = np.array([middle - way, middle + way])
    return Prop([Tube(ends, 0.0, DARK, round=False, layer="behind")])


def kickboard(
    frames: Frames, at: list[float] | None = None, ahead: float = 0.10, tilt: float = 0.0
) -> Prop:
    """A swimming board that lies flat: ``at`` a place, or under both hands.

    ``ahead`` is how far its middle is beyond the hands, ``tilt`` lifts its front in degrees.
    """
    hands = (landmark(frames, "palm_l") + landmark(frames, "palm_r")) / 2
    c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    long, wide, up = vec(c, 0, s), vec(0, 1, 0), vec(-s, 0, c)
    middle = hands + long * ahead - up * 0.03 if at is None else np.array(at, float)
    rim = [
        middle + long * a + wide * b
        for a, b in (
            (-0.22, -0.14),
            (0.12, -0.14),
            (0.21, -0.08),
            (0.23, 0.0),
            (0.21, 0.08),
            (0.12, 0.14),
            (-0.22, 0.14),
        )
    ]
    thick = up * 0.022
    parts: list[Part] = []
    for start, end in pairwise([*rim, rim[0]]):
        corners = [start - thick, end - thick, end + thick, start + thick]
        parts.append(Face(np.array(corners), "board_side", np.cross(end - start, up)))
    for side, tone in ((-1, "board_side"), (1, "board")):
        parts.append(Face(np.array([p + thick * side for p in rim]), tone, up * side))
    return Prop(parts, {"board": middle}, ordered=True)


def snorkel(frames: Frames, side: str = "r") -> Prop:
    """A diving mask over the eyes and a snorkel beside the head.

    Both are drawn over the figure: ``side`` is the one that the viewer sees, r or l.
    """
    s = -1.0 if side == "r" else 1.0

    def on_head(*points: tuple[float, float, float]) -> Array:
        return np.array([frames.point("head", (a, s * b, c)) for a, b, c in points])

    skirt = on_head(
        (0.060, 0.068, 0.128), (0.112, 0.056, 0.130), (0.128, 0.052, 0.032), (0.066, 0.068, 0.052)
    )
    glass = on_head(
        (0.112, 0.056, 0.130), (0.128, 0.052, 0.032), (0.128, -0.052, 0.032), (0.112, -0.056, 0.130)
    )
    tube = on_head(
        (0.105, 0.020, 0.012),
        (0.128, 0.055, -0.006),
        (0.095, 0.098, 0.006),
        (0.030, 0.108, 0.070),
        (-0.090, 0.108, 0.140),
        (-0.300, 0.108, 0.235),
    )
    parts: list[Part] = [
        Face(skirt, RUBBER, layer="front"),
        Face(glass, LIGHT, frames.direction("head", (1, 0, 0)), "front"),
        Tube(tube, 0.026, "belt", layer="front"),
    ]
    return Prop(parts, ordered=True)


MACHINES: dict[str, Callable[..., Prop]] = {
    builder.__name__: builder
    for builder in (
        bike,
        recumbent_bike,
        elliptical,
        treadmill,
        rower,
        stair_climber,
        railing,
        pool_floor,
        kickboard,
        snorkel,
    )
}
"""Builders of machines by name; ``kickboard`` and ``snorkel`` are built from the body."""
