"""What every value of the domain has in common."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Value(BaseModel):
    """A frozen value that refuses unknown keys.

    What stands below a field explains it; ``content.schema`` writes it into the schema files.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        str_max_length=10_000,
        # Built when first used: a command uses a part of them.
        defer_build=True,
    )


Ident = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
"""A name from the vocabulary or of a file: lower case with hyphens."""

V = TypeVar("V")


def in_order(table: Mapping[str, V]) -> Mapping[str, V]:
    """Return a mapping by its keys: the order in which somebody wrote them means nothing."""
    return dict(sorted(table.items()))


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Words for a reader; never empty."""

Count = Annotated[int, Field(strict=True, ge=1, le=600)]
"""A whole number of things to do."""
