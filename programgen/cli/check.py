"""``programgen check``: lint a content folder, or report how hard its text is."""

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from programgen.content.readability import Report


@click.command()
@click.argument("folder", required=False, type=click.Path())
@click.option(
    "--add",
    multiple=True,
    type=click.Path(),
    metavar="DIR",
    help="Check this folder laid over the other one; may be repeated.",
)
@click.option(
    "--readability", is_flag=True, help="Report reading grades and hard sentences instead."
)
@click.option("--json", "as_json", is_flag=True, help="Print what is found as JSON.")
def check(folder: str | None, add: tuple[str, ...], *, readability: bool, as_json: bool) -> None:
    """Check the shipped content, or the content in FOLDER."""
    from programgen import service
    from programgen.content.layers import Layers

    where = Layers(folder, add)
    if readability:
        found = service.readability(where)
        click.echo(_as_json(found) if as_json else _as_text(found))
        return
    problems, counts = service.lint(where)
    if as_json:
        click.echo(json.dumps([vars(p) for p in problems], indent=2))
    else:
        for problem in problems:
            click.echo(str(problem))
        listed = ", ".join(f"{number} {name}" for name, number in counts.items())
        click.echo(f"{len(problems)} problems found{' in ' + listed if listed else ''}")
    if problems:
        click.get_current_context().exit(1)


def _as_json(found: "Report") -> str:
    from dataclasses import asdict

    return json.dumps(asdict(found), indent=2, ensure_ascii=False)


def _as_text(found: "Report") -> str:
    """Return a table of the families and the list of hard sentences."""
    rows = [
        f"{family.family:<24} {family.files:>5} {family.words:>6} {family.grade:>6.1f}   "
        f"{family.hardest.grade:>4.1f}  {family.hardest.path}"
        for family in found.families
    ]
    hard = [
        f"{one.path}:{one.line}: {one.words} words, grade {one.grade:.1f}: {one.text}"
        for one in found.sentences
    ]
    return "\n".join(
        (
            f"{'family':<24} {'files':>5} {'words':>6} {'grade':>6}   hardest file",
            *rows,
            "",
            f"{len(hard)} hard sentences",
            *hard,
        )
    )
