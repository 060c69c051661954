"""What an exercise is: words, dose, tags, and why we believe in it."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from programgen.core.base import Count, Ident, Text, Value
from programgen.core.quantities import Day, Distance, Span
from programgen.core.vocabulary import Slot

SECONDS_PER_REPETITION = 4
"""Time for one slow repetition without a hold; a PROPOSAL for planning minutes."""

SECONDS_PER_BREATH = 5
"""Time for one calm breath; a PROPOSAL for planning minutes."""


class Citation(Value):
    """What a source supports, and how strongly."""

    cite: Ident
    """Key of the source in references.yaml."""
    supports: tuple[Text, ...] = Field(min_length=1)
    """What is taken from it: exercise, dose, threshold, wording …"""
    grade: Literal["guideline", "trial", "observational", "practice", "proposal"]
    """Kind of support: clinical guideline, trial, observational study, clinical
    practice (leaflets, textbooks, clinics), or a choice made by this project."""


class Review(Value):
    """Who has checked the entry."""

    status: Literal["draft", "reviewed", "retired"]
    """draft: nobody has signed; reviewed: signed; retired: kept for old plans."""
    by: Text | None = None
    """The clinician who signed."""
    date: Day | None = None
    """The day of the signature."""
    replaced_by: Ident | None = None
    """The entry that stands in for a retired one."""

    @model_validator(mode="after")
    def _signed(self) -> Self:
        if self.status == "reviewed" and not (self.by and self.date):
            message = "a reviewed entry names who signed it ('by') and when ('date')"
            raise ValueError(message)
        return self


class Words(Value):
    """Everything that a translator touches."""

    name: Text
    """Name on the card."""
    also_called: tuple[Text, ...] = ()
    """Other names that people search for."""
    purpose: Text
    """What it is for, in one sentence."""
    picture: Text | None = None
    """What the picture shows, for a reader who cannot see it."""
    setup: Text
    """How to get into the start position."""
    steps: tuple[Text, ...] = Field(min_length=1, max_length=7)
    """What to do, one action a step."""
    cues: tuple[Text, ...] = ()
    """What to look for while doing it."""
    stop_if: tuple[Text, ...] = ()
    """When to stop this exercise."""


class Dose(Value):
    """How much of an exercise. For both sides, the numbers are for each side."""

    sets: Count = 1
    """Rounds."""
    reps: Count | None = None
    """Repetitions in a round."""
    hold: Span | None = None
    """How long one repetition is held."""
    breaths: Count | None = None
    """Calm breaths in one repetition."""
    time: Span | None = None
    """How long a round goes on."""
    distance: Distance | None = None
    """How far a round goes."""
    rest: Span | None = None
    """Pause between rounds."""

    @model_validator(mode="after")
    def _has_amount(self) -> Self:
        if not (self.reps or self.hold or self.breaths or self.time or self.distance):
            message = "a dose needs reps, hold, breaths, time or distance"
            raise ValueError(message)
        return self


class Doses(Value):
    """The range that the source or practice gives."""

    start: Dose
    """Where to begin."""
    build: Dose
    """Where to go; the upper end of the range."""
    per_week: Count | None = None
    """On how many days a week."""
    per_day: Count | None = None
    """How often a day, where it is done daily."""
    step: Span | None = None
    """Endurance only: minutes to add after two good sessions."""


class Effort(Value):
    """How hard it may feel, 0 (rest) to 10 (all out)."""

    low: int = Field(strict=True, ge=0, le=10)
    """Lower end."""
    high: int = Field(strict=True, ge=0, le=10)
    """Upper end."""
    talk: Text
    """The talk test in plain words."""


class Energy(Value):
    """Energy use from the 2024 Adult Compendium of Physical Activities."""

    met: float = Field(gt=0, le=20)
    """Multiple of the energy use at rest."""
    code: Text
    """Compendium code."""


class Exercise(Value):
    """One entry of the catalogue. The file name is its identifier."""

    id: Ident = "unnamed"
    """The file name; never written in the file."""
    family: Ident = "unnamed"
    """The folder; never written in the file."""
    words: Words
    """What the reader sees."""
    slot: Slot
    """The place it takes in a session."""
    focus: Ident
    """What it trains within the slot, so that a session varies."""
    kind: Literal[
        "strength",
        "control",
        "mobility",
        "stretch",
        "endurance",
        "drill",
        "jump",
        "relaxation",
        "advice",
    ]
    """What sort of work it is."""
    position: Literal[
        "lying-back",
        "lying-front",
        "lying-side",
        "hands-and-knees",
        "kneeling",
        "sitting",
        "standing",
        "moving",
        "water",
        "any",
    ]
    """Body position."""
    side: Literal["both", "each", "alternate"] = "both"
    """both: one movement; each: one side after the other; alternate: in turn."""
    needs: tuple[Ident, ...] = ()
    """Equipment without which it cannot be done."""
    places: tuple[Ident, ...] = Field(default=("home", "gym"), min_length=1)
    """Where it can be done; any one of these is enough."""
    tags: tuple[Ident, ...] = ()
    """Load and motion; a barred tag takes the exercise out."""
    not_with: tuple[Ident, ...] = ()
    """Conditions that rule the exercise out."""
    eases: tuple[Ident, ...] = ()
    """Symptom patterns for which it is a good choice; only ranks."""
    allowed: Literal["gentle", "full", "clinician", "never"]
    """gentle: also while running is locked; full: only in a full plan; clinician:
    only when a clinician requires it; never: listed, not planned."""
    neutral: bool = False
    """Part of the neutral set that suits mixed or unknown patterns."""
    skill: int = Field(strict=True, ge=1, le=3)
    """1 easy to learn, 3 hard to learn."""
    intensity: int = Field(strict=True, ge=1, le=3)
    """1 light, 2 medium, 3 hard."""
    heavy: bool = False
    """Heavy strength work: kept off the day before the key run."""
    impact: Literal["none", "low", "moderate", "high"] = "none"
    """Landing load."""
    not_before: Ident | None = None
    """First stage of the run ladder at which it may be used."""
    doses: Doses | None = None
    """How much; advice has none."""
    effort: Effort | None = None
    """Endurance only."""
    energy: Energy | None = None
    """Endurance only."""
    easier: Ident | None = None
    """The next easier exercise."""
    harder: Ident | None = None
    """The next harder exercise."""
    evidence: tuple[Citation, ...] = Field(min_length=1)
    """Where it comes from."""
    review: Review
    """Who checked it."""

    @model_validator(mode="after")
    def _dosed(self) -> Self:
        if (self.doses is None) != (self.kind == "advice"):
            message = "every exercise has doses, and advice has none"
            raise ValueError(message)
        if (self.kind == "endurance") != (self.energy is not None):
            message = "endurance, and only endurance, has an energy value"
            raise ValueError(message)
        return self


def duration(exercise: Exercise, dose: Dose) -> timedelta:
    """Time that a dose takes, rests and change of sides included."""
    work = 0.0
    if dose.time:
        work = dose.time.total_seconds()
    elif dose.distance:
        # Two seconds a metre, the pace of an easy swim with a rest at the wall.
        work = dose.distance * 2.0
    else:
        each = max(
            dose.hold.total_seconds() + 2 if dose.hold else SECONDS_PER_REPETITION,
            (dose.breaths or 0) * SECONDS_PER_BREATH,
        )
        work = (dose.reps or 1) * each
    sides = 1 if exercise.side == "both" else 2
    rest = dose.rest.total_seconds() if dose.rest else 0.0
    return timedelta(seconds=dose.sets * work * sides + (dose.sets - 1) * rest)
