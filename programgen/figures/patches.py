"""Clean-up of pixel maps: small patches and narrow gaps."""

import numpy as np

from programgen.figures.arrays import Array

GAP_AREA, GAP_WIDTH = 0.008, 0.016
"""An enclosed gap smaller (square metres) and narrower (metres) than this is closed."""

FARTHEST = 200
"""Pixels that a patch may grow; more than any picture needs."""

_SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))


def remove_specks(label: Array, least: int) -> Array:
    """Give connected patches smaller than ``least`` pixels to their commonest neighbour."""
    wide = label.shape[1]
    out = label.copy().ravel()
    patch = _patches(label)
    patches, counts = np.unique(patch, return_counts=True)
    for small in patches[counts < least]:
        cells = np.flatnonzero(patch == small)
        around = np.concatenate([cells - 1, cells + 1, cells - wide, cells + wide])
        around = around[(around >= 0) & (around < label.size)]
        around = around[patch[around] != small]
        if len(around):
            values, n = np.unique(out[around], return_counts=True)
            out[cells] = values[n.argmax()]
    return out.reshape(label.shape)


def _patches(label: Array) -> Array:
    """Return a number (rows * columns,) for each pixel, equal within a connected patch.

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
    return out


def fill_slits(label: Array, pixel: float) -> Array:
    """Close narrow enclosed gaps of background (-1), which would print as black slivers.

    They take the label of their nearest neighbours; a line is drawn where limbs then touch.
    """
    filled = remove_specks((label < 0).astype(int), int(GAP_AREA / pixel**2)) == 0
    gaps = filled & (label < 0)
    if not gaps.any():
        return label.copy()
    return _filled(label, gaps & ~_wide(gaps, max(int(GAP_WIDTH / pixel / 2), 1)))


def _wide(gaps: Array, steps: int) -> Array:
    """Return the gaps that keep a core when their rim is taken away ``steps`` times."""
    core = gaps.copy()
    for _ in range(steps):
        core[1:-1, 1:-1] &= core[:-2, 1:-1] & core[2:, 1:-1] & core[1:-1, :-2] & core[1:-1, 2:]
    for _ in range(FARTHEST):
        grown = core.copy()
        grown[1:] |= core[:-1]
        grown[:-1] |= core[1:]
        grown[:, 1:] |= core[:, :-1]
        grown[:, :-1] |= core[:, 1:]
        grown &= gaps
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
