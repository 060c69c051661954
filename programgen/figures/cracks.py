"""Borders between unlike pixels ("cracks"), linked into chains of pixel corners.

A pixel corner is named by one number, row * stride + column, while chains are linked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from programgen.figures.arrays import Array

Chain = tuple[Array, bool]
"""Pixel corners (n, 2) as (row, column), and whether they form a ring."""

End = tuple[int, int]
"""A chain's number, and which end of it: 0 or 1."""

HEADING = 6
"""Steps from a chain's end over which its direction there is taken."""


def mask_cracks(mask: Array) -> tuple[Array, Array]:
    """Return the horizontal and vertical borders of a map of pixels."""
    padded = np.pad(mask, 1)
    return padded[1:, 1:-1] != padded[:-1, 1:-1], padded[1:-1, 1:] != padded[1:-1, :-1]


def chain_cracks(horizontal: Array, vertical: Array, limit: float = 60.0) -> list[Chain]:
    """Link marked pixel borders into chains of pixel corners.

    ``horizontal[r, c]`` marks the border below pixel (r, c), from corner (r, c) to
    (r, c + 1); ``vertical[r, c]`` the border left of pixel (r, c), from corner (r, c) to
    (r + 1, c). Where three or more borders meet, the two that continue each other's
    direction within ``limit`` degrees are joined; the others end there.
    """
    stride = horizontal.shape[1] + 2
    pieces, rings = _Walker(_borders(horizontal, vertical, stride)).walked()
    linked = _continued(pieces, stride, limit)
    joined, more = _joined(pieces, linked)
    return [(_corners(c, stride), False) for c in joined] + [
        (_corners(c[:-1], stride), True) for c in [*rings, *more]
    ]


def _corners(chain: Sequence[int], stride: int) -> Array:
    return np.stack(np.divmod(np.array(chain), stride), 1)


def _borders(horizontal: Array, vertical: Array, stride: int) -> list[tuple[int, int]]:
    """Return the two corners of every marked border."""
    r, c = np.nonzero(horizontal)
    at = r * stride + c
    out = list(zip(at.tolist(), (at + 1).tolist(), strict=True))
    r, c = np.nonzero(vertical)
    at = r * stride + c
    return out + list(zip(at.tolist(), (at + stride).tolist(), strict=True))


def _border(a: int, b: int) -> tuple[int, int]:
    return min(a, b), max(a, b)


class _Walker:
    """Follows borders from corner to corner, each once."""

    def __init__(self, borders: Sequence[tuple[int, int]]) -> None:
        self.links: dict[int, list[int]] = {}
        for a, b in borders:
            self.links.setdefault(a, []).append(b)
            self.links.setdefault(b, []).append(a)
        self.unused = {_border(a, b) for a, b in borders}

    def walked(self) -> tuple[list[list[int]], list[list[int]]]:
        """Return the pieces between junctions, and the rings."""
        pieces = [
            self._walk(corner, other)
            for corner, around in self.links.items()
            if len(around) != 2
            for other in around
            if _border(corner, other) in self.unused
        ]
        rings: list[list[int]] = []
        while self.unused:
            chain = self._walk(*next(iter(self.unused)))
            (rings if chain[0] == chain[-1] else pieces).append(chain)
        rings += [c for c in pieces if c[0] == c[-1]]
        return [c for c in pieces if c[0] != c[-1]], rings

    def _walk(self, a: int, b: int) -> list[int]:
        """Return the corners from a border on, up to a junction, an end or the start."""
        out = [a, b]
        self.unused.discard(_border(a, b))
        while len(self.links[b]) == 2:
            ahead = self.links[b][0] if self.links[b][1] == a else self.links[b][1]
            if _border(b, ahead) not in self.unused:
                break
            self.unused.discard(_border(b, ahead))
            out.append(ahead)
            a, b = b, ahead
        return out


def _heading(chain: Sequence[int], end: int, stride: int) -> tuple[float, float]:
    """Return the direction (rows, columns) in which a chain leaves at one end."""
    k = min(HEADING, len(chain) - 1)
    a, b = (chain[0], chain[k]) if end == 0 else (chain[-1], chain[-1 - k])
    dr, dc = a // stride - b // stride, a % stride - b % stride
    length = max((dr * dr + dc * dc) ** 0.5, 1e-9)
    return dr / length, dc / length


@dataclass(frozen=True, order=True)
class _Meeting:
    """Two ends at one corner; the straighter, the lower the cosine of their headings."""

    cosine: float
    x: int
    y: int


def _continued(pieces: Sequence[Sequence[int]], stride: int, limit: float) -> dict[End, End]:
    """Return which ends continue each other at junctions, straightest pairs first."""
    ends: dict[int, list[End]] = {}
    for number, chain in enumerate(pieces):
        ends.setdefault(chain[0], []).append((number, 0))
        ends.setdefault(chain[-1], []).append((number, 1))
    straight = np.cos(np.radians(limit)) - 1e-9
    linked: dict[End, End] = {}
    for group in ends.values():
        heads = [_heading(pieces[i], end, stride) for i, end in group]
        for meeting in _ranked(heads):
            a, b = group[meeting.x], group[meeting.y]
            if -meeting.cosine >= straight and a not in linked and b not in linked:
                linked[a], linked[b] = b, a
    return linked


def _ranked(heads: Sequence[tuple[float, float]]) -> list[_Meeting]:
    return sorted(
        _Meeting(a[0] * b[0] + a[1] * b[1], x, y)
        for (x, a), (y, b) in combinations(enumerate(heads), 2)
    )


def _joined(
    pieces: Sequence[Sequence[int]], linked: Mapping[End, End]
) -> tuple[list[list[int]], list[list[int]]]:
    """Return pieces strung together where they are linked: open chains and rings."""
    chains: list[list[int]] = []
    rings: list[list[int]] = []
    seen: set[int] = set()
    for start in _starts(len(pieces), linked):
        if start[0] in seen:
            continue
        corners: list[int] = []
        here: End | None = start
        while here is not None and here[0] not in seen:
            number, end = here
            seen.add(number)
            piece = pieces[number] if end == 0 else pieces[number][::-1]
            corners += piece[1 if corners else 0 :]
            here = linked.get((number, 1 - end))
        (rings if corners[0] == corners[-1] and len(corners) > 3 else chains).append(corners)
    return chains, rings


def _starts(count: int, linked: Mapping[End, End]) -> Iterable[End]:
    """Yield free ends first, then any end for the pieces that form a ring."""
    yield from ((i, end) for i in range(count) for end in (0, 1) if (i, end) not in linked)
    yield from ((i, 0) for i in range(count))
