"""Where borders between pixels run to a fraction of a pixel, and smooth contours of masks."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.cracks import chain_cracks, mask_cracks
from programgen.figures.curves import smooth
from programgen.figures.raster import Raster

JUMP = 0.006
"""Two pixels whose depths differ by more (metres) are told apart by depth alone."""

ROUNDS = 3
"""Bisections: a border is known to an eighth of a pixel."""


@dataclass(frozen=True)
class Borders:
    """Places of the borders between pixels.

    ``horizontal`` (rows + 1, columns) and ``vertical`` (rows, columns + 1) say where a
    border crosses the way from one pixel's middle to the next, 0 to 1.
    """

    horizontal: Array
    vertical: Array

    def points(self, chain: Array, *, closed: bool) -> Array:
        """Return the places (row, column) of the borders along a chain of pixel corners."""
        a = chain if closed else chain[:-1]
        b = np.roll(chain, -1, 0) if closed else chain[1:]
        row, col = np.minimum(a[:, 0], b[:, 0]), np.minimum(a[:, 1], b[:, 1])
        level = a[:, 0] == b[:, 0]
        h = _at(self.horizontal, row, col)
        v = _at(self.vertical, row, col)
        out = np.empty((len(a), 2))
        out[:, 0] = np.where(level, row - 0.5 + h, row + 0.5)
        out[:, 1] = np.where(level, col + 0.5, col - 0.5 + v)
        return out


def _at(grid: Array, row: Array, col: Array) -> Array:
    out: Array = grid[np.minimum(row, grid.shape[0] - 1), np.minimum(col, grid.shape[1] - 1)]
    return out


def find_borders(
    raster: Raster, kind: Array, kind_of_blob: Array, horizontal: Array, vertical: Array
) -> Borders:
    """Find the marked borders between pixels by bisection with further rays.

    ``kind`` (rows, columns) says what each pixel shows, ``kind_of_blob`` the same by blob.
    """
    high, wide = raster.depth.shape
    rh, ch = np.nonzero(horizontal)
    rv, cv = np.nonzero(vertical)
    inner_h, inner_v = (rh > 0) & (rh < high), (cv > 0) & (cv < wide)
    rh, ch, rv, cv = rh[inner_h], ch[inner_h], rv[inner_v], cv[inner_v]
    below = np.concatenate([rh - 1, rv]), np.concatenate([ch, cv - 1])
    above = np.concatenate([rh, rv]), np.concatenate([ch, cv])
    middle = _crossings(raster, kind, kind_of_blob, below, above)
    out = Borders(np.full((high + 1, wide), 0.5), np.full((high, wide + 1), 0.5))
    out.horizontal[rh, ch] = middle[: len(rh)]
    out.vertical[rv, cv] = middle[len(rh) :]
    return out


def _crossings(
    raster: Raster, kind: Array, kind_of_blob: Array, p: tuple[Array, ...], q: tuple[Array, ...]
) -> Array:
    """Return where what pixel ``p`` shows ends on the way to pixel ``q``, 0 to 1."""
    wp, wq, kp, kq = raster.depth[p], raster.depth[q], kind[p], kind[q]
    start = np.maximum(wp, wq) + 0.015
    jump = np.abs(wp - wq) > JUMP
    low, high = np.zeros(len(p[0])), np.ones(len(p[0]))
    for _ in range(ROUNDS):
        t = (low + high) / 2
        u, v = raster.across(p[1] + (q[1] - p[1]) * t), raster.up(p[0] + (q[0] - p[0]) * t)
        w, blob = raster.scene.sample(u, v, start, 14)
        k = kind_of_blob[blob]
        nearer = np.abs(w - wp) < np.abs(w - wq)
        like_p = np.where(jump, nearer, (k == kp) | (k != kq))
        low, high = np.where(like_p, t, low), np.where(like_p, high, t)
    return (low + high) / 2


def contours(
    mask: Array, *, sigma: float, least: int, borders: Borders | None = None
) -> Iterable[Array]:
    """Yield the closed contours (n, 2), row and column, of a mask.

    They are smoothed over ``sigma`` pixels; those shorter than ``least`` are dropped.
    """
    for chain, closed in chain_cracks(*mask_cracks(mask), limit=180):
        if closed and len(chain) >= least:
            ring = chain if _turns_left(chain, mask) else chain[::-1]
            points = borders.points(ring, closed=True) if borders else ring.astype(float)
            yield smooth(points, sigma, closed=True)


def _turns_left(chain: Array, mask: Array) -> bool:
    """Return whether the mask lies left of a ring, so that holes run against their outline."""
    (r0, c0), (r1, c1) = chain[0], chain[1]
    row = min(r0, r1) - int(r0 == r1 and c1 > c0)
    col = min(c0, c1) - int(c0 == c1 and r1 < r0)
    inside = 0 <= row < mask.shape[0] and 0 <= col < mask.shape[1]
    return bool(inside and mask[row, col])
