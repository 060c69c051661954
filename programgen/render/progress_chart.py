"""Drawings of the way so far: minutes and pain week by week, outcomes from first to last.

Lines differ in shape of mark and in dash, so that they can be told apart in grey. A week
without a report leaves a gap; nothing is drawn through it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from markupsafe import Markup

from programgen.core.progress import Outcome
from programgen.render.chart import (
    COLOUR,
    PAPER,
    WIDE,
    Ink,
    axis_steps,
    drawing,
    lettering,
    rectangle,
    stroke,
)


@dataclass(frozen=True)
class Week:
    """One week as the drawings show it."""

    label: str
    minutes: float
    line: str
    """Line of the ladder that was reached; empty if none."""
    done: str
    """Sessions done of those planned, such as '3/5'."""
    pain: int | None
    morning: int | None
    average: int | None


SERIES = {
    "pain": ("Worst during a session", "circle", ""),
    "morning": ("Worst next morning", "square", "7 4"),
    "average": ("Average of the week", "triangle", "1.5 4"),
}
"""Name, mark and dash of each line, by its field."""


def _left(ink: Ink) -> float:
    return 4.6 * ink.letters


def _places(count: int, ink: Ink) -> tuple[float, list[float]]:
    """Return the room of a week, and the middle of each."""
    slot = min(90.0, (WIDE - _left(ink) - ink.letters) / count)
    return slot, [_left(ink) + slot * (n + 0.5) for n in range(count)]


def _labels(
    texts: Sequence[str], name: str, y: float, ink: Ink, *, bold: bool = False
) -> Iterator[str]:
    """Yield a row of labels under a drawing; where they do not fit, not every week has one."""
    slot, places = _places(len(texts), ink)
    widest = max(map(len, texts)) * ink.letters * 0.62
    every = max(1, ceil(widest / slot))
    yield lettering(_left(ink) - 8, y, name, ink.letters, ink.soft, "end")
    last = len(texts) - 1
    for number, text in enumerate(texts):
        if (last - number) % every == 0 and text:
            yield lettering(places[number], y, text, ink.letters, ink.text, "middle", bold=bold)


def minutes_chart(weeks: Sequence[Week], name: str, ink: Ink = COLOUR) -> Markup:
    """Return the minutes of each week as bars, with its line and its sessions below."""
    size = ink.letters
    top, high = 0.6 * size, max(68.0, 5.5 * size)
    base = top + high
    most = max((week.minutes for week in weeks), default=0.0) or 10.0
    slot, places = _places(len(weeks), ink)
    wide = min(40.0, slot * 0.62)
    parts = []
    for minutes in axis_steps(most):
        y = base - minutes / most * high
        parts.append(f'<path d="M{_left(ink):.0f} {y:.1f} H{WIDE:.0f}" {stroke(ink.line, 0.7)}/>')
        text = f"{minutes} min"
        parts.append(lettering(_left(ink) - 8, y + size * 0.36, text, size, ink.soft, "end"))
    for week, x in zip(weeks, places, strict=True):
        bar = week.minutes / most * high
        if bar:
            parts.append(rectangle(x - wide / 2, base - bar, wide, bar, ink.run, ink.run))
    parts.append(f'<path d="M{_left(ink):.0f} {base:.1f} H{WIDE:.0f}" {stroke(ink.text, 1.5)}/>')
    rows = (
        ("Week", [w.label for w in weeks], True),
        ("Line", [w.line or "–" for w in weeks], False),
        ("Done", [w.done for w in weeks], False),
    )
    for number, (label, texts, bold) in enumerate(rows):
        parts += _labels(texts, label, base + size * (1.2 + 1.25 * number), ink, bold=bold)
    told = "; ".join(
        f"week {w.label}: {w.minutes:g} minutes"
        + (f", line {w.line}" if w.line else "")
        + f", {w.done.replace('/', ' of ')} sessions"
        for w in weeks
    )
    return drawing("progress", WIDE, base + size * 4.1, f"{name} in each week. {told}.", parts)


def pain_chart(weeks: Sequence[Week], green: int, ink: Ink = COLOUR) -> Markup:
    """Return the pain of each week as marked lines; *green* is the upper bound of the light."""
    size = ink.letters
    top, high = 0.6 * size, max(92.0, 7 * size)
    base = top + high
    _, places = _places(len(weeks), ink)
    parts = []
    for score in range(0, 11, 2):
        y = base - score / 10 * high
        parts.append(f'<path d="M{_left(ink):.0f} {y:.1f} H{WIDE:.0f}" {stroke(ink.line, 0.7)}/>')
        if score % 4 == 0 or score == 10:
            parts.append(
                lettering(_left(ink) - 8, y + size * 0.36, str(score), size, ink.soft, "end")
            )
    bound = base - green / 10 * high
    parts.append(f'<path d="M{_left(ink):.0f} {bound:.1f} H{WIDE:.0f}" {stroke(ink.text, 1.6)}/>')
    told = []
    for field, (name, mark, dash) in SERIES.items():
        scores = [getattr(week, field) for week in weeks]
        points = [
            None if score is None else (x, base - score / 10 * high)
            for x, score in zip(places, scores, strict=True)
        ]
        parts += _line(points, dash, ink)
        parts += [p for point in points if point for p in _mark(mark, *point, ink)]
        known = [f"week {w.label} {s}" for w, s in zip(weeks, scores, strict=True) if s is not None]
        told.append(f"{name}: {', '.join(known) or 'not reported'}")
    parts += _labels([w.label for w in weeks], "Week", base + size * 1.35, ink, bold=True)
    words = f"Pain from 0 to 10; green is up to {green}. {'. '.join(told)}."
    return drawing("progress", WIDE, base + size * 1.7, words, parts)


def _line(points: Sequence[tuple[float, float] | None], dash: str, ink: Ink) -> Iterator[str]:
    """Yield a line for each run of weeks that were reported."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    for before, after in pairwise(points):
        if before and after:
            path = f"M{before[0]:.1f} {before[1]:.1f} L{after[0]:.1f} {after[1]:.1f}"
            yield f'<path d="{path}" {stroke(ink.text, 1.8)}{dashed}/>'


def _mark(mark: str, x: float, y: float, ink: Ink) -> Iterator[str]:
    """Yield a mark: filled circle, open square, filled triangle."""
    edge = f'stroke="{ink.text}" stroke-width="1.8"'
    if mark == "circle":
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{ink.text}" {edge}/>'
    elif mark == "square":
        yield (
            f'<rect x="{x - 6:.1f}" y="{y - 6:.1f}" width="12" height="12" fill="{PAPER}" {edge}/>'
        )
    else:
        yield f'<path d="M{x:.1f} {y - 8:.1f} l7.5 13 h-15 z" fill="{ink.strong}" {edge}/>'


def series_key(ink: Ink = COLOUR) -> tuple[tuple[Markup, str], ...]:
    """Return the mark of each line on a piece of it, with its name."""
    key = []
    for name, mark, dash in SERIES.values():
        line = _line([(0.0, 11.0), (40.0, 11.0)], dash, ink)
        key.append((drawing("mark-line", 40, 22, name, [*line, *_mark(mark, 20, 11, ink)]), name))
    return tuple(key)


@dataclass(frozen=True)
class Scale:
    """An outcome on its scale from 0 to 10."""

    name: str
    outcome: Outcome


def outcome_chart(scales: Sequence[Scale], ink: Ink = COLOUR) -> Markup:
    """Return each outcome on a scale: first report, last report, and where a change counts."""
    size = ink.letters
    row, left, right = 2.75 * size, 12.5 * size, WIDE - 2.5 * size
    parts, told = [], []
    for number, scale in enumerate(scales):
        one = scale.outcome
        y = row * (number + 0.42)
        unit = (right - left) / 10
        parts.append(lettering(left - 16, y + size * 0.36, scale.name, size, ink.text, "end"))
        parts += _aim(one, y, left, unit, ink)
        parts.append(f'<path d="M{left:.1f} {y:.1f} H{right:.1f}" {stroke(ink.soft, 1.4)}/>')
        for score in (0, 10):
            x = left + score * unit
            parts.append(f'<path d="M{x:.1f} {y - 5:.1f} v10" {stroke(ink.soft, 1.4)}/>')
        parts += _from_to(one, y, left, unit, ink)
        said = f"{scale.name} began at {one.first:g}"
        told.append(said if one.last is None else f"{said} and is now {one.last:g}")
    words = f"Scales from 0 to 10. {'. '.join(told)}."
    return drawing("progress", WIDE, row * len(scales), words, parts)


def _aim(one: Outcome, y: float, left: float, unit: float, ink: Ink) -> Iterable[str]:
    """Yield the part of the scale that is a change for the better that people notice."""
    if one.name == "function":
        begin, end = one.first + one.needed, 10.0
    else:
        begin, end = 0.0, one.first - one.needed
    if end > begin:
        x, wide = left + begin * unit, (end - begin) * unit
        yield rectangle(x, y - 9, wide, 18, ink.walk, ink.run, 0.8)
    elif end == begin:
        yield f'<path d="M{left + begin * unit:.1f} {y - 9:.1f} v18" {stroke(ink.run, 2.4)}/>'


def _from_to(one: Outcome, y: float, left: float, unit: float, ink: Ink) -> Iterable[str]:
    """Yield the first score as an open and the last as a filled mark, joined by a line."""
    size = ink.letters * 0.92
    first = left + one.first * unit
    if one.last is not None:
        last = left + one.last * unit
        yield f'<path d="M{first:.1f} {y:.1f} L{last:.1f} {y:.1f}" {stroke(ink.text, 4)}/>'
    yield f'<circle cx="{first:.1f}" cy="{y:.1f}" r="6.5" fill="{PAPER}" {stroke_of(ink)}/>'
    if one.last is None or one.last == one.first:
        yield lettering(first, y + 9 + size * 0.9, f"{one.first:g}", size, ink.text, "middle")
        if one.last is None:
            return
    else:
        yield lettering(first, y + 9 + size * 0.9, f"{one.first:g}", size, ink.soft, "middle")
    if one.last != one.first:
        text = f"{one.last:g}"
        yield lettering(last, y + 9 + size * 0.9, text, size, ink.text, "middle", bold=True)
    yield f'<circle cx="{last:.1f}" cy="{y:.1f}" r="5" fill="{ink.text}" {stroke_of(ink)}/>'


def stroke_of(ink: Ink) -> str:
    """Return the edge of a mark."""
    return f'stroke="{ink.text}" stroke-width="2"'
