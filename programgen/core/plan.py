"""What comes out: a plan, a referral, or the questions that are still open."""

from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints

from programgen.core.base import Count, Ident, Text, Value
from programgen.core.exercise import Dose
from programgen.core.intake import Intake
from programgen.core.protocol import Steps, time_of
from programgen.core.quality import Quality
from programgen.core.quantities import Day, Span
from programgen.core.reasons import Reason
from programgen.core.vocabulary import Level, Reach

SessionKind = Literal["run", "walk", "strength", "mobility", "cross-training"]


class Item(Value):
    """An exercise with its dose, as it stands in a session."""

    exercise: Ident
    """Identifier in the catalogue."""
    dose: Dose
    """How much."""
    edited: bool = False
    """The clinician has changed the dose."""
    part: Literal["main", "warm-up", "cool-down"] = "main"
    """Where it stands in the session."""


class Session(Value):
    """One training session."""

    kind: SessionKind
    """Run and walk sessions belong to the ladder."""
    title: Text
    """Name on the week page."""
    minutes: int = Field(ge=1)
    """All of it, warm-up and cool-down included."""
    place: Ident
    """Where it takes place."""
    stage: Ident | None = None
    """Stage of the ladder, for run and walk."""
    warm_up: Span = timedelta()
    """Walk before a run."""
    steps: Steps = ()
    """Bouts between warm-up and cool-down walk."""
    cool_down: Span = timedelta()
    """Walk after a run."""
    items: tuple[Item, ...] = ()
    """Exercises of the session; for cross-training the one activity."""
    key: bool = False
    """The longest run of the week."""
    outcome: Literal["done", "part", "missed"] | None = None
    """What was reported of it, once it lies in the past."""
    reasons: tuple[Reason, ...] = ()
    """Why it is as it is."""

    @property
    def run_minutes(self) -> float:
        """Minutes of running."""
        return time_of(self.steps, "run").total_seconds() / 60


class PlanDay(Value):
    """One day of the plan."""

    day: Day
    """The date."""
    sessions: tuple[Session, ...] = ()
    """What is done; nothing on a rest day."""
    note: Text | None = None
    """A remark, such as the reason of a dated exception."""


class Placed(NamedTuple):
    """A session on its day."""

    slot: str
    """Its place in the week, counted for each kind: run-1, run-2, strength-1."""
    day: date
    session: Session


class PlanWeek(Value):
    """Seven days from Monday to Sunday; days before the start are empty."""

    number: int = Field(ge=1)
    """Counted from 1."""
    days: tuple[PlanDay, ...] = Field(min_length=7, max_length=7)
    """Monday to Sunday."""
    stage: Ident
    """Stage at the first run or walk of the week."""
    firm: bool
    """Firm, or an outlook: 'if every run goes well'."""
    reasons: tuple[Reason, ...] = ()
    """What is special about this week."""

    @property
    def first(self) -> date:
        """The Monday."""
        return self.days[0].day

    @property
    def placed(self) -> tuple["Placed", ...]:
        """Every session with its day and its slot, in order."""
        counts: dict[str, int] = {}
        found = []
        for day in self.days:
            for session in day.sessions:
                # The ladder's walk becomes its run on the same place in the week.
                kind = "run" if session.stage else session.kind
                counts[kind] = counts.get(kind, 0) + 1
                found.append(Placed(f"{kind}-{counts[kind]}", day.day, session))
        return tuple(found)


class Rung(Value):
    """One stage of the ladder as the chart shows it."""

    stage: Ident
    """Identifier in the protocol."""
    title: Text
    """Name."""
    steps: Steps
    """The fullest session of the stage."""
    effort: Text
    """How it should feel."""
    gate: tuple[Text, ...] = ()
    """What has to be true before it and is not true yet."""
    earliest: Day | None = None
    """The first day on which it can be reached if every run goes well."""
    here: bool = False
    """The next session of the ladder is on it; in a first version, the plan starts on it."""
    good: int = Field(default=0, ge=0)
    """Good sessions that count there already."""
    locked: bool = False
    """Not part of this plan, because a clinician decides first."""


class Finding(Value):
    """A rule that fired on the answers."""

    rule: Ident
    """Identifier of the rule."""
    group: Ident
    """Kind of rule."""
    code: Text | None = None
    """Code in the evidence tables."""
    title: Text
    """For clinicians."""
    level: Level
    """How soon somebody has to look at it."""
    plan: Reach
    """The most that may be planned."""
    bar: tuple[Ident, ...] = ()
    """Tags and conditions whose exercises are left out."""
    appointment: bool = False
    """An appointment is advised."""
    tell: Text
    """For the runner."""
    because: Text
    """Why the rule exists."""
    cite: tuple[Ident, ...] = ()
    """Keys in references.yaml."""


class Exclusion(Value):
    """An exercise that was left out, and every reason for it."""

    exercise: Ident
    """Identifier in the catalogue."""
    family: Ident
    """Folder in the catalogue."""
    reasons: tuple[Reason, ...] = Field(min_length=1)
    """All reasons."""


Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
"""First twelve hex digits of a SHA-256."""


def fingerprint(text: str) -> str:
    """Return the fingerprint of a text."""
    return sha256(text.encode()).hexdigest()[:12]


class Withdrawn(Value):
    """A session of an earlier version that this version no longer has.

    A calendar that was given the earlier version has to be told.
    """

    week: Count
    """Number of the week."""
    slot: Ident
    """Its place in the week, such as run-3."""
    day: Day
    """The day on which it last stood."""
    title: Text
    """Its name."""


class Provenance(Value):
    """What made the plan, so that any old plan can be explained."""

    program: Text
    """Version of the program."""
    catalogue: Text
    """Fingerprint of all content."""
    protocol: Ident
    """The ladder."""
    made_on: Day
    """The day on which it was made."""
    draft: bool
    """Some content has no clinician's signature yet."""
    plan: Fingerprint
    """Identity of the plan; every version of it keeps it."""
    version: int = Field(default=1, ge=1)
    """1 for the first plan, one more with each re-plan."""
    parent: Fingerprint | None = None
    """Fingerprint of the version before."""
    log: Fingerprint | None = None
    """Fingerprint of the log that this version was made from."""
    entries: int = Field(default=0, ge=0)
    """Number of the last entry of that log."""


class Change(Value):
    """A difference from the version before, and its reason."""

    week: Count | None = None
    """Number of the week; none where it is about the whole plan."""
    text: Text
    """What is different now, in plain words."""
    reason: Reason | None = None
    """Why."""

    @property
    def is_cause(self) -> bool:
        """Whether it tells what was reported, and not what follows from it."""
        return self.reason is not None and self.reason.text in self.text


class Finished(Value):
    """Run minutes of a finished session."""

    day: Day
    """The day."""
    minutes: float = Field(ge=0)
    """Minutes of running."""


class Standing(Value):
    """Where the runner stands when a later version is made; the fold of the log."""

    open_from: Day
    """The first day that this version may change."""
    stage: Ident
    """Stage of the ladder."""
    good: int = Field(ge=0)
    """Good sessions at this stage."""
    last_run: Day | None = None
    """Day of the last session of the ladder."""
    break_since: Day | None = None
    """Day of the last session of the ladder that was long enough to end a break."""
    last_step: Day | None = None
    """Day of the last step up."""
    runs: tuple[Finished, ...] = ()
    """Finished runs."""
    rest_until: Day | None = None
    """No session of the ladder before this day."""
    held: Reason | None = None
    """Why no session of the ladder is planned until a clinician has looked."""


class WeekOfProgress(Value):
    """What one week held, for the page that shows the way so far."""

    number: Count
    """Number of the week."""
    planned: int = Field(ge=0)
    """Sessions that were planned."""
    done: int = Field(ge=0)
    """Sessions that were reported as done, in part as well."""
    run_minutes: float = Field(ge=0)
    """Minutes of running, or of walking on a walking ladder, that were reported."""
    pain: int | None = Field(default=None, ge=0, le=10)
    """Worst pain during a session of the week."""
    morning: int | None = Field(default=None, ge=0, le=10)
    """Worst morning after a session of the week."""
    average: int | None = Field(default=None, ge=0, le=10)
    """Average pain of the week, as reported."""
    worst: int | None = Field(default=None, ge=0, le=10)
    """Worst pain of the week, as reported."""
    function: float | None = Field(default=None, ge=0, le=10)
    """Mean of the own activities (PSFS)."""
    change: int | None = Field(default=None, ge=-5, le=5)
    """Change since the start, as reported."""
    stage: Ident | None = None
    """Highest stage of which a session was done."""


class Plan(Value):
    """A checked plan with a reason for every choice."""

    result: Literal["plan"] = "plan"
    """Kind of result."""
    intake: Intake
    """The answers that it was made from."""
    provenance: Provenance
    """What made it."""
    level: Level
    """How soon somebody has to look at the back."""
    reach: Reach
    """Gentle (running locked) or full."""
    start: Day
    """First day."""
    valid_until: Day
    """After this day the questions are asked again."""
    goal: Text
    """The goal in words."""
    goal_on: Day | None = None
    """The earliest day on which the goal can be reached, if every run goes well."""
    rungs: tuple[Rung, ...]
    """The ladder."""
    weeks: tuple[PlanWeek, ...] = Field(min_length=1)
    """Week by week."""
    exercises: tuple[Ident, ...]
    """Exercises that get a card, in the order of the sessions."""
    why: Mapping[Ident, Reason] = Field(default_factory=dict)
    """Why each of these exercises was chosen."""
    self_care: tuple[Ident, ...]
    """Self-care topics."""
    findings: tuple[Finding, ...]
    """Rules that fired."""
    not_asked: tuple[Ident, ...] = ()
    """Health questions without an answer."""
    left_out: tuple[Exclusion, ...]
    """Exercises that were left out and why."""
    reasons: tuple[Reason, ...]
    """Why this plan, most important first."""
    checked: tuple[Reason, ...] = ()
    """Other rows of the entry table that applied without deciding; for clinicians."""
    withdrawn: tuple[Withdrawn, ...] = ()
    """Sessions of earlier versions that are no longer planned."""
    first_intake: Intake | None = None
    """The answers that the first version was made from, in a later version."""
    standing: Standing | None = None
    """Where the runner stands, in a later version."""
    waiting: tuple[Text, ...] = ()
    """Questions and fields without a clear answer: only gentle movement until they have one."""
    changes: tuple[Change, ...] = ()
    """What is different from the version before, and why."""
    progress: tuple[WeekOfProgress, ...] = ()
    """The weeks so far."""
    quality: Quality | None = None
    """What was checked on the finished file, if that was asked for."""


class Referral(Value):
    """Somebody has to look at the back before there is a plan."""

    result: Literal["referral"] = "referral"
    """Kind of result."""
    intake: Intake
    """The answers."""
    provenance: Provenance
    """What made it."""
    level: Level
    """How soon."""
    findings: tuple[Finding, ...] = Field(min_length=1)
    """The rules that stopped the plan, the gravest first."""
    withdrawn: tuple[Withdrawn, ...] = ()
    """Sessions of an earlier version that are no longer planned."""
    before: Plan | None = None
    """The plan that is withdrawn; it goes on from here once that is allowed again."""
    quality: Quality | None = None
    """What was checked on the finished file, if that was asked for."""


class OpenQuestions(Value):
    """Screening questions without a clear answer: no plan yet."""

    result: Literal["open-questions"] = "open-questions"
    """Kind of result."""
    provenance: Provenance
    """What made it."""
    questions: tuple[Ident, ...] = ()
    """Screening questions to answer with yes or no."""
    fields: tuple[Text, ...] = ()
    """Other intake fields that screening needs, such as who.age."""
    quality: Quality | None = None
    """What was checked on the finished file, if that was asked for."""


Result = Plan | Referral | OpenQuestions
