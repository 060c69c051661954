"""Options that several commands share."""

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

WITHHELD = 3
"""Exit code when there is no plan, or none to run by: somebody has to look or answer first."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Day(click.ParamType[date]):
    """A calendar day."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read year-month-day."""
        from programgen.core.quantities import parse_date

        try:
            return parse_date(value)
        except ValueError as error:
            return self.fail(str(error), param, ctx)


def content_option(function: F) -> F:
    """Add ``--exercises DIR`` and ``--add DIR``; the command gets both as one ``folder``."""

    @wraps(function)
    def with_folder(*args: Any, exercises: str | None, add: tuple[str, ...], **rest: Any) -> Any:
        folder: Any = exercises
        if add:
            from programgen.content.layers import Layers

            folder = Layers(exercises, add)
        return function(*args, folder=folder, **rest)

    for option in (
        click.option(
            "--add",
            multiple=True,
            type=click.Path(),
            metavar="DIR",
            help="Lay this content folder over the others, file by file; may be repeated.",
        ),
        click.option(
            "--exercises",
            type=click.Path(),
            metavar="DIR",
            help="Use this content folder instead of the shipped one.",
        ),
    ):
        with_folder = option(with_folder)
    return with_folder  # type: ignore[return-value]


def house_options(function: F) -> F:
    """Add ``--paper``, ``--clinic FILE`` and ``--templates DIR``."""
    for option in (
        click.option(
            "--templates",
            type=click.Path(),
            metavar="DIR",
            help="Your own parts of the page, laid over the shipped ones.",
        ),
        click.option("--clinic", type=FILE, help="File with name, logo and colour of your clinic."),
        click.option(
            "--paper",
            type=click.Choice(["a4", "letter"]),
            help="Paper size; that of the clinic, or a4, if left out.",
        ),
    ):
        function = option(function)
    return function


outputs_option = click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File to write; its ending says how, such as .pdf, .html, .json or .ics. May be "
    "given several times.",
)

edition_option = click.option(
    "--edition",
    type=click.Choice(["standard", "large", "mono", "summary"]),
    default="standard",
    show_default=True,
    help="Set for large print, for a black-and-white printer, or one page for the fridge.",
)


class TimeOfDay(click.ParamType[time]):
    """A time of day."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> time:
        """Read hours and minutes."""
        if isinstance(value, time):
            return value
        if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value):
            return self.fail(f"write hours and minutes, such as 07:30; got '{value}'", param, ctx)
        hours, minutes = value.split(":")
        return time(int(hours), int(minutes))


class Zone(click.ParamType[str]):
    """The name of a time zone."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read a name such as Europe/Berlin."""
        from zoneinfo import available_timezones

        from programgen.errors import did_you_mean

        if value not in (known := available_timezones()):
            hint = did_you_mean(value, known)
            text = f"'{value}' is no time zone, such as Europe/Berlin{hint}"
            return self.fail(text, param, ctx)
        return str(value)


def export_options(function: F) -> F:
    """Add the options of the exports; the command gets them as ``asked``."""

    @wraps(function)
    def with_asked(
        *args: Any,
        at: time | None,
        zone: str | None,
        alarm: int | None,
        week: int | None,
        busy: bool,
        identify: bool,
        **rest: Any,
    ) -> Any:
        if at is not None and zone is None:
            raise click.BadParameter("a time of day needs --zone", param_hint="'--at'")
        asked = {
            "at": at,
            "zone": zone,
            "alarm": None if alarm is None else timedelta(minutes=alarm),
            "week": week,
            "busy": busy,
            "identify": identify,
        }
        return function(*args, asked=asked, **rest)

    for option in (
        click.option(
            "--identify", is_flag=True, help="Calendar and records: write the name of the person."
        ),
        click.option("--busy", is_flag=True, help="Calendar: hide what the sessions are."),
        click.option(
            "--alarm",
            type=click.IntRange(0, 1440),
            metavar="MINUTES",
            help="Calendar: remind so many minutes before.",
        ),
        click.option("--zone", type=Zone(), help="Calendar: your time zone, as Europe/Berlin."),
        click.option("--at", type=TimeOfDay(), help="Calendar: when sessions begin, as 07:30."),
        click.option(
            "--week", type=click.IntRange(1, 52), help="Calendar, watch and tables: only this week."
        ),
    ):
        with_asked = option(with_asked)
    return with_asked  # type: ignore[return-value]


today_option = click.option(
    "--today", type=Day(), hidden=True, help="Pretend that today is this day."
)


def _page(ctx: click.Context, param: click.Parameter, target: Path) -> Path:
    del ctx, param
    if target.suffix.lower() not in (".pdf", ".html"):
        raise click.BadParameter("write .pdf or .html", param_hint="'-o'")
    return target


page_option = click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    callback=_page,
    help="File to write: .pdf or .html.",
)


def planning_options(function: F) -> F:
    """Add the options that shape a plan."""
    for option in (
        click.option(
            "--protocol",
            metavar="ID",
            help="Ladder to use: low-back-walk-run (default), short-lay-off or walking.",
        ),
        click.option("--weeks", type=click.IntRange(1, 52), help="Weeks in the plan."),
        today_option,
        click.option("--start", type=Day(), help="First day; the next Monday if left out."),
    ):
        function = option(function)
    return function


def store_options(function: F) -> F:
    """Add ``--store DIR`` and ``--no-store``; the command gets both as one ``blocks``.

    Without either it is the cache folder of the user, with ``--no-store`` it is None.
    """

    @wraps(function)
    def with_blocks(*args: Any, store: Path | None, no_store: bool, **rest: Any) -> Any:
        from programgen.render.fragments.store import default_folder

        if store is not None and not no_store and not _may_be_folder(store):
            message = f"'{store}' is a file or lies in one; name a folder, or use --no-store"
            raise click.BadParameter(message, param_hint="'--store' (PROGRAMGEN_STORE)")
        return function(*args, blocks=None if no_store else store or default_folder(), **rest)

    for option in (
        click.option(
            "--no-store",
            is_flag=True,
            envvar="PROGRAMGEN_NO_STORE",
            help="Keep no parts of pages on the disk.",
        ),
        click.option(
            "--store",
            type=click.Path(path_type=Path),
            envvar="PROGRAMGEN_STORE",
            metavar="DIR",
            help="Keep parts of pages here and not in the cache folder of the user.",
        ),
    ):
        with_blocks = option(with_blocks)
    return with_blocks  # type: ignore[return-value]


def _may_be_folder(path: Path) -> bool:
    """Return whether a path is a folder or can become one."""
    first = next(p for p in (path, *path.absolute().parents) if p.exists())
    return first.is_dir()


def today_or(given: date | None) -> date:
    """Return the day that was given, or today: the only look at the clock."""
    return given or date.today()


def first_day(start: date | None, today: date) -> date:
    """Return the start that was given, or the next Monday.

    Raises:
        UsageError: the start is in the past or too far ahead.
    """
    if start is None:
        return today + timedelta(days=(7 - today.weekday()) % 7)
    if start < today:
        raise click.BadParameter(f"{start} is in the past", param_hint="'--start'")
    if start - today > timedelta(days=366):
        raise click.BadParameter(f"{start} is more than a year ahead", param_hint="'--start'")
    return start


def known_protocol(name: str | None, known: Any) -> str | None:
    """Return the name of a protocol that exists.

    Raises:
        UsageError: there is none of this name.
    """
    if name is not None and name not in known:
        from programgen.errors import did_you_mean

        text = f"'{name}' is not a protocol{did_you_mean(name, known)} (known: {', '.join(known)})"
        raise click.BadParameter(text, param_hint="'--protocol'")
    return name
