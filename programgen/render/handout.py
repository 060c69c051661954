"""A quick sheet in words: cards with ticks, the note, and when to call for help."""

from dataclasses import dataclass

from programgen.core.catalogue import Catalogue
from programgen.core.exercise import Doses
from programgen.core.handout import Handout
from programgen.core.plan import Item
from programgen.core.protocol import DEFAULT_PROTOCOL
from programgen.core.reasons import citations
from programgen.core.vocabulary import Level, Reach
from programgen.core.words import (
    PURPOSE,
    WEEKDAYS,
    count_text,
    date_text,
    dose_text,
    reference_text,
)
from programgen.render.house import PLAIN, HouseStyle
from programgen.render.page import rendered
from programgen.render.pictures import QUICK_BOX, Pictures, picture_of
from programgen.render.view import (
    WHAT_TO_DO,
    Card,
    Footer,
    card,
    emergency_signs,
    footer_of,
    stop_signs,
)

WEEKS = 2
"""Weeks in the grid of ticks."""


@dataclass(frozen=True)
class HandoutView:
    """All pages of a quick sheet."""

    title: str
    name: str | None
    made: str
    for_whom: str | None
    chosen: str
    note_from: str
    note: str | None
    appointments: tuple[str, ...]
    use: str
    cards: tuple[Card, ...]
    weeks: tuple[str, ...]
    """Weeks of the grid."""
    days: tuple[str, ...]
    """Weekdays of the grid."""
    stop: tuple[str, ...]
    emergency: tuple[str, ...]
    sources: tuple[str, ...]
    footer: Footer


def often_text(doses: Doses) -> str | None:
    """Return on how many days, and how often a day; None where the catalogue leaves it open."""
    day = {None: "", 1: "once a day", 2: "twice a day"}.get(
        doses.per_day, f"{doses.per_day} times a day"
    )
    week = ""
    if doses.per_week:
        days = count_text(doses.per_week, "day", "days")
        week = "every day" if doses.per_week == 7 else f"on {days} a week"
    text = ", ".join(filter(None, (week, day)))
    return f"{text[0].upper()}{text[1:]}." if text else None


def _card(item: Item, content: Catalogue, pictures: Pictures) -> Card:
    exercise = content.exercises[item.exercise]
    often = often_text(exercise.doses) if exercise.doses else None
    picture = picture_of(exercise, pictures, QUICK_BOX)
    return card(item, content, picture, dose=dose_text(item.dose, exercise), often=often)


def _chosen(handout: Handout, content: Catalogue) -> str:
    """Return who chose the exercises, and whether anybody asked about warning signs."""
    if not handout.screened:
        return (
            "Your clinician chose these exercises. This sheet did not ask you about warning "
            "signs, so please read the red box."
        )
    until = handout.made_on + content.settings.valid_for.value
    return (
        f"Your clinician chose these exercises. They fit the answers that we checked on "
        f"{date_text(handout.made_on)}. Answer the questions again by {date_text(until)}."
    )


def _appointments(handout: Handout) -> tuple[str, ...]:
    """Return what somebody should look at soon, although the exercises may go on."""
    told = [
        f.tell
        for f in handout.findings
        if f.group != "pattern" and (f.appointment or f.plan is not Reach.FULL)
    ]
    urgent = any(f.level is Level.REFER for f in handout.findings)
    return tuple(dict.fromkeys((*([WHAT_TO_DO[Level.REFER]] if urgent else []), *told)))


def handout_view(
    handout: Handout, content: Catalogue, pictures: Pictures, house: HouseStyle = PLAIN
) -> HandoutView:
    """Turn a quick sheet into everything that its pages show."""
    clinic = house.letterhead.clinic if house.letterhead else None
    entries = [content.exercises[item.exercise] for item in handout.items]
    evidence = [source for e in entries for source in e.evidence]
    if handout.set is not None:
        evidence += content.sets[handout.set].evidence
    return HandoutView(
        title=handout.title,
        name=handout.name,
        made=date_text(handout.made_on),
        for_whom=handout.for_whom,
        chosen=_chosen(handout, content),
        note_from=f"A note from {clinic.name}" if clinic else "A note for you",
        note=handout.note or (clinic.note if clinic else None),
        appointments=_appointments(handout),
        use="Do each exercise as its card says. Then tick the day.",
        cards=tuple(_card(item, content, pictures) for item in handout.items),
        weeks=tuple(f"Week {number}" for number in range(1, WEEKS + 1)),
        days=WEEKDAYS,
        stop=stop_signs(content.protocols[DEFAULT_PROTOCOL]),
        emergency=emergency_signs(content),
        sources=tuple(reference_text(content.references[key]) for key in citations(evidence)),
        footer=footer_of(
            PURPOSE, handout.draft, handout.made_on, handout.program, handout.catalogue
        ),
    )


def handout_html(
    handout: Handout,
    content: Catalogue,
    pictures: Pictures,
    paper: str,
    house: HouseStyle = PLAIN,
    *,
    inline: bool = False,
) -> str:
    """Return a quick sheet as a whole page."""
    view = handout_view(handout, content, pictures, house)
    return rendered("handout", view, pictures, paper, inline=inline, house=house)
