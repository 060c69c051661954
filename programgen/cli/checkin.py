"""``programgen checkin``: what was done and how it felt, into the log beside the plan."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from programgen.cli.intake import Quantity
from programgen.cli.options import FILE, WITHHELD, Day, F, content_option, today_option, today_or
from programgen.errors import ProgramgenError

_ANSWERS = click.Choice(["yes", "no", "unsure"], case_sensitive=False)

UNTOLD = (
    "Nothing is written yet. One of your answers may be a warning sign: do not run, and get "
    "medical help if it is new. Then report it again, with the mistakes below mended."
)
"""Said where a report with a warning sign cannot be read."""

STUCK = (
    "What you reported stays in the log, but the plan could not follow it. Do not run by the old "
    "plan until it does."
)
"""Said where no next version can be made."""

_WRONG = f"{__name__}.wrong"

SESSION = (
    "session", "done", "run", "distance", "before", "during", "after", "morning", "where", "limp",
    "exercise", "spot", "night", "effort",
)  # fmt: skip
"""Fields of a session report that are options, in the order of the log sheet."""

WEEK = ("answers", "abilities", "usual", "walking", "worst", "average", "activities", "change")
"""Fields of a weekly report that are options."""


class _Quantity(Quantity):
    """A span or a distance; its reader is imported when it is needed."""

    def __init__(self, reader: str) -> None:
        self.reader = reader

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return the text, or say what is wrong with it."""
        from programgen.core import quantities

        self.parse = getattr(quantities, self.reader)
        return super().convert(value, param, ctx)


class Whole(click.ParamType[int]):
    """A whole number between two bounds."""

    def __init__(self, low: int, high: int) -> None:
        """Take the bounds."""
        self.low, self.high = low, high
        self.name = f"{low} to {high}"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """Return the number."""
        try:
            number = int(value)
        except ValueError:
            number = self.low - 1
        if not self.low <= number <= self.high:
            self.fail(f"write a whole number from {self.name}; got '{value}'", param, ctx)
        return number


_SCORE, _ENTRY = Whole(0, 10), Whole(1, 1_000_000)


class Told(click.Option):
    """An option whose mistake is told together with those of the others."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the value, or keep what is wrong with it for later."""
        try:
            return super().process_value(ctx, value)
        except click.BadParameter as error:
            error.param = error.param or self
            ctx.meta.setdefault(_WRONG, []).append(error)
            return () if self.multiple else None


class Pair(click.ParamType[tuple[str, str]]):
    """A name and what was answered, with an equals sign between."""

    name = "name=answer"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        """Return both sides."""
        if isinstance(value, tuple):
            return value
        name, equals, answer = (part.strip() for part in str(value).rpartition("="))
        if not (name and equals and answer):
            self.fail(f"write a name, '=' and the answer; got '{value}'", param, ctx)
        return name, answer


def _options(function: Any) -> Any:
    """Add the answers as options, in the order of the log sheet."""
    about = {
        "--day": (Day(), "Day of the report; today if left out."),
        "--session": (
            click.Choice(["run", "strength", "mobility", "cross-training"]),
            "Kind of session; 'run' is also the walk of the ladder. [default: run]",
        ),
        "--done": (click.Choice(["yes", "part", "no"]), "All of it, part of it, or missed."),
        "--run": (_Quantity("parse_span"), "How long you ran, such as '8 min'."),
        "--distance": (_Quantity("parse_distance"), "How far, such as '3 km'."),
        "--before": (_SCORE, "Pain before it, 0 to 10."),
        "--during": (_SCORE, "Worst pain during it."),
        "--after": (_SCORE, "Pain one hour after it."),
        "--morning": (_SCORE, "Pain next morning."),
        "--where": (
            click.Choice(["none", "same", "nearer", "further", "new-numb-weak"]),
            "Where it was: further means down the leg, nearer means to the spine.",
        ),
        "--limp": (_ANSWERS, "You limped, or ran in another way because of pain."),
        "--exercise": (click.STRING, "The exercise that moved it further down the leg."),
        "--spot": (_ANSWERS, "Sharp pain in one spot of a bone."),
        "--night": (_ANSWERS, "The pain woke you at night."),
        "--effort": (_SCORE, "How hard it was, 0 to 10."),
        "--usual": (_SCORE, "Week: pain on an ordinary morning."),
        "--walking": (_SCORE, "Week: pain when walking."),
        "--worst": (_SCORE, "Week: worst pain."),
        "--average": (_SCORE, "Week: average pain."),
        "--change": (Whole(-5, 5), "Week: since the start, -5 much worse to 5 better."),
    }
    several = {
        "--answer": ("answers", Pair(), "Week: a question and yes, no or unsure."),
        "--ability": ("abilities", Pair(), "Week: a test and yes or no."),
        "--can": ("activities", Pair(), "Week: an activity and 0 (cannot) to 10, as 'Sitting=6'."),
        "--activity": ("files", FILE, "Recording of a watch (.fit, .gpx, .tcx) of what was run."),
    }
    for flag, (field, kind, text) in reversed(several.items()):
        function = option(flag, field, type=kind, multiple=True, help=text)(function)
    for flag, (kind, text) in reversed(about.items()):
        function = option(flag, type=kind, help=text)(function)
    return function


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """Return a decorator that adds an option of which all mistakes are told at once."""
    return click.option(*names, cls=Told, **settings)


@click.command()
@click.argument("plan", type=FILE)
@_options
@option("--week", "weekly", is_flag=True, help="Ask the questions of the week now.")
@option("--away", nargs=2, type=Day(), metavar="FIRST LAST", help="Days without training.")
@option("--why", help="What the plan says about the days away.")
@option("--release-by", "by", metavar="NAME", help="This clinician allows running again.")
@option("--highest-stage", metavar="STAGE", help="Release: not beyond this stage.")
@option("--note", help="Release: a few words to the runner.")
@option("--correct", type=_ENTRY, metavar="N", help="Correct entry N.")
@option("--void", type=_ENTRY, metavar="N", help="Take entry N back.")
@option("--from", "table", type=FILE, help="Reports as a .csv, .xlsx or .yaml file, one a row.")
@option("--list", "show", is_flag=True, help="Print the log with its numbers.")
@today_option
@content_option
def checkin(plan: Path, folder: str | None, today: date | None, **asked: Any) -> None:
    """Report how sessions of the saved PLAN (.json) went, and see what follows.

    Without options the sessions of the last days are asked for, and once a week the warning
    signs. The log lies beside the plan; nothing in it is ever taken away. With a warning sign
    the plan is withdrawn, and the exit code is 3.
    """
    from programgen import service
    from programgen.content.saved_plan import read_plan

    content = service.catalogue(folder)
    in_hand = read_plan(plan, content, "replan")
    now = today_or(today)
    if in_hand.result == "referral" and in_hand.before is None:
        _refer(in_hand)
    desk = Desk(plan, in_hand, content, now, asked)
    try:
        _check_usage(asked)
        if asked["show"]:
            _list(desk.log)
            return
        desk.take(desk.log)
    except (click.UsageError, ProgramgenError):
        if desk.warns:
            click.echo(UNTOLD, err=True)
        raise
    desk.remark()
    follow(plan, content, now)


def _refer(referral: Any) -> None:
    """Say that the saved result never was a plan, and who to see."""
    from programgen.cli.printing import referral as lines

    click.echo("This is already a referral, so there is nothing to report on.")
    click.echo("\n".join(lines(referral)))
    click.echo("When somebody has looked at it, answer the questions again and make a plan.")
    click.get_current_context().exit(WITHHELD)


def _check_usage(asked: dict[str, Any]) -> None:
    """Refuse options that cannot be read or do not go together."""
    wrong = click.get_current_context().meta.get(_WRONG, [])
    if wrong:
        raise click.UsageError("\n".join(error.format_message() for error in wrong))
    problems = list(_misuse(asked))
    if problems:
        raise click.UsageError("\n".join(problems))


def _misuse(asked: dict[str, Any]) -> Iterator[str]:
    """Yield why options do not go together."""
    modes = {
        "--list": asked["show"],
        "--void": asked["void"] is not None,
        "--away": bool(asked["away"]),
        "--release-by": asked["by"] is not None,
        "--from": asked["table"] is not None,
        "a session": any(asked[n] is not None for n in SESSION) or bool(asked["files"]),
        "a week": any(asked[name] not in (None, ()) for name in WEEK) or asked["weekly"],
    }
    used = [name for name, given in modes.items() if given]
    if len(used) > 1:
        yield f"report one thing at a time; you gave {' and '.join(used)}"
    for flag, given, mode in (
        ("--why", asked["why"], "--away"),
        ("--highest-stage", asked["highest_stage"], "--release-by"),
        ("--note", asked["note"], "--release-by"),
    ):
        if given is not None and not modes[mode]:
            yield f"{flag} goes with {mode}"
    if asked["correct"] is not None and (not used or used[0] in ("--list", "--void", "--from")):
        yield "--correct goes with the answers that are right, such as --morning 2"
    if len(asked["files"]) > 1 and any(asked[n] is not None for n in (*SESSION, "day", "correct")):
        yield "with several recordings, answer the questions instead"
    if asked["day"] is not None and not (
        modes["a session"] or modes["a week"] or modes["--release-by"]
    ):
        yield "--day goes with an answer, such as --done yes"
    given = [n for n in SESSION if asked[n] is not None]
    if given and asked["done"] is None and asked["correct"] is None and not asked["files"]:
        yield "say with --done whether it was done: yes, part or no"


class Desk:
    """Takes reports, each into the log as soon as it is complete."""

    def __init__(
        self, plan: Path, in_hand: Any, content: Any, today: date, asked: dict[str, Any]
    ) -> None:
        """Keep the plan that the reports are about, and the options."""
        from programgen.content.log_file import may_warn

        self.plan, self.in_hand, self.content = plan, in_hand, content
        self.today, self.asked = today, asked
        self.day = asked["day"] or today
        self.taken: list[Any] = []
        told = {"where": asked["where"], "answers": dict(asked["answers"])}
        self.warns = may_warn(told, content)
        """A warning sign may be among the answers."""

    @property
    def start(self) -> date:
        """First day of the plan, also of one that is withdrawn."""
        plan = self.in_hand if self.in_hand.result == "plan" else self.in_hand.before
        day: date = plan.start
        return day

    @property
    def log(self) -> Any:
        """What was reported so far."""
        from programgen.content.log_file import read_log

        identity = self.in_hand.provenance.plan
        return read_log(self.plan, identity, self.today, self.content, self.start)

    def write(
        self, entries: Sequence[Any], rows: Sequence[Any] = (), problems: Sequence[Any] = ()
    ) -> Any:
        """Add entries to the log and return it, unless other rows have *problems*."""
        from programgen.content.log_file import append

        identity = self.in_hand.provenance.plan
        log = append(
            self.plan,
            identity,
            entries,
            self.today,
            content=self.content,
            rows=rows,
            start=self.start,
            problems=problems,
        )
        written = log.entries[len(log.entries) - len(entries) :]
        for asked, entry in zip(entries, written, strict=True):
            click.echo(f"Written as entry {entry.id}.")
            if entry.supersedes != asked.supersedes:
                text = (
                    f"Entry {entry.supersedes} reports this session already. Your warning sign is "
                    "added to it, and its other answers stay. Change them with --correct "
                    f"{entry.id}."
                )
                click.echo(text)
        self.taken += written
        return log

    def put(self, kind: str, fields: dict[str, Any]) -> None:
        """Write an entry from options, or say what is wrong with them."""
        from programgen.cli.given import Given
        from programgen.content.log_file import entry_of

        given = {k: _clean(v) for k, v in fields.items() if v not in (None, (), {})}
        row = Given("", {"kind": kind, **given})
        self.write([entry_of(row, self.content)], [row])

    def remark(self) -> None:
        """Say of every run that was reported that the plan had none, because running waits."""
        from programgen.core.waiting import why_no_run
        from programgen.core.words import day_text

        for entry in self.taken:
            if entry.kind == "session" and entry.session == "run" and entry.done != "no":
                why = why_no_run(self.in_hand, entry.day)
                if why:
                    click.echo(f"The run of {day_text(entry.day)} is written down. {why}")

    def take(self, log: Any) -> None:
        """Take what the options say, or ask."""
        asked = self.asked
        given = {name: asked[name] for name in SESSION if asked[name] is not None}
        week = {name: asked[name] for name in WEEK if asked[name] not in (None, ())}
        if asked["table"] is not None:
            from programgen.content.entry_rows import read_reports

            found = read_reports(asked["table"], self.content)
            self.warns = found.warns
            self.write(found.entries, found.rows, found.problems)
        elif asked["void"] is not None:
            self.put("void", {"supersedes": asked["void"]})
        elif asked["away"]:
            first, last = map(str, asked["away"])
            self.one(log, "away", {"first": first, "last": last, "why": asked["why"]})
        elif asked["by"] is not None:
            named = {"by": asked["by"], **{k: asked[k] for k in ("highest_stage", "note")}}
            self.one(log, "release", {"day": str(self.day), **named})
        elif asked["files"]:
            self.recordings(log, given)
        elif given:
            self.one(log, "session", {"day": str(self.day), **given})
        elif week:
            from programgen.content.log_file import MAPS

            maps: dict[str, Any] = {name: dict(week[name]) for name in MAPS if name in week}
            if "activities" in maps:
                maps["activities"] = {k: _number(v) for k, v in maps["activities"].items()}
            self.one(log, "week", {"day": str(self.day), **week, **maps})
        else:
            self.ask(log)

    def one(self, log: Any, kind: str, fields: dict[str, Any]) -> None:
        """Write one entry; a correction keeps what it does not name."""
        from programgen.content.log_file import MAPS

        number = self.asked["correct"]
        if number is not None:
            old = next((e for e in log.entries if e.id == number), None)
            if old is None:
                raise ProgramgenError(f"There is no entry {number}; --list shows them all.")
            if old.kind != kind:
                raise ProgramgenError(f"Entry {number} is no {kind}; use --void and report it.")
            kept = old.model_dump(mode="json", exclude_none=True, exclude={"id", "entered"})
            if self.asked["day"] is None and kind != "away":
                fields.pop("day")
            for name in MAPS:
                if name in fields:
                    fields[name] = {**kept.get(name, {}), **fields[name]}
            fields = {**kept, **{k: v for k, v in fields.items() if v is not None}}
            fields["supersedes"] = number
        self.put(kind, fields)

    def recordings(self, log: Any, given: dict[str, Any]) -> None:
        """Report the sessions of activity files; what a file does not say is asked."""
        from programgen.cli.checkin_questions import ask_session
        from programgen.content.activity import read_activity

        filled_in: list[dict[str, Any]] = []
        problems: list[str] = []
        for file in self.asked["files"]:
            try:
                fields = self.recorded(log, file, read_activity(file), given)
                self.check_day(log, file, fields, filled_in)
                filled_in.append(fields)
            except ProgramgenError as error:
                problems.append(str(error))
        if problems:
            raise ProgramgenError("\n".join(problems))
        for fields in filled_in:
            if given or self.asked["day"] or self.asked["correct"]:
                self.one(log, "session", fields)
                continue
            session = self.planned_on(date.fromisoformat(fields["day"]), fields["session"])
            report = ask_session(session, fields, self.in_hand, self.content, self.today)
            if report is not None:
                self.write([report])

    def check_day(
        self, log: Any, file: Path, fields: dict[str, Any], others: Sequence[dict[str, Any]]
    ) -> None:
        """Refuse a recording before anything is asked about it, if its day cannot be meant.

        A warning sign is taken whatever its day.
        """
        day, kind = date.fromisoformat(fields["day"]), fields["session"]
        if fields.get("where") == "new-numb-weak":
            return
        if day < self.start:
            raise ProgramgenError(f"{file}: is of {day}; the plan begins on {self.start}")
        if day > self.today:
            raise ProgramgenError(f"{file}: is of {day}, which is still to come")
        known = (e for e in log.valid if e.kind == "session" and (e.day, e.session) == (day, kind))
        old = next(known, None)
        if old is not None and self.asked["correct"] is None:
            text = f"the {kind} of {day} is reported in entry {old.id}; add --correct {old.id}"
            raise ProgramgenError(f"{file}: {text}")
        if any((other["day"], other["session"]) == (fields["day"], kind) for other in others):
            text = f"another of these files is of {day} as well; report them one by one"
            raise ProgramgenError(f"{file}: {text}")

    def recorded(
        self, log: Any, file: Path, activity: Any, given: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the fields that a recording fills in."""
        from programgen.core.quantities import write_distance, write_span
        from programgen.core.recording import day_of, filled
        from programgen.core.words import day_text

        kind = given.get("session", "run")
        if kind == "run" and not activity.on_foot:
            raise ProgramgenError(
                f"{file}: is a recording of '{activity.sport}' and no run; report it with "
                "--session cross-training"
            )
        day = self.asked["day"] or day_of(activity, [d for d, _ in self.open_runs(log)])
        if day is None:
            raise ProgramgenError(
                f"{file}: does not say in which time zone it was recorded; name its day with --day"
            )
        if day not in activity.days:
            days = " or ".join(map(str, activity.days))
            raise ProgramgenError(f"{file}: is of {days}, and not of {day}")
        fields: dict[str, Any] = {"day": str(day), "session": kind, "source": file.name[:120]}
        if activity.distance:
            fields["distance"] = write_distance(round(activity.distance))
        if kind == "run":
            found = filled(activity, self.planned_on(day, kind))
            click.echo(f"{file.name}, {day_text(day)}: {found.text}")
            fields["done"] = found.done
            fields["run"] = None if found.run is None else write_span(found.run)
            if found.run is None and given and "run" not in given and given.get("done") != "no":
                raise click.UsageError("say with --run how long you ran")
        return {**fields, **given}

    def planned(self) -> Iterable[tuple[date, Any]]:
        """Return every session of the plan with its day."""
        before = self.in_hand if self.in_hand.result == "plan" else self.in_hand.before
        weeks = before.weeks if before else ()
        return ((p.day, p.session) for week in weeks for p in week.placed)

    def planned_on(self, day: date, kind: str) -> Any:
        """Return the session of a kind that is planned on a day, if there is one."""
        found = (s for d, s in self.planned() if d == day and kind_of(s) == kind)
        return next(found, None)

    def open_runs(self, log: Any) -> list[tuple[date, Any]]:
        """Return the runs and walks of the plan that have no report."""
        reported = {(e.day, e.session) for e in log.valid if e.kind == "session"}
        return [(d, s) for d, s in self.planned() if s.stage and (d, "run") not in reported]

    def ask(self, log: Any) -> None:
        """Ask what is missing; every complete report is kept at once."""
        from programgen.cli.checkin_questions import Interview

        interview = Interview(
            self.in_hand, list(self.planned()), self.content, self.today, self.write
        )
        try:
            interview.hold(log, weekly=self.asked["weekly"], correct=self.asked["correct"])
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nComplete reports are kept. Run the same command to go on.")
            raise click.exceptions.Exit(1) from None


def kind_of(session: Any) -> str:
    """Return the kind under which a session of the plan is reported."""
    return "run" if session.stage else str(session.kind)


def _clean(value: Any) -> Any:
    """Return text from the command line without control signs."""
    if not isinstance(value, str):
        return value
    return "".join(sign for sign in value if sign.isprintable() or sign in "\n\u200c\u200d")


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def follow(plan: Path, content: Any, today: date) -> None:
    """Plan again and say what follows; leave with code 3 if there is no plan now."""
    from programgen.cli.printing import next_sessions, note_other_content, update_summary, withdrawn
    from programgen.update import update_file

    try:
        made = update_file(plan, content, today, withdrawn)
    except ProgramgenError:
        click.echo(STUCK, err=True)
        raise
    note_other_content(plan, made.result, content)
    click.echo()
    click.echo(update_summary(made, content))
    if made.result.result == "plan" and not made.is_new:
        click.echo("\n".join(next_sessions(made.result, today)))
    if made.result.result != "plan" or made.result.waiting:
        click.get_current_context().exit(WITHHELD)


def _list(log: Any) -> None:
    """Print every entry; what no longer counts is marked."""
    from programgen.content.log_file import line

    gone = {entry.supersedes for entry in log.entries}
    for entry in log.entries:
        mark = "  (no longer counts)" if entry.id in gone else ""
        click.echo(f"{entry.id:>4}  {line(entry)}{mark}")
    if not log.entries:
        click.echo("Nothing is reported yet.")
