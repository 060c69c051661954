"""``programgen figures``: draw the pictures of exercises from their pose files."""

from pathlib import Path
from typing import Any

import click


@click.group()
def figures() -> None:
    """Draw the pictures of exercises from their pose files."""


@figures.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--png", type=click.Path(file_okay=False, path_type=Path), help="Also PNG files.")
@click.option("--turn", is_flag=True, help="With --png: also each pose seen from four sides.")
@click.option("--scale", default=12.0, show_default=True, help="PNG pixels per millimetre.")
def draw(files: tuple[Path, ...], png: Path | None, *, turn: bool, scale: float) -> None:
    """Draw pose FILES beside themselves, with what the checks find.

    A pose with findings is drawn to look at, but not written as a picture.
    """
    from programgen import illustrate

    if png:
        png.mkdir(parents=True, exist_ok=True)
    clean = True
    for path in files:
        drawn = illustrate.draw(illustrate.source_of(path))
        for problem in drawn.problems:
            click.echo(str(problem), err=True)
            clean = False
        if drawn.svg and not drawn.problems:
            path.with_name(f"{drawn.source.name}.svg").write_text(drawn.svg, encoding="utf-8")
            size = len(drawn.svg.encode()) / 1024
            click.echo(f"Drawn: {drawn.source.name}.svg ({size:.1f} KB)")
        if drawn.svg and png:
            target = png / f"{drawn.source.name}.png"
            target.write_bytes(illustrate.png(drawn.svg, scale))
            click.echo(f"Seen: {target}")
            if turn:
                for name, svg in illustrate.turned(drawn.source):
                    target = png / f"{drawn.source.name}-{name}.png"
                    target.write_bytes(illustrate.png(svg, scale / 2))
                    click.echo(f"Seen: {target}")
    if not clean:
        raise click.exceptions.Exit(1)


@figures.command(name="all")
@click.option("--again", is_flag=True, help="Also pictures that are fresh.")
@click.option("--jobs", default=2, show_default=True, help="Processes.")
def all_(*, again: bool, jobs: int) -> None:
    """Draw every stale picture of the shipped content."""
    from programgen import illustrate
    from programgen.resources import folder

    found = [
        s for s in illustrate.sources(folder("exercises")) if again or not illustrate.is_fresh(s)
    ]
    clean = True
    with click.progressbar(
        illustrate.draw_all(found, jobs), length=len(found), label="Drawing"
    ) as bar:
        rows: list[Any] = list(bar)
    for drawn in rows:
        for problem in drawn.problems:
            click.echo(str(problem), err=True)
            clean = False
        if drawn.svg and not drawn.problems:
            Path(str(drawn.source.picture)).write_text(drawn.svg, encoding="utf-8")
    click.echo(f"{sum(not d.problems for d in rows)} of {len(found)} pictures drawn.")
    if not clean:
        raise click.exceptions.Exit(1)
