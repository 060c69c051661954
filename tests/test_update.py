"""Facts about the versions of a plan on the disk: what is kept stays, what is ours is cleaned."""

import os
import stat
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from programgen import service
from programgen.cli import main
from programgen.content.log_file import locked
from programgen.errors import ContentError
from tests import replanned

ROOT = Path(__file__).parents[1]
REPORT = ("--day", "2026-11-30", "--done", "yes", "--during", 1, "--morning", 1)
posix = pytest.mark.skipif(sys.platform == "win32", reason="links and modes are those of POSIX")


def run(*words, code=0):
    """Run a command on the first of December and return what was printed."""
    done = CliRunner().invoke(main, [*map(str, words)])
    assert done.exit_code == code, done.output
    return done.output


def checkin(plan, *words, **options):
    """Report on the first of December."""
    return run("checkin", plan, *words, "--today", "2026-12-01", **options)


@pytest.fixture
def plan(tmp_path):
    """A saved plan without reports."""
    path = tmp_path / "plan.json"
    path.write_bytes(service.saved(replanned.first()))
    return path


def names(folder):
    """Return the files of a folder that are not hidden."""
    return sorted(p.name for p in folder.iterdir() if p.name[0] != ".")


@pytest.mark.parametrize("name", ["plan.v1.json", "plan.v7.json", "plan.v2.3.json"])
def test_no_output_takes_the_place_of_a_kept_version(plan, name):
    """Neither one that is there nor one that is still to come."""
    checkin(plan, *REPORT)
    before = {p: p.read_bytes() for p in plan.parent.iterdir()}
    said = run("update", plan, "-o", plan.with_name(name), code=1)

    assert "is the place of a version that is kept; choose another" in said
    assert {p: p.read_bytes() for p in plan.parent.iterdir()} == before


def test_a_version_is_kept_beside_a_file_that_has_its_name(plan):
    """What somebody else has put there is not overwritten, and the name used is told."""
    foreign = plan.with_name("plan.v1.json")
    foreign.write_text("mine")
    first = plan.read_bytes()
    said = checkin(plan, *REPORT)

    assert foreign.read_text() == "mine"
    assert plan.with_name("plan.v1.2.json").read_bytes() == first
    assert "The version before is kept in" in said
    assert "plan.v1.2.json" in said


def test_a_version_that_is_kept_already_is_not_kept_twice(plan):
    """A writer that was killed between the two files leaves the first of them."""
    plan.with_name("plan.v1.json").write_bytes(plan.read_bytes())
    checkin(plan, *REPORT)

    assert names(plan.parent) == ["plan.json", "plan.log.yaml", "plan.v1.json"]


def test_looking_without_a_report_makes_no_version(plan):
    """The first update of a plan, before its start, finds nothing to say."""
    before = plan.read_bytes()
    said = run("update", plan, "--today", "2026-11-26")

    assert said.startswith("Nothing has changed: the plan stays as it is.")
    assert plan.read_bytes() == before
    assert names(plan.parent) == ["plan.json"]


def test_a_report_as_planned_is_a_version_in_which_nothing_ahead_has_changed(plan):
    """What was done is part of the plan: its ticks and the way so far are printed."""
    assert "Version 2 of the plan.\nNothing ahead has changed." in checkin(plan, *REPORT)


@posix
def test_a_link_is_written_through(plan):
    """The file that a link leads to is the plan, and keeps who may read it."""
    real = plan.with_name("real.json")
    plan.rename(real)
    real.chmod(0o600)
    plan.symlink_to(real.name)
    checkin(plan, *REPORT)

    assert plan.is_symlink()
    assert b'"version": 2' in real.read_bytes()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert stat.S_IMODE(plan.with_name("plan.v1.json").stat().st_mode) == 0o600


@posix
def test_the_lock_of_a_linked_log_is_that_of_the_file(tmp_path):
    """Two who come by different names wait for each other."""
    real, link = tmp_path / "real.log.yaml", tmp_path / "link.log.yaml"
    real.write_text("")
    link.symlink_to(real)
    with locked(link):
        pass

    assert sorted(p.name for p in tmp_path.glob(".*")) == [".real.log.yaml.lock"]


def test_what_a_killed_writer_left_is_cleaned_up_once_it_is_old(tmp_path):
    """Only files of ours for the same file, and only those that nobody can be writing now."""
    page = tmp_path / "plan.json"
    ours, young, other, foreign = (
        tmp_path / name
        for name in (
            ".plan.json.a1.programgen-new",
            ".plan.json.b2.programgen-new",
            ".other.json.a1.programgen-new",
            ".plan.json.swp",
        )
    )
    for file in (ours, young, other, foreign):
        file.write_text("half")
    for file in (ours, other, foreign):
        os.utime(file, (0, young.stat().st_mtime - service.STALE - 1))
    service.write_all({page: b"{}"})
    service.sweep([page])

    assert {p.name for p in tmp_path.iterdir()} == {
        page.name, young.name, other.name, foreign.name,
    }  # fmt: skip


def test_the_next_update_cleans_up(plan):
    """Beside the plan and beside the versions that are kept."""
    left = [plan.with_name(f".{name}.x.programgen-new") for name in ("plan.json", "plan.v1.json")]
    for file in left:
        file.write_text("half")
        os.utime(file, (0, 0))
    checkin(plan, *REPORT)

    assert not any(file.exists() for file in left)


def test_a_write_that_fails_leaves_nothing(tmp_path):
    """Neither the first of two files nor anything temporary."""
    (tmp_path / "b.json").mkdir()
    with pytest.raises(ContentError, match="cannot be written"):
        service.write_all({tmp_path / "b.json" / "x" / "a.json": b"{}"})

    assert [p.name for p in tmp_path.iterdir()] == ["b.json"]
    assert not list((tmp_path / "b.json").iterdir())


def test_only_two_versions_of_one_plan_are_compared(plan, tmp_path):
    """Two people's plans, or the later version first, give a message."""
    other = tmp_path / "other.json"
    run("plan", ROOT / "examples" / "clinic.yaml", "--today", "2026-11-24", "-o", other)
    checkin(plan, *REPORT)
    first = plan.with_name("plan.v1.json")

    assert "is of another plan than" in run("diff", plan, other, code=1)
    assert "is version 1, and" in run("diff", plan, first, code=1)
    assert run("diff", first, plan) == "Nothing is different.\n"


def test_a_referral_is_not_different_from_itself(tmp_path):
    """Nothing was withdrawn in between."""
    path = tmp_path / "referral.json"
    intake = ROOT / "examples" / "referral.yaml"
    run("plan", intake, "--today", "2026-11-24", "-o", path, code=3)

    assert run("diff", path, path) == "Nothing is different.\n"


def test_a_saved_plan_may_begin_with_a_mark(plan):
    """Some editors put three bytes before the first letter."""
    plan.write_bytes(b"\xef\xbb\xbf" + plan.read_bytes())

    assert checkin(plan, "--list") == "Nothing is reported yet.\n"


def test_a_new_plan_is_not_written_beside_reports(plan):
    """The plan that the reports are about would be gone."""
    words = ("plan", ROOT / "examples" / "runner.yaml", "--today", "2026-11-24", "-o", plan)
    run(*words)
    checkin(plan, "--day", "2026-11-30", "--done", "yes")
    before = plan.read_bytes()

    assert "has reports beside it (plan.log.yaml); choose another name" in run(*words, code=1)
    assert plan.read_bytes() == before
