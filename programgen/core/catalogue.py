"""All content as one immutable value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ConfigDict, Field

from programgen.core.base import Ident, Text, Value
from programgen.core.exercise import Exercise
from programgen.core.exercise_set import ExerciseSet
from programgen.core.protocol import Protocol
from programgen.core.rule import Rule
from programgen.core.settings import Settings
from programgen.core.vocabulary import Vocabulary


class Reference(Value):
    """A source, in the terms of CSL."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Text
    """CSL type: article-journal, webpage, report, book …"""
    title: Text
    """Title."""
    author: tuple[Text, ...] = ()
    """People or bodies."""
    container_title: Text | None = None
    """Journal, site or publisher."""
    issued: Text | None = None
    """Year or date."""
    url: Text | None = None
    """Address."""
    doi: Text | None = None
    """Digital object identifier."""
    read: Text
    """How much was read: full, abstract, opening, secondary, background."""
    note: Text | None = None
    """Remark on provenance."""


class References(Value):
    """The bibliography."""

    entries: Mapping[Ident, Reference] = Field(default_factory=dict)
    """Sources by key."""


@dataclass(frozen=True)
class Catalogue:
    """Everything the planner needs besides the intake, sorted by identifier."""

    exercises: Mapping[str, Exercise]
    rules: Mapping[str, Rule]
    protocols: Mapping[str, Protocol]
    vocabulary: Vocabulary
    references: Mapping[str, Reference]
    settings: Settings
    fingerprint: str
    """First twelve hex digits of the SHA-256 over all content files."""
    sets: Mapping[str, ExerciseSet] = field(default_factory=dict)
    """Exercises that are handed out together."""
