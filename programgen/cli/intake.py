"""``programgen intake``: guided questions on the terminal that write an intake file.

The answers are kept after each question, so the questions can be left with Ctrl-C
and taken up again. Warning signs come first and stop the questions.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from programgen.cli.options import WITHHELD, content_option, today_or
from programgen.errors import ProgramgenError

Answers = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One question: where its answer stands in the file, and how it is asked."""

    where: tuple[str, ...]
    ask: Callable[[], Any]
    needed: Callable[[Answers], bool] = lambda _: True


@click.command()
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    help="File to write, such as my.yaml.",
)
@content_option
def intake(target: Path, folder: str | None) -> None:
    """Ask the questions and write the answers to a file.

    Leave with Ctrl-C at any time; the same command goes on where you stopped.
    """
    from programgen import service

    _check_target(target)
    content = service.catalogue(folder)
    part = target.with_name(target.name + ".part")
    answers = service.read_part(part) if part.exists() else {}
    if answers:
        click.echo(f"Going on where you stopped ({part}).")
    else:
        click.echo("Warning signs come first. Answer y (yes), n (no) or u (not sure).")
    _stop_on_warning(answers, content)
    try:
        for step in steps(content):
            if _get(answers, step.where) is None and step.needed(answers):
                _set(answers, step.where, step.ask())
                service.write_part(part, answers)
                _stop_on_warning(answers, content)
    except (KeyboardInterrupt, click.Abort):
        click.echo(f"\nYour answers are kept in {part}. Run the same command to go on.")
        raise click.exceptions.Exit(1) from None
    service.write_intake(target, answers)
    part.unlink(missing_ok=True)
    try:
        service.read_intake(target, content, today_or(None))
    except ProgramgenError as error:
        click.echo(f"Written: {target}. Some answers do not go together. Mend these lines first:")
        click.echo(str(error))
        raise click.exceptions.Exit(1) from None
    click.echo(f"Written: {target}. Now run: programgen plan {target} -o plan.pdf")


def _check_target(target: Path) -> None:
    if target.exists():
        raise click.BadParameter(f"{target} exists; choose another name", param_hint="'-o'")
    if not target.parent.is_dir():
        text = f"the folder '{target.parent}' does not exist; make it first"
        raise click.BadParameter(text, param_hint="'-o'")


def _get(answers: Answers, where: tuple[str, ...]) -> Any:
    found: Any = answers
    for key in where:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _set(answers: Answers, where: tuple[str, ...], value: Any) -> None:
    for key in where[:-1]:
        answers = answers.setdefault(key, {})
    answers[where[-1]] = value


def _stop_on_warning(answers: Answers, content: Any) -> None:
    from programgen import service
    from programgen.cli.printing import HEADINGS, bullet, wrapped

    found = service.warning(answers, content)
    if found is None:
        return
    click.echo()
    click.echo(wrapped(HEADINGS[found.level], ""))
    click.echo(bullet(found.tell))
    click.echo(wrapped(found.because, "    "))
    click.echo("There is no plan until this has been looked at.")
    click.get_current_context().exit(WITHHELD)


def yes_no(question: Any) -> Callable[[], str]:
    """Return a prompt for yes, no or not sure."""

    def ask() -> str:
        click.echo()
        click.echo(question.ask)
        if question.help:
            click.echo(f"  ({question.help})")
        letter = click.prompt(
            "  yes, no or unsure",
            type=click.Choice(["y", "n", "u", "yes", "no", "unsure"], case_sensitive=False),
            show_choices=False,
        )
        return {"y": "yes", "n": "no", "u": "unsure"}[letter[0].lower()]

    return ask


def number(text: str, low: int, high: int, default: int | None = None) -> Callable[[], int]:
    """Return a prompt for a whole number."""
    return lambda: click.prompt(f"\n{text}", type=click.IntRange(low, high), default=default)


class Quantity(click.ParamType[str]):
    """A number with its unit, kept as it was written."""

    name = "quantity"

    def __init__(self, parse: Callable[[object], Any]) -> None:
        """Take the reader that says whether the text is sound."""
        self.parse = parse

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return the text, or say what is wrong with it."""
        try:
            self.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return str(value)


def span(text: str, default: str | None = None) -> Callable[[], str]:
    """Return a prompt for a span of time."""
    from programgen.core.quantities import parse_span

    return lambda: click.prompt(f"\n{text}", type=Quantity(parse_span), default=default)


def distance(text: str) -> Callable[[], str]:
    """Return a prompt for a distance."""
    from programgen.core.quantities import parse_distance

    return lambda: click.prompt(f"\n{text}", type=Quantity(parse_distance))


def several(text: str, choices: Mapping[str, Any]) -> Callable[[], list[str]]:
    """Return a prompt for any number of things from a numbered list."""
    names = list(choices)

    def ask() -> list[str]:
        click.echo(f"\n{text}")
        for place, name in enumerate(names, 1):
            click.echo(f"  {place:>2}. {choices[name].name}")
        return click.prompt("  Numbers with spaces between, or 0 for none", type=Numbers(names))

    return ask


class Numbers(click.ParamType[list[str]]):
    """Numbers of a list, turned into its names."""

    name = "numbers"

    def __init__(self, names: list[str]) -> None:
        """Take the names behind the numbers."""
        self.names = names

    def convert(self, value: Any, param: Any, ctx: Any) -> list[str]:
        """Return the names, each once."""
        if isinstance(value, list):
            return value
        words = str(value).replace(",", " ").split()
        if words == ["0"]:
            return []
        if not all(w.isdecimal() and 1 <= int(w) <= len(self.names) for w in words) or not words:
            self.fail(f"write numbers from 1 to {len(self.names)}, or 0", param, ctx)
        return [self.names[int(w) - 1] for w in dict.fromkeys(words)]


def one_of(text: str, choices: Mapping[str, Any]) -> Callable[[], str]:
    """Return a prompt for one thing from a numbered list."""
    names = list(choices)

    def ask() -> str:
        click.echo(f"\n{text}")
        for place, name in enumerate(names, 1):
            click.echo(f"  {place:>2}. {choices[name].name}")
        return names[click.prompt("  Number", type=click.IntRange(1, len(names))) - 1]

    return ask


def weekday(name: str, places: Mapping[str, Any]) -> Callable[[], dict[str, Any]]:
    """Return a prompt for what one weekday offers."""

    def ask() -> dict[str, Any]:
        minutes = number(f"{name.capitalize()}: free minutes for training (0 if none)", 0, 600)()
        if not minutes:
            return {"minutes": 0}
        where = several(f"{name.capitalize()}: where could you train?", places)()
        return {"minutes": minutes, "places": where}

    return ask


@dataclass(frozen=True)
class _Name:
    name: str


_GOALS = {
    "run": _Name("run for so many minutes without a break"),
    "distance": _Name("run a distance without a break"),
    "weekly_distance": _Name("run so far in a week"),
}


def goal() -> dict[str, str]:
    """Ask for the goal."""
    kind = one_of("What would you like to be able to do again?", _GOALS)()
    asks = {
        "run": span("For how long? (such as 30 min)", "30 min"),
        "distance": distance("How far? (such as 5 km or 3 mi)"),
        "weekly_distance": distance("How far in a week? (such as 20 km)"),
    }
    return {kind: asks[kind]()}


def _late(name: str, content: Any) -> Step:
    """Return a question that is asked only while the answers so far leave it open."""
    from programgen import service

    def needed(answers: Answers) -> bool:
        if name in service.settled_questions(answers):
            _set(answers, ("answers", name), "yes")
            return False
        return name in service.open_questions(answers, content)

    return Step(("answers", name), yes_no(content.vocabulary.screening[name]), needed)


def steps(content: Any) -> Iterator[Step]:
    """Yield all questions in order; warning signs first."""
    from programgen import service

    words, late = content.vocabulary, service.late_questions(content)
    yield Step(("who", "age"), number("How old are you?", 1, 110))
    for name, question in words.screening.items():
        if name not in late:
            yield Step(("answers", name), yes_no(question))
    for name, question in words.health.items():
        yield Step(("answers", name), yes_no(question))
    for key, text in (
        ("now", "right now"),
        ("usual", "on an ordinary morning"),
        ("worst", "at its worst in the last week"),
        ("walking", "when you walk"),
    ):
        yield Step(("pain", key), number(f"Pain {text}, 0 (none) to 10 (worst)", 0, 10))
    yield Step(("pain", "where"), several("Where is the pain?", words.areas))
    yield Step(("pain", "since"), span("How long have you had this pain? (such as 3 weeks)"))
    yield Step(("pain", "began"), one_of("How did it begin?", words.beginnings))
    yield Step(("worse",), several("What brings the pain on?", words.movements))
    yield Step(("better",), several("What eases the pain?", words.movements))
    for name in words.screening:
        if name in late:
            yield _late(name, content)
    yield Step(
        ("history", "off_running"),
        span("How long have you not been running? ('0 days' if you still run)"),
    )
    yield Step(
        ("history", "longest_run"),
        span("Longest run of the last 30 days ('0 min' if none)", "0 min"),
    )
    yield Step(
        ("pain", "running"),
        number("Pain when you run, 0 to 10", 0, 10),
        lambda a: _get(a, ("history", "longest_run")) not in (None, "0 min"),
    )
    yield Step(
        ("history", "weekly_distance"),
        distance("Usual distance in a week before the pain (such as 25 km)"),
    )
    for name, question in words.abilities.items():
        yield Step(("abilities", name), yes_no(question))
    from programgen.core.intake import WEEKDAYS

    for name in WEEKDAYS:
        yield Step(("week", name), weekday(name, words.places))
    yield Step(("equipment",), several("What do you have?", words.equipment))
    yield Step(("goal",), goal)
