"""The examples inside each rule, run on the rule itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from programgen.content.reading import Document, build
from programgen.core.catalogue import Catalogue
from programgen.core.intake import Intake
from programgen.core.rule import Rule
from programgen.core.triage import truth
from programgen.errors import ContentError, Problem

BARE = {
    "history": {"off_running": "0 days"},
    "pain": {},
    "week": {},
    "goal": {"run": "30 min"},
}
"""The least that makes an intake; an example adds only what matters."""


def example_intake(given: Mapping[str, Any]) -> Intake:
    """Return the intake of an example: what is not given is unanswered.

    Raises:
        ContentError: the example uses keys that an intake does not have.
    """
    return build(Intake, Document("example", {**BARE, **given}))


def check_examples(catalogue: Catalogue, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Yield a problem for every example that turns out differently."""
    for rule in catalogue.rules.values():
        document = documents[f"rules/{rule.group}/{rule.id}.yaml"]
        yield from _wrong(rule, document)


def _wrong(rule: Rule, document: Document) -> Iterator[Problem]:
    for number, example in enumerate(rule.examples):
        where = ("examples", number)
        try:
            result = truth(rule.when, example_intake(example.given))
        except ContentError as error:
            text = "; ".join(p.message for p in error.problems)
            yield document.problem(where, f"the example is no intake: {text}", "example")
            continue
        got = {True: "fires", False: "does not fire", None: "stays unknown"}
        expected = None if example.fires == "unknown" else example.fires
        if result is not expected:
            yield document.problem(
                where,
                f"'{example.name}' {got[result]}, but should be: {got[expected]}",
                "example",
            )
