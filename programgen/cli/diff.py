"""``programgen diff``: what is different between two versions of a plan, and why."""

import json
from pathlib import Path

import click

from programgen.cli.options import FILE, content_option


@click.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
@content_option
def diff(old: Path, new: Path, folder: str | None, *, as_json: bool) -> None:
    """Say what is different from the saved plan OLD to the saved plan NEW, and why."""
    from programgen import service
    from programgen.cli.printing import change_lines, note_other_content
    from programgen.content.saved_plan import read_plan
    from programgen.update import differences

    content = service.catalogue(folder)
    changes = differences(old, new, content)
    for path in (old, new):
        note_other_content(path, read_plan(path, content, "compare"), content)
    if as_json:
        rows = [change.model_dump(mode="json", exclude_none=True) for change in changes]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(change_lines(changes)))
