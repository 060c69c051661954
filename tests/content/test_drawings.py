"""A logo from outside can hold nothing that acts, asks or grows."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from programgen.content.drawings import LARGEST, WIDEST, drawing
from programgen.errors import ContentError

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20">'


def svg(inside, head=HEAD):
    """Return an SVG file with something inside."""
    return f"{head}{inside}</svg>".encode()


def png(size=(40, 20), mode="RGBA"):
    """Return a sound PNG."""
    out = BytesIO()
    Image.new(mode, size).save(out, "PNG")
    return out.getvalue()


def chunk(name, data):
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@pytest.mark.parametrize(
    "raw",
    [
        svg("<script>alert(1)</script>"),
        svg('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>'),
        svg('<image href="https://example.org/x.png" width="9" height="9"/>'),
        svg(
            '<image xlink:href="file:///etc/hostname"/>',
            HEAD.replace(" view", ' xmlns:xlink="x" view'),
        ),
        svg('<use href="#a"/>'),
        svg('<a href="https://example.org"><path d="M0 0h9v9z"/></a>'),
        svg('<path d="M0 0h9v9z" href="https://example.org"/>'),
        svg('<path d="M0 0h9v9z" onclick="x()"/>'),
        svg('<path d="M0 0h9v9z" fill="url(https://example.org/#a)"/>'),
        svg('<path d="M0 0h9v9z" style="fill: url(data:image/png;base64,AAAA)"/>'),
        svg('<path d="M0 0h9v9z" style="fill: u\\72l(https://example.org)"/>'),
        svg('<path d="M0 0h9v9z" style="background-image: url(//example.org/x)"/>'),
        svg('<path d="M0 0h9v9z" style="fill: image-set(x)"/>'),
        svg('<path d="M0 0h9v9z" filter="url(#f)"/>'),
        svg("<style>@import 'https://example.org/x.css';</style>"),
        svg("<text>Clinic</text>"),
        svg("<animate/>"),
        svg("<set/>"),
        svg("<svg/>"),
        svg("<rect width='1e99' height='1'/>"),
        svg("<rect width='wide' height='1'/>"),
        svg("<rect width='1' height='1' opacity='abc'/>"),
        svg("<rect width='1' height='1' style='opacity: abc'/>"),
        svg("<polygon points='1 2 3'/>"),
        svg("<g transform='translate()'/>"),
        svg("<g transform='matrix(1 2)'/>"),
        svg("<g transform='foo(1)'/>"),
        svg("<g>" * 60 + "</g>" * 60),
        svg("<path d='M0 0h1'/>" * 6000),
        svg("", '<svg viewBox="0 0 0 0">'),
        svg("", '<svg viewBox="0 0 1 900">'),
        svg("", "<svg>"),
        b'<!DOCTYPE svg SYSTEM "https://example.org/x.dtd">' + svg(""),
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"),
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + svg("&x;"),
        b'<?xml-stylesheet href="https://example.org/x.css"?>' + svg(""),
        b"<html><body>x</body></html>",
        b"<svg",
        b"<" * 500,
        b"",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7",
        png()[:60],
        png()[:40] + b"\x00" * 40 + png()[80:],
        png((WIDEST + 1, 5)),
        svg(" " * LARGEST),
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0))
        + chunk(b"IEND", b""),
    ],
)
def test_a_file_that_is_more_than_shapes_or_pixels_is_refused(raw):
    """One clear message that names the file; never a traceback, never a request."""
    with pytest.raises(ContentError) as caught:
        drawing(raw, "logo.file")

    (problem,) = caught.value.problems
    assert problem.path == "logo.file"
    assert problem.code == "picture-file"
    assert len(problem.message) < 200


def test_a_problem_in_a_drawing_names_its_line():
    """Whoever drew it finds the place."""
    with pytest.raises(ContentError, match=r"logo\.svg:3:1: the element 'script'"):
        drawing(svg("\n\n<script/>"), "logo.svg")


def test_a_drawing_keeps_its_shapes_and_colours_and_nothing_else():
    """What was checked is written again; names, notes and titles are left out."""
    found = drawing(
        svg(
            '<title>My clinic</title><!-- a note --><g id="a" style="fill:#123456;stroke:none;'
            'font-size:9px"><path class="b" d="M0 0h9v9z"/><circle cx="5" cy="5" r="2"/></g>'
        ),
        "logo.svg",
    )
    text = found.data.decode()

    assert found.wide == 3
    assert '<g fill="#123456" stroke="none"><path d="M0 0h9v9z">' in text
    for gone in ("clinic", "note", "id=", "class", "style", "font"):
        assert gone not in text


def test_moves_points_and_lengths_are_kept():
    """What drawing programs write can be used."""
    inside = (
        '<g transform="translate(1, 2) rotate(-4.5) matrix(1 0 0 1 0 0)">'
        '<polygon points="0,0 1,0 1,1"></polygon>'
        '<rect x="1" y=".5" width="50%" height="2px" fill="rgb(1, 2, 3)" opacity="0.5"></rect></g>'
    )

    assert inside in drawing(svg(inside), "logo.svg").data.decode()


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "P", "1"])
def test_of_a_png_only_the_pixels_are_kept(mode):
    """Text and profiles in the file do not reach the page."""
    raw = png((40, 20), mode)
    noted = raw[:33] + chunk(b"tEXt", b"Comment\0secret") + raw[33:]
    found = drawing(noted, "logo.png")

    assert (found.kind, found.wide) == ("png", 2)
    assert b"secret" not in found.data
    assert found == drawing(noted, "logo.png")
