"""Quantities carry their unit and are read back as they were written."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programgen.core.quantities import (
    MILE,
    minutes,
    parse_date,
    parse_distance,
    parse_span,
    write_distance,
    write_span,
)


@given(st.integers(0, 999_999).map(lambda seconds: timedelta(seconds=seconds)))
def test_a_span_is_read_as_it_was_written(span):
    """Writing a span and reading it gives the same span."""
    assert parse_span(write_span(span)) == span


@given(st.integers(0, 999_999))
def test_a_distance_is_read_as_it_was_written(metres):
    """Writing a distance and reading it gives the same metres."""
    assert parse_distance(write_distance(metres)) == metres


@pytest.mark.parametrize(
    "text",
    [
        10,
        10.5,
        "10",
        "ten min",
        "-3 min",
        "nan min",
        "1e9 min",
        "5 parsecs",
        "",
        None,
        True,
        "10 min 5",
    ],
)
def test_a_span_without_a_sound_unit_is_refused(text):
    """A bare number, an unknown unit or a word is no span of time."""
    with pytest.raises(ValueError, match="number and a unit"):
        parse_span(text)


def test_miles_and_kilometres_are_the_same_way():
    """Ten miles are read as the metres of ten miles."""
    assert parse_distance("10 mi") == round(10 * MILE)


@pytest.mark.parametrize("text", ["2027-02-30", "24.12.2026", "tomorrow", 20261224, "2027-1-1"])
def test_a_date_that_does_not_exist_is_refused(text):
    """Only year-month-day of the calendar is a date."""
    with pytest.raises(ValueError, match="year-month-day"):
        parse_date(text)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_year_that_nobody_means_is_refused(text):
    """A mistyped year would overflow the first sum of days."""
    with pytest.raises(ValueError, match="write a year from 1900 to 2199"):
        parse_date(text)


def test_a_started_minute_counts():
    """Ninety seconds need two minutes of a day."""
    assert minutes(parse_span("90 s")) == 2
