"""A plan, or a ladder, as a FHIR R4 bundle for a record system (``.fhir.json``).

The bundle of a plan holds a care plan, its goal, a request for each session, the answers
behind it and the questionnaire that they belong to. It proposes: what becomes an order, a
clinician decides. Names, ages and free text stay out unless the export may identify the
person (docs/decisions/0054-fhir-record.md).
"""

import re
from collections.abc import Iterator
from datetime import date

from programgen.core.catalogue import Catalogue
from programgen.core.intake import Goal, Intake
from programgen.core.plan import Change, Finding, Item, Placed, Plan, Referral, Session, Withdrawn
from programgen.core.reasons import Reason
from programgen.core.vocabulary import Level, Reach
from programgen.core.words import WEEKDAYS, date_text, dose_text, rest_text, steps_text
from programgen.exporters.base import Export
from programgen.exporters.fhir_answers import questionnaire, response
from programgen.exporters.fhir_codes import EXERCISE_THERAPY, PHYSICAL_ACTIVITY
from programgen.exporters.fhir_ladder import export_protocol
from programgen.exporters.fhir_outcomes import observations
from programgen.exporters.fhir_parts import (
    Json,
    coding,
    identifier,
    ladder_url,
    link,
    local_id,
    narrative,
    quantity,
    written,
)

__all__ = ["EXTRA", "REFERRALS", "export", "export_protocol"]

EXTRA = "fhir"

REFERRALS = True
"""A referral without an earlier plan holds something too: the request for an appointment."""

_PRIORITY = {Level.EMERGENCY: "stat", Level.URGENT: "urgent", Level.REFER: "routine"}

_APPOINTMENT = {
    Level.EMERGENCY: "Emergency assessment now",
    Level.URGENT: "Urgent medical appointment, today or within a few days",
    Level.REFER: "Appointment with a doctor or physiotherapist in the next 1 to 2 weeks",
}

_DRAFT = "Draft: some content has not been signed by a clinician yet."


def export(plan: Plan | Referral, export: Export) -> bytes:
    """Return the bundle of a plan, or of what became of it.

    Raises:
        ProgramgenError: the bundle breaks a rule of FHIR; every fault is listed.
    """
    key = plan.provenance.plan
    patient, device = local_id(key, "patient"), local_id("program", plan.provenance.program)
    made = [
        _patient(patient, plan.intake, export),
        _device(device, plan),
        *(_plan_parts(plan, export) if isinstance(plan, Plan) else _referral_parts(plan)),
        questionnaire(export.content, draft=plan.provenance.draft),
        response(plan, export),
        *observations(plan),
    ]
    return written(local_id(key, f"bundle-{plan.provenance.version}"), made)


def _note(text: str, plan: Plan | Referral) -> Json:
    return {
        "authorString": "programgen",
        "time": plan.provenance.made_on.isoformat(),
        "text": text,
    }


_WHO = re.compile(r".*(?= has (?:chosen|looked) )", re.DOTALL)
"""The name of a clinician at the head of a reason."""


def _said(reason: Reason, *, identify: bool) -> str:
    """Return a reason; which clinician it was is told only where that is allowed."""
    if identify or reason.rule != "clinician":
        return reason.text
    return _WHO.sub("A clinician", reason.text, count=1)


def _change(change: Change, *, identify: bool) -> str:
    reason = change.reason
    if reason is not None and reason.rule == "clinician":
        return _said(reason, identify=identify)
    return change.text


def _patient(name: str, intake: Intake, export: Export) -> Json:
    known = {"name": [{"text": intake.who.name}]} if export.identify and intake.who.name else {}
    return {"resourceType": "Patient", "id": name, **known}


def _device(name: str, plan: Plan | Referral) -> Json:
    return {
        "resourceType": "Device",
        "id": name,
        "deviceName": [{"name": "programgen", "type": "model-name"}],
        "version": [{"value": plan.provenance.program}],
    }


def _plan_parts(plan: Plan, export: Export) -> list[Json]:
    key = plan.provenance.plan
    requests = {
        **{local_id(key, str(one.week), one.slot): _withdrawn(one, plan) for one in plan.withdrawn},
        **{
            local_id(key, str(week.number), placed.slot): _session(
                placed, week.number, plan, export, firm=week.firm
            )
            for week in plan.weeks
            for placed in week.placed
        },
    }
    goal = _goal(plan)
    care: Json = {
        **_care_plan(plan, "active"),
        "title": f"Return to running: {plan.goal}",
        "description": export.content.protocols[plan.provenance.protocol].summary,
        "period": {"start": plan.start.isoformat(), "end": plan.weeks[-1].days[-1].day.isoformat()},
        "goal": [link(goal["id"])],
        "activity": [{"reference": link(name)} for name in requests],
    }
    texts = [
        *([_DRAFT] if plan.provenance.draft else []),
        *_on_hold(plan),
        *(
            _said(reason, identify=export.identify)
            for reason in plan.reasons
            if reason != (plan.standing and plan.standing.held)
        ),
        *map(_finding, plan.findings),
        *(f"Changed: {_change(change, identify=export.identify)}" for change in plan.changes),
    ]
    block = plan.intake.clinician
    if export.identify and block and block.note:
        texts.append(block.note)
    care["note"] = [_note(text, plan) for text in texts]
    care["text"] = narrative(str(care["title"]), (*_on_hold(plan), *_weeks(plan)))
    referred = [_appointment(plan)] if plan.level is not Level.SELF_CARE else []
    return [care, goal, *referred, *requests.values()]


def _weeks(plan: Plan) -> Iterator[str]:
    """Yield a line for each week: the sessions with their days and minutes."""
    for week in plan.weeks:
        sessions = "; ".join(
            f"{WEEKDAYS[p.day.weekday()]} {p.session.title}, {p.session.minutes} min"
            for p in week.placed
        )
        outlook = "" if week.firm else " (if every session before goes well)"
        yield f"Week {week.number}, from {date_text(week.first)}{outlook}: {sessions or 'rest'}"


def _on_hold(plan: Plan) -> Iterator[str]:
    """Yield why no session of the ladder is planned, if none is."""
    if plan.standing and plan.standing.held:
        yield f"Running is on hold: {plan.standing.held.text}"
    if plan.waiting:
        yield f"Answers that are waited for: {', '.join(plan.waiting)}."


def _referral_parts(referral: Referral) -> list[Json]:
    """Return the request for an appointment, and the plan that it takes back if there was one."""
    key, provenance = referral.provenance.plan, referral.provenance
    taken_back = {
        local_id(key, str(one.week), one.slot): _withdrawn(one, referral)
        for one in referral.withdrawn
    }
    if provenance.version == 1 and not taken_back:
        return [_appointment(referral)]
    care = {
        **_care_plan(referral, "revoked"),
        "title": "Return to running: withdrawn",
        "text": narrative("Return to running: withdrawn", map(_finding, referral.findings)),
        "note": [_note(_finding(finding), referral) for finding in referral.findings],
        **({"activity": [{"reference": link(one)} for one in taken_back]} if taken_back else {}),
    }
    return [care, _appointment(referral), *taken_back.values()]


def _care_plan(plan: Plan | Referral, status: str) -> Json:
    key, provenance = plan.provenance.plan, plan.provenance
    name = local_id(key, "care-plan")
    return {
        "resourceType": "CarePlan",
        "id": name,
        "meta": {"versionId": str(provenance.version)},
        "identifier": [identifier(name)],
        "instantiatesCanonical": [f"{ladder_url(provenance.protocol)}|{provenance.catalogue}"],
        "status": status,
        "intent": "proposal",
        "category": [{"coding": [coding(PHYSICAL_ACTIVITY)]}],
        "subject": link(local_id(key, "patient")),
        "created": provenance.made_on.isoformat(),
        "author": link(local_id("program", provenance.program)),
        "supportingInfo": [
            link(local_id(key, f"answers-{provenance.version}")),
            *(link(one["id"]) for one in observations(plan)),
        ],
    }


def _named(finding: Finding) -> str:
    return f"{finding.title} [{finding.code}]" if finding.code else finding.title


def _finding(finding: Finding) -> str:
    return f"{_named(finding)}: {finding.tell}"


def _goal(plan: Plan) -> Json:
    key, goal = plan.provenance.plan, plan.intake.goal
    name = local_id(key, "goal")
    measure, amount = _measure(goal)
    held = plan.reach is not Reach.FULL or bool(plan.standing and plan.standing.held)
    due = {"dueDate": goal.on.isoformat()} if goal.on else {}
    return {
        "resourceType": "Goal",
        "id": name,
        "meta": {"versionId": str(plan.provenance.version)},
        "identifier": [identifier(name)],
        "lifecycleStatus": "on-hold" if held else "active",
        "category": [{"coding": [coding(PHYSICAL_ACTIVITY)]}],
        "description": {"text": plan.goal},
        "subject": link(local_id(key, "patient")),
        "startDate": plan.start.isoformat(),
        "target": [{"measure": {"text": measure}, "detailQuantity": amount, **due}],
        "expressedBy": link(local_id(key, "patient")),
    }


def _measure(goal: Goal) -> tuple[str, Json]:
    if goal.run is not None:
        return "Time of running without a break", quantity(goal.run.total_seconds() / 60, "min")
    if goal.distance is not None:
        return "Distance of running without a break", quantity(goal.distance, "m")
    return "Distance of running in a week", quantity(goal.weekly_distance or 0, "m")


def _request(plan: Plan | Referral, name: str, status: str) -> Json:
    key, provenance = plan.provenance.plan, plan.provenance
    return {
        "resourceType": "ServiceRequest",
        "id": name,
        "meta": {"versionId": str(provenance.version)},
        "identifier": [identifier(name)],
        "status": status,
        "intent": "proposal",
        "subject": link(local_id(key, "patient")),
        "authoredOn": provenance.made_on.isoformat(),
        "requester": link(local_id("program", provenance.program)),
    }


def _activity(plan: Plan | Referral, name: str, status: str, title: str) -> Json:
    return {
        **_request(plan, name, status),
        "basedOn": [link(local_id(plan.provenance.plan, "care-plan"))],
        "category": [{"coding": [coding(PHYSICAL_ACTIVITY)]}],
        "code": {"coding": [coding(EXERCISE_THERAPY)], "text": title},
    }


def _on(day: date, duration: int | None = None) -> Json:
    repeat = {"repeat": {"duration": duration, "durationUnit": "min"}} if duration else {}
    return {"event": [day.isoformat()], **repeat}


_STATUS = {"done": "completed", "part": "completed", "missed": "revoked"}
_TOLD = {"done": "Done.", "part": "Done in part.", "missed": "Missed."}


def _session(placed: Placed, week: int, plan: Plan, export: Export, *, firm: bool) -> Json:
    """Return a session; one of the outlook is a draft, because it depends on the runs before."""
    session = placed.session
    name = local_id(plan.provenance.plan, str(week), placed.slot)
    place = export.content.vocabulary.places.get(session.place)
    status = _STATUS.get(session.outcome or "", "active" if firm else "draft")
    said = [_said(reason, identify=export.identify) for reason in session.reasons]
    if session.outcome:
        said.insert(0, _TOLD[session.outcome])
    return {
        **_activity(plan, name, status, session.title),
        "orderDetail": [{"text": line} for line in _lines(session, export.content)],
        "occurrenceTiming": _on(placed.day, session.minutes),
        **({"locationCode": [{"text": place.name}]} if place else {}),
        **({"note": [_note(text, plan) for text in said]} if said else {}),
    }


def _lines(session: Session, content: Catalogue) -> Iterator[str]:
    """Yield what is done in a session, line by line."""
    if session.warm_up:
        yield f"Warm-up: {steps_text((), session.warm_up)}"
    yield from (steps_text((step,)) for step in session.steps)
    if session.cool_down:
        yield f"Cool-down: {steps_text((), session.cool_down)}"
    yield from (_item(item, content) for item in session.items)


def _item(item: Item, content: Catalogue) -> str:
    exercise = content.exercises[item.exercise]
    part = "" if item.part == "main" else f"{item.part.capitalize()}: "
    rest = rest_text(item.dose)
    return (
        f"{part}{exercise.words.name}: {dose_text(item.dose, exercise)}"
        + (f". {rest}" if rest else "")
        + (" (dose set by the clinician)" if item.edited else "")
    )


def _withdrawn(one: Withdrawn, plan: Plan | Referral) -> Json:
    name = local_id(plan.provenance.plan, str(one.week), one.slot)
    return {**_activity(plan, name, "revoked", one.title), "occurrenceTiming": _on(one.day)}


def _appointment(plan: Plan | Referral) -> Json:
    causes = [finding for finding in plan.findings if finding.level is not Level.SELF_CARE]
    return {
        **_request(plan, local_id(plan.provenance.plan, "appointment"), "active"),
        "priority": _PRIORITY[plan.level],
        "code": {"text": _APPOINTMENT[plan.level]},
        "reasonCode": [{"text": _named(finding)} for finding in causes],
    }
