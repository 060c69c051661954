"""``programgen plan``: an intake in, a plan or a referral page out."""

import gc
import sys
from datetime import date
from pathlib import Path

import click

from programgen.cli.options import (
    FILE,
    blocks_folder,
    content_option,
    first_day,
    known_protocol,
    planning_options,
    store_options,
    today_or,
)

WITHHELD = 3
"""Exit code when no plan was made for safety."""


@click.command()
@click.argument("intake", type=FILE)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File to write: .pdf, .html or .json; may be given several times.",
)
@click.option(
    "--paper",
    type=click.Choice(["a4", "letter"]),
    default="a4",
    show_default=True,
    help="Paper size.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@planning_options
@store_options
@content_option
def plan(
    intake: Path,
    outputs: tuple[Path, ...],
    paper: str,
    start: date | None,
    today: date | None,
    weeks: int | None,
    protocol: str | None,
    store: Path | None,
    folder: str | None,
    *,
    no_store: bool,
    as_json: bool,
) -> None:
    """Make a plan from the answers in INTAKE.

    With a warning sign in the answers, the page says who to see instead, and the exit
    code is 3.
    """
    from programgen import service
    from programgen.cli.printing import summary

    # A short run: its end frees everything, so nothing is gained by looking for garbage.
    gc.disable()
    click.get_current_context().call_on_close(gc.enable)
    service.check_outputs(outputs, intake)
    now = today_or(today)
    content = service.catalogue(folder)
    protocol = known_protocol(protocol, content.protocols)
    answers = service.read_intake(intake, content, now)
    result = service.plan(
        answers, content, start=first_day(start, now), made_on=now, weeks=weeks, protocol=protocol
    )
    files = {}
    blocks = blocks_folder(store, no_store=no_store)
    for path in outputs:
        if sys.stderr.isatty():
            click.echo(f"Making {path} …", err=True)
        files[path] = service.document(
            result, content, path.suffix.lower(), paper, folder, blocks=blocks
        )
    service.write_all(files)
    if as_json:
        click.echo(service.document(result, content, ".json", paper), nl=False)
    else:
        click.echo(summary(result, content, tuple(outputs)))
    if result.result != "plan":
        click.get_current_context().exit(WITHHELD)
