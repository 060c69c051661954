"""Clean-up of pixel maps: small patches and narrow gaps."""

import numpy as np

from programgen.figures.arrays import Array

GAP_AREA, GAP_WIDTH = 0.008, 0.016
"""An enclosed gap smaller (square metres) and narrower (metres) than this is closed."""

SPECK_AREA, PEN_WIDTH = 0.0016, 0.016
"""A gap smaller than this (square metres) is closed whatever its form, if no way out of it is
wider than the pen of the outline (metres)."""

FOLD_WIDTH, FOLD_AREA = 0.026, 0.0006
"""A gap between shirt and shorts narrower (metres) and larger (square metres) is closed."""

FARTHEST = 200
"""Pixels that a patch may grow; more than any picture needs."""

_SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))


def remove_specks(label: Array, least: int) -> Array:
    """Give connected patches smaller than ``least`` pixels to their commonest neighbour."""
    wide = label.shape[1]
    out = label.copy().ravel()
    patch = patches(label).ravel()
    numbers, counts = np.unique(patch, return_counts=True)
    for small in numbers[counts < least]:
        cells = np.flatnonzero(patch == small)
        around = np.concatenate([cells - 1, cells + 1, cells - wide, cells + wide])
        around = around[(around >= 0) & (around < label.size)]
        around = around[patch[around] != small]
        if len(around):
            values, n = np.unique(out[around], return_counts=True)
            out[cells] = values[n.argmax()]
    return out.reshape(label.shape)


def patches(label: Array) -> Array:
    """Return a number (rows, columns) for each pixel, equal within a connected patch.

    Runs of equal pixels in a row are joined with equal runs above them (union-find).
    """
    wide = label.shape[1]
    starts = np.ones(label.shape, bool)
    starts[:, 1:] = label[:, 1:] != label[:, :-1]
    run = np.maximum.accumulate(np.where(starts.ravel(), np.arange(label.size), 0))
    parent = np.arange(label.size)

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    alike = np.flatnonzero((label[1:] == label[:-1]).ravel())
    pairs = np.unique(run[alike].astype(np.int64) * label.size + run[alike + wide])
    for pair in pairs.tolist():
        a, b = find(pair // label.size), find(pair % label.size)
        if a != b:
            parent[max(a, b)] = min(a, b)
    runs, inverse = np.unique(run, return_inverse=True)
    out: Array = np.array([find(i) for i in runs.tolist()])[inverse]
    return out.reshape(label.shape)


def eroded(mask: Array) -> Array:
    """Return a mask without its rim of one pixel."""
    padded = np.pad(mask, 1)
    out = padded.copy()
    for side in _SIDES:
        out &= np.roll(padded, side, (0, 1))
    inner: Array = out[1:-1, 1:-1]
    return inner


def dilated(mask: Array) -> Array:
    """Return a mask with a further rim of one pixel."""
    padded = np.pad(mask, 1)
    out = padded.copy()
    for side in _SIDES:
        out |= np.roll(padded, side, (0, 1))
    inner: Array = out[1:-1, 1:-1]
    return inner


def opened(mask: Array, steps: int) -> Array:
    """Return a mask without what is at most twice ``steps`` pixels wide."""
    for _ in range(steps):
        mask = eroded(mask)
    for _ in range(steps):
        mask = dilated(mask)
    return mask


def fill_slits(label: Array, pixel: float) -> Array:
    """Close narrow enclosed gaps of background (-1), which would print as black slivers.

    They take the label of their nearest neighbours; a line is drawn where limbs then touch.
    """
    empty = (label < 0).astype(int)
    gaps = (empty == 1) & (remove_specks(empty, int(GAP_AREA / pixel**2)) == 0)
    narrow = gaps & ~_wide(gaps, max(int(GAP_WIDTH / pixel / 2), 1))
    # The outline closes narrow ways between gaps, so they count as walls here.
    rooms = _open_air(label, PEN_WIDTH / pixel).astype(int)
    specks = (rooms == 1) & (remove_specks(rooms, int(SPECK_AREA / pixel**2)) == 0)
    return _filled(label, specks | narrow)


def _open_air(label: Array, width: float) -> Array:
    """Return the background (-1) without what is narrower than ``width`` pixels."""
    steps = max(int(width / 2), 1)
    # What lies outside the map is background, too.
    air = opened(np.pad(label < 0, 2 * steps, constant_values=True), steps)
    inner: Array = air[2 * steps : -2 * steps, 2 * steps : -2 * steps]
    return inner


def fill_folds(label: Array, one: Array, other: Array, pixel: float) -> Array:
    """Close narrow gaps of background (-1) between two parts, open ones as well.

    Cloth hangs over the fold of belly and thigh; seen from the front it would gape.
    """
    narrow = (label < 0) & ~_open_air(label, FOLD_WIDTH / pixel)
    piece = patches(narrow.astype(int))
    beside = np.intersect1d(piece[narrow & dilated(one)], piece[narrow & dilated(other)])
    numbers, counts = np.unique(piece, return_counts=True)
    large = numbers[counts * pixel**2 > FOLD_AREA]
    return _filled(label, narrow & np.isin(piece, np.intersect1d(beside, large)))


def _wide(gaps: Array, steps: int) -> Array:
    """Return the gaps that keep a core when their rim is taken away ``steps`` times."""
    core = gaps
    for _ in range(steps):
        core = eroded(core)
    for _ in range(FARTHEST):
        grown = dilated(core) & gaps
        if (grown == core).all():
            break
        core = grown
    return core


def _filled(label: Array, slits: Array) -> Array:
    """Return the map with slits taken over by what is beside them."""
    label, slits = label.copy(), slits.copy()
    for _ in range(FARTHEST):
        if not slits.any():
            break
        for side in _SIDES:
            near = np.roll(label, side, (0, 1))
            take = slits & (near >= 0)
            label[take] = near[take]
            slits &= ~take
    return label
