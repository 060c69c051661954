"""Kinematic skeleton of the mannequin: joints, angles, limits and forward kinematics.

Conventions
-----------
* Lengths in metres, angles in degrees.
* World and joint axes, figure standing in its rest pose: x forward, y to the figure's
  left, z up. The floor is z = 0. In the rest pose (all angles 0) every joint frame is
  parallel to the world frame, arms hang, palms face the thighs.
* Angles are clinical: flexion, abduction, external rotation, dorsiflexion and pronation
  are positive, on both sides of the body; the left/right sign is applied here.
* A rotation is composed parent first, in the order the degrees of freedom are listed
  (``flex`` about the parent's side axis, then ``abd``, then ``rot`` about the limb).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

X, Y, Z = 0, 1, 2


@dataclass(frozen=True)
class Dof:
    """One degree of freedom: rotation axis, sign for the left side, limits in degrees."""

    name: str
    axis: int
    sign: float
    lo: float
    hi: float


@dataclass(frozen=True)
class Joint:
    """A joint: offset from its parent joint (metres, parent frame) and its rotations."""

    name: str
    parent: str | None
    offset: tuple[float, float, float]
    dofs: tuple[Dof, ...] = ()


# Segment lengths (metres) of a 1.72 m figure.
THIGH, SHANK, ANKLE_HEIGHT = 0.425, 0.405, 0.085
UPPER_ARM, FOREARM, PALM = 0.285, 0.250, 0.085
HIP_HALF_WIDTH = 0.088
HIP_HEIGHT = THIGH + SHANK + ANKLE_HEIGHT


def _spine(back: float, forward: float, side: float, turn: float) -> tuple[Dof, ...]:
    """Degrees of freedom of a spine joint from its limits in degrees."""
    return (
        Dof("flex", Y, 1, back, forward),
        Dof("side", X, -1, -side, side),
        Dof("rot", Z, 1, -turn, turn),
    )


def _limb(side: str) -> list[Joint]:
    """Joints of the arm and leg of one side ("l" or "r")."""
    m = 1.0 if side == "l" else -1.0  # mirrors y offsets, abduction and rotation

    def dof(name: str, axis: int, sign: float, lo: float, hi: float) -> Dof:
        return Dof(name, axis, sign if axis == Y else sign * m, lo, hi)

    return [
        Joint(
            f"hip_{side}",
            "pelvis",
            (0.0, m * HIP_HALF_WIDTH, 0.0),
            (dof("flex", Y, -1, -30, 135), dof("abd", X, 1, -35, 65), dof("rot", Z, 1, -45, 70)),
        ),
        Joint(f"knee_{side}", f"hip_{side}", (0.0, 0.0, -THIGH), (dof("flex", Y, 1, -3, 158),)),
        Joint(
            f"ankle_{side}",
            f"knee_{side}",
            (0.0, 0.0, -SHANK),
            (dof("flex", Y, -1, -60, 40), dof("inv", X, -1, -25, 30)),
        ),
        Joint(f"toe_{side}", f"ankle_{side}", (0.125, 0.0, -0.062), (dof("ext", Y, -1, -25, 80),)),
        Joint(
            f"clavicle_{side}",
            "thorax2",
            (0.012, m * 0.02, 0.074),
            (dof("elev", X, 1, -10, 35), dof("prot", Z, -1, -25, 30)),
        ),
        Joint(
            f"shoulder_{side}",
            f"clavicle_{side}",
            (-0.012, m * 0.140, 0.000),
            (dof("flex", Y, -1, -60, 190), dof("abd", X, 1, -50, 185), dof("rot", Z, 1, -100, 100)),
        ),
        Joint(
            f"elbow_{side}",
            f"shoulder_{side}",
            (0.0, 0.0, -UPPER_ARM),
            (dof("flex", Y, -1, -4, 152), dof("pron", Z, -1, -90, 90)),
        ),
        Joint(
            f"wrist_{side}",
            f"elbow_{side}",
            (0.0, 0.0, -FOREARM),
            (dof("flex", X, -1, -90, 85), dof("dev", Y, -1, -35, 30)),
        ),
        Joint(
            f"finger_{side}", f"wrist_{side}", (0.0, 0.0, -PALM), (dof("curl", X, -1, -20, 100),)
        ),
        Joint(
            f"thumb_{side}",
            f"wrist_{side}",
            (0.046, -m * 0.016, -0.056),
            (dof("flex", X, -1, -20, 70), dof("in", Y, 1, -20, 70)),
        ),
        Joint(f"tip_{side}", f"finger_{side}", (0.0, 0.0, -0.042), (dof("curl", X, -1, -10, 110),)),
    ]


JOINTS: tuple[Joint, ...] = (
    Joint("pelvis", None, (0.0, 0.0, 0.0)),
    Joint("lumbar1", "pelvis", (-0.020, 0.0, 0.085), _spine(-22, 30, 15, 8)),
    Joint("lumbar2", "lumbar1", (0.004, 0.0, 0.095), _spine(-22, 30, 15, 8)),
    Joint("thorax1", "lumbar2", (-0.004, 0.0, 0.100), _spine(-15, 25, 15, 20)),
    Joint("thorax2", "thorax1", (-0.010, 0.0, 0.110), _spine(-15, 25, 15, 20)),
    Joint("neck", "thorax2", (-0.010, 0.0, 0.122), _spine(-45, 45, 35, 50)),
    Joint("head", "neck", (0.024, 0.0, 0.092), _spine(-35, 35, 15, 45)),
    *_limb("l"),
    *_limb("r"),
)
JOINT_INDEX = {joint.name: i for i, joint in enumerate(JOINTS)}
DOF_NAMES: tuple[str, ...] = tuple(f"{j.name}.{d.name}" for j in JOINTS for d in j.dofs)
DOF_INDEX = {name: i for i, name in enumerate(DOF_NAMES)}
DOF_LO = np.array([d.lo for j in JOINTS for d in j.dofs])
DOF_HI = np.array([d.hi for j in JOINTS for d in j.dofs])

# Authoring names that spread one clinical angle over several skeleton joints.
SPREAD: dict[str, tuple[tuple[str, float], ...]] = {
    "lumbar": (("lumbar1", 0.5), ("lumbar2", 0.5)),
    "thorax": (("thorax1", 0.5), ("thorax2", 0.5)),
    "spine": (("lumbar1", 0.28), ("lumbar2", 0.28), ("thorax1", 0.22), ("thorax2", 0.22)),
    "fingers_l": (("finger_l", 0.5), ("tip_l", 0.5)),
    "fingers_r": (("finger_r", 0.5), ("tip_r", 0.5)),
}


def rotation(axis: int, degrees: np.ndarray | float) -> np.ndarray:
    """Rotation matrices (..., 3, 3) about a coordinate axis."""
    a = np.radians(np.asarray(degrees, float))
    c, s = np.cos(a), np.sin(a)
    out = np.zeros(a.shape + (3, 3))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    out[..., axis, axis] = 1.0
    out[..., i, i] = out[..., j, j] = c
    out[..., j, i], out[..., i, j] = s, -s
    return out


def rotation_vector(vectors: np.ndarray) -> np.ndarray:
    """Rotation matrices (..., 3, 3) from rotation vectors (..., 3) in degrees."""
    v = np.radians(np.asarray(vectors, float))
    angle = np.linalg.norm(v, axis=-1)[..., None, None]
    k = np.zeros(v.shape[:-1] + (3, 3))
    k[..., 0, 1], k[..., 0, 2], k[..., 1, 2] = -v[..., 2], v[..., 1], -v[..., 0]
    k = k - np.swapaxes(k, -1, -2)
    safe = np.maximum(angle, 1e-9)
    return np.eye(3) + np.sin(safe) / safe * k + (1 - np.cos(safe)) / safe**2 * (k @ k)


@dataclass
class Pose:
    """Joint angles (degrees, by ``joint.dof``) with the pelvis position and orientation."""

    angles: np.ndarray = field(default_factory=lambda: np.zeros(len(DOF_NAMES)))
    position: np.ndarray = field(default_factory=lambda: np.array([0.0, 0.0, HIP_HEIGHT]))
    orientation: np.ndarray = field(default_factory=lambda: np.eye(3))

    def copy(self) -> Pose:
        return Pose(self.angles.copy(), self.position.copy(), self.orientation.copy())

    def set(self, joint: str, values: Mapping[str, float]) -> list[str]:
        """Set clinical angles of a joint (or of a group in SPREAD); returns the dof names set."""
        touched = []
        for part, share in SPREAD.get(joint, ((joint, 1.0),)):
            for dof, value in values.items():
                name = f"{part}.{dof}"
                if name not in DOF_INDEX:
                    raise KeyError(f"no such joint angle: {name}")
                self.angles[DOF_INDEX[name]] = value * share
                touched.append(name)
        return touched

    def get(self, name: str) -> float:
        return float(self.angles[DOF_INDEX[name]])


@dataclass
class Frames:
    """World position (metres) and orientation of every joint; may carry a batch axis."""

    position: np.ndarray  # (..., joints, 3)
    rotation: np.ndarray  # (..., joints, 3, 3)

    def point(self, joint: str, local: Iterable[float] = (0.0, 0.0, 0.0)) -> np.ndarray:
        i = JOINT_INDEX[joint]
        return self.position[..., i, :] + self.rotation[..., i, :, :] @ np.asarray(local, float)

    def direction(self, joint: str, local: Iterable[float]) -> np.ndarray:
        return self.rotation[..., JOINT_INDEX[joint], :, :] @ np.asarray(local, float)


def _arm_rhythm(arm: np.ndarray, side: float) -> np.ndarray:
    """Shoulder-blade movement that goes with raising the arm: clavicle rotation (..., 3, 3).

    ``arm`` is the humerus direction in the chest frame; the shoulder rises up to about
    30 degrees overhead and comes forward when the arm reaches forward or across.
    """
    elevation = np.degrees(np.arccos(np.clip(-arm[..., 2], -1, 1)))
    lift = np.clip((elevation - 40) * 0.24, 0, 32)
    forward = np.clip(arm[..., 0], -0.4, 1.0) * 10 + np.clip(-side * arm[..., 1], 0, 1) * 14
    return rotation(Z, -side * forward) @ rotation(X, side * lift)


def forward_kinematics(angles: np.ndarray, position: np.ndarray, orientation: np.ndarray) -> Frames:
    """Joint frames for one pose or a batch of poses (leading axes are kept)."""
    angles = np.asarray(angles, float)
    lead = angles.shape[:-1]
    pos = np.zeros(lead + (len(JOINTS), 3))
    rot = np.zeros(lead + (len(JOINTS), 3, 3))
    column = 0
    for index, joint in enumerate(JOINTS):
        local = np.eye(3)
        for dof in joint.dofs:
            local = local @ rotation(dof.axis, dof.sign * angles[..., column])
            column += 1
        if joint.parent is None:
            pos[..., index, :], rot[..., index, :, :] = position, orientation
            continue
        parent = JOINT_INDEX[joint.parent]
        base = rot[..., parent, :, :]
        if joint.name.startswith("shoulder"):
            # angles of the arm are relative to the chest, not to the shoulder blade
            base_chest = rot[..., JOINT_INDEX["thorax2"], :, :]
            side = 1.0 if joint.name.endswith("l") else -1.0
            rhythm = _arm_rhythm(-local[..., :, 2], side)
            pos[..., index, :] = (
                pos[..., parent, :] + (base @ rhythm @ np.array(joint.offset)[..., None])[..., 0]
            )
            rot[..., index, :, :] = base_chest @ local
            continue
        pos[..., index, :] = (
            pos[..., parent, :] + (base @ np.array(joint.offset)[..., None])[..., 0]
        )
        rot[..., index, :, :] = base @ local
    return Frames(pos, rot)


def frames_of(pose: Pose) -> Frames:
    """Joint frames of one pose."""
    return forward_kinematics(pose.angles, pose.position, pose.orientation)


# Named points on the body surface, used for contacts: (joint, local offset in metres).
# Offsets are for the left side; y is mirrored for the right.
_SIDE_POINTS: dict[str, tuple[str, tuple[float, float, float]]] = {
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
LANDMARKS: dict[str, tuple[str, tuple[float, float, float]]] = {
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
for _side, _m in (("l", 1.0), ("r", -1.0)):
    for _name, (_joint, (_x, _y, _z)) in _SIDE_POINTS.items():
        _j = _joint if _joint in JOINT_INDEX else f"{_joint}_{_side}"
        LANDMARKS[f"{_name}_{_side}"] = (_j, (_x, _m * _y, _z))
for _each in JOINTS:
    LANDMARKS.setdefault(_each.name, (_each.name, (0.0, 0.0, 0.0)))

# Named directions: (joint, local unit vector).
DIRECTIONS: dict[str, tuple[str, tuple[float, float, float]]] = {
    "face": ("head", (1, 0, 0)),
    "crown": ("head", (0, 0, 1)),
    "chest": ("thorax2", (1, 0, 0)),
    "chest_left": ("thorax2", (0, 1, 0)),
    "pelvis_front": ("pelvis", (1, 0, 0)),
    "pelvis_left": ("pelvis", (0, 1, 0)),
    "pelvis_up": ("pelvis", (0, 0, 1)),
}
for _side, _m in (("l", 1.0), ("r", -1.0)):
    DIRECTIONS |= {
        f"thigh_{_side}": (f"hip_{_side}", (0, 0, -1)),
        f"knee_front_{_side}": (f"hip_{_side}", (1, 0, 0)),
        f"shank_{_side}": (f"knee_{_side}", (0, 0, -1)),
        f"toes_{_side}": (f"ankle_{_side}", (1, 0, 0)),
        f"sole_{_side}": (f"ankle_{_side}", (0, 0, -1)),
        f"toe_pad_{_side}": (f"toe_{_side}", (0, 0, -1)),
        f"upper_arm_{_side}": (f"shoulder_{_side}", (0, 0, -1)),
        f"forearm_{_side}": (f"elbow_{_side}", (0, 0, -1)),
        f"fingers_{_side}": (f"wrist_{_side}", (0, 0, -1)),
        f"palm_{_side}": (f"wrist_{_side}", (0, -_m, 0)),
        f"thumb_{_side}": (f"wrist_{_side}", (1, 0, 0)),
    }


def landmark(frames: Frames, name: str) -> np.ndarray:
    """World position (metres) of a named body point."""
    joint, local = LANDMARKS[name]
    return frames.point(joint, local)


def direction(frames: Frames, name: str) -> np.ndarray:
    """World direction (unit vector) of a named body direction."""
    joint, local = DIRECTIONS[name]
    return frames.direction(joint, local)


# Mass of a segment as a share of the body, and its centre along joint a -> joint b.
_MASSES: list[tuple[str, str, float, float]] = [
    ("pelvis", "thorax2", 0.497, 0.5),
    ("head", "head", 0.081, 0.0),
]
for _side in "lr":
    _MASSES += [
        (f"shoulder_{_side}", f"elbow_{_side}", 0.028, 0.44),
        (f"elbow_{_side}", f"wrist_{_side}", 0.016, 0.43),
        (f"wrist_{_side}", f"tip_{_side}", 0.006, 0.5),
        (f"hip_{_side}", f"knee_{_side}", 0.100, 0.43),
        (f"knee_{_side}", f"ankle_{_side}", 0.0465, 0.43),
        (f"ankle_{_side}", f"toe_{_side}", 0.0145, 0.5),
    ]


def centre_of_mass(frames: Frames) -> np.ndarray:
    """Centre of mass (metres) from segment masses."""
    total = sum(m for _, _, m, _ in _MASSES)
    return (
        sum(
            m * (frames.point(a) + (frames.point(b) - frames.point(a)) * t)
            for a, b, m, t in _MASSES
        )
        / total
    )
