"""``programgen explain``: every decision behind a plan."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from programgen.cli.options import (
    FILE,
    content_option,
    first_day,
    known_protocol,
    planning_options,
    today_or,
)


@click.command()
@click.argument("intake", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@planning_options
@content_option
def explain(
    intake: Path,
    start: date | None,
    today: date | None,
    weeks: int | None,
    protocol: str | None,
    folder: str | None,
    *,
    as_json: bool,
) -> None:
    """Say why: levels, exercises in or out, stage choice, weeks."""
    from programgen import service
    from programgen.cli.printing import summary

    now = today_or(today)
    content = service.catalogue(folder)
    protocol = known_protocol(protocol, content.protocols)
    answers = service.read_intake(intake, content, now)
    result = service.plan(
        answers, content, start=first_day(start, now), made_on=now, weeks=weeks, protocol=protocol
    )
    if as_json:
        click.echo(json.dumps(json.loads(result.model_dump_json()), indent=2))
    elif result.result == "plan":
        click.echo("\n".join(_lines(result, content)))
    else:
        click.echo(summary(result, content, ()))
        click.echo("\n".join(_findings(getattr(result, "findings", ()))))
    if result.result != "plan":
        click.get_current_context().exit(3)


def _findings(findings: Any) -> Iterator[str]:
    from programgen.cli.printing import bullet

    if findings:
        yield "Rules that fired:"
    for found in findings:
        code = f"{found.code}, " if found.code else ""
        text = f"{found.title} ({code}{found.rule}): level {found.level}, plan {found.plan}"
        if found.bar:
            text += f", leaves out: {', '.join(found.bar)}"
        yield bullet(f"{text}. {found.because} [{', '.join(found.cite)}]")


def _lines(plan: Any, content: Any) -> Iterator[str]:
    from programgen.cli.printing import because, bullet, overview, week_detail

    yield from overview(plan, content)
    yield ""
    yield f"Level: {plan.level}. Plan: {plan.reach}."
    yield from _findings(plan.findings)
    patterns = [f.rule for f in plan.findings if f.group == "pattern"]
    yield f"Symptom patterns (for filtering only): {', '.join(patterns) or 'none'}"
    if plan.not_asked:
        yield f"Not asked: {', '.join(plan.not_asked)}"
    yield "Reasons for this plan:"
    yield from (bullet(because(r)) for r in plan.reasons)
    yield "Exercises in:"
    for name in plan.exercises:
        yield bullet(f"{name}: {because(plan.why[name])}")
    yield "Suitable but not chosen:"
    out = {x.exercise for x in plan.left_out}
    spare = [
        e.id
        for e in content.exercises.values()
        if e.kind != "advice" and e.id not in out and e.id not in plan.exercises
    ]
    yield bullet(", ".join(spare) or "none")
    yield "Exercises out:"
    for left in plan.left_out:
        yield bullet(f"{left.exercise}: {' '.join(because(r) for r in left.reasons)}")
    yield "Weeks:"
    for week in plan.weeks:
        yield from week_detail(week)
