"""Every session as an event of a calendar (``.ics``, RFC 5545).

The identity of an event comes from the plan, the week and the slot, never from the date. So
a later version of the plan moves events that are already in a calendar, and takes back those
that are no longer planned.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Item, Placed, Plan, PlanWeek, Referral, Session, Withdrawn
from programgen.core.words import (
    AROUND,
    DRAFT,
    EDITED,
    NEW_SIGNS,
    OUTLOOK,
    clean,
    date_text,
    dose_text,
    effort_text,
    light_text,
    rest_text,
    steps_text,
)
from programgen.errors import ProgramgenError
from programgen.exporters.base import Export, NothingToWriteError

if TYPE_CHECKING:
    from icalendar import Event, Timezone

EXTRA = "calendar"

TAKES_BACK = True
"""Sessions that are no longer planned are cancelled."""

NAMESPACE = UUID("20a31beb-7da4-54d3-ac9a-a7bce53988e2")
"""Of the identities of events: uuid5 of the domain name programgen.invalid."""

_WITHDRAWN = (
    "Do not do this session. Your back should be looked at first. Your newest page says who."
)
"""What an event says that is taken back because of a warning sign."""

_PREFIX = {"run": "Run: ", "walk": "Walk: "}


def export(plan: Plan | Referral, export: Export) -> bytes:
    """Return a calendar with every session of the plan, or of one week.

    Sessions that are no longer planned stand in it as cancelled.

    Raises:
        NothingToWriteError: there is no session.
        ProgramgenError: a time of day has no zone, or it is so late that a session would
            begin after midnight.
    """
    from icalendar import Calendar, vText

    if export.at and export.zone is None:
        message = "a calendar with a time of day needs a time zone"
        raise ProgramgenError(message)
    events = [
        *(_planned(plan, export) if isinstance(plan, Plan) else ()),
        *(
            _cancelled(plan, gone, export)
            for gone in plan.withdrawn
            if export.week in (None, gone.week)
        ),
    ]
    if not events:
        message = "there is no session to write" + (
            f" in week {export.week}" if export.week else ""
        )
        raise NothingToWriteError(message)
    calendar = Calendar()
    calendar.add("prodid", f"-//programgen//programgen {plan.provenance.program}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, vText(_calendar_name(plan, export)))
    for event in events:
        calendar.add_component(event)
    # A zone that is UTC by another name is written as UTC and needs no block.
    for name in sorted(calendar.get_missing_tzids()):
        days = [event["dtstart"].dt.date() for event in events]
        calendar.subcomponents.insert(0, zone_block(ZoneInfo(name), min(days), max(days)))
    return bytes(calendar.to_ical())


def _calendar_name(plan: Plan | Referral, export: Export) -> str:
    if export.busy:
        return "Busy"
    who = plan.intake.who.name if export.identify else None
    return clean("Running plan" + (f": {who}" if who else ""))


def _planned(plan: Plan, export: Export) -> Iterator["Event"]:
    for week in plan.weeks:
        if export.week not in (None, week.number):
            continue
        day, spent = None, timedelta()
        for placed in week.placed:
            if placed.day != day:
                day, spent = placed.day, timedelta()
            yield _session(plan, week, placed, spent, export)
            spent += timedelta(minutes=placed.session.minutes)


def _session(
    plan: Plan, week: PlanWeek, placed: Placed, spent: timedelta, export: Export
) -> "Event":
    """Return a session as an event that begins when *spent* time of the day's training is over."""
    session = placed.session
    event = _event(plan, week.number, placed.slot)
    begin, end = _times(placed.day, spent, timedelta(minutes=session.minutes), export)
    event.add("dtstart", begin)
    event.add("dtend", end)
    event.add("status", "CONFIRMED")
    # Nobody trains all day long: an event without a time of day keeps no time free.
    event.add("transp", "OPAQUE" if export.at else "TRANSPARENT")
    title = "Busy"
    if export.busy:
        event.add("class", "PRIVATE")
    else:
        title = clean(f"{_PREFIX.get(session.kind, '')}{session.title}, {session.minutes} min")
        event.add("description", clean("\n".join(_lines(plan, week, placed, export.content))))
        event.add("categories", [session.kind.capitalize()])
    event.add("summary", title)
    if export.alarm is not None:
        from icalendar import Alarm

        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", -export.alarm)
        event.add_component(alarm)
    return event


def _cancelled(plan: Plan | Referral, gone: Withdrawn, export: Export) -> "Event":
    event = _event(plan, gone.week, gone.slot)
    begin, end = _times(gone.day, timedelta(), timedelta(), export)
    event.add("dtstart", begin)
    if not export.at:
        event.add("dtend", end)
    event.add("status", "CANCELLED")
    event.add("transp", "TRANSPARENT")
    if export.busy:
        event.add("class", "PRIVATE")
    elif isinstance(plan, Referral):
        event.add("description", _WITHDRAWN)
    # Said in the title, too, for a calendar that shows cancelled events like any other.
    event.add("summary", "Cancelled" if export.busy else clean(f"Cancelled: {gone.title}"))
    return event


def _event(plan: Plan | Referral, week: int, slot: str) -> "Event":
    """Return an event with its identity and its revision."""
    from icalendar import Event

    made = plan.provenance
    revised = datetime.combine(made.made_on, time(), UTC) + timedelta(seconds=made.version)
    event = Event()
    event.add("uid", f"{uuid5(NAMESPACE, f'{made.plan}/{week}/{slot}')}@programgen.invalid")
    event.add("sequence", made.version - 1)
    event.add("dtstamp", revised)
    event.add("last-modified", revised)
    return event


def _times(
    day: date, spent: timedelta, length: timedelta, export: Export
) -> tuple[date, date] | tuple[datetime, datetime]:
    if not (export.at and export.zone):
        return day, day + timedelta(days=1)
    zone = ZoneInfo(export.zone)
    # Counted in UTC, because a local hour may be missing or come twice.
    begin = datetime.combine(day, export.at, zone).astimezone(UTC) + spent
    times = (begin, begin + length)
    local = (times[0].astimezone(zone), times[1].astimezone(zone))
    if local[0].date() != day:
        message = (
            f"a session of {date_text(day)} would begin after midnight; "
            "choose an earlier time of day with --at"
        )
        raise ProgramgenError(message)
    return times if any(map(_comes_twice, local)) else local


def _comes_twice(local: datetime) -> bool:
    """Return whether the clock shows this time twice, so that only UTC can name it."""
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def _lines(plan: Plan, week: PlanWeek, placed: Placed, content: Catalogue) -> Iterator[str]:
    """Yield what to do, why, when to stop, and which plan this belongs to."""
    session, made = placed.session, plan.provenance
    yield from _what(session, plan, content)
    yield f"Place: {content.vocabulary.places[session.place].name}."
    note = next((d.note for d in week.days if d.day == placed.day), None)
    if note:
        yield f"Note: {note}"
    yield ""
    yield from (f"Why: {reason.text}" for reason in session.reasons)
    yield light_text(content.protocols[made.protocol].light)
    yield NEW_SIGNS
    yield ""
    if not week.firm:
        yield OUTLOOK
    yield (
        f"Week {week.number} of {plan.weeks[-1].number}. Plan version {made.version}, made "
        f"{date_text(made.made_on)}. Use until {date_text(plan.valid_until)}."
    )
    if made.draft:
        yield DRAFT


def _what(session: Session, plan: Plan, content: Catalogue) -> Iterator[str]:
    if session.stage:
        yield f"{steps_text(session.steps, session.warm_up, session.cool_down)}."
        yield from (rung.effort for rung in plan.rungs if rung.stage == session.stage)
        for part, when in AROUND:
            items = [item for item in session.items if item.part == part]
            if items:
                yield f"{when}:"
                yield from (_item(item, content) for item in items)
        return
    yield from (_item(item, content) for item in session.items)
    for item in session.items:
        effort = content.exercises[item.exercise].effort
        if effort:
            yield effort_text(effort)


def _item(item: Item, content: Catalogue) -> str:
    exercise = content.exercises[item.exercise]
    rest = rest_text(item.dose)
    dose = dose_text(item.dose, exercise) + EDITED * item.edited
    return f"- {exercise.words.name}: {dose}." + (f" {rest}" if rest else "")


def zone_block(zone: ZoneInfo, first: date, last: date) -> "Timezone":
    """Return the rules of a zone from *first* to *last*, one entry for each change of the clock.

    No list of dates and no rule: many readers take only the first date of a list, and are an
    hour off after it.
    """
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    block = Timezone()
    block.add("tzid", zone.key)
    begin = datetime.combine(first - timedelta(days=2), time(), UTC)
    end = datetime.combine(last + timedelta(days=2), time(), UTC)
    for instant, before in ((begin, _offset(zone, begin)), *_changes(zone, begin, end)):
        local = instant.astimezone(zone)
        entry = TimezoneDaylight() if local.dst() else TimezoneStandard()
        # By the clock as it was before the change.
        entry.add("dtstart", (instant + before).replace(tzinfo=None))
        entry.add("tzoffsetfrom", before)
        entry.add("tzoffsetto", _offset(zone, instant))
        entry.add("tzname", local.tzname() or zone.key)
        block.add_component(entry)
    return block


def _changes(
    zone: ZoneInfo, begin: datetime, end: datetime
) -> Iterator[tuple[datetime, timedelta]]:
    """Yield each instant at which the offset changes, and the offset before it."""
    day = timedelta(days=1)
    while begin < end:
        before = _offset(zone, begin)
        if _offset(zone, begin + day) != before:
            minutes = (begin + timedelta(minutes=m) for m in range(1, 24 * 60 + 1))
            yield next(m for m in minutes if _offset(zone, m) != before), before
        begin += day


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
