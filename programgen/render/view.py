"""What the page needs, already in words: no decision is left to the template."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

from markupsafe import Markup

from programgen.core.catalogue import Catalogue
from programgen.core.decisions import Recent
from programgen.core.entry import enter
from programgen.core.exercise import Exercise
from programgen.core.plan import (
    Finding,
    Item,
    OpenQuestions,
    Plan,
    PlanDay,
    PlanWeek,
    Provenance,
    Referral,
    Rung,
    Session,
)
from programgen.core.protocol import Protocol
from programgen.core.reasons import Reason
from programgen.core.told import LEVELS, REACHES, answers_told
from programgen.core.triage import has_lapsed
from programgen.core.vocabulary import Level, Reach
from programgen.core.words import (
    AROUND,
    DRAFT,
    EDITED,
    LEG_STAYS,
    NEW_SIGNS,
    OUTLOOK,
    PURPOSE,
    WEEKDAYS,
    WITHDRAWN_UNTIL,
    count_text,
    date_text,
    day_text,
    dose_text,
    effort_text,
    rest_text,
    short_dose_text,
    span_text,
    steps_text,
)
from programgen.render.changes import ChangesView, changes_view
from programgen.render.chart import (
    MARKS,
    Bar,
    CalendarDay,
    key_drawing,
    ladder_chart,
    months_of,
    tick_drawing,
)
from programgen.render.citing import Cited, Source
from programgen.render.editions import STANDARD, Edition
from programgen.render.log_sheet import LogView, log_view
from programgen.render.moving import also_lines, rest_after_red, rule_lines, up_line
from programgen.render.pictures import Picture, Pictures, picture_of
from programgen.render.progress import ProgressView, progress_view

WHAT_TO_DO = {
    Level.EMERGENCY: "Call your emergency number or go to an emergency department now.",
    Level.URGENT: "Get an urgent medical appointment, today or within a few days, "
    "or call your urgent-care line.",
    Level.REFER: "Book an appointment with a doctor or physiotherapist in the next 1 to 2 weeks. "
    "Do not start the running part before that.",
    Level.SELF_CARE: "Self-care is reasonable.",
}


@dataclass(frozen=True)
class Footer:
    """What stands at the foot of every page."""

    purpose: str
    draft: str | None
    made: str
    everybody: bool = True
    """The same foot stands on the plans of others."""


@dataclass(frozen=True)
class Fact:
    """A label with its value."""

    label: str
    text: str


@dataclass(frozen=True)
class LightRow:
    """One colour of the traffic light."""

    colour: str
    name: str
    during: str
    morning: str
    action: str


@dataclass(frozen=True)
class Stage:
    """A row of the ladder."""

    number: str
    title: str
    session: str
    effort: str
    earliest: str
    gates: tuple[str, ...]
    here: str | None
    """Said where the runner stands."""
    boxes: tuple[Markup | None, ...]
    """A box for each good session; a drawing where it is earned already."""


@dataclass(frozen=True)
class Line:
    """An exercise in a session, short."""

    exercise: str
    """Its identifier."""
    name: str
    dose: str
    edited: bool


@dataclass(frozen=True)
class SessionView:
    """A session on the week page."""

    kind: str
    title: str
    minutes: str
    place: str
    steps: str | None
    note: str | None
    lines: tuple[Line, ...]
    parts: tuple[tuple[str, tuple[Line, ...]], ...]
    """Exercises around a run: when, and which."""
    asks_pain: bool
    past: str | None
    """What became of it, where its day is over."""


@dataclass(frozen=True)
class DayView:
    """A row of the week page."""

    weekday: str
    day: str
    sessions: tuple[SessionView, ...]
    rest: str | None
    note: str | None


@dataclass(frozen=True)
class WeekView:
    """A week page."""

    title: str
    span: str
    outlook: str | None
    stage: str
    remarks: tuple[str, ...]
    days: tuple[DayView, ...]
    fit: str
    """How closely it has to be set to stay on one sheet: a key of FITS."""
    personal: bool
    """It says something that a person typed or reported."""
    log: LogView | None
    """The log of a firm week; without one, the week page has boxes for pain."""


@dataclass(frozen=True)
class Card:
    """An exercise card."""

    id: str
    picture: Picture | None
    name: str
    dose: str
    rest: str | None
    often: str | None
    edited: bool
    purpose: str
    setup: str
    steps: tuple[str, ...]
    cues: tuple[str, ...]
    stop_if: tuple[str, ...]
    needs: str | None
    easier: str | None
    harder: str | None
    effort: str | None
    why: str


@dataclass(frozen=True)
class CardGroup:
    """Cards that belong together."""

    title: str
    hint: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Topic:
    """A self-care topic."""

    picture: Picture | None
    name: str
    gist: str
    steps: tuple[str, ...]
    cues: tuple[str, ...]
    help: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """Exercises that were left out for the same reason."""

    reason: str
    names: str


@dataclass(frozen=True)
class ClinicianView:
    """The clinician's page."""

    heading: str
    summary: tuple[Fact, ...]
    rules: tuple[tuple[str, str, str, str], ...]
    """Title, level and plan, what it takes away, code and sources."""
    stages: tuple[str, ...]
    edits: tuple[tuple[str, str], ...]
    """What was asked for, and what came of it."""
    exclusions: tuple[tuple[str, str], ...]
    """Reason, and the exercises."""
    proposals: tuple[tuple[str, str], ...]
    """Setting with its value, and why."""
    editable: tuple[str, ...]
    not_asked: tuple[str, ...]


@dataclass(frozen=True)
class PlanView:
    """The whole handout."""

    title: str
    name: str | None
    personal: bool
    """The first page, the calendar or the reasons say something that a person typed."""
    facts: tuple[Fact, ...]
    note_from: str
    note: str | None
    gentle: str | None
    appointments_head: str
    appointments: tuple[str, ...]
    emergency: tuple[str, ...]
    light: tuple[LightRow, ...]
    signs: str
    use: str
    changes: ChangesView | None
    """What a later version opens with."""
    chart: str
    arrow: str
    """What the arrow of the chart shows."""
    ends: str | None
    months: tuple[str, ...]
    key: tuple[tuple[str, str], ...]
    """Mark and its meaning, for the calendar."""
    outlook: str | None
    stages: tuple[Stage, ...]
    up: str
    """The way to the next line alone."""
    moves: tuple[str, ...]
    """How to move on: the first line that fits counts."""
    also: tuple[str, ...]
    """What else the paper needs to know."""
    beyond: str | None
    """What comes after the last line."""
    weeks: tuple[WeekView, ...]
    progress: ProgressView | None
    groups: tuple[CardGroup, ...]
    stop: tuple[str, ...]
    urgent: tuple[str, ...]
    topics: tuple[Topic, ...]
    reasons: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    not_here: str
    not_asked: tuple[str, ...]
    sources: tuple[Source, ...]
    clinician: ClinicianView | None
    footer: Footer


def footer(
    provenance: Provenance, valid_until: date | None = None, *, of_plan: bool = True
) -> Footer:
    """Return the foot of every page; *of_plan*: it belongs to a plan, not to open questions.

    A first version has the same foot for everybody: what it was made from stands in the
    saved plan, and a foot of its own would have to be set anew for each person of a batch.
    """
    made_on = provenance.made_on
    foot = footer_of(
        PURPOSE, provenance.draft, made_on, provenance.program, provenance.catalogue, valid_until
    )
    if not of_plan or provenance.version == 1:
        return foot
    made = f"{foot.made} · {_version(provenance)}"
    return replace(foot, made=made, everybody=False)


SHORT = 7
"""Signs of a fingerprint at the foot; the saved plan has all of them."""


def _version(provenance: Provenance) -> str:
    """Return which version of which plan this is, and what it was made from."""
    plan, parent, log = (
        (mark or "")[:SHORT] for mark in (provenance.plan, provenance.parent, provenance.log)
    )
    before = f"after version {provenance.version - 1}, {parent}; log {log}"
    return f"plan {plan}, version {provenance.version} ({before})"


def footer_of(
    purpose: str,
    draft: bool,  # noqa: FBT001
    made_on: date,
    program: str,
    catalogue: str,
    valid_until: date | None = None,
) -> Footer:
    """Return a foot for any page; *catalogue* is the fingerprint of the content."""
    until = f" · use until {date_text(valid_until)}" if valid_until else ""
    return Footer(
        purpose=purpose,
        draft=DRAFT if draft else None,
        made=f"Made {date_text(made_on)}{until} · programgen {program} · content {catalogue}",
    )


def emergency_signs(content: Catalogue) -> tuple[str, ...]:
    """Return the emergency signs, which every handout carries."""
    return _tells(content, Level.EMERGENCY)


def _tells(content: Catalogue, level: Level) -> tuple[str, ...]:
    rules = (r for r in content.rules.values() if r.group == "stop" and r.then.level is level)
    return tuple(r.then.tell for r in sorted(rules, key=lambda r: code_order(r.code)))


def code_order(code: str | None) -> tuple[str, int]:
    """Return where a code such as 'E2' stands in the evidence tables."""
    return (code[:1], int(code[1:] or 0)) if code else ("Z", 0)


def plan_view(
    plan: Plan,
    content: Catalogue,
    pictures: Pictures,
    edition: Edition = STANDARD,
    high: float = 279.4,
) -> PlanView:
    """Turn a plan into everything that its pages show; *high* is the paper in millimetres."""
    protocol = content.protocols[plan.provenance.protocol]
    cited = Cited(content.references)
    changes = changes_view(plan, content, cited)
    reasons = tuple(cited.with_numbers(r) for r in _reasons(plan))
    left_out = _left_out(plan, content)
    groups = _groups(plan, content, cited, pictures, edition)
    clinician = _clinician(plan, content, cited) if plan.intake.clinician else None
    gentle = plan.reach is not Reach.FULL
    block = plan.intake.clinician
    return PlanView(
        title="Your walking and movement plan" if gentle else "Your plan back to running",
        name=plan.intake.who.name,
        personal=bool(block or plan.intake.goal.name),
        facts=_facts(plan, protocol),
        note_from=f"A note from {block.name}" if block else "",
        note=block.note if block else None,
        gentle=None if changes and changes.held else _gentle(plan, content),
        appointments_head=_appointments_head(plan, content),
        appointments=_appointments(plan, content),
        emergency=emergency_signs(content),
        light=light_rows(protocol, held=bool(plan.standing and plan.standing.held)),
        signs=f"{NEW_SIGNS} {LEG_STAYS}",
        use=_USE,
        changes=changes,
        chart=ladder_chart(_bars(plan, protocol), edition.ink),
        arrow="The arrow shows where you are now, the small boxes your ticks so far."
        if plan.standing
        else "The arrow shows where you start.",
        ends=_ends(protocol),
        months=months_of(_calendar(plan), edition.ink),
        key=_key(plan, edition),
        outlook=_outlook(plan),
        stages=tuple(
            _stage(rung, number, plan, protocol, edition)
            for number, rung in enumerate(plan.rungs, 1)
        ),
        up=up_line(protocol),
        moves=rule_lines(protocol, enter(protocol, plan.intake, content.settings).restart + 1),
        also=also_lines(protocol),
        beyond=_beyond(plan, protocol),
        weeks=tuple(
            _week(week, plan, content, None if edition.flows else high - MARGINS)
            for week in weeks_ahead(plan)
        ),
        progress=progress_view(plan, content, cited, edition.ink),
        groups=groups,
        stop=stop_signs(protocol),
        urgent=_tells(content, Level.URGENT),
        topics=tuple(_topic(content.exercises[name], pictures, edition) for name in plan.self_care),
        reasons=reasons,
        left_out=left_out,
        not_here=_not_here(plan, beside=bool(left_out)),
        not_asked=tuple(content.vocabulary.health[name].ask for name in plan.not_asked),
        sources=cited.sources(),
        clinician=clinician,
        footer=footer(plan.provenance, plan.valid_until),
    )


def _reasons(plan: Plan) -> tuple[Reason, ...]:
    """Return why this plan; while it is on hold, no rule says that it may begin."""
    if plan.standing is None or plan.standing.held is None:
        return plan.reasons
    tells = {found.tell for found in plan.findings}
    return tuple(
        r.model_copy(update={"text": _first_sentence(r.text)}) if r.text in tells else r
        for r in plan.reasons
    )


def _gentle(plan: Plan, content: Catalogue) -> str | None:
    """Return what a locked plan asks for."""
    if plan.reach is Reach.FULL:
        return None
    if plan.level is Level.SELF_CARE:
        return "Only the gentle part for now. Running waits until this bad phase has settled."
    known = _reviewed(plan, content)
    if known:
        return f"Running waits until {known} has cleared it."
    return WHAT_TO_DO[Level.REFER]


def _reviewed(plan: Plan, content: Catalogue) -> str | None:
    """Return the clinician whose review of the answers still counts."""
    block = plan.intake.clinician
    if block is None or has_lapsed(plan.intake, content, plan.provenance.made_on):
        return None
    return block.name


def _appointments_head(plan: Plan, content: Catalogue) -> str:
    if plan.reach is not Reach.FULL:
        return "Why running waits"
    known = _reviewed(plan, content)
    return f"{known} knows about this" if known else "Please book an appointment"


def _appointments(plan: Plan, content: Catalogue) -> tuple[str, ...]:
    """Return why somebody should look at it; patterns only where no rule says it."""
    full = plan.reach is Reach.FULL
    wanted = [f for f in plan.findings if (full and f.appointment) or f.plan is not Reach.FULL]
    plain = [f for f in wanted if f.group != "pattern"] or wanted
    held = plan.standing.held if plan.standing else None
    if full and held:
        # The box about the pause asks for the visit already.
        return ()
    told = tuple(dict.fromkeys(f.tell for f in plain if held is None or f.tell != held.text))
    if full and told and _reviewed(plan, content):
        return ("Your answers ask for a visit. Talk about them when you meet next.",)
    return told


def _facts(plan: Plan, protocol: Protocol) -> tuple[Fact, ...]:
    here = next((r for r in plan.rungs if r.here), plan.rungs[0])
    first = next((s for w in plan.weeks for d in w.days for s in d.sessions if s.stage), None)
    start = Fact("First day", f"{day_text(plan.start)} {plan.start.year}")
    facts = [Fact("Your goal", _goal(plan))]
    if plan.standing:
        first_open = opens(plan)
        facts += [
            Fact("This version counts from", f"{day_text(first_open)} {first_open.year}"),
            Fact("You are at", here.title),
            Fact("Ticks so far", f"{here.good} of {_needed(protocol)}"),
            start,
        ]
    else:
        facts += [start, Fact("You start at", first.title if first else here.title)]
    facts.append(Fact("Your ladder", protocol.title))
    usual = plan.intake.pain.usual
    if usual is not None:
        facts.append(Fact("Your pain on ordinary mornings", f"{usual} of 10"))
    facts += _goal_facts(plan)
    facts.append(Fact("Answer the questions again by", date_text(plan.valid_until)))
    return tuple(facts)


def _needed(protocol: Protocol) -> int:
    return protocol.moves.good_sessions


def weeks_ahead(plan: Plan) -> tuple[PlanWeek, ...]:
    """Return the running week and the later ones: the past is not printed again."""
    first = opens(plan)
    return tuple(week for week in plan.weeks if week.days[-1].day >= first) or plan.weeks[-1:]


def opens(plan: Plan) -> date:
    """Return the first day that is still to come in this version."""
    return plan.standing.open_from if plan.standing else plan.start


def _goal(plan: Plan) -> str:
    """Return the goal with its event."""
    goal = plan.intake.goal
    event = [goal.name] if goal.name else []
    event += [date_text(goal.on)] if goal.on else []
    return f"{plan.goal} ({', '.join(event)})" if event else plan.goal


def _goal_facts(plan: Plan) -> list[Fact]:
    """Return the earliest day of the goal, or that it lies further off."""
    label = "Earliest day for the goal"
    if plan.reach is not Reach.FULL:
        return [Fact(label, "First the gentle part. The goal waits.")]
    if plan.standing and plan.standing.held:
        return [Fact(label, "Open while you are on hold.")]
    if plan.goal_on is None:
        return [Fact(label, "Further off than this plan looks. See 'Why this plan'.")]
    text = f"{date_text(plan.goal_on)}, if every run goes well. Later is fine."
    event = plan.intake.goal.on
    if event is not None and plan.goal_on > event:
        text = f"{date_text(plan.goal_on)}. Your event is too early: see 'Why this plan'."
    return [Fact(label, text)]


def light_rows(protocol: Protocol, *, held: bool = False) -> tuple[LightRow, ...]:
    """Return the three colours of the traffic light; on hold nothing is said of a next run."""
    light, moves = protocol.light, protocol.moves
    first = protocol.decisions.move(Recent(light="red", reds14=1, reds28=1))
    amber = light.green_during + 1
    morning = "no more than usual" if not light.green_rise else f"up to {light.green_rise} more"
    amber_morning = (
        f"{light.amber_rise} more than usual"
        if light.amber_rise == light.green_rise + 1
        else f"{light.green_rise + 1} to {light.amber_rise} more than usual"
    )
    back = count_text(first.back, "line", "lines")
    green_move, amber_move, red_move = (
        (
            "Good. Go on as your week page says. No ticks while you are on hold.",
            "Do the same session again, and no more.",
            "Stop the session. Next time use the first dose on the card.",
        )
        if held
        else (
            (
                f"Good. Tick a box. {moves.good_sessions} ticks and "
                f"{moves.days_between_steps} days: next line."
            ),
            "Stay on this line. No tick. Do the same session again.",
            f"Stop the session. {rest_after_red(protocol)} Go back {back}.",
        )
    )
    return (
        LightRow(
            "green",
            "Green",
            f"0 to {light.green_during} of 10",
            morning,
            green_move,
        ),
        LightRow(
            "amber",
            "Amber",
            f"{amber} to {light.amber_during} of 10, or pain that wakes you at night",
            amber_morning,
            amber_move,
        ),
        LightRow(
            "red",
            "Red",
            f"{light.amber_during + 1} or more of 10, a limp, sharp pain in one spot of a bone, "
            "or pain that moves down the leg",
            f"{light.amber_rise + 1} or more above usual",
            red_move,
        ),
    )


_USE = (
    "How to use it: do what your week page says, and tick it. Write your pain on the log sheet "
    "behind it, from 0 (none) to 10 (worst). Where a week has no log sheet, its page has boxes. "
    "Then look at the traffic light: it tells you what comes next."
)


def _ends(protocol: Protocol) -> str | None:
    if not protocol.warm_up:
        return None
    return (
        f"Every run begins with {span_text(protocol.warm_up)} and ends with "
        f"{span_text(protocol.cool_down)} of walking."
    )


def _beyond(plan: Plan, protocol: Protocol) -> str | None:
    """Return what comes after the last line, or that it is the last one for now."""
    growth, block = protocol.growth, plan.intake.clinician
    if growth is None:
        return None
    if len(plan.rungs) < len(protocol.stages):
        if block and block.highest_stage == plan.rungs[-1].stage:
            return f"This is your last line until you see {block.name}. Stay on it."
        return "The last line is your goal. Stay on it when you are there."
    if not protocol.grows:
        return "The last line is the end of this ladder. Stay on it when you are there."
    percent = round((growth.factor - 1) * 100)
    return (
        f"After the last line, your longest run may grow by {percent} percent at most, once in "
        f"{growth.days_between} days. Every {_nth(growth.lighter_every)} week is lighter."
    )


def _nth(number: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(number, f"{number}th")


def stop_signs(protocol: Protocol) -> tuple[str, ...]:
    """Return when to stop a session."""
    return (
        f"Pain of {protocol.light.amber_during + 1} or more out of 10 during a session.",
        "Pain that moves further down the leg.",
        NEW_SIGNS,
        "A limp, or sharp pain in one spot of a bone.",
        "Pain that does not settle within a day.",
    )


def _bars(plan: Plan, protocol: Protocol) -> tuple[Bar, ...]:
    return tuple(
        Bar(
            label=str(number),
            walk=_minutes(rung, "walk"),
            run=_minutes(rung, "run"),
            here=rung.here,
            title=rung.title,
            good=rung.good if rung.here and plan.standing else None,
            needed=_needed(protocol),
        )
        for number, rung in enumerate(plan.rungs, 1)
    )


def _minutes(rung: Rung, move: str) -> float:
    return sum(
        b.time.total_seconds() / 60 * s.repeat
        for s in rung.steps
        for b in s.bouts
        if b.move == move
    )


def _stage(rung: Rung, number: int, plan: Plan, protocol: Protocol, edition: Edition) -> Stage:
    needed, good = _needed(protocol), rung.good
    return Stage(
        number=str(number),
        title=rung.title,
        session=steps_text(rung.steps),
        effort=rung.effort,
        earliest=day_text(rung.earliest) if rung.earliest else "",
        gates=rung.gate,
        here=_here(plan, good, needed) if rung.here else None,
        boxes=(*([tick_drawing(edition.ink)] * good), *([None] * (needed - good))),
    )


def _here(plan: Plan, good: int, needed: int) -> str:
    if plan.standing is None:
        return "You start here."
    return f"You are here. Ticks so far: {good} of {needed}."


def _line(item: Item, content: Catalogue) -> Line:
    exercise = content.exercises[item.exercise]
    dose = _UNIT.sub("\u00a0", short_dose_text(item.dose, exercise))
    return Line(item.exercise, exercise.words.name, dose, item.edited)


_UNIT = re.compile(r"(?<=\d) (?=(?:s|min)\b)")
"""The blank between a number and its unit: no line ends there."""


_OUTCOMES = {"done": "Done", "part": "Done in part", "missed": "Missed", None: "No report"}


def _session(session: Session, content: Catalogue, *, longest: bool, past: bool) -> SessionView:
    ladder = session.kind in ("run", "walk")
    efforts = {s.id: s.effort for p in content.protocols.values() for s in p.stages}
    note = efforts.get(session.stage or "") if ladder else None
    lines = tuple(_line(i, content) for i in session.items)
    parts: tuple[tuple[str, tuple[Line, ...]], ...] = ()
    if session.kind == "cross-training":
        effort = content.exercises[session.items[0].exercise].effort
        note = effort_text(effort) if effort else None
        lines = ()
    elif ladder:
        around = (
            (when, tuple(_line(i, content) for i in session.items if i.part == part))
            for part, when in AROUND
        )
        parts, lines = tuple((when, found) for when, found in around if found), ()
    return SessionView(
        kind=session.kind,
        title=("Longest run: " if longest else "") + session.title,
        minutes=f"{session.minutes} min",
        place=content.vocabulary.places[session.place].name,
        steps=steps_text(session.steps, session.warm_up, session.cool_down) if ladder else None,
        note=note,
        lines=lines,
        parts=parts,
        asks_pain=session.kind != "mobility",
        past=_OUTCOMES[session.outcome] if past else None,
    )


def _day(day: PlanDay, plan: Plan, content: Catalogue, longest: float | None) -> DayView:
    active = any(s.kind != "mobility" for s in day.sessions)
    rest = None
    if day.day >= plan.start and not active:
        rest = "Rest from training." if day.sessions else "Rest day. Easy moving is fine."
    return DayView(
        weekday=WEEKDAYS[day.day.weekday()],
        day=day_text(day.day)[4:],
        sessions=tuple(
            _session(s, content, longest=s.run_minutes == longest, past=day.day < opens(plan))
            for s in day.sessions
        ),
        rest=rest,
        note=day.note,
    )


def _week(week: PlanWeek, plan: Plan, content: Catalogue, room: float | None) -> WeekView:
    rung = next((r for r in plan.rungs if r.stage == week.stage), None)
    last = week.days[-1].day
    runs = [s.run_minutes for d in week.days for s in d.sessions if s.kind == "run"]
    top = max(runs, default=0.0)
    longest = top if runs.count(top) == 1 and len(runs) > 1 else None
    days = tuple(_day(d, plan, content, longest) for d in week.days)
    return WeekView(
        title=f"Week {week.number}",
        span=f"{day_text(week.first)} to {day_text(last)} {last.year}",
        outlook=None if week.firm else OUTLOOK,
        stage=rung.title if rung else "",
        remarks=tuple(r.text for r in week.reasons),
        days=days,
        fit="free" if room is None else _fit(days, room - 5.5 * (len(week.reasons) + 1)),
        personal=any(day.note or any(s.past for s in day.sessions) for day in days),
        log=log_view(week) if week.firm else None,
    )


MARGINS = 62.0
"""Millimetres of a week page that are not for its days: margins, title, heads."""

FITS = {
    "roomy": (55, 5.2, 6.8, 4.2),
    "close": (60, 4.4, 6.0, 2.8),
    "tight": (63, 4.1, 5.5, 2.2),
    "dense": (67, 3.9, 4.8, 2.0),
}
"""Signs in a line, and millimetres of a line, of the title and around a session."""

NARROW = 11
"""Signs in a line of the column of days."""


def _fit(days: tuple[DayView, ...], room: float) -> str:
    """Return how closely a week has to be set to stay on one sheet."""
    return next((fit for fit, sizes in FITS.items() if _height(days, *sizes) <= room), "dense")


def _height(days: tuple[DayView, ...], signs: int, line: float, title: float, pad: float) -> float:
    """Estimate how high the days of a week are on paper."""
    return sum(
        max(
            sum(_lines(s, signs) * line + title + pad for s in day.sessions),
            title + pad + line * (1 + (_notes(day) if day.sessions else 0)),
        )
        for day in days
    )


def _notes(day: DayView) -> int:
    """Estimate the lines of the notes under the name of a day."""
    return sum(ceil(len(text) / NARROW) for text in (day.note, day.rest) if text)


def _lines(session: SessionView, signs: int) -> int:
    """Estimate the lines under the title of a session."""
    around = [f"{when}: {_listed(lines)}" for when, lines in session.parts]
    texts = [session.steps or "", *around]
    lines = sum(_item_lines(line, signs) for line in session.lines)
    if session.kind == "mobility":
        texts, lines = [*texts, _listed(session.lines)], 0
    head = f"{session.title} {session.title} {session.minutes}, {session.place}. {session.note}"
    return sum(ceil(len(text) / signs) for text in texts) + lines + len(head) // (signs + 6)


def _item_lines(line: Line, signs: int) -> int:
    """Estimate the lines of an exercise whose name and dose stand side by side."""
    dose = line.dose + EDITED * line.edited
    return max(ceil(len(line.name) / (0.48 * signs)), ceil(len(dose) / (0.45 * signs)))


def _listed(lines: tuple[Line, ...]) -> str:
    return ", ".join(f"{line.name} {line.dose}" for line in lines)


def _calendar(plan: Plan) -> tuple[CalendarDay, ...]:
    """Return the days of the plan with what is done on each."""
    return tuple(
        CalendarDay(d.day, week.number, tuple(m for m in MARKS if m in _held_on(d)))
        for week in weeks_ahead(plan)
        for d in week.days
        if d.day >= plan.start
    )


def _held_on(day: PlanDay) -> set[str]:
    """Return the kinds of sessions of a day, without those that were missed."""
    return {s.kind for s in day.sessions if s.outcome != "missed"}


def _key(plan: Plan, edition: Edition) -> tuple[tuple[str, str], ...]:
    """Return the marks that stand on the calendar, with their names."""
    days = _calendar(plan)
    used = [m for m in MARKS if any(m in d.marks for d in days)]
    marks = [(key_drawing(m, edition.ink), MARKS[m][1]) for m in used]
    return (*marks, (key_drawing(None, edition.ink), "Rest"))


def _outlook(plan: Plan) -> str | None:
    """Return from when on the plan is only an outlook."""
    week = next((w for w in plan.weeks if not w.firm), None)
    if week is None:
        return None
    return f"From week {week.number} on this is an outlook: if every session before goes well."


def _sessions_ahead(plan: Plan) -> Iterator[Session]:
    first = opens(plan)
    for week in plan.weeks:
        for day in week.days:
            yield from day.sessions if day.day >= first else ()


_GROUPS = (
    ("strength", "Strength", "Two days a week. Slow and calm beats many and fast."),
    ("mobility", "Loosen up", "On easy days, a few minutes."),
    ("around", "Around your runs", "After the first walk, and at the end."),
    (
        "cross-training",
        "Easy training that does not pound",
        "Steady and easy, so that you can talk.",
    ),
)


def _groups(
    plan: Plan, content: Catalogue, cited: Cited, pictures: Pictures, edition: Edition
) -> tuple[CardGroup, ...]:
    found: dict[str, dict[str, Item]] = {key: {} for key, _, _ in _GROUPS}
    for session in _sessions_ahead(plan):
        key = session.kind if session.kind in found else "around"
        for item in session.items:
            found[key].setdefault(item.exercise, item)
    walk = content.protocols[plan.provenance.protocol].walk_card
    if walk is not None and (doses := content.exercises[walk].doses) is not None:
        found["around"].setdefault(walk, Item(exercise=walk, dose=doses.start))
    titles = {"around": ("Your walks", "As long as your week page says.")} if walk else {}
    return tuple(
        CardGroup(
            *titles.get(key, (title, hint)),
            tuple(
                _card(
                    item,
                    plan,
                    content,
                    cited,
                    picture_of(content.exercises[name], pictures, edition.card),
                )
                for name, item in found[key].items()
            ),
        )
        for key, title, hint in _GROUPS
        if found[key]
    )


def _card(
    item: Item, plan: Plan, content: Catalogue, cited: Cited, picture: Picture | None
) -> Card:
    exercise = content.exercises[item.exercise]
    why = plan.why.get(item.exercise)
    return card(
        item,
        content,
        picture,
        dose=_card_dose(item, exercise),
        often=_often(exercise),
        easier=_name(exercise.easier, content),
        harder=_name(exercise.harder, content),
        why=cited.with_numbers(why) if why else "",
    )


def card(
    item: Item,
    content: Catalogue,
    picture: Picture | None,
    *,
    dose: str,
    often: str | None = None,
    easier: str | None = None,
    harder: str | None = None,
    why: str = "",
) -> Card:
    """Return the card of an exercise; the caller says what stands beside its words."""
    exercise = content.exercises[item.exercise]
    words = exercise.words
    needs = [content.vocabulary.equipment[n].name for n in exercise.needs]
    effort = exercise.effort
    return Card(
        id=item.exercise,
        picture=picture,
        name=words.name,
        dose=dose,
        rest=rest_text(item.dose),
        often=often,
        edited=item.edited,
        purpose=words.purpose,
        setup=words.setup,
        steps=words.steps,
        cues=words.cues,
        stop_if=words.stop_if,
        needs=f"You need: {', '.join(needs)}." if needs else None,
        easier=easier,
        harder=harder,
        effort=effort_text(effort) if effort else None,
        why=why,
    )


def _card_dose(item: Item, exercise: Exercise) -> str:
    if exercise.kind == "endurance":
        return "As long as your week says"
    return dose_text(item.dose, exercise)


def _often(exercise: Exercise) -> str | None:
    doses = exercise.doses
    if doses is None or item_is_whole(exercise):
        return None
    return f"Later: {dose_text(doses.build, exercise)}."


def item_is_whole(exercise: Exercise) -> bool:
    """Return whether the dose does not grow."""
    doses = exercise.doses
    return doses is None or doses.start == doses.build or exercise.kind == "endurance"


def _name(name: str | None, content: Catalogue) -> str | None:
    exercise = content.exercises.get(name or "")
    return exercise.words.name if exercise else None


def _topic(exercise: Exercise, pictures: Pictures, edition: Edition) -> Topic:
    words = exercise.words
    picture = picture_of(exercise, pictures, edition.topic)
    return Topic(picture, words.name, words.setup, words.steps, words.cues, words.stop_if)


_EVERYWHERE = ("equipment", "place", "allowed", "review")


def _left_out(plan: Plan, content: Catalogue) -> tuple[LeftOut, ...]:
    """Group what was left out by its reason; missing equipment is told apart."""
    grouped: dict[str, list[str]] = {}
    for left in plan.left_out:
        for reason in left.reasons:
            if reason.rule not in _EVERYWHERE:
                name = content.exercises[left.exercise].words.name
                grouped.setdefault(reason.text, []).append(name)
    together: dict[tuple[str, ...], list[str]] = {}
    for said, names in grouped.items():
        together.setdefault(tuple(sorted(set(names))), []).append(said)
    return tuple(LeftOut(" ".join(reasons), _some(names)) for names, reasons in together.items())


MOST_NAMES = 8
"""Names in a row of the table of what was left out; the rest is counted."""


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    rest = len(names) - MOST_NAMES
    return f"{shown} and {rest} more" if rest > 0 else shown


def _not_here(plan: Plan, *, beside: bool) -> str:
    """Count what lacks equipment or a place; *beside* says that others are listed by name."""
    number = sum(
        all(r.rule in ("equipment", "place") for r in left.reasons) for left in plan.left_out
    )
    if not number:
        return ""
    more = "more " if beside else ""
    said = count_text(number, f"{more}exercise needs", f"{more}exercises need")
    return f"{said} equipment or places that your week does not have."


def _finding_row(found: Finding, content: Catalogue, cited: Cited) -> tuple[str, str, str, str]:
    names = [content.vocabulary.tags[tag].name for tag in found.bar]
    where = f"{found.code}, {found.rule}" if found.code else found.rule
    return (
        found.title,
        f"{LEVELS[found.level]}, {REACHES[found.plan]}",
        ", ".join(names) or "nothing",
        f"{where} {cited.marks(found.cite)}".strip(),
    )


def _clinician(plan: Plan, content: Catalogue, cited: Cited) -> ClinicianView:
    block = plan.intake.clinician
    if block is None:
        message = "no clinician block"
        raise ValueError(message)
    where = f", {block.clinic}" if block.clinic else ""
    stage_reasons = [r for r in plan.reasons if r.rule in _stage_rules(content)]
    return ClinicianView(
        heading=f"{block.name}{where}. Answers reviewed on {date_text(block.reviewed_on)}. "
        + ("Cleared to run." if block.cleared_to_run else "Not cleared to run."),
        summary=tuple(Fact(*row) for row in answers_told(plan.intake, content)),
        rules=tuple(_finding_row(f, content, cited) for f in plan.findings),
        stages=(
            *(cited.with_numbers(r) for r in stage_reasons),
            *(f"Also checked: {cited.with_numbers(r)}" for r in plan.checked),
        ),
        edits=tuple(_edits(plan, content)),
        exclusions=tuple(_exclusions(plan, content)),
        proposals=tuple(_proposals(content)),
        editable=_EDITABLE,
        not_asked=tuple(content.vocabulary.health[name].ask for name in plan.not_asked),
    )


_EDITABLE = (
    "First and highest stage.",
    "Exercises that must be in, and exercises that must be out.",
    "The dose of any exercise; the handout marks it as yours.",
    "The number of home exercises on a day, up to 6, and fixed or free weekdays.",
    "A note to the runner.",
    "For the whole clinic: every ladder, traffic light, rule and setting is a text file.",
)


def _stage_rules(content: Catalogue) -> set[str]:
    stages = {s.id for p in content.protocols.values() for s in p.stages}
    return {*stages, "clinician", "start-share"}


def _edits(plan: Plan, content: Catalogue) -> Iterable[tuple[str, str]]:
    """Yield what the clinician asked for, and what came of it."""
    block = plan.intake.clinician
    if block is None:
        return
    out = {x.exercise: " ".join(r.text for r in x.reasons) for x in plan.left_out}
    names = {key: e.words.name for key, e in content.exercises.items()}
    stages = {s.id: s.title for p in content.protocols.values() for s in p.stages}
    for key, label in (("start_stage", "First stage"), ("highest_stage", "Highest stage")):
        stage = getattr(block, key)
        if stage is not None:
            kept = stage in {rung.stage for rung in plan.rungs}
            yield f"{label}: {stages[stage]}", "done" if kept else "not a stage of this ladder"
    for name in dict.fromkeys((*block.require, *block.doses)):
        dose = block.doses.get(name)
        what = f"{names[name]}: {dose_text(dose, content.exercises[name])}" if dose else names[name]
        done = "in the plan" if name in plan.exercises else None
        spare = "suits, but no session of this plan has a place for it"
        yield what, done or f"not in the plan. {out.get(name, spare)}"
    for name in block.exclude:
        yield f"Without {names[name]}", "left out"


def _exclusions(plan: Plan, content: Catalogue) -> Iterable[tuple[str, str]]:
    """Yield each reason with all exercises that it keeps out."""
    grouped: dict[str, list[str]] = {}
    for left in plan.left_out:
        for reason in left.reasons:
            if reason.rule not in ("equipment", "place"):
                name = content.exercises[left.exercise].words.name
                grouped.setdefault(reason.text, []).append(name)
    return ((reason, ", ".join(sorted(set(names)))) for reason, names in grouped.items())


_SHOWN = {
    "exercises_per_day": "Home exercises on a day, at most {}",
    "strength_sessions": "Strength sessions in a week: {}",
    "strength_hours_between": "Hours between strength sessions: {}",
    "strength_step_weeks": "Weeks at one strength dose: {}",
    "mobility_sessions": "Mobility sessions in a week: {}",
    "cross_sessions": "Cross-training sessions in a week, at most {}",
    "energy_least": "Weekly energy to hold, at least {} MET-minutes",
    "energy_most": "Weekly energy to hold, at most {} MET-minutes",
    "other_runs": "Beyond the ladder, other runs as a share of the longest: {}",
    "easy_speed": "Easy running speed in km/h: {}",
    "rest_days": "Rest days in a week: {}",
    "firm_weeks": "Firm weeks: {}",
    "weeks": "Weeks in a plan: {}",
}
"""Settings that steer a plan, as a clinician reads them."""


def _proposals(content: Catalogue) -> Iterable[tuple[str, str]]:
    for name, text in _SHOWN.items():
        setting = getattr(content.settings, name)
        if setting.label == "proposal":
            yield text.format(setting.value), setting.because


@dataclass(frozen=True)
class ReferralView:
    """The one-page referral."""

    title: str
    level: str
    action: str
    intro: str
    found: tuple[tuple[str, str, str], ...]
    """What was told, why it matters, and the code for the person who is asked."""
    also: tuple[str, ...]
    """Other answers that somebody should know."""
    about: str
    say: tuple[str, ...]
    meanwhile: tuple[str, ...]
    ends: str | None
    """What brings a withdrawn plan back."""
    emergency: tuple[str, ...]
    footer: Footer


_SAY = {
    Level.EMERGENCY: "Say: “I have back pain and a warning sign.” Then read out the list above.",
    Level.URGENT: "Say: “I have back pain and a warning sign. I need to be seen soon.” Then read "
    "out the list above.",
    Level.REFER: "Say: “I would like to run again and have back pain. I was told to ask before I "
    "start.” Then read out the list above.",
}
_MEANWHILE = {
    Level.EMERGENCY: ("Do not drive yourself.", "Do not wait to see if it passes."),
    Level.URGENT: (
        "Walk as far as feels fine. Do not run, jump or lift heavy things.",
        "If one of the signs below is new, call your emergency number.",
    ),
    Level.REFER: (
        "Keep moving in daily life as far as feels fine. Do not start running.",
        "If one of the signs below is new, call your emergency number.",
    ),
}


_STOPPED = (
    "Take the plan off the fridge. None of its sessions counts any more.",
    "Delete its runs from your watch and your calendar, if you put them there.",
)
"""What a plan that is withdrawn leaves behind."""


def referral_view(result: Referral, content: Catalogue) -> ReferralView:
    """Turn a referral into its page; no exercise stands on it."""
    stopping = [f for f in result.findings if f.plan is Reach.NONE]
    other = [f for f in result.findings if f.group == "refer" and f not in stopping]
    name = result.intake.who.name
    gone = result.before is not None
    return ReferralView(
        title="Please have your back looked at first",
        level=result.level.value,
        action=WHAT_TO_DO[result.level]
        if result.level is not Level.REFER
        else "Your plan has to be made with a doctor or physiotherapist. Book an appointment in "
        "the next 1 to 2 weeks.",
        intro=(f"For {name}. " if name else "")
        + "You told us something that needs a look first. "
        + ("So your plan is stopped for now." if gone else "So there is no training plan yet."),
        found=tuple(
            (f.tell, "" if f.because == f.tell else f.because, f.code or "") for f in stopping
        ),
        also=tuple(dict.fromkeys(_first_sentence(f.tell) for f in other)),
        about=_about(result),
        say=(_SAY[result.level], "Take this page with you."),
        meanwhile=(*_MEANWHILE[result.level], *(_STOPPED if gone else ())),
        ends=WITHDRAWN_UNTIL if gone else None,
        emergency=emergency_signs(content),
        footer=footer(result.provenance, of_plan=gone),
    )


def _first_sentence(text: str) -> str:
    """Return what is so, without advice for a plan that there is not."""
    return text.split(". ", 1)[0].rstrip(".") + "."


def _about(result: Referral) -> str:
    """Return who fills in the answers, for the person who reads them."""
    pain = result.intake.pain
    parts = [f"Age {result.intake.who.age}"] if result.intake.who.age is not None else []
    if pain.since is not None:
        parts.append(f"pain for {count_text(pain.since.days, 'day', 'days')}")
    if pain.worst is not None:
        parts.append(f"at worst {pain.worst} of 10")
    parts.append(f"answers of {date_text(result.provenance.made_on)}")
    return ", ".join(parts) + "."


@dataclass(frozen=True)
class OpenView:
    """The page with questions that are still open."""

    title: str
    intro: str
    questions: tuple[tuple[str, str], ...]
    """Question and its identifier."""
    emergency: tuple[str, ...]
    footer: Footer


_FIELDS = {
    "who.age": "How old are you?",
    "pain.since": "How long have you had this pain?",
    "pain.now": "How strong is the pain now, 0 to 10?",
    "pain.usual": "How strong is the pain on an ordinary morning, 0 to 10?",
    "pain.worst": "How strong was the pain at its worst in the last week, 0 to 10?",
    "pain.walking": "How strong is the pain when you walk, 0 to 10?",
    "pain.running": "How strong is the pain when you run, 0 to 10?",
}


def open_view(result: OpenQuestions, content: Catalogue) -> OpenView:
    """Turn open questions into a page."""
    words = content.vocabulary
    asks = [((words.screening.get(q) or words.health[q]).ask, q) for q in result.questions]
    return OpenView(
        title="A few questions first",
        intro="There is no plan yet, because these questions need a clear yes or no. If you are "
        "not sure about one, ask a doctor or physiotherapist.",
        questions=(*((_FIELDS.get(f, f), f) for f in result.fields), *asks),
        emergency=emergency_signs(content),
        footer=footer(result.provenance, of_plan=False),
    )
