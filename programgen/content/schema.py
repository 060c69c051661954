"""The models as JSON Schema, so that an editor completes and explains every key."""

import ast
import inspect
import json
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import ModelSchema

from programgen.core.base import Ident, Value
from programgen.core.catalogue import Reference
from programgen.core.clinic import Clinic
from programgen.core.exercise import Exercise
from programgen.core.exercise_set import ExerciseSet
from programgen.core.figure import Figure
from programgen.core.handout import Handout
from programgen.core.intake import Intake
from programgen.core.pictogram import Pictogram
from programgen.core.plan import Result
from programgen.core.protocol import Protocol
from programgen.core.rule import Rule
from programgen.core.settings import Settings
from programgen.core.vocabulary import Place, Question, Term

_FROM_PLACE = ("id", "family", "group")
"""Fields that come from the file's place and are never written in it."""

_KINDS: Mapping[str, Any] = {
    "exercise": Exercise,
    "figure": Figure,
    "pictogram": Pictogram,
    "rule": Rule,
    "protocol": Protocol,
    "settings": Settings,
    "intake": Intake,
    "plan": Result,
    "handout": Handout,
    "clinic": Clinic,
    "set": ExerciseSet,
    "terms": Mapping[Ident, Term],
    "questions": Mapping[Ident, Question],
    "places": Mapping[Ident, Place],
    "references": Mapping[Ident, Reference],
}


class _Explained(GenerateJsonSchema):
    """Describes each field by what stands below it.

    pydantic can do so itself (``use_attribute_docstrings``), but whenever a model is imported:
    a tenth of a second of each run, for what only these files show.
    """

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        """Return the schema of a model."""
        found = super().model_schema(schema)
        bases = reversed(schema["cls"].__mro__)
        texts = {name: text for base in bases for name, text in _below(base).items()}
        for name, field in found.get("properties", {}).items():
            if name in texts:
                field["description"] = texts[name]
        return found


@cache
def _below(model: type) -> Mapping[str, str]:
    """Return the text below each field that a class of ours has itself."""
    module = inspect.getmodule(model) if issubclass(model, Value) else None
    found = {}
    for part in ast.parse(inspect.getsource(module)).body if module else ():
        if isinstance(part, ast.ClassDef) and part.name == model.__name__:
            for field, text in pairwise(part.body):
                match field, text:
                    case (
                        ast.AnnAssign(target=ast.Name(id=name)),
                        ast.Expr(value=ast.Constant(value=str(said))),
                    ):
                        found[name] = inspect.cleandoc(said)
    return found


def schemas() -> dict[str, str]:
    """Return the text of each schema file by its name."""
    return {f"{name}.schema.json": _text(name, kind) for name, kind in sorted(_KINDS.items())}


def _text(name: str, kind: Any) -> str:
    # A saved plan is written by the program and never by hand.
    mode: Literal["serialization", "validation"] = (
        "serialization" if kind is Result else "validation"
    )
    schema = TypeAdapter(kind).json_schema(schema_generator=_Explained, mode=mode)
    if isinstance(kind, type) and issubclass(kind, BaseModel) and name not in ("intake", "handout"):
        for field in _FROM_PLACE:
            if name != "protocol" or field == "id":
                schema.get("properties", {}).pop(field, None)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **schema}
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=False) + "\n"
