"""A page cut into blocks, by the marks that its templates carry.

``data-block="page"`` starts on a page of its own and is laid out as a whole, over as many pages
as it needs; what follows unmarked belongs to it. ``data-block="stack"`` starts on a page of its
own, and its children are blocks that never break; with ``data-keep`` a child stays with the next.
``data-block="sheet"`` is a stack as long as it fits on one page, and else laid out as a whole.
``data-block="foot"`` is shown on every page.

``data-shared`` says that nothing in a part, or in a child of a stack, was typed by a person or a
clinic, so that it may be kept on a disk. A paragraph ``<p data-live>`` in it is the exception: its
text is never kept, it is set anew in each document.
"""

import re
from dataclasses import dataclass
from html import unescape


@dataclass(frozen=True)
class Item:
    """A block, or what is laid out as a whole."""

    html: str
    shared: bool = False
    """It may be kept on a disk."""
    live: str = ""
    """The text that stands where the HTML has STAND_IN."""
    keep: bool = False
    """It stays on one page with the next."""


@dataclass(frozen=True)
class Chunk:
    """What starts on a page of its own; *shell* and *items* only of a stack."""

    whole: Item
    shell: str = ""
    items: tuple[Item, ...] = ()
    single: bool = False
    """The items are placed on one page, or not at all."""


STAND_IN = "\N{CURRENCY SIGN}"
"""What a block is rendered with in place of a live text: a sign that our fonts have."""


@dataclass(frozen=True)
class Sheet:
    """All parts of a page, as HTML, and what its head says, as plain text."""

    language: str
    title: str
    author: str
    description: str
    style: str
    foot: str
    foot_shared: bool
    chunks: tuple[Chunk, ...]


_TAG = re.compile(r"<(/?)([a-z][a-zA-Z0-9]*)([^<>]*)>")
_VOID = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}
_PAGE_RULE = re.compile(r"@page\s*\{(?:[^{}]|\{[^{}]*\})*\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FAR = re.compile(
    r"@page|target-|counter\(\s*pages?\b|counter-increment|string-set|position:\s*fixed|[{;\s]page:|float:\s*footnote"
)
"""Style that makes a block depend on the page where it stands."""


def cut(page: str) -> Sheet | None:
    """Return the parts of a page; None when it cannot be cut."""
    head, opened, body = page.partition("<body>")
    style = "\n".join(re.findall(r"<style>(.*?)</style>", head, re.DOTALL))
    if not opened or _FAR.search(_PAGE_RULE.sub("", _COMMENT.sub("", style))):
        return None
    found = _children(body.partition("</body>")[0])
    parts = _parts(found) if found else None
    if parts is None:
        return None
    feet, chunks = parts
    return Sheet(
        language=_first(r'<html lang="([^"]*)"', head),
        title=_first(r"<title>(.*?)</title>", head),
        author=_first(r'<meta name="author" content="([^"]*)"', head),
        description=_first(r'<meta name="description" content="([^"]*)"', head),
        style=style,
        foot="\n".join(feet),
        foot_shared=all(map(_is_shared, feet)),
        chunks=chunks,
    )


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.DOTALL)
    return unescape(found[1]).strip() if found else ""


def _children(html: str) -> list[str] | None:
    """Return the elements that *html* consists of; None when it is not so simple."""
    found: list[str] = []
    depth = opened = end = 0
    for tag in _TAG.finditer(html):
        closing, name, attributes = tag.groups()
        if depth == 0:
            opened = tag.start()
            if closing or html[end:opened].strip():
                return None
        if closing:
            depth -= 1
        elif name not in _VOID and not attributes.endswith("/"):
            depth += 1
        if depth == 0:
            end = tag.end()
            found.append(html[opened:end])
    return None if depth or html[end:].strip() else found


def _start(html: str) -> str:
    return html[: html.index(">") + 1]


def _is_shared(html: str) -> bool:
    return " data-shared" in _start(html)


def _parts(found: list[str]) -> tuple[list[str], tuple[Chunk, ...]] | None:
    """Return the feet and the chunks; None when something follows a stack unmarked."""
    feet: list[str] = []
    chunks: list[Chunk | list[str]] = [[]]
    for html in found:
        mark = _first(r'\bdata-block="([a-z]+)"', _start(html))
        last = chunks[-1]
        if mark == "foot":
            feet.append(html)
        elif mark == "page":
            chunks.append([html])
        elif mark in ("stack", "sheet"):
            stack = _stack(html, single=mark == "sheet")
            if stack is None:
                return None
            chunks.append(stack)
        elif isinstance(last, Chunk):
            return None
        else:
            last.append(html)
    return feet, tuple(c if isinstance(c, Chunk) else _page(c) for c in chunks if c)


_LIVE = re.compile(r"<p data-live>([^<>]*)</p>")


def _page(parts: list[str]) -> Chunk:
    return Chunk(_item("\n".join(parts), shared=all(map(_is_shared, parts))))


def _item(html: str, *, shared: bool) -> Item:
    """Return what is laid out at once; a live text of it is taken out, so that it may be kept."""
    live = _LIVE.findall(html)
    keep = " data-keep" in _start(html)
    if not shared or html.count("data-live") != len(live) or len(live) > 1 or STAND_IN in html:
        return Item(html, keep=keep)
    if not live:
        return Item(html, shared=True, keep=keep)
    rest = _LIVE.sub(f"<p data-live>{STAND_IN}</p>", html)
    # Of white space, HTML shows one blank.
    text = re.sub(r"\s+", " ", unescape(live[0]), flags=re.ASCII).strip(" ")
    return Item(rest, shared=True, live=text, keep=keep)


def _stack(html: str, *, single: bool) -> Chunk | None:
    shell = _start(html)
    children = _children(html[len(shell) : html.rindex("<")])
    if not children:
        return None
    shared = _is_shared(html)
    items = tuple(_item(child, shared=shared or _is_shared(child)) for child in children)
    whole = _item(html, shared=all(item.shared for item in items))
    return None if items[-1].keep else Chunk(whole, shell, items, single)
