"""The way so far, week by week, as the page and the chart show it."""

from datetime import date

from programgen.core.checkin import SessionReport, WeekReport
from programgen.core.plan import PlanWeek, WeekOfProgress
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
        run_minutes=sum(minutes for day, minutes in standing.state.longest if first <= day <= last),
        pain=_most(reports, "during"),
        morning=_most(reports, "morning"),
        average=_last(weekly, "average"),
        worst=_last(weekly, "worst"),
        function=_function(weekly),
        change=_last(weekly, "change"),
        stage=next((p.session.stage for p in reversed(done) if p.session.stage), None),
    )


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
