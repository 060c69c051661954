"""Drawings of the plan: the ladder as bars, and the months with what is done on each day.

Shape, letter and words tell things apart; colour only helps.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from markupsafe import Markup, escape

from programgen.core.words import LONG_MONTHS, MONTHS, WEEKDAYS


@dataclass(frozen=True)
class Ink:
    """Colours of the drawings, and the size of the letters on the ladder."""

    text: str
    soft: str
    line: str
    run: str
    walk: str
    strong: str
    here: str
    letters: float = 13.0
    """In quarter millimetres, like all lengths of the drawings."""


COLOUR = Ink(
    text="#12262b",
    soft="#44595e",
    line="#8aa0a6",
    run="#0b5563",
    walk="#d5e6e8",
    strong="#a8440f",
    here="#a8440f",
)
LARGE = Ink(**{**vars(COLOUR), "letters": 23.0})
MONO = Ink(
    text="#000000",
    soft="#333333",
    line="#777777",
    run="#222222",
    walk="#ffffff",
    strong="#000000",
    here="#000000",
)
PAPER = "#ffffff"


@dataclass(frozen=True)
class Bar:
    """Minutes of one stage."""

    label: str
    walk: float
    run: float
    here: bool
    title: str
    good: int | None = None
    """Good sessions so far, where the runner stands; None before the first one is reported."""
    needed: int = 3
    """Good sessions before the next stage."""


WIDE, HIGH = 720.0, 176.0


def alternative(bars: Sequence[Bar]) -> str:
    """Say in words what the drawing of the ladder shows."""
    here = next((b for b in bars if b.here), bars[0])
    stands = "You start" if here.good is None else "You are"
    earned = "" if here.good is None else f" Ticks so far: {here.good} of {here.needed}."
    return (
        f"Chart of {len(bars)} lines of the ladder. {stands} at line {here.label}, {here.title}."
        f"{earned} Running grows from {bars[0].run:g} to {bars[-1].run:g} minutes."
    )


def ladder_chart(bars: Sequence[Bar], ink: Ink = COLOUR) -> Markup:
    """Return the ladder as SVG: a bar of walking and running minutes for each stage."""
    size = ink.letters
    base, top, left = HIGH - 2.1 * size, 0.9 * size, 3.9 * size
    highest = max(bar.walk + bar.run for bar in bars) or 1.0
    scale = (base - top) / highest
    slot = (WIDE - left) / len(bars)
    wide = min(44.0, slot * 0.62)
    parts = []
    for minutes in axis_steps(highest):
        y = base - minutes * scale
        parts.append(f'<path d="M{left:.0f} {y:.1f} H{WIDE:.0f}" {stroke(ink.line, 0.7)}/>')
        parts.append(lettering(left - 6, y + size * 0.36, f"{minutes} min", size, ink.soft, "end"))
    parts.append(lettering(left - 6, base + size * 1.15, "Line", size, ink.soft, "end"))
    for number, bar in enumerate(bars):
        x = left + slot * number + (slot - wide) / 2
        middle, walk, run = x + wide / 2, bar.walk * scale, bar.run * scale
        if walk:
            parts.append(rectangle(x, base - walk, wide, walk, ink.walk, ink.run))
        if run:
            parts.append(rectangle(x, base - walk - run, wide, run, ink.run, ink.run))
        if bar.here:
            foot = base + size * 1.95
            arrow = f"M{middle - 9:.1f} {foot:.1f} h18 l-9 -8 z"
            parts.append(f'<path d="{arrow}" fill="{ink.here}"/>')
            parts += _earned(bar, middle, base - walk - run - 13, ink)
        parts.append(
            lettering(
                middle, base + size * 1.15, bar.label, size, ink.text, "middle", bold=bar.here
            )
        )
    parts.append(f'<path d="M{left:.0f} {base:.1f} H{WIDE:.0f}" {stroke(ink.text, 1.5)}/>')
    return drawing("chart", WIDE, HIGH, alternative(bars), parts)


def _earned(bar: Bar, middle: float, top: float, ink: Ink) -> Iterable[str]:
    """Yield the boxes of good sessions above a bar, the earned ones filled."""
    for number in range(bar.needed if bar.good is not None else 0):
        x = middle + (number - bar.needed / 2) * 12 + 1
        fill = ink.here if number < (bar.good or 0) else PAPER
        yield rectangle(x, max(1.0, top), 9, 9, fill, ink.here)


def axis_steps(highest: float) -> Sequence[int]:
    """Return round minutes for an axis."""
    step = next((s for s in (5, 10, 20, 30, 60) if highest / s <= 4), 120)
    return range(step, int(highest) + 1, step)


Mark = str
"""What is done on a day: a key of MARKS."""

MARKS: Mapping[Mark, tuple[str, str, str]] = {
    "run": ("R", "Run", "runs"),
    "walk": ("W", "Walk of the ladder", "walks"),
    "strength": ("S", "Strength", "strength"),
    "cross-training": ("E", "Easy training", "easy training"),
}
"""Letter, name, and name in a sentence, in the order on paper."""

MONTH_WIDE = 352.0
_MARGIN, _HEAD, _ROW, _RADIUS = 30.0, 50.0, 40.0, 7.4
_CELL = (MONTH_WIDE - _MARGIN) / 7
_DATE, _LETTER = 12.8, 11.3


@dataclass(frozen=True)
class CalendarDay:
    """A day of the plan with the marks of its sessions."""

    day: date
    week: int
    marks: tuple[Mark, ...]


def months_of(days: Sequence[CalendarDay], ink: Ink = COLOUR) -> tuple[Markup, ...]:
    """Return a drawing for each month of the plan.

    A week is never cut: it stands in the month that holds its Thursday.
    """
    by_month = groupby(days, key=lambda d: (_thursday(d.day).year, _thursday(d.day).month))
    return tuple(month_chart(tuple(found), ink) for _, found in by_month)


def _thursday(day: date) -> date:
    return day + timedelta(days=3 - day.weekday())


def month_chart(days: Sequence[CalendarDay], ink: Ink = COLOUR) -> Markup:
    """Return the weeks of one month as SVG; weeks outside the plan are left out."""
    middle, first = _thursday(days[0].day), days[0].week
    title = f"{LONG_MONTHS[middle.month - 1]} {middle.year}"
    parts = [lettering(_MARGIN, 18, title, 18, ink.text, "start", bold=True)]
    for number, name in enumerate(WEEKDAYS):
        x = _MARGIN + (number + 0.5) * _CELL
        parts.append(lettering(x, 42, name, _LETTER, ink.soft, "middle"))
    for day in days:
        x, y = _MARGIN + day.day.weekday() * _CELL, _HEAD + (day.week - first) * _ROW
        parts.append(rectangle(x, y, _CELL, _ROW, PAPER, ink.line, 0.8))
        inside = day.day.month == middle.month
        date_text = str(day.day.day) if inside else f"{day.day.day} {MONTHS[day.day.month - 1]}"
        colour = ink.text if inside else ink.soft
        parts.append(lettering(x + 4, y + 14, date_text, _DATE, colour, "start", bold=inside))
        parts += _day_marks(day.marks, x, y, ink)
    last = days[-1].week
    for week in range(first, last + 1):
        y = _HEAD + (week - first) * _ROW + 25
        parts.append(lettering(_MARGIN - 5, y, f"W{week}", _LETTER, ink.soft, "end", bold=True))
    high = _HEAD + (last - first + 1) * _ROW + 2
    return drawing("month", MONTH_WIDE, high, _month_words(title, days), parts)


def _day_marks(marks: Sequence[Mark], x: float, y: float, ink: Ink) -> Iterable[str]:
    """Yield the marks of a day from left to right; a dash for rest."""
    middle, bottom = x + _CELL / 2, y + _ROW - _RADIUS - 4
    if not marks:
        yield f'<path d="M{middle - 6:.1f} {bottom:.1f} h12" {stroke(ink.soft, 2)}/>'
    for number, mark in enumerate(marks):
        yield from _mark(mark, middle + (number - (len(marks) - 1) / 2) * 15.5, bottom, ink)


def _mark(mark: Mark, x: float, y: float, ink: Ink) -> Iterable[str]:
    """Yield the shape of a kind of session with its letter: circle, square or diamond."""
    r, filled = _RADIUS, mark in ("run", "strength")
    fill = (ink.run if mark == "run" else ink.strong) if filled else PAPER
    if mark in ("run", "walk"):
        shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}"'
    elif mark == "strength":
        shape = f'<rect x="{x - r:.1f}" y="{y - r:.1f}" width="{2 * r}" height="{2 * r}"'
    else:
        shape = f'<path d="M{x:.1f} {y - 10:.1f} l10 10 l-10 10 l-10 -10 z"'
    yield f'{shape} fill="{fill}" stroke="{fill if filled else ink.run}" stroke-width="1.2"/>'
    colour = PAPER if filled else ink.text
    yield lettering(x, y + _LETTER * 0.36, MARKS[mark][0], _LETTER, colour, "middle", bold=True)


def key_drawing(mark: Mark | None, ink: Ink = COLOUR) -> Markup:
    """Return the mark of a kind of session alone, for the key; None is rest."""
    parts = _mark(mark, 11, 11, ink) if mark else [f'<path d="M5 11 h12" {stroke(ink.soft, 2)}/>']
    return drawing("mark", 22, 22, MARKS[mark][0] if mark else "A dash", parts)


def tick_drawing(ink: Ink = COLOUR) -> Markup:
    """Return a box with a tick in it: a good session that is already earned."""
    box = rectangle(1.5, 1.5, 19, 19, PAPER, ink.text, 2)
    return drawing(
        "earned",
        22,
        22,
        "Earned",
        [box, f'<path d="M5 11.5 l4.5 5 l8 -11" {stroke(ink.run, 3.4)}/>'],
    )


def _month_words(title: str, days: Sequence[CalendarDay]) -> str:
    """Say in words what the drawing of a month shows."""
    told = []
    for mark, (_, _, name) in MARKS.items():
        on = [str(d.day.day) for d in days if mark in d.marks]
        if on:
            told.append(f"{name} on {', '.join(on)}")
    rest = [str(d.day.day) for d in days if not d.marks]
    if rest:
        told.append(f"rest on {', '.join(rest)}")
    return f"{title}: {'; '.join(told)}."


def lettering(
    x: float, y: float, text: str, size: float, fill: str, anchor: str, *, bold: bool = False
) -> str:
    """Return letters at a place; *anchor* is start, middle or end."""
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" '
        f'fill="{fill}"{weight}>{escape(text)}</text>'
    )


def rectangle(
    x: float, y: float, wide: float, high: float, fill: str, edge: str, thick: float = 1.2
) -> str:
    """Return a rectangle."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{fill}" '
        f'stroke="{edge}" stroke-width="{thick}"/>'
    )


def stroke(colour: str, width: float) -> str:
    """Return the attributes of a line without ground."""
    return f'fill="none" stroke="{colour}" stroke-width="{width}"'


def drawing(name: str, wide: float, high: float, words: str, parts: Iterable[str]) -> Markup:
    """Return a drawing of quarter millimetres; *words* say what it shows."""
    head = (
        f'<svg class="{name}" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" height="{high:g}" '
        f'role="img" font-family="PG Text" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(words)}</title>"
    )
    # Every text in it has been escaped above; the rest is numbers.
    return Markup(f"{head}{''.join(parts)}</svg>")  # noqa: S704
