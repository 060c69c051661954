"""Pose solver: authored joint angles bent as little as needed to satisfy constraints.

A *constraint* fixes a body point, a body direction or the contact of two body points. Authored
angles are kept stiffly, angles that only come from the base posture are soft, joint limits
are never exceeded, body points are kept above the floor and limbs apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from programgen.figures.overlap import overlaps
from programgen.figures.skeleton import (
    DOF_HI,
    DOF_INDEX,
    DOF_LO,
    DOF_NAMES,
    LANDMARKS,
    Frames,
    Pose,
    centre_of_mass,
    direction,
    forward_kinematics,
    landmark,
    rotation_vector,
)


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
    to: tuple[float, float, float] | None = None
    balance: str | None = None
    weight: float = 1.0

    def residual(self, frames: Frames) -> np.ndarray:
        """Scaled error (..., k); 1 is about 3 mm or 3 degrees."""
        if self.aim is not None:
            target = np.asarray(self.to, float)
            target = target / np.linalg.norm(target)
            return (direction(frames, self.aim) - target) * (20.0 * self.weight)
        if self.balance is not None:
            return (centre_of_mass(frames) - landmark(frames, self.balance))[..., :2] * (
                60.0 * self.weight
            )
        assert self.point is not None, "a constraint needs a point, an aim or a balance"
        p = landmark(frames, self.point)
        if self.touch is not None:
            d = p - landmark(frames, self.touch)
            if self.gap:
                return (np.linalg.norm(d, axis=-1, keepdims=True) - self.gap) * (
                    330.0 * self.weight
                )
            return d * (330.0 * self.weight)
        axes = [i for i, v in enumerate((self.x, self.y, self.z)) if v is not None]
        target = np.array([(self.x, self.y, self.z)[i] for i in axes])
        return (p[..., axes] - target) * (330.0 * self.weight)

    def error(self, frames: Frames) -> float:
        """Remaining error, in metres (points) or degrees (directions)."""
        if self.balance is not None:
            return float(np.linalg.norm(self.residual(frames))) / (60.0 * self.weight)
        r = float(np.linalg.norm(self.residual(frames))) / max(self.weight, 1e-9)
        return np.degrees(2 * np.arcsin(min(r / 20.0 / 2, 1.0))) if self.aim else r / 330.0


# Points that must stay above the floor.
FLOOR_POINTS = tuple(
    n
    for n in LANDMARKS
    if n.rsplit("_", 1)[0]
    in {
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
    or n
    in {
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


@dataclass
class Problem:
    """A pose to solve: the start pose, which angles are authored, and the constraints."""

    start: Pose
    authored: set[str] = field(default_factory=set)
    constraints: list[Constraint] = field(default_factory=list)
    floor: float | None = 0.0
    root_rotation: float = 8.0  # degrees the trunk may tilt at unit cost
    root_shift: float = 0.5  # metres the pelvis may move at unit cost
    stiff: float = 5.0  # degrees at unit cost, authored angles
    soft: float = 22.0  # degrees at unit cost, other angles


def solve(problem: Problem, iterations: int = 60) -> Pose:
    """Levenberg-Marquardt over joint angles, pelvis shift and pelvis rotation."""
    start = problem.start
    if not problem.constraints:
        return start.copy()
    n = len(DOF_NAMES)
    lo = np.concatenate([DOF_LO, np.full(6, -np.inf)])
    hi = np.concatenate([DOF_HI, np.full(6, np.inf)])
    x0 = np.concatenate([np.clip(start.angles, DOF_LO, DOF_HI), np.zeros(6)])
    width = np.full(n + 6, problem.soft)
    for name in problem.authored:
        width[DOF_INDEX[name]] = problem.stiff
    for name, i in DOF_INDEX.items():
        joint, dof = name.split(".")
        if name in problem.authored:
            continue
        if dof in ("abd", "rot") and joint.startswith("hip"):
            width[i] = 9.0
        if dof in ("abd", "rot") and joint.startswith("shoulder"):
            width[i] = 16.0
        if joint.startswith(("lumbar", "thorax", "neck", "head", "clavicle")):
            width[i] = 5.0 if not joint.startswith("clavicle") else 8.0
        if joint.startswith(("finger", "tip", "toe")) or dof in ("dev", "inv"):
            width[i] = 8.0
    width[n : n + 3] = problem.root_shift * 100  # shift is stored in centimetres
    width[n + 3 :] = problem.root_rotation

    def frames_for(x: np.ndarray) -> Frames:
        turn = rotation_vector(x[..., n + 3 :])
        return forward_kinematics(
            x[..., :n], start.position + x[..., n : n + 3] / 100, turn @ start.orientation
        )

    def residuals(x: np.ndarray) -> np.ndarray:
        frames = frames_for(x)
        parts = [(x - x0) / width]
        parts += [constraint.residual(frames) for constraint in problem.constraints]
        if problem.floor is not None:
            z = np.stack([landmark(frames, p)[..., 2] for p in FLOOR_POINTS], -1) - problem.floor
            parts.append(np.minimum(z, 0.0) * 300.0)
        parts.append(np.maximum(overlaps(frames) - 0.005, 0.0) * 120.0)
        return np.concatenate(parts, -1)

    x, damping = x0.copy(), 1e-2
    r = residuals(x)
    cost = r @ r
    steps = np.eye(n + 6) * 0.05
    for _ in range(iterations):
        jac = ((residuals(x + steps) - r) / 0.05).T
        gradient, normal = jac.T @ r, jac.T @ jac
        improved = False
        for _ in range(8):
            step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-9), -gradient)
            step = np.clip(step, -25, 25)
            trial = np.clip(x + step, lo, hi)
            r_trial = residuals(trial)
            c = r_trial @ r_trial
            if c < cost:
                done = cost - c < 1e-5 * cost
                x, r, cost, damping, improved = trial, r_trial, c, max(damping / 3, 1e-7), True
                break
            damping *= 4
        if not improved or done:
            break
    turn = rotation_vector(x[n + 3 :])
    return Pose(x[:n].copy(), start.position + x[n : n + 3] / 100, turn @ start.orientation)


def interpolate(a: Pose, b: Pose, t: float) -> Pose:
    """Pose between two poses: linear angles and position, shortest rotation of the pelvis."""
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
