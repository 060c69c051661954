"""Who hands out the sheet: name, contact, logo and colour of a clinic."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from programgen.core.base import Text, Value
from programgen.core.intake import ShortText

LEAST_CONTRAST = 4.5
"""Least contrast of text on its ground (WCAG 2.1, success criterion 1.4.3, level AA)."""

LONGEST_FOOT = 170
"""Characters of name, contact and footer together: two lines at the foot of a page."""


def _light(part: str) -> float:
    share = int(part, 16) / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def contrast_on_white(colour: str) -> float:
    """Return the contrast ratio of a colour ``#rrggbb`` on white, from 1 to 21.

    >>> round(contrast_on_white("#000000"), 1), round(contrast_on_white("#777777"), 2)
    (21.0, 4.48)
    """
    red, green, blue = (_light(colour[i : i + 2]) for i in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _readable(colour: object) -> str:
    # A colour without quotes starts a comment in YAML and arrives as nothing.
    if not isinstance(colour, str) or not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        message = "write six hexadecimal digits in quotes, such as '#0b5563'"
        raise ValueError(message)
    ratio = contrast_on_white(colour)
    if ratio < LEAST_CONTRAST:
        message = (
            f"'{colour}' is too light to be read on white: its contrast is {ratio:.2f} to 1, and "
            f"{LEAST_CONTRAST} to 1 is needed; take a darker shade"
        )
        raise ValueError(message)
    return colour.lower()


class Clinic(Value):
    """What a clinic puts on its handouts."""

    name: ShortText
    """Name of the clinic, at the head of page 1."""
    contact: tuple[ShortText, ...] = Field(default=(), max_length=3)
    """Lines such as address, telephone, opening hours; also at the foot of each page."""
    logo: Text | None = None
    """Logo as SVG or PNG; the path starts at the folder of this file."""
    colour: Annotated[str | None, BeforeValidator(_readable, json_schema_input_type=str)] = None
    """Main colour as '#rrggbb', in quotes; dark enough to be read on white."""
    paper: Literal["a4", "letter"] | None = None
    """Paper, unless the command says otherwise."""
    footer: ShortText | None = None
    """One more line at the foot of each page."""
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = None
    """Note to every patient, where the clinician writes none."""

    @model_validator(mode="after")
    def _fits_the_foot(self) -> Self:
        length = sum(map(len, (self.name, *self.contact, self.footer or "")))
        if length > LONGEST_FOOT:
            message = (
                f"name, contact and footer have {length} characters together; at most "
                f"{LONGEST_FOOT} fit at the foot of a page"
            )
            raise ValueError(message)
        return self


@dataclass(frozen=True)
class Drawing:
    """A checked picture file: nothing in it asks for anything else."""

    data: bytes
    """SVG or PNG, written again from what was checked."""
    kind: Literal["svg", "png"]
    """Format of the data."""
    wide: float
    """Width over height."""


@dataclass(frozen=True)
class Letterhead:
    """A clinic with its logo."""

    clinic: Clinic
    logo: Drawing | None = None
