"""Exercises that belong on one sheet, in the order in which they are done."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from programgen.core.base import Ident, Text, Value, in_order
from programgen.core.exercise import Citation, Dose, Review


class ExerciseSet(Value):
    """A named set for a quick sheet. The file name is its identifier."""

    id: Ident = "unnamed"
    """The file name; never written in the file."""
    title: Text
    """Heading of the sheet."""
    for_whom: Text
    """For whom and when, in plain words; printed below the heading."""
    exercises: tuple[Ident, ...] = Field(min_length=1, max_length=6)
    """Exercises in the order in which they are done."""
    doses: Annotated[Mapping[Ident, Dose], AfterValidator(in_order)] = Field(default_factory=dict)
    """Doses that differ from the start of the catalogue's range."""
    evidence: tuple[Citation, ...] = Field(min_length=1)
    """Where the choice, the order and the doses come from."""
    review: Review
    """Who checked it."""
