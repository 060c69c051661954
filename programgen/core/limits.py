"""What a plan may still contain.

Rules only ever take away. Two sets of limits therefore combine in any order to
the same result: the stricter of the two, item by item.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from programgen.core.vocabulary import Level, Reach


@dataclass(frozen=True)
class Limits:
    """The ceiling that triage sets for selection and scheduling."""

    level: Level = Level.SELF_CARE
    """How soon somebody has to look at the back."""
    reach: Reach = Reach.FULL
    """How much of a plan may be made."""
    bar: frozenset[str] = frozenset()
    """Tags and conditions whose exercises are left out."""

    def __and__(self, other: "Limits") -> "Limits":
        """Return the stricter of the two, item by item."""
        return Limits(
            level=max(self.level, other.level, key=lambda level: level.rank),
            reach=min(self.reach, other.reach, key=lambda reach: reach.rank),
            bar=self.bar | other.bar,
        )


def strictest(limits: Iterable[Limits]) -> Limits:
    """Combine any number of limits, in any order."""
    return reduce(Limits.__and__, limits, Limits())
