"""Numbers and values as words; every fixed phrase that pages and files share stands here."""

import re
from datetime import date, timedelta

from programgen.core.catalogue import Reference
from programgen.core.exercise import Dose, Effort, Exercise
from programgen.core.protocol import Bout, LightBounds, Step

PURPOSE = (
    "Helps a physiotherapist assemble an exercise and walk-run handout from published ranges; "
    "does not diagnose, prescribe or replace an examination."
)
DRAFT = "Draft content: not yet signed off by a clinician."

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

NEW_SIGNS = "New tingling, numbness or weakness in a leg: stop the plan and call a doctor today."
LEG_STAYS = (
    "Pain that moved down the leg and is still there in the evening: call a doctor or "
    "physiotherapist."
)
WITHDRAWN_UNTIL = (
    "Your plan goes on when a doctor or physiotherapist has looked at your back and allows it. It "
    "is not enough that the sign goes away by itself. Then you answer the warning questions again."
)
OUTLOOK = "Outlook: if every session before goes well."
EDITED = " (set by your clinician)"
AROUND = (("warm-up", "After the first walk"), ("cool-down", "At the end"))
"""Parts of a run that are exercises, and when their turn is."""


_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef"
    "\ufeff\ufff9-\ufffb\ufffe\uffff"
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
"""Control signs, what turns the order of letters round, and what stands for no letter.

The joiners of Arabic words and of emoji, and the plain marks of direction, stay.
"""


def clean(text: str) -> str:
    r"""Return a text in which only a line feed starts a line and nothing unseen changes it.

    Readers disagree on what else ends a line, so that a name could start a new property of a
    calendar; an unseen sign can show the words of a record in another order than they stand.

    >>> clean("Ann\r\nATTENDEE:x\x00\u202e")
    'Ann\nATTENDEE:x'
    """
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))


def day_text(day: date) -> str:
    """Return a day without its year.

    >>> day_text(date(2026, 12, 7))
    'Mon 7 Dec'
    """
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def days_text(first: date, last: date) -> str:
    """Return the first and the last of some days; over the turn of a year with their years.

    >>> days_text(date(2026, 12, 28), date(2027, 1, 3))
    'Mon 28 Dec 2026 to Sun 3 Jan 2027'
    """
    years = first.year != last.year
    return " to ".join(f"{day_text(d)} {d.year}" if years else day_text(d) for d in (first, last))


def date_text(day: date) -> str:
    """Return a day with its year.

    >>> date_text(date(2026, 12, 7))
    '7 Dec 2026'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def span_text(span: timedelta) -> str:
    """Return a span in the shortest plain form.

    >>> span_text(timedelta(seconds=90)), span_text(timedelta(minutes=4))
    ('1 min 30 s', '4 min')
    """
    whole, rest = divmod(round(span.total_seconds()), 60)
    parts = ([f"{whole} min"] if whole else []) + ([f"{rest} s"] if rest or not whole else [])
    return " ".join(parts)


def _bout_text(bout: Bout) -> str:
    return f"{span_text(bout.time)} {bout.move}"


def steps_text(
    steps: tuple[Step, ...],
    warm_up: timedelta = timedelta(),
    cool_down: timedelta = timedelta(),
) -> str:
    """Return a session as on a clinic sheet, with its walks."""
    parts = [f"{span_text(warm_up)} walk"] if warm_up else []
    for step in steps:
        inner = ", ".join(map(_bout_text, step.bouts))
        parts.append(f"{step.repeat} × ({inner})" if step.repeat > 1 else inner)
    parts += [f"{span_text(cool_down)} walk"] if cool_down else []
    return ", ".join(parts)


_SIDES = {"both": "", "each": " on each side", "alternate": " in turn"}


def dose_text(dose: Dose, exercise: Exercise) -> str:
    """Return a dose in words, such as '2 rounds of 8 on each side, hold 6 s'."""
    rounds = f"{dose.sets} rounds of " if dose.sets > 1 else ""
    if dose.time:
        text = f"{rounds}{span_text(dose.time)}"
    elif dose.distance:
        text = f"{rounds}{dose.distance} m"
    elif dose.reps:
        text = f"{rounds}{dose.reps}" + (" times" if dose.sets == 1 else "")
    elif dose.hold:
        text = f"{rounds}{span_text(dose.hold)} hold"
    else:
        text = f"{rounds}{count_text(dose.breaths or 0, 'calm breath', 'calm breaths')}"
    text += _SIDES[exercise.side]
    if dose.reps and dose.hold:
        text += f", hold {span_text(dose.hold)}"
    if dose.reps and dose.breaths:
        text += f", {count_text(dose.breaths, 'breath', 'breaths')} each"
    return text


def short_dose_text(dose: Dose, exercise: Exercise) -> str:
    """Return a dose as short as the week page needs it: a times sign for rounds."""
    text = dose_text(dose, exercise)
    return text.replace(" rounds of ", " × ").replace(" on each side", " each side")


def rest_text(dose: Dose) -> str | None:
    """Return the pause between rounds, where there is one."""
    return f"Rest {span_text(dose.rest)} between rounds." if dose.rest and dose.sets > 1 else None


def effort_text(effort: Effort) -> str:
    """Return how hard it may feel."""
    return f"Effort {effort.low} to {effort.high} of 10. {effort.talk}"


def light_text(light: LightBounds) -> str:
    """Return the traffic light on one line."""
    usual = f"up to {light.green_rise} more" if light.green_rise else "no more"
    more = _range_text(light.green_rise + 1, light.amber_rise)
    return (
        f"Pain of {_range_text(0, light.green_during)} of 10 is green: good. "
        f"{_range_text(light.green_during + 1, light.amber_during)} is amber: do the same session "
        f"again. {light.amber_during + 1} or more is red: stop. A limp, sharp pain in one spot of "
        "a bone, or pain that moves down the leg is red, too. Next morning: "
        f"{usual} than usual is green, {more} more is amber, {light.amber_rise + 1} or more is red."
    )


def _range_text(low: int, high: int) -> str:
    return f"{low} to {high}" if low < high else str(high)


def count_text(number: int, one: str, many: str) -> str:
    """Return a number with its noun.

    >>> count_text(1, "week", "weeks"), count_text(3, "week", "weeks")
    ('1 week', '3 weeks')
    """
    return f"{number} {one if number == 1 else many}"


def reference_text(reference: Reference) -> str:
    """Return a source as one line."""
    authors = ", ".join(reference.author[:3]) + (" et al." if len(reference.author) > 3 else "")
    parts = [authors, reference.title, reference.container_title, reference.issued]
    text = " ".join(p if p.endswith("?") else f"{p.rstrip('.')}." for p in parts if p)
    return f"{text} doi:{reference.doi}" if reference.doi else text
