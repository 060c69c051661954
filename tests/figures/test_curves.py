"""Curves stay with the lines they stand for, in little text."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from programgen.figures.borders import contours
from programgen.figures.cracks import chain_cracks, mask_cracks
from programgen.figures.curves import fit_beziers, resample, smooth
from programgen.figures.patches import fill_slits, opened, remove_specks
from programgen.figures.path_text import closed_curve, open_curve, polygon

TOLERANCE = 1.4


@st.composite
def wavy_lines(draw):
    """Return a smooth open polyline (n, 2) in SVG units."""
    waves = draw(st.lists(st.floats(-40, 40), min_size=1, max_size=4))
    length = draw(st.floats(30, 600))
    x = np.linspace(0, length, 200)
    y = sum(a * np.sin((k + 1) * np.pi * x / length) for k, a in enumerate(waves))
    return resample(np.stack([x, y], 1), 3.2, closed=False)


def along(beziers):
    """Return dense points (n, 2) on curves."""
    t = np.linspace(0, 1, 300)[:, None]
    s = 1 - t
    return np.concatenate(
        [s**3 * c[0] + 3 * s * s * t * c[1] + 3 * s * t * t * c[2] + t**3 * c[3] for c in beziers]
    )


@given(wavy_lines())
def test_curves_stay_within_tolerance_of_their_line(line):
    """Every point of the line is near the curve, and the curve never leaves the line."""
    curve = along(fit_beziers(line, TOLERANCE))
    gaps = np.linalg.norm(line[:, None] - curve[None], axis=2)

    # Rounded corners may take up to 2.4 times the tolerance.
    assert gaps.min(1).max() < TOLERANCE * 2.4 + 0.2
    assert gaps.min(0).max() < TOLERANCE * 2.4 + 3.2


@given(wavy_lines())
def test_curves_end_where_their_line_ends(line):
    """Ends stay put and neighbours share a point."""
    curves = fit_beziers(line, TOLERANCE)

    assert np.allclose(curves[0][0], line[0])
    assert np.allclose(curves[-1][3], line[-1])
    for one, other in pairwise(curves):
        assert np.allclose(one[3], other[0])


@given(wavy_lines(), st.floats(0.5, 6))
def test_smoothing_keeps_the_ends_of_open_lines(line, sigma):
    """Smoothing neither adds points nor moves the ends."""
    out = smooth(line, sigma, closed=False)

    assert len(out) == len(line)
    assert np.allclose(out[[0, -1]], line[[0, -1]])


@given(st.floats(20, 200), st.floats(0.6, 4))
def test_a_circle_stays_a_circle(radius, tolerance):
    """A closed curve has no corner where it closes, and few segments."""
    a = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    text = closed_curve(np.stack([np.cos(a), np.sin(a)], 1) * radius, tolerance)

    assert text.startswith("M")
    assert text.endswith("z")
    assert len(re.findall(r"-?\d+", text)) <= 2 + 6 * 10


def test_a_square_keeps_its_corners():
    """Sharp corners are not rounded off."""
    square = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], float)
    numbers = [int(n) for n in re.findall(r"-?\d+", closed_curve(square, TOLERANCE))]
    at, seen = np.array(numbers[:2]), []
    for k in range(2, len(numbers), 6):
        at = at + numbers[k + 4 : k + 6]
        seen.append(at)

    for corner in square:
        assert min(np.linalg.norm(np.array(seen) - corner, axis=1)) < 3


@pytest.mark.parametrize("write", [closed_curve, open_curve])
def test_the_text_of_a_curve_is_numbers(write):
    """Paths are relative whole numbers and nothing else."""
    line = np.array([[0, 0], [40, 10], [80, -10], [120, 0], [90, 60]], float)

    assert re.fullmatch(r"M[-\d ]+c[-\d ]+z?", write(line, TOLERANCE))


def test_a_polygon_leaves_out_what_does_not_move():
    """Points that round to the same place are written once."""
    text = polygon(np.array([[0, 0], [0.2, 0.1], [10, 0], [10, 10]]), closed=True)

    assert text == "M0 0l10 0 0 10z"


masks = st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=6, max_size=6).map(
    np.array
)


@given(masks)
def test_the_contour_of_a_mask_is_closed(mask):
    """Every border of a mask is walked exactly once, in rings."""
    horizontal, vertical = mask_cracks(mask)
    chains = chain_cracks(horizontal, vertical, limit=180)

    assert all(closed for _, closed in chains)
    assert sum(len(chain) for chain, _ in chains) == horizontal.sum() + vertical.sum()


def test_a_gap_stays_open():
    """A hole runs against its outline: paths are filled by how often they are circled."""
    mask = np.zeros((40, 60), bool)
    mask[5:35, 5:55] = True
    mask[12:28, 12:24] = mask[12:28, 34:48] = False
    rings = [ring - ring.mean(0) for ring in contours(mask, sigma=1.0, least=4)]
    areas = [
        (np.roll(r[:, 0], -1) * r[:, 1] - r[:, 0] * np.roll(r[:, 1], -1)).sum() / 2 for r in rings
    ]
    one, other, outline = sorted(areas, key=abs)

    assert np.sign(one) == np.sign(other) == -np.sign(outline)


@given(masks, st.integers(1, 6))
def test_small_patches_are_taken_over(mask, least):
    """Removing specks never invents a label and leaves large patches alone."""
    out = remove_specks(mask.astype(int), least)

    assert set(np.unique(out)) <= set(np.unique(mask.astype(int)))
    assert (remove_specks(mask.astype(int), 1) == mask).all()


def test_what_is_thin_is_dropped():
    """A strip of two pixels is a sliver, one of four is not."""
    mask = np.zeros((20, 20), bool)
    mask[2:4, 2:18] = True
    mask[8:12, 2:18] = True
    out = opened(mask, 1)

    assert not out[2:4].any()
    assert out[8:12, 4:16].all()


def test_a_slit_is_closed_and_a_window_stays():
    """A narrow gap between limbs is filled; a wide one shows what is behind."""
    label = np.zeros((60, 60), int)
    label[[0, -1]] = label[:, [0, -1]] = -1
    label[10:30, 10:12] = -1
    label[20:45, 25:50] = -1
    out = fill_slits(label, 0.004)

    assert (out[10:30, 10:12] == 0).all()
    assert (out[24:40, 30:45] == -1).all()
