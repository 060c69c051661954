"""Files of every bad kind get a message with a place, never a traceback."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programgen import service
from programgen.content.reading import LARGEST, build, parse, read
from programgen.core.intake import Intake
from programgen.errors import ContentError
from tests.conftest import TODAY, baseline, merged, settled


def settled_with(content, changes):
    """Return the baseline runner's answers with changes."""
    return settled(merged(baseline(content), changes))


def problems_of(text, name="my.yaml"):
    """Return the problems that reading and building an intake finds."""
    with pytest.raises(ContentError) as error:
        build(Intake, parse(text, name))
    return error.value.problems


def outcome(reading):
    """Return the intake, or the problems of a file that is none."""
    try:
        return build(Intake, reading())
    except ContentError as error:
        return error.problems


def problems_in(content, changes):
    """Return the problems of the baseline runner with changes."""
    with pytest.raises(ContentError) as error:
        service.intake_of(
            parse(json.dumps(merged(baseline(content), changes)), "my.json"), content, TODAY
        )
    return [p.message for p in error.value.problems]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("# only a comment\n", "empty"),
        ("just words\n", "shape"),
        ("- a\n- list\n", "shape"),
        ("who: {age: 35\n", "syntax"),
        ("\t- x: [", "syntax"),
        ("who: &a {age: 35}\npain: *a\n", "alias"),
        ("who: !!python/object/apply:os.system ['true']\n", "tag"),
        ("who: !secret x\n", "tag"),
        ("who: {age: 35}\nwho: {age: 36}\n", "duplicate-key"),
        ("? [a, b]\n: 1\n", "key"),
        ('who: {name: "a\\u0007b"}\n', "control-character"),
        ("[" * 200 + "]" * 200, "too-deep"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(text, code):
    """Each kind of broken file has a code of its own, and a place."""
    assert [p.code for p in problems_of(text)] == [code]


def test_a_cyclic_file_is_refused():
    """An anchor that contains itself is an alias like any other."""
    assert problems_of("a: &x [*x]\n")[0].code == "alias"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\x00\x01\x02\xff\xfe", "encoding"),
        (b"\xff\xd8\xff\xe0 not text", "encoding"),
        (b"who: {}\n" * (LARGEST // 8 + 1), "too-large"),
    ],
)
def test_a_file_that_is_no_text_of_ours_is_refused(tmp_path, raw, code):
    """Binary and huge files are named for what they are."""
    path = tmp_path / "my.yaml"
    path.write_bytes(raw)
    with pytest.raises(ContentError) as error:
        read(path)
    assert [p.code for p in error.value.problems] == [code]


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    """What cannot be opened is said, not thrown."""
    for path in (tmp_path, tmp_path / "nothing.yaml"):
        with pytest.raises(ContentError, match=r"ordinary file|cannot be read"):
            read(path)


def test_all_problems_are_told_at_once_with_their_lines():
    """Six mistakes in one file are six messages in the order of the lines."""
    found = problems_of(
        "who: {age: -3, nmae: x}\nhistory: {off_running: 10}\npain: {now: 11, usual: .nan}\n"
        "week:\n  monday: {minutes: 40, places: home}\ngoal: {run: 30 min}\n"
    )

    assert [(p.line, p.code) for p in found] == [
        (1, "greater-than-equal"),
        (1, "extra-forbidden"),
        (2, "value-error"),
        (3, "less-than-equal"),
        (3, "int-type"),
        (5, "tuple-type"),
    ]
    assert "did you mean 'name'?" in str(found[1])
    assert str(found[0]).startswith("my.yaml:1:")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"who": {"age": -1}}, "must be 1 or more"),
        ({"who": {"age": 35.5}}, "whole number"),
        ({"who": {"age": True}}, "whole number"),
        ({"who": {"name": ""}}, "the text is empty"),
        ({"who": {"name": "x" * 121}}, "longer than 120"),
        ({"who": {"units": "furlongs"}}, "must be 'km' or 'mi'"),
        ({"pain": {"now": 11}}, "10 or less"),
        ({"pain": {"where": ["low-bakc"]}}, "did you mean 'low-back'?"),
        ({"pain": {"began": "sudenly"}}, "did you mean 'suddenly'?"),
        ({"pain": {"usual": 7, "worst": 3}}, "the worst pain is below"),
        ({"answers": {"no-such-question": "yes"}}, "not a known question"),
        ({"answers": {"shoulder-pain": "perhaps"}}, "must be 'yes', 'no' or 'unsure'"),
        ({"abilities": {"fly": "yes"}}, "not a known test"),
        ({"equipment": ["matt"]}, "did you mean 'mat'?"),
        ({"goal": {"run": "30 min", "distance": "5 km"}}, "exactly one of"),
        ({"goal": {"run": "0 min"}}, "exactly one of"),
        ({"goal": {"run": "30 min", "on": "2020-01-01"}}, "is in the past"),
        ({"goal": {"run": "30 min", "on": "2099-01-01"}}, "more than five years away"),
        ({"goal": {"run": "20 h"}}, "between 1 min and 10 h"),
        ({"week": {"monday": {"minutes": 10_000}}}, "600 or less"),
        ({"week": {"monday": {"minutes": 30, "places": ["moon"]}}}, "not a known place"),
        (
            {"week": {"exceptions": [{"first": "2027-01-02", "last": "2027-01-01", "minutes": 0}]}},
            "'last' is before 'first'",
        ),
        (
            {"week": {"exceptions": [{"first": "2020-01-02", "last": "2020-01-03", "minutes": 0}]}},
            "is in the past",
        ),
        (
            {"wishes": {"locks": [{"session": "run", "on": "monday", "never": "monday"}]}},
            "either 'on' or 'never'",
        ),
        ({"wishes": {"dislikes": ["bird-dgo"]}}, "did you mean 'bird-dog'?"),
        ({"better": ["sitting"], "worse": ["sitting"]}, "under 'better' and under 'worse'"),
        ({"clinician": {"name": "A", "reviewed_on": "2099-01-01"}}, "is in the future"),
        (
            {"clinician": {"name": "A", "reviewed_on": "2026-11-01", "start_stage": "r99"}},
            "not a known stage",
        ),
        (
            {
                "clinician": {
                    "name": "A",
                    "reviewed_on": "2026-11-01",
                    "require": ["bird-dog"],
                    "exclude": ["bird-dog"],
                }
            },
            "both required and excluded",
        ),
        ({"history": {"weekly_distance": "20"}}, "number and a unit"),
        ({"history": {"weekly_distance": "9999999999999 km"}}, "number and a unit"),
        ({"history": {"weekly_distance": "2000 km"}}, "1000000 or less"),
    ],
)
def test_an_answer_that_cannot_be_meant_is_refused(content, changes, message):
    """The message says what is wrong and what may be written."""
    assert any(message in text for text in problems_in(content, changes))


def test_an_empty_week_is_refused(content):
    """Without a free minute there is nothing to plan."""
    closed = dict.fromkeys(baseline(content)["week"])

    assert "no day has any minutes; open at least two days" in problems_in(
        content, {"week": closed}
    )


def test_words_stay_words():
    """What older YAML readers turn into other things stays as it was written."""
    text = "a: no\nb: 4:1\nc: 1:30\nd: 010\ne: 2027-01-01\nf: on\ng: 1e3\nh: .inf\ni: 0x1F\n"

    assert parse(text, "x").value == {
        "a": "no",
        "b": "4:1",
        "c": "1:30",
        "d": "010",
        "e": "2027-01-01",
        "f": "on",
        "g": "1e3",
        "h": ".inf",
        "i": "0x1F",
    }


def test_json_is_read_like_yaml(tmp_path, content):
    """A JSON file, tabs and escapes included, gives the same intake."""
    path = tmp_path / "my.json"
    answers = settled_with(content, {"who": {"name": 'Zoë "Z" / \\ 🏃'}})
    path.write_text(json.dumps(answers, indent="\t"))

    assert service.read_intake(path, content, TODAY).who.name == 'Zoë "Z" / \\ 🏃'


@given(st.binary(max_size=400))
def test_any_bytes_give_a_message_or_a_value(tmp_path_factory, raw):
    """No file makes the reader fall over."""
    path = tmp_path_factory.mktemp("fuzz") / "x.yaml"
    path.write_bytes(raw)
    assert outcome(lambda: read(path))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["who", "pain", "week", "goal", "answers", "history", "age", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_any_shape_gives_a_message_or_a_value(value):
    """No nesting of values makes the models fall over."""
    assert outcome(lambda: parse(json.dumps(value), "x.json"))


def test_dates_are_days(content):
    """A date in an intake is a calendar day."""
    intake = service.intake_of(
        parse(json.dumps(settled_with(content, {"goal": {"on": "2027-05-02"}})), "x"),
        content,
        TODAY,
    )

    assert intake.goal.on == date(2027, 5, 2)
