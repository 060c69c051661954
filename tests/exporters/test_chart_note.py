"""The chart note: short, plain, the same facts in both formats, and no name unasked."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from programgen import service
from programgen.cli import main
from programgen.core.plan import Plan, Referral
from programgen.exporters.base import Export
from programgen.exporters.chart_note import chart_note
from programgen.exporters.note_markdown import escaped
from tests.conftest import MONDAY, TODAY, a_runner, planned
from tests.exporters.plans import written
from tests.logs import log_of, run

EXAMPLES = sorted(
    p for p in (Path(__file__).parents[2] / "examples").glob("*.yaml") if ".log" not in p.name
)
HOSTILE = "Zoë علي 🏃‍♀️ </script>\n# Level: none\n- <img onerror=x> [a](http://b) www.c.d"


@pytest.fixture(scope="module", params=EXAMPLES, ids=[path.stem for path in EXAMPLES])
def result(request, content):
    """The result for each example; none of them has an open question."""
    intake = service.read_intake(request.param, content, TODAY)
    return service.plan(intake, content, start=MONDAY, made_on=TODAY)


def note(result, **asked):
    """Return the note as text, with every line of a fact joined again."""
    text = written(".note.txt", result, **asked).decode()
    return text, re.sub(r"\n  +", " ", text)


def test_it_fits_a_screen_and_a_half(result):
    """At most 76 columns and 75 lines."""
    lines = note(result)[0].splitlines()

    assert max(map(len, lines)) <= 76
    assert len(lines) <= 75


def test_text_and_markdown_tell_the_same(result):
    """Every line of the one is a line of the other, with the signs of Markdown escaped."""
    text = note(result)[1].splitlines()
    marked = written(".md", result).decode().splitlines()
    facts = [line.removeprefix("- ") for line in text if line.startswith("- ")]

    assert facts
    assert [line.removeprefix("- ") for line in marked if line.startswith("- ")] == [
        escaped(fact) for fact in facts
    ]


def test_it_says_what_was_found_and_what_made_it(result, content):
    """Each rule with its sources, the level, and every version."""
    text = note(result)[1]
    made = result.provenance

    for found in result.findings:
        line = next(line for line in text.splitlines() if f"{found.title}: " in line)
        assert line.endswith(f"[{', '.join(found.cite)}]") or not found.cite
    assert f"Plan {made.plan}, version {made.version}." in text
    assert f"programgen {made.program}, content {made.catalogue}" in text
    assert content.protocols[made.protocol].id in text


def test_it_lists_every_exercise_with_its_dose(result, content):
    """Those of the sessions; an edited dose is marked as such."""
    text = note(result)[1]
    if isinstance(result, Referral):
        assert "EXERCISES" not in text
        assert not [e for e in content.exercises.values() if f"- {e.words.name}: " in text]
        return
    items = {i.exercise: i for w in result.weeks for p in w.placed for i in p.session.items}
    for name, item in items.items():
        words = content.exercises[name].words
        line = next(line for line in text.splitlines() if line.startswith(f"- {words.name}: "))
        assert ("edited by the clinician" in line) == item.edited


def test_the_week_has_the_days_of_the_plan(content):
    """How often, and on which days."""
    plan = planned(content, a_runner(content))
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    first = [days[p.day.weekday()] for p in plan.weeks[0].placed if p.session.kind == "run"]
    line = next(x for x in note(plan)[1].splitlines() if x.startswith("- Run: "))

    assert line.endswith(f"({', '.join(first)}).")


def test_nobody_is_named_unasked(content):
    """Name, event, note and dated exceptions stand in it only with --identify."""
    changes = {
        "who": {"name": "Robin Q"},
        "goal": {"run": "30 min", "name": "Fun run of Robin", "on": "2027-06-01"},
        "clinician": {
            "name": "A. Physio",
            "reviewed_on": "2026-11-23",
            "cleared_to_run": True,
            "note": "Dear Robin. " + "x" * 9_900,
        },
        "week": {
            "exceptions": [
                {"first": "2026-12-02", "last": "2026-12-02", "minutes": 0, "why": "Robin's day"}
            ]
        },
    }
    plan = planned(content, a_runner(content, changes))
    assert isinstance(plan, Plan)
    for ending in (".md", ".note.txt"):
        silent = written(ending, plan).decode()
        named = written(ending, plan, identify=True).decode()

        assert "Robin" not in silent
        assert {"Robin Q", "Fun run of Robin", "Dear Robin", "Robin's day"} <= {
            told
            for told in ("Robin Q", "Fun run of Robin", "Dear Robin", "Robin's day")
            if told in re.sub(r"\s+", " ", named)
        }
        assert len(named) - len(silent) < 900
        assert "A. Physio" in silent


def test_text_of_people_stays_on_its_line(content):
    """A name cannot forge a heading, a line, a link or an element."""
    intake = a_runner(content, {"who": {"name": HOSTILE[:100]}})
    plan = planned(content, intake)
    usual = planned(content, a_runner(content, {"who": {"name": "Robin"}}))
    for ending in (".md", ".note.txt"):
        lines, expected = (
            [x for x in written(ending, p, identify=True).decode().splitlines() if x[:1] in "#-<"]
            for p in (plan, usual)
        )
        assert len(lines) == len(expected)
    marked = written(".md", plan, identify=True).decode()

    assert "Zoë علي 🏃‍♀️" in marked
    assert not re.search(r"(?<!\\)[<\[`]", marked)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# a", r"\# a"),
        ("- a - b", r"\- a - b"),
        ("12. a", r"12\. a"),
        ("1) a", r"1\) a"),
        ("*a* _b_ `c` ~d~ $e$ |", r"\*a\* \_b\_ \`c\` \~d\~ \$e\$ \|"),
        ("![a](b)", r"\!\[a\](b)"),
        ("<b> &lt;", r"\<b\> \&lt;"),
        ("http://a www.b a@b", r"http\://a www\.b a\@b"),
        ("\\*", r"\\\*"),
    ],
)
def test_signs_of_markdown_are_escaped(text, shown):
    """What starts a heading, list, emphasis, code, link, element, formula or address."""
    assert escaped(text) == shown


def test_a_later_version_says_what_changed_and_that_runs_wait(content):
    """The version before, each change, and what put the runs on hold."""
    first = planned(content, a_runner(content))
    days = [p.day for w in first.weeks for p in w.placed if p.session.stage][:2]
    log = log_of(first, *(run(day, where="further") for day in days), entered=days[-1])
    later = service.updated(first, log, content, today=days[-1] + timedelta(days=1))
    text = note(later)[1]

    assert f"version 2, after {later.provenance.parent}." in text
    assert "- Runs wait: Pain moved down the leg twice in 7 days." in text
    assert all(change.text in text for change in later.changes)


def test_a_referral_gets_its_note_and_no_table(tmp_path):
    """Exporters say whether they write referrals; the others stay silent."""
    targets = [tmp_path / "a.note.txt", tmp_path / "a.md", tmp_path / "a.txt"]
    words = [x for target in targets for x in ("-o", str(target))]
    example = next(path for path in EXAMPLES if path.stem == "referral")
    done = CliRunner().invoke(main, ["plan", str(example), "--today", str(TODAY), *words])

    assert done.exit_code == 3
    assert [target.exists() for target in targets] == [True, True, False]
    assert "No plan. Level: emergency." in targets[0].read_text()


def test_the_note_needs_no_page(content):
    """Its parts stand in a fixed order, the result first and the versions last."""
    plan = planned(content, a_runner(content))
    titles = [section.title for section in chart_note(plan, Export(content)).sections]

    assert titles[0] == "Result"
    assert titles[-1] == "Versions"
    assert {"Stage", "Week", "Exercises", "Warnings given"} <= set(titles)
