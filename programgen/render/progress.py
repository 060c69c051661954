"""The way so far in words and drawings: one page."""

from dataclasses import dataclass

from markupsafe import Markup

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Plan, WeekOfProgress
from programgen.core.progress import Outcome, outcomes
from programgen.core.protocol import Protocol
from programgen.core.words import count_text
from programgen.render.chart import Ink
from programgen.render.citing import Cited
from programgen.render.progress_chart import (
    Scale,
    Week,
    minutes_chart,
    outcome_chart,
    pain_chart,
    series_key,
)


@dataclass(frozen=True)
class ProgressView:
    """Everything on the page."""

    lead: str
    minutes_title: str
    minutes: Markup
    pain: Markup
    key: tuple[tuple[Markup, str], ...]
    green: int
    """Upper bound of green."""
    outcomes: Markup | None
    notice: str
    """Which change is one that people notice."""
    said: tuple[str, ...]
    """What became of each outcome, in words."""
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """The weeks as numbers; the first cell is the number of the week."""
    table_note: str | None


MOST_ROWS = 4
"""Weeks in the table; the drawings hold all of them."""

NAMES = {
    "average": "Average pain",
    "worst": "Worst pain",
    "function": "Own activities",
}


_HEAD = ("Line", "In session", "Morning", "Average", "Worst", "Activities", "Change")


def progress_view(plan: Plan, content: Catalogue, cited: Cited, ink: Ink) -> ProgressView | None:
    """Return the page of the way so far; None while no week has begun."""
    if not plan.progress:
        return None
    protocol = content.protocols[plan.provenance.protocol]
    lines = {rung.stage: str(number) for number, rung in enumerate(plan.rungs, 1)}
    weeks = tuple(_week(week, lines) for week in plan.progress)
    found = tuple(outcomes(plan.progress, content.settings))
    scales = tuple(Scale(NAMES[one.name], one) for one in found)
    done, planned = sum(w.done for w in plan.progress), sum(w.planned for w in plan.progress)
    shown = plan.progress[-MOST_ROWS:]
    return ProgressView(
        lead=f"{count_text(len(weeks), 'week', 'weeks')} so far. {done} of "
        f"{count_text(planned, 'planned session', 'planned sessions')} reported as done. "
        "What was not reported is left open.",
        minutes_title=_moved(protocol),
        minutes=minutes_chart(weeks, _moved(protocol), ink),
        pain=pain_chart(weeks, protocol.light.green_during, ink),
        key=series_key(ink),
        green=protocol.light.green_during,
        outcomes=outcome_chart(scales, ink) if scales else None,
        notice=_notice(found, content, cited),
        said=(*map(_said, found), *_change(plan.progress)),
        head=("Week", "Done", f"{'Run' if protocol.growth else 'Walk'} min", *_HEAD),
        rows=tuple(_row(week, lines) for week in shown),
        table_note=f"The table holds the last {MOST_ROWS} weeks."
        if len(shown) < len(weeks)
        else None,
    )


def _moved(protocol: Protocol) -> str:
    return "Minutes of running" if protocol.growth else "Minutes of walking"


def _week(week: WeekOfProgress, lines: dict[str, str]) -> Week:
    return Week(
        label=str(week.number),
        minutes=week.run_minutes,
        line=lines.get(week.stage or "", ""),
        done=f"{week.done}/{week.planned}",
        pain=week.pain,
        morning=week.morning,
        average=week.average,
    )


def _row(week: WeekOfProgress, lines: dict[str, str]) -> tuple[str, ...]:
    scores = (week.pain, week.morning, week.average, week.worst, week.function)
    return (
        str(week.number),
        f"{week.done} of {week.planned}",
        f"{week.run_minutes:g}",
        lines.get(week.stage or "", "–"),
        *("–" if score is None else f"{score:g}" for score in scores),
        "–" if week.change is None else _signed(week.change),
    )


def _signed(number: int) -> str:
    return f"+{number}" if number > 0 else str(number).replace("-", "−")


def _said(one: Outcome) -> str:
    """Return an outcome against its minimal important change, without a promise."""
    name = NAMES[one.name]
    if one.last is None:
        return f"{name}: {one.first:g} of 10. There is one report so far."
    return f"{name}: {one.first:g} at first, {one.last:g} now. {_verdict(one)}"


def _verdict(one: Outcome) -> str:
    if one.gain == 0:
        return "That is the same."
    better = "better" if one.gain > 0 else "worse"
    if one.matters:
        return f"That is {better}, by as much as people notice."
    return f"That is a little {better}, by less than people notice."


def _notice(found: tuple[Outcome, ...], content: Catalogue, cited: Cited) -> str:
    """Return which change is one that people notice, with its sources."""
    settings, texts = content.settings, []
    if any(one.name != "function" for one in found):
        points = count_text(settings.pain_change.value, "point", "points")
        share = round(settings.pain_share.value * 100)
        text = f"In pain, people notice {points} or {share} percent less."
        texts.append(cited.marked(text, settings.pain_change.cite))
    if any(one.name == "function" for one in found):
        points = count_text(settings.function_change.value, "point", "points")
        text = f"In own activities, they notice {points} more."
        texts.append(cited.marked(text, settings.function_change.cite))
    return " ".join(texts)


def _change(weeks: tuple[WeekOfProgress, ...]) -> tuple[str, ...]:
    """Return the last answer on the change since the start."""
    given = [week.change for week in weeks if week.change is not None]
    if not given:
        return ()
    said = f"Your own view of the change: {_signed(given[-1])}."
    return (f"{said} The scale goes from −5 (much worse) to +5 (much better).",)
