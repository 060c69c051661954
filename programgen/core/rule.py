"""The closed, tiny language of rules: conditions, effects, examples.

A condition is yes, no or unknown. Restricting rules know no 'not' and no upper
bound on a complaint, so that one more symptom can never switch a restriction off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from programgen.core.base import Ident, Text, Value
from programgen.core.exercise import Citation, Review
from programgen.core.quantities import Span
from programgen.core.vocabulary import Level, Reach

Measure = Literal["age", "pain-now", "pain-usual", "pain-worst", "pain-walking", "pain-running"]


class Condition(Value):
    """One question to the intake, or several joined; exactly one key."""

    answer: Ident | None = None
    """A screening or health question answered with yes."""
    worse: Ident | None = None
    """A movement that makes the pain worse."""
    better: Ident | None = None
    """A movement that makes the pain better."""
    area: Ident | None = None
    """The pain is felt here."""
    began: Ident | None = None
    """How the pain began."""
    ability: Ident | None = None
    """Entry rows only: the test was not passed, or was not done."""
    measure: Measure | None = None
    """A number of the intake, with at_least or above (below for the age)."""
    lasts: Span | None = None
    """The pain has lasted longer than this."""
    off_running: Span | None = None
    """Entry rows only: no running for at least this long."""
    all: tuple[Condition, ...] | None = None
    """Every one of these."""
    any: tuple[Condition, ...] | None = None
    """At least one of these."""
    count: int | None = Field(default=None, ge=1)
    """At least so many of the conditions under 'of'."""
    of: tuple[Condition, ...] | None = None
    """The conditions to count."""
    at_least: int | None = None
    """Lower bound, included."""
    above: int | None = None
    """Lower bound, not included."""
    below: int | None = None
    """Upper bound, not included; only for the age."""

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        keys = (
            "answer",
            "worse",
            "better",
            "area",
            "began",
            "ability",
            "measure",
            "lasts",
            "off_running",
            "all",
            "any",
            "count",
        )
        used = [key for key in keys if getattr(self, key) is not None]
        if len(used) != 1:
            message = f"a condition has exactly one of: {', '.join(keys)}"
            raise ValueError(message)
        bounds = [getattr(self, b) is not None for b in ("at_least", "above", "below")]
        if (self.measure is not None) != (sum(bounds) == 1):
            message = "'measure' goes with one of at_least, above, below"
            raise ValueError(message)
        if self.below is not None and self.measure != "age":
            message = "'below' is only for the age: less pain must never restrict more"
            raise ValueError(message)
        if (self.count is None) != (self.of is None):
            message = "'count' and 'of' go together"
            raise ValueError(message)
        return self

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions that this one joins."""
        return self.all or self.any or self.of or ()


def conditions(condition: Condition) -> Iterator[Condition]:
    """Yield a condition and all that it joins."""
    yield condition
    for part in condition.parts:
        yield from conditions(part)


class Effect(Value):
    """What a rule takes away, or tells."""

    level: Level = Level.SELF_CARE
    """How soon somebody has to look at it."""
    plan: Reach = Reach.FULL
    """The most that may be planned without a clinician."""
    with_clinician: Reach | None = None
    """The most that may be planned once a clinician has reviewed the intake
    (and, for a full plan, has cleared the runner to run); left out: the same."""
    bar: tuple[Ident, ...] = ()
    """Tags and conditions whose exercises are left out."""
    appointment: bool = False
    """Advise an appointment although self-care may go on."""
    tell: Text
    """What the handout says to the runner about it."""


class Example(Value):
    """A small intake and whether the rule fires on it."""

    name: Text
    """The fact in one sentence."""
    given: Mapping[str, object]
    """Intake keys; what is left out is unanswered."""
    fires: bool | Literal["unknown"]
    """The expected result."""


class Rule(Value):
    """One rule of the screening. The file name is its identifier."""

    id: Ident = "unnamed"
    """The file name; never written in the file."""
    group: Literal["stop", "refer", "limit", "pattern", "advise", "unnamed"] = "unnamed"
    """The folder: stop, refer, limit, pattern or advise."""
    code: Text | None = None
    """Code in the evidence tables, such as E1; shown to clinicians."""
    title: Text
    """What the rule is about, for clinicians."""
    when: Condition
    """When it fires."""
    then: Effect
    """What it takes away."""
    because: Text
    """Why, in plain words."""
    evidence: tuple[Citation, ...] = Field(min_length=1)
    """Where it comes from."""
    review: Review
    """Who checked it."""
    examples: tuple[Example, ...] = Field(min_length=2)
    """At least one that fires and one close by that does not."""

    @model_validator(mode="after")
    def _both_sides(self) -> Self:
        if {True, False} - {e.fires for e in self.examples}:
            message = "examples must show one case that fires and one that does not"
            raise ValueError(message)
        return self
