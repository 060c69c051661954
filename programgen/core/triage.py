"""Warning signs first: answers and rules in, findings and limits out.

Every condition is yes, no or unknown, and an unknown is never a no: a screening
rule that could still fire keeps the plan back until its questions are answered.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from programgen.core.catalogue import Catalogue
from programgen.core.intake import Answer, Intake
from programgen.core.limits import Limits, strictest
from programgen.core.plan import Finding
from programgen.core.reasons import citations
from programgen.core.rule import Condition, Rule
from programgen.core.vocabulary import Reach

Truth = bool | None
"""Yes, no, or unknown (None)."""

SCREENING = ("stop", "refer")
"""Groups of rules whose unknowns keep the plan back, as do those of every rule that locks."""

_PAIN = {
    "pain-now": "now",
    "pain-usual": "usual",
    "pain-worst": "worst",
    "pain-walking": "walking",
    "pain-running": "running",
}


def _answered(condition: Condition, intake: Intake) -> Truth:
    answer = intake.answers.get(condition.answer or "")
    return None if answer in (None, Answer.UNSURE) else answer is Answer.YES


def _measured(condition: Condition, intake: Intake) -> Truth:
    if condition.measure == "age":
        number = intake.who.age
    else:
        number = getattr(intake.pain, _PAIN[condition.measure or ""])
    if number is None:
        return None
    if condition.at_least is not None:
        return number >= condition.at_least
    if condition.above is not None:
        return number > condition.above
    return number < (condition.below or 0)


def _lasted(condition: Condition, intake: Intake) -> Truth:
    since, limit = intake.pain.since, condition.lasts
    return None if since is None or limit is None else since > limit


def _counted(condition: Condition, intake: Intake) -> Truth:
    truths = [truth(part, intake) for part in condition.of or ()]
    needed = condition.count or 1
    if truths.count(True) >= needed:
        return True
    return None if truths.count(True) + truths.count(None) >= needed else False


def _all(condition: Condition, intake: Intake) -> Truth:
    truths = {truth(part, intake) for part in condition.all or ()}
    return False if False in truths else None if None in truths else True


def _any(condition: Condition, intake: Intake) -> Truth:
    truths = {truth(part, intake) for part in condition.any or ()}
    return True if True in truths else None if None in truths else False


def _not_able(condition: Condition, intake: Intake) -> Truth:
    return intake.abilities.get(condition.ability or "") is not Answer.YES


_READERS: dict[str, Callable[[Condition, Intake], Truth]] = {
    "answer": _answered,
    "worse": lambda c, i: c.worse in i.worse,
    "better": lambda c, i: c.better in i.better,
    "area": lambda c, i: c.area in i.pain.where,
    "began": lambda c, i: c.began == i.pain.began,
    "ability": _not_able,
    "measure": _measured,
    "lasts": _lasted,
    "off_running": lambda c, i: i.history.off_running >= c.off_running,  # type: ignore[operator]
    "all": _all,
    "any": _any,
    "count": _counted,
}


def truth(condition: Condition, intake: Intake) -> Truth:
    """Return whether a condition holds: yes, no, or unknown (None)."""
    key = next(key for key in _READERS if getattr(condition, key) is not None)
    return _READERS[key](condition, intake)


def open_parts(condition: Condition, intake: Intake) -> Iterator[Condition]:
    """Yield the unanswered conditions that keep *condition* unknown."""
    if truth(condition, intake) is not None:
        return
    if not condition.parts:
        yield condition
    for part in condition.parts:
        yield from open_parts(part, intake)


def has_lapsed(intake: Intake, catalogue: Catalogue, today: date) -> bool:
    """Return whether a clinician's review is older than a printed plan may be."""
    block = intake.clinician
    return block is not None and today - block.reviewed_on > catalogue.settings.valid_for.value


def reach(rule: Rule, intake: Intake, *, lapsed: bool = False) -> Reach:
    """Return the most that may be planned while *rule* fires.

    A clinician who has reviewed the answers may lift a rule as far as the rule
    itself says; a full plan also needs the runner cleared to run. A review that has
    lapsed lifts nothing.
    """
    clinician = intake.clinician
    if clinician is None or rule.then.with_clinician is None or lapsed:
        return rule.then.plan
    lifted = rule.then.with_clinician
    if lifted is Reach.FULL and not clinician.cleared_to_run:
        lifted = Reach.GENTLE
    return max(rule.then.plan, lifted, key=lambda r: r.rank)


def finding(rule: Rule, intake: Intake, *, lapsed: bool = False) -> Finding:
    """Return what a fired rule tells."""
    return Finding(
        rule=rule.id,
        group=rule.group,
        code=rule.code,
        title=rule.title,
        level=rule.then.level,
        plan=reach(rule, intake, lapsed=lapsed),
        bar=rule.then.bar,
        appointment=rule.then.appointment,
        tell=rule.then.tell,
        because=rule.because,
        cite=citations(rule.evidence),
    )


def stopping(intake: Intake, catalogue: Catalogue) -> tuple[Finding, ...]:
    """Return the rules that fire and leave no plan, by name."""
    rules = (r for r in catalogue.rules.values() if r.then.plan is Reach.NONE)
    return tuple(
        finding(rule, intake)
        for rule in sorted(rules, key=lambda r: r.id)
        if rule.review.status != "retired"
        and reach(rule, intake) is Reach.NONE
        and truth(rule.when, intake)
    )


@dataclass(frozen=True)
class Triage:
    """The outcome of the screening."""

    findings: tuple[Finding, ...]
    """Rules that fired, the gravest first."""
    limits: Limits
    """All restrictions together."""
    open_questions: tuple[str, ...] = ()
    """Screening questions without a clear answer, in the order of the bank."""
    open_fields: tuple[str, ...] = ()
    """Intake fields that the screening needs."""
    not_asked: tuple[str, ...] = field(default=())
    """Health questions without a clear answer."""

    @property
    def is_open(self) -> bool:
        """Whether a screening question still waits for an answer."""
        return bool(self.open_questions or self.open_fields)


_FIELDS = {"age": "who.age"} | {m: f"pain.{f}" for m, f in _PAIN.items()}


def _open(rules: Iterable[Rule], intake: Intake) -> tuple[set[str], set[str]]:
    questions, fields = set(), set()
    for rule in rules:
        for part in open_parts(rule.when, intake):
            if part.answer is not None:
                questions.add(part.answer)
            elif part.measure is not None:
                fields.add(_FIELDS[part.measure])
            else:
                fields.add("pain.since")
    return questions, fields


RECENT = timedelta(days=30)
"""Who ran in this time is asked for the pain while running.

It is the time over which the longest run is looked for (frandsen-2025).
"""


def _missing_scores(intake: Intake) -> set[str]:
    """Return the pain scores that decide where to start and are not there.

    A score that is left out is never a low one.
    """
    needed = ["usual", "walking"]
    if intake.history.off_running < RECENT:
        needed.append("running")
    return {f"pain.{name}" for name in needed if getattr(intake.pain, name) is None}


def triage(intake: Intake, catalogue: Catalogue, *, lapsed: bool = False) -> Triage:
    """Screen the answers; every rule only takes away."""
    rules = [r for r in catalogue.rules.values() if r.review.status != "retired"]
    fired = [finding(r, intake, lapsed=lapsed) for r in rules if truth(r.when, intake)]
    fired.sort(key=lambda f: (-f.level.rank, f.plan.rank, f.group, f.rule))
    screening = (r for r in rules if r.group in SCREENING or r.then.plan is not Reach.FULL)
    questions, fields = _open(screening, intake)
    fields |= _missing_scores(intake)
    health, _ = _open((r for r in rules if r.group == "limit"), intake)
    words = catalogue.vocabulary
    return Triage(
        findings=tuple(fired),
        limits=strictest(Limits(f.level, f.plan, frozenset(f.bar)) for f in fired),
        open_questions=tuple(q for q in (*words.screening, *words.health) if q in questions),
        open_fields=tuple(sorted(fields)),
        not_asked=tuple(q for q in words.health if q in health - questions),
    )
