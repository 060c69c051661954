"""The models as JSON Schema, so that an editor completes and explains every key."""

import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from programgen.core.base import Ident
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


def schemas() -> dict[str, str]:
    """Return the text of each schema file by its name."""
    return {f"{name}.schema.json": _text(name, kind) for name, kind in sorted(_KINDS.items())}


def _text(name: str, kind: Any) -> str:
    # A saved plan is written by the program and never by hand.
    mode: Literal["serialization", "validation"] = (
        "serialization" if kind is Result else "validation"
    )
    schema = TypeAdapter(kind).json_schema(mode=mode)
    if isinstance(kind, type) and issubclass(kind, BaseModel) and name not in ("intake", "handout"):
        for field in _FROM_PLACE:
            if name != "protocol" or field == "id":
                schema.get("properties", {}).pop(field, None)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **schema}
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=False) + "\n"
