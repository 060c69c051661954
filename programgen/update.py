"""Versions of a plan on disk: the plan in hand, the log beside it, and those before."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain, count
from pathlib import Path

from programgen import service
from programgen.content.log_file import locked, log_path, read_log
from programgen.content.saved_plan import read_plan
from programgen.core.catalogue import Catalogue
from programgen.core.difference import changes_between
from programgen.core.plan import Change, Plan, Referral, fingerprint
from programgen.core.reasons import Reason
from programgen.errors import ContentError, Problem


@dataclass(frozen=True)
class Updated:
    """What became of a plan."""

    before: Plan | Referral
    """The version that was in hand."""
    result: Plan | Referral
    """The next version, or the same one if nothing has changed."""
    kept: Path | None = None
    """Where the version before is kept."""

    @property
    def is_new(self) -> bool:
        """Whether there is a next version."""
        return self.result is not self.before


def update_file(
    path: Path, content: Catalogue, today: date, warn: Callable[[Referral], None]
) -> Updated:
    """Plan again from the plan and the log at *path*, and write the next version there.

    *warn* is told of a referral before anything is written, so that a full disk cannot
    keep it from the runner.

    Raises:
        ContentError: the plan or the log cannot be read, or not be written.
        NoPlanError: a week can no longer hold the plan.
    """
    # Under one lock from reading to writing: a check-in beside this one waits.
    with locked(log_path(path)):
        return _updated(path, content, today, warn)


def _updated(
    path: Path, content: Catalogue, today: date, warn: Callable[[Referral], None]
) -> Updated:
    before = read_plan(path, content, "replan")
    plan = before if isinstance(before, Plan) else before.before
    start = plan.start if plan else None
    log = read_log(path, before.provenance.plan, today, content, start)
    if log.last < before.provenance.entries:
        text = (
            f"lacks reports that this plan counts (up to {before.provenance.entries}); "
            "put the log of this plan beside it again"
        )
        raise ContentError([Problem(str(log_path(path)), 0, 0, text, "log")])
    result = service.updated(before, log, content, today=today)
    if result is before:
        # It will be shown as it is.
        read_plan(path, content)
        return Updated(before, result)
    if isinstance(result, Referral):
        warn(result)
    old = service.saved(before)
    kept = _place_for(path, before.provenance.version, old)
    service.write_all({kept: old, path: service.saved(result)}, like=path)
    service.sweep([kept, path])
    return Updated(before, result, kept)


def _place_for(path: Path, version: int, content: bytes) -> Path:
    """Return where a version is kept: a name that is free, or that holds it already."""
    first = path.with_suffix(f".v{version}.json")
    others = (path.with_suffix(f".v{version}.{number}.json") for number in count(2))
    return next(
        place
        for place in chain([first], others)
        if not os.path.lexists(place) or (place.is_file() and place.read_bytes() == content)
    )


def check_kept(outputs: Iterable[Path], plan: Path) -> None:
    """Refuse outputs under the name of a version that is kept.

    Raises:
        ContentError: every such output.
    """
    kept = re.compile(re.escape(plan.with_suffix("").name) + r"\.v\d+(\.\d+)?\.json")
    problems = [
        Problem(str(path), 0, 0, "is the place of a version that is kept; choose another", "output")
        for path in outputs
        if kept.fullmatch(path.name) and path.resolve().parent == plan.absolute().parent.resolve()
    ]
    if problems:
        raise ContentError(problems)


def check_unreported(outputs: Iterable[Path]) -> None:
    """Refuse to write a new plan beside the reports of another.

    Raises:
        ContentError: every such output.
    """
    problems = [
        Problem(
            str(path),
            0,
            0,
            f"has reports beside it ({log_path(path).name}); {_ELSEWHERE}",
            "output",
        )
        for path in outputs
        if path.suffix == ".json" and log_path(path).exists()
    ]
    if problems:
        raise ContentError(problems)


_ELSEWHERE = "choose another name, or move both files away"


def differences(old: Path, new: Path, content: Catalogue) -> tuple[Change, ...]:
    """Return what is different from one saved version to another, and why.

    Raises:
        ContentError: they are no versions of one plan, or the later one is named first.
    """
    before, after = read_plan(old, content, "compare"), read_plan(new, content, "compare")
    was, now = before.provenance, after.provenance
    if was.plan != now.plan:
        text = f"is of another plan than {old}; name two versions of one plan"
        raise ContentError([Problem(str(new), 0, 0, text, "other-plan")])
    if was.version > now.version:
        text = f"is version {now.version}, and {old} is version {was.version}; name the older first"
        raise ContentError([Problem(str(new), 0, 0, text, "order")])
    if was == now:
        return ()
    if isinstance(after, Referral):
        stopping = [f for f in after.findings if f.plan == "none"]
        return tuple(
            Change(
                text=f"The plan is withdrawn. {f.tell}",
                reason=Reason(text=f.because, rule=f.rule, cite=f.cite),
            )
            for f in stopping
        )
    if isinstance(before, Referral):
        return (Change(text="The plan goes on."), *after.changes)
    if after.provenance.parent == fingerprint(before.model_dump_json(exclude={"quality"})):
        return after.changes
    return changes_between(before, after, (), content)
