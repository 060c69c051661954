"""Whole logs as stories that a clinician can read: tests/scenarios/logs.yaml.

A day is written as 'week 2 wed'. Each entry is typed in on its day (or on 'entered'), and the
plan is made again each time; what is not said of a session went well.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from programgen.content.reading import read
from programgen.core.checkin import Away
from programgen.core.log import Log, faults
from programgen.core.plan import Plan, Referral
from programgen.core.protocol import write_steps
from tests import logs
from tests.conftest import MONDAY, a_runner, planned

STORIES = read(Path(__file__).parent / "scenarios" / "logs.yaml").value
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SESSIONS = ("run", "strength", "mobility", "cross-training")
KNOWN = {
    "result",
    "action",
    "stage",
    "session",
    "next",
    "not_before",
    "runs_in_week",
    "says",
    "says_not",
    "ladder",
    "waiting",
    "advice",
    "goal",
    "weeks",
}


def the_day(text):
    """Return the date of 'week 2 wed'."""
    _, number, name = text.split()
    return MONDAY + timedelta(weeks=int(number) - 1, days=DAYS.index(name))


def the_entry(facts, content):
    """Return an entry of the log and the day on which it is typed in."""
    facts = dict(facts)
    entered, corrects = facts.pop("entered", None), facts.pop("corrects", None)
    kind = next(iter(facts))
    value = facts.pop(kind)
    if kind == "void":
        return logs.void(value), the_day(entered)
    if kind == "away":
        first, last = map(the_day, value)
        return Away(first=first, last=last, **facts), the_day(entered) if entered else first
    day = the_day(value)
    if kind == "week":
        entry = logs.week(day, content, **facts)
    elif kind == "release":
        entry = logs.release(day, **facts)
    elif kind == "missed":
        entry = logs.missed(day, **facts)
    else:
        assert kind in SESSIONS, kind
        if "run_minutes" in facts:
            facts["run"] = timedelta(minutes=facts.pop("run_minutes"))
        entry = logs.run(day, session=kind, **facts)
    entry = entry.model_copy(update={"supersedes": corrects})
    return entry, the_day(entered) if entered else day


class Story:
    """A runner, the log so far and the plan in hand."""

    def __init__(self, story, content):
        """Make the first plan."""
        self.content = content
        self.plan = planned(content, a_runner(content, story.get("intake")), **self.options(story))
        assert isinstance(self.plan, Plan)
        self.log = Log(plan=self.plan.provenance.plan)
        self.said = ""
        self.start = logs.ladder(self.plan)[0]
        for facts in story["log"]:
            if "well" in facts:
                self.go_well(facts["well"])
            else:
                self.enter(*the_entry(facts, content))
        self.today = the_day(story["today"])
        self.result = self.update(self.today)

    @staticmethod
    def options(story):
        """Return the ladder and the weeks that are asked for."""
        return story.get("options", {})

    def enter(self, entry, day):
        """Type an entry in and plan again."""
        self.log = self.log.appended([entry], day)
        assert not faults(self.log, day)
        self.update(day)

    def update(self, day):
        """Plan again on a day; what follows is the plan in hand."""
        result = logs.updated(self.plan, self.log, self.content, day)
        if isinstance(result, Plan) and result is not self.plan:
            self.said += " ".join(
                f"{c.text} {c.reason.text if c.reason else ''}" for c in result.changes
            )
        self.plan = result
        return result

    def go_well(self, weeks):
        """Do every session of the ladder of some weeks, and answer the weekly questions."""
        for number in weeks:
            first = MONDAY + timedelta(weeks=number - 1)
            for offset in range(7):
                day = first + timedelta(days=offset)
                for placed in logs.ladder(self.plan, day, day):
                    self.enter(logs.run(placed.day), day)
            self.enter(logs.week(day, self.content), day)

    @property
    def ahead(self):
        """The sessions of the ladder that are still to come."""
        return logs.ladder(self.plan, self.plan.standing.open_from)

    @property
    def actions(self):
        """What became of the runner, in the words of the decision table."""
        if isinstance(self.result, Referral):
            return {"stop" if self.result.findings[0].group == "decision" else "refer"}
        standing = self.plan.standing
        if standing.held:
            return {"pause"}
        found = set()
        if standing.rest_until and standing.rest_until > self.today:
            found.add("rest")
        done = [
            p
            for p in logs.ladder(self.plan, last=self.today)
            if p.session.outcome in ("done", "part")
        ]
        names = [s.id for s in self.content.protocols[self.plan.provenance.protocol].stages]
        then = (done or [self.start])[-1].session.stage
        if then not in names:
            return found | {"new ladder"}
        step = names.index(self.ahead[0].session.stage) - names.index(then)
        return found | {"up" if step > 0 else "stay" if step == 0 else f"back {-step}"}


def test_there_are_at_least_fifty_stories_with_names_of_their_own():
    """The stories cover the table, not a corner of it."""
    assert len(STORIES) >= 50
    assert len({story["name"] for story in STORIES}) == len(STORIES)


@pytest.mark.parametrize("story", STORIES, ids=[story["name"] for story in STORIES])
def test_log(story, content):
    """The story ends as the clinician expects."""
    expect = story["expect"]
    assert set(expect) <= KNOWN, "an expectation that nobody checks"
    told = Story(story, content)

    assert set(expect["action"]) == told.actions
    assert told.result.result == expect.get("result", "plan")
    if isinstance(told.result, Plan):
        a_plan(told, expect)
    else:
        said = " ".join(f.tell for f in told.result.findings)
        assert all(text in said for text in expect.get("says", ())), said


def a_plan(told, expect):
    """Check what is expected of a later version."""
    plan, ahead = told.plan, told.ahead
    said = told.said
    why = " ".join(r.text for r in (*plan.reasons, *(r for w in plan.weeks for r in w.reasons)))
    assert all(text in said for text in expect.get("says", ())), said
    last = " ".join(f"{c.text} {c.reason.text if c.reason else ''}" for c in plan.changes)
    assert not any(text in last for text in expect.get("says_not", ())), last
    assert all(text in why for text in expect.get("advice", ())), why
    if "stage" in expect:
        assert ahead[0].session.stage == expect["stage"]
    if "session" in expect:
        assert write_steps(ahead[0].session.steps) == expect["session"]
    if "next" in expect:
        assert ahead[0].day == the_day(expect["next"])
    if "not_before" in expect:
        assert ahead[0].day >= the_day(expect["not_before"])
    for number, count in expect.get("runs_in_week", {}).items():
        week = plan.weeks[int(number) - 1]
        placed = [p for p in week.placed if p.session.stage and p.session.outcome != "missed"]
        assert len(placed) == count, f"week {number}"
    if "ladder" in expect:
        assert plan.provenance.protocol == expect["ladder"]
    if "goal" in expect:
        assert (plan.goal_on is None) == (expect["goal"] == "none")
    assert set(expect.get("waiting", ())) <= set(plan.waiting)
    assert bool(expect.get("waiting")) == bool(plan.waiting)
    if "weeks" in expect:
        assert len(plan.weeks) == expect["weeks"]
