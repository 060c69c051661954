"""Handouts for many people: read, make, write, and keep a report that allows to go on.

Rows are read one at a time and made by an executor; the pages come back as bytes and are
written here, so that a cluster needs no shared disk. ``report.csv`` grows by one line for
each row while the work goes on and is put in order at the end.
"""

import csv
import hashlib
import json
import os
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, astuple, dataclass, fields, replace
from datetime import date
from functools import cache
from importlib.metadata import version
from io import StringIO
from itertools import chain, islice
from pathlib import Path

from programgen import __version__, service
from programgen.content.layers import Where, files
from programgen.content.rows import Row, read_base, rows
from programgen.core.plan import Plan, Referral, Result
from programgen.errors import ContentError, Problem, ProgramgenError
from programgen.render.house import HouseStyle
from programgen.resources import folder

REPORT = "report.csv"
OUTCOMES = ("plan", "referral", "open-questions", "problem")
"""What can come of a row; only a problem gives no handout."""

TURN = 64
"""Rows for each one under way before the workers are replaced.

A worker grows by about 1.4 MB for each PDF, below Python, so 128 of them stay below 350 MB.
"""

Opened = Callable[[], AbstractContextManager[tuple[Executor, int]]]
"""Opens an executor and says how many pieces of work it wants under way."""


@dataclass(frozen=True)
class Options:
    """What is the same for every row and shapes the bytes."""

    start: date
    made_on: date
    weeks: int | None
    protocol: str | None
    paper: str
    suffixes: tuple[str, ...]
    """Files for each person: .pdf, .html, .json."""
    folder: Where
    """Content folder that the user named."""
    edition: str
    house: HouseStyle
    made_with: str
    """Program, content and page, as :func:`made_with` says."""
    blocks: Path | None = None
    """Where workers keep parts of pages; the bytes do not depend on it."""


@dataclass(frozen=True)
class Task:
    """A row to make; sent to a worker."""

    row: Row
    options: Options


@dataclass(frozen=True)
class Made:
    """What came of a row; sent back by a worker."""

    outcome: str
    """One of OUTCOMES."""
    message: str
    files: Mapping[str, bytes]
    """Bytes by suffix; none for a problem."""


@dataclass(frozen=True)
class Entry:
    """A line of the report."""

    row: str
    """Place of the row as the user named it."""
    file: str
    """The files made, parted by semicolons."""
    outcome: str
    message: str
    fingerprint: str
    """Of answers, options, program and content."""
    sha256: str
    """Of the files, one after the other."""

    @property
    def is_problem(self) -> bool:
        """No handout was made."""
        return self.outcome == "problem"


HEAD = tuple(field.name for field in fields(Entry))


@dataclass(frozen=True)
class Batch:
    """A list of people, and where their handouts go."""

    source: Path
    """Folder or table."""
    target: Path
    """Folder for handouts and report."""
    options: Options
    base: Mapping[str, object]
    """Answers that each row is laid over."""

    def rows(self) -> Iterator[Row]:
        """Yield all rows; may be called again."""
        return rows(self.source, service.catalogue(self.options.folder), self.base)


def prepare(source: Path, target: Path, base: Path | None, options: Options) -> Batch:
    """Return a batch whose places are sound.

    Raises:
        ContentError: every problem with the output folder or the base.
    """
    problems = []
    inputs = [path for path in (None if source.is_dir() else source, base) if path]
    if target.resolve() == source.resolve():
        problems.append(Problem(str(target), 0, 0, "is the folder with the answers", "output"))
    problems += [
        Problem(str(path), 0, 0, "lies in the output folder; choose another one", "output")
        for path in inputs
        if path.resolve().parent == target.resolve()
    ]
    if target.exists() and not target.is_dir():
        problems.append(Problem(str(target), 0, 0, "is not a folder", "output"))
    if problems:
        raise ContentError(problems)
    content = service.catalogue(options.folder)
    found = read_base(base, content, options.made_on) if base else {}
    return Batch(source, target, options, found)


@cache
def made_with(path: Where) -> str:
    """Name the program, the content and the page: all that shapes bytes besides the answers."""
    digest = hashlib.sha256(version("weasyprint").encode())
    content = service.catalogue(path)
    drawn = service.picture_texts(path, sorted(content.exercises))
    parts = files(folder("templates"))
    shapes = ((n, f.read_bytes()) for n, f in parts if not n.endswith((".py", ".pyc")))
    for name, raw in chain(((n, svg.encode()) for n, svg in drawn.items()), shapes):
        digest.update(f"{name}\0{len(raw)}\0".encode() + raw)
    return f"{__version__} {content.fingerprint} {digest.hexdigest()[:12]}"


_ONE = threading.Lock()
"""A cluster may run several threads in a worker; a page is made by one at a time."""


def make(task: Task) -> Made:
    """Make the files of one row; runs in a worker.

    A mistake in the row comes back as its outcome.
    """
    with _ONE:
        try:
            return _made(task.row, task.options)
        except ContentError as error:
            return Made("problem", " | ".join(map(str, error.problems)), {})
        except ProgramgenError as error:
            return Made("problem", f"{task.row.place}: {' '.join(str(error).split())}", {})


def _made(row: Row, options: Options) -> Made:
    if row.problems or row.document is None:
        raise ContentError(row.problems)
    if made_with(options.folder) != options.made_with:
        message = "this worker has another program or content; install the same everywhere"
        raise ProgramgenError(message)
    content = service.catalogue(options.folder)
    intake = service.intake_of(row.document, content, options.made_on)
    result = service.plan(
        intake,
        content,
        start=options.start,
        made_on=options.made_on,
        weeks=options.weeks,
        protocol=options.protocol,
    )
    files = {
        suffix: service.document(
            result,
            content,
            suffix,
            options.paper,
            options.folder,
            options.house,
            edition=options.edition,
            blocks=options.blocks,
        )
        for suffix in options.suffixes
    }
    return Made(result.result, _remark(result), files)


def _remark(result: Result) -> str:
    if isinstance(result, Plan):
        return result.reach.value
    if isinstance(result, Referral):
        return result.level.value
    return " ".join((*result.questions, *result.fields))


def outcomes(
    tasks: Iterable[Task], executor: Executor, ahead: int
) -> Iterator[tuple[Task, Made | BaseException]]:
    """Yield what came of each task, in order, with at most *ahead* of them under way."""
    waiting: deque[tuple[Task, Future[Made]]] = deque()
    refused: list[tuple[Task, BaseException]] = []
    for task in tasks:
        try:
            waiting.append((task, executor.submit(make, task)))
        except BrokenExecutor as error:
            refused.append((task, error))
            break
        if len(waiting) >= ahead:
            first, future = waiting.popleft()
            yield first, future.exception() or future.result()
    for first, future in waiting:
        yield first, future.exception() or future.result()
    yield from refused


def all_outcomes(tasks: Iterable[Task], opened: Opened) -> Iterator[tuple[Task, Made]]:
    """Yield what came of each task, even where a row ends its worker.

    A worker that is ended takes the whole pool with it. The rows that were under way are
    then tried alone, so that only the one that did it is a problem.
    """
    rest = iter(tasks)
    for first in rest:
        lost: list[Task] = []
        with opened() as (executor, ahead):
            turn = chain((first,), islice(rest, TURN * ahead - 1))
            for task, made in outcomes(turn, executor, ahead):
                if isinstance(made, BrokenExecutor):
                    lost.append(task)
                else:
                    yield task, _or_fault(task, made)
        for task in lost:
            with opened() as (executor, _):
                for _, made in outcomes((task,), executor, 1):
                    yield task, _or_fault(task, made)


def _or_fault(task: Task, made: Made | BaseException) -> Made:
    if isinstance(made, Made):
        return made
    if isinstance(made, BrokenExecutor):
        text = "its worker was ended, perhaps for want of memory"
    else:
        text = f"the program failed; please report this: {type(made).__name__}: {made}"
    return Made("problem", f"{task.row.place}: {' '.join(text.split())}", {})


def fingerprint(row: Row, options: Options) -> str:
    """Return what decides the bytes of a row, as one number."""
    value = row.document.value if row.document else None
    shaping = asdict(replace(options, folder=None, blocks=None))
    text = json.dumps([row.name, value, shaping], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def survey(batch: Batch) -> tuple[dict[int, Entry], int]:
    """Return the rows whose handouts are there already, by number, and how many rows are not.

    Raises:
        ContentError: the folder or table as a whole cannot be used, or the report is not ours.
    """
    old = {entry.fingerprint: entry for entry in read_report(batch.target) if entry.sha256}
    kept, count = {}, 0
    for row in batch.rows():
        count += 1
        entry = old.get(fingerprint(row, batch.options)) if old else None
        if entry and not row.problems and _is_unchanged(entry, batch.target):
            kept[row.number] = replace(entry, row=row.place)
    return kept, count - len(kept)


def _is_unchanged(entry: Entry, target: Path) -> bool:
    digest = hashlib.sha256()
    for name in _names(entry):
        path = target / name
        if not path.is_file():
            return False
        digest.update(path.read_bytes())
    return digest.hexdigest() == entry.sha256


def _names(entry: Entry) -> tuple[str, ...]:
    return tuple(entry.file.split("; ")) if entry.file else ()


def run(batch: Batch, kept: Mapping[int, Entry], opened: Opened) -> Iterator[Entry]:
    """Make every row that is not kept; yield each as it is written.

    However it ends, the report tells what was made; the next call goes on from there.

    Raises:
        ProgramgenError: nothing more can be written, or another batch writes there.
    """
    report = batch.target / REPORT
    todo = (Task(row, batch.options) for row in batch.rows() if row.number not in kept)
    done = dict(kept)
    with alone(batch.target):
        _sweep(batch.target)
        old = read_report(batch.target)
        earlier = {name for entry in old for name in _names(entry)}
        # A line that was torn when the last run was ended, and doubles, go.
        service.write_all({report: written({entry.fingerprint: entry for entry in old}.values())})
        with report.open("a", encoding="utf-8", newline="") as journal:
            for task, made in all_outcomes(todo, opened):
                entry = _write(task, made, batch.target, earlier)
                journal.write(_line(entry))
                journal.flush()
                done[task.row.number] = entry
                yield entry
        service.write_all({report: written(done[number] for number in sorted(done))})


def _write(task: Task, made: Made, target: Path, earlier: set[str]) -> Entry:
    """Write the files of a row; a row that is a problem keeps no handout of an earlier run."""
    row, options = task.row, task.options
    files = {f"{row.name}{suffix}": raw for suffix, raw in made.files.items()}
    service.write_all({target / name: raw for name, raw in files.items()})
    if not files and row.name:
        for name in earlier & {f"{row.name}{suffix}" for suffix in options.suffixes}:
            (target / name).unlink(missing_ok=True)
    digest = hashlib.sha256(b"".join(files.values())).hexdigest() if files else ""
    mark = fingerprint(row, options)
    return Entry(row.place, "; ".join(files), made.outcome, made.message, mark, digest)


_LEFT = re.compile(r"\..+\.(pdf|html|json|csv)\.[a-z0-9_]{8}")
"""A file that a killed run was still writing."""


def _sweep(target: Path) -> None:
    for path in target.iterdir():
        if _LEFT.fullmatch(path.name):
            path.unlink(missing_ok=True)


@contextmanager
def alone(target: Path) -> Iterator[None]:
    """Keep a second batch out of the folder; the system lifts the lock when this one ends."""
    import fcntl

    handle = os.open(target, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"{target}: another batch writes there; wait for it, or name another folder"
            raise ProgramgenError(message) from None
        yield
    finally:
        os.close(handle)


def read_report(target: Path) -> tuple[Entry, ...]:
    """Return the report of an earlier run, also of one that was killed; nothing without one.

    Raises:
        ContentError: the file is none of ours.
    """
    path = target / REPORT
    if not path.exists():
        return ()
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    whole = text[: text.rfind("\n") + 1]
    lines = list(csv.reader(StringIO(whole, newline="")))
    if not lines or tuple(lines[0]) != HEAD:
        message = "is no report of a batch; choose another folder"
        raise ContentError([Problem(str(path), 0, 0, message, "output")])
    return tuple(Entry(*line) for line in lines[1:] if len(line) == len(HEAD))


def written(entries: Iterable[Entry]) -> bytes:
    """Return a report as the bytes of a file; spreadsheets need its first sign to see UTF-8."""
    return "".join((_cells(HEAD), *map(_line, entries))).encode("utf-8-sig")


def _line(entry: Entry) -> str:
    return _cells(tuple(map(_harmless, astuple(entry))))


def _harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula and that stays on its line."""
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line


def _cells(cells: tuple[str, ...]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
