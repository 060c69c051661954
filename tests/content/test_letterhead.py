"""A clinic file: what it may say, and what it is told."""

from pathlib import Path

import pytest

from programgen.content.letterhead import read_letterhead
from programgen.core.clinic import contrast_on_white
from programgen.errors import ContentError

EXAMPLE = Path(__file__).parents[2] / "examples" / "clinic-file" / "clinic.yaml"


def written(folder, text):
    """Write a clinic file and return its path."""
    path = folder / "clinic.yaml"
    path.write_text(text)
    return path


def test_the_example_can_be_used():
    """Name, contact, colour and logo are read."""
    found = read_letterhead(EXAMPLE)

    assert found.clinic.name == "Riverside Physiotherapy"
    assert found.logo is not None
    assert contrast_on_white(found.clinic.colour) >= 4.5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("contact: [x]\n", "1:1: 'name' is missing"),
        ("name: A\ncolor: '#000000'\n", "2:1: 'color' is not a known key; did you mean 'colour'?"),
        ("name: A\ncolour: '#777777'\n", "2:1: '#777777' is too light"),
        ("name: A\ncolour: teal\n", "2:1: write six hexadecimal digits in quotes"),
        ("name: A\ncolour: #0b5563\n", "2:1: write six hexadecimal digits in quotes"),
        ("name: A\npaper: a5\n", "2:1: must be 'a4' or 'letter'"),
        ("name: A\ncontact: [a, b, c, d]\n", "at most 3 are allowed"),
        (f"name: A\ncontact: [{'x' * 90}, {'y' * 90}]\n", "fit at the foot of a page"),
        ("name: A\nlogo: ../logo.svg\n", "2:1: put the logo beside this file"),
        ("name: A\nlogo: /etc/hostname\n", "2:1: put the logo beside this file"),
        ("name: A\nlogo: no.svg\n", "2:1: there is no file 'no.svg'"),
        ("name: A\nlogo: clinic.yaml\n", "is not an SVG or PNG file"),
        ("", "the file is empty"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, text, says):
    """The message says what, where and what to do."""
    with pytest.raises(ContentError) as caught:
        read_letterhead(written(tmp_path, text))

    assert says in str(caught.value)


def test_the_contrast_is_that_of_the_guidelines():
    """Black on white is 21 to 1; #767676 is the lightest grey that passes."""
    assert contrast_on_white("#000000") == pytest.approx(21)
    assert contrast_on_white("#ffffff") == pytest.approx(1)
    assert contrast_on_white("#767676") >= 4.5 > contrast_on_white("#777777")
