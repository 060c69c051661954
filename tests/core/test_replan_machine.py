"""A runner who reports anything in any order: what no later version of a plan may ever do.

Every rule is stated here once more, naively, from the log and the versions alone.
"""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from programgen import service
from programgen.core.checkin import Away, Release, SessionReport, Void, WeekReport
from programgen.core.log import Log, faults
from programgen.core.plan import OpenQuestions, Plan, Referral, fingerprint
from programgen.errors import NoPlanError
from tests import hard_rules
from tests.conftest import MONDAY
from tests.logs import RUNNERS, first_plan, ladder, missed, release, run, updated, void, week

CONTENT = service.catalogue()
DAY = timedelta(days=1)
FIRST = {name: first_plan(CONTENT, name) for name in RUNNERS}
FIRST["quick ladder"] = first_plan(CONTENT, "a short break", protocol="short-lay-off")

SCORES = st.sampled_from([0, 1, 1, 1, 2, 3, 4, 5, 7])
PAIN = st.fixed_dictionaries(
    {"before": SCORES, "during": SCORES, "after": SCORES, "morning": SCORES},
    optional={
        "where": st.sampled_from(["none", "same", "nearer", "further", "further", "new-numb-weak"]),
        "limp": st.sampled_from(["no", "yes", "unsure"]),
        "spot": st.sampled_from(["no", "no", "yes"]),
        "night": st.sampled_from(["no", "yes"]),
    },
)
SIGNS = [
    {"saddle-numbness": "yes"},
    {"weight-loss": "unsure"},
    {"osteoporosis": "yes"},
    {"knee-pain": "yes", "wrist-pain": "yes"},
]
FACTS = st.one_of(st.just({}), st.just({}), PAIN)
DONE = st.sampled_from(["yes", "yes", "yes", "yes", "part"])
BACK = st.integers(0, 12)


class Reports(RuleBasedStateMachine):
    """The log of one runner and the versions of the plan that it leads to."""

    entries = Bundle("entries")

    @initialize(runner=st.sampled_from(sorted(FIRST)), later=st.integers(0, 3))
    def start(self, runner, later):
        """Begin with the first plan, up to some weeks of good reports ago."""
        self.plan = FIRST[runner]
        self.first = self.plan
        self.log = Log(plan=self.plan.provenance.plan)
        self.today = MONDAY
        self.screened = MONDAY
        for _ in range(later):
            self._next_day(7)

    def _append(self, entry):
        log = self.log.appended([entry], self.today)
        if faults(log, self.today):
            return 0
        self.log = log
        return log.entries[-1].id

    def _next_day(self, days):
        """Let days pass on which everything is done and goes well, as printed."""
        for _ in range(days):
            if isinstance(self.plan, Plan):
                for placed in ladder(self.plan, self.today, self.today):
                    self._append(run(placed.day))
            if self.today.weekday() == 6:
                self._append(week(self.today, CONTENT))
                self._adopt()
            self.today += DAY

    def _a_day(self, back):
        return max(MONDAY, self.today - back * DAY)

    def _a_run_day(self, back):
        """Return the day of a planned session not long ago, or any day."""
        if isinstance(self.plan, Plan):
            days = [p.day for p in ladder(self.plan, MONDAY, self.today)]
            if days:
                return days[max(0, len(days) - 1 - back)]
        return self._a_day(back)

    @rule(target=entries, back=st.integers(0, 3), done=DONE, facts=FACTS)
    def report_run(self, back, done, facts):
        """A session of the ladder."""
        return self._append(run(self._a_run_day(back), **{"done": done, **facts}))

    @rule(target=entries, back=BACK, minutes=st.integers(0, 90), facts=FACTS)
    def report_another_run(self, back, minutes, facts):
        """A run on any day, of any length."""
        length = {"run": timedelta(minutes=minutes)}
        return self._append(run(self._a_day(back), **{**length, **facts}))

    @rule(target=entries, back=st.integers(0, 3), before=st.one_of(st.none(), SCORES))
    def report_missed(self, back, before):
        """A session that was missed, perhaps because of a sore morning."""
        return self._append(missed(self._a_run_day(back), before=before))

    @rule(
        target=entries,
        back=BACK,
        session=st.sampled_from(["strength", "mobility", "cross-training"]),
        done=st.sampled_from(["yes", "part", "no"]),
        facts=FACTS,
    )
    def report_other(self, back, session, done, facts):
        """Strength, mobility or easy training."""
        return self._append(run(self._a_day(back), session=session, **{"done": done, **facts}))

    @rule(target=entries, entry=entries, done=DONE, facts=FACTS)
    def correct(self, entry, done, facts):
        """A correction supersedes a session report."""
        old = next((e for e in self.log.valid if e.id == entry), None)
        if not isinstance(old, SessionReport):
            return 0
        kept = run(old.day, session=old.session, **{"done": done, **facts})
        return self._append(kept.model_copy(update={"supersedes": entry}))

    @rule(target=entries, entry=entries, days=st.integers(-2, 2))
    def correct_another(self, entry, days):
        """A weekly report, days away or a release had the wrong day."""
        old = next((e for e in self.log.valid if e.id == entry), None)
        if old is None or isinstance(old, SessionReport):
            return 0
        fields = ("first", "last") if isinstance(old, Away) else ("day",)
        moved = {f: max(MONDAY, getattr(old, f) + days * DAY) for f in fields}
        return self._append(old.model_copy(update={**moved, "supersedes": entry}))

    @rule(entry=entries)
    def take_back(self, entry):
        """An entry that should not be there."""
        if any(e.id == entry for e in self.log.valid):
            self._append(void(entry))

    @rule(
        target=entries,
        back=st.integers(0, 3),
        usual=st.one_of(st.none(), SCORES),
        average=st.one_of(st.none(), SCORES),
        able=st.sampled_from([{}, {"walk-30-min": "yes"}, {"hop": "yes", "jog-on-spot": "yes"}]),
        sign=st.sampled_from([{}] * 6 + SIGNS),
    )
    def report_week(self, back, usual, average, able, sign):
        """The questions of the week."""
        day = self._a_day(back)
        facts = {"usual": usual, "average": average, "abilities": able, "answers": sign}
        return self._append(week(day, CONTENT, **facts))

    @rule(target=entries, ahead=st.integers(-7, 10), days=st.integers(0, 20))
    def go_away(self, ahead, days):
        """An illness or a holiday."""
        first = max(MONDAY, self.today + ahead * DAY)
        return self._append(Away(first=first, last=first + days * DAY, why="Away."))

    @rule(
        target=entries,
        back=st.integers(0, 2),
        highest=st.sampled_from([None, None, "r3"]),
    )
    def be_released(self, back, highest):
        """A clinician has looked."""
        return self._append(release(self._a_day(back), highest_stage=highest))

    @rule(days=st.sampled_from([1, 1, 2, 3, 7, 16]))
    def let_days_pass(self, days):
        """Nothing is reported for some days."""
        self.today += days * DAY

    @rule(days=st.sampled_from([2, 7, 14]))
    def go_on_well(self, days):
        """Some days on which everything goes well."""
        self._next_day(days)

    @rule()
    def update(self):
        """Plan again and take the new version in hand."""
        self._adopt()

    def _adopt(self):
        result = self.result_now()
        if isinstance(result, Plan | Referral):
            self.plan = result

    def result_now(self):
        """Return the version that would be made now; none if a week cannot hold it."""
        try:
            return updated(self.plan, self.log, CONTENT, self.today)
        except NoPlanError:
            return None

    @precondition(lambda self: hasattr(self, "plan"))
    @invariant()
    def every_rule_holds(self):
        """Look at the version that would be made now."""
        result = self.result_now()
        if result is None:
            return
        same(self, result)
        if isinstance(result, Plan):
            after_a_plan(self, result)
        elif isinstance(result, Referral):
            assert warned(self) or result.findings
        if result is not self.plan and not isinstance(result, OpenQuestions):
            versions(self.plan, result, self.log)


def before(machine):
    """Return the plan in hand, or the one that was withdrawn."""
    return machine.plan if isinstance(machine.plan, Plan) else machine.plan.before


def same(machine, result):
    """P2 and P3: the same input gives the same bytes, and nothing new gives nothing new."""
    again = machine.result_now()
    assert again.model_dump_json() == result.model_dump_json(), "P2"
    if isinstance(result, Plan | Referral):
        assert updated(result, machine.log, CONTENT, machine.today) is result, "P3"


def valid(log):
    """Return the entries that count."""
    gone = {e.supersedes for e in log.entries}
    return [e for e in log.entries if e.id not in gone and not isinstance(e, Void)]


def of(machine, kind):
    """Return the entries of a kind that count, by day."""
    return sorted((e for e in valid(machine.log) if isinstance(e, kind)), key=lambda e: e.day)


def since(machine, entry):
    """Return whether no release of the same or a later day stands against an entry."""
    return all(r.day < entry.day for r in of(machine, Release))


def warned(machine):
    """Return whether a warning sign was reported that nobody has looked at since."""
    return any(r.where == "new-numb-weak" and since(machine, r) for r in of(machine, SessionReport))


def usual_on(machine, day):
    """Return the usual pain as known on a day; None where several answers make it unsure."""
    told = [w.usual for w in of(machine, WeekReport) if w.usual is not None and w.day < day]
    now = [w for w in of(machine, WeekReport) if w.usual is not None and w.day == day]
    return None if now else told[-1] if told else machine.first.intake.pain.usual


def surely_bad(machine, report):
    """Return whether a report is a bad reaction beyond doubt."""
    if report.where in ("further", "new-numb-weak"):
        return True
    if report.session != "run":
        return False
    usual = usual_on(machine, report.day)
    scores = [s for s in (report.during, report.after) if s is not None]
    rise = report.morning is not None and usual is not None and report.morning - usual >= 2
    return (
        report.limp in ("yes", "unsure")
        or report.spot == "yes"
        or max(scores, default=0) >= 5
        or (rise and report.done != "no")
    )


def surely_good(report):
    """Return whether a report may count towards the next stage at all."""
    return report.done == "yes" and report.during is not None and report.morning is not None


def after_a_plan(machine, plan):
    """Everything that a later version of a plan has to keep."""
    old, opened = before(machine), opens(machine, plan)
    ahead = ladder(plan, opened)
    the_past_stays(machine, old, plan, opened)
    reactions(machine, ahead)
    steps(machine, plan, ahead)
    nothing_is_made_up(old, plan, opened)
    nothing_is_borrowed(old, plan, opened)
    nothing_is_overfull(plan, opened)
    if plan is not machine.first:
        story = hard_rules.Story(
            machine.first, old, plan, opened, tuple(valid(machine.log)), CONTENT
        )
        assert hard_rules.broken(story) == []


def opens(machine, plan):
    """Return the first day that may change."""
    if plan is machine.first:
        return machine.today
    began = any(r.day == machine.today for r in of(machine, SessionReport))
    return max(plan.start, machine.today + began * DAY)


def facts_of(days, opened, gone=None):
    """Return what stood on the days before *opened*, whatever was reported of it."""
    return [
        (d.day, [s.model_copy(update={"outcome": None}) for s in d.sessions])
        for d in days
        if d.day < opened and not (gone and gone <= d.day)
    ]


def the_past_stays(machine, old, plan, opened):
    """P1: what was planned for the past is what was planned, only its outcome is new."""
    gone = (
        min((w.day for w in machine.plan.withdrawn), default=None)
        if isinstance(machine.plan, Referral)
        else None
    )
    then = facts_of([d for w in old.weeks for d in w.days], opened, gone)
    now = facts_of([d for w in plan.weeks[: len(old.weeks)] for d in w.days], opened, gone)
    assert then == now, "P1"


def reactions(machine, ahead):
    """S1, S2 and S5: stop, pause, rest."""
    assert not warned(machine), "S1: a plan after a warning sign"
    bad = sorted(
        {r.day for r in of(machine, SessionReport) if surely_bad(machine, r) and since(machine, r)}
    )
    runs = {r.day for r in of(machine, SessionReport) if r.session == "run" or r.where == "further"}
    bad = [day for day in bad if day in runs]
    for first, third in zip(bad, bad[2:], strict=False):
        assert (third - first).days >= 28 or not ahead, "S2"
    rest = 3 * DAY if machine.first.reach == "full" else 2 * DAY
    for day in bad:
        assert not [p for p in ahead if day < p.day < day + rest], "S5"


def names(plan):
    """Return the stages of the ladder in order."""
    return [s.id for s in CONTENT.protocols[plan.provenance.protocol].stages]


def steps(machine, plan, ahead):
    """S3, S4, S5 and S8: what the next session may be."""
    if not ahead:
        return
    stages, protocol = names(plan), CONTENT.protocols[plan.provenance.protocol]
    number = stages.index(ahead[0].session.stage)
    clinician = plan.intake.clinician
    if clinician and clinician.highest_stage in stages:
        highest = stages.index(clinician.highest_stage)
        assert max(stages.index(p.session.stage) for p in ahead) <= highest, "C2"
    if plan.provenance.protocol != machine.first.provenance.protocol:
        return
    began = stages.index(ladder(machine.first)[0].session.stage)
    reports = [r for r in of(machine, SessionReport) if r.session == "run"]
    good = [r for r in reports if surely_good(r)]
    assert number - began <= len(good) // 3, "S4: a step without three good sessions"
    assert number - began <= (ahead[0].day - plan.start).days // 7, "S3"
    done = [r for r in reports if r.done != "no"]
    last = done[-1] if done else None
    if last and surely_bad(machine, last) and since(machine, last):
        was = plan.standing and stages.index(plan.standing.stage)
        assert number <= max(0, was - 1), "S5: no stage back"
    top = max(session_minutes(s) for stage in protocol.stages for s in stage.sessions)
    own = plan.start + 30 * DAY > ahead[0].day and machine.first.intake.history.longest_run
    longest = max(
        [top, own.total_seconds() / 120 if own else 0]
        + [1.1 * ran(plan, r) for r in done if (ahead[0].day - r.day).days <= 30]
    )
    assert ahead[0].session.run_minutes <= longest + 1e-9, "S8"


def session_minutes(session):
    """Return the run minutes of the steps of a session."""
    return sum(
        step.repeat * b.time.total_seconds() / 60
        for step in session
        for b in step.bouts
        if b.move == "run"
    )


def ran(plan, report):
    """Return the most minutes that a report can stand for."""
    if report.run is not None:
        return report.run.total_seconds() / 60
    shown = [p.session.run_minutes for p in ladder(plan, report.day, report.day)]
    top = 30.0
    return shown[0] if shown else max(top, *(p.session.run_minutes for p in ladder(plan)))


def nothing_is_made_up(old, plan, opened):
    """S16: in the running week there is never more left than was printed."""
    monday = opened - opened.weekday() * DAY
    if opened == monday:
        return
    for kind in ("run", "strength", "cross-training", "mobility"):
        left, printed = (
            sum(
                slot.rpartition("-")[0] == kind
                for w in version.weeks
                for slot, day, _ in w.placed
                if opened <= day < monday + 7 * DAY
            )
            for version in (plan, old)
        )
        assert left <= printed, f"S16: {kind}"


def nothing_is_borrowed(old, plan, opened):
    """P4: a changed running week keeps its distance from the next week as it was printed."""
    monday = opened - opened.weekday() * DAY
    if opened == monday or (plan.standing and plan.standing.held):
        return
    # A week with a day away that is new changes as well.
    if any(
        change.first <= monday + 13 * DAY and change.last >= monday + 7 * DAY
        for change in plan.intake.week.exceptions
        if change not in old.intake.week.exceptions
    ):
        return
    if old.provenance.protocol != plan.provenance.protocol:
        return
    stages = {s.id: s for s in CONTENT.protocols[plan.provenance.protocol].stages}
    week, sunday = 7 * DAY, monday + 6 * DAY
    mine = [p for p in ladder(plan, opened, sunday) if p.day not in days_of(old, opened, sunday)]
    following = ladder(old, monday + week, sunday + week)
    for placed in mine:
        for other in following[:1]:
            least = stages[placed.session.stage].hours_between
            assert (other.day - placed.day).days * 24 >= least, "P4"


def days_of(plan, first, last):
    """Return the days with a session of the ladder."""
    return {p.day for p in ladder(plan, first, last)}


def nothing_is_overfull(plan, opened):
    """S11 and S14: a rest day in each week, and never more than six exercises on a day."""
    for number in plan.weeks:
        if number.days[0].day < opened:
            continue
        busy = [d for d in number.days if any(s.kind != "mobility" for s in d.sessions)]
        assert len(busy) <= 6, "S11"
        assert all(
            sum(len(s.items) for s in d.sessions if s.kind != "cross-training") <= 6
            for d in number.days
        ), "S14"


def versions(old, new, log):
    """Each version names the one before and the log; what is gone is said."""
    then, now = old.provenance, new.provenance
    assert (now.plan, now.version) == (then.plan, then.version + 1)
    assert now.parent == fingerprint(old.model_dump_json(exclude={"quality"}))
    assert now.log == log.fingerprint
    assert now.entries == max((e.id for e in log.entries), default=0)
    base = old if isinstance(old, Plan) else old.before
    # Today is over as soon as something of it was reported.
    began = any(e.day == now.made_on for e in valid(log) if isinstance(e, SessionReport))
    opened = max(base.start, now.made_on + began * DAY)
    had = {(w.week, w.slot) for w in old.withdrawn} | {
        (w.number, p.slot)
        for w in base.weeks
        for p in w.placed
        if p.day >= opened and isinstance(old, Plan)
    }
    have = (
        {(w.number, p.slot) for w in new.weeks for p in w.placed}
        if isinstance(new, Plan)
        else set()
    )
    assert {(w.week, w.slot) for w in new.withdrawn} == had - have, "withdrawn"


def test_no_log_ever_leads_to_a_plan_that_breaks_a_rule():
    """Whatever is entered in whatever order, every later version keeps every rule."""
    run_state_machine_as_test(
        Reports, settings=settings(max_examples=16, stateful_step_count=12, deadline=None)
    )
