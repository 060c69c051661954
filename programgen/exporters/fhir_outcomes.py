"""What was reported of each week so far, as FHIR observations."""

from collections.abc import Iterator
from datetime import timedelta

from programgen.core.plan import Plan, Referral, WeekOfProgress
from programgen.exporters.fhir_codes import SURVEY
from programgen.exporters.fhir_parts import Json, coding, identifier, link, local_id, quantity

_SCORES = (
    ("pain", "Worst pain during a session of the week, 0 to 10"),
    ("morning", "Worst pain on a morning after a session of the week, 0 to 10"),
    ("average", "Average pain of the week, 0 to 10"),
    ("worst", "Worst pain of the week, 0 to 10"),
    ("function", "Own activities (PSFS), mean, 0 to 10"),
    ("change", "Change since the start (global rating), -5 to 5"),
)


def observations(plan: Plan | Referral) -> list[Json]:
    """Return one observation for each week of which something was reported.

    What was not reported has no part in it, so that it never looks like a zero.
    """
    told = plan if isinstance(plan, Plan) else plan.before
    return [_week(week, told) for week in told.progress if _reported(week)] if told else []


def _reported(week: WeekOfProgress) -> bool:
    return bool(week.done) or any(getattr(week, name) is not None for name, _ in _SCORES)


def _week(week: WeekOfProgress, plan: Plan) -> Json:
    key = plan.provenance.plan
    name = local_id(key, "outcomes", str(week.number))
    first = plan.weeks[week.number - 1].first
    return {
        "resourceType": "Observation",
        "id": name,
        "identifier": [identifier(name)],
        "status": "final",
        "category": [{"coding": [coding(SURVEY)]}],
        "code": {"text": f"Reports of week {week.number}"},
        "subject": link(local_id(key, "patient")),
        "performer": [link(local_id(key, "patient"))],
        "effectivePeriod": {
            "start": first.isoformat(),
            "end": (first + timedelta(days=6)).isoformat(),
        },
        "component": list(_parts(week)),
    }


def _parts(week: WeekOfProgress) -> Iterator[Json]:
    yield {"code": {"text": "Sessions planned"}, "valueInteger": week.planned}
    yield {"code": {"text": "Sessions done, in part as well"}, "valueInteger": week.done}
    yield {
        "code": {"text": "Time of running (on a walking ladder: walking)"},
        "valueQuantity": quantity(week.run_minutes, "min"),
    }
    for field, text in _SCORES:
        score = getattr(week, field)
        if score is not None:
            yield {"code": {"text": text}, "valueQuantity": quantity(score, "{score}")}
