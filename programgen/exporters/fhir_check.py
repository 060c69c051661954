"""Whether a bundle keeps the rules of FHIR R4 that it relies on.

The models of fhir.resources find what is missing, unknown or of a wrong type. They know
which codes an element allows and do not enforce them; the walk below does, and it holds
every code, unit, reference and invariant of ours to its rule.
"""

from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from programgen.exporters.fhir_codes import CODES, UCUM, UNITS

Node = tuple[str, BaseModel]
"""A value and its place."""


def faults(bundle: dict[str, Any]) -> list[str]:
    """Return every fault of a bundle with its place, such as ``entry[2].resource.status``."""
    from fhir.resources.R4B.bundle import Bundle

    try:
        read = Bundle.model_validate(bundle)
    except ValidationError as error:
        return [
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
            for one in error.errors(include_url=False)
        ]
    nodes = list(_nodes(read, "Bundle"))
    return [
        fault
        for rule in (_allowed, _known_codes, _one_place, _invariants, _steps, _answered)
        for fault in rule(nodes)
    ]


def _nodes(value: Any, path: str) -> Iterator[Node]:
    """Yield a value and all that it holds, with their places."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _nodes(one, f"{path}[{number}]")
    elif isinstance(value, BaseModel):
        yield path, value
        for name in type(value).model_fields:
            yield from _nodes(getattr(value, name), f"{path}.{name}")


def _of(nodes: list[Node], kind: str) -> Iterator[tuple[str, Any]]:
    """Yield the values of one kind."""
    return ((path, value) for path, value in nodes if type(value).__name__ == kind)


def _allowed(nodes: list[Node]) -> Iterator[str]:
    """Every code is one of those that its element allows."""
    for path, value in nodes:
        for name, field in type(value).model_fields.items():
            extra = field.json_schema_extra
            allowed: Any = extra.get("enum_values") if isinstance(extra, dict) else None
            found = getattr(value, name)
            for one in found if isinstance(found, list) else [found]:
                # A list that ends in '+' names only the first codes.
                if allowed and "+" not in allowed and one is not None and one not in allowed:
                    yield f"{path}.{name}: '{one}' is not allowed here"


def _known_codes(nodes: list[Node]) -> Iterator[str]:
    """Every code and unit from elsewhere is one that was looked up."""
    for path, coding in _of(nodes, "Coding"):
        if (coding.system, coding.code, coding.display) not in CODES:
            yield f"{path}: the code '{coding.code}' of {coding.system} has not been looked up"
    for path, amount in _of(nodes, "Quantity"):
        if amount.system != UCUM or amount.code not in UNITS or amount.unit != amount.code:
            yield f"{path}: '{amount.code}' is not one of our units"


def _one_place(nodes: list[Node]) -> Iterator[str]:
    """Every resource has an address of its own, and every reference leads to one of them."""
    urls = [found.fullUrl for _, found in _of(nodes, "BundleEntry")]
    for url in sorted({url for url in urls if urls.count(url) > 1}):
        yield f"Bundle.entry: two entries have the address {url} (bdl-7)"
    for path, entry in _of(nodes, "BundleEntry"):
        if entry.fullUrl != f"urn:uuid:{entry.resource.id}":
            yield f"{path}: the address is not that of the resource (bdl-8)"
    for path, found in _of(nodes, "Reference"):
        if found.reference not in urls:
            yield f"{path}: {found.reference} is not in this bundle"


_INVARIANTS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    (
        "CarePlanActivity",
        lambda it: (it.detail is None) != (it.reference is None),
        "either a reference or a detail (cpl-3)",
    ),
    ("ServiceRequest", lambda it: it.code or not it.orderDetail, "details need a code (prr-1)"),
    (
        "GoalTarget",
        lambda it: it.measure or not it.detailQuantity,
        "an amount needs its measure (gol-1)",
    ),
    (
        "TimingRepeat",
        lambda it: (it.duration is None) == (it.durationUnit is None),
        "a duration and its unit go together (tim-1)",
    ),
    (
        "TimingRepeat",
        lambda it: (it.period is None) == (it.periodUnit is None),
        "a period and its unit go together (tim-2)",
    ),
    ("TimingRepeat", lambda it: (it.duration or 0) >= 0, "a duration is not negative (tim-4)"),
)
"""Kind of part, what holds for it, and how that reads, with the name in the specification."""


def _invariants(nodes: list[Node]) -> Iterator[str]:
    """The invariants of the specification on which these resources rest."""
    for kind, holds, text in _INVARIANTS:
        for path, value in _of(nodes, kind):
            if not holds(value):
                yield f"{path}: {text}"


def _steps(nodes: list[Node]) -> Iterator[str]:
    """Each step of a ladder that another one follows is there."""
    steps = {action.id for _, action in _of(nodes, "PlanDefinitionAction")}
    for path, other in _of(nodes, "PlanDefinitionActionRelatedAction"):
        if other.actionId not in steps:
            yield f"{path}: no action has the id '{other.actionId}'"


def _answered(nodes: list[Node]) -> Iterator[str]:
    """Each answer belongs to one question of the questionnaire and has its type."""
    asked: dict[str, str] = {}
    for path, question in _of(nodes, "QuestionnaireItem"):
        if question.linkId in asked:
            yield f"{path}: '{question.linkId}' stands twice (que-2)"
        if question.type not in _FIELD:
            yield f"{path}: '{question.type}' is no type of our questions"
        if (question.type == "group") != bool(question.item):
            yield f"{path}: a group, and only a group, has items (que-1)"
        asked[question.linkId] = question.type
    answers = list(_of(nodes, "QuestionnaireResponseItem"))
    links = [answer.linkId for _, answer in answers]
    for path, answer in answers:
        if answer.linkId not in asked:
            yield (
                f"{path}: '{answer.linkId}' is no question of this content; "
                "use the same --exercises or --add"
            )
            continue
        if links.count(answer.linkId) > 1:
            yield f"{path}: '{answer.linkId}' is answered twice"
        if bool(answer.answer) == bool(answer.item):
            yield f"{path}: either answers or items (qrs-1)"
        field = _FIELD.get(asked[answer.linkId], "")
        if any(getattr(given, field, None) is None for given in answer.answer or ()):
            yield f"{path}: '{answer.linkId}' has an answer of another type"


_FIELD = {
    "choice": "valueCoding",
    "integer": "valueInteger",
    "quantity": "valueQuantity",
    "string": "valueString",
    "group": "item",
}
"""Where the answer to a question of each type stands."""
