"""The questions of a check-in on a terminal: few words, Enter for 'not known'."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

import click

from programgen.cli.checkin import kind_of
from programgen.cli.given import asked
from programgen.cli.intake import yes_no
from programgen.cli.printing import HEADINGS, bullet, wrapped
from programgen.content.log_file import entry_of
from programgen.core.decisions import Reported
from programgen.core.log_sheet import ACTIVITIES
from programgen.core.protocol import time_of
from programgen.core.quantities import parse_span, write_span
from programgen.core.rule import conditions
from programgen.core.standing import stopping_questions, tests_passed
from programgen.core.triage import triage
from programgen.core.vocabulary import Level
from programgen.core.words import day_text, span_text, steps_text

T = TypeVar("T")

LOOK_BACK = timedelta(days=7)
"""Sessions further back are reported with --day; nobody remembers their pain."""

WEEK = timedelta(days=7)
"""Time from one weekly report to the next (evidence: outcome measures are asked weekly)."""

GROUP = 5
"""Warning signs that are shown together."""

ASKED = ("run", "strength", "cross-training")
"""Sessions that are asked for; loosening up needs no report unless it hurt."""

PLACES = {
    "none": "nowhere",
    "same": "the usual place",
    "nearer": "nearer the spine",
    "further": "further down the leg",
    "new-numb-weak": "new tingling, numbness or weakness",
}
"""Where it was felt, in the order of the log sheet."""

PROPOSED, MOST_ACTIVITIES = ACTIVITIES[0], len(ACTIVITIES)
"""The own activity that everybody is asked for, and how many there may be."""


class Skippable(click.ParamType[Any]):
    """An answer that may be left out with Enter."""

    name = "answer"

    def __init__(self, read: Callable[[str], Any], hint: str) -> None:
        """Take the reader of the text, and what to say when it refuses."""
        self.read, self.hint = read, hint

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return what was meant, or None."""
        text = str(value).strip()
        if not text:
            return None
        try:
            return self.read(text)
        except (ValueError, KeyError):
            return self.fail(self.hint, param, ctx)


def _asked(text: str, read: Callable[[str], Any], hint: str) -> Any:
    return click.prompt(f"  {text}", type=Skippable(read, hint), default="", show_default=False)


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return read


def score(text: str) -> int | None:
    """Ask for a score; Enter: not known."""
    found: int | None = _asked(f"{text}, 0 to 10", _whole(0, 10), "write 0 to 10, or press Enter")
    return found


_LETTERS = {"y": "yes", "yes": "yes", "n": "no", "no": "no", "u": "unsure", "unsure": "unsure"}


def sign(text: str) -> str | None:
    """Ask for yes, no or unsure; Enter: not known."""
    hint = "write yes, no or unsure, or press Enter"
    found: str | None = _asked(f"{text} (y, n, u)", lambda t: _LETTERS[t.lower()], hint)
    return found


def _span(text: str) -> str | None:
    found: str | None = _asked(
        text, lambda t: write_span(parse_span(t)), "write a time such as 8 min, or press Enter"
    )
    return found


_DONE = {
    "d": "yes", "done": "yes", "y": "yes", "yes": "yes",
    "p": "part", "part": "part",
    "m": "no", "missed": "no", "n": "no", "no": "no",
}  # fmt: skip


def ask_session(
    session: Any, known: dict[str, Any], in_hand: Any, content: Any, today: date
) -> Any:
    """Ask about one session and return its report; *known* is filled in already.

    Returns None if the question whether it was done is left open.
    """
    fields = {key: value for key, value in known.items() if value is not None}
    day = date.fromisoformat(fields["day"])
    kind = fields["session"]
    title = f": {session.title}" if session else ""
    steps = f" ({steps_text(session.steps)})" if session and session.stage else ""
    click.echo(f"\n{day_text(day)}{title}{steps}")
    if "done" not in fields:
        hint = "write done, part or missed, or press Enter"
        fields["done"] = _asked("done, part or missed?", lambda t: _DONE[t.lower()], hint)
    if fields["done"] is None:
        return None
    if fields["done"] == "no":
        fields["before"] = score("Pain before, if that was why")
    else:
        _answers(fields, session, kind, content, asleep=day < today)
        _tell_at_once(fields, in_hand, content)
    given = {key: value for key, value in fields.items() if value is not None}
    return entry_of(asked({"kind": "session", **given}), content)


def _answers(
    fields: dict[str, Any], session: Any, kind: str, content: Any, *, asleep: bool
) -> None:
    """Ask how a session was, in the order of the log sheet; *asleep*: a night lies between."""
    run = kind == "run"
    if run and "run" not in fields:
        fields["run"] = _span(_how_long(session, fields["done"]))
    if run:
        fields["before"] = score("Pain before it")
    fields["during"] = score("Worst pain during it")
    if run:
        fields["after"] = score("Pain one hour after it")
    if asleep:
        fields["morning"] = score("Pain next morning")
    for number, text in enumerate(PLACES.values(), 1):
        click.echo(f"    {number} {text}")
    places = dict(zip("12345", PLACES, strict=True))
    fields["where"] = _asked("Where was it?", lambda t: places[t], "write 1 to 5, or press Enter")
    if fields["where"] == "further" and session and session.items:
        fields["exercise"] = _which(session, content)
    scores = [fields.get(key) for key in ("during", "after", "morning")]
    # Where nothing hurt at all, nobody limped or woke up from pain.
    if run and (any(scores) or fields["during"] is None):
        fields["limp"] = sign("Did you limp, or run in another way because of it?")
        fields["spot"] = sign("Was it sharp, in one spot of a bone?")
        if asleep:
            fields["night"] = sign("Did it wake you at night?")
    if run:
        fields["effort"] = score("How hard was it")


def _which(session: Any, content: Any) -> Any:
    """Ask which exercise moved the pain; Enter: not known."""
    names = {str(n): item.exercise for n, item in enumerate(session.items, 1)}
    for number, name in names.items():
        click.echo(f"    {number} {content.exercises[name].words.name}")
    hint = f"write 1 to {len(names)}, or press Enter"
    return _asked("Which exercise moved it there?", lambda t: names[t], hint)


def _how_long(session: Any, done: str) -> str:
    if session is None:
        return "How long did you run? (such as 8 min)"
    if session.kind == "walk":
        usual = span_text(time_of(session.steps, "walk"))
        what = "walk"
    else:
        usual, what = span_text(time_of(session.steps, "run")), "run"
    if done == "part":
        return f"How long did you {what} in all, of {usual}? (such as 4 min)"
    return f"How long did you {what} in all? (Enter: {usual}, as planned)"


def _tell_at_once(fields: dict[str, Any], in_hand: Any, content: Any) -> None:
    """Say at once that an answer is a warning sign."""
    table = content.protocols[in_hand.provenance.protocol].decisions
    row = table.read(Reported(done=fields["done"], where=fields.get("where") or "none"))
    if row.light == "stop":
        click.echo()
        click.echo(wrapped(HEADINGS["urgent"], ""))
        click.echo(wrapped(row.because))


class Interview:
    """Asks for what the log does not hold yet."""

    def __init__(
        self,
        in_hand: Any,
        planned: Sequence[tuple[date, Any]],
        content: Any,
        today: date,
        write: Callable[[Sequence[Any]], Any],
    ) -> None:
        """Take the plan, its sessions with their days, and where reports go."""
        self.in_hand, self.planned, self.content = in_hand, planned, content
        self.today, self.write = today, write
        self.protocol = content.protocols[in_hand.provenance.protocol]

    def hold(self, log: Any, *, weekly: bool, correct: int | None) -> None:
        """Ask for sessions of the last days, then once a week the questions of the week."""
        is_plan = self.in_hand.result == "plan"
        if not weekly and is_plan:
            click.echo("Press Enter where you do not know.")
            log = self.mornings(log)
            for day, session in self.missing(log):
                fields = {"day": str(day), "session": kind_of(session)}
                report = ask_session(session, fields, self.in_hand, self.content, self.today)
                if report is not None:
                    log = self.write([report])
                    if report.where == "new-numb-weak":
                        return
        if weekly or (is_plan and self.due(log)):
            self.write([self.week(log, correct)])

    def missing(self, log: Any) -> Iterator[tuple[date, Any]]:
        """Yield the sessions of the last days without a report, the newest last."""
        reported = {(e.day, e.session) for e in log.valid if e.kind == "session"}
        away = [(e.first, e.last) for e in log.valid if e.kind == "away"]
        for day, session in self.planned:
            kind = kind_of(session)
            if (
                self.today - LOOK_BACK <= day <= self.today
                and kind in ASKED
                and (day, kind) not in reported
                and not any(first <= day <= last for first, last in away)
            ):
                reported.add((day, kind))
                yield day, session

    def mornings(self, log: Any) -> Any:
        """Ask for the next morning of sessions that were reported on their own day."""
        for entry in log.valid:
            if (
                entry.kind == "session"
                and entry.done != "no"
                and entry.morning is None
                and entry.entered == entry.day
                and self.today - LOOK_BACK <= entry.day < self.today
            ):
                click.echo(f"\n{day_text(entry.day)}, {entry.session}: the morning after")
                morning = score("Pain next morning")
                if morning is not None:
                    update = {"morning": morning, "supersedes": entry.id}
                    log = self.write([entry.model_copy(update=update)])
        return log

    def due(self, log: Any) -> bool:
        """Return whether a week has passed since the questions of the week."""
        before = [e.day for e in log.valid if e.kind == "week"]
        return bool(self.today - (before[-1] if before else self.in_hand.start) >= WEEK)

    def week(self, log: Any, correct: int | None) -> Any:
        """Ask the questions of the week; a warning sign ends them."""
        intake = self.in_hand.intake
        reports = [e for e in log.valid if e.kind == "week"]
        fields: dict[str, Any] = {"day": str(self.today), "supersedes": correct, "answers": {}}
        click.echo("\nOnce a week: warning signs first.")
        try:
            self.signs(fields["answers"], {k: str(v) for k, v in intake.answers.items()}, reports)
            click.echo("\nYour pain of this week, 0 (none) to 10 (worst)")
            for key, text in (
                ("usual", "On an ordinary morning"),
                ("walking", "When you walk"),
                ("worst", "At its worst"),
                ("average", "On average"),
            ):
                fields[key] = score(text)
            fields["activities"] = activities([*reports[-1].activities] if reports else [])
            fields["change"] = _asked(
                "Since the start: -5 much worse, 0 the same, 5 much better",
                _whole(-5, 5),
                "write -5 to 5, or press Enter",
            )
            fields["abilities"] = self.abilities(log)
        except _WarningSign:
            pass
        given = {key: value for key, value in fields.items() if value not in (None, {})}
        return entry_of(asked({"kind": "week", **given}), self.content)

    def signs(self, answers: dict[str, str], told: dict[str, str], reports: Sequence[Any]) -> None:
        """Ask every question of the stopping rules, each of them shown.

        Only a 'no' to a whole group, or to one question, is a no.
        """
        for report in reports:
            told = {**told, **{k: str(v) for k, v in report.answers.items()}}
        words = {**self.content.vocabulary.screening, **self.content.vocabulary.health}
        names = [name for name in words if name in stopping_questions(self.content)]
        # What was a yes before is asked alone: a group with it could have no 'no'.
        alone = [name for name in names if told.get(name) == "yes"]
        rest = [name for name in names if name not in alone]
        groups = [rest[at : at + GROUP] for at in range(0, len(rest), GROUP)]
        for group in (*groups, *([name] for name in alone)):
            if len(group) > 1:
                click.echo("\nIs any of these true for you?")
                for name in group:
                    click.echo(bullet(words[name].ask))
                if _any_of_them() == "no":
                    answers.update(dict.fromkeys(group, "no"))
                    continue
            for name in group:
                answers[name] = yes_no(words[name])()
                self.stop_on_warning(answers, told)

    def stop_on_warning(self, answers: dict[str, str], told: dict[str, str]) -> None:
        """Say at once when an answer is a warning sign, and end the questions."""
        from programgen.core.intake import Answer

        merged = {k: Answer(v) for k, v in {**told, **answers}.items()}
        intake = self.in_hand.intake.model_copy(update={"answers": merged})
        found = triage(intake, self.content).findings
        new = [f for f in found if f.level.rank >= Level.URGENT.rank and f.plan == "none"]
        if new:
            click.echo()
            click.echo(wrapped(HEADINGS[new[0].level], ""))
            click.echo(bullet(new[0].tell))
            raise _WarningSign

    def abilities(self, log: Any) -> dict[str, str]:
        """Ask the tests that the ladder still waits for; after a long break all of them."""
        words = self.content.vocabulary.abilities
        plan = self.in_hand if self.in_hand.result == "plan" else self.in_hand.before
        first = plan.first_intake or plan.intake
        passed = tests_passed(first, log.valid, self.protocol, plan.start, self.today)
        waiting = {
            part.ability
            for row in self.protocol.entry
            if row.before
            for part in conditions(row.when)
            if part.ability
        }
        found = {}
        for name in words:
            if name in waiting - passed:
                answer = sign(words[name].ask)
                if answer is not None:
                    found[name] = answer
        return found


class _WarningSign(Exception):  # noqa: N818 (no error: it ends the questions)
    """An answer is a warning sign."""


def _any_of_them() -> str:
    letter = click.prompt(
        "  no to every one of them, or yes or unsure to any",
        type=click.Choice(["y", "n", "u", "yes", "no", "unsure"], case_sensitive=False),
        show_choices=False,
    )
    return _LETTERS[letter.lower()]


def activities(known: Sequence[str]) -> dict[str, int]:
    """Ask for the own activities (PSFS); the first time they are named."""
    click.echo("\nWhat your back makes hard: 0 (cannot) to 10 (as before)")
    found: dict[str, int] = {}
    for name in known or [PROPOSED]:
        amount = score(name)
        if amount is not None:
            found[name] = amount
    while not known and len(found) < MOST_ACTIVITIES:
        name = _asked("Something else? (Enter: nothing more)", _activity, "80 letters at most")
        if name is None:
            break
        amount = score(name)
        if amount is not None:
            found[name] = amount
    return found


def _activity(text: str) -> str:
    kept = "".join(sign for sign in text if sign.isprintable() or sign in "\u200c\u200d")
    if len(kept) > 80:
        raise ValueError(text)
    return kept
