"""Overlap between limbs, as capsules; used by the solver and by the checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.skeleton import Frames, Vec


@dataclass(frozen=True)
class Segment:
    """A capsule between two places in joint frames, in metres."""

    joint: str
    at: Vec
    to_joint: str
    to: Vec
    radius: float


def _limbs(s: str) -> dict[str, Segment]:
    """Return the segments of the limbs of one side ("l" or "r")."""
    middle = (0.0, 0.0, 0.0)
    return {
        f"upper_arm_{s}": Segment(f"shoulder_{s}", (0, 0, -0.05), f"elbow_{s}", middle, 0.040),
        f"forearm_{s}": Segment(f"elbow_{s}", (0, 0, -0.03), f"wrist_{s}", middle, 0.030),
        f"hand_{s}": Segment(f"wrist_{s}", (0, 0, -0.03), f"tip_{s}", middle, 0.014),
        f"thigh_{s}": Segment(f"hip_{s}", (0, 0, -0.06), f"knee_{s}", (0, 0, 0.02), 0.060),
        f"shank_{s}": Segment(f"knee_{s}", (0, 0, -0.04), f"ankle_{s}", middle, 0.040),
        f"foot_{s}": Segment(f"ankle_{s}", (0.02, 0, -0.05), f"toe_{s}", middle, 0.030),
    }


SEGMENTS: Mapping[str, Segment] = {
    "belly": Segment("pelvis", (0.0, 0.0, 0.02), "thorax1", (0.0, 0.0, 0.0), 0.085),
    "chest": Segment("thorax1", (0.0, 0.0, 0.0), "thorax2", (0.0, 0.0, 0.05), 0.090),
    "head": Segment("head", (0.0, 0.0, 0.09), "head", (0.03, 0.0, 0.05), 0.080),
    **_limbs("l"),
    **_limbs("r"),
}
"""The body as capsules."""

_NEIGHBOURS = (
    ("chest", "upper_arm"),
    ("belly", "thigh"),
    ("chest", "thigh"),
    ("upper_arm", "forearm"),
    ("forearm", "hand"),
    ("thigh", "shank"),
    ("shank", "foot"),
    ("head", "upper_arm"),
    ("thigh", "foot"),
)


def _on_side(segment: str, side: str) -> str:
    return segment if segment in SEGMENTS else f"{segment}_{side}"


_JOINED = {
    frozenset(pair)
    for pair in (
        ("belly", "chest"),
        ("chest", "head"),
        ("thigh_l", "thigh_r"),
        *((_on_side(a, side), _on_side(b, side)) for side in "lr" for a, b in _NEIGHBOURS),
    )
}
"""Segments that always overlap, or whose flesh gives way."""

PAIRS: Sequence[tuple[str, str]] = [
    (a, b) for a, b in combinations(SEGMENTS, 2) if frozenset((a, b)) not in _JOINED
]
"""Segments that must not run through each other."""

_NAMES = list(SEGMENTS)
_FIRST = np.array([_NAMES.index(a) for a, _ in PAIRS])
_SECOND = np.array([_NAMES.index(b) for _, b in PAIRS])
_RADIUS = np.array([segment.radius for segment in SEGMENTS.values()])


def overlaps(frames: Frames) -> Array:
    """Return how deep (..., pairs) each pair in PAIRS overlaps, in metres.

    It is negative where they are apart; batch axes are kept.
    """
    a = np.stack([frames.point(s.joint, s.at) for s in SEGMENTS.values()], -2)
    b = np.stack([frames.point(s.to_joint, s.to) for s in SEGMENTS.values()], -2)
    gap = _distance(
        (a[..., _FIRST, :], (b - a)[..., _FIRST, :]), (a[..., _SECOND, :], (b - a)[..., _SECOND, :])
    )
    out: Array = _RADIUS[_FIRST] + _RADIUS[_SECOND] - gap
    return out


def _distance(one: tuple[Array, Array], other: tuple[Array, Array]) -> Array:
    """Return the distance (..., n) between lines, each as starts and ways to the ends."""
    (p1, d1), (p2, d2) = one, other
    r = p1 - p2
    aa, ee, bb = (d1 * d1).sum(-1) + 1e-12, (d2 * d2).sum(-1) + 1e-12, (d1 * d2).sum(-1)
    c, f = (d1 * r).sum(-1), (d2 * r).sum(-1)
    s = np.clip((bb * f - c * ee) / np.maximum(aa * ee - bb * bb, 1e-9), 0, 1)
    t = np.clip((bb * s + f) / ee, 0, 1)
    s = np.clip((bb * t - c) / aa, 0, 1)
    out: Array = np.linalg.norm(r + d1 * s[..., None] - d2 * t[..., None], axis=-1)
    return out
