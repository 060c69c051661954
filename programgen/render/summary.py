"""The handout on one page, for the fridge: this week, the line, the light, the emergency box."""

from dataclasses import dataclass

from programgen.core.plan import Plan
from programgen.render.view import Footer, LightRow, PlanView, SessionView, Stage, WeekView


@dataclass(frozen=True)
class SummaryView:
    """One page of the handout."""

    title: str
    name: str | None
    week: WeekView
    fit: str
    """How closely the week has to be set: roomy, close or tight."""
    here: Stage
    after: Stage | None
    """The next line."""
    move: str
    gentle: str | None
    light: tuple[LightRow, ...]
    signs: str
    emergency: tuple[str, ...]
    clinician: str | None
    footer: Footer


MARGINS = 172.0
"""Millimetres of the page that are not for the days."""

FITS = {"roomy": (5.0, 11.0), "close": (4.3, 8.6), "tight": (3.9, 6.6)}
"""Millimetres of a line, and of the lowest row, which a box to write in needs."""

SIGNS = 66
"""Signs in a line of the week."""


def summary_view(whole: PlanView, plan: Plan, high: float) -> SummaryView:
    """Turn the pages of a handout into the one page; *high* is the paper in millimetres."""
    week, block = whole.weeks[0], plan.intake.clinician
    place = next((n for n, stage in enumerate(whole.stages) if stage.here), 0)
    here, *later = whole.stages[place:]
    room = high - MARGINS - 5 * (len(week.remarks) + bool(whole.gentle))
    return SummaryView(
        title="This week",
        name=whole.name,
        week=week,
        fit=next((f for f in FITS if _height(week, *FITS[f]) <= room), "tight"),
        here=here,
        after=later[0] if later else None,
        move=whole.moves[0],
        gentle=whole.gentle,
        light=whole.light,
        signs=whole.signs,
        emergency=whole.emergency,
        clinician=", ".join(filter(None, (block.name, block.clinic))) if block else None,
        footer=whole.footer,
    )


def _height(week: WeekView, line: float, least: float) -> float:
    """Estimate how high the days are on paper."""
    return sum(
        sum(max(least, _lines(s) * line + least - line) for s in day.sessions) or least
        for day in week.days
    )


def _lines(session: SessionView) -> int:
    names = ", ".join(line.name for line in session.lines)
    return 1 + sum(-(-len(text) // SIGNS) for text in (session.steps or "", names))
