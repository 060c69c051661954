"""What was told and found, in the words of clinicians."""

from collections.abc import Iterable, Mapping

from programgen.core.catalogue import Catalogue
from programgen.core.intake import Intake, Pain
from programgen.core.vocabulary import Level, Reach
from programgen.core.words import count_text, span_text

LEVELS = {
    Level.SELF_CARE: "self-care",
    Level.REFER: "appointment first",
    Level.URGENT: "urgent",
    Level.EMERGENCY: "emergency",
}
REACHES = {Reach.FULL: "full plan", Reach.GENTLE: "gentle part only", Reach.NONE: "no plan"}

_SCORES = ("now", "usual", "worst", "walking", "running")


def answers_told(intake: Intake, content: Catalogue) -> tuple[tuple[str, str], ...]:
    """Return the answers that a clinician looks at first, each with its label."""
    words, pain, history = content.vocabulary, intake.pain, intake.history
    unsure = [q for q, answer in intake.answers.items() if answer == "unsure"]
    since = count_text(pain.since.days, "day", "days") if pain.since else "not given"
    longest = "not given"
    if history.longest_run is not None:
        longest = span_text(history.longest_run) if history.longest_run else "no run"
    passed = [a for a, yes in intake.abilities.items() if yes == "yes"]
    return (
        ("Age", str(intake.who.age)),
        ("Pain, 0 to 10", _scores(pain)),
        ("Since", since),
        ("Where", _names(pain.where, words.areas)),
        ("Brought on by", _names(intake.worse, words.movements)),
        ("Eased by", _names(intake.better, words.movements)),
        ("Off running", count_text(history.off_running.days, "day", "days")),
        ("Longest run of the last 30 days", longest),
        ("Tests passed", _names(passed, words.abilities)),
        ("Answered with 'not sure'", ", ".join(unsure) or "none"),
    )


def _scores(pain: Pain) -> str:
    told = [f"{name} {score}" for name in _SCORES if (score := getattr(pain, name)) is not None]
    return ", ".join(told) or "not given"


def _names(names: Iterable[str], known: Mapping[str, object]) -> str:
    found = [known[n] for n in names if n in known]
    told = [getattr(f, "name", None) or getattr(f, "answer", None) or "" for f in found]
    return ", ".join(told).replace(".,", ",").rstrip(".") or "none"
