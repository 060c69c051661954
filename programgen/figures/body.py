"""The parts of the body: trunk, arms and legs, shaped by build and sex.

Parts are written for the left side and mirrored for the right.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from programgen.figures.head import head
from programgen.figures.looks import Look
from programgen.figures.materials import SHIRT, SHOE, SHORTS, SKIN
from programgen.figures.skeleton import FOREARM, PALM, SHANK, THIGH, UPPER_ARM
from programgen.figures.solids import Blob, Bulge, Cut, Root, both, mirrored

ROOTS: Mapping[str, Root] = {
    "head": Root("neck", 0.02, 0.12),
    "arm_l": Root("shoulder_l", 0.06, 0.16),
    "arm_r": Root("shoulder_r", 0.06, 0.16),
    "leg_l": Root("hip_l", 0.06, 0.21),
    "leg_r": Root("hip_r", 0.06, 0.21),
}
"""Where each limb blends into the trunk."""


def _trunk(look: Look) -> list[Blob]:
    bare = look.outfit == "swim" and look.sex == "man"
    shirt = partial(Blob, chain="trunk", material=SKIN if bare else SHIRT)
    shorts = partial(Blob, chain="trunk", material=SHORTS)
    glute = shorts(
        "glute_l", "pelvis", (-0.040, 0.066, -0.030), radii=(0.082, 0.082, 0.086), blend=0.05
    )
    breast = shirt(
        "breast_l", "thorax2", (0.048, 0.060, -0.006), radii=(0.054, 0.068, 0.072), blend=0.06
    )
    trapezius = shirt(
        "trap_l",
        "neck",
        (-0.014, 0.010, -0.010),
        to=(-0.004, -0.020, -0.004),
        ends=(0.060, 0.049),
        to_joint="shoulder_l",
        blend=0.05,
    )
    return [
        shorts("pelvis", "pelvis", (-0.004, 0, 0.020), radii=(0.096, 0.143, 0.104)),
        *both(glute),
        shirt("belly", "lumbar1", (0.018, 0, 0.040), radii=(0.088, 0.124, 0.110), blend=0.05),
        shirt("waist", "lumbar2", (0.004, 0, 0.030), radii=(0.091, 0.119, 0.115), blend=0.06),
        shirt("ribs", "thorax1", (0.005, 0, 0.040), radii=(0.101, 0.132, 0.125), blend=0.06),
        shirt("chest", "thorax2", (0.006, 0, 0.002), radii=(0.103, 0.146, 0.110), blend=0.06),
        *both(breast),
        *both(trapezius),
        _neck(),
    ]


def _neck() -> Blob:
    return Blob(
        "neck",
        "neck",
        (-0.006, 0, -0.03),
        "trunk",
        SKIN,
        to=(-0.002, 0, 0.045),
        ends=(0.054, 0.049),
        to_joint="head",
        blend=0.014,
        flat=((0, 1, 0), 0.96),
    )


def _arm(look: Look) -> list[Blob]:
    """Return the left arm."""
    sleeved = look.outfit == "shirt"
    joint = "shoulder_l"
    shoulder = partial(Blob, chain="arm_l", material=SHIRT if sleeved else SKIN)
    skin = partial(Blob, chain="arm_l", material=SKIN)
    deltoid = shoulder("deltoid", joint, (0, 0, -0.004), to=(0, 0.004, -0.08), ends=(0.053, 0.050))
    sleeve = shoulder(
        "sleeve",
        joint,
        (0, 0.003, -0.04),
        to=(0, 0.001, -0.22),
        ends=(0.053, 0.051),
        cuts=(Cut(joint, (0, 0, -0.150), (0, 0, -1)),),
    )
    upper_arm = skin(
        "upper_arm",
        joint,
        (0.002, 0, -0.05),
        to=(0, 0, -UPPER_ARM),
        ends=(0.045, 0.0375),
        blend=0.0,
        bulges=(Bulge(0.004, 0.45, 0.3, (1, 0, 0)),),
    )
    forearm = skin(
        "forearm",
        "elbow_l",
        (0, 0, 0),
        to=(0, 0, -FOREARM),
        ends=(0.0375, 0.0245),
        blend=0.012,
        bulges=(Bulge(0.0075, 0.24, 0.24),),
    )
    return [deltoid, *([sleeve] if sleeved else []), upper_arm, forearm, *_hand()]


_FINGERS = ((0.0275, 0.93), (0.0095, 1.04), (-0.0090, 0.98), (-0.0265, 0.80))
"""Place across the palm (metres, thumb side positive) and relative length of each finger."""


def _hand() -> list[Blob]:
    """Return the left hand: a flat palm, four fingers in two rows, the thumb."""
    skin = partial(Blob, chain="arm_l", material=SKIN)
    palm = partial(skin, joint="wrist_l", blend=0.016, flat=((0, 1, 0), 0.72))
    first = skin(
        "thumb1",
        "wrist_l",
        (0.020, -0.006, -0.018),
        to=(0, 0, 0),
        ends=(0.0165, 0.0130),
        to_joint="thumb_l",
        blend=0.014,
    )
    second = skin(
        "thumb2",
        "thumb_l",
        (0, 0, 0),
        to=(0.008, -0.002, -0.034),
        ends=(0.0128, 0.0100),
        blend=0.005,
        outlined=True,
    )
    return [
        palm("palm1", at=(0.014, 0, -0.028), to=(0.021, 0, -PALM), ends=(0.022, 0.021)),
        palm("palm2", at=(-0.014, 0, -0.026), to=(-0.021, 0, -PALM + 0.006), ends=(0.021, 0.020)),
        *(
            part
            for number, (x, long) in enumerate(_FINGERS, 1)
            for part in _finger(number, x, long)
        ),
        first,
        second,
    ]


def _finger(number: int, x: float, long: float) -> list[Blob]:
    skin = partial(Blob, chain="arm_l", material=SKIN)
    root = skin(
        f"finger{number}",
        "finger_l",
        (x, 0, 0.006),
        to=(x * 0.90, 0, -0.042 * long),
        ends=(0.0118, 0.0108),
        blend=0.006,
    )
    tip = skin(
        f"tip{number}",
        "tip_l",
        (x * 0.90, 0, 0.042 * (1 - long)),
        to=(x * 0.78, 0, -0.040 * long),
        ends=(0.0108, 0.0088),
        blend=0.004,
    )
    return [root, tip]


def _leg(look: Look) -> list[Blob]:
    """Return the left leg."""
    skin = partial(Blob, chain="leg_l", material=SKIN)
    thigh = skin(
        "thigh",
        "hip_l",
        (0.002, -0.002, -0.02),
        to=(0.004, 0, -THIGH),
        ends=(0.079, 0.0490),
        blend=0.0,
        bulges=(Bulge(0.010, 0.45, 0.30, (1, 0.0, 0)),),
    )
    shank = skin(
        "shank",
        "knee_l",
        (0.002, 0, 0.0),
        to=(0.000, 0, -SHANK + 0.01),
        ends=(0.0495, 0.0300),
        blend=0.012,
        bulges=(Bulge(0.024, 0.33, 0.20, (-1, 0, 0)), Bulge(0.004, 0.30, 0.20)),
    )
    return [_trouser(look), thigh, shank, *_foot(SHOE if look.shoes else SKIN)]


def _trouser(look: Look) -> Blob:
    """Return the left leg of the shorts or the swimming trunks."""
    cloth = partial(Blob, joint="hip_l", chain="leg_l", material=SHORTS)
    if look.outfit == "shirt":
        return cloth(
            "short_leg",
            at=(0.000, -0.002, -0.01),
            to=(0.006, 0.002, -0.30),
            ends=(0.084, 0.076),
            cuts=(Cut("hip_l", (0, 0, -0.225), (0.10, 0.08, -1)),),
        )
    return cloth(
        "trunks",
        at=(0.000, -0.002, -0.01),
        to=(0.008, 0.001, -0.30),
        ends=(0.087, 0.078),
        cuts=(Cut("hip_l", (0, 0, -0.125), (0.10, 0.05, -1)),),
    )


def _foot(material: str) -> list[Blob]:
    sole = (Cut("ankle_l", (0, 0, -0.085), (0, 0, -1)),)
    sole_toe = (Cut("toe_l", (0, 0, -0.023), (0, 0, -1)),)
    back = partial(Blob, joint="ankle_l", chain="leg_l", material=material, cuts=sole)
    front = partial(
        Blob, joint="toe_l", chain="leg_l", material=material, blend=0.015, cuts=sole_toe
    )
    return [
        back(
            "heel",
            at=(-0.024, 0, -0.048),
            to=(-0.004, 0, -0.014),
            ends=(0.039, 0.036),
            blend=0.0,
        ),
        back(
            "instep",
            at=(-0.004, 0, -0.022),
            to=(0.105, -0.002, -0.054),
            ends=(0.036, 0.029),
            blend=0.02,
        ),
        back(
            "arch",
            at=(-0.024, 0, -0.055),
            to=(0.110, 0.006, -0.060),
            ends=(0.036, 0.034),
            blend=0.02,
        ),
        front(
            "ball_in",
            at=(-0.018, -0.020, 0.003),
            to=(0.046, -0.013, 0.000),
            ends=(0.027, 0.0245),
        ),
        front(
            "ball_out",
            at=(-0.022, 0.023, 0.002),
            to=(0.030, 0.016, -0.002),
            ends=(0.026, 0.0225),
        ),
    ]


_BUILD: Mapping[str, Mapping[str, float]] = {
    "slim": {"trunk": 0.95, "arm": 0.94, "leg": 0.95},
    "medium": {},
    "heavy": {"trunk": 1.13, "arm": 1.10, "leg": 1.10},
}
"""Factor on the radii of each chain."""

_SHAPE: Mapping[str, Mapping[str, float]] = {
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

_SAME = re.compile("palm|finger|tip|thumb|heel|instep|arch|ball|trap|neck|forearm|shank")
"""Parts that are alike in every build."""


def _scaled(blob: Blob, factor: float) -> Blob:
    """Return a part with other radii."""
    if factor == 1:
        return blob
    if blob.radii is not None:
        x, y, z = blob.radii
        return replace(blob, radii=(x * factor, y * factor, z * factor))
    return replace(blob, ends=(blob.ends[0] * factor, blob.ends[1] * factor))


def _shaped(blob: Blob, look: Look) -> Blob:
    """Return a part with the radii of the person's build and sex."""
    part = re.sub(r"_[lr]$", "", blob.name)
    factor = _SHAPE[look.sex].get(part, 1.0)
    if not _SAME.match(part):
        factor *= _BUILD[look.build].get(blob.chain.split("_")[0], 1.0)
    if look.build == "heavy" and part in ("belly", "waist"):
        centre = (blob.at[0] + 0.018, blob.at[1], blob.at[2])
        return replace(_scaled(blob, factor * 1.07), at=centre)
    return _scaled(blob, factor)


def build_blobs(look: Look) -> Sequence[Blob]:
    """Return all parts of a person, chain by chain, the trunk first."""
    arm, leg = _arm(look), _leg(look)
    left = [*arm, *leg]
    parts = [*_trunk(look), *head(look), *left, *map(mirrored, left)]
    return [_shaped(part, look) for part in parts]
