"""The handout as a reader meets it: words, structure, fonts, paper."""

import re
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdf
import pytest
from markupsafe import escape

from programgen import service
from programgen.render.page import html
from programgen.render.pdf import RenderError, pdf, printable
from tests.conftest import MONDAY, TODAY, a_runner, planned

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(p for p in FOLDER.glob("*.yaml") if not p.name.endswith(".log.yaml"))
NAMES = [path.stem for path in EXAMPLES]
REFERRAL = EXAMPLES[NAMES.index("referral")]
PICTURES = service.picture_texts(None, service.catalogue().exercises)


def result_of(path, content):
    """Return the result for an example."""
    intake = service.read_intake(path, content, TODAY)
    return service.plan(intake, content, start=MONDAY, made_on=TODAY)


@pytest.fixture(scope="module", params=EXAMPLES, ids=NAMES)
def printed(request, content, tmp_path_factory):
    """Each example as a PDF file."""
    path = tmp_path_factory.mktemp("pdf") / f"{request.param.stem}.pdf"
    path.write_bytes(service.document(result_of(request.param, content), content, ".pdf", "a4"))
    return path


def body(page):
    """Return the part of a page that a reviewer reads; the fingerprint moves with content."""
    text = page[page.index("<body>") :]
    text = re.sub(r"content [0-9a-f]{12}", "content (fingerprint)", text)
    return re.sub(r"(plan|log|version 1,) [0-9a-f]{7}\b", r"\1 (mark)", text)


@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_the_words_of_every_example_are_as_reviewed(path, content, golden):
    """A changed sentence shows up as a difference that a reviewer can read."""
    result = result_of(path, content)
    golden(f"{path.stem}.html", body(html(result, content, PICTURES)))


def tags(element):
    """Yield the type of every structure element in reading order."""
    if isinstance(element, pikepdf.Array):
        for child in element:
            yield from tags(child)
    elif isinstance(element, pikepdf.Dictionary):
        if "/S" in element and element.get("/Type") != "/MCR":
            yield str(element["/S"])
        if "/K" in element:
            yield from tags(element["/K"])


def test_every_page_is_tagged_with_language_title_and_one_first_heading(printed):
    """A screen reader finds a document with a language, a title, headings and tables."""
    with pikepdf.open(printed) as file:
        root = file.Root
        found = list(tags(root.StructTreeRoot.K))

        assert root.Lang == "en"
        assert root.MarkInfo.Marked
        assert root.ViewerPreferences.DisplayDocTitle
        assert file.docinfo["/Title"]
        assert found.count("/H1") == 1
        levels = [int(t[2]) for t in found if re.fullmatch(r"/H[1-6]", t)]
        assert all(b - a <= 1 for a, b in pairwise(levels))
        if "/Table" in found:
            assert "/TH" in found


def fonts(file):
    """Yield the name of each font and whether its file is embedded."""
    for item in file.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
            yield str(item["/FontName"]), any(f"/FontFile{n}" in item for n in ("", 2, 3))


def test_every_font_is_ours_and_embedded(printed):
    """The page looks the same everywhere, because it brings its letters."""
    with pikepdf.open(printed) as file:
        found = set(fonts(file))

    assert found
    assert all(embedded and "PG-Text" in name for name, embedded in found), found


def test_every_page_carries_its_purpose_and_its_date(printed):
    """The foot says what the page is for, that it is a draft, and when it was made."""
    for page in pypdf.PdfReader(printed).pages:
        text = " ".join(page.extract_text().split())
        assert "does not diagnose, prescribe or replace an examination" in text
        assert "Draft content" in text
        assert "Made 24 Nov 2026" in text


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_the_paper_has_the_size_that_was_asked_for(content, tmp_path, paper, size):
    """A4 and Letter."""
    path = tmp_path / "page.pdf"
    result = result_of(REFERRAL, content)
    path.write_bytes(pdf(html(result, content, {}, paper)))
    box = pypdf.PdfReader(path).pages[0].mediabox

    assert (round(box.width), round(box.height)) == size


def test_a_referral_is_one_page_without_an_exercise(content, tmp_path):
    """What to do now, and nothing to train."""
    result = result_of(REFERRAL, content)
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf(html(result, content, {})))
    pages = pypdf.PdfReader(path).pages
    text = pages[0].extract_text()

    assert len(pages) == 1
    assert not [e.words.name for e in content.exercises.values() if e.words.name in text]


def test_the_same_page_gives_the_same_bytes(content):
    """Nothing in the file depends on the clock or on chance."""
    page = html(result_of(REFERRAL, content), content, {})

    assert pdf(page) == pdf(page)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "</p><h1>Free beer</h1>",
        '"><img src="file:///etc/passwd">',
        "{{ 7 * 7 }}",
        "../../etc/passwd",
        "templates:fonts/pg-text-bold.ttf",
    ],
)
def test_text_never_becomes_markup(content, text):
    """A name is a name, whatever it looks like."""
    changes = {
        "who": {"name": text},
        "clinician": {
            "name": text[:60],
            "reviewed_on": "2026-11-20",
            "cleared_to_run": True,
            "note": text,
        },
    }
    page = html(planned(content, a_runner(content, changes)), content, {})

    assert "<script" not in page
    assert "<img" not in page
    assert page.count("<h1") == 1
    assert escape(text) in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë Åström", "Zoë Åström"),
        ("Zoe\u0308", "Zoë"),
        ("Kim 👍", "Kim ?"),
        ("a\u200bb", "ab"),
        ("日本", "??"),
    ],
)
def test_a_sign_without_a_shape_in_our_fonts_never_asks_the_machine(text, shown):
    """Only our own fonts are used; what they lack is a question mark."""
    assert printable(text) == shown


@pytest.mark.parametrize(
    "address", ["https://example.org/x.png", "file:///etc/hostname", "templates:../setup.cfg"]
)
def test_a_page_may_read_only_our_style_and_fonts(address):
    """An address from anywhere else stops the rendering; nothing is fetched."""
    with pytest.raises(RenderError, match="may not read"):
        pdf(f'<html lang="en"><title>t</title><p>x</p><img alt="a" src="{address}">')


def test_the_list_of_signs_is_that_of_the_fonts():
    """A page is checked against the list, so that printing need not read the fonts."""
    from fontTools.ttLib import TTFont

    folder = Path(__file__).parents[2] / "templates" / "fonts"
    tables = [set(TTFont(path).getBestCmap()) for path in sorted(folder.glob("*.ttf"))]
    listed = [int(code, 16) for code in (folder / "signs.txt").read_text().split()]

    assert listed == sorted(set.intersection(*tables))
