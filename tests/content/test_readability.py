"""Everyone can read it: the measure on examples counted by hand, and the shipped words."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programgen import service
from programgen.content.loading import load
from programgen.content.page_text import MOST_GRADE as MOST_PAGE_GRADE
from programgen.content.page_text import page_grade, sentences_by_heading
from programgen.content.readability import (
    MOST_GRADE,
    PART_WORDS,
    Passage,
    grade,
    parts,
    passages,
    report,
    sentences,
    syllables,
    too_hard,
    words,
)
from programgen.content.reading import parse
from programgen.core.handout import Wish
from programgen.render.handout import handout_html
from programgen.render.house import PLAIN
from programgen.render.page import html
from programgen.resources import folder
from tests.conftest import MONDAY, TODAY, a_runner, planned

DOCUMENTS = load(folder("exercises"))[1]
TOLD = {path: found for path, document in DOCUMENTS.items() if (found := passages(path, document))}
SECTION_WORDS = 20
"""The formula says nothing on fewer words."""

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(p for p in FOLDER.glob("*.yaml") if not p.name.endswith(".log.yaml"))

COUNTED = {
    1: "leg pain walk ache moved placed walked stretched knees through breathe seat eased tongue "
    "change",
    2: "ankle ankles lifted places tingled muscle metre numbness quiet going movement forehead "
    "sideways sometimes careful lion spasm easy doctor elbow always stretches buttock's client",
    3: "exercise easier usual studio area clinician idea opposite position gradual appointment "
    "bicycle steadily heaviness",
    4: "emergency comfortable elliptical ordinary information",
    5: "inflammatory examination",
    6: "physiotherapist osteoporosis",
}
"""Words with their syllables, counted by hand as they are spoken."""


@pytest.mark.parametrize(
    ("word", "count"), [(word, n) for n, listed in COUNTED.items() for word in listed.split()]
)
def test_syllables_are_those_that_are_spoken(word, count):
    """The counter agrees with a person who claps along."""
    assert syllables(word) == count


@pytest.mark.parametrize(("word", "count"), [("5", 1), ("30", 2), ("2.5", 2), ("s", 2), ("min", 2)])
def test_a_number_has_a_syllable_for_each_digit_and_a_unit_is_read_in_full(word, count):
    """'5 s' is read as 'five seconds'."""
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lie down. Breathe out.", ("Lie down.", "Breathe out.")),
        ("Does it hurt? Stop!", ("Does it hurt?", "Stop!")),
        ("Walk 2.5 km, or 1.5 miles.", ("Walk 2.5 km, or 1.5 miles.",)),
        ("Say: “It hurts.” Then wait.", ("Say: “It hurts.”", "Then wait.")),
        ("Easy\n  walks", ("Easy walks",)),
        (" – . ", ()),
    ],
)
def test_a_sentence_ends_with_its_mark_or_with_its_text(text, expected):
    """A decimal point ends nothing; a title without a full stop is one sentence."""
    assert sentences(text) == expected


def test_a_hyphen_parts_words_and_an_apostrophe_does_not():
    """A '30-minute walk' is three words for a reader, "don't" is one."""
    assert words("Don't stop: a 30-minute walk") == ("Don't", "stop", "a", "30", "minute", "walk")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 6 words, 1 sentence, 6 syllables: 0.39 * 6 + 11.8 - 15.59
        ("The cat sat on the mat.", -1.45),
        # 8 words, 2 sentences, 9 syllables: 0.39 * 4 + 11.8 * 9 / 8 - 15.59
        ("Bend your knee slowly. Keep your back straight.", -0.755),
        # 6 words, 1 sentence, 15 syllables: 0.39 * 6 + 11.8 * 15 / 6 - 15.59
        ("Call a physiotherapist for an examination.", 16.25),
        ("", 0.0),
    ],
)
def test_the_grade_is_that_of_the_formula(text, expected):
    """Flesch-Kincaid, worked out by hand."""
    assert grade([text]) == pytest.approx(expected)


WORDS = st.lists(
    st.sampled_from(["knee", "walk", "easy", "exercise", "physiotherapist", "30"]), min_size=2
)


@given(WORDS, st.data())
def test_a_split_sentence_never_raises_the_grade(told, data):
    """Two short sentences are never harder than one long one with the same words."""
    at = data.draw(st.integers(1, len(told) - 1))
    split = f"{' '.join(told[:at])}. {' '.join(told[at:])}."

    assert grade([split]) <= grade([" ".join(told) + "."])


@given(st.lists(WORDS.map(lambda told: " ".join(told) + "."), min_size=1), st.data())
def test_the_order_of_sentences_means_nothing(told, data):
    """The grade is that of the text, whichever sentence comes first."""
    other = data.draw(st.permutations(told))

    assert grade([" ".join(told)]) == grade([" ".join(other)]) == grade(other)


@given(st.lists(st.integers(1, 80), max_size=12))
def test_a_file_is_cut_without_loss_into_parts_that_are_long_enough(lengths):
    """Every passage is in one part, in order; only a short file has a short part."""
    found = [Passage("x.yaml", n, 1, "walk " * count) for n, count in enumerate(lengths)]
    cut = parts(found)

    assert [passage for part in cut for passage in part] == found
    if sum(lengths) >= PART_WORDS:
        assert all(len(words(" ".join(p.text for p in part))) >= PART_WORDS for part in cut)
    else:
        assert len(cut) <= 1


LONG = f"Sit down. Rest. {' '.join(['You walk on and on'] * 6)}."
HARD = "Immediate physiotherapeutic examination necessitates considerable preparation."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (LONG, "a sentence of 30 words; at most 25"),
        (HARD, "the text from here on reads at grade"),
    ],
)
def test_what_is_too_hard_is_named_with_its_line(text, says):
    """The check says where, how hard, and what to do."""
    document = parse(f"title: For clinicians\nthen:\n  tell: {text}\n", "mine/rules/refer/x.yaml")
    found = list(too_hard({"rules/refer/x.yaml": document}))

    assert [(p.path, p.line, p.code) for p in found] == [("mine/rules/refer/x.yaml", 3, "too-hard")]
    assert says in found[0].message


def test_words_for_clinicians_are_not_judged():
    """A title of a rule and the names of its examples never reach a patient."""
    document = parse(f"title: {HARD}\nexamples:\n  - name: {LONG}\n", "rules/refer/x.yaml")

    assert passages("rules/refer/x.yaml", document) == ()
    assert passages("settings.yaml", parse(f"weeks: {{because: {HARD}}}\n", "settings.yaml")) == ()


def test_the_report_names_each_family_its_hardest_file_and_the_hard_sentences():
    """A sentence of 21 words is listed, though the check still allows it."""
    long = "You walk and you walk until it is late. " + " ".join(["walk"] * 21) + "."
    found = report(
        {
            "rules/stop/hard.yaml": parse(f"because: {HARD}\n", "rules/stop/hard.yaml"),
            "rules/stop/easy.yaml": parse(f"because: {long}\n", "rules/stop/easy.yaml"),
        }
    )

    assert [(f.family, f.files, f.words) for f in found.families] == [("rules/stop", 2, 36)]
    assert found.families[0].hardest.path == "rules/stop/hard.yaml"
    assert [(s.path, s.line, s.words) for s in found.sentences] == [("rules/stop/easy.yaml", 1, 21)]


def test_every_exercise_rule_set_and_protocol_is_judged():
    """No file that reaches a patient slips through."""
    folders = ("catalogue/", "rules/", "sets/", "protocols/")

    assert {path for path in DOCUMENTS if path.startswith(folders)} <= set(TOLD)
    assert "vocabulary/screening.yaml" in TOLD


@pytest.mark.parametrize("path", TOLD)
def test_instructions_read_at_grade_six_or_lower(path):
    """Each file as a whole, and each part of a long one."""
    assert grade(passage.text for passage in TOLD[path]) <= MOST_GRADE
    assert not list(too_hard({path: DOCUMENTS[path]}))


def too_hard_sections(told):
    """Return the sections of a page that are long enough for a grade and over the limit."""
    graded = {
        heading: grade(found)
        for heading, found in told.items()
        if len(words(" ".join(found))) >= SECTION_WORDS
    }
    return {heading: reached for heading, reached in graded.items() if reached > MOST_PAGE_GRADE}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_finished_page_reads_at_grade_seven_or_lower(path, content):
    """The whole page of an example, and each of its sections."""
    intake = service.read_intake(path, content, TODAY)
    result = service.plan(intake, content, start=MONDAY, made_on=TODAY)
    told = sentences_by_heading(html(result, content, {}))

    assert sum(map(len, told.values())) >= 15
    assert "For the clinician" not in told
    assert grade(s for found in told.values() for s in found) <= MOST_PAGE_GRADE
    assert too_hard_sections(told) == {}


def test_the_page_of_open_questions_reads_at_grade_seven_or_lower(content):
    """All questions that can be open at once stand on it."""
    result = planned(content, a_runner(content, unanswered=content.vocabulary.screening))
    told = sentences_by_heading(html(result, content, {}))

    assert len(told["A few questions first"]) >= len(content.vocabulary.screening) // 2
    assert too_hard_sections(told) == {}


@pytest.mark.parametrize("name", service.catalogue().sets)
def test_every_quick_sheet_reads_at_grade_seven_or_lower(name, content):
    """The sheet of each named set, with its cards and signs."""
    sheet = service.handout(Wish(set=name, many=True), content, made_on=TODAY)
    told = sentences_by_heading(handout_html(sheet, content, {}, "a4", PLAIN))

    assert grade(s for found in told.values() for s in found) <= MOST_PAGE_GRADE
    assert too_hard_sections(told) == {}


def test_a_page_of_long_words_is_too_hard():
    """The quality card names the grade; what is for clinicians and the foot do not count."""
    hard = "Physiotherapists recommend individualised neuromuscular rehabilitation."
    for_others = f"<h2>For the clinician</h2><p>{hard}</p>"
    easy = f'<div class="foot shared">{hard}</div><h2>You</h2><p>Walk for a bit.</p>{for_others}'

    assert page_grade(easy).holds
    assert page_grade(easy).found == "0.0, at most 7"
    assert not page_grade(f"<h2>You</h2><p>{hard}</p>").holds
