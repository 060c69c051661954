"""From a plan in hand and its log to the next version: the past stays, little moves.

A pure function of the first answers, the log, the plan in hand, the content and the day.
What was missed is not made up; nothing new means nothing changes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby, pairwise

from programgen.core.catalogue import Catalogue
from programgen.core.checkin import Entry, SessionReport, Void, WeekReport, is_yes
from programgen.core.clash import explain
from programgen.core.decisions import Light, Move
from programgen.core.difference import changes_between
from programgen.core.dose import State
from programgen.core.entry import enter
from programgen.core.intake import Intake
from programgen.core.limits import Limits
from programgen.core.log import Log, day_of
from programgen.core.makings import Makings
from programgen.core.placement import trailing_streak
from programgen.core.plan import (
    Exclusion,
    Finding,
    Finished,
    Item,
    Plan,
    PlanDay,
    PlanWeek,
    Provenance,
    Referral,
    Rung,
    Session,
    Withdrawn,
    fingerprint,
)
from programgen.core.plan import (
    Standing as Stands,
)
from programgen.core.planner import (
    Order,
    check_stages,
    chosen_in,
    goal_day,
    goal_reasons,
    goal_text,
    is_draft,
    lapsed_reason,
    makings_of,
    milestones,
    plan_reasons,
    rungs_of,
    unplaced,
    why_chosen,
)
from programgen.core.progress import weeks_so_far
from programgen.core.protocol import DEFAULT_PROTOCOL, Protocol, Stage
from programgen.core.reasons import Reason, citations
from programgen.core.selection import Selection, select
from programgen.core.settings import Settings
from programgen.core.standing import (
    Standing,
    Turn,
    asked_again,
    fold,
    go_on,
    reach_of,
    restart_on,
    stopping_questions,
)
from programgen.core.strength import Routine, easing_of, last_items, seen
from programgen.core.triage import Triage, has_lapsed, triage
from programgen.core.vocabulary import Level, Reach
from programgen.core.weeks import (
    Printed,
    Thread,
    WeekClash,
    choice_of,
    frame,
    last_stage,
    make_week,
)
from programgen.core.words import day_text
from programgen.errors import NoPlanError

MOST_ROUNDS = 4
"""A week keeps clear of the next one as printed, which may itself change: rounds to settle it."""

CAREFUL_DAYS = 14
"""Days after a bad reaction in which strength and easy training do not grow; a PROPOSAL."""

AHEAD = 3
"""Weeks that a plan reaches beyond the running one, at least; a PROPOSAL."""


def replan(
    in_hand: Plan | Referral, log: Log, catalogue: Catalogue, *, today: date, program: str
) -> Plan | Referral:
    """Return the next version of a plan, or the plan itself if nothing has changed.

    Raises:
        NoPlanError: the plan was made from other content, or a week cannot hold it.
    """
    printed = in_hand if isinstance(in_hand, Plan) else _withdrawn_since(in_hand, today)
    if printed is None:
        message = "there is no plan to go on with; make one with 'programgen plan'"
        raise NoPlanError(message)
    first = printed.first_intake or printed.intake
    protocol, standing = _standing(printed, first, log, catalogue)
    lapsed = has_lapsed(standing.intake, catalogue, today)
    screening = triage(standing.intake, catalogue, lapsed=lapsed)
    provenance = _provenance(in_hand, log, catalogue, protocol, today, program)
    kept_back = _kept_back(printed, standing, screening, catalogue, provenance, today)
    waiting = _waiting(printed, standing, screening, catalogue, today)
    if kept_back is not None:
        return in_hand if _says_the_same(in_hand, kept_back) else kept_back
    standing = replace(standing, turns=(*_corrections(log, catalogue), *standing.turns))
    plan = _plan(printed, standing, screening, catalogue, protocol, provenance, waiting)
    return in_hand if isinstance(in_hand, Plan) and _is_same(in_hand, plan) else plan


def _withdrawn_since(referral: Referral, today: date) -> Plan | None:
    """Return the withdrawn plan without the sessions that were not to be done since."""
    plan = referral.before
    if plan is None:
        return None
    gone = {(w.week, w.slot) for w in referral.withdrawn}
    days = [p.day for w in plan.weeks for p in w.placed if (w.number, p.slot) in gone]
    since = min(days, default=today)
    weeks = _kept(plan.weeks, lambda day, _: not since <= day < today)
    known = plan.provenance.model_copy(update={"entries": referral.provenance.entries})
    return plan.model_copy(
        update={"weeks": weeks, "withdrawn": referral.withdrawn, "provenance": known}
    )


def _says_the_same(in_hand: Plan | Referral, later: Referral) -> bool:
    """Return whether a referral in hand says all that a later one would say."""
    return (
        isinstance(in_hand, Referral)
        and in_hand.provenance.entries == later.provenance.entries
        and in_hand.findings == later.findings
    )


def _standing(
    printed: Plan, first: Intake, log: Log, catalogue: Catalogue
) -> tuple[Protocol, Standing]:
    """Return the ladder and where the runner stands on it.

    A plan that began with running locked changes to the running ladder on the day on which
    the answers and a clinician's review first allow it.
    """
    protocol = catalogue.protocols[printed.provenance.protocol]
    begun = triage(first, catalogue, lapsed=has_lapsed(first, catalogue, printed.start))
    shown = {p.day: p.session for w in printed.weeks for p in w.placed if p.session.stage}
    if begun.limits.reach is Reach.FULL:
        return protocol, fold(log.valid, first, protocol, printed.start, catalogue, shown)
    gentle = next(p for p in catalogue.protocols.values() if p.for_reach == "gentle")
    standing = fold((), first, gentle, printed.start, catalogue, shown)
    valid = log.valid
    for day, entries in groupby(valid, day_of):
        standing = go_on(standing, entries, gentle, catalogue, shown)
        lapsed = has_lapsed(standing.intake, catalogue, day)
        if triage(standing.intake, catalogue, lapsed=lapsed).limits.reach is Reach.FULL:
            running = catalogue.protocols[DEFAULT_PROTOCOL]
            begun_anew = _changed(standing, running, day, catalogue)
            later = [entry for entry in valid if day_of(entry) > day]
            return running, go_on(begun_anew, later, running, catalogue, shown)
    return gentle, standing


def _changed(standing: Standing, running: Protocol, day: date, catalogue: Catalogue) -> Standing:
    """Return the standing at the start of the running ladder; bad reactions are kept."""
    state = fold((), standing.intake, running, day, catalogue, {}).state
    early = standing.state
    return replace(
        standing,
        state=replace(
            state,
            light=early.light,
            bad=early.bad,
            spots=early.spots,
            closed=early.closed,
            rest_until=early.rest_until,
            lighter_since=early.lighter_since,
            held=early.held,
        ),
    )


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
        entries=log.last,
    )


def _kept_back(
    printed: Plan,
    standing: Standing,
    screening: Triage,
    catalogue: Catalogue,
    provenance: Provenance,
    today: date,
) -> Referral | None:
    """Return what stands in the way of every session, if anything does."""
    fired = {f.rule for f in screening.findings if f.plan is Reach.NONE}
    found = (*(f for f in standing.stopped if f.rule not in fired), *screening.findings)
    held = standing.state.held
    if held is not None and held.step == "stop":
        found = (_stop_finding(standing, catalogue.protocols[provenance.protocol]), *found)
    elif all(f.plan is not Reach.NONE for f in found):
        return None
    level = max((f.level for f in found), key=lambda each: each.rank)
    gone = _withdrawn(printed, (), _open_from(standing, today, printed.start))
    return Referral(
        intake=standing.intake,
        provenance=provenance,
        level=level,
        findings=found,
        withdrawn=gone,
        before=printed.model_copy(update={"quality": None}),
    )


def _waiting(
    printed: Plan, standing: Standing, screening: Triage, catalogue: Catalogue, today: date
) -> tuple[str, ...]:
    """Return the questions and fields that are open, or have to be asked again by now."""
    if screening.is_open:
        return (*screening.open_questions, *screening.open_fields)
    if today <= _valid_until(printed, standing, catalogue):
        return ()
    again = stopping_questions(catalogue)
    words = catalogue.vocabulary
    return tuple(q for q in (*words.screening, *words.health) if q in again)


def _stop_finding(standing: Standing, protocol: Protocol) -> Finding:
    """Return the row that stopped the plan as a finding: an urgent appointment."""
    stops = {row.id for row in protocol.decisions.readings if row.light == "stop"}
    turn = next(t.reason for t in reversed(standing.turns) if t.reason.rule in stops)
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
        "weeks", "rungs", "goal_on", "checked",
    }  # fmt: skip
    return (
        old.provenance.entries == new.provenance.entries
        and old.provenance.protocol == new.provenance.protocol
        and old.model_dump(exclude=loose) == new.model_dump(exclude=loose)
        and _undated(old.weeks) == _undated(new.weeks)
    )


def _is_careful(state: State, ahead: "_Ahead") -> bool:
    """Return whether other training may not grow: after a bad reaction, or on hold.

    It is the time in which a second bad reaction counts as one (two-reds); a PROPOSAL.
    """
    bad = any((ahead.open_from - day).days <= CAREFUL_DAYS for day, _ in state.bad)
    return bad or ahead.locked or state.held is not None


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
    today: date
    locked: bool
    """Running waits for a clinician, because of the answers."""
    waiting: tuple[str, ...] = ()
    """Questions without a clear answer."""

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
    waiting: tuple[str, ...],
) -> Plan:
    if waiting:
        # What nobody has answered may be a yes: gentle movement is all that is left.
        gentle = Limits(reach=Reach.GENTLE)
        screening = replace(screening, limits=screening.limits & gentle)
    first = printed.first_intake or printed.intake
    open_from = _open_from(standing, provenance.made_on, printed.start)
    intake, state = asked_again(standing, protocol, open_from), standing.state
    selection = _without_spread(select(intake, catalogue, screening), standing, printed, catalogue)
    if state.held is not None:
        selection = _without_impact(selection, state.held)
    check_stages(intake, protocol, screening)
    now = enter(protocol, intake, catalogue.settings)
    began = enter(protocol, first, catalogue.settings)
    entry = replace(
        now,
        start=min(began.start, now.top),
        target=began.target,
        checked=(),
        restart=restart_on(standing, protocol, open_from),
    )
    makings, remarks = makings_of(intake, catalogue, screening, protocol, selection, entry)
    ahead = _Ahead(
        printed=printed,
        makings=_answered(makings, standing, printed, open_from),
        standing=standing,
        open_from=open_from,
        today=provenance.made_on,
        locked=bool(waiting)
        or (protocol.for_reach == "full" and screening.limits.reach is not Reach.FULL),
        waiting=waiting,
    )
    weeks, last = _weeks(ahead)
    reached = milestones(makings, _ahead_or_done(weeks, ahead.open_from), last)
    coming = [row for row in reached if row.day >= ahead.open_from]
    held = _held(ahead, screening)
    goal_on = None if held else goal_day(makings, reached)
    chosen = chosen_in(_from(weeks, ahead.open_from))
    order = Order(start=printed.start, made_on=provenance.made_on, program=provenance.program)
    here, good = _here(ahead, weeks)
    plan = Plan(
        intake=intake,
        provenance=provenance,
        level=screening.limits.level,
        reach=screening.limits.reach,
        start=printed.start,
        valid_until=_valid_until(printed, standing, catalogue),
        goal=goal_text(intake),
        goal_on=goal_on,
        rungs=_rungs(rungs_of(makings, coming), here.id, good, held=held is not None),
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
            _stands(protocol, here, good),
            *_advice(protocol, standing, catalogue.settings, open_from),
            *remarks,
            *unplaced(selection, catalogue, chosen),
            *goal_reasons(makings, screening, goal_on),
        ),
        withdrawn=_withdrawn(printed, weeks, ahead.open_from),
        first_intake=first,
        standing=_record(ahead, held),
        waiting=waiting,
        progress=weeks_so_far(weeks, standing, ahead.open_from),
    )
    return plan.model_copy(
        update={"changes": changes_between(printed, plan, standing.turns, catalogue)}
    )


def _rungs(rungs: tuple[Rung, ...], here: str, good: int, *, held: bool) -> tuple[Rung, ...]:
    """Return the ladder with the ticks earned; nothing is called the earliest while on hold."""
    at = next((number for number, rung in enumerate(rungs) if rung.stage == here), 0)

    def first(number: int, day: date | None) -> date | None:
        return day if number > at and not held else None

    return tuple(
        rung.model_copy(
            update={
                "here": number == at,
                "good": good if number == at else rung.good,
                "earliest": first(number, rung.earliest),
            }
        )
        for number, rung in enumerate(rungs)
    )


def _without_impact(selection: Selection, held: Move) -> Selection:
    """Leave out what lands hard: whatever pauses running pauses hops and jumps, too."""
    reason = Reason(
        text="It waits while running is on hold.", rule=held.id, cite=citations(held.evidence)
    )
    return _without(
        selection,
        {
            e.id: reason
            for e in selection.suitable.values()
            if e.impact in ("moderate", "high") or "plyometric" in e.tags
        },
    )


def _without_spread(
    selection: Selection, standing: Standing, printed: Plan, catalogue: Catalogue
) -> Selection:
    """Leave out what brought pain further down the leg, until a clinician has looked at it.

    Where it is known which exercise that was, every exercise with one of its motions waits;
    else those of that session with such a motion (evidence: centralisation-explained).
    """
    provoking = catalogue.settings.provoking
    motions, clinician = frozenset(provoking.value), standing.intake.clinician
    done: dict[tuple[date, str], tuple[Item, ...]] = {
        (p.day, p.session.kind): p.session.items for w in printed.weeks for p in w.placed
    }
    gone: dict[str, Reason] = {}
    for (day, kind), report in standing.reports.items():
        if report.where != "further" or (clinician and clinician.reviewed_on >= day):
            continue
        if kind == "run" and report.exercise is None:
            continue
        reason = Reason(
            text=f"Pain moved further down the leg on {day_text(day)}. It waits until a doctor "
            "or physiotherapist has had a look.",
            rule="spread",
            cite=provoking.cite,
        )
        named = catalogue.exercises.get(report.exercise or "")
        if named is not None:
            tags = motions & {*named.tags}
            names = [e.id for e in selection.suitable.values() if tags & {*e.tags}]
            names.append(named.id)
        else:
            items = done.get((day, kind), ())
            names = [i.exercise for i in items if motions & {*catalogue.exercises[i.exercise].tags}]
        gone |= dict.fromkeys(names, reason)
    return _without(selection, gone)


def _without(selection: Selection, reasons: Mapping[str, Reason]) -> Selection:
    """Return the selection without some exercises, each with its reason."""
    out = [e for e in selection.suitable.values() if e.id in reasons]
    gone = tuple(Exclusion(exercise=e.id, family=e.family, reasons=(reasons[e.id],)) for e in out)
    names = {e.id for e in out}
    return replace(
        selection,
        suitable={k: e for k, e in selection.suitable.items() if k not in names},
        left_out=(*selection.left_out, *gone),
        required=selection.required - names,
    )


def _corrections(log: Log, catalogue: Catalogue) -> Iterator[Turn]:
    """Yield every report that was corrected or taken back."""
    about = {entry.id: entry for entry in log.entries}
    for entry in log.entries:
        if entry.supersedes in about:
            old = about[entry.supersedes]
            text = f"This report was {'taken back' if isinstance(entry, Void) else 'corrected'}."
            if _warns(old, catalogue):
                text += (
                    " It told of a warning sign. If that was there, even for a short time, see a "
                    "doctor before you go on."
                )
            yield Turn(day_of(old), entry.id or 0, Reason(text=text, rule="correction"))


def _warns(entry: Entry, catalogue: Catalogue) -> bool:
    """Return whether an entry tells of a sign that stops a plan."""
    if isinstance(entry, WeekReport):
        signs = stopping_questions(catalogue)
        return any(is_yes(a) for q, a in entry.answers.items() if q in signs)
    return isinstance(entry, SessionReport) and entry.where == "new-numb-weak"


def _open_from(standing: Standing, today: date, start: date) -> date:
    """Return the first day that may change: not today, if something of it was reported."""
    begun = any(day == today for day, _ in standing.reports)
    return max(start, today + timedelta(days=1) if begun else today)


def _answered(makings: Makings, standing: Standing, printed: Plan, open_from: date) -> Makings:
    """Return the makings with what was reported of strength work.

    Doses grow from the last bad reaction on, and only with weeks in which a session was
    reported as good and none with pain; a bad reaction at the lowest dose asks for an easier
    exercise.
    """
    growing, monday = makings.growing, printed.weeks[0].first
    lighter, easings = standing.state.lighter_since, []
    good, held = set(), set()
    began = {i.exercise for i in next(filter(None, map(last_items, printed.weeks)), ())}
    for (day, kind), report in sorted(standing.reports.items()):
        light = standing.light_of.get(report.id or 0)
        week = (day - monday).days // 7 + 1
        if kind != "strength" or not 1 <= week <= len(printed.weeks):
            continue
        if light == "green":
            good.add(week)
        elif light == "amber":
            held.add(week)
        elif light and Light[light.upper()] >= Light.RED:
            days = [d for d in printed.weeks[week - 1].days if d.day <= day]
            done = last_items(printed.weeks[week - 1].model_copy(update={"days": tuple(days)}))
            easing = easing_of(growing, done, began, week)
            easings += [easing] if easing else []
    since = (lighter - monday).days // 7 + 1 if lighter else 1
    past = {w.number for w in printed.weeks if w.days[-1].day < open_from}
    return replace(
        makings,
        growing=replace(
            growing,
            since=max(1, since),
            held=frozenset(held | (past - good)),
            easings=tuple(easings),
        ),
    )


def _held(ahead: _Ahead, screening: Triage) -> Reason | None:
    """Return why no session of the ladder is planned, if none is."""
    row = ahead.standing.state.held
    if row is not None:
        return Reason(text=row.because, rule=row.id, cite=citations(row.evidence))
    if not ahead.locked:
        return None
    if ahead.waiting:
        return Reason(
            text="Some questions about warning signs have no clear answer, or have to be asked "
            "again. No running and no strength work until they have one. If one of the signs may "
            "be there, get medical help now.",
            rule="open-questions",
        )
    makings = ahead.makings
    if has_lapsed(makings.intake, makings.catalogue, ahead.today):
        return lapsed_reason(makings.catalogue)
    found = next(f for f in screening.findings if f.plan is not Reach.FULL)
    return Reason(text=found.tell, rule=found.rule, cite=found.cite)


def _kept(
    weeks: tuple[PlanWeek, ...], keep: Callable[[date, Session], bool]
) -> tuple[PlanWeek, ...]:
    """Return the weeks with some of their sessions."""
    return tuple(_week_with(week, keep) for week in weeks)


def _week_with(week: PlanWeek, keep: Callable[[date, Session], bool]) -> PlanWeek:
    left = [tuple(s for s in day.sessions if keep(day.day, s)) for day in week.days]
    if all(len(some) == len(day.sessions) for some, day in zip(left, week.days, strict=True)):
        return week
    days = zip(week.days, left, strict=True)
    return week.model_copy(
        update={"days": tuple(d.model_copy(update={"sessions": some}) for d, some in days)}
    )


def _from(weeks: tuple[PlanWeek, ...], first: date) -> tuple[PlanWeek, ...]:
    """Return the weeks without the sessions before a day."""
    return _kept(weeks, lambda day, _: day >= first)


def _ahead_or_done(weeks: tuple[PlanWeek, ...], first: date) -> tuple[PlanWeek, ...]:
    """Return the weeks without what was not done before a day."""
    return _kept(weeks, lambda day, session: day >= first or session.outcome == "done")


def _weeks(ahead: _Ahead) -> tuple[tuple[PlanWeek, ...], State]:
    """Return all weeks, planned until planning again changes nothing more (P3)."""
    weeks, state = _planned(ahead)
    for _ in range(MOST_ROUNDS):
        old, new = (
            [choice_of(week, ahead.open_from) for week in found]
            for found in (ahead.printed.weeks, weeks)
        )
        # The same marks lead to the same weeks; new weeks at the end change none before. What
        # is news in this version is none in the next one.
        known = ahead.printed.intake.week.exceptions == ahead.makings.intake.week.exceptions
        if old == new[: len(old)] and known:
            break
        update = {"weeks": weeks, "intake": ahead.makings.intake}
        ahead = replace(ahead, printed=ahead.printed.model_copy(update=update))
        weeks, state = _planned(ahead)
    return weeks, state


def _planned(ahead: _Ahead) -> tuple[tuple[PlanWeek, ...], State]:
    """Return all weeks: those of the past as they were, the others planned again."""
    printed, makings, state = ahead.printed, ahead.makings, ahead.standing.state
    marked = [_marked(week, ahead) for week in printed.weeks]
    gated = replace(makings.entry, top=reach_of(makings.protocol, makings.entry, state))
    done = frozenset(key for key, r in ahead.standing.reports.items() if r.done != "no")
    known = printed.intake.week.exceptions
    firm = ahead.number + makings.catalogue.settings.firm_weeks.value - 1
    thread, weeks = Thread(state=state, strength=Routine(makings.strength)), []
    for number in range(1, max(len(marked), ahead.number + AHEAD) + 1):
        monday = printed.weeks[0].first + timedelta(weeks=number - 1)
        week = marked[number - 1] if number <= len(marked) else None
        shown = frame(makings, number, monday, printed.start)
        if week and week.days[-1].day < ahead.open_from:
            weeks.append(week)
            thread = _past(makings, thread, week, done, ordinary=shown.whole)
            continue
        in_hand = Printed(
            open_from=ahead.open_from,
            week=week,
            after=marked[number] if number < len(marked) else None,
            held=ahead.locked or state.held is not None,
            rest_until=state.rest_until,
            careful=_is_careful(state, ahead),
            done=done,
            news=tuple(c for c in makings.intake.week.exceptions if c not in known),
        )
        # In a firm week nobody passes a gate that is not reported as open.
        now = replace(makings, entry=gated) if number <= firm else makings
        try:
            made, thread = make_week(now, thread, shown, firm, in_hand)
        except WeekClash as clash:
            needed = min(makings.intake.wishes.fewest_runs, makings.protocol.least_per_week)
            raise NoPlanError(explain(clash.problem, clash.stage, needed, number)) from None
        weeks.append(made)
    return tuple(weeks), thread.state


def _past(
    makings: Makings,
    thread: Thread,
    week: PlanWeek,
    done: frozenset[tuple[date, str]],
    *,
    ordinary: bool,
) -> Thread:
    """Return what a week of the past hands to the next one."""
    choice = choice_of(week)
    stood = choice.with_more(Printed(week.days[-1].day, done=done).done_in(week.first))
    used = dict(thread.used)
    for placed in week.placed:
        if placed.session.kind == "cross-training":
            name = placed.session.items[0].exercise
            used[name] = used.get(name, 0) + 1
    return Thread(
        state=thread.state,
        strength=seen(makings.growing, thread.strength, last_items(week), week.number),
        before=stood,
        habit=choice if ordinary else thread.habit,
        streak=trailing_streak(stood.active, thread.streak),
        used=used,
        stage=last_stage(week) or thread.stage,
    )


def _marked(week: PlanWeek, ahead: _Ahead) -> PlanWeek:
    """Return a week whose past sessions carry what was reported of them."""
    outcomes = _outcomes(week, ahead)
    if not outcomes and all(s.outcome is None for d in week.days for s in d.sessions):
        return week
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


def _here(ahead: _Ahead, weeks: tuple[PlanWeek, ...]) -> tuple[Stage, int]:
    """Return the stage of the next session of the ladder, and the good ones that count there.

    A step that is due is taken with that session; a new stage or a break begins at nothing.
    """
    protocol, state = ahead.makings.protocol, ahead.standing.state
    stands = protocol.stages[state.stage]
    coming = next(
        (p for w in weeks for p in w.placed if p.session.stage and p.day >= ahead.open_from), None
    )
    good = min(state.good, protocol.moves.good_sessions)
    if coming is None or coming.session.stage is None:
        return stands, good
    stage = protocol.stages[protocol.number(coming.session.stage)]
    gap = (coming.day - state.last_run).days if state.last_run else 0
    kept = stage.id == stands.id and gap < protocol.moves.breaks[0]
    return stage, good if kept else 0


def _stands(protocol: Protocol, stage: Stage, good: int) -> Reason:
    return Reason(
        text=f"You are at this stage: {stage.title}. Good sessions so far: {good} of "
        f"{protocol.moves.good_sessions}.",
        rule=stage.id,
    )


ADVICE = ("night", "rising", "no-gain")
"""Rules of the advice to have the back looked at while the plan goes on."""


def _advice(
    protocol: Protocol, standing: Standing, settings: Settings, today: date
) -> Iterator[Reason]:
    """Yield advice to have the back looked at: pain at night or rising at rest, or no change."""
    trend, gain = settings.trend_weeks, settings.pain_share
    since = today - timedelta(weeks=trend.value)
    nights = [r.day for r in standing.reports.values() if is_yes(r.night) and r.day >= since]
    if nights:
        yield Reason(
            text=f"The pain woke you at night on {day_text(max(nights))}. Let a doctor or "
            "physiotherapist have a look.",
            rule="night",
            cite=trend.cite,
        )
    mornings = [(w.day, w.usual) for w in standing.weeks if w.usual is not None]
    last_ones = mornings[-1 - trend.value :]
    rises = all(a < b for (_, a), (_, b) in pairwise(last_ones))
    if len(last_ones) > trend.value and rises and last_ones[-1][0] >= since:
        yield Reason(
            text=f"The pain on ordinary mornings has risen for {trend.value} weeks. Let a doctor "
            "or physiotherapist have a look.",
            rule="rising",
            cite=trend.cite,
        )
    rated = [w for w in standing.weeks if w.average is not None]
    if not rated:
        return
    last, span = rated[-1], timedelta(weeks=protocol.moves.weeks_without_gain)
    early = [w for w in rated if last.day - w.day >= span]
    if early and last.average and last.average > (1 - gain.value) * (early[-1].average or 0):
        yield Reason(
            text=f"Your pain has not clearly changed in {span.days // 7} weeks. Let a "
            "physiotherapist or doctor have a look. You can go on with the plan meanwhile.",
            rule="no-gain",
            cite=gain.cite,
        )


def _record(ahead: _Ahead, held: Reason | None) -> Stands:
    """Return the state as the plan keeps it, for the checker and the page."""
    protocol, state = ahead.makings.protocol, ahead.standing.state
    return Stands(
        open_from=ahead.open_from,
        stage=protocol.stages[state.stage].id,
        good=state.good,
        last_run=state.longest[-1][0] if state.longest else None,
        break_since=state.last_run,
        last_step=state.last_step,
        runs=tuple(Finished(day=day, minutes=minutes) for day, minutes in state.longest),
        rest_until=state.rest_until,
        held=held,
    )
