"""Where muscles lie under the surface, so that a picture can tint what works or stretches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.camera import Camera
from programgen.figures.materials import HAIR, SHOE
from programgen.figures.raster import Raster
from programgen.figures.skeleton import JOINT_INDEX, Frames, Vec
from programgen.figures.solids import Blob


@dataclass(frozen=True)
class Area:
    """An ellipsoid in a joint's frame (metres); the surface inside it belongs to the muscle."""

    joint: str
    centre: Vec
    radii: Vec
    on: str
    """trunk, arm, leg or shoe: the part of the body that it lies on."""


_LEFT: Mapping[str, tuple[Area, ...]] = {
    "glute": (
        Area("pelvis", (-0.085, 0.075, -0.015), (0.075, 0.085, 0.10), "trunk"),
        Area("hip", (-0.070, 0.01, -0.05), (0.06, 0.075, 0.07), "leg"),
    ),
    "hip_side": (
        Area("pelvis", (-0.01, 0.120, 0.03), (0.105, 0.080, 0.085), "trunk"),
        Area("hip", (0.0, 0.065, -0.04), (0.080, 0.065, 0.09), "leg"),
    ),
    "hip_front": (
        Area("pelvis", (0.085, 0.075, -0.02), (0.06, 0.055, 0.09), "trunk"),
        Area("hip", (0.075, -0.01, -0.07), (0.05, 0.05, 0.10), "leg"),
    ),
    "thigh_front": (Area("hip", (0.075, 0.0, -0.23), (0.055, 0.065, 0.17), "leg"),),
    "thigh_back": (Area("hip", (-0.075, 0.0, -0.24), (0.055, 0.065, 0.16), "leg"),),
    "thigh_inner": (Area("hip", (0.0, -0.07, -0.20), (0.06, 0.05, 0.15), "leg"),),
    "calf": (Area("knee", (-0.045, 0.0, -0.14), (0.055, 0.060, 0.12), "leg"),),
    "calf_low": (Area("knee", (-0.035, 0.0, -0.28), (0.042, 0.050, 0.105), "leg"),),
    "shin": (Area("knee", (0.045, 0.012, -0.17), (0.03, 0.04, 0.13), "leg"),),
    "foot": tuple(
        Area("ankle", (0.06, 0.0, -0.07), (0.12, 0.06, 0.035), on) for on in ("leg", "shoe")
    ),
    "flank": (Area("lumbar2", (0.01, 0.095, 0.0), (0.100, 0.080, 0.12), "trunk"),),
    "shoulder": (Area("shoulder", (0.0, 0.02, -0.03), (0.06, 0.06, 0.07), "arm"),),
    "upper_arm_back": (Area("shoulder", (-0.045, 0.0, -0.16), (0.04, 0.05, 0.11), "arm"),),
    "lat": (Area("thorax1", (-0.05, 0.105, 0.04), (0.07, 0.06, 0.14), "trunk"),),
}
_MIDDLE: Mapping[str, tuple[Area, ...]] = {
    "belly": (
        Area("lumbar1", (0.075, 0.0, 0.03), (0.085, 0.150, 0.11), "trunk"),
        Area("lumbar2", (0.070, 0.0, 0.06), (0.085, 0.150, 0.10), "trunk"),
    ),
    "low_back": (
        Area("lumbar1", (-0.065, 0.0, 0.03), (0.075, 0.140, 0.10), "trunk"),
        Area("lumbar2", (-0.060, 0.0, 0.04), (0.075, 0.140, 0.09), "trunk"),
    ),
    "upper_back": (Area("thorax2", (-0.10, 0.0, -0.02), (0.06, 0.11, 0.13), "trunk"),),
    "chest": (Area("thorax2", (0.10, 0.0, -0.01), (0.06, 0.12, 0.09), "trunk"),),
}


def _on_side(area: Area, side: str) -> Area:
    sign = 1.0 if side == "l" else -1.0
    joint = area.joint if area.joint in JOINT_INDEX else f"{area.joint}_{side}"
    on = area.on if area.on == "trunk" else f"{area.on}_{side}"
    centre = (area.centre[0], sign * area.centre[1], area.centre[2])
    return Area(joint, centre, area.radii, on)


MUSCLES: Mapping[str, tuple[Area, ...]] = {
    **_MIDDLE,
    **{
        f"{name}_{side}": tuple(_on_side(area, side) for area in areas)
        for name, areas in _LEFT.items()
        for side in "lr"
    },
}
"""Areas of each muscle or muscle group by name."""

SOFTNESS = 2.0
"""How slowly areas fade; the lower, the more neighbours flow into each other."""


def _part(blob: Blob) -> str:
    """Return the part of the body that a blob is, as areas name it."""
    if blob.material == SHOE:
        return blob.chain.replace("leg", "shoe")
    return "" if blob.material == HAIR else blob.chain


def muscle_depth(
    names: Iterable[str],
    frames: Frames,
    camera: Camera,
    raster: Raster,
    blobs: Sequence[Blob],
) -> Array:
    """Return how deep in the muscles each pixel (rows, columns) is: 1 at the edge, more inside."""
    rows, cols = np.nonzero(raster.mask)
    seen = raster.across(cols), raster.up(rows), raster.depth[rows, cols]
    world = np.stack(seen, 1) @ camera.axes
    part = np.array([_part(b) for b in blobs])[raster.blob[rows, cols]]
    depth = np.zeros(len(rows))
    for area in (area for name in names for area in MUSCLES[name]):
        j = JOINT_INDEX[area.joint]
        local = (world - frames.position[j]) @ frames.rotation[j]
        off = (((local - area.centre) / np.array(area.radii)) ** 2).sum(1)
        depth += np.where(part == area.on, np.exp(SOFTNESS * (1 - off)), 0.0)
    out = np.zeros(raster.blob.shape)
    out[rows, cols] = depth
    return out
