"""Pages put together from kept blocks are the pages that WeasyPrint prints alone."""

import errno
import json
import multiprocessing
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdf
import pytest
from PIL import Image, ImageChops

from programgen import service
from programgen.core.clinic import Clinic, Letterhead
from programgen.core.plan import Plan
from programgen.render.editions import EDITIONS
from programgen.render.fragments import printing
from programgen.render.fragments.block import entry_of, render
from programgen.render.fragments.cut import cut
from programgen.render.fragments.printing import _wanted, composed, printed
from programgen.render.fragments.stack import Brick, stacked
from programgen.render.fragments.store import (
    Entry,
    Store,
    default_folder,
    packed,
    unpacked,
)
from programgen.render.house import PLAIN, HouseStyle
from programgen.render.page import html, style
from programgen.render.pdf import pdf
from tests.conftest import MONDAY, TODAY
from tests.render.structure import Structure, links, outline

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(p for p in FOLDER.glob("*.yaml") if not p.name.endswith(".log.yaml"))
RUNNER, RESTRICTED, REFERRAL = (
    next(path for path in EXAMPLES if path.stem == name)
    for name in ("runner", "restricted", "referral")
)
CONTENT = service.catalogue()
PICTURES = service.picture_texts(None, CONTENT.exercises)


CLINIC = Clinic(name="Mill Lane", contact=("12 Mill Lane",), colour="#1f5f3f", note="Call us.")
HOUSE = HouseStyle(Letterhead(CLINIC))


def page_of(path, paper="a4", edition="standard", house=PLAIN):
    """Return the page of an example."""
    intake = service.read_intake(path, CONTENT, TODAY)
    result = service.plan(intake, CONTENT, start=MONDAY, made_on=TODAY)
    return html(result, CONTENT, PICTURES, paper, edition, house=house)


def small(*parts, more=""):
    """Return a page of marked parts in the style of the handout."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Kim & Co</title>'
        '<meta name="author" content="A &amp; B">'
        '<meta name="description" content="(50 %) é">'
        f"<style>{style('a4')}{more}</style></head><body>"
        '<div class="foot" data-block="foot" data-shared>Foot</div>'
        + "".join(parts)
        + "</body></html>"
    )


def part(inside, kind="page"):
    """Return a marked part that starts on a page of its own."""
    return f'<section class="page" data-block="{kind}" data-shared>{inside}</section>'


NAME = min(PICTURES)
LINKED = small(
    part('<h1>One</h1><p>See <a href="#two">two</a> and <a href="https://example.org/a?b=(c)">'
         "this (50 %) page</a>.</p>"),
    part(
        '<h2 data-keep>Stack</h2><div class="card"><h3>A</h3>'
        f'<img class="figure" alt="50 % (of all) — done" src="figure:{NAME}" '
        'style="width: 60mm; height: 40mm"></div>'
        '<div class="card" id="two"><h3>B</h3><p>Back to <a href="#one">one</a>.</p></div>',
        "stack",
    ),
    part('<h2 id="one">Last</h2><table><tr><th scope="col">A</th><th scope="col">B</th></tr>'
         "<tr><td>1</td><td>2</td></tr></table>"),
)  # fmt: skip


PLANS = [path for path in EXAMPLES if path is not REFERRAL]
OTHERS = ["large", "mono"]


def _name(case):
    return getattr(case, "stem", case)


@pytest.fixture(
    scope="module", params=[*PLANS, "linked", "letter", "letterhead", *OTHERS], ids=_name
)
def both(request):
    """Both paths for each example, links, Letter paper, a letterhead, and other editions."""
    pictures = PICTURES
    if request.param == "linked":
        page = LINKED
    elif request.param == "letter":
        page = page_of(RESTRICTED, "letter")
    elif request.param == "letterhead":
        page = page_of(RESTRICTED, house=HOUSE)
    elif request.param in OTHERS:
        pictures = EDITIONS[request.param].pictures(PICTURES)
        page = page_of(RUNNER, edition=request.param)
    else:
        page = page_of(request.param)
    made = composed(page, pictures, Store())
    assert made is not None, "the page has been refused"
    return pdf(page, pictures), made


@pytest.fixture
def files(both):
    """The two documents, opened."""
    with pikepdf.open(BytesIO(both[0])) as alone, pikepdf.open(BytesIO(both[1])) as made:
        yield alone, made


def text_of(raw):
    """Return the text of each page."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(raw)).pages]


def words_of(raw):
    """Return the words of each page in no order; the foot is painted last on one path."""
    return [sorted(text.split()) for text in text_of(raw)]


def test_each_page_has_the_same_text(both):
    """The same pages with the same words: breaks are chosen the way the style asks."""
    assert words_of(both[0]) == words_of(both[1])


def agree(one, two):
    """Assert that two lists say the same, at places that differ by a fiftieth of a point."""
    assert [said for said, _ in one] == [said for said, _ in two]
    for (said, here), (_, there) in zip(one, two, strict=True):
        assert here == pytest.approx(there, abs=0.02), said


def test_the_structure_is_read_in_the_same_order(files):
    """Every element with its type, words for pictures, table attributes, text and place."""
    alone, made = (list(Structure(file).walk()) for file in files)

    assert len(alone) > 10
    agree(alone, made)


def test_nothing_is_wrong_with_either_structure(files):
    """Content and elements name each other, headings do not jump, figures have words."""
    for file in files:
        assert set(Structure(file).findings()) == set()


@pytest.mark.parametrize("edition", [name for name in EDITIONS if name != "standard"])
@pytest.mark.parametrize("path", EXAMPLES, ids=_name)
def test_nothing_is_wrong_with_the_structure_of_any_edition(path, edition):
    """Also where tables are set as lists, and where nothing is kept."""
    pictures = EDITIONS[edition].pictures(PICTURES)
    with pikepdf.open(BytesIO(printed(page_of(path, edition=edition), pictures))) as file:
        assert set(Structure(file).findings()) == set()


@pytest.mark.parametrize("edition", ["standard", "summary"])
def test_where_nothing_may_be_kept_weasyprint_prints_alone(edition):
    """The page that says whom to see, and the one page for the fridge, are about a person."""
    path = REFERRAL if edition == "standard" else RUNNER
    store = Store()

    assert composed(page_of(path, edition=edition), PICTURES, store) is None
    assert store.made == 0


def test_bookmarks_and_links_lead_to_the_same_places(files):
    """The same titles, levels, pages and heights."""
    agree(outline(files[0]), outline(files[1]))
    agree(links(files[0]), links(files[1]))


def test_the_document_says_the_same_about_itself(files):
    """Title, author, subject and language, as text and in the metadata."""
    alone, made = files
    for key in ("/Title", "/Author", "/Subject", "/Producer"):
        assert alone.docinfo.get(key) == made.docinfo.get(key)
    assert alone.Root.Lang == made.Root.Lang
    with alone.open_metadata() as one, made.open_metadata() as two:
        assert dict(one) == dict(two)


def test_both_paths_use_the_same_fonts_and_sizes_of_paper(files):
    """Every font is embedded under the same name."""

    def fonts(file):
        found = [o for o in file.objects if isinstance(o, pikepdf.Dictionary)]
        return {
            str(o.FontName) for o in found if o.get("/Type") == "/FontDescriptor" and o.FontFile2
        }

    def papers(file):
        return [[round(float(v)) for v in page.mediabox] for page in file.pages]

    assert fonts(files[0]) == fonts(files[1])
    assert papers(files[0]) == papers(files[1])


def test_both_paths_look_the_same(both, tmp_path):
    """No point of a page differs more than rounding makes edges differ."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("needs pdftoppm, of poppler-utils")
    drawn = []
    for name, raw in zip(("alone", "made"), both, strict=True):
        (tmp_path / f"{name}.pdf").write_bytes(raw)
        words = [
            "pdftoppm",
            "-r",
            "80",
            "-gray",
            str(tmp_path / f"{name}.pdf"),
            str(tmp_path / name),
        ]
        subprocess.run(words, check=True)
        drawn.append(sorted(tmp_path.glob(f"{name}-*.pgm")))

    assert len(drawn[0]) == len(drawn[1])
    for one, two in zip(*drawn, strict=True):
        with Image.open(one) as here, Image.open(two) as there:
            most = ImageChops.difference(here, there).getextrema()[1]
        assert most <= 32, f"{one.name}: a point differs by {most} of 255"


def test_links_and_pictures_are_found_on_the_small_page():
    """The page on which links are compared has some."""
    with pikepdf.open(BytesIO(composed(LINKED, PICTURES, Store()))) as file:
        assert [said[2] for said, _ in links(file)] == [1, "https://example.org/a?b=(c)", 2]


def test_the_same_page_gives_the_same_bytes_whatever_is_kept(tmp_path):
    """Empty, warm, on disk, or filled by another page: the file does not depend on it."""
    page, other = page_of(RESTRICTED), page_of(RUNNER)
    first = printed(page, PICTURES)
    warm, disk = Store(), Store(tmp_path)
    printed(other, PICTURES, store=warm)
    printed(page, PICTURES, store=disk)

    assert printed(page, PICTURES, store=warm) == first
    assert printed(page, PICTURES, store=warm) == first
    assert printed(page, PICTURES, store=Store(tmp_path)) == first


def test_a_block_is_the_same_whatever_is_rendered_beside_it():
    """So the file does not depend on which blocks were missing."""
    sheet = cut(page_of(RESTRICTED))
    wanted = [one for chunk in sheet.chunks for one in _wanted(chunk)]
    together, _ = render(wanted, sheet.language, sheet.style, PICTURES)
    alone = [
        block for one in wanted for block in render([one], sheet.language, sheet.style, PICTURES)[0]
    ]

    assert list(map(entry_of, alone)) == list(map(entry_of, together))


HEAVY = {
    *("weasyprint", "fontTools", "pikepdf", "PIL", "numpy", "jinja2.sandbox"),
    *(f"programgen.core.{name}" for name in ("figure", "handout", "replan")),
    *(f"programgen.content.{name}" for name in ("checks", "readability", "drawings")),
}
"""What a plan does without, when its blocks are there."""


def test_a_warm_store_needs_no_weasyprint(tmp_path):
    """What makes it fast: nothing heavy is imported when every block is there."""
    command = [sys.executable, "-c", (
        "import sys\nfrom programgen.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        f"print(sorted({HEAVY} & set(sys.modules)))"
    ), "plan", str(RESTRICTED), "--today", str(TODAY), "-o", str(tmp_path / "p.pdf"),
        "--store", str(tmp_path / "blocks")]  # fmt: skip
    said = [
        subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
        for _ in range(2)
    ]

    assert "weasyprint" in said[0]
    assert said[1] == "[]"


@pytest.mark.parametrize("damage", ["cut", "changed", "foreign", "empty", "json"])
def test_a_damaged_or_foreign_entry_is_made_again(tmp_path, damage):
    """A file that is not what its name says is as good as none."""
    store = Store(tmp_path)
    first = printed(LINKED, PICTURES, store=store)
    files = sorted(tmp_path.iterdir())
    sound = [file.read_bytes() for file in files]
    for file, raw, other in zip(files, sound, sound[1:] + sound[:1], strict=True):
        file.write_bytes(
            {
                "cut": raw[: len(raw) // 2],
                "changed": raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:],
                "foreign": other,
                "empty": b"",
                "json": b"programgen blocks 1\n" + raw.split(b"\n")[1] + b"\n[]",
            }[damage]
        )

    assert printed(LINKED, PICTURES, store=Store(tmp_path)) == first
    assert [file.read_bytes() for file in files] == sound


def test_a_missing_font_is_made_again(tmp_path):
    """Blocks without their font are rendered once more."""
    first = printed(LINKED, PICTURES, store=Store(tmp_path))
    for file in tmp_path.glob("font-*"):
        file.unlink()

    assert printed(LINKED, PICTURES, store=Store(tmp_path)) == first
    assert list(tmp_path.glob("font-*"))


def test_a_folder_that_cannot_be_used_only_costs_time(tmp_path):
    """The handout is made even where nothing can be kept."""
    (tmp_path / "file").write_text("in the way")

    assert printed(LINKED, PICTURES, store=Store(tmp_path / "file")) == printed(LINKED, PICTURES)


@pytest.mark.parametrize("way", ["full", "read-only", "not writable inside"])
def test_a_folder_in_which_nothing_can_be_written_only_costs_time(tmp_path, monkeypatch, way):
    """The disk is full, or somebody else's."""
    expected = printed(LINKED, PICTURES)

    def refuse(*_, **__):
        raise OSError(errno.ENOSPC if way == "full" else errno.EROFS, way)

    if way == "full":
        monkeypatch.setattr("programgen.render.fragments.store.os.fdopen", refuse)
    elif way == "read-only":
        monkeypatch.setattr("programgen.render.fragments.store.tempfile.mkstemp", refuse)
    else:
        monkeypatch.setattr("programgen.render.fragments.store.Path.replace", refuse)

    assert printed(LINKED, PICTURES, store=Store(tmp_path)) == expected
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o707])
def test_a_folder_in_which_others_may_write_is_not_used(tmp_path, mode):
    """Somebody else could put words into the handouts of everybody."""
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(mode)

    assert printed(LINKED, PICTURES, store=Store(folder)) == printed(LINKED, PICTURES)
    assert list(folder.iterdir()) == []


def test_the_folder_is_that_of_the_user(monkeypatch, tmp_path):
    """The cache folder of the desktop standard, unless it says something relative."""
    monkeypatch.setenv("HOME", str(tmp_path))
    usual = default_folder()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    assert default_folder() == tmp_path / "cache" / "programgen" / "blocks"
    assert usual.parts[-2:] == ("programgen", "blocks")
    assert usual.is_relative_to(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    assert default_folder() == usual


def test_without_a_home_nothing_is_kept(monkeypatch):
    """A service may have none."""

    def nowhere():
        raise RuntimeError

    monkeypatch.setattr("programgen.render.fragments.store.Path.home", nowhere)

    assert default_folder() is None


@pytest.mark.parametrize("where", ["cut", "compose", "stacked", "block_of", "_ground"])
def test_a_fault_in_this_package_costs_time_and_no_handout(monkeypatch, where):
    """WeasyPrint prints the page alone, whatever goes wrong."""

    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(printing, where, fail)

    assert printed(LINKED, PICTURES) == pdf(LINKED, PICTURES)


def test_the_folder_is_private(tmp_path):
    """Others need not know which plans were printed."""
    printed(LINKED, PICTURES, store=Store(tmp_path / "new"))

    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    assert all(f.stat().st_mode & 0o077 == 0 for f in (tmp_path / "new").iterdir())


def _print_into(folder):
    return [printed(LINKED, PICTURES, store=Store(folder)) for _ in range(3)]


def test_two_processes_that_write_at_once_lose_nothing(tmp_path):
    """Files appear whole or not at all."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        made = [raw for some in pool.map(_print_into, [tmp_path] * 2) for raw in some]
    expected = printed(LINKED, PICTURES)
    files = sorted(tmp_path.iterdir())

    assert all(raw == expected for raw in made)
    assert all(unpacked(file.name, file.read_bytes()) for file in files)
    assert not [file for file in files if file.name.startswith(".")]


CARD = '<div class="card"><h3>A</h3></div>'
REFUSED = {
    "a gradient": small(part('<h1 style="background: linear-gradient(red, blue)">A</h1>')),
    "see-through text": small(part('<h1 style="opacity: 0.5">A</h1>')),
    "a picture with a pattern": small(
        part('<h1>A</h1><img alt="a" style="width: 9mm" src="figure:strange">')
    ),
    "a fixed box": small(part("<h1>A</h1>"), more=".x { position: fixed }"),
    "a named page": small(part("<h1>A</h1>"), more="@page first { margin: 0 }"),
    "a page with a place": small(part("<h1>A</h1>"), more="@page :left { margin: 9mm }"),
    "a text of the page": small(part("<h1>A</h1>"), more="h1 { string-set: head content() }"),
    "a number of the page": small(
        part("<h1>A</h1>"), more=".x::after { content: target-counter(url(#a), page) }"
    ),
    "unmarked text after a stack": small(part(f"<h1>A</h1>{CARD}", "stack"), "<p>more</p>"),
    "a stack whose end stays with the next": small(part("<h1 data-keep>A</h1>", "stack")),
    "a stack in a shell of another kind": small(
        f'<blockquote class="page" data-block="stack" data-shared><h1>A</h1>{CARD}</blockquote>'
    ),
    "a block that is higher than a page": small(
        part(f'<h1>A</h1>{CARD}<div style="height: 400mm">tall</div>', "stack")
    ),
    "what stays together is higher than a page": small(
        part(
            '<h1>A</h1><div data-keep style="height: 150mm">a</div>'
            '<div style="height: 150mm">b</div>',
            "stack",
        )
    ),
    "margins that overlap": small(
        part('<h1>A</h1><div style="margin-top: -3mm">a</div>', "stack")
    ),
    "a live text that is not shown": small(
        part("<h1>A</h1><p data-live>Kim</p>"), more="[data-live] { visibility: hidden }"
    ),
    "loose text": small("text", part("<h1>A</h1>")),
    "an open tag": small(part("<h1>A</h1><p>")),
}  # fmt: skip
STRANGE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9mm" height="9mm" viewBox="0 0 9 9">'
    '<linearGradient id="a"><stop stop-color="red"/><stop offset="1"/></linearGradient>'
    '<path fill="url(#a)" d="M0 0h9v9z"/></svg>'
)


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_put_together_is_printed_by_weasyprint_alone(why):
    """Nothing is lost: the whole page takes the other path."""
    pictures = {**PICTURES, "strange": STRANGE}

    assert composed(REFUSED[why], pictures, Store()) is None
    assert printed(REFUSED[why], pictures) == pdf(REFUSED[why], pictures)


def test_what_was_used_last_is_remembered_longest(monkeypatch):
    """The memory of a process has a bound, too."""
    monkeypatch.setattr("programgen.render.fragments.store.IN_MEMORY", 2)
    store = Store()
    for key in ("a", "b"):
        store.keep(key, Entry(key), private=False)
    store.find("a")
    store.keep("c", Entry("c"), private=True)

    assert store.memory.keys() == {"a", "c"}


def test_an_example_is_cut_into_weeks_and_cards():
    """The marks of the templates are found: one chunk a week, one block a card."""
    intake = service.read_intake(RUNNER, CONTENT, TODAY)
    plan = service.plan(intake, CONTENT, start=MONDAY, made_on=TODAY)
    assert isinstance(plan, Plan)
    sheet = cut(html(plan, CONTENT, PICTURES))
    stacks = [chunk for chunk in sheet.chunks if chunk.items]

    assert len(sheet.chunks) >= len(plan.weeks) + 4
    assert sum("card" in item.html[:30] for item in stacks[0].items) == len(plan.exercises)
    assert sheet.title.startswith("Your plan back to running")


def test_margins_that_meet_collapse_and_the_first_on_a_page_has_none():
    """As CSS says: the larger margin counts; above the first block of a later page, none."""
    bricks = [Brick(100, 10, 20), Brick(100, 30, 0), Brick(100, 40, 0)]

    assert stacked(bricks, 0, 300) == [[10, 140], [0]]


def test_a_heading_moves_with_the_block_that_it_names():
    """A heading is never the last thing on a page."""
    bricks = [Brick(200, 0, 0), Brick(20, 0, 0, keep=True), Brick(90, 0, 0)]

    assert stacked(bricks, 0, 300) == [[0], [0, 20]]
    assert stacked(bricks, 0, 310) == [[0, 200, 220]]


def test_an_entry_is_plain_data():
    """Nothing in a file of the store can run: a line of JSON, and bytes."""
    entry = Entry({"a": [1, 2.5, "ü"]}, (b"\x00\n", b"rest"))
    raw = packed("key", entry)

    assert unpacked("key", raw) == entry
    assert unpacked("other", raw) is None
    assert json.loads(raw.split(b"\n")[3]) == [[2, 4], {"a": [1, 2.5, "ü"]}]


def test_the_oldest_entries_leave_when_the_folder_grows_too_large(tmp_path):
    """The folder has a bound."""
    store = Store(tmp_path)
    for n in range(20):
        store.keep(f"key{n}", Entry(n, (bytes(1000),)), private=False)
    store.trim(largest=10_000)

    kept = sum(file.stat().st_size for file in tmp_path.iterdir())
    assert 5_000 < kept <= 10_000
