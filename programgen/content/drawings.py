"""Picture files from outside: checked, and written again from what was checked.

A page must never ask for anything because of a picture. An SVG may hold nothing but plain
shapes, and only known attributes are copied; of a PNG only the pixels are kept.
"""

import re
import struct
import warnings
from collections.abc import Iterator, Mapping
from io import BytesIO
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from programgen.core.clinic import Drawing
from programgen.errors import ContentError, Problem

LARGEST = 200_000
"""Bytes of a picture file."""
WIDEST = 2000
"""Pixels of a PNG along a side."""
MOST_SHAPES = 5000
DEEPEST = 30
LARGEST_NUMBER = 100_000.0
"""No coordinate of a drawing needs more."""
ACROSS = 60.0
"""Millimetres across a drawing; whoever places it scales it."""

SHAPES = frozenset({"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
WORDS = frozenset({"title", "desc"})
"""Elements whose text nobody sees on paper; they are left out."""

_STYLE = frozenset(
    {"fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "opacity"}
    | {f"stroke-{end}" for end in ("linecap", "linejoin", "miterlimit", "dasharray", "dashoffset")}
)
_PLACE = frozenset({"x", "y", "width", "height", "rx", "ry", "r", "cx", "cy"})
_KEPT = _STYLE | _PLACE | {"d", "x1", "y1", "x2", "y2", "points", "transform"}
_DROPPED = frozenset(
    {"id", "class", "version", "role", "preserveAspectRatio", "color", "enable-background"}
)
_OPACITY = frozenset({"opacity", "fill-opacity", "stroke-opacity"})
_LINE = frozenset(
    {"x1", "y1", "x2", "y2", "stroke-width", "stroke-miterlimit", "stroke-dashoffset"}
)
_MEASURED = _PLACE | _OPACITY | _LINE
"""Attributes that hold one number."""

_COLOURS = frozenset({"rgb", "rgba", "hsl", "hsla"})
_MOVES = {
    "matrix": {6},
    "translate": {1, 2},
    "scale": {1, 2},
    "rotate": {1, 3},
    "skewX": {1},
    "skewY": {1},
}
"""How many numbers each move takes."""

_VALUE = re.compile(r"[#A-Za-z0-9.,%\s()+-]*")
_PATH = re.compile(r"[MmZzLlHhVvCcSsQqTtAaEe0-9.,\s+-]*")
_HEX = re.compile(r"#[0-9A-Fa-f]+")
_CALL = re.compile(r"([A-Za-z][A-Za-z0-9-]*)\s*\(")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_ONE = re.compile(rf"\s*{_NUMBER.pattern}\s*(?:px|mm|cm|in|pt|pc|%)?\s*")
_MOVE = re.compile(rf"({'|'.join(_MOVES)})\s*\(([-+0-9.eE,\s]*)\)")
_LENGTH = re.compile(r"\s*(\d{1,5}(?:\.\d+)?)\s*(mm|cm|in|pt|pc|px|)\s*")

_ADVICE = "save it as plain SVG with text and effects turned into paths, or as PNG"


class _Refused(Exception):  # noqa: N818 (never leaves this file)
    """What cannot be kept, with line and column; 0 for the whole file."""

    def __init__(self, text: str, line: int = 0, column: int = 0) -> None:
        super().__init__(text)
        self.line, self.column = line, column


class _Copy:
    """Writes an SVG again while it is read; anything unknown stops it."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.depth = 0
        self.shapes = 0
        self.silent = 0
        self.box: tuple[float, ...] = ()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        self.shapes += 1
        if self.silent or name in WORDS:
            self.silent += 1
            return
        if (name == "svg") != (self.depth == 1):
            raise _Refused("'svg' is the outermost element, and only that")
        if name not in SHAPES:
            raise _Refused(f"the element '{name[:40]}' is not allowed; {_ADVICE}")
        if self.shapes > MOST_SHAPES or self.depth > DEEPEST:
            raise _Refused("has too many shapes for a small picture; simplify it")
        kept = list(_attributes(attributes))
        if name == "svg":
            self.box = _box(attributes)
            # The colour and line settings of the outermost element hold for all shapes.
            name, kept = "g", [(key, value) for key, value in kept if key in _STYLE]
        self.out.append(f"<{name}{''.join(f' {k}={quoteattr(v)}' for k, v in kept)}>")

    def end(self, name: str) -> None:
        self.depth -= 1
        if self.silent:
            self.silent -= 1
            return
        self.out.append("</g>" if name == "svg" else f"</{name}>")

    def refuse(self, *_: object) -> None:
        raise _Refused("document types, entities and processing instructions are not allowed")


def _attributes(found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the attributes to keep, with those of a style attribute written one by one."""
    for key, value in found.items():
        if key == "href" or key.endswith(":href") or key.lower().startswith("on"):
            raise _Refused(f"the attribute '{key[:40]}' is not allowed; {_ADVICE}")
        if key in _KEPT:
            yield key, _plain(key, value)
        elif key == "style":
            for part in filter(str.strip, value.split(";")):
                name, _, text = part.partition(":")
                checked = _plain("style", text)
                if name.strip() in _STYLE:
                    yield name.strip(), _plain(name.strip(), checked.strip())
        elif not (
            key in _DROPPED | {"viewBox"} or key.startswith(("xml", "data-", "aria-")) or ":" in key
        ):
            raise _Refused(f"the attribute '{key[:40]}' is not allowed; {_ADVICE}")


def _plain(key: str, value: str) -> str:
    """Return a value that holds only numbers, colours and moves."""
    numbers = _NUMBER.findall(_HEX.sub("", value))
    if not _fits(key, value, numbers):
        raise _Refused(f"the value of '{key}' holds more than numbers and colours; {_ADVICE}")
    if any(abs(float(number)) > LARGEST_NUMBER for number in numbers):
        raise _Refused(f"a number in '{key}' is too large")
    return value


def _fits(key: str, value: str, numbers: list[str]) -> bool:
    """Return whether a value has the form that its attribute needs."""
    if key == "d":
        return _PATH.fullmatch(value) is not None
    if key == "points":
        return not _NUMBER.sub("", value).strip(", \t\r\n") and len(numbers) % 2 == 0
    if key == "transform":
        moves = _MOVE.findall(value)
        counts = [len(_NUMBER.findall(inside)) in _MOVES[name] for name, inside in moves]
        return all(counts) and not _MOVE.sub("", value).strip(", \t\r\n")
    if key in _MEASURED:
        return _ONE.fullmatch(value) is not None
    return _VALUE.fullmatch(value) is not None and not set(_CALL.findall(value)) - _COLOURS


def _box(attributes: Mapping[str, str]) -> tuple[float, ...]:
    """Return x, y, width and height of the drawing in its own units."""
    view = attributes.get("viewBox")
    if view is not None:
        numbers = tuple(float(n) for n in _NUMBER.findall(_plain("viewBox", view)))
    else:
        sides = [_LENGTH.fullmatch(attributes.get(key, "")) for key in ("width", "height")]
        numbers = (0.0, 0.0, *(float(s[1]) for s in sides if s))
    if len(numbers) != 4 or min(numbers[2:]) <= 0:
        raise _Refused("has no size; give the 'svg' element a viewBox, such as '0 0 60 20'")
    if max(numbers[2:]) / min(numbers[2:]) > 20:
        raise _Refused("is more than 20 times as long as it is narrow; crop or stack it")
    return numbers


def _svg(raw: bytes) -> Drawing:
    copy, parser = _Copy(), expat.ParserCreate(namespace_separator=None)
    place = (1, 1)

    def start(name: str, found: dict[str, str]) -> None:
        nonlocal place
        place = (parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
        copy.start(name.removeprefix("svg:"), found)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: copy.end(name.removeprefix("svg:"))
    parser.StartDoctypeDeclHandler = copy.refuse
    parser.EntityDeclHandler = copy.refuse
    parser.ProcessingInstructionHandler = copy.refuse
    try:
        parser.Parse(raw, True)
    except _Refused as error:
        raise _Refused(str(error), *place) from None
    except expat.ExpatError as error:
        raise _Refused(f"is not sound XML: {error}", error.lineno, error.offset + 1) from None
    x, y, wide, high = copy.box
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x:g} {y:g} {wide:g} {high:g}" '
        f'width="{ACROSS:g}mm" height="{ACROSS * high / wide:g}mm">{"".join(copy.out)}</svg>'
    )
    return Drawing(text.encode(), "svg", wide / high)


_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def _png(raw: bytes) -> Drawing:
    if len(raw) < 24 or raw[12:16] != b"IHDR":
        raise _Refused("is damaged: the PNG has no head")
    sides = struct.unpack(">II", raw[16:24])
    if not all(1 <= side <= WIDEST for side in sides):
        size = f"{sides[0]} × {sides[1]}"
        raise _Refused(f"has {size} pixels; at most {WIDEST} × {WIDEST} are allowed")
    from PIL import Image

    out = BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(raw), formats=["PNG"]) as image:
                image.verify()
            with Image.open(BytesIO(raw), formats=["PNG"]) as image:
                # A new file of the pixels alone: no text, no profile, no animation.
                image.convert("RGBA").save(out, "PNG")
    except Exception as error:  # noqa: BLE001 (a damaged file can raise almost anything)
        raise _Refused(f"is damaged: {str(error)[:80] or 'the PNG cannot be read'}") from None
    return Drawing(out.getvalue(), "png", sides[0] / sides[1])


def drawing(raw: bytes, shown: str, *, png: bool = True) -> Drawing:
    """Return a checked picture; *shown* is how messages name the file.

    Raises:
        ContentError: it is neither a plain SVG nor (with *png*) a small sound PNG.
    """
    try:
        return _checked(raw, png=png)
    except _Refused as error:
        problem = Problem(shown, error.line, error.column, str(error), "picture-file")
        raise ContentError([problem]) from None


def _checked(raw: bytes, *, png: bool) -> Drawing:
    if len(raw) > LARGEST:
        raise _Refused(f"is larger than {LARGEST // 1000} kB; make it smaller")
    if png and raw.startswith(_SIGNATURE):
        return _png(raw)
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _svg(raw)
    kinds = "an SVG or PNG file" if png else "an SVG file"
    raise _Refused(f"is not {kinds}; the content counts, not the name")
