"""Every hard rule restated as plainly as possible, day by day.

The planner and this module share no code beyond the values themselves. A line that
comes back is a fault of the program: such a plan is never shown.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from programgen.core.catalogue import Catalogue
from programgen.core.intake import WEEKDAYS, Intake
from programgen.core.plan import Plan, PlanDay, PlanWeek, Referral, Session
from programgen.core.protocol import Protocol

Broken = Iterator[str]
DAY = timedelta(days=1)


def violations(plan: Plan, catalogue: Catalogue) -> list[str]:
    """Return every broken rule; an empty list means that the plan may be shown."""
    return [f"{rule.__name__}: {text}" for rule in RULES for text in rule(plan, catalogue)]


def _protocol(plan: Plan, catalogue: Catalogue) -> Protocol:
    return catalogue.protocols[plan.provenance.protocol]


def _open(plan: Plan) -> date:
    """Return the first day that this version decides; what lies before it is a fact."""
    return plan.standing.open_from if plan.standing else plan.start


def _all_days(plan: Plan) -> list[PlanDay]:
    return [day for week in plan.weeks for day in week.days]


def _days(plan: Plan) -> list[PlanDay]:
    """Return the days that this version decides."""
    first = _open(plan) if plan.standing else date.min
    return [day for day in _all_days(plan) if day.day >= first]


def _sessions(plan: Plan, *kinds: str) -> list[tuple[date, Session]]:
    return [(d.day, s) for d in _days(plan) for s in d.sessions if s.kind in kinds]


def _stood(plan: Plan, *kinds: str) -> list[tuple[date, Session]]:
    """Return the sessions of the past that were not missed, and those of this version."""
    return [
        (d.day, s)
        for d in _all_days(plan)
        for s in d.sessions
        if s.kind in kinds and s.outcome != "missed"
    ]


def _ladder(plan: Plan) -> list[tuple[date, Session]]:
    return _sessions(plan, "run", "walk")


def _run_minutes(session: Session) -> float:
    return sum(
        step.repeat * bout.time.total_seconds() / 60
        for step in session.steps
        for bout in step.bouts
        if bout.move == "run"
    )


def calendar(plan: Plan, catalogue: Catalogue) -> Broken:
    """Weeks are whole, in order, and nothing is planned before the start."""
    del catalogue
    days = [d.day for d in _all_days(plan)]
    if days[0].weekday() != 0 or any(b - a != DAY for a, b in itertools.pairwise(days)):
        yield "the days are not whole weeks in order"
    for day in _all_days(plan):
        if day.sessions and day.day < plan.start:
            yield f"{day.day}: a session before the start"


def s1_nothing_after_a_warning_sign(plan: Plan, catalogue: Catalogue) -> Broken:
    """No plan with a stopping rule, and no running while running is locked."""
    for found in plan.findings:
        if found.level in ("emergency", "urgent") or found.plan == "none":
            yield f"a plan although '{found.rule}' stops it"
        if found.plan == "gentle" and _sessions(plan, "run"):
            yield f"a run although '{found.rule}' locks running"
        rule, block = catalogue.rules[found.rule], plan.intake.clinician
        old = catalogue.settings.valid_for.value
        if (
            rule.then.plan != "full"
            and _sessions(plan, "run")
            and (block is None or plan.provenance.made_on - block.reviewed_on > old)
        ):
            yield f"a run although nobody has reviewed '{found.rule}' lately"


def s2_s5_pause_and_rest(plan: Plan, catalogue: Catalogue) -> Broken:
    """While running is held there is no session of the ladder, nor before a rest is over."""
    del catalogue
    standing = plan.standing
    for day, session in _ladder(plan) if standing else ():
        if standing and standing.held:
            yield f"{day}: a {session.kind} although it is held"
        if standing and standing.rest_until and day < standing.rest_until:
            yield f"{day}: a {session.kind} before {standing.rest_until}"


def s3_one_stage_a_week(plan: Plan, catalogue: Catalogue) -> Broken:
    """Never more than one stage up at once, never two steps up within the days between."""
    protocol = _protocol(plan, catalogue)
    names = [stage.id for stage in protocol.stages]
    now, steps = None, []
    if plan.standing:
        now = names.index(plan.standing.stage)
        steps = [plan.standing.last_step] if plan.standing.last_step else []
    for day, session in _ladder(plan):
        stage = names.index(session.stage or "")
        up = 0 if now is None else stage - now
        if up > 1:
            yield f"{day}: {up} stages up at once"
        if up > 0:
            steps.append(day)
        now = stage
    for first, second in itertools.pairwise(steps):
        if (second - first).days < protocol.moves.days_between_steps:
            yield f"{second}: a second step up after {(second - first).days} days"


def s4_good_sessions_before_a_step(plan: Plan, catalogue: Catalogue) -> Broken:
    """No step up without enough sessions at the stage."""
    protocol = _protocol(plan, catalogue)
    names = [stage.id for stage in protocol.stages]
    done, last = 0, None
    if plan.standing:
        done, last = plan.standing.good, plan.standing.stage
    for day, session in _ladder(plan):
        if last is not None and session.stage != last:
            up = names.index(session.stage or "") > names.index(last)
            if up and done < protocol.moves.good_sessions:
                yield f"{day}: a step up after {done} sessions"
            done = 0
        done, last = done + 1, session.stage


def s7_sessions_of_the_stage(plan: Plan, catalogue: Catalogue) -> Broken:
    """On the ladder the session is the stage's session, never longer."""
    protocol = _protocol(plan, catalogue)
    stages = {stage.id: stage for stage in protocol.stages}
    last = protocol.stages[-1].id
    runs = [b.time for s in stages[last].top for b in s.bouts * s.repeat if b.move == "run"]
    in_one_go = len(runs) == 1
    for day, session in _ladder(plan):
        stage = stages[session.stage or ""]
        beyond = session.stage == last and protocol.growth is not None and in_one_go
        if session.steps not in stage.sessions and not beyond:
            yield f"{day}: not a session of the stage '{stage.id}'"


def s8_longest_run(plan: Plan, catalogue: Catalogue) -> Broken:
    """Beyond the ladder: at most the factor, and one new longest run in seven days."""
    protocol = _protocol(plan, catalogue)
    growth = protocol.growth
    if growth is None:
        return
    top = max(_stage_minutes(protocol))
    history = plan.intake.history
    done: list[tuple[date, float]] = []
    if history.longest_run and not history.off_running:
        done.append((plan.start - DAY, history.longest_run.total_seconds() / 60))
    last_new: date | None = None
    for before in plan.standing.runs if plan.standing else ():
        if before.minutes > max(top, *(m for _, m in done), 0.0):
            last_new = before.day
        done.append((before.day, before.minutes))
    for day, session in _ladder(plan):
        run = _run_minutes(session)
        if run > top + 1e-9:
            recent = [m for d, m in done if (day - d) <= growth.lookback]
            longest = max(recent, default=0.0)
            if run > growth.factor * longest + 1e-9:
                yield f"{day}: {run:g} min after a longest run of {longest:g} min"
            if run > max((m for _, m in done), default=0.0):
                if last_new and (day - last_new).days < growth.days_between:
                    yield f"{day}: two new longest runs within {growth.days_between} days"
                last_new = day
        done.append((day, run))


def _stage_minutes(protocol: Protocol) -> list[float]:
    return [
        sum(
            s.repeat * b.time.total_seconds() / 60
            for s in session
            for b in s.bouts
            if b.move == "run"
        )
        for stage in protocol.stages
        for session in stage.sessions
    ]


def s9_runs_in_a_week(plan: Plan, catalogue: Catalogue) -> Broken:
    """At most the agreed number, or one more than in the best of the last three weeks."""
    protocol = _protocol(plan, catalogue)
    # A plan that began with walking only has sessions of that ladder in its past.
    ladders = (*catalogue.protocols.values(), protocol)
    stages = {stage.id: stage for ladder in ladders for stage in ladder.stages}
    counts: list[int] = []
    for week in plan.weeks:
        sessions = [
            s
            for d in week.days
            for s in d.sessions
            if s.kind in ("run", "walk") and s.stage and s.outcome != "missed"
        ]
        runs = [s for s in sessions if s.kind == "run"]
        agreed = max((stages[s.stage or ""].per_week for s in sessions), default=0)
        decided = week.days[-1].day >= _open(plan)
        if decided and len(sessions) > max(agreed, max(counts[-3:], default=0) + 1):
            yield f"week {week.number}: {len(sessions)} sessions of the ladder"
        if decided and len(runs) > protocol.most_per_week:
            yield f"week {week.number}: {len(runs)} runs"
        counts.append(len(sessions))


def s10_hours_between_runs(plan: Plan, catalogue: Catalogue) -> Broken:
    """The stage's hours lie between two sessions of the ladder."""
    stages = {stage.id: stage for stage in _protocol(plan, catalogue).stages}
    ladder = [(day, s) for day, s in _stood(plan, "run", "walk") if s.stage in stages]
    pairs = [(a[0], *b) for a, b in itertools.pairwise(ladder)]
    if plan.standing and plan.standing.last_run:
        pairs += [(plan.standing.last_run, *found) for found in _ladder(plan)[:1]]
    for first, second, session in pairs:
        hours = (second - first).days * 24
        if second >= _open(plan) and hours < stages[session.stage or ""].hours_between:
            yield f"{second}: only {(second - first).days * 24} hours after the last one"


def s11_rest_days(plan: Plan, catalogue: Catalogue) -> Broken:
    """A full rest day a week, and never too many active days in a row."""
    settings = catalogue.settings
    row = 0
    for week in plan.weeks:
        active = [
            any(s.kind != "mobility" and s.outcome != "missed" for s in d.sessions)
            for d in week.days
        ]
        if active.count(False) < settings.rest_days.value and week.days[-1].day >= _open(plan):
            yield f"week {week.number}: no full rest day"
        for day, busy in zip(week.days, active, strict=True):
            row = row + 1 if busy else 0
            if row > settings.active_days_in_a_row.value and day.day >= _open(plan):
                yield f"{day.day}: {row} active days in a row"


def s12_strength(plan: Plan, catalogue: Catalogue) -> Broken:
    """Strength keeps its hours, and heavy strength keeps off the eve of the key run."""
    strength = _stood(plan, "strength")
    least = catalogue.settings.strength_hours_between.value
    for (first, _), (second, _) in itertools.pairwise(strength):
        if second >= _open(plan) and (second - first).days * 24 < least:
            yield f"{second}: strength {(second - first).days * 24} hours after strength"
    heavy = {
        day for day, s in strength if any(catalogue.exercises[i.exercise].heavy for i in s.items)
    }
    for day, session in _sessions(plan, "run"):
        if session.key and day - DAY in heavy:
            yield f"{day}: heavy strength on the day before the key run"


def s13_barred_exercises(plan: Plan, catalogue: Catalogue) -> Broken:
    """Nothing excluded or barred by a symptom appears anywhere."""
    barred = {tag for found in plan.findings for tag in found.bar}
    clinician = plan.intake.clinician
    names = {*plan.intake.wishes.dislikes, *(clinician.exclude if clinician else ())}
    for day in _days(plan):
        for session in day.sessions:
            for item in session.items:
                exercise = catalogue.exercises[item.exercise]
                marks = barred & {*exercise.tags, *exercise.not_with}
                if marks:
                    yield f"{day.day}: '{exercise.id}' is barred by {', '.join(sorted(marks))}"
                if exercise.id in names:
                    yield f"{day.day}: '{exercise.id}' is excluded"
                if exercise.allowed == "never" or (
                    exercise.allowed == "clinician"
                    and exercise.id not in (clinician.wanted if clinician else ())
                ):
                    yield f"{day.day}: '{exercise.id}' is not for this plan"
                if plan.reach == "gentle" and exercise.allowed == "full":
                    yield f"{day.day}: '{exercise.id}' in a gentle plan"


def s14_exercises_a_day(plan: Plan, catalogue: Catalogue) -> Broken:
    """At most so many home exercises and six exercises in all, and the sessions of the day."""
    clinician = plan.intake.clinician
    most = (clinician.exercises_per_day if clinician else None) or (
        catalogue.settings.exercises_per_day.value
    )
    for day in _days(plan):
        home = [i for s in day.sessions if s.kind in ("strength", "mobility") for i in s.items]
        around = [i for s in day.sessions if s.kind in ("run", "walk") for i in s.items]
        if len(home) > most:
            yield f"{day.day}: {len(home)} home exercises"
        if len(home) + len(around) > 6:
            yield f"{day.day}: {len(home) + len(around)} exercises"
        busy = [s for s in day.sessions if s.kind != "mobility"]
        if len(busy) > plan.intake.week.on(day.day).sessions:
            yield f"{day.day}: {len(busy)} sessions"


def s15_minutes_of_a_run(plan: Plan, catalogue: Catalogue) -> Broken:
    """Warm-up and cool-down belong to the run and count in its minutes."""
    protocol = _protocol(plan, catalogue)
    for day, session in _ladder(plan):
        walked = (
            session.warm_up
            + session.cool_down
            + sum((b.time * s.repeat for s in session.steps for b in s.bouts), timedelta())
        )
        if session.minutes * 60 < walked.total_seconds():
            yield f"{day}: the minutes do not hold the session"
        if session.kind == "run" and session.warm_up < protocol.least_warm_up:
            yield f"{day}: the warm-up is too short"


def f1_minutes_of_the_day(plan: Plan, catalogue: Catalogue) -> Broken:
    """The minutes of a day are never exceeded, and closed days stay empty."""
    del catalogue
    for day in _days(plan):
        free = plan.intake.week.on(day.day).minutes
        used = sum(s.minutes for s in day.sessions)
        if used > free:
            yield f"{day.day}: {used} min planned, {free} min free"


def f2_place_and_equipment(plan: Plan, catalogue: Catalogue) -> Broken:
    """Nothing where its place or equipment is missing."""
    words = catalogue.vocabulary
    for day in _days(plan):
        there = plan.intake.week.on(day.day).places
        for session in day.sessions:
            if session.place not in there:
                yield f"{day.day}: no '{session.place}' on this day"
                continue
            at_hand = {*plan.intake.equipment, *words.places[session.place].provides}
            if (
                session.kind in ("run", "walk")
                and session.place != "outdoor"
                and ("treadmill" not in at_hand)
            ):
                yield f"{day.day}: a run without a treadmill"
            for item in session.items:
                exercise = catalogue.exercises[item.exercise]
                missing = set(exercise.needs) - at_hand
                if missing:
                    yield f"{day.day}: '{exercise.id}' needs {', '.join(sorted(missing))}"
                if session.kind not in ("run", "walk") and session.place not in exercise.places:
                    yield f"{day.day}: '{exercise.id}' cannot be done {session.place}"


def _usual(intake: Intake, day: date, start: date) -> bool:
    week = day - timedelta(days=day.weekday())
    return week >= start and not any(
        change.first <= week + timedelta(days=d) <= change.last
        for change in intake.week.exceptions
        for d in range(7)
    )


def _gives_way(plan: Plan, day: date, kind: str) -> bool:
    """Return whether a fixed day gives way: in the running week, in a rest, while held."""
    standing = plan.standing
    if standing is None:
        return False
    monday = day - timedelta(days=day.weekday())
    resting = standing.rest_until is not None and day < standing.rest_until
    return monday < standing.open_from or (kind == "run" and (resting or bool(standing.held)))


def c1_locks(plan: Plan, catalogue: Catalogue) -> Broken:
    """Locks are kept; a fixed weekday gives way only in a week with an exception."""
    del catalogue
    clinician = plan.intake.clinician
    wanted = (*plan.intake.wishes.locks, *(clinician.locks if clinician else ()))
    for day in _days(plan):
        kinds = {"run" if s.kind == "walk" else s.kind for s in day.sessions}
        name = WEEKDAYS[day.day.weekday()]
        for lock in wanted:
            if lock.never == name and lock.session in kinds:
                yield f"{day.day}: {lock.session} on a day locked against it"
            if (
                lock.on == name
                and lock.session not in kinds
                and plan.intake.week.on(day.day).minutes
                and _usual(plan.intake, day.day, plan.start)
                and not _gives_way(plan, day.day, lock.session)
            ):
                yield f"{day.day}: no {lock.session} on its fixed day"


def c2_clinicians_stages(plan: Plan, catalogue: Catalogue) -> Broken:
    """The clinician's start and highest stage are kept."""
    clinician = plan.intake.clinician
    names = [stage.id for stage in _protocol(plan, catalogue).stages]
    stages = [names.index(s.stage or "") for _, s in _ladder(plan)]
    if clinician is None or not stages:
        return
    highest = clinician.highest_stage
    if highest in names and max(stages) > names.index(highest):
        yield f"a stage above '{highest}'"
    if highest in names:
        allowed = _protocol(plan, catalogue).stages[names.index(highest)].sessions
        most = max(sum(s.time.total_seconds() for s in one) for one in allowed)
        for day, session in _ladder(plan):
            long = sum(s.time.total_seconds() for s in session.steps) > most
            if session.stage == highest and long:
                yield f"{day}: a longer session than '{highest}' has"
    first = plan.standing is None
    if first and clinician.start_stage in names and stages[0] > names.index(clinician.start_stage):
        yield f"the first stage is above '{clinician.start_stage}'"


def entry_ceilings(plan: Plan, catalogue: Catalogue) -> Broken:
    """Without a clinician's word, nobody starts running while walking is not yet easy."""
    clinician = plan.intake.clinician
    if clinician and clinician.start_stage:
        return
    ladder = _ladder(plan)
    if plan.standing:
        stages = {stage.id: stage for stage in _protocol(plan, catalogue).stages}
        week = plan.standing.open_from - timedelta(days=plan.standing.open_from.weekday())
        ladder = [(d, s) for d, s in ladder if d < week + 7 * DAY]
        if stages[plan.standing.stage].runs:
            return
    pain = plan.intake.pain
    hurts = any(p is not None and p > 2 for p in (pain.walking, pain.usual))
    unable = plan.intake.abilities.get("walk-30-min") != "yes"
    if ladder and ladder[0][1].kind == "run" and (hurts or unable):
        yield f"{ladder[0][0]}: a run before the walking test is passed"


def every_choice_has_a_reason(plan: Plan, catalogue: Catalogue) -> Broken:
    """Every session, exercise and exclusion says why, and every source exists."""
    for day in _days(plan):
        for session in day.sessions:
            if not session.reasons:
                yield f"{day.day}: {session.kind} without a reason"
            for item in session.items:
                if item.exercise not in plan.why:
                    yield f"{day.day}: '{item.exercise}' without a reason"
    said = [*plan.reasons, *plan.why.values(), *(r for x in plan.left_out for r in x.reasons)]
    for reason in said:
        for key in reason.cite:
            if key not in catalogue.references:
                yield f"unknown source '{key}'"


RULES: tuple[Callable[[Plan, Catalogue], Broken], ...] = (
    calendar,
    s1_nothing_after_a_warning_sign,
    s2_s5_pause_and_rest,
    s3_one_stage_a_week,
    s4_good_sessions_before_a_step,
    s7_sessions_of_the_stage,
    s8_longest_run,
    s9_runs_in_a_week,
    s10_hours_between_runs,
    s11_rest_days,
    s12_strength,
    s13_barred_exercises,
    s14_exercises_a_day,
    s15_minutes_of_a_run,
    f1_minutes_of_the_day,
    f2_place_and_equipment,
    c1_locks,
    c2_clinicians_stages,
    entry_ceilings,
    every_choice_has_a_reason,
)
"""S6 concerns the report of a morning; no plan shows it. S16 stands among the LATER_RULES."""


def violations_since(
    before: Plan | Referral, after: Plan | Referral, catalogue: Catalogue
) -> list[str]:
    """Return every rule that a later version breaks against the version in hand.

    Only what no version alone can show: the past stays, a withdrawal leaves nothing, nothing
    is made up, nothing is borrowed.
    """
    old = before if isinstance(before, Plan) else before.before
    if old is None:
        return []
    # A plan that was withdrawn in between has lost sessions since that day.
    gone = before.provenance.made_on if isinstance(before, Referral) else date.max
    return [
        f"{rule.__name__}: {text}"
        for rule in LATER_RULES
        for text in rule(old, after, gone, catalogue)
    ]


def _told(sessions: tuple[Session, ...]) -> list[Session]:
    """Return sessions as they were planned, whatever was reported of them."""
    return [s.model_copy(update={"outcome": None}) for s in sessions]


def p1_the_past_stays(
    old: Plan, after: Plan | Referral, gone: date, catalogue: Catalogue
) -> Broken:
    """What was planned for the past does not change; only its outcome does."""
    del catalogue
    kept = after if isinstance(after, Plan) else after.before
    if kept is None:
        yield "the plan that is withdrawn is not kept"
        return
    first = _open(after) if isinstance(after, Plan) else after.provenance.made_on
    now = {day.day: day.sessions for day in _all_days(kept)}
    for day in _all_days(old):
        if day.day >= first:
            continue
        was, stands = _told(day.sessions), _told(now.get(day.day, ()))
        if stands != was and (day.day < gone or any(s not in was for s in stands)):
            yield f"{day.day}: the past has changed"


def s1_a_withdrawal_leaves_nothing(
    old: Plan, after: Plan | Referral, gone: date, catalogue: Catalogue
) -> Broken:
    """A referral takes every session back that lies ahead."""
    del gone, catalogue
    if isinstance(after, Plan):
        return
    taken = {(w.week, w.slot) for w in after.withdrawn}
    for week in old.weeks:
        for placed in week.placed:
            if placed.day > after.provenance.made_on and (week.number, placed.slot) not in taken:
                yield f"{placed.day}: '{placed.slot}' is not taken back"


def _running(plan: Plan) -> tuple[PlanWeek, ...]:
    """Return the week of which this version decides a part only, if any."""
    first = _open(plan)
    return tuple(w for w in plan.weeks if w.days[0].day < first <= w.days[-1].day)


def s16_nothing_is_made_up(
    old: Plan, after: Plan | Referral, gone: date, catalogue: Catalogue
) -> Broken:
    """In the running week there is never more left to do than was printed."""
    del gone, catalogue
    if isinstance(after, Referral):
        return
    for week in _running(after):
        printed = next((w for w in old.weeks if w.number == week.number), None)
        left, was = (
            [
                p.slot.rpartition("-")[0]
                for p in (found.placed if found else ())
                if p.day >= _open(after)
            ]
            for found in (week, printed)
        )
        for kind in sorted({*left}):
            if left.count(kind) > was.count(kind):
                yield f"week {week.number}: {left.count(kind)} of {kind}, {was.count(kind)} printed"


def p4_nothing_is_borrowed(
    old: Plan, after: Plan | Referral, gone: date, catalogue: Catalogue
) -> Broken:
    """A session that is moved in the running week keeps clear of the next week as printed.

    A change of ladder, a hold or a day away that is new changes the next week, too.
    """
    del gone
    if isinstance(after, Referral) or old.provenance.protocol != after.provenance.protocol:
        return
    if after.standing and after.standing.held:
        return
    stages = {stage.id: stage for stage in _protocol(after, catalogue).stages}
    for week in _running(after):
        weeks = {w.number: w for w in old.weeks}
        before, following = weeks.get(week.number), weeks.get(week.number + 1)
        stood = {p.day for p in before.placed if p.session.stage} if before else set()
        coming = [p.day for p in following.placed if p.session.stage] if following else []
        for placed in week.placed:
            moved = placed.day >= _open(after) and placed.day not in stood
            if placed.session.stage and moved and coming and not _is_news(old, after, coming[0]):
                least = stages[placed.session.stage].hours_between
                if (coming[0] - placed.day).days * 24 < least:
                    yield f"{placed.day}: too close to {coming[0]}, as printed"


def _is_news(old: Plan, after: Plan, day: date) -> bool:
    """Return whether the week of a day has an exception that the old version did not know."""
    monday = day - timedelta(days=day.weekday())
    news = [c for c in after.intake.week.exceptions if c not in old.intake.week.exceptions]
    return any(c.first <= monday + timedelta(days=6) and c.last >= monday for c in news)


LATER_RULES: tuple[Callable[[Plan, Plan | Referral, date, Catalogue], Broken], ...] = (
    p1_the_past_stays,
    s1_a_withdrawal_leaves_nothing,
    s16_nothing_is_made_up,
    p4_nothing_is_borrowed,
)
