"""A dose in one line, as a clinician writes it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programgen.core.dose_notation import parse_dose
from programgen.core.exercise import Dose

HELD = Dose(sets=3, hold=timedelta(seconds=20))


@pytest.mark.parametrize(
    ("text", "like", "dose"),
    [
        ("2x8", None, {"sets": 2, "reps": 8}),
        ("2x8 5 s", None, {"sets": 2, "reps": 8, "hold": "5 s"}),
        (
            "2 x 8, hold 5 s, rest 1 min",
            None,
            {"sets": 2, "reps": 8, "hold": "5 s", "rest": "60 s"},
        ),
        ("2×8 5s", None, {"sets": 2, "reps": 8, "hold": "5 s"}),
        ("10", None, {"reps": 10}),
        ("10 times", None, {"reps": 10}),
        ("3x20 s", HELD, {"sets": 3, "hold": "20 s"}),
        ("3x20 s", None, {"sets": 3, "time": "20 s"}),
        ("5 min", None, {"time": "5 min"}),
        ("3x hold 20 s", None, {"sets": 3, "hold": "20 s"}),
        ("2x20 m", None, {"sets": 2, "distance": "20 m"}),
        ("2x 3 breaths", None, {"sets": 2, "breaths": 3}),
        ("8 reps 1 breath", None, {"reps": 8, "breaths": 1}),
        ("sets 2 reps 8", None, {"sets": 2, "reps": 8}),
    ],
)
def test_a_dose_is_read_as_it_is_meant(text, like, dose):
    """The parts are those of a Dose; a bare time is held where the exercise is held."""
    assert parse_dose(text, like) == Dose.model_validate(dose)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the dose is empty"),
        ("many", "'many' is not understood"),
        ("2x", "a dose needs reps, hold, breaths, time or distance"),
        ("2x8 5 s 6 s", "'hold' is given twice"),
        ("8 reps 9 reps", "'reps' is given twice"),
        ("2x8 hold 5", "'hold' needs an amount such as '30 s'"),
        ("2x8 distance 5 s", "'distance' needs an amount such as '20 m'"),
        ("2x8.5", "'reps' is counted in whole numbers"),
        ("0x8", "'sets'"),
        ("2x9999", "'reps'"),
        ("-3", "'-3' is not understood"),
        ("5 lightyears", "is not understood"),
    ],
)
def test_what_cannot_be_meant_is_told_plainly(text, says):
    """The message says which part, and shows how a dose is written."""
    with pytest.raises(ValueError) as caught:
        parse_dose(text)

    assert says in str(caught.value)


@given(st.integers(1, 20), st.integers(1, 50), st.integers(1, 60), st.integers(0, 120))
def test_rounds_repeats_hold_and_rest_come_back(sets, reps, hold, rest):
    """What is written is what is printed."""
    pause = f" rest {rest} s" if rest else ""
    found = parse_dose(f"{sets}x{reps} {hold} s{pause}")

    assert (found.sets, found.reps) == (sets, reps)
    assert found.hold == timedelta(seconds=hold)
    assert found.rest == (timedelta(seconds=rest) if rest else None)


@given(st.text(alphabet="0123456789x ,.smihnreptod-", max_size=14) | st.text(max_size=30))
def test_any_text_is_a_dose_or_a_message(text):
    """Nothing that somebody types is an accident of the program."""
    said = ""
    try:
        found = parse_dose(text)
    except ValueError as error:
        found, said = None, str(error)

    assert isinstance(found, Dose) or said
