"""``programgen import-protocol``: a clinic's own week table becomes a ladder."""

import sys
from pathlib import Path

import click

from programgen.cli.options import FILE, content_option

_ASKED = {
    "title": "Name of the ladder, as patients read it",
    "author": "Who made the table",
    "licence": "Its SPDX licence, such as CC-BY-4.0, or 'all rights reserved, own use'",
    "source": "Its address on the web, its title and year, or 'own'",
}


@click.command("import-protocol")
@click.argument("table", type=FILE)
@click.option(
    "-o",
    "--output",
    "folder_out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Content folder to write into, for --add; made if it is not there.",
)
@click.option("--title", help=f"{_ASKED['title']}.")
@click.option("--author", help=f"{_ASKED['author']}.")
@click.option("--licence", help=f"{_ASKED['licence']}.")
@click.option("--source", help=f"{_ASKED['source']}.")
@click.option("--id", "name", metavar="ID", help="Name for --protocol; from the title if left out.")
@content_option
def import_protocol(
    table: Path,
    folder_out: Path,
    title: str | None,
    author: str | None,
    licence: str | None,
    source: str | None,
    name: str | None,
    folder: str | None,
) -> None:
    """Make a ladder from the weeks in TABLE (.csv, or lines with '|').

    A week reads 'Week 1 | Mon: run 1 min, walk 2 min x 6 | Wed: ...'. What is not
    understood is listed by its line, and then nothing is written.
    """
    from programgen import service
    from programgen.content.licence import OWN_USE
    from programgen.content.protocol_file import Origin

    told = _told({"title": title, "author": author, "licence": licence, "source": source})
    origin = Origin(**told, file=table.name)
    made = service.import_protocol(table, origin, name, folder_out, folder)
    service.write_imported(made, folder_out)
    click.echo("Written: " + ", ".join(map(str, made.files)))
    if made.below:
        click.echo(
            f"Below your first week stand easier stages of '{made.shipped}': "
            f"{', '.join(made.below)}. Warm-up, traffic light and ceilings are its own, too."
        )
    if made.licence == OWN_USE:
        click.echo("Its licence keeps it here: do not pass the folder on.")
    click.echo("It is a draft until a clinician has signed it. To look at it and to use it:")
    click.echo(f"  programgen check --add {folder_out}")
    click.echo(f"  programgen plan INTAKE --add {folder_out} --protocol {made.name} -o plan.pdf")


def _told(given: dict[str, str | None]) -> dict[str, str]:
    """Return title, author, licence and source; ask for what is missing, if there is a person.

    Raises:
        UsageError: something is missing and nobody can be asked; all of it is named.
    """
    missing = [key for key, value in given.items() if not (value or "").strip()]
    if missing and not sys.stdin.isatty():
        needed = "\n".join(f"  --{key}: {_ASKED[key]}" for key in missing)
        message = f"a ladder needs its origin; add:\n{needed}"
        raise click.UsageError(message)
    return {key: (value or "").strip() or click.prompt(_ASKED[key]) for key, value in given.items()}
