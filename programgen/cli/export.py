"""``programgen export``: a saved plan in other formats."""

from pathlib import Path
from typing import Any

import click

from programgen.cli.options import (
    FILE,
    WITHHELD,
    content_option,
    edition_option,
    export_options,
    house_options,
    known_protocol,
    outputs_option,
    store_options,
)


@click.command()
@click.argument("plan", type=FILE, required=False)
@click.option("--protocol", metavar="ID", help="Write this ladder, without a plan (.fhir.json).")
@outputs_option
@edition_option
@export_options
@house_options
@store_options
@content_option
def export(
    plan: Path | None,
    protocol: str | None,
    outputs: tuple[Path, ...],
    edition: str,
    paper: str | None,
    clinic: Path | None,
    templates: str | None,
    blocks: Path | None,
    folder: str | None,
    asked: dict[str, Any],
) -> None:
    """Write the saved PLAN (.json) in other formats, chosen by the endings of the files.

    With --protocol the file holds a ladder instead, and no PLAN is needed. Of a referral only
    pages, notes, records and calendars to take back are written, and the exit code is 3.
    """
    from programgen import service
    from programgen.cli.printing import note_other_content, summary
    from programgen.cli.writing import printer, write_outputs
    from programgen.content.saved_plan import read_plan

    if not outputs:
        endings = ", ".join(sorted(service.plan_endings()))
        raise click.UsageError(f"name a file with -o; its ending says how: {endings}")
    if protocol is not None:
        if plan is not None:
            raise click.UsageError("name a saved plan or a ladder (--protocol), not both")
        content = service.catalogue(folder)
        known_protocol(protocol, content.protocols)
        files = service.ladder_files(protocol, content, outputs)
        service.write_all(files)
        click.echo("Written: " + ", ".join(map(str, files)))
        return
    if plan is None:
        raise click.UsageError("name a saved plan (.json), or a ladder with --protocol")
    service.check_outputs(outputs, plan, service.plan_endings())
    content = service.catalogue(folder)
    house = service.house_style(clinic, templates)
    result = read_plan(plan, content)
    note_other_content(plan, result, content)
    printed = printer(content, folder, house, paper, edition, blocks)
    written = write_outputs(result, outputs, printed, content, folder, asked)
    if result.result != "plan":
        click.echo(summary(result, content, written))
        click.get_current_context().exit(WITHHELD)
    click.echo("Written: " + ", ".join(map(str, written)))
