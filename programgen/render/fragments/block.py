"""Blocks rendered by WeasyPrint, all that are missing in one go, and taken apart.

A page of a block becomes a leaf: operators that any page may draw as a form, and the structure
elements that belong to them, as text with holes for what is known only in the finished document.
Marked content inside a form is found by the number of the form, so nothing inside is renumbered.
"""

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from programgen.errors import ProgramgenError
from programgen.render.figure import figure
from programgen.render.fragments.cut import STAND_IN
from programgen.render.fragments.fonts import Font, font_of
from programgen.render.fragments.store import Entry
from programgen.render.pdf import written
from programgen.render.pictures import ADDRESS, Pictures

PX = 0.75
"""Points in a CSS pixel."""

Hole = int | float | str
"""An object of the leaf by its number, a height in points, or a name that ``compose`` knows."""


class RefusedError(ProgramgenError):
    """A block holds what cannot be put on a page of another document."""


@dataclass(frozen=True)
class Wanted:
    """HTML to render on pages of its own; with a *shell* it is one block of a stack."""

    html: str
    shell: str = ""
    shared: bool = False
    """The block may be kept on a disk."""


@dataclass(frozen=True)
class Leaf:
    """One page of a block. Lengths are points from the lower left corner of the page."""

    size: tuple[float, float]
    elements: str = ""
    """A structure element or a link annotation on each line, with a ``%s`` for each hole."""
    holes: tuple[Hole, ...] = ()
    tops: tuple[int, ...] = ()
    """Elements that have no parent in the leaf."""
    marks: tuple[int, ...] = ()
    """The element of each piece of marked content."""
    links: tuple[int, ...] = ()
    """The element of each link annotation; annotations are the last lines."""
    targets: tuple[str, ...] = ()
    """Names of places in this document to which links lead."""
    anchors: dict[str, tuple[float, float]] = field(default_factory=dict)
    bookmarks: tuple[tuple[int, str, float, float], ...] = ()
    """Level, title, place."""
    fonts: dict[str, str] = field(default_factory=dict)
    """Keys of fonts by their names in the operators."""
    glyphs: dict[str, dict[str, str]] = field(default_factory=dict)
    """Text of glyphs that stand for no sign by themselves, by name of the font and number."""
    live: tuple[str, float] | None = None
    """Font and type size of STAND_IN, where it stands."""
    states: dict[str, str] = field(default_factory=dict)
    figures: tuple[str, ...] = ()
    groups: tuple[tuple[str, dict[str, str]], ...] = ()
    """Box and transparencies of each group of operators, which are drawn as ``g0``, ``g1``, …"""
    parts: tuple[bytes, ...] = ()
    """The operators, each figure as an object, the operators of each group; all compressed."""


@dataclass(frozen=True)
class Block:
    """Pages of a block; the lengths are those of a block of a stack, in CSS pixels."""

    leaves: tuple[Leaf, ...]
    height: float = 0.0
    before: float = 0.0
    after: float = 0.0
    edge: float = 0.0
    """Where it stood on its page."""
    top: float = 0.0
    bottom: float = 0.0
    """The part of a page that blocks may fill."""
    room: float = 0.0
    """Width of the line with the live text."""


def entry_of(block: Block) -> Entry:
    """Return a block as plain values and bytes."""
    leaves = [{**vars(leaf), "parts": len(leaf.parts)} for leaf in block.leaves]
    values = {**vars(block), "leaves": leaves}
    return Entry(values, tuple(part for leaf in block.leaves for part in leaf.parts))


def block_of(entry: Entry) -> Block:
    """Return the block in an entry."""
    parts = iter(entry.parts)
    leaves = tuple(
        Leaf(**{**leaf, "parts": tuple(next(parts) for _ in range(leaf["parts"]))})
        for leaf in entry.values["leaves"]
    )
    return Block(**{**entry.values, "leaves": leaves})


_EDGES = [
    *("top-left-corner", "top-left", "top-center", "top-right", "top-right-corner"),
    *("left-top", "left-middle", "left-bottom", "right-top", "right-middle", "right-bottom"),
    *("bottom-left-corner", "bottom-left", "bottom-center", "bottom-right"),
    "bottom-right-corner",
]
_ALONE = (
    "\n@page {" + " ".join(f"@{edge} {{ content: none !important }}" for edge in _EDGES) + "}"
    "\n[data-cut] { break-before: page !important }\n"
)
"""No margin boxes, and each block on its own page."""


_IN_TURN = "\n[data-cut] + [data-cut] { break-before: page }\n"
"""A page for each element."""


def _document(language: str, style: str, more: str, body: str) -> str:
    """Return a page; the style that all share stands alone, so that it is parsed once."""
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>-</title>'
        f"<style>{style}</style><style>{more}</style></head><body>{body}</body></html>"
    )


def render(
    wanted: Sequence[Wanted], language: str, style: str, pictures: Pictures
) -> tuple[list[Block], dict[str, Font]]:
    """Render blocks in one document; return them, and the fonts that they use, by key.

    Raises:
        RefusedError: one of them cannot be put on another page.
        RenderError: Pango is missing, or a block is not sound.
    """
    body = "\n".join(_marked(n, one) for n, one in enumerate(wanted))
    ids = set(re.findall(r'\bid="([^"]+)"', body))
    targets = sorted(set(re.findall(r'href="#([^"]+)"', body)) - ids)
    stubs = "".join(f'<div id="{target}"></div>' for target in targets)
    body += f'<div data-cut id="cut-{len(wanted)}">{stubs}</div>'
    shown = set(re.findall(rf'src="{ADDRESS}([a-z0-9-]+)"', body))
    taken = _Taken({name: svg for name, svg in pictures.items() if name in shown})
    written(_document(language, style, _ALONE, body), pictures, finisher=taken)
    anchors = [*(_anchor(n, one) for n, one in enumerate(wanted)), f"cut-{len(wanted)}"]
    blocks = [taken.block(n, one, anchors[n + 1]) for n, one in enumerate(wanted)]
    return blocks, taken.fonts


def feet(language: str, style: str, foot: str, pages: int) -> tuple[list[Leaf], dict[str, Font]]:
    """Render the margins of a document with a number of pages."""
    body = foot + f'<div data-cut id="cut-0">{"<div data-cut></div>" * pages}</div>'
    taken = _Taken({}, margins=True)
    written(_document(language, style, _IN_TURN, body), {}, finisher=taken)
    if len(taken.leaves) != pages:
        raise RefusedError("the margins do not fit the pages")
    return taken.leaves, taken.fonts


def _marked(number: int, one: Wanted) -> str:
    """Return a block with anchors around it: its own start, and for a stack all its edges."""
    if not one.shell:
        live = one.html.replace("<p data-live>", f'<p data-live id="cut-{number}-live">')
        return _anchored(live, f"cut-{number}", "data-cut ")
    edge = '<div id="{}" style="height: 1px; margin: 0; border: 0; padding: 0">{}</div>'
    page = f'<div id="cut-{number}-page" style="position: absolute; inset: 0; margin: 0"></div>'
    return (
        _anchored(one.shell, f"cut-{number}", "data-cut ")
        + edge.format(f"cut-{number}-above", "")
        + _anchored(one.html, f"cut-{number}-block")
        + edge.format(f"cut-{number}-below", page)
        + f"</{_TAG_NAME.match(one.shell)[1]}>"  # type: ignore[index]
    )


_TAG_NAME = re.compile(r"\s*<([a-z][a-z0-9]*)")


def _own_anchor(html: str) -> str | None:
    found = re.search(r'\bid="([^"]*)"', html[: html.index(">")])
    return found[1] if found else None


def _anchored(html: str, anchor: str, attributes: str = "") -> str:
    """Return HTML whose first tag has an anchor, if it has none of its own."""
    name = _TAG_NAME.match(html)
    if name is None:
        raise RefusedError("a block does not start with a tag")
    more = attributes if _own_anchor(html) else f'{attributes}id="{anchor}" '
    return f"{name[0]} {more}{html[name.end() :]}"


_STATE = re.compile(r"[aA](0|1|0?\.\d+|1\.0)$")
_STRANGE = re.compile(rb"^(/\S+ (sh|cs|CS)|.* (scn|SCN)|BI.*)$", re.MULTILINE)
_TEXT = re.compile(rb"^/(\S+) ([\d.]+) Tf$|^\[(.*)\] TJ$", re.MULTILINE)
_MARK = re.compile(rb"/\S+\n<</MCID \d+>>\nBDC")


class _Taken:
    """Looks at a document just before WeasyPrint writes it, and keeps its pages as leaves."""

    def __init__(self, pictures: Pictures, *, margins: bool = False) -> None:
        self.figures = {f.name: f for svg in pictures.values() if (f := figure(svg))}
        self.margins = margins
        self.leaves: list[Leaf] = []
        self.places: list[dict[str, tuple[float, ...]]] = []
        self.fonts: dict[str, Font] = {}

    def __call__(self, document: Any, pdf: Any) -> None:
        """Take the pages apart."""
        self.pdf = pdf
        self.known = {f.hash: (f, font_of(f)) for f in document.fonts.values()}
        by_page: dict[bytes, list[Any]] = {}
        root = self._object(self._object(pdf.catalog["StructTreeRoot"])["K"][0])
        for reference in root["K"]:
            element = self._object(reference)
            by_page.setdefault(element["Pg"], []).append(element)
        for reference, page in zip(pdf.page_references, document.pages, strict=True):
            self.leaves.append(self._leaf(reference, page, by_page.get(reference, [])))
            self.places.append(dict(page.anchors))

    def _object(self, reference: bytes) -> Any:
        return self.pdf.objects[int(reference.split()[0])]

    def _leaf(self, reference: bytes, page: Any, tops: list[Any]) -> Leaf:
        found = self._object(reference)
        plain = self._operators(self._object(found["Contents"]))
        if self.margins:
            plain, tops = _MARK.sub(b"/Artifact\nBMC", plain), []
        names = _names(rb"Do", plain)
        resources = self._object(found["Resources"])["XObject"]
        groups = [self._object(resources[n]) for n in names if n not in self.figures]
        drawn = [self._operators(group) for group in groups]
        if any(_names(rb"Do", operators) for operators in drawn):
            raise RefusedError("a block has images that cannot be shared")
        # Names count on through a document; here they count on through the leaf.
        for n, name in enumerate(n for n in names if n not in self.figures):
            plain = plain.replace(f"/{name} Do\n".encode(), f"/g{n} Do\n".encode())
        figures = [n for n in names if n in self.figures]
        fonts, glyphs, live = self._used_fonts(b"\n".join((plain, *drawn)))
        height = page.height * PX
        tree = _Tree(self, height, found.get("Annots", ()), tops)
        marks = tuple(tree.marks[n] for n in range(len(tree.marks)))
        if len(marks) != len(_MARK.findall(plain)):
            raise RefusedError("a block has content outside of its structure")
        return Leaf(
            size=(page.width * PX, height),
            elements="\n".join(tree.lines),
            holes=tuple(hole for holes in tree.holes for hole in holes),
            tops=tuple(tree.tops),
            marks=marks,
            links=tuple(tree.links),
            targets=tuple(tree.targets),
            anchors={
                name: (place[0] * PX, height - place[1] * PX)
                for name, place in page.anchors.items()
                if not name.startswith("cut-")
            },
            bookmarks=tuple(
                (level, title, x * PX, height - y * PX)
                for level, title, (x, y), _ in page.bookmarks
            ),
            fonts=fonts,
            glyphs=glyphs,
            live=live,
            states=self._states(plain),
            figures=tuple(figures),
            groups=tuple(
                (_box(group), self._states(operators))
                for group, operators in zip(groups, drawn, strict=True)
            ),
            parts=(
                zlib.compress(plain, 9),
                *(_form(self.figures[n]) for n in figures),
                *(zlib.compress(operators, 9) for operators in drawn),
            ),
        )

    @staticmethod
    def _operators(stream: Any) -> bytes:
        plain = b"\n".join(_bytes(item) for item in stream.stream)
        if _STRANGE.search(plain) or "SMask" in stream.extra:
            raise RefusedError("a block has colours or images that cannot be shared")
        return plain

    def _states(self, plain: bytes) -> dict[str, str]:
        names = sorted(_names(rb"gs", plain))
        if not all(_STATE.match(name) for name in names):
            raise RefusedError("a block is painted in a way that cannot be shared")
        return {n: f"<</{'CA' if n[0] == 'A' else 'ca'} {n[1:]}>>" for n in names}

    def _used_fonts(
        self, plain: bytes
    ) -> tuple[dict[str, str], dict[str, dict[str, str]], tuple[str, float] | None]:
        """Return the fonts, the text of glyphs that only their context explains, and STAND_IN."""
        fonts: dict[str, str] = {}
        glyphs: dict[str, dict[str, str]] = {}
        live, name, size = None, "", 0.0
        for match in _TEXT.finditer(plain):
            if match[1]:
                name, size = match[1].decode(), float(match[2])
            found, font = self.known[name]
            if font is None or found.missing:
                raise RefusedError("a block needs a sign that our fonts do not have")
            self.fonts[font.key] = font
            fonts[name] = font.key
            runs = re.findall(rb"<([0-9a-f]+)>", match[3] or b"")
            if len(runs) == 1 and font.texts.get(str(int(runs[0], 16))) == STAND_IN:
                live = (name, size)
            for run in runs:
                for glyph in (int(run[n : n + 4], 16) for n in range(0, len(run), 4)):
                    if str(glyph) not in font.texts:
                        glyphs.setdefault(name, {})[str(glyph)] = found.to_unicode[glyph]
        return fonts, {name: dict(sorted(seen.items())) for name, seen in glyphs.items()}, live

    def block(self, number: int, one: Wanted, after: str) -> Block:
        """Return a block that was asked for; *after* is the anchor of the one that follows."""
        first = self._page_of(_anchor(number, one))
        leaves = tuple(self.leaves[first : self._page_of(after)])
        if not one.shell:
            lines = (places.get(f"cut-{number}-live") for places in self.places[first:])
            line = next(filter(None, lines), (0.0, 0.0, 0.0, 0.0))
            return Block(leaves, room=line[2] - line[0])
        places = self.places[first]
        names = (f"cut-{number}-{edge}" for edge in ("above", "below", "page"))
        above, below, page = (places.get(name) for name in names)
        own = places.get(_own_anchor(one.html) or f"cut-{number}-block")
        if len(leaves) != 1 or not (above and below and own and page):
            raise RefusedError("a block is higher than a page")
        return Block(
            (_bare(leaves[0]),),
            height=own[3] - own[1],
            before=own[1] - above[3],
            after=below[1] - own[3],
            edge=own[1],
            top=page[1],
            bottom=page[3],
        )

    def _page_of(self, anchor: str) -> int:
        return next(n for n, places in enumerate(self.places) if anchor in places)


def _anchor(number: int, one: Wanted) -> str:
    return _own_anchor(one.shell or one.html) or f"cut-{number}"


def _bare(leaf: Leaf) -> Leaf:
    """Return the leaf of a block of a stack without the shell and the edges around it.

    Elements are numbered in reading order, so the shell is the first, the edge above the second,
    and the edge below with what measures the page are the last before the annotations.
    """
    lines = leaf.elements.split("\n")
    rest = iter(leaf.holes)
    holes = [[next(rest) for _ in range(line.replace("%%", "").count("%s"))] for line in lines]
    kids = [hole for hole in holes[0] if isinstance(hole, int)]
    if leaf.tops != (0,) or len(kids) < 3:
        raise RefusedError("a block stands in a shell that is not a simple one")
    own = [*range(kids[1], kids[-1]), *range(len(lines) - len(leaf.links), len(lines))]
    numbers: dict[Hole, Hole] = {old: new for new, old in enumerate(own)}

    def moved(hole: Hole) -> Hole:
        if not isinstance(hole, int):
            return hole
        return numbers[hole] if hole else "parent"

    return replace(
        leaf,
        elements="\n".join(lines[n] for n in own),
        holes=tuple(moved(hole) for n in own for hole in holes[n]),
        tops=tuple(own.index(kid) for kid in kids[1:-1]),
        marks=tuple(own.index(n) for n in leaf.marks),
        links=tuple(own.index(n) for n in leaf.links),
    )


def _names(operator: bytes, plain: bytes) -> list[str]:
    """Return the names on which an operator is used, in order."""
    found = re.findall(rb"^/(\S+) " + operator + b"$", plain, re.MULTILINE)
    return list(dict.fromkeys(name.decode() for name in found))


def _box(group: Any) -> str:
    """Return the box of a group, which must be an ordinary one."""
    kind = group.extra.get("Group", {})
    if group.extra.get("Subtype") != "/Form" or kind.get("CS") != "/DeviceRGB":
        raise RefusedError("a block has images that cannot be shared")
    return " ".join(f"{float(edge):.4f}" for edge in group.extra["BBox"])


def _form(found: Any) -> bytes:
    """Return a figure as an object."""
    states = "".join(
        f"/{name}<<{''.join(f'/{k} {v}' for k, v in state.items())}>>"
        for name, state in found.states.items()
    )
    wide, high = found.box[2:]
    head = (
        f"<</Type/XObject/Subtype/Form/BBox[0 0 {wide:g} {high:g}]"
        f"/Resources<</ExtGState<<{states}>>>>/Filter/FlateDecode"
        f"/Length {len(found.operators)}>>stream\n"
    )
    return head.encode() + bytes(found.operators) + b"\nendstream"


def _bytes(item: Any) -> bytes:
    if isinstance(item, bytes):
        return item
    return bytes(item.data) if hasattr(item, "data") else str(item).encode()


def literal(text: str) -> str:
    """Return text as a string of a PDF file."""
    if text.isascii() and text.isprintable():
        return "(" + re.sub(r"([\\()])", r"\\\1", text) + ")"
    return f"<feff{text.encode('utf-16-be').hex()}>"


class _Tree:
    """The structure elements of a page as lines with holes."""

    def __init__(
        self, taken: _Taken, height: float, annotations: Iterable[bytes], tops: Iterable[Any]
    ) -> None:
        self.taken = taken
        self.lines: list[str] = []
        self.holes: list[list[Hole]] = []
        self.marks: dict[int, int] = {}
        self.links: list[int] = []
        self.targets: list[str] = []
        self.height = height
        self.tables: dict[str, int] = {}
        self.annotations = [taken._object(a) for a in annotations]  # noqa: SLF001
        self.order: list[Any] = []
        self.tops = [self._element(top, "parent") for top in tops]
        base = len(self.lines)
        for n, annotation in enumerate(self.order):
            self._annotation(annotation, n)
        if len(self.order) != len(self.annotations):
            raise RefusedError("a block has annotations outside of its structure")
        self.holes = [
            [base + int(h[4:]) if isinstance(h, str) and h.startswith("link") else h for h in holes]
            for holes in self.holes
        ]

    def _element(self, element: Mapping[str, Any], parent: Hole) -> int:
        if not element.keys() <= {"Type", "S", "K", "Pg", "P", "A", "Alt", "ID"}:
            raise RefusedError("a structure element says something unknown")
        number = len(self.lines)
        self.lines.append("")
        holes: list[Hole] = [parent, "page"]
        self.holes.append(holes)
        kids = [self._kid(kid, number, holes) for kid in element["K"]]
        text = f"<</Type/StructElem/S{element['S']}/P %s 0 R/Pg %s 0 R/K[{' '.join(kids)}]"
        if "Alt" in element:
            text += f"/Alt{literal(element['Alt'].string)}".replace("%", "%%")
        if "ID" in element:
            text += f"/ID{self._id(element['ID'].string, holes)}"
        if "A" in element:
            text += self._attributes(element["A"], holes)
        self.lines[number] = f"{text}>>"
        return number

    def _kid(self, kid: Any, number: int, holes: list[Hole]) -> str:
        if isinstance(kid, int):
            self.marks[kid] = number
            holes += ["page", "form"]
            return f"<</Type/MCR/Pg %s 0 R/Stm %s 0 R/MCID {kid}>>"
        child = self.taken._object(kid)  # noqa: SLF001
        if child["Type"] == "/OBJR":
            holes += [f"link{len(self.order)}", "page"]
            self.order.append(self.taken._object(child["Obj"]))  # noqa: SLF001
            self.links.append(number)
            return "<</Type/OBJR/Obj %s 0 R/Pg %s 0 R>>"
        holes.append(self._element(child, number))
        return "%s 0 R"

    def _id(self, name: str, holes: list[Hole]) -> str:
        """Return the identifier of a header cell; tables are counted anew in each leaf."""
        table, _, cell = name.partition("-")
        holes.append("slot")
        return f"(%s-{self.tables.setdefault(table, len(self.tables))}-{cell})"

    def _attributes(self, found: Mapping[str, Any], holes: list[Hole]) -> str:
        text = f"/A<</O{found['O']}"
        for key, value in found.items():
            if key == "Headers":
                headers = [self._id(header.string, holes) for header in value]
                text += f"/Headers[{''.join(headers)}]"
            elif key in ("ColSpan", "RowSpan"):
                text += f"/{key} {int(value)}"
            elif key == "BBox":
                # WeasyPrint gives CSS pixels from the top of the page; a box is in points.
                left, top, right, bottom = (float(v) * PX for v in value)
                holes += [self.height - bottom, self.height - top]
                text += f"/BBox[{left:.3f} %s {right:.3f} %s]"
            elif key != "O":
                raise RefusedError("a structure element has an unknown attribute")
        return f"{text}>>"

    def _annotation(self, found: Mapping[str, Any], number: int) -> None:
        if found.get("Subtype") != "/Link":
            raise RefusedError("a block has an annotation that is no link")
        left, low, right, high = (float(v) for v in found["Rect"])
        holes: list[Hole] = [low, high, f"key{number}"]
        text = (
            f"<</Type/Annot/Subtype/Link/Rect[{left:.3f} %s {right:.3f} %s]/BS<</W 0>>"
            "/StructParent %s/P %s 0 R"
        )
        holes.append("page")
        text += f"/Contents{literal(found['Contents'].string)}".replace("%", "%%")
        if "Dest" in found:
            self.targets.append(found["Dest"].string)
            text += f"/Dest{literal(found['Dest'].string)}".replace("%", "%%")
        else:
            address = literal(found["A"]["URI"].string).replace("%", "%%")
            text += f"/A<</Type/Action/S/URI/URI{address}>>"
        self.lines.append(f"{text}>>")
        self.holes.append(holes)


def code() -> str:
    """Return the fingerprint of what makes blocks: a change of it makes them all anew."""
    here = Path(__file__)
    files = [here, *(here.with_name(f"{name}.py") for name in ("cut", "fonts", "store"))]
    files += [here.parents[1] / f"{name}.py" for name in ("figure", "pdf")]
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
