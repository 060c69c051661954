"""Turn the npm package of the handout's font into the TTF files in templates/fonts.

Run 'make fonts'; the result is checked in, so nobody else needs npm. Three things happen to
each weight and style:

- Latin and Latin Extended become one file. Two @font-face rules with the same family, weight
  and style make Pango draw wrong letters.
- woff2 becomes TTF, because WeasyPrint would decompress woff2 again for every document.
- The signs a handout needs and the font lacks are drawn in the stroke of that weight: ☐ ☑ ✓ → ≤ ≥,
  a narrow no-break space and a no-break hyphen. So no other font of the host slips in.

The family is renamed to a private name, so that an installed font never stands in for it. The
licence allows that: it reserves no font name.
"""

import shutil
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.misc.fixedTools import otRound
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
PACKAGE = HERE / "node_modules" / "@fontsource" / "atkinson-hyperlegible-next"
TARGET = HERE.parent / "templates" / "fonts"

FAMILY = "PG Text"
FACES = {
    (400, "normal"): "Regular",
    (400, "italic"): "Italic",
    (700, "normal"): "Bold",
}
"""Weight and style of each face, and its name."""

LARGEST = 150_000
"""Bytes allowed for one file."""

Point = tuple[float, float]


def main() -> None:
    """Write all faces and the licence."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for (weight, style), name in FACES.items():
        font = merged(weight, style)
        add_signs(font)
        rename(font, name)
        path = TARGET / f"pg-text-{name.lower()}.ttf"
        font.save(path)
        print(f"{path.relative_to(HERE.parent)}: {path.stat().st_size:,} bytes")
        if path.stat().st_size > LARGEST:
            message = f"{path.name} is larger than {LARGEST:,} bytes"
            raise SystemExit(message)
    (TARGET / "signs.txt").write_text(signs(), encoding="utf-8")
    shutil.copyfile(PACKAGE / "LICENSE", TARGET / "OFL.txt")


def signs() -> str:
    """Return the code points that every face has, so that a page can be checked without them."""
    faces = [TTFont(TARGET / f"pg-text-{name.lower()}.ttf") for name in FACES.values()]
    shared = set.intersection(*(set(face.getBestCmap()) for face in faces))
    return "\n".join(f"{code:04x}" for code in sorted(shared)) + "\n"


def merged(weight: int, style: str) -> TTFont:
    """Return one font with the Latin and Latin Extended letters of a face."""
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for subset in ("latin", "latin-ext"):
            name = f"{PACKAGE.name}-{subset}-{weight}-{style}"
            font = TTFont(PACKAGE / "files" / f"{name}.woff2", recalcTimestamp=False)
            font.flavor = None
            parts.append(f"{folder}/{name}.ttf")
            font.save(parts[-1])
        first = TTFont(parts[0])
        font = Merger().merge(parts)
    font.recalcTimestamp = False
    font["head"].created = first["head"].created
    font["head"].modified = first["head"].modified
    return font


def add_signs(font: TTFont) -> None:
    """Draw the missing signs from the font's own measures."""
    letters = font.getBestCmap()
    left, low, right, high = bounds(font, letters[ord("−")])
    thick, middle, width = high - low, (high + low) / 2, font["hmtx"][letters[ord("−")]][0]
    height = font["OS/2"].sCapHeight
    box = [(left, 0), (left, height), (left + height, height), (left + height, 0)]
    hole = [
        (x + (thick if x == left else -thick), y + (thick if y == 0 else -thick)) for x, y in box
    ]
    square = 2 * left + height
    draw(font, "☐", square, [box, hole[::-1]])
    draw(font, "☑", square, [box, hole[::-1], tick(left, 0, height, thick)])
    draw(font, "✓", square, [tick(left - 0.2 * height, -0.2 * height, 1.4 * height, thick)])

    far, head = right + 0.35 * width, 0.3 * height
    tip = far - thick
    barbs = [(tip - head, middle + head), (tip, middle), (tip - head, middle - head)]
    shaft = [(left, low), (left, high), (tip, high), (tip, low)]
    draw(font, "→", 1.35 * width, [shaft, stroke(barbs, thick)])

    near, bar = left + thick, [(left, 0), (left, thick), (right, thick), (right, 0)]
    less = stroke([(right, 0.88 * height), (near, 0.57 * height), (right, 0.26 * height)], thick)
    more = [(left + right - x, y) for x, y in reversed(less)]
    draw(font, "≤", width, [less, bar])
    draw(font, "≥", width, [more, bar])

    draw(font, "\u202f", font["hmtx"][letters[ord(" ")]][0] * 0.7, [])
    copy(font, "-", "\u2011")


def tick(x: float, y: float, size: float, thick: float) -> list[Point]:
    """Return the outline of a check mark inside a square."""
    marks = ((0.24, 0.5), (0.43, 0.3), (0.78, 0.72))
    return stroke([(x + size * right, y + size * up) for right, up in marks], thick)


def bounds(font: TTFont, glyph: str) -> tuple[float, float, float, float]:
    """Return the box around a glyph."""
    pen = BoundsPen(font.getGlyphSet())
    font.getGlyphSet()[glyph].draw(pen)
    return pen.bounds


def stroke(path: list[Point], thick: float) -> list[Point]:
    """Return the outline of a line of three points, clockwise, with a sharp corner."""
    (ax, ay), (bx, by), (cx, cy) = path
    one, two = normal((ax, ay), (bx, by), thick / 2), normal((bx, by), (cx, cy), thick / 2)
    corner = meet(one, two)
    return [
        (ax + one[0], ay + one[1]),
        (bx + corner[0], by + corner[1]),
        (cx + two[0], cy + two[1]),
        (cx - two[0], cy - two[1]),
        (bx - corner[0], by - corner[1]),
        (ax - one[0], ay - one[1]),
    ]


def normal(start: Point, end: Point, length: float) -> Point:
    """Return the vector to the left of a line."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    size = (dx * dx + dy * dy) ** 0.5
    return -dy / size * length, dx / size * length


def meet(one: Point, two: Point) -> Point:
    """Return where the offsets of two lines from their common point meet."""
    size = (one[0] + two[0]) ** 2 + (one[1] + two[1]) ** 2
    scale = 2 * (one[0] ** 2 + one[1] ** 2) / size
    return (one[0] + two[0]) * scale, (one[1] + two[1]) * scale


def draw(font: TTFont, sign: str, width: float, outlines: list[list[Point]]) -> None:
    """Add a glyph made of straight lines."""
    pen = TTGlyphPen(None)
    for outline in outlines:
        pen.moveTo(tuple(map(otRound, outline[0])))
        for point in outline[1:]:
            pen.lineTo(tuple(map(otRound, point)))
        pen.closePath()
    add(font, sign, pen.glyph(), otRound(width))


def copy(font: TTFont, known: str, sign: str) -> None:
    """Let a sign look like a known one."""
    if ord(sign) not in font.getBestCmap():
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[ord(sign)] = font.getBestCmap()[ord(known)]


def add(font: TTFont, sign: str, glyph: object, width: int) -> None:
    """Add a glyph at the end, unless the font has the sign."""
    if ord(sign) in font.getBestCmap():
        return
    name = f"uni{ord(sign):04X}"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = glyph
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (width, getattr(glyph, "xMin", 0))
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(sign)] = name


def rename(font: TTFont, style: str) -> None:
    """Give the font its private name; copyright and licence stay."""
    names = {
        1: FAMILY,
        2: style,
        3: f"{FAMILY} {style}",
        4: f"{FAMILY} {style}",
        6: f"{FAMILY.replace(' ', '')}-{style}",
    }
    table = font["name"]
    table.names = [n for n in table.names if n.nameID in {0, 5, 7, 8, 9, 11, 12, 13, 14}]
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    main()
