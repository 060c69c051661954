"""``programgen plan``: an intake in, a plan or a referral page out."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from programgen.cli.options import (
    FILE,
    WITHHELD,
    content_option,
    edition_option,
    export_options,
    first_day,
    house_options,
    known_protocol,
    outputs_option,
    planning_options,
    store_options,
    today_or,
)


@click.command()
@click.argument("intake", type=FILE)
@outputs_option
@edition_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--quality", is_flag=True, help="Check the finished PDF; the JSON holds the card.")
@planning_options
@house_options
@store_options
@export_options
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
    asked: dict[str, Any],
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
    from programgen.cli.writing import printer, write_outputs
    from programgen.update import check_unreported

    service.check_outputs(outputs, intake, service.plan_endings())
    check_unreported(outputs)
    now = today_or(today)
    content = service.catalogue(folder)
    house = service.house_style(clinic, templates)
    paper = service.paper_of(paper, house)
    protocol = known_protocol(protocol, content.protocols)
    answers = service.read_intake(intake, content, now)
    result = service.plan(
        answers, content, start=first_day(start, now), made_on=now, weeks=weeks, protocol=protocol
    )
    document = printer(content, folder, house, paper, edition, blocks)
    made = {}
    if quality:
        made[".pdf"] = document(result, ".pdf")
        page = service.print_page(result, content, paper, folder, house, edition=edition)
        result = service.with_quality(result, content, page, made[".pdf"])

    def printed(result: Any, suffix: str) -> bytes:
        return made.get(suffix) or document(result, suffix)

    written = write_outputs(result, outputs, printed, content, folder, asked)
    if as_json:
        click.echo(document(result, ".json"), nl=False)
    else:
        click.echo(summary(result, content, written))
        if result.quality:
            click.echo("\n".join(["", *quality_card(result.quality)]))
    if result.result != "plan":
        click.get_current_context().exit(WITHHELD)
