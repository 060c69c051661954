"""A result as one HTML page; templates only place what the view says."""

import re
from base64 import b64encode
from functools import cache

from jinja2 import Environment, FunctionLoader, StrictUndefined

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Plan, Referral, Result
from programgen.render.pictures import Pictures, inlined
from programgen.render.view import (
    OpenView,
    PlanView,
    ReferralView,
    open_view,
    plan_view,
    referral_view,
)
from programgen.resources import folder

PAPERS = {"a4": "A4", "letter": "letter"}
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


def style(paper: str, *, inline: bool = False) -> str:
    """Return the style sheet for a paper size; with its fonts inside, for a browser."""
    sheets = "\n".join(read_template(f"css/{name}.css") for name in STYLES)
    if inline:
        sheets = re.sub(r"templates:fonts/([a-z-]+\.ttf)", _font, sheets)
    return f"{sheets}\n@page {{ size: {PAPERS[paper]}; }}\n"


def _font(match: re.Match[str]) -> str:
    raw = (folder("templates") / "fonts" / match[1]).read_bytes()
    return f"data:font/ttf;base64,{b64encode(raw).decode()}"


def html(
    result: Result,
    content: Catalogue,
    pictures: Pictures,
    paper: str = "a4",
    *,
    inline: bool = False,
) -> str:
    """Return a result as a whole page; *inline* puts fonts and pictures into it."""
    name, view = _view(result, content, pictures)
    return rendered(name, view, pictures, paper, inline=inline)


def rendered(
    name: str, view: object, pictures: Pictures, paper: str, *, inline: bool = False
) -> str:
    """Return a template filled with its view."""
    template = environment().get_template(f"{name}.html.jinja")
    page = template.render(view=view, style=style(paper, inline=inline), language="en")
    return inlined(page, pictures) if inline else page


def _view(
    result: Result, content: Catalogue, pictures: Pictures
) -> tuple[str, PlanView | ReferralView | OpenView]:
    if isinstance(result, Plan):
        return "plan", plan_view(result, content, pictures)
    if isinstance(result, Referral):
        return "referral", referral_view(result, content)
    return "open", open_view(result, content)
