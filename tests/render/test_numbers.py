"""Printing changes no number: minutes, bouts and doses on paper are those of the plan."""

import re
from datetime import timedelta
from html import unescape

import pytest

from programgen import service
from programgen.render.page import html
from programgen.render.view import weeks_ahead
from tests.logs import BAD, RUNNERS, all_good, first_plan, ladder, log_of, run, updated

CONTENT = service.catalogue()
PICTURES = service.picture_texts(None, CONTENT.exercises)


def versions():
    """Yield the first plan of each runner and the version after a bad session in week 3."""
    for name in RUNNERS:
        plan = first_plan(CONTENT, name)
        day = ladder(plan)[7].day
        log = log_of(plan, *all_good(plan, day), run(day, **BAD))
        yield pytest.param(plan, id=name)
        later = updated(plan, log, CONTENT, day + timedelta(days=1))
        yield pytest.param(later, id=f"{name}, later")


def seconds(text):
    """Return the time of a text such as '1 min 30 s'."""
    units = {"s": 1, "min": 60, "h": 3600}
    return sum(float(n) * units[u] for n, u in re.findall(r"([\d.]+) (s|min|h)\b", text))


def bouts(text):
    """Return the seconds of walking and running of a session in words, its repeats multiplied."""
    total = {"walk": 0.0, "run": 0.0}
    for times, block, alone in re.findall(r"\s*(\d+) × \((.*?)\)|([^,()]+)", text):
        for part in (block or alone).split(","):
            for move in total:
                if move in part:
                    total[move] += int(times or 1) * seconds(part)
    return total


def told(plan):
    """Return what the page says of each session: title, minutes, bouts, doses."""
    # A number and its unit are held together by a space at which no line ends.
    page = html(plan, CONTENT, PICTURES).replace("\N{NO-BREAK SPACE}", " ")
    for cell in re.findall(r'<td class="what">(.*?)</td>', page):
        (title,) = re.findall(r'<b class="title">(.*?)</b>', cell)
        minutes = int(re.findall(r'<span class="where">(\d+) min,', cell)[0])
        steps = re.findall(r'<span class="steps">(.*?)</span>', cell)
        doses = re.findall(r'class="(?:dose|amount)">(.*?)</', cell)
        yield (
            unescape(title).removeprefix("Longest run: "),
            minutes,
            bouts(steps[0]) if steps else None,
            doses,
        )


def amounts(dose):
    """Return the counts of a dose, and its seconds."""
    counts = [dose.sets if dose.sets > 1 else None, dose.reps, dose.breaths, dose.distance]
    spans = [s.total_seconds() for s in (dose.hold, dose.time) if s]
    return sorted(n for n in counts if n), sum(spans)


def amounts_in(text):
    """Return the counts of a dose in words, and its seconds."""
    rest = re.sub(r"[\d.]+ (s|min|h)\b", "", text)
    return sorted(int(n) for n in re.findall(r"\d+", rest)), seconds(text)


@pytest.mark.parametrize("plan", list(versions()))
def test_the_page_has_the_very_numbers_of_the_plan(plan):
    """Every session of every printed week: its minutes, its bouts and each dose."""
    sessions = [s for w in weeks_ahead(plan) for d in w.days for s in d.sessions]
    page = list(told(plan))

    assert [(title, minutes) for title, minutes, _, _ in page] == [
        (s.title, s.minutes) for s in sessions
    ]
    for session, (_, _, steps, doses) in zip(sessions, page, strict=True):
        if session.stage:
            around = (session.warm_up + session.cool_down).total_seconds()
            planned = {"walk": around, "run": 0.0}
            for step in session.steps:
                for bout in step.bouts:
                    planned[bout.move] += step.repeat * bout.time.total_seconds()
            assert steps == planned
        if session.kind != "cross-training":
            assert sorted(map(amounts_in, doses)) == sorted(amounts(i.dose) for i in session.items)
