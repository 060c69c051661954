"""The page for a phone: one file, readable by everyone, and ticks that stay."""

import re
import shutil
import subprocess
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from programgen import service
from programgen.content.page_text import MOST_GRADE, sentences_by_heading
from programgen.content.readability import grade
from programgen.core.plan import Plan
from programgen.render.quality import contrast
from tests.browser import Browser, needs_chromium
from tests.conftest import MONDAY, TODAY, a_runner, planned
from tests.logs import first_plan, log_of, run

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(p for p in (ROOT / "examples").glob("*.yaml") if ".log" not in p.name)
ORACLES = ROOT / "tests/oracles"
VALIDATOR = ORACLES / "node_modules/.bin/html-validate"
VOID = {"meta", "img", "input", "br", "col"}
HOSTILE = (
    "Zoë علي 🏃‍♀️ \"q\" 'a' </script><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }}"
)


class Tree(HTMLParser):
    """Every element of a page with its attributes and the ones around it."""

    def __init__(self, page):
        super().__init__()
        self.found, self.around, self.texts = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Keep an element."""
        self.found.append((tag, dict(attrs), tuple(self.around)))
        if tag not in VOID:
            self.around.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Keep an element without content."""
        self.found.append((tag, dict(attrs), tuple(self.around)))

    def handle_endtag(self, tag):
        """Leave an element."""
        assert self.around.pop() == tag

    def handle_data(self, data):
        """Keep the words with the element that they stand in."""
        self.texts.append((self.around[-1] if self.around else "", data))

    def all(self, tag):
        """Return the attributes of every element of a kind."""
        return [attrs for name, attrs, _ in self.found if name == tag]

    def text(self, tag):
        """Return the words inside the elements of a kind."""
        return "".join(data for name, data in self.texts if name == tag)


def result_of(path, content):
    """Return the result for an example."""
    intake = service.read_intake(path, content, TODAY)
    return service.plan(intake, content, start=MONDAY, made_on=TODAY)


def page_of(result, content, **more):
    """Return the page of a result."""
    return service.document(result, content, ".html", "a4", **more).decode()


@pytest.fixture(scope="module")
def pages(content):
    """The page of every example, and one with open questions."""
    made = {path.stem: page_of(result_of(path, content), content) for path in EXAMPLES}
    unanswered = a_runner(content, unanswered=["bladder-trouble"])
    return {**made, "open": page_of(planned(content, unanswered), content)}


NAMES = [*(path.stem for path in EXAMPLES), "open"]


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_reader_finds_its_way(pages, name):
    """One first heading, no skipped level, landmarks, labels, and words for every picture."""
    tree = Tree(pages[name])
    levels = [int(tag[1]) for tag, _, _ in tree.found if re.fullmatch(r"h[1-6]", tag)]
    ids = [attrs["id"] for _, attrs, _ in tree.found if "id" in attrs]
    targets = {a["href"][1:] for _, a, _ in tree.found if a.get("href", "").startswith("#")}

    assert tree.around == []
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert tree.all("html")[0]["lang"] == "en"
    assert {len(tree.all(tag)) for tag in ("header", "nav", "main", "footer")} == {1}
    assert [around[-1] for tag, _, around in tree.found if tag == "title"].count("head") == 1
    assert tree.all("a")[0] == {"class": "skip", "href": "#main"}
    assert len(ids) == len(set(ids))
    assert targets <= set(ids)
    assert "emergency" in targets
    for tag in ("input", "select"):
        assert all("label" in around for name, _, around in tree.found if name == tag)
    for attrs in tree.all("svg"):
        assert attrs.get("aria-hidden") == "true" or attrs["aria-labelledby"] in ids


@pytest.mark.parametrize("name", NAMES)
def test_the_page_asks_for_nothing_and_runs_only_its_own_script(pages, name):
    """No address, no style or handler in an element, and a policy with the true hashes."""
    page = pages[name]
    tree = Tree(page)
    rules = next(a["content"] for a in tree.all("meta") if "http-equiv" in a)
    allowed = dict(rule.split(" ", 1) for rule in rules.split("; "))
    written = {
        kind: re.findall(f"<{kind}>(.*?)</{kind}>", page, re.DOTALL) for kind in ("style", "script")
    }

    assert not re.search(r"https?:|url\(|@import", re.sub(r'xmlns="[^"]*"', "", page))
    for _, attrs, _ in tree.found:
        assert not {key for key in attrs if key == "style" or key.startswith("on")}
        assert attrs.get("src", "data:").startswith("data:")
    assert allowed["default-src"] == "'none'"
    assert len(written["style"]) == 1
    for kind, texts in written.items():
        hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in texts]
        assert allowed[f"{kind}-src"] == (f"'sha256-{hashes[0]}'" if hashes else "'none'")


@pytest.mark.parametrize("name", NAMES)
def test_the_words_are_as_easy_as_on_paper(pages, name):
    """Reading grade of the whole page."""
    told = [s for found in sentences_by_heading(pages[name]).values() for s in found]

    assert len(told) > 10
    assert grade(told) <= MOST_GRADE


def test_every_session_stands_on_its_day_and_every_exercise_once(content, pages):
    """The days and slots of the plan, and each picture a single time."""
    plan = result_of(ROOT / "examples/runner.yaml", content)
    tree = Tree(pages["runner"])
    keys = [a["data-key"] for a in tree.all("input") if a["data-key"].endswith("/done")]
    days = [a["data-day"] for a in tree.all("article")]
    symbols = [a["id"] for a in tree.all("symbol")]

    assert keys == [f"{w.number}/{p.slot}/done" for w in plan.weeks for p in w.placed]
    assert days == [d.day.isoformat() for w in plan.weeks for d in w.days if d.day >= plan.start]
    assert sorted(symbols) == sorted({f"p-{n}" for n in (*plan.exercises, *plan.self_care)})
    assert {a["href"] for a in tree.all("use")} == {f"#{name}" for name in symbols}


def test_the_timer_counts_what_the_session_says(content, pages):
    """The seconds of all bouts are the steps with the walks around them."""
    plan = result_of(ROOT / "examples/runner.yaml", content)
    sessions = [p.session for w in plan.weeks for p in w.placed if p.session.stage]
    timers = [a["data-bouts"] for a in Tree(pages["runner"]).all("button") if "data-bouts" in a]

    assert len(timers) == len(sessions)
    for bouts, session in zip(timers, sessions, strict=True):
        seconds = {"walk": 0, "run": 0}
        for bout in bouts.split():
            move, time = bout.split(":")
            seconds[move] += int(time)
        assert seconds["run"] == round(session.run_minutes * 60)
        steps = sum(
            (b.time.total_seconds() * s.repeat for s in session.steps for b in s.bouts), 0.0
        )
        around = (session.warm_up + session.cool_down).total_seconds()
        assert sum(seconds.values()) == round(steps + around)


def test_text_never_becomes_markup(content):
    """Names, events, notes and reasons are shown as they were written."""
    note = HOSTILE * 80
    changes = {
        "who": {"name": HOSTILE[:100]},
        "goal": {"run": "30 min", "name": HOSTILE[:100], "on": "2027-06-01"},
        "clinician": {
            "name": HOSTILE[:60],
            "reviewed_on": "2026-11-23",
            "cleared_to_run": True,
            "note": note[:10_000],
        },
        "week": {
            "exceptions": [
                {"first": "2026-12-02", "last": "2026-12-02", "minutes": 0, "why": HOSTILE[:100]}
            ]
        },
    }
    plain = planned(content, a_runner(content))
    page, usual = (
        page_of(result, content) for result in (planned(content, a_runner(content, changes)), plain)
    )
    kinds = [{tag for tag, _, _ in Tree(text).found} for text in (page, usual)]

    assert kinds[0] == kinds[1]
    assert page.count("<script") == 1
    assert "علي 🏃‍♀️" in Tree(page).text("p")
    assert "</script><script>alert(1)</script>" in Tree(page).text("p")
    assert "{{ 7*7 }}" in page


def later_version(content, reported=1, **facts):
    """Return the plan after its first runs were reported with these facts."""
    first = first_plan(content, "six weeks off")
    days = [p.day for w in first.weeks for p in w.placed if p.session.stage][:reported]
    log = log_of(first, *(run(day, **facts) for day in days), entered=days[-1])
    later = service.updated(first, log, content, today=days[-1] + timedelta(days=1))
    assert isinstance(later, Plan)
    return later


def test_a_later_version_tells_what_changed_and_what_was_done(content):
    """The past has its outcome and no boxes; the store keeps the name of the plan."""
    later = later_version(content, during=6)
    printed = Tree(service.print_page(later, content, "a4"))
    tree = Tree(page_of(later, content))
    keys = {a.get("data-key") for a in tree.all("input")}

    assert "What changed and why" in tree.text("h2")
    assert set(later.changes)
    for change in later.changes:
        assert change.text in tree.text("li")
        assert change.text in printed.text("li")
    assert "1/run-1/done" not in keys
    assert f"{later.weeks[0].number}/{later.weeks[0].placed[-1].slot}/done" in keys
    assert "Done" in tree.text("p")
    assert tree.all("body") == [{"data-plan": first_plan(content, "six weeks off").provenance.plan}]
    assert ", version 2" in tree.text("p")


def test_a_good_session_is_ticked_on_the_ladder(content):
    """An earned tick is shown and cannot be taken away by hand."""
    tree = Tree(page_of(later_version(content), content))
    earned = [a for a in tree.all("input") if "disabled" in a]

    assert len(earned) == 1
    assert "checked" in earned[0]
    assert "data-key" not in earned[0]


def test_runs_on_hold_are_told_before_the_day(content):
    """What is paused and what ends it stands above 'Today'; no link leads nowhere."""
    page = page_of(later_version(content, 2, where="further"), content)
    tree = Tree(page)
    ids = {attrs.get("id") for _, attrs, _ in tree.found}

    assert page.index("On hold until") < page.index("<h2>Today</h2>")
    assert "What ends it" in page
    assert {a["href"][1:] for a in tree.all("a") + tree.all("use")} <= ids


def test_a_referral_has_the_words_of_the_printed_page_and_no_exercise(content, pages):
    """What to do now stands first; there is no script at all."""
    result = result_of(ROOT / "examples/referral.yaml", content)
    printed = Tree(service.print_page(result, content, "a4"))
    tree = Tree(pages["referral"])

    assert tree.all("script") == tree.all("article") == []
    assert "".join(tree.text("li").split()) == "".join(printed.text("li").split())
    assert set(map(str.strip, printed.text("strong").split("."))) <= set(
        map(str.strip, tree.text("b").split("."))
    ) | {"Draft content: not yet signed off by a clinician"}


def test_the_clinic_is_on_the_page(content):
    """Name, logo inside the file, and the main colour."""
    house = service.house_style(ROOT / "examples/clinic-file/clinic.yaml", None)
    page = page_of(planned(content, a_runner(content)), content, house=house)

    assert "Riverside Physiotherapy" in page
    assert "#0b5563" not in page
    assert "logo:" not in page


def colours(style, start):
    """Return the named colours of a block of the style sheet."""
    block = style[style.index(start) :]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block[: block.index("}")]))


@pytest.mark.parametrize("start", [":root {", "@media (prefers-color-scheme: dark) {\n  :root {"])
def test_text_can_be_read_in_both_modes(start):
    """Contrast of at least 4.5 to 1 on every ground that a colour stands on, 3 to 1 for fields."""
    style = (ROOT / "templates/phone/phone.css").read_text()
    named = colours(style, start)
    texts = ("ink", "soft", "main", "stop", "wait", "go", "run", "strength", "mobility")

    for text in (*texts, "cross-training"):
        for ground in ("ground", "paper"):
            assert contrast(named[text], named[ground]) >= 4.5, (text, ground)
    for ground in ("stop", "wait"):
        for text in ("ink", ground):
            assert contrast(named[text], named[f"{ground}-ground"]) >= 4.5
    for ground in ("stop", "soon", "main"):
        assert contrast(named["on-stop" if ground == "stop" else "on-main"], named[ground]) >= 4.5
    assert contrast(named["field"], named["paper"]) >= 3


@pytest.mark.skipif(
    shutil.which("node") is None or not VALIDATOR.exists(),
    reason="needs node, and: npm ci --ignore-scripts --prefix tests/oracles",
)
def test_somebody_elses_validator_finds_nothing(pages, tmp_path):
    """Standard HTML with the rules for accessibility."""
    for name, page in pages.items():
        (tmp_path / f"{name}.html").write_text(page)
    done = subprocess.run(
        [VALIDATOR, "--config", ORACLES / "htmlvalidate.json", *tmp_path.glob("*.html")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def files(pages, tmp_path_factory):
    """The pages as files."""
    folder = tmp_path_factory.mktemp("pages")
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page)
    return folder


@pytest.fixture
def browser(tmp_path):
    """A browser of its own for each test."""
    opened = Browser(tmp_path / "profile")
    yield opened
    opened.close()


DONE = "document.querySelector('#today [data-key$=done]')"


@needs_chromium
def test_ticks_and_numbers_are_remembered(browser, files):
    """After a reload they are there; cleared, they are gone; nothing is sent or complained of."""
    path = files / "runner.html"
    browser.open(path, day="2026-12-02")
    browser.run(f"{DONE}.click()")
    select = "document.querySelector('#today select')"
    browser.run(
        f"{select}.value = '3'; {select}.dispatchEvent(new Event('change', {{bubbles: true}}))"
    )
    browser.open(path)
    kept = browser.run(f"[{DONE}.checked, {select}.value]")
    browser.run("window.confirm = () => true; document.getElementById('clear').click()")
    cleared = browser.run(f"[{DONE}.checked, {select}.value, localStorage.length]")

    assert kept == [True, "3"]
    assert cleared == [False, "", 0]
    assert browser.complaints() == ([], [])


@needs_chromium
@pytest.mark.parametrize(
    ("day", "shown", "says"),
    [
        ("2026-11-25", "2026-11-30", "Your plan begins on Mon 30 Nov."),
        ("2026-12-09", "2026-12-09", "This is what your plan has for today."),
        ("2027-06-01", None, "Your plan ended on Sun 24 Jan."),
    ],
)
def test_the_present_day_comes_first(browser, files, day, shown, says):
    """Before the plan its first day, during it today, and afterwards what to do."""
    browser.open(files / "runner.html", day=day)
    found = browser.run("document.querySelector('#today .day')?.dataset.day")
    text = browser.run("document.querySelector('#today').innerText")
    days = browser.run("document.querySelectorAll('.day').length")

    assert found == shown
    assert says in text
    assert "Open your week" not in text
    assert days == 8 * 7


@needs_chromium
def test_the_timer_follows_the_clock(browser, files):
    """After the first walk it says 'Run'; after all bouts it is done."""
    browser.open(files / "runner.html", day="2026-12-02")
    browser.run("document.querySelector('#today .start').click()")
    before = browser.run("document.querySelector('#timer').innerText")
    # Two seconds into the first run, and then far beyond the end.
    jump = "{{ const now = Date.now; Date.now = () => now() + {0}; }}"
    on = "document.getElementById('timer-go').click();"
    browser.run(on + jump.format(302_000) + on + on)
    run = browser.run("document.querySelector('#timer').innerText")
    browser.run(jump.format(9_000_000) + on + on)
    over = browser.run("document.querySelector('#timer').innerText")

    assert "Walk" in before.splitlines()
    assert "5:00" in before
    assert "Run" in run.splitlines()
    assert re.search(r"0:2[78]", run)
    assert "Done" in over.splitlines()


@needs_chromium
@pytest.mark.parametrize("name", NAMES)
def test_nothing_runs_over_the_edge(browser, files, name):
    """No sideways scrolling on a small phone, at 400 percent and with letters twice as large."""
    browser.open(files / f"{name}.html", day="2026-12-02")
    browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    for width, letters in ((360, "100%"), (320, "100%"), (360, "200%"), (1280, "100%")):
        browser.screen(width, 700, letters=letters)
        wide = browser.run("document.documentElement.scrollWidth")

        assert wide <= width, (name, width, letters)
    assert browser.complaints() == ([], [])


@needs_chromium
def test_a_link_opens_the_card_of_its_exercise(browser, files):
    """One tap from the session to the picture and the words."""
    browser.open(files / "runner.html", day="2026-12-02")
    link = "document.querySelector('#today .lines a')"
    closed = browser.run(f"document.querySelector({link}.hash).open")
    browser.run(f"{link}.click()")

    assert closed is False
    assert browser.run(f"document.querySelector({link}.hash).open") is True


def test_an_example_is_a_plan(content):
    """The browser tests look at a plan of eight weeks that begins on a Monday."""
    plan = result_of(ROOT / "examples/runner.yaml", content)

    assert isinstance(plan, Plan)
    assert (plan.start, len(plan.weeks)) == (MONDAY, 8)
