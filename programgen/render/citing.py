"""Numbers for sources, given in the order in which the pages name them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from programgen.core.catalogue import Reference
from programgen.core.reasons import Reason
from programgen.core.words import reference_text


@dataclass(frozen=True)
class Source:
    """A source with its number."""

    number: int
    text: str


class Cited:
    """Numbers the sources in the order in which they are first cited."""

    def __init__(self, references: Mapping[str, Reference]) -> None:
        self.references = references
        self.numbers: dict[str, int] = {}

    def marks(self, keys: Iterable[str]) -> str:
        """Return the numbers of sources, such as '[1, 4]'."""
        numbers = sorted({self.numbers.setdefault(k, len(self.numbers) + 1) for k in keys})
        return f"[{', '.join(map(str, numbers))}]" if numbers else ""

    def marked(self, text: str, keys: Iterable[str]) -> str:
        """Return a text with the numbers of its sources."""
        marks = self.marks(keys)
        return f"{text} {marks}" if marks else text

    def with_numbers(self, reason: Reason) -> str:
        """Return a reason with the numbers of its sources."""
        return self.marked(reason.text, reason.cite)

    def sources(self) -> tuple[Source, ...]:
        """Return the sources in order."""
        return tuple(
            Source(number, reference_text(self.references[key]))
            for key, number in self.numbers.items()
            if key in self.references
        )
