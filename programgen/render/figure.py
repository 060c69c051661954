"""Pictures drawn once for each process and stored once in each document.

WeasyPrint looks an address up in the mapping given as ``cache`` before it fetches anything. Of
an image it wants its size, that it draws itself, and the object that goes into the file.
Without this it would draw the same shapes again at every place.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Any

from programgen.errors import ProgramgenError
from programgen.render.pictures import ADDRESS, Pictures


class UnknownShapeError(ProgramgenError):
    """The picture holds more than plain shapes."""


SHAPES = {"svg", "g", "path", "circle", "rect"}


def _plain(tree: Any) -> bool:
    """Return whether a picture holds only shapes, whose operators stand for themselves."""
    return all(
        e.tag.rpartition("}")[2] in SHAPES
        and "opacity" not in e.attrib
        and not any("url(" in value for value in e.attrib.values())
        for e in tree.iter()
    )


class Figure:
    """A picture as operators that any page may draw.

    ``name`` is that of the picture in the resources of a page; ``states`` are the
    transparencies by name; ``operators`` are compressed.
    """

    def __init__(self, svg: str) -> None:
        """Draw the picture.

        Raises:
            UnknownShapeError: it holds text, gradients or see-through groups.
        """
        import zlib
        from xml.etree import ElementTree as ET

        import pydyf
        from weasyprint.pdf.stream import Stream
        from weasyprint.svg import SVG

        # The picture is our own, or has passed the check of its folder.
        tree = ET.fromstring(svg)  # noqa: S314
        if not _plain(tree):
            raise UnknownShapeError("the picture holds more than plain shapes")
        parsed = SVG(tree, None, None, None)
        self.id = sha256(svg.encode()).hexdigest()[:32]
        self.name = f"i{self.id}1"
        self.size = parsed.get_intrinsic_size(16)
        self.box = parsed.get_viewbox()
        if self.box is None or None in self.size:
            raise UnknownShapeError("the picture has no view box or no size")
        width, height = self.box[2:]
        resources = {"ExtGState": pydyf.Dictionary()}
        stream = Stream({}, (0, 0, width, height), resources, {}, None, {}, None)
        parsed.draw(stream, width, height, None, None)
        self.states = {k: dict(v) for k, v in resources["ExtGState"].items()}
        plain = stream.data.split(b"stream\n", 1)[1].removesuffix(b"\nendstream")
        self.operators = zlib.compress(plain, 9)

    def get_intrinsic_size(self, resolution: float, font_size: float) -> tuple[float, float, float]:
        """Return width, height and their ratio, as WeasyPrint asks."""
        del resolution, font_size
        wide, high = self.size
        return wide, high, wide / high

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Place the picture on a page."""
        del style
        name = stream.add_image(self, True, 1)
        wide, high = self.box[2:]
        scale = min(width / wide, height / high)
        left, top = (width - scale * wide) / 2, (height - scale * high) / 2
        stream.transform(a=scale, d=scale, e=left, f=top)
        stream.draw_x_object(name)

    def get_x_object(self, interpolate: bool, ratio: float) -> Any:  # noqa: FBT001
        """Return the object that a document holds once."""
        del interpolate, ratio
        import pydyf

        wide, high = self.box[2:]
        states = pydyf.Dictionary({k: pydyf.Dictionary(v) for k, v in self.states.items()})
        extra = {
            "Type": "/XObject",
            "Subtype": "/Form",
            "BBox": pydyf.Array((0, 0, wide, high)),
            "Resources": pydyf.Dictionary({"ExtGState": states}),
            "Filter": "/FlateDecode",
        }
        return pydyf.Stream([self.operators], extra)


@lru_cache(maxsize=512)
def figure(svg: str) -> Figure | None:
    """Return a picture that draws itself; None when WeasyPrint must draw it."""
    try:
        return Figure(svg)
    except UnknownShapeError:
        return None


class Figures(dict[str, Any]):
    """What WeasyPrint finds by address: pictures, drawn when they are first asked for."""

    def __init__(self, pictures: Pictures) -> None:
        """Remember the pictures of a page."""
        super().__init__()
        self.pictures = pictures

    def __contains__(self, url: object) -> bool:
        """Return whether the address names a picture that draws itself."""
        if super().__contains__(url):
            return True
        svg = self.pictures.get(str(url).removeprefix(ADDRESS))
        found = figure(svg) if svg is not None and str(url).startswith(ADDRESS) else None
        if found is not None:
            self[str(url)] = found
        return found is not None
