"""Licences by their SPDX identifiers, and words that say where something comes from."""

import re
from itertools import product

from programgen.errors import did_you_mean

OWN_USE = "all rights reserved, own use"
"""For a table that may be used here and not be passed on."""

OWN = "own"
"""The source of a table that its author has made."""

_TERMS = ("BY", "BY-NC", "BY-NC-ND", "BY-NC-SA", "BY-ND", "BY-SA")
_PORTS = ("BY-3.0-AT", "BY-3.0-AU", "BY-3.0-DE", "BY-3.0-IGO", "BY-3.0-NL", "BY-3.0-US",
          "BY-SA-3.0-AT", "BY-SA-3.0-DE", "BY-SA-3.0-IGO")  # fmt: skip
SPDX = (
    *(f"CC-{terms}-{at}" for terms, at in product(_TERMS, ("1.0", "2.0", "2.5", "3.0", "4.0"))),
    *(f"CC-{port}" for port in _PORTS),
    "CC0-1.0", "CC-PDDC", "PDDL-1.0", "ODbL-1.0", "ODC-By-1.0",
    "OGL-UK-1.0", "OGL-UK-2.0", "OGL-UK-3.0", "OGL-Canada-2.0", "etalab-2.0", "DL-DE-BY-2.0",
    *(f"GFDL-{at}-{how}" for at, how in product(("1.1", "1.2", "1.3"), ("only", "or-later"))),
    "LAL-1.3", "Unlicense", "0BSD", "MIT", "MIT-0", "ISC", "Apache-2.0", "MPL-2.0",
    "BSD-2-Clause", "BSD-3-Clause", "EUPL-1.2",
    *(f"{name}-{how}" for name, how in product(
        ("GPL-2.0", "GPL-3.0", "LGPL-2.1", "LGPL-3.0", "AGPL-3.0"), ("only", "or-later"))),
)  # fmt: skip
"""Identifiers of the licences that texts and tables come under."""

_KNOWN = {name.lower(): name for name in SPDX}

_NOTHING = frozenset({
    "anonymous", "example", "foo", "foobar", "here", "home", "internet", "lorem", "me", "misc",
    "n/a", "na", "nil", "no", "nobody", "none", "null", "online", "own", "placeholder",
    "somebody", "someone", "somewhere", "source", "tba", "tbd", "test", "todo", "unknown", "url",
    "web", "website", "www", "xyz", "yes", "your-source",
})  # fmt: skip
"""Words that people write so that something stands there."""

_WEB = re.compile(r"https?://([^/?#:@\s]+)(?:[:/?#]\S*)?", re.IGNORECASE)
_NO_HOST = re.compile(r"(?:.*\.)?(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)")


def licence_of(text: str) -> str:
    """Return a licence by its identifier.

    >>> licence_of("cc by 4.0"), licence_of("All rights reserved - own use")
    ('CC-BY-4.0', 'all rights reserved, own use')

    Raises:
        ValueError: it is none; the text says what to write.
    """
    words = " ".join(re.findall(r"[a-z]+", text.lower()))
    if words == OWN_USE.replace(",", ""):
        return OWN_USE
    name = re.sub(r"[\s_]+", "-", text.strip().lower())
    if name in _KNOWN:
        return _KNOWN[name]
    hint = did_you_mean(name.upper(), SPDX)
    message = (
        f"'{text[:60]}' is no licence that is known{hint}; write its SPDX identifier, such as "
        f"CC-BY-4.0 or CC0-1.0, or '{OWN_USE}' if it may not be passed on"
    )
    raise ValueError(message)


def source_of(text: str) -> str:
    """Return where something comes from.

    Raises:
        ValueError: that is no source; the text says what to write.
    """
    found = text.strip()
    if found.lower() == OWN:
        return OWN
    web = _WEB.fullmatch(found)
    if web:
        host = web[1].lower()
        sound = "." in host.strip(".") and not _NO_HOST.fullmatch(host)
    else:
        sound = "://" not in found and says_something(found, 4)
    if not sound:
        message = (
            f"'{found[:60]}' is no source; write its address on the web, a title with its year, "
            f"or '{OWN}' if the author made it"
        )
        raise ValueError(message)
    return found


def says_something(text: str, letters: int) -> bool:
    """Return whether a text has so many letters and is no filler."""
    words = re.findall(r"[^\W_]+", text.lower())
    joined = "".join(words)
    return (
        sum(sign.isalpha() for sign in joined) >= letters
        and len(set(joined)) > 1
        and not all(word in _NOTHING for word in words)
        and text.strip().lower() not in _NOTHING
    )
