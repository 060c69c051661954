"""The plain notation, read by the rules of the calendar that takes it."""

import re

from hypothesis import given, settings

from tests.exporters.plans import a_plan, bouts, on_ladder, some_plans, with_session, written

REPEAT = re.compile(r"\b(\d+)\s*x\b", re.IGNORECASE)
STEP = re.compile(r"- (Run|Walk) (?:(\d+)m)?(?:(\d+)s)?")


def workouts(text: str) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return title and bouts of each block; a repeat ends at a blank line."""
    found = []
    for paragraph in re.split(r"\n{2,}", text.strip()):
        lines = paragraph.splitlines()
        if lines[0].startswith("# "):
            found.append((lines[0], []))
        times = [
            int(m[1]) for line in lines if not line.startswith("-") for m in REPEAT.finditer(line)
        ]
        steps = [STEP.fullmatch(line) for line in lines if line.startswith("-")]
        assert len(times) <= 1
        assert None not in steps
        part = [(m[1].lower(), int(m[2] or 0) * 60 + int(m[3] or 0)) for m in steps]
        found[-1][1].extend(part * (times[0] if times else 1))
    return found


@settings(max_examples=20)
@given(some_plans)
def test_the_notation_says_what_the_plan_says(plan):
    """Each block is a run or walk with its day, and every repeat is read as one."""
    found = workouts(written(".txt", plan).decode())

    assert [b for _, b in found] == [bouts(p.session) for _, p in on_ladder(plan)]
    for (title, _), (_, placed) in zip(found, on_ladder(plan), strict=True):
        assert f" {placed.day.day} " in title
        assert title.endswith(placed.session.title)


def test_a_title_never_repeats_the_steps():
    """'6x' in the name of a stage stays a name."""
    plan = with_session(a_plan(), title="6x 1 min,\n12 X easy")
    title, found = workouts(written(".txt", plan, week=1).decode())[0]

    assert title.endswith("6× 1 min, 12 × easy")
    assert found == bouts(on_ladder(plan)[0][1].session)


def test_single_steps_share_a_section():
    """Run, walk, run without a repeat reads as one main set."""
    plan = a_plan(order=1)
    text = written(".txt", plan).decode()
    several = [p.session for _, p in on_ladder(plan) if len(p.session.steps) > 1]

    assert several
    assert "Main set\n- Run 15m\n- Walk 2m\n- Run 10m\n\nCooldown" in text
