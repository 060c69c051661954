"""The closed lists of names, and the question that belongs to each."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from programgen.core.base import Ident, Text, Value


class Level(StrEnum):
    """How soon somebody has to look at the back, the mildest first.

    The four action levels are those of the triage guidance behind the rules.
    """

    SELF_CARE = "self-care"
    REFER = "refer"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """Position from mild (0) to grave (3)."""
        return list(Level).index(self)


class Reach(StrEnum):
    """How much of a plan may be made, the least first."""

    NONE = "none"
    GENTLE = "gentle"
    FULL = "full"

    @property
    def rank(self) -> int:
        """Position from nothing (0) to everything (2)."""
        return list(Reach).index(self)


class Slot(StrEnum):
    """The place that an exercise can take in a session."""

    CORE = "core"
    HIP_STRENGTH = "hip-strength"
    LEG_STRENGTH = "leg-strength"
    CALF_FOOT = "calf-foot"
    HIP_MOBILITY = "hip-mobility"
    SPINE_MOBILITY = "spine-mobility"
    NERVE_GLIDE = "nerve-glide"
    RELAXATION = "relaxation"
    WARM_UP = "warm-up"
    COOL_DOWN = "cool-down"
    HOPS = "hops"
    CROSS_TRAINING = "cross-training"
    WALKING = "walking"
    SELF_CARE = "self-care"


LOOSE = frozenset({Slot.SPINE_MOBILITY, Slot.HIP_MOBILITY, Slot.RELAXATION, Slot.NERVE_GLIDE})
"""Places of a mobility session; all other home exercises belong to strength."""


class Question(Value):
    """One thing that is asked, in the same words everywhere."""

    ask: Text
    """The question in plain words, to be answered with yes or no."""
    help: Text | None = None
    """One more sentence for a reader who is not sure."""
    answer: Text | None = None
    """How a 'yes' reads in a sentence that begins with 'You told us:'."""


class Term(Value):
    """A name from a closed list and what it stands for."""

    name: Text
    """What a reader sees."""
    help: Text | None = None
    """What belongs under this name."""


class Place(Value):
    """Somewhere to train."""

    name: Text
    """What a reader sees."""
    provides: tuple[Ident, ...] = ()
    """Equipment that is there without owning it."""


class Vocabulary(Value):
    """All closed lists of the content folder."""

    screening: Mapping[Ident, Question] = Field(default_factory=dict)
    """Warning signs and other questions of the screening rules."""
    health: Mapping[Ident, Question] = Field(default_factory=dict)
    """Health questions that take single exercises away."""
    movements: Mapping[Ident, Term] = Field(default_factory=dict)
    """What can make the pain better or worse."""
    areas: Mapping[Ident, Term] = Field(default_factory=dict)
    """Where the pain is."""
    beginnings: Mapping[Ident, Term] = Field(default_factory=dict)
    """How the pain can begin."""
    focuses: Mapping[Ident, Term] = Field(default_factory=dict)
    """What an exercise trains within its slot."""
    abilities: Mapping[Ident, Question] = Field(default_factory=dict)
    """Short tests before running."""
    tags: Mapping[Ident, Term] = Field(default_factory=dict)
    """Load and motion of an exercise, and conditions that rule it out."""
    equipment: Mapping[Ident, Term] = Field(default_factory=dict)
    """Things that an exercise can need."""
    places: Mapping[Ident, Place] = Field(default_factory=dict)
    """Where a session can take place."""
