"""A result as one HTML page; templates only place what the view says."""

import re
from base64 import b64encode
from functools import cache

from jinja2 import Environment, FunctionLoader, StrictUndefined

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Plan, Referral, Result
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


def with_fonts(page: str) -> str:
    """Return a page that carries its fonts, for a browser."""

    def inline(match: re.Match[str]) -> str:
        raw = (folder("templates") / "fonts" / match[1]).read_bytes()
        return f"data:font/ttf;base64,{b64encode(raw).decode()}"

    return re.sub(r"templates:fonts/([a-z-]+\.ttf)", inline, page)


def style(paper: str) -> str:
    """Return the style sheet for a paper size."""
    sheets = "\n".join(read_template(f"css/{name}.css") for name in STYLES)
    return f"{sheets}\n@page {{ size: {PAPERS[paper]}; }}\n"


def html(result: Result, content: Catalogue, paper: str = "a4") -> str:
    """Return a result as a whole page."""
    name, view = _view(result, content)
    template = environment().get_template(f"{name}.html.jinja")
    return template.render(view=view, style=style(paper), language="en")


def _view(result: Result, content: Catalogue) -> tuple[str, PlanView | ReferralView | OpenView]:
    if isinstance(result, Plan):
        return "plan", plan_view(result, content)
    if isinstance(result, Referral):
        return "referral", referral_view(result, content)
    return "open", open_view(result, content)
