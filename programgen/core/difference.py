"""What is different from one version of a plan to the next, and why."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import dropwhile

from programgen.core.catalogue import Catalogue
from programgen.core.plan import Change, Placed, Plan, PlanWeek
from programgen.core.protocol import longest_bout, write_steps
from programgen.core.reasons import Reason, citations
from programgen.core.standing import Turn
from programgen.core.strength import WAIT
from programgen.core.words import count_text, day_text, days_text, steps_text

NEAR = 2
"""Weeks that are told session by session: this one and the next."""


_Pair = tuple[PlanWeek | None, PlanWeek]
"""A week before and after; none where the plan in hand did not reach so far."""


def changes_between(
    old: Plan, new: Plan, turns: Iterable[Turn], catalogue: Catalogue
) -> tuple[Change, ...]:
    """Return every difference between two versions that a runner has to know, with its reason.

    ``turns`` are the reports that changed something; those that the old version knew are
    not told again.

    First what was reported and what it means; then this week and the next, session by
    session; then in one line what became of the outlook.
    """
    open_from = new.standing.open_from if new.standing else new.start
    causes = [turn for turn in turns if turn.entry > old.provenance.entries]
    # A step up that was taken stood in the plan before: it is a cause, but nothing new.
    told = tuple(
        Change(text=f"{day_text(turn.day)}: {turn.reason.text}", reason=turn.reason)
        for turn in causes
        if turn.reason.rule != "up"
    )
    weighty = [turn.reason for turn in causes if turn.reason.rule != "correction"]
    held = new.standing.held if new.standing else None
    why = (
        next(reversed(weighty), None)
        or held
        or _other_cause(old, new, catalogue)
        or (causes[-1].reason if causes else _silence(new))
    )
    near: list[_Pair] = []
    far: list[_Pair] = []
    first = (open_from - new.weeks[0].first).days // 7
    for number, week in enumerate(new.weeks[first:], first):
        before = old.weeks[number] if number < len(old.weeks) else None
        (near if number < first + NEAR else far).append((before, week))
    waits = any(r.rule == WAIT.rule for w in new.weeks for r in w.reasons)
    doses = WAIT if waits and why and why.rule in _MILD else why
    sessions = [c for before, week in near for c in _week(before, week, open_from, why, doses)]
    return (*told, *sessions, *_cards(old, new, catalogue, why), *_outlook(old, new, far, why))


_MILD = ("up", "days-passed", "no-report")
"""Causes that say nothing of strength work."""


def _other_cause(old: Plan, new: Plan, catalogue: Catalogue) -> Reason | None:
    """Return why something changed although no report asked for it."""
    if len(new.intake.week.exceptions) > len(old.intake.week.exceptions):
        away = new.intake.week.exceptions[0]
        return Reason(
            text=f"You are away from {days_text(away.first, away.last)}. Nothing of it is made up "
            "later.",
            rule="away",
        )
    state, protocol = new.standing, catalogue.protocols[new.provenance.protocol]
    if state:
        gap = (state.open_from - (state.break_since or new.start)).days
        passed = sum(gap >= days for days in protocol.moves.breaks)
        rows = [r for r in protocol.decisions.moves if r.when.away == passed and passed]
        if rows:
            return Reason(text=rows[0].because, rule=rows[0].id, cite=citations(rows[0].evidence))
        good = state.good >= protocol.moves.good_sessions
        ahead = dropwhile(lambda rung: rung.stage != state.stage, new.rungs)
        gate = next((rung.gate for rung in list(ahead)[1:2]), ())
        if good and gate:
            return Reason(text=f"Before the next stage: {gate[0]}", rule="gate")
    return None


def _silence(new: Plan) -> Reason:
    """Return the reason of a change that nothing but the passing of days brought."""
    open_from = new.standing.open_from if new.standing else new.start
    past = (p for w in new.weeks for p in w.placed if p.day < open_from and p.session.stage)
    if all(p.session.outcome == "done" for p in past):
        return Reason(text="The weeks ahead were worked out again.", rule="days-passed")
    return Reason(
        text="Some sessions were not done in full or not reported. They are not made up, and the "
        "stage waits for them.",
        rule="no-report",
    )


def _key(placed: Placed) -> tuple[str, str, int]:
    session = placed.session
    items = ",".join(item.exercise for item in session.items)
    return (session.title, write_steps(session.steps) or items, session.minutes)


def _week(
    old: PlanWeek | None,
    new: PlanWeek,
    open_from: date,
    why: Reason | None,
    doses: Reason | None,
) -> Iterator[Change]:
    """Yield what is different in one week, from the first open day on.

    *doses* is the reason of what is different in strength work.
    """
    if old is None:
        yield Change(week=new.number, text="This week is new: the plan goes on.", reason=why)
        return
    before = _by_place(old, open_from)
    after = _by_place(new, open_from)
    pairs, gone = _matched(before, after)
    for was, now in pairs:
        text = _slot(was, now)
        if text:
            reason = doses if now.session.kind == "strength" else why
            yield Change(week=new.number, text=text, reason=reason)
    if gone:
        names = "; ".join(f"{day_text(p.day)}: {_named(p)}" for p in gone)
        yield Change(week=new.number, text=f"Left out: {names}.", reason=why)


_Place = tuple[str, date]
"""Kind of session and day; a kind stands once on a day."""


def _by_place(week: PlanWeek, open_from: date) -> dict[_Place, Placed]:
    return {(p.slot.rsplit("-", 1)[0], p.day): p for p in week.placed if p.day >= open_from}


def _matched(
    before: dict[_Place, Placed], after: dict[_Place, Placed]
) -> tuple[list[tuple[Placed | None, Placed]], list[Placed]]:
    """Return each session with the one before it, and those that have gone.

    What stays on its day is the same session; the others of a kind pair up in order.
    """
    spare = [place for place in before if place not in after]
    pairs: list[tuple[Placed | None, Placed]] = []
    for place, now in after.items():
        was = place if place in before else next((s for s in spare if s[0] == place[0]), None)
        if was in spare:
            spare.remove(was)
        pairs.append((before[was] if was else None, now))
    return pairs, [before[place] for place in spare]


def _slot(old: Placed | None, new: Placed) -> str | None:
    """Return in words what became of one session."""
    if old is None:
        return f"{day_text(new.day)}: {_named(new)} is new."
    if _key(old) == _key(new):
        name = _named(new)
        moved = f"{name[0].upper()}{name[1:]} moves from {day_text(old.day)} to "
        return f"{moved}{day_text(new.day)}." if old.day != new.day else None
    when = day_text(new.day) + (f" (was {day_text(old.day)})" if old.day != new.day else "")
    what = _other(old, new)
    return f"{when}: {what}" if what else None


def _other(old: Placed, new: Placed) -> str | None:
    """Return in words how a session differs from the one before."""
    if new.session.stage:
        now, was = steps_text(new.session.steps), steps_text(old.session.steps)
        return f"{now}. Before it was {was}." if now != was else None
    if old.session.title != new.session.title:
        return f"{new.session.title} instead of {old.session.title}."
    if old.session.minutes != new.session.minutes:
        before, after = old.session.minutes, new.session.minutes
        return f"{_named(new)} takes {after} minutes. Before it was {before}."
    return f"{_named(new)} has other exercises."


_NAMES = {"strength": "the strength session", "mobility": "the mobility session"}


def _named(placed: Placed) -> str:
    session = placed.session
    return _NAMES.get(session.kind, f"‘{session.title}’")


def _cards(old: Plan, new: Plan, catalogue: Catalogue, why: Reason | None) -> Iterator[Change]:
    """Yield exercises that come and go."""
    for text, names in (
        ("New in the plan", [n for n in new.exercises if n not in old.exercises]),
        ("No longer in the plan", [n for n in old.exercises if n not in new.exercises]),
    ):
        if names:
            words = ", ".join(catalogue.exercises[n].words.name for n in names)
            yield Change(text=f"{text}: {words}.", reason=why)


def _outlook(old: Plan, new: Plan, far: list[_Pair], why: Reason | None) -> Iterator[Change]:
    """Yield what became of the weeks that are only an outlook, and of the goal."""
    held = new.standing.held if new.standing else None
    if held and not (old.standing and old.standing.held):
        yield Change(text="All later runs are taken out of the plan for now.", reason=held)
        return
    moved = [week for before, week in far if before and _longest(before) != _longest(week)]
    if len(new.weeks) > len(old.weeks) and far:
        yield Change(
            text=f"The outlook now goes on to week {new.weeks[-1].number}.",
            reason=Reason(text="A plan always shows some weeks ahead.", rule="outlook"),
        )
    if moved:
        first = moved[0].number
        yield Change(
            text=f"The outlook from week {first} on has changed. It holds if every run goes well.",
            reason=why,
        )
    if new.goal_on and old.goal_on and new.goal_on != old.goal_on:
        days = (new.goal_on - old.goal_on).days
        weeks = count_text(max(1, round(abs(days) / 7)), "week", "weeks")
        yield Change(
            text=f"The earliest day for your goal is now {day_text(new.goal_on)}, about {weeks} "
            + ("later." if days > 0 else "sooner."),
            reason=why,
        )


def _longest(week: PlanWeek) -> list[float]:
    return [longest_bout(p.session.steps).total_seconds() for p in week.placed if p.session.stage]
