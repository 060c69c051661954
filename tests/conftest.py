"""Builders that every test may use: a healthy baseline runner and the shipped content."""

import gc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from programgen import service
from programgen.content.reading import Document
from programgen.core.catalogue import Catalogue
from programgen.core.intake import Intake
from programgen.core.plan import Result

settings.register_profile(
    "programgen", deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
settings.load_profile("programgen")

GOLDEN = Path(__file__).parent / "golden"
TODAY = date(2026, 11, 24)
MONDAY = date(2026, 11, 30)


def merged(base: Any, changes: Any) -> Any:
    """Return *base* with *changes* laid over it, key by key."""
    if not isinstance(base, dict) or not isinstance(changes, dict):
        return changes
    return {
        **base,
        **{key: merged(base.get(key), value) for key, value in changes.items()},
    }


def answers_no(content: Catalogue) -> dict[str, str]:
    """Return a clear no to every question."""
    words = content.vocabulary
    return dict.fromkeys([*words.screening, *words.health], "no")


def settled(answers: dict[str, Any]) -> dict[str, Any]:
    """Return answers in which no question is denied that another answer settles."""
    told = answers.get("answers", {})
    age, pain = answers["who"].get("age"), answers.get("pain", {})
    said = {
        "began-before-45": age is not None and age < 45,
        "ibp-before-40": age is not None and age < 40,
        "ibp-before-35": age is not None and age < 35,
        "ibp-better-moving": "moving" in answers.get("better", ()),
        "ibp-buttock": "buttock" in pain.get("where", ()),
        "ibp-crept-up": pain.get("began") == "gradually",
    }
    yes = {key: "yes" for key, true in said.items() if true and told.get(key) == "no"}
    return {**answers, "answers": {**told, **yes}}


def baseline(content: Catalogue) -> dict[str, Any]:
    """Return the answers of a runner whom nothing keeps from a full plan."""
    outside = {"minutes": 60, "places": ["home", "outdoor"]}
    return {
        "who": {"age": 35},
        "history": {"off_running": "6 weeks", "longest_run": "0 min", "weekly_distance": "20 km"},
        "pain": {
            "now": 1,
            "usual": 1,
            "worst": 3,
            "walking": 1,
            "running": 1,
            "where": ["low-back"],
            "since": "10 days",
            "began": "gradually",
        },
        "answers": answers_no(content),
        "abilities": {"walk-30-min": "yes", "jog-on-spot": "yes", "hop": "yes"},
        "week": dict.fromkeys(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), outside
        ),
        "equipment": ["mat", "band"],
        "goal": {"run": "30 min"},
    }


def a_runner(content: Catalogue, changes: Any = None, unanswered: Any = ()) -> Intake:
    """Return the baseline runner with changes; questions may be left open."""
    answers = settled(merged(baseline(content), changes or {}))
    for name in unanswered:
        del answers["answers"][name]
    return service.intake_of(Document("test", answers), content, TODAY)


def planned(content: Catalogue, intake: Intake, **options: Any) -> Result:
    """Return the checked result for an intake."""
    return service.plan(intake, content, **{"start": MONDAY, "made_on": TODAY, **options})


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the folders of whoever runs the tests as they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        for name in ("XDG_CACHE_HOME", "PROGRAMGEN_STORE", "PROGRAMGEN_NO_STORE"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(autouse=True, scope="module")
def small_heap() -> None:
    """Keep what earlier modules hold out of the collection that follows each printed page.

    With plans and pages of thousands of tests in memory one collection takes seconds.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def content() -> Catalogue:
    """The shipped content."""
    return service.catalogue()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that writes the expected pages again."""
    parser.addoption("--update-golden", action="store_true", help="write tests/golden again")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Any:
    """Compare a text with the expected one, or write it with --update-golden."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, (
            "the page has changed; read the difference, then run 'pytest --update-golden'"
        )

    return compare
