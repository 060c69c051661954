"""The log: every report that was ever entered, and which of them still count.

The log is append-only. A correction is a new entry that supersedes an older one, so that
nothing that was once reported can disappear.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from programgen.core.base import Value
from programgen.core.checkin import (
    Away,
    Entry,
    Release,
    SessionReport,
    Void,
)
from programgen.core.plan import Fingerprint, fingerprint

SESSIONS = ("run", "strength", "mobility", "cross-training")
"""Kinds of session, in the order in which those of one day are read."""


class Log(Value):
    """All entries of one plan, in the order in which they were made."""

    plan: Fingerprint
    """Identity of the plan."""
    entries: tuple[Entry, ...] = ()
    """Every entry; each has a number."""

    @property
    def last(self) -> int:
        """Number of the last entry, 0 in an empty log."""
        return max((entry.id or 0 for entry in self.entries), default=0)

    @property
    def fingerprint(self) -> str:
        """Fingerprint of everything that counts."""
        return fingerprint(repr([e.model_dump_json(exclude={"entered"}) for e in self.valid]))

    @property
    def valid(self) -> tuple[Entry, ...]:
        """The entries that count, by day.

        A correction stands where the entry stood that it corrects. Of one day the sessions come
        first, the ladder's before the others; other entries follow in the order of their
        numbers. What is reported after a release of the same day counts after it.
        """
        gone = {entry.supersedes for entry in self.entries}
        kept = [e for e in self.entries if e.id not in gone and not isinstance(e, Void)]
        place: dict[int, int] = {}
        for entry in self.entries:
            place[entry.id or 0] = place.get(entry.supersedes or 0, entry.id or 0)
        releases = [(e.day, place[e.id or 0]) for e in kept if isinstance(e, Release)]

        def order(entry: Entry) -> tuple[date, int, int, int]:
            day, number = day_of(entry), place[entry.id or 0]
            released = sum(d == day and n < number for d, n in releases)
            return day, released, _rank(entry), number

        return tuple(sorted(kept, key=order))

    def appended(self, entries: Iterable[Entry], entered: date) -> "Log":
        """Return the log with more entries, each with the next number."""
        first = self.last + 1
        more = tuple(
            e.model_copy(update={"id": number, "entered": entered})
            for number, e in enumerate(entries, first)
        )
        return self.model_copy(update={"entries": (*self.entries, *more)})


def day_of(entry: Entry) -> date:
    """Return the day that an entry is about."""
    if isinstance(entry, Void):
        return date.min
    return entry.first if isinstance(entry, Away) else entry.day


def _rank(entry: Entry) -> int:
    """Return which entry of a day comes first: the sessions, the ladder's before the others."""
    return SESSIONS.index(entry.session) if isinstance(entry, SessionReport) else len(SESSIONS)


def faults(log: Log, today: date) -> Mapping[int, str]:
    """Return what is wrong with an entry, by its number.

    An entry may correct only an earlier one, reports lie in the past, and one session of a
    day is reported once.
    """
    known: set[int] = set()
    gone: set[int] = set()
    wrong: dict[int, str] = {}
    seen: dict[tuple[date, str], int] = {}
    for entry in log.entries:
        number = entry.id or 0
        if number in known:
            wrong[number] = f"the number {number} stands twice"
        if entry.supersedes is not None:
            if entry.supersedes not in known:
                wrong[number] = f"there is no earlier entry {entry.supersedes} to correct"
            elif entry.supersedes in gone:
                wrong[number] = f"entry {entry.supersedes} has been corrected before"
            gone.add(entry.supersedes)
        known.add(number)
        if not isinstance(entry, Away | Void) and entry.day > today:
            wrong[number] = f"{entry.day} is still to come"
    for entry in log.valid:
        if isinstance(entry, SessionReport):
            first = seen.setdefault((entry.day, entry.session), entry.id or 0)
            if first != entry.id:
                wrong[entry.id or 0] = (
                    f"{entry.day}: this {entry.session} is reported in entry {first} as well; "
                    f"correct that one: 'supersedes: {first}' in the log, or --correct {first}"
                )
    return wrong
