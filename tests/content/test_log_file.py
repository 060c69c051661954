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
        (f"plan: {ID}\nentries: 3\n", "write one report a line"),
        ("- 1\n", "write 'plan:' and 'entries:'"),
        ("", "holds nothing"),
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
_days = st.dates(FIRST, TODAY - timedelta(days=1))
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


def test_numbers_rise_and_nothing_was_entered_in_time_to_come(plan):
    """Else nobody could say which line came first; a traveller's clock may be a day behind."""
    found = problems(
        plan,
        f"plan: {ID}\nentries:\n"
        "  - {id: 5, entered: 2099-01-01, day: 2026-12-01, done: yes}\n"
        "  - {id: 3, entered: 2026-12-21, day: 2026-12-02, done: yes}\n",
    )

    assert found == [
        "plan.log.yaml:3:13: was entered on 2099-01-01, which is still to come [entered]",
        "plan.log.yaml:4:6: the number 3 stands after 5; numbers rise from line to line [id]",
    ]


def test_new_lines_are_held_to_the_days_of_the_plan_and_old_ones_are_not(plan):
    """What was accepted once never locks the log."""
    early = "day: 2026-11-20, done: yes"
    written(plan, f"{{id: 1, {early}}}")
    old = read_log(plan, ID, TODAY, start=FIRST)
    written(
        plan,
        f"{{{early}}}",
        "{day: 2026-12-20, done: yes, morning: 1}",
        "{kind: void, supersedes: 9}",
    )
    with pytest.raises(ContentError) as caught:
        read_log(plan, ID, TODAY, start=FIRST)

    assert [e.id for e in old.entries] == [1]
    assert [re.sub(r"^.*yaml:", "", line) for line in str(caught.value).splitlines()] == [
        "3:6: 2026-11-20 is too early: the plan begins on 2026-11-30 [day]",
        (
            "4:34: the morning after this day has not come yet; leave it out and report it then "
            "[day]"
        ),
        "5:5: there is no earlier entry 9 to correct [log]",
    ]


def test_a_correction_is_of_the_same_kind_and_of_no_taking_back(plan):
    """A week cannot stand for a run, nor anything for a line that only takes back."""
    append(plan, ID, [ran(), Void(supersedes=1)], TODAY)
    for wrong, says in (
        (Void(supersedes=2), "takes a report back"),
        (ran(supersedes=2), "takes a report back"),
    ):
        with pytest.raises(ContentError, match=says):
            append(plan, ID, [wrong], TODAY)
    append(plan, ID, [ran()], TODAY)
    with pytest.raises(ContentError, match="entry 3 is no week"):
        append(plan, ID, [WeekReport(day=FIRST, supersedes=3)], TODAY)


def test_a_warning_sign_typed_by_hand_corrects_the_first_report(plan):
    """A second line for a session is refused, but not when it brings new numbness."""
    append(plan, ID, [ran(during=3)], TODAY)
    with log_path(plan).open("a", encoding="utf-8") as file:
        file.write("  - {day: 2026-11-30, done: yes, where: new-numb-weak}\n")
    (counts,) = read_log(plan, ID, TODAY).valid

    assert (counts.id, counts.supersedes, counts.during, counts.where) == (2, 1, 3, "new-numb-weak")


def test_a_mistake_in_a_log_does_not_hide_a_warning_sign_typed_by_hand(plan, content):
    """Nothing of an unsound log counts, so what to do is said beside the mistakes."""
    head = f"plan: {ID}\nentries:\n  - {{id: 1, day: 2026-12-01, done: yes}}\n"
    numb = "  - {day: 2026-12-02, done: yes, where: new-numb-weak}\n"
    unsound = problems(plan, head + numb + "  - {day: 2026-12-03, done: maybe}\n", content)
    unfit = problems(plan, head + numb + "  - {day: 2027-12-03, done: yes}\n", content)

    assert [line[:20] for line in unsound] == ["plan.log.yaml:4:5: m", "plan.log.yaml:5:23: "]
    assert "4:5: may be a warning sign: do not run" in unsound[0]
    assert unsound[0] == unfit[0]


def test_an_empty_log_says_what_to_do(plan):
    """It is no log in which nothing was reported: its plan may count reports."""
    (found,) = problems(plan, "# gone\n")

    assert found.startswith("plan.log.yaml:1:1: holds nothing; put the log of this plan back, or")


ROWS = """\
id: 1, entered: 2026-12-01, day: 2026-11-30, session: run, done: yes, run: 8 min, distance: 3000 m
id: 2, day: 2026-12-02, done: part, during: 1, where: same, limp: no, source: a.fit
id: 3, entered: 2026-12-07, kind: week, day: 2026-12-06, usual: 1, answers: {chest-pain: no}
id: 4, kind: week, day: 2026-12-06, abilities: {hop: yes}, activities: {Stairs: 4}, change: -1
id: 5, entered: 2026-12-07, kind: away, first: 2026-12-08, last: 2026-12-09, why: Home
id: 6, kind: release, day: 2026-12-07, by: Kim, highest_stage: r5, note: Hi
id: 7, kind: void, supersedes: 1
""".splitlines()
WRONG = (
    "[a]", "{a: 1}", "[[]]", "{}", "[]", "null", "true", "-1", "1.5", '""', '"\\u0000"', '"a\\nb"',
    "9999999999999999", "99999999999999999999999", "1" * 400, "2026-13-40", "9999-12-31",
    "0001-01-01", "999999 years", "!!set {a}", "&a b", "*a", ".nan", "'", "{", "- b", "| c", "? d",
)  # fmt: skip


def _log(rows):
    return f"plan: {ID}\nentries:\n" + "".join(f"  - {{{row}}}\n" for row in rows)


def _refused_by_name_or_read(plan, raw, content):
    """Read a log; what is refused names the file, and the log stays as it is."""
    log_path(plan).write_bytes(raw)
    try:
        read_log(plan, ID, TODAY, content, FIRST)
    except ContentError as error:
        told = error.problems
    else:
        return True
    with pytest.raises(ContentError):
        append(plan, ID, [ran()], TODAY, content=content, start=FIRST)
    assert told
    assert all(p.path == str(log_path(plan)) and p.message for p in told)
    assert log_path(plan).read_bytes() == raw
    return False


def test_every_field_of_a_wrong_type_is_named_with_its_line(plan, content):
    """Whatever stands in the place of whatever value: a message with the line, no traceback."""
    read = []
    for at, row in enumerate(ROWS):
        fields = re.split(r", (?=[a-z_]+: )", row)
        for place, field in enumerate(fields):
            key = field.partition(":")[0]
            for value in WRONG:
                changed = [*fields[:place], f"{key}: {value}", *fields[place + 1 :]]
                rows = [*ROWS[:at], ", ".join(changed), *ROWS[at + 1 :]]
                if _refused_by_name_or_read(plan, _log(rows).encode(), content):
                    read.append((key, value))

    # Text may be any text, and what may be left out may be null.
    plain = {key for key, value in read if value not in ("null", "{}", "{a: 1}")}
    assert plain <= {"why", "by", "note", "source", "id", "supersedes", "change", "limp"}
    assert [value for key, value in read if key == "limp"] == ["null", "true"]


def test_every_key_that_stands_twice_is_named(plan, content):
    """The second value could be the one that was meant."""
    for at, row in enumerate(ROWS):
        for field in re.split(r", (?=[a-z_]+: )", row):
            rows = [*ROWS[:at], f"{row}, {field}", *ROWS[at + 1 :]]
            (found,) = problems(plan, _log(rows), content)

            assert f":{at + 3}:" in found
            assert "is already set on line" in found


GOOD_LOG = _log(ROWS).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + GOOD_LOG,
        GOOD_LOG.replace(b"\n", b"\r\n"),
        GOOD_LOG + b"# the end",
        GOOD_LOG + b"\n\n",
    ],
)
def test_marks_and_line_ends_of_other_systems_mean_nothing(plan, content, raw):
    """An editor on another system may have saved the log."""
    assert _refused_by_name_or_read(plan, raw, content)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (GOOD_LOG.replace(b"  - ", b"\t- "), "3: not valid YAML"),
        (GOOD_LOG.decode().encode("utf-16"), "1: is not UTF-8 text"),
        (GOOD_LOG.replace(b"Home", b"H\xe4me"), "7: is not UTF-8 text"),
        (GOOD_LOG + GOOD_LOG, "10: key 'plan' is already set on line 1"),
        (GOOD_LOG + b"---\n" + GOOD_LOG, "10: not valid YAML"),
        (b"\x00" * 50, "control characters"),
        (b"{" * 5000, "nesting"),
        (b"\xef\xbb\xbf", "1: holds nothing"),
    ],
)
def test_a_log_that_is_no_text_of_ours_is_refused(plan, content, raw, says):
    """With the line where there is one."""
    assert not _refused_by_name_or_read(plan, raw, content)
    with pytest.raises(ContentError) as caught:
        read_log(plan, ID, TODAY, content)
    assert says in re.sub(r"(yaml:\d+):\d+", r"\1", str(caught.value))


def test_a_damaged_log_is_refused_or_read_and_never_more_than_that(plan, content):
    """A thousand logs with bytes changed, lost or put in: no traceback, nothing is changed."""
    chance = random.Random(3)
    read = 0
    for _ in range(1000):
        raw = bytearray(GOOD_LOG)
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(raw))
            new = bytes(chance.choices(b"{}[]:,-\n\t\"'#&*!|> 0a\xef", k=chance.randrange(1, 4)))
            raw[at : at + chance.randrange(0, 9)] = new
        read += _refused_by_name_or_read(plan, bytes(raw), content)

    assert 0 < read < 500
