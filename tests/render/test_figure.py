"""Pictures that are stored once: what WeasyPrint asks of an image, and what it gets."""

import zlib

import pikepdf
import pytest

from programgen import service
from programgen.render.figure import Figure, Figures, UnknownShapeError
from programgen.render.pdf import pdf

PICTURES = service.picture_texts(None, service.catalogue().exercises)


def page(*names):
    """Return a page that shows pictures by address."""
    shown = "".join(
        f'<p><img alt="{n}" src="figure:{n}" style="width: 50mm; height: 40mm"></p>' for n in names
    )
    return f'<html lang="en"><head><title>t</title></head><body>{shown}</body></html>'


def forms(raw, tmp_path):
    """Return the drawings that a document holds."""
    path = tmp_path / "page.pdf"
    path.write_bytes(raw)
    with pikepdf.open(path) as file:
        return [
            item.read_bytes()
            for item in file.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form"
        ]


def test_a_picture_is_stored_once_however_often_it_is_shown(tmp_path):
    """WeasyPrint takes the picture from its cache and asks it for one object.

    This is the test that fails when WeasyPrint changes what it wants of an image.
    """
    name = min(PICTURES)
    found = forms(pdf(page(name, name, name), PICTURES), tmp_path)

    assert found == [zlib.decompress(Figure(PICTURES[name]).operators)]


def test_every_shipped_picture_draws_itself():
    """None of them needs WeasyPrint to draw it again at each place."""
    assert [n for n, svg in PICTURES.items() if f"figure:{n}" not in Figures({n: svg})] == []


@pytest.mark.parametrize(
    "inside",
    [
        "<text>a</text>",
        '<g opacity="0.5"><path d="M0 0h9v9z"/></g>',
        '<linearGradient id="a"><stop/></linearGradient><path fill="url(#a)" d="M0 0h9v9z"/>',
    ],
)
def test_a_picture_with_more_than_plain_shapes_is_left_to_weasyprint(inside):
    """Text, groups and gradients belong to a document and cannot be shared."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9mm" height="9mm" '
        f'viewBox="0 0 9 9">{inside}</svg>'
    )
    with pytest.raises(UnknownShapeError):
        Figure(svg)
    assert "figure:a" not in Figures({"a": svg})
