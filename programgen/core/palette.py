"""The colours of the pictures, by role, for colour print and for black and white.

A picture is drawn once, in colour. Every role has a colour of its own, so a finished
picture can be printed in black and white by replacing colours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Palette:
    """One colour for each role, as ``#rrggbb``."""

    line: str
    """Outline of the person."""
    prop_line: str
    """Outline of things."""
    arrow: str
    """Motion arrows."""
    shade: str
    """Shadow side of the body, and the shadow on the floor."""
    ghost: str
    """Start pose behind the end pose."""
    ghost_line: str
    """Its outline."""
    water: str
    """Water and its surface."""
    work: str
    """Muscles that work."""
    stretch: str
    """Muscles that are stretched."""
    skins: tuple[str, ...]
    """Skin tones, light to dark."""
    hairs: tuple[str, ...]
    """Hair colours; the last is grey."""
    fills: Mapping[str, str] = field(default_factory=dict)
    """Clothes and things by name; ``_side`` is the darker face of a box."""

    @property
    def colours(self) -> tuple[str, ...]:
        """Every colour once, in a fixed order of roles."""
        plain = (
            self.line,
            self.prop_line,
            self.arrow,
            self.shade,
            self.ghost,
            self.ghost_line,
            self.water,
            self.work,
            self.stretch,
        )
        return (*plain, *self.skins, *self.hairs, *(self.fills[key] for key in sorted(self.fills)))


COLOUR = Palette(
    line="#1f2d38",
    prop_line="#66737d",
    arrow="#d9480f",
    shade="#0b2030",
    ghost="#f1f3f4",
    ghost_line="#aab3ba",
    water="#4f9fd0",
    work="#ff6b4a",
    stretch="#a98bfb",
    skins=("#f4d5be", "#dba982", "#a8734d", "#76492f"),
    hairs=("#54402f", "#2b2522", "#7a5635", "#c79a55", "#a3512c", "#b9bcc0"),
    fills={
        "shirt": "#5aa8ae",
        "shorts": "#364b61",
        "shoe": "#eef1f3",
        "mat": "#d5e6ec",
        "mat_side": "#a9c6d1",
        "wood": "#ecdcc0",
        "wood_side": "#d9c39d",
        "wall": "#eceff1",
        "wall_side": "#dbe0e3",
        "soft": "#e9e4f1",
        "soft_side": "#d4cce2",
        "metal": "#c3ccd3",
        "metal_dark": "#5d6a74",
        "metal_light": "#e6eaed",
        "ball": "#e9c46a",
        "band": "#8e3b9b",
        "belt": "#f0b429",
        "pillow": "#e3edd8",
        "pillow_side": "#c9d9ba",
        "roller": "#7fa7c9",
        "roller_side": "#b7cfe3",
        "board": "#e98b6d",
        "board_side": "#cf7355",
        "rubber": "#3b4650",
    },
)
MONO = Palette(
    line="#111111",
    prop_line="#666666",
    arrow="#000000",
    shade="#010101",
    ghost="#f7f7f7",
    ghost_line="#aaaaaa",
    water="#777777",
    work="#333333",
    stretch="#555555",
    skins=("#fdfdfd", "#fcfcfc", "#fbfbfb", "#fafafa"),
    hairs=("#4a4a4a", "#404040", "#585858", "#8f8f8f", "#646464", "#c9c9c9"),
    fills={
        "shirt": "#cfcfcf",
        "shorts": "#7d7d7d",
        "shoe": "#f2f2f2",
        "mat": "#ededed",
        "mat_side": "#cecece",
        "wood": "#efefef",
        "wood_side": "#dcdcdc",
        "wall": "#f3f3f3",
        "wall_side": "#e2e2e2",
        "soft": "#f0f0f0",
        "soft_side": "#dddddd",
        "metal": "#cdcdcd",
        "metal_dark": "#707070",
        "metal_light": "#ebebeb",
        "ball": "#d8d8d8",
        "band": "#222222",
        "belt": "#bbbbbb",
        "pillow": "#eeeeee",
        "pillow_side": "#dbdbdb",
        "roller": "#b4b4b4",
        "roller_side": "#d1d1d1",
        "board": "#d5d5d5",
        "board_side": "#b9b9b9",
        "rubber": "#4b4b4b",
    },
)

_MONO = dict(zip(COLOUR.colours, MONO.colours, strict=True))


def mono(svg: str) -> str:
    """Return a finished picture for black-and-white print."""
    return re.sub(r"#[0-9a-f]{6}\b", lambda match: _MONO.get(match[0], match[0]), svg)
