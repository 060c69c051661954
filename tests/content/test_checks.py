"""Every named check finds the mistake it is for."""

import shutil
from pathlib import Path

import pytest

from programgen import service
from programgen.content.checks import CHECKS
from programgen.resources import folder

FILE = "catalogue/core/bird-dog.yaml"


@pytest.fixture
def copy(tmp_path):
    """A copy of the shipped content that a test may break."""
    target = tmp_path / "content"
    shutil.copytree(str(folder("exercises")), target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def break_file(root: Path, path: str, old: str, new: str) -> list[str]:
    """Change one file and return what ``check`` finds."""
    file = root / path
    text = file.read_text()
    assert old in text, f"{old!r} is not in {path}"
    file.write_text(text.replace(old, new, 1))
    return [str(p) for p in service.lint(str(root))[0]]


def test_the_shipped_content_has_no_problem():
    """``programgen check`` finds nothing."""
    problems, counts = service.lint(None)

    assert problems == ()
    assert counts["exercises"] >= 110


@pytest.mark.parametrize(
    ("path", "old", "new", "code"),
    [
        (FILE, "tags: [quadruped", "tags: [quadrupde", "unknown-name"),
        (FILE, "needs: [mat]", "needs: [matt]", "unknown-name"),
        (FILE, "focus: trunk-back", "focus: trunk-bakc", "unknown-name"),
        (FILE, "easier: bird-dog-leg-only", "easier: bird-dog-leg-onyl", "unknown-exercise"),
        (FILE, "easier: bird-dog-leg-only", "harder: bird-dog-leg-only", "progression-not-mutual"),
        (FILE, "skill: 2", "skill: 1\nnot_before: r99", "unknown-stage"),
        (
            FILE,
            "build: {sets: 1, reps: 10, hold: 10 s",
            "build: {sets: 1, reps: 4, hold: 1 s",
            "build-below-start",
        ),
        (FILE, "review: {status: draft}", "review: {status: reviewed}", "value-error"),
        (FILE, "hold: 5 s", "hold: 5", "value-error"),
        (FILE, "slot: core", "slot: cor", "enum"),
        ("rules/stop/saddle-numbness.yaml", "plan: none", "plan: full", "weak-stop"),
        ("rules/stop/saddle-numbness.yaml", "fires: unknown", "fires: false", "example"),
        (
            "rules/stop/saddle-numbness.yaml",
            "when: {answer: saddle-numbness}",
            "when: {answer: saddle-numbnes}",
            "unknown-name",
        ),
        (
            "protocols/low-back-walk-run.yaml",
            "5 x (run 2 min, walk 4 min)",
            "5 x (run 9 min, walk 4 min)",
            "value-error",
        ),
        ("protocols/low-back-walk-run.yaml", "highest: w0", "highest: w9", "value-error"),
        ("settings.yaml", "keep-moving, flare", "keep-mvoing, flare", "unknown-name"),
        (FILE, "then change sides.", f"then {'walk and ' * 13}change sides.", "too-hard"),
    ],
)
def test_a_mistake_is_found(copy, path, old, new, code):
    """The message names the file and the kind of mistake."""
    found = break_file(copy, path, old, new)

    assert any(f"[{code}]" in line and path in line for line in found), found


def test_a_missing_list_is_found(copy):
    """Without a vocabulary file the content is no content."""
    (copy / "vocabulary/tags.yaml").unlink()

    assert any(
        "vocabulary/tags.yaml" in str(p) and p.code == "unreadable"
        for p in service.lint(str(copy))[0]
    )


def test_an_unknown_source_is_found(copy):
    """A citation without an entry in the bibliography is a mistake."""
    text = (copy / FILE).read_text()
    key = text.split("cite: ")[1].split(",")[0]
    found = break_file(copy, FILE, f"cite: {key}", "cite: nobody-1900")

    assert any("[unknown-reference]" in line for line in found)


def test_every_check_has_its_own_name():
    """The name of a check is its place in the manual."""
    assert len({c.__name__ for c in CHECKS}) == len(CHECKS)
    assert all(c.__doc__ for c in CHECKS)


def test_a_folder_that_is_none_is_refused():
    """The message names the folder."""
    from programgen.errors import ContentError

    with pytest.raises(ContentError, match="is not a folder"):
        service.lint("/no/such/folder")
