"""Fonts that documents share: whole, without the tables that only layout needs."""

import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from typing import Any

from programgen.render.fragments.store import Entry

NEEDED = (b"cvt ", b"fpgm", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"prep")
"""Tables that a PDF reader wants of an embedded TrueType font."""


@dataclass(frozen=True)
class Font:
    """A font as a document embeds it. Measures are thousandths of the type size."""

    key: str
    name: str
    family: str
    flags: int
    ascent: int
    descent: int
    widths: tuple[int, ...]
    """Of each glyph."""
    texts: dict[str, str]
    """The sign of each glyph that stands for one, by number."""
    file: bytes
    """Compressed."""
    length: int
    """Of the file before compression."""


def font_of(found: Any) -> Font | None:
    """Return a font of WeasyPrint; None when it is no static TrueType font."""
    if found.type != "ttf" or found.bitmap or "fvar" in found.tables:
        return None
    raw = found.file_content
    # The file may be cut down to a few glyphs by now; the face is whole.
    from weasyprint.text.fonts import get_hb_object_data

    raw = get_hb_object_data(found.hb_face)
    whole = _whole(raw)
    name = found.name.decode().lstrip("/")
    return Font(
        key=f"font-{sha256(raw + name.encode()).hexdigest()}",
        name=name,
        family=found.family,
        flags=found.flags,
        ascent=found.ascent,
        descent=found.descent,
        **whole,
    )


@lru_cache(maxsize=8)
def _whole(raw: bytes) -> dict[str, Any]:
    """Return what is read from the file of a font."""
    from fontTools.ttLib import TTFont

    font = TTFont(BytesIO(raw))
    scale = 1000 / font["head"].unitsPerEm
    order = font.getGlyphOrder()
    numbers = {name: number for number, name in enumerate(order)}
    texts: dict[str, str] = {}
    for code, name in sorted(font["cmap"].getBestCmap().items()):
        texts.setdefault(str(numbers[name]), chr(code))
    file = lean(raw)
    return {
        "widths": tuple(round(font["hmtx"][name][0] * scale) for name in order),
        "texts": texts,
        "file": zlib.compress(file, 9),
        "length": len(file),
    }


def lean(raw: bytes) -> bytes:
    """Return a TrueType font with only the tables that a PDF reader needs."""
    count = struct.unpack(">H", raw[4:6])[0]
    rows = [struct.unpack(">4sLLL", raw[12 + 16 * n : 28 + 16 * n]) for n in range(count)]
    kept = sorted(row for row in rows if row[0] in NEEDED)
    power = 1 << (len(kept).bit_length() - 1)
    span = 16 * power
    head = struct.pack(
        ">4sHHHH", raw[:4], len(kept), span, power.bit_length() - 1, 16 * len(kept) - span
    )
    place = 12 + 16 * len(kept)
    table, body = b"", b""
    for tag, check, start, length in kept:
        table += struct.pack(">4sLLL", tag, check, place + len(body), length)
        body += raw[start : start + length] + bytes(-length % 4)
    return head + table + body


def font_entry(font: Font) -> Entry:
    """Return a font as plain values and bytes."""
    values = {n: getattr(font, n) for n in font.__dataclass_fields__ if n != "file"}
    return Entry(values, (font.file,))


def font_in(entry: Entry) -> Font:
    """Return the font in an entry."""
    return Font(**entry.values, file=entry.parts[0])
