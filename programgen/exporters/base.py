"""What every exporter offers, and how the one for a file is found.

An exporter is registered as an entry point of the group ``programgen.exporters``; its
name is the ending of the file without the first dot, such as ``ics`` or ``fhir.json``,
and its value a module as ``Exporter`` describes it. Packages beyond those of the core are
imported inside ``export``, so that looking for an ending stays cheap. Ours are found in
the same way as those of a clinic.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, TypeGuard

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Placed, Plan, PlanWeek, Referral, Result
from programgen.core.protocol import Protocol as Ladder
from programgen.core.words import count_text
from programgen.errors import ProgramgenError

GROUP = "programgen.exporters"


class NothingToWriteError(ProgramgenError):
    """The plan is sound and holds nothing that this format tells; the text says what."""


@dataclass(frozen=True)
class Export:
    """What an exporter may use besides the plan."""

    content: Catalogue
    """Names and words of the exercises."""
    pictures: Callable[[], Mapping[str, str]] = field(default=dict)
    """Returns the SVG text of each exercise of the plan; called only where it is needed."""
    at: time | None = None
    """Time of day at which sessions begin; all-day without it."""
    zone: str | None = None
    """Name of the time zone, such as Europe/Berlin; needed with ``at``."""
    alarm: timedelta | None = None
    """How long before a session to remind."""
    busy: bool = False
    """Hide what the sessions are."""
    week: int | None = None
    """Only this week, counted from 1."""
    identify: bool = False
    """The name of the person may be written."""


class Exporter(Protocol):
    """A module that writes a plan in one exchange format.

    It may also have ``REFERRALS = True``, if a referral without an earlier plan holds
    something for it, and ``export_protocol(protocol, content) -> bytes``, if it can write a
    ladder.
    """

    EXTRA: str | None
    """Extra of the program that holds the packages it imports; None if it needs none."""

    def export(self, plan: Plan | Referral, export: Export) -> bytes:
        """Return the whole file.

        A referral is what became of a plan: it has no sessions, and those of the earlier
        version in ``withdrawn``.

        Raises:
            NothingToWriteError: the plan holds nothing that this format tells; other files are
                written all the same.
            ProgramgenError: the plan cannot be written in this format; the text says why.
        """


@cache
def endings() -> Mapping[str, EntryPoint]:
    """Return every known ending, with its dot, and where its exporter is."""
    found = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value))
    return {f".{entry.name}": entry for entry in found}


def ending_of(name: str, known: Mapping[str, EntryPoint]) -> str | None:
    """Return the longest known ending of a file name."""
    fits = [ending for ending in known if name.lower().endswith(ending)]
    return max(fits, key=len, default=None)


def holds(result: Result, entry: EntryPoint) -> TypeGuard[Plan | Referral]:
    """Return whether a file of this kind has anything to say of a result."""
    if isinstance(result, Referral):
        module = entry.load()
        takes_back = bool(result.withdrawn) and getattr(module, "TAKES_BACK", False)
        return takes_back or getattr(module, "REFERRALS", False)
    return isinstance(result, Plan)


def exported(entry: EntryPoint, plan: Plan | Referral, export: Export) -> bytes:
    """Return a plan as the bytes of a file.

    Raises:
        ProgramgenError: a package is missing, and the text names the extra to install; or
            the plan cannot be written in this format.
    """
    exporter: Exporter = entry.load()
    return _with_extra(entry, lambda: exporter.export(plan, export))


def ladder_endings() -> Mapping[str, EntryPoint]:
    """Return the endings of ``endings`` that a ladder can be written with."""
    return {
        ending: entry
        for ending, entry in endings().items()
        if hasattr(entry.load(), "export_protocol")
    }


def exported_protocol(entry: EntryPoint, protocol: Ladder, content: Catalogue) -> bytes:
    """Return a ladder as the bytes of a file.

    Raises:
        ProgramgenError: as of ``exported``.
    """
    module = entry.load()
    return _with_extra(entry, lambda: module.export_protocol(protocol, content))


def _with_extra(entry: EntryPoint, export: Callable[[], bytes]) -> bytes:
    try:
        return export()
    except ModuleNotFoundError as error:
        extra = entry.load().EXTRA
        if extra is None:
            raise
        message = (
            f"'.{entry.name}' needs the package '{error.name}'; "
            f"run: pip install 'programgen[{extra}]'"
        )
        raise ProgramgenError(message) from None


def as_plan(plan: Plan | Referral) -> Plan:
    """Return the plan.

    Raises:
        ProgramgenError: it was withdrawn.
    """
    if isinstance(plan, Referral):
        message = "nothing is planned, because somebody should look at the back first"
        raise ProgramgenError(message)
    return plan


def weeks_of(plan: Plan | Referral, export: Export) -> tuple[PlanWeek, ...]:
    """Return the weeks that were asked for.

    Raises:
        ProgramgenError: nothing is planned any more, or the plan has no such week.
    """
    known = as_plan(plan).weeks
    weeks = tuple(week for week in known if export.week in (None, week.number))
    if not weeks:
        has = count_text(len(known), "week", "weeks")
        message = f"there is no week {export.week}; the plan has {has}"
        raise ProgramgenError(message)
    return weeks


def on_ladder(plan: Plan | Referral, export: Export) -> tuple[tuple[PlanWeek, Placed], ...]:
    """Return every run and walk of the ladder that was asked for, with its week.

    Raises:
        NothingToWriteError: there is none, as while running is on hold.
    """
    # What lies in the past is a record; nobody wants it on a watch.
    standing = plan.standing if isinstance(plan, Plan) else None
    first = standing.open_from if standing else date.min
    found = tuple(
        (week, placed)
        for week in weeks_of(plan, export)
        for placed in week.placed
        if placed.session.stage and placed.day >= first
    )
    if not found:
        message = "there is no run or walk to write"
        raise NothingToWriteError(message)
    return found
