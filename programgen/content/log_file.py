"""The log beside a plan: one readable file, one line an entry, never half-written.

``plan.json`` has its log in ``plan.log.yaml``. A line may be typed by hand; it gets its
number when the program next writes the file.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from programgen.content.reading import LARGEST, Document, Mark, Place, build, parse, read
from programgen.core.catalogue import Catalogue
from programgen.core.checkin import (
    Away,
    Entry,
    Release,
    SessionReport,
    Void,
    WeekReport,
)
from programgen.core.log import Log, faults
from programgen.errors import ContentError, Problem, did_you_mean

KINDS: Mapping[str, type[BaseModel]] = {
    "session": SessionReport,
    "week": WeekReport,
    "away": Away,
    "release": Release,
    "void": Void,
}
"""The kinds of an entry; a line without a kind reports a session."""

HEAD = """\
# What was reported about this plan, one line an entry. Nothing is ever taken away: a
# correction is a new line that names the old one, such as supersedes: 3.
# You may add a line at the end by hand, without id and entered:
#   - {day: 2026-12-01, done: yes, during: 1, morning: 1}
# It gets its number when the program next writes this file. Other comments are not kept.
"""

_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _./-]*[A-Za-z0-9])?")
_ESCAPED = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")


def log_path(plan: Path) -> Path:
    """Return where the log of a saved plan lies.

    >>> log_path(Path("my/plan.json")).as_posix()
    'my/plan.log.yaml'
    """
    return plan.with_suffix(".log.yaml")


def read_log(plan: Path, identity: str, today: date, content: Catalogue | None = None) -> Log:
    """Read the log of the saved plan at *plan*; it is empty if there is no file yet.

    *identity* is that of the plan; with *content*, the names in the entries are looked up.

    Raises:
        ContentError: every problem with file, line and column.
    """
    path = log_path(plan)
    if not path.exists():
        return Log(plan=identity)
    document = read(path)
    value = document.value
    if not isinstance(value, dict):
        message = "write 'plan:' and 'entries:', each on its own line"
        raise ContentError([document.problem((), message, "shape")])
    problems = [
        document.problem((key,), f"'{key}' is not a known key{hint}", "extra-forbidden")
        for key in value
        if key not in ("plan", "entries")
        for hint in [did_you_mean(key, ("plan", "entries"))]
    ]
    if value.get("plan") != identity:
        text = f"is the log of another plan ('{value.get('plan')}', not '{identity}')"
        raise ContentError([*problems, document.problem(("plan",), text, "other-plan")])
    try:
        rows = entries_of(document, value.get("entries"), ("entries",), content)
    except ContentError as error:
        raise ContentError([*problems, *error.problems]) from None
    log, unnumbered = _numbered(Log(plan=identity), [entry for entry, _ in rows], today)
    problems += (
        document.problem(("entries", at), "has no id; only the last lines may go without", "id")
        for at in unnumbered
    )
    wrong = faults(log, today)
    problems += (
        document.problem(("entries", at), wrong[entry.id or 0], "log")
        for at, entry in enumerate(log.entries)
        if entry.id in wrong
    )
    if problems:
        raise ContentError(problems)
    return log


def _numbered(log: Log, entries: Iterable[Entry], today: date) -> tuple[Log, list[int]]:
    """Return a log with numbers for the last entries, and the places that may not lack one."""
    found = list(entries)
    written = max((at for at, e in enumerate(found, 1) if e.id is not None), default=0)
    missing = [at for at, entry in enumerate(found[:written]) if entry.id is None]
    log = log.model_copy(update={"entries": tuple(found[:written])})
    return log.appended(found[written:], today), missing


def entries_of(
    document: Document, rows: Any, above: Place = (), content: Catalogue | None = None
) -> list[tuple[Entry, Document]]:
    """Turn the list *rows*, which stands at *above* in a document, into entries with their rows.

    Raises:
        ContentError: every problem of every row.
    """
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise ContentError([document.problem(above, "write one entry a line", "shape")])
    marks: list[dict[Place, Mark]] = [{} for _ in rows]
    deep = len(above)
    for place, mark in document.marks.items():
        at = place[deep] if len(place) > deep and place[:deep] == above else None
        if isinstance(at, int):
            marks[at][place[deep + 1 :]] = mark
    entries: list[tuple[Entry, Document]] = []
    problems: list[Problem] = []
    for row, its in zip(rows, marks, strict=True):
        its_own = Document(document.path, row, its)
        try:
            entries.append((entry_of(its_own, content), its_own))
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(problems)
    return entries


def entry_of(document: Document, content: Catalogue | None = None) -> Entry:
    """Turn one row into an entry; with *content*, its names are looked up.

    Raises:
        ContentError: every problem of the row.
    """
    value = document.value
    kind = value.get("kind", "session") if isinstance(value, dict) else "session"
    if kind not in KINDS:
        text = f"'{kind}' is no kind of entry{did_you_mean(str(kind), KINDS)}"
        text += f" (known: {', '.join(KINDS)})"
        raise ContentError([document.problem(("kind",), text, "kind")])
    entry: Any = build(KINDS[kind], document)
    problems = [
        document.problem(place, f"'{name}' is not known{did_you_mean(name, known)}", "unknown-name")
        for place, name, known in (_names(entry, content) if content else ())
        if name not in known
    ]
    if problems:
        raise ContentError(problems)
    result: Entry = entry
    return result


def _names(entry: Entry, content: Catalogue) -> Iterator[tuple[Place, str, Iterable[str]]]:
    """Yield every name in an entry with its place and the names that there are."""
    words = content.vocabulary
    if isinstance(entry, WeekReport):
        questions = {**words.screening, **words.health}
        yield from ((("answers", name), name, questions) for name in entry.answers)
        yield from ((("abilities", name), name, words.abilities) for name in entry.abilities)
    if isinstance(entry, Release) and entry.highest_stage:
        stages = {stage.id for p in content.protocols.values() for stage in p.stages}
        yield ("highest_stage",), entry.highest_stage, stages


def append(
    plan: Path,
    identity: str,
    entries: Sequence[Entry],
    today: date,
    *,
    content: Catalogue | None = None,
    rows: Sequence[Document] = (),
) -> Log:
    """Add entries to the log of a plan, all or none, and return the log.

    When this returns, the entries are on the disk. The file is read again under a lock, so
    that no other writer loses anything. *rows* say where the entries were read from.

    Raises:
        ContentError: an entry does not fit the log, or the file cannot be read or written.
    """
    path = Path(os.path.realpath(log_path(plan)))
    try:
        with locked(path):
            old = read_log(plan, identity, today, content)
            new = old.appended(entries, today)
            added = new.entries[len(old.entries) :]
            _refuse(faults(new, today), added, rows, log_path(plan))
            lines = [f"  - {line(entry)}\n" for entry in new.entries]
            _read_back(path, lines[len(old.entries) :])
            text = f'{HEAD}plan: "{identity}"\nentries:\n{"".join(lines)}'.encode()
            if len(text) > LARGEST:
                message = f"would be larger than {LARGEST // 1000} kB; start a new plan"
                raise ContentError([Problem(str(path), 0, 0, message, "too-large")])
            _replace(path, text)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        problem = Problem(str(path), 0, 0, f"cannot be written: {reason}", "output")
        raise ContentError([problem]) from None
    return new


def _refuse(
    wrong: Mapping[int, str], added: Sequence[Entry], rows: Sequence[Document], path: Path
) -> None:
    """Refuse new entries that do not fit, each where it was read."""
    problems = [
        rows[at].problem((), wrong[entry.id or 0], "log")
        if rows
        else Problem(str(path), 0, 0, wrong[entry.id or 0], "log")
        for at, entry in enumerate(added)
        if entry.id in wrong
    ]
    if problems:
        raise ContentError(problems)


def _read_back(path: Path, lines: Sequence[str]) -> None:
    """Refuse text that could not be read again, such as control signs."""
    document = parse("entries:\n" + "".join(lines), str(path)) if lines else None
    if document:
        entries_of(document, document.value["entries"], ("entries",))


def line(entry: Entry) -> str:
    """Write an entry as one line of YAML, in the order of the model."""
    given = entry.model_dump(mode="json", exclude_none=True)
    fields = {k: v for k, v in given.items() if v != {} and (k, v) != ("kind", "session")}
    return _flow(fields)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(v)}" for key, v in value.items()) + "}"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    whole = _PLAIN.fullmatch(text) and not (text.isdigit() or _is_decimal(text))
    if whole and text not in ("true", "false", "null"):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", quoted)


def _is_decimal(text: str) -> bool:
    return text.count(".") == 1 and text.replace(".", "").isdigit()


def _replace(path: Path, content: bytes) -> None:
    """Put new content in the place of a file; a kill leaves the old or the new one."""
    # Only the holder of the lock writes here, so the name can stand fast: what a killed
    # writer left is overwritten, and never read.
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        shutil.copymode(path, fresh)
    fresh.replace(path)
    if sys.platform != "win32":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a log; the system frees it when its holder dies.

    The empty lock file stays: who deletes it could delete it under the next holder.
    """
    with path.with_name(f".{path.name}.lock").open("a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            while True:
                try:
                    # Waits for ten seconds, then gives up.
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:
                    continue
            try:
                yield
            finally:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
            yield
