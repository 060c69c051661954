"""What a screen reader finds in a PDF: the structure with its text, and what is wrong with it."""

import re
from itertools import pairwise

import pikepdf

PAINT = {"f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "sh"}


def _signs(font):
    """Return the text of each glyph of a font."""
    table = font["/ToUnicode"].read_bytes().decode()
    pairs = re.findall(r"<([0-9a-f]{4})> ?<((?:[0-9a-f]{4})+)>", table)
    return {int(g, 16): bytes.fromhex(t).decode("utf-16-be") for g, t in pairs}


def _shown(parts, glyphs):
    """Return the text that an operator shows."""
    raw = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
    return "".join(glyphs.get(raw[n] * 256 + raw[n + 1], "�") for n in range(0, len(raw), 2))


class Structure:
    """The structure of a document, read the way a screen reader reads it."""

    def __init__(self, file: pikepdf.Pdf) -> None:
        self.file = file
        self.root = file.Root.StructTreeRoot
        self.texts = {}
        self.loose = []
        self.spots = {}
        for page in file.pages:
            self._read(page.obj, page.obj.Resources, page.obj, pikepdf.Matrix(), [])
        self.keys = dict(self._parents(self.root.ParentTree))

    def _parents(self, node):
        numbers = list(node.get("/Nums", []))
        yield from zip(map(int, numbers[::2]), numbers[1::2], strict=True)
        for kid in node.get("/Kids", []):
            yield from self._parents(kid)

    def _read(self, holder, resources, stream, matrix, marks):
        """Keep the text and the place of each piece of marked content in a page or a form."""
        kept, text_matrix, glyphs = [], matrix, {}
        for operands, operator in pikepdf.parse_content_stream(stream):
            name = str(operator)
            if name == "q":
                kept.append(matrix)
            elif name == "Q":
                matrix = kept.pop()
            elif name == "cm":
                matrix = pikepdf.Matrix(operands) @ matrix
            elif name == "Tm":
                text_matrix = pikepdf.Matrix(operands) @ matrix
            elif name in {"BMC", "BDC"}:
                marked = name == "BDC" and "/MCID" in operands[1]
                mark = (holder.objgen, int(operands[1]["/MCID"])) if marked else None
                if mark:
                    self.texts[mark] = ""
                    if any(marks):
                        self.loose.append("marked content inside marked content")
                marks = [*marks, mark]
            elif name == "EMC":
                marks = marks[:-1]
            elif name == "Tf":
                glyphs = _signs(resources.Font[str(operands[0])])
            elif name == "TJ":
                self._say(marks, _shown(operands[0], glyphs), text_matrix)
            elif name == "Do" and (inner := resources.XObject[str(operands[0])]).Subtype == "/Form":
                self._read(inner, inner.get("/Resources", resources), inner, matrix, marks)
            elif name in PAINT and not marks:
                self.loose.append("painted outside of the structure")

    def _say(self, marks, text, matrix):
        """Add text to the innermost marked content."""
        own = [mark for mark in marks if mark]
        if own:
            self.texts[own[-1]] += text
            self.spots.setdefault(own[-1], (matrix.e, matrix.f))
        elif not marks:
            self.loose.append(f"text outside of the structure: {text}")

    def spot(self, element):
        """Return where the first text of an element stands."""
        for kid in self.kids(element):
            mark = int(kid) if isinstance(kid, int) else kid.get("/MCID")
            if mark is not None:
                holder = element.Pg if isinstance(kid, int) else kid.get("/Stm", element.Pg)
                return self.spots.get((holder.objgen, int(mark)), (0.0, 0.0))
        return (0.0, 0.0)

    def kids(self, element):
        """Return the children of an element."""
        found = element.get("/K", [])
        return list(found) if isinstance(found, pikepdf.Array) else [found]

    def walk(self, element=None, depth=0):
        """Yield depth, type, words for a picture, table attributes and text, then the place."""
        element = self.root.K[0] if element is None else element
        said = []
        for kid in self.kids(element):
            if isinstance(kid, int):
                said.append(self.texts[element.Pg.objgen, kid])
            elif kid.get("/Type") == "/MCR":
                holder = kid.get("/Stm", element.Pg)
                said.append(self.texts[holder.objgen, int(kid.MCID)])
            elif kid.get("/Type") == "/OBJR":
                said.append(f"link: {kid.Obj.Contents}")
        found = element.get("/A", {})
        spans = tuple(int(found.get(key, 1)) for key in ("/ColSpan", "/RowSpan"))
        heads = len(found.get("/Headers", []))
        text = "".join(said).replace("\u00a0", " ").replace("\u2011", "-")
        words = str(element.get("/Alt", ""))
        yield (depth, str(element.S), words, spans, heads, text), self.spot(element)
        for kid in self.kids(element):
            if not isinstance(kid, int) and "/S" in kid:
                yield from self.walk(kid, depth + 1)

    def elements(self, element=None):
        """Yield every element."""
        element = self.root.K[0] if element is None else element
        yield element
        for kid in self.kids(element):
            if not isinstance(kid, int) and "/S" in kid:
                yield from self.elements(kid)

    def findings(self):
        """Return what breaks a rule of PDF/UA that the structure alone can show."""
        root, found = self.file.Root, list(self.loose)
        if not (root.MarkInfo.Marked and root.Lang and root.ViewerPreferences.DisplayDocTitle):
            found.append("the document is not marked, or has no language or title")
        if b"pdfuaid" not in root.Metadata.read_bytes():
            found.append("the metadata do not say PDF/UA")
        every = list(self.elements())
        levels = [int(str(e.S)[2]) for e in every if re.fullmatch("/H[1-6]", str(e.S))]
        if levels[:1] != [1] or any(b - a > 1 for a, b in pairwise(levels)):
            found.append(f"heading levels: {levels}")
        names = [str(e.ID) for e in every if "/ID" in e]
        if len(names) != len(set(names)):
            found.append("an identifier occurs twice")
        for element in every:
            found += self._element_findings(element, set(names))
        return [*found, *self._content_findings()]

    def _element_findings(self, element, names):
        kind = str(element.S)
        for kid in self.kids(element):
            if not isinstance(kid, int) and "/S" in kid and kid.P.objgen != element.objgen:
                yield f"{kind}: a child names another parent"
        if kind == "/Figure" and not str(element.get("/Alt", "")):
            yield "a figure without words"
        for name in element.get("/A", {}).get("/Headers", []):
            if str(name) not in names:
                yield f"a cell names a header that does not exist: {name}"
        allowed = {
            "/L": {"/LI", "/Caption", "/L"},
            "/TR": {"/TH", "/TD"},
            "/LI": {"/Lbl", "/LBody"},
        }
        for kid in self.kids(element):
            inside = str(kid.S) if not isinstance(kid, int) and "/S" in kid else None
            if inside and kind in allowed and inside not in allowed[kind]:
                yield f"{inside} in {kind}"

    def _content_findings(self):
        """Check both ways between marked content and elements."""
        holders = [o for o in self.file.objects if isinstance(o, pikepdf.Object)]
        by_gen = {o.objgen: o for o in holders}
        for holder, mark in self.texts:
            key = by_gen[holder].get("/StructParents")
            element = self.keys[int(key)][mark] if key is not None else None
            marks = [
                (kid if isinstance(kid, int) else int(kid.get("/MCID", -1)))
                for kid in (self.kids(element) if element is not None else [])
            ]
            if mark not in marks:
                yield f"marked content {mark} belongs to no element"
        for page in self.file.pages:
            if page.obj.get("/Tabs") != "/S":
                yield "a page whose tab order is not that of the structure"
            for link in page.obj.get("/Annots", []):
                kids = self.kids(self.keys[int(link.StructParent)])
                held = [k for k in kids if not isinstance(k, int) and "/Obj" in k]
                if not str(link.get("/Contents", "")) or link.objgen not in {
                    k.Obj.objgen for k in held
                }:
                    yield "a link without words, or outside of the structure"


def outline(file):
    """Return level, title and page, and the place, of every bookmark."""

    def below(item, level):
        while item is not None:
            page, _, x, y, _ = item.Dest
            number = next(n for n, p in enumerate(file.pages) if p.obj.objgen == page.objgen)
            yield (level, str(item.Title), number), (float(x), float(y))
            yield from below(item.get("/First"), level + 1)
            item = item.get("/Next")

    root = file.Root.get("/Outlines")
    return list(below(root.First, 1)) if root is not None else []


def links(file):
    """Return page, words and target, and all places, of every link."""
    listed = file.Root.get("/Names", {}).get("/Dests", {}).get("/Names", [])
    places = {str(listed[n]): listed[n + 1] for n in range(0, len(listed), 2)}

    def target(link):
        if "/A" in link:
            return str(link.A.URI), ()
        page, _, x, y, _ = places[str(link.Dest)]
        number = next(n for n, p in enumerate(file.pages) if p.obj.objgen == page.objgen)
        return number, (float(x), float(y))

    found = []
    for number, page in enumerate(file.pages):
        for link in page.obj.get("/Annots", []):
            where, spot = target(link)
            found.append(((number, str(link.Contents), where), (*map(float, link.Rect), *spot)))
    return found
