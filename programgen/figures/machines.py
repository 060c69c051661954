"""Machines in a gym and things in a pool, built from the same parts as simpler props."""

from collections.abc import Callable

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.props import Face, Part, Prop, Tube, circle, vec


def bike(x: float = 0.0, crank: float = 90.0, seat: float = 0.90) -> Prop:
    """An upright exercise bike facing +x.

    ``crank`` is the right pedal's angle: 0 forward, 90 up.
    """
    hub = vec(x + 0.10, 0, 0.33)
    arm, half = 0.17, 0.12
    c = np.radians(crank)
    right = hub + vec(np.cos(c) * arm, -half, np.sin(c) * arm)
    left = hub + vec(-np.cos(c) * arm, half, -np.sin(c) * arm)
    saddle = vec(x - 0.16, 0, seat)
    wheel = vec(x + 0.50, 0, 0.31)
    metal, dark = "metal", "metal_dark"
    parts: list[Part] = [
        Tube(np.array([[x - 0.34, -0.22, 0.03], [x - 0.34, 0.22, 0.03]]), 0.05, dark),
        Tube(np.array([[x + 0.72, -0.22, 0.03], [x + 0.72, 0.22, 0.03]]), 0.05, dark),
        Tube(np.array([[x - 0.34, 0, 0.05], [x + 0.72, 0, 0.05]]), 0.05, metal, round=False),
        Tube(np.array([left + vec(0, -0.05, 0), hub + vec(0, half - 0.05, 0)]), 0.03, dark),
        Tube(np.array([left + vec(-0.055, 0, -0.014), left + vec(0.055, 0, -0.014)]), 0.028, dark),
        Tube(
            np.array([[x - 0.03, 0, 0.05], [x - 0.15, 0, seat - 0.06]]), 0.055, metal, round=False
        ),
        Tube(np.array([[x - 0.01, 0, 0.14], hub, wheel]), 0.055, metal, round=False),
        Face(circle(wheel, 0.24, 36), "metal"),
        Face(circle(wheel, 0.16, 36), "metal_light"),
        Tube(np.array([[x + 0.51, 0, 0.30], [x + 0.45, 0, 1.08]]), 0.05, metal, round=False),
        Tube(np.array([[x + 0.49, 0, 1.17], [x + 0.54, 0, 1.26]]), 0.09, dark),
        Tube(
            np.array([saddle + vec(-0.10, 0, -0.03), saddle + vec(0.15, 0, -0.035)]),
            0.075,
            dark,
            layer="behind",
        ),
        Tube(
            np.array([[x + 0.46, 0, 1.07], [x + 0.44, 0.19, 1.07], [x + 0.54, 0.22, 1.11]]),
            0.03,
            dark,
            round=False,
        ),
        Tube(
            np.array([[x + 0.46, 0, 1.07], [x + 0.44, -0.19, 1.07], [x + 0.54, -0.22, 1.11]]),
            0.03,
            dark,
            round=False,
        ),
        Tube(np.array([hub + vec(0, -half + 0.05, 0), right + vec(0, 0.05, 0)]), 0.03, dark),
        Tube(
            np.array([right + vec(-0.055, 0, -0.014), right + vec(0.055, 0, -0.014)]), 0.028, dark
        ),
    ]
    anchors = {
        "pedal_r": right + vec(0, 0, 0.004),
        "pedal_l": left + vec(0, 0, 0.004),
        "saddle": saddle + vec(0, 0, 0.01),
        "grip_l": vec(x + 0.49, 0.205, 1.10),
        "grip_r": vec(x + 0.49, -0.205, 1.10),
    }
    return Prop(parts, anchors)


def elliptical(x: float = 0.0, phase: float = 0.0) -> Prop:
    """A rear-drive elliptical trainer facing +x.

    ``phase`` (degrees): 0 has the right foot forward.
    """
    metal, dark = "metal", "metal_dark"
    wheel = vec(x - 0.66, 0, 0.36)
    parts: list[Part] = [
        Tube(np.array([[x - 0.86, -0.2, 0.03], [x - 0.86, 0.2, 0.03]]), 0.05, dark),
        Tube(np.array([[x + 0.72, -0.2, 0.03], [x + 0.72, 0.2, 0.03]]), 0.05, dark),
        Tube(np.array([[x - 0.86, 0, 0.05], [x + 0.72, 0, 0.05]]), 0.05, metal, round=False),
        Face(circle(wheel, 0.27, 36), "metal"),
        Face(circle(wheel, 0.10, 28), "metal_light"),
        Tube(np.array([[x + 0.66, 0, 0.05], [x + 0.56, 0, 1.22]]), 0.06, metal, round=False),
        Tube(np.array([[x + 0.55, 0, 1.22], [x + 0.60, 0, 1.33]]), 0.09, dark),
    ]
    anchors = {}
    for side, s, turn in (("l", 1, np.pi), ("r", -1, 0.0)):
        a = np.radians(phase) + turn
        y = s * 0.14
        rear = wheel + vec(0.21 * np.cos(a), y, 0.17 * np.sin(a))
        front = vec(x + 0.40 + 0.21 * np.cos(a), y, 0.30)
        pivot = vec(x + 0.58, s * 0.16, 0.86)
        lean = (front[0] - x - 0.40) * 0.75
        top = vec(pivot[0] - 0.08 - lean, s * 0.23, 1.40)
        foot = rear + (front - rear) * 0.60 + vec(0, 0, 0.035)
        parts += [
            Tube(np.array([rear, front]), 0.036, metal, round=False),
            Tube(
                np.array([front, pivot, pivot + (top - pivot) * 0.55 + vec(0.05, 0, 0), top]),
                0.034,
                dark,
                round=False,
            ),
            Tube(np.array([foot + vec(-0.15, 0, -0.012), foot + vec(0.16, 0, -0.012)]), 0.03, dark),
        ]
        anchors[f"pedal_{side}"] = foot + vec(0, 0, 0.004)
        anchors[f"grip_{side}"] = top + vec(0.012, 0, -0.05)
    return Prop(parts, anchors)


def treadmill(x: float = 0.0, incline: float = 0.0) -> Prop:
    """A treadmill facing +x; ``incline`` in degrees. The anchor ``belt`` is the belt's middle."""
    rise = np.tan(np.radians(incline))
    long, half = 1.5, 0.34
    back, front = x - long / 2, x + long / 2

    def at(along: float, side: float, height: float) -> Array:
        return vec(along, side, height + (along - back) * rise)

    deck = [
        Face(
            np.array(
                [
                    at(back, -half, 0.12),
                    at(front, -half, 0.12),
                    at(front, half, 0.12),
                    at(back, half, 0.12),
                ]
            ),
            "metal_dark",
            vec(0, 0, 1),
            "behind",
        ),
        Face(
            np.array(
                [
                    at(back, -half, 0.03),
                    at(front, -half, 0.03),
                    at(front, -half, 0.12),
                    at(back, -half, 0.12),
                ]
            ),
            "metal",
            vec(0, -1, 0),
            "behind",
        ),
        Face(
            np.array(
                [
                    at(back, -half, 0.03),
                    at(back, half, 0.03),
                    at(back, half, 0.12),
                    at(back, -half, 0.12),
                ]
            ),
            "metal",
            vec(-1, 0, 0),
            "behind",
        ),
    ]
    uprights: list[Face | Tube] = [
        Tube(
            np.array(
                [
                    at(front - 0.08, side, 0.1),
                    vec(front + 0.04, side, 1.12 + long * rise * 0.6),
                    vec(front - 0.42, side, 1.02 + long * rise * 0.6),
                ]
            ),
            0.04,
            "metal",
            round=False,
        )
        for side in (half, -half)
    ]
    high = 1.18 + long * rise * 0.6
    console = Face(
        np.array(
            [
                vec(front - 0.02, -half, high - 0.1),
                vec(front + 0.06, -half, high + 0.08),
                vec(front + 0.06, half, high + 0.08),
                vec(front - 0.02, half, high - 0.1),
            ]
        ),
        "metal_dark",
    )
    return Prop(
        [*deck, uprights[0], console, uprights[1]],
        {
            "belt": at(x, 0.0, 0.12),
            "rail_r": vec(front - 0.40, -half, 1.02 + long * rise * 0.6),
            "rail_l": vec(front - 0.40, half, 1.02 + long * rise * 0.6),
        },
        ordered=True,
    )


MACHINES: dict[str, Callable[..., Prop]] = {
    builder.__name__: builder for builder in (bike, elliptical, treadmill)
}
"""Builders of machines by name."""
