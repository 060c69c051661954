"""The way so far, week by week, and how far each outcome has moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from programgen.core.checkin import SessionReport, WeekReport
from programgen.core.plan import PlanWeek, WeekOfProgress
from programgen.core.protocol import time_of
from programgen.core.settings import Settings
from programgen.core.standing import Standing


def weeks_so_far(
    weeks: tuple[PlanWeek, ...], standing: Standing, open_from: date
) -> tuple[WeekOfProgress, ...]:
    """Return what was planned, done and felt in every week that has begun."""
    return tuple(_week(week, standing, open_from) for week in weeks if week.days[0].day < open_from)


def _week(week: PlanWeek, standing: Standing, open_from: date) -> WeekOfProgress:
    first, last = week.days[0].day, week.days[-1].day
    placed = [p for p in week.placed if p.day < open_from]
    reports = [r for (day, _), r in standing.reports.items() if first <= day <= last]
    weekly = [w for w in standing.weeks if first <= w.day <= last]
    done = [p for p in placed if p.session.outcome in ("done", "part")]
    return WeekOfProgress(
        number=week.number,
        planned=len(placed),
        done=sum(r.done != "no" for r in reports),
        run_minutes=_minutes(week, standing),
        pain=_most(reports, "during"),
        morning=_most(reports, "morning"),
        average=_last(weekly, "average"),
        worst=_last(weekly, "worst"),
        function=_function(weekly),
        change=_last(weekly, "change"),
        stage=next((p.session.stage for p in reversed(done) if p.session.stage), None),
    )


def _minutes(week: PlanWeek, standing: Standing) -> float:
    """Return the minutes of running; of walking where no stage of the week runs."""
    first, last = week.days[0].day, week.days[-1].day
    ran = sum(minutes for day, minutes in standing.ran if first <= day <= last)
    if ran:
        return ran
    walked = 0.0
    for placed in week.placed:
        session = placed.session
        if session.kind == "walk" and session.stage and session.outcome in ("done", "part"):
            report = standing.reports.get((placed.day, "run"))
            full = time_of(session.steps) if session.outcome == "done" else None
            time = (report.run if report else None) or full
            walked += time.total_seconds() / 60 if time else 0.0
    return walked


def _most(reports: list[SessionReport], name: str) -> int | None:
    scores = [getattr(report, name) for report in reports]
    return max((score for score in scores if score is not None), default=None)


def _last(reports: list[WeekReport], name: str) -> int | None:
    given = [getattr(report, name) for report in reports]
    return next((value for value in reversed(given) if value is not None), None)


def _function(reports: list[WeekReport]) -> float | None:
    """Return the mean of the own activities (PSFS) of the last report that has them."""
    rated = next((r.activities for r in reversed(reports) if r.activities), None)
    return round(sum(rated.values()) / len(rated), 1) if rated else None


@dataclass(frozen=True)
class Outcome:
    """A measure at its first and its last report."""

    name: Literal["average", "worst", "function"]
    """Field of ``WeekOfProgress``."""
    first: float
    last: float | None
    """None if it was reported in one week only."""
    needed: float
    """Least change for the better that matters to people, in points."""
    points: float
    """The same for the worse, without the share."""
    cite: tuple[str, ...]

    @property
    def gain(self) -> float:
        """Points of change for the better; below 0 for the worse."""
        if self.last is None:
            return 0.0
        change = self.last - self.first
        return change if self.name == "function" else -change

    @property
    def matters(self) -> bool:
        """Whether the change is large enough to matter, for the better or the worse."""
        return self.gain >= self.needed or -self.gain >= self.points


def outcomes(weeks: tuple[WeekOfProgress, ...], settings: Settings) -> Iterator[Outcome]:
    """Yield every outcome that was reported, against its minimal important change.

    Pain: 2 points or 30 percent of the first score, whichever is less (ostelo-2008). Own
    activities: 2 points of the mean (horn-2012).
    """
    names: tuple[Literal["average", "worst", "function"], ...] = ("average", "worst", "function")
    for name in names:
        given = [value for week in weeks if (value := getattr(week, name)) is not None]
        if not given:
            continue
        if name == "function":
            points, cite = float(settings.function_change.value), settings.function_change.cite
            needed = points
        else:
            points, cite = float(settings.pain_change.value), settings.pain_change.cite
            needed = min(points, settings.pain_share.value * given[0] or points)
        last = float(given[-1]) if len(given) > 1 else None
        yield Outcome(name, float(given[0]), last, round(needed, 1), points, cite)
