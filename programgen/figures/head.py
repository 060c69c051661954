"""The head and its hair, in the frame of the head joint (metres)."""

from collections.abc import Callable, Mapping
from functools import partial

from programgen.figures.looks import Look
from programgen.figures.materials import HAIR, SKIN
from programgen.figures.solids import Blob, Bulge, both

_HAIRLINE = (
    (0.30, 0.30),
    (0.30, 0.166),
    (0.092, 0.154),
    (0.070, 0.142),
    (0.048, 0.132),
    (0.036, 0.112),
    (0.032, 0.072),
    (0.026, 0.062),
    (0.006, 0.064),
    (-0.020, 0.046),
    (-0.036, 0.010),
    (-0.048, 0.000),
    (-0.30, -0.020),
    (-0.30, 0.30),
)
"""Outline (x, z) of the hair seen from the right side."""

_CURLS = (
    ((0.045, 0.0, 0.190), 0.042),
    ((-0.010, 0.0, 0.205), 0.046),
    ((-0.065, 0.0, 0.180), 0.048),
    ((-0.090, 0.0, 0.125), 0.046),
    ((-0.080, 0.0, 0.070), 0.040),
    ((0.030, 0.045, 0.178), 0.040),
    ((0.030, -0.045, 0.178), 0.040),
    ((-0.030, 0.062, 0.165), 0.044),
    ((-0.030, -0.062, 0.165), 0.044),
    ((-0.060, 0.055, 0.110), 0.042),
    ((-0.060, -0.055, 0.110), 0.042),
)
"""Centres and radii of curly hair."""

_skin = partial(Blob, joint="head", chain="head", material=SKIN)
_hair = partial(Blob, joint="head", chain="head", material=HAIR)


def head(look: Look) -> list[Blob]:
    """Return the parts of the head."""
    bald = look.hair == "bald"
    ear = _skin(
        "ear_l",
        at=(-0.004, 0.080, 0.068),
        radii=(0.018, 0.013, 0.030),
        blend=0.0,
        tilt=-8,
        outlined=True,
    )
    return [*_skull(), *([] if bald else [_cap(), *_HAIR[look.hair]()]), *both(ear)]


def _skull() -> list[Blob]:
    throat = Blob(
        "throat",
        "neck",
        (-0.004, 0, 0.01),
        "head",
        SKIN,
        to=(-0.002, 0, 0.045),
        ends=(0.0495, 0.047),
        to_joint="head",
        flat=((0, 1, 0), 0.96),
    )
    return [
        throat,
        _skin("skull", at=(0.002, 0, 0.102), radii=(0.099, 0.080, 0.096), blend=0.02),
        _skin("face", at=(0.038, 0, 0.052), radii=(0.063, 0.063, 0.076), tilt=-6, blend=0.03),
        _skin("jaw", at=(0.020, 0, 0.016), to=(0.073, 0, -0.006), ends=(0.046, 0.026), blend=0.03),
        _skin(
            "nose", at=(0.098, 0, 0.082), to=(0.114, 0, 0.050), ends=(0.008, 0.0125), blend=0.012
        ),
    ]


def _cap() -> Blob:
    """Return the hair that all but the bald have."""
    return _hair(
        "hair", at=(-0.004, 0, 0.106), radii=(0.107, 0.088, 0.108), blend=0.0, profile=_HAIRLINE
    )


def _fringe() -> Blob:
    return _hair(
        "fringe",
        at=(0.078, -0.040, 0.158),
        to=(0.052, 0.062, 0.132),
        ends=(0.020, 0.016),
        blend=0.006,
        bulges=(Bulge(0.006, 0.5, 0.35),),
    )


def _short() -> list[Blob]:
    return [_fringe()]


def _curly() -> list[Blob]:
    return [
        _hair(f"curl{number}", at=at, radii=(r, r, r), blend=0.012)
        for number, (at, r) in enumerate(_CURLS)
    ]


def _bob() -> list[Blob]:
    back = _hair("bob_back", at=(-0.052, 0, 0.045), radii=(0.058, 0.080, 0.072), blend=0.02)
    side = _hair(
        "bob_l",
        at=(-0.012, 0.074, 0.100),
        to=(-0.020, 0.074, 0.012),
        ends=(0.030, 0.024),
        blend=0.015,
    )
    return [back, *both(side), _fringe()]


def _bun() -> list[Blob]:
    bun = _hair(
        "bun",
        at=(-0.096, 0, 0.160),
        radii=(0.042, 0.042, 0.042),
        blend=0.006,
        beside=((-0.058, 0, 0.204), (0, 0, 0)),
    )
    return [_fringe(), bun]


def _tail() -> list[Blob]:
    root = _hair(
        "tail_root",
        at=(-0.088, 0, 0.140),
        to=(-0.122, 0, 0.145),
        ends=(0.022, 0.022),
        blend=0.006,
        beside=((-0.066, -0.020, 0.180), (-0.072, -0.040, 0.205)),
    )
    tail = _hair(
        "tail",
        at=(-0.122, 0, 0.145),
        to=(-0.190, 0, 0.040),
        ends=(0.024, 0.010),
        blend=0.010,
        bulges=(Bulge(0.012, 0.45, 0.3),),
        hang=0.35,
        beside=((-0.072, -0.040, 0.205), (-0.090, -0.145, 0.175)),
    )
    return [_fringe(), root, tail]


_HAIR: Mapping[str, Callable[[], list[Blob]]] = {
    "short": _short,
    "curly": _curly,
    "bob": _bob,
    "bun": _bun,
    "tail": _tail,
}
"""What each style adds to the hair that all have."""
