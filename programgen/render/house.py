"""The house style of a clinic: letterhead, main colour, and parts of its own."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from programgen.render.chart import COLOUR
from programgen.render.view import PlanView

if TYPE_CHECKING:
    from programgen.core.clinic import Letterhead

MAIN = COLOUR.run
"""The main colour, as it stands in the style sheets."""

LOGO = "logo:"
"""How a page names the logo; the renderer asks for it by this address."""

LOGO_BOX = (55.0, 15.0)
"""Largest width and height of the logo in millimetres."""

KINDS = {"svg": "image/svg+xml", "png": "image/png"}


@dataclass(frozen=True)
class HouseStyle:
    """What a clinic changes on every page."""

    letterhead: "Letterhead | None" = None
    """Name, contact, logo and colour."""
    parts: tuple[tuple[str, str, str], ...] = ()
    """Own parts of the page: name below the templates, file as shown to the user, text."""

    def own(self, name: str) -> tuple[str, str] | None:
        """Return an own part with its file, or None where the shipped one stays."""
        return next(((text, shown) for n, shown, text in self.parts if n == name), None)


PLAIN = HouseStyle()
"""Nothing of a clinic."""


@dataclass(frozen=True)
class LetterheadView:
    """What the head and the foot of the page show of a clinic."""

    name: str
    contact: tuple[str, ...]
    logo: str | None
    alt: str
    width: str
    height: str
    foot: str


def letterhead_view(house: HouseStyle) -> LetterheadView | None:
    """Turn a letterhead into words and sizes."""
    if house.letterhead is None:
        return None
    clinic, logo = house.letterhead.clinic, house.letterhead.logo
    wide = logo.wide if logo else 1.0
    high = min(LOGO_BOX[1], LOGO_BOX[0] / wide)
    return LetterheadView(
        name=clinic.name,
        contact=clinic.contact,
        logo=LOGO if logo else None,
        alt=f"Logo of {clinic.name}",
        width=f"{high * wide:.1f}mm",
        height=f"{high:.1f}mm",
        foot=" · ".join((clinic.name, *clinic.contact, *filter(None, [clinic.footer]))),
    )


def main_colour(house: HouseStyle) -> str:
    """Return the main colour of the page."""
    head = house.letterhead
    return (head.clinic.colour if head else None) or MAIN


def with_logo(page: str, house: HouseStyle) -> str:
    """Return a page that carries its logo, for a browser."""
    logo = house.letterhead.logo if house.letterhead else None
    if logo is None:
        return page
    data = b64encode(logo.data).decode()
    return page.replace(f'src="{LOGO}"', f'src="data:{KINDS[logo.kind]};base64,{data}"', 1)


def noted(view: PlanView, house: HouseStyle) -> PlanView:
    """Return a plan with the usual note of a clinic where there is none of its own."""
    clinic = house.letterhead.clinic if house.letterhead else None
    if clinic is None or view.note or not clinic.note:
        return view
    return replace(view, note=clinic.note, note_from=f"A note from {clinic.name}")


def own_parts(texts: Mapping[str, tuple[str, str]]) -> tuple[tuple[str, str, str], ...]:
    """Return own parts in an order that depends on their names alone."""
    return tuple((name, *texts[name]) for name in sorted(texts))
