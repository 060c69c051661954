"""Parallel view rays that walk towards the blended body until they meet it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.solids import F, PosedBlob

FAR = 10.0
"""Depth of what no ray meets, in metres."""

HIT = 0.0008
"""A ray this close to the surface (metres) has met it."""


@dataclass(frozen=True)
class Joined:
    """Where a limb blends into the trunk, in view coordinates (metres)."""

    centre: Array
    blend: float
    reach: float


def smooth_min(a: Array, b: Array, k: Array | float) -> Array:
    """Return the smooth minimum with smoothing length ``k`` (0 gives the plain minimum)."""
    k = np.maximum(np.asarray(k, F), F(1e-6))
    h = np.maximum(k - np.abs(a - b), F(0)) / k
    out: Array = np.minimum(a, b) - h * h * k * F(0.25)
    return out


def _met(posed: PosedBlob, u: Array, v: Array) -> Array:
    """Return the indices of the rays that may meet a blob."""
    low, high = posed.extent()
    reach = 0.012 + posed.blob.blend
    across = (u > low[0] - reach) & (u < high[0] + reach)
    return np.flatnonzero(across & (v > low[1] - reach) & (v < high[1] + reach))


class Rays:
    """Rays with the blobs that each may meet, and where each of them is."""

    def __init__(
        self, posed: Sequence[PosedBlob], roots: Mapping[str, Joined], u: Array, v: Array
    ) -> None:
        """Start rays at the page places (u, v), each (n,) in metres."""
        n = len(u)
        self.roots = roots
        self.points = np.stack([u, v, np.zeros_like(u)]).astype(F)
        self.distance = np.full(n, FAR, F)
        """Distance of each ray from the surface, where it was evaluated last."""
        self.label = np.full(n, -1, np.int16)
        """Blob that is nearest to each ray, -1 for none."""
        self.met = {p.index: _met(p, u, v) for p in posed}
        self.chains = [
            (name, list(group)) for name, group in groupby(posed, key=lambda p: p.blob.chain)
        ]
        self.chain_met = {name: self._any_met(group) for name, group in self.chains}
        self.reachable = np.zeros(n, bool)
        for rays in self.chain_met.values():
            self.reachable[rays] = True
        self._chain_distance = np.full(n, FAR, F)
        self._chain_label = np.full(n, -1, np.int16)

    def _any_met(self, group: Sequence[PosedBlob]) -> Array:
        flags = np.zeros(len(self.distance), bool)
        for p in group:
            flags[self.met[p.index]] = True
        return np.flatnonzero(flags)

    def evaluate(self, active: Array) -> None:
        """Update distance and label of the rays flagged in ``active`` (n,)."""
        self.distance[active] = FAR
        self.label[active] = -1
        for name, group in self.chains:
            for p in group:
                self._blend(p, active)
            rays = self.chain_met[name]
            rays = rays[active[rays]]
            if len(rays):
                self._join(name, rays)
                self._chain_distance[rays] = FAR
                self._chain_label[rays] = -1

    def _blend(self, p: PosedBlob, active: Array) -> None:
        """Take one blob into the distance of its chain."""
        rays = self.met[p.index]
        rays = rays[active[rays]]
        if not len(rays):
            return
        d = p.distance(self.points[:, rays])
        old = self._chain_distance[rays]
        self._chain_label[rays[d < old]] = p.index
        k = p.blob.blend
        self._chain_distance[rays] = smooth_min(old, d, k) if k else np.minimum(old, d)

    def _join(self, chain: str, rays: Array) -> None:
        """Take a whole chain into the distance of the body."""
        a, b = self.distance[rays], self._chain_distance[rays]
        closer = b < a
        self.label[rays[closer]] = self._chain_label[rays[closer]]
        if chain not in self.roots:
            self.distance[rays] = np.minimum(a, b)
            return
        root = self.roots[chain]
        gap = np.sqrt(((self.points[:, rays] - root.centre[:, None]) ** 2).sum(0)) / F(root.reach)
        self.distance[rays] = smooth_min(a, b, F(root.blend) * np.clip(F(2) - F(2) * gap, 0, 1))

    def march(self, start: Array, back: float, radius: float, steps: int) -> Array:
        """Advance from depth ``start`` (n,) until closer than ``radius``; returns who met it.

        Rays that reach the depth ``back`` have missed.
        """
        depth = self.points[2]
        depth[:] = start
        active = self.reachable.copy()
        hit = np.zeros(len(depth), bool)
        before = np.full(len(depth), np.nan, F)
        moved = np.ones(len(depth), F)
        for _ in range(steps):
            if not active.any():
                break
            self.evaluate(active)
            rays = np.flatnonzero(active)
            d = self.distance[rays]
            done = d < radius
            hit[rays[done]] = True
            step = _step(d, (before[rays] - d) / moved[rays], radius)
            before[rays], moved[rays] = d, step
            going = rays[~done]
            depth[going] -= step[~done]
            active[rays[done]] = False
            active[going[depth[going] < back]] = False
        return hit


def _step(d: Array, slope: Array, radius: float) -> Array:
    """Return how far rays may go; near the surface the distance is extrapolated (secant)."""
    near = (d < 0.02) & (slope > 0.25)
    step = np.where(near, (d + HIT * 0.3) / np.clip(slope, 0.25, 1.0), d * 0.92)
    step = np.minimum(step, np.maximum(d * 2.2, 0.001))
    out: Array = np.maximum(step - (radius * 0.5 if radius > HIT else 0), 0.0006)
    return out
