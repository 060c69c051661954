"""``programgen update``: the next version of a plan from its log."""

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
    house_options,
    outputs_option,
    store_options,
    today_option,
    today_or,
)


@click.command()
@click.argument("plan", type=FILE)
@outputs_option
@edition_option
@today_option
@export_options
@house_options
@store_options
@content_option
def update(
    plan: Path,
    outputs: tuple[Path, ...],
    edition: str,
    today: date | None,
    paper: str | None,
    clinic: Path | None,
    templates: str | None,
    blocks: Path | None,
    folder: str | None,
    asked: dict[str, Any],
) -> None:
    """Plan again from the saved PLAN (.json) and the log beside it.

    The past stays, the rest changes as little as can be, and every change has its reason.
    The version before is kept as PLAN with '.v1' and so on. With a warning sign the plan is
    withdrawn, the page says who to see, and the exit code is 3.
    """
    from programgen import service
    from programgen.cli.printing import note_other_content, update_summary, withdrawn
    from programgen.cli.writing import printer, write_outputs
    from programgen.update import check_kept, update_file

    service.check_outputs(outputs, plan, service.plan_endings())
    check_kept(outputs, plan)
    content = service.catalogue(folder)
    house = service.house_style(clinic, templates)
    made = update_file(plan, content, today_or(today), withdrawn)
    note_other_content(plan, made.result, content)
    # The next version is on the disk: what it says is told even if another file fails.
    click.echo(update_summary(made, content))
    printed = printer(content, folder, house, paper, edition, blocks)
    written = write_outputs(made.result, outputs, printed, content, folder, asked)
    if written:
        click.echo("\nWritten: " + ", ".join(map(str, written)))
    if made.result.result != "plan" or made.result.waiting:
        click.get_current_context().exit(WITHHELD)
