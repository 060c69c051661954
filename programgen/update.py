"""Versions of a plan on disk: the plan in hand, the log beside it, and those before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
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
    log = read_log(path, before.provenance.plan, today, content)
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
    kept = path.with_suffix(f".v{before.provenance.version}.json")
    service.write_all({kept: service.saved(before), path: service.saved(result)})
    return Updated(before, result, kept)


def differences(
    before: Plan | Referral, after: Plan | Referral, content: Catalogue
) -> tuple[Change, ...]:
    """Return what is different from one saved version to another, and why."""
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
