"""A ladder as the text of its file, and its source as an entry of the bibliography."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from programgen.content.reading import build, parse
from programgen.core.catalogue import Reference
from programgen.core.own_ladder import KEPT
from programgen.core.protocol import Protocol

_WIDTH = 1000
"""Signs in a line; long enough that a stage stands in one."""


@dataclass(frozen=True)
class Origin:
    """Where a table comes from, as somebody said who imported it."""

    title: str
    """Its name."""
    author: str
    """Who made it."""
    licence: str
    """Its licence, such as CC-BY-4.0 or 'all rights reserved, own use'."""
    source: str
    """Its address on the web, its title, or 'own'."""
    file: str
    """Name of the file that was read."""

    @property
    def reference(self) -> Reference:
        """The entry of the bibliography."""
        url = self.source if self.source.startswith(("http://", "https://")) else None
        return Reference(
            type="webpage" if url else "document",
            title=self.title,
            author=(self.author,),
            url=url,
            read="full",
            note=f"Week table, imported from '{self.file}'. Licence: {self.licence}.",
        )


def protocol_text(
    protocol: Protocol, origin: Origin, shipped: str, lines: Mapping[str, int]
) -> str:
    """Return the text of a protocol file, with comments that say where each part is from.

    *shipped* is the ladder that lent its rules; *lines* are those of the table by stage.

    Raises:
        AssertionError: the text does not read as the ladder; a fault of the program.
    """
    text = "\n".join(_parts(protocol, origin, shipped, lines)) + "\n"
    if build(Protocol, parse(text, protocol.id), id=protocol.id) != protocol:
        message = f"the file of '{protocol.id}' does not say what the ladder says"
        raise AssertionError(message)
    return text


def reference_text(key: str, reference: Reference) -> str:
    """Return an entry of the bibliography as text."""
    return _yaml({key: reference.model_dump(mode="json", exclude_none=True)})


def _parts(
    protocol: Protocol, origin: Origin, shipped: str, lines: Mapping[str, int]
) -> Iterator[str]:
    values = protocol.model_dump(mode="json", exclude_none=True, exclude={"id"})
    yield f"# Imported by 'programgen import-protocol' from '{origin.file}'."
    yield f"# Title: {origin.title}"
    yield f"# Author: {origin.author}"
    yield f"# Licence: {origin.licence}"
    yield f"# Source: {origin.source}"
    yield ""
    yield _yaml({key: values[key] for key in ("title", "summary", "for_reach")})
    yield "# The first week of the table; a ceiling below can only lower the start."
    yield _yaml({"open_start": protocol.open_start})
    yield "stages:"
    for stage in values["stages"]:
        line = lines.get(stage["id"])
        yield f"  # {f'Line {line} of the table' if line else f'An easier stage of {shipped!r}'}"
        yield f"  - {_flow(stage)}"
    yield ""
    yield f"# Everything from here to the evidence is that of '{shipped}'. The stages named in"
    yield "# 'entry' are those of this ladder that ask for no more than the ones there."
    yield _yaml({key: values[key] for key in KEPT if key in values})
    yield "entry:"
    for row in values["entry"]:
        yield _listed(row)
    yield ""
    yield f"# The table first, then the sources of '{shipped}'."
    yield "evidence:"
    yield from (f"  - {_flow(source)}" for source in values["evidence"])
    yield _yaml({"review": values["review"]})


def _yaml(value: Any, *, flow: bool = False) -> str:
    text: str = yaml.safe_dump(
        value, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=flow
    )
    return text


def _flow(value: Any) -> str:
    return _yaml(value, flow=True).strip()


def _listed(row: Mapping[str, Any]) -> str:
    """Return a row of the entry table, key below key, each value in one line."""
    keys = [f"{key}: {_flow({key: value})[len(key) + 3 : -1]}" for key, value in row.items()]
    return "\n".join(f"  {'-' if n == 0 else ' '} {line}" for n, line in enumerate(keys))
