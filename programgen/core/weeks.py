"""Week after week: dose, demand and placement meet here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from programgen.core import dose
from programgen.core.catalogue import Catalogue
from programgen.core.demand import (
    Routine, cross_training, energy_budget, item, items_minutes, ladder_energy,
)
from programgen.core.dose import Colour, State
from programgen.core.entry import Entry
from programgen.core.exercise import Dose, Exercise
from programgen.core.intake import WEEKDAYS, DayPlan, Intake
from programgen.core.placement import (
    Choice, Demand, Room, WeekProblem, best_week, days_of, trailing_streak,
)
from programgen.core.plan import Item, PlanDay, PlanWeek, Session
from programgen.core.protocol import Bout, Protocol, Stage, Step, time_of
from programgen.core.quantities import minutes
from programgen.core.reasons import Reason
from programgen.core.selection import Selection, equipment_at, fits_place
from programgen.core.vocabulary import Reach

MOST_EXERCISES = 6
"""Home exercises, warm-up and cool-down moves of one day together."""

RUN_PLACES = ("outdoor", "gym")
"""Where a run or walk can be, the preferred first; indoors it needs a treadmill."""


@dataclass(frozen=True)
class Makings:
    """All that stays the same from week to week."""

    intake: Intake
    catalogue: Catalogue
    protocol: Protocol
    selection: Selection
    entry: Entry
    reach: Reach
    place: str
    """Place of strength and mobility sessions."""
    strength: Routine
    mobility: Routine
    warm_up: tuple[Exercise, ...]
    cool_down: tuple[Exercise, ...]
    cross: tuple[Exercise, ...]
    """Cross-training to choose from, the preferred first."""


@dataclass(frozen=True)
class Thread:
    """What one week hands to the next."""

    state: State
    before: Choice = field(default_factory=Choice)
    habit: Choice = field(default_factory=Choice)
    streak: int = 0
    used: Mapping[str, int] = field(default_factory=dict)
    """How often each cross-training has been planned."""


class WeekClash(Exception):
    """An ordinary week cannot hold the runs that are needed."""

    def __init__(self, problem: WeekProblem, stage: Stage) -> None:
        """Keep what is needed to explain the clash."""
        super().__init__(stage.id)
        self.problem = problem
        self.stage = stage


def cross_at(makings: Makings, day: DayPlan) -> tuple[Exercise, ...]:
    """Return the cross-training that a day allows, one for each place."""
    found = []
    for place in day.places:
        at_hand = equipment_at(place, makings.intake, makings.catalogue)
        fits = (e for e in makings.cross if fits_place(e, place, at_hand))
        first = next(fits, None)
        if first is not None and first not in found:
            found.append(first)
    return tuple(found)


def run_place(makings: Makings, day: DayPlan) -> str | None:
    """Return where a run can be on a day."""
    for place in RUN_PLACES:
        outside = place == "outdoor"
        if place in day.places and (
            outside or "treadmill" in equipment_at(place, makings.intake, makings.catalogue)
        ):
            return place
    return None


def room(makings: Makings, day: DayPlan) -> Room:
    """Return what a day can hold."""
    kinds = {
        "run": run_place(makings, day) is not None,
        "strength": makings.place in day.places,
        "mobility": makings.place in day.places,
        "cross-training": bool(cross_at(makings, day)),
    }
    return Room(day.minutes, day.sessions, frozenset(k for k, able in kinds.items() if able))


def locks(makings: Makings, usual: Callable[[int], bool]) -> tuple[tuple, tuple]:  # type: ignore[type-arg]
    """Return the locks on and off; a lock gives way on a day that is an exception."""
    clinician = makings.intake.clinician
    wanted = (*makings.intake.wishes.locks, *(clinician.locks if clinician else ()))
    on = tuple((lock.session, WEEKDAYS.index(lock.on)) for lock in wanted if lock.on)
    off = tuple((lock.session, WEEKDAYS.index(lock.never)) for lock in wanted if lock.never)
    return tuple(sorted({o for o in on if usual(o[1])})), tuple(sorted(set(off)))


def ends(makings: Makings, stage: Stage) -> tuple[timedelta, timedelta]:
    """Return the warm-up and cool-down walks of a stage; a walk needs none."""
    if not stage.runs:
        return timedelta(), timedelta()
    return makings.protocol.warm_up, makings.protocol.cool_down


def bare_minutes(makings: Makings, stage: Stage, steps: tuple[Step, ...]) -> int:
    """Return the minutes of a session with its walks but without extra moves."""
    before, after = ends(makings, stage)
    return minutes(before + time_of(steps) + after)


def moves_minutes(makings: Makings, stage: Stage, most: int = MOST_EXERCISES) -> int:
    """Return the minutes that warm-up and cool-down moves add."""
    return items_minutes(moves(makings, stage, most), makings.catalogue)


def moves(makings: Makings, stage: Stage, most: int) -> tuple[Item, ...]:
    """Return the warm-up and cool-down moves of a run, at most so many."""
    if not stage.runs:
        return ()
    chosen = [item(e, 0, makings.intake, "warm-up") for e in makings.warm_up]
    chosen += [item(e, 0, makings.intake, "cool-down") for e in makings.cool_down]
    return tuple(chosen[: max(0, most)])


def ordinary(makings: Makings, start: date, days: tuple[date, ...]) -> bool:
    """Return whether a week is whole and has no dated exception."""
    return days[0] >= start and not any(
        change.first <= day <= change.last
        for change in makings.intake.week.exceptions for day in days
    )


def _demand(makings: Makings, number: int, stage: Stage, run: int, key: int) -> Demand:
    settings, protocol = makings.catalogue.settings, makings.protocol
    step = (number - 1) // settings.strength_step_weeks.value
    strength, mobility = routines(makings, step)
    full = makings.reach is Reach.FULL
    sessions, length = 0, 0
    if full and makings.cross:
        met = makings.cross[0].energy.met if makings.cross[0].energy else 1.0
        ceiling = _cross_ceiling(makings, number)
        spent = ladder_energy(
            protocol, stage.per_week, dose.run_minutes(stage.top),
            minutes(time_of(stage.top, "walk")), settings,
        )
        budget = energy_budget(makings.intake, settings)
        sessions, length = cross_training(budget, spent, met, settings, ceiling)
    cap = _home_cap(makings)
    return Demand(
        runs=stage.per_week,
        run_minutes=run, key_minutes=max(run, key), run_gap=-(-stage.hours_between // 24),
        strength=settings.strength_sessions.value if strength else 0,
        strength_minutes=max(1, items_minutes(strength, makings.catalogue)),
        strength_gap=-(-settings.strength_hours_between.value // 24),
        heavy=stage.runs and any(
            makings.catalogue.exercises[i.exercise].heavy for i in strength
        ),
        cross=sessions, cross_minutes=max(1, length),
        mobility=settings.mobility_sessions.value if mobility else 0,
        mobility_minutes=max(1, items_minutes(mobility, makings.catalogue)),
        apart=len(strength) + len(mobility) > cap,
        rest_days=settings.rest_days.value,
        in_a_row=settings.active_days_in_a_row.value,
    )


def _home_cap(makings: Makings) -> int:
    clinician = makings.intake.clinician
    asked = clinician.exercises_per_day if clinician else None
    return asked or int(makings.catalogue.settings.exercises_per_day.value)


def _cross_ceiling(makings: Makings, number: int) -> int:
    """Minutes of the longest session: from the own longest one, 5 minutes more a week."""
    settings, recent = makings.catalogue.settings, makings.intake.history.cross_training
    first = max(settings.cross_least.value, recent or timedelta())
    return minutes(first) + 5 * (number - 1)


def routines(makings: Makings, step: int) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Return the items of the strength and the mobility session at a dose step."""
    settings = makings.catalogue.settings
    longest = max(
        (day.minutes for name in WEEKDAYS
         if (day := getattr(makings.intake.week, name)) and makings.place in day.places),
        default=0,
    )
    def fit(routine: Routine, at: int, most: timedelta) -> tuple[Item, ...]:
        if not routine.exercises:
            return ()
        return routine.at(at, makings.intake, makings.catalogue, min(minutes(most), longest))
    last = min(step, 3)
    return (
        fit(makings.strength, last, settings.strength_most.value),
        fit(makings.mobility, 0, settings.mobility_most.value),
    )


def _growth_minutes(makings: Makings, state: State, day: date, number: int) -> tuple[int, int]:
    """Minutes of the key run and of the others beyond the ladder."""
    growth = makings.protocol.growth
    last = dose.run_minutes(makings.protocol.stages[-1].top)
    key = state.target
    if growth is not None and number % growth.lighter_every == 0:
        key = int(state.target * growth.lighter_factor)
    recent = [(d, m) for d, m in state.longest if m >= dose.recent_longest(
        makings.protocol, state, day) > 0]
    if growth is not None and recent and key > recent[0][1] and (
        (day - recent[0][0]).days < growth.days_between
    ):
        key = recent[0][1]
    share = makings.catalogue.settings.other_runs.value
    return int(key), int(min(key, max(last, share * state.target)))


def _longest(makings: Makings, state: State, day: date, number: int) -> tuple[int, int]:
    """Return the minutes of the key run and of the other runs, walks included."""
    stage = makings.protocol.stages[state.stage]
    if not state.target:
        both = bare_minutes(makings, stage, stage.top)
        return both, both
    key, other = _growth_minutes(makings, state, day, number)
    return (bare_minutes(makings, stage, _single(key)),
            bare_minutes(makings, stage, _single(other)))


def _single(run: int) -> tuple[Step, ...]:
    return (Step(bouts=(Bout(move="run", time=timedelta(minutes=run)),)),)


@dataclass(frozen=True)
class _Run:
    """The dose of one run day."""

    stage: Stage
    steps: tuple[Step, ...]
    state: State
    """The state while it is run."""


def _dosed(makings: Makings, state: State, day: date, number: int, *, key: bool) -> _Run:
    """Return the session that the ladder asks for on a day."""
    now = dose.before_run(
        makings.protocol, state, day, top=makings.entry.top, goal=makings.entry.goal
    )
    stage = makings.protocol.stages[now.stage]
    if not now.target:
        return _Run(stage, dose.steps_of(makings.protocol, now), now)
    long, other = _growth_minutes(makings, now, day, number)
    return _Run(stage, _single(long if key else other), now)


def make_week(
    makings: Makings, thread: Thread, number: int, monday: date, start: date, firm_weeks: int
) -> tuple[PlanWeek, Thread]:
    """Plan one week and return what the next one needs.

    Raises:
        WeekClash: an ordinary week cannot hold the fewest runs.
    """
    days = tuple(monday + timedelta(days=d) for d in range(7))
    closed = DayPlan(minutes=0, places=(), sessions=0)
    plans = tuple(makings.intake.week.on(d) if d >= start else closed for d in days)
    whole = ordinary(makings, start, days)
    choice, held = _place(makings, thread, number, days, plans, start, whole=whole)
    built, state, used = _sessions(makings, thread, number, days, plans, choice, held)
    week = PlanWeek(
        number=number,
        days=tuple(
            PlanDay(day=day, sessions=tuple(sessions), note=_note(makings, day))
            for day, sessions in zip(days, built, strict=True)
        ),
        stage=_week_stage(built, makings, state),
        firm=number <= firm_weeks,
        reasons=tuple(_week_reasons(makings, choice, whole=whole, held=held,
                                    lighter=_is_lighter(makings, state, number))),
    )
    follow = Thread(
        state=state, before=choice, habit=choice if whole else thread.habit,
        streak=trailing_streak(choice.active, thread.streak), used=used,
    )
    return week, follow


def _is_lighter(makings: Makings, state: State, number: int) -> bool:
    growth = makings.protocol.growth
    return bool(state.target and growth and number % growth.lighter_every == 0)


def _note(makings: Makings, day: date) -> str | None:
    for change in makings.intake.week.exceptions:
        if change.first <= day <= change.last:
            return change.why
    return None


def _week_stage(
    built: list[list[Session]], makings: Makings, state: State
) -> str:
    for sessions in built:
        for session in sessions:
            if session.stage:
                return session.stage
    return makings.protocol.stages[state.stage].id


def _week_reasons(
    makings: Makings, choice: Choice, *, whole: bool, held: bool, lighter: bool
) -> Iterator[Reason]:
    if not whole:
        yield Reason(text="This week differs from your usual one, so some sessions are left out. "
                          "Nothing is made up later.", rule="exception")
    if held:
        yield Reason(text="The next stage needs longer days than you have, so you stay at this one.",
                     rule="hold")
    if lighter:
        yield Reason(text="A lighter week: the long run is shorter on purpose.", rule="lighter-week",
                     cite=tuple(c.cite for c in makings.protocol.evidence
                                if "lighter week every fourth week" in c.supports))
    if whole and not choice.cross and makings.cross:
        yield Reason(text="Your week has no room for extra easy training. That is fine.", rule="room")


def _place(
    makings: Makings, thread: Thread, number: int, days: tuple[date, ...],
    plans: tuple[DayPlan, ...], start: date, *, whole: bool,
) -> tuple[Choice, bool]:
    """Return the best layout, and whether the stage was held for lack of time."""
    rooms = tuple(room(makings, plan) for plan in plans)
    on, off = locks(makings, lambda d: whole and plans[d].minutes > 0)
    first = next((d for d, r in zip(days, rooms, strict=True) if "run" in r.kinds), days[0])
    wanted = _dosed(makings, thread.state, first, number, key=True).state
    options = [(wanted, False)]
    if (wanted.stage, wanted.target) > (thread.state.stage, thread.state.target):
        options.append((thread.state, True))
    needed = min(makings.intake.wishes.fewest_runs, makings.protocol.least_per_week)
    best: tuple[Choice, bool] | None = None
    problem = None
    for state, held in options:
        stage = makings.protocol.stages[state.stage]
        key, run = _longest(makings, state, first, number)
        extra = moves_minutes(makings, stage)
        for more in dict.fromkeys((extra, 0)):
            demand = _demand(makings, number, stage, run + more, key + more)
            problem = WeekProblem(rooms, demand, on, off, thread.before, thread.habit,
                                  thread.streak)
            choice = best_week(problem)
            if choice is None:
                continue
            if best is None or choice.run.bit_count() > best[0].run.bit_count():
                best = (choice, held)
            if choice.run.bit_count() >= min(demand.runs, max(needed, 2)):
                break
        if best and best[0].run.bit_count() >= needed:
            return best
    if problem is not None and whole and (best is None or best[0].run.bit_count() < needed):
        raise WeekClash(problem, makings.protocol.stages[wanted.stage])
    return best or (Choice(), False)


def _sessions(
    makings: Makings, thread: Thread, number: int, days: tuple[date, ...],
    plans: tuple[DayPlan, ...], choice: Choice, held: bool,  # noqa: FBT001
) -> tuple[list[list[Session]], State, dict[str, int]]:
    step = (number - 1) // makings.catalogue.settings.strength_step_weeks.value
    strength, mobility = routines(makings, step)
    state, used = thread.state, dict(thread.used)
    built: list[list[Session]] = [[] for _ in days]
    demand_cross = _cross_minutes(makings, number, state)
    for number_of_day, (day, plan) in enumerate(zip(days, plans, strict=True)):
        bit = 1 << number_of_day
        others: list[Session] = []
        if choice.strength & bit:
            others.append(_home(makings, "strength", strength))
        if choice.cross & bit:
            activity = min(cross_at(makings, plan), key=lambda e: used.get(e.id, 0))
            used[activity.id] = used.get(activity.id, 0) + 1
            others.append(_cross(makings, plan, activity, demand_cross))
        if choice.mobility & bit:
            others.append(_home(makings, "mobility", mobility))
        if choice.run & bit:
            session, state = _run(
                makings, state, day, plan, number, held=held,
                key=number_of_day == choice.key, others=others,
            )
            built[number_of_day].append(session)
        built[number_of_day].extend(others)
    return built, state, used


def _cross_minutes(makings: Makings, number: int, state: State) -> int:
    stage = makings.protocol.stages[state.stage]
    return _demand(makings, number, stage, 1, 1).cross_minutes


def _run(
    makings: Makings, state: State, day: date, plan: DayPlan, number: int, *,
    held: bool, key: bool, others: list[Session],
) -> tuple[Session, State]:
    free = plan.minutes - sum(s.minutes for s in others)
    run = _dosed(makings, state, day, number, key=key)
    reason = Reason(text=f"Stage: {run.stage.title}.", rule=run.stage.id)
    if held or bare_minutes(makings, run.stage, run.steps) > free:
        stay = makings.protocol.stages[state.stage]
        run = _Run(stage=stay, steps=dose.steps_of(makings.protocol, state), state=state)
        reason = Reason(text=f"You stay at this stage: {stay.title}.", rule="hold")
    bare = bare_minutes(makings, run.stage, run.steps)
    home = sum(len(s.items) for s in others if s.kind != "cross-training")
    items = moves(makings, run.stage, MOST_EXERCISES - home)
    if bare + items_minutes(items, makings.catalogue) > free:
        items = ()
    before, after = ends(makings, run.stage)
    session = Session(
        kind="run" if run.stage.runs else "walk",
        title=run.stage.title,
        minutes=bare + items_minutes(items, makings.catalogue),
        place=run_place(makings, plan) or "outdoor",
        stage=run.stage.id, warm_up=before, steps=run.steps, cool_down=after,
        items=items, key=key and run.stage.runs, reasons=(reason,),
    )
    finished = dose.after_run(run.state, day, dose.run_minutes(run.steps), Colour.GREEN)
    return session, finished


def _home(makings: Makings, kind: str, items: tuple[Item, ...]) -> Session:
    titles = {"strength": "Strength at home", "mobility": "Loosen up"}
    texts = {
        "strength": "Strong legs and a steady trunk make running easier on the back.",
        "mobility": "Gentle movement most days keeps the back and hips easy.",
    }
    settings = makings.catalogue.settings
    setting = settings.strength_slots if kind == "strength" else settings.mobility_sessions
    title = titles[kind] if makings.place == "home" or kind == "mobility" else "Strength"
    return Session(
        kind=kind, title=title, minutes=max(1, items_minutes(items, makings.catalogue)),
        place=makings.place, items=items,
        reasons=(Reason(text=texts[kind], rule=f"{kind}-session", cite=setting.cite),),
    )


def _cross(makings: Makings, plan: DayPlan, activity: Exercise, length: int) -> Session:
    place = next(
        p for p in plan.places
        if fits_place(activity, p, equipment_at(p, makings.intake, makings.catalogue))
    )
    return Session(
        kind="cross-training", title=activity.words.name, minutes=length, place=place,
        items=(Item(exercise=activity.id, dose=Dose(time=timedelta(minutes=length))),),
        reasons=(Reason(
            text="Easy training keeps you fit while the runs are short. It gets less as you run more.",
            rule="energy-budget", cite=makings.catalogue.settings.cross_order.cite,
        ),),
    )
