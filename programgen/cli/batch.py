"""``programgen batch``: handouts for many people at once."""

import gc
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import click

from programgen.cli.options import (
    content_option,
    edition_option,
    first_day,
    house_options,
    known_protocol,
    planning_options,
    store_options,
    today_or,
)

SHOWN = 10
"""Problems that are printed; the report has all."""


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the handouts and report.csv; made if it is missing.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["pdf", "html", "json"]),
    default=("pdf",),
    show_default=True,
    help="Kind of file; may be given several times.",
)
@click.option(
    "--base",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with what is the same for everybody, such as equipment or the goal.",
)
@click.option(
    "--jobs",
    type=click.IntRange(0, 256),
    help="Worker processes; one for each processor if left out, 0 for none.",
)
@click.option("--cluster", metavar="ADDRESS", help="Dask scheduler, such as tcp://10.0.0.5:8786.")
@edition_option
@planning_options
@house_options
@store_options
@content_option
def batch(
    source: Path,
    target: Path,
    formats: tuple[str, ...],
    base: Path | None,
    jobs: int | None,
    cluster: str | None,
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
) -> None:
    """Make a handout for everybody in SOURCE.

    SOURCE is a folder with one intake file a person, or a table (.csv, .xlsx) with one
    row a person. The heads of its columns are the keys of an intake, such as who.name or
    pain.now; the column 'file' names the handout. A row with a mistake is left out and
    reported. Given again, the command goes on where it was stopped.
    """
    # This may run for long.
    gc.enable()
    from programgen import service
    from programgen.batch import OUTCOMES, REPORT, Options, made_with, prepare, run, survey
    from programgen.executors import opened

    began = time.perf_counter()
    now = today_or(today)
    house = service.house_style(clinic, templates)
    options = Options(
        start=first_day(start, now),
        made_on=now,
        weeks=weeks,
        protocol=known_protocol(protocol, service.catalogue(folder).protocols),
        paper=service.paper_of(paper, house),
        edition=edition,
        house=house,
        suffixes=tuple(f".{name}" for name in dict.fromkeys(formats)),
        folder=folder,
        made_with=made_with(folder),
        # A folder of this computer means nothing to the workers of a cluster.
        blocks=None if cluster else blocks,
    )
    work = prepare(source, target, base, options)
    target.mkdir(parents=True, exist_ok=True)
    kept, count = survey(work)
    workers = min(_processors() if jobs is None else jobs, count)
    found = Counter(entry.outcome for entry in kept.values())
    problems: list[str] = []
    try:
        with _progress(count) as step:
            for entry in run(work, kept, partial(opened, workers, cluster)):
                found[entry.outcome] += 1
                if entry.is_problem and len(problems) < SHOWN:
                    problems.append(entry.message)
                step()
    except KeyboardInterrupt:
        made = sum(found.values())
        click.echo(f"Stopped. {made} are done and kept. Give the command again to go on.", err=True)
        click.echo(f"On another day, add '--today {now} --start {options.start}'.", err=True)
        raise click.Abort from None
    for text in problems:
        click.echo(text)
    if found["problem"] > SHOWN:
        click.echo(f"… and {found['problem'] - SHOWN} more")
    listed = ", ".join(f"{found[name]} {name}" for name in OUTCOMES if found[name])
    earlier = f" ({len(kept)} of them from an earlier run)" if kept else ""
    click.echo(f"{listed}{earlier}; {time.perf_counter() - began:.0f} s")
    click.echo(f"Report: {target / REPORT}")
    if found["problem"]:
        click.get_current_context().exit(1)


def _processors() -> int:
    # What this process may use; a container often has less than the machine.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _progress(count: int) -> Iterator[Callable[[], None]]:
    """Yield what to call after each row: a bar with the time left, or a line for each tenth."""
    if sys.stderr.isatty():
        with click.progressbar(
            length=count, label="Handouts", show_pos=True, file=sys.stderr
        ) as bar:
            yield lambda: bar.update(1)
        return
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if done * 10 // count > (done - 1) * 10 // count:
            click.echo(f"{done} of {count}", err=True)

    yield step
