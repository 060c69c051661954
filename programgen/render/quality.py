"""The quality card: a finished PDF read as a stranger would, and what stands behind its words.

The file is read again from its bytes by another library than the one that wrote it, so the
card says what is in the file and not what was meant to be in it.
"""

import itertools
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from programgen.core.catalogue import Catalogue
from programgen.core.checker import RULES, violations
from programgen.core.plan import OpenQuestions, Plan, Result
from programgen.core.quality import Check, Quality
from programgen.errors import ProgramgenError

OURS = "PG-Text"
"""Every font of ours has this in its name."""

LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of ordinary size."""

ON_DARK = "on-dark"
"""Colour of letters on a dark ground."""


def quality(result: Result, content: Catalogue, page: str, pdf: bytes) -> Quality:
    """Return the card of a PDF that was made from the HTML *page* of a result.

    Raises:
        ProgramgenError: the library that reads the file is not installed.
    """
    reader = _reader(pdf)
    elements = tuple(_elements(reader.trailer["/Root"].get("/StructTreeRoot", {})))
    of_plan = (_rules(result, content),) if isinstance(result, Plan) else ()
    checks = (
        _pages(reader),
        _tags(reader, elements),
        _headings(elements),
        _pictures(elements, page),
        _fonts(reader),
        _contrast(page),
        *of_plan,
        _sources(result, content),
        _drafts(result, content),
    )
    return Quality(checks=checks)


def _reader(pdf: bytes) -> Any:
    try:
        from pypdf import PdfReader
    except ModuleNotFoundError:
        message = "--quality needs the extra 'quality': pip install 'programgen[quality]'"
        raise ProgramgenError(message) from None
    return PdfReader(BytesIO(pdf))


def _pages(reader: Any) -> Check:
    """Look for the number of each page in its foot, so that a lost page shows."""
    count = len(reader.pages)
    numbered = all(
        re.search(rf"\b{number} / {count}\b", page.extract_text())
        for number, page in enumerate(reader.pages, 1)
    )
    found = _count(count, "page")
    return Check(name="pages", holds=numbered, found=found if numbered else f"{found}, not all")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _elements(node: Any) -> Iterator[Any]:
    """Yield the structure elements below a node in reading order."""
    children = node.get("/K", ())
    for child in children if isinstance(children, list) else [children]:
        found = child.get_object() if hasattr(child, "get_object") else child
        if isinstance(found, dict) and "/S" in found:
            yield found
            yield from _elements(found)


def _tags(reader: Any, elements: tuple[Any, ...]) -> Check:
    root = reader.trailer["/Root"]
    wanted = {
        "tagged": bool(root.get("/MarkInfo", {}).get("/Marked")) and bool(elements),
        "a language": bool(root.get("/Lang")),
        "a title": bool((reader.metadata or {}).get("/Title")),
        "its title shown": bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")),
    }
    missing = [name for name, there in wanted.items() if not there]
    found = f"{_count(len(elements), 'tag')}, with language and title"
    return Check(
        name="tags",
        holds=not missing,
        found=f"missing: {', '.join(missing)}" if missing else found,
    )


def _headings(elements: tuple[Any, ...]) -> Check:
    levels = [int(e["/S"][2:]) for e in elements if re.fullmatch(r"/H[1-6]", e["/S"])]
    steps = all(after - before <= 1 for before, after in itertools.pairwise(levels))
    holds = levels[:1] == [1] and levels.count(1) == 1 and steps
    how = "in order" if holds else "out of order"
    return Check(name="headings", holds=holds, found=f"{_count(len(levels), 'heading')}, {how}")


def _pictures(elements: tuple[Any, ...], page: str) -> Check:
    figures = [e for e in elements if e["/S"] == "/Figure"]
    drawn = len(re.findall(r"<(?:img|svg)\b", page))
    told = sum(bool(str(e.get("/Alt", "")).strip()) for e in figures)
    found = f"{_count(drawn, 'picture')} on the page, {told} with words for who cannot see them"
    return Check(name="pictures", holds=drawn == len(figures) == told, found=found)


def _fonts(reader: Any) -> Check:
    objects = [reader.get_object(number) for number in range(1, reader.trailer["/Size"])]
    fonts = [o for o in objects if isinstance(o, dict) and o.get("/Type") == "/FontDescriptor"]
    holds = bool(fonts) and all(
        OURS in font["/FontName"] and any(f"/FontFile{n}" in font for n in ("", 2, 3))
        for font in fonts
    )
    names = tuple(sorted({str(font["/FontName"]).lstrip("/") for font in fonts}))
    how = "all ours and embedded" if holds else "not all ours and embedded"
    return Check(
        name="fonts", holds=holds, found=f"{_count(len(names), 'font')}, {how}", items=names
    )


def _contrast(page: str) -> Check:
    """Pair every colour of text with every light ground, and white letters with the dark ones."""
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", page))
    texts = set(re.findall(r"(?<![\w-])color: var\(--([a-z-]+)\)", page)) - {ON_DARK}
    grounds = set(re.findall(r"background: var\(--([a-z-]+)\)", page)) | {"paper"}
    light = {name for name in grounds if _luminance(colours[name]) > 0.5}
    pairs = {
        f"{text} on {ground}": contrast(colours[text], colours[ground])
        for found, under in ((texts, light), ({ON_DARK}, grounds - light))
        for text in sorted(found)
        for ground in sorted(under)
    }
    lowest = min(pairs, key=pairs.__getitem__)
    said = f"{_count(len(pairs), 'pair')}, the lowest {pairs[lowest]:.1f} to 1 ({lowest})"
    return Check(name="contrast", holds=pairs[lowest] >= LEAST_CONTRAST, found=said)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours written as ``#rrggbb``, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _rules(plan: Plan, content: Catalogue) -> Check:
    broken = violations(plan, content)
    names = tuple(rule.__name__ for rule in RULES)
    found = broken[0] if broken else f"{_count(len(names), 'hard rule')} verified on every day"
    return Check(name="rules", holds=not broken, found=found, items=names)


def _entries(result: Result, content: Catalogue) -> dict[str, Any]:
    """Return the content behind a result by name."""
    found: dict[str, Any] = {}
    if isinstance(result, Plan):
        found |= {n: content.exercises[n] for n in (*result.exercises, *result.self_care)}
    if not isinstance(result, OpenQuestions):
        found |= {f.rule: content.rules[f.rule] for f in result.findings}
    protocol = result.provenance.protocol
    return found | {protocol: content.protocols[protocol]}


def _cites(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "cite":
                yield from [part] if isinstance(part, str) else part
            else:
                yield from _cites(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _cites(part)


def _sources(result: Result, content: Catalogue) -> Check:
    said = (result, *_entries(result, content).values())
    keys = tuple(sorted({key for value in said for key in _cites(value.model_dump())}))
    unknown = [key for key in keys if key not in content.references]
    found = f"{_count(len(keys), 'source')}, each in the bibliography"
    if unknown:
        found = f"not in the bibliography: {', '.join(unknown)}"
    return Check(name="sources", holds=bool(keys) and not unknown, found=found, items=keys)


def _drafts(result: Result, content: Catalogue) -> Check:
    entries = _entries(result, content)
    drafts = tuple(sorted(n for n, entry in entries.items() if entry.review.status == "draft"))
    found = f"of {len(entries)} texts behind it, {len(drafts)} lack a clinician's signature"
    return Check(name="drafts", holds=not drafts, found=found, items=drafts)
