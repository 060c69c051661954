"""``programgen schema``: JSON Schema files for editors."""

from pathlib import Path

import click


@click.command()
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to; without it, the names are listed.",
)
def schema(target: Path | None) -> None:
    """Write the JSON Schema of every kind of file, for completion in an editor."""
    from programgen import service
    from programgen.content.schema import schemas

    files = dict(schemas().items())
    if target is None:
        click.echo("\n".join(files))
        return
    target.mkdir(parents=True, exist_ok=True)
    service.write_all({target / name: text.encode() for name, text in files.items()})
    click.echo(f"{len(files)} schemas written to {target}")
