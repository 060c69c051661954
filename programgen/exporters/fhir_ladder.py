"""A ladder as a FHIR plan definition with an activity definition for each stage."""

from programgen.core.catalogue import Catalogue, Reference
from programgen.core.exercise import Citation, Review
from programgen.core.protocol import Protocol, Stage, time_of
from programgen.core.quantities import minutes
from programgen.core.words import steps_text
from programgen.exporters.fhir_codes import EXERCISE_THERAPY, PLAN_TYPE
from programgen.exporters.fhir_parts import Json, coding, local_id, urn, written


def export_protocol(protocol: Protocol, content: Catalogue) -> bytes:
    """Return the bundle of a ladder: a plan definition with an activity for each stage.

    Raises:
        ProgramgenError: the bundle breaks a rule of FHIR; every fault is listed.
    """
    stages = [_activity_definition(protocol, stage, content) for stage in protocol.stages]
    name = f"{protocol.id}-{content.fingerprint}"
    return written(local_id("bundle", name), [_plan_definition(protocol, content), *stages])


_STATUS = {"draft": "draft", "reviewed": "active", "retired": "retired"}


def _definition(kind: str, name: str, content: Catalogue, review: Review) -> Json:
    signed: Json = {}
    if review.status == "reviewed" and review.by and review.date:
        signed = {"lastReviewDate": review.date.isoformat(), "reviewer": [{"name": review.by}]}
    return {
        "resourceType": kind,
        "id": name,
        "url": urn(name),
        "version": content.fingerprint,
        "status": _STATUS[review.status],
        **signed,
    }


def _camel(name: str) -> str:
    """Return a name as programs like it.

    >>> _camel("low-back-walk-run")
    'LowBackWalkRun'
    """
    return "".join(part.capitalize() for part in name.split("-"))


def _plan_definition(protocol: Protocol, content: Catalogue) -> Json:
    return {
        **_definition(
            "PlanDefinition", local_id("protocol", protocol.id), content, protocol.review
        ),
        "name": _camel(protocol.id),
        "title": protocol.title,
        "type": {"coding": [coding(PLAN_TYPE)]},
        "description": protocol.summary,
        "relatedArtifact": [
            _source(source, content.references.get(source.cite)) for source in protocol.evidence
        ],
        "action": [
            _action(protocol, stage, before)
            for stage, before in zip(protocol.stages, (None, *protocol.stages), strict=False)
        ],
    }


def _source(source: Citation, reference: Reference | None) -> Json:
    """Return a source with what is taken from it."""
    taken = f"{source.grade}: {'; '.join(source.supports)}"
    if reference is None:
        return {"type": "citation", "citation": f"{source.cite} ({taken})"}
    parts = [
        ", ".join(reference.author),
        reference.title,
        reference.container_title or "",
        reference.issued or "",
    ]
    address = f"https://doi.org/{reference.doi}" if reference.doi else reference.url
    return {
        "type": "citation",
        "citation": f"{'. '.join(part for part in parts if part)} ({taken})",
        **({"url": address} if address else {}),
    }


def _action(protocol: Protocol, stage: Stage, before: Stage | None) -> Json:
    gates = dict.fromkeys(
        row.until for row in protocol.entry if row.before == stage.id and row.until
    )
    after = [{"actionId": before.id, "relationship": "after-end"}] if before else []
    moves = protocol.moves
    text = (
        f"Go on after {moves.good_sessions} good sessions and {moves.days_between_steps} days. "
        f"Good: pain of {protocol.light.green_during} or less during the session, and back to "
        "usual next morning."
    )
    return {
        "id": stage.id,
        "title": stage.title,
        "description": " ".join((text, *(f"Before this stage: {gate}" for gate in gates))),
        **({"relatedAction": after} if after else {}),
        "definitionCanonical": urn(local_id("protocol", protocol.id, stage.id)),
    }


def _activity_definition(protocol: Protocol, stage: Stage, content: Catalogue) -> Json:
    name = local_id("protocol", protocol.id, stage.id)
    around = protocol.warm_up + protocol.cool_down if stage.runs else 0 * protocol.warm_up
    walks = (protocol.warm_up, protocol.cool_down) if stage.runs else ()
    sessions = "; then ".join(steps_text(session, *walks) for session in stage.sessions)
    return {
        **_definition("ActivityDefinition", name, content, protocol.review),
        "name": _camel(f"{protocol.id}-{stage.id}"),
        "title": stage.title,
        "description": f"{sessions}. {stage.effort} At least {stage.hours_between} hours apart.",
        "kind": "ServiceRequest",
        "code": {"coding": [coding(EXERCISE_THERAPY)], "text": stage.title},
        "intent": "proposal",
        "timingTiming": {
            "repeat": {
                "duration": minutes(time_of(stage.top) + around),
                "durationUnit": "min",
                "frequency": stage.per_week,
                "period": 1,
                "periodUnit": "wk",
            }
        },
    }
