"""Saved plans: the JSON that ``plan -o plan.json`` writes, read and checked again."""

from codecs import BOM_UTF8
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from programgen.content.reading import read_raw
from programgen.core.catalogue import Catalogue
from programgen.core.checker import violations
from programgen.core.plan import OpenQuestions, Plan, Referral, Result
from programgen.errors import ContentError, Problem

LARGEST = 20_000_000
"""Bytes; a plan of 52 weeks has about a million."""

_RESULT: TypeAdapter[Result] = TypeAdapter(Result)


def read_plan(path: Path, content: Catalogue) -> Plan | Referral:
    """Read a saved plan (.json) and have the checker read it again.

    Raises:
        ContentError: it is no saved plan, or names things that the content does not have.
    """
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
        text = "holds open questions and no plan"
        raise ContentError([Problem(shown, 0, 0, text, "saved-plan")])
    problems = [Problem(shown, 0, 0, text, "saved-plan") for text in _misfits(result, content)]
    if problems:
        raise ContentError(problems)
    return result


def _misfits(result: Plan | Referral, content: Catalogue) -> Iterable[str]:
    """Yield why a saved plan cannot be used with this content."""
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
    if not missing and result.provenance.catalogue == content.fingerprint:
        yield from (f"was changed by hand: {text}" for text in violations(result, content))
