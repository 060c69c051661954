"""Sets for quick sheets: sound, sourced, and short."""

import shutil

import pytest

from programgen import service
from programgen.core.handout import FEW
from programgen.errors import ContentError
from programgen.resources import folder

SETS = sorted(service.catalogue().sets)


def test_there_is_a_set_for_the_common_jobs():
    """Desk, morning, trunk, hips, legs, calves, before a run, evening."""
    assert len(SETS) >= 8
    assert {"desk-back", "morning-stiffness", "runner-core-start", "before-a-run"} <= set(SETS)


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_short_and_has_its_sources(name, content):
    """Few exercises, plain words, and a choice of our own is called a proposal."""
    one = content.sets[name]

    assert 2 <= len(one.exercises) <= FEW
    assert len(one.title.split()) <= 6
    assert all(len(s.split()) <= 20 for s in one.for_whom.split(". "))
    assert any(e.grade == "proposal" for e in one.evidence)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("cat-cow]", "cat-cwo]", "did you mean 'cat-cow'?"),
        ("cat-cow]", "butterfly]", "cannot be in a set"),
        ("cat-cow]", "sleep]", "cannot be in a set"),
        ("cat-cow]", "sciatic-slider-seated]", "cannot be in a set"),
        ("cat-cow]", "pelvic-tilt]", "is named twice"),
        ("cat-cow]", "cat-cow]\ndoses: {plank: {reps: 3}}", "'plank' is not in this set"),
        ("cite: nhs-back-exercises", "cite: nhs-back-exercise", "did you mean"),
        ("evidence:", "evidences:", "'evidence' is missing"),
    ],
)
def test_a_mistake_in_a_set_is_found(tmp_path, old, new, says):
    """The message names the file of the set."""
    target = tmp_path / "content"
    shutil.copytree(str(folder("exercises")), target, ignore=shutil.ignore_patterns("__pycache__"))
    file = target / "sets" / "morning-stiffness.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(ContentError) as caught:
        service.catalogue(str(target))

    assert says in str(caught.value)
    assert "sets/morning-stiffness.yaml:" in str(caught.value)
