"""From answers to a plan: screening, selection, dose, demand and placement in order.

Same arguments, same plan: no clock, no chance, ties broken by identifier.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from programgen.core import dose
from programgen.core.catalogue import Catalogue
from programgen.core.clash import explain
from programgen.core.decisions import Light
from programgen.core.demand import wanted_intensity
from programgen.core.dose import State
from programgen.core.entry import Entry, enter
from programgen.core.exercise import Exercise
from programgen.core.intake import Answer, Intake
from programgen.core.makings import Makings, home_cap
from programgen.core.plan import (
    OpenQuestions,
    Plan,
    PlanWeek,
    Provenance,
    Referral,
    Result,
    Rung,
    fingerprint,
)
from programgen.core.protocol import DEFAULT_PROTOCOL, Protocol, Step, longest_bout
from programgen.core.reasons import Reason, citations
from programgen.core.selection import (
    Selection,
    candidates,
    equipment_at,
    fill,
    fits_place,
    places_of_week,
    rank,
    select,
)
from programgen.core.strength import Growing, Routine
from programgen.core.triage import Triage, has_lapsed, triage
from programgen.core.vocabulary import LOOSE, Level, Reach, Slot
from programgen.core.weeks import Thread, WeekClash, frame, make_week
from programgen.errors import NoPlanError

HORIZON = 104
"""Weeks to look ahead for the earliest day of the goal."""


@dataclass(frozen=True)
class Order:
    """What is asked for besides the intake."""

    start: date
    """First day of the plan."""
    made_on: date
    """The day on which it is made."""
    program: str
    """Version of the program."""
    weeks: int | None = None
    """Weeks; the setting if left out."""
    protocol: str | None = None
    """Ladder; the default if left out."""


def make_plan(intake: Intake, catalogue: Catalogue, order: Order) -> Result:
    """Return a plan, a referral, or the questions that are still open.

    Raises:
        NoPlanError: no week can hold the plan; the text names the clash and what helps.
    """
    screening, kept_back = screened(intake, catalogue, order)
    if kept_back is not None:
        return kept_back
    protocol = choose_protocol(catalogue, screening, order.protocol)
    provenance = _provenance(intake, catalogue, order, protocol)
    return _plan(intake, catalogue, order, screening, protocol, provenance)


def screened(
    intake: Intake, catalogue: Catalogue, order: Order
) -> tuple[Triage, Referral | OpenQuestions | None]:
    """Return the screening of the answers, and what stands in the way of every exercise."""
    lapsed = has_lapsed(intake, catalogue, order.made_on)
    screening = triage(intake, catalogue, lapsed=lapsed)
    protocol = choose_protocol(catalogue, screening, order.protocol)
    provenance = _provenance(intake, catalogue, order, protocol)
    level = screening.limits.level
    if level.rank < Level.URGENT.rank and screening.is_open:
        return screening, OpenQuestions(
            provenance=provenance,
            questions=screening.open_questions,
            fields=screening.open_fields,
        )
    if screening.limits.reach is Reach.NONE:
        return screening, Referral(
            intake=intake, provenance=provenance, level=level, findings=screening.findings
        )
    return screening, None


def _provenance(
    intake: Intake, catalogue: Catalogue, order: Order, protocol: Protocol
) -> Provenance:
    asked = (intake.model_dump_json(), order.start, order.made_on, order.weeks, order.protocol)
    return Provenance(
        program=order.program,
        catalogue=catalogue.fingerprint,
        protocol=protocol.id,
        made_on=order.made_on,
        draft=is_draft(catalogue),
        plan=fingerprint(repr(asked)),
    )


def is_draft(catalogue: Catalogue) -> bool:
    """Return whether some content still waits for a clinician's signature."""
    groups: tuple[Iterable[object], ...] = (
        catalogue.exercises.values(),
        catalogue.rules.values(),
        catalogue.protocols.values(),
    )
    return any(
        entry.review.status == "draft"  # type: ignore[attr-defined]
        for group in groups
        for entry in group
    )


def choose_protocol(catalogue: Catalogue, screening: Triage, wanted: str | None) -> Protocol:
    """Return the ladder: walking only while running is locked, else the one asked for."""
    if screening.limits.reach is not Reach.FULL:
        return next(p for p in catalogue.protocols.values() if p.for_reach == "gentle")
    return catalogue.protocols[wanted or DEFAULT_PROTOCOL]


def _plan(
    intake: Intake,
    catalogue: Catalogue,
    order: Order,
    screening: Triage,
    protocol: Protocol,
    provenance: Provenance,
) -> Plan:
    selection = select(intake, catalogue, screening)
    check_stages(intake, protocol, screening)
    entry = enter(protocol, intake, catalogue.settings)
    makings, remarks = makings_of(intake, catalogue, screening, protocol, selection, entry)
    weeks, state = _weeks(makings, order)
    if not any(session.stage for week in weeks for day in week.days for session in day.sessions):
        message = (
            "No day of these weeks holds a run or a walk, so there is nothing to plan. Open days "
            "outdoors (or with a treadmill), or plan more weeks with --weeks."
        )
        raise NoPlanError(message)
    reached = milestones(makings, weeks, state)
    goal_on = goal_day(makings, reached)
    chosen = chosen_in(weeks)
    return Plan(
        intake=intake,
        provenance=provenance,
        level=screening.limits.level,
        reach=screening.limits.reach,
        start=order.start,
        valid_until=order.start + catalogue.settings.valid_for.value,
        goal=goal_text(intake),
        goal_on=goal_on,
        rungs=rungs_of(makings, reached),
        weeks=weeks,
        exercises=chosen,
        why={name: why_chosen(catalogue.exercises[name], selection) for name in chosen},
        self_care=catalogue.settings.self_care.value,
        findings=screening.findings,
        not_asked=screening.not_asked,
        left_out=selection.left_out,
        reasons=(
            *plan_reasons(makings, screening, order),
            entry.reason,
            *remarks,
            *unplaced(selection, catalogue, chosen),
            *goal_reasons(makings, screening, goal_on),
        ),
        checked=entry.checked,
    )


def check_stages(intake: Intake, protocol: Protocol, screening: Triage) -> None:
    """Refuse a clinician's stage that is not on the ladder of a full plan."""
    block = intake.clinician
    if block is None or screening.limits.reach is not Reach.FULL:
        return
    names = [stage.id for stage in protocol.stages]
    for key in ("start_stage", "highest_stage"):
        stage = getattr(block, key)
        if stage is not None and stage not in names:
            message = (
                f"clinician.{key} is '{stage}', but the ladder '{protocol.id}' has the stages "
                f"{', '.join(names)}. Choose one of these, or another ladder with --protocol."
            )
            raise NoPlanError(message)


def _base_place(intake: Intake) -> str:
    places = places_of_week(intake)
    return next((p for p in ("home", "gym") if p in places), places[0] if places else "home")


def makings_of(
    intake: Intake,
    catalogue: Catalogue,
    screening: Triage,
    protocol: Protocol,
    selection: Selection,
    entry: Entry,
) -> tuple[Makings, tuple[Reason, ...]]:
    """Return what stays the same from week to week, and remarks on the choice."""
    settings = catalogue.settings
    place = _base_place(intake)
    at_hand = equipment_at(place, intake, catalogue)
    wanted = wanted_intensity(entry.start, len(protocol.stages))
    cap = home_cap(intake, catalogue)
    full = screening.limits.reach is Reach.FULL
    slots = settings.strength_slots.value[:cap] if full else ()
    hops = candidates(selection, Slot.HOPS, wanted, place, at_hand)
    if hops and protocol.stages[entry.start].runs and intake.abilities.get("hop") is not Answer.YES:
        slots = _with_hops(slots)
    strength, remarks = fill(selection, slots, wanted, place, at_hand)
    rest = _without(selection, strength)
    mobility, more = fill(rest, settings.mobility_slots.value[:cap], 1, place, at_hand)
    asked = _asked(selection, (*strength, *mobility), place, at_hand)
    strength, mobility = _insert(strength, mobility, asked, cap, full=full)
    return Makings(
        intake=intake,
        catalogue=catalogue,
        protocol=protocol,
        entry=entry,
        reach=screening.limits.reach,
        place=place,
        strength=strength,
        growing=Growing(
            suitable={
                e.id: e for e in selection.suitable.values() if fits_place(e, place, at_hand)
            },
            kept=intake.clinician.wanted if intake.clinician else frozenset(),
            weeks=settings.strength_step_weeks.value,
        ),
        mobility=mobility,
        warm_up=_moves(
            selection,
            catalogue,
            intake,
            entry,
            protocol,
            Slot.WARM_UP,
            settings.warm_up_moves.value,
        )
        if full
        else (),
        cool_down=_moves(
            selection,
            catalogue,
            intake,
            entry,
            protocol,
            Slot.COOL_DOWN,
            settings.cool_down_moves.value,
        )
        if full
        else (),
        cross=_cross(selection, settings.cross_order.value, full=full),
    ), (*remarks, *more)


def _with_hops(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Give the second place of a slot that stands twice to hops.

    Who has not passed the hop test practises small hops on strength days, which lie 48 hours
    apart (the hop steps of the ladders ask for the same).
    """
    for number, slot in enumerate(slots):
        if slot in slots[:number]:
            return (*slots[:number], Slot.HOPS, *slots[number + 1 :])
    return slots


def _without(selection: Selection, taken: Iterable[Exercise]) -> Selection:
    names = {e.id for e in taken}
    left = {k: v for k, v in selection.suitable.items() if k not in names}
    return Selection(left, selection.left_out, selection.patterns, selection.required)


def _asked(
    selection: Selection, chosen: Iterable[Exercise], place: str, at_hand: frozenset[str]
) -> list[Exercise]:
    """Exercises that the clinician requires and that no slot has taken."""
    taken = {e.id for e in chosen}
    return [
        e
        for name in sorted(selection.required - taken)
        for e in [selection.suitable[name]]
        if e.kind != "endurance"
        and e.slot not in (Slot.WARM_UP, Slot.COOL_DOWN)
        and place in e.places
        and set(e.needs) <= at_hand
    ]


def _insert(
    strength: tuple[Exercise, ...],
    mobility: tuple[Exercise, ...],
    asked: list[Exercise],
    cap: int,
    *,
    full: bool,
) -> tuple[tuple[Exercise, ...], tuple[Exercise, ...]]:
    """Put required exercises first; the least important ones make room."""
    loose = tuple(e for e in asked if e.slot in LOOSE or not full)
    strong = tuple(e for e in asked if e not in loose)
    return (*strong, *strength)[:cap], (*loose, *mobility)[: max(cap - 1, len(mobility))]


def _moves(
    selection: Selection,
    catalogue: Catalogue,
    intake: Intake,
    entry: Entry,
    protocol: Protocol,
    slot: Slot,
    count: int,
) -> tuple[Exercise, ...]:
    """Choose moves that can be done wherever the runs are."""
    names = [stage.id for stage in protocol.stages]
    places = [p for p in places_of_week(intake) if p in ("outdoor", "gym")][:1] or ["outdoor"]
    at_hand = equipment_at(places[0], intake, catalogue)
    fits = [
        e
        for e in candidates(selection, slot, 1, places[0], at_hand)
        if e.focus != "easy-walk"
        and (
            e.not_before is None
            or (e.not_before in names and names.index(e.not_before) <= entry.start)
        )
    ]
    chosen: list[Exercise] = []
    for exercise in fits:
        if len(chosen) < count and exercise.focus not in {e.focus for e in chosen}:
            chosen.append(exercise)
    return tuple(chosen)


def _cross(selection: Selection, order: Iterable[str], *, full: bool) -> tuple[Exercise, ...]:
    """Order the cross-training: asked for first, then what eases, then the setting.

    While running is locked only what eases the pattern is left beside the walks.
    """
    order = list(order)
    known = [selection.suitable[name] for name in order if name in selection.suitable]
    known += [
        selection.suitable[name]
        for name in sorted(selection.required)
        if selection.suitable[name].kind == "endurance" and name not in order
    ]
    if not full:
        eases = set(selection.patterns)
        known = [e for e in known if e.slot is Slot.CROSS_TRAINING and eases & set(e.eases)]
    return tuple(sorted(known, key=lambda e: rank(e, selection, 1)[:2]))


def _weeks(makings: Makings, order: Order) -> tuple[tuple[PlanWeek, ...], State]:
    settings = makings.catalogue.settings
    count = order.weeks or int(settings.weeks.value)
    monday = order.start - timedelta(days=order.start.weekday())
    thread, weeks = (
        Thread(
            # The first step up waits as long as every other one.
            state=State(
                stage=makings.entry.start,
                last_step=order.start,
                target=float(makings.entry.target),
            ),
            strength=Routine(makings.strength),
        ),
        [],
    )
    for number in range(1, count + 1):
        try:
            shown = frame(makings, number, monday + timedelta(weeks=number - 1), order.start)
            week, thread = make_week(makings, thread, shown, settings.firm_weeks.value)
        except WeekClash as clash:
            needed = min(makings.intake.wishes.fewest_runs, makings.protocol.least_per_week)
            raise NoPlanError(explain(clash.problem, clash.stage, needed, number)) from None
        weeks.append(week)
    return tuple(weeks), thread.state


@dataclass(frozen=True)
class Milestone:
    """One session ahead, reduced to what a goal looks at."""

    day: date
    stage: str
    longest: float
    """Minutes of the longest stretch of running."""


def milestones(makings: Makings, weeks: tuple[PlanWeek, ...], state: State) -> list[Milestone]:
    """Return every session ahead, beyond the planned weeks too.

    After the last planned week the ladder days of the last full week are repeated,
    with good sessions only.
    """
    rows = [
        Milestone(day.day, session.stage or "", _longest_minutes(session.steps))
        for week in weeks
        for day in week.days
        for session in day.sessions
        if session.stage
    ]
    pattern = _usual_days(weeks)
    monday = weeks[-1].first + timedelta(weeks=1)
    protocol, entry = makings.protocol, makings.entry
    for week in range(HORIZON):
        for weekday in pattern:
            day = monday + timedelta(weeks=week, days=weekday)
            state = dose.before_run(
                protocol, state, day, top=entry.top, goal=entry.most, restart=entry.restart
            )
            steps = dose.steps_of(protocol, state)
            rows.append(Milestone(day, protocol.stages[state.stage].id, _longest_minutes(steps)))
            state = dose.after_run(protocol, state, day, dose.run_minutes(steps), Light.GREEN)
        if not rows or _goal_met(makings, rows[-1]):
            break
    return rows


def _longest_minutes(steps: tuple[Step, ...]) -> float:
    return longest_bout(steps).total_seconds() / 60


def _usual_days(weeks: tuple[PlanWeek, ...]) -> list[int]:
    best: list[int] = []
    for week in weeks:
        days = [i for i, d in enumerate(week.days) if any(s.stage for s in d.sessions)]
        if len(days) >= len(best):
            best = days
    return best


def _goal_met(makings: Makings, row: Milestone) -> bool:
    protocol, entry = makings.protocol, makings.entry
    if protocol.growth is None:
        return row.stage == protocol.stages[entry.top].id
    # Whole minutes are planned, so a goal of 82.2 minutes is met by 82.
    return row.longest > 0 and row.longest >= int(entry.goal)


def _runs(makings: Makings) -> bool:
    """Return whether the plan runs at all: not while running is locked, nor on a walking ladder."""
    return makings.reach is Reach.FULL and makings.protocol.growth is not None


def goal_day(makings: Makings, rows: list[Milestone]) -> date | None:
    """Return the earliest day of the goal; a walking programme has no running goal."""
    if not _runs(makings):
        return None
    return next((row.day for row in rows if _goal_met(makings, row)), None)


def rungs_of(makings: Makings, rows: list[Milestone]) -> tuple[Rung, ...]:
    """Return the ladder as the chart shows it, with the first day of each stage."""
    first: dict[str, date] = {}
    for row in rows:
        first.setdefault(row.stage, row.day)
    gates, start = makings.entry.gates, makings.entry.start
    return tuple(
        Rung(
            stage=stage.id,
            title=stage.title,
            steps=stage.top,
            effort=stage.effort,
            gate=gates.get(stage.id, ()) if number > start else (),
            earliest=first.get(stage.id),
            here=number == start,
        )
        for number, stage in enumerate(makings.protocol.stages)
        if number <= makings.entry.top
    )


def chosen_in(weeks: tuple[PlanWeek, ...]) -> tuple[str, ...]:
    """Return the exercises of the plan: strength, mobility, cross-training, then moves."""
    order = ("strength", "mobility", "cross-training", "run", "walk")
    found: dict[str, int] = {}
    for week in weeks:
        for day in week.days:
            for session in day.sessions:
                for entry in session.items:
                    found.setdefault(entry.exercise, order.index(session.kind))
    return tuple(sorted(found, key=lambda name: found[name]))


def why_chosen(exercise: Exercise, selection: Selection) -> Reason:
    """Return why an exercise stands in the plan."""
    if exercise.id in selection.required:
        text = "Your clinician asked for it."
    elif set(exercise.eases) & set(selection.patterns):
        text = "It goes in the direction that eases your pain."
    elif exercise.slot is Slot.HOPS:
        text = "It prepares the hop test that the ladder asks for."
    elif exercise.neutral:
        text = "It suits most backs and fits your answers."
    else:
        text = "It fits your answers, your equipment and your level."
    return Reason(text=text, rule=exercise.slot.value, cite=citations(exercise.evidence))


def goal_text(intake: Intake) -> str:
    """Return the goal in words."""
    goal, units = intake.goal, intake.who.units
    if goal.run is not None:
        return f"Run {round(goal.run.total_seconds() / 60)} minutes without a break"
    metres = goal.distance or goal.weekly_distance or 0
    amount = metres / (1609.344 if units == "mi" else 1000)
    shown = f"{amount:.1f}".removesuffix(".0")
    where = " in a week" if goal.weekly_distance else ""
    return f"Run {shown} {units}{where}"


def plan_reasons(makings: Makings, screening: Triage, order: Order) -> Iterable[Reason]:
    """Yield why this plan and no other."""
    protocol = makings.protocol
    locking = [f for f in screening.findings if f.plan is not Reach.FULL]
    if has_lapsed(makings.intake, makings.catalogue, order.made_on):
        yield lapsed_reason(makings.catalogue)
    for found in locking:
        yield Reason(
            text=found.tell,
            rule=found.rule,
            cite=found.cite,
        )
    yield Reason(
        text=f"{protocol.title}. {protocol.summary}",
        rule=protocol.id,
        cite=citations(protocol.evidence),
    )
    if order.protocol and order.protocol != protocol.id:
        yield Reason(
            text="The ladder that was asked for waits until running is allowed.", rule=protocol.id
        )
    for found in screening.findings:
        if found.appointment:
            yield Reason(text=found.tell, rule=found.rule, cite=found.cite)


def lapsed_reason(catalogue: Catalogue) -> Reason:
    """Return why what a clinician allowed no longer counts."""
    weeks = catalogue.settings.valid_for.value.days // 7
    return Reason(
        text=f"The clinician's review is more than {weeks} weeks old. What it allowed waits "
        "until it is renewed.",
        rule="clinician",
    )


def unplaced(
    selection: Selection, catalogue: Catalogue, chosen: tuple[str, ...]
) -> Iterable[Reason]:
    """Say which exercises a clinician asked for and no session has a place for."""
    for name in sorted(selection.required - set(chosen)):
        words = catalogue.exercises[name].words
        yield Reason(
            text=f"Your clinician asked for '{words.name}', but no session has a place for it.",
            rule="clinician",
        )


def goal_reasons(makings: Makings, screening: Triage, goal_on: date | None) -> Iterable[Reason]:
    """Yield what stands between the runner and the goal."""
    goal = makings.intake.goal
    if not _runs(makings):
        if makings.reach is Reach.FULL:
            yield Reason(text="This ladder is walking only. The running goal waits.", rule="goal")
            return
        asks = screening.limits.level is not Level.SELF_CARE
        yield Reason(
            text="Your running goal waits until a clinician has looked at your back."
            if asks
            else "Your running goal waits until this bad phase has settled.",
            rule="goal",
        )
        return
    if goal_on is None:
        yield Reason(
            text="This plan does not reach your goal. A longer plan or a smaller goal may.",
            rule="goal",
        )
    elif goal.on is not None and goal_on > goal.on:
        late = -(-(goal_on - goal.on).days // 7)
        weeks = "1 week" if late == 1 else f"{late} weeks"
        yield Reason(
            text=f"Your event is too early for this goal. The earliest day is {goal_on}, if every "
            f"run goes well. Choose an event {weeks} later, or a smaller goal.",
            rule="goal",
        )
