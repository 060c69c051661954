"""A content folder with others laid over it, file by file."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO, Any

from programgen.content.reading import parse, read_raw
from programgen.core.vocabulary import Vocabulary
from programgen.errors import ContentError, Problem, did_you_mean
from programgen.resources import folder

SHIPPED = "exercises"
"""How messages name the shipped folder."""

PARTS = frozenset(
    {"catalogue", "rules", "protocols", "sets", "vocabulary", "references.yaml", "settings.yaml"}
)
"""What a content folder holds."""

_BESIDE = frozenset({"schema", "README.md", "__init__.py", "__pycache__"})
"""What may lie in it and is not read."""

GUARDED = ("rules/stop/", "rules/refer/")
"""Warning signs; a folder that is laid over others may add to them and change none."""


@dataclass(frozen=True)
class Layers:
    """The content folders that somebody named."""

    base: str | None = None
    """Replaces the shipped folder."""
    over: tuple[str, ...] = ()
    """Laid over it, each over those before."""


Where = str | Layers | None
"""Where content comes from: a folder instead of the shipped one, layers, or the shipped one."""


class Laid(Traversable):
    """One folder made of several: a file of a later one stands before those below it."""

    def __init__(self, layers: tuple[tuple[Traversable, str], ...]) -> None:
        """Keep each folder, the lowest first, with how messages name it."""
        self.layers = layers

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.layers[-1][0].name

    def iterdir(self) -> Iterator[Traversable]:
        """Yield each name once: files from the top, folders laid over each other."""
        names = {c.name for root, _ in self.layers if root.is_dir() for c in root.iterdir()}
        for name in sorted(names):
            yield self.joinpath(name)

    def joinpath(self, *descendants: Any) -> Traversable:
        """Return a file from the topmost layer that has it, or the folders laid together."""
        tail = "/".join(str(part) for part in descendants)
        found = [(root.joinpath(tail), f"{shown}/{tail}") for root, shown in self.layers]
        there = [(child, shown) for child, shown in found if _exists(child)]
        top = there[-1][0] if there else found[0][0]
        linked = isinstance(top, Path) and top.is_symlink() and top.is_dir()
        return Laid(tuple(there)) if top.is_dir() and not linked else top

    def is_dir(self) -> bool:
        """Return that it is a folder."""
        return all(root.is_dir() for root, _ in self.layers)

    def is_file(self) -> bool:
        """Return that it is no file."""
        return False

    def open(self, *_: Any, **__: Any) -> IO[Any]:
        """Refuse: a folder has no text."""
        raise IsADirectoryError(self.name)

    def read_bytes(self) -> bytes:
        """Refuse: a folder has no text."""
        raise IsADirectoryError(self.name)

    def read_text(self, encoding: str | None = None) -> str:
        """Refuse: a folder has no text."""
        raise IsADirectoryError(self.name, encoding)


def _exists(found: Traversable) -> bool:
    return found.is_dir() or found.is_file() or (isinstance(found, Path) and found.is_symlink())


def shown_at(root: Traversable, shown: str, path: str) -> str:
    """Return how messages name a file of a content folder: by the layer that it comes from."""
    if isinstance(root, Laid):
        there = [s for layer, s in root.layers if _exists(layer / path)]
        shown = there[-1] if there else root.layers[0][1]
    return f"{shown}/{path}"


def open_layers(where: Where) -> tuple[Traversable, str]:
    """Return a content folder and how messages name it.

    Raises:
        ContentError: a name is no folder, or a folder may not be laid over the others.
    """
    layers = where if isinstance(where, Layers) else Layers(where)
    base = (
        (folder("exercises"), SHIPPED)
        if layers.base is None
        else (open_folder(layers.base), layers.base)
    )
    if not layers.over:
        return base
    laid = [base]
    problems: list[Problem] = []
    for path in layers.over:
        try:
            top = (open_folder(path), path)
        except ContentError as error:
            problems.extend(error.problems)
            continue
        problems += [*_strays(*top), *_weakened(Laid(tuple(laid)), *top)]
        laid.append(top)
    if problems:
        raise ContentError(problems)
    return Laid(tuple(laid)), base[1]


def open_folder(path: str) -> Traversable:
    """Return a folder that the user named.

    Raises:
        ContentError: it is not a folder.
    """
    found = Path(path)
    if not found.is_dir():
        raise ContentError([Problem(path, 0, 0, "is not a folder", "not-a-folder")])
    return found


def _strays(root: Traversable, shown: str) -> Iterator[Problem]:
    """Yield what would be overlooked, because a content folder has no such part."""
    for child in sorted(root.iterdir(), key=lambda c: c.name):
        if child.name not in PARTS | _BESIDE and not child.name.startswith("."):
            hint = did_you_mean(child.name, PARTS)
            text = f"is no part of a content folder{hint} (parts: {', '.join(sorted(PARTS))})"
            yield Problem(f"{shown}/{child.name}", 0, 0, text, "stray-file")
    lists = {f"{name}.yaml" for name in Vocabulary.model_fields}
    words = root / "vocabulary"
    for child in sorted(words.iterdir(), key=lambda c: c.name) if words.is_dir() else ():
        if child.name not in lists:
            text = f"is no list of the vocabulary{did_you_mean(child.name, lists)}"
            yield Problem(f"{shown}/vocabulary/{child.name}", 0, 0, text, "stray-file")


def files(root: Traversable, path: str = "") -> Iterator[tuple[str, Traversable]]:
    """Yield every file below a folder with its path, in order."""
    for child in sorted(root.iterdir(), key=lambda c: c.name):
        if child.is_dir():
            yield from files(child, f"{path}{child.name}/")
        elif child.is_file():
            yield f"{path}{child.name}", child


def _weakened(below: Traversable, root: Traversable, shown: str) -> Iterator[Problem]:
    """Yield changes to warning signs: their rules and the words of their questions."""
    for path, file in files(root):
        old = below / path
        if path.startswith(GUARDED) and old.is_file() and old.read_bytes() != file.read_bytes():
            text = (
                "a folder laid over others may not change or take away a stop or refer rule; "
                "write a new rule beside it, or use a whole folder with '--exercises'"
            )
            yield Problem(f"{shown}/{path}", 1, 1, text, "guarded-rule")
    path = "vocabulary/screening.yaml"
    if (root / path).is_file():
        old_words, new_words = (_words(r / path, f"{shown}/{path}") for r in (below, root))
        for question, words in old_words.items():
            if new_words.get(question) != words:
                text = f"the screening question '{question}' must stay as it is"
                yield Problem(f"{shown}/{path}", 1, 1, text, "guarded-rule")


def _words(file: Traversable, shown: str) -> dict[str, Any]:
    try:
        value = parse(read_raw(file, shown).decode("utf-8", "replace"), shown).value
    except ContentError:
        # Loading reports what is wrong with the file; nothing is used before.
        return {}
    return value if isinstance(value, dict) else {}
