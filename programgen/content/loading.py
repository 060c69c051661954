"""A content folder read into one catalogue, or all problems at once."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel

from programgen.content.layers import Laid, files, shown_at
from programgen.content.reading import Document, build, decode, parse, read_raw
from programgen.core.catalogue import Catalogue, References
from programgen.core.exercise import Exercise
from programgen.core.exercise_set import ExerciseSet
from programgen.core.protocol import Protocol
from programgen.core.rule import Rule
from programgen.core.settings import Settings
from programgen.core.vocabulary import Vocabulary
from programgen.errors import ContentError, Problem

M = TypeVar("M", bound=BaseModel)


class _Reader:
    """Reads the files of one folder and keeps what went wrong."""

    def __init__(self, root: Traversable, shown: str, ready: Mapping[str, Any]) -> None:
        self.root = root
        self.shown = shown
        self.ready = ready
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        self.digest = sha256()

    def files(self, folder: str) -> Iterator[tuple[str, Traversable]]:
        """Yield the YAML files below *folder* with their paths, in order."""
        for path, file in _walk(self.root / folder, folder):
            if path.endswith(".yaml"):
                yield path, file
            else:
                text = "is not read; content files end in '.yaml', and links are not followed"
                shown = shown_at(self.root, self.shown, path)
                self.problems.append(Problem(shown, 0, 0, text, "file-name"))

    def document(self, path: str, file: Traversable) -> Document | None:
        """Read one file; note its problems and its share of the fingerprint."""
        shown = shown_at(self.root, self.shown, path)
        try:
            raw = read_raw(file, shown)
            self.digest.update(f"{path}\0{len(raw)}\0".encode() + raw)
            ready = self.ready.get(sha256(raw).hexdigest()) if self.ready else None
            self.documents[path] = (
                parse(decode(raw, shown), shown) if ready is None else Document(shown, ready)
            )
        except ContentError as error:
            self.problems.extend(error.problems)
        return self.documents.get(path)

    def one(self, model: type[M], path: str, **extra: Any) -> M | None:
        """Read one file as a value of *model*."""
        document = self.document(path, self.root / path)
        return self.value(model, document, **extra) if document else None

    def value(self, model: type[M], document: Document, **extra: Any) -> M | None:
        """Build a value, or note its problems."""
        try:
            return build(model, document, **extra)
        except ContentError as error:
            self.problems.extend(error.problems)
            return None

    def folder(self, model: type[M], folder: str, group: str | None = None) -> dict[str, M]:
        """Read every file of a folder; the file name is the identifier."""
        found: dict[str, M] = {}
        for path, file in self.files(folder):
            name = path.rsplit("/", 1)[-1].removesuffix(".yaml")
            extra = {"id": name} | ({group: path.split("/")[-2]} if group else {})
            document = self.document(path, file)
            if document is None:
                continue
            if name in found:
                self.problems.append(
                    document.problem((), f"another file has the name '{name}'", "duplicate-name")
                )
                continue
            built = self.value(model, document, **extra)
            if built is not None:
                found[name] = built
        return dict(sorted(found.items()))

    def beside(self) -> None:
        """Take the pictures of folders that are laid over others into the fingerprint."""
        for layer, _ in self.root.layers[1:] if isinstance(self.root, Laid) else ():
            for path, file in files(layer):
                if path.startswith("catalogue/") and path not in self.documents:
                    raw = file.read_bytes()
                    self.digest.update(f"{path}\0{len(raw)}\0".encode() + raw)


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    if not folder.is_dir():
        return
    for child in sorted(folder.iterdir(), key=lambda c: c.name):
        name = child.name
        if child.is_dir():
            linked = isinstance(child, Path) and child.is_symlink()
            yield from [(f"{path}/{name}", child)] if linked else _walk(child, f"{path}/{name}")
        # 'bridge.fr.yaml' and 'bridge.figure.yaml' belong to 'bridge.yaml'.
        elif (name.endswith(".yaml") and name.count(".") == 1) or name.endswith(".yml"):
            yield f"{path}/{name}", child


def load(
    root: Traversable, shown: str = "exercises", ready: Mapping[str, Any] = MappingProxyType({})
) -> tuple[Catalogue, dict[str, Document]]:
    """Read a content folder; *shown* is how messages name it.

    *ready* are values that were read beforehand, by the SHA-256 of their files; documents of
    those know no places.

    Returns the catalogue and the documents behind it by path.

    Raises:
        ContentError: every problem in every file.
    """
    reader = _Reader(root, shown, ready)
    lists = {}
    for name in sorted(Vocabulary.model_fields):
        document = reader.document(f"vocabulary/{name}.yaml", root / f"vocabulary/{name}.yaml")
        if document:
            wrapped = Document(
                document.path,
                {name: document.value},
                {(name, *k): v for k, v in document.marks.items()},
            )
            part = reader.value(Vocabulary, wrapped)
            if part:
                lists[name] = getattr(part, name)
    sources = reader.document("references.yaml", root / "references.yaml")
    references = (
        reader.value(
            References,
            Document(
                sources.path,
                {"entries": sources.value},
                {("entries", *k): v for k, v in sources.marks.items()},
            ),
        )
        if sources
        else None
    )
    settings = reader.one(Settings, "settings.yaml")
    exercises = reader.folder(Exercise, "catalogue", "family")
    rules = reader.folder(Rule, "rules", "group")
    protocols = reader.folder(Protocol, "protocols")
    sets = reader.folder(ExerciseSet, "sets")
    reader.beside()
    if reader.problems or settings is None or references is None:
        raise ContentError(reader.problems)
    catalogue = Catalogue(
        exercises=exercises,
        rules=rules,
        protocols=protocols,
        sets=sets,
        vocabulary=Vocabulary.model_construct(**lists),
        references=dict(sorted(references.entries.items())),
        settings=settings,
        fingerprint=reader.digest.hexdigest()[:12],
    )
    return catalogue, reader.documents


def load_checked(root: Traversable, shown: str = "exercises") -> Catalogue:
    """Read a content folder and refuse it when a check or an example of a rule fails."""
    from programgen.content.checks import check
    from programgen.content.examples import check_examples

    catalogue, documents = load(root, shown)
    problems = [*check(catalogue, documents), *check_examples(catalogue, documents)]
    if problems:
        raise ContentError(problems)
    return catalogue
