"""Pictures of exercises, as they lie beside their pose files in a content folder."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from programgen.content.layers import shown_at
from programgen.content.reading import decode, read_raw
from programgen.errors import ContentError, Problem

SUFFIX = ".figure.yaml"


@dataclass(frozen=True)
class Source:
    """One pose file with the picture beside it."""

    name: str
    """Identifier of the exercise."""
    shown: str
    """How messages name the pose file."""
    data: Traversable
    picture: Traversable


def _files(root: Traversable) -> Iterator[tuple[Traversable, Traversable]]:
    """Yield every file of the catalogue with its folder, in order."""
    catalogue = root / "catalogue"
    families = [c for c in catalogue.iterdir() if c.is_dir()] if catalogue.is_dir() else []
    for family in sorted(families, key=lambda c: c.name):
        for file in sorted(family.iterdir(), key=lambda c: c.name):
            yield family, file


def sources(root: Traversable, shown: str = "exercises") -> Iterator[Source]:
    """Yield the pose files of a content folder in order."""
    for family, file in _files(root):
        if file.name.endswith(SUFFIX):
            name = file.name.removesuffix(SUFFIX)
            path = shown_at(root, shown, f"catalogue/{family.name}/{file.name}")
            yield Source(name, path, file, family / f"{name}.svg")


def own_pictures(
    root: Traversable, shown: str, names: Container[str] | None = None
) -> Iterator[tuple[str, str, Traversable]]:
    """Yield pictures that somebody else drew: name, how messages name them, file.

    With *names* only those.
    """
    drawn = {s.name for s in sources(root, shown) if (not names or s.name in names) and _is_ours(s)}
    for family, file in _files(root):
        name = file.name.removesuffix(".svg")
        wanted = file.name.endswith(".svg") and (not names or name in names)
        if wanted and name not in drawn:
            yield name, shown_at(root, shown, f"catalogue/{family.name}/{file.name}"), file


def _is_ours(source: Source) -> bool:
    """Return whether this program drew the picture beside a pose file."""
    if not source.picture.is_file():
        return False
    with source.picture.open("rb") as file:
        return b' data-fingerprint="' in file.read(400)


def pictures(root: Traversable, shown: str, names: Iterable[str]) -> dict[str, str]:
    """Return the SVG text of each exercise of *names* that has a picture.

    A picture that this program did not draw is checked before use.

    Raises:
        ContentError: a picture cannot be used.
    """
    wanted = dict.fromkeys(names)
    found = {s.name: s for s in sources(root, shown) if s.name in wanted and _is_ours(s)}
    others = wanted.keys() - found
    own = {n: (path, file) for n, path, file in own_pictures(root, shown, others)} if others else {}
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for name in wanted:
        try:
            if name in found:
                source = found[name]
                path = source.shown.removesuffix(SUFFIX) + ".svg"
                texts[name] = decode(read_raw(source.picture, path), path)
            elif name in own:
                from programgen.content.drawings import drawing

                path, file = own[name]
                texts[name] = drawing(read_raw(file, path), path, png=False).data.decode()
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(problems)
    return texts
