"""Base postures from which poses are authored.

``front`` and ``head`` are the world directions of the pelvis' front and of the head end;
``height`` is the pelvis height in metres. Angles are clinical, in degrees.
"""

from __future__ import annotations

import numpy as np

from programgen.figures.skeleton import HIP_HEIGHT, Pose

UP, DOWN = (0, 0, 1), (0, 0, -1)


def _both(**joints: dict[str, float]) -> dict[str, dict[str, float]]:
    """Same angles for the left and right joint."""
    return {f"{name}_{side}": angles for name, angles in joints.items() for side in "lr"}


_RELAXED_ARMS = _both(
    shoulder={"abd": 7, "flex": 2}, elbow={"flex": 12, "pron": 15}, fingers={"curl": 35}
)

BASES: dict[str, dict] = {
    "standing": {"front": (1, 0, 0), "head": UP, "height": HIP_HEIGHT, "joints": _RELAXED_ARMS},
    "supine": {
        "front": UP,
        "head": (-1, 0, 0),
        "height": 0.118,
        "joints": {
            **_both(
                shoulder={"abd": 18},
                elbow={"flex": 8, "pron": 60},
                fingers={"curl": 20},
                ankle={"flex": -18},
            ),
            "neck": {"flex": 8},
        },
    },
    "hook_lying": {
        "front": UP,
        "head": (-1, 0, 0),
        "height": 0.118,
        "joints": {
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
    },
    "prone": {
        "front": DOWN,
        "head": (1, 0, 0),
        "height": 0.105,
        "joints": _both(
            shoulder={"abd": 20}, elbow={"flex": 10}, ankle={"flex": -55}, fingers={"curl": 15}
        ),
    },
    "side_right": {"front": (0, -1, 0), "head": (-1, 0, 0), "height": 0.168, "joints": {}},
    "side_left": {"front": (0, -1, 0), "head": (1, 0, 0), "height": 0.168, "joints": {}},
    "quadruped": {
        "front": DOWN,
        "head": (1, 0, 0),
        "height": 0.48,
        "joints": {
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
    },
    "sitting": {
        "front": (1, 0, 0),
        "head": UP,
        "height": 0.57,
        "joints": {
            **_both(
                hip={"flex": 88},
                knee={"flex": 88},
                shoulder={"abd": 6, "flex": 20},
                elbow={"flex": 45},
                fingers={"curl": 25},
            )
        },
    },
    "long_sitting": {
        "front": (1, 0, 0),
        "head": UP,
        "height": 0.115,
        "joints": _both(
            hip={"flex": 88}, ankle={"flex": 0}, shoulder={"abd": 8, "flex": 10}, elbow={"flex": 15}
        ),
    },
    "half_kneeling": {
        "front": (1, 0, 0),
        "head": UP,
        "height": 0.50,
        "joints": {
            **_RELAXED_ARMS,
            "hip_l": {"flex": 90},
            "knee_l": {"flex": 90},
            "hip_r": {"flex": 0},
            "knee_r": {"flex": 90},
            "ankle_r": {"flex": -45},
        },
    },
    "kneeling": {
        "front": (1, 0, 0),
        "head": UP,
        "height": 0.48,
        "joints": {**_RELAXED_ARMS, **_both(knee={"flex": 90}, ankle={"flex": -50})},
    },
}


def base_pose(name: str) -> Pose:
    """A fresh pose in a base posture."""
    base = BASES[name]
    pose = Pose()
    front, head = np.array(base["front"], float), np.array(base["head"], float)
    pose.orientation = np.stack([front, np.cross(head, front), head], 1)
    pose.position = np.array([0.0, 0.0, base["height"]])
    for joint, values in base["joints"].items():
        pose.set(joint, values)
    return pose
