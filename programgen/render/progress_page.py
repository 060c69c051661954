"""The way so far as a page of its own."""

from dataclasses import dataclass

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Plan
from programgen.core.words import date_text
from programgen.errors import ProgramgenError
from programgen.render.citing import Cited, Source
from programgen.render.editions import EDITIONS
from programgen.render.house import PLAIN, HouseStyle
from programgen.render.page import coloured, rendered
from programgen.render.progress import ProgressView, progress_view
from programgen.render.view import Footer, footer


@dataclass(frozen=True)
class ProgressPage:
    """Everything on the page."""

    title: str
    name: str | None
    span: str
    progress: ProgressView
    sources: tuple[Source, ...]
    footer: Footer


def progress_html(
    plan: Plan,
    content: Catalogue,
    paper: str,
    edition: str = "standard",
    house: HouseStyle = PLAIN,
    *,
    inline: bool = False,
) -> str:
    """Return the way so far as a whole page.

    Raises:
        ProgramgenError: no week has begun in this version of the plan.
    """
    cited = Cited(content.references)
    found = progress_view(plan, content, cited, coloured(EDITIONS[edition], house).ink)
    if found is None:
        message = "there is nothing to show yet; enter what was done, then run 'programgen update'"
        raise ProgramgenError(message)
    view = ProgressPage(
        title="Your way so far",
        name=plan.intake.who.name,
        span=f"{date_text(plan.start)} to {date_text(plan.provenance.made_on)}",
        progress=found,
        sources=cited.sources(),
        footer=footer(plan.provenance),
    )
    return rendered("progress", view, {}, paper, edition, inline=inline, house=house)
