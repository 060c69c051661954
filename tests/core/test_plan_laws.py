"""Laws that hold for every plan, whoever asks."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from programgen import service
from programgen.content.reading import Document
from programgen.core.catalogue import Catalogue
from programgen.core.checker import violations
from programgen.core.placement import best_week
from programgen.core.plan import OpenQuestions, Plan, Referral
from programgen.core.planner import Order, make_plan
from programgen.core.quantities import MILE
from programgen.core.triage import triage
from programgen.errors import ContentError, NoPlanError
from tests.conftest import MONDAY, TODAY
from tests.intakes import WEEKDAYS, intakes, with_clinician

CONTENT = service.catalogue()
MANY = settings(max_examples=700)
SOME = settings(max_examples=150)
FEW = settings(max_examples=60)


def intake_from(answers):
    """Return a checked intake, or discard answers that no file may hold."""
    try:
        return service.intake_of(Document("test", answers), CONTENT, TODAY)
    except ContentError:
        assume(False)
        raise


def result_of(intake, content=CONTENT, **options):
    """Return the raw result, not yet checked."""
    order = Order(**{"start": MONDAY, "made_on": TODAY, "program": "test", "weeks": 6, **options})
    try:
        return make_plan(intake, content, order)
    except NoPlanError:
        return None


@MANY
@given(
    st.one_of(
        intakes(CONTENT),
        with_clinician(CONTENT),
        intakes(CONTENT, flags=False),
        intakes(CONTENT, flags=False),
    ),
    st.integers(1, 30),
    st.integers(0, 20),
    st.sampled_from([None, "short-lay-off", "walking"]),
)
def test_every_plan_passes_the_independent_checker(answers, weeks, later, protocol):
    """Whatever is answered, whenever it starts, a plan that comes out keeps every hard rule."""
    start = TODAY + timedelta(days=later)
    result = result_of(intake_from(answers), weeks=weeks, start=start, protocol=protocol)

    if isinstance(result, Plan):
        assert violations(result, CONTENT) == []


@MANY
@given(st.one_of(intakes(CONTENT), with_clinician(CONTENT)))
def test_a_red_flag_or_an_open_question_never_gives_a_plan(answers):
    """A stop rule that fires or is unknown keeps the plan back, with or without a clinician."""
    intake = intake_from(answers)
    screening = triage(intake, CONTENT)
    result = result_of(intake)

    stopped = any(f.group == "stop" for f in screening.findings)
    if stopped:
        assert isinstance(result, Referral | OpenQuestions)
        assert result.result == "referral" or screening.is_open
    elif screening.is_open:
        assert isinstance(result, OpenQuestions)


@MANY
@given(intakes(CONTENT), st.sampled_from(sorted(CONTENT.vocabulary.screening)))
def test_one_more_symptom_never_loosens(answers, symptom):
    """A further yes can only raise the level, lower the reach and bar more."""
    before = triage(intake_from(answers), CONTENT).limits
    more = {**answers, "answers": {**answers["answers"], symptom: "yes"}}
    after = triage(intake_from(more), CONTENT).limits

    assert after.level.rank >= before.level.rank
    assert after.reach.rank <= before.reach.rank
    assert after.bar >= before.bar


@SOME
@given(intakes(CONTENT, flags=False), st.sampled_from(sorted(CONTENT.vocabulary.movements)))
def test_one_more_provoking_movement_never_adds_an_exercise(answers, movement):
    """A further complaint can only take exercises away."""
    from programgen.core.selection import select

    def offered(given_answers):
        intake = intake_from(given_answers)
        return set(select(intake, CONTENT, triage(intake, CONTENT)).suitable)

    better = [b for b in answers["better"] if b != movement]
    base = {**answers, "better": better}

    assert offered({**base, "worse": [*answers["worse"], movement]}) <= offered(base)


@SOME
@given(
    intakes(CONTENT, flags=False),
    st.sampled_from(["walking", "usual", "running"]),
    st.integers(1, 5),
)
def test_more_pain_never_starts_higher(answers, score, more):
    """A higher pain score can only lower the first stage."""
    from programgen.core.entry import enter

    ladder = CONTENT.protocols["low-back-walk-run"]
    pain = answers["pain"]
    worse = {**answers, "pain": {**pain, score: min(10, pain.get(score, 0) + more)}}
    known = {**answers, "pain": {**pain, score: pain.get(score, 0)}}

    low = enter(ladder, intake_from(worse), CONTENT.settings)
    high = enter(ladder, intake_from(known), CONTENT.settings)
    assert low.start <= high.start


@SOME
@given(
    intakes(CONTENT, flags=False),
    st.sampled_from(["walking", "usual", "running"]),
)
def test_a_score_that_is_left_out_never_starts_higher(answers, score):
    """No answer is never a low score: there is no plan, or the start is no higher."""
    pain = {k: v for k, v in answers["pain"].items() if k != score}
    told = result_of(intake_from(answers))
    silent = result_of(intake_from({**answers, "pain": pain}))

    if isinstance(silent, Plan) and isinstance(told, Plan):
        stages = [r.stage for r in told.rungs]
        here = [next(r.stage for r in p.rungs if r.here) for p in (silent, told)]
        assert stages.index(here[0]) <= stages.index(here[1])


@SOME
@given(intakes(CONTENT), st.randoms())
def test_the_order_of_the_catalogue_changes_nothing(answers, chance):
    """A shuffled catalogue gives the same plan."""

    def shuffled(table):
        rows = list(table.items())
        chance.shuffle(rows)
        return dict(rows)

    other = Catalogue(
        exercises=shuffled(CONTENT.exercises),
        rules=shuffled(CONTENT.rules),
        protocols=CONTENT.protocols,
        vocabulary=CONTENT.vocabulary,
        references=CONTENT.references,
        settings=CONTENT.settings,
        fingerprint=CONTENT.fingerprint,
    )
    intake = intake_from(answers)
    first, second = result_of(intake), result_of(intake, other)

    if isinstance(first, Plan):
        assert first.weeks == second.weeks
        assert first.exercises == second.exercises
        assert first.level == second.level


def renamed(content, known):
    """Return the catalogue with other names for its exercises."""
    lists = {
        key: setting.model_copy(update={"value": tuple(known[name] for name in setting.value)})
        for key in ("cross_order", "self_care")
        for setting in [getattr(content.settings, key)]
    }
    return replace(
        content,
        exercises={
            known[e.id]: e.model_copy(
                update={key: known.get(getattr(e, key)) for key in ("id", "easier", "harder")}
            )
            for e in content.exercises.values()
        },
        settings=content.settings.model_copy(update=lists),
    )


def with_names(value, known, *fields):
    """Return wishes or a clinician's block in which each name of an exercise is another."""
    return value.model_copy(
        update={f: tuple(known[name] for name in getattr(value, f)) for f in fields}
    )


@FEW
@given(with_clinician(CONTENT))
def test_other_names_for_the_exercises_change_nothing_but_the_names(answers):
    """The names of the catalogue decide ties alone: with the same order, the same plan."""
    known = {name: f"entry-{name}" for name in CONTENT.exercises}
    intake = intake_from(answers)
    update = {
        "wishes": with_names(intake.wishes, known, "dislikes"),
        "clinician": with_names(intake.clinician, known, "exclude", "require"),
    }
    first = result_of(intake)
    second = result_of(intake.model_copy(update=update), renamed(CONTENT, known))
    # The number of a plan is a fingerprint of the answers.
    told, said = (
        r
        and json.loads(r.model_dump_json(exclude={"provenance": {"plan"}}).replace('"entry-', '"'))
        for r in (first, second)
    )

    assert told == said


@FEW
@given(intakes(CONTENT, flags=False), st.sampled_from(sorted(CONTENT.vocabulary.equipment)))
def test_one_more_thing_at_hand_never_takes_a_run_away(answers, thing):
    """Equipment adds choices: no week loses a run, and what else bars an exercise still does."""
    without = [name for name in answers["equipment"] if name != thing]
    less, more = (
        result_of(intake_from({**answers, "equipment": things}))
        for things in (without, [*without, thing])
    )
    assume(isinstance(less, Plan))
    barred = {
        x.exercise
        for x in less.left_out
        if any(r.rule not in ("equipment", "place") for r in x.reasons)
    }

    assert isinstance(more, Plan)
    for was, now in zip(less.weeks, more.weeks, strict=True):
        old, new = ([p for p in w.placed if p.session.stage] for w in (was, now))
        assert len(new) >= len(old)
    assert not barred & set(more.exercises)
    assert not barred & {i.exercise for w in more.weeks for p in w.placed for i in p.session.items}


def days_with(plan, kind):
    """Return for each weekday whether each week has a session of a kind on it."""
    return [
        [kind in {"run" if s.stage else s.kind for s in w.days[day].sessions} for w in plan.weeks]
        for day in range(7)
    ]


@FEW
@given(
    intakes(CONTENT, flags=False),
    st.sampled_from(["run", "strength", "mobility", "cross-training"]),
    st.integers(0, 13),
)
def test_a_lock_that_the_plan_keeps_already_changes_nothing(answers, kind, which):
    """A day fixed where the session is every week, or barred where it never is."""
    plan = result_of(intake_from(answers))
    assume(isinstance(plan, Plan))
    there = days_with(plan, kind)
    kept = [("on", day) for day in range(7) if all(there[day])]
    kept += [("never", day) for day in range(7) if not any(there[day])]
    assume(kept)
    how, day = kept[which % len(kept)]
    wishes = answers["wishes"]
    lock = {"session": kind, how: WEEKDAYS[day]}
    locked = {**answers, "wishes": {**wishes, "locks": [*wishes["locks"], lock]}}

    assert result_of(intake_from(locked)).weeks == plan.weeks


@SOME
@given(intakes(CONTENT), st.randoms())
def test_the_same_answers_give_the_same_bytes(answers, chance):
    """The order in which answers are written means nothing."""
    told = list(answers["answers"].items())
    chance.shuffle(told)
    first = result_of(intake_from(answers))
    best_week.cache_clear()
    second = result_of(intake_from({**answers, "answers": dict(told)}))

    assert (first and first.model_dump_json()) == (second and second.model_dump_json())


@SOME
@given(intakes(CONTENT, flags=False), st.integers(5, 60))
def test_miles_and_kilometres_give_the_same_plan(answers, miles):
    """The unit of the answers changes nothing but the unit on paper."""

    def with_distance(text, units):
        return intake_from(
            {
                **answers,
                "who": {**answers["who"], "units": units},
                "history": {**answers["history"], "weekly_distance": text},
                "goal": {"distance": text},
            }
        )

    metric = result_of(with_distance(f"{miles * MILE / 1000:.6f} km", "km"))
    imperial = result_of(with_distance(f"{miles} mi", "mi"))

    if isinstance(metric, Plan):
        assert metric.weeks == imperial.weeks
        assert metric.goal_on == imperial.goal_on


@SOME
@given(intakes(CONTENT, flags=False), st.integers(1, 60))
def test_a_later_start_shifts_the_plan_and_nothing_else(answers, weeks):
    """Without dated exceptions, another start date gives the same week on other days."""
    answers = {**answers, "week": {**answers["week"], "exceptions": []}}
    intake = intake_from(answers)
    first = result_of(intake)
    later = result_of(intake, start=MONDAY + timedelta(weeks=weeks))

    if isinstance(first, Plan):
        assert [[d.sessions for d in w.days] for w in first.weeks] == [
            [d.sessions for d in w.days] for w in later.weeks
        ]


@SOME
@given(intakes(CONTENT, flags=False))
def test_a_longer_plan_keeps_the_first_weeks(answers):
    """More weeks add weeks at the end."""
    intake = intake_from(answers)
    short, long = result_of(intake, weeks=3), result_of(intake, weeks=7)

    if isinstance(short, Plan) and isinstance(long, Plan):
        assert long.weeks[:3] == short.weeks


@SOME
@given(intakes(CONTENT, flags=False), st.sampled_from(sorted(CONTENT.exercises)))
def test_excluding_an_exercise_never_changes_the_runs_dose(answers, name):
    """A dislike takes the exercise away and leaves the ladder as it is."""
    disliked = {
        **answers,
        "wishes": {**answers["wishes"], "dislikes": [*answers["wishes"]["dislikes"], name]},
    }
    first, second = result_of(intake_from(answers)), result_of(intake_from(disliked))

    if isinstance(first, Plan) and isinstance(second, Plan):
        assert name not in second.exercises
        assert [r.stage for r in first.rungs if r.here] == [r.stage for r in second.rungs if r.here]


def test_the_laws_are_not_empty():
    """The generated answers do give plans, referrals, open questions and clashes."""
    from hypothesis import Phase, find

    kinds = {
        "plan": lambda r: isinstance(r, Plan) and r.reach == "full",
        "gentle": lambda r: isinstance(r, Plan) and r.reach == "gentle",
        "referral": lambda r: isinstance(r, Referral),
        "open": lambda r: isinstance(r, OpenQuestions),
        "clash": lambda r: r is None,
    }
    for wanted in kinds.values():
        find(
            intakes(CONTENT),
            lambda a, w=wanted: w(_result_or_false(a)),
            # One example of each kind is enough, whether or not it is the smallest.
            settings=settings(max_examples=2000, phases=[Phase.generate]),
        )


def _result_or_false(answers):
    try:
        return result_of(service.intake_of(Document("test", answers), CONTENT, TODAY))
    except ContentError:
        return False


def test_a_week_without_room_is_explained():
    """Two days in a row cannot hold the runs; the message names the safety rule."""
    from tests.conftest import a_runner, baseline

    week = dict.fromkeys(baseline(CONTENT)["week"])
    weekend = {"minutes": 90, "places": ["home", "outdoor"]}
    intake = a_runner(CONTENT, {"week": {**week, "saturday": weekend, "sunday": weekend}})

    with pytest.raises(NoPlanError, match="48 hours between two runs"):
        service.plan(intake, CONTENT, start=MONDAY, made_on=TODAY)
