"""A page printed from kept blocks; WeasyPrint prints it alone when that is not possible."""

import logging
import re
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version

from programgen.render.fragments.block import (
    PX,
    Block,
    Leaf,
    RefusedError,
    Wanted,
    block_of,
    code,
    entry_of,
    feet,
    render,
)
from programgen.render.fragments.compose import Page, Placed, compose
from programgen.render.fragments.cut import Chunk, Sheet, cut
from programgen.render.fragments.fonts import Font, font_entry, font_in
from programgen.render.fragments.live import spoken
from programgen.render.fragments.stack import Brick, stacked
from programgen.render.fragments.store import Store
from programgen.render.house import PLAIN, HouseStyle
from programgen.render.pdf import RenderError, pdf, printable
from programgen.render.pictures import ADDRESS, Pictures
from programgen.resources import folder

LOG = logging.getLogger(__name__)

SHELLS = {"section": "Sect", "div": "Div", "article": "Art", "main": "Part"}
"""Structure types of the elements that may hold a stack."""


def printed(
    page: str,
    pictures: Pictures | None = None,
    house: HouseStyle = PLAIN,
    store: Store | None = None,
) -> bytes:
    """Return the page as a tagged PDF, put together from blocks where its marks allow it.

    The same page gives the same bytes, whatever the store holds.

    Raises:
        RenderError: Pango is missing, or the page is not sound.
    """
    logo = house.letterhead.logo if house.letterhead else None
    # Own parts may style what no mark can show, and a logo may be made of pixels.
    alone = house.parts or logo is not None
    found = None if alone else composed(page, pictures or {}, store or Store())
    return pdf(page, pictures, house) if found is None else found


def composed(page: str, pictures: Pictures, store: Store) -> bytes | None:
    """Return the page put together from blocks; None when WeasyPrint must print it alone."""
    try:
        sheet = cut(printable(page))
        # Where nothing may be kept, nothing is gained.
        if sheet is None or not any(chunk.shared for chunk in sheet.chunks):
            return None
        return _Printing(sheet, pictures, store).document()
    except (RefusedError, RenderError):
        # Of a page that is not sound, WeasyPrint says what is wrong when it prints it alone.
        return None
    except Exception:
        # A fault here may cost time, never a handout.
        LOG.debug("the page is printed by WeasyPrint alone", exc_info=True)
        return None
    finally:
        store.trim()


@cache
def _weasyprint() -> str:
    return version("weasyprint")


@lru_cache(maxsize=8)
def _ground(style: str, language: str) -> str:
    """Return the fingerprint of all that every block depends on."""
    fonts = sorted((folder("templates") / "fonts").iterdir(), key=lambda file: file.name)
    raw = [f.read_bytes() for f in fonts if f.name.endswith(".ttf")]
    texts = (code(), _weasyprint(), style, language)
    return sha256(b"\0".join([*(text.encode() for text in texts), *raw])).hexdigest()


class _Printing:
    """One page on its way."""

    def __init__(self, sheet: Sheet, pictures: Pictures, store: Store) -> None:
        self.sheet = sheet
        self.pictures = pictures
        self.store = store
        self.ground = _ground(sheet.style, sheet.language)

    def document(self) -> bytes:
        """Return the file."""
        blocks = self._blocks()
        pages = [page for chunk in self.sheet.chunks for page in self._pages(chunk, blocks)]
        margins = self._feet(len(pages))
        ready = [
            Page(tuple(placed), foot, shell)
            for (placed, shell), foot in zip(pages, margins, strict=True)
        ]
        leaves = [p.leaf for page in ready for p in page.placed]
        known = {name for leaf in leaves for name in leaf.anchors}
        if not {name for leaf in leaves for name in leaf.targets} <= known:
            raise RefusedError("a link leads nowhere")
        keys = {key for leaf in (*leaves, *margins) for key in leaf.fonts.values()}
        fonts = {key: self._font(key) for key in sorted(keys)}
        return compose(self.sheet, ready, fonts, f"WeasyPrint {_weasyprint()}")

    def _key(self, *parts: str) -> str:
        names = re.findall(rf'src="{ADDRESS}([a-z0-9-]+)"', "".join(parts))
        seen = (self.pictures.get(name, "") for name in names)
        return sha256("\0".join((self.ground, *parts, *seen)).encode()).hexdigest()

    def _font(self, key: str) -> Font:
        entry = self.store.find(key)
        if entry is None:
            raise RefusedError("a font has been removed")
        return font_in(entry)

    def _keep_fonts(self, fonts: dict[str, Font]) -> None:
        for key, font in fonts.items():
            if self.store.find(key) is None:
                self.store.keep(key, font_entry(font), private=False)

    def _blocks(self) -> dict[Wanted, Block]:
        """Return all blocks; the missing ones are rendered together."""
        wanted = dict.fromkeys(one for chunk in self.sheet.chunks for one in _wanted(chunk))
        keys = {one: self._key(one.shell, one.html) for one in wanted}
        found = {one: self.store.find(key) for one, key in keys.items()}
        fonts = {
            key
            for entry in found.values()
            if entry is not None
            for leaf in entry.values["leaves"]
            for key in leaf["fonts"].values()
        }
        if any(self.store.find(key) is None for key in fonts):
            found = dict.fromkeys(wanted)
        missing = [one for one, entry in found.items() if entry is None]
        if missing:
            made, used = render(missing, self.sheet.language, self.sheet.style, self.pictures)
            self._keep_fonts(used)
            for one, block in zip(missing, made, strict=True):
                entry = entry_of(block)
                found[one] = self.store.keep(keys[one], entry, private=not one.shared)
        return {one: block_of(entry) for one, entry in found.items() if entry is not None}

    def _feet(self, pages: int) -> tuple[Leaf, ...]:
        key = self._key("feet", self.sheet.foot, str(pages))
        entry = self.store.find(key)
        if entry is None:
            leaves, fonts = feet(self.sheet.language, self.sheet.style, self.sheet.foot, pages)
            self._keep_fonts(fonts)
            block = Block(tuple(leaves))
            private = not self.sheet.foot_shared
            entry = self.store.keep(key, entry_of(block), private=private)
        return block_of(entry).leaves

    def _pages(self, chunk: Chunk, blocks: dict[Wanted, Block]) -> list[tuple[list[Placed], str]]:
        """Return what stands on each page of a chunk, and the type of the element around it."""
        found = [blocks[one] for one in _wanted(chunk)]
        if not chunk.items:
            leaves = found[0].leaves
            if chunk.live:
                keys = {key for leaf in leaves for key in leaf.fonts.values()}
                leaves = spoken(found[0], chunk.live, {key: self._font(key) for key in keys})
            return [([Placed(leaf)], "") for leaf in leaves]
        shell = SHELLS.get(chunk.shell[1:].split()[0].rstrip(">"), "")
        bricks = [
            Brick(b.height, b.before, b.after, item.keep)
            for b, item in zip(found, chunk.items, strict=True)
        ]
        pages = stacked(bricks, found[0].top, found[0].bottom)
        if not shell or pages is None:
            raise RefusedError("a stack does not fit its pages")
        rest = iter(found)
        return [
            (
                [Placed(b.leaves[0], (b.edge - edge) * PX) for edge in page for b in [next(rest)]],
                shell,
            )
            for page in pages
        ]


def _wanted(chunk: Chunk) -> tuple[Wanted, ...]:
    if not chunk.items:
        return (Wanted(chunk.html, shared=chunk.shared),)
    return tuple(Wanted(item.html, chunk.shell, chunk.shared) for item in chunk.items)
