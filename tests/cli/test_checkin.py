"""Check-ins as a runner meets them: a few seconds in, what follows out."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from programgen import service
from programgen.cli import main
from programgen.content.entry_rows import read_reports
from programgen.content.log_file import line, read_log
from programgen.content.saved_plan import read_plan
from programgen.core import log_sheet
from programgen.core.standing import stopping_questions
from programgen.errors import NoPlanError
from tests.content.test_activity import fit, gpx

ROOT = Path(__file__).parents[2]
MONDAY = "2026-11-30"


def run(*words, stdin=None):
    """Run the command in this process."""
    return CliRunner().invoke(main, [str(w) for w in words], input=stdin)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The bytes of the plan of the runner of the examples."""
    path = tmp_path_factory.mktemp("first") / "plan.json"
    words = ("--start", MONDAY, "--today", "2026-11-24", "-o", path)
    assert run("plan", ROOT / "examples" / "runner.yaml", *words).exit_code == 0
    return path.read_bytes()


@pytest.fixture
def plan(first, tmp_path):
    """A saved plan without reports."""
    path = tmp_path / "plan.json"
    path.write_bytes(first)
    return path


def checkin(plan, *words, today="2026-12-01", stdin=None, code=0):
    """Report to a plan and return what was printed."""
    done = run("checkin", plan, *words, "--today", today, stdin=stdin)
    assert done.exit_code == code, done.output
    return done.output


def rows(plan):
    """Return the entries of the log as lines, without what every entry has."""
    identity = json.loads(plan.read_text())["provenance"]["plan"]
    log = read_log(plan, identity, date(2027, 3, 1))
    return [re.sub(r"id: \d+, entered: [\d-]+, ", "", line(e)) for e in log.entries]


def untouched(plan, *words, code, today="2026-12-01"):
    """Return the message of a report that changes nothing."""
    before = {p.name: p.read_bytes() for p in plan.parent.iterdir() if p.name[0] != "."}
    output = checkin(plan, *words, code=code, today=today)
    assert {p.name: p.read_bytes() for p in plan.parent.iterdir() if p.name[0] != "."} == before
    return output


def test_a_session_is_reported_in_the_order_of_the_log_sheet(plan):
    """Thirteen short answers; Enter takes the run time of the plan."""
    answers = "done\n\n1\n2\n1\n1\n2\nn\nn\nn\n4\n" + "\n"
    output = checkin(plan, stdin=answers)
    asked = [
        "Mon 30 Nov: 30-second runs", "How long did you run in all? (Enter: 3 min, as planned)",
        "Pain before it", "Worst pain during it", "Pain one hour after it", "Pain next morning",
        "Where was it?", "Did you limp", "in one spot of a bone", "wake you at night",
        "How hard was it", "Written as entry 1.", "Next:",
    ]  # fmt: skip

    assert [output.index(text) for text in asked] == sorted(output.index(t) for t in asked)
    assert rows(plan) == [
        (
            "{day: 2026-11-30, session: run, done: yes, before: 1, during: 2, after: 1, "
            "morning: 1, where: same, limp: no, spot: no, night: no, effort: 4}"
        )
    ]


def test_enter_is_not_known_and_is_never_a_zero(plan):
    """What was skipped is left out of the log; a session that was skipped is asked again."""
    checkin(plan, stdin="part\n90 s\n\n3\n" + "\n" * 8)
    later = checkin(plan, stdin="\n")

    assert rows(plan) == ["{day: 2026-11-30, session: run, done: part, run: 90 s, during: 3}"]
    assert "Mon 30 Nov" not in later
    assert "Tue 1 Dec: Easy backstroke" in later


def test_a_missed_session_is_asked_for_nothing_but_the_pain_before(plan):
    """Whether the back was the reason decides what follows."""
    output = checkin(plan, stdin="missed\n5\n\n")

    assert rows(plan) == ["{day: 2026-11-30, session: run, done: no, before: 5}"]
    assert "Worst pain during" not in output


def test_where_nothing_hurt_nobody_is_asked_for_a_limp(plan):
    """No pain at all leaves five questions out."""
    output = checkin(plan, stdin="d\n\n0\n0\n0\n0\n1\n3\n\n")

    assert "limp" not in output
    assert rows(plan)[0].endswith("morning: 0, where: none, effort: 3}")


def test_the_exercise_that_moved_the_pain_is_asked_for(plan, content):
    """One of the session, by its number; Enter where nobody knows."""
    sessions = [p for w in read_plan(plan, content).weeks for p in w.placed if p.session.items]
    strength = next(p for p in sessions if p.session.kind == "strength")
    second = strength.session.items[1].exercise
    skip = "\n" * sum(d < strength.day for d in ask_days(plan, content))
    output = checkin(plan, today=str(strength.day), stdin=skip + "d\n1\n9\n4\n2\n" + "\n" * 9)

    assert f"2 {content.exercises[second].words.name}" in output
    assert rows(plan)[0].endswith(f"where: further, exercise: {second}}}")


def ask_days(plan, content):
    """Return the days of the sessions that a check-in asks for."""
    placed = (p for w in read_plan(plan, content).weeks for p in w.placed)
    return [p.day for p in placed if p.session.stage or p.session.kind != "mobility"]


def test_a_typing_mistake_is_asked_again(plan):
    """A word that no one knows changes nothing."""
    output = checkin(plan, stdin="perhaps\nd\nlong\n\n11\n1\n1\n1\n1\n9\n2\nx\nn\nn\nn\n3\n\n")

    assert "write done, part or missed" in output
    assert "write a time such as 8 min" in output
    assert "write 0 to 10" in output
    assert "write 1 to 5" in output
    assert "write yes, no or unsure" in output
    assert len(rows(plan)) == 1


def test_the_morning_after_is_asked_on_the_next_day(plan):
    """Who reports in the evening is asked for the morning, as a correction."""
    checkin(plan, "--done", "yes", "--during", 1, today=MONDAY)
    output = checkin(plan, stdin="2\n\n")

    assert "Mon 30 Nov, run: the morning after" in output
    assert rows(plan)[1] == (
        "{supersedes: 1, day: 2026-11-30, session: run, done: yes, during: 1, morning: 2}"
    )


def test_leaving_in_the_middle_keeps_complete_reports(plan):
    """The command goes on where it was left."""
    output = checkin(plan, today="2026-12-03", stdin="m\n\nd\n0\n", code=1)

    assert "Complete reports are kept." in output
    assert rows(plan) == ["{day: 2026-11-30, session: run, done: no}"]


def test_new_numbness_is_told_at_once_and_withdraws_the_plan(plan):
    """The heading stands before the last questions; the exit code is 3."""
    answers = "d\n\n1\n2\n1\n1\n5\nn\nn\nn\n4\n"
    output = checkin(plan, today="2026-12-03", stdin=answers, code=3)

    assert output.count("Get an urgent medical appointment") == 2
    assert "Tue 1 Dec" not in output
    assert "The plan is withdrawn." in output
    assert json.loads(plan.read_text())["result"] == "referral"


GROUPS = 5


def test_the_questions_of_the_week_show_every_warning_sign(plan, content):
    """Each is on the screen; 'no' to a shown group is a no to each of it."""
    answers = "n\n" * GROUPS + "1\n1\n3\n2\n4\nSit at my desk\n6\n\n1\ny\n"
    output = checkin(plan, "--week", today="2026-12-07", stdin=answers, code=0)
    words = {**content.vocabulary.screening, **content.vocabulary.health}
    shown = " ".join(output.split())
    report = read_log(plan, read_plan(plan, content).provenance.plan, date(2026, 12, 7)).entries[0]

    assert all(words[name].ask in shown for name in stopping_questions(content))
    assert set(report.answers) == stopping_questions(content)
    assert set(report.answers.values()) == {"no"}
    assert (report.usual, report.worst, report.average, report.change) == (1, 3, 2, 1)
    assert report.activities == {"run for 30 minutes": 4, "Sit at my desk": 6}
    assert report.abilities == {"hop": "yes"}


def test_after_a_month_off_every_test_of_the_start_is_asked_for_again(plan, content):
    """The hop test was all that the ladder waited for; now the walk and the jog count again."""
    answers = "n\n" * GROUPS + "1\n1\n3\n2\n4\n\n\ny\ny\nn\n"
    checkin(plan, "--week", today="2027-01-07", stdin=answers, code=0)
    report = read_log(plan, read_plan(plan, content).provenance.plan, date(2027, 1, 7)).entries[0]

    assert report.abilities == {"walk-30-min": "yes", "jog-on-spot": "yes", "hop": "no"}


def test_the_week_is_asked_for_after_seven_days(plan):
    """Warning signs may be new; nobody has to remember to ask for them."""
    six = checkin(plan, today="2026-12-06", stdin="\n" * 40)
    seven = checkin(plan, today="2026-12-07", stdin="\n" * 40, code=1)

    assert "warning signs first" not in six
    assert "warning signs first" in seven


def test_a_warning_sign_ends_the_questions_of_the_week(plan):
    """A yes or an 'unsure' to a group is asked one by one; a yes stops at once."""
    output = checkin(plan, "--week", today="2026-12-07", stdin="u\nn\ny\n", code=3)

    assert "Call your emergency number" in output
    assert "Your pain of this week" not in output
    assert rows(plan)[0].endswith("{bladder-trouble: yes, saddle-numbness: no}}")


def test_an_unsure_answer_is_not_a_no(plan):
    """Running and strength wait until the question is answered."""
    answers = "u\nu\nn\nn\nn\nn\n" + "n\n" * (GROUPS - 1) + "\n" * 9
    output = checkin(plan, "--week", today="2026-12-07", stdin=answers, code=3)

    assert "No running and no strength work until these questions are answered" in output
    assert "saddle-numbness" in output
    assert "get medical help now" in output


OPTIONS = {
    "run": ("8 min", "run: 8 min"),
    "distance": ("3 km", "distance: 3000 m"),
    "before": (1, "before: 1"),
    "during": (2, "during: 2"),
    "after": (1, "after: 1"),
    "morning": (0, "morning: 0"),
    "where": ("nearer", "where: nearer"),
    "limp": ("no", "limp: no"),
    "exercise": ("bird-dog", "exercise: bird-dog"),
    "spot": ("unsure", "spot: unsure"),
    "night": ("no", "night: no"),
    "effort": (4, "effort: 4"),
}


def test_every_answer_of_a_session_is_an_option_too(plan):
    """Nothing needs a terminal."""
    words = [w for name, (value, _) in OPTIONS.items() for w in (f"--{name}", value)]
    checkin(plan, "--day", MONDAY, "--session", "run", "--done", "yes", *words)
    texts = ", ".join(text for _, text in OPTIONS.values())

    assert rows(plan) == [f"{{day: {MONDAY}, session: run, done: yes, {texts}}}"]


def test_every_answer_of_a_week_is_an_option_too(plan):
    """Names may be mistyped; the message says the right one."""
    words = (
        "--usual", 1, "--walking", 0, "--worst", 3, "--average", 2, "--change", -1,
        "--answer", "saddle-numbness=no", "--ability", "hop=yes", "--can", "Stairs: up = down=7",
    )  # fmt: skip
    checkin(plan, *words)
    message = untouched(plan, "--answer", "saddle-numbnes=no", code=1)

    assert rows(plan) == [
        (
            "{kind: week, day: 2026-12-01, answers: {saddle-numbness: no}, abilities: {hop: yes}, "
            'usual: 1, walking: 0, worst: 3, average: 2, activities: {"Stairs: up = down": 7}, '
            "change: -1}"
        )
    ]
    assert "did you mean 'saddle-numbness'?" in message


def test_days_away_a_release_and_a_void_are_entries(plan):
    """Each is one command, and one line of the log."""
    checkin(plan, "--away", "2026-12-04", "2026-12-06", "--why", 'Visit: "home" \x07')
    checkin(plan, "--release-by", "Kim, PT", "--highest-stage", "r5", "--note", "Go easy.")
    output = checkin(plan, "--void", 1)
    listed = checkin(plan, "--list")

    assert rows(plan) == [
        '{kind: away, first: 2026-12-04, last: 2026-12-06, why: "Visit: \\"home\\""}',
        '{kind: release, day: 2026-12-01, by: "Kim, PT", highest_stage: r5, note: "Go easy."}',
        "{supersedes: 1, kind: void}",
    ]
    assert "Written as entry 3." in output
    assert listed.splitlines()[0].endswith("(no longer counts)")


def test_a_correction_keeps_what_it_does_not_name(plan):
    """One score is mended; the old entry stays in the file."""
    checkin(plan, "--day", MONDAY, "--done", "yes", "--during", 2, "--morning", 1)
    output = checkin(plan, "--correct", 1, "--morning", 4, today="2026-12-02")

    assert rows(plan)[1] == (
        "{supersedes: 1, day: 2026-11-30, session: run, done: yes, during: 2, morning: 4}"
    )
    assert "The back was clearly worse the next morning." in output


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--done", "yes", "--void", 1), 2, "one thing at a time"),
        (("--during", 3), 2, "say with --done"),
        (("--done", "yes", "--during", 11), 2, "a whole number from 0 to 10"),
        (("--done", "yes", "--run", "8"), 2, "write a number and a unit"),
        (("--why", "x"), 2, "--why goes with --away"),
        (("--note", "x"), 2, "--note goes with --release-by"),
        (("--correct", 1), 2, "--correct goes with the answers"),
        (("--correct", 7, "--morning", 1), 1, "There is no entry 7"),
        (("--void", 3), 1, "there is no earlier entry 3"),
        (("--day", MONDAY), 2, "--day goes with an answer"),
        (("--day", "2026-12-24", "--done", "yes"), 1, "is still to come"),
        (("--can", "Stairs"), 2, "write a name, '=' and the answer"),
        (("--can", "Stairs=lots"), 1, "write a whole number"),
        (("--away", "2026-12-06", "2026-12-04"), 1, "'last' is before 'first'"),
        (("--release-by", "Kim", "--highest-stage", "r99"), 1, "'r99' is not known"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(plan, words, code, says):
    """A message, and not a byte is different."""
    assert says in untouched(plan, *words, code=code)


SHEET = (
    "Day;Session;Done;Time run;Pain before;Worst during;1 hour after;Next morning;Where;Limp;"
    "Sharp bone spot;Woken at night;Effort\n"
    "2026-11-30;Run;x;8;1;2;1;1;same place;n;n;no;4\n"
    "2026-12-01;Easy training;yes;;;0;;;none;;;;\n"
    "2026-12-02;run-2;part;90 s;;3;;1;Down leg;?;;;\n"
    "2026-12-03;Strength;;;;;;;;;;;\n"
    "2026-12-05;Walk;-;;4;;;;;;;;\n"
)


def test_a_paper_log_is_typed_in_at_once(plan, tmp_path):
    """The heads are those of the sheet, ticks are ticks, and lines left empty say nothing."""
    paper = tmp_path / "paper.csv"
    paper.write_text(SHEET, encoding="utf-8")
    checkin(plan, "--from", paper, today="2026-12-06")

    assert rows(plan) == [
        (
            "{day: 2026-11-30, session: run, done: yes, run: 8 min, before: 1, during: 2, "
            "after: 1, morning: 1, where: same, limp: no, spot: no, night: no, effort: 4}"
        ),
        "{day: 2026-12-01, session: cross-training, done: yes, during: 0, where: none}",
        (
            "{day: 2026-12-02, session: run, done: part, run: 90 s, during: 3, morning: 1, "
            "where: further, limp: unsure}"
        ),
        "{day: 2026-12-05, session: run, done: no, before: 4}",
    ]


def test_every_word_of_the_log_sheet_is_read(content, tmp_path):
    """Heads, sessions and places as they are printed mean what the sheet means."""
    paper = tmp_path / "paper.csv"
    heads = [column.heading for column in log_sheet.SESSION]
    told = [(kind, word, place, where) for (kind, word), (place, where) in WORDS]
    told += [("run", "Run", "new-numb-weak", word) for word in ("New numbness", "numb", "weak")]
    lines = [
        f'2026-11-{at + 1:02},{word},yes,8,1,2,1,1,"{where}",no,no,no,4'
        for at, (_, word, _, where) in enumerate(told)
    ]
    paper.write_text("\n".join([",".join(heads), *lines]), encoding="utf-8")
    entries = read_reports(paper, content).entries

    assert [(e.session, e.where) for e in entries] == [(kind, place) for kind, _, place, _ in told]
    assert {"run": "8 min", "spot": "no"}.items() <= entries[0].model_dump(mode="json").items()


WORDS = list(zip(log_sheet.SESSIONS, log_sheet.WHERE, strict=True))


def test_the_week_of_the_log_sheet_is_read(content, tmp_path):
    """A table of the questions of the week needs no column that says so."""
    paper = tmp_path / "weeks.csv"
    heads = ";".join(["Day", *(column.heading for column in log_sheet.WEEK)])
    paper.write_text(f"{heads}\n2026-12-06;1;0;3;2;run for 30 minutes: 4, stairs = 7;-1\n")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(f"{heads}\n2026-12-06;1;0;3;2;stairs;-1\n")
    entries = read_reports(paper, content).entries

    assert line(entries[0]) == (
        "{kind: week, day: 2026-12-06, usual: 1, walking: 0, worst: 3, average: 2, "
        "activities: {run for 30 minutes: 4, stairs: 7}, change: -1}"
    )
    (problem,) = read_reports(wrong, content).problems
    assert f"{wrong}:2:6: write each activity with its score" in str(problem)


def test_other_entries_stand_in_a_table_too(content, tmp_path):
    """A column 'kind' takes weeks, days away and releases."""
    table = tmp_path / "log.csv"
    table.write_text(
        "kind,day,done,first,last,why,usual,activities.run for 30 minutes,answers.chest-pain,by\n"
        'away,,,2026-12-04,2026-12-06,"Home, by train",,,,\n'
        "week,2026-12-07,,,,,1,4,N,\n"
        "release,2026-12-08,,,,,,,,Kim\n"
        ",2026-12-09,y,,,,,,,\n",
        encoding="utf-8",
    )
    entries = read_reports(table, content).entries

    assert [line(entry) for entry in entries] == [
        '{kind: away, first: 2026-12-04, last: 2026-12-06, why: "Home, by train"}',
        (
            "{kind: week, day: 2026-12-07, answers: {chest-pain: no}, usual: 1, "
            "activities: {run for 30 minutes: 4}}"
        ),
        "{kind: release, day: 2026-12-08, by: Kim}",
        "{day: 2026-12-09, session: run, done: yes}",
    ]


FULL = {
    "Day": MONDAY,
    "Session": "Run",
    "Done": "part",
    "Time run": 7.5,
    "Pain before": 1,
    "Worst during": 3,
    "1 hour after": 2,
    "Next morning": 1,
    "Where": "down leg",
    "Limp": "no",
    "Sharp bone spot": "unsure",
    "Woken at night": "yes",
    "Effort": 4,
}
"""A row of the log sheet with something in every column."""

WEEKLY = {
    "Usual morning pain": 1,
    "Pain when walking": 0,
    "Worst pain": 3,
    "Average pain": 2,
    "My own activities": "run for 30 minutes: 4, stairs: 7",
    "Change since the start": -1,
}


def filled(book_file, sheet, row, values):
    """Write values below the heads of a sheet of a workbook, as a person would."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(book_file)
    heads = [cell.value for cell in book[sheet][1]]
    for head, value in values.items():
        book[sheet].cell(row, heads.index(head) + 1).value = value
    book.save(book_file)


def test_our_own_workbook_says_the_same_as_the_options(plan, tmp_path):
    """A filled-in row of the sheets 'Log' and 'Weekly log' is the entry that options give."""
    book_file, other = tmp_path / "plan.xlsx", tmp_path / "other.json"
    other.write_bytes(plan.read_bytes())
    assert run("export", plan, "-o", book_file).exit_code == 0
    filled(book_file, "Log", 2, FULL)
    filled(book_file, "Log", 3, {"Done": "x"})
    filled(book_file, "Weekly log", 2, WEEKLY)
    later = "2026-12-07"
    checkin(plan, "--from", book_file, today=later)
    scores = ("--before", 1, "--during", 3, "--after", 2, "--morning", 1, "--effort", 4)
    signs = ("--where", "further", "--limp", "no", "--spot", "unsure", "--night", "yes")
    run_done = ("--done", "part", "--run", "7.5 min", *scores, *signs)
    cross_done = ("--session", "cross-training", "--done", "yes")
    week = ("--usual", 1, "--walking", 0, "--worst", 3, "--average", 2, "--change", -1)
    own = ("--can", "run for 30 minutes=4", "--can", "stairs=7")
    checkin(other, "--day", MONDAY, *run_done, today=later)
    checkin(other, "--day", "2026-12-01", *cross_done, today=later)
    checkin(other, "--day", "2026-12-06", *week, *own, today=later)

    assert rows(plan) == rows(other)
    assert len(rows(plan)) == 3


def test_both_sheets_tell_their_mistakes_by_name(plan, tmp_path):
    """All at once; nothing is taken."""
    book_file = tmp_path / "plan.xlsx"
    assert run("export", plan, "-o", book_file).exit_code == 0
    filled(book_file, "Log", 2, {"Done": "x", "Effort": 11})
    filled(book_file, "Weekly log", 2, {"Worst pain": "bad"})
    told = untouched(plan, "--from", book_file, code=1)

    assert "plan.xlsx [Log]:2:13: must be 10 or less" in told
    assert "plan.xlsx [Weekly log]:2:4: " in told


@pytest.mark.parametrize("name", ["Bird dog", "bird dog", "bird-dog"])
def test_the_exercise_that_moved_the_pain_stands_beside_the_place(content, tmp_path, name):
    """As the sheet asks for it; another word is named as no exercise."""
    paper = tmp_path / "paper.csv"
    heads = "Day,Session,Done,Where\n"
    paper.write_text(f"{heads}2026-12-02,Strength,x,down leg: {name}\n")
    (entry,) = read_reports(paper, content).entries
    paper.write_text(f"{heads}2026-12-02,Strength,x,down leg: bird dug\n")
    problems = read_reports(paper, content).problems

    assert (entry.where, entry.exercise) == ("further", "bird-dog")
    assert any("bird dug" in str(problem) for problem in problems)
    assert {(problem.line, problem.column) for problem in problems} == {(2, 4)}


def test_a_day_with_its_weekday_is_read(content, tmp_path):
    """As a spreadsheet saves it that shows both."""
    paper = tmp_path / "paper.csv"
    paper.write_text("Day,Done\nMon 2026-11-30,x\nMi. 2026-12-02,x\n")
    entries = read_reports(paper, content).entries

    assert [str(entry.day) for entry in entries] == ["2026-11-30", "2026-12-02"]


def test_a_list_holds_the_same_entries(content, tmp_path):
    """YAML as in the log, without numbers."""
    path = tmp_path / "week.yaml"
    path.write_text("- {day: 2026-11-30, done: yes}\n- {kind: void, supersedes: 3}\n")
    entries = read_reports(path, content).entries
    path.write_text("- {id: 1, day: 2026-11-30, done: yes}\n")

    assert [entry.kind for entry in entries] == ["session", "void"]
    assert "leave 'id' and 'entered' out" in str(read_reports(path, content).problems[0])


def test_every_bad_row_is_named_and_nothing_is_taken(plan, tmp_path):
    """All or nothing: file and line of each mistake, also of what the log knows already."""
    checkin(plan, "--day", MONDAY, "--done", "yes")
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "day,session,done,during,where\n2026-11-31,run,x,1,\n2026-12-01,run,perhaps,12,legs\n",
        encoding="utf-8",
    )
    again = tmp_path / "again.csv"
    again.write_text("day,done\n2026-12-01,x\n2026-11-30,x\n", encoding="utf-8")
    first = untouched(plan, "--from", bad, code=1)
    second = untouched(plan, "--from", again, code=1)

    assert len(re.findall(r"bad\.csv:\d", first)) == 4
    assert "bad.csv:2:1: write a date" in first
    assert "bad.csv:3:4: must be 10 or less; got 12 (column 'during')" in first
    assert "again.csv:3: 2026-11-30: this run is reported in entry 1 as well" in second


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("day,donne\n2026-12-01,x\n", "'donne' is not a known column; did you mean 'done'?"),
        ("day\n2026-12-01\n", "the column 'done' is missing"),
        ("day,done\n2026-12-01,x,3\n", "a cell without a head above it"),
        ("", "the table is empty"),
        ("day,done\n,\n", "no row holds a report"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(plan, tmp_path, text, says):
    """The message names the column or the row."""
    table = tmp_path / "t.csv"
    table.write_text(text, encoding="utf-8")

    assert says in untouched(plan, "--from", table, code=1)


def test_a_recording_fills_in_what_was_run(plan, tmp_path):
    """The day comes from the plan, the time of running too, and the file is named."""
    recording = tmp_path / "evening.gpx"
    recording.write_bytes(gpx())
    output = checkin(plan, "--activity", recording, "--during", 1)

    assert "fits the session" in output
    assert re.fullmatch(
        r"\{day: 2026-11-30, session: run, done: yes, run: 3 min, distance: \d+ m, during: 1, "
        r"source: evening.gpx\}",
        rows(plan)[0],
    )


def test_after_a_recording_only_the_pain_is_asked_for(plan, tmp_path):
    """Done and the run time are known; several files are asked for one after the other."""
    one, two = tmp_path / "one.fit", tmp_path / "two.gpx"
    one.write_bytes(fit())
    two.write_bytes(gpx("2026-12-02T07:00:00Z", "2026-12-02T07:41:00Z"))
    answers = "1\n1\n1\n1\n1\nn\nn\nn\n3\n" * 2
    output = checkin(plan, "--activity", one, "--activity", two, today="2026-12-03", stdin=answers)

    assert "done, part or missed" not in output
    assert "distance: 3457 m" in rows(plan)[0]
    assert "run: 5 min" in rows(plan)[1]


def test_a_recording_that_cannot_be_used_changes_nothing(plan, tmp_path):
    """A ride, an unknown day, a session that does not fit, and a broken file among sound ones."""
    files = {
        "ride.gpx": gpx(kind="cycling"),
        "far.gpx": gpx("2026-12-17T12:00:00Z", "2026-12-17T12:30:00Z"),
        "long.gpx": gpx(end="2026-11-30T19:36:26Z"),
        "broken.fit": fit()[:-5],
        "good.gpx": gpx(),
    }
    for name, raw in files.items():
        (tmp_path / name).write_bytes(raw)

    def said(*words, code=1):
        return untouched(plan, *words, code=code, today="2026-12-21")

    assert "is a recording of 'cycling' and no run" in said("--activity", tmp_path / "ride.gpx")
    assert "name its day with --day" in said("--activity", tmp_path / "far.gpx")
    long = ("--activity", tmp_path / "long.gpx", "--during", 1)
    assert "say with --run how long you ran" in said(*long, code=2)
    both = ("--activity", tmp_path / "good.gpx", "--activity", tmp_path / "broken.fit")
    assert "damaged or cut off" in said(*both)


def test_the_example_log_belongs_to_the_example_plan(plan, content):
    """Three weeks of reports, as the program wrote them, lead to a later version."""
    shipped = (ROOT / "examples" / "runner.log.yaml").read_text(encoding="utf-8")
    plan.with_suffix(".log.yaml").write_text(shipped, encoding="utf-8")
    output = checkin(plan, "--list", today="2026-12-20")
    done = run("update", plan, "--today", "2026-12-20")
    stage = read_plan(plan, content).standing.stage

    assert len(output.splitlines()) == 24
    assert done.exit_code == 0, done.output
    assert service.catalogue().protocols["low-back-walk-run"].number(stage) > 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--day", "2026-11-29", "--done", "yes"), "--day: 2026-11-29 is too early: the plan"),
        (("--day", "2026-11-20", "--usual", 2), "--day: 2026-11-20 is too early"),
        (("--done", "yes", "--morning", 1), "--morning: the morning after this day has not come"),
        (("--day", "2026-12-02", "--done", "yes"), "--day: 2026-12-02 is still to come"),
        (("--away", "2026-11-01", "2026-11-02"), "--away: 2026-11-02 is too early"),
        (("--away", "2028-01-01", "2028-01-02"), "--away: 2028-01-01 is more than a year ahead"),
        (("--release-by", "Kim", "--day", "2024-01-01"), "--day: 2024-01-01 is more than a year"),
        (("--can", "Stairs=11"), "--can Stairs: must be 10 or less"),
        (("--ability", "hop=9"), "--ability hop: must be 'yes', 'no' or 'unsure'"),
        (("--done", "yes", "--exercise", "bird-dogg"), "--exercise: 'bird-dogg' is not known; did"),
        (("--release-by", ""), "--release-by: the text is empty"),
        (("--void", 9), "--void: there is no earlier entry 9"),
    ],
)
def test_a_message_names_the_option_that_it_is_about(plan, words, says):
    """Days before the plan or still to come, and answers that cannot be, change nothing."""
    assert says in untouched(plan, *words, code=1)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1899-12-31"])
def test_a_year_that_nobody_means_is_refused(plan, day):
    """It would make every later reckoning overflow."""
    message = "write a year from 1900 to 2199"

    assert message in untouched(plan, "--day", day, "--done", "yes", code=2)
    assert message in untouched(plan, "--away", "2026-12-01", day, code=2)
    plan.write_text(plan.read_text().replace('"start": "2026-11-30"', f'"start": "{day}"'))
    assert message in untouched(plan, "--list", code=1)


def test_all_mistakes_of_the_options_are_told_at_once(plan):
    """Nobody mends one mistake only to meet the next."""
    words = ("--done", "maybe", "--during", "3.5", "--run", "8", "--limp", "x", "--can", "Stairs")
    unread = untouched(plan, *words, code=2)
    apart = untouched(plan, "--why", "x", "--note", "y", "--highest-stage", "r1", code=2)
    wrong = untouched(plan, "--answer", "foo=yes", "--can", "A=11", "--can", "B=x", code=1)

    assert all(flag in unread for flag in ("--done", "--during", "--run", "--limp", "--can"))
    assert "Invalid value for '--during': write a whole number from 0 to 10; got '3.5'" in unread
    assert all(flag in apart for flag in ("--why goes", "--note goes", "--highest-stage goes"))
    assert all(text in wrong for text in ("--answer foo: 'foo' is not known", "--can A", "--can B"))


def test_all_mistakes_of_a_table_are_told_at_once(plan, tmp_path):
    """What is wrong in itself, and what does not fit the plan or the other rows."""
    paper = tmp_path / "paper.csv"
    paper.write_text(
        "Day;Done;Next morning;Worst during\n2026-11-29;x;;\n2026-12-02;x;;\n2026-12-01;x;1;\n"
        "2026-11-30;x;;11\n2026-11-30;x;;1\n2026-11-30;x;;2\n",
        encoding="utf-8",
    )
    told = untouched(plan, "--from", paper, code=1).replace(f"{paper}:", "").splitlines()

    assert [line.partition(" [")[0] for line in told] == [
        "2:1: 2026-11-29 is too early: the plan begins on 2026-11-30 (column 'day')",
        "3: 2026-12-02 is still to come",
        (
            "4:3: the morning after this day has not come yet; leave it out and report it then "
            "(column 'morning')"
        ),
        "5:4: must be 10 or less; got 11 (column 'during')",
        "7: this session is reported on line 6 as well",
    ]


def test_a_report_that_was_taken_back_is_entered_again_and_not_taken_forth(plan):
    """Taking a taking-back back, or correcting it, would leave nobody sure what counts."""
    checkin(plan, "--day", MONDAY, "--done", "yes")
    checkin(plan, "--void", 1)

    assert "--void: entry 2 takes a report back" in untouched(plan, "--void", 2, code=1)
    assert "Entry 2 is no session" in untouched(plan, "--correct", 2, "--morning", 1, code=1)


def test_a_warning_sign_is_taken_although_the_session_is_reported(plan):
    """The second report is a correction with the sign; all else stays as it was reported first."""
    first = ("--day", MONDAY, "--done", "yes", "--during", 3)
    checkin(plan, *first)
    again = untouched(plan, *first, code=1)
    output = checkin(plan, *first[:-1], 1, "--where", "new-numb-weak", code=3)

    assert "reported in entry 1 as well" in again
    assert "--correct 1" in again
    assert "Entry 1 reports this session already. Your warning sign is added to it" in output
    assert "The plan is withdrawn." in output
    assert rows(plan)[1] == (
        "{supersedes: 1, day: 2026-11-30, session: run, done: yes, during: 3, where: new-numb-weak}"
    )


@pytest.mark.parametrize(("day", "more"), [("2026-11-28", ()), ("2026-12-01", ("--morning", 5))])
def test_a_warning_sign_is_taken_whenever_it_is_told(plan, day, more):
    """Before the first day of the plan, or with a morning that has not come."""
    output = checkin(plan, "--day", day, "--done", "no", "--where", "new-numb-weak", *more, code=3)

    assert "The plan is withdrawn." in output


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--where", "new-numb-weak", "--done", "yes", "--during", 11), 2),
        (("--where", "new-numb-weak"), 2),
        (("--answer", "saddle-numbness=yes", "--can", "Stairs=11"), 1),
        (("--answer", "saddle-numbness=y"), 1),
    ],
)
def test_a_mistake_beside_a_warning_sign_does_not_pass_for_a_report(plan, words, code):
    """Nothing is written, and this is said first, with what to do meanwhile."""
    output = untouched(plan, *words, code=code)

    assert output.startswith("Nothing is written yet. One of your answers may be a warning sign")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "Day;Done;Where\n2026-11-30;x;New numbness\n2026-12-09;x;\n"),
        ("b.csv", "Day;Done;Where;Effort\n2026-11-30;x;numb;11\n"),
        ("c.csv", "kind;day;answers.saddle-numbness;usual\nweek;2026-11-30;y;11\n"),
        ("d.yaml", "- {day: 2026-11-30, done: maybe, where: new-numb-weak}\n- 3\n"),
        ("e.yaml", "- {kind: week, day: 2026-11-30, answers: {saddle-numbness: true, x: no}}\n"),
    ],
)
def test_a_mistake_in_a_table_does_not_hide_a_warning_sign(plan, tmp_path, name, text):
    """In the same row or in another one: nothing is taken, and what to do is said first."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    output = untouched(plan, "--from", tmp_path / name, code=1)

    assert output.startswith("Nothing is written yet. One of your answers may be a warning sign")


def test_nothing_is_reported_beside_a_referral_that_was_no_plan(tmp_path):
    """The page already says who to see; no log appears beside it."""
    path = tmp_path / "referral.json"
    made = run("plan", ROOT / "examples" / "referral.yaml", "--today", "2026-11-24", "-o", path)
    assert made.exit_code == 3
    for words in (("--done", "yes"), ("--done", "yes", "--where", "new-numb-weak"), ("--week",)):
        output = untouched(path, *words, code=3)

        assert output.startswith("This is already a referral, so there is nothing to report on.")
        assert "What led to this:" in output
    assert [p.name for p in tmp_path.iterdir()] == ["referral.json"]


def test_a_run_while_running_waits_is_named_without_blame(plan):
    """It is written down as it was, and what the plan asks for is said again."""
    sign = ("--where", "new-numb-weak")
    checkin(plan, "--day", MONDAY, "--done", "yes", *sign, today=MONDAY, code=3)
    output = checkin(plan, "--done", "yes", "--during", 1, today="2026-12-02", code=3)

    assert (
        "The run of Wed 2 Dec is written down. The plan is withdrawn. Please do not run before "
        "somebody has looked at your back." in output
    )
    assert "done: yes, during: 1" in rows(plan)[1]


def test_days_away_over_the_turn_of_the_year_say_the_year(plan):
    """'28 Dec to 3 Jan' alone could be eleven months."""
    output = checkin(plan, "--away", "2026-12-28", "2027-01-03")

    assert "away from Mon 28 Dec 2026 to Sun 3 Jan 2027" in " ".join(output.split())


def test_a_recording_whose_day_cannot_be_meant_is_refused_before_questions(plan, tmp_path):
    """Before the plan, to come, reported already, twice the same day, or of another day."""
    files = {}
    for name, day in (
        ("old", "2026-11-28"),
        ("new", "2026-12-04"),
        ("one", MONDAY),
        ("two", MONDAY),
    ):
        files[name] = tmp_path / f"{name}.gpx"
        zone = "+00:30"
        files[name].write_bytes(gpx(f"{day}T12:00:00{zone}", f"{day}T12:25:00{zone}"))
    given = [word for name in ("old", "new", "one", "two") for word in ("--activity", files[name])]
    told = untouched(plan, *given, code=1)
    other = untouched(
        plan, "--activity", files["one"], "--day", "2026-12-01", "--run", "3 min", code=1
    )
    checkin(plan, "--day", MONDAY, "--done", "yes")
    again = untouched(plan, "--activity", files["one"], code=1)

    assert f"{files['old']}: is of 2026-11-28; the plan begins on 2026-11-30" in told
    assert f"{files['new']}: is of 2026-12-04, which is still to come" in told
    assert f"{files['two']}: another of these files is of 2026-11-30 as well" in told
    assert "Worst pain during" not in told
    assert f"{files['one']}: is of 2026-11-30, and not of 2026-12-01" in other
    assert "the run of 2026-11-30 is reported in entry 1; add --correct 1" in again


def test_a_plan_that_cannot_follow_is_not_to_be_run_by(plan, monkeypatch):
    """The report is in the log; the sessions on paper may be too much now."""

    def stuck(*_, **__):
        raise NoPlanError("Week 2 cannot be planned")

    monkeypatch.setattr(service, "updated", stuck)
    before = plan.read_bytes()
    output = checkin(plan, "--day", MONDAY, "--done", "yes", "--during", 8, code=1)

    assert "stays in the log, but the plan could not follow it. Do not run by the old" in output
    assert "Week 2 cannot be planned" in output
    assert plan.read_bytes() == before
    assert len(rows(plan)) == 1
