"""``programgen figures``: draw the pictures of exercises from their pose files."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

POSE = click.Path(exists=True, dir_okay=False, path_type=Path)
LOOKS = 0.3
"""Seconds between two looks at a watched file."""


@click.group()
def figures() -> None:
    """Draw the pictures of exercises from their pose files."""


def _seen_as(function: F) -> F:
    """Add the options that also show a picture as PNG."""
    for option in (
        click.option("--scale", default=12.0, show_default=True, help="PNG pixels per millimetre."),
        click.option("--turn", is_flag=True, help="With --png: each frame also from four sides."),
        click.option(
            "--png",
            type=click.Path(file_okay=False, path_type=Path),
            help="Also PNG files in this folder.",
        ),
    ):
        function = option(function)
    return function


@figures.command()
@click.argument("files", nargs=-1, required=True, type=POSE)
@_seen_as
def draw(files: tuple[Path, ...], png: Path | None, *, turn: bool, scale: float) -> None:
    """Draw pose FILES beside themselves, with what the checks find.

    A pose with findings is drawn to look at, but not written as a picture.
    """
    clean = [_draw(path, png, turn=turn, scale=scale) for path in files]
    if not all(clean):
        raise click.exceptions.Exit(1)


@figures.command()
@click.argument("file", type=POSE)
@_seen_as
def watch(file: Path, png: Path | None, *, turn: bool, scale: float) -> None:
    """Draw a pose FILE again whenever it is saved, until Ctrl-C."""
    from time import sleep

    click.echo(f"Watching {file}. Save it to draw it again; Ctrl-C ends.")
    last = 0
    try:
        while file.exists():
            now = file.stat().st_mtime_ns
            if now != last:
                _draw(file, png, turn=turn, scale=scale)
                last = now
            sleep(LOOKS)
    except KeyboardInterrupt:
        click.echo("Done.")


def _draw(path: Path, png: Path | None, *, turn: bool, scale: float) -> bool:
    """Draw one file; returns whether the checks found nothing."""
    from programgen import illustrate, service

    drawn = illustrate.draw(illustrate.source_of(path))
    for problem in drawn.problems:
        click.echo(str(problem), err=True)
    files: dict[Path, bytes] = {}
    if drawn.svg and not drawn.problems:
        files[path.with_name(f"{drawn.source.name}.svg")] = drawn.svg.encode()
    if drawn.svg and png:
        png.mkdir(parents=True, exist_ok=True)
        files |= {png / name: raw for name, raw in _views(drawn, turn=turn, scale=scale)}
    service.write_all(files)
    for target in files:
        click.echo(f"Written: {target}")
    return not drawn.problems


def _views(drawn: Any, *, turn: bool, scale: float) -> Iterator[tuple[str, bytes]]:
    """Yield the names and bytes of PNG files of a picture."""
    from programgen import illustrate

    name = drawn.source.name
    yield f"{name}.png", illustrate.png(drawn.svg, scale)
    if turn:
        for side, svg in illustrate.turned(drawn.source):
            yield f"{name}-{side}.png", illustrate.png(svg, scale / 2)


@figures.command(name="all")
@click.option("--again", is_flag=True, help="Also pictures that are fresh.")
@click.option("--jobs", default=2, show_default=True, help="Processes.")
def all_(*, again: bool, jobs: int) -> None:
    """Draw every stale picture of the shipped content."""
    # This may run for long.
    gc.enable()
    from programgen import illustrate, service
    from programgen.content.pictures import sources
    from programgen.resources import folder

    every = sources(folder("exercises"))
    found = [source for source in every if again or not illustrate.is_fresh(source)]
    drawing = illustrate.draw_all(found, jobs)
    with click.progressbar(drawing, length=len(found), label="Drawing") as bar:
        rows: list[Any] = list(bar)
    problems = [problem for drawn in rows for problem in drawn.problems]
    for problem in problems:
        click.echo(str(problem), err=True)
    sound = [drawn for drawn in rows if drawn.svg and not drawn.problems]
    service.write_all({Path(str(d.source.picture)): d.svg.encode() for d in sound})
    click.echo(f"{len(sound)} of {len(found)} pictures drawn.")
    if problems:
        raise click.exceptions.Exit(1)
