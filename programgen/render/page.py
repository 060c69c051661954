"""A result as one HTML page; templates only place what the view says."""

import re
from base64 import b64encode
from functools import cache

from jinja2 import Environment, FunctionLoader, StrictUndefined

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Plan, Referral, Result
from programgen.render.editions import EDITIONS, Edition
from programgen.render.pictures import Pictures, inlined
from programgen.render.summary import SummaryView, summary_view
from programgen.render.view import (
    OpenView,
    PlanView,
    ReferralView,
    open_view,
    plan_view,
    referral_view,
)
from programgen.resources import folder

PAPERS = {"a4": ("A4", 297.0), "letter": ("letter", 279.4)}
"""Name in a style sheet, and height in millimetres."""
STYLES = ("fonts", "tokens", "page", "parts")


def read_template(name: str) -> str:
    """Return a text of the templates folder."""
    found = folder("templates")
    for part in name.split("/"):
        found = found / part
    return found.read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Return the template environment: everything is escaped, nothing is undefined."""
    return Environment(
        loader=FunctionLoader(read_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def style(paper: str, edition: str = "standard", *, inline: bool = False) -> str:
    """Return the style sheet for a paper and an edition; with its fonts inside, for a browser."""
    names = STYLES if edition == "standard" else (*STYLES, edition)
    sheets = "\n".join(read_template(f"css/{name}.css") for name in names)
    if inline:
        sheets = re.sub(r"templates:fonts/([a-z-]+\.ttf)", _font, sheets)
    return f"{sheets}\n@page {{ size: {PAPERS[paper][0]}; }}\n"


def _font(match: re.Match[str]) -> str:
    raw = (folder("templates") / "fonts" / match[1]).read_bytes()
    return f"data:font/ttf;base64,{b64encode(raw).decode()}"


def html(
    result: Result,
    content: Catalogue,
    pictures: Pictures,
    paper: str = "a4",
    edition: str = "standard",
    *,
    inline: bool = False,
) -> str:
    """Return a result as a whole page; *inline* puts fonts and pictures into it."""
    name, view = _view(result, content, pictures, EDITIONS[edition], PAPERS[paper][1])
    return rendered(name, view, pictures, paper, edition, inline=inline)


def rendered(
    name: str,
    view: object,
    pictures: Pictures,
    paper: str,
    edition: str = "standard",
    *,
    inline: bool = False,
) -> str:
    """Return a template filled with its view."""
    template = environment().get_template(f"{name}.html.jinja")
    sheet = style(paper, edition, inline=inline)
    page = template.render(view=view, style=sheet, language="en")
    return inlined(page, pictures) if inline else page


def _view(
    result: Result, content: Catalogue, pictures: Pictures, edition: Edition, high: float
) -> tuple[str, PlanView | SummaryView | ReferralView | OpenView]:
    if isinstance(result, Referral):
        return "referral", referral_view(result, content)
    if not isinstance(result, Plan):
        return "open", open_view(result, content)
    whole = plan_view(result, content, pictures, edition, high)
    if edition.name == "summary":
        return "summary", summary_view(whole, result, high)
    return "plan", whole
