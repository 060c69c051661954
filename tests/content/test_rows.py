"""Many intakes at once: what a folder or a table says, and what is refused."""

import contextlib
import json
import random
from datetime import date, datetime, time

import pytest

from programgen import service
from programgen.content import rows as module
from programgen.content.rows import columns, laid_over, read_base, rows
from programgen.errors import ContentError
from tests.conftest import TODAY, baseline, settled
from tests.people import a_row, write_csv, write_xlsx

MAY = date(2027, 5, 2)


def read_all(path, content, base=None):
    """Return all rows of a folder or table."""
    return list(rows(path, content, base))


def refused(path, content):
    """Return why a folder or table as a whole is refused."""
    with pytest.raises(ContentError) as caught:
        read_all(path, content)
    return str(caught.value)


def wrong(path, content):
    """Return every problem of every row, those of the answers included."""
    found = []
    for row in read_all(path, content):
        try:
            service.intake_of(row.document, content, TODAY)
        except ContentError as error:
            found.append("\n".join(map(str, (*row.problems, *error.problems))))
    return found


def test_every_key_of_an_intake_is_a_column(content):
    """The model decides which columns there are; questions and tests come from the content."""
    known = columns(content)

    assert known["who.name"] == "text"
    assert known["who.age"] == known["pain.now"] == known["week.monday.minutes"] == "whole"
    assert known["history.off_running"] == known["history.weekly_distance"] == "text"
    assert known["week.monday.places"] == known["worse"] == known["pain.where"] == "words"
    assert known["clinician.cleared_to_run"] == "truth"
    assert known["week.exceptions"] == known["wishes.locks"] == known["clinician.doses"] == "parts"
    assert {f"answers.{q}" for q in content.vocabulary.screening} <= set(known)
    assert "answers" not in known


def test_folder_csv_and_xlsx_say_the_same(content, tmp_path):
    """The same answers are the same intake, however they are handed over."""
    answers = settled(baseline(content))
    folder = tmp_path / "people"
    folder.mkdir()
    (folder / "ann.json").write_text(json.dumps(answers))
    row = a_row(content, "ann")
    typed = {k: int(v) if v.isdigit() else v for k, v in row.items()}
    found = [
        read_all(folder, content),
        read_all(write_csv(tmp_path / "a.csv", [row]), content),
        read_all(write_csv(tmp_path / "b.csv", [row], delimiter=";", bom="\ufeff"), content),
        read_all(write_csv(tmp_path / "c.csv", [row], delimiter="\t"), content),
        read_all(write_xlsx(tmp_path / "d.xlsx", [row]), content),
        read_all(write_xlsx(tmp_path / "e.xlsx", [typed]), content),
    ]

    assert [[row.name for row in some] for some in found] == [["ann"]] * 6
    intakes = [service.intake_of(some[0].document, content, TODAY) for some in found]
    assert all(intake == intakes[0] for intake in intakes)


@pytest.mark.parametrize("text", ["4:1", "010", "1e3", "no", "2027-03-14", "=1+1", "null", "+3"])
def test_a_text_stays_as_it_was_written(content, tmp_path, text):
    """Nothing is guessed: a name that looks like a number, a date or a formula is a name."""
    row = a_row(content, "ann", {"who.name": text})
    for path in (
        write_csv(tmp_path / "a.csv", [row]),
        write_xlsx(tmp_path / "a.xlsx", [{**row, "who.name": text if text[0] != "=" else "x"}]),
    ):
        name = read_all(path, content)[0].document.value["who"]["name"]
        assert name in (text, "x")


def test_a_spreadsheet_date_is_year_month_day_and_a_time_is_refused(content, tmp_path):
    """A sheet that has turned '4:1' into a clock time has lost what was written."""
    row = a_row(content, "ann")
    good = {**row, "goal.on": datetime.combine(MAY, time()), "who.age": 35.0}
    on = {**row, "file": "bob", "goal.on": MAY}
    bad = {**row, "file": "cid", "who.name": time(4, 1)}
    failed = {**row, "file": "dot", "who.name": "#REF!"}
    found = read_all(write_xlsx(tmp_path / "a.xlsx", [good, on, bad, failed]), content)

    assert found[0].document.value["goal"]["on"] == "2027-05-02"
    assert found[0].document.value["who"]["age"] == 35
    assert found[1].document.value["goal"]["on"] == "2027-05-02"
    assert "made a time of this cell (04:01:00)" in str(found[2].problems[0])
    assert "(column 'who.name')" in str(found[2].problems[0])
    assert "the formula in this cell has failed (#REF!)" in str(found[3].problems[0])


def test_lists_of_groups_are_written_as_in_a_file(content, tmp_path):
    """Locks and exceptions fit in one cell, in the words of an intake file."""
    row = a_row(content, "ann")
    row["wishes.locks"] = "[{session: run, on: saturday}]"
    bad = {**row, "file": "bob", "wishes.locks": "[{session: run"}
    found = read_all(write_csv(tmp_path / "a.csv", [row, bad]), content)

    intake = service.intake_of(found[0].document, content, TODAY)
    assert intake.wishes.locks[0].on == "saturday"
    assert "not valid YAML" in str(found[1].problems[0])
    assert str(found[1].problems[0]).startswith(f"{tmp_path / 'a.csv'}:3:")


def test_each_problem_names_file_row_and_column(content, tmp_path):
    """All problems of a row at once, each where it stands."""
    table = [
        a_row(content, "ann"),
        a_row(content, "bob", {"pain.now": "12", "week.monday.places": "home beech"}),
        a_row(content, "cid", {"pain.now": "about 3", "history.off_running": ""}),
    ]
    path = write_csv(tmp_path / "people.csv", table)
    first, second = wrong(path, content)

    assert "must be 10 or less; got 12 (column 'pain.now')" in first
    assert f"{path}:3:" in first
    assert "write a whole number; got 'about 3' (column 'pain.now')" in second
    assert f"{path}:4: 'off_running' is missing [missing]" in second
    table[1]["pain.now"] = "1"
    (third, _) = wrong(write_csv(path, table), content)
    assert "'beech' is not a known place" in third
    assert "(column 'week.monday.places')" in third


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the table is empty"),
        ("\n\n,,\n", "the table is empty"),
        ("file,who.age\n", "no row has answers"),
        ("file,who.agee\nann,3\n", "'who.agee' is not a known column; did you mean 'who.age'?"),
        ("file,answers.saddle-numbnes\nann,no\n", "did you mean 'answers.saddle-numbness'?"),
        ("file,who.age,who.age\nann,3,3\n", "the column 'who.age' stands twice"),
        ("who.age\n3\n", "the column 'file' is missing"),
        ('file,who.name\nann,"Ann\n', "is not a sound table"),
        (f"file,who.name\nann,{'x' * 200_000}\n", "is not a sound table: field larger"),
    ],
)
def test_a_table_that_is_none_is_refused_as_a_whole(content, tmp_path, text, says):
    """A head with a mistake would spoil every row, so nothing is made."""
    path = tmp_path / "people.csv"
    path.write_text(text)

    assert says in refused(path, content)


def test_what_is_no_table_of_ours_is_said_plainly(content, tmp_path):
    """Wrong suffix, wrong encoding, wrong inside."""
    (tmp_path / "a.ods").write_bytes(b"PK")
    (tmp_path / "b.csv").write_bytes("file,who.name\nann,Zo\xeb\n".encode("latin-1"))
    (tmp_path / "c.xlsx").write_bytes(b"no spreadsheet")
    (tmp_path / "empty").mkdir()

    assert "a table ends in .csv or .xlsx" in refused(tmp_path / "a.ods", content)
    assert "b.csv:2: is not UTF-8 text" in refused(tmp_path / "b.csv", content)
    assert "is not a sound .xlsx table" in refused(tmp_path / "c.xlsx", content)
    assert "holds nobody" in refused(tmp_path / "empty", content)


def test_a_damaged_spreadsheet_is_refused_or_read_but_never_a_crash(content, tmp_path):
    """Whatever a broken disk or a wrong program has left of the file."""
    whole = write_xlsx(tmp_path / "a.xlsx", [a_row(content, "ann")]).read_bytes()
    chance, path = random.Random(3), tmp_path / "b.xlsx"
    for _ in range(30):
        raw = bytearray(whole)
        for _ in range(5):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        path.write_bytes(raw)
        with contextlib.suppress(ContentError):
            read_all(path, content)


def test_a_spreadsheet_that_unpacks_without_end_is_refused(content, tmp_path, monkeypatch):
    """A small file can hold a very large one."""
    path = write_xlsx(tmp_path / "a.xlsx", [a_row(content, "ann")])
    monkeypatch.setattr(module, "LARGEST_TABLE", 1000)

    assert "larger than" in refused(path, content)


@pytest.mark.parametrize(
    "name", ["../evil", "a/b", "a\\b", ".hidden", "con", "NUL.x", "a\x00b", "x" * 101, "a:b", "a."]
)
def test_a_file_name_cannot_leave_the_folder(content, tmp_path, name):
    """No parts of a path, no hidden file, no device; the row is a problem, not the table."""
    path = write_csv(tmp_path / "a.csv", [a_row(content, name), a_row(content, "ann")])
    bad, good = read_all(path, content)

    assert bad.name == ""
    assert bad.problems
    assert "(column 'file')" in str(bad.problems[0])
    assert (good.name, good.problems) == ("ann", ())


def test_a_file_name_may_hold_letters_of_any_language_and_its_suffix(content, tmp_path):
    """'Zoë Åström.pdf' names the handout of Zoë Åström."""
    found = read_all(write_csv(tmp_path / "a.csv", [a_row(content, "Zoë Åström.pdf")]), content)

    assert [row.name for row in found] == ["Zoë Åström"]


def test_the_second_with_a_name_is_a_problem(content, tmp_path):
    """Names that a disk may take for one another are one name; the first keeps it."""
    table = [a_row(content, name) for name in ("Zoë", "ann", "Zoe\u0308", "ANN")]
    found = read_all(write_csv(tmp_path / "a.csv", table), content)

    assert [row.name for row in found] == ["Zoë", "ann", "", ""]
    assert f"is taken by {tmp_path / 'a.csv'}:2" in str(found[2].problems[0])
    assert "a.csv:5:" in str(found[3].problems[0])


def test_a_cell_without_a_head_and_a_control_sign_are_problems_of_the_row(content, tmp_path):
    """A comma outside quotes shifts every later answer, so it is never passed over."""
    path = write_csv(tmp_path / "a.csv", [a_row(content, "ann", {"who.name": "A\x07"})])
    path.write_text(path.read_text().rstrip("\r\n") + ",extra\n")
    (row,) = read_all(path, content)
    said = "\n".join(map(str, row.problems))

    assert "a cell without a head above it" in said
    assert "control characters are not allowed in text (column 'who.name')" in said


def test_a_long_note_is_read_to_its_limit(content, tmp_path):
    """Ten thousand signs, with line breaks; one more is a problem."""
    note = "Go easy.\n" * 1111 + "!"
    extra = {"clinician.name": "A. Physio", "clinician.reviewed_on": "2026-11-20"}
    good = a_row(content, "ann") | extra | {"clinician.note": note}
    bad = good | {"file": "bob", "clinician.note": note + "!"}
    path = write_csv(tmp_path / "a.csv", [good, bad])

    assert len(note) == 10_000
    (said,) = wrong(path, content)
    assert ":3:" in said
    assert "longer than 10000 characters (column 'clinician.note')" in said


def test_the_base_holds_what_is_the_same_for_everybody(content, tmp_path):
    """A row is laid over the base; an empty cell leaves the base as it is."""
    base = tmp_path / "base.yaml"
    base.write_text("equipment: [mat]\nwho: {units: mi}\nclinician: {name: A. Physio}\n")
    held = read_base(base, content, TODAY)
    row = a_row(content, "ann", {"equipment": ""}) | {"clinician.reviewed_on": "2026-11-20"}
    (found,) = read_all(write_csv(tmp_path / "a.csv", [row]), content, held)
    intake = service.intake_of(found.document, content, TODAY)

    assert intake.equipment == ("mat",)
    assert (intake.who.units, intake.who.age) == ("mi", 35)
    assert intake.clinician.name == "A. Physio"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("answers: {saddle-numbness: no}", "base.yaml:1:1: 'answers' belongs to one person"),
        ("pain: {now: 1}", "'pain' belongs to one person"),
        ("clinician: {name: A, cleared_to_run: true}", "'clinician.cleared_to_run' belongs to one"),
        ("equipment: [matt]", "'matt' is not a known equipment; did you mean 'mat'?"),
        ("equipmnt: [mat]", "'equipmnt' is not a known key; did you mean 'equipment'?"),
        ("[]", "write keys and values"),
    ],
)
def test_the_base_never_answers_for_a_person(content, tmp_path, text, says):
    """An empty cell would quietly become a 'no'; an unanswered question is not a no."""
    base = tmp_path / "base.yaml"
    base.write_text(text)
    with pytest.raises(ContentError) as caught:
        read_base(base, content, TODAY)

    assert says in str(caught.value)


def test_a_list_replaces_a_list():
    """Laying over goes key by key; lists are not mixed."""
    assert laid_over({"a": {"b": [1], "c": 2}}, {"a": {"b": [3]}}) == {"a": {"b": [3], "c": 2}}
