"""Checks that reject impossible or misleading poses, and pictures that cost too much.

Each check returns plain-language findings; an empty list means nothing was found.
"""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.body import build_blobs
from programgen.figures.landmarks import centre_of_mass, landmark
from programgen.figures.looks import Look
from programgen.figures.materials import SHOE
from programgen.figures.overlap import PAIRS, overlaps
from programgen.figures.posing import Posed
from programgen.figures.skeleton import DOF_HI, DOF_LO, DOF_NAMES, JOINT_INDEX, Frames
from programgen.figures.solids import Blob, F, pose_blobs
from programgen.figures.solving import FLOOR_POINTS
from programgen.figures.svg_text import Drawing

MAX_KILOBYTES, MAX_ELEMENTS = 8.0, 60

OFF_PLACE, OFF_DIRECTION = 0.02, 20.0
"""Metres and degrees by which a pin may be missed."""

SUNK = 0.03
"""Metres by which the body may sink into the floor."""

ENTERED = 0.025
"""Metres by which a body point may lie inside a prop."""

CROSSED = 0.035
"""Metres by which two limbs may overlap."""

SUNK_IN, HALF_HAND = 0.03, 0.012
"""Metres by which a hand or foot may be sunk into the trunk, and half of its thickness."""

TOUCHING = 0.04
"""Metres between the body and a wall that it leans on."""

FLOATING = 0.06
"""Metres by which the whole body may be above what carries it."""

TIPPED = 0.05
"""Metres by which the centre of mass may lie outside what carries it."""


def check_limits(posed: Posed) -> list[str]:
    """Return joint angles outside the anatomical range."""
    limits = zip(DOF_NAMES, posed.pose.angles, DOF_LO, DOF_HI, strict=True)
    return [
        f"{name} is {value:.0f} degrees, outside {lo:.0f}..{hi:.0f}"
        for name, value, lo, hi in limits
        if value < lo - 0.5 or value > hi + 0.5
    ]


def check_pins(posed: Posed) -> list[str]:
    """Return pins the solver could not satisfy: the pose data contradict each other."""
    out = []
    for constraint in posed.constraints:
        error = constraint.error(posed.frames)
        if constraint.aim and error > OFF_DIRECTION:
            out.append(f"{constraint.aim} misses its direction by {error:.0f} degrees")
        elif constraint.point and error > OFF_PLACE:
            out.append(f"{constraint.point} misses its place by {error * 100:.1f} cm")
    return out


def _lowest(blob: Blob, frames: Frames) -> float:
    """Return the height of the lowest place of a blob, in metres."""
    a = frames.point(blob.joint, blob.at)
    if blob.radii is not None:
        axes = frames.rotation[JOINT_INDEX[blob.joint]] * np.array(blob.radii)
        return float(a[2] - np.linalg.norm(axes[2]))
    assert blob.to is not None, blob.name
    b = frames.point(blob.to_joint or blob.joint, blob.to)
    return float(min(a[2] - blob.ends[0], b[2] - blob.ends[1]))


def check_floor(posed: Posed) -> list[str]:
    """Return body parts sunk into the floor."""
    if any(p.water is not None for p in posed.props):
        return []
    heights = [
        (blob.name, _lowest(blob, posed.frames))
        for blob in build_blobs(Look())
        if blob.material != SHOE and not blob.joint.startswith(("finger", "tip"))
    ]
    heights += [(name, float(landmark(posed.frames, name)[2])) for name in FLOOR_POINTS]
    return [f"{name} is {-z * 100:.0f} cm below the floor" for name, z in heights if z < -SUNK]


def check_intersections(posed: Posed) -> list[str]:
    """Return limbs that run through each other or through the trunk."""
    return [
        f"{a} and {b} overlap by {depth * 100:.0f} cm"
        for (a, b), depth in zip(PAIRS, overlaps(posed.frames), strict=True)
        if depth > CROSSED
    ]


def check_props(posed: Posed) -> list[str]:
    """Return body points inside solid props."""
    depths = [
        (name, _depth(landmark(posed.frames, name), low, high))
        for prop in posed.props
        for low, high in prop.solids
        for name in FLOOR_POINTS
    ]
    return [f"{name} is {d * 100:.0f} cm inside a prop" for name, d in depths if d > ENTERED]


def _depth(point: Array, low: Array, high: Array) -> float:
    """Return how deep a point lies inside a box; negative outside."""
    return float(np.minimum(point - low, high - point).min())


def _outside(point: Array, points: Array) -> float:
    """Return the distance (metres) of a plane point outside the convex hull of others."""
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    ways = np.stack([np.cos(angles), np.sin(angles)])
    return max(float((point @ ways - (points @ ways).max(0)).max()), 0.0)


def _distance(point: Array, low: Array, high: Array) -> float:
    """Return the distance of a point from a box; 0 inside."""
    return float(np.linalg.norm(np.maximum(np.maximum(low - point, point - high), 0.0)))


def _leaning(posed: Posed) -> list[str]:
    """Return the body points that touch a solid prop."""
    boxes = [box for prop in posed.props for box in prop.solids]
    return [
        name
        for name in FLOOR_POINTS
        if any(_distance(landmark(posed.frames, name), *box) < TOUCHING for box in boxes)
    ]


def check_balance(posed: Posed) -> list[str]:
    """Return whether the body would fall over: centre of mass against what carries it.

    Who leans on a wall has it between the feet and what touches the wall.
    """
    if posed.support in ("none", "machine"):
        return []
    low = [name for name in FLOOR_POINTS if landmark(posed.frames, name)[2] < 0.02]
    pinned = [c.point for c in posed.constraints if c.point and c.z is not None]
    leaning = _leaning(posed) if posed.support == "wall" else []
    if posed.support == "wall" and not leaning:
        return ["nothing touches the wall"]
    contact = [landmark(posed.frames, name)[:2] for name in (*low, *pinned, *leaning)]
    if not contact:
        return ["nothing touches the floor"]
    gap = _outside(centre_of_mass(posed.frames)[:2], np.array(contact))
    return [f"off balance by {gap * 100:.0f} cm"] if gap > TIPPED else []


def check_floating(posed: Posed) -> list[str]:
    """Return whether the whole body hangs in the air with nothing to carry it."""
    if posed.support in ("none", "machine"):
        return []
    points = np.array([landmark(posed.frames, name) for name in FLOOR_POINTS])
    places = [at for prop in posed.props for at in prop.anchors.values()]
    gaps = [float(np.linalg.norm(points - at, axis=1).min()) for at in places]
    lowest = float(points[:, 2].min())
    if min([lowest, *gaps]) < FLOATING or _leaning(posed):
        return []
    return [f"the body floats {lowest * 100:.0f} cm above the floor"]


_TRUNK = [
    blob
    for blob in build_blobs(Look())
    if blob.name.startswith(("pelvis", "glute", "belly", "waist", "ribs", "chest"))
]
_ENDS = {
    "hand": (
        ("wrist", (0.0, 0.0, -0.055)),
        ("finger", (0.0, 0.0, -0.02)),
        ("tip", (0.0, 0.0, -0.03)),
    ),
    "foot": (
        ("ankle", (-0.02, 0.0, -0.045)),
        ("ankle", (0.06, 0.0, -0.04)),
        ("toe", (0.02, 0.0, 0.0)),
    ),
}
"""Places in the middle of hands and feet, in joint frames (metres)."""


def check_trunk(posed: Posed) -> list[str]:
    """Return hands and feet sunk into the trunk."""
    trunk = pose_blobs(_TRUNK, posed.frames, np.eye(3))
    out = []
    for part, side in product(_ENDS, "lr"):
        places = [posed.frames.point(f"{joint}_{side}", at) for joint, at in _ENDS[part]]
        at = np.array(places).T.astype(F)
        depth = HALF_HAND - min(float(blob.distance(at).min()) for blob in trunk)
        if depth > SUNK_IN:
            out.append(f"{part}_{side} is {depth * 100:.0f} cm inside the trunk")
    return out


CHECKS: Sequence[Callable[[Posed], list[str]]] = (
    check_limits,
    check_pins,
    check_floor,
    check_intersections,
    check_props,
    check_balance,
    check_floating,
    check_trunk,
)
"""Every check of a pose."""


def check_pose(posed: Posed) -> list[str]:
    """Return all findings of one pose."""
    return [finding for check in CHECKS for finding in check(posed)]


def check_poses(poses: Sequence[Posed]) -> list[tuple[int, str]]:
    """Return all findings of a figure's poses: number of the pose from 0, and what is wrong."""
    return [(i, finding) for i, posed in enumerate(poses) for finding in check_pose(posed)]


def check_drawing(drawing: Drawing) -> list[str]:
    """Return in which ways a finished picture is too large."""
    out = []
    if drawing.kilobytes > MAX_KILOBYTES:
        out.append(f"{drawing.kilobytes:.1f} KB, more than {MAX_KILOBYTES:.0f}")
    if drawing.elements > MAX_ELEMENTS:
        out.append(f"{drawing.elements} elements, more than {MAX_ELEMENTS}")
    return out
