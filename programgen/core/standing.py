"""Where a runner stands: the fold of the log, entry by entry in the order of days.

Nothing but the log, the first answers and the content decides the state. What a report
means stands in the decision table of the ladder; this module turns reports into its facts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from programgen.core import dose
from programgen.core.catalogue import Catalogue
from programgen.core.checkin import Away, Release, SessionReport, WeekReport, is_yes
from programgen.core.checkin import Entry as LogEntry
from programgen.core.decisions import Light, Move, Reading, Reported
from programgen.core.dose import State
from programgen.core.entry import Entry, enter, restart
from programgen.core.intake import Answer, Clinician, DayChange, Intake
from programgen.core.plan import Finding, Session
from programgen.core.protocol import Protocol, time_of
from programgen.core.reasons import Reason, citations
from programgen.core.rule import conditions
from programgen.core.triage import stopping

FULL = 0.9
"""Share of the minutes from which a session counts as done in full; a PROPOSAL."""

HALF = 0.5
"""Share of the minutes from which a session ends a break; a PROPOSAL."""

SPOT_DAYS = 28
"""Days in which sharp pain in one spot is counted; a PROPOSAL, as for bad reactions."""

WEEKS_APART = timedelta(days=14)
"""Two weekly reports further apart are not compared; a PROPOSAL."""


@dataclass(frozen=True)
class Turn:
    """A report that changed what comes next."""

    day: date
    entry: int
    """Number of the report in the log."""
    reason: Reason
    """What was reported and what follows, in plain words."""


@dataclass(frozen=True)
class Standing:
    """Everything that the log says."""

    state: State
    intake: Intake
    """The first answers with everything that was reported since."""
    turns: tuple[Turn, ...] = ()
    """What changed, the oldest first."""
    screened_on: date | None = None
    """The last day on which every question of the stopping rules was answered."""
    reports: Mapping[tuple[date, str], SessionReport] = field(default_factory=dict)
    """Session reports by day and kind."""
    light_of: Mapping[int, str] = field(default_factory=dict)
    """Light of each session report, by its number."""
    weeks: tuple[WeekReport, ...] = ()
    """The weekly reports."""
    ran: tuple[tuple[date, float], ...] = ()
    """Day and minutes of running that were reported, of bad sessions, too."""
    first_usual: int = 0
    """The ordinary morning of the first answers."""
    stopped: tuple[Finding, ...] = ()
    """Warning signs of the weekly questions. A later no does not take them back; a clinician's
    release does."""

    @property
    def usual(self) -> int:
        """The ordinary morning that a rise is over.

        As last reported, but never above that of the first answers, so that more pain does
        not make the traffic light milder.
        """
        now = self.intake.pain.usual
        return self.first_usual if now is None else min(self.first_usual, now)


def fold(
    entries: Iterable[LogEntry],
    first: Intake,
    protocol: Protocol,
    start: date,
    catalogue: Catalogue,
    printed: Mapping[date, Session],
) -> Standing:
    """Return where a runner stands after every entry that counts.

    ``first`` are the answers that the plan began with, ``start`` its first day, ``printed``
    the sessions of the ladder as the runner has them on paper.
    """
    entry = enter(protocol, first, catalogue.settings)
    # Who never reports a session has been away since the first day.
    begun = State(stage=entry.start, last_run=start, last_step=start, target=float(entry.target))
    usual = first.pain.usual or 0
    return go_on(Standing(begun, first, first_usual=usual), entries, protocol, catalogue, printed)


def go_on(
    standing: Standing,
    entries: Iterable[LogEntry],
    protocol: Protocol,
    catalogue: Catalogue,
    printed: Mapping[date, Session],
) -> Standing:
    """Return where a runner stands after further entries."""
    for item in entries:
        if isinstance(item, SessionReport):
            standing = _session(standing, item, protocol, catalogue, printed.get(item.day))
        elif isinstance(item, WeekReport):
            standing = _week(standing, item, protocol, catalogue)
        elif isinstance(item, Away):
            standing = replace(standing, intake=_with_away(standing.intake, item))
        elif isinstance(item, Release):
            standing = _release(standing, item, protocol)
    return standing


def reach_of(protocol: Protocol, entry: Entry, state: State) -> int:
    """Return the highest stage that the gates leave open.

    A gate that has closed again below the present stage lets nobody go higher. Where a
    clinician has chosen the first stage, the gates below it do not count.
    """
    stages = [protocol.number(name) for name in entry.gates]
    if entry.reason.rule != "clinician" and any(stage <= state.stage for stage in stages):
        return min(entry.top, state.stage)
    ahead = [stage - 1 for stage in stages if stage > max(state.stage, entry.start)]
    return min([entry.top, *ahead])


def reading_of(
    report: SessionReport, state: State, protocol: Protocol, usual: int, *, full: bool
) -> Reading:
    """Return the row of the decision table for a report."""
    spots = [d for d in state.spots if (report.day - d).days < SPOT_DAYS]
    gate = report.before is not None and report.before - usual >= protocol.moves.gate_rise
    bounds = protocol.light
    scores = [score for score in (report.during, report.after) if score is not None]
    # Pain one hour later counts like pain during the session, but does not replace it.
    known = report.during is not None or max(scores, default=0) > bounds.green_during
    facts = Reported(
        done="part" if report.done == "yes" and not full else report.done,
        pain=_band(max(scores), bounds.green_during, bounds.amber_during) if known else "unknown",
        morning="unknown"
        if report.morning is None
        else _band(report.morning - usual, bounds.green_rise, bounds.amber_rise),
        where=report.where or "none",
        limp=is_yes(report.limp),
        night=is_yes(report.night),
        spots=min(2, len(spots) + 1) if is_yes(report.spot) else 0,
        closed=min(2, state.closed + 1) if report.done == "no" and gate else 0,
    )
    return protocol.decisions.read(facts)


def _band(score: int, green: int, amber: int) -> str:
    return "green" if score <= green else "amber" if score <= amber else "red"


def _session(
    standing: Standing,
    report: SessionReport,
    protocol: Protocol,
    catalogue: Catalogue,
    printed: Session | None,
) -> Standing:
    reports = {**standing.reports, (report.day, report.session): report}
    standing = replace(standing, reports=reports)
    if report.session == "run":
        return _ladder_session(standing, report, protocol, catalogue, printed)
    return _other_session(standing, report, protocol)


def _ladder_session(
    standing: Standing,
    report: SessionReport,
    protocol: Protocol,
    catalogue: Catalogue,
    printed: Session | None,
) -> Standing:
    """Enter a run or walk of the ladder: first the step that was due, then its light.

    A step up that was due but that the printed session does not take waits.
    """
    state, turns = standing.state, list(standing.turns)
    if report.done != "no":
        standing = replace(standing, intake=asked_again(standing, protocol, report.day))
        entry = enter(protocol, standing.intake, catalogue.settings)
        top = reach_of(protocol, entry, state)
        again = restart_on(standing, protocol, report.day)
        now = dose.before_run(protocol, state, report.day, top=top, goal=entry.most, restart=again)
        if now.stage <= state.stage or not _is_below(printed, protocol, now):
            turns += _step(protocol, state, now, report)
            state = now
    planned = _planned(printed, protocol, state)
    ran = planned if report.run is None and report.done == "yes" else report.run or timedelta()
    usual = standing.usual
    row = reading_of(report, state, protocol, usual, full=ran >= FULL * planned)
    light = Light[row.light.upper()]
    if is_yes(report.spot):
        state = replace(state, spots=(*state.spots, report.day))
    before = state
    runner = _move(protocol, state) == "run"
    if report.done != "no":
        # What later runs may grow from is never more than was printed, nor a bad session.
        counted = min(ran, planned) if light < Light.RED else timedelta()
        runs = counted.total_seconds() / 60 if runner else 0.0
        # Part of a session without its minutes ends a break; a few steps do not.
        token = report.run is not None and ran < HALF * planned
        state = dose.after_run(protocol, state, report.day, runs, light, ends_break=not token)
    elif light is not Light.NONE:
        state = replace(state, closed=state.closed + 1)
        state = dose.noted(protocol, state, report.day, light)
    # A pause in force stays, unless a warning sign outranks it.
    if before.held is not None and state.held is not None and state.held.step != "stop":
        state = replace(state, held=before.held)
    minutes = ran.total_seconds() / 60 if runner and report.done != "no" else 0.0
    return replace(
        standing,
        state=state,
        turns=(*turns, *_reaction(protocol, before, state, row, report)),
        light_of={**standing.light_of, report.id or 0: row.light},
        ran=(*standing.ran, (report.day, minutes)),
    )


def asked_again(standing: Standing, protocol: Protocol, day: date) -> Intake:
    """Return the answers that count on *day*.

    After the longest of the breaks a test of the start counts only if it was passed since the
    last session.
    """
    intake, state = standing.intake, standing.state
    if state.last_run is None or not dose.is_long_break(protocol, state, day):
        return intake
    known: dict[str, Answer] = {}
    for week in standing.weeks:
        if week.day > state.last_run:
            known |= week.abilities
    return intake.model_copy(update={"abilities": dict(sorted(known.items()))})


def tests_passed(
    first: Intake, entries: Iterable[LogEntry], protocol: Protocol, start: date, today: date
) -> frozenset[str]:
    """Return the tests of the start that count as passed on *today*, as :func:`asked_again`.

    ``first`` are the answers that the plan began with, ``start`` its first day.
    """
    reports = list(entries)
    runs = [
        e.day
        for e in reports
        if isinstance(e, SessionReport) and e.session == "run" and e.done != "no"
    ]
    last = max(runs, default=start)
    long = (today - last).days >= protocol.moves.breaks[-1]
    known = {} if long else dict(first.abilities)
    for week in reports:
        if isinstance(week, WeekReport) and (week.day > last or not long):
            known |= week.abilities
    return frozenset(name for name, answer in known.items() if answer is Answer.YES)


def restart_on(standing: Standing, protocol: Protocol, day: date) -> int:
    """Return the highest stage at which a runner who comes back on *day* begins again."""
    off = day - (standing.state.last_run or day)
    return restart(protocol, asked_again(standing, protocol, day), off)


def _is_below(printed: Session | None, protocol: Protocol, state: State) -> bool:
    """Return whether the printed session belongs to a lower stage of the same ladder."""
    names = [stage.id for stage in protocol.stages]
    return bool(
        printed and printed.stage in names and names.index(printed.stage or "") < state.stage
    )


def _planned(printed: Session | None, protocol: Protocol, state: State) -> timedelta:
    """Return the time that counts as all of a session: as printed, if that is less."""
    move = _move(protocol, state)
    due = time_of(dose.steps_of(protocol, state), move)
    shown = time_of(printed.steps, move) if printed else timedelta()
    return min(due, shown) if shown else due


def _move(protocol: Protocol, state: State) -> str:
    return "run" if state.target or protocol.stages[state.stage].runs else "walk"


def _other_session(standing: Standing, report: SessionReport, protocol: Protocol) -> Standing:
    """Enter strength, mobility or cross-training: only a bad reaction touches the ladder."""
    row = reading_of(report, standing.state, protocol, standing.usual, full=True)
    light = Light[row.light.upper()]
    state = standing.state
    if is_yes(report.spot):
        state = replace(state, spots=(*state.spots, report.day))
    before = state
    if light is Light.STOP or (light >= Light.SPREAD and state.held is None):
        state = dose.noted(protocol, state, report.day, light)
    if light >= Light.RED:
        state = replace(state, lighter_since=report.day)
    return replace(
        standing,
        state=state,
        turns=(*standing.turns, *_reaction(protocol, before, state, row, report)),
        light_of={**standing.light_of, report.id or 0: row.light},
    )


def _step(protocol: Protocol, before: State, after: State, report: SessionReport) -> Iterable[Turn]:
    """Yield why the stage changed before a session, if no report has said it before."""
    row = protocol.decisions.move(dose.recent(protocol, before, report.day))
    moved = after.stage != before.stage or after.target != before.target
    if moved and (row.step == "up" or row.when.away):
        yield Turn(report.day, report.id or 0, _because(row))


def _reaction(
    protocol: Protocol, before: State, after: State, row: Reading, report: SessionReport
) -> Iterable[Turn]:
    """Yield what a report changes at once: rest, a pause, a stop, or a step that will follow."""
    light = Light[row.light.upper()]
    if light <= Light.GREEN:
        return
    held = after.held if after.held is not before.held else None
    follows = held or protocol.decisions.move(dose.recent(protocol, after, report.day))
    texts = [row.because]
    if report.session != "run" and light < Light.SPREAD:
        if light is Light.AMBER:
            return
        texts.append("Your strength exercises go back to their start dose.")
    elif held or light > Light.AMBER:
        texts.append(follows.because)
    elif follows.step != "stay":
        # 'Stay where you are' is not true for the third time in a row.
        texts = [follows.because]
    yield Turn(
        report.day,
        report.id or 0,
        Reason(
            text=" ".join(dict.fromkeys(texts)),
            rule=row.id,
            cite=tuple(dict.fromkeys((*citations(row.evidence), *citations(follows.evidence)))),
        ),
    )


def _because(row: Move) -> Reason:
    return Reason(text=row.because, rule=row.id, cite=citations(row.evidence))


def _week(
    standing: Standing,
    report: WeekReport,
    protocol: Protocol,
    catalogue: Catalogue,
) -> Standing:
    """Enter the weekly answers: they replace those before, and a worse week is noted."""
    intake = standing.intake
    scores = {"usual": report.usual, "walking": report.walking, "worst": report.worst}
    given = {key: value for key, value in scores.items() if value is not None}
    intake = intake.model_copy(
        update={
            "answers": dict(sorted({**intake.answers, **report.answers}.items())),
            "abilities": dict(sorted({**intake.abilities, **report.abilities}.items())),
            "pain": intake.pain.model_copy(update=given),
        }
    )
    found = (*standing.stopped, *stopping(intake, catalogue))
    worse = _is_worse(report, standing.weeks, protocol)
    # A worse week stays one until the step back is taken.
    state = replace(standing.state, worse=worse or standing.state.worse)
    fresh = stopping_questions(catalogue) <= set(report.answers)
    turns = standing.turns
    if state.worse and not standing.state.worse:
        row = protocol.decisions.move(dose.recent(protocol, state, report.day))
        state = replace(state, lighter_since=report.day if row.lighter else state.lighter_since)
        if row.when.worse:
            turns = (*turns, Turn(report.day, report.id or 0, _because(row)))
    return replace(
        standing,
        intake=intake,
        state=state,
        turns=turns,
        weeks=(*standing.weeks, report),
        screened_on=report.day if fresh else standing.screened_on,
        stopped=tuple({f.rule: f for f in found}.values()),
    )


def stopping_questions(catalogue: Catalogue) -> frozenset[str]:
    """Return the questions of the rules that stop a plan."""
    stops = [r for r in catalogue.rules.values() if r.group == "stop"]
    return frozenset(c.answer for r in stops for c in conditions(r.when) if c.answer)


def _is_worse(report: WeekReport, before: tuple[WeekReport, ...], protocol: Protocol) -> bool:
    """Return whether pain rose by the bound of the ladder since it was last scored.

    Two points are the least change that matters (ostelo-2008).
    """
    near = [w for w in before if report.day - w.day <= WEEKS_APART]
    return any(
        now - scores[-1] >= protocol.moves.worse_by
        for name in ("average", "worst")
        if (now := getattr(report, name)) is not None
        and (scores := [s for w in near if (s := getattr(w, name)) is not None])
    )


def _with_away(intake: Intake, away: Away) -> Intake:
    """Return the answers with days on which nothing can be done."""
    closed = DayChange(
        first=away.first,
        last=away.last,
        why=away.why or "You are away.",
        minutes=0,
        places=(),
        sessions=0,
    )
    week = intake.week.model_copy(update={"exceptions": (closed, *intake.week.exceptions)})
    return intake.model_copy(update={"week": week})


def _release(standing: Standing, release: Release, protocol: Protocol) -> Standing:
    """Enter a clinician's release: bad reactions are counted afresh.

    Who was held begins one stage lower (orthopedics-ri-2015: one stage back after a bad
    session), and nobody stands above the highest stage that the clinician allows.
    """
    block = standing.intake.clinician
    fields = {
        "name": release.by,
        "reviewed_on": release.day,
        "cleared_to_run": True,
        **({"note": release.note} if release.note else {}),
        **({"highest_stage": release.highest_stage} if release.highest_stage else {}),
    }
    clinician = block.model_copy(update=fields) if block else Clinician(**fields)
    names = [stage.id for stage in protocol.stages]
    highest = names.index(release.highest_stage) if release.highest_stage in names else len(names)
    lower = highest < standing.state.stage or (highest < len(names) and standing.state.target)
    state = released(standing.state)
    state = replace(
        state,
        stage=min(state.stage, highest),
        target=0.0 if lower else state.target,
    )
    text = f"{release.by} has looked at you and allows running."
    if standing.state.held is not None and state.stage < standing.state.stage:
        text += f" You begin at this stage: {protocol.stages[state.stage].title}."
    turn = Turn(release.day, release.id or 0, Reason(text=text, rule="clinician"))
    return replace(
        standing,
        state=state,
        intake=standing.intake.model_copy(update={"clinician": clinician}),
        turns=(*standing.turns, turn),
        stopped=(),
    )


def released(state: State) -> State:
    """Return the state after a clinician's release: bad reactions are counted afresh.

    A rest goes on, and the step back of the reaction that led to a hold is taken.
    """
    counted = replace(state, bad=(), spots=(), closed=0)
    if state.held is None:
        return counted
    return replace(
        counted,
        held=None,
        stage=max(0, state.stage - 1),
        target=0.0,
        good=0,
        ambers=0,
        light=Light.NONE,
    )
