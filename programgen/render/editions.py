"""Editions of the handout: one design, set for different readers and printers.

An edition is a small style sheet of its name in ``templates/css`` and the few things that a
style sheet cannot say: the colours of the drawings and the room for a picture.
"""

from dataclasses import dataclass

from programgen.core.palette import mono
from programgen.render.chart import COLOUR, LARGE, MONO, Ink
from programgen.render.pictures import CARD_BOX, TOPIC_BOX, Box, Pictures


@dataclass(frozen=True)
class Edition:
    """How a handout is set."""

    name: str
    ink: Ink = COLOUR
    card: Box = CARD_BOX
    topic: Box = TOPIC_BOX
    grey: bool = False
    """Pictures are printed without colour."""
    flows: bool = False
    """A week may take more than one sheet."""

    def pictures(self, pictures: Pictures) -> Pictures:
        """Return the pictures as this edition prints them."""
        return {n: mono(svg) for n, svg in pictures.items()} if self.grey else pictures


STANDARD = Edition("standard")
EDITIONS = {
    edition.name: edition
    for edition in (
        STANDARD,
        Edition("large", ink=LARGE, card=(68.0, 46.0), topic=(20.0, 20.0), flows=True),
        Edition("mono", ink=MONO, grey=True),
        Edition("summary"),
    )
}
