"""Where the shipped catalogue and templates are."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import programgen


@cache
def folder(name: str) -> Traversable:
    """Return the shipped folder *name*, installed or in a bare checkout."""
    try:
        return files(f"programgen.{name}")
    except ModuleNotFoundError:
        return Path(programgen.__file__).parents[1] / name
