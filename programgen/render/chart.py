"""The stage ladder as a small drawing: a bar for each stage, walking and running."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 720, 150
BASE, TOP = 122, 10


@dataclass(frozen=True)
class Bar:
    """Minutes of one stage."""

    label: str
    walk: float
    run: float
    here: bool
    title: str


def alternative(bars: Sequence[Bar]) -> str:
    """Say in words what the drawing shows."""
    here = next((b for b in bars if b.here), bars[0])
    return (
        f"Chart of {len(bars)} lines of the ladder. You start at line {here.label}, {here.title}. "
        f"Running grows from {bars[0].run:g} to {bars[-1].run:g} minutes."
    )


def ladder_chart(bars: Sequence[Bar]) -> Markup:
    """Return the drawing as SVG, with its alternative text as title."""
    highest = max(bar.walk + bar.run for bar in bars) or 1.0
    slot = WIDTH / len(bars)
    wide = min(44.0, slot * 0.62)
    parts = [
        (
            f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
            f'role="img" font-family="PG Text" xmlns="http://www.w3.org/2000/svg">'
        ),
        f"<title>{escape(alternative(bars))}</title>",
        f'<path d="M0 {BASE} H{WIDTH}" stroke="#8aa0a6" stroke-width="1.5" fill="none"/>',
    ]
    for number, bar in enumerate(bars):
        left = slot * number + (slot - wide) / 2
        middle = slot * number + slot / 2
        scale = (BASE - TOP) / highest
        walk, run = bar.walk * scale, bar.run * scale
        parts.append(
            f'<rect x="{left:.1f}" y="{BASE - walk:.1f}" width="{wide:.1f}" height="{walk:.1f}" '
            f'fill="#cfe0e2"/>'
        )
        if run:
            parts.append(
                f'<rect x="{left:.1f}" y="{BASE - walk - run:.1f}" width="{wide:.1f}" '
                f'height="{run:.1f}" fill="#0b5563"/>'
            )
        if bar.here:
            parts.append(f'<path d="M{middle - 9:.1f} {BASE + 27} h18 l-9 -8 z" fill="#a8440f"/>')
        parts.append(
            f'<text x="{middle:.1f}" y="{BASE + 16}" text-anchor="middle" font-size="13" '
            f'font-weight="{700 if bar.here else 400}" fill="#12262b">{escape(bar.label)}</text>'
        )
    parts.append("</svg>")
    # Every text in it has been escaped above; the rest is numbers.
    return Markup("".join(parts))  # noqa: S704
