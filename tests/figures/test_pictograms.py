"""Every self-care topic has a pictogram that is plain, in the right colours and safe to print."""

import re
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from programgen import illustrate
from programgen.content.reading import build, parse
from programgen.core.palette import COLOUR
from programgen.core.pictogram import GRID, Pictogram
from programgen.errors import ContentError
from programgen.figures.pictograms import COLOURS, draw
from programgen.resources import folder

SOURCES = {s.name: s for s in illustrate.sources(folder("exercises")) if "/self-care/" in s.shown}
PLAIN = {
    "{http://www.w3.org/2000/svg}path": {"d"},
    "{http://www.w3.org/2000/svg}circle": {"cx", "cy", "r"},
    "{http://www.w3.org/2000/svg}rect": {"x", "y", "width", "height", "rx"},
}
PAINT = {"fill", "stroke", "stroke-width"}
DOT = "{circle: [9, 9], radius: 1, fill: ink}"


def read(mark: str) -> Pictogram:
    """Return a pictogram of a dot and a mark on line 3, as it would stand in a file."""
    return build(Pictogram, parse(f"pictogram:\n  - {DOT}\n  - {mark}\n", "some.figure.yaml"))


def test_every_topic_has_a_pictogram(content):
    """Each self-care topic has marks, a fresh picture and words for who cannot see it."""
    topics = {name: e for name, e in content.exercises.items() if e.family == "self-care"}

    assert set(SOURCES) == set(topics)
    for name, source in SOURCES.items():
        assert isinstance(illustrate.read_figure(source)[0], Pictogram), name
        assert illustrate.is_fresh(source), f"{name}: run 'make figures'"
        assert 1 <= len((topics[name].words.picture or "").split()) <= 15, name


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_the_svg_holds_shapes_only(source):
    """A pictogram is paths, circles and rectangles: no text, id, style or link."""
    svg = source.picture.read_text(encoding="utf-8")
    root = ET.fromstring(svg)

    assert root.get("viewBox") == f"0 0 {GRID} {GRID}"
    for element in root:
        assert set(element.attrib) <= PLAIN[element.tag] | PAINT
        assert not list(element)
        assert [element.text, element.tail] == [None, None]
    assert not re.search(r"<style|<text|href|url\(|\bid=|\bstyle=|\bclass=", svg)
    assert set(re.findall(r"#[0-9a-f]+", svg)) <= set(COLOURS.values())


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_the_same_data_give_the_same_bytes(source):
    """Drawing again gives the file that is checked in, byte by byte."""
    assert illustrate.draw(source).svg.encode() == source.picture.read_bytes()


def test_the_colours_are_those_of_the_exercises():
    """Each role has a colour of the exercise pictures, so that both turn grey alike."""
    assert [COLOURS[role] for role in ("ink", "main", "soft", "mark")] == [
        COLOUR.line,
        COLOUR.fills["shirt"],
        COLOUR.fills["mat"],
        COLOUR.arrow,
    ]


def test_every_kind_of_mark_is_drawn():
    """Lines, paths, circles and rectangles become elements, back to front."""
    marks = (
        "{line: [[8, 8], [16, 8.5]], stroke: mark, width: bold}",
        "{path: 'M 8 8 H 20 V 20 A 4 4 0 0 1 16 24 Z', fill: main}",
        "{circle: [48, 48], radius: 4, fill: soft, stroke: ink}",
        "{rect: [8, 8, 20, 10], radius: 2, fill: light}",
    )
    drawn = [re.search(r"/>(<.*/>)</svg>", draw(read(mark)))[1] for mark in marks]

    assert drawn == [
        '<path stroke="#d9480f" stroke-width="7" d="M8 8L16 8.5"/>',
        '<path fill="#5aa8ae" d="M8 8H20V20A4 4 0 0 1 16 24Z"/>',
        '<circle fill="#d5e6ec" stroke="#1f2d38" stroke-width="3.5" cx="48" cy="48" r="4"/>',
        '<rect fill="#ffffff" x="8" y="8" width="20" height="10" rx="2"/>',
    ]


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("{circle: [48, 48], radius: 4, fill: sofd}", "did you mean 'soft'"),
        ("{circle: [48, 48], radius: 4, stroke: ink, width: fat}", "must be 'thin'"),
        ("{circle: [48, 48], radius: 4, fill: ink, style: x}", "'style' is not a known key"),
        ("{path: M 8 8 S 9 9 10 10, stroke: ink}", "'S' is not allowed in a path"),
        ("{path: M 8 8 l 9 9, stroke: ink}", "'l' is not allowed in a path"),
        ("{path: L 8 8, stroke: ink}", "a path begins with M"),
        ("{path: M 8 8 L 9, stroke: ink}", "L needs 2 numbers; got 1"),
        ("{path: M 8 8 L 9 1e9, stroke: ink}", "'e' is not allowed in a path"),
        ("{path: 'M 8 8 L 9 \"', stroke: ink}", "is not a number"),
        ("{path: M 8 8 A 4 5 0 0 1 9 9, stroke: ink}", "A is part of a circle"),
        ("{line: [[8, 8], [97, 8]], stroke: ink}", "outside the grid"),
        ("{line: [[8, 8], [95, 8]], stroke: ink, width: bold}", "outside the grid"),
        ("{circle: [3, 48], radius: 4, fill: ink}", "outside the grid"),
        ("{rect: [80, 8, 20, 8], fill: ink}", "outside the grid"),
        ("{path: M 8 8 C 8 -40 20 8 20 8, stroke: ink}", "outside the grid"),
        ("{path: M 40 8 A 20 20 0 0 1 60 8, fill: ink}", None),
        ("{path: M 40 8 A 11 11 0 1 1 60 8, fill: ink}", "outside the grid"),
        ("{path: M 40 8 A 11 11 0 1 0 60 8, fill: ink}", None),
        ("{circle: [48, 48], fill: ink}", "a circle needs a radius"),
        ("{line: [[8, 8], [9, 9]], radius: 4, stroke: ink}", "only a circle and a rect"),
        ("{circle: [48, 48], radius: 4}", "nothing would be seen"),
        ("{line: [[8, 8], [9, 9]], rect: [8, 8, 8, 8], stroke: ink}", "exactly one of"),
        ("{fill: ink}", "exactly one of"),
    ],
)
def test_a_wrong_mark_is_refused_with_its_line(mark, message):
    """A mark that cannot be drawn as meant is answered with the line and the reason."""
    if message is None:
        assert read(mark)
        return
    with pytest.raises(ContentError) as error:
        read(mark)
    (problem,) = error.value.problems

    assert message in problem.message
    assert problem.line == 3


def test_a_pictogram_has_no_other_key():
    """Poses and marks do not go into one file."""
    text = f"pictogram:\n  - {DOT}\nposes: []\n"
    with pytest.raises(ContentError, match="'poses' is not a known key"):
        build(Pictogram, parse(text, "some.figure.yaml"))


def test_problems_of_a_file_are_reported(tmp_path):
    """A faulty file is answered by the drawing command's own reader, with file and line."""
    path = tmp_path / "sleep.figure.yaml"
    path.write_text(f"pictogram:\n  - {DOT}\n  - {{circle: [48, 48], radius: 4, fill: red}}\n")
    drawn = illustrate.draw(illustrate.source_of(path))

    assert drawn.svg is None
    assert [(p.path, p.line) for p in drawn.problems] == [(str(path), 3)]


def test_pictograms_need_no_numpy():
    """Reading and drawing marks never imports NumPy."""
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "from programgen import illustrate\n"
        "from programgen.resources import folder\n"
        "found = [s for s in illustrate.sources(folder('exercises')) if '/self-care/' in s.shown]\n"
        "assert found and all(illustrate.draw(s).svg for s in found)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
