"""Handouts for many people: nothing lost, nothing half, the same bytes wherever made."""

import contextlib
import csv
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from programgen import batch, executors
from programgen.cli import main
from programgen.executors import opened
from programgen.render.house import PLAIN
from tests.conftest import MONDAY, TODAY, baseline, settled
from tests.people import a_row, write_csv, write_xlsx

ROOT = Path(__file__).parents[1]
SOON = ("--today", str(TODAY), "--weeks", "1")
CLUSTER = ("people.csv", "--cluster", "tcp://127.0.0.1:9")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PROGRAMGEN_NO_STORE": "1"}


def run(*words):
    """Run the command in this process."""
    return CliRunner().invoke(main, ["batch", *map(str, words), *SOON])


def start(*words):
    """Start the command as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "programgen", "batch", *map(str, words), *SOON],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )


def lines(folder):
    """Return the report as a list of rows by column."""
    text = (folder / "report.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def files(folder):
    """Return the bytes of every file but the report, by name; hidden files too."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != "report.csv"}


def a_thousand(content):
    """Return a thousand people: 20 rows broken, some with a warning sign or an open question."""
    table = [a_row(content, f"p{n:03}", {"who.name": f"Runner {n}"}) for n in range(1000)]
    for number, row in enumerate(table):
        row["week.monday.minutes"] = str(30 + number % 3 * 15)
        if number % 50 == 7:
            row["pain.now"] = "12"
        if number % 100 == 3:
            row["answers.saddle-numbness"] = "yes"
        if number % 100 == 4:
            row["answers.saddle-numbness"] = ""
    return table


def test_a_thousand_rows_survive_being_killed(content, tmp_path):
    """980 files and 20 clear lines, though the run is killed twice on the way."""
    table = write_csv(tmp_path / "people.csv", a_thousand(content))
    out = tmp_path / "out"
    words = (table, "-o", out, "--format", "json", "--jobs", "2")
    chance = random.Random(7)
    first_made = {}
    for count in sorted(chance.sample(range(20, 800), 2)):
        work = start(*words)
        report = out / "report.csv"
        while not report.exists() or report.read_bytes().count(b"\n") < count:
            assert work.poll() is None, work.stderr.read()
            time.sleep(0.002)
        work.send_signal(signal.SIGKILL)
        # The workers share these pipes, so they have ended too when nothing more can come.
        work.communicate()
        for entry in lines(out):
            if entry["file"]:
                first_made.setdefault(entry["file"], (out / entry["file"]).stat().st_mtime_ns)
        for name, raw in files(out).items():
            # A file that was being written has a hidden name of its own.
            assert name.startswith(".") or json.loads(raw)
    last = start(*words)
    said, _ = last.communicate()

    assert last.returncode == 1, said
    assert len(first_made) > 20
    for name, moment in first_made.items():
        assert (out / name).stat().st_mtime_ns == moment, f"{name} was made twice"
    report = lines(out)
    broken = [entry for entry in report if entry["outcome"] == "problem"]
    assert [e["row"] for e in report] == [f"{table}:{n}" for n in range(2, 1002)]
    assert sorted(files(out)) == sorted(e["file"] for e in report if e["file"])
    assert (len(files(out)), len(broken)) == (980, 20)
    for entry in broken:
        assert re.fullmatch(
            re.escape(entry["row"]) + r":\d+: must be 10 or less; got 12 "
            r"\(column 'pain.now'\) \[less-than-equal\]",
            entry["message"],
        )
    assert "960 plan, 10 referral, 10 open-questions, 20 problem" in said
    assert "… and 10 more" in said
    assert f"Report: {out / 'report.csv'}" in said


@pytest.fixture(scope="module")
def some(content, tmp_path_factory):
    """Four people, one of them with a mistake, and their files made in this process."""
    folder = tmp_path_factory.mktemp("some")
    table = [
        a_row(content, "ann", {"who.name": "Ann"}),
        a_row(content, "bob", {"answers.saddle-numbness": "yes"}),
        a_row(content, "cid", {"answers.saddle-numbness": ""}),
        a_row(content, "dot", {"pain.now": "12"}),
    ]
    path = write_csv(folder / "people.csv", table)
    done = run(path, "-o", folder / "inline", *FORMATS, "--jobs", "0")
    assert done.exit_code == 1, done.output
    return path, folder / "inline"


FORMATS = ("--format", "pdf", "--format", "json")


def test_a_referral_and_open_questions_are_handouts(some):
    """Only a mistake in the answers gives none; the report says what came out."""
    _, inline = some
    report = lines(inline)

    assert [e["outcome"] for e in report] == [
        "plan",
        "referral",
        "open-questions",
        "problem",
    ]
    assert [e["message"] for e in report[:3]] == ["full", "emergency", "saddle-numbness"]
    assert report[0]["file"] == "ann.pdf; ann.json"
    assert (inline / "ann.pdf").read_bytes().startswith(b"%PDF-")
    assert len(files(inline)) == 6


def test_a_pool_makes_the_same_bytes(some, tmp_path):
    """Other processes, another order of work: the same files and the same report."""
    path, inline = some
    done = run(path, "-o", tmp_path, *FORMATS, "--jobs", "2")

    assert done.exit_code == 1, done.output
    assert files(tmp_path) == files(inline)
    assert (tmp_path / "report.csv").read_bytes() == (inline / "report.csv").read_bytes()


def test_kept_blocks_change_no_byte(some, tmp_path):
    """Nothing kept, two workers that fill one folder, and a full folder: the same files."""
    path, inline = some
    blocks = tmp_path / "blocks"
    ways = {
        "none": ("--no-store", "--jobs", "0"),
        "filling": ("--store", blocks, "--jobs", "2"),
        "full": ("--store", blocks, "--jobs", "1"),
    }
    for name, words in ways.items():
        run(path, "-o", tmp_path / name, *FORMATS, *words)
        assert files(tmp_path / name) == files(inline)
        assert blocks.exists() == (name != "none")

    assert not [file for file in blocks.iterdir() if file.name.startswith(".")]


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers as processes of their own, on this machine."""
    if find_spec("distributed") is None:
        pytest.skip("needs the extra 'cluster'")
    told = tmp_path / "scheduler.json"
    common = ("--scheduler-file", told, "--no-dashboard")
    started = []

    def begin(kind, *words):
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *map(str, words)]
        log = tmp_path / f"{len(started)}.log"
        with log.open("wb") as file:
            started.append(
                subprocess.Popen(command, stdout=file, stderr=file, env=ENVIRONMENT, cwd=tmp_path)
            )
        return log

    try:
        begin("scheduler", *common, "--host", "127.0.0.1", "--port", "0")
        wait_for(told.exists)
        worker = (
            "--nthreads",
            "1",
            "--no-nanny",
            "--host",
            "127.0.0.1",
            "--local-directory",
            tmp_path,
        )
        logs = [begin("worker", *common, *worker) for _ in range(2)]
        wait_for(lambda: all("Registered to" in log.read_text() for log in logs))
        yield json.loads(told.read_text())["address"]
    finally:
        for process in reversed(started):
            # Two that are asked to end at once may wait for each other for good.
            process.kill()
        for process in started:
            process.wait()


def wait_for(is_true):
    """Wait until something is true; give up after two minutes."""
    for _ in range(2400):
        if is_true():
            return
        time.sleep(0.05)
    pytest.fail("the cluster did not start")


def test_a_cluster_makes_the_same_bytes(some, cluster, tmp_path):
    """The same rows on a scheduler and two workers: the same files and the same report."""
    path, inline = some
    out = tmp_path / "out"
    work = start(path, "-o", out, *FORMATS, "--cluster", cluster)
    said, trouble = work.communicate()

    assert work.returncode == 1, said + trouble
    assert "Traceback" not in trouble
    assert files(out) == files(inline)
    assert (out / "report.csv").read_bytes() == (inline / "report.csv").read_bytes()


def quick(path, out, *words):
    """Run a batch of JSON files in this process."""
    return run(path, "-o", out, "--format", "json", "--jobs", "0", *words)


def moments(folder):
    """Return when each file was last written."""
    return {p.name: p.stat().st_mtime_ns for p in folder.iterdir() if p.name != "report.csv"}


def test_only_what_changed_is_made_again(content, tmp_path):
    """A changed row, a file that is gone and one that was altered; the rest is left alone."""
    table = [a_row(content, name) for name in ("ann", "bob", "cid", "dot")]
    path, out = tmp_path / "people.csv", tmp_path / "out"
    assert quick(write_csv(path, table), out).exit_code == 0
    before, bytes_before = moments(out), files(out)
    table[0]["who.name"] = "Ann"
    (out / "bob.json").unlink()
    (out / "cid.json").write_text("{}")
    done = quick(write_csv(path, [*table[:0:-1], table[0]]), out)

    after = moments(out)
    assert "1 of them from an earlier run" in done.output
    assert [name for name in before if before[name] == after[name]] == ["dot.json"]
    assert files(out)["bob.json"] == bytes_before["bob.json"]
    assert files(out)["cid.json"] == bytes_before["cid.json"]
    assert b'"Ann"' in files(out)["ann.json"]
    assert [e["file"][:3] for e in lines(out)] == ["dot", "cid", "bob", "ann"]


def test_other_options_make_everything_again(content, tmp_path):
    """A handout for another start is another handout."""
    path, out = write_csv(tmp_path / "people.csv", [a_row(content, "ann")]), tmp_path / "out"
    quick(path, out)
    done = quick(path, out, "--start", "2026-12-07")

    assert "earlier run" not in done.output
    assert b'"start": "2026-12-07"' in (out / "ann.json").read_bytes()


def test_a_row_with_a_new_mistake_keeps_no_old_plan(content, tmp_path):
    """An old plan under the name of somebody whose answers changed could be handed out."""
    path, out = tmp_path / "people.csv", tmp_path / "out"
    quick(write_csv(path, [a_row(content, "ann"), a_row(content, "bob")]), out)
    (out / "bob.pdf").write_bytes(b"made by somebody else")
    bad = {"pain.now": "12"}
    done = quick(write_csv(path, [a_row(content, "ann"), a_row(content, "bob", bad)]), out)

    assert done.exit_code == 1
    assert sorted(files(out)) == ["ann.json", "bob.pdf"]


def test_a_torn_last_line_and_left_files_are_cleared(content, tmp_path):
    """A run that was ended while it wrote is taken up as if it had not begun that row."""
    table = [a_row(content, "ann"), a_row(content, "bob")]
    path, out = write_csv(tmp_path / "people.csv", table), tmp_path / "out"
    quick(path, out)
    report = out / "report.csv"
    whole = report.read_bytes()
    report.write_bytes(whole[:-30])
    (out / ".bob.json.ab12cd_9").write_bytes(b"{")
    done = quick(path, out)

    assert "1 of them from an earlier run" in done.output
    assert report.read_bytes() == whole
    assert sorted(files(out)) == ["ann.json", "bob.json"]


def test_two_batches_do_not_write_into_one_folder(content, tmp_path):
    """The second is told; when the first is gone, nothing stands in the way."""
    path, out = write_csv(tmp_path / "people.csv", [a_row(content, "ann")]), tmp_path / "out"
    out.mkdir()
    with batch.alone(out):
        done = quick(path, out)

    assert done.exit_code == 1
    assert "another batch writes there" in done.output
    assert quick(path, out).exit_code == 0


def test_a_folder_and_a_table_give_the_same_files(content, tmp_path):
    """How the answers are handed over changes nothing on paper."""
    folder = tmp_path / "people"
    folder.mkdir()
    (folder / "ann.json").write_text(json.dumps(settled(baseline(content))))
    (folder / "notes.txt").write_text("not read")
    row = a_row(content, "ann")
    made = []
    for number, source in enumerate(
        (
            folder,
            write_csv(tmp_path / "a.csv", [row]),
            write_xlsx(tmp_path / "a.xlsx", [row]),
        )
    ):
        done = quick(source, tmp_path / f"out{number}")
        assert done.exit_code == 0, done.output
        made.append(files(tmp_path / f"out{number}"))

    assert list(made[0]) == ["ann.json"]
    assert made[0] == made[1] == made[2]


def test_a_bad_file_in_a_folder_does_not_stop_the_others(content, tmp_path):
    """File, line and column of the mistake; everybody else gets a handout."""
    folder = tmp_path / "people"
    folder.mkdir()
    (folder / "ann.json").write_text(json.dumps(settled(baseline(content))))
    (folder / "bad.yaml").write_text("who: {age: 3\n")
    (folder / "ann.yaml").write_text("who: {age: 3}\n")
    done = quick(folder, tmp_path / "out")

    assert done.exit_code == 1
    assert "bad.yaml:2:1: not valid YAML" in done.output
    assert f"the file name 'ann' is taken by {folder / 'ann.json'}" in done.output
    assert sorted(files(tmp_path / "out")) == ["ann.json"]


def test_a_report_holds_no_formula(content, tmp_path):
    """A name that a spreadsheet would run as a formula stays text."""
    row = a_row(content, "ann", {"answers.saddle-numbness": "=HYPERLINK(1)"})
    quick(write_csv(tmp_path / "=people.csv", [row]), tmp_path / "out")
    cells = [cell for entry in lines(tmp_path / "out") for cell in entry.values()]

    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"}]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("people.csv", "-o", "."), "people.csv: lies in the output folder"),
        (("people", "-o", "people"), "is the folder with the answers"),
        (("people.csv", "-o", "theirs"), "is no report of a batch; choose another folder"),
        (("people.csv", "-o", "out", "--cluster", "10.0.0.5"), "is not the address of a scheduler"),
        (("people.csv", "-o", "out", "--cluster", "tcp://127.0.0.1:9"), "no scheduler answers"),
        (("people.csv", "-o", "out", "--base", "base.yaml"), "'pain' belongs to one person"),
    ],
)
def test_what_cannot_work_is_said_before_any_work(content, tmp_path, monkeypatch, words, says):
    """One plain message, and no handout."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(executors, "ANSWERS_IN", 0.2)
    write_csv(tmp_path / "people.csv", [a_row(content, "ann")])
    (tmp_path / "people").mkdir()
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "report.csv").write_text("month,sum\n")
    (tmp_path / "base.yaml").write_text("pain: {now: 1}\n")
    done = run(*words, "--format", "json")

    assert done.exit_code == 1
    assert says in done.output
    assert "Traceback" not in done.output
    assert not list(tmp_path.rglob("ann.*"))


def make_or_die(task):
    """Make a row; one name ends the process, as the system does when memory runs out."""
    if task.row.name == "bob":
        os._exit(9)
    return batch.Made("plan", task.row.name, {})


def test_a_row_that_ends_its_worker_is_one_problem(content, tmp_path, monkeypatch):
    """The pool is opened again, the others are made, and the one that did it is named."""
    monkeypatch.setattr(batch, "make", make_or_die)
    names = ("ann", "bob", "cid", "dot", "eve", "fay", "gus")
    path = write_csv(tmp_path / "people.csv", [a_row(content, name) for name in names])
    options = batch.Options(
        start=MONDAY,
        made_on=TODAY,
        weeks=1,
        protocol=None,
        paper="a4",
        suffixes=(".json",),
        folder=None,
        edition="standard",
        house=PLAIN,
        made_with=batch.made_with(None),
    )
    work = batch.prepare(path, tmp_path / "out", None, options)
    tasks = (batch.Task(row, options) for row in work.rows())
    made = {t.row.name: m for t, m in batch.all_outcomes(tasks, partial(opened, 2))}

    assert sorted(made) == sorted(names)
    assert [name for name in made if made[name].outcome == "problem"] == ["bob"]
    assert made["bob"].message.startswith(f"{path}:3: its worker was ended")


class Quick(Executor):
    """Makes nothing, at once."""

    def submit(self, fn, /, task):
        """Return a finished piece of work."""
        del fn
        future = Future()
        future.set_result(batch.Made("plan", str(task), {}))
        return future


def test_no_more_rows_are_read_than_are_under_way():
    """A list of any length needs the memory of a few rows."""
    read = []
    numbers = (read.append(number) or number for number in range(50))

    for done, (_, made) in enumerate(batch.outcomes(numbers, Quick(), 4)):
        assert made.message == str(done)
        assert len(read) <= done + 4


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 50])
def test_workers_are_replaced_and_no_row_is_lost(monkeypatch, count):
    """A worker grows with each page; after its turn another takes its place."""
    monkeypatch.setattr(batch, "TURN", 2)
    turns = []

    @contextlib.contextmanager
    def opened_again():
        turns.append("opened")
        yield Quick(), 4
        turns.append("closed")

    made = [m.message for _, m in batch.all_outcomes(range(count), opened_again)]

    assert made == [str(number) for number in range(count)]
    assert turns == ["opened", "closed"] * -(-count // 8)


@pytest.mark.parametrize(
    ("library", "words", "extra"),
    [("openpyxl", ("people.xlsx",), "tables"), ("distributed", CLUSTER, "cluster")],
)
def test_a_missing_extra_is_named(content, tmp_path, monkeypatch, library, words, extra):
    """Reading spreadsheets and using a cluster need more to be installed; it says what."""
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "people.csv", [a_row(content, "ann")])
    write_xlsx(tmp_path / "people.xlsx", [a_row(content, "ann")])
    monkeypatch.setitem(sys.modules, library, None)
    done = run(*words, "-o", tmp_path / "out")

    assert done.exit_code == 1
    assert f"pip install 'programgen[{extra}]'" in done.output


def test_the_example_table_works_as_the_guide_says(tmp_path):
    """Two plans, and a referral for the one with a warning sign."""
    done = quick(ROOT / "examples" / "people.csv", tmp_path)

    assert done.exit_code == 0, done.output
    found = {entry["file"]: entry["outcome"] for entry in lines(tmp_path)}
    assert found == {"robin.json": "plan", "sam.json": "plan", "kim.json": "referral"}
