"""A page printed from kept blocks; WeasyPrint prints it alone when that is not possible."""

import logging
import re
from collections.abc import Iterable
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
    margins,
    render,
)
from programgen.render.fragments.compose import Page, Placed, compose
from programgen.render.fragments.cut import Chunk, Item, Sheet, cut
from programgen.render.fragments.fonts import Font, font_entry, font_in
from programgen.render.fragments.live import spoken
from programgen.render.fragments.stack import Brick, stacked
from programgen.render.fragments.store import Store
from programgen.render.house import LOGO, PLAIN, HouseStyle
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
    # What a clinic typed into an own part may stand in a shared one.
    found = None if house.parts else composed(page, pictures or {}, store or Store(), house)
    return pdf(page, pictures, house) if found is None else found


def composed(
    page: str, pictures: Pictures, store: Store, house: HouseStyle = PLAIN
) -> bytes | None:
    """Return the page put together from blocks; None when WeasyPrint must print it alone."""
    try:
        sheet = cut(printable(page))
        # Where nothing may be kept, nothing is gained.
        if sheet is None or not any(w.shared for chunk in sheet.chunks for w in _wanted(chunk)):
            return None
        return _Printing(sheet, pictures, store, house).document()
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

    def __init__(self, sheet: Sheet, pictures: Pictures, store: Store, house: HouseStyle) -> None:
        self.sheet = sheet
        self.pictures = pictures
        self.house = house
        self.store = store
        self.ground = _ground(sheet.style, sheet.language)

    def document(self) -> bytes:
        """Return the file."""
        pages = self._pages()
        margins = self._margins(len(pages))
        ready = [
            Page(tuple(placed), margin, shell)
            for (placed, shell), margin in zip(pages, margins, strict=True)
        ]
        leaves = [p.leaf for page in ready for p in page.placed]
        known = {name for leaf in leaves for name in leaf.anchors}
        if not {name for leaf in leaves for name in leaf.targets} <= known:
            raise RefusedError("a link leads nowhere")
        used = [leaf for page in ready for leaf in page.margins]
        keys = {key for leaf in (*leaves, *used) for key in leaf.fonts.values()}
        fonts = {key: self._font(key) for key in sorted(keys)}
        return compose(self.sheet, ready, fonts, f"WeasyPrint {_weasyprint()}")

    def _key(self, *parts: str) -> str:
        names = re.findall(rf'src="{ADDRESS}([a-z0-9-]+)"', "".join(parts))
        seen = [self.pictures.get(name, "") for name in names]
        logo = self.house.letterhead.logo if self.house.letterhead else None
        if logo and any(f'src="{LOGO}"' in text for text in parts):
            seen.append(sha256(logo.data).hexdigest())
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

    def _pages(self) -> list[tuple[list[Placed], str]]:
        """Return what stands on each page, and the type of the element around it."""
        chunks = self.sheet.chunks
        blocks = self._blocks(one for chunk in chunks for one in _wanted(chunk))
        stacks = [self._stack(chunk, blocks) if chunk.items else None for chunk in chunks]
        wholes = [c for c, pages in zip(chunks, stacks, strict=True) if pages is None]
        blocks.update(self._blocks(_whole(chunk) for chunk in wholes if chunk.items))
        return [
            page
            for chunk, pages in zip(chunks, stacks, strict=True)
            for page in pages or self._laid_out(chunk, blocks)
        ]

    def _blocks(self, asked: Iterable[Wanted]) -> dict[Wanted, Block]:
        """Return blocks; the missing ones are rendered together."""
        wanted = dict.fromkeys(asked)
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
            sheet = self.sheet
            made, used = render(missing, sheet.language, sheet.style, self.pictures, self.house)
            self._keep_fonts(used)
            for one, block in zip(missing, made, strict=True):
                entry = entry_of(block)
                found[one] = self.store.keep(keys[one], entry, private=not one.shared)
        return {one: block_of(entry) for one, entry in found.items() if entry is not None}

    def _margins(self, pages: int) -> list[tuple[Leaf, ...]]:
        """Return the margins of each page: its number, and the foot that is on every page."""
        numbers = self._margin("", pages, shared=True)
        foot = self.sheet.foot and self._margin(self.sheet.foot, 1, shared=self.sheet.foot_shared)
        return [(*foot, number) for number in numbers]

    def _margin(self, foot: str, pages: int, *, shared: bool) -> tuple[Leaf, ...]:
        key = self._key("margin", foot, str(pages))
        entry = self.store.find(key)
        if entry is None:
            leaves, fonts = margins(self.sheet.language, self.sheet.style, foot, pages)
            self._keep_fonts(fonts)
            entry = self.store.keep(key, entry_of(Block(tuple(leaves))), private=not shared)
        return block_of(entry).leaves

    def _spoken(self, item: Item, block: Block) -> tuple[Leaf, ...]:
        """Return the pages of a block with the live text of its item."""
        if not item.live:
            return block.leaves
        keys = {key for leaf in block.leaves for key in leaf.fonts.values()}
        return spoken(block, item.live, {key: self._font(key) for key in keys})

    def _laid_out(
        self, chunk: Chunk, blocks: dict[Wanted, Block]
    ) -> list[tuple[list[Placed], str]]:
        """Return the pages of a chunk that was laid out as a whole."""
        leaves = self._spoken(chunk.whole, blocks[_whole(chunk)])
        return [([Placed(leaf)], "") for leaf in leaves]

    def _stack(
        self, chunk: Chunk, blocks: dict[Wanted, Block]
    ) -> list[tuple[list[Placed], str]] | None:
        """Return the pages of a stack; None when it has to be laid out as a whole."""
        found = [blocks[one] for one in _wanted(chunk)]
        shell = SHELLS.get(chunk.shell[1:].split()[0].rstrip(">"), "")
        bricks = [
            Brick(b.height, b.before, b.after, item.keep)
            for b, item in zip(found, chunk.items, strict=True)
        ]
        pages = stacked(bricks, found[0].top, found[0].bottom)
        if not shell or pages is None or (chunk.single and len(pages) > 1):
            return None
        rest = iter(zip(found, chunk.items, strict=True))
        return [
            (
                [
                    Placed(self._spoken(item, b)[0], (b.edge - edge) * PX)
                    for edge in page
                    for b, item in [next(rest)]
                ],
                shell,
            )
            for page in pages
        ]


def _whole(chunk: Chunk) -> Wanted:
    return Wanted(chunk.whole.html, shared=chunk.whole.shared)


def _wanted(chunk: Chunk) -> tuple[Wanted, ...]:
    if not chunk.items:
        return (_whole(chunk),)
    return tuple(Wanted(item.html, chunk.shell, item.shared) for item in chunk.items)
