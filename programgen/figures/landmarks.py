"""Named points and directions of the body, and its centre of mass."""

from collections.abc import Mapping, Sequence

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.skeleton import JOINT_INDEX, JOINTS, Frames, Vec

Spot = tuple[str, Vec]
"""A joint, and a place (metres) or a direction in its frame."""

_LEFT_POINTS: Mapping[str, Spot] = {
    "heel": ("ankle", (-0.045, 0.0, -0.085)),
    "sole": ("ankle", (0.055, 0.0, -0.085)),
    "ball": ("toe", (0.0, 0.0, -0.023)),
    "toes": ("toe", (0.060, 0.0, -0.020)),
    "toe_top": ("toe", (0.03, 0.0, 0.02)),
    "instep": ("ankle", (0.07, 0.0, -0.005)),
    "foot_outer": ("ankle", (0.06, 0.045, -0.05)),
    "foot_inner": ("ankle", (0.06, -0.045, -0.05)),
    "ankle_outer": ("ankle", (0.0, 0.042, 0.0)),
    "ankle_inner": ("ankle", (0.0, -0.042, 0.0)),
    "calf": ("knee", (-0.062, 0.0, -0.13)),
    "shin": ("knee", (0.045, 0.0, -0.15)),
    "knee_front": ("knee", (0.058, 0.0, 0.0)),
    "knee_cap": ("knee", (0.045, 0.0, -0.045)),
    "knee_outer": ("knee", (0.0, 0.056, 0.0)),
    "knee_inner": ("knee", (0.0, -0.056, 0.0)),
    "thigh_front": ("hip", (0.08, 0.0, -0.24)),
    "thigh_low": ("hip", (0.072, 0.0, -0.33)),
    "thigh_back": ("hip", (-0.085, 0.0, -0.24)),
    "buttock": ("pelvis", (-0.115, 0.075, -0.045)),
    "sit_bone": ("pelvis", (-0.045, 0.075, -0.115)),
    "hip_side": ("pelvis", (0.0, 0.168, -0.015)),
    "shoulder_side": ("shoulder", (0.0, 0.056, 0.0)),
    "shoulder_back": ("shoulder", (-0.07, -0.03, 0.0)),
    "elbow": ("elbow", (-0.042, 0.0, 0.0)),
    "elbow_tip": ("elbow", (-0.03, 0.0, 0.03)),
    "forearm": ("elbow", (-0.036, 0.0, -0.13)),
    "wrist_under": ("wrist", (0.0, -0.026, 0.0)),
    "palm": ("wrist", (0.0, -0.018, -0.055)),
    "fingers": ("finger", (0.0, -0.012, -0.04)),
    "fingertips": ("tip", (0.0, 0.0, -0.05)),
    "grip": ("wrist", (0.0, -0.035, -0.075)),
    "hand_back": ("wrist", (0.0, 0.018, -0.055)),
    "fist": ("wrist", (-0.035, 0.0, -0.06)),
}
_MIDDLE_POINTS: Mapping[str, Spot] = {
    "pelvis": ("pelvis", (0.0, 0.0, 0.0)),
    "sacrum": ("pelvis", (-0.118, 0.0, 0.04)),
    "pubis": ("pelvis", (0.10, 0.0, 0.02)),
    "belly": ("lumbar1", (0.125, 0.0, 0.05)),
    "low_back": ("lumbar2", (-0.085, 0.0, 0.0)),
    "upper_back": ("thorax2", (-0.118, 0.0, 0.0)),
    "breastbone": ("thorax2", (0.115, 0.0, 0.0)),
    "head_back": ("head", (-0.105, 0.0, 0.085)),
    "crown": ("head", (0.0, 0.0, 0.195)),
    "forehead": ("head", (0.105, 0.0, 0.12)),
    "nose": ("head", (0.135, 0.0, 0.06)),
    "chin": ("head", (0.10, 0.0, -0.005)),
    "ear_l": ("head", (0.0, 0.085, 0.075)),
    "ear_r": ("head", (0.0, -0.085, 0.075)),
}

_MIDDLE_DIRECTIONS: Mapping[str, Spot] = {
    "face": ("head", (1, 0, 0)),
    "crown": ("head", (0, 0, 1)),
    "chest": ("thorax2", (1, 0, 0)),
    "chest_left": ("thorax2", (0, 1, 0)),
    "pelvis_front": ("pelvis", (1, 0, 0)),
    "pelvis_left": ("pelvis", (0, 1, 0)),
    "pelvis_up": ("pelvis", (0, 0, 1)),
}
_LEFT_DIRECTIONS: Mapping[str, Spot] = {
    "thigh": ("hip", (0, 0, -1)),
    "knee_front": ("hip", (1, 0, 0)),
    "shank": ("knee", (0, 0, -1)),
    "toes": ("ankle", (1, 0, 0)),
    "sole": ("ankle", (0, 0, -1)),
    "toe_pad": ("toe", (0, 0, -1)),
    "upper_arm": ("shoulder", (0, 0, -1)),
    "forearm": ("elbow", (0, 0, -1)),
    "fingers": ("wrist", (0, 0, -1)),
    "palm": ("wrist", (0, -1, 0)),
    "thumb": ("wrist", (1, 0, 0)),
}


def _both_sides(left: Mapping[str, Spot]) -> dict[str, Spot]:
    """Return left spots under their name with ``_l``, and mirrored with ``_r``."""
    out = {}
    for side, sign in (("l", 1.0), ("r", -1.0)):
        for name, (joint, (x, y, z)) in left.items():
            own = joint if joint in JOINT_INDEX else f"{joint}_{side}"
            out[f"{name}_{side}"] = (own, (x, sign * y, z))
    return out


_SURFACE: Mapping[str, Spot] = {**_MIDDLE_POINTS, **_both_sides(_LEFT_POINTS)}

LANDMARKS: Mapping[str, Spot] = {
    **_SURFACE,
    **{j.name: (j.name, (0.0, 0.0, 0.0)) for j in JOINTS if j.name not in _SURFACE},
}
"""Points on the surface of the body, and its joints, by the names that pose files use."""

DIRECTIONS: Mapping[str, Spot] = {**_MIDDLE_DIRECTIONS, **_both_sides(_LEFT_DIRECTIONS)}
"""Directions (unit vectors) of the body by name."""


def landmark(frames: Frames, name: str) -> Array:
    """Return the world place (..., 3) of a named body point, in metres."""
    joint, local = LANDMARKS[name]
    return frames.point(joint, local)


def direction(frames: Frames, name: str) -> Array:
    """Return the world direction (..., 3), a unit vector, of a named body direction."""
    joint, local = DIRECTIONS[name]
    return frames.direction(joint, local)


_LIMB_MASSES = (
    ("shoulder", "elbow", 0.028, 0.44),
    ("elbow", "wrist", 0.016, 0.43),
    ("wrist", "tip", 0.006, 0.5),
    ("hip", "knee", 0.100, 0.43),
    ("knee", "ankle", 0.0465, 0.43),
    ("ankle", "toe", 0.0145, 0.5),
)
_MASSES: Sequence[tuple[str, str, float, float]] = (
    ("pelvis", "thorax2", 0.497, 0.5),
    ("head", "head", 0.081, 0.0),
    *((f"{a}_{s}", f"{b}_{s}", mass, at) for s in "lr" for a, b, mass, at in _LIMB_MASSES),
)
"""Segments between two joints: share of the body's mass, and where along them it lies."""


def centre_of_mass(frames: Frames) -> Array:
    """Return the centre of mass (..., 3) in metres, from the masses of the segments."""
    total = sum(mass for _, _, mass, _ in _MASSES)
    out: Array = np.zeros(3)
    for a, b, mass, at in _MASSES:
        out = out + mass * (frames.point(a) + (frames.point(b) - frames.point(a)) * at)
    return out / total
