"""A pictogram of a self-care topic as SVG text. Needs no NumPy."""

from collections.abc import Mapping
from typing import Final

from programgen.core.pictogram import GRID, PENS, Mark, Pictogram, steps

COLOURS: Final[Mapping[str, str]] = {
    "ink": "#1f2d38",
    "main": "#5aa8ae",
    "soft": "#d5e6ec",
    "mark": "#d9480f",
    "light": "#ffffff",
}
"""Colour of each role; the same as in the exercise pictures, so that both turn grey alike."""

SIZE_MM: Final = 22
"""Width and height on the page; a page may set its own."""


def draw(pictogram: Pictogram) -> str:
    """Return the SVG text of a pictogram."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE_MM}mm" height="{SIZE_MM}mm" '
        f'viewBox="0 0 {GRID} {GRID}" fill="none" stroke-linejoin="round" stroke-linecap="round">'
        + "".join(_element(mark) for mark in pictogram.pictogram)
        + "</svg>"
    )


def _element(mark: Mark) -> str:
    name, shape = _shape(mark)
    attributes = "".join(f' {key}="{value}"' for key, value in (_paint(mark) | shape).items())
    return f"<{name}{attributes}/>"


def _paint(mark: Mark) -> dict[str, str]:
    fill = {} if mark.fill == "none" else {"fill": COLOURS[mark.fill]}
    if mark.stroke == "none":
        return fill
    return fill | {"stroke": COLOURS[mark.stroke], "stroke-width": f"{PENS[mark.width]:g}"}


def _shape(mark: Mark) -> tuple[str, dict[str, str]]:
    """Return the element's name and its geometry."""
    radius = {} if mark.radius is None else {"r": f"{mark.radius:g}"}
    if mark.circle is not None:
        return "circle", dict(zip(("cx", "cy"), _texts(mark.circle), strict=True)) | radius
    if mark.rect is not None:
        box = dict(zip(("x", "y", "width", "height"), _texts(mark.rect), strict=True))
        return "rect", box | {f"{key}x": value for key, value in radius.items()}
    if mark.line is not None:
        return "path", {"d": "M" + "L".join(" ".join(_texts(point)) for point in mark.line)}
    parts = (step.command + " ".join(_texts(step.numbers)) for step in steps(mark.path or ""))
    return "path", {"d": "".join(parts)}


def _texts(numbers: tuple[float, ...]) -> list[str]:
    return [f"{number:g}" for number in numbers]
