"""``programgen handout``: a quick sheet of chosen exercises."""

import sys
from datetime import date
from pathlib import Path

import click

from programgen.cli.options import (
    FILE,
    WITHHELD,
    content_option,
    house_options,
    outputs_option,
    store_options,
    today_option,
    today_or,
)


@click.command()
@click.argument("names", nargs=-1, metavar="[ID]...")
@click.option("--set", "set_name", metavar="NAME", help="Begin with this set of exercises.")
@click.option(
    "--dose",
    "doses",
    multiple=True,
    metavar="ID=DOSE",
    help="Dose that you set, such as bird-dog='2x8 5 s'; may be repeated.",
)
@click.option("--note", help="A few words to the patient.")
@click.option("--name", help="Name of the patient.")
@click.option("--for", "intake", type=FILE, help="Screen these answers first.")
@click.option("--many", is_flag=True, help="Allow more than 6 exercises.")
@outputs_option
@today_option
@house_options
@store_options
@content_option
def handout(
    names: tuple[str, ...],
    set_name: str | None,
    doses: tuple[str, ...],
    note: str | None,
    name: str | None,
    intake: Path | None,
    outputs: tuple[Path, ...],
    paper: str | None,
    today: date | None,
    clinic: Path | None,
    templates: str | None,
    blocks: Path | None,
    folder: str | None,
    *,
    many: bool,
) -> None:
    """Make a quick sheet of exercises with doses and ticks, without a schedule.

    Name exercises by their identifier, or begin with a set ('programgen exercises sets'
    lists them). With a warning sign in the answers of --for, the page says who to see
    instead, and the exit code is 3.
    """
    from programgen import service
    from programgen.cli.printing import sheet_lines, summary
    from programgen.core.handout import Handout, Wish

    service.check_outputs(outputs, intake)
    now = today_or(today)
    content = service.catalogue(folder)
    house = service.house_style(clinic, templates)
    paper = service.paper_of(paper, house)
    answers = service.read_intake(intake, content, now) if intake else None
    wish = Wish(names, set_name, many=many, name=name, note=note)
    result = service.handout(wish, content, made_on=now, doses=doses, intake=answers)
    made = {}
    for path in outputs:
        if sys.stderr.isatty():
            click.echo(f"Making {path} …", err=True)
        kind = path.suffix.lower()
        made[path] = (
            service.handout_document(result, content, kind, paper, folder, house, blocks=blocks)
            if isinstance(result, Handout)
            else service.document(result, content, kind, paper, folder, house, blocks=blocks)
        )
    service.write_all(made)
    if isinstance(result, Handout):
        click.echo("\n".join(sheet_lines(result, content, tuple(outputs))))
    else:
        click.echo(summary(result, content, tuple(outputs)))
        click.get_current_context().exit(WITHHELD)
