"""A saved plan is read back as it was written, or refused with one clear message."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from programgen import service
from programgen.cli import main
from programgen.content.saved_plan import LARGEST, read_plan
from programgen.content.schema import schemas
from programgen.core.plan import OpenQuestions
from programgen.errors import ContentError
from tests.conftest import MONDAY, TODAY, a_runner, planned

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(p for p in (ROOT / "examples").glob("*.yaml") if ".log" not in p.name)
SCHEMA = Draft202012Validator(json.loads(schemas()["plan.schema.json"]))
HOSTILE = 'Zoë علي 🏃‍♀️ "q" </script><img onerror=x> \\u0000 #\t'


def saved(result, content):
    """Return a result as it is saved."""
    return service.document(result, content, ".json", "a4")


@pytest.fixture(scope="module")
def plan(content):
    """A plan of four weeks."""
    return planned(content, a_runner(content), weeks=4)


def refused(path, content):
    """Return the problems with which a file is refused."""
    with pytest.raises(ContentError) as caught:
        read_plan(path, content)
    return caught.value.problems


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_every_example_fits_the_schema_and_comes_back_equal(path, content, tmp_path):
    """Plans and referrals; the same value and the same bytes."""
    intake = service.read_intake(path, content, TODAY)
    result = service.plan(intake, content, start=MONDAY, made_on=TODAY)
    raw = saved(result, content)
    target = tmp_path / "plan.json"
    target.write_bytes(raw)
    back = read_plan(target, content)

    assert list(SCHEMA.iter_errors(json.loads(raw))) == []
    assert back == result
    assert saved(back, content) == raw


def test_open_questions_fit_the_schema_and_are_no_plan(content, tmp_path):
    """They are saved, too, and cannot be exported."""
    result = planned(content, a_runner(content, unanswered=["bladder-trouble"]))
    path = tmp_path / "open.json"
    path.write_bytes(saved(result, content))

    assert isinstance(result, OpenQuestions)
    assert list(SCHEMA.iter_errors(json.loads(path.read_bytes()))) == []
    assert [p.message for p in refused(path, content)] == ["holds open questions and no plan"]


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan.pop("weeks"),
        lambda plan: plan.update(reach="everything"),
        lambda plan: plan.update(extra=1),
        lambda plan: plan["weeks"][0].update(days=[]),
        lambda plan: plan["provenance"].update(plan="no fingerprint"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(plan, content, tmp_path, change):
    """A missing, unknown or ill-formed part."""
    value = json.loads(saved(plan, content))
    change(value)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(value))

    assert list(SCHEMA.iter_errors(value))
    assert len(refused(path, content)) == 1


@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_schemas_in_the_repository_are_fresh(name):
    """'make schema' would change nothing."""
    assert (ROOT / "exercises/schema" / name).read_text() == schemas()[name]


def test_text_of_people_comes_back_as_it_was(content, tmp_path):
    """Letters of any script, emoji, quotes, and a note of 10,000 signs."""
    changes = {
        "who": {"name": HOSTILE.strip()},
        "clinician": {
            "name": "A. Physio",
            "reviewed_on": "2026-11-23",
            "cleared_to_run": True,
            "note": (HOSTILE * 300)[:10_000],
        },
    }
    result = planned(content, a_runner(content, changes), weeks=1)
    path = tmp_path / "plan.json"
    path.write_bytes(saved(result, content))

    assert read_plan(path, content) == result


def moved_run(value):
    """Put the second run on the day after the first."""
    days = [d for w in value["weeks"] for d in w["days"]]
    first, second = [
        i for i, d in enumerate(days) for s in d.get("sessions", ()) if s.get("stage")
    ][:2]
    run = next(s for s in days[second]["sessions"] if s.get("stage"))
    days[second]["sessions"].remove(run)
    days[first + 1].setdefault("sessions", []).insert(0, run)


def longer_run(value):
    """Run for an hour on the first day."""
    runs = (s for w in value["weeks"] for d in w["days"] for s in d.get("sessions", ()))
    next(s for s in runs if s.get("stage"))["steps"] = "run 60 min"


@pytest.mark.parametrize("change", [moved_run, longer_run])
def test_a_plan_that_was_changed_by_hand_is_refused(plan, content, tmp_path, change):
    """The checker reads it again and says what is broken."""
    value = json.loads(saved(plan, content))
    change(value)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(value))
    problems = refused(path, content)

    assert problems
    assert all(problem.message.startswith("was changed by hand: ") for problem in problems)


def test_a_plan_from_other_content_names_what_is_missing(plan, content, tmp_path):
    """Exercises and ladder of the plan have to be there."""
    path = tmp_path / "plan.json"
    path.write_bytes(saved(plan, content))
    gone = plan.exercises[0]
    kept = {name: e for name, e in content.exercises.items() if name != gone}
    poorer = replace(content, exercises=kept)
    bare = replace(content, protocols={})

    assert [gone in p.message and "--add" in p.message for p in refused(path, poorer)] == [True]
    assert ["needs the ladder" in p.message for p in refused(path, bare)] == [True]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[1, 2]",
        b'{"result": "plan"}',
        b'{"name": "somebody else\'s"}',
        b"\xff\xfe\x00",
        b"%PDF-1.7",
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b" " * (LARGEST + 1),
    ],
    ids=[
        "empty",
        "cut",
        "null",
        "list",
        "bare",
        "foreign",
        "bytes",
        "pdf",
        "deep",
        "nested",
        "huge",
    ],
)
def test_what_is_no_plan_gives_one_message(tmp_path, raw):
    """File, what is wrong and what to do; nothing is written, and no traceback."""
    path, target = tmp_path / "plan.json", tmp_path / "out.txt"
    path.write_bytes(raw)
    done = CliRunner().invoke(main, ["export", str(path), "-o", str(target)])

    assert done.exit_code == 1
    assert len(done.output.strip().splitlines()) == 1
    assert str(path) in done.output
    assert "plan" in done.output
    assert not target.exists()


def test_a_plan_cut_anywhere_is_refused(plan, content, tmp_path):
    """Half a file is never half a plan."""
    raw = saved(plan, content)
    path = tmp_path / "plan.json"
    for size in range(0, len(raw) - 2, len(raw) // 40):
        path.write_bytes(raw[:size])

        assert len(refused(path, content)) == 1
