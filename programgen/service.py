"""What the program can do, in plain values: the commands call nothing else."""

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from programgen import __version__
from programgen.content.intake_checks import check_intake, settled
from programgen.content.layers import Where, open_layers
from programgen.content.loading import load, load_checked
from programgen.content.pictures import pictures
from programgen.content.reading import Document, build, read
from programgen.content.ready import ready_values
from programgen.core.catalogue import Catalogue
from programgen.core.checker import violations, violations_since
from programgen.core.intake import Intake
from programgen.core.plan import Finding, OpenQuestions, Plan, Referral, Result
from programgen.core.planner import Order, make_plan, screened
from programgen.core.quality import Quality
from programgen.core.rule import conditions
from programgen.core.selection import select
from programgen.core.triage import has_lapsed, triage
from programgen.core.vocabulary import Level, Reach
from programgen.errors import ContentError, Problem, ProgramgenError, did_you_mean
from programgen.exporters.base import (
    Export,
    NothingToWriteError,
    ending_of,
    endings,
    exported,
    exported_protocol,
    holds,
    ladder_endings,
)
from programgen.render.fragments.store import Store
from programgen.render.house import PLAIN, HouseStyle, own_parts

if TYPE_CHECKING:
    from programgen.content.protocol_file import Origin
    from programgen.content.protocol_import import Imported
    from programgen.content.readability import Report
    from programgen.core.exercise import Dose
    from programgen.core.handout import Handout, Wish
    from programgen.core.log import Log

PRINTED = (".pdf", ".html", ".json")
"""What a plan can be written as without an exporter."""


@cache
def catalogue(path: Where = None) -> Catalogue:
    """Return the shipped content, or that of other folders, which is checked first."""
    root, shown = open_layers(path)
    if path is not None:
        return load_checked(root, shown)
    with suppress(ContentError):
        return load(root, shown, ready_values())[0]
    # Read once more, because what was read beforehand knows no places.
    return load(root, shown)[0]


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
        _refuse(violations(result, content))
    return result


def _refuse(broken: list[str]) -> None:
    if broken:
        listed = "\n  ".join(broken)
        message = f"the plan breaks its own rules; please report this:\n  {listed}"
        raise BrokenPlanError(message)


def updated(
    in_hand: Plan | Referral, log: "Log", content: Catalogue, *, today: date
) -> Plan | Referral:
    """Return the next version of a plan, checked, or the plan itself if nothing has changed.

    Raises:
        NoPlanError: a week can no longer hold the plan.
        BrokenPlanError: the new version breaks a rule; a fault of the program.
    """
    from programgen.core.replan import replan

    result = replan(in_hand, log, content, today=today, program=__version__)
    if result is not in_hand:
        alone = violations(result, content) if isinstance(result, Plan) else []
        _refuse([*alone, *violations_since(in_hand, result, content)])
    return result


class BrokenPlanError(ProgramgenError):
    """The independent checker found a broken rule, so the plan is not shown."""


def document(
    result: Result,
    content: Catalogue,
    suffix: str,
    paper: str,
    folder_path: Where = None,
    house: HouseStyle = PLAIN,
    *,
    edition: str = "standard",
    blocks: Path | None = None,
) -> bytes:
    """Return a result as the bytes of a file; pictures come from the content folder.

    ``.pdf`` is for paper, ``.html`` for a phone: there paper and edition do not matter.
    *blocks* is a folder for parts of pages, so that they need not be made again.
    """
    if suffix == ".json":
        return saved(result)
    if suffix == ".html":
        from programgen.render.phone import phone_html

        found = _pictures_of(result, content, folder_path)
        return phone_html(result, content, found, house).encode()
    from programgen.render.fragments.printing import printed

    page, pictures = _paper(result, content, paper, folder_path, house, edition)
    return printed(page, pictures, house, _store(blocks))


def print_page(
    result: Result,
    content: Catalogue,
    paper: str,
    folder_path: Where = None,
    house: HouseStyle = PLAIN,
    *,
    edition: str = "standard",
) -> str:
    """Return the page (HTML) that the .pdf of a result is printed from."""
    return _paper(result, content, paper, folder_path, house, edition)[0]


def _paper(
    result: Result,
    content: Catalogue,
    paper: str,
    folder_path: Where,
    house: HouseStyle,
    edition: str,
) -> tuple[str, Mapping[str, str]]:
    from programgen.render.editions import EDITIONS
    from programgen.render.page import html

    found = _pictures_of(result, content, folder_path)
    pictures = EDITIONS[edition].pictures(found)
    return html(result, content, pictures, paper, edition, house=house), pictures


def _pictures_of(result: Result, content: Catalogue, path: Where) -> dict[str, str]:
    """Return the pictures of everything that a plan has a card or a topic for."""
    if not isinstance(result, Plan):
        return {}
    walk = content.protocols[result.provenance.protocol].walk_card
    return picture_texts(path, (*result.exercises, *result.self_care, *([walk] if walk else ())))


def progress(
    result: Result,
    content: Catalogue,
    suffix: str,
    paper: str,
    house: HouseStyle = PLAIN,
    *,
    edition: str = "standard",
) -> bytes:
    """Return the way so far as the bytes of a page; of a withdrawn plan, its way until then.

    Raises:
        ProgramgenError: there is no plan, or no week of it has begun.
    """
    from programgen.render.progress_page import progress_html

    plan = result.before if isinstance(result, Referral) else result
    if not isinstance(plan, Plan):
        raise ProgramgenError("there is no plan yet, so there is no way to show")
    if isinstance(result, Referral) and not plan.progress:
        raise ProgramgenError("the plan was withdrawn before there was a way to show")
    return _printed(partial(progress_html, plan, content, paper, edition, house), suffix, {}, house)


def saved(value: BaseModel) -> bytes:
    """Return a value as the bytes of a .json file."""
    return (value.model_dump_json(indent=2, exclude_none=True) + "\n").encode()


def _printed(
    page: Callable[..., str],
    suffix: str,
    pictures: Mapping[str, str],
    house: HouseStyle = PLAIN,
) -> bytes:
    """Return a page as a .pdf, or as .html that needs no other file."""
    if suffix == ".html":
        return page(inline=True).encode()
    from programgen.render.fragments.printing import printed

    return printed(page(), pictures, house, _store(None))


@cache
def _store(blocks: Path | None) -> Store:
    """Return the parts of pages that this process, or a folder, remembers."""
    return Store(blocks)


def with_quality(result: Result, content: Catalogue, page: str, printed: bytes) -> Result:
    """Return a result that carries the quality card of its PDF; *page* is the same as HTML.

    Raises:
        ProgramgenError: the extra 'quality' is not installed.
    """
    from programgen.content.page_text import page_grade
    from programgen.render.quality import quality

    card = quality(result, content, page, printed)
    graded = Quality(checks=(*card.checks, page_grade(page)))
    return result.model_copy(update={"quality": graded})


def house_style(clinic: Path | None, templates: str | None) -> HouseStyle:
    """Read the clinic file and the clinic's own parts of the page.

    Raises:
        ContentError: every problem of both.
    """
    if clinic is None and templates is None:
        return PLAIN
    from programgen.content.letterhead import read_letterhead
    from programgen.content.parts import read_parts

    problems: list[Problem] = []
    letterhead, parts = None, {}
    try:
        letterhead = read_letterhead(clinic) if clinic else None
    except ContentError as error:
        problems += error.problems
    try:
        parts = read_parts(templates) if templates else {}
    except ContentError as error:
        problems += error.problems
    if problems:
        raise ContentError(problems)
    return HouseStyle(letterhead, own_parts(parts))


def paper_of(asked: str | None, house: HouseStyle) -> str:
    """Return the paper: what was asked for, else that of the clinic, else A4."""
    usual = house.letterhead.clinic.paper if house.letterhead else None
    return asked or usual or "a4"


def handout(
    wish: "Wish",
    content: Catalogue,
    *,
    made_on: date,
    doses: Iterable[str] = (),
    intake: Intake | None = None,
) -> "Handout | Referral | OpenQuestions":
    """Return a quick sheet, or what stands in its way if answers are given.

    *doses* are written as ``ID=DOSE``.

    Raises:
        ProgramgenError: everything that is wrong with the wish, in plain words.
    """
    from programgen.core.handout import barred, chosen, faults, make_handout

    given, wrong = _doses(doses, content)
    block = intake.clinician if intake else None
    names = chosen(wish, content)
    usual = {name: dose for name, dose in block.doses.items() if name in names} if block else {}
    wish = replace(wish, doses={**usual, **given}, name=_plain(wish.name), note=_plain(wish.note))
    wrong += faults(wish, content)
    if wrong:
        raise ProgramgenError("\n".join(wrong))
    if intake is None:
        return make_handout(wish, content, made_on=made_on, program=__version__)
    order = Order(start=made_on, made_on=made_on, program=__version__)
    screening, kept_back = screened(intake, content, order)
    if kept_back is not None:
        return kept_back
    out = [
        f"'{name}' does not suit: {why}" for name, why in barred(wish, content, intake, screening)
    ]
    if out:
        raise ProgramgenError("\n".join(out))
    wish = replace(
        wish,
        name=wish.name or intake.who.name,
        note=wish.note or (block.note if block else None),
    )
    return make_handout(wish, content, made_on=made_on, program=__version__, screening=screening)


def _plain(text: str | None) -> str | None:
    """Return text from the command line without control signs; None where nothing is left."""
    kept = "".join(sign for sign in text or "" if sign.isprintable() or sign == "\n")
    return kept.strip() or None


def _doses(texts: Iterable[str], content: Catalogue) -> tuple[dict[str, "Dose"], list[str]]:
    """Read doses written as ``ID=DOSE``; return them, and what is wrong with the others."""
    from programgen.core.dose_notation import parse_dose

    found: dict[str, Dose] = {}
    wrong = []
    for text in texts:
        name, equals, amount = (part.strip() for part in text.partition("="))
        exercise = content.exercises.get(name)
        if not equals:
            wrong.append(f"'{text}' is no dose; write it as bird-dog='2x8 5 s'")
        elif name in found:
            wrong.append(f"'{name}' has two doses; give one")
        else:
            try:
                like = exercise.doses.start if exercise and exercise.doses else None
                found[name] = parse_dose(amount, like)
            except ValueError as error:
                wrong.append(f"the dose of '{name}': {error}")
    return found, wrong


def handout_document(
    sheet: "Handout",
    content: Catalogue,
    suffix: str,
    paper: str,
    path: Where = None,
    house: HouseStyle = PLAIN,
) -> bytes:
    """Return a quick sheet as the bytes of a file."""
    if suffix == ".json":
        return saved(sheet)
    from programgen.render.handout import handout_html

    found = picture_texts(path, [item.exercise for item in sheet.items])
    page = partial(handout_html, sheet, content, found, paper, house)
    return _printed(page, suffix, found, house)


def sheet(content: Catalogue, suffix: str, paper: str, made_on: date, path: Where) -> bytes:
    """Return the illustrated catalogue as the bytes of a file."""
    from programgen.render.sheet import sheet_html

    found = picture_texts(path, content.exercises)
    page = partial(sheet_html, content, found, paper, made_on, __version__)
    return _printed(page, suffix, found)


def signoff(
    content: Catalogue,
    suffix: str,
    paper: str,
    made_on: date,
    *,
    intake: Path | None = None,
    family: str | None = None,
    path: Where = None,
    house: HouseStyle = PLAIN,
) -> bytes:
    """Return the sign-off sheet as the bytes of a file.

    It holds what the plan of an intake rests on, one family or group, or everything.

    Raises:
        ProgramgenError: there is no such family, or the answers are not sound.
    """
    from programgen.render.signoff import Chosen, signoff_html

    if intake is not None:
        result = plan(
            read_intake(intake, content, made_on), content, start=made_on, made_on=made_on
        )
        about = f"What the plan for '{intake.name}' rests on."
        on_sheet = Chosen(about, *_basis(result, content))
    else:
        on_sheet = Chosen(*_family(content, family))
    found = picture_texts(path, on_sheet.exercises)
    page = partial(signoff_html, on_sheet, content, found, paper, made_on, __version__, house)
    return _printed(page, suffix, found, house)


def _basis(
    result: Result, content: Catalogue
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the exercises, rules and ladder that a result rests on."""
    if isinstance(result, OpenQuestions):
        raise ProgramgenError("questions are open; answer them, or run 'programgen explain'")
    rules = tuple(found.rule for found in result.findings)
    if isinstance(result, Referral):
        return (), rules, ()
    protocol = result.provenance.protocol
    walk = content.protocols[protocol].walk_card
    names = dict.fromkeys((*result.exercises, *([walk] if walk else []), *result.self_care))
    return tuple(names), rules, (protocol,)


def _family(
    content: Catalogue, family: str | None
) -> tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return what a sheet covers: a sentence, exercises, rules, ladders, sets."""
    exercises = {e.family for e in content.exercises.values()}
    groups = {r.group for r in content.rules.values()}
    known = exercises | groups | {"protocols", "sets"}
    if family is not None and family not in known:
        listed = ", ".join(sorted(known))
        message = f"'{family}' is not a family{did_you_mean(family, known)} (known: {listed})"
        raise ProgramgenError(message)
    return (
        f"All entries of '{family}'." if family else "All content.",
        tuple(n for n, e in content.exercises.items() if family in (None, e.family)),
        tuple(n for n, r in content.rules.items() if family in (None, r.group)),
        tuple(content.protocols) if family in (None, "protocols") else (),
        tuple(content.sets) if family in (None, "sets") else (),
    )


def picture_texts(path: Where, names: Iterable[str]) -> dict[str, str]:
    """Return the SVG text of each exercise that has a picture."""
    return pictures(*open_layers(path), names)


def plan_endings() -> tuple[str, ...]:
    """Return every ending that a plan can be written with."""
    return (*PRINTED, *endings())


def check_outputs(
    paths: tuple[Path, ...], source: Path | None, known: tuple[str, ...] = PRINTED
) -> None:
    """Refuse outputs that cannot be written, or would overwrite the source, before any work."""
    problems = []
    for path in paths:
        if source is not None and path.exists() and path.samefile(source):
            text = "is the file that is read; choose another name"
            problems.append(Problem(str(path), 0, 0, text, "output"))
        if not path.name.lower().endswith(known):
            text = f"ends in none of {', '.join(sorted(known))}"
            problems.append(Problem(str(path), 0, 0, text, "suffix"))
        elif path.is_dir():
            problems.append(Problem(str(path), 0, 0, "is a folder", "output"))
        elif not path.parent.is_dir():
            text = f"the folder '{path.parent}' does not exist; make it first"
            problems.append(Problem(str(path), 0, 0, text, "output"))
    if problems:
        raise ContentError(problems)


def files_of(
    result: Result,
    outputs: Iterable[Path],
    printed: Callable[[Result, str], bytes],
    wanted: Export,
) -> tuple[dict[Path, bytes], dict[Path, str]]:
    """Return the bytes of each output, and why there is nothing to write in the others.

    *printed* returns a result in one of the endings of ``PRINTED``; all others have their
    exporter. Where no plan was made, only a page, a note, a record of the referral or a
    calendar that has to be taken back holds anything. What has nothing to tell never keeps
    the other files from being made, such as the page that says why no run is planned.

    Raises:
        ProgramgenError: a format cannot hold the plan, its packages are missing, or not one
            of the outputs of a plan has anything to tell.
    """
    known, made, empty = endings(), dict[str, bytes](), dict[Path, str]()
    files = {}
    for path in outputs:
        ending = ending_of(path.name, known)
        suffix = path.suffix.lower()
        if ending is None:
            made[suffix] = made.get(suffix) or printed(result, suffix)
            files[path] = made[suffix]
        elif holds(result, known[ending]):
            try:
                files[path] = exported(known[ending], result, wanted)
            except NothingToWriteError as error:
                empty[path] = str(error)
        else:
            empty[path] = "there is no plan"
    if isinstance(result, Plan) and empty and not files:
        raise NothingToWriteError(next(iter(empty.values())))
    return files, empty


def ladder_files(protocol: str, content: Catalogue, outputs: tuple[Path, ...]) -> dict[Path, bytes]:
    """Return the bytes of each output of a ladder.

    Raises:
        ProgramgenError: a name is not fit, or packages are missing.
    """
    known = ladder_endings()
    check_outputs(outputs, None, tuple(known))
    return {
        path: exported_protocol(
            known[ending_of(path.name, known) or ""], content.protocols[protocol], content
        )
        for path in outputs
    }


STALE = 3600.0
"""Seconds after which a temporary file is certainly no longer being written."""

_TEMPORARY = ".programgen-new"


def write_all(files: Mapping[Path, bytes], like: Path | None = None) -> None:
    """Write files so that each is whole or untouched: temporary file, then move.

    A link is followed. A new file can be read by whom *like* can be read by, if that exists.

    Raises:
        ContentError: a file cannot be written; none is left half-written.
    """
    ready: list[tuple[Path, Path]] = []
    path = Path()
    try:
        for path, content in files.items():
            target = Path(os.path.realpath(path))
            handle, name = tempfile.mkstemp(_TEMPORARY, f".{target.name}.", target.parent)
            ready.append((Path(name), target))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            model = next((p for p in (target, like) if p is not None and p.exists()), None)
            Path(name).chmod(model.stat().st_mode & 0o777 if model else 0o666 & ~_umask())
        for temporary, target in ready:
            temporary.replace(target)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        problem = Problem(str(path), 0, 0, f"cannot be written: {reason}", "output")
        raise ContentError([problem]) from None
    finally:
        for temporary, _ in ready:
            temporary.unlink(missing_ok=True)


def sweep(written: Iterable[Path]) -> None:
    """Delete what killed writers of the same files have left beside them.

    Age is told by the clock of the disk: against a file that was written just now.
    """
    for path in written:
        target = Path(os.path.realpath(path))
        now = target.stat().st_mtime
        with os.scandir(target.parent) as found:
            for old in found:
                ours = old.name.startswith(f".{target.name}.") and old.name.endswith(_TEMPORARY)
                if ours and now - old.stat(follow_symlinks=False).st_mtime > STALE:
                    Path(old.path).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def import_protocol(
    table: Path, origin: "Origin", name: str | None, target: Path, where: Where = None
) -> "Imported":
    """Turn a week table into the files of a content folder that can be laid over ours.

    Raises:
        ContentError: everything that is wrong with the table, by its line, or with the names.
    """
    from programgen.content.protocol_import import imported

    return imported(table, origin, name, target, catalogue(where), open_layers(where)[0])


def write_imported(made: "Imported", target: Path) -> None:
    """Write the files of an imported ladder, all or none, into a folder that may be new."""
    (target / "protocols").mkdir(parents=True, exist_ok=True)
    write_all(made.files)


def lint(path: Where) -> tuple[tuple[Problem, ...], dict[str, int]]:
    """Return all problems of a content folder and how much was read."""
    from programgen.content.checks import check
    from programgen.content.examples import check_examples
    from programgen.content.readability import too_hard
    from programgen.illustrate import check_pictures

    root, shown = open_layers(path)
    try:
        content, documents = load(root, shown)
    except ContentError as error:
        return error.problems, {}
    problems = [
        *check(content, documents),
        *check_examples(content, documents),
        *check_pictures(root, shown, content.exercises),
        *too_hard(documents),
    ]
    counts = {
        "exercises": len(content.exercises),
        "rules": len(content.rules),
        "protocols": len(content.protocols),
        "sets": len(content.sets),
        "sources": len(content.references),
    }
    return tuple(sorted(set(problems))), counts


def readability(path: Where) -> "Report":
    """Return how hard the patient text of a content folder is.

    Raises:
        ContentError: every problem in files that cannot be read.
    """
    from programgen.content.readability import report

    return report(load(*open_layers(path))[1])


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
    from programgen.content.examples import BARE

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
    from programgen.content.examples import example_intake

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
