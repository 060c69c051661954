"""Depth and part maps of a posed body on a grid of pixels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.body import ROOTS
from programgen.figures.camera import Camera
from programgen.figures.rays import FAR, HIT, Joined, Rays
from programgen.figures.skeleton import Frames
from programgen.figures.solids import Blob, F, PosedBlob, pose_blobs

MARGIN = 0.02
"""Metres around the body."""

COARSE = 4
"""Pixels across a block of the coarse pass."""


@dataclass(frozen=True)
class Scene:
    """A posed body in view coordinates, ready to be met by rays."""

    posed: Sequence[PosedBlob]
    roots: Mapping[str, Joined]
    low: Array
    high: Array
    """Corners of a box around it, in metres."""

    @property
    def back(self) -> float:
        """Depth behind the whole body."""
        return float(self.low[2]) - 0.03

    def rays(self, u: Array, v: Array) -> Rays:
        """Return rays at page places (u, v)."""
        return Rays(self.posed, self.roots, u, v)

    def sample(self, u: Array, v: Array, start: Array, steps: int) -> tuple[Array, Array]:
        """Return depth and blob (-1: nothing) met by rays at (u, v) from depth ``start``."""
        rays = self.rays(u, v)
        hit = rays.march(start, self.back, HIT, steps)
        return np.where(hit, rays.points[2], -FAR), np.where(hit, rays.label, -1)


@dataclass(frozen=True)
class Raster:
    """Maps of the body: rows upwards, columns to the right."""

    u0: float
    v0: float
    """Page place of the lower left corner, in metres."""
    pixel: float
    """Width of a pixel in metres."""
    depth: Array
    """Depth (rows, columns) towards the viewer, in metres."""
    blob: Array
    """Index of the blob that is seen, -1 where there is nothing."""
    normal: Array
    """Direction (rows, columns, 3) of the surface in view axes."""
    scene: Scene

    @property
    def mask(self) -> Array:
        """Where the body is seen."""
        out: Array = self.blob >= 0
        return out

    def across(self, cols: Array) -> Array:
        """Return the page places u of the middles of columns, in metres."""
        out: Array = self.u0 + (cols + 0.5) * self.pixel
        return out

    def up(self, rows: Array) -> Array:
        """Return the page places v (upwards) of the middles of rows, in metres."""
        out: Array = self.v0 + (rows + 0.5) * self.pixel
        return out

    def page(self, line: Array) -> Array:
        """Turn pixel corners (n, 2), row and column, into page metres, x right and y down."""
        x = self.u0 + line[:, 1] * self.pixel
        return np.stack([x, -(self.v0 + line[:, 0] * self.pixel)], 1)

    def depth_at(self, u: Array, v: Array) -> Array:
        """Return the depth of the body at page places, -9 where there is none."""
        cols = ((u - self.u0) / self.pixel).astype(int)
        rows = ((v - self.v0) / self.pixel).astype(int)
        high, wide = self.depth.shape
        inside = (rows >= 0) & (rows < high) & (cols >= 0) & (cols < wide)
        out = np.full(len(u), -9.0)
        out[inside] = self.depth[rows[inside], cols[inside]]
        return out


def rasterize(blobs: Sequence[Blob], frames: Frames, camera: Camera, pixel: float) -> Raster:
    """Trace a posed body on a grid of ``pixel`` metres."""
    scene = _scene(blobs, frames, camera)
    u0, v0 = scene.low[:2] - MARGIN
    wide, high = (
        int(np.ceil((scene.high[i] + MARGIN - low) / pixel / COARSE)) * COARSE
        for i, low in ((0, u0), (1, v0))
    )
    start = _start_depths(scene, u0, v0, pixel, (high // COARSE, wide // COARSE))
    rows, cols = np.nonzero(start > -FAR + 1)
    rays = scene.rays(u0 + (cols + 0.5) * pixel, v0 + (rows + 0.5) * pixel)
    hit = rays.march(start[rows, cols] + 0.002, scene.back, HIT, 24)
    depth = np.full((high, wide), -FAR, F)
    blob = np.full((high, wide), -1, np.int16)
    rows, cols = rows[hit], cols[hit]
    depth[rows, cols], blob[rows, cols] = rays.points[2, hit], rays.label[hit]
    normal = _normals(rays, hit, rows, cols, blob)
    return Raster(u0, v0, pixel, depth, blob, normal, scene)


def _scene(blobs: Sequence[Blob], frames: Frames, camera: Camera) -> Scene:
    view = camera.axes
    posed = pose_blobs(blobs, frames, view)
    roots = {
        chain: Joined((view @ frames.point(root.joint)).astype(F), root.blend, root.reach)
        for chain, root in ROOTS.items()
    }
    lows, highs = (np.array(x) for x in zip(*(p.extent() for p in posed), strict=True))
    return Scene(posed, roots, lows.min(0), highs.max(0))


def _start_depths(
    scene: Scene, u0: float, v0: float, pixel: float, shape: tuple[int, int]
) -> Array:
    """Return a depth (rows, columns) in front of the body, from coarse blocks of pixels."""
    cu = u0 + (np.arange(shape[1]) + 0.5) * COARSE * pixel
    cv = v0 + (np.arange(shape[0]) + 0.5) * COARSE * pixel
    gu, gv = (g.ravel() for g in np.meshgrid(cu, cv))
    rays = scene.rays(gu, gv)
    ahead = np.full(len(gu), scene.high[2] + 0.01, F)
    hit = rays.march(ahead, scene.back, COARSE * pixel * 0.72 + 0.001, 32)
    start = np.where(hit, rays.points[2], -FAR).reshape(shape)
    padded = np.pad(start, 1, constant_values=-FAR)
    around = [padded[i : i + shape[0], j : j + shape[1]] for i in range(3) for j in range(3)]
    return np.repeat(np.repeat(np.max(around, axis=0), COARSE, 0), COARSE, 1)


_TETRAHEDRON = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], F)


def _normals(rays: Rays, hit: Array, rows: Array, cols: Array, blob: Array) -> Array:
    """Return the surface's direction (rows, columns, 3).

    It is taken on every other pixel of every other row and spread to their neighbours.
    """
    even = (rows % 2 == 0) & (cols % 2 == 0)
    sparse = np.flatnonzero(hit)[even]
    keep = np.zeros(len(hit), bool)
    keep[sparse] = True
    slope = np.zeros((3, len(sparse)), F)
    base, step = rays.points.copy(), F(0.004)
    for corner in _TETRAHEDRON:
        rays.points = base + corner[:, None] * step
        rays.evaluate(keep)
        slope += corner[:, None] * rays.distance[sparse]
    slope /= np.maximum(np.sqrt((slope**2).sum(0)), 1e-9)
    out = np.zeros((*blob.shape, 3), F)
    high, wide = blob.shape
    for dr, dc in ((r, c) for r in (-1, 1, 0) for c in (-1, 1, 0)):
        r = np.clip(rows[even] + dr, 0, high - 1)
        c = np.clip(cols[even] + dc, 0, wide - 1)
        same = blob[r, c] >= 0
        out[r[same], c[same]] = slope.T[same]
    return out
