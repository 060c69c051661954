"""Polylines to compact SVG path data: smoothing and least-squares cubic Bezier fitting."""

from __future__ import annotations

import numpy as np


def smooth(points: np.ndarray, sigma: float, closed: bool) -> np.ndarray:
    """Gaussian smoothing along a polyline of roughly even spacing; open ends stay put."""
    n = len(points)
    radius = int(np.ceil(3 * sigma))
    if n < 4:
        return points
    radius = min(radius, n - 1)
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    if closed:
        padded = np.concatenate([points[-radius:], points, points[:radius]])
    else:  # point reflection keeps the ends fixed
        head = 2 * points[0] - points[radius:0:-1]
        tail = 2 * points[-1] - points[-2 : -radius - 2 : -1]
        padded = np.concatenate([head, points, tail])
    return np.stack([np.convolve(padded[:, i], kernel, "valid") for i in range(2)], 1)


def _unit(v: np.ndarray) -> np.ndarray:
    return v / max(float(np.sqrt(v @ v)), 1e-12)


def _basis(t: np.ndarray) -> np.ndarray:
    """Bernstein polynomials (4, n)."""
    s = 1 - t
    return np.array([s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t])


def _try_fit(
    points: np.ndarray, t0: np.ndarray, t1: np.ndarray, tolerance: np.ndarray
) -> np.ndarray | None:
    """One cubic with end tangents ``t0`` and ``t1`` within each point's ``tolerance``, or None."""
    first, last = points[0], points[-1]
    chord = float(np.sqrt((last - first) @ (last - first)))
    if len(points) <= 2:
        return np.array([first, first + t0 * (chord / 3), last + t1 * (chord / 3), last])
    steps = np.sqrt((np.diff(points, axis=0) ** 2).sum(1))
    t = np.concatenate([[0.0], np.cumsum(steps)])
    t /= max(t[-1], 1e-12)
    cosine = float(t0 @ t1)
    for _ in range(4):
        b = _basis(t)
        # least squares for the two handle lengths
        rest = points - (b[0] + b[1])[:, None] * first - (b[2] + b[3])[:, None] * last
        c00, c11, c01 = b[1] @ b[1], b[2] @ b[2], (b[1] @ b[2]) * cosine
        x0, x1 = b[1] @ (rest @ t0), b[2] @ (rest @ t1)
        det = c00 * c11 - c01 * c01
        h0 = h1 = 0.0
        if abs(det) > 1e-12:
            h0, h1 = (x0 * c11 - x1 * c01) / det, (c00 * x1 - c01 * x0) / det
        if min(h0, h1) < chord * 0.02 or max(h0, h1) > chord * 3:
            h0 = h1 = chord / 3
        control = np.array([first, first + t0 * h0, last + t1 * h1, last])
        gap = b.T @ control - points
        worst = float(((gap * gap).sum(1) / (tolerance * tolerance)).max())
        if worst < 1.0:
            return control
        if worst > 16.0:
            return None
        # Newton step on the parameters
        s = 1 - t
        e = np.diff(control, axis=0)
        d1 = 3 * (np.array([s * s, 2 * s * t, t * t]).T @ e)
        d2 = 6 * (np.array([s, t]).T @ np.diff(e, axis=0))
        slope = (d1 * d1 + gap * d2).sum(1)
        slope[np.abs(slope) < 1e-9] = np.inf
        t = np.maximum.accumulate(np.clip(t - (gap * d1).sum(1) / slope, 0, 1))
        t[0], t[-1] = 0.0, 1.0
    return None


def resample(points: np.ndarray, spacing: float, closed: bool) -> np.ndarray:
    """Points at an even distance of about ``spacing`` along a polyline."""
    ring = np.concatenate([points, points[:1]]) if closed else points
    at = np.concatenate([[0.0], np.cumsum(np.sqrt((np.diff(ring, axis=0) ** 2).sum(1)))])
    n = max(int(round(at[-1] / spacing)), 8 if closed else 2)
    s = np.linspace(0, at[-1], n, endpoint=not closed)
    return np.stack([np.interp(s, at, ring[:, 0]), np.interp(s, at, ring[:, 1])], 1)


def fit_beziers(
    points: np.ndarray,
    tolerance: np.ndarray | float,
    t0: np.ndarray | None = None,
    t1: np.ndarray | None = None,
    reach: int = 3,
) -> list[np.ndarray]:
    """Cubic Bezier segments (each 4 x 2) within ``tolerance`` of an open polyline.

    Greedy: each segment covers as many points as one cubic can, with shared tangents at
    the joints. ``tolerance`` may differ by point.
    """
    n = len(points)
    tolerance = np.broadcast_to(np.asarray(tolerance, float), n)
    k = min(reach, n - 1)
    start = _unit(points[k] - points[0]) if t0 is None else t0
    end = _unit(points[-1 - k] - points[-1]) if t1 is None else t1

    def attempt(first: int, last: int, slack: float) -> np.ndarray | None:
        if last == n - 1:
            back = end
        else:
            k = max(min(reach, last, n - 1 - last), 1)
            back = _unit(points[last - k] - points[last + k])
        return _try_fit(points[first : last + 1], start, back, tolerance[first : last + 1] * slack)

    def longest(first: int, slack: float) -> tuple[int, np.ndarray]:
        """Gallop, then bisect for the longest stretch that fits."""
        low, high, best = first + 1, n - 1, None
        probe = min(first + 16, n - 1)
        while True:
            control = attempt(first, probe, slack)
            if control is None:
                high = probe - 1
                break
            low, best = probe, control
            if probe == n - 1:
                break
            probe = min(probe + max(probe - first, 8), n - 1)
        while low < high:
            probe = (low + high + 1) // 2
            control = attempt(first, probe, slack)
            if control is None:
                high = probe - 1
            else:
                low, best = probe, control
        if best is None:  # two points always fit
            low, best = first + 1, attempt(first, first + 1, slack)
        assert best is not None
        return low, best

    out: list[np.ndarray] = []
    first = 0
    while first < n - 1:
        low, best = longest(first, 1.0)
        for slack in (1.6, 2.4):  # avoid crumbs at rounded corners
            if low - first >= 4 or low == n - 1:
                break
            low, best = longest(first, slack)
        out.append(best)
        first = low
        if first < n - 1:
            k = max(min(reach, first, n - 1 - first), 1)
            start = _unit(points[first + k] - points[first - k])
    return out


def _corners(points: np.ndarray, reach: int, limit: float) -> list[int]:
    """Indices of sharp corners (turning more than ``limit`` degrees) of a closed polyline."""
    n = len(points)
    if n < 4 * reach:
        return []
    before = points - np.roll(points, reach, 0)
    after = np.roll(points, -reach, 0) - points
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    turn = np.degrees(np.abs(np.arctan2(cross, (before * after).sum(1))))
    out: list[int] = []
    for i in np.argsort(-turn):
        if turn[i] < limit:
            break
        if all(min(abs(i - j), n - abs(i - j)) > reach for j in out):
            out.append(int(i))
    return sorted(out)


def _number(value: int, scale: int) -> str:
    """Shortest text of value / scale (scale 1 or 10)."""
    if scale == 1:
        return str(value)
    sign = "-" if value < 0 else ""
    whole, part = divmod(abs(value), 10)
    if not part:
        return f"{sign}{whole}"
    return f"{sign}{whole or ''}.{part}"


def _join(numbers: list[str]) -> str:
    out = ""
    for text in numbers:
        if (
            out
            and not text.startswith("-")
            and not (text.startswith(".") and "." in out.split(" ")[-1].split("-")[-1])
        ):
            out += " "
        out += text
    return out


def _tolerances(points: np.ndarray, tolerance: float, focus: np.ndarray | None) -> np.ndarray:
    out = np.full(len(points), tolerance)
    if focus is not None:
        for x, y, radius in focus:
            out[((points - [x, y]) ** 2).sum(1) < radius * radius] = tolerance * 0.5
    return out


class PathWriter:
    """Collects curves into one compact path string with relative, rounded coordinates."""

    def __init__(self, scale: int = 10):
        self.scale = scale
        self.parts: list[str] = []
        self.segments = 0

    def _int(self, p: np.ndarray) -> tuple[int, int]:
        return int(round(float(p[0]) * self.scale)), int(round(float(p[1]) * self.scale))

    def curve(self, beziers: list[np.ndarray], closed: bool) -> None:
        x, y = self._int(beziers[0][0])
        text = "M" + _join([_number(x, self.scale), _number(y, self.scale)])
        numbers: list[str] = []
        for control in beziers:
            for p in control[1:]:
                px, py = self._int(p)
                numbers += [_number(px - x, self.scale), _number(py - y, self.scale)]
            x, y = self._int(control[3])
            self.segments += 1
        text += "c" + _join(numbers)
        self.parts.append(text + ("z" if closed else ""))

    def polygon(self, points: np.ndarray, closed: bool = True) -> None:
        x, y = self._int(points[0])
        text = "M" + _join([_number(x, self.scale), _number(y, self.scale)])
        numbers: list[str] = []
        for p in points[1:]:
            px, py = self._int(p)
            if (px, py) == (x, y):
                continue
            numbers += [_number(px - x, self.scale), _number(py - y, self.scale)]
            x, y = px, py
        if numbers:
            text += "l" + _join(numbers)
        self.parts.append(text + ("z" if closed else ""))

    def closed_polyline(
        self,
        points: np.ndarray,
        tolerance: float,
        focus: np.ndarray | None = None,
        corner: float = 62.0,
        reach: int = 3,
        spacing: float = 3.2,
    ) -> None:
        """Fit a closed polyline, keeping sharp corners (turns of more than ``corner`` degrees).

        ``focus`` rows (x, y, radius) are discs in which the tolerance is halved.
        """
        points = resample(points, spacing, True)
        limit = _tolerances(points, tolerance, focus)
        marks = _corners(points, reach, corner)
        beziers: list[np.ndarray] = []
        if not marks:  # one shared tangent where the ring closes
            ring, limit = np.concatenate([points, points[:1]]), np.append(limit, limit[0])
            k = min(3, len(points) // 3)
            tangent = _unit(points[k % len(points)] - points[-k])
            beziers = fit_beziers(ring, limit, tangent, -tangent)
        else:
            for i, j in zip(marks, marks[1:] + [marks[0] + len(points)]):
                piece = np.arange(i, j + 1) % len(points)
                beziers += fit_beziers(points[piece], limit[piece])
        self.curve(beziers, True)

    def open_polyline(
        self,
        points: np.ndarray,
        tolerance: float,
        focus: np.ndarray | None = None,
        spacing: float = 3.2,
    ) -> None:
        """Fit an open polyline."""
        points = resample(points, spacing, False)
        self.curve(fit_beziers(points, _tolerances(points, tolerance, focus)), False)

    @property
    def data(self) -> str:
        return "".join(self.parts)
