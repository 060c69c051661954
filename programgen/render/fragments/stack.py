"""Blocks that never break, one below the other, on as many pages as they need.

The rules are those of CSS: the larger of two margins that meet counts, the margin above the
first block after a page break is dropped, and a block that stays with the next moves with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Brick:
    """The height of a block and its margins, in CSS pixels; *keep*: it stays with the next."""

    height: float
    before: float
    after: float
    keep: bool = False


def stacked(bricks: Sequence[Brick], top: float, bottom: float) -> list[list[float]] | None:
    """Return the upper edge of each brick, page by page, between *top* and *bottom*.

    None when something that must stay together is higher than a page, or a margin is negative.
    """
    if any(min(b.before, b.after, b.height) < 0 for b in bricks):
        return None
    pages: list[list[float]] = []
    page: list[float] = []
    edge = top
    for group in _groups(bricks):
        placed, end = _placed(group, edge, meets=_above(bricks, pages, page))
        if end > _room(bottom) and page:
            pages.append(page)
            page = []
            placed, end = _placed(group, top, meets=None)
        if end > _room(bottom):
            return None
        page += placed
        edge = end
    return [*pages, page]


def _room(bottom: float) -> float:
    """Return the bottom with the tolerance that WeasyPrint has for rounding."""
    return bottom * (1 + 1e-9)


def _above(bricks: Sequence[Brick], pages: list[list[float]], page: list[float]) -> float | None:
    """Return the margin below the last brick of the page; None at the head of a later page."""
    number = sum(map(len, pages)) + len(page)
    if page:
        return bricks[number - 1].after
    return None if pages else 0.0


def _groups(bricks: Sequence[Brick]) -> list[list[Brick]]:
    groups: list[list[Brick]] = [[]]
    for brick in bricks:
        groups[-1].append(brick)
        if not brick.keep:
            groups.append([])
    return [group for group in groups if group]


def _placed(group: list[Brick], edge: float, meets: float | None) -> tuple[list[float], float]:
    """Return the upper edges of a group and its lower edge; *meets* is the margin above it."""
    placed = []
    for brick in group:
        edge += 0.0 if meets is None else max(meets, brick.before)
        placed.append(edge)
        edge += brick.height
        meets = brick.after
    return placed, edge
