"""Quantities as people write them: a number with its unit.

A bare number is refused, because nobody can tell minutes from seconds in it.
Every quantity is written back in the form in which it may be read.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

MILE = 1609.344
"""Metres in a mile."""

_NUMBER = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s*([a-z]+)")
_SECONDS = {
    "s": 1,
    "sec": 1,
    "min": 60,
    "h": 3600,
    "day": 86_400,
    "days": 86_400,
    "week": 604_800,
    "weeks": 604_800,
    # A month stands for thirty days: long enough for every limit in the rules.
    "month": 2_592_000,
    "months": 2_592_000,
    "year": 31_536_000,
    "years": 31_536_000,
}
LONGEST = 100 * 31_536_000
"""Seconds of the longest span that can be meant."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Days that can be meant; a mistyped year would make every later reckoning overflow."""

_METRES = {"m": 1.0, "km": 1000.0, "mi": MILE, "mile": MILE, "miles": MILE}


def _amount(text: object, units: Mapping[str, float], example: str) -> float:
    match = _NUMBER.fullmatch(text.strip().lower()) if isinstance(text, str) else None
    if match is None or match[2] not in units:
        message = f"write a number and a unit, such as '{example}'; got {_shown(text)}"
        raise ValueError(message)
    return float(match[1]) * units[match[2]]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def parse_span(text: object) -> timedelta:
    """Read a span of time.

    >>> parse_span("90 s")
    datetime.timedelta(seconds=90)
    """
    if isinstance(text, timedelta):
        return text
    seconds = round(_amount(text, _SECONDS, "4 min"))
    if seconds > LONGEST:
        message = f"more than a hundred years; got {_shown(text)}"
        raise ValueError(message)
    return timedelta(seconds=seconds)


def write_span(span: timedelta) -> str:
    """Write a span in the largest unit that keeps it whole.

    >>> write_span(timedelta(minutes=4)), write_span(timedelta(days=14))
    ('4 min', '2 weeks')
    """
    seconds = round(span.total_seconds())
    for size, one, many in (
        (604_800, "week", "weeks"),
        (86_400, "day", "days"),
        (60, "min", "min"),
    ):
        if seconds and seconds % size == 0:
            amount = seconds // size
            return f"{amount} {one if amount == 1 else many}"
    return f"{seconds} s"


def parse_distance(text: object) -> int:
    """Read a distance into whole metres.

    >>> parse_distance("5 km"), parse_distance("3 mi")
    (5000, 4828)
    """
    return round(_amount(text, _METRES, "5 km"))


def write_distance(metres: int) -> str:
    """Write whole metres, the form that loses nothing."""
    return f"{metres} m"


def parse_date(text: object) -> date:
    """Read a calendar day written as year, month, day.

    Raises:
        ValueError: it is no day, or its year cannot be meant.
    """
    found = text if isinstance(text, date) else _day(text)
    if found is None:
        message = f"write a date as year-month-day, such as '2027-03-14'; got {_shown(text)}"
        raise ValueError(message)
    if not FIRST_DAY <= found <= LAST_DAY:
        message = f"write a year from {FIRST_DAY.year} to {LAST_DAY.year}; got {_shown(str(found))}"
        raise ValueError(message)
    return found


def _day(text: object) -> date | None:
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def minutes(span: timedelta) -> int:
    """Whole minutes that hold the span; a started minute counts."""
    return -(-round(span.total_seconds()) // 60)


Span = Annotated[
    timedelta,
    BeforeValidator(parse_span, json_schema_input_type=str),
    PlainSerializer(write_span, return_type=str),
]
Distance = Annotated[
    int,
    BeforeValidator(parse_distance, json_schema_input_type=str),
    PlainSerializer(write_distance, return_type=str),
    Field(ge=0, le=1_000_000),
]
Day = Annotated[date, BeforeValidator(parse_date, json_schema_input_type=str)]
Score = Annotated[int, Field(strict=True, ge=0, le=10)]
