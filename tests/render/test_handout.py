"""The quick sheet as a patient meets it: cards, ticks, letterhead, and the red box."""

import re
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdf
import pytest

from programgen import service
from programgen.core.clinic import Clinic, Letterhead
from programgen.core.handout import Wish
from programgen.render.handout import often_text
from programgen.render.house import MAIN, PLAIN, HouseStyle
from tests.conftest import TODAY
from tests.render.test_pages import fonts, tags

CLINIC = Path(__file__).parents[2] / "examples" / "clinic-file" / "clinic.yaml"
HOUSE = service.house_style(CLINIC, None)
WISH = Wish(("bird-dog", "glute-bridge", "seated-trunk-turn"), name="Sam Example")


def made(content, wish=WISH, kind=".html", house=PLAIN, paper="a4", **more):
    """Return a quick sheet as a file."""
    sheet = service.handout(wish, content, made_on=TODAY, **more)
    return service.handout_document(sheet, content, kind, paper, None, house)


@pytest.fixture(scope="module")
def printed(content, tmp_path_factory):
    """A quick sheet with a letterhead as a PDF file."""
    path = tmp_path_factory.mktemp("pdf") / "sheet.pdf"
    path.write_bytes(made(content, kind=".pdf", house=HOUSE, doses=["bird-dog=2x8 5 s"]))
    return path


def words_of(path):
    """Return the text of all pages."""
    return " ".join(" ".join(p.extract_text().split()) for p in pypdf.PdfReader(path).pages)


def test_three_exercises_fit_on_one_sheet_of_paper(printed):
    """Two pages, printed on both sides."""
    assert len(pypdf.PdfReader(printed).pages) == 2


def test_the_sheet_says_what_a_patient_needs(printed, content):
    """Each exercise with its dose, who set it, the signs to stop, and the emergency box."""
    text = words_of(printed)

    for part in (
        "Your exercises",
        "For Sam Example",
        "2 rounds of 8 in turn, hold 5 s",
        "Set by your clinician",
        "Call your emergency number now",
        "This sheet did not ask you about warning signs",
        "Stop and ask your clinician",
    ):
        assert part in text
    for name in WISH.exercises:
        assert content.exercises[name].words.name in text
    assert text.count("Set by your clinician") == 1


def test_there_is_no_schedule(content):
    """No ladder, no week page, no date but that of making."""
    page = made(content, Wish(("bird-dog",))).decode()
    body = page[page.index("<body") :]

    assert not re.search(r"Your ladder|Next morning|\d km|run-walk", body)
    assert set(re.findall(r"\d+ Nov \d+", body)) == {"24 Nov 2026"}


def test_every_exercise_has_two_weeks_of_ticks(content):
    """Fourteen boxes for each."""
    page = made(content).decode()

    assert page.count('<span class="tick">') == 14 * len(WISH.exercises)


def test_a_screen_reader_finds_headings_tables_and_pictures(printed):
    """Tagged, with a language, one first heading, no level skipped, words for each picture."""
    with pikepdf.open(printed) as file:
        found = list(tags(file.Root.StructTreeRoot.K))
        assert file.Root.Lang == "en"
        assert file.docinfo["/Title"] == "Your exercises: Sam Example"
        assert found.count("/H1") == 1
        levels = [int(t[2]) for t in found if re.fullmatch(r"/H[1-6]", t)]
        assert all(b - a <= 1 for a, b in pairwise(levels))
        assert found.count("/Figure") >= len(WISH.exercises) + 1
        assert "/TH" in found
        assert all(embedded and "PG-Text" in name for name, embedded in fonts(file))


def test_the_clinic_stands_at_the_head_and_at_every_foot(printed):
    """Name and contact; the logo once."""
    pages = [" ".join(p.extract_text().split()) for p in pypdf.PdfReader(printed).pages]

    assert all("Riverside Physiotherapy · 12 Mill Lane" in text for text in pages)
    assert pages[0].count("12 Mill Lane, Riverside") == 2
    assert pages[1].count("12 Mill Lane, Riverside") == 1


def test_the_colour_of_the_clinic_takes_the_place_of_ours(content):
    """Everywhere on the page, and nowhere without a clinic."""
    style = re.compile(r"<style>.*</style>", re.DOTALL)
    ours, theirs = (style.search(made(content, house=h).decode())[0] for h in (PLAIN, HOUSE))

    assert MAIN in ours
    assert MAIN not in theirs
    assert theirs == ours.replace(MAIN, "#1f5f3f")


def test_a_sheet_for_a_browser_carries_everything(content):
    """Logo, pictures and fonts are inside; nothing is asked for."""
    page = made(content, house=HOUSE).decode()
    asked = re.findall(r'(?:src|href)="([^"]{0,40})|url\("?([^")]{0,40})', page)

    assert asked
    assert all((a or b).startswith("data:") for a, b in asked)


def test_the_same_wish_gives_the_same_bytes(content):
    """As PDF, as page and as data."""
    for kind in (".pdf", ".html", ".json"):
        assert made(content, kind=kind, house=HOUSE) == made(content, kind=kind, house=HOUSE)


def test_a_clinic_without_a_logo_is_only_a_name(content):
    """No picture is missed."""
    house = HouseStyle(Letterhead(Clinic(name="Dr <b>Bold</b>")))
    page = made(content, house=house).decode()

    assert "Dr &lt;b&gt;Bold&lt;/b&gt;" in page
    assert 'class="logo"' not in page
    assert made(content, kind=".pdf", house=house).startswith(b"%PDF-")


def test_the_note_of_the_clinician_goes_before_that_of_the_clinic(content):
    """The usual note stands where nobody wrote one."""
    own = made(content, Wish(("bird-dog",), note="Only for you."), house=HOUSE).decode()
    usual = made(content, Wish(("bird-dog",)), house=HOUSE).decode()

    assert "Only for you." in own
    assert "We are glad to help." not in own
    assert "We are glad to help." in usual


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x>', "{{ 7 * 7 }}"])
def test_text_never_becomes_markup(content, text):
    """A note is a note."""
    page = made(content, Wish(("bird-dog",), note=text, name=text)).decode()
    body = page[page.index("<body") :]

    assert "<script" not in body
    assert "<img src=x" not in body
    assert "49" not in re.sub(r"base64,[^\"]*|content [0-9a-f]+|<style>.*", "", body)


@pytest.mark.parametrize("name", sorted(service.catalogue().sets))
def test_every_set_prints_on_one_sheet_of_paper(content, tmp_path, name):
    """Two pages at most, with its title and its words."""
    path = tmp_path / "sheet.pdf"
    path.write_bytes(made(content, Wish(set=name), kind=".pdf", house=HOUSE))

    assert len(pypdf.PdfReader(path).pages) <= 2
    assert content.sets[name].title in words_of(path)


def test_how_often_is_said_in_plain_words(content):
    """On days, times a day, or nothing where the catalogue leaves it open."""

    def often(name):
        return often_text(content.exercises[name].doses)

    assert often("bird-dog") == "On 3 days a week."
    assert often("pelvic-tilt") == "Once a day."
    assert often("calf-stretch-straight") == "Every day."
    assert often("heel-drop-step") == "Every day, twice a day."
    assert often("standing-cat-cow") is None
