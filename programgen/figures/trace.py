"""Outlines, colour regions and inner lines of a rasterised body, as smooth polylines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from programgen.figures.arrays import Array
from programgen.figures.body import ROOTS
from programgen.figures.borders import Borders, contours, find_borders
from programgen.figures.camera import Camera
from programgen.figures.cracks import chain_cracks, mask_cracks
from programgen.figures.curves import smooth
from programgen.figures.materials import MATERIALS, SHIRT, SHORTS, SKIN
from programgen.figures.patches import fill_folds, fill_slits, remove_specks
from programgen.figures.raster import Raster
from programgen.figures.skeleton import Frames, Vec
from programgen.figures.solids import Blob

SIGMA = 1.0
"""Pixels over which lines are smoothed."""

WEAK, STRONG = 0.008, 0.022
"""Jumps in depth (metres): a line is drawn at a strong one, and runs on along a weak one."""

TAIL = 0.03
"""Metres that a line runs on."""

SHORTEST = 0.04
"""Shorter inner lines (metres) are dropped; on head and hands those of half the length."""

DARK = 0.10
"""Surface turned to the light by less than this cosine is shaded."""


@dataclass(frozen=True)
class Trace:
    """Polylines (n, 2) of a body in page metres, x right and y down."""

    outline: Sequence[Array]
    """Closed."""
    regions: Mapping[str, Sequence[Array]]
    """Closed, by material."""
    lines: Sequence[Array]
    """Open lines inside."""
    shade: Sequence[Array]
    """Closed: what is turned away from the light."""
    focus: Array
    """Discs (x, y, radius) with fine detail: head and hands."""


def trace(
    raster: Raster,
    blobs: Sequence[Blob],
    frames: Frames,
    camera: Camera,
    *,
    light: Vec | None = None,
) -> Trace:
    """Turn pixel maps into smooth polylines; without ``light`` there is no shade."""
    maps = _maps(raster, blobs)
    roots = {
        maps.limbs.index(name): ((camera.axes @ frames.point(root.joint))[:2], root.reach * 0.95)
        for name, root in ROOTS.items()
    }
    marks = _Marks.of(raster, maps, roots)
    edge_h, edge_v = mask_cracks(maps.material + 1)
    borders = find_borders(
        raster,
        maps.kind,
        maps.kind_of_blob,
        marks.weak_horizontal | edge_h,
        marks.weak_vertical | edge_v,
    )
    focus = _focus(frames, camera)
    return Trace(
        outline=_pages(raster, maps.material >= 0, 20, borders),
        regions=_regions(raster, maps.material, borders),
        lines=_inner_lines(raster, marks, borders, focus),
        shade=[] if light is None else _shade(raster, maps.material >= 0, light),
        focus=focus,
    )


@dataclass(frozen=True)
class _Maps:
    """What each pixel (rows, columns) shows, -1 for nothing."""

    material: Array
    limb: Array
    kind: Array
    """Material and limb in one number."""
    kind_of_blob: Array
    """The same by index of the blob; the last is nothing."""
    limbs: Sequence[str]
    """Names of the limbs by number."""


def _maps(raster: Raster, blobs: Sequence[Blob]) -> _Maps:
    limbs = list(dict.fromkeys(b.chain for b in blobs))
    # Parts with a line around them count as limbs of their own.
    outlined = [b.name for b in blobs if b.outlined]
    limb_of = [8 + outlined.index(b.name) if b.outlined else limbs.index(b.chain) for b in blobs]
    limb_of_blob = np.array([*limb_of, -1])
    material_of_blob = np.array([*(MATERIALS.index(b.material) for b in blobs), -1])
    kind_of_blob = material_of_blob * 32 + limb_of_blob
    seen = material_of_blob[raster.blob]
    shirt, shorts = (seen == MATERIALS.index(cloth) for cloth in (SHIRT, SHORTS))
    blob = fill_slits(fill_folds(raster.blob, shirt, shorts, raster.pixel), raster.pixel)
    material = remove_specks(material_of_blob[blob], 10)
    inside = material >= 0
    return _Maps(
        material,
        limb=np.where(inside, limb_of_blob[blob], -1),
        kind=np.where(inside, kind_of_blob[blob], kind_of_blob[-1]),
        kind_of_blob=kind_of_blob,
        limbs=limbs,
    )


def _pages(raster: Raster, mask: Array, least: int, borders: Borders) -> list[Array]:
    found = contours(mask, sigma=SIGMA, least=least, borders=borders)
    return [raster.page(line) for line in found]


def _regions(raster: Raster, material: Array, borders: Borders) -> dict[str, Sequence[Array]]:
    """Return the contours of each material; skin is painted by the outline."""
    regions = {
        name: _pages(raster, material == number, 12, borders)
        for number, name in enumerate(MATERIALS)
        if name != SKIN
    }
    return {name: lines for name, lines in regions.items() if lines}


def _focus(frames: Frames, camera: Camera) -> Array:
    discs = []
    for joint, local, radius in (
        ("head", (0.02, 0.0, 0.08), 0.15),
        ("finger_l", (0.0, 0.0, 0.0), 0.10),
        ("finger_r", (0.0, 0.0, 0.0), 0.10),
    ):
        u, v, _ = camera.axes @ frames.point(joint, local)
        discs.append((u, -v, radius))
    return np.array(discs)


def _shade(raster: Raster, inside: Array, light: Vec) -> list[Array]:
    towards = np.asarray(light) / np.linalg.norm(light)
    dark = inside & (raster.normal @ towards < DARK)
    dark = remove_specks(dark.astype(int), 200).astype(bool) & inside
    return [raster.page(line) for line in contours(dark, sigma=5.0, least=60)]


@dataclass(frozen=True)
class _Marks:
    """Borders between pixels on which inner lines may run, and corners where they must."""

    weak_horizontal: Array
    weak_vertical: Array
    strong: Array
    """Pixel corners (rows + 1, columns + 1)."""

    @classmethod
    def of(cls, raster: Raster, maps: _Maps, roots: Mapping[int, tuple[Array, float]]) -> "_Marks":
        """Find them; a limb is joined with the trunk near its root (page place, reach)."""
        high, wide = raster.depth.shape
        weak_h, strong_h = _line_cracks(raster, maps, roots, 0)
        weak_v, strong_v = _line_cracks(raster, maps, roots, 1)
        out = cls(
            np.zeros((high + 1, wide), bool),
            np.zeros((high, wide + 1), bool),
            np.zeros((high + 1, wide + 1), bool),
        )
        out.weak_horizontal[1:-1], out.weak_vertical[:, 1:-1] = weak_h, weak_v
        r, c = np.nonzero(strong_h)
        out.strong[r + 1, c] = out.strong[r + 1, c + 1] = True
        r, c = np.nonzero(strong_v)
        out.strong[r, c + 1] = out.strong[r + 1, c + 1] = True
        return out


def _line_cracks(
    raster: Raster, maps: _Maps, roots: Mapping[int, tuple[Array, float]], axis: int
) -> tuple[Array, Array]:
    """Return weak and strong marks of inner lines for the pixel borders along one axis.

    Lines are drawn at depth jumps, and where two limbs touch that are not joined there.
    """
    material = np.moveaxis(maps.material, axis, 0)
    same = (material[:-1] >= 0) & (material[:-1] == material[1:])
    contact = same & _contacts(raster, maps, roots, axis, same)
    jump = _jumps(np.moveaxis(raster.depth, axis, 0))
    return (
        np.moveaxis(same & ((jump > WEAK) | contact), 0, axis),
        np.moveaxis(same & ((jump > STRONG) | contact), 0, axis),
    )


def _jumps(depth: Array) -> Array:
    """Return the jumps between neighbours along the first axis, less the far side's slope."""
    a, b = depth[:-1], depth[1:]
    slope_a, slope_b = np.zeros_like(a), np.zeros_like(b)
    slope_a[1:] = np.abs(depth[1:-1] - depth[:-2])
    slope_b[:-1] = np.abs(depth[2:] - depth[1:-1])
    far_slope = np.where(a < b, slope_a, slope_b)
    out: Array = np.abs(a - b) - 1.5 * np.minimum(far_slope, 0.02)
    return out


def _contacts(
    raster: Raster, maps: _Maps, roots: Mapping[int, tuple[Array, float]], axis: int, same: Array
) -> Array:
    """Return where two limbs touch that do not flow into each other."""
    limb = np.moveaxis(maps.limb, axis, 0)
    trunk = maps.limbs.index("trunk")
    contact: Array = same & (limb[:-1] != limb[1:])
    rows, cols = np.nonzero(contact)
    along, across = (rows + 1.0) * raster.pixel, (cols + 0.5) * raster.pixel
    at = np.stack([across, along] if axis == 0 else [along, across], 1)
    at += np.array([raster.u0, raster.v0])
    x, y = limb[rows, cols], limb[rows + 1, cols]
    for number, (centre, reach) in roots.items():
        joined = ((x == number) & (y == trunk)) | ((y == number) & (x == trunk))
        joined &= np.linalg.norm(at - centre, axis=1) < reach
        contact[rows[joined], cols[joined]] = False
    return contact


def _inner_lines(raster: Raster, marks: _Marks, borders: Borders, focus: Array) -> list[Array]:
    found = (
        _inner_line(chain, raster, marks, borders, focus, closed=closed)
        for chain, closed in chain_cracks(marks.weak_horizontal, marks.weak_vertical)
    )
    return [line for line in found if line is not None]


def _inner_line(
    chain: Array, raster: Raster, marks: _Marks, borders: Borders, focus: Array, *, closed: bool
) -> Array | None:
    """Return a line along the strong part of a chain with short weak tails, or None."""
    strong = np.flatnonzero(marks.strong[chain[:, 0], chain[:, 1]])
    if len(strong) < 4 or len(chain) < 6:
        return None
    if not closed:
        tail = int(TAIL / raster.pixel)
        chain = chain[max(strong[0] - tail, 0) : strong[-1] + tail + 1]
    points = smooth(borders.points(chain, closed=closed), SIGMA + 0.4, closed=closed)
    size = np.linalg.norm(points.max(0) - points.min(0)) * raster.pixel
    middle = raster.page(points.mean(0)[None])[0]
    fine = (np.linalg.norm(middle - focus[:, :2], axis=1) < focus[:, 2]).any()
    if size < (0.45 if fine else 1.0) * SHORTEST:
        return None
    return raster.page(np.concatenate([points, points[:1]]) if closed else points)
