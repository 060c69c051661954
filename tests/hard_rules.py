"""The hard rules of a later version once more, naively: from the log and two versions alone.

Nothing here is shared with the program but the values themselves, so that both can be wrong
only in different ways. A session counts as done where it was reported, planned or not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from programgen.core.catalogue import Catalogue
from programgen.core.checkin import Away, Entry, Release, SessionReport, WeekReport
from programgen.core.plan import Plan, PlanDay, Session

DAY = timedelta(days=1)
ACTIVE = ("run", "walk", "strength", "cross-training")
Broken = Iterator[str]


@dataclass(frozen=True)
class Story:
    """What led to a version."""

    first: Plan
    """The first version."""
    old: Plan
    """The version in hand before."""
    plan: Plan
    """The later version."""
    opened: date
    """The first day that it may change."""
    valid: tuple[Entry, ...]
    """Every entry that counts, whatever its day."""
    content: Catalogue

    def of(self, kind: type) -> list:
        """Return the entries of a kind by day."""
        return sorted((e for e in self.valid if isinstance(e, kind)), key=lambda e: e.day)

    @property
    def ahead(self) -> list[PlanDay]:
        """The days that this version decides."""
        return [d for w in self.plan.weeks for d in w.days if d.day >= self.opened]

    def planned(self, *kinds: str) -> list[tuple[date, Session]]:
        """Return the sessions ahead of some kinds."""
        return [(d.day, s) for d in self.ahead for s in d.sessions if s.kind in kinds]

    def done(self, *kinds: str) -> list[SessionReport]:
        """Return the reports of sessions that took place, in part as well."""
        return [r for r in self.of(SessionReport) if r.session in kinds and r.done != "no"]

    def shown(self, day: date) -> Session | None:
        """Return the session of the ladder as it stands on a day of the past."""
        days = [d for w in self.plan.weeks for d in w.days if d.day == day < self.opened]
        return next((s for d in days for s in d.sessions if s.stage), None)

    def released(self, day: date) -> bool:
        """Return whether a clinician has looked on that day or later."""
        return any(r.day >= day for r in self.of(Release))

    def stages(self) -> list[str]:
        """Return the stages of the ladder, lowest first."""
        return [s.id for s in self.content.protocols[self.plan.provenance.protocol].stages]

    def usual(self, day: date) -> int:
        """Return the highest ordinary morning that was told up to a day."""
        told = [w.usual for w in self.of(WeekReport) if w.usual is not None and w.day <= day]
        return max([self.first.intake.pain.usual or 0, *told])


def run_minutes(session: Session) -> float:
    """Return the minutes of running in a session."""
    bouts = [(b, s.repeat) for s in session.steps for b in s.bouts if b.move == "run"]
    return sum(b.time.total_seconds() / 60 * repeat for b, repeat in bouts)


def closed_mornings(story: Story) -> list[tuple[date, bool]]:
    """Return the days too sore for the ladder, and whether each is the second in a row."""
    found, row = [], 0
    for report in (r for r in story.of(SessionReport) if r.session == "run"):
        rise = None if report.before is None else report.before - story.usual(report.day)
        shut = report.done == "no" and rise is not None and rise >= 3
        row = row + 1 if shut else 0
        if shut:
            found.append((report.day, row == 2))
            row %= 2
    return [(day, second) for day, second in found if not story.released(day)]


def s1_questions(story: Story) -> Broken:
    """What was last said of a warning sign is a clear no, or there is no run and no strength."""
    stops = [r for r in story.content.rules.values() if r.group == "stop" and r.when.answer]
    answers = dict(story.first.intake.answers)
    for week in story.of(WeekReport):
        answers |= week.answers
    for rule in stops:
        said = answers.get(rule.when.answer, "unsure")
        if said == "yes":
            yield f"a plan although '{rule.when.answer}' was answered with yes"
        if said == "unsure" and story.planned("run", "strength"):
            yield f"a run or strength although '{rule.when.answer}' is open"


def s2_s5_rest(story: Story) -> Broken:
    """Two closed mornings in a row are a bad reaction: 72 hours without running."""
    for day, second in closed_mornings(story):
        runs = [d for d, _ in story.planned("run") if second and d < day + 3 * DAY]
        if runs:
            yield f"a run on {runs[0]} after two closed mornings up to {day}"


def s6_closed_morning(story: Story) -> Broken:
    """A closed morning counts as amber: the next session is no step up."""
    reports = [r for r in story.of(SessionReport) if r.session == "run"]
    ladder = story.planned("run", "walk")
    gates = {day for day, _ in closed_mornings(story)}
    if not reports or not ladder or reports[-1].day not in gates:
        return
    before = [s for r in reports if r.done != "no" and (s := story.shown(r.day))]
    names = story.stages()
    if before and before[-1].stage in names:
        was, now = names.index(before[-1].stage), names.index(ladder[0][1].stage)
        if now > was:
            yield f"{ladder[0][0]}: a step up after a closed morning"


def s7_session_of_the_stage(story: Story) -> Broken:
    """The session is one of its stage's; only beyond the last stage a run may be longer."""
    stages = {s.id: s for s in story.content.protocols[story.plan.provenance.protocol].stages}
    last = story.stages()[-1]
    for day, session in story.planned("run", "walk"):
        if session.steps in stages[session.stage].sessions:
            continue
        bouts = [b for s in session.steps for b in s.bouts]
        if session.stage != last or len(bouts) != 1:
            yield f"{day}: not a session of '{session.stage}'"


def s8_longest_run(story: Story) -> Broken:
    """No run over 110 % of the longest of 30 days, the ladder's own aside; a new one in 7 days."""
    protocol = story.content.protocols[story.plan.provenance.protocol]
    times = [
        sum(b.time.total_seconds() * s.repeat for s in one for b in s.bouts if b.move == "run")
        for stage in protocol.stages
        for one in stage.sessions
    ]
    top = max(times) / 60
    history = story.first.intake.history
    own = history.longest_run.total_seconds() / 120 if history.longest_run else 0
    known = [(story.first.start, own)]
    for report in story.done("run"):
        shown = story.shown(report.day)
        told = report.run.total_seconds() / 60 if report.run is not None else None
        known.append((report.day, told if told is not None else run_minutes(shown) if shown else 0))
    news = []
    for day, session in story.planned("run"):
        run, recent = run_minutes(session), [m for d, m in known if (day - d).days <= 30]
        longest = max(recent, default=0)
        if run > max(top, 1.1 * longest, longest) + 1e-9:
            yield f"{day}: {run:g} min after a longest run of {longest:g}"
        if run > max(top, longest):
            news.append(day)
        known.append((day, run))
    for one, two in pairwise(news):
        if (two - one).days < 7:
            yield f"{two}: a new longest run {(two - one).days} days after the last"


def s9_runs_in_a_week(story: Story) -> Broken:
    """At most the number that the ladder starts with, or one more than in the last three weeks."""
    protocol = story.content.protocols[story.plan.provenance.protocol]
    if protocol.for_reach != "full":
        return
    agreed = max(s.per_week for s in protocol.stages if any("run" in str(x) for x in s.sessions))
    counts: list[int] = []
    for week in story.plan.weeks:
        first, last = week.days[0].day, week.days[-1].day
        new = [d for d, _ in story.planned("run") if first <= d <= last]
        old = [
            r.day
            for r in story.done("run")
            if first <= r.day <= last and not ((s := story.shown(r.day)) and s.kind == "walk")
        ]
        if new and len({*new, *old}) > max(agreed, max(counts[-3:], default=0) + 1):
            yield f"week {week.number}: {len({*new, *old})} runs"
        counts.append(len({*new, *old}))


def s10_hours_between_runs(story: Story) -> Broken:
    """No run on the day after a session of the ladder that was done or is planned."""
    days = {r.day for r in story.done("run")} | {d for d, _ in story.planned("run", "walk")}
    for day, _ in story.planned("run"):
        if day - DAY in days:
            yield f"{day}: a run on the day after another"


def s11_rest(story: Story) -> Broken:
    """A day of full rest in every week, and never more than six active days in a row."""
    done = {r.day for r in story.done("run", "strength", "cross-training")}
    new = {d for d, _ in story.planned(*ACTIVE)}
    for week in story.plan.weeks:
        days = {d.day for d in week.days}
        if new & days and days <= done | new:
            yield f"week {week.number}: no day of rest"
    for day in new:
        if all(day - n * DAY in done | new for n in range(7)):
            yield f"{day}: the seventh active day in a row"


def s12_strength(story: Story) -> Broken:
    """Strength is 48 hours apart, and heavy strength is not on the day before the key run."""
    done = {r.day for r in story.done("strength")}
    new = dict(story.planned("strength"))
    for day in new:
        if day - DAY in done | new.keys():
            yield f"{day}: strength on the day after strength"
    heavy = {
        d for d, s in new.items() if any(story.content.exercises[i.exercise].heavy for i in s.items)
    }
    for day, session in story.planned("run"):
        if session.key and day - DAY in heavy:
            yield f"{day}: the key run on the day after heavy strength"


def s13_barred(story: Story) -> Broken:
    """What a health answer bars does not appear, not in warm-ups either; no level is skipped."""
    answers = dict(story.first.intake.answers)
    for week in story.of(WeekReport):
        answers |= week.answers
    bars = {
        tag
        for rule in story.content.rules.values()
        if rule.when.answer and answers.get(rule.when.answer) == "yes"
        for tag in rule.then.bar
    }
    known = story.content.exercises
    for day in story.ahead:
        for item in (i for s in day.sessions for i in s.items):
            exercise = known[item.exercise]
            if bars & {*exercise.tags, *exercise.not_with}:
                yield f"{day.day}: '{exercise.id}' is barred"
    weeks = [
        {i.exercise for d in w.days for s in d.sessions if s.kind == "strength" for i in s.items}
        for w in story.plan.weeks
        if w.days[0].day >= story.opened
    ]
    for before, now in pairwise(w for w in weeks if w):
        for name in now - before:
            lower = known[name].easier
            lowest = known[lower].easier if lower else None
            if lowest in before and lower not in before:
                yield f"'{name}' skips '{lower}'"


def s14_a_day(story: Story) -> Broken:
    """At most six exercises and the chosen number of sessions, and nothing on days away."""
    away = [(e.first, e.last) for e in story.valid if isinstance(e, Away)]
    for day in story.ahead:
        items = [i for s in day.sessions if s.kind != "cross-training" for i in s.items]
        if len(items) > 6:
            yield f"{day.day}: {len(items)} exercises"
        usual = getattr(story.first.intake.week, f"{day.day:%A}".lower())
        shut = usual is None or any(first <= day.day <= last for first, last in away)
        if shut and day.sessions:
            yield f"{day.day}: a session on a closed day"
        elif usual and len([s for s in day.sessions if s.kind != "mobility"]) > usual.sessions:
            yield f"{day.day}: too many sessions"
        if usual and sum(s.minutes for s in day.sessions) > usual.minutes:
            yield f"{day.day}: longer than the day"


def s15_minutes(story: Story) -> Broken:
    """Warm-up and cool-down walks belong to the run and count in its minutes."""
    for day, session in story.planned("run"):
        ends = session.warm_up + session.cool_down
        bouts = sum((b.time * s.repeat for s in session.steps for b in s.bouts), timedelta())
        if session.warm_up < 5 * timedelta(minutes=1) or not session.cool_down:
            yield f"{day}: a run without its walks"
        if timedelta(minutes=session.minutes) < ends + bouts:
            yield f"{day}: the walks are not counted"


def c1_locks(story: Story) -> Broken:
    """A kind of session is never on a weekday that is locked against it."""
    for day in story.ahead:
        kinds = {"run" if s.kind == "walk" else s.kind for s in day.sessions}
        for lock in story.first.intake.wishes.locks:
            if lock.never == f"{day.day:%A}".lower() and lock.session in kinds:
                yield f"{day.day}: {lock.session} on a day locked against it"


def s3_s4_s5_next_stage(story: Story) -> Broken:
    """The next session: one stage up at most, only after a good one; lower after a bad one."""
    names, ladder = story.stages(), story.planned("run", "walk")
    done = [(r, s) for r in story.done("run") if (s := story.shown(r.day))]
    if not done or not ladder or done[-1][1].stage not in names:
        return
    report, session = done[-1]
    if report.day != story.done("run")[-1].day:
        return
    up = names.index(ladder[0][1].stage) - names.index(session.stage)
    if up > 1:
        yield f"{ladder[0][0]}: {up} stages up at once"
    scores = [report.during, report.morning]
    good = report.done == "yes" and None not in scores and report.during <= 2
    rise = None if report.morning is None else report.morning - story.usual(report.day)
    if up > 0 and not (good and rise <= 0):
        yield f"{ladder[0][0]}: a step up after a session that was not good"
    bad = max([0, *(s for s in (report.during, report.after) if s is not None)]) >= 5 or (
        report.where == "further" or report.limp in ("yes", "unsure") or report.spot == "yes"
    )
    if bad and not story.released(report.day) and up >= 0 and names.index(session.stage):
        yield f"{ladder[0][0]}: no stage back after a bad session"


RULES = (
    s1_questions,
    s2_s5_rest,
    s3_s4_s5_next_stage,
    s6_closed_morning,
    s7_session_of_the_stage,
    s8_longest_run,
    s9_runs_in_a_week,
    s10_hours_between_runs,
    s11_rest,
    s12_strength,
    s13_barred,
    s14_a_day,
    s15_minutes,
    c1_locks,
)


def broken(story: Story) -> list[str]:
    """Return every broken rule of a version."""
    return [f"{rule.__name__}: {text}" for rule in RULES for text in rule(story)]
