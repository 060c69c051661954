"""What was checked on a finished file, and what was found."""

from programgen.core.base import Ident, Text, Value


class Check(Value):
    """One thing that was looked at."""

    name: Ident
    """What was looked at, such as fonts."""
    holds: bool
    """It is as it should be."""
    found: Text
    """What was found, in words."""
    items: tuple[Text, ...] = ()
    """Names behind it: fonts, rules, sources, entries."""


class Quality(Value):
    """The quality card of one file."""

    checks: tuple[Check, ...]
    """In a fixed order."""
