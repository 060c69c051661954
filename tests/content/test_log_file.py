"""Facts about the log beside a plan: nothing accepted is lost, nothing is half-written."""

import random
import re
import signal
import subprocess
import sys
import time
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from programgen.content.log_file import append, line, log_path, read_log
from programgen.core.checkin import Away, Release, SessionReport, Void, WeekReport
from programgen.core.intake import Answer
from programgen.errors import ContentError

ID = "0123456789ab"
TODAY = date(2026, 12, 20)
FIRST = date(2026, 11, 30)


@pytest.fixture
def plan(tmp_path):
    """Where a saved plan would lie."""
    return tmp_path / "plan.json"


def ran(day=FIRST, **fields):
    """Return the report of a run."""
    return SessionReport(day=day, **{"done": "yes", **fields})


def problems(plan, text, content=None):
    """Return what is wrong with a log."""
    log_path(plan).write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_log(plan, ID, TODAY, content)
    return str(caught.value).replace(str(plan.parent) + "/", "").splitlines()


def written(plan, *rows, head=f"plan: {ID}"):
    """Write a log by hand."""
    lines = "".join(f"  - {row}\n" for row in rows)
    log_path(plan).write_text(f"{head}\nentries:\n{lines}", encoding="utf-8")


def test_the_log_lies_beside_its_plan_and_is_empty_at_first(plan):
    """``plan.json`` has ``plan.log.yaml``; no file means that nothing was reported."""
    log = read_log(plan, ID, TODAY)

    assert log_path(plan).name == "plan.log.yaml"
    assert log.entries == ()


def test_one_entry_is_one_readable_line(plan):
    """A person can read the line of an entry, and could have typed it."""
    append(plan, ID, [ran(run="8 min", during=2, where="same", limp="no")], TODAY)
    lines = log_path(plan).read_text(encoding="utf-8").splitlines()

    assert lines[0].startswith("# What was reported about this plan")
    assert lines[-3:] == [
        f'plan: "{ID}"',
        "entries:",
        (
            "  - {id: 1, entered: 2026-12-20, day: 2026-11-30, session: run, done: yes, "
            "run: 8 min, during: 2, where: same, limp: no}"
        ),
    ]


def test_lines_typed_by_hand_get_their_numbers_with_the_next_writing(plan):
    """Entries without a number stand at the end and count at once."""
    append(plan, ID, [ran()], TODAY)
    with log_path(plan).open("a", encoding="utf-8") as file:
        file.write("  - {day: 2026-12-02, done: part, run: 90 s, during: 3}\n")
    read = read_log(plan, ID, TODAY)
    append(plan, ID, [ran(FIRST + timedelta(4))], TODAY)
    text = log_path(plan).read_text(encoding="utf-8")

    assert [e.id for e in read.entries] == [1, 2]
    assert "{id: 2, entered: 2026-12-20, day: 2026-12-02" in text
    assert [e.id for e in read_log(plan, ID, TODAY).entries] == [1, 2, 3]


def test_a_line_without_a_number_before_one_with_a_number_is_refused(plan):
    """Otherwise nobody could say which entry came first."""
    found = problems(
        plan,
        f"plan: {ID}\nentries:\n  - {{day: 2026-12-01, done: no}}\n"
        "  - {id: 1, day: 2026-12-02, done: yes}\n",
    )

    assert found == ["plan.log.yaml:3:5: has no id; only the last lines may go without [id]"]


def test_every_mistake_is_named_with_its_line(plan, content):
    """Keys, values, names, kinds, days and corrections are all checked before anything counts."""
    found = problems(
        plan,
        f"plan: {ID}\nentries:\n"
        "  - {id: 1, day: 2026-12-01, done: yes, durring: 3}\n"
        "  - {id: 2, day: 2026-12-02, done: maybe}\n"
        "  - {id: 3, kind: weak, day: 2026-12-02}\n"
        "  - {id: 4, kind: week, day: 2026-12-02, answers: {saddle-numbnes: no}}\n"
        "  - {id: 5, kind: release, day: 2026-12-02, by: Kim, highest_stage: r99}\n"
        "  - {id: 6, day: 2026-12-04, done: yes, during: 11, run: 8}\n"
        "  - just text\n",
        content,
    )

    assert [re.match(r"plan.log.yaml:(\d+)", line)[1] for line in found] == [
        "3", "4", "5", "6", "7", "8", "8", "9",
    ]  # fmt: skip
    assert "'durring' is not a known key; did you mean 'during'?" in found[0]
    assert "did you mean 'week'?" in found[2]
    assert "did you mean 'saddle-numbness'?" in found[3]
    assert "write a number and a unit" in found[6] + found[5]


def test_what_does_not_fit_the_log_is_named_with_its_line(plan):
    """Days to come, corrections of nothing, and one session twice."""
    found = problems(
        plan,
        f"plan: {ID}\nentries:\n"
        "  - {id: 1, day: 2026-12-01, done: yes}\n"
        "  - {id: 2, day: 2027-12-01, done: yes}\n"
        "  - {id: 3, supersedes: 9, day: 2026-12-03, done: yes}\n"
        "  - {id: 4, day: 2026-12-01, done: no}\n",
    )

    assert "plan.log.yaml:4:5: 2027-12-01 is still to come" in found[0]
    assert "plan.log.yaml:5:5: there is no earlier entry 9 to correct" in found[1]
    assert "plan.log.yaml:6:5: 2026-12-01: this run is reported in entry 1 as well" in found[2]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("plan: ffffffffffff\nentries: []\n", "is the log of another plan"),
        ("entries: []\n", "is the log of another plan"),
        (f"plan: {ID}\nentrys: []\n", "did you mean 'entries'?"),
        (f"plan: {ID}\nentries: 3\n", "write one entry a line"),
        ("- 1\n", "write 'plan:' and 'entries:'"),
        ("", "the file is empty"),
        (f"plan: {ID}\nentries:\n  - {{day: \n", "not valid YAML"),
    ],
)
def test_a_file_that_is_not_the_log_of_this_plan_is_refused(plan, text, says):
    """Reports never reach the wrong plan."""
    assert says in problems(plan, text)[0]


def test_a_correction_supersedes_and_a_void_takes_back(plan):
    """The old line stays in the file and no longer counts."""
    append(plan, ID, [ran(morning=1), ran(FIRST + timedelta(2))], TODAY)
    append(plan, ID, [ran(morning=4, supersedes=1), Void(supersedes=2)], TODAY)
    log = read_log(plan, ID, TODAY)

    assert [e.id for e in log.entries] == [1, 2, 3, 4]
    assert [(e.id, e.morning) for e in log.valid] == [(3, 4)]


def test_entries_that_do_not_fit_change_nothing(plan):
    """All or none: the sound entry beside a wrong one is not taken either."""
    append(plan, ID, [ran()], TODAY)
    before = log_path(plan).read_bytes()
    with pytest.raises(ContentError, match="reported in entry 1"):
        append(plan, ID, [ran(FIRST + timedelta(2)), ran(done="no")], TODAY)

    assert log_path(plan).read_bytes() == before


def test_text_that_could_not_be_read_again_is_never_written(plan):
    """A control sign in a note would make the whole log unreadable."""
    append(plan, ID, [ran()], TODAY)
    before = log_path(plan).read_bytes()
    with pytest.raises(ContentError, match="control characters"):
        append(plan, ID, [Release(day=FIRST, by="Kim", note="beep\x07")], TODAY)

    assert log_path(plan).read_bytes() == before


def test_a_file_left_by_a_killed_writer_is_never_read(plan):
    """Neither the new file that was not put in place nor the lock keeps anybody out."""
    append(plan, ID, [ran()], TODAY)
    plan.with_name(".plan.log.yaml.new").write_text("half a li", encoding="utf-8")
    plan.with_name(".plan.log.yaml.lock").write_text("12345", encoding="utf-8")
    append(plan, ID, [ran(FIRST + timedelta(2))], TODAY)

    assert [e.id for e in read_log(plan, ID, TODAY).entries] == [1, 2]
    assert not plan.with_name(".plan.log.yaml.new").exists()


def test_a_folder_that_cannot_be_written_gives_a_message(tmp_path):
    """No traceback where there is no folder."""
    with pytest.raises(ContentError, match="cannot be written"):
        append(tmp_path / "none" / "plan.json", ID, [ran()], TODAY)


HOSTILE = [
    'say "yes"', "it's", "a: b", "- # no", "two\nlines", "tab\there", "null", "true", "12", "1.5",
    "{x}", "[y]", "& *", "| >", "%", "@", "`", "👩‍🦰 🏃", "ظهري يؤلمني", "می‌دوم",
    "\u2028\u0085\ufeff.",
    "back\\slash \\n", "2026-12-01", "8 min", "=1+1", "a #b", "?", "\U0001f1e6", "x" * 60,
]  # fmt: skip

_signs = st.characters(exclude_categories=["Cs", "Cc"])
_text = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.one_of(_signs, st.sampled_from("\n\t\"'#:{}[],&*")), min_size=1, max_size=40),
).filter(lambda text: bool(text.strip()))
_name = st.one_of(
    st.sampled_from([t for t in HOSTILE if t.replace("‌", "").replace("‍", "").isprintable()]),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs", "Cf", "Co", "Cn"]),
            min_size=1, max_size=40),
)  # fmt: skip
_score = st.none() | st.integers(0, 10)
_answer = st.none() | st.sampled_from(Answer)
_days = st.dates(FIRST, TODAY)
_spans = st.none() | st.integers(0, 40_000).map(lambda s: timedelta(seconds=s))
_reports = st.builds(
    SessionReport,
    day=_days,
    session=st.sampled_from(["run", "strength", "mobility", "cross-training"]),
    done=st.sampled_from(["yes", "part", "no"]),
    run=_spans,
    distance=st.none() | st.integers(0, 100_000).map("{} m".format),
    before=_score,
    during=_score,
    after=_score,
    morning=_score,
    where=st.sampled_from([None, "none", "same", "nearer", "further", "new-numb-weak"]),
    limp=_answer,
    spot=_answer,
    night=_answer,
    effort=_score,
    source=st.none() | _text,
)
_weeks = st.builds(
    WeekReport,
    day=_days,
    answers=st.dictionaries(st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5})?", fullmatch=True),
                            st.sampled_from(Answer), max_size=4),
    usual=_score,
    average=_score,
    activities=st.dictionaries(_name, st.integers(0, 10), max_size=5),
    change=st.none() | st.integers(-5, 5),
)  # fmt: skip
_aways = st.builds(
    lambda first, days, why: Away(first=first, last=first + timedelta(days), why=why),
    _days, st.integers(0, 30), st.none() | _text,
)  # fmt: skip
_releases = st.builds(Release, day=_days, by=_text, note=st.none() | _text)


def _key(entry):
    return (entry.day, entry.session) if isinstance(entry, SessionReport) else id(entry)


_logs = st.lists(
    st.one_of(_reports, _weeks, _aways, _releases), min_size=1, max_size=6, unique_by=_key
)


@settings(max_examples=80)
@given(_logs)
@example([Release(day=FIRST, by=text) for text in HOSTILE])
@example([Away(first=FIRST, last=FIRST, why=text) for text in HOSTILE])
def test_what_was_written_is_read_again(tmp_path_factory, entries):
    """Any log comes back as it was, whatever the texts hold, and each entry keeps to its line."""
    plan = tmp_path_factory.mktemp("log") / "plan.json"
    log = append(plan, ID, entries, TODAY)
    rows = [r for r in log_path(plan).read_text(encoding="utf-8").split("\n") if r[:4] == "  - "]

    assert read_log(plan, ID, TODAY) == log
    assert [e.model_dump(exclude={"id", "entered"}) for e in log.entries] == [
        e.model_dump(exclude={"id", "entered"}) for e in entries
    ]
    assert rows == [f"  - {line(entry)}" for entry in log.entries]


WRITER = """
import sys
from datetime import date, timedelta
from pathlib import Path
from programgen.content.log_file import append
from programgen.core.checkin import Away

plan, mark, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
day = date(2026, 11, 30)
for number in range(count):
    append(plan, "0123456789ab", [Away(first=day, last=day, why=f"{mark} {number}")], day)
    print(number, flush=True)
"""


def start(plan, mark, count):
    """Start a process that adds entries and names each that was accepted."""
    command = [sys.executable, "-c", WRITER, str(plan), mark, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def texts(plan):
    """Return the text of every entry in the log."""
    return [entry.why for entry in read_log(plan, ID, TODAY).entries]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killing_a_writer_loses_nothing_that_was_accepted(tmp_path):
    """25 writers of 40 entries, each killed somewhere: the log is whole, and goes on."""
    chance = random.Random(7)
    written = 0
    for kill in range(25):
        plan = tmp_path / f"{kill // 5}.json"
        before = texts(plan)
        with start(plan, f"w{kill}", 40) as writer:
            accepted = [writer.stdout.readline() for _ in range(chance.randrange(1, 40))]
            time.sleep(chance.random() * 0.02)
            writer.send_signal(signal.SIGKILL)
            accepted += writer.stdout.read().splitlines()
        whole = [f"w{kill} {int(text)}" for text in accepted if text.strip()]
        found = texts(plan)
        written += len(found) - len(before)
        # One more may have reached the disk before its number was told.
        assert found[: len(before) + len(whole)] == [*before, *whole]
        assert len(found) <= len(before) + len(whole) + 1
    assert written > 300


def test_two_writers_at_once_lose_nothing(tmp_path):
    """Each entry of both is there, in the order of its writer, with a number of its own."""
    plan = tmp_path / "plan.json"
    writers = [start(plan, mark, 40) for mark in ("a", "b")]
    for writer in writers:
        writer.communicate()
    found = texts(plan)
    numbers = [entry.id for entry in read_log(plan, ID, TODAY).entries]

    assert [t for t in found if t[0] == "a"] == [f"a {n}" for n in range(40)]
    assert [t for t in found if t[0] == "b"] == [f"b {n}" for n in range(40)]
    assert numbers == list(range(1, 81))
