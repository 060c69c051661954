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
from datetime import date, timedelta
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
from programgen.core.standing import stopping_questions
from programgen.errors import ContentError, Problem, did_you_mean

KINDS: Mapping[str, type[BaseModel]] = {
    "session": SessionReport,
    "week": WeekReport,
    "away": Away,
    "release": Release,
    "void": Void,
}
"""The kinds of an entry; a line without a kind reports a session."""

MAPS = ("answers", "abilities", "activities")
"""Fields of the questions of the week that hold several answers, each with its name."""

AHEAD = timedelta(days=366)
"""Days away further ahead than this are a mistyped year."""

BACK = timedelta(days=7)
"""How far before the first day of a plan the questions of the week may have been answered."""

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


def read_log(
    plan: Path,
    identity: str,
    today: date,
    content: Catalogue | None = None,
    start: date | None = None,
) -> Log:
    """Read the log of the saved plan at *plan*; it is empty if there is no file yet.

    *identity* is that of the plan; with *content*, the names in the entries are looked up,
    with *start*, its first day, new lines may not lie before it.

    Raises:
        ContentError: every problem with file, line and column.
    """
    path = log_path(plan)
    if not path.exists():
        return Log(plan=identity)
    document = _read(path)
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
    rows, unsound = sound_entries(document, value.get("entries"), ("entries",), content)
    signs = _signs(document, content) if content else ()
    if unsound:
        raise ContentError([*problems, *unsound, *signs])
    found = [entry for entry, _ in rows]
    log, typed = _numbered(Log(plan=identity), found, today)
    problems += _out_of_order(document, found[:typed], today)
    problems += _misfits(log, typed, [row for _, row in rows[typed:]], start, today)
    wrong = faults(log, today)
    problems += (
        document.problem(("entries", at), wrong[entry.id or 0], "log")
        for at, entry in enumerate(log.entries)
        if entry.id in wrong
    )
    if problems:
        raise ContentError([*problems, *signs])
    return log


def _signs(document: Document, content: Catalogue) -> Iterator[Problem]:
    """Yield the new lines in which a warning sign may stand, so that no mistake hides it."""
    rows = document.value.get("entries")
    for at, row in enumerate(rows if isinstance(rows, list) else ()):
        if may_warn(row, content) and "id" not in row:
            text = "may be a warning sign: do not run, and get medical help if it is new"
            yield document.problem(("entries", at), text, "warning")


def _read(path: Path) -> Document:
    try:
        return read(path)
    except ContentError as error:
        if [problem.code for problem in error.problems] != ["empty"]:
            raise
        text = "holds nothing; put the log of this plan back, or delete it if there was none"
        raise ContentError([Problem(str(path), 1, 1, text, "empty")]) from None


def _numbered(log: Log, found: Sequence[Entry], today: date) -> tuple[Log, int]:
    """Return a log with numbers for the last entries, and how many were written with theirs."""
    written = max((at for at, e in enumerate(found, 1) if e.id is not None), default=0)
    log = log.model_copy(update={"entries": tuple(found[:written])})
    return _appended(log, found[written:], today), written


def _out_of_order(document: Document, entries: Sequence[Entry], today: date) -> Iterator[Problem]:
    """Yield where numbers are missing or do not rise, and days of entry that are to come."""
    last = 0
    for at, entry in enumerate(entries):
        place = ("entries", at)
        if entry.id is None:
            text = "has no id; only the last lines may go without"
            yield document.problem(place, text, "id")
        elif entry.id < last:
            text = f"the number {entry.id} stands after {last}; numbers rise from line to line"
            yield document.problem((*place, "id"), text, "id")
        last = max(last, entry.id or 0)
        # A traveller's clock may go back by a day.
        if entry.entered and entry.entered > today + timedelta(days=1):
            text = f"was entered on {entry.entered}, which is still to come"
            yield document.problem((*place, "entered"), text, "entered")


def is_warning(entry: Entry) -> bool:
    """Return whether a report of a session holds a warning sign."""
    return isinstance(entry, SessionReport) and entry.where == "new-numb-weak"


def may_warn(fields: Any, content: Catalogue) -> bool:
    """Return whether a warning sign is among the fields of a row, sound or not.

    An answer to a question of the stopping rules that is no clear 'no' may be one.
    """
    if not isinstance(fields, dict):
        return False
    answers = fields.get("answers")
    stops = stopping_questions(content)
    told = answers.items() if isinstance(answers, dict) else ()
    return fields.get("where") == "new-numb-weak" or any(
        name in stops and answer not in ("no", False) for name, answer in told
    )


def _appended(log: Log, entries: Iterable[Entry], today: date) -> Log:
    """Return the log with more entries.

    A second report of a session is refused, but never its warning sign: that is written as
    a correction of the first report.
    """
    for entry in entries:
        new = entry
        if isinstance(entry, SessionReport) and is_warning(entry) and entry.supersedes is None:
            same = (e for e in log.valid if isinstance(e, SessionReport))
            old = next((e for e in same if (e.day, e.session) == (entry.day, entry.session)), None)
            if old is not None:
                new = old.model_copy(update={"where": entry.where, "supersedes": old.id})
        log = log.appended([new], today)
    return log


def _misfits(
    log: Log, known: int, rows: Sequence[Document], start: date | None, today: date
) -> Iterator[Problem]:
    """Yield what the entries after the first *known* may not say, each where it stands.

    Only what is new is held to this: an entry that was once accepted never locks the log.
    A warning sign is taken whenever it is told.
    """
    old = {entry.id: entry for entry in log.entries}
    for entry, row in zip(log.entries[known:], rows, strict=True):
        corrected = old.get(entry.supersedes)
        if isinstance(corrected, Void):
            text = f"entry {corrected.id} takes a report back; enter that report again instead"
            yield row.problem(("supersedes",), text, "log")
        elif corrected and not isinstance(entry, Void) and entry.kind != corrected.kind:
            text = f"entry {corrected.id} is no {entry.kind}; take it back and report anew"
            yield row.problem(("supersedes",), text, "log")
        if not is_warning(entry):
            for field, text in _days_amiss(entry, start or date.min, today):
                yield row.problem((field,), text, "day")


def _days_amiss(entry: Entry, start: date, today: date) -> Iterator[tuple[str, str]]:
    """Yield the fields of an entry whose day cannot be meant, and why."""
    begins = f"the plan begins on {start}"
    if isinstance(entry, SessionReport):
        if entry.day < start:
            yield "day", f"{entry.day} is too early: {begins}"
        if entry.morning is not None and entry.day == today:
            text = "the morning after this day has not come yet; leave it out and report it then"
            yield "morning", text
    elif isinstance(entry, WeekReport):
        if entry.day < start and today - entry.day > BACK:
            yield "day", f"{entry.day} is too early: {begins}"
    elif isinstance(entry, Away):
        if entry.last < start:
            yield "last", f"{entry.last} is too early: {begins}"
        if entry.first - today > AHEAD:
            yield "first", f"{entry.first} is more than a year ahead"
    elif isinstance(entry, Release) and today - entry.day > AHEAD:
        yield "day", f"{entry.day} is more than a year ago; such a review no longer counts"


def entries_of(
    document: Document, rows: Any, above: Place = (), content: Catalogue | None = None
) -> list[tuple[Entry, Document]]:
    """Turn the list *rows*, which stands at *above* in a document, into entries with their rows.

    Raises:
        ContentError: every problem of every row.
    """
    entries, problems = sound_entries(document, rows, above, content)
    if problems:
        raise ContentError(problems)
    return entries


def sound_entries(
    document: Document, rows: Any, above: Place = (), content: Catalogue | None = None
) -> tuple[list[tuple[Entry, Document]], list[Problem]]:
    """Return those of *rows* that are sound entries, and every problem of the others."""
    if rows is None:
        return [], []
    if not isinstance(rows, list):
        text = "write one report a line, such as '- {day: 2026-12-01, done: yes, during: 1}'"
        return [], [document.problem(above, text, "shape")]
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
    return entries, problems


def entry_of(document: Document, content: Catalogue | None = None) -> Entry:
    """Turn one row into an entry; with *content*, its names are looked up.

    Raises:
        ContentError: every problem of the row.
    """
    value = document.value
    kind = value.get("kind", "session") if isinstance(value, dict) else "session"
    if not isinstance(kind, str) or kind not in KINDS:
        shown = str(kind) if len(str(kind)) <= 60 else f"{str(kind)[:57]}…"
        text = f"'{shown}' is no kind of entry{did_you_mean(shown, KINDS)}"
        text += f" (known: {', '.join(KINDS)})"
        raise ContentError([document.problem(("kind",), text, "kind")])
    problems = [
        document.problem(place, f"'{name}' is not known{did_you_mean(name, known)}", "unknown-name")
        for place, name, known in (_names(kind, value, content) if content else ())
        if name not in known
    ]
    try:
        entry: Any = build(KINDS[kind], document)
    except ContentError as error:
        raise ContentError([*problems, *error.problems]) from None
    if problems:
        raise ContentError(problems)
    result: Entry = entry
    return result


def _names(
    kind: str, value: Mapping[str, Any], content: Catalogue
) -> Iterator[tuple[Place, str, Iterable[str]]]:
    """Yield every name in a row with its place and the names that there are."""
    words = content.vocabulary
    if kind == "week":
        for field, known in (
            ("answers", {**words.screening, **words.health}),
            ("abilities", words.abilities),
        ):
            named = value.get(field)
            names = named if isinstance(named, dict) else ()
            yield from (((field, name), name, known) for name in names)
    if kind == "session" and isinstance(value, dict) and isinstance(value.get("exercise"), str):
        yield ("exercise",), value["exercise"], content.exercises
    if kind == "release" and isinstance(value.get("highest_stage"), str):
        stages = {stage.id for p in content.protocols.values() for stage in p.stages}
        yield ("highest_stage",), value["highest_stage"], stages


def append(
    plan: Path,
    identity: str,
    entries: Sequence[Entry],
    today: date,
    *,
    content: Catalogue | None = None,
    rows: Sequence[Document] = (),
    start: date | None = None,
    problems: Sequence[Problem] = (),
) -> Log:
    """Add entries to the log of a plan, all or none, and return the log.

    When this returns, the entries are on the disk. The file is read again under a lock, so
    that no other writer loses anything. *rows* say where the entries were read from;
    *start* is the first day of the plan. With *problems* of other rows nothing is added, and
    they are told together.

    Raises:
        ContentError: an entry does not fit the log, or the file cannot be read or written.
    """
    path = Path(os.path.realpath(log_path(plan)))
    rows = rows or [Document("your answers", {}, {(): (0, 0)})] * len(entries)
    try:
        with locked(path):
            old = read_log(plan, identity, today, content, start)
            new = _appended(old, entries, today)
            amiss = [*problems, *_amiss(new, len(old.entries), rows, start, today)]
            if amiss:
                raise ContentError(amiss)
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


def _amiss(
    log: Log, known: int, rows: Sequence[Document], start: date | None, today: date
) -> Iterator[Problem]:
    """Yield why new entries do not fit, each where it was read."""
    wrong = faults(log, today)
    first: dict[tuple[date, str], Document] = {}
    for entry, row in zip(log.entries[known:], rows, strict=True):
        session = (entry.day, entry.session) if isinstance(entry, SessionReport) else None
        same = first.setdefault(session, row) if session else row
        if same is not row and same.marks and entry.id in wrong:
            # The number of a row that is not written yet means nothing to anybody.
            line = same.problem((), "", "").line
            yield row.problem((), f"this session is reported on line {line} as well", "log")
        elif entry.id in wrong:
            yield row.problem((), wrong[entry.id or 0], "log")
    yield from _misfits(log, known, rows, start, today)


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
    path = Path(os.path.realpath(path))
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
