"""``programgen handout`` and its neighbours as a clinician meets them."""

import json
import re
from datetime import date

import pytest

from programgen import service
from programgen.core.handout import Wish
from programgen.core.selection import select
from programgen.core.triage import triage
from programgen.errors import ProgramgenError
from programgen.render.rule_text import clause, given_text
from tests.cli.test_commands import EXAMPLES, TODAY, run

DAY = date.fromisoformat(TODAY)
CLINIC = EXAMPLES / "clinic-file" / "clinic.yaml"


def sheet(*words):
    """Run the command on a fixed day."""
    return run("handout", *words, "--today", TODAY)


def test_a_sheet_is_written_in_all_formats(tmp_path):
    """Several outputs come from one run."""
    outputs = [tmp_path / f"sheet.{kind}" for kind in ("pdf", "json", "html")]
    words = [w for path in outputs for w in ("-o", path)]
    done = sheet("bird-dog", "plank", "--dose", "plank=3x20 s", "--clinic", CLINIC, *words)

    assert done.exit_code == 0, done.output
    assert outputs[0].read_bytes().startswith(b"%PDF-")
    found = json.loads(outputs[1].read_text())
    assert found["result"] == "handout"
    assert found["items"][1] == {
        "exercise": "plank",
        "dose": {"sets": 3, "hold": "20 s"},
        "edited": True,
        "part": "main",
    }
    assert "Nobody was screened" in done.output


def test_a_set_can_be_taken_and_added_to():
    """The exercises of the set come first, each once."""
    done = sheet("--set", "desk-back", "sit-to-stand", "pelvic-tilt")

    assert done.exit_code == 0, done.output
    assert done.output.count("Stand up and sit down") == 1
    assert done.output.index("Seated turn") < done.output.index("Pelvic tilt")
    assert "Hint: people do 4 exercises or fewer well" in done.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "name at least one exercise, or a set"),
        (["bird-dgo"], "did you mean 'bird-dog'?"),
        (["--set", "desk-bakc"], "did you mean 'desk-back'?"),
        (["butterfly"], "is never handed out"),
        (["sleep"], "is a self-care topic"),
        (["plank", "--dose", "plank"], "write it as bird-dog='2x8 5 s'"),
        (["plank", "--dose", "plank=lots"], "the dose of 'plank': 'lots' is not understood"),
        (["plank", "--dose", "plank=9x600 s"], "30 min is the most"),
        (["plank", "--dose", "bird-dog=2x8"], "has a dose but is not on the sheet"),
        (["plank", "--dose", "plank=2x8", "--dose", "plank=3x8"], "has two doses"),
        (["plank", "-o", "sheet.docx"], "ends in none of"),
        (["plank", "--exercises", "no/such"], "is not a folder"),
        (["plank", "--add", "no/such"], "is not a folder"),
        (["plank", "--templates", "no/such"], "is not a folder"),
    ],
)
def test_a_wish_that_cannot_be_met_is_told_plainly(words, says):
    """What, and what to do; exit code 1."""
    done = sheet(*words)

    assert (done.exit_code, says in done.output) == (1, True), done.output
    assert "Traceback" not in done.output


def test_all_mistakes_are_told_at_once(tmp_path):
    """And nothing is written."""
    target = tmp_path / "sheet.pdf"
    done = sheet("bird-dgo", "butterfly", "--set", "x", "--dose", "plank=2x", "-o", target)

    for part in ("bird-dgo", "butterfly", "'x' is not a set", "the dose of 'plank'"):
        assert part in done.output
    assert not target.exists()


def test_many_exercises_need_a_clear_word(content):
    """More than six are refused, unless they are asked for."""
    names = [e.id for e in content.exercises.values() if e.family == "core"][:7]
    few, many = sheet(*names), sheet(*names, "--many")

    assert few.exit_code == 1
    assert "7 exercises are more than 6" in few.output
    assert many.exit_code == 0


def test_a_warning_sign_gives_the_referral_page(tmp_path):
    """With answers, screening comes first: exit code 3, and no exercise on the page."""
    target = tmp_path / "page.html"
    done = sheet(
        "pelvic-tilt", "--for", EXAMPLES / "referral.yaml", "--clinic", CLINIC, "-o", target
    )
    page = target.read_text()

    assert done.exit_code == 3, done.output
    assert "Please have your back looked at first" in page
    assert "Pelvic tilt" not in page
    assert "Riverside Physiotherapy" in page


def test_barred_exercises_are_refused_with_the_reason():
    """All of them at once; what is left may be handed out."""
    answers = EXAMPLES / "restricted.yaml"
    out = sheet("bird-dog", "plank", "pelvic-tilt", "--for", answers)
    rest = sheet("pelvic-tilt", "--for", answers)

    assert out.exit_code == 1
    assert "'bird-dog' does not suit: It waits until" in out.output
    assert "'plank' does not suit" in out.output
    assert "pelvic-tilt" not in out.output
    assert rest.exit_code == 0, rest.output
    assert "Nobody was screened" not in rest.output


@pytest.mark.parametrize("name", ["restricted", "clinic", "runner", "long-off"])
def test_a_screened_sheet_agrees_with_the_selection_of_a_plan(content, name):
    """Each exercise alone: it is refused exactly where a rule or a wish keeps it out of a plan."""
    intake = service.read_intake(EXAMPLES / f"{name}.yaml", content, DAY)
    left_out = select(intake, content, triage(intake, content)).left_out
    out = {
        x.exercise
        for x in left_out
        if any(reason.rule not in ("place", "equipment") for reason in x.reasons)
    }
    for exercise in content.exercises.values():
        if exercise.doses is None or exercise.allowed in ("never", "clinician"):
            continue
        try:
            service.handout(Wish((exercise.id,)), content, made_on=DAY, intake=intake)
            given = True
        except ProgramgenError:
            given = False
        assert given == (exercise.id not in out) or (exercise.not_before and not given), exercise.id


def test_hops_wait_until_the_runner_is_far_enough():
    """Who starts with walks or the shortest runs gets no long hops on a screened sheet."""
    done = sheet("hop-long-set", "--for", EXAMPLES / "runner.yaml")

    assert done.exit_code == 1
    assert "It waits until the runner is at" in done.output


def test_what_only_a_clinician_adds_needs_a_clinician_in_the_answers():
    """The answers of the runner alone do not open it."""
    with_block = sheet("heel-drop-step", "--for", EXAMPLES / "clinic.yaml")
    without = sheet("heel-drop-step", "--for", EXAMPLES / "runner.yaml")

    assert with_block.exit_code == 0, with_block.output
    assert "Only a clinician adds this exercise." in without.output


@pytest.mark.parametrize("text", ["", "  ", "\a", "Sam\a", "Zoë 👍", "x" * 120])
def test_any_name_can_be_given(tmp_path, text):
    """An empty name is no name, and signs that nobody can print are left out."""
    done = sheet("plank", "--name", text, "--note", text, "-o", tmp_path / "sheet.pdf")

    assert done.exit_code == 0, done.output
    assert "Traceback" not in done.output


def test_a_note_has_an_end():
    """A novel is no note."""
    assert "make it shorter" in sheet("plank", "--note", "x" * 1001).output


def test_the_doses_of_the_clinician_in_the_answers_count():
    """They are shown as edited, and --dose goes before them."""
    answers = EXAMPLES / "clinic.yaml"
    first = sheet("glute-bridge", "--for", answers)
    second = sheet("glute-bridge", "--for", answers, "--dose", "glute-bridge=3x6")

    assert "2 rounds of 8, hold 3 s (set by you)" in first.output
    assert "3 rounds of 6 (set by you)" in second.output


def test_the_sets_are_listed():
    """Name, title and exercises."""
    done = run("exercises", "sets")

    assert done.exit_code == 0
    assert "desk-back: Exercises for desk days" in done.output
    assert json.loads(run("exercises", "sets", "--json").output)[0]["title"]


def test_a_plan_takes_the_letterhead_too(tmp_path):
    """Name, colour and the usual note; the chart as well."""
    target = tmp_path / "plan.html"
    words = ("--clinic", CLINIC, "--today", TODAY, "-o", target)
    done = run("plan", EXAMPLES / "runner.yaml", *words)
    page = target.read_text()

    assert done.exit_code == 0, done.output
    assert "A note from Riverside Physiotherapy" in page
    assert "#0b5563" not in page


def test_a_broken_clinic_file_stops_before_anything_is_written(tmp_path):
    """Exit code 1, with file and line."""
    bad, target = tmp_path / "clinic.yaml", tmp_path / "plan.html"
    bad.write_text("name: A\ncolour: '#ffffff'\n")
    done = run("plan", EXAMPLES / "runner.yaml", "--clinic", bad, "-o", target, "--today", TODAY)

    assert done.exit_code == 1
    assert f"{bad}:2:1: '#ffffff' is too light" in done.output
    assert not target.exists()


def test_own_exercises_can_be_handed_out(tmp_path):
    """--add works for every command that reads the content."""
    target = tmp_path / "catalogue" / "core" / "own.yaml"
    target.parent.mkdir(parents=True)
    shown = run("exercises", "show", "supine-march", "--json").output
    entry = {k: v for k, v in json.loads(shown).items() if k not in ("id", "family") and v}
    entry["words"]["name"] = "Our own march"
    target.write_text(json.dumps({k: v for k, v in entry.items() if k not in ("easier", "harder")}))
    done = sheet("own", "--add", tmp_path, "-o", tmp_path / "sheet.pdf")

    assert done.exit_code == 0, done.output
    assert "Our own march" in done.output
    assert "Our own march" in run("exercises", "show", "own", "--add", tmp_path).output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--family", "stop"], "Applies if:"),
        (["--family", "sets"], "Exercises for desk days"),
        (["--family", "protocols"], "Where to start"),
        (["--family", "hops"], "catalogue/hops/"),
        (["--for", EXAMPLES / "clinic.yaml"], "What the plan for"),
        (["--for", EXAMPLES / "referral.yaml"], "An emergency: help now."),
    ],
)
def test_the_signoff_sheet_holds_what_was_asked_for(tmp_path, words, says):
    """Sentences, examples and a line to sign; no file has to be read."""
    target = tmp_path / "signoff.html"
    done = run("exercises", "signoff", "-o", target, "--today", TODAY, *words)

    assert done.exit_code == 0, done.output
    page = target.read_text()
    assert says in page
    assert "I agree" in page
    assert "{answer" not in page


def test_every_rule_can_be_read_as_sentences(content):
    """No name of a list is left in a rule or its examples."""
    words = content.vocabulary
    for rule in content.rules.values():
        said = clause(rule.when, words)
        texts = [said.text, *(p.text for p in said.parts)]
        texts += [given_text(e.given, words) for e in rule.examples]
        for text in texts:
            assert text
            assert text[0].isupper() or text[0] == "“", text
            assert not re.search(r"\b[a-z]+-[a-z]+-[a-z]+\b|[{}\[\]_]", text), (rule.id, text)


def test_an_unknown_family_is_told():
    """With the nearest name."""
    done = run("exercises", "signoff", "--family", "stpo", "-o", "x.pdf")

    assert done.exit_code == 1
    assert "did you mean 'stop'?" in done.output
