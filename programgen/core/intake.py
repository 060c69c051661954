"""What a runner or a clinician reports: the one input of a plan."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from programgen.core.base import Ident, Value, in_order
from programgen.core.exercise import Dose
from programgen.core.quantities import Day, Distance, Score, Span

WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class Answer(StrEnum):
    """Yes, no, or nobody knows; only a clear 'no' is a no."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


def _read_answer(value: object) -> object:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


YesNo = Annotated[Answer, BeforeValidator(_read_answer)]


class Who(Value):
    """The person; a name is never needed."""

    name: ShortText | None = None
    """Printed on the first page if given."""
    age: Annotated[int, Field(strict=True, ge=1, le=110)] | None = None
    """Years. Needed: some warning signs depend on it."""
    units: Literal["km", "mi"] = "km"
    """Unit for distances on paper."""
    language: Literal["en"] = "en"
    """Language of the handout."""


class History(Value):
    """Running so far."""

    weekly_distance: Distance | None = None
    """Usual distance in a week before the pain."""
    longest_run: Span | None = None
    """Longest run of the last 30 days, as time; '0 min' if there was none."""
    off_running: Span
    """How long without running; '0 days' if still running."""
    years_running: Annotated[int, Field(strict=True, ge=0, le=90)] | None = None
    """Years of running."""
    cross_training: Span | None = None
    """Longest easy swim, ride or elliptical session of the last 30 days that went
    well; left out if there was none."""


class Pain(Value):
    """Pain scores from 0 (none) to 10 (worst you can imagine)."""

    now: Score | None = None
    """At this moment."""
    usual: Score | None = None
    """On an ordinary morning."""
    worst: Score | None = None
    """At its worst in the last week."""
    walking: Score | None = None
    """When walking."""
    running: Score | None = None
    """When running, if running was tried."""
    where: tuple[Ident, ...] = ()
    """Areas from the vocabulary."""
    since: Span | None = None
    """How long this pain has lasted."""
    began: Ident | None = None
    """How it began: gradually, suddenly, lifting, minor-bump, accident."""


class DayPlan(Value):
    """What one weekday offers."""

    minutes: Annotated[int, Field(strict=True, ge=0, le=600)]
    """Free minutes for training."""
    places: tuple[Ident, ...] = ("home", "outdoor")
    """Where training can take place on that day."""
    sessions: Annotated[int, Field(strict=True, ge=0, le=3)] = 2
    """Most training sessions on that day; short mobility does not count."""


def in_a_year(first: date, last: date) -> None:
    """Refuse days that are not in order or more than a year apart.

    Raises:
        ValueError: with the reason.
    """
    if last < first:
        message = "'last' is before 'first'"
        raise ValueError(message)
    if (last - first).days > 366:
        message = "such days last a year at most"
        raise ValueError(message)


class DayChange(DayPlan):
    """Dated exceptions, such as a holiday."""

    first: Day
    """First day."""
    last: Day
    """Last day, included."""
    why: ShortText | None = None
    """What the plan says about it."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        in_a_year(self.first, self.last)
        return self


class Week(Value):
    """The ordinary week; a weekday left out is closed."""

    monday: DayPlan | None = None
    """Monday."""
    tuesday: DayPlan | None = None
    """Tuesday."""
    wednesday: DayPlan | None = None
    """Wednesday."""
    thursday: DayPlan | None = None
    """Thursday."""
    friday: DayPlan | None = None
    """Friday."""
    saturday: DayPlan | None = None
    """Saturday."""
    sunday: DayPlan | None = None
    """Sunday."""
    exceptions: tuple[DayChange, ...] = Field(default=(), max_length=100)
    """Days that differ; the first that covers a day counts."""

    def on(self, day: date) -> DayPlan:
        """Return what *day* offers; a closed day offers nothing."""
        for change in self.exceptions:
            if change.first <= day <= change.last:
                return change
        plan: DayPlan | None = getattr(self, WEEKDAYS[day.weekday()])
        return plan or DayPlan(minutes=0, places=(), sessions=0)


class Goal(Value):
    """What to run towards; exactly one of run, distance, weekly_distance."""

    run: Span | None = None
    """Run for so long without a break."""
    distance: Distance | None = None
    """Run so far without a break."""
    weekly_distance: Distance | None = None
    """Run so far in a week."""
    on: Day | None = None
    """Day of the event, if there is one."""
    name: ShortText | None = None
    """Name of the event."""

    @model_validator(mode="after")
    def _one_goal(self) -> Self:
        named = [g for g in (self.run, self.distance, self.weekly_distance) if g is not None]
        if len(named) != 1 or not named[0]:
            message = "a goal is exactly one of run, distance, weekly_distance, above zero"
            raise ValueError(message)
        shortest = 400
        if any(d is not None and d < shortest for d in (self.distance, self.weekly_distance)):
            message = f"a goal is at least {shortest} m"
            raise ValueError(message)
        if self.run and not timedelta(minutes=1) <= self.run <= timedelta(hours=10):
            message = "a run goal is between 1 min and 10 h"
            raise ValueError(message)
        return self


class Lock(Value):
    """A wish for a kind of session on a weekday, or never on it."""

    session: Literal["run", "strength", "cross-training", "mobility"]
    """Kind of session; 'run' is also the walk before running starts."""
    on: Weekday | None = None
    """Always on this weekday."""
    never: Weekday | None = None
    """Never on this weekday."""

    @model_validator(mode="after")
    def _one_day(self) -> Self:
        if (self.on is None) == (self.never is None):
            message = "a lock has either 'on' or 'never'"
            raise ValueError(message)
        return self


class Wishes(Value):
    """What the runner would like; safety rules go first."""

    locks: tuple[Lock, ...] = Field(default=(), max_length=28)
    """Fixed and forbidden weekdays."""
    dislikes: tuple[Ident, ...] = ()
    """Exercises to leave out."""
    fewest_runs: Annotated[int, Field(strict=True, ge=1, le=2)] = 2
    """Fewest runs a week to accept; with 1 the stages simply wait longer."""


class Clinician(Value):
    """What a physiotherapist or doctor adds."""

    name: ShortText
    """Name of the clinician."""
    clinic: ShortText | None = None
    """Clinic."""
    reviewed_on: Day
    """The day on which the clinician checked the answers."""
    cleared_to_run: bool = False
    """The clinician has examined the runner and allows running."""
    start_stage: Ident | None = None
    """First stage, instead of the one from the entry table."""
    highest_stage: Ident | None = None
    """Do not go beyond this stage."""
    exclude: tuple[Ident, ...] = ()
    """Exercises that must not appear."""
    require: tuple[Ident, ...] = ()
    """Exercises that must appear, if no rule bars them."""
    doses: Annotated[Mapping[Ident, Dose], AfterValidator(in_order)] = Field(default_factory=dict)
    """Doses that replace those of the catalogue."""
    exercises_per_day: Annotated[int, Field(strict=True, ge=1, le=6)] | None = None
    """Most home exercises on a day."""
    locks: tuple[Lock, ...] = ()
    """Fixed and forbidden weekdays."""
    note: Annotated[str, StringConstraints(max_length=10_000)] | None = None
    """A few words to the runner."""

    @property
    def wanted(self) -> frozenset[str]:
        """Exercises that must appear; who edits a dose wants the exercise in the plan."""
        return frozenset({*self.require, *self.doses})


class Intake(Value):
    """All answers of one person."""

    who: Who = Who()
    """The person."""
    history: History
    """Running so far."""
    pain: Pain
    """Pain scores, place and time."""
    answers: Annotated[Mapping[Ident, YesNo], AfterValidator(in_order)] = Field(
        default_factory=dict
    )
    """Screening and health questions by their identifiers."""
    better: tuple[Ident, ...] = ()
    """What eases the pain."""
    worse: tuple[Ident, ...] = ()
    """What brings the pain on."""
    abilities: Annotated[Mapping[Ident, YesNo], AfterValidator(in_order)] = Field(
        default_factory=dict
    )
    """Tests: yes means done with a pain of 2 or less."""
    week: Week
    """The ordinary week."""
    equipment: tuple[Ident, ...] = ()
    """What is at hand."""
    goal: Goal
    """What to run towards."""
    wishes: Wishes = Wishes()
    """Locks and dislikes."""
    clinician: Clinician | None = None
    """Only when a clinician has reviewed the answers."""
