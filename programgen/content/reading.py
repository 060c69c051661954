"""YAML and JSON with a place for every value, and models with readable messages.

The loader is narrowed on purpose: only true, false, whole and decimal numbers and
null are more than text, so that '4:1' or 'no' stay what was written. A key that
stands twice, an alias, a tag and a large file are refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, ClassVar, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from programgen.errors import ContentError, Problem, did_you_mean

LARGEST = 1_000_000
"""Bytes; the largest file that is read."""

DEEPEST = 40
"""Levels of nesting; no file of ours needs more than ten."""

_CORE = "tag:yaml.org,2002:"
_KINDS = frozenset({"map", "seq", "str", "bool", "int", "float", "null"})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ANCHOR = frozenset("&*")
_JOINERS = re.compile("[\u200c\u200d]")
"""Signs without ink that Persian words and some emoji need."""

_PAIR = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
"""Two escapes that JSON uses for one sign, such as an emoji."""

M = TypeVar("M", bound=BaseModel)
Mark = tuple[int, int]
Place = tuple[str | int, ...]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A loader that knows no implicit types but the four of JSON."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"-?(0|[1-9][0-9]{0,15})", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]{0,15})\.[0-9]{1,15}", "-0123456789"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


@dataclass(frozen=True)
class Document:
    """A file as plain values, with the place of each."""

    path: str
    value: Any
    marks: Mapping[Place, Mark] = field(default_factory=dict)

    def problem(self, where: Place, message: str, code: str) -> Problem:
        """Return a problem at the nearest known place above *where*."""
        for length in range(len(where), -1, -1):
            if where[:length] in self.marks:
                line, column = self.marks[where[:length]]
                return Problem(self.path, line, column, message, code)
        return Problem(self.path, 1, 1, message, code)


class _Composer:
    """Turns a node tree into plain values and remembers the places."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.marks: dict[Place, Mark] = {}
        self.problems: list[Problem] = []

    def _refuse(self, node: yaml.Node, message: str, code: str) -> None:
        mark = node.start_mark
        self.problems.append(Problem(self.path, mark.line + 1, mark.column + 1, message, code))

    def value(self, node: yaml.Node, where: Place, depth: int = 0) -> Any:
        self.marks.setdefault(where, (node.start_mark.line + 1, node.start_mark.column + 1))
        if depth > DEEPEST:
            self._refuse(node, "nested too deeply", "too-deep")
            return None
        if node.tag.removeprefix(_CORE) not in _KINDS:
            shown = node.tag.replace(_CORE, "!!")
            self._refuse(node, f"the tag '{shown}' is not allowed", "tag")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(n, (*where, i), depth + 1) for i, n in enumerate(node.value)]
        return self._scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, where: Place, depth: int) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str) or not _JOINERS.sub("", key).isprintable():
                self._refuse(key_node, "a key must be a plain word", "key")
                continue
            if key in table:
                first = self.marks[(*where, key)][0]
                self._refuse(
                    key_node, f"key '{key}' is already set on line {first}", "duplicate-key"
                )
                continue
            mark = key_node.start_mark
            self.marks[(*where, key)] = (mark.line + 1, mark.column + 1)
            table[key] = self.value(value_node, (*where, key), depth + 1)
        return table

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        kind = node.tag.removeprefix(_CORE)
        text: str = node.value
        if kind == "bool":
            return text == "true"
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
        if kind == "null":
            return None
        if _CONTROL.search(text):
            self._refuse(node, "control characters are not allowed in text", "control-character")
        return text


def decode(raw: bytes, shown: str) -> str:
    """Return the text of a file, or say why it is none of ours."""
    if len(raw) > LARGEST:
        message = f"is larger than {LARGEST // 1000} kB; this is not a file of ours"
        raise ContentError([Problem(shown, 0, 0, message, "too-large")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = "is not UTF-8 text; save it as UTF-8"
        raise ContentError([Problem(shown, line, 1, message, "encoding")]) from None


def read_raw(path: Traversable, shown: str, most: int = LARGEST) -> bytes:
    """Return the bytes of an ordinary file, one more than *most* at most.

    Raises:
        ContentError: it is a device or a pipe, or cannot be read.
    """
    try:
        if isinstance(path, Path) and not path.is_file() and path.exists():
            problem = Problem(shown, 0, 0, "is not an ordinary file", "unreadable")
            raise ContentError([problem])
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise ContentError(
            [Problem(shown, 0, 0, f"cannot be read: {reason}", "unreadable")]
        ) from None


def read(path: Path, shown: str | None = None) -> Document:
    """Read one file; *shown* is how messages name it.

    Raises:
        ContentError: every problem found, with file, line and column.
    """
    shown = shown or str(path)
    text = decode(read_raw(path, shown), shown)
    return parse(_from_json(text) if path.suffix == ".json" else text, shown)


def _from_json(text: str) -> str:
    """Turn JSON into YAML line by line.

    JSON may be indented with tabs, which YAML refuses; inside its strings a tab is always
    written as an escape, so nothing is lost.
    """

    def sign(match: re.Match[str]) -> str:
        raw = bytes.fromhex(match[1] + match[2])
        return raw.decode("utf-16-be")

    return _PAIR.sub(sign, text.replace("\t", " "))


def parse(text: str, shown: str) -> Document:
    """Read text that stands in the file *shown*."""
    composer = _Composer(shown)
    try:
        # A second pass only where an anchor can be: it takes a third of the time.
        for event in yaml.parse(text, Loader=_Loader) if _ANCHOR & set(text) else ():
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                message = "anchors and aliases (& and *) are not allowed; write the text out"
                raise ContentError([_problem_at(event.start_mark, shown, message, "alias")])
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ContentError([_syntax(error, shown)]) from None
    except RecursionError:
        raise ContentError([Problem(shown, 0, 0, "nested too deeply", "too-deep")]) from None
    if node is None:
        raise ContentError([Problem(shown, 1, 1, "the file is empty", "empty")])
    value = composer.value(node, ())
    if composer.problems:
        raise ContentError(composer.problems)
    return Document(shown, value, composer.marks)


def _syntax(error: yaml.YAMLError, shown: str) -> Problem:
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    mark = getattr(error, "problem_mark", None)
    return _problem_at(mark, shown, f"not valid YAML: {what}", "syntax")


def _problem_at(mark: Any, shown: str, message: str, code: str) -> Problem:
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    return Problem(shown, line, column, message, code)


def build(model: type[M], document: Document, **extra: Any) -> M:
    """Turn a document into a value of *model*; *extra* keys come from the place of the file.

    Raises:
        ContentError: every problem found, with file, line and column.
    """
    if not isinstance(document.value, dict):
        message = "write keys and values, such as 'title: …'"
        raise ContentError([document.problem((), message, "shape")])
    taken = [
        document.problem((key,), f"'{key}' comes from the file's place; leave it out", "taken")
        for key in extra
        if key in document.value
    ]
    if taken:
        raise ContentError(taken)
    try:
        return model.model_validate({**document.value, **extra})
    except ValidationError as error:
        raise ContentError(
            _translated(detail, model, document) for detail in error.errors(include_url=False)
        ) from None


_MESSAGES = {
    "missing": "'{last}' is missing",
    "extra_forbidden": "'{last}' is not a known key{hint}",
    "string_type": "write text here; got {input}",
    "int_type": "write a whole number; got {input}",
    "int_parsing": "write a whole number; got {input}",
    "int_from_float": "write a whole number; got {input}",
    "float_type": "write a number; got {input}",
    "float_parsing": "write a number; got {input}",
    "bool_type": "write true or false; got {input}",
    "bool_parsing": "write true or false; got {input}",
    "tuple_type": "write a list, such as [one, two]; got {input}",
    "model_type": "write keys and values here; got {input}",
    "model_attributes_type": "write keys and values here; got {input}",
    "mapping_type": "write keys and values here; got {input}",
    "dict_type": "write keys and values here; got {input}",
    "string_too_short": "the text is empty",
    "string_too_long": "the text is longer than {max_length} characters",
    "string_pattern_mismatch": "write lower-case words joined by hyphens; got {input}",
    "greater_than_equal": "must be {ge} or more; got {input}",
    "greater_than": "must be more than {gt}; got {input}",
    "less_than_equal": "must be {le} or less; got {input}",
    "less_than": "must be less than {lt}; got {input}",
    "literal_error": "must be {expected}; got {input}{hint}",
    "enum": "must be {expected}; got {input}{hint}",
    "too_short": "the list is too short; it needs at least {min_length}",
    "too_long": "the list is too long; at most {max_length} are allowed",
    "finite_number": "write an ordinary number; got {input}",
    "value_error": "{error}",
}


def _translated(detail: ErrorDetails, model: type[BaseModel], document: Document) -> Problem:
    where = tuple(p for p in detail["loc"] if p != "[key]")
    shown = repr(detail["input"])
    values = {
        **(detail.get("ctx") or {}),
        "last": where[-1] if where else "",
        "input": shown if len(shown) <= 60 else f"{shown[:57]}…",
        "hint": _hint(detail, model, where),
    }
    message = _MESSAGES.get(detail["type"], detail["msg"]).format_map(values)
    return document.problem(where, message, detail["type"].replace("_", "-"))


def _hint(detail: ErrorDetails, model: type[BaseModel], where: Place) -> str:
    if detail["type"] == "extra_forbidden" and where:
        holder = _model_at(model, where[:-1])
        return did_you_mean(str(where[-1]), holder.model_fields) if holder else ""
    if detail["type"] in ("literal_error", "enum"):
        expected = re.findall(r"'([^']+)'", str((detail.get("ctx") or {}).get("expected", "")))
        return did_you_mean(str(detail["input"]), expected)
    return ""


def _model_at(model: type[BaseModel], where: Place) -> type[BaseModel] | None:
    found: type[BaseModel] | None = model
    for part in where:
        if found is None:
            return None
        if isinstance(part, int):
            continue
        known = found.model_fields.get(part)
        found = _model_in(known.annotation) if known else found
    return found


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for a in get_args(annotation) if (m := _model_in(a))), None)
