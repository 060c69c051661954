"""The commands as a user meets them: words, files and exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from programgen import service
from programgen.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"
TODAY = "2026-11-24"


def run(*words, stdin=None):
    """Run the command in this process."""
    return CliRunner().invoke(main, [str(w) for w in words], input=stdin)


def test_help_imports_only_click():
    """``--help`` stays quick: nothing heavy is loaded."""
    code = (
        "import sys\nfrom programgen.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'pydantic', 'jinja2', 'weasyprint', 'yaml', 'email', 'PIL'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
    assert "explain" in done.stdout


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("runner", 0, "Plan: "),
        ("clinic", 0, "Plan: "),
        ("referral", 3, "Call your emergency number"),
        ("restricted", 0, "Running is locked"),
        ("weekend-only", 0, "Plan: "),
        ("long-off", 0, "15-second runs"),
    ],
)
def test_every_example_gives_its_level(name, code, says):
    """The shipped examples end as their comments say."""
    done = run("plan", EXAMPLES / f"{name}.yaml", "--today", TODAY)

    assert done.exit_code == code, done.output
    assert says in done.output


def test_a_plan_is_written_in_all_formats(tmp_path):
    """Several outputs come from one run."""
    outputs = [tmp_path / f"plan.{kind}" for kind in ("pdf", "json", "html")]
    words = [w for path in outputs for w in ("-o", path)]
    done = run("plan", EXAMPLES / "runner.yaml", "--today", TODAY, *words)

    assert done.exit_code == 0, done.output
    assert outputs[0].read_bytes().startswith(b"%PDF-")
    assert json.loads(outputs[1].read_text())["result"] == "plan"
    assert outputs[2].read_text().startswith("<!DOCTYPE html>")


def test_a_referral_page_is_written_and_the_exit_code_is_three(tmp_path):
    """The page is a result; the code tells a script that no plan was made."""
    done = run("plan", EXAMPLES / "referral.yaml", "--today", TODAY, "-o", tmp_path / "page.pdf")

    assert done.exit_code == 3
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")


def test_nothing_is_written_when_the_answers_are_unsound(tmp_path):
    """Exit code 1, file and line, and an untouched folder."""
    bad = tmp_path / "bad.yaml"
    bad.write_text("who: {age: -4}\n")
    done = run("plan", bad, "-o", tmp_path / "plan.pdf")

    assert done.exit_code == 1
    assert "bad.yaml:1:" in done.output
    assert "Traceback" not in done.output
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.yaml"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["plan"], 2, "Missing argument"),
        (["plan", "no-such.yaml"], 2, "does not exist"),
        (["plan", EXAMPLES / "runner.yaml", "-o", "plan.docx"], 1, "ends in none of"),
        (["plan", EXAMPLES / "runner.yaml", "-o", "no/such/plan.pdf"], 1, "make it first"),
        (["plan", EXAMPLES / "runner.yaml", "--protocol", "walkng"], 2, "did you mean 'walking'?"),
        (["plan", EXAMPLES / "runner.yaml", "--weeks", "0"], 2, "0 is not in the range"),
        (["plan", EXAMPLES / "runner.yaml", "--start", "yesterday"], 2, "year-month-day"),
        (["plan", EXAMPLES / "runner.yaml", "--start", "2020-01-06"], 2, "is in the past"),
        (["plan", EXAMPLES / "runner.yaml", "--exercises", "no/such"], 1, "is not a folder"),
        (["plam"], 2, "No such command"),
        (["exercises", "--family", "coer"], 2, "did you mean 'core'?"),
        (["exercises", "show", "bird-dgo"], 1, "did you mean 'bird-dog'?"),
    ],
)
def test_wrong_usage_is_said_plainly(words, code, says):
    """Usage errors are 2, problems in files are 1, and there is a hint."""
    done = run(*words)

    assert (done.exit_code, says in done.output) == (code, True), done.output


def test_a_broken_output_leaves_the_old_file(tmp_path):
    """A target that cannot be replaced is left as it was."""
    target = tmp_path / "plan.pdf"
    target.mkdir()
    done = run("plan", EXAMPLES / "runner.yaml", "--today", TODAY, "-o", target)

    assert done.exit_code == 1
    assert "is a folder" in done.output


def test_explain_says_why():
    """Levels, exercises in and out, stage and weeks are all explained."""
    done = run("explain", EXAMPLES / "runner.yaml", "--today", TODAY)

    assert done.exit_code == 0, done.output
    for heading in (
        "Level:",
        "Reasons for this plan:",
        "Exercises in:",
        "Exercises out:",
        "Weeks:",
    ):
        assert heading in done.output


def test_json_keeps_the_output_pure():
    """With --json, standard output is one JSON document."""
    done = run("plan", EXAMPLES / "runner.yaml", "--today", TODAY, "--json")

    assert json.loads(done.stdout)["result"] == "plan"


def test_exercises_are_found_by_word_family_and_tag():
    """The search narrows with every option."""
    everything = run("exercises").output.splitlines()
    core = run("exercises", "--family", "core").output.splitlines()
    plank = run("exercises", "--family", "core", "plank").output.splitlines()

    assert len(everything) > len(core) > len(plank) > 1


def test_an_exercise_is_shown_in_full():
    """The card holds steps, dose, sources and review."""
    done = run("exercises", "show", "bird-dog")

    assert done.exit_code == 0, done.output
    for text in ("Dose:", "Sources:", "Review: draft", "Easier:"):
        assert text in done.output


def test_exercises_for_an_intake_leave_out_what_does_not_suit():
    """--for lists only what the answers allow, and nothing while they stop the plan."""
    some = run("exercises", "--for", EXAMPLES / "restricted.yaml").output.splitlines()
    all_ = run("exercises").output.splitlines()
    none = run("exercises", "--for", EXAMPLES / "referral.yaml")

    assert 1 < len(some) < len(all_)
    assert none.exit_code == 1
    assert "no exercise is offered" in none.output


def test_the_guided_questions_stop_at_a_warning_sign(tmp_path):
    """A yes to the first emergency question ends the questions with what to do."""
    target = tmp_path / "my.yaml"
    done = run("intake", "-o", target, stdin="40\ny\n")

    assert done.exit_code == 3, done.output
    assert "Call your emergency number" in done.output
    assert not target.exists()


def test_the_guided_questions_can_be_left_and_taken_up_again(tmp_path, content):
    """After an interruption the answers are kept, and the file is sound in the end."""
    target = tmp_path / "my.yaml"
    words = content.vocabulary
    first = run("intake", "-o", target, stdin="40\nn\nn\n")
    assert first.exit_code == 1
    assert "are kept in" in first.output

    late = service.late_questions(content)
    left = ["n"] * (len(words.screening) - len(late) + len(words.health) - 2)
    pain = ["1", "1", "3", "1", "1", "10 days", "1", "0", "0"]
    history = ["6 weeks", "0 min", "20 km"]
    able = ["y"] * len(words.abilities)
    week = ["60", "1 2"] * 7
    rest = ["0", "1", "30 min"]
    second = run(
        "intake",
        "-o",
        target,
        stdin="\n".join([*left, *pain, *history, *able, *week, *rest]) + "\n",
    )
    assert second.exit_code == 0, second.output
    assert "Going on where you stopped" in second.output

    done = run("plan", target)
    assert done.exit_code in (0, 3), done.output
    assert not target.with_name("my.yaml.part").exists()


def test_schemas_are_written(tmp_path):
    """Every kind of file has its schema."""
    done = run("schema", "-o", tmp_path)

    assert done.exit_code == 0
    for path in tmp_path.iterdir():
        assert json.loads(path.read_text())["$schema"].startswith("https://json-schema.org/")
    assert len(list(tmp_path.iterdir())) >= 9


def test_the_reading_grades_are_reported_by_family():
    """--readability is a report: a table, the hard sentences, and exit code 0."""
    done = run("check", "--readability")

    assert done.exit_code == 0, done.output
    assert "catalogue/core" in done.output
    assert "hard sentences" in done.output


def test_the_reading_grades_are_reported_as_json(tmp_path):
    """With --json the report is one document; a folder without content is refused plainly."""
    done = run("check", "--readability", "--json")
    bad = run("check", "--readability", tmp_path / "none")

    assert {"families", "sentences"} == set(json.loads(done.stdout))
    assert bad.exit_code == 1
    assert "is not a folder" in bad.output


@pytest.mark.parametrize(
    ("words", "variables", "kept"),
    [
        ((), {}, "cache/programgen/blocks"),
        (("--store", "mine"), {"PROGRAMGEN_STORE": "other"}, "mine"),
        ((), {"PROGRAMGEN_STORE": "other"}, "other"),
        (("--no-store",), {"PROGRAMGEN_STORE": "other"}, None),
        ((), {"PROGRAMGEN_NO_STORE": "1"}, None),
    ],
    ids=str,
)
def test_where_parts_of_pages_are_kept(tmp_path, monkeypatch, words, variables, kept):
    """In the cache folder of the user, where the option or the variable says, or nowhere."""
    intake = EXAMPLES.resolve() / "restricted.yaml"
    monkeypatch.chdir(tmp_path)
    for name, value in {"XDG_CACHE_HOME": str(tmp_path / "cache"), **variables}.items():
        monkeypatch.setenv(name, value)
    done = run("plan", intake, "-o", "p.pdf", "--weeks", "1", "--today", TODAY, *words)
    places = {f.parent.relative_to(tmp_path) for f in tmp_path.rglob("font-*")}

    assert done.exit_code == 0, done.output
    assert Path("p.pdf").read_bytes().startswith(b"%PDF")
    assert places == ({Path(kept)} if kept else set())


def test_a_second_print_is_made_of_what_the_first_has_kept(tmp_path):
    """Commands that print the same pages keep their parts in one place, and find them there."""
    blocks, intake = tmp_path / "blocks", EXAMPLES / "restricted.yaml"
    words = ("--store", blocks, "--today", TODAY)
    saved = tmp_path / "p.json"
    made = [
        run("plan", intake, "-o", tmp_path / "p.pdf", "-o", saved, "--weeks", "1", *words),
        run("export", saved, "-o", tmp_path / "e.pdf", "--store", blocks),
    ]
    kept = {file.name for file in blocks.iterdir()}
    made.append(run("update", saved, "-o", tmp_path / "u.pdf", *words))
    again = {file.name for file in blocks.iterdir()}
    made.append(run("handout", "bird-dog", "-o", tmp_path / "h.pdf", *words))

    assert [done.exit_code for done in made] == [0, 0, 0, 0], made
    assert (tmp_path / "e.pdf").read_bytes() == (tmp_path / "p.pdf").read_bytes()
    assert again >= kept
    assert len(again - kept) < len(kept) / 2
    assert {file.name for file in blocks.iterdir()} > again


@pytest.mark.parametrize("place", ["file", "file/below"])
@pytest.mark.parametrize(
    "words", [("plan", "intake"), ("export", "saved"), ("update", "saved"), ("handout", "bird-dog")]
)
def test_a_store_that_cannot_be_a_folder_is_refused(tmp_path, monkeypatch, words, place):
    """Also where it comes from the variable, and before anything is read or written."""
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("in the way")
    for name in ("intake", "saved"):
        Path(name).write_text("not read")
    told = run(*words, "-o", "x.pdf", "--store", place)
    monkeypatch.setenv("PROGRAMGEN_STORE", place)
    silent = run(*words, "-o", "x.pdf")

    assert (told.exit_code, silent.exit_code) == (2, 2)
    assert f"'{place}' is a file or lies in one; name a folder, or use --no-store" in told.output
    assert "PROGRAMGEN_STORE" in silent.output
    assert not Path("x.pdf").exists()
