"""A result as one page for a phone: no connection, no other file, and ticks that stay.

The page may run its own script and style and nothing else: a policy in its head names both
by their hash, so that text which slips through as markup still could not run.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from markupsafe import Markup

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Placed, Plan, PlanDay, PlanWeek, Referral, Result, Session
from programgen.core.words import clean, day_text
from programgen.render.house import (
    MAIN,
    PLAIN,
    HouseStyle,
    letterhead_view,
    main_colour,
    noted,
    with_logo,
)
from programgen.render.pictures import Pictures
from programgen.render.templating import environment, read_template
from programgen.render.view import (
    DayView,
    Footer,
    Line,
    OpenView,
    PlanView,
    ReferralView,
    SessionView,
    Stage,
    Topic,
    WeekView,
    open_view,
    plan_view,
    referral_view,
    weeks_ahead,
)

_ATTRIBUTE = re.compile(r'([a-zA-Z][\w:-]*)="([^"]*)"')
_NOT_KEPT = frozenset({"xmlns", "width", "height"})


@dataclass(frozen=True)
class PhoneSession:
    """A session with what it is remembered by."""

    key: str
    """Week and slot, such as 3/run-1; the same in every version of the plan."""
    show: SessionView
    parts: tuple[tuple[str | None, tuple[Line, ...]], ...]
    """Exercises: when, and which."""
    bouts: str
    """Moves and seconds for the timer, such as 'walk:300 run:30'; empty without a ladder."""


@dataclass(frozen=True)
class PhoneDay:
    """A day of the plan."""

    iso: str
    name: str
    note: str | None
    rest: str | None
    sessions: tuple[PhoneSession, ...]


@dataclass(frozen=True)
class PhoneWeek:
    """A week, with the days from the first day of the plan on."""

    show: WeekView
    days: tuple[PhoneDay, ...]


@dataclass(frozen=True)
class PhoneStage:
    """A line of the ladder with its ticks."""

    show: Stage
    keys: tuple[str | None, ...]
    """What each tick is remembered by; None where it is earned already."""


@dataclass(frozen=True)
class PhoneTopic:
    """A self-care topic with the name of its picture."""

    id: str
    show: Topic


@dataclass(frozen=True)
class PhoneView:
    """What every page for a phone shows."""

    title: str
    name: str | None
    plan: str
    links: tuple[tuple[str, str, str], ...]
    """Parts of the page: target, name and class; 'extra' may give way to large letters."""
    footer: Footer
    show: PlanView | ReferralView | OpenView


@dataclass(frozen=True)
class PhonePlan(PhoneView):
    """The page of a plan."""

    when: tuple[tuple[str, str], ...]
    """What stands under 'Today' before the plan, during it and after it."""
    unscripted: str
    weeks: tuple[PhoneWeek, ...]
    stages: tuple[PhoneStage, ...]
    topics: tuple[PhoneTopic, ...]
    cards: frozenset[str]
    """Exercises with a card; the past of a plan may have others."""
    pictures: frozenset[str]
    symbols: Markup
    """Every picture once, for the page to refer to."""


_EMERGENCY = ("emergency", "Emergency", "sos")
_LINKS = (
    ("today", "Today", ""),
    ("weeks", "Weeks", "extra"),
    ("exercises", "Exercises", "extra"),
    ("light", "Light", "extra"),
    _EMERGENCY,
)


def phone_html(
    result: Result, content: Catalogue, pictures: Pictures, house: HouseStyle = PLAIN
) -> str:
    """Return a result as one page for a phone."""
    view: PhoneView
    if isinstance(result, Plan):
        name, view = "plan", _plan(result, content, pictures, house)
    elif isinstance(result, Referral):
        name, view = "referral", _other(result, referral_view(result, content))
    else:
        name, view = "open", _other(result, open_view(result, content))
    style = read_template("phone/phone.css").replace(MAIN, main_colour(house))
    script = read_template("phone/phone.js") if name == "plan" else None
    page = (
        environment(house)
        .get_template(f"phone/{name}.html.jinja")
        .render(
            view=view,
            style=style,
            script=script,
            policy=policy(style, script),
            language="en",
            clinic=letterhead_view(house),
        )
    )
    return with_logo(clean(page), house)


def policy(style: str, script: str | None) -> str:
    """Return the content security policy of a page with this style and this script."""
    scripts = _hash(script) if script is not None else "'none'"
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {scripts}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _other(result: Result, view: ReferralView | OpenView) -> PhoneView:
    return PhoneView(
        title=view.title,
        name=None,
        plan=result.provenance.plan,
        links=(_EMERGENCY,),
        footer=view.footer,
        show=view,
    )


def _plan(plan: Plan, content: Catalogue, pictures: Pictures, house: HouseStyle) -> PhonePlan:
    whole = noted(plan_view(plan, content, pictures), house)
    last = plan.weeks[-1].days[-1].day
    return PhonePlan(
        title=whole.title,
        name=whole.name,
        plan=plan.provenance.plan,
        links=tuple(x for x in _LINKS if whole.groups or x[0] != "exercises"),
        footer=whole.footer,
        show=whole,
        when=(
            ("before", f"Your plan begins on {day_text(plan.start)}. This is your first day."),
            ("now", "This is what your plan has for today."),
            (
                "after",
                f"Your plan ended on {day_text(last)}. Answer the questions again for a new one.",
            ),
        ),
        unscripted="Open your week below and look for today.",
        weeks=tuple(
            _week(week, show, plan, content)
            for week, show in zip(weeks_ahead(plan), whole.weeks, strict=True)
        ),
        stages=tuple(
            _stage(rung.stage, show) for rung, show in zip(plan.rungs, whole.stages, strict=True)
        ),
        topics=tuple(
            PhoneTopic(name, show) for name, show in zip(plan.self_care, whole.topics, strict=True)
        ),
        cards=frozenset(card.id for group in whole.groups for card in group.cards),
        pictures=frozenset(pictures),
        symbols=Markup("\n").join(symbol(name, pictures[name]) for name in sorted(pictures)),
    )


def _stage(stage: str, show: Stage) -> PhoneStage:
    boxes = enumerate(show.boxes, 1)
    return PhoneStage(show, tuple(None if box else f"stage/{stage}/{n}" for n, box in boxes))


def _week(week: PlanWeek, show: WeekView, plan: Plan, content: Catalogue) -> PhoneWeek:
    placed = iter(week.placed)
    days = [
        _day(day, seen, [next(placed) for _ in day.sessions], week.number, content)
        for day, seen in zip(week.days, show.days, strict=True)
    ]
    return PhoneWeek(
        show, tuple(d for d, day in zip(days, week.days, strict=True) if day.day >= plan.start)
    )


def _day(
    day: PlanDay, show: DayView, placed: list[Placed], week: int, content: Catalogue
) -> PhoneDay:
    return PhoneDay(
        iso=day.day.isoformat(),
        name=day_text(day.day),
        note=day.note,
        rest=show.rest,
        sessions=tuple(
            _session(f"{week}/{at.slot}", at, seen, content)
            for at, seen in zip(placed, show.sessions, strict=True)
        ),
    )


def _session(key: str, placed: Placed, show: SessionView, content: Catalogue) -> PhoneSession:
    session = placed.session
    parts: tuple[tuple[str | None, tuple[Line, ...]], ...] = show.parts
    if show.lines:
        parts = ((None, show.lines),)
    if session.kind == "cross-training":
        activity = session.items[0].exercise
        name = content.exercises[activity].words.name
        parts = ((None, (Line(activity, name, "How to do it", edited=False),)),)
    ahead = session.stage and not show.past
    return PhoneSession(key, show, parts, " ".join(_bouts(session)) if ahead else "")


def _bouts(session: Session) -> Iterator[str]:
    """Yield every bout of a run or walk in order, the walks around it included."""
    if session.warm_up:
        yield _bout("walk", session.warm_up)
    for step in session.steps:
        for _ in range(step.repeat):
            yield from (_bout(bout.move, bout.time) for bout in step.bouts)
    if session.cool_down:
        yield _bout("walk", session.cool_down)


def _bout(move: str, time: timedelta) -> str:
    return f"{move}:{round(time.total_seconds())}"


def symbol(name: str, svg: str) -> Markup:
    """Return a picture (SVG) as a symbol that the page draws wherever it refers to it."""
    head, _, rest = svg.partition(">")
    kept = " ".join(
        f'{key}="{value}"'
        for key, value in _ATTRIBUTE.findall(head)
        if key not in _NOT_KEPT and not key.startswith("data-")
    )
    inner = rest[: rest.rindex("</svg>")]
    # Our own drawings, and pictures of a clinic that were read and written again.
    return Markup(f'<symbol id="p-{name}" {kept}>{inner}</symbol>')  # noqa: S704
