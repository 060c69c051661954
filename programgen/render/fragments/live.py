"""A short text that is set anew in each document, such as a name: it is never kept.

Its block is rendered with a stand-in. The style of a live text asks for neither kerning nor
ligatures, so its glyphs are those of its signs, one after the other, as WeasyPrint sets them.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import replace

from programgen.render.fragments.block import Block, Leaf, RefusedError
from programgen.render.fragments.cut import STAND_IN
from programgen.render.fragments.fonts import Font

LEVEL = 6
"""Effort of compression."""


def spoken(block: Block, text: str, fonts: Mapping[str, Font]) -> tuple[Leaf, ...]:
    """Return the pages of a block with the text for the stand-in; *fonts* by key.

    Raises:
        RefusedError: the text does not fit on its line, or is not set sign by sign, or the
            stand-in is not found where it has to be.
    """
    if sum(leaf.live is not None for leaf in block.leaves) != 1:
        raise RefusedError("a live text has no place of its own")
    return tuple(
        _set(leaf, leaf.live, text, block.room, fonts) if leaf.live else leaf
        for leaf in block.leaves
    )


def _set(
    leaf: Leaf, live: tuple[str, float], text: str, room: float, fonts: Mapping[str, Font]
) -> Leaf:
    name, size = live
    font = fonts[leaf.fonts[name]]
    glyphs = {sign: int(glyph) for glyph, sign in font.texts.items()}
    if not text.isprintable() or not glyphs.keys() >= set(text):
        raise RefusedError("a live text needs a sign that is not set by itself")
    if sum(font.widths[glyphs[sign]] for sign in text) * size / 1000 > room:
        raise RefusedError("a live text is longer than its line")
    old = f"[<{glyphs[STAND_IN]:04x}>".encode()
    new = f"[<{''.join(f'{glyphs[sign]:04x}' for sign in text)}>".encode()
    plain, count = re.subn(re.escape(old), new, zlib.decompress(leaf.parts[0]))
    if count != 1:
        raise RefusedError("a live text has no place of its own")
    return replace(leaf, parts=(zlib.compress(plain, LEVEL), *leaf.parts[1:]))
