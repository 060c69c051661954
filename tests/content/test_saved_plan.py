"""A saved plan is read back as it was written, or refused with one clear message."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from programgen import service
from programgen.cli import main
from programgen.content.reading import Document
from programgen.content.saved_plan import LARGEST, read_plan
from programgen.content.schema import schemas
from programgen.core.plan import OpenQuestions, Plan, Referral
from programgen.core.rescreening import disagreements, restrictions
from programgen.core.standing import stopping_questions
from programgen.core.triage import triage
from programgen.core.vocabulary import Level, Reach
from programgen.errors import ContentError, NoPlanError
from tests.conftest import MONDAY, TODAY, a_runner, planned
from tests.intakes import intakes
from tests.replanned import a_tick_earned, after_a_bad_run, on_hold, stopped

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
    (problem,) = refused(path, content)

    assert problem.message.startswith("holds open questions and no plan; answer bladder-trouble ")


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
    assert all(problem.message.startswith("was changed by hand (") for problem in problems)


def rewritten(path, result, content, change):
    """Save a result, change its JSON by hand, and return the path."""
    value = json.loads(saved(result, content))
    change(value)
    path.write_text(json.dumps(value))
    return path


def messages(path, content, purpose="show"):
    """Return what a saved plan is refused with, as one text."""
    with pytest.raises(ContentError) as caught:
        read_plan(path, content, purpose)
    return "\n".join(p.message for p in caught.value.problems)


def cleared(value):
    """Take every finding out."""
    value["findings"] = []


def milder(value):
    """Say of a finding that it allows everything."""
    value["findings"][0].update(plan="full", level="self-care")


def at_ease(value):
    """Say that nobody has to look at the back."""
    value["level"] = "self-care"


def unlocked(value):
    """Say that running is allowed."""
    value["reach"] = "full"


def for_years(value):
    """Say that the answers count for years."""
    value["valid_until"] = "2031-01-01"


@pytest.mark.parametrize("change", [cleared, milder, at_ease, unlocked, for_years])
@pytest.mark.parametrize("purpose", ["show", "compare", "replan"])
def test_a_saved_plan_says_what_its_answers_say(content, tmp_path, change, purpose):
    """Findings, level and reach come from the screening, which is done again."""
    plan = planned(content, a_runner(content, {"answers": {"leg-pain-below-buttock": "yes"}}))
    path = rewritten(tmp_path / "plan.json", plan, content, change)

    assert isinstance(plan, Plan)
    assert "was changed by hand (take the change back" in messages(path, content, purpose)


def stops_alone(name):
    """Return whether a yes to one question stops every plan."""
    content = service.catalogue()
    return triage(a_runner(content, {"answers": {name: "yes"}}), content).limits.reach is Reach.NONE


SIGNS = sorted(filter(stops_alone, stopping_questions(service.catalogue())))


def with_sign(name, *, answer="yes", known=True):
    """Return a change that answers a warning question, or one that hides with which content."""

    def change(value):
        value["intake"]["answers"][name] = answer
        value["findings"] = []
        if not known:
            value["provenance"]["catalogue"] = "0" * 12

    return change


@pytest.mark.parametrize("known", [True, False], ids=["same content", "other content"])
@pytest.mark.parametrize("name", SIGNS)
def test_a_warning_sign_in_the_answers_is_never_shown_as_a_plan(
    plan, content, tmp_path, name, known
):
    """Whatever else the file says; not even if it names other content. Unsure is no 'no'."""
    yes = rewritten(tmp_path / "yes.json", plan, content, with_sign(name, known=known))
    change = with_sign(name, answer="unsure", known=known)
    unsure = rewritten(tmp_path / "unsure.json", plan, content, change)
    for purpose in ("show", "compare") if not known else ("show", "compare", "replan"):
        assert "have a warning sign, and that stops every plan" in messages(yes, content, purpose)
        assert name in messages(unsure, content, purpose)


def test_nearly_every_question_about_warning_signs_stops_alone():
    """So that the test above asks about all of them."""
    assert len(SIGNS) >= 20


READERS = (
    ("export", "{plan}", "-o", "out.html"),
    ("export", "{plan}", "-o", "out.ics", "-o", "out.csv", "-o", "out.md"),
    ("progress", "{plan}", "-o", "out.html"),
    ("diff", "{plan}", "{plan}"),
    ("update", "{plan}", "-o", "out.pdf"),
    ("checkin", "{plan}", "--day", "2026-12-01", "--done", "yes"),
)


@pytest.mark.parametrize("words", READERS, ids=[words[0] for words in READERS])
def test_every_reader_screens_a_saved_plan_again(plan, content, tmp_path, words, monkeypatch):
    """With the sign and what to do, exit code 1 and nothing written."""
    monkeypatch.chdir(tmp_path)
    path = rewritten(tmp_path / "plan.json", plan, content, with_sign("bladder-trouble"))
    before = path.read_bytes()
    done = CliRunner().invoke(main, [word.format(plan=path) for word in words])

    assert done.exit_code == 1, done.output
    assert "a warning sign, and that stops every plan" in done.output
    assert "emergency" in done.output
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.name[0] != "."] == ["plan.json"]


def test_a_warning_sign_under_other_content_withdraws_the_plan(plan, content, tmp_path):
    """Planning again screens again: what comes out is a referral, whatever the file says."""
    change = with_sign("bladder-trouble", known=False)
    path = rewritten(tmp_path / "plan.json", plan, content, change)
    done = CliRunner().invoke(main, ["update", str(path), "--today", "2026-12-01"])

    assert done.exit_code == 3, done.output
    assert "The plan is withdrawn." in done.output
    assert isinstance(read_plan(path, content), Referral)


def test_a_plan_from_other_content_is_shown_with_a_note(plan, content, tmp_path):
    """Which content, which is in use, and what to do; the file is as it was made."""

    def older(value):
        value["provenance"]["catalogue"] = "0123456789ab"

    path = rewritten(tmp_path / "plan.json", plan, content, older)
    out = tmp_path / "out.csv"
    done = CliRunner().invoke(main, ["export", str(path), "-o", str(out)])
    note = " ".join(done.stderr.split())

    assert done.exit_code == 0
    assert out.exists()
    assert f"other content (0123456789ab) than is in use ({content.fingerprint})" in note
    assert "programgen update" in note
    assert "Note:" not in done.stdout


def stricter(content, **changes):
    """Return content in which the rule on leg pain says something else."""
    rule = content.rules["leg-pain"]
    then = rule.then.model_copy(update=changes)
    rules = {**content.rules, rule.id: rule.model_copy(update={"then": then})}
    return replace(content, rules=rules, fingerprint="0123456789ab")


def test_content_that_has_become_stricter_shows_no_old_plan(content, tmp_path):
    """It says what it would keep back; planning again is open."""
    plan = planned(content, a_runner(content, {"answers": {"leg-pain-below-buttock": "yes"}}))
    path = rewritten(tmp_path / "plan.json", plan, content, dict)
    stopping = stricter(content, plan=Reach.NONE, level=Level.URGENT)
    bar = {tag for found in plan.findings for tag in found.bar}
    more = next(tag for tag in content.vocabulary.tags if tag not in bar)
    barring = stricter(content, bar=(more, *content.rules["leg-pain"].then.bar))

    assert "a warning sign, and that stops every plan" in messages(path, stopping)
    assert "it allows less: a rule has become stricter" in messages(path, barring)
    assert "programgen update" in messages(path, barring)
    assert read_plan(path, stopping, "replan") == plan


def test_a_referral_says_what_its_answers_say(content, tmp_path):
    """Neither a milder level nor answers that stop nothing."""
    result = planned(content, a_runner(content, {"answers": {"bladder-trouble": "yes"}}))

    def denied(value):
        value["intake"]["answers"]["bladder-trouble"] = "no"

    assert isinstance(result, Referral)
    for change in (lambda value: value.update(level="refer"), denied):
        path = rewritten(tmp_path / "plan.json", result, content, change)

        assert "was changed by hand" in messages(path, content)


@settings(max_examples=40)
@given(intakes(service.catalogue()))
def test_what_was_made_agrees_with_its_answers(answers):
    """Whatever was answered: a plan or a referral that nobody touched is never refused."""
    content = service.catalogue()
    try:
        intake = service.intake_of(Document("test", answers), content, TODAY)
        result = planned(content, intake, weeks=2)
    except (ContentError, NoPlanError):
        return

    if not isinstance(result, OpenQuestions):
        assert [*disagreements(result, content), *restrictions(result, content)] == []


@pytest.mark.parametrize(
    "make", [after_a_bad_run, on_hold, a_tick_earned, stopped], ids=lambda make: make.__name__
)
def test_every_later_version_comes_back(content, tmp_path, make):
    """A re-planned, a held and a withdrawn plan."""
    made = make()
    result = made[0] if isinstance(made, tuple) else made
    path = tmp_path / "plan.json"
    path.write_bytes(saved(result, content))

    assert read_plan(path, content) == result


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
