"""The handout set by ReportLab, untagged: a comparison, not a product. Usage: VIEW.json OUT.pdf."""

import json
import sys
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Table,
)
from svglib.svglib import svg2rlg

FONTS = Path(__file__).parents[2] / "templates" / "fonts"
for name, face in (("P", "regular"), ("PB", "bold"), ("PI", "italic")):
    pdfmetrics.registerFont(TTFont(name, str(FONTS / f"pg-text-{face}.ttf")))
pdfmetrics.registerFontFamily("P", normal="P", bold="PB", italic="PI", boldItalic="PB")
BODY = ParagraphStyle("body", fontName="P", fontSize=10.2, leading=13, spaceAfter=4)
SMALL = ParagraphStyle("small", BODY, fontSize=8.6, leading=11)
HEADS = [
    ParagraphStyle(f"h{n}", BODY, fontName="PB", fontSize=size, leading=size * 1.2,
                   textColor=HexColor("#0b5563"))
    for n, size in enumerate((25, 18, 13, 14.5))
]  # fmt: skip
GRID = [
    ("LINEBELOW", (0, 0), (-1, -1), 0.8, HexColor("#c3d0d2")),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


def text(words: str | None, style: ParagraphStyle = BODY) -> Paragraph:
    """Return a paragraph."""
    return Paragraph((words or "").replace("&", "&amp;").replace("<b>", "\0").replace("<", "&lt;")
                     .replace("\0", "<b>").replace("&lt;/b>", "</b>"), style)  # fmt: skip


def bullets(texts: list[str]) -> list[Paragraph]:
    """Return a list."""
    return [Paragraph(t.replace("&", "&amp;"), BODY, bulletText="•") for t in texts]


def table(head: list[str], rows: list[list[Any]], widths: list[float]) -> Table:
    """Return a table of paragraphs."""
    cells = [[text(f"<b>{h}</b>") for h in head]]
    cells += [[text(c) if isinstance(c, str) or c is None else c for c in row] for row in rows]
    return Table(cells, colWidths=[w * mm for w in widths], style=GRID, repeatRows=1)


@cache
def drawing(svg: str, wide: float) -> Any:
    """Return a picture of some width."""
    found = svg2rlg(StringIO(svg))
    scale = wide / found.width
    found.scale(scale, scale)
    found.width, found.height = found.width * scale, found.height * scale
    return found


def story(v: dict[str, Any]) -> list[Any]:
    """Return what stands on the pages."""

    def picture(p: Any) -> Any:
        if p is None:
            return text("")
        return drawing(v["pictures"][p["source"][7:]], float(p["width"][:-2]) * mm)

    said: list[Any] = [text(v["title"], HEADS[0]), text(v["name"])]
    said.append(table([], [[f["label"], f["text"]] for f in v["facts"]], [62, 118]))
    said += [text(v["use"]), *bullets(v["appointments"]), *bullets(v["emergency"])]
    light = [[r["name"], r["during"], r["morning"], r["action"]] for r in v["light"]]
    said.append(table(["Light", "During", "Morning", "What to do"], light, [19, 63, 36, 62]))
    said += [text(v["signs"]), PageBreak(), text("Your ladder", HEADS[1])]
    stages = [[s["number"], f"<b>{s['title']}</b>", s["session"], s["earliest"],
               " ".join("☐" for _ in s["boxes"])] for s in v["stages"]]  # fmt: skip
    said.append(table(["Line", "Stage", "One session", "Earliest", "Good ones"], stages,
                      [11, 46, 75, 23, 25]))  # fmt: skip
    said += bullets(v["moves"])
    for w in v["weeks"]:
        said += [PageBreak(), text(w["title"], HEADS[1]), text(f"{w['span']} · {w['stage']}")]
        rows = []
        for d in w["days"]:
            day = f"<b>{d['weekday']}</b> {d['day']}"
            if not d["sessions"]:
                rows.append([day, d["rest"], "", "", ""])
            for s in d["sessions"]:
                lines = " · ".join(f"<b>{line['name']}:</b> {line['dose']}" for line in s["lines"])
                what = f"<b>{s['title']}</b> {s['minutes']}, {s['place']} {s['steps'] or ''} "
                rows.append([day, what + (s["note"] or "") + lines, "☐", "☐", "☐"])
                day = ""
        said.append(table(["Day", "What to do", "Done", "Worst pain", "Next morning"], rows,
                          [27, 105, 14, 17, 17]))  # fmt: skip
    said += [PageBreak(), text("Your exercises", HEADS[1])]
    for g in v["groups"]:
        said += [text(g["title"], HEADS[2]), text(g["hint"])]
        for c in g["cards"]:
            side = [picture(c["picture"]), text(f"<b>{c['dose']}</b>"), text(c["often"])]
            steps = [Paragraph(s, BODY, bulletText=f"{n}.") for n, s in enumerate(c["steps"], 1)]
            side += [text(c["needs"]), text(c["rest"])]
            card = [text(c["setup"]), *steps, text("<b>Good to know:</b> " + " ".join(c["cues"]))]
            card += [text("<b>Stop if:</b> " + " ".join(c["stop_if"])), text(c["why"], SMALL)]
            body = Table([[side, card]], colWidths=[62 * mm, 118 * mm], style=GRID)
            said.append(KeepTogether([text(c["name"], HEADS[3]), text(c["purpose"]), body]))
    said += [PageBreak(), text("When to stop and whom to call", HEADS[1])]
    said += [*bullets(v["stop"]), *bullets(v["urgent"]), *bullets(v["emergency"])]
    for t in v["topics"]:
        words = [text(t["gist"]), *bullets(t["steps"]), text(" ".join((*t["cues"], *t["help"])))]
        row = Table([[picture(t["picture"]), words]], colWidths=[20 * mm, 160 * mm])
        said.append(KeepTogether([text(t["name"], HEADS[2]), row]))
    said += [PageBreak(), text("Why this plan", HEADS[1]), *bullets(v["reasons"])]
    left = [[r["reason"], r["names"]] for r in v["left_out"]]
    said.append(table(["Why", "Left out"], left, [88, 92]))
    return [*said, *(text(s["text"], SMALL) for s in v["sources"])]


def render(view: dict[str, Any]) -> bytes:
    """Return the handout; ReportLab writes no tags."""
    out = BytesIO()

    def foot(canvas: Any, document: Any) -> None:
        canvas.setFont("P", 7.8)
        canvas.drawString(15 * mm, 12 * mm, view["footer"]["purpose"])
        canvas.drawString(15 * mm, 8 * mm, view["footer"]["made"])
        canvas.drawRightString(195 * mm, 8 * mm, str(document.page))

    document = BaseDocTemplate(out, pagesize=A4, title=view["title"], lang="en")
    frame = Frame(15 * mm, 21 * mm, 180 * mm, 263 * mm, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("page", [frame], onPage=foot))
    document.build(story(view))
    return out.getvalue()


if __name__ == "__main__":
    found = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_bytes(render(found))
