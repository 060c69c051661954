"""Laws that hold between two plans made again: the same but for one thing."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from programgen import service
from programgen.core.checkin import Away, SessionReport
from programgen.core.dose import run_minutes
from programgen.core.log import Log
from programgen.core.plan import Plan, Referral
from programgen.errors import NoPlanError
from tests import hard_rules
from tests.conftest import MONDAY, a_runner, merged, planned
from tests.logs import (
    RUNNERS,
    all_good,
    all_strong,
    first_plan,
    ladder,
    log_of,
    missed,
    release,
    run,
    updated,
    void,
    week,
)

CONTENT = service.catalogue()
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
SOME = settings(max_examples=25)
FEW = settings(max_examples=8)
FIRST = {name: first_plan(CONTENT, name) for name in RUNNERS}
WITHOUT_GATES = ("six weeks off", "a short break", "never stopped", "leg pain", "short days")

names = st.sampled_from(sorted(RUNNERS))
scores = st.sampled_from([0, 1, 1, 2, 3, 5, 7])
facts = st.fixed_dictionaries({"during": scores, "morning": scores}) | st.just({})
histories = st.lists(facts, min_size=1, max_size=9)


def reports(plan, felt):
    """Return a report for each of the first sessions of a plan."""
    return [run(p.day, **f) for p, f in zip(ladder(plan), felt, strict=False)]


def after(plan, entries, today=None):
    """Return what becomes of a plan after these entries."""
    day = today or max(e.day for e in entries) + DAY
    try:
        return updated(plan, log_of(plan, *entries), CONTENT, day)
    except NoPlanError:
        assume(False)
        raise


def shape(result):
    """Return what a runner sees: the weeks, or why there are none."""
    return result.findings if isinstance(result, Referral) else (result.weeks, result.standing)


def highest(plan, first):
    """Return the highest session so far on each day: its stage, beyond the ladder its minutes.

    A lighter week beyond the ladder may have runs below the last stage.
    """
    stages = CONTENT.protocols[plan.provenance.protocol].stages
    names = [s.id for s in stages]
    found, top = {}, (-1, 0.0)
    days = {p.day: p.session for p in ladder(plan, first)}
    for offset in range(60):
        session = days.get(first + offset * DAY)
        if session:
            number = names.index(session.stage)
            least = run_minutes(stages[-1].top)
            beyond = max(least, session.run_minutes) if number == len(stages) - 1 else 0.0
            top = max(top, (number, beyond))
        found[offset] = top
    return found


def is_no_harder(plan, other, first):
    """Return whether on no day a harder session has come by than in the other plan.

    An easier session may come before the first one of the other plan.
    """
    if isinstance(plan, Referral):
        return True
    assert isinstance(other, Plan)
    ours, theirs = highest(plan, first), highest(other, first)
    begun = [day for day in ours if theirs[day] >= (0, 0.0)]
    return all(ours[day] <= theirs[day] for day in begun) and (
        bool(begun) or not ladder(plan, first)
    )


@SOME
@given(names, histories, st.randoms())
def test_the_order_in_which_reports_are_entered_does_not_matter(name, felt, chance):
    """A paper log typed in from the last page to the first gives the same plan."""
    entries = reports(FIRST[name], felt)
    entries += [
        run(e.day, session="strength", **f) for e, f in zip(entries, felt[1:], strict=False)
    ]
    mixed = list(entries)
    chance.shuffle(mixed)

    assert shape(after(FIRST[name], entries)) == shape(after(FIRST[name], mixed))


@SOME
@given(names, histories, st.data())
def test_a_report_that_is_taken_back_and_entered_again_changes_nothing(name, felt, data):
    """The log forgets nothing, and the plan is the same."""
    entries = reports(FIRST[name], felt)
    at = data.draw(st.integers(0, len(entries) - 1))
    today = entries[-1].day + DAY
    again = after(FIRST[name], [*entries, void(at + 1), entries[at]], today)

    assert shape(again) == shape(after(FIRST[name], entries, today))


@SOME
@given(names, histories)
def test_planning_again_twice_is_planning_again_once(name, felt):
    """Nothing new: the very same plan, on that day and the next."""
    entries = reports(FIRST[name], felt)
    result = after(FIRST[name], entries)
    log = log_of(FIRST[name], *entries)

    assert updated(result, log, CONTENT, entries[-1].day + DAY) is result


@SOME
@given(
    names,
    st.lists(
        st.tuples(
            st.integers(0, 9), st.sampled_from(["run", "strength", "mobility", "cross-training"])
        ),
        unique=True,
        min_size=1,
        max_size=6,
    ),
    facts,
)
def test_what_was_done_on_any_day_leads_to_a_plan_that_stays(name, done, felt):
    """Unplanned or not, sore or not: there is a plan, and planning again is the same plan."""
    entries = [run(MONDAY + at * DAY, session=kind, **felt) for at, kind in sorted(done)]
    today = max(e.day for e in entries) + DAY
    log = log_of(FIRST[name], *entries)
    result = updated(FIRST[name], log, CONTENT, today)

    assert updated(result, log, CONTENT, today) is result


AWAY = st.lists(st.tuples(st.integers(-3, 14), st.integers(0, 8)), min_size=1, max_size=3)


@SOME
@given(names, st.integers(1, 9), AWAY)
def test_days_away_are_planned_around_once(name, number, away):
    """P3: days away that are new in a version change nothing more in the next one."""
    entries = reports(FIRST[name], [{}] * number)
    today = entries[-1].day
    firsts = [(max(MONDAY, today + begin * DAY), days) for begin, days in away]
    gone = [Away(first=day, last=day + days * DAY) for day, days in firsts]
    log = log_of(FIRST[name], *entries, *gone)
    result = after(FIRST[name], [*entries, *gone], today)

    assert updated(result, log, CONTENT, today) is result


def test_a_lost_day_and_a_journey_are_planned_around_once():
    """P3: the running week loses its Saturday and the next one its end, both told at once."""
    plan = FIRST["never stopped"]
    saturday, thursday = MONDAY + 12 * DAY, MONDAY + 17 * DAY
    entries = [*all_good(plan, MONDAY + 8 * DAY), week(MONDAY + 6 * DAY, CONTENT)]
    gone = [Away(first=saturday, last=saturday), Away(first=thursday, last=thursday + 4 * DAY)]
    log = log_of(plan, *entries, *gone)
    result = updated(plan, log, CONTENT, MONDAY + WEEK)

    assert result is not plan
    assert updated(result, log, CONTENT, MONDAY + WEEK) is result


@SOME
@given(names, histories, st.data())
def test_on_the_same_runs_more_pain_never_makes_a_later_run_harder(name, felt, data):
    """One score of one report is raised; every session was done in both."""
    entries = reports(FIRST[name], felt)
    at = data.draw(st.integers(0, len(entries) - 1))
    key = data.draw(st.sampled_from(["during", "after", "morning"]))
    more = data.draw(st.integers(1, 6))
    sore = entries[at].model_copy(update={key: min(10, (getattr(entries[at], key) or 0) + more)})
    worse = [*entries[:at], sore, *entries[at + 1 :]]
    today = entries[-1].day + DAY
    before, now = after(FIRST[name], entries, today), after(FIRST[name], worse, today)

    assert is_no_harder(now, before, today)


SIGNS = st.sampled_from(
    [
        {"limp": "yes"},
        {"limp": "unsure"},
        {"where": "further"},
        {"where": "new-numb-weak"},
        {"spot": "yes"},
        {"spot": "unsure", "night": "yes"},
        {"night": "yes"},
    ]
)


@SOME
@given(names, histories, SIGNS, st.sampled_from(["run", "run", "strength", "mobility"]), st.data())
def test_on_the_same_sessions_a_worse_sign_never_makes_a_later_run_harder(
    name, felt, sign, kind, data
):
    """A limp, pain down the leg, numbness, a sore spot or a bad night is told of one session."""
    entries = reports(FIRST[name], felt)
    day = data.draw(st.sampled_from(entries)).day
    others = [e for e in entries if kind != "run" or e.day != day]
    calm = next((e for e in entries if e not in others), run(day, session=kind))
    told = SessionReport(**{**dict(calm), **sign})
    today = entries[-1].day + DAY
    before, now = (after(FIRST[name], [*others, e], today) for e in (calm, told))

    assert is_no_harder(now, before, today)


@SOME
@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from([0, 1, 1, 1, 3])), min_size=1))
def test_whatever_was_run_beyond_the_ladder_no_run_is_over_the_cap(told):
    """S8: 110 % of the longest run of 30 days, and one new longest in 7 days, or it is paused."""
    plan = FIRST["never stopped"]
    entries = [
        run(p.day, run=timedelta(minutes=length), during=pain)
        for p, (length, pain) in zip(ladder(plan), told, strict=False)
    ]
    assert capped(plan, entries) == []


def test_a_month_of_short_runs_is_the_new_longest():
    """S8: after 30 days the longest run of the start is forgotten, also for what counts as new."""
    plan = FIRST["never stopped"]
    for count in range(8, 16):
        entries = [run(p.day, done="part", run=timedelta(minutes=20)) for p in ladder(plan)[:count]]

        assert capped(plan, entries) == []


def capped(plan, entries):
    """Return the faults of the longest run after these reports."""
    today = entries[-1].day + DAY
    later = after(plan, entries, today)
    story = hard_rules.Story(plan, plan, later, today, tuple(entries), CONTENT)
    assert not (later.standing.held and ladder(later, today))
    return list(hard_rules.s8_longest_run(story))


@FEW
@given(names, histories)
def test_a_longer_plan_keeps_the_first_weeks_of_later_versions(name, felt):
    """More weeks add weeks at the end, whatever was reported."""
    plan = FIRST[name]
    entries = reports(plan, felt)
    short, long = after(plan, entries), after(first_plan(CONTENT, name, weeks=13), entries)

    assert type(short) is type(long)
    if isinstance(short, Plan):
        assert long.weeks[: len(plan.weeks)] == short.weeks[: len(plan.weeks)]
        assert long.standing == short.standing


FELT = st.sampled_from([{}, {}, {}, {"during": 3}, {"during": 6}, {"morning": 4}])


@SOME
@given(names, st.lists(FELT, min_size=1, max_size=12), st.data())
def test_a_missed_run_never_makes_a_later_run_harder(name, felt, data):
    """A run that went well is missed instead: it is not made up, not this week, not later."""
    entries = reports(FIRST[name], felt)
    good = [at for at, entry in enumerate(entries) if entry == run(entry.day)]
    assume(good)
    at = data.draw(st.sampled_from(good))
    fewer = [*entries[:at], missed(entries[at].day), *entries[at + 1 :]]
    today = entries[-1].day + DAY
    before, now = after(FIRST[name], entries, today), after(FIRST[name], fewer, today)
    sunday = today + (6 - today.weekday()) * DAY

    assert is_no_harder(now, before, today)
    if len(good) == len(entries):
        assert len(ladder(now, today, sunday)) <= len(ladder(before, today, sunday))


@SOME
@given(st.integers(1, 4), st.integers(0, 6))
def test_a_lost_day_changes_the_days_of_its_own_week_alone(number, weekday):
    """Told ahead, a day away leaves the weekdays of every other week as they were."""
    plan = FIRST["six weeks off"]
    entries = all_good(plan, MONDAY + DAY)
    base = after(plan, entries, MONDAY + DAY)
    gone = MONDAY + number * WEEK + weekday * DAY
    away = after(plan, [*entries, Away(first=gone, last=gone)], MONDAY + DAY)

    def days(result):
        return [
            [(p.slot.partition("-")[0], p.day) for p in w.placed if p.session.kind != "mobility"]
            for w in result.weeks
        ]

    rows = zip(days(base), days(away), strict=True)
    changed = [at for at, (old, new) in enumerate(rows) if old != new]
    # The week after may have to keep its distance from a session that was moved.
    assert set(changed) <= {number, number + 1}
    assert not [p for w in away.weeks for p in w.placed if p.day == gone]
    assert len(ladder(away)) <= len(ladder(base))


@FEW
@given(names, histories, st.integers(1, 40))
def test_a_later_start_shifts_the_plan_and_nothing_else(name, felt, weeks):
    """The same reports some weeks later give the same sessions some weeks later."""
    shift = weeks * WEEK
    later = first_plan(CONTENT, name, start=MONDAY + shift)
    entries = reports(FIRST[name], felt)
    moved = [e.model_copy(update={"day": e.day + shift}) for e in entries]
    now, then = after(FIRST[name], entries), after(later, moved)

    if isinstance(now, Plan):
        assert [[d.sessions for d in w.days] for w in now.weeks] == [
            [d.sessions for d in w.days] for w in then.weeks
        ]


@FEW
@given(names, histories)
def test_miles_and_kilometres_lead_to_the_same_plan(name, felt):
    """The unit changes nothing but the unit on paper."""
    intake = a_runner(CONTENT, merged(RUNNERS[name], {"who": {"units": "mi"}}))
    miles = planned(CONTENT, intake)
    now, then = (after(p, reports(p, felt)) for p in (FIRST[name], miles))

    assert isinstance(now, Plan) is isinstance(then, Plan)
    if isinstance(now, Plan):
        assert now.weeks == then.weeks


@FEW
@given(st.sampled_from(["six weeks off", "short days"]), histories, st.data())
def test_more_minutes_on_a_day_never_drop_a_run(name, felt, data):
    """At the same stage, a longer day holds at least as many sessions of the ladder."""
    weekday = data.draw(st.sampled_from(["monday", "wednesday", "friday", "saturday"]))
    longer = {"week": {weekday: {"minutes": 90, "places": ["home", "outdoor"]}}}
    other = planned(CONTENT, a_runner(CONTENT, merged(RUNNERS[name], longer)))
    today = MONDAY + WEEK
    entries = reports(FIRST[name], felt[:3])
    now = after(FIRST[name], entries, today)
    more = after(
        other, [run(p.day, **f) for p, f in zip(ladder(other), felt[:3], strict=False)], today
    )

    for old, new in zip(now.weeks[1:], more.weeks[1:], strict=True):
        was, became = ([p.session.stage for p in w.placed if p.session.stage] for w in (old, new))
        if set(was) == set(became):
            assert len(became) >= len(was)


@pytest.mark.parametrize("name", WITHOUT_GATES)
def test_a_plan_that_goes_as_it_should_never_changes(name):
    """All sessions done, all good, all reported on their day: every week stays as printed."""
    first = plan = FIRST[name]
    log = Log(plan=plan.provenance.plan)
    for offset in range(7 * len(first.weeks)):
        today = MONDAY + offset * DAY
        due = [run(p.day) for p in ladder(plan, today, today)]
        due += [r for r in all_strong(plan, today + DAY) if r.day == today]
        due += [week(today, CONTENT)] if today.weekday() == 6 else []
        if not due:
            continue
        log = log.appended(due, today)
        plan = updated(plan, log, CONTENT, today)

    assert plan.provenance.version > len(first.weeks)
    assert facts_of(plan)[: len(first.weeks)] == facts_of(first)


def facts_of(plan):
    """Return what stands on each day, whatever became of it."""
    return [
        [(d.day, [s.model_copy(update={"outcome": None}) for s in d.sessions]) for d in w.days]
        for w in plan.weeks
    ]


@pytest.mark.parametrize("name", ["six weeks off", "never stopped"])
def test_a_year_can_be_planned_again(name):
    """52 weeks with a set-back every now and then keep every rule; the checker reads them all."""
    plan = first_plan(CONTENT, name, weeks=52)
    log = Log(plan=plan.provenance.plan)
    for number in range(52):
        sunday = MONDAY + number * WEEK + 6 * DAY
        felt = {"during": 5} if number % 9 == 4 else {}
        due = [run(p.day, **felt) for p in ladder(plan, sunday - 6 * DAY, sunday)][:2]
        log = log.appended([*due, week(sunday, CONTENT)], sunday)
        if number % 4 == 3:
            plan = updated(plan, log, CONTENT, sunday)
            assert isinstance(plan, Plan)

    assert len(plan.weeks) >= 52


def test_a_lost_day_may_add_easy_training_but_never_a_run():
    """Not a law: 'losing a day never adds cross-training'. A run that is dropped makes room.

    The law is: it never adds a run, and easy training is added only where a run went.
    """
    plan = FIRST["six weeks off"]
    entries = all_good(plan, MONDAY + DAY)
    base = after(plan, entries, MONDAY + DAY)
    for offset in range(7, 21):
        gone = MONDAY + offset * DAY
        away = after(plan, [*entries, Away(first=gone, last=gone)], MONDAY + DAY)
        for old, new in zip(base.weeks, away.weeks, strict=True):
            runs, easy = (
                [sum(p.slot.startswith(kind) for p in w.placed) for w in (old, new)]
                for kind in ("run", "cross")
            )
            assert runs[1] <= runs[0]
            assert easy[1] <= easy[0] or runs[1] < runs[0] or _lost(old, new, "strength")


def _lost(old, new, kind):
    counts = [sum(p.session.kind == kind for p in w.placed) for w in (old, new)]
    return counts[1] < counts[0]


def test_a_run_that_a_sore_morning_prevents_cannot_turn_bad():
    """Not a law: 'a worse morning never leads to more running later'.

    Who runs on a fair morning and has a bad reaction goes back a stage; who leaves the run out
    because of a sore morning repeats the stage. The law holds on the same runs only.
    """
    plan = FIRST["six weeks off"]
    good = all_good(plan, MONDAY + WEEK)
    day = ladder(plan, MONDAY + WEEK)[0].day
    today: date = day + DAY
    fair = after(plan, [*good, run(day, before=1, during=6)], today)
    sore = after(plan, [*good, missed(day, before=6)], today)
    same = after(plan, [*good, run(day, before=6, during=6)], today)

    assert ladder(fair, today)[0].session.stage == "r2"
    assert ladder(sore, today)[0].day < ladder(fair, today)[0].day
    assert is_no_harder(same, fair, today)


def minutes_of(plan, kind, first, last):
    """Return the minutes of each session of a kind from one day to another."""
    placed = (p for w in plan.weeks for p in w.placed if first <= p.day <= last)
    return [p.session.minutes for p in placed if p.session.kind == kind]


@SOME
@given(names, st.integers(1, 9), st.sampled_from(["strength", "cross-training", "mobility"]))
def test_the_room_that_a_bad_run_leaves_is_not_filled(name, number, kind):
    """After a bad reaction nothing else grows in that week and the next, though runs are short."""
    entries = reports(FIRST[name], [{}] * number)
    before = after(FIRST[name], entries[:-1] or entries)
    day = entries[-1].day
    sore = entries[-1].model_copy(update={"during": 7})
    later = updated(before, log_of(before, *entries[:-1], sore), CONTENT, day + DAY)
    last = day + (13 - day.weekday()) * DAY
    was, now = (minutes_of(p, kind, day + DAY, last) for p in (before, later))

    assert len(now) <= len(was)
    assert max(now, default=0) <= max(was, default=0)


def provoking(plan, day, kind):
    """Return the exercises of a session that bend, arch or twist the back far or under load."""
    motions = set(CONTENT.settings.provoking.value)
    return [
        i.exercise
        for w in plan.weeks
        for p in w.placed
        if p.day == day and p.session.kind == kind
        for i in p.session.items
        if motions & set(CONTENT.exercises[i.exercise].tags)
    ]


def planned_from(plan, first):
    """Return the exercises of every session from a day on."""
    placed = (p for w in plan.weeks for p in w.placed if p.day >= first)
    return {i.exercise for p in placed for i in p.session.items}


@pytest.mark.parametrize("kind", ["strength", "mobility"])
def test_what_moved_the_pain_down_the_leg_waits_for_a_clinician(kind):
    """Known by name, all exercises with its motion wait; else all of that session with one."""
    plan = FIRST["six weeks off"]
    day, found = next(
        (p.day, names)
        for w in plan.weeks
        for p in w.placed
        if p.session.kind == kind and (names := provoking(plan, p.day, kind))
    )
    spread = run(day, session=kind, where="further")
    named = spread.model_copy(update={"exercise": found[0]})
    motions = set(CONTENT.exercises[found[0]].tags) & set(CONTENT.settings.provoking.value)
    unnamed, known = after(plan, [spread]), after(plan, [named])
    left = {x.exercise: x.reasons for x in known.left_out}

    assert not planned_from(unnamed, day + DAY) & set(found)
    assert not any(
        motions & set(CONTENT.exercises[name].tags) for name in planned_from(known, day + DAY)
    )
    assert any("further down the leg" in r.text for r in left[found[0]])
    released = log_of(plan, named, release(day + DAY))
    assert found[0] not in {
        x.exercise for x in updated(plan, released, CONTENT, day + 2 * DAY).left_out
    }
