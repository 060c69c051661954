"""The files that a command writes from a result, whatever their formats."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from programgen import service
from programgen.content.layers import Where
from programgen.core.catalogue import Catalogue
from programgen.core.plan import Plan, Result
from programgen.exporters.base import Export
from programgen.render.house import HouseStyle

Printed = Callable[[Result, str], bytes]
"""Returns a result in one of the endings that need no exporter."""


def printer(
    content: Catalogue,
    folder: Where,
    house: HouseStyle,
    paper: str | None,
    edition: str,
    blocks: Path | None = None,
) -> Printed:
    """Return what prints a result as the options of a command ask."""
    size = service.paper_of(paper, house)

    def printed(result: Result, suffix: str) -> bytes:
        return service.document(
            result, content, suffix, size, folder, house, edition=edition, blocks=blocks
        )

    return printed


def write_outputs(
    result: Result,
    outputs: tuple[Path, ...],
    printed: Printed,
    content: Catalogue,
    folder: Where,
    asked: Mapping[str, Any],
) -> tuple[Path, ...]:
    """Write every output that the result has something for, all or none; return those.

    *asked* are the options of the exports.
    """

    def page(result: Result, suffix: str) -> bytes:
        if sys.stderr.isatty():
            click.echo(f"Making {suffix} …", err=True)
        return printed(result, suffix)

    def pictures() -> Mapping[str, str]:
        names = (*result.exercises, *result.self_care) if isinstance(result, Plan) else ()
        return service.picture_texts(folder, names)

    wanted = Export(content, pictures, **asked)
    files, empty = service.files_of(result, outputs, page, wanted)
    for path, why in empty.items():
        old = ". The file that is there holds an older plan: do not follow it" * path.exists()
        click.echo(f"Not written, because {why}: {path}{old}", err=True)
    service.write_all(files)
    service.sweep(files)
    return tuple(files)
