"""From a plan in hand and its log to the next version: the past stays, little moves.

A pure function of the first answers, the log, the plan in hand, the content and the day.
What was missed is not made up; nothing new means nothing changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import takewhile

from programgen.core.catalogue import Catalogue
from programgen.core.clash import explain
from programgen.core.difference import changes_between
from programgen.core.dose import State
from programgen.core.entry import enter
from programgen.core.intake import Intake
from programgen.core.log import Log, day_of
from programgen.core.makings import Makings
from programgen.core.placement import trailing_streak
from programgen.core.plan import (
    Finding,
    Finished,
    OpenQuestions,
    Plan,
    PlanDay,
    PlanWeek,
    Provenance,
    Referral,
    Result,
    Withdrawn,
    fingerprint,
)
from programgen.core.plan import (
    Standing as Stands,
)
from programgen.core.planner import (
    Order,
    chosen_in,
    goal_day,
    goal_reasons,
    goal_text,
    is_draft,
    makings_of,
    milestones,
    plan_reasons,
    rungs_of,
    unplaced,
    why_chosen,
)
from programgen.core.progress import weeks_so_far
from programgen.core.protocol import DEFAULT_PROTOCOL, Protocol
from programgen.core.reasons import Reason, citations
from programgen.core.selection import select
from programgen.core.standing import Standing, fold, reach_of, stopping_questions
from programgen.core.triage import Triage, has_lapsed, triage
from programgen.core.vocabulary import Level, Reach
from programgen.core.weeks import Printed, Thread, WeekClash, choice_of, frame, make_week
from programgen.errors import NoPlanError

AHEAD = 3
"""Weeks that a plan reaches beyond the running one, at least; a PROPOSAL."""


def replan(
    in_hand: Plan | Referral, log: Log, catalogue: Catalogue, *, today: date, program: str
) -> Result:
    """Return the next version of a plan, or the plan itself if nothing has changed.

    Raises:
        NoPlanError: the plan was made from other content, or a week cannot hold it.
    """
    printed = in_hand if isinstance(in_hand, Plan) else in_hand.before
    if printed is None:
        message = "there is no plan to go on with; make one with 'programgen plan'"
        raise NoPlanError(message)
    first = printed.first_intake or printed.intake
    protocol, standing = _standing(printed, first, log, catalogue)
    lapsed = has_lapsed(standing.intake, catalogue, today)
    screening = triage(standing.intake, catalogue, lapsed=lapsed)
    provenance = _provenance(in_hand, log, catalogue, protocol, today, program)
    kept_back = _kept_back(printed, standing, screening, catalogue, provenance, today)
    if kept_back is not None:
        return kept_back
    plan = _plan(printed, standing, screening, catalogue, protocol, provenance)
    return in_hand if isinstance(in_hand, Plan) and _is_same(in_hand, plan) else plan


def _standing(
    printed: Plan, first: Intake, log: Log, catalogue: Catalogue
) -> tuple[Protocol, Standing]:
    """Return the ladder and where the runner stands on it.

    A plan that began with running locked changes to the running ladder on the day on which
    the answers and a clinician's review first allow it.
    """
    protocol = catalogue.protocols[printed.provenance.protocol]
    begun = triage(first, catalogue, lapsed=has_lapsed(first, catalogue, printed.start))
    if begun.limits.reach is Reach.FULL:
        return protocol, fold(log, first, protocol, printed.start, catalogue)
    gentle = next(p for p in catalogue.protocols.values() if p.for_reach == "gentle")
    days = sorted({day_of(entry) for entry in log.valid})
    for day in days:
        early = _until(log, day)
        standing = fold(early, first, gentle, printed.start, catalogue)
        lapsed = has_lapsed(standing.intake, catalogue, day)
        if triage(standing.intake, catalogue, lapsed=lapsed).limits.reach is Reach.FULL:
            running = catalogue.protocols[DEFAULT_PROTOCOL]
            later = log.model_copy(
                update={"entries": tuple(e for e in log.valid if day_of(e) > day)}
            )
            return running, _joined(standing, fold(later, standing.intake, running, day, catalogue))
    return gentle, fold(log, first, gentle, printed.start, catalogue)


def _joined(early: Standing, later: Standing) -> Standing:
    """Return the standing on the later ladder with everything that was reported before."""
    return replace(
        later,
        turns=(*early.turns, *later.turns),
        reports={**early.reports, **later.reports},
        light_of={**early.light_of, **later.light_of},
        weeks=(*early.weeks, *later.weeks),
        screened_on=later.screened_on or early.screened_on,
    )


def _until(log: Log, day: date) -> Log:
    kept = takewhile(lambda entry: day_of(entry) <= day, log.valid)
    return log.model_copy(update={"entries": tuple(kept)})


def _provenance(
    in_hand: Plan | Referral,
    log: Log,
    catalogue: Catalogue,
    protocol: Protocol,
    today: date,
    program: str,
) -> Provenance:
    old = in_hand.provenance
    whole = in_hand.model_dump_json(exclude={"quality"})
    return Provenance(
        program=program,
        catalogue=catalogue.fingerprint,
        protocol=protocol.id,
        made_on=today,
        draft=is_draft(catalogue),
        plan=old.plan,
        version=old.version + 1,
        parent=fingerprint(whole),
        log=log.fingerprint,
        entries=max((entry.id or 0 for entry in log.entries), default=0),
    )


def _kept_back(
    printed: Plan,
    standing: Standing,
    screening: Triage,
    catalogue: Catalogue,
    provenance: Provenance,
    today: date,
) -> Referral | OpenQuestions | None:
    """Return what stands in the way of every session, if anything does."""
    found = screening.findings
    held = standing.state.held
    if held is not None and held.step == "stop":
        found = (_stop_finding(standing), *found)
    elif screening.limits.reach is not Reach.NONE:
        return _open(printed, standing, screening, catalogue, provenance, today)
    level = max((f.level for f in found), key=lambda each: each.rank)
    gone = _withdrawn(printed, (), today)
    return Referral(
        intake=standing.intake,
        provenance=provenance,
        level=level,
        findings=found,
        withdrawn=gone,
        before=printed.model_copy(update={"quality": None}),
    )


def _open(
    printed: Plan,
    standing: Standing,
    screening: Triage,
    catalogue: Catalogue,
    provenance: Provenance,
    today: date,
) -> OpenQuestions | None:
    """Return the questions that are open, or that have to be asked again by now."""
    if screening.limits.level.rank < Level.URGENT.rank and screening.is_open:
        return OpenQuestions(
            provenance=provenance,
            questions=screening.open_questions,
            fields=screening.open_fields,
        )
    if today <= _valid_until(printed, standing, catalogue):
        return None
    again = stopping_questions(catalogue)
    words = catalogue.vocabulary
    return OpenQuestions(
        provenance=provenance,
        questions=tuple(q for q in (*words.screening, *words.health) if q in again),
    )


def _stop_finding(standing: Standing) -> Finding:
    """Return the row that stopped the plan as a finding: an urgent appointment (evidence 2.2)."""
    turn = standing.turns[-1].reason
    return Finding(
        rule=turn.rule or "stop",
        group="decision",
        title="A warning sign was reported after a session",
        level=Level.URGENT,
        plan=Reach.NONE,
        tell=turn.text,
        because=turn.text,
        cite=turn.cite,
    )


def _valid_until(printed: Plan, standing: Standing, catalogue: Catalogue) -> date:
    """Return the day until which the answers count."""
    asked = standing.screened_on or printed.start
    return max(asked, printed.start) + catalogue.settings.valid_for.value


def _is_same(old: Plan, new: Plan) -> bool:
    """Return whether nothing but the day and the version differs."""
    loose = {
        "provenance", "standing", "changes", "progress", "quality", "first_intake", "reasons",
        "weeks", "rungs", "goal_on",
    }  # fmt: skip
    return (
        old.provenance.entries == new.provenance.entries
        and old.provenance.protocol == new.provenance.protocol
        and old.model_dump(exclude=loose) == new.model_dump(exclude=loose)
        and _undated(old.weeks) == _undated(new.weeks)
    )


def _undated(weeks: tuple[PlanWeek, ...]) -> list[tuple[PlanDay, ...]]:
    """Return the days of weeks: whether a week is firm depends on the day alone."""
    return [week.days for week in weeks]


@dataclass(frozen=True)
class _Ahead:
    """What the weeks of the next version are made from."""

    printed: Plan
    makings: Makings
    standing: Standing
    open_from: date
    locked: bool
    """Running waits for a clinician, because of the answers."""

    @property
    def number(self) -> int:
        """The running week, counted from 1."""
        return (self.open_from - self.printed.weeks[0].first).days // 7 + 1


def _plan(
    printed: Plan,
    standing: Standing,
    screening: Triage,
    catalogue: Catalogue,
    protocol: Protocol,
    provenance: Provenance,
) -> Plan:
    first = printed.first_intake or printed.intake
    intake, state = standing.intake, standing.state
    selection = select(intake, catalogue, screening)
    now = enter(protocol, intake, catalogue.settings)
    began = enter(protocol, first, catalogue.settings)
    entry = replace(now, start=min(began.start, now.top), target=began.target, checked=())
    makings, remarks = makings_of(intake, catalogue, screening, protocol, selection, entry)
    ahead = _Ahead(
        printed=printed,
        makings=_lighter(makings, state, printed),
        standing=standing,
        open_from=_open_from(standing, provenance.made_on, printed.start),
        locked=protocol.for_reach == "full" and screening.limits.reach is not Reach.FULL,
    )
    weeks, last = _weeks(ahead)
    reached = milestones(makings, weeks, last)
    held = _held(ahead, screening)
    goal_on = None if held else goal_day(makings, reached)
    chosen = chosen_in(_from(weeks, ahead.open_from))
    order = Order(start=printed.start, made_on=provenance.made_on, program=provenance.program)
    here = protocol.stages[state.stage].id
    plan = Plan(
        intake=intake,
        provenance=provenance,
        level=screening.limits.level,
        reach=screening.limits.reach,
        start=printed.start,
        valid_until=_valid_until(printed, standing, catalogue),
        goal=goal_text(intake),
        goal_on=goal_on,
        rungs=tuple(
            rung.model_copy(update={"here": rung.stage == here})
            for rung in rungs_of(makings, reached)
        ),
        weeks=weeks,
        exercises=chosen,
        why={name: why_chosen(catalogue.exercises[name], selection) for name in chosen},
        self_care=catalogue.settings.self_care.value,
        findings=screening.findings,
        not_asked=screening.not_asked,
        left_out=selection.left_out,
        reasons=(
            *((held,) if state.held and held else ()),
            *plan_reasons(makings, screening, order),
            _stands(protocol, state),
            *_advice(protocol, standing),
            *remarks,
            *unplaced(selection, catalogue, chosen),
            *goal_reasons(makings, screening, goal_on),
        ),
        withdrawn=_withdrawn(printed, weeks, ahead.open_from),
        first_intake=first,
        standing=_record(ahead, held),
        progress=weeks_so_far(weeks, standing, ahead.open_from),
    )
    return plan.model_copy(
        update={"changes": changes_between(printed, plan, standing.turns, catalogue)}
    )


def _open_from(standing: Standing, today: date, start: date) -> date:
    """Return the first day that may change: not today, if something of it was reported."""
    begun = any(day == today for day, _ in standing.reports)
    return max(start, today + timedelta(days=1) if begun else today)


def _lighter(makings: Makings, state: State, printed: Plan) -> Makings:
    """Return the makings with strength doses that grow from the last bad reaction on."""
    if state.lighter_since is None:
        return makings
    week = (state.lighter_since - printed.weeks[0].first).days // 7 + 1
    return replace(makings, dose_from=max(1, week))


def _held(ahead: _Ahead, screening: Triage) -> Reason | None:
    """Return why no session of the ladder is planned, if none is."""
    row = ahead.standing.state.held
    if row is not None:
        return Reason(text=row.because, rule=row.id, cite=citations(row.evidence))
    if not ahead.locked:
        return None
    found = next(f for f in screening.findings if f.plan is not Reach.FULL)
    return Reason(text=found.tell, rule=found.rule, cite=found.cite)


def _from(weeks: tuple[PlanWeek, ...], first: date) -> tuple[PlanWeek, ...]:
    """Return the weeks without the sessions before a day."""
    return tuple(
        week.model_copy(
            update={
                "days": tuple(
                    day if day.day >= first else day.model_copy(update={"sessions": ()})
                    for day in week.days
                )
            }
        )
        for week in weeks
    )


def _weeks(ahead: _Ahead) -> tuple[tuple[PlanWeek, ...], State]:
    """Return all weeks: those of the past as they were, the others planned again."""
    printed, makings, state = ahead.printed, ahead.makings, ahead.standing.state
    marked = [_marked(week, ahead) for week in printed.weeks]
    gated = replace(makings.entry, top=reach_of(makings.protocol, makings.entry, state))
    firm = ahead.number + makings.catalogue.settings.firm_weeks.value - 1
    thread, weeks = Thread(state=state), []
    for number in range(1, max(len(marked), ahead.number + AHEAD) + 1):
        monday = printed.weeks[0].first + timedelta(weeks=number - 1)
        week = marked[number - 1] if number <= len(marked) else None
        shown = frame(makings, number, monday, printed.start)
        if week and week.days[-1].day < ahead.open_from:
            weeks.append(week)
            thread = _past(thread, week, ordinary=shown.whole)
            continue
        in_hand = Printed(
            open_from=ahead.open_from,
            week=week,
            after=marked[number] if number < len(marked) else None,
            held=ahead.locked or state.held is not None,
            rest_until=state.rest_until,
            ran=frozenset(day for day, _ in state.longest),
        )
        # In the running week nobody passes a gate that is not reported as open.
        now = replace(makings, entry=gated) if number == ahead.number else makings
        try:
            made, thread = make_week(now, thread, shown, firm, in_hand)
        except WeekClash as clash:
            needed = min(makings.intake.wishes.fewest_runs, makings.protocol.least_per_week)
            raise NoPlanError(explain(clash.problem, clash.stage, needed, number)) from None
        weeks.append(made)
    return tuple(weeks), thread.state


def _past(thread: Thread, week: PlanWeek, *, ordinary: bool) -> Thread:
    """Return what a week of the past hands to the next one."""
    choice = choice_of(week)
    used = dict(thread.used)
    for placed in week.placed:
        if placed.session.kind == "cross-training":
            name = placed.session.items[0].exercise
            used[name] = used.get(name, 0) + 1
    return Thread(
        state=thread.state,
        before=choice,
        habit=choice if ordinary else thread.habit,
        streak=trailing_streak(choice.active, thread.streak),
        used=used,
    )


def _marked(week: PlanWeek, ahead: _Ahead) -> PlanWeek:
    """Return a week whose past sessions carry what was reported of them."""
    outcomes = _outcomes(week, ahead)
    days = tuple(
        day.model_copy(
            update={
                "sessions": tuple(
                    s.model_copy(update={"outcome": outcomes.get((day.day, number))})
                    for number, s in enumerate(day.sessions)
                )
            }
        )
        for day in week.days
    )
    return week.model_copy(update={"days": days})


_OUTCOME = {"yes": "done", "part": "part", "no": "missed"}


def _outcomes(week: PlanWeek, ahead: _Ahead) -> dict[tuple[date, int], str]:
    """Return the outcome of each past session: by its day, else by a report of the same week."""
    spare = {
        (day, kind): _OUTCOME[report.done]
        for (day, kind), report in ahead.standing.reports.items()
        if week.days[0].day <= day <= week.days[-1].day
    }
    past = [
        (day.day, number, "run" if session.stage else session.kind)
        for day in week.days
        for number, session in enumerate(day.sessions)
        if day.day < ahead.open_from
    ]
    found = {
        (day, number): spare.pop((day, kind)) for day, number, kind in past if (day, kind) in spare
    }
    for day, number, kind in past:
        other = next((key for key in sorted(spare) if key[1] == kind), None)
        if (day, number) not in found and other is not None:
            found[day, number] = spare.pop(other)
    return found


def _withdrawn(
    printed: Plan, weeks: tuple[PlanWeek, ...], open_from: date
) -> tuple[Withdrawn, ...]:
    """Return the sessions of earlier versions that are no longer planned."""
    kept = {(week.number, placed.slot) for week in weeks for placed in week.placed}
    gone = [
        Withdrawn(week=week.number, slot=placed.slot, day=placed.day, title=placed.session.title)
        for week in printed.weeks
        for placed in week.placed
        if placed.day >= open_from
    ]
    return tuple(
        sorted(
            (
                w
                for w in {(w.week, w.slot): w for w in (*printed.withdrawn, *gone)}.values()
                if (w.week, w.slot) not in kept
            ),
            key=lambda w: (w.week, w.slot),
        )
    )


def _stands(protocol: Protocol, state: State) -> Reason:
    stage, needed = protocol.stages[state.stage], protocol.moves.good_sessions
    good = min(state.good, needed)
    return Reason(
        text=f"You are at this stage: {stage.title}. Good sessions so far: {good} of {needed}.",
        rule=stage.id,
    )


GAIN = 0.3
"""Share by which pain has to fall to be a change that matters (ostelo-2008)."""


def _advice(protocol: Protocol, standing: Standing) -> Iterator[Reason]:
    """Yield advice to have the back looked at when the weeks bring no change."""
    rated = [w for w in standing.weeks if w.average is not None]
    if not rated:
        return
    last, span = rated[-1], timedelta(weeks=protocol.moves.weeks_without_gain)
    early = [w for w in rated if last.day - w.day >= span]
    if early and last.average and last.average > (1 - GAIN) * (early[-1].average or 0):
        yield Reason(
            text=f"Your pain has not clearly changed in {span.days // 7} weeks. Let a "
            "physiotherapist or doctor have a look. You can go on with the plan meanwhile.",
            rule="no-gain",
            cite=("ostelo-2008",),
        )


def _record(ahead: _Ahead, held: Reason | None) -> Stands:
    """Return the state as the plan keeps it, for the checker and the page."""
    protocol, state = ahead.makings.protocol, ahead.standing.state
    return Stands(
        open_from=ahead.open_from,
        stage=protocol.stages[state.stage].id,
        good=state.good,
        last_run=state.longest[-1][0] if state.longest else None,
        last_step=state.last_step,
        runs=tuple(Finished(day=day, minutes=minutes) for day, minutes in state.longest),
        rest_until=state.rest_until,
        held=held,
    )
