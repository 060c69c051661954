"""Own parts of the page: named parts only, and nothing that reaches out."""

import pytest

from programgen import service
from programgen.content.parts import read_parts
from programgen.core.handout import Wish
from programgen.errors import ContentError, ProgramgenError
from tests.conftest import TODAY


def put(root, path, text):
    """Write a file below a folder."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def page(folder, content):
    """Return a quick sheet that is made with own parts."""
    sheet = service.handout(Wish(("bird-dog",)), content, made_on=TODAY)
    house = service.house_style(None, str(folder))
    return service.handout_document(sheet, content, ".html", "a4", None, house).decode()


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("plan.html.jinja", "x", "replaces no part"),
        ("parts/cards.html.jinja", "x", "did you mean 'parts/card.html.jinja'?"),
        ("css/own.css", "x", "replaces no part"),
        ("parts/foot.html.jinja", '\n<img src="https://example.org/x.png">', ":2:"),
        ("parts/foot.html.jinja", "<script>x</script>", "may not name an address"),
        ("parts/foot.html.jinja", '<img src="//example.org/x.png">', "may not name an address"),
        ("parts/foot.html.jinja", '<img src="data:image/png;base64,AA">', "may not name"),
        ("css/parts.css", "@import 'x.css';", "may not name an address"),
        ("css/parts.css", "p { background: url(x.png) }", "may not name an address"),
        ("css/parts.css", "p { background: u\\72l(x.png) }", "may not name an address"),
    ],
)
def test_a_part_that_is_none_or_reaches_out_is_refused(tmp_path, path, text, says):
    """The message names the file, and the line where there is one."""
    put(tmp_path, path, text)
    with pytest.raises(ContentError) as caught:
        read_parts(str(tmp_path))

    assert says in str(caught.value)
    assert f"{tmp_path}/{path}" in str(caught.value)


def test_an_own_part_stands_in_the_place_of_ours(tmp_path, content):
    """The rest of the page stays."""
    put(tmp_path, "parts/foot.html.jinja", '<div class="foot">Our foot. {{ foot.made }}</div>')

    assert "Our foot. Made 24 Nov 2026" in page(tmp_path, content)


def test_an_empty_folder_of_parts_changes_nothing(tmp_path, content):
    """The same bytes."""
    sheet = service.handout(Wish(("bird-dog",)), content, made_on=TODAY)

    assert (
        page(tmp_path, content) == service.handout_document(sheet, content, ".html", "a4").decode()
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{% if %}", "foot.html.jinja:1:1"),
        ("{{ nothing.here }}", "'nothing' is undefined"),
        ("{{ ''.__class__.__mro__ }}", "cannot be filled in"),
        ("{{ 1 / 0 }}", "cannot be filled in"),
        ("{% include 'parts/none.html.jinja' %}", "cannot be filled in"),
        ("{% include '../setup.cfg' %}", "cannot be filled in"),
    ],
)
def test_a_broken_part_is_told_plainly(tmp_path, content, text, says):
    """Never a traceback, and never a way to the machine."""
    put(tmp_path, "parts/foot.html.jinja", text)
    with pytest.raises(ProgramgenError) as caught:
        page(tmp_path, content)

    assert says in str(caught.value)
    assert "foot.html.jinja" in str(caught.value)
