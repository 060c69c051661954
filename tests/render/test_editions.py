"""Every edition on paper: nothing cut, nothing left alone, nothing too small or too faint."""

import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

from programgen import service
from programgen.cli.plan import plan as plan_command
from programgen.core.plan import Plan
from programgen.core.words import dose_text
from programgen.render.chart import PAPER, Bar, CalendarDay, ladder_chart, months_of
from programgen.render.editions import EDITIONS
from programgen.render.house import PLAIN
from programgen.render.page import STYLES, html, style
from programgen.render.pdf import _fetcher, _weasyprint, pdf, printable
from programgen.render.pictures import picture_of
from programgen.render.templating import environment, read_template
from programgen.render.view import plan_view
from tests.conftest import MONDAY, a_runner, planned
from tests.render.test_pages import EXAMPLES, NAMES, PICTURES, result_of, tags
from tests.replanned import after_a_bad_run, crowded, on_hold

CONTENT = service.catalogue()
POINT, MILLIMETRE = 4 / 3, 96 / 25.4
HEADINGS = ("h1", "h2", "h3", "h4", "caption")
LONG = "Maximiliana-Alexandrine von und zu Hohenstein-Wolkenburg the younger of the far north side"
LONG_NAME = f"{LONG} and her running club"[:120].ljust(120, "x")
NOTE = ("Keep your steps short and soft. Call me when you are not sure.\n" * 200)[:10_000]


def longest(weeks):
    """Return a plan with everything that takes room."""
    day = {"minutes": 120, "places": ["home", "outdoor", "gym", "pool"], "sessions": 3}
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    changes = {
        "who": {"name": LONG_NAME},
        "week": dict.fromkeys(names, day),
        "goal": {"run": "30 min", "name": LONG_NAME, "on": "2027-06-12"},
        "equipment": sorted(CONTENT.vocabulary.equipment),
        "clinician": {
            "name": LONG_NAME,
            "clinic": LONG_NAME,
            "reviewed_on": "2026-11-20",
            "cleared_to_run": True,
            "exercises_per_day": 6,
            "note": NOTE,
        },
    }
    return planned(CONTENT, a_runner(CONTENT, changes), weeks=weeks)


RESULTS = {path.stem: lambda path=path: result_of(path, CONTENT) for path in EXAMPLES} | {
    "longest": lambda: longest(26),
    "runner-v2": lambda: after_a_bad_run()[0],
    "on-hold": on_hold,
    "crowded": crowded,
}
PLANS = [name for name in RESULTS if name != "referral"]
SHEETS = [
    *((name, edition, "a4") for name in NAMES for edition in EDITIONS if edition != "mono"),
    ("clinic", "mono", "a4"),
    *(("longest", edition, "letter") for edition in EDITIONS),
    *(("clinic", edition, "letter") for edition in ("standard", "summary")),
    ("runner-v2", "large", "a4"),
    ("on-hold", "standard", "a4"),
    ("on-hold", "mono", "letter"),
    ("crowded", "standard", "letter"),
]


@cache
def result(name):
    """Return the result of a case."""
    return RESULTS[name]()


@cache
def page_of(name, edition, paper):
    """Return a case as HTML with the pictures of its edition."""
    pictures = EDITIONS[edition].pictures(PICTURES)
    return html(result(name), CONTENT, pictures, paper, edition), pictures


def laid_out(page, pictures):
    """Return the sheets of a page text."""
    weasyprint = _weasyprint()
    fetcher = _fetcher(weasyprint, pictures, PLAIN)
    found = weasyprint.HTML(string=printable(page), url_fetcher=fetcher).render().pages
    return [Sheet(p._page_box) for p in found]  # noqa: SLF001, the boxes have no other door


@cache
def pages(name, edition, paper):
    """Return the pages of a case as boxes."""
    return laid_out(*page_of(name, edition, paper))


def is_margin(box):
    """Return whether a box stands in the margin of the page."""
    return box.element_tag is not None and box.element_tag.startswith("@")


def ancestry(box, above=()):
    """Yield every box with the boxes around it, in reading order, without the margins."""
    yield box, above
    for child in getattr(box, "children", ()):
        yield from ancestry(getattr(child, "_box", child), (*above, box))


class Sheet:
    """A laid-out page: its texts, pictures and blocks."""

    def __init__(self, page):
        content, *margins = page.children
        self.left, self.top = page.content_box_x(), page.content_box_y()
        self.right, self.bottom = self.left + page.width, self.top + page.height
        self.edge = page.margin_height()
        self.boxes = list(ancestry(content))
        self.foot = [pair for margin in margins for pair in ancestry(margin)]
        self.texts = [(b, a) for b, a in self.boxes if getattr(b, "text", "").strip()]

    def low(self):
        """Return the lowest edge of a text or picture."""
        kinds = [b for b, _ in self.texts] + [b for b, _ in self.boxes if drawn(b)]
        return max(b.position_y + b.margin_height() for b in kinds)

    def blocks(self, tag, name=None):
        """Return a block box for each element of a tag and class."""
        found = {
            id(b.element): b
            for b, _ in self.boxes
            if b.element_tag == tag and (name is None or name in classes(b)) and is_block(b)
        }
        return list(found.values())


def classes(box):
    """Return the class names of a box's element."""
    return (box.element.get("class") or "").split() if box.element is not None else []


def is_block(box):
    """Return whether a box is the box of its element and not a line of it."""
    return type(box).__name__ not in ("LineBox", "TextBox")


def drawn(box):
    """Return whether a box is a picture."""
    return type(box).__name__.endswith("ReplacedBox")


def inside(above):
    """Return the tags around a text."""
    return {box.element_tag for box in above}


@pytest.fixture(params=SHEETS, ids="-".join)
def sheets(request):
    """The pages of each case in each edition."""
    return pages(*request.param)


@pytest.fixture
def edition(request):
    """The edition of the case."""
    return request.node.callspec.params["sheets"][1]


def test_no_text_leaves_the_paper(sheets):
    """Every word and picture lies between the margins."""
    for number, sheet in enumerate(sheets, 1):
        for box, _ in [*sheet.texts, *((b, a) for b, a in sheet.boxes if drawn(b))]:
            said = (number, getattr(box, "text", box.element_tag))
            assert box.position_x >= sheet.left - 1, said
            hanging = 6 if said[1].endswith(" ") else 0
            assert box.position_x + box.width <= sheet.right + 2 + hanging, said
            assert box.position_y + box.height <= sheet.bottom + 2, said


def test_the_foot_stays_on_the_paper(sheets):
    """The foot with its date is not cut off at the edge."""
    for sheet in sheets:
        for box, _ in sheet.foot:
            if getattr(box, "text", "").strip():
                assert box.position_y + box.height <= sheet.edge - 4 * MILLIMETRE, box.text


def test_no_text_lies_on_another(sheets):
    """Two words never share a place."""
    for number, sheet in enumerate(sheets, 1):
        lines = sorted(
            ((b.position_y, b.position_x, b) for b, _ in sheet.texts), key=lambda t: t[:2]
        )
        for n, (top, left, box) in enumerate(lines):
            for top_2, left_2, other in lines[n + 1 :]:
                if top_2 > top + box.height * 0.6:
                    break
                apart = left_2 >= left + box.width - 1 or left >= left_2 + other.width - 1
                assert apart, (number, box.text, other.text)


def test_a_picture_never_covers_a_word(sheets):
    """A picture has its own place beside the words."""
    for number, sheet in enumerate(sheets, 1):
        for picture in (b for b, _ in sheet.boxes if drawn(b)):
            x, y = picture.position_x, picture.position_y
            for box, _ in sheet.texts:
                across = min(x + picture.width, box.position_x + box.width) - max(x, box.position_x)
                down = min(y + picture.height, box.position_y + box.height) - max(y, box.position_y)
                assert across < 2 or down < 4, (number, box.text)


def test_no_heading_stands_alone_at_the_foot_of_a_page(sheets):
    """After a heading something of its part stands on the same page."""
    for number, sheet in enumerate(sheets, 1):
        shown = [(b, a) for b, a in sheet.boxes if getattr(b, "text", "").strip() or drawn(b)]
        last = max(shown, key=lambda pair: pair[0].position_y)
        assert not inside(last[1]) & {*HEADINGS}, (number, last[0].text)
        assert not any("lead" in classes(b) for b in last[1]) or number == len(sheets), number


def test_no_card_is_split(sheets):
    """An exercise is read on one page."""
    whole = [b.element for sheet in sheets for b in sheet.blocks("div", "card")]

    assert len(whole) == len({id(element) for element in whole})


def test_a_week_is_one_sheet(sheets, edition):
    """A week hangs on the fridge as one sheet; in large print it may take more."""
    if edition == "large":
        pytest.skip("large print flows over as many pages as it needs")
    whole = [b.element for s in sheets for b in s.blocks("table", "days")]

    assert len(whole) == len({id(element) for element in whole})


def test_no_page_is_nearly_empty(sheets):
    """A page is filled to a quarter at least, unless a new part begins after it."""
    for number, (sheet, after) in enumerate(pairwise(sheets), 1):
        begins = [b for b in after.blocks("section", "page") if b.element not in elements(sheet)]
        if not begins:
            filled = (sheet.low() - sheet.top) / (sheet.bottom - sheet.top)
            assert filled >= 0.25, (number, round(filled, 2))


def elements(sheet):
    """Return the elements that have a box on a page."""
    return [b.element for b, _ in sheet.boxes]


def test_a_referral_is_never_set_smaller(content):
    """The page that says who to see is the same in the edition for the fridge."""
    path = next(path for path in EXAMPLES if path.stem == "referral")
    result = result_of(path, content)

    assert html(result, content, {}, "a4", "summary") == html(result, content, {}, "a4")


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_summary_is_one_page(name, paper):
    """The fridge sheet holds the week, the line, the light and the emergency box."""
    (sheet,) = pages(name, "summary", paper)
    text = " ".join(" ".join(b.text for b, _ in sheet.texts).split())

    line = "On hold until" if name == "on-hold" else "Your line"
    for said in ("This week", line, "traffic light", "Call your emergency number"):
        assert said in text
    assert len(sheet.blocks("span", "tick")) >= 3


LEAST = {"standard": 8.5, "mono": 8.5, "summary": 8.5, "large": 16.0}
FOOT = {"standard": 7.8, "mono": 7.8, "summary": 7.8, "large": 12.0}


def test_no_letter_is_too_small(sheets, edition):
    """Large print has 16 point at least, and 12 at the foot."""
    for sheet in sheets:
        for pairs, least in ((sheet.texts, LEAST), (sheet.foot, FOOT)):
            for box, _ in pairs:
                if getattr(box, "text", "").strip():
                    points = box.style["font_size"] / POINT
                    assert points >= least[edition] - 0.01, (box.text, points)


@pytest.mark.parametrize("name", ["runner", "restricted"])
def test_the_body_of_large_print_has_18_point(name):
    """Every sentence of a paragraph, a list or a cell; notes on sources may have 16."""
    for sheet in pages(name, "large", "a4"):
        for box, above in sheet.texts:
            small = any({"meta", "sources", "code"} & {*classes(b)} for b in above)
            if not small and inside(above) & {"p", "li", "td"}:
                assert box.style["font_size"] / POINT >= 18 - 0.01, box.text


def luminance(red, green, blue):
    """Return the relative luminance of a colour (WCAG 2.1)."""
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, two):
    """Return the contrast of two colours, 1 to 21 (WCAG 2.1)."""
    high, low = sorted((luminance(*one), luminance(*two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def rgb(colour):
    """Return a colour of a style as red, green and blue from 0 to 1."""
    return tuple(colour.to("srgb").coordinates)


def ground(above):
    """Return the colour behind a text."""
    for box in reversed(above):
        colour = box.style["background_color"]
        if colour != "currentcolor" and colour.alpha > 0:
            return rgb(colour)
    return (1.0, 1.0, 1.0)


def test_every_text_has_contrast_aa_on_its_ground(sheets):
    """4.5 to 1 or more, also at the foot."""
    for sheet in sheets:
        for box, above in [*sheet.texts, *sheet.foot]:
            if getattr(box, "text", "").strip():
                found = contrast(rgb(box.style["color"]), ground(above))
                assert found >= 4.5, (box.text, round(found, 2))


def hex_rgb(colour):
    """Return a written colour as red, green and blue from 0 to 1."""
    return tuple(int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))


@pytest.mark.parametrize("name", EDITIONS)
def test_letters_and_shapes_of_the_drawings_have_contrast(name):
    """Letters 4.5 to 1, shapes 3 to 1 on white."""
    ink, white = EDITIONS[name].ink, hex_rgb(PAPER)

    for colour in (ink.text, ink.soft, ink.run, ink.strong):
        assert contrast(hex_rgb(colour), white) >= 4.5
    for colour in (ink.line, ink.here):
        assert contrast(hex_rgb(colour), white) >= 2.5


def test_the_mono_edition_has_no_colour_at_all():
    """Every colour of every page and picture is a grey."""
    page, pictures = page_of("clinic", "mono", "a4")
    used = re.findall(r"#[0-9a-f]{6}\b", page[page.index("<body>") :])
    texts = [
        rgb(b.style[key])
        for sheet in pages("clinic", "mono", "a4")
        for b, _ in sheet.boxes
        for key in ("color", "background_color", "border_top_color")
        if b.style[key] != "currentcolor" and b.style[key].alpha > 0
    ]

    for svg in pictures.values():
        used += re.findall(r"#[0-9a-f]{6}\b", svg)
    assert all(c[1:3] == c[3:5] == c[5:7] for c in used)
    assert all(max(c) - min(c) < 0.001 for c in texts)


def test_the_marks_of_the_calendar_differ_without_colour():
    """Each kind of session has a letter of its own and, filled or not, a shape of its own."""
    days = [
        CalendarDay(MONDAY, 1, ("run",)),
        CalendarDay(MONDAY, 1, ("walk",)),
        CalendarDay(MONDAY, 1, ("strength",)),
        CalendarDay(MONDAY, 1, ("cross-training",)),
    ]
    shapes = []
    for day in days:
        (drawing,) = months_of([day], EDITIONS["mono"].ink)
        letter = re.findall(r">([A-Z])</text>", drawing)
        shape = re.findall(r"<(circle|rect|path)", drawing)[-1]
        filled = re.findall(r'fill="(#[0-9a-f]{6})" stroke="#[0-9a-f]{6}" stroke-w', drawing)[-1]
        shapes.append((*letter, shape, filled))

    assert len({s[0] for s in shapes}) == len({s[1:] for s in shapes}) == 4


def test_the_calendar_says_in_words_what_it_shows():
    """Somebody who cannot see it hears each kind of day with its dates."""
    found = result("runner")
    assert isinstance(found, Plan)
    page, _ = page_of("runner", "standard", "a4")
    (december,) = re.findall(r"<title>(December 2026:[^<]*)</title>", page)

    assert "runs on" in december
    assert "strength on" in december
    assert "rest on" in december


def test_the_ladder_has_an_axis_in_minutes():
    """A bar can be read without the table."""
    bars = [Bar("1", 20, 0, here=True, title="Walk"), Bar("2", 10, 20, here=False, title="Run")]
    chart = ladder_chart(bars)

    for label in ("10 min", "20 min", "30 min", "Line"):
        assert f">{label}</text>" in chart


def test_a_year_of_weeks_is_a_year_of_sheets():
    """The longest plan that can be asked for."""
    plan = longest(52)
    sheets = laid_out(html(plan, CONTENT, {}), {})
    weeks = [b.element for sheet in sheets for b in sheet.blocks("table", "days")]

    assert len(weeks) == len({id(w) for w in weeks}) == len(plan.weeks) == 52


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_plan_without_pictures_is_whole(edition):
    """The words alone are enough."""
    sheets = laid_out(html(result("runner"), CONTENT, {}, "letter", edition), {})
    text = " ".join(b.text for s in sheets for b, _ in s.texts)

    assert "Call your emergency number" in text
    assert edition == "summary" or "Good to know:" in text


def card_of(known, name, exercise):
    """Return a card like *known* with the words of an exercise."""
    words = exercise.words
    return replace(
        known,
        id=name,
        picture=picture_of(exercise, PICTURES, EDITIONS["large"].card),
        name=words.name,
        dose=dose_text(exercise.doses.start, exercise),
        often=f"Later: {dose_text(exercise.doses.build, exercise)}.",
        purpose=words.purpose,
        setup=words.setup,
        steps=words.steps,
        cues=words.cues,
        stop_if=words.stop_if,
    )


def test_every_card_of_the_catalogue_fits_on_a_page_of_large_print():
    """No exercise is so long that its card would have to be split, even on the shorter paper."""
    known = plan_view(result("runner"), CONTENT, PICTURES, EDITIONS["large"]).groups[0].cards[0]
    part = environment().get_template("parts/card.html.jinja")
    cards = [
        part.render(card=card_of(known, name, exercise))
        for name, exercise in CONTENT.exercises.items()
        if exercise.doses
    ]
    sheet = f"{style('letter', 'large')} .card {{ break-before: page }}"
    page = f'<html lang="en"><title>t</title><style>{sheet}</style><body>{"".join(cards)}'
    found = [b.element for s in laid_out(page, PICTURES) for b in s.blocks("div", "card")]

    assert len(found) == len({id(e) for e in found}) == len(cards)


def test_the_command_offers_every_edition():
    """The option and the editions agree."""
    (option,) = [p for p in plan_command.params if p.name == "edition"]

    assert [*option.type.choices] == [*EDITIONS]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("edition", [e for e in EDITIONS if e != "standard"])
def test_every_edition_is_tagged(name, edition, tmp_path):
    """A screen reader meets the same order of headings, tables and figures in every edition."""
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf(*page_of(name, edition, "a4")))
    with pikepdf.open(path) as file:
        root = file.Root
        found = list(tags(root.StructTreeRoot.K))
        levels = [int(t[2]) for t in found if re.fullmatch(r"/H[1-6]", t)]

        assert root.Lang == "en"
        assert root.MarkInfo.Marked
        assert root.ViewerPreferences.DisplayDocTitle
        assert found.count("/H1") == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))
        assert found.count("/Table") == 0 or "/TH" in found


TEMPLATES = Path(__file__).parents[2] / "templates"
SOURCES = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for path in TEMPLATES.rglob("*.jinja")
    if path.parent.name != "phone"  # never printed
)
SHEETS_OF_STYLE = (*STYLES, "large", "mono", "summary")


@pytest.mark.parametrize("name", SOURCES)
def test_templates_keep_the_habits_that_pdf_ua_needs(name):
    """Only inline parts in a list item, words for every picture, a scope for every head."""
    text = read_template(name)

    for item in re.findall(r"<li\b.*?</li>", text, re.DOTALL):
        assert not re.search(r"<(p|div|section|table|h\d|img)\b", item), item
    for image in re.findall(r"<img\b[^>]*>", text):
        assert re.search(r'\balt="[^"]', image), image
    for head in re.findall(r"<th\b[^>]*>", text):
        assert 'scope="' in head, head
    assert "aria-hidden" not in text
    assert not re.search(r"<a\b", text)
    assert "<svg" not in text, "drawings are made with a title, in the code"


@pytest.mark.parametrize("name", SHEETS_OF_STYLE)
def test_style_sheets_keep_the_habits_that_pdf_ua_needs(name):
    """No marker inside an item, no faded text, no content for a marker."""
    text = read_template(f"css/{name}.css")

    assert "list-style-position" not in text
    assert "opacity" not in text
    assert "::marker" not in text
    assert "display: flex" not in text
    assert "display: grid" not in text


def test_colours_have_names():
    """Outside the tokens a colour is written only where a token cannot reach it."""
    for name in ("page", "parts", "large", "summary"):
        text = read_template(f"css/{name}.css")
        text = re.sub(r"@page \{.*?\n\}", "", text, flags=re.DOTALL)
        assert not re.findall(r"#[0-9a-f]{3,6}\b", text), name


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_file_validates_as_pdf_ua(edition, tmp_path):
    """With veraPDF on the path, the file is PDF/UA-1."""
    found = shutil.which("verapdf")
    if found is None:
        pytest.skip("veraPDF is not installed")
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf(*page_of("clinic", edition, "a4")))
    done = subprocess.run(
        [found, "--flavour", "ua1", "--format", "text", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.startswith("PASS"), done.stdout
