"""Saved plans: the JSON that ``plan -o plan.json`` writes, read and checked again."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from programgen import __version__
from programgen.content.reading import read_raw
from programgen.core.catalogue import Catalogue
from programgen.core.checker import violations
from programgen.core.plan import OpenQuestions, Plan, Referral, Result
from programgen.core.rescreening import disagreements, restrictions
from programgen.errors import ContentError, Problem

MOST = 5
"""Faults of one plan that are told; more would hide what to do."""

LARGEST = 20_000_000
"""Bytes; a plan of 52 weeks has about a million."""

_RESULT: TypeAdapter[Result] = TypeAdapter(Result)


Purpose = Literal["show", "compare", "replan"]
"""What a saved plan is read for: to be shown as it is, for its differences, or to be planned
again, which screens and checks it anyhow."""


def read_plan(path: Path, content: Catalogue, purpose: Purpose = "show") -> Plan | Referral:
    """Read a saved plan (.json), screen its answers again and have the checker read it again.

    With the content that it was made from, nothing may differ from what its answers say.
    With other content, a plan that is shown must not break a rule of the content in use.

    Raises:
        ContentError: it is no saved plan, it was changed by hand, or it does not fit the
            content in use; each text says what to do.
    """
    result = _parsed(path)
    problems = [
        Problem(str(path), 0, 0, text, "saved-plan")
        for text in list(_missing(result, content)) or _misfits(result, content, purpose)
    ]
    if problems:
        raise ContentError(problems)
    return result


def other_content(path: Path, result: Plan | Referral, content: Catalogue) -> str | None:
    """Return what to tell about a plan that was made with other content, if it was."""
    made = result.provenance.catalogue
    if made == content.fingerprint:
        return None
    again = (
        f"'programgen update {path}' plans the days to come with the content in use; for the "
        if isinstance(result, Plan)
        else "For the "
    )
    return (
        f"{path} was made with other content ({made}) than is in use ({content.fingerprint}). "
        f"It is used as it was made. {again}content of then, give the same --exercises or --add."
    )


def _parsed(path: Path) -> Plan | Referral:
    shown = str(path)
    raw = read_raw(path, shown, LARGEST)
    if len(raw) > LARGEST:
        text = f"is larger than {LARGEST // 1_000_000} MB; this is no plan of ours"
        raise ContentError([Problem(shown, 0, 0, text, "too-large")])
    try:
        result = _RESULT.validate_json(raw.removeprefix(BOM_UTF8))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        text = "is not a saved plan" + (
            f" of this version ({where}: {first['msg'].lower()})" if where else ""
        )
        text += "; make one with 'programgen plan … -o plan.json'"
        raise ContentError([Problem(shown, 0, 0, text, "saved-plan")]) from None
    if isinstance(result, OpenQuestions):
        names = ", ".join((*result.questions, *result.fields))
        text = (
            f"holds open questions and no plan; answer {names} in the file of answers and run "
            "'programgen plan' again"
        )
        raise ContentError([Problem(shown, 0, 0, text, "saved-plan")])
    return result


def _missing(result: Plan | Referral, content: Catalogue) -> Iterator[str]:
    """Yield what a saved plan needs and the content does not have."""
    if result.provenance.protocol not in content.protocols:
        yield f"needs the ladder '{result.provenance.protocol}', which this content does not have"
        return
    if isinstance(result, Referral):
        return
    items = (i.exercise for w in result.weeks for p in w.placed for i in p.session.items)
    missing = {*items, *result.exercises, *result.self_care} - set(content.exercises)
    # The past of a plan may lie on another ladder.
    stages = {s.id for p in content.protocols.values() for s in p.stages}
    missing |= {p.session.stage for w in result.weeks for p in w.placed if p.session.stage} - stages
    ladder = {s.id for s in content.protocols[result.provenance.protocol].stages}
    first = result.standing.open_from if result.standing else date.min
    ahead = {p.session.stage for w in result.weeks for p in w.placed if p.day >= first} - {None}
    named = ahead | ({result.standing.stage} if result.standing else set())
    missing |= {str(stage) for stage in named - ladder}
    missing |= {f.rule for f in result.findings} - set(content.rules)
    words = content.vocabulary
    missing |= set(result.not_asked) - {*words.screening, *words.health}
    for name in sorted(missing):
        yield f"needs '{name}', which this content does not have; use the same --exercises or --add"


def _misfits(result: Plan | Referral, content: Catalogue, purpose: Purpose) -> Iterator[str]:
    """Yield why a saved plan of which everything is known cannot be used, and what to do."""
    about = result.provenance
    broken = violations(result, content) if isinstance(result, Plan) else []
    if about.catalogue == content.fingerprint:
        found = [*disagreements(result, content), *broken]
        by = "" if about.program == __version__ else f" or made by programgen {about.program}"
        what = f"was changed by hand{by}"
        mend = "take the change back, or make a new plan with 'programgen plan'"
    else:
        found = [] if purpose == "replan" else [*restrictions(result, content)]
        found += broken if purpose == "show" else []
        what = f"was made with other content ({about.catalogue}) than is in use"
        mend = "run 'programgen update' on it, or give the same --exercises or --add"
    yield from (f"{what} ({mend}): {text}" for text in found[:MOST])
    if len(found) > MOST:
        yield f"{what}: and {len(found) - MOST} faults more"
