"""Postures from which poses are authored."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from programgen.figures.skeleton import HIP_HEIGHT, Pose, Vec

Angles = Mapping[str, Mapping[str, float]]
"""Clinical angles in degrees by joint and movement."""

FORWARD, BACKWARD, RIGHT = (1, 0, 0), (-1, 0, 0), (0, -1, 0)
UP, DOWN = (0, 0, 1), (0, 0, -1)


@dataclass(frozen=True)
class Posture:
    """How the pelvis lies in the world, and how the joints are bent."""

    front: Vec
    """World direction of the pelvis' front."""
    head: Vec
    """World direction of its head end."""
    height: float
    """Height of the pelvis in metres."""
    joints: Angles = field(default_factory=dict)


def _both(**joints: Mapping[str, float]) -> dict[str, Mapping[str, float]]:
    """Return the same angles for the left and right joint."""
    return {f"{name}_{side}": angles for name, angles in joints.items() for side in "lr"}


_RELAXED_ARMS = _both(
    shoulder={"abd": 7, "flex": 2}, elbow={"flex": 12, "pron": 15}, fingers={"curl": 35}
)

POSTURES: Mapping[str, Posture] = {
    "standing": Posture(FORWARD, UP, HIP_HEIGHT, _RELAXED_ARMS),
    "supine": Posture(
        UP,
        BACKWARD,
        0.118,
        {
            **_both(
                shoulder={"abd": 18},
                elbow={"flex": 8, "pron": 60},
                fingers={"curl": 20},
                ankle={"flex": -18},
            ),
            "neck": {"flex": 8},
        },
    ),
    "hook_lying": Posture(
        UP,
        BACKWARD,
        0.118,
        {
            **_both(
                shoulder={"abd": 18},
                elbow={"flex": 8, "pron": 60},
                fingers={"curl": 15},
                hip={"flex": 52},
                knee={"flex": 96},
                ankle={"flex": -44},
            ),
            "neck": {"flex": 8},
        },
    ),
    "prone": Posture(
        DOWN,
        FORWARD,
        0.105,
        _both(shoulder={"abd": 20}, elbow={"flex": 10}, ankle={"flex": -55}, fingers={"curl": 15}),
    ),
    "side_right": Posture(RIGHT, BACKWARD, 0.168),
    "side_left": Posture(RIGHT, FORWARD, 0.168),
    "quadruped": Posture(
        DOWN,
        FORWARD,
        0.48,
        {
            **_both(
                hip={"flex": 90},
                knee={"flex": 90},
                ankle={"flex": -50},
                shoulder={"flex": 90},
                wrist={"flex": -85},
                elbow={"pron": 0},
            ),
            "neck": {"flex": -12},
            "head": {"flex": -12},
        },
    ),
    "sitting": Posture(
        FORWARD,
        UP,
        0.57,
        _both(
            hip={"flex": 88},
            knee={"flex": 88},
            shoulder={"abd": 6, "flex": 20},
            elbow={"flex": 45},
            fingers={"curl": 25},
        ),
    ),
    "long_sitting": Posture(
        FORWARD,
        UP,
        0.115,
        _both(
            hip={"flex": 88}, ankle={"flex": 0}, shoulder={"abd": 8, "flex": 10}, elbow={"flex": 15}
        ),
    ),
    "half_kneeling": Posture(
        FORWARD,
        UP,
        0.50,
        {
            **_RELAXED_ARMS,
            "hip_l": {"flex": 90},
            "knee_l": {"flex": 90},
            "hip_r": {"flex": 0},
            "knee_r": {"flex": 90},
            "ankle_r": {"flex": -45},
        },
    ),
    "kneeling": Posture(
        FORWARD,
        UP,
        0.48,
        {**_RELAXED_ARMS, **_both(knee={"flex": 90}, ankle={"flex": -50})},
    ),
}
"""Every posture by the name that pose files use."""


def base_pose(name: str) -> Pose:
    """Return a fresh pose in a posture."""
    posture = POSTURES[name]
    pose = Pose()
    front, head = np.array(posture.front, float), np.array(posture.head, float)
    pose.orientation = np.stack([front, np.cross(head, front), head], 1)
    pose.position = np.array([0.0, 0.0, posture.height])
    for joint, values in posture.joints.items():
        pose.set(joint, values)
    return pose
