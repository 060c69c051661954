"""Polylines to curves: smoothing, and least-squares fitting of cubic Bezier curves."""

from dataclasses import dataclass

import numpy as np

from programgen.figures.arrays import Array

REACH = 3
"""Points on both sides from which the direction of a line at a point is taken."""


def smooth(points: Array, sigma: float, *, closed: bool) -> Array:
    """Return a polyline (n, 2) of even spacing smoothed along itself; open ends stay put.

    ``sigma`` counts points.
    """
    n = len(points)
    if n < 4:
        return points
    radius = min(int(np.ceil(3 * sigma)), n - 1)
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    if closed:
        padded = np.concatenate([points[-radius:], points, points[:radius]])
    else:  # point reflection keeps the ends fixed
        head = 2 * points[0] - points[radius:0:-1]
        tail = 2 * points[-1] - points[-2 : -radius - 2 : -1]
        padded = np.concatenate([head, points, tail])
    return np.stack([np.convolve(padded[:, i], kernel, "valid") for i in range(2)], 1)


def resample(points: Array, spacing: float, *, closed: bool) -> Array:
    """Return points at an even distance of about ``spacing`` along a polyline (n, 2)."""
    ring = np.concatenate([points, points[:1]]) if closed else points
    at = np.concatenate([[0.0], np.cumsum(np.sqrt((np.diff(ring, axis=0) ** 2).sum(1)))])
    n = max(round(at[-1] / spacing), 8 if closed else 2)
    s = np.linspace(0, at[-1], n, endpoint=not closed)
    return np.stack([np.interp(s, at, ring[:, 0]), np.interp(s, at, ring[:, 1])], 1)


def corners(points: Array, limit: float) -> list[int]:
    """Return the indices of corners (turns of more than ``limit`` degrees) of a closed line."""
    n = len(points)
    if n < 4 * REACH:
        return []
    before = points - np.roll(points, REACH, 0)
    after = np.roll(points, -REACH, 0) - points
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    turn = np.degrees(np.abs(np.arctan2(cross, (before * after).sum(1))))
    out: list[int] = []
    for i in np.argsort(-turn):
        if turn[i] < limit:
            break
        if all(min(abs(i - j), n - abs(i - j)) > REACH for j in out):
            out.append(int(i))
    return sorted(out)


def unit(v: Array) -> Array:
    """Return a vector at length 1."""
    return v / max(float(np.sqrt(v @ v)), 1e-12)


def _basis(t: Array) -> Array:
    """Return the Bernstein polynomials (4, n) at parameters (n,)."""
    s = 1 - t
    return np.array([s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t])


def _handles(points: Array, t: Array, t0: Array, t1: Array) -> Array:
    """Return the cubic (4, 2) with the handle lengths that come closest at parameters (n,)."""
    first, last = points[0], points[-1]
    chord = float(np.sqrt((last - first) @ (last - first)))
    b = _basis(t)
    rest = points - (b[0] + b[1])[:, None] * first - (b[2] + b[3])[:, None] * last
    c00, c11, c01 = b[1] @ b[1], b[2] @ b[2], (b[1] @ b[2]) * float(t0 @ t1)
    x0, x1 = b[1] @ (rest @ t0), b[2] @ (rest @ t1)
    det = c00 * c11 - c01 * c01
    h0 = h1 = 0.0
    if abs(det) > 1e-12:
        h0, h1 = (x0 * c11 - x1 * c01) / det, (c00 * x1 - c01 * x0) / det
    if min(h0, h1) < chord * 0.02 or max(h0, h1) > chord * 3:
        h0 = h1 = chord / 3
    return np.array([first, first + t0 * h0, last + t1 * h1, last])


def _newton(control: Array, t: Array, gap: Array) -> Array:
    """Return parameters one Newton step nearer to the feet of the points on the cubic."""
    s = 1 - t
    e = np.diff(control, axis=0)
    d1 = 3 * (np.array([s * s, 2 * s * t, t * t]).T @ e)
    d2 = 6 * (np.array([s, t]).T @ np.diff(e, axis=0))
    slope = (d1 * d1 + gap * d2).sum(1)
    slope[np.abs(slope) < 1e-9] = np.inf
    out: Array = np.maximum.accumulate(np.clip(t - (gap * d1).sum(1) / slope, 0, 1))
    out[0], out[-1] = 0.0, 1.0
    return out


def _straight(first: Array, last: Array, t0: Array, t1: Array) -> Array:
    chord = float(np.sqrt((last - first) @ (last - first)))
    return np.array([first, first + t0 * (chord / 3), last + t1 * (chord / 3), last])


def _try_fit(points: Array, t0: Array, t1: Array, tolerance: Array) -> Array | None:
    """Return one cubic within each point's tolerance, or None.

    ``t0`` and ``t1`` are the directions into the line at its two ends.
    """
    if len(points) <= 2:
        return _straight(points[0], points[-1], t0, t1)
    steps = np.sqrt((np.diff(points, axis=0) ** 2).sum(1))
    t = np.concatenate([[0.0], np.cumsum(steps)])
    t /= max(t[-1], 1e-12)
    for _ in range(4):
        control = _handles(points, t, t0, t1)
        gap = _basis(t).T @ control - points
        worst = float(((gap * gap).sum(1) / (tolerance * tolerance)).max())
        if worst < 1.0:
            return control
        if worst > 16.0:
            return None
        t = _newton(control, t, gap)
    return None


@dataclass(frozen=True)
class _Line:
    """An open polyline that is being fitted."""

    points: Array
    tolerance: Array
    """By point."""
    end: Array
    """Direction into the line at its last point."""

    @property
    def last(self) -> int:
        return len(self.points) - 1

    def heading(self, at: int) -> Array:
        """Return the direction of the line at an inner point."""
        k = max(min(REACH, at, self.last - at), 1)
        return unit(self.points[at + k] - self.points[at - k])

    def attempt(self, first: int, last: int, start: Array, slack: float) -> Array | None:
        """Return one cubic for a stretch, or None."""
        back = self.end if last == self.last else -self.heading(last)
        stretch = slice(first, last + 1)
        return _try_fit(self.points[stretch], start, back, self.tolerance[stretch] * slack)

    def longest(self, first: int, start: Array, slack: float) -> tuple[int, Array]:
        """Return the end of the longest stretch that one cubic fits, and the cubic."""
        low, high, best = self._gallop(first, start, slack)
        while low < high:
            probe = (low + high + 1) // 2
            control = self.attempt(first, probe, start, slack)
            if control is None:
                high = probe - 1
            else:
                low, best = probe, control
        if best is None:  # two points always fit
            back = self.end if low == self.last else -self.heading(low)
            best = _straight(self.points[first], self.points[low], start, back)
        return low, best

    def _gallop(self, first: int, start: Array, slack: float) -> tuple[int, int, Array | None]:
        """Return a stretch's end that fits, the last one that may fit, and the cubic if any."""
        low, best = first + 1, None
        probe = min(first + 16, self.last)
        while True:
            control = self.attempt(first, probe, start, slack)
            if control is None:
                return low, probe - 1, best
            low, best = probe, control
            if probe == self.last:
                return low, self.last, best
            probe = min(probe + max(probe - first, 8), self.last)


def fit_beziers(
    points: Array,
    tolerance: Array | float,
    start: Array | None = None,
    end: Array | None = None,
) -> list[Array]:
    """Return cubic Bezier curves (each 4 x 2) within ``tolerance`` of an open polyline.

    Greedy: each curve covers as many points as one cubic can, with shared directions at
    the joints. ``tolerance`` may differ by point; ``start`` and ``end`` are directions
    into the line.
    """
    n = len(points)
    k = min(REACH, n - 1)
    end = unit(points[-1 - k] - points[-1]) if end is None else end
    heading = unit(points[k] - points[0]) if start is None else start
    line = _Line(points, np.broadcast_to(np.asarray(tolerance, float), n), end)
    out: list[Array] = []
    first = 0
    while first < n - 1:
        last, best = line.longest(first, heading, 1.0)
        for slack in (1.6, 2.4):  # avoid crumbs at rounded corners
            if last - first >= 4 or last == n - 1:
                break
            last, best = line.longest(first, heading, slack)
        out.append(best)
        first = last
        if first < n - 1:
            heading = line.heading(first)
    return out
