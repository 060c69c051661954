"""Pose solver: authored joint angles bent as little as needed to satisfy constraints.

A constraint fixes a body point, a body direction or the contact of two body points.
Authored angles are kept stiffly, angles that only come from the base posture are soft,
joint limits are never exceeded, body points are kept above the floor and limbs apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.landmarks import LANDMARKS, centre_of_mass, direction, landmark
from programgen.figures.overlap import overlaps
from programgen.figures.skeleton import (
    DOF_HI,
    DOF_LO,
    DOF_NAMES,
    Frames,
    Pose,
    Vec,
    forward_kinematics,
    rotation_vector,
)

POINT, AIM, BALANCE = 330.0, 20.0, 60.0
"""Cost of a metre beside its place, of a unit beside its direction, of a metre off balance."""


@dataclass(frozen=True)
class Constraint:
    """One constraint.

    * ``point`` with any of ``x``, ``y``, ``z`` (metres): a body point at a place;
    * ``point`` with ``touch``: two body points ``gap`` metres apart (0: together);
    * ``aim`` with ``to``: a body direction along a world vector;
    * ``balance``: the centre of mass above a body point.
    """

    point: str | None = None
    x: float | None = None
    y: float | None = None
    z: float | None = None
    touch: str | None = None
    gap: float = 0.0
    aim: str | None = None
    to: Vec | None = None
    balance: str | None = None
    weight: float = 1.0

    def residual(self, frames: Frames) -> Array:
        """Return the scaled error (..., k); 1 is about 3 mm or 3 degrees."""
        off, scale = self._off(frames)
        out: Array = off * (scale * self.weight)
        return out

    def _off(self, frames: Frames) -> tuple[Array, float]:
        """Return the error (..., k) and its cost."""
        if self.aim is not None:
            target = np.asarray(self.to, float)
            return direction(frames, self.aim) - target / np.linalg.norm(target), AIM
        if self.balance is not None:
            return (centre_of_mass(frames) - landmark(frames, self.balance))[..., :2], BALANCE
        at = landmark(frames, self.point or "")
        if self.touch is not None:
            apart = at - landmark(frames, self.touch)
            if self.gap:
                apart = np.linalg.norm(apart, axis=-1, keepdims=True) - self.gap
            return apart, POINT
        place = {i: v for i, v in enumerate((self.x, self.y, self.z)) if v is not None}
        return at[..., list(place)] - np.array(list(place.values())), POINT

    def error(self, frames: Frames) -> float:
        """Return what is left, in metres (points, balance) or degrees (directions)."""
        left = float(np.linalg.norm(self.residual(frames))) / self.weight
        if self.aim is not None:
            return float(np.degrees(2 * np.arcsin(min(left / AIM / 2, 1.0))))
        return left / (BALANCE if self.balance is not None else POINT)


_FLOOR_LIMBS = frozenset(
    {
        "heel",
        "ball",
        "toes",
        "toe_top",
        "knee_front",
        "knee_cap",
        "knee_outer",
        "knee_inner",
        "elbow",
        "elbow_tip",
        "palm",
        "hand_back",
        "fingertips",
        "fingers",
        "hip_side",
        "buttock",
        "sit_bone",
        "shoulder_side",
        "shin",
        "calf",
        "fist",
        "thigh_front",
        "thigh_back",
        "foot_outer",
        "foot_inner",
        "instep",
        "forearm",
    }
)
_FLOOR_MIDDLE = frozenset(
    {
        "sacrum",
        "upper_back",
        "head_back",
        "forehead",
        "nose",
        "chin",
        "breastbone",
        "belly",
        "ear_l",
        "ear_r",
    }
)
FLOOR_POINTS = tuple(
    name for name in LANDMARKS if name.rsplit("_", 1)[0] in _FLOOR_LIMBS or name in _FLOOR_MIDDLE
)
"""Body points that must stay above the floor."""


@dataclass(frozen=True)
class Problem:
    """A pose to solve."""

    start: Pose
    authored: frozenset[str] = frozenset()
    """Angles that the author wrote."""
    constraints: Sequence[Constraint] = ()
    floor: float | None = 0.0
    """Height that the body stays above, in metres."""
    root_rotation: float = 8.0
    """Degrees that the pelvis may turn at unit cost."""
    root_shift: float = 0.5
    """Metres that the pelvis may move at unit cost."""
    stiff: float = 5.0
    soft: float = 22.0
    """Degrees at unit cost: authored angles, and others."""


_SPINE = ("lumbar", "thorax", "neck", "head")
_SMALL = ("finger", "tip", "toe")


def _width(name: str, problem: Problem) -> float:
    """Return the degrees that an angle may change at unit cost."""
    if name in problem.authored:
        return problem.stiff
    joint, dof = name.split(".")
    if joint.startswith(_SMALL) or dof in ("dev", "inv"):
        return 8.0
    if joint.startswith(_SPINE):
        return 5.0
    if joint.startswith("clavicle"):
        return 8.0
    if dof in ("abd", "rot"):
        return 9.0 if joint.startswith("hip") else 16.0
    return problem.soft


ANGLES = len(DOF_NAMES)
"""The unknowns are the joint angles, then shift (centimetres) and rotation of the pelvis."""


@dataclass(frozen=True)
class _System:
    """What the unknowns (..., ANGLES + 6) of a problem mean, and what they cost."""

    problem: Problem
    start: Array
    width: Array
    """Change of each unknown at unit cost."""

    @classmethod
    def of(cls, problem: Problem) -> "_System":
        """Return the system of a problem."""
        angles = np.clip(problem.start.angles, DOF_LO, DOF_HI)
        root = [problem.root_shift * 100] * 3 + [problem.root_rotation] * 3
        width = np.array([_width(name, problem) for name in DOF_NAMES] + root)
        return cls(problem, np.concatenate([angles, np.zeros(6)]), width)

    def pose(self, x: Array) -> Pose:
        """Return the pose of unknowns; batch axes are kept."""
        before = self.problem.start
        turn = rotation_vector(x[..., ANGLES + 3 :])
        shift = x[..., ANGLES : ANGLES + 3] / 100
        return Pose(x[..., :ANGLES].copy(), before.position + shift, turn @ before.orientation)

    def residuals(self, x: Array) -> Array:
        """Return everything that is to become small (..., k)."""
        pose = self.pose(x)
        frames = forward_kinematics(pose.angles, pose.position, pose.orientation)
        parts = [(x - self.start) / self.width]
        parts += [constraint.residual(frames) for constraint in self.problem.constraints]
        if self.problem.floor is not None:
            height = np.stack([landmark(frames, p)[..., 2] for p in FLOOR_POINTS], -1)
            parts.append(np.minimum(height - self.problem.floor, 0.0) * 300.0)
        parts.append(np.maximum(overlaps(frames) - 0.005, 0.0) * 120.0)
        return np.concatenate(parts, -1)


ITERATIONS = 60
TRIES = 8
"""Steps of the solver, and how often a step is shortened."""

NUDGE = 0.05
"""Change of an unknown from which its slope is taken."""


def solve(problem: Problem) -> Pose:
    """Return the pose that costs least (Levenberg-Marquardt within the joint limits)."""
    if not problem.constraints:
        return problem.start.copy()
    system = _System.of(problem)
    x, damping = system.start.copy(), 1e-2
    r = system.residuals(x)
    nudges = np.eye(len(x)) * NUDGE
    for _ in range(ITERATIONS):
        slopes = ((system.residuals(x + nudges) - r) / NUDGE).T
        found = _improved(system.residuals, x, r, slopes, damping)
        if found is None:
            break
        cost = r @ r
        x, r, damping = found
        if cost - r @ r < 1e-5 * cost:
            break
    return system.pose(x)


_LOW = np.concatenate([DOF_LO, np.full(6, -np.inf)])
_HIGH = np.concatenate([DOF_HI, np.full(6, np.inf)])


def _improved(
    residuals: Callable[[Array], Array], x: Array, r: Array, slopes: Array, damping: float
) -> tuple[Array, Array, float] | None:
    """Return better unknowns, their residuals and the next damping, or None."""
    gradient, normal = slopes.T @ r, slopes.T @ slopes
    for _ in range(TRIES):
        step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-9), -gradient)
        trial = np.clip(x + np.clip(step, -25, 25), _LOW, _HIGH)
        left = residuals(trial)
        if left @ left < r @ r:
            return trial, left, max(damping / 3, 1e-7)
        damping *= 4
    return None


def interpolate(a: Pose, b: Pose, t: float) -> Pose:
    """Return a pose between two: linear angles and position, shortest turn of the pelvis."""
    turn = b.orientation @ a.orientation.T
    angle = np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))
    axis = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    norm = np.linalg.norm(axis)
    vector = axis / norm * np.degrees(angle) * t if norm > 1e-9 else np.zeros(3)
    return Pose(
        a.angles + (b.angles - a.angles) * t,
        a.position + (b.position - a.position) * t,
        rotation_vector(vector) @ a.orientation,
    )
