"""Leaves placed on pages: a tagged document, written at once."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import md5
from html import escape

from programgen.render.fragments.block import FORM, KEY, PAGE, PARENT, SLOT, Leaf, literal
from programgen.render.fragments.cut import Sheet
from programgen.render.fragments.fonts import Font

LEVEL = 4
"""Effort of compression: a third less time than with 6, and one percent more bytes."""
_ROW = struct.Struct(">BIH")
"""Where an object is: kind, place or group, and number in the group."""


@dataclass(frozen=True)
class Placed:
    """A leaf on a page, moved up by some points."""

    leaf: Leaf
    up: float = 0.0


@dataclass(frozen=True)
class Page:
    """What stands on a page; with a *shell*, below one element of this type."""

    placed: tuple[Placed, ...]
    margins: tuple[Leaf, ...]
    shell: str = ""


class Writer:
    """Collects the objects of a file; those without a stream are compressed together."""

    def __init__(self) -> None:
        self.count = 0
        self.streams: list[tuple[int, bytes]] = []
        self.plain: list[tuple[int, str]] = []

    def number(self, many: int = 1) -> int:
        """Return the first of some new object numbers."""
        self.count += many
        return self.count - many + 1

    def put(self, number: int, text: str) -> int:
        """Set a plain object."""
        self.plain.append((number, text))
        return number

    def stream(self, head: str, raw: bytes, number: int = 0, *, packed: bool = False) -> int:
        """Set an object with a stream; *packed* streams are compressed already."""
        number = number or self.number()
        raw = raw if packed else zlib.compress(raw, LEVEL)
        start = f"<<{head}/Filter/FlateDecode/Length {len(raw)}>>stream\n".encode("latin-1")
        self.streams.append((number, start + raw + b"\nendstream"))
        return number

    def raw(self, number: int, raw: bytes) -> None:
        """Set an object that is ready."""
        self.streams.append((number, raw))

    def file(self, catalogue: int, info: int) -> bytes:
        """Return the whole file."""
        heads, bodies, place = [], [], 0
        for number, text in self.plain:
            heads.append(f"{number} {place}")
            bodies.append(text)
            place += len(text) + 1
        head = " ".join(heads) + "\n"
        group = self.stream(
            f"/Type/ObjStm/N {len(heads)}/First {len(head)}",
            (head + "\n".join(bodies)).encode("latin-1"),
        )
        rows = {number: (2, group, index) for index, (number, _) in enumerate(self.plain)}
        out = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        place = len(out[0])
        for number, raw in self.streams:
            rows[number] = (1, place, 0)
            out.append(b"%d 0 obj\n%s\nendobj\n" % (number, raw))
            place += len(out[-1])
        table = self.number()
        rows[table] = (1, place, 0)
        rows[0] = (0, 0, 65535)
        packed = b"".join(_ROW.pack(*rows[n]) for n in range(table + 1))
        name = md5(b"".join(out), usedforsecurity=False).hexdigest()
        raw = zlib.compress(packed, LEVEL)
        end = (
            f"{table} 0 obj\n<</Type/XRef/Size {table + 1}/W[1 4 2]/Root {catalogue} 0 R"
            f"/Info {info} 0 R/ID[<{name}><{name}>]/Filter/FlateDecode/Length {len(raw)}>>stream\n"
        )
        out += [end.encode(), raw, f"\nendstream\nendobj\nstartxref\n{place}\n%%EOF\n".encode()]
        return b"".join(out)


class _Composer:
    """The parts of a document that grow page by page."""

    def __init__(self, fonts: dict[str, Font]) -> None:
        self.writer = Writer()
        self.fonts = fonts
        self.document = self.writer.number()
        self.font_list = self.writer.number()
        self.names: dict[str, str] = {}
        self.glyphs: dict[str, dict[str, str]] = {}
        self.figures: dict[str, int] = {}
        self.margins: dict[int, int] = {}
        self.kids: list[int] = []
        self.pages: list[int] = []
        self.tree: list[str] = []
        self.next_key = 0
        self.places: dict[str, str] = {}
        self.bookmarks: list[tuple[int, str, str]] = []

    def key(self, entry: str) -> int:
        """Return the next key of the table from content to elements."""
        self.tree.append(f"{self.next_key} {entry}")
        self.next_key += 1
        return self.next_key - 1

    def page(self, page: Page, pages: int) -> None:
        """Add a page."""
        writer = self.writer
        number = writer.number()
        self.pages.append(number)
        parent = writer.number() if page.shell else self.document
        tops: list[int] = []
        annotations: list[int] = []
        drawn: list[str] = []
        forms: list[str] = []
        for placed in page.placed:
            form, first = self.leaf(placed, number, parent)
            tops += [first + n for n in placed.leaf.tops]
            count = placed.leaf.elements.count("\n") + 1 if placed.leaf.elements else 0
            annotations += [first + count - n for n in range(len(placed.leaf.links), 0, -1)]
            move = f"1 0 0 1 0 {placed.up:.4f} cm " if placed.up else ""
            drawn.append(f"q {move}/B{len(forms)} Do Q")
            forms.append(f"/B{len(forms)} {form} 0 R")
        for margin in page.margins:
            # What is the same on each page is in the file once: nothing of it is in the structure.
            if id(margin) not in self.margins:
                self.margins[id(margin)] = writer.number()
                self._form(margin, self.margins[id(margin)], "")
            drawn.append(f"/Artifact<</Type/Pagination>>BDC q /B{len(forms)} Do Q EMC")
            forms.append(f"/B{len(forms)} {self.margins[id(margin)]} 0 R")
        if page.shell:
            listed = " ".join(f"{n} 0 R" for n in tops)
            writer.put(
                parent,
                f"<</Type/StructElem/S/{page.shell}/P {self.document} 0 R/Pg {number} 0 R"
                f"/K[{listed}]>>",
            )
            tops = [parent]
        self.kids += tops
        content = writer.stream("", "\n".join(drawn).encode())
        wide, high = page.margins[0].size
        links = f"/Annots[{' '.join(f'{n} 0 R' for n in annotations)}]" if annotations else ""
        writer.put(
            number,
            f"<</Type/Page/Parent {pages} 0 R/MediaBox[0 0 {wide:.4f} {high:.4f}]"
            f"/Contents {content} 0 R/Tabs/S{links}/Resources<</XObject<<{''.join(forms)}>>>>>>",
        )

    def leaf(self, placed: Placed, page: int, parent: int) -> tuple[int, int]:
        """Add a leaf as a form with its elements; return their object numbers."""
        leaf, writer = placed.leaf, self.writer
        form = writer.number()
        lines = leaf.elements.count("\n") + 1 if leaf.elements else 0
        first = writer.number(lines) if lines else 0
        slot = ""
        names = {PAGE: page, PARENT: parent, FORM: form}
        if leaf.marks:
            names[SLOT] = self.key(f"[{' '.join(f'{first + n} 0 R' for n in leaf.marks)}]")
            slot = f"/StructParents {names[SLOT]}"
        for n, element in enumerate(leaf.links):
            names[KEY - n] = self.key(f"{first + element} 0 R")
        values = tuple(
            f"{hole + placed.up:.3f}"
            if isinstance(hole, float)
            else first + hole
            if hole >= 0
            else names[hole]
            for hole in leaf.holes
        )
        if lines:
            filled = (leaf.elements % values).split("\n")
            writer.plain += zip(range(first, first + lines), filled, strict=True)
        for name, (x, y) in leaf.anchors.items():
            self.places.setdefault(name, self._place(page, x, y + placed.up))
        for level, title, x, y in leaf.bookmarks:
            self.bookmarks.append((level, title, self._place(page, x, y + placed.up)))
        self._form(leaf, form, slot)
        return form, first

    @staticmethod
    def _place(page: int, x: float, y: float) -> str:
        return f"[{page} 0 R/XYZ {x:.3f} {y:.3f} 0]"

    def _form(self, leaf: Leaf, number: int, slot: str) -> None:
        for name, key in leaf.fonts.items():
            self.names[name] = key
            # The first text of a glyph counts, as in WeasyPrint.
            self.glyphs[name] = {**leaf.glyphs.get(name, {}), **self.glyphs.get(name, {})}
        for name, raw in zip(leaf.figures, leaf.parts[1:], strict=False):
            if name not in self.figures:
                self.figures[name] = self.writer.number()
                self.writer.raw(self.figures[name], raw)
        groups = ""
        for n, (box, states) in enumerate(leaf.groups):
            group = self.writer.stream(
                f"/Type/XObject/Subtype/Form/BBox[{box}]/Group<</Type/Group/S/Transparency/I true"
                f"/CS/DeviceRGB>>/Resources<</Font {self.font_list} 0 R{_states(states)}>>",
                leaf.parts[1 + len(leaf.figures) + n],
                packed=True,
            )
            groups += f"/g{n} {group} 0 R"
        figures = "".join(f"/{name} {self.figures[name]} 0 R" for name in leaf.figures)
        wide, high = leaf.size
        self.writer.stream(
            f"/Type/XObject/Subtype/Form{slot}/BBox[0 0 {wide:.4f} {high:.4f}]/Resources<<"
            f"/Font {self.font_list} 0 R{_states(leaf.states)}/XObject<<{figures}{groups}>>>>",
            leaf.parts[0],
            number,
            packed=True,
        )

    def font(self, name: str) -> int:
        """Add a font and return its object number."""
        font, writer = self.fonts[self.names[name]], self.writer
        file = writer.stream(f"/Length1 {font.length}", font.file, packed=True)
        italic = -12 if font.flags & 64 else 0
        describe = writer.put(
            writer.number(),
            f"<</Type/FontDescriptor/FontName/{font.name}/FontFamily{literal(font.family)}"
            f"/Flags {font.flags}/FontBBox[0 {font.descent} {max(font.widths)} {font.ascent}]"
            f"/ItalicAngle {italic}/Ascent {font.ascent}/Descent {font.descent}"
            f"/CapHeight {font.ascent}/StemV 80/StemH 80/FontFile2 {file} 0 R>>",
        )
        inner = writer.put(
            writer.number(),
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{font.name}/CIDSystemInfo"
            f"<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/CIDToGIDMap/Identity"
            f"/W[0[{' '.join(map(str, font.widths))}]]/FontDescriptor {describe} 0 R>>",
        )
        texts = {**self.glyphs[name], **font.texts}
        signs = writer.stream("", _sign_table(texts))
        return writer.put(
            writer.number(),
            f"<</Type/Font/Subtype/Type0/BaseFont/{font.name}/Encoding/Identity-H"
            f"/DescendantFonts[{inner} 0 R]/ToUnicode {signs} 0 R>>",
        )


def _states(states: dict[str, str]) -> str:
    """Return transparencies as a part of resources."""
    listed = "".join(f"/{name}{text}" for name, text in states.items())
    return f"/ExtGState<<{listed}>>"


def _sign_table(texts: dict[str, str]) -> bytes:
    """Return the table from glyphs to text that readers and searches need."""
    rows = [
        f"<{int(g):04x}> <{t.encode('utf-16-be').hex()}>"
        for g, t in sorted(texts.items(), key=lambda row: int(row[0]))
    ]
    groups = [rows[n : n + 100] for n in range(0, len(rows), 100)]
    listed = "\n".join(
        f"{len(group)} beginbfchar\n" + "\n".join(group) + "\nendbfchar" for group in groups
    )
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n"
        "<< /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{listed}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()


def compose(sheet: Sheet, pages: Sequence[Page], fonts: dict[str, Font], producer: str) -> bytes:
    """Return the document; *fonts* by key."""
    parts = _Composer(fonts)
    writer = parts.writer
    root, pages_number = writer.number(), writer.number()
    for page in pages:
        parts.page(page, pages_number)
    listed = " ".join(f"{n} 0 R" for n in parts.pages)
    writer.put(pages_number, f"<</Type/Pages/Count {len(pages)}/Kids[{listed}]>>")
    embedded = "".join(f"/{name} {parts.font(name)} 0 R" for name in sorted(parts.names))
    writer.put(parts.font_list, f"<<{embedded}>>")
    kids = " ".join(f"{n} 0 R" for n in parts.kids)
    writer.put(parts.document, f"<</Type/StructElem/S/Document/P {root} 0 R/K[{kids}]>>")
    table = writer.put(writer.number(), f"<</Nums[{' '.join(parts.tree)}]>>")
    writer.put(
        root,
        f"<</Type/StructTreeRoot/K[{parts.document} 0 R]/ParentTree {table} 0 R"
        f"/ParentTreeNextKey {parts.next_key}>>",
    )
    said = (
        ("Title", sheet.title),
        ("Author", sheet.author),
        ("Subject", sheet.description),
        ("Producer", producer),
    )
    info = writer.put(
        writer.number(), "<<" + "".join(f"/{k}{literal(v)}" for k, v in said if v) + ">>"
    )
    metadata = writer.number()
    raw = _metadata(sheet, producer)
    # Not compressed, so that programs that know no PDF can read it.
    writer.raw(
        metadata,
        f"<</Type/Metadata/Subtype/XML/Length {len(raw)}>>stream\n".encode() + raw + b"\nendstream",
    )
    catalogue = writer.put(
        writer.number(),
        f"<</Type/Catalog/Pages {pages_number} 0 R/StructTreeRoot {root} 0 R"
        f"/MarkInfo<</Marked true>>/Lang{literal(sheet.language)}"
        f"/ViewerPreferences<</DisplayDocTitle true>>/Metadata {metadata} 0 R"
        f"{_outlines(writer, parts.bookmarks)}{_names(parts.places)}>>",
    )
    return writer.file(catalogue, info)


def _names(places: dict[str, str]) -> str:
    """Return the places that links may lead to, sorted as readers expect."""
    if not places:
        return ""
    listed = "".join(f"{literal(name)}{places[name]}" for name in sorted(places))
    return f"/Names<</Dests<</Names[{listed}]>>>>"


@dataclass
class _Mark:
    """A bookmark with those below it."""

    number: int
    title: str
    place: str
    below: list["_Mark"]

    def count(self) -> int:
        """Return how many stand below it."""
        return sum(1 + mark.count() for mark in self.below)


def _outlines(writer: Writer, bookmarks: Sequence[tuple[int, str, str]]) -> str:
    """Add the bookmarks; each stands below the last one of a lower level before it."""
    if not bookmarks:
        return ""
    root = _Mark(writer.number(), "", "", [])
    open_marks = [(0, root)]
    for level, title, place in bookmarks:
        while open_marks[-1][0] >= level:
            open_marks.pop()
        mark = _Mark(writer.number(), title, place, [])
        open_marks[-1][1].below.append(mark)
        open_marks.append((level, mark))
    ends = f"/First {root.below[0].number} 0 R/Last {root.below[-1].number} 0 R"
    writer.put(root.number, f"<</Type/Outlines/Count {root.count()}{ends}>>")
    _write_marks(writer, root)
    return f"/Outlines {root.number} 0 R"


def _write_marks(writer: Writer, parent: _Mark) -> None:
    marks = parent.below
    for n, mark in enumerate(marks):
        text = f"<</Title{literal(mark.title)}/Parent {parent.number} 0 R/Dest{mark.place}"
        text += f"/Prev {marks[n - 1].number} 0 R" if n else ""
        text += f"/Next {marks[n + 1].number} 0 R" if n + 1 < len(marks) else ""
        if mark.below:
            text += f"/First {mark.below[0].number} 0 R/Last {mark.below[-1].number} 0 R"
            text += f"/Count {mark.count()}"
        writer.put(mark.number, f"{text}>>")
        _write_marks(writer, mark)


def _metadata(sheet: Sheet, producer: str) -> bytes:
    """Return what is said about the document, in XML."""

    def described(text: str) -> str:
        return f'<rdf:Description rdf:about="">{text}</rdf:Description>'

    def plain(text: str) -> str:
        return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt>'

    parts = [
        described("<pdfuaid:part>1</pdfuaid:part>"),
        described(f"<pdf:Producer>{escape(producer)}</pdf:Producer>"),
        described(f"<dc:title>{plain(sheet.title)}</dc:title>"),
    ]
    if sheet.author:
        one = f"<rdf:Seq><rdf:li>{escape(sheet.author)}</rdf:li></rdf:Seq>"
        parts.append(described(f"<dc:creator>{one}</dc:creator>"))
    if sheet.description:
        parts.append(described(f"<dc:description>{plain(sheet.description)}</dc:description>"))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:pdf="http://ns.adobe.com/pdf/1.3/" '
        'xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">'
        f'{"".join(parts)}</rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>'
    ).encode()
