"""Answers given as options, so that each message names the option it is about."""

from programgen.content.reading import Document, Place
from programgen.errors import Problem

_NAMED = {"answers": "--answer", "abilities": "--ability", "activities": "--can"}
_FLAGS = {**_NAMED, "first": "--away", "last": "--away", "by": "--release-by"}
_WHOLE = {"away": "--away", "void": "--void"}


class Given(Document):
    """The fields of one entry as they were given on the command line."""

    def problem(self, where: Place, message: str, code: str) -> Problem:
        """Return a problem with the option that it is about in the place of a file."""
        kind = self.value.get("kind")
        field = str(where[0]) if where else ""
        if not field or field == "kind":
            flag = _WHOLE.get(kind, "--day")
        elif field == "supersedes":
            flag = "--void" if kind == "void" else "--correct"
        else:
            flag = _FLAGS.get(field, f"--{field.replace('_', '-')}")
        named = f" {where[1]}" if field in _NAMED and len(where) > 1 else ""
        return Problem(f"{flag}{named}", 0, 0, message, code)


def asked(fields: dict[str, object]) -> Document:
    """Return answers that were asked for on a terminal; they stand in no line."""
    return Document("your answers", fields, {(): (0, 0)})
