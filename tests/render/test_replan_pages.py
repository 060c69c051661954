"""A later version on paper: why it moved, where the runner stands, the log, the way so far."""

import re
from datetime import timedelta
from io import BytesIO
from itertools import pairwise

import pikepdf
import pypdf
import pytest
from click.testing import CliRunner

from programgen import service
from programgen.cli import main
from programgen.content.page_text import sentences_by_heading
from programgen.content.readability import MOST_GRADE, grade
from programgen.core.checkin import SessionReport, WeekReport
from programgen.core.decisions import Move
from programgen.core.log import Log
from programgen.core.log_sheet import DONE, SESSION, SESSIONS, WEEK, WHERE
from programgen.core.plan import WeekOfProgress
from programgen.core.progress import outcomes
from programgen.core.protocol import time_of
from programgen.core.words import day_text
from programgen.render.editions import EDITIONS
from programgen.render.moving import also_lines, rule_lines
from programgen.render.page import html
from programgen.render.pdf import pdf
from programgen.render.progress_page import progress_html
from programgen.render.view import light_rows
from tests.conftest import a_runner, planned
from tests.logs import ladder, log_of, run, updated
from tests.render.test_editions import laid_out
from tests.render.test_pages import PICTURES, body, tags
from tests.replanned import (
    CONTENT,
    a_tick_earned,
    after_a_bad_run,
    crowded,
    first,
    on_hold,
    stopped,
    weeks_of_progress,
)

RUNNING = CONTENT.protocols["low-back-walk-run"]


def page_of(result, edition="standard", paper="a4"):
    """Return a result as a page without pictures of exercises."""
    return html(result, CONTENT, {}, paper, edition)


def text_of(page):
    """Return the words of a page, without its style."""
    bare = re.sub(r"<title>.*?</title>", "", page[page.index("<body>") :], flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())


def part(page, heading):
    """Return the text from a heading up to the next of its kind."""
    found = re.search(rf"<h2[^>]*>{heading}</h2>(.*?)(?=<h2|$)", page, re.DOTALL)
    return text_of(f"<body>{found[1]}")


def headings(page):
    """Return the headings of the parts, in order."""
    return re.findall(r"<h[12][^>]*>(.*?)</h[12]>", page[page.index("<body>") :])


def test_the_words_of_a_later_version_are_as_reviewed(golden):
    """A changed sentence shows up as a difference that a reviewer can read."""
    plan, _ = after_a_bad_run()

    golden("runner-v2.html", body(html(plan, CONTENT, PICTURES)))


def test_a_later_version_opens_with_what_changed():
    """Title, emergency box, what changed and why; a first version has no such part."""
    plan, _ = after_a_bad_run()

    assert headings(page_of(plan))[:4] == [
        "Your plan back to running",
        "Call your emergency number now if one of these is new",
        "What changed and why",
        "Where you are now",
    ]
    assert "What changed" not in page_of(first())


def test_the_cause_stands_before_what_it_changed():
    """The painful run of Wednesday, then this week, then the next, then the outlook."""
    plan, _ = after_a_bad_run()
    told = part(page_of(plan), "What changed and why")
    order = [
        "Wed 9 Dec: The pain rose above what this plan allows",
        "This week (week 2)",
        "Sat 12 Dec: 6 × (30 s run, 2 min walk). Before it was 8 × (1 min run, 2 min walk).",
        "Next week (week 3)",
        "The outlook from week 4 on has changed.",
    ]
    places = [told.index(said) for said in order]

    assert places == sorted(places)
    for change in plan.changes:
        assert change.text in told


def test_each_cause_has_its_sources():
    """The number leads to a source at the end of the handout."""
    plan, _ = after_a_bad_run()
    page = page_of(plan)
    told = re.search(r"some days of rest\. \[([\d, ]+)\]", part(page, "What changed and why"))
    listed = re.search(r'<ol class="sources">(.*?)</ol>', page, re.DOTALL)[1].count("<li>")

    assert all(1 <= int(number) <= listed for number in told[1].split(", "))


def test_a_rest_has_its_last_day():
    """After a bad reaction it is said until when there is no run."""
    plan, _ = after_a_bad_run()
    until = plan.standing.rest_until

    assert f"From {day_text(until)} on it may go on." in page_of(plan)


def test_a_pause_says_what_stops_what_goes_on_and_what_ends_it():
    """Three bad reactions: no run, the rest goes on, a clinician ends it."""
    page = page_of(on_hold())
    told = part(page, "On hold until somebody has had a look")

    assert "Three bad reactions in 4 weeks." in told
    assert "Paused: running." in told
    assert "Goes on: strength, loosening up and easy training" in told
    assert "What ends it: A doctor or physiotherapist has a look and allows it again." in told
    assert "You can start the plan before the visit" not in page
    opens = on_hold().standing.open_from
    ahead = [p for w in on_hold().weeks for p in w.placed if p.day >= opens]
    assert ahead
    assert not any(placed.session.stage for placed in ahead)


def unsure():
    """A plan after a week in which one warning question had no clear answer."""
    plan = first()
    day = plan.weeks[0].days[1].day
    report = WeekReport(day=day, answers={"saddle-numbness": "unsure"})
    log = Log(plan=plan.provenance.plan).appended([report], day)
    return service.updated(plan, log, CONTENT, today=day)


def test_a_question_without_an_answer_is_in_the_box_and_no_clinician_signs_there():
    """What ends this hold is an answer, so the box asks for it."""
    plan = unsure()
    page = page_of(plan)
    told = part(page, "On hold until some questions are answered")

    assert CONTENT.vocabulary.screening["saddle-numbness"].ask in told
    assert "clear yes or no" in told
    assert "get medical help now" in told
    assert "Allowed again by" not in page
    assert not any(
        p.session.stage or p.session.kind == "strength"
        for week in plan.weeks
        for p in week.placed
        if p.day >= plan.standing.open_from
    )


def test_on_hold_the_traffic_light_tells_of_no_next_run():
    """No ticks, no line to go to: the light is about what still goes on."""
    light = " ".join(row.action for row in light_rows(RUNNING, held=True))

    assert "next line" not in light
    assert "Go back" not in light
    assert "next line" in " ".join(row.action for row in light_rows(RUNNING))
    assert "No ticks while you are on hold" in page_of(on_hold())


def test_being_woken_by_the_pain_is_said_where_the_version_opens():
    """Advice to have the back looked at stands above the reasons, and running goes on."""
    plan = first()
    day = ladder(plan)[0].day
    later = updated(plan, log_of(plan, run(day, night="yes")), CONTENT, day + timedelta(days=1))
    opening = part(page_of(later), "What changed and why")

    assert opening.index("The pain woke you at night on") < opening.index("Why ")
    assert not later.standing.held


def test_no_session_moves_away_from_a_day_on_which_it_is_new():
    """What stays on its day is the same session, however many of its kind the week has."""
    for plan in (unsure(), on_hold(), after_a_bad_run()[0], crowded()):
        for change in plan.changes:
            gone = re.search(r"The (\w+) session moves from (\w+ \d+ \w+) to", change.text)
            new = f"{gone[2]}: the {gone[1]} session is new." if gone else ""
            assert new not in [other.text for other in plan.changes] or not gone


def test_weeks_of_the_past_are_not_printed_again():
    """The running week and the later ones keep their numbers."""
    plan, _ = after_a_bad_run()
    weeks = [h for h in headings(page_of(plan)) if re.fullmatch(r"Week \d+", h)]

    assert weeks == [f"Week {number}" for number in range(2, len(plan.weeks) + 1)]


def test_past_days_of_the_running_week_say_what_was_done():
    """Done, done in part, missed; nothing is left to tick there."""
    plan, _ = after_a_bad_run()
    rows = re.findall(r'<tr class="[^"]*over">(.*?)</tr>', page_of(plan), re.DOTALL)
    said = [re.search(r'class="log past"[^>]*>([^<]+)<', row)[1] for row in rows]

    assert said == ["Done", "Done", "Missed", "Done in part"]
    assert not any('class="tick"' in row for row in rows)


def test_ticks_that_are_earned_are_printed():
    """One good run of three at the stage: one box is ticked, and it is said in words."""
    page = page_of(a_tick_earned())
    (here,) = re.findall(r'<tr class="here">(.*?)</tr>', page, re.DOTALL)

    assert here.count("<title>Earned</title>") == 1
    assert here.count('<span class="tick"></span>') == 2
    assert "Ticks so far: 1 of 3." in here
    assert "You are at line 4, 30-second runs. Ticks so far: 1 of 3." in page


def test_the_ladder_shows_where_the_next_run_is():
    """After a bad reaction the line is the one that the week page has, without a tick."""
    plan, _ = after_a_bad_run()
    coming = next(
        p
        for w in plan.weeks
        for p in w.placed
        if p.session.stage and p.day > plan.standing.last_run
    )
    (here,) = [rung for rung in plan.rungs if rung.here]

    assert here.stage == coming.session.stage
    assert here.good == 0


def test_the_foot_says_which_version_it_is_and_what_it_was_made_from():
    """Plan, version, parent and log on every page; a first version has no parent."""
    plan, log = after_a_bad_run()
    made = plan.provenance
    pages = pypdf.PdfReader(BytesIO(pdf(page_of(plan)))).pages

    said = f"plan {made.plan[:7]}, version 2 (after version 1, {made.parent[:7]}; "
    for page in pages:
        assert said + f"log {log.fingerprint[:7]})" in " ".join(page.extract_text().split())
    assert made.plan[:7] not in page_of(first())


def test_the_log_has_the_columns_of_a_check_in_in_its_order():
    """What is written on paper can be typed in from left to right."""
    for columns, model in ((SESSION, SessionReport), (WEEK, WeekReport)):
        fields = [*model.model_fields]
        asked = [fields.index(column.field) for column in columns]

        assert asked == sorted(asked)
    left = {*SessionReport.model_fields} - {c.field for c in SESSION}
    assert left == {"id", "entered", "supersedes", "kind", "distance", "source", "exercise"}


def test_every_word_to_ring_is_an_answer_that_is_understood():
    """Each choice on paper is a value of its field."""
    for done, _ in DONE:
        for where, _ in WHERE:
            for session, _ in SESSIONS:
                SessionReport(day="2026-12-07", session=session, done=done, where=where)
    assert len({word for _, word in WHERE}) == 5


def test_the_log_lists_the_sessions_that_are_not_reported_yet():
    """A row for each of them in the firm weeks, none for a past one."""
    plan, _ = after_a_bad_run()
    logs = re.findall(r'<table class="logged">.*?</table>', page_of(plan), re.DOTALL)
    firm = [w for w in plan.weeks if w.firm and w.days[-1].day >= plan.standing.open_from]

    assert len(logs) == len(firm) == 2
    for log, week in zip(logs, firm, strict=True):
        open_days = [day_text(p.day) for p in week.placed if p.session.outcome is None]
        assert re.findall(r'<th scope="row">(\w+ \d+ \w+)</th>', log) == open_days


def test_pain_is_never_asked_for_twice():
    """A week has either a log or boxes for pain on its page."""
    for plan in (first(), after_a_bad_run()[0]):
        page = page_of(plan)
        for found in re.findall(r'<table class="days.*?</table>(.*?)<h2>', page, re.DOTALL):
            assert "logged" not in found
        pages = re.split(r'(?=<section class="page")', page)
        for number, text in enumerate(pages[:-1]):
            if '<table class="days' in text:
                boxes = "Worst pain 0–10" in text
                assert boxes != ('<table class="logged">' in pages[number + 1])


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_log_of_a_week_is_one_sheet(paper):
    """With its weekly questions, for ten sessions."""
    sheets = laid_out(page_of(first(), paper=paper), {})
    logs = [s.blocks("table", "logged") for s in sheets]
    weekly = [s.blocks("table", "weekly") for s in sheets]

    assert sum(map(bool, logs)) == sum(map(bool, weekly)) == 2
    assert all(bool(a) == bool(b) for a, b in zip(logs, weekly, strict=True))


ON_PAPER = {
    "stop": "New tingling, numbness or weakness in a leg: stop the plan and call a doctor",
    "bone": "Sharp pain in one spot of a bone twice in 28 days: stop",
    "spread-twice": "Pain moved down the leg twice in 7 days: stop",
    "three-reds": "Three red sessions in 28 days: stop",
    "red-when-walking": "Red, for the second time in 14 days, and your line is all walking: stop",
    "away-long": "29 days or more off: go back",
    "two-reds": "Red, for the second time in 14 days: next",
    "away-middle": "15 days or more off: go back",
    "red": "Red: next",
    "three-ambers": "Three amber sessions in a row: go back 1 line",
    "worse-week": "Your average or worst pain of the week is 2 or more above the week before: go",
    "away-short": "8 days or more off: stay, and earn new ticks",
    "amber": "Amber: do your line again",
    "up": "Green, and 3 ticks on your line, and 7 days on it: go to the next line",
    "stay": "In all other cases: do your line again",
}
"""Row of the decision table, and how it begins on paper."""


@pytest.mark.parametrize("protocol", CONTENT.protocols.values(), ids=[*CONTENT.protocols])
def test_every_row_of_the_decision_table_is_on_paper(protocol):
    """Somebody who never opens the program again gets the same answer, row by row."""
    lines = [*rule_lines(protocol)]
    first_of = []
    for row in protocol.decisions.moves:
        (found,) = [n for n, line in enumerate(lines) if line.startswith(ON_PAPER[row.id])]
        first_of.append(found)
        if row.step == "back":
            assert f"go back {row.back} line" in lines[found].lower()
            assert ("the first dose again" in lines[found]) == row.lighter
            longest = row.when.away == len(protocol.moves.breaks)
            assert ("Answer the questions of the start again" in lines[found]) == longest
            assert (f"{row.rest.days} days later" in lines[found]) == bool(row.rest)
        if row.step in ("pause", "stop"):
            assert "stop" in lines[found]

    assert first_of == sorted(first_of), "the order of the table is that of the paper"


def test_a_row_that_a_clinic_changed_is_printed_as_it_was_changed():
    """Four amber sessions instead of three, and two lines back."""
    protocol = CONTENT.protocols["low-back-walk-run"]
    (old,) = [row for row in protocol.decisions.moves if row.id == "three-ambers"]
    when = old.when.model_copy(update={"ambers": 4})
    new = Move(**{**dict(old), "when": when, "back": 2})
    moves = tuple(new if row is old else row for row in protocol.decisions.moves)
    table = protocol.decisions.model_copy(update={"moves": moves})
    lines = rule_lines(protocol.model_copy(update={"decisions": table}))

    assert "Four amber sessions in a row: go back 2 lines. Strength: the first dose again." in lines


def test_the_light_card_knows_what_the_readings_know():
    """Pain one hour later, pain at night, a sore morning: each has its colour on paper."""
    text = text_of(page_of(first()))

    assert "Pain during, or 1 hour after" in text
    assert "pain that wakes you at night" in text
    assert "It counts as amber. Two such mornings in a row count as red." in text
    assert "A session that was cut short earns no tick." in text
    assert all(line in text for line in also_lines(CONTENT.protocols["low-back-walk-run"]))


def of(first_score, last_score, name="average"):
    """Return the outcome of two weeks."""
    weeks = tuple(
        WeekOfProgress(number=n, planned=1, done=1, run_minutes=1, **{name: score})
        for n, score in enumerate((first_score, last_score), 1)
        if score is not None
    )
    (found,) = outcomes(weeks, CONTENT.settings)
    return found


@pytest.mark.parametrize(
    ("name", "before", "after", "matters"),
    [
        ("average", 6, 5, False),
        ("average", 6, 4, True),
        ("average", 3, 2, True),
        ("worst", 8, 7, False),
        ("worst", 8, 6, True),
        ("average", 3, 4, False),
        ("average", 3, 5, True),
        ("average", 0, 1, False),
        ("function", 4, 5.9, False),
        ("function", 4, 6, True),
        ("function", 6, 4, True),
    ],
)
def test_a_change_counts_from_its_minimal_important_size_on(name, before, after, matters):
    """Pain: 2 points or 30 percent less (ostelo-2008). Activities: 2 points (horn-2012)."""
    assert of(before, after, name).matters is matters


def test_one_report_is_not_compared():
    """With one week there is nothing to say about a change."""
    one = of(6, None)

    assert one.last is None
    assert not one.matters


@pytest.mark.parametrize("weeks", [1, 3, 26, 52])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_way_so_far_is_one_page(weeks, paper):
    """Of one week and of a year, with its sources."""
    plan = first().model_copy(update={"progress": weeks_of_progress(weeks)})
    sheets = laid_out(progress_html(plan, CONTENT, paper), {})

    assert len(sheets) == 1


LETTERS = re.compile(
    r'<text x="([\d.]+)" y="([\d.]+)" font-size="([\d.]+)" text-anchor="(\w+)"[^>]*>([^<]*)'
)


@pytest.mark.parametrize("edition", ["standard", "large", "mono"])
@pytest.mark.parametrize("weeks", [1, 26, 52])
def test_no_letter_of_a_drawing_touches_another_or_the_edge(weeks, edition):
    """Where there is no room for each week, some go without a label."""
    plan = first().model_copy(update={"progress": weeks_of_progress(weeks)})
    for drawing in re.findall(
        r'<svg class="progress".*?</svg>', progress_html(plan, CONTENT, "a4", edition), re.DOTALL
    ):
        wide, high = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawing).groups())
        rows = {}
        for x, y, size, anchor, text in LETTERS.findall(drawing):
            long = 0.56 * float(size) * len(text)
            left = float(x) - long * {"start": 0, "middle": 0.5, "end": 1}[anchor]
            assert -1 <= left <= left + long <= wide + 1, text
            assert float(y) <= high, text
            rows.setdefault(y, []).append((left, left + long, text))
        for row in rows.values():
            ordered = sorted(row)
            for (_, end, one), (start, _, other) in pairwise(ordered):
                assert end <= start + 1, (one, other)


def test_nothing_is_drawn_through_a_week_without_a_report():
    """The line of pain has a gap."""
    weeks = tuple(
        WeekOfProgress(number=n, planned=3, done=3, run_minutes=9, pain=pain)
        for n, pain in enumerate((2, 3, None, 4), 1)
    )
    plan = first().model_copy(update={"progress": weeks})
    page = progress_html(plan, CONTENT, "a4")
    chart = re.findall(r'<svg class="progress".*?</svg>', page, re.DOTALL)[1]

    assert chart.count("<circle") == 3
    assert len(re.findall(r'<path d="M[\d.]+ [\d.]+ L', chart)) == 1
    assert "Worst during a session: week 1 2, week 2 3, week 4 4" in chart


def test_the_lines_of_pain_differ_without_colour():
    """Each has a mark of its own shape and a dash of its own."""
    plan = first().model_copy(update={"progress": weeks_of_progress(3, gaps=False)})
    page = progress_html(plan, CONTENT, "a4", "mono")
    key = re.findall(r'<svg class="mark-line".*?</svg>', page, re.DOTALL)
    shapes = {re.search(r"<(circle|rect)|l7.5 13", mark)[0] for mark in key}
    dashes = {(re.search(r'dasharray="([^"]+)"', mark) or [None])[0] for mark in key}

    assert len(key) == len(shapes) == len(dashes) == 3


def test_walks_count_on_a_ladder_of_walks():
    """The page of somebody who does not run yet shows the minutes of walking."""
    runner = a_runner(CONTENT, {"pain": {"since": "10 days", "now": 8, "usual": 7, "worst": 9}})
    plan = planned(CONTENT, runner)
    assert plan.provenance.protocol == "walking"
    walk = next(p for p in plan.weeks[0].placed if p.session.stage)
    log = Log(plan=plan.provenance.plan).appended(
        [SessionReport(day=walk.day, done="yes", during=2, morning=2)], walk.day
    )
    new = service.updated(plan, log, CONTENT, today=walk.day)

    assert new.progress[0].run_minutes == time_of(walk.session.steps).total_seconds() / 60 > 0
    assert "Minutes of walking" in page_of(new)


PARTS = (
    "What changed and why",
    "On hold until somebody has had a look",
    "Where you are now",
    "How to move on",
    "Good to know",
    "Your way so far",
    "From the first report to the last",
    "Log of week 3",
)


def test_the_new_parts_are_easy_to_read():
    """Grade 6 or below, all together, and no sentence over 25 words."""
    told = {}
    for plan in (after_a_bad_run()[0], on_hold(), a_tick_earned(), crowded()):
        for heading, found in sentences_by_heading(page_of(plan)).items():
            told.setdefault(heading, {}).update(dict.fromkeys(found))
    new = [s for heading in PARTS for s in told.get(heading, ())]

    assert len(new) > 40
    assert grade(new) <= MOST_GRADE
    for heading in PARTS[:5]:
        assert grade([*told[heading]]) <= MOST_GRADE, heading
    assert max(len(s.split()) for s in new) <= 30


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_summary_tells_the_most_important_change(paper):
    """One page, and the change in two lines."""
    for plan, said in (
        (after_a_bad_run()[0], "The pain rose above what this plan allows"),
        (on_hold(), "Paused: running."),
        (crowded(), "What changed:"),
    ):
        (sheet,) = laid_out(page_of(plan, "summary", paper), {})
        text = " ".join(" ".join(b.text for b, _ in sheet.texts).split())

        assert said in text
        assert ("Your line" in text) == (plan is not on_hold())
        (changed,) = sheet.blocks("p", "changed")
        assert changed.height <= 2.2 * 10 * 1.25 * 4 / 3


def test_a_withdrawn_plan_is_taken_off_the_fridge_and_the_watch():
    """The page that says who to see says what to do with the plan; a first one has none."""
    text = text_of(page_of(stopped()))

    assert "So your plan is stopped for now." in text
    assert "Take the plan off the fridge." in text
    assert "Delete its runs from your watch and your calendar" in text
    assert "It is not enough that the sign goes away by itself." in text
    assert "Allowed again by" in text
    assert "version 3" in text
    assert "You can start the plan" not in text


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("edition", ["standard", "mono"])
def test_a_withdrawn_plan_is_one_sheet(edition, paper):
    """Whom to see, the emergency signs and the line to sign are on the page that is taken along."""
    made = pypdf.PdfReader(BytesIO(pdf(page_of(stopped(), edition, paper))))

    assert len(made.pages) == 1


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_later_version_is_tagged(edition):
    """Headings in order, every drawing with words, every table with heads."""
    made = pdf(page_of(on_hold(), edition))
    with pikepdf.open(BytesIO(made)) as file:
        found = list(tags(file.Root.StructTreeRoot.K))
    levels = [int(t[2]) for t in found if re.fullmatch(r"/H[1-6]", t)]

    assert found.count("/H1") == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert "/TH" in found


def test_the_quality_card_of_a_later_version_holds():
    """All but the missing signature of a clinician."""
    plan, _ = after_a_bad_run()
    page = page_of(plan)
    card = service.with_quality(plan, CONTENT, page, pdf(page)).quality

    assert [check.name for check in card.checks if not check.holds] == ["drafts"]


def test_progress_is_a_command(tmp_path):
    """A saved later version gives a page; a first version says what is missing."""
    saved, early = tmp_path / "plan.json", tmp_path / "first.json"
    saved.write_bytes(service.saved(after_a_bad_run()[0]))
    early.write_bytes(service.saved(first()))
    page, sheet = tmp_path / "way.html", tmp_path / "way.pdf"
    run = CliRunner().invoke
    done = run(main, ["progress", str(saved), "-o", str(page), "-o", str(sheet)])
    refused = run(main, ["progress", str(early), "-o", str(tmp_path / "no.pdf")])

    assert done.exit_code == 0, done.output
    assert "Your way so far" in page.read_text(encoding="utf-8")
    assert sheet.read_bytes().startswith(b"%PDF")
    assert refused.exit_code == 1
    assert "nothing to show yet" in refused.output
    assert not (tmp_path / "no.pdf").exists()
