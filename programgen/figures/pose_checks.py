"""Checks that reject impossible or misleading poses, and pictures that cost too much.

Each check returns plain-language findings; an empty list means nothing was found.
"""

from __future__ import annotations

import numpy as np

from programgen.figures.body import SHOE, build_blobs
from programgen.figures.overlap import PAIRS, overlaps
from programgen.figures.posing import Posed
from programgen.figures.skeleton import (
    DOF_HI,
    DOF_LO,
    DOF_NAMES,
    JOINT_INDEX,
    centre_of_mass,
    landmark,
)
from programgen.figures.solving import FLOOR_POINTS

MAX_KILOBYTES, MAX_ELEMENTS = 8.0, 60


def check_limits(posed: Posed) -> list[str]:
    """Joint angles outside the anatomical range."""
    out = []
    for name, value, lo, hi in zip(DOF_NAMES, posed.pose.angles, DOF_LO, DOF_HI):
        if value < lo - 0.5 or value > hi + 0.5:
            out.append(f"{name} is {value:.0f} degrees, outside {lo:.0f}..{hi:.0f}")
    return out


def check_pins(posed: Posed, metres: float = 0.02, degrees: float = 20.0) -> list[str]:
    """Pins the solver could not satisfy: the pose data contradict each other."""
    out = []
    for constraint in posed.constraints:
        error = constraint.error(posed.frames)
        if constraint.aim and error > degrees:
            out.append(f"{constraint.aim} misses its direction by {error:.0f} degrees")
        elif constraint.point and error > metres:
            out.append(f"{constraint.point} misses its place by {error * 100:.1f} cm")
    return out


def check_floor(posed: Posed, tolerance: float = 0.03) -> list[str]:
    """Body parts sunk into the floor."""
    if any(p.water is not None for p in posed.props):
        return []
    out = []
    for blob in build_blobs():
        if blob.material == SHOE or blob.joint.startswith(("finger", "tip")):
            continue
        a = posed.frames.point(blob.joint, blob.a)
        if blob.radii is not None:
            axes = posed.frames.rotation[JOINT_INDEX[blob.joint]] * np.array(blob.radii)
            low = a[2] - np.linalg.norm(axes[2])
        else:
            assert blob.b is not None
            b = posed.frames.point(blob.joint_b or blob.joint, blob.b)
            low = min(a[2] - blob.ra, b[2] - blob.rb)
        if low < -tolerance:
            out.append(f"{blob.name} is {-low * 100:.0f} cm below the floor")
    for name in FLOOR_POINTS:
        z = landmark(posed.frames, name)[2]
        if z < -tolerance:
            out.append(f"{name} is {-z * 100:.0f} cm below the floor")
    return out


def check_intersections(posed: Posed, tolerance: float = 0.035) -> list[str]:
    """Limbs that run through each other or through the trunk."""
    return [
        f"{a} and {b} overlap by {depth * 100:.0f} cm"
        for (a, b), depth in zip(PAIRS, overlaps(posed.frames))
        if depth > tolerance
    ]


def check_props(posed: Posed, tolerance: float = 0.025) -> list[str]:
    """Body points inside solid props."""
    out = []
    for prop in posed.props:
        for low, high in prop.solids:
            for name in FLOOR_POINTS:
                p = landmark(posed.frames, name)
                depth = float(np.minimum(p - low, high - p).min())
                if depth > tolerance:
                    out.append(f"{name} is {depth * 100:.0f} cm inside a prop")
    return out


def _outside(point: np.ndarray, points: np.ndarray) -> float:
    """Distance (metres) of a plane point outside the convex hull of others (0 inside)."""
    best = -np.inf
    for angle in np.linspace(0, 2 * np.pi, 72, endpoint=False):
        d = np.array([np.cos(angle), np.sin(angle)])
        best = max(best, float(point @ d - (points @ d).max()))
    return max(best, 0.0)


def check_balance(posed: Posed, tolerance: float = 0.05) -> list[str]:
    """Whether the body would fall over: centre of mass against the supporting points."""
    if posed.support in ("none", "machine"):
        return []
    contact = [
        landmark(posed.frames, n)[:2] for n in FLOOR_POINTS if landmark(posed.frames, n)[2] < 0.02
    ]
    contact += [
        landmark(posed.frames, p.point)[:2]
        for p in posed.constraints
        if p.point and p.z is not None
    ]
    if not contact:
        return ["nothing touches the floor"]
    gap = _outside(centre_of_mass(posed.frames)[:2], np.array(contact))
    return [f"off balance by {gap * 100:.0f} cm"] if gap > tolerance else []


def check_pose(posed: Posed) -> list[str]:
    """All checks of one pose."""
    return (
        check_limits(posed)
        + check_pins(posed)
        + check_floor(posed)
        + check_intersections(posed)
        + check_props(posed)
        + check_balance(posed)
    )


def check_poses(poses: tuple[Posed, ...]) -> list[tuple[int, str]]:
    """Return all findings of a figure's poses: number of the pose from 0, and what is wrong."""
    return [(i, finding) for i, posed in enumerate(poses) for finding in check_pose(posed)]


def check_drawing(drawing) -> list[str]:
    """Size limits of a finished picture."""
    out = []
    if drawing.kilobytes > MAX_KILOBYTES:
        out.append(f"{drawing.kilobytes:.1f} KB, more than {MAX_KILOBYTES:.0f}")
    if drawing.elements > MAX_ELEMENTS:
        out.append(f"{drawing.elements} elements, more than {MAX_ELEMENTS}")
    return out
