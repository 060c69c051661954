"""The handout on one page, for the fridge: this week, the line, the light, the emergency box."""

from dataclasses import dataclass

from programgen.core.intake import Clinician
from programgen.core.plan import Plan
from programgen.render.changes import Held
from programgen.render.view import Footer, LightRow, PlanView, SessionView, Stage, WeekView


@dataclass(frozen=True)
class SummaryView:
    """One page of the handout."""

    title: str
    name: str | None
    week: WeekView
    fit: str
    """How closely the week has to be set: a key of FITS."""
    here: Stage
    after: Stage | None
    """The next line."""
    move: str
    gentle: str | None
    changed: str | None
    """The most important change of a later version."""
    held: Held | None
    """What is paused, and what ends it; in place of the line."""
    light: tuple[LightRow, ...]
    signs: str
    emergency: tuple[str, ...]
    clinician: str | None
    footer: Footer


TITLE = "This\u00a0week"
"""Never broken, because the dates follow on its line."""

MARGINS = 175.0
"""Millimetres of the page that are not for the days."""

FITS = {"roomy": (5.0, 11.0), "close": (4.5, 9.4), "tight": (3.8, 6.6), "dense": (3.6, 5.4)}
"""Millimetres of a line, and of the lowest row, which a box to write in needs."""

LINE = 90
"""Signs of the longest name with its clinic."""

SIGNS = 66
"""Signs in a line of the week."""


def summary_view(whole: PlanView, plan: Plan, high: float) -> SummaryView:
    """Turn the pages of a handout into the one page; *high* is the paper in millimetres."""
    week, block = whole.weeks[0], plan.intake.clinician
    place = next((n for n, stage in enumerate(whole.stages) if stage.here), 0)
    here, *later = whole.stages[place:]
    clinician = _clinician(block) if block else None
    changed = whole.changes.brief if whole.changes else None
    lines = len(week.remarks) + 2 * bool(whole.gentle) + 2 * bool(changed)
    lines += len(whole.name or "") // 60 + len(clinician or "") // 50
    room = high - MARGINS - 5 * lines
    return SummaryView(
        title=TITLE,
        name=whole.name,
        week=week,
        fit=next((f for f in FITS if _height(week, *FITS[f]) <= room), "dense"),
        here=here,
        after=later[0] if later else None,
        move=whole.up,
        gentle=whole.gentle,
        changed=changed,
        held=whole.changes.held if whole.changes else None,
        light=whole.light,
        signs=whole.signs,
        emergency=whole.emergency,
        clinician=clinician,
        footer=whole.footer,
    )


def _clinician(block: Clinician) -> str:
    """Return name and clinic; the name alone where both would take several lines."""
    both = ", ".join(filter(None, (block.name, block.clinic)))
    return both if len(both) <= LINE else block.name


def _height(week: WeekView, line: float, least: float) -> float:
    """Estimate how high the days are on paper."""
    return sum(
        sum(max(least, _lines(s) * line + least - line) for s in day.sessions) or least
        for day in week.days
    )


def _lines(session: SessionView) -> int:
    names = ", ".join(line.name for line in session.lines)
    return 1 + sum(-(-len(text) // SIGNS) for text in (session.steps or "", names))
