"""A result as one HTML page; templates only place what the view says."""

import re
from base64 import b64encode
from dataclasses import replace

from jinja2 import TemplateError, TemplateSyntaxError

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Plan, Referral, Result
from programgen.errors import ProgramgenError
from programgen.render.editions import EDITIONS, Edition
from programgen.render.house import (
    MAIN,
    PLAIN,
    HouseStyle,
    letterhead_view,
    main_colour,
    noted,
    with_logo,
)
from programgen.render.pictures import Pictures, inlined
from programgen.render.summary import SummaryView, summary_view
from programgen.render.templating import environment, read_template
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
STYLES = ("fonts", "tokens", "page", "parts", "handout", "replan")


def style(
    paper: str, edition: str = "standard", *, inline: bool = False, house: HouseStyle = PLAIN
) -> str:
    """Return the style sheet for a paper and an edition; with its fonts inside, for a browser."""
    kinds = STYLES if edition == "standard" else (*STYLES, edition)
    names = [f"css/{name}.css" for name in kinds]
    texts = [own[0] if (own := house.own(name)) else read_template(name) for name in names]
    sheets = "\n".join(texts).replace(MAIN, main_colour(house))
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
    house: HouseStyle = PLAIN,
) -> str:
    """Return a result as a whole page; *inline* puts fonts and pictures into it."""
    asked = coloured(EDITIONS[edition], house)
    name, view = _view(result, content, pictures, asked, PAPERS[paper][1])
    if edition == "summary" and name != "summary":
        # Who to see fits one page as it is, and must not be set smaller.
        edition = "standard"
    if isinstance(view, PlanView):
        view = noted(view, house)
    return rendered(name, view, pictures, paper, edition, inline=inline, house=house)


def rendered(
    name: str,
    view: object,
    pictures: Pictures,
    paper: str,
    edition: str = "standard",
    *,
    inline: bool = False,
    house: HouseStyle = PLAIN,
) -> str:
    """Return a template filled with its view.

    Raises:
        ProgramgenError: an own part of the clinic cannot be used.
    """
    sheet = style(paper, edition, inline=inline, house=house)
    clinic = letterhead_view(house)
    try:
        template = environment(house).get_template(f"{name}.html.jinja")
        page = template.render(view=view, style=sheet, language="en", clinic=clinic)
    except Exception as error:
        if not house.parts:
            raise
        raise ProgramgenError(_own_fault(error, house)) from error
    return with_logo(inlined(page, pictures), house) if inline else page


def _own_fault(error: Exception, house: HouseStyle) -> str:
    """Return where in its own parts a clinic has to look."""
    files = ", ".join(shown for _, shown, _ in house.parts)
    own = house.own(error.name or "") if isinstance(error, TemplateSyntaxError) else None
    if isinstance(error, TemplateSyntaxError) and own:
        return f"{own[1]}:{error.lineno}:1: {error.message} [template]"
    what = str(error) if isinstance(error, TemplateError) else type(error).__name__
    return f"{files}: an own part cannot be filled in: {what} [template]"


def coloured(edition: Edition, house: HouseStyle) -> Edition:
    """Return an edition whose drawings have the main colour of the clinic, as its style has."""
    if edition.grey:
        return edition
    return replace(edition, ink=replace(edition.ink, run=main_colour(house)))


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
