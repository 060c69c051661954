"""What the program can do, in plain values: the commands call nothing else."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from programgen import __version__
from programgen.content.checks import check, conditions
from programgen.content.examples import BARE, check_examples, example_intake
from programgen.content.intake_checks import check_intake, settled
from programgen.content.loading import load, load_checked, open_folder
from programgen.content.reading import Document, build, read
from programgen.core.catalogue import Catalogue
from programgen.core.checker import violations
from programgen.core.intake import Intake
from programgen.core.plan import Finding, Plan, Result
from programgen.core.planner import Order, make_plan
from programgen.core.selection import select
from programgen.core.triage import has_lapsed, triage
from programgen.core.vocabulary import Level, Reach
from programgen.errors import ContentError, Problem, ProgramgenError
from programgen.illustrate import check_pictures, pictures
from programgen.render.fragments.store import Store
from programgen.resources import folder

SUFFIXES = (".pdf", ".html", ".json")
"""What a plan can be written as."""


@cache
def catalogue(path: str | None = None) -> Catalogue:
    """Return the shipped content, or that of a folder, which is checked first."""
    if path is None:
        return load(folder("exercises"))[0]
    return load_checked(open_folder(path), path)


def read_intake(path: Path, content: Catalogue, today: date) -> Intake:
    """Read and check an intake file.

    Raises:
        ContentError: every problem with file, line and column.
    """
    return intake_of(read(path), content, today)


def intake_of(document: Document, content: Catalogue, today: date) -> Intake:
    """Turn a document into a checked intake."""
    intake = build(Intake, document)
    problems = check_intake(intake, document, content, today)
    if problems:
        raise ContentError(problems)
    return intake


def plan(
    intake: Intake,
    content: Catalogue,
    *,
    start: date,
    made_on: date,
    weeks: int | None = None,
    protocol: str | None = None,
) -> Result:
    """Make a plan and have the independent checker read it.

    Raises:
        NoPlanError: no week can hold the plan.
        AssertionError: the plan breaks a rule; a fault of the program.
    """
    order = Order(start=start, made_on=made_on, program=__version__, weeks=weeks, protocol=protocol)
    result = make_plan(intake, content, order)
    if isinstance(result, Plan):
        broken = violations(result, content)
        if broken:
            listed = "\n  ".join(broken)
            message = f"the plan breaks its own rules; please report this:\n  {listed}"
            raise BrokenPlanError(message)
    return result


class BrokenPlanError(ProgramgenError):
    """The independent checker found a broken rule, so the plan is not shown."""


def document(
    result: Result,
    content: Catalogue,
    suffix: str,
    paper: str,
    folder_path: str | None = None,
    *,
    blocks: Path | None = None,
) -> bytes:
    """Return a result as the bytes of a file; pictures come from the content folder.

    *blocks* is a folder for parts of pages, so that they need not be made again.
    """
    if suffix == ".json":
        return (result.model_dump_json(indent=2, exclude_none=True) + "\n").encode()
    from programgen.render.page import html

    names = (*result.exercises, *result.self_care) if isinstance(result, Plan) else ()
    walk = content.protocols[result.provenance.protocol].walk_card
    pictures = picture_texts(folder_path, (*names, *([walk] if walk else ())))
    if suffix == ".html":
        return html(result, content, pictures, paper, inline=True).encode()
    from programgen.render.fragments.printing import printed

    return printed(html(result, content, pictures, paper), pictures, _store(blocks))


@cache
def _store(blocks: Path | None) -> Store:
    """Return the parts of pages that this process, or a folder, remembers."""
    return Store(blocks)


def sheet(content: Catalogue, suffix: str, paper: str, made_on: date, path: str | None) -> bytes:
    """Return the illustrated catalogue as the bytes of a file."""
    from programgen.render.sheet import sheet_html

    found = picture_texts(path, content.exercises)
    inline = suffix == ".html"
    page = sheet_html(content, found, paper, made_on, __version__, inline=inline)
    if inline:
        return page.encode()
    from programgen.render.pdf import pdf

    return pdf(page, found)


def picture_texts(path: str | None, names: Iterable[str]) -> dict[str, str]:
    """Return the SVG text of each exercise that has a picture."""
    found = pictures(content_root(path))
    return {n: found[n].read_text(encoding="utf-8") for n in dict.fromkeys(names) if n in found}


def content_root(path: str | None) -> Traversable:
    """Return the shipped content folder, or the one that the user named."""
    return folder("exercises") if path is None else open_folder(path)


def check_outputs(paths: tuple[Path, ...], intake: Path) -> None:
    """Refuse outputs that cannot be written, or would overwrite the answers, before any work."""
    problems = []
    for path in paths:
        if path.exists() and path.samefile(intake):
            text = "is the file with the answers; choose another name"
            problems.append(Problem(str(path), 0, 0, text, "output"))
        if path.suffix.lower() not in SUFFIXES:
            text = f"ends in none of {', '.join(SUFFIXES)}"
            problems.append(Problem(str(path), 0, 0, text, "suffix"))
        elif path.is_dir():
            problems.append(Problem(str(path), 0, 0, "is a folder", "output"))
        elif not path.parent.is_dir():
            text = f"the folder '{path.parent}' does not exist; make it first"
            problems.append(Problem(str(path), 0, 0, text, "output"))
    if problems:
        raise ContentError(problems)


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write files so that each is whole or untouched: temporary file, then move.

    Raises:
        ContentError: a file cannot be written; none is left half-written.
    """
    ready: list[tuple[str, Path]] = []
    path = Path()
    try:
        for path, content in files.items():
            handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            ready.append((temporary, path))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o666 & ~_umask())
        for temporary, path in ready:
            Path(temporary).replace(path)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        problem = Problem(str(path), 0, 0, f"cannot be written: {reason}", "output")
        raise ContentError([problem]) from None
    finally:
        for temporary, _ in ready:
            Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def lint(path: str | None) -> tuple[tuple[Problem, ...], dict[str, int]]:
    """Return all problems of a content folder and how much was read."""
    root, shown = (folder("exercises"), "exercises") if path is None else (open_folder(path), path)
    try:
        content, documents = load(root, shown)
    except ContentError as error:
        return error.problems, {}
    problems = [
        *check(content, documents),
        *check_examples(content, documents),
        *check_pictures(root, shown, content.exercises),
    ]
    counts = {
        "exercises": len(content.exercises),
        "rules": len(content.rules),
        "protocols": len(content.protocols),
        "sources": len(content.references),
    }
    return tuple(sorted(set(problems))), counts


def suitable(path: Path, content: Catalogue, today: date) -> frozenset[str]:
    """Return the exercises that suit an intake; none while it stops the plan."""
    intake = read_intake(path, content, today)
    screening = triage(intake, content, lapsed=has_lapsed(intake, content, today))
    if screening.is_open or screening.limits.reach is Reach.NONE:
        message = (
            f"{path}: no exercise is offered, because the answers stop the plan or questions "
            f"are open; run 'programgen explain {path}'"
        )
        raise ProgramgenError(message)
    return frozenset(select(intake, content, screening).suitable)


def read_part(path: Path) -> dict[str, Any]:
    """Read unfinished answers.

    Raises:
        ContentError: the file has been damaged.
    """
    document = read(path)
    found = document.value
    parts = ("who", "answers", "pain", "history", "abilities", "week")
    if not isinstance(found, dict) or any(
        key in found and not isinstance(found[key], dict) for key in parts
    ):
        raise ContentError([Problem(str(path), 1, 1, "is damaged; delete it", "shape")])
    build(Intake, Document(document.path, {**BARE, **_known(found)}, document.marks))
    return found


def write_part(path: Path, answers: Mapping[str, Any]) -> None:
    """Keep unfinished answers."""
    write_all({path: _yaml(answers)})


def write_intake(path: Path, answers: Mapping[str, Any]) -> None:
    """Write finished answers with a line that says what they are for."""
    head = b"# Answers for 'programgen plan'. You can change them by hand.\n\n"
    write_all({path: head + _yaml(answers)})


def _yaml(answers: Mapping[str, Any]) -> bytes:
    import yaml

    text: str = yaml.safe_dump(dict(answers), sort_keys=False, allow_unicode=True, width=100)
    return text.encode()


def _partial(answers: Mapping[str, Any]) -> Intake:
    """Return unfinished answers as an intake: what is missing is unanswered."""
    return example_intake(_known(answers))


def _known(answers: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("who", "answers", "pain", "worse", "better")
    return {key: answers[key] for key in keys if answers.get(key)}


def late_questions(content: Catalogue) -> frozenset[str]:
    """Return the screening questions that matter only once it is known how long it hurts."""
    rules = [list(conditions(rule.when)) for rule in content.rules.values()]
    lasting = [parts for parts in rules if any(part.lasts for part in parts)]
    other = {p.answer for parts in rules if parts not in lasting for p in parts}
    return frozenset(p.answer for parts in lasting for p in parts if p.answer) - other


def open_questions(answers: Mapping[str, Any], content: Catalogue) -> frozenset[str]:
    """Return the screening questions that unfinished answers leave open."""
    return frozenset(triage(_partial(answers), content).open_questions)


def settled_questions(answers: Mapping[str, Any]) -> frozenset[str]:
    """Return the screening questions to which other answers already say yes."""
    return frozenset(settled(_partial(answers)))


def warning(answers: Mapping[str, Any], content: Catalogue) -> Finding | None:
    """Return the gravest stopping rule that unfinished answers already fire."""
    found = triage(_partial(answers), content).findings
    return found[0] if found and found[0].level.rank >= Level.URGENT.rank else None
