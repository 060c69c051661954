"""Overlap between limbs, as capsules; used by the solver and by the checks."""

from __future__ import annotations

import numpy as np

from programgen.figures.skeleton import Frames

# Segment -> (joint, local offset, joint, local offset, radius); metres.
_Local = tuple[float, float, float]
SEGMENTS: dict[str, tuple[str, _Local, str, _Local, float]] = {
    "belly": ("pelvis", (0.0, 0.0, 0.02), "thorax1", (0.0, 0.0, 0.0), 0.085),
    "chest": ("thorax1", (0.0, 0.0, 0.0), "thorax2", (0.0, 0.0, 0.05), 0.090),
    "head": ("head", (0.0, 0.0, 0.09), "head", (0.03, 0.0, 0.05), 0.080),
}
for _s in "lr":
    SEGMENTS |= {
        f"upper_arm_{_s}": (f"shoulder_{_s}", (0, 0, -0.05), f"elbow_{_s}", (0, 0, 0), 0.040),
        f"forearm_{_s}": (f"elbow_{_s}", (0, 0, -0.03), f"wrist_{_s}", (0, 0, 0), 0.030),
        f"hand_{_s}": (f"wrist_{_s}", (0, 0, -0.03), f"tip_{_s}", (0, 0, 0), 0.014),
        f"thigh_{_s}": (f"hip_{_s}", (0, 0, -0.06), f"knee_{_s}", (0, 0, 0.02), 0.060),
        f"shank_{_s}": (f"knee_{_s}", (0, 0, -0.04), f"ankle_{_s}", (0, 0, 0), 0.040),
        f"foot_{_s}": (f"ankle_{_s}", (0.02, 0, -0.05), f"toe_{_s}", (0, 0, 0), 0.030),
    }
_JOINED = {
    frozenset(p)
    for p in (
        ("belly", "chest"),
        ("chest", "head"),
        ("thigh_l", "thigh_r"),
        *(
            (a.replace("*", s), b.replace("*", s))
            for s in "lr"
            for a, b in (
                ("chest", "upper_arm_*"),
                ("belly", "thigh_*"),
                ("chest", "thigh_*"),
                ("upper_arm_*", "forearm_*"),
                ("forearm_*", "hand_*"),
                ("thigh_*", "shank_*"),
                ("shank_*", "foot_*"),
                ("head", "upper_arm_*"),
                ("thigh_*", "foot_*"),
            )
        ),
    )
}
_NAMES = list(SEGMENTS)
PAIRS: list[tuple[str, str]] = [
    (a, b)
    for i, a in enumerate(_NAMES)
    for b in _NAMES[i + 1 :]
    if frozenset((a, b)) not in _JOINED
]
_FIRST = np.array([_NAMES.index(a) for a, _ in PAIRS])
_SECOND = np.array([_NAMES.index(b) for _, b in PAIRS])
_RADIUS = np.array([SEGMENTS[n][4] for n in _NAMES])


def overlaps(frames: Frames) -> np.ndarray:
    """Depth (metres, positive where they overlap) of each pair in PAIRS; keeps batch axes."""
    a = np.stack([frames.point(s[0], s[1]) for s in SEGMENTS.values()], -2)
    b = np.stack([frames.point(s[2], s[3]) for s in SEGMENTS.values()], -2)
    p1, d1 = a[..., _FIRST, :], (b - a)[..., _FIRST, :]
    p2, d2 = a[..., _SECOND, :], (b - a)[..., _SECOND, :]
    r = p1 - p2
    aa, ee, bb = (d1 * d1).sum(-1) + 1e-12, (d2 * d2).sum(-1) + 1e-12, (d1 * d2).sum(-1)
    c, f = (d1 * r).sum(-1), (d2 * r).sum(-1)
    s = np.clip((bb * f - c * ee) / np.maximum(aa * ee - bb * bb, 1e-9), 0, 1)
    t = np.clip((bb * s + f) / ee, 0, 1)
    s = np.clip((bb * t - c) / aa, 0, 1)
    gap = np.linalg.norm(r + d1 * s[..., None] - d2 * t[..., None], axis=-1)
    return _RADIUS[_FIRST] + _RADIUS[_SECOND] - gap
