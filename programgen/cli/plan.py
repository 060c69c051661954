"""``programgen plan``: an intake in, a plan or a referral page out."""

import gc
import sys
from datetime import date
from functools import partial
from pathlib import Path

import click

from programgen.cli.options import (
    FILE,
    content_option,
    edition_option,
    first_day,
    house_options,
    known_protocol,
    outputs_option,
    planning_options,
    store_options,
    today_or,
)

WITHHELD = 3
"""Exit code when no plan was made for safety."""


@click.command()
@click.argument("intake", type=FILE)
@outputs_option
@edition_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--quality", is_flag=True, help="Check the finished PDF; the JSON holds the card.")
@planning_options
@house_options
@store_options
@content_option
def plan(
    intake: Path,
    outputs: tuple[Path, ...],
    paper: str | None,
    edition: str,
    start: date | None,
    today: date | None,
    weeks: int | None,
    protocol: str | None,
    clinic: Path | None,
    templates: str | None,
    blocks: Path | None,
    folder: str | None,
    *,
    as_json: bool,
    quality: bool,
) -> None:
    """Make a plan from the answers in INTAKE.

    With a warning sign in the answers, the page says who to see instead, and the exit
    code is 3.
    """
    from programgen import service
    from programgen.cli.printing import quality_card, summary

    # A short run: its end frees everything, so nothing is gained by looking for garbage.
    gc.disable()
    click.get_current_context().call_on_close(gc.enable)
    service.check_outputs(outputs, intake)
    now = today_or(today)
    content = service.catalogue(folder)
    house = service.house_style(clinic, templates)
    paper = service.paper_of(paper, house)
    protocol = known_protocol(protocol, content.protocols)
    answers = service.read_intake(intake, content, now)
    result = service.plan(
        answers, content, start=first_day(start, now), made_on=now, weeks=weeks, protocol=protocol
    )
    document = partial(
        service.document,
        content=content,
        paper=paper,
        folder_path=folder,
        house=house,
        edition=edition,
        blocks=blocks,
    )
    files, made = {}, {}
    if quality:
        made = {suffix: document(result, suffix=suffix) for suffix in (".pdf", ".html")}
        page = made[".html"].decode()
        result = service.with_quality(result, content, page, made[".pdf"])
    for path in outputs:
        suffix = path.suffix.lower()
        if suffix not in made:
            if sys.stderr.isatty():
                click.echo(f"Making {path} …", err=True)
            made[suffix] = document(result, suffix=suffix)
        files[path] = made[suffix]
    service.write_all(files)
    if as_json:
        click.echo(document(result, suffix=".json"), nl=False)
    else:
        click.echo(summary(result, content, tuple(outputs)))
        if result.quality:
            click.echo("\n".join(["", *quality_card(result.quality)]))
    if result.result != "plan":
        click.get_current_context().exit(WITHHELD)
