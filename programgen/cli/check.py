"""``programgen check``: lint a content folder."""

import json

import click


@click.command()
@click.argument("folder", required=False, type=click.Path())
@click.option(
    "--add",
    multiple=True,
    type=click.Path(),
    metavar="DIR",
    help="Check this folder laid over the other one; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def check(folder: str | None, add: tuple[str, ...], *, as_json: bool) -> None:
    """Check the shipped content, or the content in FOLDER."""
    from programgen import service
    from programgen.content.layers import Layers

    problems, counts = service.lint(Layers(folder, add))
    if as_json:
        click.echo(json.dumps([vars(p) for p in problems], indent=2))
    else:
        for problem in problems:
            click.echo(str(problem))
        listed = ", ".join(f"{number} {name}" for name, number in counts.items())
        click.echo(f"{len(problems)} problems found{' in ' + listed if listed else ''}")
    if problems:
        click.get_current_context().exit(1)
