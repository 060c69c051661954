"""A clinic's week table turned into the files of a content folder."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from pathlib import Path

from programgen.content.licence import licence_of, says_something, source_of
from programgen.content.protocol_file import Origin, protocol_text, reference_text
from programgen.content.reading import decode, parse, read_raw
from programgen.content.week_table import read_weeks
from programgen.core.catalogue import Catalogue, Reference
from programgen.core.exercise import Citation
from programgen.core.own_ladder import faults, ladder
from programgen.core.protocol import DEFAULT_PROTOCOL
from programgen.errors import ContentError, Problem
from programgen.resources import folder


@dataclass(frozen=True)
class Imported:
    """A ladder that was made from a week table."""

    name: str
    """Its identifier."""
    files: Mapping[Path, bytes]
    """What to write."""
    shipped: str
    """The ladder that lent its rules."""
    below: tuple[str, ...]
    """Its stages that stand below the first week."""
    licence: str
    """What may be done with it."""


def imported(
    table: Path,
    origin: Origin,
    name: str | None,
    target: Path,
    content: Catalogue,
    below: Traversable,
) -> Imported:
    """Turn a week table into the files of a folder that is laid over the content *below*.

    Raises:
        ContentError: everything that is wrong with the table, by its line, or with the names.
    """
    shipped = content.protocols[DEFAULT_PROTOCOL]
    made_up = name is None
    name = name or _name_of(origin.title)
    path, bibliography = target / "protocols" / f"{name}.yaml", target / "references.yaml"
    problems = [
        *_folder_faults(target),
        *(_nameless(origin, table) if made_up and not name else _name_faults(name, path, content)),
        *_text_faults(origin, table),
    ]
    origin, wrong = _checked(origin, table)
    problems += wrong
    try:
        weeks = read_weeks(table)
        problems += [
            Problem(str(table), line, 0, text, "week-table")
            for line, text in faults(weeks, shipped)
        ]
    except ContentError as error:
        problems += error.problems
    if problems:
        raise ContentError(problems)
    key = f"{name}-table"
    source = Citation(cite=key, supports=("the week table",), grade="practice")
    made = ladder(weeks, shipped, name=name, title=origin.title, source=source)
    lines = {f"step-{week.number}": week.line for week in weeks}
    text = protocol_text(made, origin, shipped.id, lines)
    sources = _with_reference(bibliography, key, origin.reference, below)
    files = {path: text.encode(), bibliography: sources.encode()}
    easier = tuple(stage.id for stage in made.stages if stage.id not in lines)
    return Imported(name, files, shipped.id, easier, origin.licence)


def _name_of(title: str) -> str:
    """Return a name for files: the letters a to z and the digits of a title.

    >>> _name_of("Läufer: zurück #1")
    'laufer-zuruck-1'
    """
    plain = unicodedata.normalize("NFKD", title.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def _folder_faults(target: Path) -> Iterator[Problem]:
    shipped = Path(str(folder("exercises") / "references.yaml")).resolve().parent
    asked = target.resolve()
    if asked == shipped or shipped in asked.parents:
        text = (
            "is the content that comes with the program and is replaced with its next version; "
            "name a folder of your own, such as -o my-clinic"
        )
        yield Problem(str(target), 0, 0, text, "output")


def _nameless(origin: Origin, table: Path) -> Iterator[Problem]:
    text = (
        f"the title '{origin.title[:60]}' has no letter from a to z to make a name for files of; "
        "give one with --id, such as --id my-ladder"
    )
    yield Problem(str(table), 0, 0, text, "name")


def _name_faults(name: str, path: Path, content: Catalogue) -> Iterator[Problem]:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        text = f"'{name}' is no name of a ladder; give one with --id, such as my-ladder"
        yield Problem(str(path.parent), 0, 0, text, "name")
    elif name in content.protocols or path.exists():
        text = "there is a ladder of this name; give another name with --id"
        yield Problem(str(path), 0, 0, text, "name")


def _text_faults(origin: Origin, table: Path) -> Iterator[Problem]:
    longest = {"title": 60, "author": 200, "licence": 200, "source": 500}
    for key, most in longest.items():
        text: str = getattr(origin, key)
        if not text.isprintable() or len(text) > most:
            message = f"--{key} must be one line of at most {most} plain signs"
            yield Problem(str(table), 0, 0, message, "origin")


def _checked(origin: Origin, table: Path) -> tuple[Origin, list[Problem]]:
    """Return the origin with its licence by identifier, and what it lacks."""
    found, problems = origin, []
    if not says_something(origin.author, 2):
        text = f"--author: '{origin.author[:60]}' is nobody; write who made the table"
        problems.append(Problem(str(table), 0, 0, text, "origin"))
    for key, read in (("licence", licence_of), ("source", source_of)):
        try:
            found = replace(found, **{key: read(getattr(origin, key))})
        except ValueError as error:
            problems.append(Problem(str(table), 0, 0, f"--{key}: {error}", "origin"))
    return found, problems


def _with_reference(path: Path, key: str, reference: Reference, below: Traversable) -> str:
    """Return the bibliography of a folder, or else ours, with one more source."""
    shown = str(path)
    text = decode(read_raw(path if path.exists() else below / "references.yaml", shown), shown)
    document = parse(text, shown)
    known = document.value.get(key) if isinstance(document.value, dict) else None
    if known is None:
        return f"{text.rstrip()}\n\n{reference_text(key, reference)}"
    if known != reference.model_dump(mode="json", exclude_none=True):
        message = f"'{key}' is another source already; give another name with --id"
        raise ContentError([document.problem((key,), message, "name")])
    return text
