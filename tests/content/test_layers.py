"""Folders laid over the content: more exercises, other words, never fewer warning signs."""

import shutil
from pathlib import Path

import pytest

from programgen import service
from programgen.content.layers import Layers
from programgen.errors import ContentError
from programgen.resources import folder
from tests.conftest import MONDAY, TODAY

SHIPPED = Path(str(folder("exercises")))
BIRD = "catalogue/core/bird-dog.yaml"
STOP = "rules/stop/saddle-numbness.yaml"
RUNNER = Path(__file__).parents[2] / "examples" / "runner.yaml"


def over(*folders):
    """Return the shipped content with folders laid over it."""
    return Layers(None, tuple(map(str, folders)))


def put(root, path, text):
    """Write a file below a folder."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target


def shipped(path):
    """Return the text of a shipped file."""
    return (SHIPPED / path).read_text()


def own_plank():
    """Return an exercise that the shipped catalogue does not have."""
    text = shipped("catalogue/core/plank-wall.yaml")
    lines = [x for x in text.splitlines() if not x.startswith(("easier:", "harder:"))]
    return "\n".join(lines).replace("name: Plank at the wall", "name: Our own plank") + "\n"


def refused(*folders):
    """Return what is said about folders that cannot be laid over the content."""
    with pytest.raises(ContentError) as caught:
        service.catalogue(over(*folders))
    return str(caught.value)


def test_an_empty_folder_changes_nothing(tmp_path, content):
    """The same values, the same fingerprint, and the same bytes of a plan."""
    laid = over(tmp_path)
    other = service.catalogue(laid)
    intake = service.read_intake(RUNNER, content, TODAY)
    pages = [
        service.document(
            service.plan(intake, known, start=MONDAY, made_on=TODAY), known, ".html", "a4", where
        )
        for known, where in ((content, None), (other, laid))
    ]

    assert other == content
    assert pages[0] == pages[1]


def test_a_file_of_the_same_name_takes_the_place_of_the_one_below(tmp_path, content):
    """The others stay as they are, and the fingerprint tells."""
    put(tmp_path, BIRD, shipped(BIRD).replace("name: Bird dog", "name: Pointer"))
    found = service.catalogue(over(tmp_path))

    assert found.exercises["bird-dog"].words.name == "Pointer"
    assert set(found.exercises) == set(content.exercises)
    assert found.exercises["plank"] == content.exercises["plank"]
    assert found.fingerprint != content.fingerprint


def test_the_last_folder_stands_on_top(tmp_path):
    """Folders are laid in the order in which they are named."""
    for name in ("one", "two"):
        put(tmp_path / name, BIRD, shipped(BIRD).replace("name: Bird dog", f"name: {name}"))
    names = [
        service.catalogue(over(*order)).exercises["bird-dog"].words.name
        for order in (
            (tmp_path / "one", tmp_path / "two"),
            (tmp_path / "two", tmp_path / "one"),
        )
    ]

    assert names == ["two", "one"]


def test_a_new_exercise_brings_its_own_picture(tmp_path, content):
    """A drawing of somebody else is checked, and counts in the fingerprint."""
    put(tmp_path, "catalogue/core/own-plank.yaml", own_plank())
    without = service.catalogue(over(tmp_path)).fingerprint
    service.catalogue.cache_clear()
    picture = '<svg viewBox="0 0 60 40"><path d="M0 0h9v9z" style="fill:#112233"/></svg>'
    put(tmp_path, "catalogue/core/own-plank.svg", picture)
    found = service.catalogue(over(tmp_path))
    drawn = service.picture_texts(over(tmp_path), ["own-plank", "bird-dog"])

    assert found.exercises["own-plank"].words.name == "Our own plank"
    assert found.fingerprint not in (without, content.fingerprint)
    assert 'fill="#112233"' in drawn["own-plank"]
    assert "<path" in drawn["bird-dog"]


def test_a_picture_that_asks_for_something_is_refused(tmp_path):
    """The message names the real file."""
    put(tmp_path, "catalogue/core/own-plank.yaml", own_plank())
    put(
        tmp_path,
        "catalogue/core/own-plank.svg",
        '<svg viewBox="0 0 9 9">\n<image href="https://example.org/x.png"/></svg>',
    )
    with pytest.raises(ContentError) as caught:
        service.picture_texts(over(tmp_path), ["own-plank"])

    assert f"{tmp_path}/catalogue/core/own-plank.svg:2:1" in str(caught.value)


def test_a_mistake_names_the_file_of_its_own_folder(tmp_path):
    """Problems in shipped files and in those laid over them are told apart."""
    put(tmp_path, BIRD, shipped(BIRD).replace("skill: 2", "skill: 7"))

    assert f"{tmp_path}/{BIRD}:" in refused(tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("plan: none", "plan: full"),
        ("level: emergency", "level: urgent"),
        ("{answer: saddle-numbness}", "{answer: limp}"),
        ("status: draft", "status: retired"),
        ("New numb or odd", "Odd"),
    ],
)
def test_a_warning_sign_cannot_be_changed_from_above(tmp_path, old, new):
    """A stop rule stays what it is, however the file on top looks."""
    text = shipped(STOP)
    assert old in text
    put(tmp_path, STOP, text.replace(old, new))
    said = refused(tmp_path)

    assert f"{tmp_path}/{STOP}" in said
    assert "guarded-rule" in said


@pytest.mark.parametrize("text", ["", "{}", "title: x\n", "not yaml: ["])
def test_a_warning_sign_cannot_be_emptied(tmp_path, text):
    """An empty or broken file on top does not take the rule away."""
    put(tmp_path, STOP, text)

    assert "guarded-rule" in refused(tmp_path)


def test_a_warning_sign_cannot_be_moved_to_another_group(tmp_path):
    """The same name in a milder group is a second file of that name."""
    put(tmp_path, "rules/advise/saddle-numbness.yaml", shipped(STOP))

    assert "duplicate-name" in refused(tmp_path)


def test_the_words_of_a_screening_question_stay(tmp_path):
    """Another question under the same name would hide the sign as well."""
    path = "vocabulary/screening.yaml"
    text = shipped(path)
    put(tmp_path, path, text.replace("ask:", "ask: Or perhaps", 1))

    assert "must stay as it is" in refused(tmp_path)


def test_a_warning_sign_may_be_added(tmp_path, content):
    """A clinic may stop for more than we do."""
    question = "\n\nown-sign:\n  ask: Do you have the sign of our clinic?\n  answer: You have it.\n"
    put(tmp_path, "vocabulary/screening.yaml", shipped("vocabulary/screening.yaml") + question)
    rule = shipped(STOP).replace("saddle-numbness", "own-sign").replace("code: E1", "code: X1")
    put(tmp_path, "rules/stop/own-sign.yaml", rule)
    found = service.catalogue(over(tmp_path))

    assert set(found.rules) - set(content.rules) == {"own-sign"}


def test_an_unchanged_copy_of_a_warning_sign_is_no_change(tmp_path, content):
    """Whoever copies the whole folder to change one word may do so."""
    shutil.copytree(SHIPPED / "rules", tmp_path / "rules")

    assert service.catalogue(over(tmp_path)) == content


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("catalog/core/x.yaml", "did you mean 'catalogue'?"),
        ("setting.yaml", "did you mean 'settings.yaml'?"),
        ("vocabulary/tag.yaml", "did you mean 'tags.yaml'?"),
    ],
)
def test_a_file_that_would_be_overlooked_is_told(tmp_path, path, says):
    """A slip in a name does not pass in silence."""
    put(tmp_path, path, "x: y\n")

    assert says in refused(tmp_path)


def test_every_folder_is_looked_at_before_anything_is_said(tmp_path):
    """All problems at once."""
    put(tmp_path / "one", "setting.yaml", "x: y\n")
    put(tmp_path / "two", STOP, "x: y\n")
    said = refused(tmp_path / "one", tmp_path / "no", tmp_path / "two")

    for part in ("setting.yaml", "is not a folder", "guarded-rule"):
        assert part in said
