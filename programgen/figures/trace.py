"""Outlines, colour regions and inner lines of a rasterised figure, as smooth polylines.

Borders between unlike pixels ("cracks") are linked into chains. Where a border crosses
the segment between two pixel centres is found by bisection with extra rays, so lines are
accurate to a fraction of a pixel although the raster is coarse.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from programgen.figures.body import MATERIALS, ROOTS, SKIN, Blob
from programgen.figures.camera import Camera
from programgen.figures.curves import smooth
from programgen.figures.raster import Raster
from programgen.figures.skeleton import Frames


@dataclass
class Trace:
    """Closed polylines of the outline and of each material, and open inner lines.

    All in page coordinates: metres, x right, y down.
    """

    outline: list[np.ndarray]
    regions: dict[str, list[np.ndarray]]
    lines: list[np.ndarray]
    shade: list[np.ndarray]
    focus: np.ndarray  # discs (x, y, radius) with fine detail: head and hands


Chain = tuple[np.ndarray, bool]  # pixel corners (n, 2) as (row, column); closed?


def chain_cracks(horizontal: np.ndarray, vertical: np.ndarray, limit: float = 60.0) -> list[Chain]:
    """Link marked pixel borders into chains of pixel corners.

    ``horizontal[r, c]`` marks the border below pixel (r, c), from corner (r, c) to
    (r, c + 1); ``vertical[r, c]`` the border left of pixel (r, c), from corner (r, c) to
    (r + 1, c). Where three or more borders meet, the two that continue each other's
    direction within ``limit`` degrees are joined; the others end there.
    """
    stride = horizontal.shape[1] + 2
    links: dict[int, list[int]] = {}
    r, c = np.nonzero(horizontal)
    pairs = list(zip((r * stride + c).tolist(), (r * stride + c + 1).tolist()))
    r, c = np.nonzero(vertical)
    pairs += list(zip((r * stride + c).tolist(), ((r + 1) * stride + c).tolist()))
    for a, b in pairs:
        links.setdefault(a, []).append(b)
        links.setdefault(b, []).append(a)
    unused = {(min(a, b), max(a, b)) for a, b in pairs}

    def walk(a: int, b: int) -> list[int]:
        out = [a, b]
        unused.discard((min(a, b), max(a, b)))
        while len(links[b]) == 2:
            nxt = links[b][0] if links[b][1] == a else links[b][1]
            key = (min(b, nxt), max(b, nxt))
            if key not in unused:
                break
            unused.discard(key)
            out.append(nxt)
            a, b = b, nxt
        return out

    open_chains: list[list[int]] = []
    rings: list[list[int]] = []
    for node, around in links.items():
        if len(around) != 2:
            for other in around:
                if (min(node, other), max(node, other)) in unused:
                    open_chains.append(walk(node, other))
    while unused:
        out = walk(*next(iter(unused)))
        (rings if out[0] == out[-1] else open_chains).append(out)
    rings += [c for c in open_chains if c[0] == c[-1]]
    open_chains = [c for c in open_chains if c[0] != c[-1]]

    def heading(chain: list[int], end: int) -> tuple[float, float]:
        k = min(6, len(chain) - 1)
        a, b = (chain[0], chain[k]) if end == 0 else (chain[-1], chain[-1 - k])
        dr, dc = a // stride - b // stride, a % stride - b % stride
        length = max((dr * dr + dc * dc) ** 0.5, 1e-9)
        return dr / length, dc / length

    # link chain ends that continue each other at a junction, straightest pairs first
    ends: dict[int, list[tuple[int, int]]] = {}
    for i, chain in enumerate(open_chains):
        ends.setdefault(chain[0], []).append((i, 0))
        ends.setdefault(chain[-1], []).append((i, 1))
    linked: dict[tuple[int, int], tuple[int, int]] = {}
    straight = np.cos(np.radians(limit))
    for group in ends.values():
        if len(group) < 2:
            continue
        heads = [heading(open_chains[i], e) for i, e in group]
        ranked = sorted(
            (heads[x][0] * heads[y][0] + heads[x][1] * heads[y][1], x, y)
            for x in range(len(group))
            for y in range(x + 1, len(group))
        )
        for cosine, x, y in ranked:
            if -cosine >= straight and group[x] not in linked and group[y] not in linked:
                linked[group[x]], linked[group[y]] = group[y], group[x]
    joined: list[list[int]] = []
    seen: set[int] = set()
    starts = [(i, e) for i in range(len(open_chains)) for e in (0, 1) if (i, e) not in linked]
    for i, e in starts + [(i, 0) for i in range(len(open_chains))]:
        if i in seen:
            continue
        nodes: list[int] = []
        here: tuple[int, int] | None = (i, e)
        while here is not None and here[0] not in seen:
            seen.add(here[0])
            part = open_chains[here[0]]
            nodes += (part if here[1] == 0 else part[::-1])[1 if nodes else 0 :]
            here = linked.get((here[0], 1 - here[1]))
        (rings if nodes[0] == nodes[-1] and len(nodes) > 3 else joined).append(nodes)
    open_chains = joined
    return [(np.stack(np.divmod(np.array(c), stride), 1), False) for c in open_chains] + [
        (np.stack(np.divmod(np.array(c[:-1]), stride), 1), True) for c in rings
    ]


class Borders:
    """Sub-pixel positions of the borders between pixels."""

    def __init__(
        self,
        raster: Raster,
        kind: np.ndarray,
        horizontal: np.ndarray,
        vertical: np.ndarray,
        kind_of_blob: np.ndarray,
        steps: int = 3,
    ):
        nv, nu = raster.depth.shape
        self.h = np.full((nv + 1, nu), 0.5)
        self.v = np.full((nv, nu + 1), 0.5)
        rh, ch = np.nonzero(horizontal)
        rv, cv = np.nonzero(vertical)
        inner_h = (rh > 0) & (rh < nv)
        inner_v = (cv > 0) & (cv < nu)
        rh, ch, rv, cv = rh[inner_h], ch[inner_h], rv[inner_v], cv[inner_v]
        # pixel pairs: p (below / left) and q (above / right)
        pr, pc = np.concatenate([rh - 1, rv]), np.concatenate([ch, cv - 1])
        qr, qc = np.concatenate([rh, rv]), np.concatenate([ch, cv])
        wp, wq = raster.depth[pr, pc], raster.depth[qr, qc]
        kp, kq = kind[pr, pc], kind[qr, qc]
        start = np.maximum(wp, wq) + 0.015
        lo, hi = np.zeros(len(pr)), np.ones(len(pr))
        for _ in range(steps):
            t = (lo + hi) / 2
            u = raster.u0 + (pc + 0.5 + (qc - pc) * t) * raster.pixel
            v = raster.v0 + (pr + 0.5 + (qr - pr) * t) * raster.pixel
            w, blob = raster.scene.sample(u, v, start, 14)
            k = kind_of_blob[blob]
            jump = np.abs(wp - wq) > 0.006
            like_p = np.where(
                jump, np.abs(w - wp) < np.abs(w - wq), np.where(k == kp, True, k != kq)
            )
            lo, hi = np.where(like_p, t, lo), np.where(like_p, hi, t)
        middle = (lo + hi) / 2
        self.h[rh, ch] = middle[: len(rh)]
        self.v[rv, cv] = middle[len(rh) :]

    def points(self, chain: np.ndarray, closed: bool) -> np.ndarray:
        """Border crossings (row, column) along a chain of pixel corners."""
        a = chain if closed else chain[:-1]
        b = np.roll(chain, -1, 0) if closed else chain[1:]
        row, col = np.minimum(a[:, 0], b[:, 0]), np.minimum(a[:, 1], b[:, 1])
        across = a[:, 0] == b[:, 0]  # a horizontal border
        out = np.empty((len(a), 2))
        h = self.h[np.minimum(row, self.h.shape[0] - 1), np.minimum(col, self.h.shape[1] - 1)]
        v = self.v[np.minimum(row, self.v.shape[0] - 1), np.minimum(col, self.v.shape[1] - 1)]
        out[:, 0] = np.where(across, row - 0.5 + h, row + 0.5)
        out[:, 1] = np.where(across, col + 0.5, col - 0.5 + v)
        return out


def _mask_cracks(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    padded = np.pad(mask, 1)
    return padded[1:, 1:-1] != padded[:-1, 1:-1], padded[1:-1, 1:] != padded[1:-1, :-1]


def _contours(
    mask: np.ndarray, sigma: float, least: int, borders: Borders | None
) -> list[np.ndarray]:
    """Smoothed closed contours (row, column) of a mask; drops those shorter than ``least``."""
    out = []
    for chain, closed in chain_cracks(*_mask_cracks(mask), limit=181):
        if closed and len(chain) >= least:
            points = borders.points(chain, True) if borders else chain.astype(float)
            out.append(smooth(points, sigma, True))
    return out


def remove_specks(label: np.ndarray, least: int) -> np.ndarray:
    """Give connected patches smaller than ``least`` pixels to their commonest neighbour."""
    label = label.copy()
    nv, nu = label.shape
    parent = np.arange(label.size)

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    flat = label.ravel()
    starts = np.ones(label.shape, bool)
    starts[:, 1:] = label[:, 1:] != label[:, :-1]
    run = np.maximum.accumulate(np.where(starts.ravel(), np.arange(label.size), 0))
    above = np.flatnonzero((label[1:] == label[:-1]).ravel())
    pairs = np.unique(run[above].astype(np.int64) * label.size + run[above + nu])
    for pair in pairs.tolist():
        a, b = find(pair // label.size), find(pair % label.size)
        if a != b:
            parent[max(a, b)] = min(a, b)
    runs, inverse = np.unique(run, return_inverse=True)
    root = np.array([find(i) for i in runs.tolist()])[inverse]
    roots, counts = np.unique(root, return_counts=True)
    for r in roots[counts < least]:
        cells = np.flatnonzero(root == r)
        around = np.concatenate([cells - 1, cells + 1, cells - nu, cells + nu])
        around = around[(around >= 0) & (around < label.size)]
        around = around[root[around] != r]
        if len(around):
            values, n = np.unique(flat[around], return_counts=True)
            flat[cells] = values[n.argmax()]
    return flat.reshape(label.shape)


def fill_slits(
    label: np.ndarray, pixel: float, area: float = 0.008, width: float = 0.016
) -> np.ndarray:
    """Close narrow enclosed gaps of background (-1), which would print as black slivers.

    Gaps smaller than ``area`` (square metres) whose mean width is below ``width`` (metres)
    take the label of their nearest neighbours; a line is drawn where limbs then touch.
    """
    label = label.copy()
    filled = remove_specks((label < 0).astype(int), int(area / pixel**2)) == 0
    slit = filled & (label < 0)
    if not slit.any():
        return label
    # keep wide gaps: those with pixels far from their rim
    core = slit.copy()
    for _ in range(max(int(width / pixel / 2), 1)):
        core[1:-1, 1:-1] &= core[:-2, 1:-1] & core[2:, 1:-1] & core[1:-1, :-2] & core[1:-1, 2:]
    for _ in range(200):  # grow the wide cores back to their whole gap
        grown = core.copy()
        grown[1:] |= core[:-1]
        grown[:-1] |= core[1:]
        grown[:, 1:] |= core[:, :-1]
        grown[:, :-1] |= core[:, 1:]
        grown &= slit
        if (grown == core).all():
            break
        core = grown
    slit &= ~core
    for _ in range(200):
        if not slit.any():
            break
        for dr, dc in ((0, 1), (0, -1), (1, 0), (-1, 0)):
            near = np.roll(label, (dr, dc), (0, 1))
            take = slit & (near >= 0)
            label[take] = near[take]
            slit &= ~take
    return label


def _line_cracks(
    raster: Raster,
    material: np.ndarray,
    chain: np.ndarray,
    roots: dict,
    trunk: int,
    axis: int,
    weak: float,
    strong: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Weak and strong marks of inner lines for the pixel borders along one axis.

    Lines are drawn at depth jumps, and where two limbs touch that are not joined there.
    """
    d, c, m = (np.moveaxis(x, axis, 0) for x in (raster.depth, chain, material))
    a, b = d[:-1], d[1:]
    slope_a, slope_b = np.zeros_like(a), np.zeros_like(b)
    slope_a[1:] = np.abs(d[1:-1] - d[:-2])
    slope_b[:-1] = np.abs(d[2:] - d[1:-1])
    far_slope = np.where(a < b, slope_a, slope_b)
    jump = np.abs(a - b) - 1.5 * np.minimum(far_slope, 0.02)
    same = (m[:-1] >= 0) & (m[:-1] == m[1:])
    contact = same & (c[:-1] != c[1:])
    rows, cols = np.nonzero(contact)
    along, across = (rows + 1.0) * raster.pixel, (cols + 0.5) * raster.pixel
    at = np.stack([along, across], 1)[:, ::-1] if axis == 0 else np.stack([along, across], 1)
    at = at + [raster.u0, raster.v0]
    x, y = c[rows, cols], c[rows + 1, cols]
    for limb, (centre, reach) in roots.items():  # near its root a limb flows into the trunk
        joined = ((x == limb) & (y == trunk)) | ((y == limb) & (x == trunk))
        joined &= np.linalg.norm(at - centre, axis=1) < reach
        contact[rows[joined], cols[joined]] = False
    return (
        np.moveaxis(same & ((jump > weak) | contact), 0, axis),
        np.moveaxis(same & ((jump > strong) | contact), 0, axis),
    )


def trace(
    raster: Raster,
    blobs: list[Blob],
    frames: Frames,
    camera: Camera,
    *,
    sigma: float = 1.0,
    weak: float = 0.008,
    strong: float = 0.022,
    tail: float = 0.03,
    shortest: float = 0.04,
    light: tuple[float, float, float] | None = None,
    shade_level: float = 0.10,
) -> Trace:
    """Turn pixel maps into smooth polylines. Lengths in metres."""
    nv, nu = raster.depth.shape
    material_of = np.array([MATERIALS.index(b.material) for b in blobs] + [-1])
    chain_names = list(dict.fromkeys(b.chain for b in blobs))
    outlined = [b.name for b in blobs if b.outlined]
    chain_of = np.array(
        [
            chain_names.index(b.chain) if not b.outlined else 8 + outlined.index(b.name)
            for b in blobs
        ]
        + [-1]
    )
    blob = fill_slits(raster.blob, raster.pixel)
    material = remove_specks(material_of[blob], 10)
    inside = material >= 0
    chain = np.where(inside, chain_of[blob], -1)
    roots = {
        chain_names.index(name): ((camera.axes @ frames.point(joint))[:2], reach * 0.95)
        for name, (joint, _, reach) in ROOTS.items()
    }
    marks = [
        _line_cracks(raster, material, chain, roots, chain_names.index("trunk"), axis, weak, strong)
        for axis in (0, 1)
    ]
    weak_h, weak_v = np.zeros((nv + 1, nu), bool), np.zeros((nv, nu + 1), bool)
    weak_h[1:-1], weak_v[:, 1:-1] = marks[0][0], marks[1][0]
    edge_h, edge_v = _mask_cracks(material + 1)
    kind_of = material_of * 32 + chain_of
    borders = Borders(
        raster,
        np.where(inside, kind_of[blob], kind_of[-1]),
        weak_h | edge_h,
        weak_v | edge_v,
        kind_of,
    )

    def page(line: np.ndarray) -> np.ndarray:
        return np.stack(
            [raster.u0 + line[:, 1] * raster.pixel, -(raster.v0 + line[:, 0] * raster.pixel)], 1
        )

    outline = [page(c) for c in _contours(inside, sigma, 20, borders)]
    regions = {}
    for i, name in enumerate(MATERIALS):
        if name == SKIN:  # painted by the outline
            continue
        contours = _contours(material == i, sigma, 12, borders)
        if contours:
            regions[name] = [page(c) for c in contours]

    discs = []
    for joint, local, radius in (
        ("head", (0.02, 0, 0.08), 0.15),
        ("finger_l", (0, 0, 0), 0.10),
        ("finger_r", (0, 0, 0), 0.10),
    ):
        u, v, _ = camera.axes @ frames.point(joint, local)
        discs.append((u, -v, radius))
    focus = np.array(discs)
    strong_at = np.zeros((nv + 1, nu + 1), bool)
    r, c = np.nonzero(marks[0][1])
    strong_at[r + 1, c] = strong_at[r + 1, c + 1] = True
    r, c = np.nonzero(marks[1][1])
    strong_at[r, c + 1] = strong_at[r + 1, c + 1] = True
    lines = []
    tail_steps = int(tail / raster.pixel)
    for line, closed in chain_cracks(weak_h, weak_v):
        on = strong_at[line[:, 0], line[:, 1]]
        if on.sum() < 4 or len(line) < 6:
            continue
        if not closed:  # keep a short weak tail beyond the strong part
            idx = np.flatnonzero(on)
            line = line[max(idx[0] - tail_steps, 0) : idx[-1] + tail_steps + 1]
        points = smooth(borders.points(line, closed), sigma + 0.4, closed)
        size = np.linalg.norm(points.max(0) - points.min(0)) * raster.pixel
        detailed = (
            np.linalg.norm(page(points.mean(0)[None])[0] - focus[:, :2], axis=1) < focus[:, 2]
        ).any()
        if size < (0.45 if detailed else 1.0) * shortest:
            continue
        if closed:
            points = np.concatenate([points, points[:1]])
        lines.append(page(points))

    shade = []
    if light is not None:
        n = np.asarray(light) / np.linalg.norm(light)
        dark = inside & (raster.normal @ n < shade_level)
        dark = remove_specks(dark.astype(int), 200).astype(bool) & inside
        shade = [page(c) for c in _contours(dark, 5.0, 60, None)]
    return Trace(outline, regions, lines, shade, focus)
