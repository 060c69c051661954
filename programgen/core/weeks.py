"""Week after week: dose, demand and placement meet here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise

from programgen.core import dose
from programgen.core.decisions import Light
from programgen.core.demand import cross_training, energy_budget, items_minutes, ladder_energy
from programgen.core.dose import State
from programgen.core.exercise import Dose
from programgen.core.intake import WEEKDAYS, DayChange, DayPlan
from programgen.core.makings import (
    MOST_EXERCISES,
    Makings,
    bare_minutes,
    cross_at,
    ends,
    home_cap,
    is_ordinary,
    moves,
    moves_minutes,
    room,
    routine_items,
    run_place,
)
from programgen.core.placement import (
    KINDS,
    Choice,
    Demand,
    Room,
    WeekProblem,
    best_week,
    days_of,
    trailing_streak,
)
from programgen.core.plan import Item, PlanDay, PlanWeek, Session
from programgen.core.protocol import Bout, Stage, Step, time_of
from programgen.core.quantities import minutes
from programgen.core.reasons import Reason
from programgen.core.strength import Routine, eased, harder, last_items, seen
from programgen.core.strength import reasons as strength_reasons
from programgen.core.vocabulary import Slot

_CLOSED = DayPlan(minutes=0, places=(), sessions=0)


@dataclass(frozen=True)
class Thread:
    """What one week hands to the next."""

    state: State
    strength: Routine
    """The strength exercises."""
    before: Choice = field(default_factory=Choice)
    """The last week, for spacing."""
    habit: Choice = field(default_factory=Choice)
    """The last ordinary week, for its weekdays."""
    streak: int = 0
    """Active days in a row up to Sunday."""
    used: Mapping[str, int] = field(default_factory=dict)
    """How often each cross-training has been planned."""
    stage: str | None = None
    """The stage of the last session of the ladder."""


@dataclass(frozen=True)
class Frame:
    """One calendar week as the runner has it."""

    number: int
    days: tuple[date, ...]
    plans: tuple[DayPlan, ...]
    """What each day offers; nothing before the start."""
    whole: bool
    """An ordinary week: not cut by the start, no dated exception."""


@dataclass(frozen=True)
class Printed:
    """The plan in hand, where a week is planned again."""

    open_from: date
    """The first day that may change; what stands before it stays as it is."""
    week: PlanWeek | None = None
    """This week as it is printed; none beyond the end of the plan in hand."""
    after: PlanWeek | None = None
    """The next week as it is printed."""
    held: bool = False
    """No session of the ladder may be planned."""
    rest_until: date | None = None
    """No session of the ladder before this day."""
    careful: bool = False
    """Other training takes no more time than is printed, whatever room the runs leave."""
    done: frozenset[tuple[date, str]] = frozenset()
    """Days and kinds of the sessions that were reported as done, planned or not; the kind of
    those of the ladder is 'run'."""
    news: tuple[DayChange, ...] = ()
    """Dated exceptions that the plan in hand does not know yet."""

    def done_in(self, first: date) -> Choice:
        """Return the marks of what was done in the week that begins on *first*."""
        if first >= self.open_from:
            return Choice()
        masks = (
            sum(1 << d for d in range(7) if (first + timedelta(days=d), kind) in self.done)
            for kind in KINDS
        )
        return Choice(*masks)

    def running(self, week: Frame) -> bool:
        """Return whether part of a week lies in the past already."""
        return self.open_from > week.days[0]

    def closed(self, day: date) -> bool:
        """Return whether a day is closed for the ladder."""
        return self.held or (self.rest_until is not None and day < self.rest_until)


_NOTHING = Printed(open_from=date.min)
"""A first plan: nothing is printed yet."""


@dataclass(frozen=True)
class Layout:
    """Where the sessions of a week go."""

    choice: Choice
    stage: Stage
    """The stage that it was laid out for."""
    held: bool = False
    """The next stage does not fit the days, so the present one is kept."""
    strength: tuple[Item, ...] = ()
    """Exercises of the strength session."""
    mobility: tuple[Item, ...] = ()
    """Exercises of the mobility session."""
    cross_minutes: int = 0
    hours_between: int = 24
    """Hours that the layout keeps between two sessions of the ladder."""


class WeekClash(Exception):  # noqa: N818 (a finding about the runner's week, not a fault)
    """An ordinary week cannot hold the fewest sessions of the ladder."""

    def __init__(self, problem: WeekProblem, stage: Stage) -> None:
        """Keep what is needed to explain the clash."""
        super().__init__(stage.id)
        self.problem = problem
        self.stage = stage


def frame(makings: Makings, number: int, monday: date, start: date) -> Frame:
    """Return the week that begins on *monday*."""
    days = tuple(monday + timedelta(days=d) for d in range(7))
    week = makings.intake.week
    plans = tuple(week.on(day) if day >= start else _CLOSED for day in days)
    return Frame(number, days, plans, is_ordinary(makings.intake, start, days))


def choice_of(week: PlanWeek | None, first: date = date.min, last: date = date.max) -> Choice:
    """Return the marks of a week's days from *first* to before *last*, without what was missed."""
    masks = dict.fromkeys(KINDS, 0)
    key = -1
    for at, day in enumerate(week.days if week else ()):
        for session in day.sessions if first <= day.day < last else ():
            if session.outcome != "missed":
                masks["run" if session.stage else session.kind] |= 1 << at
                key = at if session.key else key
    run, strength, cross, mobility = masks.values()
    return Choice(run, strength, cross, mobility, key)


def make_week(
    makings: Makings, thread: Thread, week: Frame, firm_weeks: int, printed: Printed = _NOTHING
) -> tuple[PlanWeek, Thread]:
    """Plan one week and return what the next one needs.

    Up to the number *firm_weeks* a week is firm, then an outlook. Where a plan is in hand,
    its past days stay, and the rest changes as little as can be.

    Raises:
        WeekClash: an ordinary week cannot hold the fewest sessions of the ladder.
    """
    wanted, kept = _routines(makings, thread, week, printed)
    made = _made(makings, thread, week, firm_weeks, printed, wanted)
    # One new thing at a time: no harder exercise in a week with a new stage of the ladder.
    if wanted != kept and _climbs(makings, thread.stage, made[0]):
        made = _made(makings, thread, week, firm_weeks, printed, kept)
    return made


def _routines(
    makings: Makings, thread: Thread, week: Frame, printed: Printed
) -> tuple[Routine, Routine]:
    """Return the strength exercises that a week asks for, and those without a harder one."""
    growing, number = makings.growing, week.number
    if printed.running(week) and printed.week:
        first = [d for d in printed.week.days if d.day < printed.open_from]
        done = last_items(printed.week.model_copy(update={"days": tuple(first)}))
        past = seen(growing, thread.strength, done, number)
        hand = seen(growing, past, last_items(printed.week), number)
        return eased(growing, hand, number), eased(growing, past, number)
    kept = eased(growing, thread.strength, number)
    return kept if printed.held or kept != thread.strength else harder(growing, kept, number), kept


def _climbs(makings: Makings, before: str | None, week: PlanWeek) -> bool:
    """Return whether a session of a week is on a higher stage than the one before it."""
    stages = [s for s in (before, *(p.session.stage for p in week.placed)) if s]
    # A walk of another ladder is below every stage of this one.
    known = {stage.id: number for number, stage in enumerate(makings.protocol.stages)}
    numbers = [known.get(stage, -1) for stage in stages]
    return any(a < b for a, b in pairwise(numbers))


def _made(
    makings: Makings,
    thread: Thread,
    week: Frame,
    firm_weeks: int,
    printed: Printed,
    routine: Routine,
) -> tuple[PlanWeek, Thread]:
    """Plan one week with these strength exercises."""
    layout = _place(makings, thread, week, printed, routine)
    built, state, used = _fill(makings, thread, week, layout)
    kept = printed.week.days if printed.week else ()
    ladder = [s.stage for sessions in built for s in sessions if s.stage]
    waits, gates = _gates(makings, thread.state, ladder)
    planned = PlanWeek(
        number=week.number,
        days=tuple(
            kept[at]
            if kept and day < printed.open_from
            else PlanDay(day=day, sessions=sessions, note=_note(makings, day))
            for at, (day, sessions) in enumerate(zip(week.days, built, strict=True))
        ),
        stage=ladder[0] if ladder else makings.protocol.stages[state.stage].id,
        firm=week.number <= firm_weeks and not waits,
        reasons=(*gates, *_reasons(makings, week, layout, state)),
    )
    items = last_items(planned)
    after = seen(makings.growing, thread.strength, items, week.number)
    told = strength_reasons(makings.growing, thread.strength, after, week.number) if items else ()
    planned = planned.model_copy(update={"reasons": (*planned.reasons, *told)})
    choice = choice_of(planned)
    stood = choice.with_more(printed.done_in(week.days[0]))
    return planned, Thread(
        state=state,
        strength=after,
        before=stood,
        habit=choice if week.whole else thread.habit,
        streak=trailing_streak(stood.active, thread.streak),
        used=used,
        stage=last_stage(planned) or thread.stage,
    )


def last_stage(week: PlanWeek) -> str | None:
    """Return the stage of the last session of the ladder in a week."""
    return next((p.session.stage for p in reversed(week.placed) if p.session.stage), None)


def _gates(
    makings: Makings, before: State, ladder: Sequence[str]
) -> tuple[bool, tuple[Reason, ...]]:
    """Return whether the week waits for a gate of the ladder, and the gates it comes to."""
    stages, entry = makings.protocol.stages, makings.entry
    reached = max((makings.protocol.number(name) for name in ladder), default=0)
    ahead = [
        i for i, s in enumerate(stages) if s.id in entry.gates and entry.allowed < i <= reached
    ]
    texts = [text for i in ahead if i > before.stage for text in entry.gates[stages[i].id]]
    return bool(ahead), tuple(
        Reason(text=f"Before the next stage: {text}", rule="gate") for text in texts
    )


def _note(makings: Makings, day: date) -> str | None:
    return next((c.why for c in makings.intake.week.exceptions if c.first <= day <= c.last), None)


def is_lighter(makings: Makings, state: State, number: int) -> bool:
    """Return whether week *number* is a lighter one beyond the ladder."""
    growth = makings.protocol.growth
    return bool(state.target and growth and number % growth.lighter_every == 0)


def _reasons(makings: Makings, week: Frame, layout: Layout, state: State) -> Iterator[Reason]:
    if not week.whole:
        yield Reason(
            text="This week differs from your usual one, so some sessions are left out. "
            "Nothing is made up later.",
            rule="exception",
        )
    if layout.held:
        yield Reason(
            text="The next stage needs longer days than you have, so you stay at this one.",
            rule="hold",
        )
    if is_lighter(makings, state, week.number):
        yield Reason(
            text="A lighter week: all runs are shorter on purpose.",
            rule="lighter-week",
            cite=tuple(
                c.cite
                for c in makings.protocol.evidence
                if "lighter week every fourth week" in c.supports
            ),
        )
    if week.whole and makings.cross and not layout.choice.cross:
        yield Reason(
            text="Your week has no room for extra easy training. That is fine.", rule="room"
        )


def _locks(
    makings: Makings, week: Frame
) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """Return the locks on and off; a fixed day gives way in a week with an exception."""
    clinician = makings.intake.clinician
    wanted = (*makings.intake.wishes.locks, *(clinician.locks if clinician else ()))
    on = {(lock.session, WEEKDAYS.index(lock.on)) for lock in wanted if lock.on}
    off = {(lock.session, WEEKDAYS.index(lock.never)) for lock in wanted if lock.never}
    kept = {lock for lock in on if week.whole and week.plans[lock[1]].minutes}
    return tuple(sorted(kept)), tuple(sorted(off))


def _rooms(makings: Makings, week: Frame, stage: Stage, printed: Printed) -> tuple[Room, ...]:
    """Return what each day can still hold."""
    rooms = []
    for day, plan in zip(week.days, week.plans, strict=True):
        found = room(makings, plan, stage)
        if day < printed.open_from:
            found = Room()
        elif printed.closed(day):
            found = replace(found, kinds=found.kinds - {"run"})
        rooms.append(found)
    return tuple(rooms)


def _left(demand: Demand, week: Frame, printed: Printed) -> Demand:
    """Return what the rest of a week should hold; what was missed is not made up (S16)."""
    if printed.held:
        demand = replace(demand, runs=0)
    if printed.careful and printed.week:
        demand = _no_more(demand, printed.week)
    if not printed.running(week):
        return demand
    rest = choice_of(printed.week, printed.open_from)
    gone = _gone(printed, week.days[0])
    runs, strength, cross, mobility = (
        max(0, min(asked, left, max(asked, gone[kind][0] + left) - max(gone[kind])))
        for kind, asked, left in (
            ("run", demand.runs, rest.run.bit_count()),
            ("strength", demand.strength, rest.strength.bit_count()),
            ("cross-training", demand.cross, rest.cross.bit_count()),
            ("mobility", demand.mobility, rest.mobility.bit_count()),
        )
    )
    key = demand.key_minutes if rest.key >= 0 else demand.run_minutes
    return replace(
        demand, runs=runs, strength=strength, cross=cross, mobility=mobility, key_minutes=key
    )


def _gone(printed: Printed, monday: date) -> dict[str, tuple[int, int]]:
    """Return how many sessions of each kind were due this week by now, and how many were done."""
    placed = printed.week.placed if printed.week else ()
    due: list[str] = [
        "run" if p.session.stage else p.session.kind for p in placed if p.day < printed.open_from
    ]
    done = [kind for day, kind in printed.done if monday <= day < printed.open_from]
    return {kind: (due.count(kind), done.count(kind)) for kind in KINDS}


def _no_more(demand: Demand, week: PlanWeek) -> Demand:
    """Return what a week asks for with no more easy training and mobility than is printed."""
    mobility = [p for p in week.placed if p.session.kind == "mobility"]
    cross = [p.session.minutes for p in week.placed if p.session.kind == "cross-training"]
    return replace(
        demand,
        cross=min(demand.cross, len(cross)),
        cross_minutes=min(demand.cross_minutes, max(cross, default=0)),
        mobility=min(demand.mobility, len(mobility)),
    )


def _most_strength(printed: Printed) -> int | None:
    """Return the minutes that a strength session may take at most, where it may not grow."""
    placed = printed.week.placed if printed.careful and printed.week else ()
    return max((p.session.minutes for p in placed if p.session.kind == "strength"), default=None)


def _asked(
    makings: Makings,
    thread: Thread,
    week: Frame,
    printed: Printed,
    rooms: tuple[Room, ...],
    demand: Demand,
) -> WeekProblem:
    """Return the week as the search sees it."""
    on, off = _locks(makings, week)
    asked = WeekProblem(rooms, demand, on, off, thread.before, thread.habit, thread.streak)
    if printed is _NOTHING:
        return asked
    running, monday = printed.running(week), week.days[0]
    kept = () if running else on
    past = choice_of(printed.week, last=printed.open_from)
    return replace(
        asked,
        on=tuple(k for k in kept if k[0] != "run" or not printed.closed(week.days[k[1]])),
        past=past.with_more(printed.done_in(monday)),
        after=_after(makings, week, printed),
        published=choice_of(printed.week, printed.open_from) if printed.week else None,
    )


def _after(makings: Makings, week: Frame, printed: Printed) -> Choice:
    """Return the marks of the next week as printed; none if it is about to change anyway.

    Only a week that is not as usual would borrow from it: the running one, or one with days
    away.
    """
    if printed.after is None or printed.held or (week.whole and not printed.running(week)):
        return Choice()
    names = {stage.id for stage in makings.protocol.stages}
    known = all(p.session.stage in names for p in printed.after.placed if p.session.stage)
    days = tuple(day.day for day in printed.after.days)
    changed = any(c.first <= day <= c.last for c in printed.news for day in days)
    return choice_of(printed.after) if known and not changed else Choice()


def _needed(makings: Makings, week: Frame, printed: Printed) -> int:
    """Return the fewest sessions of the ladder that an ordinary week must hold."""
    if printed.running(week) or any(printed.closed(day) for day in week.days):
        return 0
    return min(makings.intake.wishes.fewest_runs, makings.protocol.least_per_week)


def _place(
    makings: Makings, thread: Thread, week: Frame, printed: Printed, routine: Routine
) -> Layout:
    needed = _needed(makings, week, printed)
    best: Layout | None = None
    problem = None
    # What is left of the running week stays on its days, even if a fuller session fits others.
    steady, least = printed.running(week), 0
    most = _most_strength(printed)
    for state, held in _options(makings, thread.state, week):
        stage = makings.protocol.stages[state.stage]
        rooms = _rooms(makings, week, stage, printed)
        for whole, strength, mobility in _demands(makings, state, week, routine, most):
            demand = _left(whole, week, printed)
            tried = _asked(makings, thread, week, printed, rooms, demand)
            problem = problem or tried
            choice = best_week(tried)
            if choice is None:
                continue
            moved = _moved(choice, tried.published) if steady else 0
            if best is None or (_placed(choice), -moved) > (_placed(best.choice), -least):
                least = moved
                best = Layout(
                    choice,
                    stage,
                    held,
                    strength,
                    mobility,
                    demand.cross_minutes,
                    24 * demand.run_gap,
                )
            if _placed(choice) == (demand.runs, demand.strength) and not moved:
                break
        if best and best.choice.run.bit_count() >= needed:
            return best
    if problem is not None and problem.after != Choice() and needed:
        # Nothing is borrowed from the next week, unless this one could not hold the runs.
        return _place(makings, thread, week, replace(printed, after=None), routine)
    if problem is not None and week.whole and needed:
        wanted, _ = next(_options(makings, thread.state, week))
        raise WeekClash(problem, makings.protocol.stages[wanted.stage])
    return best or Layout(Choice(), makings.protocol.stages[thread.state.stage])


def _moved(choice: Choice, published: Choice | None) -> int:
    """Return the runs and strength sessions of a layout that are not on their printed days."""
    if published is None:
        return 0
    pairs = ((choice.run, published.run), (choice.strength, published.strength))
    return sum((now & ~then).bit_count() for now, then in pairs)


def _placed(choice: Choice) -> tuple[int, int]:
    """Return the runs and the strength sessions of a layout."""
    return choice.run.bit_count(), choice.strength.bit_count()


SHORTER = (0, 5, 10, 15)
"""Minutes taken off the strength session before one of the two is dropped; a PROPOSAL."""


def _ladder_days(makings: Makings, week: Frame) -> tuple[date, ...]:
    """Return the first and the last day of the week that can hold a run or walk."""
    able = [
        day for day, plan in zip(week.days, week.plans, strict=True) if run_place(makings, plan)
    ] or list(week.days)
    return able[0], able[-1]


def _options(makings: Makings, state: State, week: Frame) -> Iterator[tuple[State, bool]]:
    """Yield the state that the ladder may reach this week, and the present one if lower.

    A week is laid out for its fullest session; earlier ones are shorter and fit as well.
    """
    wanted = max(
        (_before(makings, state, day) for day in _ladder_days(makings, week)),
        key=lambda then: (then.stage, then.target),
    )
    yield wanted, False
    if (wanted.stage, wanted.target) > (state.stage, state.target):
        yield state, True


def _demands(
    makings: Makings, state: State, week: Frame, routine: Routine, most: int | None
) -> Iterator[tuple[Demand, tuple[Item, ...], tuple[Item, ...]]]:
    """Yield the week's content with its strength and mobility exercises, the fullest first.

    What gives way, in order: moves around the runs, the length of the strength session,
    and last the repeats of the run, down to the first session of the stage. ``most`` are the
    minutes of the strength session, if they are bounded.
    """
    stage = makings.protocol.stages[state.stage]
    full, extra = _longest(makings, state, week), moves_minutes(makings, stage)
    runs = [(full, extra), (full, 0)]
    # Beyond the ladder a short day holds a shorter run, down to the last stage.
    least = stage.top if state.target else stage.sessions[0]
    runs.append(((bare_minutes(makings, stage, least),) * 2, 0))
    seen = set()
    for (key, other), more in runs:
        for less in SHORTER:
            strength, mobility = routine_items(makings, routine, week.number, less, most)
            demand = _demand(makings, stage, week, (other + more, key + more), strength, mobility)
            if demand not in seen:
                seen.add(demand)
                yield demand, strength, mobility


def _longest(makings: Makings, state: State, week: Frame) -> tuple[int, int]:
    """Return the minutes of the key run and of the other runs, walks included."""
    stage = makings.protocol.stages[state.stage]
    if not state.target:
        both = bare_minutes(makings, stage, stage.top)
        return both, both
    key, other = _beyond(makings, state, week.days[0], week.number)
    return (
        bare_minutes(makings, stage, _single(key)),
        bare_minutes(makings, stage, _single(other)),
    )


def _demand(
    makings: Makings,
    stage: Stage,
    week: Frame,
    lengths: tuple[int, int],
    strength: tuple[Item, ...],
    mobility: tuple[Item, ...],
) -> Demand:
    settings, catalogue = makings.catalogue.settings, makings.catalogue
    sessions, length = _cross(makings, stage, week.number)
    run, key = lengths
    return Demand(
        runs=stage.per_week,
        run_minutes=run,
        key_minutes=key,
        run_gap=-(-stage.hours_between // 24),
        strength=settings.strength_sessions.value if strength else 0,
        strength_minutes=items_minutes(strength, catalogue),
        strength_gap=-(-settings.strength_hours_between.value // 24),
        heavy=stage.runs and any(catalogue.exercises[i.exercise].heavy for i in strength),
        cross=sessions,
        cross_minutes=length,
        mobility=settings.mobility_sessions.value if mobility else 0,
        mobility_minutes=items_minutes(mobility, catalogue),
        apart=len(strength) + len(mobility) > home_cap(makings.intake, catalogue),
        rest_days=settings.rest_days.value,
        in_a_row=settings.active_days_in_a_row.value,
    )


def _cross(makings: Makings, stage: Stage, number: int) -> tuple[int, int]:
    """Return the sessions and minutes of cross-training in a week.

    The longest session grows by the step of the settings a week from the runner's own longest.
    """
    settings = makings.catalogue.settings
    known = [e for e in makings.cross if stage.runs or e.slot is not Slot.WALKING]
    activity = next((e for e in known if e.energy and e.doses), None)
    if activity is None or activity.energy is None or activity.doses is None:
        return 0, 0
    spent = ladder_energy(
        makings.protocol,
        stage.per_week,
        dose.run_minutes(stage.top),
        minutes(time_of(stage.top, "walk")),
        settings,
    )
    own = makings.intake.history.cross_training or timedelta()
    least = max(settings.cross_least.value, activity.doses.start.time or timedelta())
    ceiling = minutes(max(least, own) + settings.cross_step.value * (number - 1))
    budget = energy_budget(makings.intake, settings)
    return cross_training(budget - spent, activity.energy.met, settings, minutes(least), ceiling)


def _single(run: int) -> tuple[Step, ...]:
    return (Step(bouts=(Bout(move="run", time=timedelta(minutes=run)),)),)


def _beyond(makings: Makings, state: State, day: date, number: int) -> tuple[int, int]:
    """Return the minutes of the key run and of the others beyond the ladder.

    A new longest run waits until the last one is old enough; the last stage is none.
    """
    growth = makings.protocol.growth
    if growth is None:
        return int(state.target), int(state.target)
    last = dose.run_minutes(makings.protocol.stages[-1].top)
    key = state.target
    longest = dose.recent_longest(makings.protocol, state, day)
    # The runner's own longest run counts as long as it lies in the look-back.
    own = makings.entry.target if 7 * number <= growth.lookback.days else 0
    first = next((d for d, m in state.longest if m >= longest), None)
    is_new = key > max(longest, own)
    if first and is_new and (day - first).days < growth.days_between:
        key = min(key, max(longest, last))
    if longest:
        key = min(key, max(int(growth.factor * longest), own, last))
    share = makings.catalogue.settings.other_runs.value
    other = min(key, max(last, share * state.target))
    lighter = growth.lighter_factor if is_lighter(makings, state, number) else 1.0
    return int(key * lighter), int(other * lighter)


def _fill(
    makings: Makings, thread: Thread, week: Frame, layout: Layout
) -> tuple[list[tuple[Session, ...]], State, dict[str, int]]:
    """Return the sessions of each day, the state after them, and the cross-training used."""
    strength, mobility = layout.strength, layout.mobility
    state, used, choice = thread.state, dict(thread.used), layout.choice
    built = []
    for weekday, plan in enumerate(week.plans):
        bit = 1 << weekday
        others = []
        if choice.strength & bit:
            others.append(_home(makings, "strength", strength))
        if choice.cross & bit:
            others.append(_activity(makings, plan, used, layout))
        if choice.mobility & bit:
            others.append(_home(makings, "mobility", mobility))
        if choice.run & bit:
            run, state = _run(makings, state, week, weekday, layout, others)
            others = [run, *others] if run else others
        built.append(tuple(others))
    return built, state, used


@dataclass(frozen=True)
class _Dosed:
    """The session of one run day and the state in which it is run."""

    state: State
    stage: Stage
    steps: tuple[Step, ...]
    reason: Reason


def _before(makings: Makings, state: State, day: date) -> State:
    """Return the state in which the ladder asks for a session on a day."""
    entry = makings.entry
    return dose.before_run(
        makings.protocol, state, day, top=entry.top, goal=entry.most, restart=entry.restart
    )


def _dosed(makings: Makings, state: State, week: Frame, day: date, *, key: bool) -> _Dosed:
    """Return the session that the ladder asks for on a day."""
    now = _before(makings, state, day)
    stage = makings.protocol.stages[now.stage]
    if now.target:
        long, other = _beyond(makings, now, day, week.number)
        steps = _single(long if key else other)
    else:
        steps = dose.steps_of(makings.protocol, now)
    return _Dosed(now, stage, steps, Reason(text=f"Stage: {stage.title}.", rule=stage.id))


def _kept(makings: Makings, state: State) -> _Dosed:
    """Return the session of the present stage, where the next one does not fit."""
    stage = makings.protocol.stages[state.stage]
    reason = Reason(text=f"You stay at this stage: {stage.title}.", rule="hold")
    return _Dosed(state, stage, dose.steps_of(makings.protocol, state), reason)


def _fitting(makings: Makings, asked: _Dosed, state: State, free: int) -> _Dosed | None:
    """Return the fullest session that fits the minutes of a short day, or None.

    Tried in order: a shorter session of the stage asked for, or of the present stage, and
    beyond the ladder a shorter run. Never a longer or a harder one.
    """
    if asked.state.target:
        walks = bare_minutes(makings, asked.stage, ())
        run = min(int(dose.run_minutes(asked.steps)), free - walks)
        least = dose.run_minutes(makings.protocol.stages[0].top) or SHORTEST_RUN
        return replace(asked, steps=_single(run)) if run >= least else None
    present = _kept(makings, state)
    for found in (asked, present) if asked.stage != present.stage else (present,):
        for steps in reversed(found.stage.sessions):
            if bare_minutes(makings, found.stage, steps) <= free:
                return replace(found, steps=steps)
    return None


SHORTEST_RUN = 10
"""Minutes of the shortest run beyond the ladder that is worth going out for; a PROPOSAL."""


def _run(
    makings: Makings,
    state: State,
    week: Frame,
    weekday: int,
    layout: Layout,
    others: list[Session],
) -> tuple[Session | None, State]:
    """Return the session of the ladder on a day, none if the day is too short for it."""
    day, plan, key = week.days[weekday], week.plans[weekday], weekday == layout.choice.key
    free = plan.minutes - sum(s.minutes for s in others)
    asked: _Dosed | None = _dosed(makings, state, week, day, key=key)
    # A step up in the middle of a week may ask for more rest or more minutes than the week
    # was laid out for; it then waits for the next week.
    if layout.held or (asked and not _bears(makings, asked, state, week, weekday, layout)):
        asked = _kept(makings, state)
    if asked and bare_minutes(makings, asked.stage, asked.steps) > free:
        asked = _fitting(makings, asked, state, free)
    if asked is None:
        return None, state
    bare = bare_minutes(makings, asked.stage, asked.steps)
    home = sum(len(s.items) for s in others if s.kind != "cross-training")
    items = moves(makings, asked.stage, MOST_EXERCISES - home)
    if bare + items_minutes(items, makings.catalogue) > free:
        items = ()
    before, after = ends(makings, asked.stage)
    session = Session(
        kind="run" if asked.stage.runs else "walk",
        title=_title(asked),
        minutes=bare + items_minutes(items, makings.catalogue),
        place=run_place(makings, plan) or "outdoor",
        stage=asked.stage.id,
        warm_up=before,
        steps=asked.steps,
        cool_down=after,
        items=items,
        key=key and asked.stage.runs,
        reasons=(asked.reason,),
    )
    done = dose.run_minutes(asked.steps)
    return session, dose.after_run(makings.protocol, asked.state, day, done, Light.GREEN)


def _bears(
    makings: Makings, asked: _Dosed, state: State, week: Frame, weekday: int, layout: Layout
) -> bool:
    """Return whether the rest of the week can hold the stage that is asked for."""
    if asked.stage.hours_between > layout.hours_between:
        return False
    if asked.state.stage <= state.stage:
        return True
    needed = bare_minutes(makings, asked.stage, asked.stage.sessions[0])
    choice, length = layout.choice, items_minutes
    taken = (
        (choice.strength, length(layout.strength, makings.catalogue)),
        (choice.cross, layout.cross_minutes),
        (choice.mobility, length(layout.mobility, makings.catalogue)),
    )
    return all(
        week.plans[day].minutes - sum(m for mask, m in taken if mask >> day & 1) >= needed
        for day in days_of(choice.run)
        if day >= weekday
    )


def _title(asked: _Dosed) -> str:
    if not asked.state.target:
        return asked.stage.title
    return f"{dose.run_minutes(asked.steps):.0f} minutes in one go"


_HOME = {
    "strength": ("Strength", "Strong legs and a steady trunk make running easier on the back."),
    "mobility": ("Loosen up", "Gentle movement most days keeps the back and hips easy."),
}


def _home(makings: Makings, kind: str, items: tuple[Item, ...]) -> Session:
    title, text = _HOME[kind]
    settings = makings.catalogue.settings
    setting = settings.strength_slots if kind == "strength" else settings.mobility_sessions
    return Session(
        kind=kind,
        title=title,
        minutes=items_minutes(items, makings.catalogue),
        place=makings.place,
        items=items,
        reasons=(Reason(text=text, rule=f"{kind}-session", cite=setting.cite),),
    )


def _activity(makings: Makings, plan: DayPlan, used: dict[str, int], layout: Layout) -> Session:
    """Return cross-training, the least used that the day allows; counts it in *used*."""
    options = cross_at(makings, plan, layout.stage)
    activity, place = min(options, key=lambda found: used.get(found[0].id, 0))
    length = layout.cross_minutes
    used[activity.id] = used.get(activity.id, 0) + 1
    return Session(
        kind="cross-training",
        title=activity.words.name,
        minutes=length,
        place=place,
        items=(Item(exercise=activity.id, dose=Dose(time=timedelta(minutes=length))),),
        reasons=(
            Reason(
                text="Easy training keeps you fit while the runs are short. "
                "It gets less as you run more.",
                rule="energy-budget",
                cite=makings.catalogue.settings.cross_order.cite,
            ),
        ),
    )
