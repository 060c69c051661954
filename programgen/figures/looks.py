"""Who is drawn: people differ, and the same exercise always shows the same person."""

import hashlib
from dataclasses import dataclass

from programgen.core.figure import LookChoice


@dataclass(frozen=True)
class Look:
    """The appearance of a figure."""

    sex: str = "woman"
    """woman or man: shoulders, hips, chest."""
    hair: str = "short"
    """short, bun, tail, bob, curly or bald."""
    tone: int = 0
    """Skin tone, 0 light to 3 dark."""
    colour: int = 0
    """Hair colour: 0 dark brown, 1 black, 2 brown, 3 fair, 4 red, 5 grey."""
    build: str = "medium"
    """slim, medium or heavy."""
    age: str = "adult"
    """adult or older; older has grey hair."""
    shoes: bool = True
    """Shoes, or bare feet."""
    outfit: str = "shirt"
    """shirt (t-shirt and shorts) or swim."""


_WOMEN = ("bun", "tail", "bob", "short", "curly")
_MEN = ("short", "curly", "short", "bald", "short")
_COLOURS = ((0, 2, 3, 4), (0, 1, 2), (1, 0), (1,))
"""Hair colours that go with each skin tone."""
GREY = 5
_BUILDS = ("medium", "slim", "medium", "heavy")


def look_of(name: str, choice: LookChoice) -> Look:
    """Return the person for an exercise: its own choices, the rest from its identifier."""
    draw = iter(hashlib.sha256(name.encode()).digest())
    sex = choice.sex or ("woman", "man")[next(draw) % 2]
    styles = _WOMEN if sex == "woman" else _MEN
    style = styles[next(draw) % len(styles)]
    tone_drawn = next(draw) % 4
    tone = tone_drawn if choice.tone is None else choice.tone
    age = choice.age or ("older" if next(draw) % 5 == 0 else "adult")
    colours = _COLOURS[tone]
    colour = GREY if age == "older" else colours[next(draw) % len(colours)]
    return Look(
        sex=sex,
        hair=choice.hair or style,
        tone=tone,
        colour=colour,
        build=choice.build or _BUILDS[next(draw) % len(_BUILDS)],
        age=age,
        shoes=True if choice.shoes is None else choice.shoes,
        outfit=choice.outfit or "shirt",
    )
