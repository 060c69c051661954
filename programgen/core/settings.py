"""Named numbers that a clinic may edit, each with its label and reason."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field

from programgen.core.base import Count, Ident, Text, Value
from programgen.core.quantities import Span
from programgen.core.vocabulary import Slot

T = TypeVar("T")


class Setting(Value, Generic[T]):
    """One number or list with its origin."""

    value: T
    """The setting itself."""
    label: Literal["proposal", "source"]
    """proposal: a design choice of this project; source: stands in the sources."""
    because: Text
    """Why this value."""
    cite: tuple[Ident, ...] = ()
    """Keys in references.yaml."""


class Settings(Value):
    """Everything that is neither an exercise, a rule nor a protocol."""

    weeks: Setting[Count]
    """Weeks in a plan, unless asked otherwise."""
    firm_weeks: Setting[Count]
    """Weeks that are firm; the later ones are an outlook."""
    valid_for: Setting[Span]
    """After this time the questions are asked again."""
    exercises_per_day: Setting[Count]
    """Most home exercises on a day."""
    strength_sessions: Setting[int]
    """Strength sessions in a week."""
    strength_slots: Setting[tuple[Slot, ...]]
    """Places of a strength session, the most important first."""
    strength_step_weeks: Setting[Count]
    """Weeks at one dose of a strength exercise before the next (outlook)."""
    strength_most: Setting[Span]
    """Longest strength session."""
    mobility_most: Setting[Span]
    """Longest mobility session."""
    cross_order: Setting[tuple[Ident, ...]]
    """Cross-training to plan, the preferred first."""
    other_runs: Setting[float]
    """Beyond the ladder, the other runs of a week as a share of the longest."""
    mobility_sessions: Setting[int]
    """Mobility sessions in a week."""
    mobility_slots: Setting[tuple[Slot, ...]]
    """Places of a mobility session."""
    warm_up_moves: Setting[int]
    """Warm-up moves before a run."""
    cool_down_moves: Setting[int]
    """Cool-down moves after a run."""
    cross_sessions: Setting[int]
    """Most cross-training sessions in a week; at least one stays as a fallback."""
    cross_least: Setting[Span]
    """Shortest cross-training session."""
    cross_step: Setting[Span]
    """How much longer the longest cross-training session may be each week."""
    cross_most: Setting[Span]
    """Longest cross-training session."""
    energy_least: Setting[int]
    """Lowest weekly energy budget, MET-minutes."""
    energy_most: Setting[int]
    """Highest weekly energy budget, MET-minutes."""
    met_running: Setting[Annotated[float, Field(gt=1, lt=25)]]
    """MET value of an easy run."""
    met_walking: Setting[Annotated[float, Field(gt=1, lt=25)]]
    """MET value of a walk."""
    easy_speed: Setting[Annotated[float, Field(gt=2, lt=25)]]
    """Easy running speed in km/h, to turn a distance into minutes."""
    rest_days: Setting[Count]
    """Days a week without run, strength or cross-training."""
    active_days_in_a_row: Setting[Count]
    """Most active days in a row."""
    strength_hours_between: Setting[Count]
    """Least hours from one strength session to the next."""
    provoking: Setting[tuple[Ident, ...]]
    """Tags of motions that wait after an exercise brought pain further down the leg."""
    trend_weeks: Setting[Count]
    """Weeks in which pain at night, or rising at rest, is told with advice."""
    self_care: Setting[tuple[Ident, ...]]
    """Self-care topics printed on the handout, in order."""
    pain_change: Setting[Count]
    """Least change of a pain score, 0 to 10, that matters to people."""
    pain_share: Setting[Annotated[float, Field(gt=0, lt=1)]]
    """The same as a share of the first score; the smaller of both counts."""
    function_change: Setting[Count]
    """Least change of the mean of own activities, 0 to 10, that matters to people."""
