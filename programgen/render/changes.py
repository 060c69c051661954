"""What changed since the version before, and why, in the order in which it matters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Change, Plan, Standing
from programgen.core.reasons import Reason
from programgen.core.words import day_text
from programgen.render.citing import Cited


@dataclass(frozen=True)
class Held:
    """What is paused, what may go on, and what ends it."""

    title: str
    why: str
    paused: str
    goes_on: str
    ends: str
    asks: tuple[str, ...] = ()
    """Questions whose answers end it."""
    release: bool = True
    """A clinician signs here that it may go on."""


@dataclass(frozen=True)
class WeekChanges:
    """What is different in one week."""

    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class ChangesView:
    """The part that a later version opens with."""

    lead: str
    held: Held | None
    rest: str | None
    looks: tuple[str, ...]
    """Why somebody should have a look although the plan goes on."""
    causes: tuple[str, ...]
    weeks: tuple[WeekChanges, ...]
    plan: tuple[str, ...]
    """What is different in the whole plan and its outlook."""
    same: str | None
    """Said when nothing ahead is different."""
    brief: str
    """The most important of it, for one page."""


def changes_view(plan: Plan, content: Catalogue, cited: Cited) -> ChangesView | None:
    """Return what a later version opens with; None for the first version."""
    standing, version = plan.standing, plan.provenance.version
    if standing is None:
        return None
    walks = content.protocols[plan.provenance.protocol].growth is None
    held = _held(plan, standing, content, cited, walks=walks)
    causes = _causes(plan.changes)
    effects = tuple(c for c in plan.changes if not c.is_cause)
    told = {c.reason for c in plan.changes if c.is_cause}
    other = dict.fromkeys(c.reason for c in effects if c.reason and c.reason not in told)
    # Only a later version needs it.
    from programgen.core.replan import ADVICE

    # The box above it says why already.
    more = [r for r in other if r != standing.held]
    return ChangesView(
        lead=f"This is version {version} of your plan. It counts from "
        f"{day_text(standing.open_from)} on. Put version {version - 1} away.",
        held=held,
        rest=_rest(standing, walks=walks),
        looks=tuple(cited.with_numbers(r) for r in plan.reasons if r.rule in ADVICE),
        causes=(
            *(cited.marked(c.text, c.reason.cite) for c in causes if c.reason),
            *(cited.with_numbers(r) for r in more),
        ),
        weeks=_weeks(effects, standing, plan),
        plan=tuple(c.text for c in effects if c.week is None),
        same=None
        if effects
        else "Nothing in the weeks ahead is different. Go on as your week page says.",
        brief=_brief(held, causes, effects),
    )


def _causes(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return what was reported; a step that an earlier line has told is not told again."""
    told: list[Change] = []
    for change in changes:
        reason = change.reason
        if change.is_cause and not any(reason and reason.text in c.text for c in told):
            told.append(change)
    return tuple(told)


MOST_ASKED = 5
"""Questions that are listed in the box; more are all of the warning questions again."""


def _held(
    plan: Plan, standing: Standing, content: Catalogue, cited: Cited, *, walks: bool
) -> Held | None:
    if standing.held is None:
        return None
    what = "the walks of this plan" if walks else "running"
    if plan.waiting:
        words = content.vocabulary
        known = {**words.screening, **words.health}
        asks = [known[name].ask for name in plan.waiting if name in known]
        return Held(
            title="On hold until some questions are answered",
            why=cited.with_numbers(standing.held),
            paused=f"Paused: {what} and strength work. Your week pages have none.",
            goes_on=_goes_on(plan, standing),
            ends="You give each question a clear yes or no. Not sure about one? Ask a doctor or "
            "physiotherapist first.",
            asks=tuple(asks) if len(asks) <= MOST_ASKED else (),
            release=False,
        )
    return Held(
        title="On hold until somebody has had a look",
        why=cited.with_numbers(standing.held),
        paused=f"Paused: {what}. Your week pages have none.",
        goes_on=_goes_on(plan, standing),
        ends="A doctor or physiotherapist has a look and allows it again. Then your plan goes on "
        "from here. Bring this page.",
    )


_KINDS = {
    "strength": "strength",
    "mobility": "loosening up",
    "cross-training": "easy training",
}


def _goes_on(plan: Plan, standing: Standing) -> str:
    kinds = {
        placed.session.kind
        for week in plan.weeks
        for placed in week.placed
        if placed.day >= standing.open_from
    }
    names = [name for kind, name in _KINDS.items() if kind in kinds]
    daily = "Move in daily life as far as it feels fine."
    return f"Goes on: {listed(names)}, as your week pages say. {daily}" if names else daily


def listed(names: Iterable[str]) -> str:
    """Return names as a list in words.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _rest(standing: Standing, *, walks: bool) -> str | None:
    until = standing.rest_until
    if standing.held or until is None or until <= standing.open_from:
        return None
    what = "the walks of this plan" if walks else "running"
    last = until - timedelta(days=1)
    return f"Rest from {what} up to {day_text(last)}. From {day_text(until)} on it may go on."


def _weeks(effects: Iterable[Change], standing: Standing, plan: Plan) -> tuple[WeekChanges, ...]:
    now = (standing.open_from - plan.weeks[0].first).days // 7 + 1
    names = {now: f"This week (week {now})", now + 1: f"Next week (week {now + 1})"}
    found: dict[int, list[str]] = {}
    for change in effects:
        if change.week is not None:
            found.setdefault(change.week, []).append(_capital(change.text))
    return tuple(
        WeekChanges(names.get(number, f"Week {number}"), tuple(texts))
        for number, texts in sorted(found.items())
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


BRIEF = 200
"""Signs of two lines of the one page."""


def _brief(held: Held | None, causes: tuple[Change, ...], effects: tuple[Change, ...]) -> str:
    """Return the most important of it: the pause, else the last cause, and what follows."""
    if held is not None:
        return f"{held.paused} {held.why}".rsplit(" [", 1)[0]
    texts = [c.text for c in (*causes[-1:], *effects[:1])]
    reasons: list[Reason] = [c.reason for c in effects[:1] if c.reason and not causes]
    texts = [*(r.text for r in reasons), *texts]
    brief = " ".join(texts)
    while len(brief) > BRIEF and len(texts) > 1:
        texts.pop()
        brief = " ".join(texts)
    return brief or "Nothing in the weeks ahead is different."
