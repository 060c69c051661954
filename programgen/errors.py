"""What can go wrong for a user, and the one exception tree that says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a file that somebody wrote.

    ``path`` is the file as the user named it, ``line`` and ``column`` count
    from 1 (0: the whole file or line), ``code`` names the kind of mistake.
    """

    path: str
    line: int
    column: int
    message: str
    code: str = "invalid"

    def __str__(self) -> str:
        """Read as ``file:line:column: what is wrong [code]``."""
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        return f"{place}: {self.message} [{self.code}]"


class ProgramgenError(Exception):
    """Something the user can mend; the text is fit for the user."""


class ContentError(ProgramgenError):
    """A file cannot be used; every problem found is listed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in the order of files and lines."""
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class NoPlanError(ProgramgenError):
    """The answers are sound, but no week can hold the plan; the text says why."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint such as ``; did you mean 'bird-dog'?``, or nothing."""
    close = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""
