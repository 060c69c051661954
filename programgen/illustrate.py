"""Pictures as files: reading pose data, drawing what is stale, checking what is there.

A picture carries the fingerprint of its pose data and of the code that drew it. Drawing
refuses a pose with findings, so a picture with the right fingerprint has passed them.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path

from programgen.content.drawings import drawing
from programgen.content.pictures import SUFFIX, Source, own_pictures, sources
from programgen.content.reading import Document, build, decode, parse, read_raw
from programgen.core.figure import Figure
from programgen.core.pictogram import Pictogram
from programgen.errors import ContentError, Problem, ProgramgenError
from programgen.figures.pictograms import draw as draw_pictogram

LICENCE = "CC BY 4.0, the programgen authors"
"""Licence and author of every picture; written into each file."""


@dataclass(frozen=True)
class Drawn:
    """A picture, or what keeps it from being drawn."""

    source: Source
    svg: str | None
    problems: tuple[Problem, ...] = ()


def source_of(path: Path) -> Source:
    """Return a pose file that the user named."""
    if not path.name.endswith(SUFFIX):
        message = f"is no pose file; its name ends in '{SUFFIX}'"
        raise ContentError([Problem(str(path), 0, 0, message, "suffix")])
    name = path.name.removesuffix(SUFFIX)
    return Source(name, str(path), path, path.with_name(f"{name}.svg"))


def read_figure(source: Source) -> tuple[Figure | Pictogram, Document]:
    """Read a pose file, or the marks of a pictogram.

    Raises:
        ContentError: every problem found, with file and line.
    """
    raw = source.data.read_bytes()
    document = parse(decode(raw, source.shown), source.shown)
    model: type[Figure | Pictogram] = Pictogram if _is_pictogram(raw) else Figure
    return build(model, document), document


def _is_pictogram(raw: bytes) -> bool:
    return re.search(rb"^pictogram:", raw, re.MULTILINE) is not None


@cache
def _code(*, pictogram: bool) -> bytes:
    """Return a digest of everything that decides how a pose or a pictogram is drawn."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    core, own = here / "core", here / "figures" / "pictograms.py"
    drawing = sorted({*(here / "figures").glob("*.py")} - {own})
    paths = [own, core / "pictogram.py"] if pictogram else [*drawing, core / "figure.py"]
    for path in [*paths, core / "palette.py"]:
        digest.update(path.read_bytes())
    return digest.digest()


def fingerprint(source: Source) -> str:
    """Return the fingerprint that a fresh picture carries."""
    data = source.data.read_bytes()
    code = _code(pictogram=_is_pictogram(data))
    return hashlib.sha256(code + source.name.encode() + b"\0" + data).hexdigest()[:12]


def is_fresh(source: Source) -> bool:
    """Return whether the picture was drawn from these data by this code."""
    if not source.picture.is_file():
        return False
    head = source.picture.read_text(encoding="utf-8")[:400]
    found = re.search(r'data-fingerprint="([0-9a-f]{12})"', head)
    return found is not None and found[1] == fingerprint(source)


def _numpy() -> None:
    try:
        import numpy as np  # noqa: F401
    except ImportError:
        message = "Drawing needs NumPy. Install it with: pip install 'programgen[figures]'"
        raise ProgramgenError(message) from None


def draw(source: Source) -> Drawn:
    """Draw one picture, or return the problems of its data."""
    try:
        figure, document = read_figure(source)
    except ContentError as error:
        return Drawn(source, None, error.problems)
    if isinstance(figure, Pictogram):
        return Drawn(source, _signed(source, draw_pictogram(figure)))
    return _draw_figure(source, figure, document)


def _draw_figure(source: Source, figure: Figure, document: Document) -> Drawn:
    _numpy()
    from programgen.figures.looks import look_of
    from programgen.figures.picture import draw as draw_figure
    from programgen.figures.pose_checks import check_drawing, check_poses
    from programgen.figures.posing import FigureError, solve_figure

    try:
        poses = solve_figure(figure)
    except FigureError as error:
        problem = document.problem(error.where, str(error), "figure")
        return Drawn(source, None, (problem,))
    labels = {"data-fingerprint": fingerprint(source), "data-licence": LICENCE}
    drawing = draw_figure(figure, poses, look_of(source.name, figure.look), labels=labels)
    found = [
        document.problem(("poses", number), text, "pose") for number, text in check_poses(poses)
    ]
    found += [document.problem((), text, "picture") for text in check_drawing(drawing)]
    return Drawn(source, drawing.svg, tuple(found))


def _signed(source: Source, svg: str) -> str:
    """Write fingerprint and licence into a picture."""
    mark = f'<svg data-fingerprint="{fingerprint(source)}" data-licence="{LICENCE}" '
    return svg.replace("<svg ", mark, 1)


def draw_all(found: Iterable[Source], jobs: int) -> Iterator[Drawn]:
    """Draw many pictures with some processes, in the order given."""
    _numpy()
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_draw_path, [(s.shown, str(s.data)) for s in found])


def _draw_path(named: tuple[str, str]) -> Drawn:
    shown, path = named
    source = source_of(Path(path))
    return draw(Source(source.name, shown, source.data, source.picture))


def check_pictures(root: Traversable, shown: str, names: Iterable[str]) -> list[Problem]:
    """Return missing and stale pictures, and pose files without an exercise."""
    known = set(names)
    found = list(sources(root, shown))
    own = {name: (path, file) for name, path, file in own_pictures(root, shown)}
    problems: list[Problem] = []
    for path, file in own.values():
        try:
            drawing(read_raw(file, path), path, png=False)
        except ContentError as error:
            problems += error.problems
    for source in found:
        if source.name not in known:
            text = f"there is no exercise '{source.name}'"
            problems.append(Problem(source.shown, 1, 1, text, "stray-picture"))
        elif not is_fresh(source):
            problems += _why_stale(source)
    for name in sorted(known - {s.name for s in found} - set(own)):
        problems.append(Problem(f"{shown}/catalogue", 0, 0, f"'{name}' has no picture", "picture"))
    return problems


def _why_stale(source: Source) -> Iterable[Problem]:
    """Return the findings of the poses, or that the picture has to be drawn again."""
    try:
        drawn = draw(source)
    except ProgramgenError:
        drawn = Drawn(source, None)
    if drawn.problems:
        return drawn.problems
    return [Problem(source.shown, 1, 1, "the picture is stale; run 'make figures'", "stale")]


def png(svg: str, scale: float) -> bytes:
    """Return a picture as PNG, *scale* pixels per millimetre of its page size."""
    try:
        import resvg_py
    except ImportError:
        message = "PNG needs resvg-py. Install it with: pip install 'programgen[figures]'"
        raise ProgramgenError(message) from None
    wide = re.search(r'width="([0-9.]+)mm"', svg)
    width = round(float(wide[1]) * scale) if wide else 800
    raw = resvg_py.svg_to_bytes(svg_string=svg, width=width, dpi=96, background="white")
    return bytes(raw)


def turned(source: Source) -> Iterator[tuple[str, str]]:
    """Yield each frame seen from the front, the right, a corner and the top.

    A pelvis that drifted sideways cannot be seen from the side.
    """
    from programgen.figures.looks import look_of
    from programgen.figures.picture import seen_from
    from programgen.figures.posing import solve_figure

    figure, _ = read_figure(source)
    if isinstance(figure, Pictogram):
        return
    poses = solve_figure(figure)
    yield from seen_from(figure, poses, look_of(source.name, figure.look))
