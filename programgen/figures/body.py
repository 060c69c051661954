"""Surface of the mannequin: rounded solids ("blobs") fixed to the skeleton and blended.

Each blob is a tapered capsule or an ellipsoid given in joint frames (metres). Blobs of one
chain (trunk, an arm, a leg) are joined with a smooth union, so joints stay organic in any
pose; a limb blends with the trunk only near its root, so a hand that rests on a thigh does
not melt into it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import numpy as np

from programgen.figures.looks import Look
from programgen.figures.skeleton import FOREARM, JOINT_INDEX, PALM, SHANK, THIGH, UPPER_ARM, Frames

SKIN, SHIRT, SHORTS, HAIR, SHOE = "skin", "shirt", "shorts", "hair", "shoe"
MATERIALS = (SKIN, SHIRT, SHORTS, HAIR, SHOE)

Vec = tuple[float, float, float]


@dataclass(frozen=True)
class Cut:
    """Half-space removed from a blob: points with (p - at) . normal > 0 (joint frame)."""

    joint: str
    at: Vec
    normal: Vec


@dataclass(frozen=True)
class Bulge:
    """A swelling of a capsule: height (metres), place and width along it (0..1).

    With a direction (joint frame) it swells on that side only, otherwise all round.
    """

    height: float
    at: float
    width: float
    toward: Vec | None = None


@dataclass(frozen=True)
class Blob:
    """A tapered capsule (``b`` given) or an ellipsoid (``radii`` given).

    ``blend`` is the smoothing length (metres) with what its chain already holds.
    ``flat`` = (axis in joint frame, factor) squeezes a capsule's cross-section.
    ``profile`` keeps only the part inside a polygon of the joint's (x, z) plane.
    """

    name: str
    chain: str
    material: str
    joint: str
    a: Vec
    b: Vec | None = None
    ra: float = 0.0
    rb: float = 0.0
    joint_b: str | None = None
    radii: Vec | None = None
    tilt: float = 0.0
    blend: float = 0.01
    flat: tuple[Vec, float] | None = None
    bulges: tuple[Bulge, ...] = ()
    cuts: tuple[Cut, ...] = ()
    profile: tuple[tuple[float, float], ...] | None = None
    hang: float = 0.0  # share of a capsule's direction that gravity takes over
    outlined: bool = False  # always drawn with a line around it


def _ell(name, chain, material, joint, centre, radii, **kw) -> Blob:
    return Blob(name, chain, material, joint, centre, radii=radii, **kw)


def _cone(name, chain, material, joint, a, b, ra, rb, **kw) -> Blob:
    return Blob(name, chain, material, joint, a, b=b, ra=ra, rb=rb, **kw)


def _trunk(look: Look) -> list[Blob]:
    t = "trunk"
    shirt, shorts = SHIRT, SHORTS
    both = (("l", 1), ("r", -1))
    return [
        _ell("pelvis", t, shorts, "pelvis", (-0.004, 0, 0.020), (0.096, 0.143, 0.104)),
        *[
            _ell(
                f"glute_{s}",
                t,
                shorts,
                "pelvis",
                (-0.040, m * 0.066, -0.030),
                (0.082, 0.082, 0.086),
                blend=0.05,
            )
            for s, m in both
        ],
        _ell("belly", t, shirt, "lumbar1", (0.018, 0, 0.040), (0.088, 0.124, 0.110), blend=0.05),
        _ell("waist", t, shirt, "lumbar2", (0.004, 0, 0.030), (0.091, 0.119, 0.115), blend=0.06),
        _ell("ribs", t, shirt, "thorax1", (0.005, 0, 0.040), (0.101, 0.132, 0.125), blend=0.06),
        _ell("chest", t, shirt, "thorax2", (0.006, 0, 0.002), (0.103, 0.146, 0.110), blend=0.06),
        *[
            _ell(
                f"breast_{s}",
                t,
                shirt,
                "thorax2",
                (0.048, m * 0.060, -0.006),
                (0.054, 0.068, 0.072),
                blend=0.06,
            )
            for s, m in both
        ],
        *[
            _cone(
                f"trap_{s}",
                t,
                shirt,
                "neck",
                (-0.014, m * 0.010, -0.010),
                (-0.004, m * -0.020, -0.004),
                0.060,
                0.049,
                joint_b=f"shoulder_{s}",
                blend=0.05,
            )
            for s, m in both
        ],
        _cone(
            "neck",
            t,
            SKIN,
            "neck",
            (-0.006, 0, -0.03),
            (-0.002, 0, 0.045),
            0.054,
            0.049,
            joint_b="head",
            blend=0.014,
            flat=((0, 1, 0), 0.96),
        ),
    ]


# Outline of the hair seen from the right side, (x, z) in the head joint's frame (metres).
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
"""Centres and radii (metres, head frame) of curly hair."""


def _head(look: Look) -> list[Blob]:
    h = "head"
    out = [
        _cone(
            "throat",
            h,
            SKIN,
            "neck",
            (-0.004, 0, 0.01),
            (-0.002, 0, 0.045),
            0.0495,
            0.047,
            joint_b="head",
            flat=((0, 1, 0), 0.96),
        ),
        _ell("skull", h, SKIN, "head", (0.002, 0, 0.102), (0.099, 0.080, 0.096), blend=0.02),
        _ell(
            "face", h, SKIN, "head", (0.038, 0, 0.052), (0.063, 0.063, 0.076), tilt=-6, blend=0.03
        ),
        _cone(
            "jaw", h, SKIN, "head", (0.020, 0, 0.016), (0.073, 0, -0.006), 0.046, 0.026, blend=0.03
        ),
        _cone(
            "nose",
            h,
            SKIN,
            "head",
            (0.098, 0, 0.082),
            (0.114, 0, 0.050),
            0.008,
            0.0125,
            blend=0.012,
        ),
        Blob(
            "hair",
            h,
            HAIR,
            "head",
            (-0.004, 0, 0.106),
            radii=(0.107, 0.088, 0.108),
            blend=0.0,
            profile=_HAIRLINE,
        ),
    ]
    if look.hair == "bald":
        out = [b for b in out if b.name != "hair"]
    elif look.hair == "curly":
        out += [
            _ell(f"curl{n}", h, HAIR, "head", at, (r, r, r), blend=0.012)
            for n, (at, r) in enumerate(_CURLS)
        ]
    elif look.hair == "bob":
        out += [
            _ell(
                "bob_back", h, HAIR, "head", (-0.052, 0, 0.045), (0.058, 0.080, 0.072), blend=0.02
            ),
            *[
                _cone(
                    f"bob_{s}",
                    h,
                    HAIR,
                    "head",
                    (-0.012, m * 0.074, 0.100),
                    (-0.020, m * 0.074, 0.012),
                    0.030,
                    0.024,
                    blend=0.015,
                )
                for s, m in (("l", 1), ("r", -1))
            ],
        ]
    if look.hair in ("short", "bun", "tail", "bob"):
        out.append(
            _cone(
                "fringe",
                h,
                HAIR,
                "head",
                (0.078, -0.040, 0.158),
                (0.052, 0.062, 0.132),
                0.020,
                0.016,
                blend=0.006,
                bulges=(Bulge(0.006, 0.5, 0.35),),
            )
        )
    if look.hair == "bun":
        out.append(
            _ell("bun", h, HAIR, "head", (-0.096, 0, 0.160), (0.042, 0.042, 0.042), blend=0.006)
        )
    if look.hair == "tail":
        out.append(
            _cone(
                "tail_root",
                h,
                HAIR,
                "head",
                (-0.088, 0, 0.140),
                (-0.122, 0, 0.145),
                0.022,
                0.022,
                blend=0.006,
            )
        )
        out.append(
            _cone(
                "tail",
                h,
                HAIR,
                "head",
                (-0.122, 0, 0.145),
                (-0.190, 0, 0.040),
                0.024,
                0.010,
                blend=0.010,
                bulges=(Bulge(0.012, 0.45, 0.3),),
                hang=0.35,
            )
        )
    for s, m in (("l", 1), ("r", -1)):
        out.append(
            _ell(
                f"ear_{s}",
                h,
                SKIN,
                "head",
                (-0.004, m * 0.080, 0.068),
                (0.018, 0.013, 0.030),
                blend=0.0,
                tilt=-8,
                outlined=True,
            )
        )
    return out


_FINGERS = ((0.0275, 0.93), (0.0095, 1.04), (-0.0090, 0.98), (-0.0265, 0.80))
"""Place across the palm (metres, thumb side positive) and relative length of each finger."""


def _arm(s: str, look: Look) -> list[Blob]:
    m = 1.0 if s == "l" else -1.0
    c = f"arm_{s}"
    sh, el, wr, fi, ti = (f"{j}_{s}" for j in ("shoulder", "elbow", "wrist", "finger", "tip"))
    sleeved = look.outfit == "shirt"
    out = [
        _cone(
            "deltoid",
            c,
            SHIRT if sleeved else SKIN,
            sh,
            (0, 0, -0.004),
            (0, m * 0.004, -0.08),
            0.053,
            0.050,
        )
    ]
    if sleeved:
        out.append(
            _cone(
                "sleeve",
                c,
                SHIRT,
                sh,
                (0, m * 0.003, -0.04),
                (0, m * 0.001, -0.22),
                0.053,
                0.051,
                cuts=(Cut(sh, (0, 0, -0.150), (0, 0, -1)),),
            )
        )
    # a hand: flat palm, four fingers in three rows, thumb
    palm = {"blend": 0.016, "flat": ((0, 1, 0), 0.72)}
    out += [
        _cone(
            "upper_arm",
            c,
            SKIN,
            sh,
            (0.002, 0, -0.05),
            (0, 0, -UPPER_ARM),
            0.045,
            0.0375,
            blend=0.0,
            bulges=(Bulge(0.004, 0.45, 0.3, (1, 0, 0)),),
        ),
        _cone(
            "forearm",
            c,
            SKIN,
            el,
            (0, 0, 0),
            (0, 0, -FOREARM),
            0.0375,
            0.0245,
            blend=0.012,
            bulges=(Bulge(0.0075, 0.24, 0.24),),
        ),
        _cone("palm1", c, SKIN, wr, (0.014, 0, -0.028), (0.021, 0, -PALM), 0.022, 0.021, **palm),
        _cone(
            "palm2",
            c,
            SKIN,
            wr,
            (-0.014, 0, -0.026),
            (-0.021, 0, -PALM + 0.006),
            0.021,
            0.020,
            **palm,
        ),
        *[
            part
            for number, (x, long) in enumerate(_FINGERS, 1)
            for part in (
                _cone(
                    f"finger{number}",
                    c,
                    SKIN,
                    fi,
                    (x, 0, 0.006),
                    (x * 0.90, 0, -0.042 * long),
                    0.0118,
                    0.0108,
                    blend=0.006,
                ),
                _cone(
                    f"tip{number}",
                    c,
                    SKIN,
                    ti,
                    (x * 0.90, 0, 0.042 * (1 - long)),
                    (x * 0.78, 0, -0.040 * long),
                    0.0108,
                    0.0088,
                    blend=0.004,
                ),
            )
        ],
        _cone(
            "thumb1",
            c,
            SKIN,
            wr,
            (0.020, -m * 0.006, -0.018),
            (0, 0, 0),
            0.0165,
            0.0130,
            blend=0.014,
            joint_b=f"thumb_{s}",
        ),
        _cone(
            "thumb2",
            c,
            SKIN,
            f"thumb_{s}",
            (0, 0, 0),
            (0.008, -m * 0.002, -0.034),
            0.0128,
            0.0100,
            blend=0.005,
            outlined=True,
        ),
    ]
    return out


def _leg(s: str, look: Look) -> list[Blob]:
    m = 1.0 if s == "l" else -1.0
    c = f"leg_{s}"
    hip, knee, ankle, toe = (f"{j}_{s}" for j in ("hip", "knee", "ankle", "toe"))
    foot = SHOE if look.shoes else SKIN
    sole = (Cut(ankle, (0, 0, -0.085), (0, 0, -1)),)
    sole_toe = (Cut(toe, (0, 0, -0.023), (0, 0, -1)),)
    out = []
    if look.outfit == "shirt":
        out.append(
            _cone(
                "short_leg",
                c,
                SHORTS,
                hip,
                (0.000, -m * 0.002, -0.01),
                (0.006, m * 0.002, -0.30),
                0.084,
                0.076,
                cuts=(Cut(hip, (0, 0, -0.225), (0.10, m * 0.08, -1)),),
            )
        )
    else:
        out.append(
            _cone(
                "trunks",
                c,
                SHORTS,
                hip,
                (0.000, -m * 0.002, -0.01),
                (0.008, m * 0.001, -0.30),
                0.087,
                0.078,
                cuts=(Cut(hip, (0, 0, -0.125), (0.10, m * 0.05, -1)),),
            )
        )
    out += [
        _cone(
            "thigh",
            c,
            SKIN,
            hip,
            (0.002, -m * 0.002, -0.02),
            (0.004, 0, -THIGH),
            0.079,
            0.0490,
            blend=0.0,
            bulges=(Bulge(0.010, 0.45, 0.30, (1, 0.0, 0)),),
        ),
        _cone(
            "shank",
            c,
            SKIN,
            knee,
            (0.002, 0, 0.0),
            (0.000, 0, -SHANK + 0.01),
            0.0495,
            0.0300,
            blend=0.012,
            bulges=(Bulge(0.024, 0.33, 0.20, (-1, 0, 0)), Bulge(0.004, 0.30, 0.20)),
        ),
        _cone(
            "heel",
            c,
            foot,
            ankle,
            (-0.024, 0, -0.048),
            (-0.004, 0, -0.014),
            0.039,
            0.036,
            blend=0.0,
            cuts=sole,
        ),
        _cone(
            "instep",
            c,
            foot,
            ankle,
            (-0.004, 0, -0.022),
            (0.105, m * -0.002, -0.054),
            0.036,
            0.029,
            blend=0.02,
            cuts=sole,
        ),
        _cone(
            "arch",
            c,
            foot,
            ankle,
            (-0.024, 0, -0.055),
            (0.110, m * 0.006, -0.060),
            0.036,
            0.034,
            blend=0.02,
            cuts=sole,
        ),
        _cone(
            "ball_in",
            c,
            foot,
            toe,
            (-0.018, -m * 0.020, 0.003),
            (0.046, -m * 0.013, 0.000),
            0.027,
            0.0245,
            blend=0.015,
            cuts=sole_toe,
        ),
        _cone(
            "ball_out",
            c,
            foot,
            toe,
            (-0.022, m * 0.023, 0.002),
            (0.030, m * 0.016, -0.002),
            0.026,
            0.0225,
            blend=0.015,
            cuts=sole_toe,
        ),
    ]
    return out


_BUILD = {
    "slim": {"trunk": 0.95, "arm": 0.94, "leg": 0.95},
    "medium": {},
    "heavy": {"trunk": 1.13, "arm": 1.10, "leg": 1.10},
}
"""Factor on the radii of each chain."""

_SHAPE = {
    "woman": {
        "chest": 0.95,
        "ribs": 0.96,
        "waist": 0.94,
        "pelvis": 1.03,
        "breast": 1.16,
        "deltoid": 0.93,
        "sleeve": 0.95,
        "upper_arm": 0.93,
        "trap": 0.92,
        "neck": 0.92,
        "throat": 0.92,
        "jaw": 0.94,
        "glute": 1.03,
    },
    "man": {
        "chest": 1.03,
        "waist": 1.02,
        "pelvis": 0.97,
        "breast": 0.84,
        "deltoid": 1.06,
        "upper_arm": 1.05,
        "trap": 1.06,
        "neck": 1.05,
        "throat": 1.05,
        "jaw": 1.06,
        "glute": 0.96,
    },
}
"""Factor on the radii of single parts."""


def _scaled(blob: Blob, factor: float) -> Blob:
    if factor == 1:
        return blob
    radii = tuple(r * factor for r in blob.radii) if blob.radii is not None else None
    return replace(blob, radii=radii, ra=blob.ra * factor, rb=blob.rb * factor)


def _shaped(blob: Blob, look: Look) -> Blob:
    """A part with the radii of the person's build and sex; hands, feet and head keep theirs."""
    part = re.sub(r"_[lr]$", "", blob.name)
    factor = _SHAPE[look.sex].get(part, 1.0)
    if not _SAME.match(part):
        factor *= _BUILD[look.build].get(blob.chain.split("_")[0], 1.0)
    if look.build == "heavy" and part in ("belly", "waist"):
        centre = (blob.a[0] + 0.018, blob.a[1], blob.a[2])
        return replace(_scaled(blob, factor * 1.07), a=centre)
    return _scaled(blob, factor)


_SAME = re.compile("palm|finger|tip|thumb|heel|instep|arch|ball|trap|neck|forearm|shank")


def build_blobs(look: Look = Look()) -> list[Blob]:
    """All blobs of the figure, in chain order (trunk first)."""
    out = _trunk(look) + _head(look)
    for s in ("l", "r"):
        out += _arm(s, look) + _leg(s, look)
    return [_shaped(blob, look) for blob in out]


# Where limb chains blend into the trunk: chain -> (joint, blend length, reach), metres.
ROOTS: dict[str, tuple[str, float, float]] = {
    "head": ("neck", 0.02, 0.12),
    "arm_l": ("shoulder_l", 0.06, 0.16),
    "arm_r": ("shoulder_r", 0.06, 0.16),
    "leg_l": ("hip_l", 0.06, 0.21),
    "leg_r": ("hip_r", 0.06, 0.21),
}


def _polygon_distance(p: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Signed distance of points (2, n) to a simple polygon (k, 2); negative inside."""
    best = np.full(p.shape[1], 1e9, p.dtype)
    inside = np.zeros(p.shape[1], bool)
    for a, b in zip(polygon, np.roll(polygon, -1, 0)):
        edge = b - a
        q = p - a[:, None]
        t = np.clip((edge @ q) / (edge @ edge), 0, 1)
        best = np.minimum(best, ((q - edge[:, None] * t) ** 2).sum(0))
        crosses = (a[1] > p[1]) != (b[1] > p[1])
        if edge[1]:
            inside ^= crosses & (q[0] < edge[0] * q[1] / edge[1])
    return np.where(inside, -1, 1) * np.sqrt(best)


@dataclass
class PosedBlob:
    """A blob in view coordinates (u right, v up, w towards the viewer), metres."""

    blob: Blob
    index: int
    a: np.ndarray
    b: np.ndarray
    axes: np.ndarray  # rows: local axes in view coordinates (ellipsoid) or squeeze axis
    cuts: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    bulges: list[tuple[Bulge, np.ndarray | None]] = field(default_factory=list)
    profile: tuple[np.ndarray, np.ndarray] | None = None  # joint origin; x and z axes as rows

    def extent(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper corner of an enclosing box."""
        if self.blob.radii is not None:
            r = np.sqrt(((self.axes.T * np.array(self.blob.radii)) ** 2).sum(1))
            return self.a - r, self.a + r
        swell = sum(b.height for b, _ in self.bulges)
        ra, rb = self.blob.ra + swell, self.blob.rb + swell
        return np.minimum(self.a - ra, self.b - rb), np.maximum(self.a + ra, self.b + rb)

    def distance(self, p: np.ndarray) -> np.ndarray:
        """Signed distance (metres, negative inside) of points given as an array (3, n)."""
        blob = self.blob
        q = p - self.a[:, None]
        if blob.radii is not None:
            q = self.axes @ q
            inverse = self.inverse_radii
            q *= inverse
            k0 = np.sqrt(np.einsum("in,in->n", q, q))
            q *= inverse
            k1 = np.sqrt(np.einsum("in,in->n", q, q))
            d = k0 * (k0 - 1.0) / np.maximum(k1, 1e-6)
        else:
            if blob.flat is not None:
                q += self.axes[:, None] * ((1.0 / blob.flat[1] - 1.0) * (self.axes @ q))
            y = self.along @ q
            x2 = np.einsum("in,in->n", q, q) - y * y
            x = np.sqrt(np.maximum(x2, 0.0))
            # centre (along the axis) of the swept sphere that is nearest to the point
            t = np.clip(y - x * self.tan, 0.0, self.length)
            y -= t
            d = np.sqrt(x * x + y * y) - (blob.ra - self.sin * t)
            for bulge, toward in self.bulges:
                swell = np.exp(-(((t / self.length - bulge.at) / bulge.width) ** 2)) * bulge.height
                if toward is not None:
                    side = (toward @ q) / np.maximum(x, 1e-4)
                    swell *= np.clip(0.5 + 0.5 * side, 0, 1) ** 1.5
                d -= swell
            if blob.flat is not None:
                d *= min(blob.flat[1], 1.0)
        for at, normal in self.cuts:
            d = np.maximum(d, normal @ p - normal @ at)
        if self.profile is not None:
            origin, rows = self.profile
            d = np.maximum(
                d, _polygon_distance(rows @ (p - origin[:, None]), np.array(blob.profile, p.dtype))
            )
        return d

    def prepare(self) -> PosedBlob:
        """Compute what :meth:`distance` needs once per pose."""
        f = np.float32
        blob = self.blob
        if blob.radii is not None:
            self.inverse_radii = (1.0 / np.array(blob.radii, f))[:, None]
        else:
            ba = self.b - self.a
            if blob.flat is not None:
                ba = ba + self.axes * (ba @ self.axes) * (1.0 / blob.flat[1] - 1.0)
            self.length = f(np.linalg.norm(ba))
            self.along = (ba / self.length).astype(f)
            self.sin = f(np.clip((blob.ra - blob.rb) / self.length, -0.999, 0.999))
            self.tan = f(self.sin / np.sqrt(1 - self.sin**2))
        self.a, self.b, self.axes = self.a.astype(f), self.b.astype(f), self.axes.astype(f)
        self.cuts = [(at.astype(f), n.astype(f)) for at, n in self.cuts]
        return self


def pose_blobs(blobs: list[Blob], frames: Frames, view: np.ndarray) -> list[PosedBlob]:
    """Blobs of a posed figure in view coordinates; ``view`` rows are the view axes."""

    def at(joint: str, local: Vec) -> np.ndarray:
        return view @ frames.point(joint, local)

    out = []
    for index, blob in enumerate(blobs):
        basis = view @ frames.rotation[JOINT_INDEX[blob.joint]]
        a = at(blob.joint, blob.a)
        if blob.radii is not None:
            if blob.tilt:
                c, s = np.cos(np.radians(blob.tilt)), np.sin(np.radians(blob.tilt))
                basis = basis @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
            b, axes = a, basis.T
        else:
            assert blob.b is not None
            b = at(blob.joint_b or blob.joint, blob.b)
            if blob.hang:
                length = np.linalg.norm(b - a)
                along = (1 - blob.hang) * (b - a) / length + blob.hang * (
                    view @ np.array([0.0, 0.0, -1.0])
                )
                b = a + along / max(np.linalg.norm(along), 1e-6) * length
            axes = basis @ np.array(blob.flat[0]) if blob.flat else np.zeros(3)
        cuts = []
        for cut in blob.cuts:
            n = view @ frames.direction(cut.joint, cut.normal)
            cuts.append((at(cut.joint, cut.at), n / np.linalg.norm(n)))
        bulges = [
            (
                g,
                None
                if g.toward is None
                else (view @ frames.direction(blob.joint, g.toward)).astype(np.float32),
            )
            for g in blob.bulges
        ]
        profile = None
        if blob.profile is not None:
            profile = (
                at(blob.joint, (0, 0, 0)).astype(np.float32),
                basis.T[[0, 2]].astype(np.float32),
            )
        out.append(PosedBlob(blob, index, a, b, axes, cuts, bulges, profile).prepare())
    return out
