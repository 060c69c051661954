"""Depth and label maps of a posed figure, by sphere tracing the blended blobs (NumPy only)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from programgen.figures.body import ROOTS, Blob, PosedBlob, pose_blobs
from programgen.figures.camera import Camera
from programgen.figures.skeleton import Frames

FAR = 10.0
HIT = 0.0008  # metres; a ray this close to the surface has hit it
F = np.float32


@dataclass
class Raster:
    """Pixel maps; row 0 is the bottom. ``blob`` is -1 where there is no figure."""

    u0: float
    v0: float
    pixel: float  # metres
    depth: np.ndarray
    blob: np.ndarray
    normal: np.ndarray
    scene: Scene

    @property
    def mask(self) -> np.ndarray:
        return self.blob >= 0


def smooth_min(a: np.ndarray, b: np.ndarray, k: np.ndarray | np.floating | float) -> np.ndarray:
    """Polynomial smooth minimum with smoothing length ``k`` (0 gives the plain minimum)."""
    k = np.maximum(k, F(1e-6))
    h = np.maximum(k - np.abs(a - b), F(0)) / k
    return np.minimum(a, b) - h * h * k * F(0.25)


class Rays:
    """Parallel view rays with the blobs each may meet; evaluates the blended body on them."""

    def __init__(self, posed: list[PosedBlob], roots: dict, u: np.ndarray, v: np.ndarray):
        self.posed, self.roots = posed, roots
        self.points = np.stack([u, v, np.zeros_like(u)]).astype(F)
        n = len(u)
        self.ids = []
        for p in posed:
            low, high = p.extent()
            reach = 0.012 + p.blob.blend
            self.ids.append(
                np.flatnonzero(
                    (u > low[0] - reach)
                    & (u < high[0] + reach)
                    & (v > low[1] - reach)
                    & (v < high[1] + reach)
                )
            )
        self.distance = np.full(n, FAR, F)
        self.label = np.full(n, -1, np.int16)
        self._chain_distance = np.full(n, FAR, F)
        self._chain_label = np.full(n, -1, np.int16)
        self.reachable = np.zeros(n, bool)
        self.chain_ids: dict[str, np.ndarray] = {}
        for chain in dict.fromkeys(p.blob.chain for p in posed):
            flags = np.zeros(n, bool)
            for p in posed:
                if p.blob.chain == chain:
                    flags[self.ids[p.index]] = True
            self.chain_ids[chain] = np.flatnonzero(flags)
            self.reachable |= flags

    def evaluate(self, active: np.ndarray) -> None:
        """Update ``distance`` and ``label`` of the rays flagged in ``active``."""
        total, label = self.distance, self.label
        total[active] = FAR
        label[active] = -1
        position = 0
        while position < len(self.posed):
            chain = self.posed[position].blob.chain
            d_chain, l_chain = self._chain_distance, self._chain_label
            while position < len(self.posed) and self.posed[position].blob.chain == chain:
                p = self.posed[position]
                position += 1
                ids = self.ids[p.index]
                sel = ids[active[ids]]
                if not len(sel):
                    continue
                pts = self.points[:, sel]
                d = p.distance(pts)
                old = d_chain[sel]
                k = F(p.blob.blend)
                closer = d < old
                l_chain[sel[closer]] = p.index
                d_chain[sel] = smooth_min(old, d, k) if p.blob.blend else np.minimum(old, d)
            sel = self.chain_ids[chain]
            sel = sel[active[sel]]
            if not len(sel):
                continue
            a, b = total[sel], d_chain[sel]
            closer = b < a
            label[sel[closer]] = l_chain[sel[closer]]
            if chain in self.roots:
                centre, k0, reach = self.roots[chain]
                gap = np.sqrt(((self.points[:, sel] - centre[:, None]) ** 2).sum(0)) / F(reach)
                total[sel] = smooth_min(a, b, F(k0) * np.clip(F(2) - F(2) * gap, 0, 1))
            else:
                total[sel] = np.minimum(a, b)
            d_chain[sel] = FAR
            l_chain[sel] = -1

    def march(self, start: np.ndarray, back: float, radius: float, steps: int) -> np.ndarray:
        """Advance from depth ``start`` until closer than ``radius``; returns the hit flags."""
        w = self.points[2]
        w[:] = start
        active = self.reachable.copy()
        hit = np.zeros(len(w), bool)
        before = np.full(len(w), np.nan, F)
        moved = np.ones(len(w), F)
        for _ in range(steps):
            if not active.any():
                break
            self.evaluate(active)
            ids = np.flatnonzero(active)
            d = self.distance[ids]
            done = d < radius
            hit[ids[done]] = True
            # near the surface, extrapolate the distance along the ray (secant step)
            slope = (before[ids] - d) / moved[ids]
            step = np.where(
                (d < 0.02) & (slope > 0.25), (d + HIT * 0.3) / np.clip(slope, 0.25, 1.0), d * 0.92
            )
            step = np.maximum(
                np.minimum(step, np.maximum(d * 2.2, 0.001))
                - (radius * 0.5 if radius > HIT else 0),
                0.0006,
            )
            before[ids], moved[ids] = d, step
            go = ids[~done]
            w[go] -= step[~done]
            active[ids[done]] = False
            active[go[w[go] < back]] = False
        return hit


@dataclass
class Scene:
    """A posed body in view coordinates, ready to be sampled by rays."""

    posed: list[PosedBlob]
    roots: dict
    low: np.ndarray
    high: np.ndarray

    def sample(
        self, u: np.ndarray, v: np.ndarray, start: np.ndarray, steps: int = 40
    ) -> tuple[np.ndarray, np.ndarray]:
        """Depth and blob (-1: nothing) met by rays at (u, v) from depth ``start``."""
        rays = Rays(self.posed, self.roots, u, v)
        hit = rays.march(start, float(self.low[2]) - 0.03, HIT, steps)
        return np.where(hit, rays.points[2], -FAR), np.where(hit, rays.label, -1)


def rasterize(blobs: list[Blob], frames: Frames, camera: Camera, pixel: float = 0.004) -> Raster:
    """Trace the figure on a grid of ``pixel`` metres."""
    view = camera.axes
    posed = pose_blobs(blobs, frames, view)
    roots = {
        c: ((view @ frames.point(j)).astype(F), k, reach) for c, (j, k, reach) in ROOTS.items()
    }
    lows, highs = (np.array(x) for x in zip(*(p.extent() for p in posed)))
    low, high = lows.min(0), highs.max(0)
    scene = Scene(posed, roots, low, high)
    margin, coarse = 0.02, 4
    u0, v0 = low[:2] - margin
    nu = int(np.ceil((high[0] + margin - u0) / pixel / coarse)) * coarse
    nv = int(np.ceil((high[1] + margin - v0) / pixel / coarse)) * coarse

    # coarse pass: conservative start depths for blocks of pixels
    cu = u0 + (np.arange(nu // coarse) + 0.5) * coarse * pixel
    cv = v0 + (np.arange(nv // coarse) + 0.5) * coarse * pixel
    gu, gv = (g.ravel() for g in np.meshgrid(cu, cv))
    rays = Rays(posed, roots, gu, gv)
    hit = rays.march(
        np.full(len(gu), high[2] + 0.01, F), low[2] - 0.03, coarse * pixel * 0.72 + 0.001, 32
    )
    start = np.where(hit, rays.points[2], -FAR).reshape(nv // coarse, nu // coarse)
    padded = np.pad(start, 1, constant_values=-FAR)
    start = np.max(
        [
            padded[i : i + start.shape[0], j : j + start.shape[1]]
            for i in range(3)
            for j in range(3)
        ],
        axis=0,
    )
    start = np.repeat(np.repeat(start, coarse, 0), coarse, 1)

    # fine pass
    rows, cols = np.nonzero(start > -FAR + 1)
    rays = Rays(posed, roots, u0 + (cols + 0.5) * pixel, v0 + (rows + 0.5) * pixel)
    hit = rays.march(start[rows, cols] + 0.002, low[2] - 0.03, HIT, 24)
    depth = np.full((nv, nu), -FAR, F)
    blob = np.full((nv, nu), -1, np.int16)
    normal = np.zeros((nv, nu, 3), F)
    rows, cols = rows[hit], cols[hit]
    depth[rows, cols], blob[rows, cols] = rays.points[2, hit], rays.label[hit]
    # normals, on every other pixel of every other row, spread to their neighbours
    even = (rows % 2 == 0) & (cols % 2 == 0)
    sparse = np.flatnonzero(hit)[even]
    keep = np.zeros(len(hit), bool)
    keep[sparse] = True
    grad = np.zeros((3, len(sparse)), F)
    base, step = rays.points.copy(), F(0.004)
    for corner in np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], F):
        rays.points = base + corner[:, None] * step
        rays.evaluate(keep)
        grad += corner[:, None] * rays.distance[sparse]
    grad /= np.maximum(np.sqrt((grad**2).sum(0)), 1e-9)
    r, c = rows[even], cols[even]
    for dr in (-1, 1, 0):
        for dc in (-1, 1, 0):
            rr, cc = np.clip(r + dr, 0, nv - 1), np.clip(c + dc, 0, nu - 1)
            same = blob[rr, cc] >= 0
            normal[rr[same], cc[same]] = grad.T[same]
    return Raster(u0, v0, pixel, depth, blob, normal, scene)
