"""``programgen progress``: the way so far on one page."""

from pathlib import Path

import click

from programgen.cli.options import FILE, content_option, house_options

ENDINGS = (".pdf", ".html")


@click.command()
@click.argument("plan", type=FILE)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="File to write, .pdf or .html; may be given several times.",
)
@click.option(
    "--edition",
    type=click.Choice(["standard", "large", "mono"]),
    default="standard",
    show_default=True,
    help="Set for large print, or for a black-and-white printer.",
)
@house_options
@content_option
def progress(
    plan: Path,
    outputs: tuple[Path, ...],
    edition: str,
    paper: str | None,
    clinic: Path | None,
    templates: str | None,
    folder: str | None,
) -> None:
    """Draw the way so far from the saved PLAN (.json): minutes, pain, outcomes by week."""
    from programgen import service
    from programgen.cli.printing import note_other_content
    from programgen.content.saved_plan import read_plan

    service.check_outputs(outputs, plan, ENDINGS)
    content = service.catalogue(folder)
    house = service.house_style(clinic, templates)
    result = read_plan(plan, content)
    note_other_content(plan, result, content)
    size = service.paper_of(paper, house)
    files = {
        path: service.progress(result, content, path.suffix.lower(), size, house, edition=edition)
        for path in outputs
    }
    service.write_all(files)
    click.echo("Written: " + ", ".join(map(str, outputs)))
