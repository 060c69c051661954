"""Generated answers for property tests: anything a person could write down."""

from datetime import date, timedelta

from hypothesis import strategies as st

from programgen.core.catalogue import Catalogue
from tests.conftest import MONDAY, answers_no, settled

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _some(names):
    return st.lists(st.sampled_from(sorted(names)), max_size=6, unique=True)


def _days(content: Catalogue):
    return st.one_of(
        st.none(),
        st.fixed_dictionaries(
            {
                "minutes": st.sampled_from([0, 15, 20, 25, 30, 37, 45, 60, 90, 120]),
                "places": st.lists(
                    st.sampled_from(sorted(content.vocabulary.places)),
                    min_size=1,
                    max_size=3,
                    unique=True,
                ),
            },
            optional={"sessions": st.integers(0, 3)},
        ),
    )


def _exceptions(content: Catalogue):
    def change(first: int, length: int, day: dict) -> dict:
        start = MONDAY + timedelta(days=first)
        return {**day, "first": str(start), "last": str(start + timedelta(days=length))}

    day = st.fixed_dictionaries(
        {
            "minutes": st.sampled_from([0, 20, 60]),
            "places": st.lists(
                st.sampled_from(sorted(content.vocabulary.places)), max_size=2, unique=True
            ),
        }
    )
    return st.lists(st.builds(change, st.integers(0, 50), st.integers(0, 30), day), max_size=2)


def _pain(content: Catalogue):
    return st.fixed_dictionaries(
        {
            "walking": st.sampled_from([0, 1, 2, 3, 5]),
            "usual": st.sampled_from([0, 1, 2, 4]),
            "since": st.sampled_from(["3 days", "14 days", "15 days", "7 weeks", "4 months"]),
            "where": st.lists(
                st.sampled_from(sorted(content.vocabulary.areas)), max_size=2, unique=True
            ),
            "worst": st.just(10),
            "now": st.sampled_from([0, 1, 3, 5, 7]),
            "running": st.sampled_from([0, 1, 2, 3, 5]),
        },
        optional={
            "began": st.sampled_from(sorted(content.vocabulary.beginnings)),
        },
    )


def _locks():
    kind = st.sampled_from(["run", "strength", "cross-training", "mobility"])
    return st.lists(
        st.builds(
            lambda k, how, day: {"session": k, how: day},
            kind,
            st.sampled_from(["on", "never"]),
            st.sampled_from(WEEKDAYS),
        ),
        max_size=2,
    )


def _clinician(content: Catalogue):
    names = sorted(content.exercises)
    stages = [s.id for s in content.protocols["low-back-walk-run"].stages]
    return st.fixed_dictionaries(
        {"name": st.just("A. Physio"), "reviewed_on": st.just(str(date(2026, 11, 20)))},
        optional={
            "cleared_to_run": st.booleans(),
            "highest_stage": st.sampled_from(stages),
            "start_stage": st.sampled_from(stages),
            "exclude": st.lists(st.sampled_from(names[::2]), max_size=4, unique=True),
            "require": st.lists(st.sampled_from(names[1::2]), max_size=3, unique=True),
            "exercises_per_day": st.integers(1, 6),
        },
    )


def intakes(content: Catalogue, *, flags: bool = True):
    """Return a strategy for the answers of a person; *flags* adds yes and unsure answers."""
    words = content.vocabulary
    every = sorted({*words.screening, *words.health})
    ticked = st.dictionaries(
        st.sampled_from(every), st.sampled_from(["yes", "unsure", "no"]), max_size=4 if flags else 0
    )
    health = st.dictionaries(
        st.sampled_from(sorted(words.health)), st.sampled_from(["yes", "no"]), max_size=4
    )
    moves = sorted(words.movements)
    return st.builds(
        lambda answers, more, worse, better, **rest: settled(
            {
                **rest,
                "answers": {**answers_no(content), **more, **answers},
                "worse": worse,
                "better": [b for b in better if b not in worse],
            }
        ),
        answers=ticked,
        more=health,
        worse=_some(moves),
        better=_some(moves),
        who=st.fixed_dictionaries({"age": st.sampled_from([16, 19, 25, 40, 58, 72])}),
        history=st.builds(
            lambda off, longest, weekly: {
                "off_running": off,
                "longest_run": longest if off in ("0 days", "5 days", "3 weeks") else "0 min",
                "weekly_distance": weekly,
            },
            st.sampled_from(["0 days", "5 days", "3 weeks", "8 weeks", "8 months"]),
            st.sampled_from([None, "15 min", "40 min", "90 min", "180 min"]),
            st.sampled_from(["0 km", "20 km", "60 km"]),
        ),
        pain=_pain(content),
        abilities=st.dictionaries(
            st.sampled_from(sorted(words.abilities)), st.sampled_from(["yes", "no"]), max_size=3
        ),
        week=st.builds(
            lambda days, changes: {**{k: v for k, v in days.items() if v}, "exceptions": changes},
            st.fixed_dictionaries({name: _days(content) for name in WEEKDAYS}),
            _exceptions(content),
        ),
        equipment=_some(words.equipment),
        goal=st.sampled_from(
            [
                {"run": "20 min"},
                {"run": "30 min"},
                {"run": "50 min"},
                {"distance": "10 km"},
                {"weekly_distance": "25 km"},
            ]
        ),
        wishes=st.builds(
            lambda locks, dislikes, runs: {
                "locks": locks,
                "dislikes": dislikes,
                "fewest_runs": runs,
            },
            _locks(),
            _some(content.exercises),
            st.integers(1, 2),
        ),
    )


def with_clinician(content: Catalogue):
    """Return a strategy for answers that a clinician has reviewed."""
    return st.builds(
        lambda answers, block: {**answers, "clinician": block},
        intakes(content),
        _clinician(content),
    )
