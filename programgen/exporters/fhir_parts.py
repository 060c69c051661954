"""Identifiers and small parts of FHIR resources, and how a bundle becomes a file."""

import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any
from uuid import UUID, uuid5

from programgen.core.words import clean
from programgen.errors import ProgramgenError
from programgen.exporters.fhir_codes import UCUM

Json = dict[str, Any]

_OURS = UUID("6f0b1a52-1d2c-5c0e-9a43-0c5f2f6f8d54")
"""Name space of our identifiers; any fixed one would do."""

_NO_WORDS = "-"
"""Stands for a text of which nothing can be seen; FHIR knows no empty text."""

_ODD_SPACE = re.compile(r"[^\S \r\n\t]")


def local_id(*parts: str) -> str:
    """Return the same identifier for the same parts, whenever and wherever it is made."""
    return str(uuid5(_OURS, "/".join(parts)))


def urn(name: str) -> str:
    """Return a local identifier as an address."""
    return f"urn:uuid:{name}"


def link(name: str) -> Json:
    """Return a reference to the resource of this identifier in the same bundle."""
    return {"reference": urn(name)}


def identifier(name: str) -> Json:
    """Return an identifier that stays when a server gives the resource another id."""
    return {"system": "urn:ietf:rfc:3986", "value": urn(name)}


def coding(code: tuple[str, str, str]) -> Json:
    """Return one of our codes."""
    return dict(zip(("system", "code", "display"), code, strict=True))


def narrative(title: str, lines: Iterable[str]) -> Json:
    """Return what a person reads of a resource whose parts a system does not know."""
    listed = "".join(f"<li>{_shown(line)}</li>" for line in lines)
    text = f"<p>{_shown(title)}</p>" + (f"<ul>{listed}</ul>" if listed else "")
    return {
        "status": "generated",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>',
    }


def _shown(text: str) -> str:
    return escape(clean(text))


def quantity(value: float, unit: str) -> Json:
    """Return an amount in minutes (min), days (d), metres (m) or points ({score})."""
    whole = int(value) if value == int(value) else round(value, 2)
    return {"value": whole, "unit": unit, "system": UCUM, "code": unit}


def ladder_url(protocol: str) -> str:
    """Return the canonical address of a ladder, which a plan refers to."""
    return urn(local_id("protocol", protocol))


def _spaced(value: Any) -> Any:
    """Return a value without unseen signs and with plain spaces.

    FHIR text knows no others, such as the narrow one.
    """
    if isinstance(value, dict):
        return {key: _spaced(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_spaced(one) for one in value]
    if not isinstance(value, str):
        return value
    text = _ODD_SPACE.sub(" ", clean(value))
    return text if text.strip() else _NO_WORDS


def written(name: str, resources: list[Json]) -> bytes:
    """Return resources as the bytes of a bundle that has been checked.

    Raises:
        ProgramgenError: the bundle breaks a rule of FHIR; every fault is listed.
    """
    from programgen.exporters.fhir_check import faults

    bundle = {
        "resourceType": "Bundle",
        "id": name,
        "identifier": identifier(name),
        "type": "collection",
        "entry": [{"fullUrl": urn(one["id"]), "resource": _spaced(one)} for one in resources],
    }
    found = faults(bundle)
    if found:
        listed = "\n  ".join(found)
        message = f"the FHIR record would break rules of its format, so it is not made:\n  {listed}"
        raise ProgramgenError(message)
    return (json.dumps(bundle, indent=1, ensure_ascii=False) + "\n").encode()
