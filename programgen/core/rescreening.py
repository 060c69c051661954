"""The answers in a saved plan, screened again and held against what it says.

A saved plan is a file that anybody can edit. What stops a plan is looked for in its answers
and never only in the findings that it names.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from programgen.core.catalogue import Catalogue
from programgen.core.limits import Limits, strictest
from programgen.core.plan import Finding, Plan, Referral
from programgen.core.standing import stopping_questions
from programgen.core.triage import Triage, has_lapsed, triage
from programgen.core.vocabulary import Level, Reach

_HELP = {
    Level.EMERGENCY: "Call your emergency number or go to an emergency department now.",
    Level.URGENT: "Get an urgent medical appointment, today or within a few days.",
    Level.REFER: "See a doctor or physiotherapist first.",
    Level.SELF_CARE: "See a doctor or physiotherapist first.",
}


def disagreements(result: Plan | Referral, catalogue: Catalogue) -> Iterator[str]:
    """Yield what a saved plan says otherwise than its answers do, with the same content."""
    screening = _screened(result, catalogue)
    if isinstance(result, Referral):
        yield from _of_referral(result, screening, catalogue)
        return
    stops = (*_stops(screening), *_began_stopped(result, catalogue))
    if stops:
        yield from stops
        return
    waiting = _waiting(result, screening, catalogue)
    limits = _limits(screening.findings, waiting=bool(waiting))
    if result.waiting != waiting:
        names = ", ".join(waiting) or "none"
        yield f"questions that have no answer that counts: {names}; the plan does not say so"
    if waiting and not (result.standing and result.standing.held):
        yield "questions wait for an answer, and running does not"
    yield from _named(result.findings, screening.findings)
    for what, says, told in (
        ("level", result.level, limits.level),
        ("reach", result.reach, limits.reach),
    ):
        if says != told:
            yield f"its {what} is '{says}', that of its answers is '{told}'"
    if result.not_asked != screening.not_asked:
        yield "it names other open health questions than its answers leave open"
    if result.valid_until > _latest(result, catalogue):
        yield f"it counts until {result.valid_until}, longer than answers count"


def restrictions(result: Plan | Referral, catalogue: Catalogue) -> Iterator[str]:
    """Yield what content that is not that of a saved plan would keep from it."""
    if isinstance(result, Referral):
        return
    screening = _screened(result, catalogue)
    stops = tuple(_stops(screening))
    if stops:
        yield from stops
        return
    if screening.is_open and not result.waiting:
        names = (*screening.open_questions, *screening.open_fields)
        yield f"it needs a clear answer first: {', '.join(names)}"
    had = _limits(result.findings, waiting=bool(result.waiting))
    now = _limits(screening.findings, waiting=bool(result.waiting))
    if had & now != had:
        named = {f.rule for f in result.findings}
        new = [f.title for f in screening.findings if f.rule not in named]
        yield f"it allows less: {'; '.join(new) or 'a rule has become stricter'}"


def _screened(result: Plan | Referral, catalogue: Catalogue) -> Triage:
    """Return the screening as of the day on which the plan was made."""
    lapsed = has_lapsed(result.intake, catalogue, result.provenance.made_on)
    return triage(result.intake, catalogue, lapsed=lapsed)


def _stops(screening: Triage) -> Iterator[str]:
    for found in screening.findings:
        if found.plan is Reach.NONE:
            yield (
                f"its answers have a warning sign, and that stops every plan. {found.tell} "
                f"{_HELP[found.level]}"
            )


def _began_stopped(plan: Plan, catalogue: Catalogue) -> Iterator[str]:
    """Yield the warning signs in the first answers, without which there was no first version."""
    if plan.first_intake is not None:
        yield from _stops(triage(plan.first_intake, catalogue))


def _of_referral(referral: Referral, screening: Triage, catalogue: Catalogue) -> Iterator[str]:
    # What a report has stopped stands first. A later no in the answers does not take it back.
    at = len(referral.findings) - len(screening.findings)
    reported, told = referral.findings[: max(at, 0)], referral.findings[max(at, 0) :]
    yield from _named(told, screening.findings)
    if all(found.plan is not Reach.NONE for found in referral.findings):
        yield "nothing that it names stops a plan"
    elif reported and (
        referral.before is None or any(found.plan is not Reach.NONE for found in reported)
    ):
        yield "it names findings that its answers do not have"
    level = max((f.level for f in referral.findings), key=lambda each: each.rank)
    if referral.level != level:
        yield f"its level is '{referral.level}', that of its findings is '{level}'"
    before = referral.before
    if before and before.provenance.catalogue == catalogue.fingerprint:
        yield from (f"in the plan before it: {text}" for text in disagreements(before, catalogue))


def _named(told: tuple[Finding, ...], found: tuple[Finding, ...]) -> Iterator[str]:
    """Yield how the findings that are told differ from those of the answers."""
    if told == found:
        return
    says, has = _rules(told), _rules(found)
    if says == has:
        yield "the words or the limits of a finding are not those of its rule"
    else:
        yield f"it names the findings {says or 'none'}; its answers have {has or 'none'}"


def _rules(findings: Iterable[Finding]) -> str:
    return ", ".join(found.rule for found in findings)


def _limits(findings: Iterable[Finding], *, waiting: bool) -> Limits:
    limits = strictest(Limits(f.level, f.plan, frozenset(f.bar)) for f in findings)
    return limits & Limits(reach=Reach.GENTLE) if waiting else limits


def _waiting(plan: Plan, screening: Triage, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the questions and fields that are open, or had to be asked again by then."""
    if screening.is_open:
        return (*screening.open_questions, *screening.open_fields)
    if plan.standing is None or plan.provenance.made_on <= plan.valid_until:
        return ()
    again, words = stopping_questions(catalogue), catalogue.vocabulary
    return tuple(q for q in (*words.screening, *words.health) if q in again)


def _latest(plan: Plan, catalogue: Catalogue) -> date:
    asked = max(plan.start, plan.provenance.made_on)
    return asked + catalogue.settings.valid_for.value
