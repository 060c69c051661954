"""Drawing from the command line, as somebody who adds an exercise meets it."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from programgen.cli import main

ROOT = Path(__file__).parents[2]
POSE = ROOT / "exercises" / "catalogue" / "core" / "bird-dog.figure.yaml"


@pytest.fixture
def pose(tmp_path):
    """A copy of a good pose file."""
    return Path(shutil.copy(POSE, tmp_path / "my-dog.figure.yaml"))


def run(*words):
    """Run the command in this process."""
    return CliRunner().invoke(main, [str(w) for w in words])


def test_a_good_pose_becomes_a_picture_beside_it(pose, tmp_path):
    """The SVG has the exercise's name; PNG files show it, and what the view hides."""
    done = run("figures", "draw", pose, "--png", tmp_path / "look", "--turn")

    assert done.exit_code == 0, done.output
    assert (tmp_path / "my-dog.svg").read_text().startswith("<svg ")
    seen = {p.name for p in (tmp_path / "look").iterdir()}
    assert seen == {f"my-dog{s}.png" for s in ("", "-front", "-right", "-corner", "-top")}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("start: quadruped", "start: quadrupet", "did you mean 'quadruped'?"),
        ("point: palm_lr", "point: plam_lr", "did you mean 'palm_l'?"),
        ("kind: mat", "kind: matt", "did you mean 'mat'?"),
        ("poses:", "posse:", "did you mean 'poses'?"),
    ],
)
def test_a_slip_is_answered_with_its_line_and_a_hint(pose, old, new, says):
    """File, line, what is wrong, and the nearest right word; no picture is written."""
    text = pose.read_text()
    assert old in text
    pose.write_text(text.replace(old, new, 1))
    done = run("figures", "draw", pose)

    assert done.exit_code == 1
    assert says in done.output
    assert f"{pose}:" in done.output
    assert not pose.with_name("my-dog.svg").exists()


def test_an_impossible_angle_is_refused_with_the_joint_and_the_limits(pose):
    """A knee does not bend forward."""
    text = pose.read_text()
    assert "knee_r: {flex: " in text
    pose.write_text(re.sub(r"knee_r: \{flex: [^}]*\}", "knee_r: {flex: -60}", text))
    done = run("figures", "draw", pose)

    assert done.exit_code == 1
    assert "knee_r.flex is -60 degrees, outside -3 to 158" in done.output
    assert not pose.with_name("my-dog.svg").exists()


def test_watching_draws_again_after_a_save(pose):
    """Save the file and the picture follows."""
    picture = pose.with_name("my-dog.svg")
    command = [sys.executable, "-m", "programgen", "figures", "watch", str(pose)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            first = _wait(picture, None)
            pose.write_text(pose.read_text().replace("elevation: ", "elevation: 1", 1))
            assert _wait(picture, first) != first
        finally:
            process.terminate()
            process.communicate(timeout=60)


def _wait(path, old):
    """Return the new text of a file, as soon as it differs."""
    for _ in range(600):
        if path.exists() and (text := path.read_text()) and text != old:
            return text
        time.sleep(0.1)
    raise AssertionError("nothing was drawn")
