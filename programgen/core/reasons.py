"""Why something was chosen, changed or left out."""

from collections.abc import Iterable

from programgen.core.base import Ident, Text, Value


class Reason(Value):
    """One reason in plain words, with the rule and the sources behind it."""

    text: Text
    """A sentence for the runner."""
    rule: Ident | None = None
    """Rule, stage or setting that it comes from."""
    cite: tuple[Ident, ...] = ()
    """Keys in references.yaml."""


def citations(evidence: Iterable[object]) -> tuple[str, ...]:
    """Return the keys of citations, each once, in order."""
    return tuple(dict.fromkeys(entry.cite for entry in evidence))  # type: ignore[attr-defined]
