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


def write_outputs(
    result: Result,
    outputs: tuple[Path, ...],
    printed: Callable[[Result, str], bytes],
    content: Catalogue,
    folder: Where,
    asked: Mapping[str, Any],
) -> tuple[Path, ...]:
    """Write every output that the result has something for, all or none; return those.

    *printed* returns the result as .pdf, .html or .json; *asked* are the options of the
    exports.
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
    for path in empty:
        click.echo(f"Not written, because there is no plan: {path}", err=True)
    service.write_all(files)
    return tuple(files)
