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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from programgen.figures.arrays import Array

X, Y, Z = 0, 1, 2

Vec = tuple[float, float, float]
"""x, y, z in metres, or a direction."""


@dataclass(frozen=True)
class Dof:
    """One degree of freedom of a joint, in degrees."""

    name: str
    """flex, abd, rot, …"""
    axis: int
    """Axis of the rotation: X, Y or Z of the joint."""
    sign: float
    """+1 or -1: turns the clinical angle into a right-handed one."""
    lo: float
    hi: float
    """Limits of the clinical angle."""


@dataclass(frozen=True)
class Joint:
    """A joint with its rotations."""

    name: str
    parent: str | None
    offset: Vec
    """Place in the frame of the parent joint, in metres."""
    dofs: tuple[Dof, ...] = ()


THIGH, SHANK, ANKLE_HEIGHT = 0.425, 0.405, 0.085
UPPER_ARM, FOREARM, PALM = 0.285, 0.250, 0.085
HIP_HALF_WIDTH = 0.088
HIP_HEIGHT = THIGH + SHANK + ANKLE_HEIGHT
"""Lengths of the segments of a figure 1.72 m tall, in metres."""


def _spine(back: float, forward: float, side: float, turn: float) -> tuple[Dof, ...]:
    """Degrees of freedom of a spine joint from its limits in degrees."""
    return (
        Dof("flex", Y, 1, back, forward),
        Dof("side", X, -1, -side, side),
        Dof("rot", Z, 1, -turn, turn),
    )


def _sided(name: str, axis: int, sign: float, lo: float, hi: float, side: str) -> Dof:
    """Return a degree of freedom of a limb; turning about x and z is mirrored on the right."""
    return Dof(name, axis, sign if axis == Y or side == "l" else -sign, lo, hi)


def _leg(side: str) -> list[Joint]:
    """Return the joints of the leg of one side ("l" or "r")."""
    m = 1.0 if side == "l" else -1.0
    hip = (
        _sided("flex", Y, -1, -30, 135, side),
        _sided("abd", X, 1, -35, 65, side),
        _sided("rot", Z, 1, -45, 70, side),
    )
    knee = (_sided("flex", Y, 1, -3, 158, side),)
    ankle = (_sided("flex", Y, -1, -60, 40, side), _sided("inv", X, -1, -25, 30, side))
    toe = (_sided("ext", Y, -1, -25, 80, side),)
    return [
        Joint(f"hip_{side}", "pelvis", (0.0, m * HIP_HALF_WIDTH, 0.0), hip),
        Joint(f"knee_{side}", f"hip_{side}", (0.0, 0.0, -THIGH), knee),
        Joint(f"ankle_{side}", f"knee_{side}", (0.0, 0.0, -SHANK), ankle),
        Joint(f"toe_{side}", f"ankle_{side}", (0.125, 0.0, -0.062), toe),
    ]


def _arm(side: str) -> list[Joint]:
    """Return the joints of the arm of one side ("l" or "r")."""
    m = 1.0 if side == "l" else -1.0
    clavicle = (_sided("elev", X, 1, -10, 35, side), _sided("prot", Z, -1, -25, 30, side))
    shoulder = (
        _sided("flex", Y, -1, -60, 190, side),
        _sided("abd", X, 1, -50, 185, side),
        _sided("rot", Z, 1, -100, 100, side),
    )
    elbow = (_sided("flex", Y, -1, -4, 152, side), _sided("pron", Z, -1, -90, 90, side))
    wrist = (_sided("flex", X, -1, -90, 85, side), _sided("dev", Y, -1, -35, 30, side))
    finger = (_sided("curl", X, -1, -20, 100, side),)
    thumb = (_sided("flex", X, -1, -20, 70, side), _sided("in", Y, 1, -20, 70, side))
    tip = (_sided("curl", X, -1, -10, 110, side),)
    return [
        Joint(f"clavicle_{side}", "thorax2", (0.012, m * 0.02, 0.074), clavicle),
        Joint(f"shoulder_{side}", f"clavicle_{side}", (-0.012, m * 0.140, 0.000), shoulder),
        Joint(f"elbow_{side}", f"shoulder_{side}", (0.0, 0.0, -UPPER_ARM), elbow),
        Joint(f"wrist_{side}", f"elbow_{side}", (0.0, 0.0, -FOREARM), wrist),
        Joint(f"finger_{side}", f"wrist_{side}", (0.0, 0.0, -PALM), finger),
        Joint(f"thumb_{side}", f"wrist_{side}", (0.046, -m * 0.016, -0.056), thumb),
        Joint(f"tip_{side}", f"finger_{side}", (0.0, 0.0, -0.042), tip),
    ]


JOINTS: tuple[Joint, ...] = (
    Joint("pelvis", None, (0.0, 0.0, 0.0)),
    Joint("lumbar1", "pelvis", (-0.020, 0.0, 0.085), _spine(-22, 30, 15, 8)),
    Joint("lumbar2", "lumbar1", (0.004, 0.0, 0.095), _spine(-22, 30, 15, 8)),
    Joint("thorax1", "lumbar2", (-0.004, 0.0, 0.100), _spine(-15, 25, 15, 20)),
    Joint("thorax2", "thorax1", (-0.010, 0.0, 0.110), _spine(-15, 25, 15, 20)),
    Joint("neck", "thorax2", (-0.010, 0.0, 0.122), _spine(-45, 45, 35, 50)),
    Joint("head", "neck", (0.024, 0.0, 0.092), _spine(-35, 35, 15, 45)),
    *_leg("l"),
    *_arm("l"),
    *_leg("r"),
    *_arm("r"),
)
"""Every joint after its parent."""

JOINT_INDEX = {joint.name: i for i, joint in enumerate(JOINTS)}
DOF_NAMES: tuple[str, ...] = tuple(f"{j.name}.{d.name}" for j in JOINTS for d in j.dofs)
DOF_INDEX = {name: i for i, name in enumerate(DOF_NAMES)}
DOF_LO = np.array([d.lo for j in JOINTS for d in j.dofs])
DOF_HI = np.array([d.hi for j in JOINTS for d in j.dofs])
"""The angles that a pose consists of, such as ``knee_l.flex``, and their limits in degrees."""

SPREAD: Mapping[str, tuple[tuple[str, float], ...]] = {
    "lumbar": (("lumbar1", 0.5), ("lumbar2", 0.5)),
    "thorax": (("thorax1", 0.5), ("thorax2", 0.5)),
    "spine": (("lumbar1", 0.28), ("lumbar2", 0.28), ("thorax1", 0.22), ("thorax2", 0.22)),
    "fingers_l": (("finger_l", 0.5), ("tip_l", 0.5)),
    "fingers_r": (("finger_r", 0.5), ("tip_r", 0.5)),
}
"""Names in pose files that spread one clinical angle over several joints, with the shares."""


def rotation(axis: int, degrees: Array | float) -> Array:
    """Return rotation matrices (..., 3, 3) about a coordinate axis."""
    a = np.radians(np.asarray(degrees, float))
    c, s = np.cos(a), np.sin(a)
    out = np.zeros((*a.shape, 3, 3))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    out[..., axis, axis] = 1.0
    out[..., i, i] = out[..., j, j] = c
    out[..., j, i], out[..., i, j] = s, -s
    return out


def rotation_vector(vectors: Array) -> Array:
    """Return rotation matrices (..., 3, 3) from rotation vectors (..., 3) in degrees."""
    v = np.radians(np.asarray(vectors, float))
    angle = np.linalg.norm(v, axis=-1)[..., None, None]
    k = np.zeros((*v.shape[:-1], 3, 3))
    k[..., 0, 1], k[..., 0, 2], k[..., 1, 2] = -v[..., 2], v[..., 1], -v[..., 0]
    k = k - np.swapaxes(k, -1, -2)
    safe = np.maximum(angle, 1e-9)
    out: Array = np.eye(3) + np.sin(safe) / safe * k + (1 - np.cos(safe)) / safe**2 * (k @ k)
    return out


@dataclass
class Pose:
    """A posture: joint angles, and where the pelvis is."""

    angles: Array = field(default_factory=lambda: np.zeros(len(DOF_NAMES)))
    """Clinical angles in degrees, in the order of DOF_NAMES."""
    position: Array = field(default_factory=lambda: np.array([0.0, 0.0, HIP_HEIGHT]))
    """World place (3,) of the pelvis in metres."""
    orientation: Array = field(default_factory=lambda: np.eye(3))
    """Columns: world directions of the pelvis' front, left and head end."""

    def copy(self) -> "Pose":
        """Return a pose that can be changed on its own."""
        return Pose(self.angles.copy(), self.position.copy(), self.orientation.copy())

    def set(self, joint: str, values: Mapping[str, float]) -> list[str]:
        """Set clinical angles of a joint or of a group in SPREAD; returns the names set."""
        touched = []
        for part, share in SPREAD.get(joint, ((joint, 1.0),)):
            for dof, value in values.items():
                name = f"{part}.{dof}"
                self.angles[DOF_INDEX[name]] = value * share
                touched.append(name)
        return touched


@dataclass(frozen=True)
class Frames:
    """Where every joint is; may carry leading batch axes."""

    position: Array
    """World places (..., joints, 3) in metres."""
    rotation: Array
    """World orientations (..., joints, 3, 3)."""

    def point(self, joint: str, local: Iterable[float] = (0.0, 0.0, 0.0)) -> Array:
        """Return the world place (..., 3) of a place in a joint's frame."""
        i = JOINT_INDEX[joint]
        out: Array = self.position[..., i, :] + self.rotation[..., i, :, :] @ _array(local)
        return out

    def direction(self, joint: str, local: Iterable[float]) -> Array:
        """Return the world direction (..., 3) of a direction in a joint's frame."""
        out: Array = self.rotation[..., JOINT_INDEX[joint], :, :] @ _array(local)
        return out


def _array(local: Iterable[float]) -> Array:
    return np.asarray(local, float)


def _arm_rhythm(arm: Array, side: float) -> Array:
    """Return how the shoulder blade moves with the arm: clavicle rotation (..., 3, 3).

    ``arm`` is the humerus direction in the chest frame; the shoulder rises up to about
    30 degrees overhead and comes forward when the arm reaches forward or across.
    """
    elevation = np.degrees(np.arccos(np.clip(-arm[..., 2], -1, 1)))
    lift = np.clip((elevation - 40) * 0.24, 0, 32)
    forward = np.clip(arm[..., 0], -0.4, 1.0) * 10 + np.clip(-side * arm[..., 1], 0, 1) * 14
    out: Array = rotation(Z, -side * forward) @ rotation(X, side * lift)
    return out


def _local_rotations(angles: Array) -> list[Array]:
    """Return each joint's rotation (..., 3, 3) against its parent."""
    out, column = [], 0
    for joint in JOINTS:
        local: Array = np.eye(3)
        for dof in joint.dofs:
            local = local @ rotation(dof.axis, dof.sign * angles[..., column])
            column += 1
        out.append(local)
    return out


def forward_kinematics(angles: Array, position: Array, orientation: Array) -> Frames:
    """Return the joint frames of one pose, or of a batch of poses (leading axes are kept)."""
    angles = np.asarray(angles, float)
    lead = angles.shape[:-1]
    place = np.zeros((*lead, len(JOINTS), 3))
    turn = np.zeros((*lead, len(JOINTS), 3, 3))
    for index, (joint, local) in enumerate(zip(JOINTS, _local_rotations(angles), strict=True)):
        if joint.parent is None:
            place[..., index, :], turn[..., index, :, :] = position, orientation
            continue
        parent = JOINT_INDEX[joint.parent]
        carry = base = turn[..., parent, :, :]
        if joint.name.startswith("shoulder"):
            # Angles of the arm are relative to the chest, not to the shoulder blade.
            base = turn[..., JOINT_INDEX["thorax2"], :, :]
            side = 1.0 if joint.name.endswith("l") else -1.0
            carry = carry @ _arm_rhythm(-local[..., :, 2], side)
        offset = (carry @ np.array(joint.offset)[..., None])[..., 0]
        place[..., index, :] = place[..., parent, :] + offset
        turn[..., index, :, :] = base @ local
    return Frames(place, turn)


def frames_of(pose: Pose) -> Frames:
    """Return the joint frames of one pose."""
    return forward_kinematics(pose.angles, pose.position, pose.orientation)
