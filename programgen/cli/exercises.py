"""``programgen exercises``: search the catalogue, show one exercise."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from programgen.cli.options import (
    FILE,
    content_option,
    house_options,
    page_option,
    today_option,
    today_or,
)


class _SearchByDefault(click.Group):
    """A group whose first word is a search unless it names a command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command, or the search."""
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "find", self.commands["find"], args

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hand everything but a command's name to the search."""
        if "--help" in args[:1]:
            return super().parse_args(ctx, args)
        if not args or args[0] not in self.commands:
            args = ["find", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_SearchByDefault)
def exercises() -> None:
    """Search the catalogue: exercises [--family F] [--tag T] [--for INTAKE] [SEARCH].

    'exercises show ID' prints one exercise in full.
    """


@exercises.command()
@click.argument("search", nargs=-1)
@click.option("--family", metavar="F", help="Only this family.")
@click.option("--tag", metavar="T", help="Only with this tag or condition.")
@click.option("--for", "intake", type=FILE, help="Only what suits this intake.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@content_option
def find(
    search: tuple[str, ...],
    family: str | None,
    tag: str | None,
    intake: Path | None,
    folder: str | None,
    *,
    as_json: bool,
) -> None:
    """List exercises by name, family, tag, or what suits an intake."""
    from programgen import service

    content = service.catalogue(folder)
    _known(family, {e.family for e in content.exercises.values()}, "--family")
    _known(tag, content.vocabulary.tags, "--tag")
    suits = service.suitable(intake, content, today_or(None)) if intake else None
    found = [
        e
        for e in content.exercises.values()
        if (family is None or e.family == family)
        and (tag is None or tag in (*e.tags, *e.not_with))
        and (suits is None or e.id in suits)
        and all(word.lower() in _text(e) for word in search)
    ]
    if as_json:
        click.echo(json.dumps([json.loads(e.model_dump_json()) for e in found], indent=2))
        return
    width = max((len(e.id) for e in found), default=0)
    for exercise in found:
        click.echo(f"{exercise.id:<{width}}  {exercise.family:<14} {exercise.words.name}")
    click.echo(f"{len(found)} of {len(content.exercises)} exercises")


def _known(name: str | None, known: Any, option: str) -> None:
    if name is not None and name not in known:
        from programgen.errors import did_you_mean

        text = f"'{name}' is not known{did_you_mean(name, known)}"
        raise click.BadParameter(text, param_hint=f"'{option}'")


def _text(exercise: Any) -> str:
    words = exercise.words
    return " ".join((exercise.id, words.name, *words.also_called, words.purpose)).lower()


@exercises.command()
@page_option
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True)
@content_option
def sheet(target: Path, paper: str, folder: str | None) -> None:
    """Print the whole illustrated catalogue by family, with an index."""
    from programgen import service

    content = service.catalogue(folder)
    raw = service.sheet(content, target.suffix.lower(), paper, today_or(None), folder)
    service.write_all({target: raw})
    click.echo(f"Written: {target}")


@exercises.command()
@click.argument("name", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@content_option
def show(name: str, folder: str | None, *, as_json: bool) -> None:
    """Print one exercise in full."""
    from programgen import service
    from programgen.errors import did_you_mean

    content = service.catalogue(folder)
    exercise = content.exercises.get(name)
    if exercise is None:
        text = f"'{name}' is not in the catalogue{did_you_mean(name, content.exercises)}"
        raise click.ClickException(text)
    click.echo(
        exercise.model_dump_json(indent=2) if as_json else "\n".join(_card(exercise, content))
    )


def _card(exercise: Any, content: Any) -> Iterator[str]:
    from programgen.cli.printing import bullet, wrapped

    words, vocabulary = exercise.words, content.vocabulary
    yield f"{words.name} ({exercise.id}, {exercise.family})"
    yield wrapped(words.purpose)
    yield ""
    yield wrapped(words.setup)
    yield from (wrapped(step, f"  {n}. ") for n, step in enumerate(words.steps, 1))
    for heading, texts in (("Look for", words.cues), ("Stop if", words.stop_if)):
        if texts:
            yield f"{heading}:"
            yield from map(bullet, texts)
    if exercise.doses:
        from programgen.core.words import dose_text

        doses = exercise.doses
        yield (f"Dose: {dose_text(doses.start, exercise)} to {dose_text(doses.build, exercise)}")
    needs = ", ".join(vocabulary.equipment[n].name for n in exercise.needs)
    yield f"Needs: {needs or 'nothing'}. Where: {', '.join(exercise.places)}."
    yield f"Tags: {', '.join(exercise.tags) or 'none'}."
    yield f"Not with: {', '.join(exercise.not_with) or 'nothing'}."
    yield f"Easier: {exercise.easier or '-'}. Harder: {exercise.harder or '-'}."
    yield "Sources:"
    for source in exercise.evidence:
        reference = content.references.get(source.cite)
        title = reference.title if reference else source.cite
        yield bullet(f"{', '.join(source.supports)} ({source.grade}): {title} [{source.cite}]")
    yield f"Review: {exercise.review.status}"


@exercises.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@content_option
def sets(folder: str | None, *, as_json: bool) -> None:
    """List the sets of exercises for 'programgen handout --set NAME'."""
    from programgen import service
    from programgen.cli.printing import wrapped

    content = service.catalogue(folder)
    if as_json:
        found = [json.loads(one.model_dump_json()) for one in content.sets.values()]
        click.echo(json.dumps(found, indent=2))
        return
    for one in content.sets.values():
        click.echo(f"{one.id}: {one.title}")
        click.echo(wrapped(one.for_whom))
        click.echo(wrapped(", ".join(one.exercises)))
    click.echo(f"{len(content.sets)} sets")


@exercises.command()
@page_option
@click.option("--for", "intake", type=FILE, help="What the plan of these answers rests on.")
@click.option(
    "--family",
    metavar="F",
    help="A family of exercises, a group of rules (such as stop), protocols, or sets.",
)
@today_option
@house_options
@content_option
def signoff(
    target: Path,
    intake: Path | None,
    family: str | None,
    paper: str | None,
    today: date | None,
    clinic: Path | None,
    templates: str | None,
    folder: str | None,
) -> None:
    """Print the sign-off sheet for the reviewer: every entry in sentences, with a line to sign."""
    from programgen import service

    if intake and family:
        raise click.UsageError("give either --for or --family")
    service.check_outputs((target,), intake)
    content = service.catalogue(folder)
    house = service.house_style(clinic, templates)
    raw = service.signoff(
        content,
        target.suffix.lower(),
        service.paper_of(paper, house),
        today_or(today),
        intake=intake,
        family=family,
        path=folder,
        house=house,
    )
    service.write_all({target: raw})
    click.echo(f"Written: {target}")
