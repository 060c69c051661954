"""Whole stories that a clinician can read: tests/scenarios/*.yaml, one test per entry."""

from datetime import date
from pathlib import Path

import pytest

from programgen.content.reading import read
from programgen.core.plan import OpenQuestions, Plan, Referral
from programgen.core.planner import Order, make_plan
from programgen.core.triage import has_lapsed, triage
from programgen.errors import NoPlanError
from tests.conftest import MONDAY, TODAY, a_runner

FOLDER = Path(__file__).parent / "scenarios"
STORIES = [
    pytest.param(story, id=f"{path.stem}: {story['name']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    if path.stem != "logs"
    for story in read(path).value
]
KNOWN = {
    "level",
    "plan",
    "rules",
    "not_rules",
    "open",
    "fields",
    "result",
    "first_stage",
    "runs_in_week",
    "in",
    "out",
    "never",
    "says",
    "patterns",
    "ladder",
    "session",
    "goal_by",
    "weeks",
    "clash",
    "appointment",
    "longest_first_week",
}


def test_there_are_at_least_sixty_stories():
    """The stories cover the product, not a corner of it."""
    assert len(STORIES) >= 60


@pytest.mark.parametrize("story", STORIES)
def test_story(story, content):
    """The story ends as the clinician expects."""
    expect = story["expect"]
    assert set(expect) <= KNOWN, "an expectation that nobody checks"
    named = {name for key in ("in", "out", "never") for name in expect.get(key, ())}
    assert named <= set(content.exercises), "a misspelt exercise is always absent"
    rules = {*expect.get("rules", ()), *expect.get("not_rules", ()), *expect.get("patterns", ())}
    assert rules <= set(content.rules), "a misspelt rule never fires"
    intake = a_runner(content, story.get("intake"), story.get("unanswered", ()))
    screening = triage(intake, content, lapsed=has_lapsed(intake, content, TODAY))
    _screening(screening, expect)
    options = story.get("options", {})
    start = date.fromisoformat(options.get("start", str(MONDAY)))
    order = Order(
        start=start,
        made_on=TODAY,
        program="test",
        weeks=options.get("weeks"),
        protocol=options.get("protocol"),
    )
    if "clash" in expect:
        with pytest.raises(NoPlanError) as error:
            make_plan(intake, content, order)
        assert all(text in str(error.value) for text in expect["clash"])
        return
    result = make_plan(intake, content, order)
    _result(result, expect)
    if isinstance(result, Plan):
        _plan(result, expect)
    else:
        assert not set(expect) & {"first_stage", "runs_in_week", "in", "out", "session"}


def _screening(screening, expect):
    fired = {f.rule for f in screening.findings}
    if "level" in expect:
        assert screening.limits.level == expect["level"]
    if "plan" in expect:
        assert screening.limits.reach == expect["plan"]
    assert set(expect.get("rules", ())) <= fired
    assert not set(expect.get("not_rules", ())) & fired
    assert set(expect.get("open", ())) <= set(screening.open_questions)
    assert set(expect.get("fields", ())) <= set(screening.open_fields)
    if "patterns" in expect:
        assert set(expect["patterns"]) == {
            f.rule for f in screening.findings if f.group == "pattern"
        }
    if "appointment" in expect:
        assert any(f.appointment for f in screening.findings) is expect["appointment"]


def _result(result, expect):
    if expect.get("open") and expect.get("level") not in ("emergency", "urgent"):
        assert isinstance(result, OpenQuestions)
    elif expect.get("plan") == "none":
        assert isinstance(result, Referral)
    elif expect.get("plan") in ("gentle", "full"):
        assert isinstance(result, Plan)
    if "result" in expect:
        assert result.result == expect["result"]


def _plan(plan, expect):
    names = {i.exercise for w in plan.weeks for d in w.days for s in d.sessions for i in s.items}
    ladder = [s for w in plan.weeks for d in w.days for s in d.sessions if s.stage]
    said = " ".join(r.text for r in (*plan.reasons, *(r for w in plan.weeks for r in w.reasons)))
    left_out = {x.exercise: " ".join(r.text for r in x.reasons) for x in plan.left_out}
    if "first_stage" in expect:
        assert ladder[0].stage == expect["first_stage"]
    if "ladder" in expect:
        assert plan.provenance.protocol == expect["ladder"]
    if "runs_in_week" in expect:
        for number, count in expect["runs_in_week"].items():
            week = plan.weeks[int(number) - 1]
            assert sum(1 for d in week.days for s in d.sessions if s.stage) == count
    assert set(expect.get("in", ())) <= names
    assert set(expect.get("out", ())) <= set(left_out)
    assert not set(expect.get("never", ())) & names
    assert all(text in said for text in expect.get("says", ()))
    for kind, minutes in expect.get("session", {}).items():
        found = [
            s.minutes for w in plan.weeks for d in w.days for s in d.sessions if s.kind == kind
        ]
        assert found[0] == minutes
    if "longest_first_week" in expect:
        runs = [s.run_minutes for d in plan.weeks[0].days for s in d.sessions if s.kind == "run"]
        assert max(runs) == expect["longest_first_week"]
    if "goal_by" in expect:
        assert str(plan.goal_on) == expect["goal_by"]
    if "weeks" in expect:
        assert len(plan.weeks) == expect["weeks"]
