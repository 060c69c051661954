"""Pictures on paper: every exercise has one, with words for who cannot see it."""

import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import pypdf
import pytest

from programgen import service
from programgen.core.palette import COLOUR, MONO, mono
from programgen.render.pictures import CARD_BOX, picture_of, size_of
from tests.conftest import TODAY

CONTENT = service.catalogue()
PICTURES = service.picture_texts(None, CONTENT.exercises)
EVERY = sorted(CONTENT.exercises)
PLAIN = re.compile(
    r"<svg[^<>]*>(<g[^<>]*>|</g>|<path[^<>]*/>|<circle[^<>]*/>|<rect[^<>]*/>)+</svg>"
)


@pytest.mark.parametrize("name", EVERY)
def test_every_exercise_has_a_picture_and_its_words(name):
    """Somebody who cannot see the picture is told in one or two short sentences."""
    words = CONTENT.exercises[name].words.picture

    assert name in PICTURES
    assert words
    assert len(words.split()) <= 32
    assert not words.lower().startswith("picture")


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_picture_is_small_and_holds_only_shapes(name):
    """No text, identifier, style, link or script: it may stand on a page any number of times."""
    svg = PICTURES[name]

    assert PLAIN.fullmatch(svg.strip())
    assert not re.search(r"\b(id|style|href|class|on[a-z]+)=", svg)
    assert len(svg.encode()) <= 8.3 * 1024
    assert svg.count("<path") + svg.count("<circle") <= 60
    assert "CC BY 4.0" in svg[:300]


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_picture_fits_its_place_on_the_card(name):
    """Wide and tall pictures are fitted, and none is blown up."""
    picture = picture_of(CONTENT.exercises[name], PICTURES, CARD_BOX)
    wide, high = (float(v.removesuffix("mm")) for v in (picture.width, picture.height))

    assert wide <= CARD_BOX[0] + 0.1
    assert high <= CARD_BOX[1] + 0.1
    assert wide / high == pytest.approx(
        size_of(PICTURES[name])[0] / size_of(PICTURES[name])[1], 0.05
    )


def test_every_colour_has_its_grey():
    """A role has a colour of its own, so a finished picture can be printed in black and white."""
    assert len(set(COLOUR.colours)) == len(COLOUR.colours) == len(MONO.colours)
    assert all(c[1:3] == c[3:5] == c[5:7] for c in MONO.colours)


@pytest.mark.parametrize("name", sorted(PICTURES)[::9])
def test_the_black_and_white_picture_has_no_colour_left(name):
    """Every colour of a picture belongs to a role."""
    colours = set(re.findall(r"#[0-9a-f]{6}", mono(PICTURES[name])))

    assert all(c[1:3] == c[3:5] == c[5:7] for c in colours), colours


def test_planning_and_printing_never_draw(tmp_path):
    """NumPy is needed only to draw, never to plan or print."""
    runner = Path(__file__).parents[2] / "examples" / "runner.yaml"
    code = (
        "import sys\nfrom programgen.cli import main\n"
        "try: main(['plan', sys.argv[1], '--today', sys.argv[2], '-o', sys.argv[3]])\n"
        "except SystemExit: pass\n"
        "print('numpy' in sys.modules)"
    )
    words = [sys.executable, "-c", code, str(runner), str(TODAY), str(tmp_path / "p.pdf")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "False"
    assert (tmp_path / "p.pdf").exists()


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    """The illustrated catalogue as a PDF file."""
    path = tmp_path_factory.mktemp("sheet") / "sheet.pdf"
    path.write_bytes(service.sheet(CONTENT, ".pdf", "a4", TODAY, None))
    return path


def test_the_sheet_shows_every_exercise_and_an_index(sheet):
    """The wall poster and the reviewer's proof leave nothing out."""
    text = " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(sheet).pages).split())

    for name, exercise in CONTENT.exercises.items():
        assert name in text
        assert text.count(" ".join(exercise.words.name.split())) >= 2, exercise.words.name


def alternatives(element):
    """Yield the alternative text of every figure in the structure tree."""
    if isinstance(element, pikepdf.Array):
        for child in element:
            yield from alternatives(child)
    elif isinstance(element, pikepdf.Dictionary) and element.get("/Type") != "/MCR":
        if element.get("/S") == "/Figure":
            yield str(element.get("/Alt", ""))
        if "/K" in element:
            yield from alternatives(element["/K"])


def test_every_picture_on_the_sheet_is_told_in_words(sheet):
    """A figure without words is invisible to a screen reader."""
    with pikepdf.open(sheet) as file:
        told = list(alternatives(file.Root.StructTreeRoot.K))

    assert len(told) >= len(PICTURES)
    assert all(told)
