"""What a runner reports after a session, once a week, or when something changes.

Each of these is one entry of the log. Only what is reported counts: what is left out is
unknown and earns nothing.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from programgen.core.base import Ident, Value, in_order
from programgen.core.intake import Answer, ShortText, YesNo, in_a_year
from programgen.core.quantities import Day, Distance, Score, Span

Where = Literal["none", "same", "nearer", "further", "new-numb-weak"]
"""Where it was felt: nowhere, at the usual place, nearer the spine (a good sign), further
down the leg, or with new tingling, numbness or weakness."""

Activity = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
"""Something that the back makes hard, in the runner's words."""


Number = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
"""Number of an entry; a log has no last one."""


class _Entry(Value):
    """What every entry of the log has."""

    id: Number | None = None
    """Number in the log, from 1; given when it is written."""
    entered: Day | None = None
    """The day on which it was typed in; given when it is written."""
    supersedes: Number | None = None
    """The entry that this one corrects; that one no longer counts."""


class SessionReport(_Entry):
    """How one session went, or that it was missed."""

    kind: Literal["session"] = "session"
    """Kind of entry."""
    day: Day
    """The day of the session; of a missed one, the day on which it was planned."""
    session: Literal["run", "strength", "mobility", "cross-training"] = "run"
    """Kind of session; 'run' is also the walk of the ladder."""
    done: Literal["yes", "part", "no"]
    """All of it, part of it, or missed."""
    run: Span | None = None
    """Time of running; for the walks of the ladder, of walking. All that was planned if left
    out and done."""
    distance: Distance | None = None
    """How far."""
    before: Score | None = None
    """Pain before it."""
    during: Score | None = None
    """Worst pain during it."""
    after: Score | None = None
    """Pain one hour after it."""
    morning: Score | None = None
    """Pain next morning."""
    where: Where | None = None
    """Where it was felt."""
    limp: YesNo | None = None
    """Limping, or running in another way because of pain."""
    exercise: Ident | None = None
    """The exercise that moved the pain further down the leg, if it is known which."""
    spot: YesNo | None = None
    """Sharp pain in one spot of a bone."""
    night: YesNo | None = None
    """Woken at night by the pain."""
    effort: Score | None = None
    """How hard it was, 0 to 10."""
    source: ShortText | None = None
    """The activity file that filled it in."""


class WeekReport(_Entry):
    """The questions of the week: warning signs, pain, and what can be done again."""

    kind: Literal["week"] = "week"
    """Kind of entry."""
    day: Day
    """The day on which they were answered."""
    answers: Annotated[Mapping[Ident, YesNo], AfterValidator(in_order)] = Field(
        default_factory=dict
    )
    """Screening and health questions by their identifiers."""
    abilities: Annotated[Mapping[Ident, YesNo], AfterValidator(in_order)] = Field(
        default_factory=dict
    )
    """Tests: yes means done with a pain of 2 or less."""
    usual: Score | None = None
    """Pain on an ordinary morning of this week."""
    walking: Score | None = None
    """Pain when walking."""
    worst: Score | None = None
    """Worst pain of the week."""
    average: Score | None = None
    """Average pain of the week."""
    activities: Annotated[Mapping[Activity, Score], AfterValidator(in_order)] = Field(
        default_factory=dict, max_length=5
    )
    """Own activities (PSFS), 0 cannot to 10 as before."""
    change: Annotated[int, Field(strict=True, ge=-5, le=5)] | None = None
    """Change since the start: -5 much worse, 0 the same, 5 much better."""


class Away(_Entry):
    """Days on which nothing can be done, such as an illness or a holiday."""

    kind: Literal["away"] = "away"
    """Kind of entry."""
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


class Release(_Entry):
    """A clinician has looked at the back and allows running again."""

    kind: Literal["release"] = "release"
    """Kind of entry."""
    day: Day
    """The day of the examination."""
    by: ShortText
    """Name of the clinician."""
    highest_stage: Ident | None = None
    """Do not go beyond this stage."""
    note: Annotated[str, StringConstraints(max_length=1000)] | None = None
    """A few words to the runner."""


class Void(_Entry):
    """Takes an entry back that should not be there."""

    kind: Literal["void"] = "void"
    """Kind of entry."""

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if self.supersedes is None:
            message = "'void' says with 'supersedes' which entry it takes back"
            raise ValueError(message)
        return self


Entry = Annotated[SessionReport | WeekReport | Away | Release | Void, Field(discriminator="kind")]
"""One line of the log."""


def is_yes(answer: Answer | None) -> bool:
    """Return whether a sign has to be reckoned with: 'unsure' is not a no."""
    return answer in (Answer.YES, Answer.UNSURE)
