"""A clinic's week table becomes a ladder: read in full or not at all, and never softened."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from programgen import service
from programgen.cli import main
from programgen.content.layers import Layers
from programgen.content.licence import OWN_USE, SPDX
from programgen.content.protocol_file import Origin
from programgen.content.saved_plan import read_plan
from programgen.core import dose
from programgen.core.decisions import Light
from programgen.core.dose import State
from programgen.core.plan import Plan
from programgen.core.protocol import DEFAULT_PROTOCOL, Protocol, longest_bout, time_of, write_steps
from programgen.core.session_notation import parse_session, parse_time
from programgen.errors import ContentError
from programgen.resources import folder
from tests.conftest import MONDAY, TODAY, a_runner, planned

ORIGIN = Origin("Harbour ladder", "Harbour Clinic", OWN_USE, "own", "table.md")

LINES = """\
# Back to running

Week 1 | Mon: run 1 min, walk 2 min x 6 | Wed: run 1 min, walk 2 min x 6
Week 2 | Mon: 8x(run 1:00, walk 2:00) | Wed: rest | Thu: 8x(run 1:00, walk 2:00)
Week 3 | Tue: (2 min run / 2 min walk) x 5 | Fri: (2 min run / 2 min walk) x 6
"""

MARKDOWN = """\
| Week | Mon | Wed | Fri |
|------|-----|:---:|-----|
| **1** | 6 x run 1 min, walk 2 min | 6 x run 1 min, walk 2 min | - |
| 2 | run 60 s, walk 120 s, 8 times | rest | 1m run, 2m walk, repeat 8 times |
| 3 |  | 5 × (run 2 min then walk 2 min) | 6 × (run 2 min then walk 2 min) |
"""

CSV = """\
week,Monday,Wednesday,Friday
1,"run 1 min, walk 2 min x 6","run 1 min, walk 2 min x 6",
2,"8 x (run 1 min, walk 2 min)",,"8 x (run 1 min, walk 2 min)"
3,,"5 x (run 2 min, walk 2 min)","6 x (run 2 min, walk 2 min)"
"""

SEMICOLONS = """\
Week;Session 1;Session 2
1;run 1 min, walk 2 min x 6;run 1 min, walk 2 min x 6
2;8 x (1' run + 2' walk);8 x (1' run + 2' walk)
3;5 x (run 2 min, walk 2 min);6 x (run 2 min, walk 2 min)
"""

PLAIN = """\
W1 | run 1 min, walk 2 min x 6 | run 1 min, walk 2 min x 6
W2 | 8 x (jog 1 min, walk 2 min) | 8 x (jog 1 min, walk 2 min)
W3 | 5 x (run 2 min, walk 2 min) | 6 x (run 2 min, walk 2 min)
"""

STAGES = [
    ["6 x (run 1 min, walk 2 min)"],
    ["8 x (run 1 min, walk 2 min)"],
    ["5 x (run 2 min, walk 2 min)", "6 x (run 2 min, walk 2 min)"],
]


def imported(folder, text, name="table.md", **origin):
    """Import a table into a folder; return the folder and the identifier."""
    table = folder / name
    table.write_text(text, encoding="utf-8")
    target = folder / "my-clinic"
    given = Origin(**{**vars(ORIGIN), "file": name, **origin})
    made = service.import_protocol(table, given, None, target)
    service.write_imported(made, target)
    return target, made.name


def laid(target):
    """Return the shipped content with a folder laid over it."""
    return Layers(None, (str(target),))


def read(target, name):
    """Return a ladder as the program reads it."""
    return service.catalogue(laid(target)).protocols[name]


def own_stages(protocol):
    """Return the sessions of the weeks of the table."""
    return [
        [write_steps(session) for session in stage.sessions]
        for stage in protocol.stages
        if stage.id.startswith("step-")
    ]


def refused(folder, text, name="table.md"):
    """Return what is said of a table that cannot be used; nothing is written."""
    with pytest.raises(ContentError) as caught:
        imported(folder, text, name)
    assert sorted(p.name for p in folder.iterdir()) == [name]
    return str(caught.value).replace(f"{folder}/", "")


# What is understood


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("table.md", LINES),
        ("table.md", MARKDOWN),
        ("table.csv", CSV),
        ("table.csv", SEMICOLONS),
        ("table.txt", PLAIN),
    ],
)
def test_one_table_in_five_notations_is_one_ladder(tmp_path, name, text):
    """Each week is a stage, with its sessions in order."""
    protocol = read(*imported(tmp_path, text, name))

    assert own_stages(protocol) == STAGES
    assert [s.per_week for s in protocol.stages if s.id.startswith("step-")] == [2, 2, 2]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1:30", 90),
        ("90 s", 90),
        ("90s", 90),
        ("90 sec", 90),
        ("90 seconds", 90),
        ("2 min", 120),
        ("2 minutes", 120),
        ("1m", 60),
        ("1m30s", 90),
        ("1 min 30 s", 90),
        ("1.5 min", 90),
        ("2'", 120),
        ('45"', 45),
        ("10:00", 600),
    ],
)
def test_times_are_read_as_clinics_write_them(text, seconds):
    """Minutes and seconds in words, signs or with a colon."""
    assert parse_time(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("run 20 min", "run 20 min"),
        ("20 min run", "run 20 min"),
        ("6x(run 1 min, walk 2 min)", "6 x (run 1 min, walk 2 min)"),
        ("(run 1 min, walk 2 min) x 6", "6 x (run 1 min, walk 2 min)"),
        ("run 1 min, walk 2 min x 6", "6 x (run 1 min, walk 2 min)"),
        ("6 x run 1 min, walk 2 min", "6 x (run 1 min, walk 2 min)"),
        ("run 1 min, walk 2 min, 6 times", "6 x (run 1 min, walk 2 min)"),
        ("6 × 1 min run", "6 x (run 1 min)"),
        ("run 15 min, walk 2 min, run 10 min", "run 15 min, walk 2 min, run 10 min"),
        (
            "walk 3 min; 5 x (run 2 min, walk 1 min); run 4 min",
            "walk 3 min, 5 x (run 2 min, walk 1 min), run 4 min",
        ),
        ("Rest day", ""),
        ("–", ""),
    ],
)
def test_repeats_may_stand_on_either_side(text, steps):
    """In front of what is repeated or behind it."""
    assert write_steps(parse_session(text)) == steps


# What is not understood


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("strength", "write 'run' or 'walk' and a time"),
        ("swim 20 min", "write 'run' or 'walk' and a time"),
        ("brisk walk 20 min", "write 'run' or 'walk' and a time"),
        ("run 5-10 min", "is no time"),
        ("run 1", "is no time"),
        ("run 3 km", "is no time"),
        ("run 400m", "could be metres"),
        ("run 0 min", "from 5 seconds to 5 hours"),
        ("walk 5 min, run 1 min, walk 2 min x 6", "in parentheses"),
        ("run 1 min, walk 1 min, run 2 min, walk 1 min x 3", "in parentheses"),
        ("walk 5 min, 3 x run 1 min", "in parentheses"),
        ("warm-up 5 min, run 5 min", "are added to every run"),
        ("6 x (run 1 min", "do not fit together"),
        ("200 x (run 1 min)", "1 to 100 times"),
        ("run 1 min walk 2 min", "is no time"),
    ],
)
def test_what_could_mean_two_things_is_not_guessed(text, says):
    """The message says how to write it."""
    with pytest.raises(ValueError, match=says.replace("(", r"\(")):
        parse_session(text)


def test_every_misfit_is_listed_by_its_line(tmp_path):
    """All at once, and nothing is written."""
    text = """\
Our table, second edition
Week 1 | Mon: run 1 min, walk 2 min x 6 | Wed: swim 20 min
Week 2 | Moonday: run 5 min | Wed: run 5 min
Someday | Mon: run 5 min
Week 3 | Mon: run 10-12 min | Wed: run 400m
"""
    told = refused(tmp_path, text).splitlines()

    assert [line.split(": ")[0] for line in told] == [
        "table.md:1:1",
        "table.md:2:43",
        "table.md:3:10",
        "table.md:4:1",
        "table.md:5:10",
        "table.md:5:31",
    ]
    assert "'swim 20 min'" in told[1]
    assert "'Moonday' is no weekday" in told[2]


def test_a_column_that_is_no_day_is_named(tmp_path):
    """Notes are not thrown away in silence."""
    text = 'week,Mon,Notes\n1,"run 5 min","stop if it hurts"\n'

    assert "table.csv:1:3: the column 'Notes' was not understood" in refused(
        tmp_path, text, "table.csv"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no week"),
        ("Week 1 | run 5 min | run 5 min\n", "at least 2 weeks"),
        (
            "Week 1 | run 5 min | run 5 min\nWeek 3 | run 6 min | run 6 min\n",
            "table.md:2: this is week 3, and week 2 should stand here",
        ),
        (
            "Week 1 | run 5 min | run 5 min\nWeek 2 | rest | rest\n",
            "table.md:2: week 2 has no session",
        ),
        (
            "Week 1 | run 5 min | run 5 min\nWeek 2 | run 6 min | walk 30 min\n",
            "table.md:2: week 2 has runs and other walks",
        ),
        (
            "Week 1 | run 5 min\nWeek 2 | run 6 min | run 6 min\n",
            "table.md:1: week 1 has 1 sessions; the ladder takes 2 to 3",
        ),
        (
            "Week 1 | run 5 min | run 5 min\nWeek 2 | Mon: run 6 min | Tue: run 6 min\n",
            "table.md:2: two runs need 48 hours",
        ),
        (
            "Week 1 | Mon: run 5 min | Sun: run 5 min\nWeek 2 | Mon: run 6 min | Thu: run 6 min\n",
            "table.md:2: two runs need 48 hours",
        ),
        (
            "Week 1 | Mon: run 5 min | Mon: run 5 min\nWeek 2 | run 6 min | run 6 min\n",
            "table.md:1: week 1 has two sessions on one day",
        ),
        (
            "Week 1 | run 5 min | run 4 min\nWeek 2 | run 6 min | run 6 min\n",
            "table.md:1: in week 1 a later session is shorter",
        ),
        (
            "Week 1 | walk 10 min | walk 10 min\nWeek 2 | walk 15 min | walk 15 min\n",
            "no week has a run",
        ),
        (
            "Week 1 | walk 9 min | walk 10 min | walk 11 min | walk 12 min\nWeek 2 | run 1 min\n",
            "table.md:1: week 1 has 4 different sessions",
        ),
    ],
)
def test_a_table_that_is_no_ladder_says_why(tmp_path, text, says):
    """With the line to look at."""
    assert says in refused(tmp_path, text)


@pytest.mark.parametrize(
    ("raw", "says"),
    [(b"\xff\xfe1", "is not UTF-8 text"), (b"week,Mon\n1," + b"x" * 140_000, "is no table")],
)
def test_a_file_that_is_no_table_is_refused_plainly(tmp_path, raw, says):
    """Other encodings and cells without end."""
    (tmp_path / "t.csv").write_bytes(raw)
    with pytest.raises(ContentError, match=says):
        service.import_protocol(tmp_path / "t.csv", ORIGIN, None, tmp_path / "c")


def test_a_steep_table_is_reported_and_not_softened(tmp_path):
    """Each jump by its line, with both amounts."""
    text = """\
Week 1 | run 1 min, walk 2 min x 6 | run 1 min, walk 2 min x 6
Week 2 | run 20 min | run 20 min
Week 3 | run 22 min | run 22 min
Week 4 | run 40 min | run 40 min
"""
    told = refused(tmp_path, text).splitlines()

    assert len(told) == 2
    assert told[0].startswith("table.md:2: too steep: the run time grows from 6 min to 20 min")
    assert told[1].startswith("table.md:4: too steep: the run time grows from 22 min to 40 min")


def test_the_first_week_is_checked_against_what_stands_below_it(tmp_path):
    """The easier stages of ours make the first step small; a hole between stays steep."""
    text = """\
Week 1 | 30 x (run 15 s, walk 1 min) | 30 x (run 15 s, walk 1 min)
Week 2 | run 8 min | run 8 min
"""

    assert "table.md:1: too steep: the run time grows from 2 min 30 s to 7 min 30 s" in refused(
        tmp_path, text
    )


# What becomes of it


@pytest.fixture(scope="module")
def ladder(tmp_path_factory):
    """The folder and the name of the imported table."""
    return imported(tmp_path_factory.mktemp("table"), LINES)


def test_the_folder_passes_every_check(ladder):
    """At once, and it is a draft."""
    target, name = ladder
    problems, counts = service.lint(laid(target))

    assert problems == ()
    assert counts["protocols"] == 4
    assert read(target, name).review.status == "draft"


def test_licence_and_origin_are_kept_in_both_files(ladder):
    """Who made it, what may be done with it, and which file it was."""
    target, name = ladder
    head = (target / "protocols" / f"{name}.yaml").read_text()
    source = service.catalogue(laid(target)).references[f"{name}-table"]

    assert {"# Author: Harbour Clinic", f"# Licence: {OWN_USE}", "# Source: own"} <= set(
        head.splitlines()
    )
    assert (source.title, source.author) == ("Harbour ladder", ("Harbour Clinic",))
    assert (
        source.note
        == "Week table, imported from 'table.md'. Licence: all rights reserved, own use."
    )
    assert read(target, name).evidence[0].cite == f"{name}-table"


def test_every_rule_is_that_of_the_shipped_ladder(ladder, content):
    """Light, moves, load check, hours and walks are lent and never made up."""
    own, ours = read(*ladder), content.protocols[DEFAULT_PROTOCOL]
    same = (
        "light",
        "moves",
        "decisions",
        "load_check",
        "growth",
        "warm_up",
        "least_warm_up",
        "cool_down",
    )

    assert [getattr(own, key) for key in same] == [getattr(ours, key) for key in same]
    assert len(own.entry) == len(ours.entry)
    assert [row.when for row in own.entry] == [row.when for row in ours.entry]
    assert [row.evidence for row in own.entry] == [row.evidence for row in ours.entry]
    assert all(stage.hours_between >= 48 for stage in own.stages if stage.runs)


def test_a_ceiling_never_asks_for_more_than_ours(ladder, content):
    """Each row allows at most the run time and the longest run that ours allows."""
    own, ours = read(*ladder), content.protocols[DEFAULT_PROTOCOL]
    for row, old in zip(own.entry, ours.entry, strict=True):
        top = own.stages[own.number(row.highest)].top
        limit = ours.stages[ours.number(old.highest)].top

        assert time_of(top, "run") <= time_of(limit, "run")
        assert longest_bout(top) <= longest_bout(limit)


def test_a_gate_stays_before_the_first_stage_that_asks_for_more(ladder, content):
    """What waits for a test of ours waits here, too: the first run, and longer runs."""
    own, ours = read(*ladder), content.protocols[DEFAULT_PROTOCOL]
    for row, old in zip(own.entry, ours.entry, strict=True):
        if not old.before:
            continue
        held = ours.stages[ours.number(old.before) - 1].top
        beyond = [
            stage.id
            for stage in own.stages
            if time_of(stage.top, "run") > time_of(held, "run")
            or longest_bout(stage.top) > longest_bout(held)
        ]

        assert row.before == (beyond[0] if beyond else None)
        assert row.until == (old.until if beyond else None)


def test_easier_stages_of_ours_stand_below_the_first_week(ladder):
    """For a runner who may not run for a minute yet; everybody else begins with week 1."""
    own = read(*ladder)

    assert [stage.id for stage in own.stages][:5] == ["w0", "w1", "r1", "r2", "step-1"]
    assert own.open_start == "step-1"


def test_a_table_that_begins_with_walks_keeps_them(tmp_path):
    """Only what is easier than its first week is put below it."""
    text = """\
Week 1 | walk 30 min | walk 30 min | walk 30 min
Week 2 | 6 x (run 30 s, walk 2 min) | 6 x (run 30 s, walk 2 min)
"""
    own = read(*imported(tmp_path, text))

    assert [stage.id for stage in own.stages] == ["w0", "step-1", "step-2"]
    assert next(row for row in own.entry if row.before).before == "step-2"


def test_a_checked_plan_follows_the_table(ladder):
    """From week 1 up, one stage after the other."""
    target, name = ladder
    content = service.catalogue(laid(target))
    result = planned(
        content,
        a_runner(content, {"history": {"off_running": "20 days", "longest_run": "30 min"}}),
        protocol=name,
    )
    stages = [placed.session.stage for week in result.weeks for placed in week.placed]

    assert isinstance(result, Plan)
    assert [s for s in dict.fromkeys(stages) if s] == ["step-1", "step-2", "step-3"]


def test_a_runner_who_hurts_starts_below_the_table(ladder):
    """The ceilings of ours hold: walking hurts, so there is no run yet."""
    target, name = ladder
    content = service.catalogue(laid(target))
    result = planned(content, a_runner(content, {"pain": {"walking": 3}}), protocol=name)

    assert result.weeks[0].stage == "w1"


def test_short_runs_never_become_one_long_run(ladder):
    """The last week has 6 runs of 2 minutes: no growth beyond it, however many go well."""
    own = read(*ladder)
    last = len(own.stages) - 1
    state = State(stage=last, good=9, light=Light.GREEN, longest=((MONDAY, 40.0),))
    after = dose.before_run(own, state, MONDAY + timedelta(days=8), top=last, goal=60, restart=last)

    assert not own.grows
    assert (after.stage, after.target) == (last, 0)


def test_one_run_in_one_go_may_grow(content):
    """The shipped ladder goes on from 30 minutes as before."""
    ours = content.protocols[DEFAULT_PROTOCOL]
    last = len(ours.stages) - 1
    state = State(stage=last, good=9, light=Light.GREEN, longest=((MONDAY, 40.0),))
    after = dose.before_run(
        ours, state, MONDAY + timedelta(days=8), top=last, goal=60, restart=last
    )

    assert ours.grows
    assert after.target == 44


def test_a_second_table_joins_the_first(tmp_path):
    """The bibliography of the folder keeps both; other files stay."""
    target, first = imported(tmp_path, LINES)
    _, second = imported(tmp_path, PLAIN, "other.txt", title="Old ladder")
    content = service.catalogue(laid(target))

    assert {first, second} <= set(content.protocols)
    assert {f"{first}-table", f"{second}-table"} <= set(content.references)
    assert service.lint(laid(target))[0] == ()


def test_a_ladder_is_never_overwritten(tmp_path):
    """Neither one of ours nor one that was imported before."""
    imported(tmp_path, LINES)
    with pytest.raises(ContentError, match="there is a ladder of this name"):
        imported(tmp_path, LINES)
    with pytest.raises(ContentError, match="there is a ladder of this name"):
        imported(tmp_path, LINES, title="Walking")


@pytest.mark.parametrize("title", ["Läufer: “zurück” #1", "no", "it's: [a] {b}", "null & void"])
def test_any_title_survives(tmp_path, title):
    """Signs that mean something in a YAML file are text here."""
    table = tmp_path / "table.md"
    table.write_text(LINES)
    origin = Origin(title, "Ü. Nal", "CC BY 4.0", "https://clinic.fi/a?b=c#d", "table.md")
    made = service.import_protocol(table, origin, "own-name", tmp_path / "c")
    service.write_imported(made, tmp_path / "c")
    found = read(tmp_path / "c", "own-name")

    assert found.title == title
    assert service.catalogue(laid(tmp_path / "c")).references["own-name-table"].url == origin.source


def test_the_same_table_gives_the_same_bytes(tmp_path):
    """No clock and no chance."""
    table = tmp_path / "table.md"
    table.write_text(LINES)
    made = [service.import_protocol(table, ORIGIN, None, tmp_path / "c") for _ in range(2)]

    assert made[0].files == made[1].files
    text = made[0].files[tmp_path / "c" / "protocols" / "harbour-ladder.yaml"].decode()
    assert Protocol.model_validate({**yaml.safe_load(text), "id": "x"}).title == "Harbour ladder"


# On the command line


def run(*words):
    """Run the program."""
    return CliRunner().invoke(main, [str(word) for word in words])


def test_from_a_table_to_a_plan_in_three_commands(tmp_path):
    """Import, check, plan."""
    (tmp_path / "table.md").write_text(LINES)
    target, plan = tmp_path / "my-clinic", tmp_path / "plan.json"
    runner = Path(__file__).parents[2] / "examples" / "runner.yaml"
    told = ("--title", "Ours", "--author", "Us", "--licence", OWN_USE, "--source", "own")
    done = [
        run("import-protocol", tmp_path / "table.md", "-o", target, *told),
        run("check", "--add", target),
        run("plan", runner, "--add", target, "--protocol", "ours", "--today", TODAY, "-o", plan),
    ]

    assert [one.exit_code for one in done] == [0, 0, 0], [one.output for one in done]
    assert "w0, w1, r1, r2" in done[0].output
    assert "0 problems found" in done[1].output
    assert read_plan(plan, service.catalogue(laid(target))).provenance.protocol == "ours"


def test_without_licence_and_origin_nothing_is_made(tmp_path):
    """All that is missing is named at once."""
    (tmp_path / "table.md").write_text(LINES)
    done = run("import-protocol", tmp_path / "table.md", "-o", tmp_path / "c", "--title", "Ours")

    assert done.exit_code == 2
    assert all(f"--{key}" in done.output for key in ("author", "licence", "source"))
    assert not (tmp_path / "c").exists()


def test_misfits_are_told_on_the_command_line(tmp_path):
    """Exit code 1, file and line, and an untouched folder."""
    (tmp_path / "table.md").write_text("Week 1 | Mon: swim 20 min\n")
    told = ("--title", "Ours", "--author", "Us", "--licence", OWN_USE, "--source", "own")
    done = run("import-protocol", tmp_path / "table.md", "-o", tmp_path / "c", *told)

    assert done.exit_code == 1
    assert "table.md:1:10: 'Mon: swim 20 min' was not understood" in done.output
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("title", "says"),
    [("跑步", "give one with --id"), ("x" * 61, "one line of at most 60"), ("a\nb", "one line")],
)
def test_a_title_that_cannot_be_a_name_is_refused(tmp_path, title, says):
    """With what to do instead."""
    (tmp_path / "table.md").write_text(LINES)
    told = ("--title", title, "--author", "Us", "--licence", OWN_USE, "--source", "own")
    done = run("import-protocol", tmp_path / "table.md", "-o", tmp_path / "c", *told)

    assert (done.exit_code, says in done.output) == (1, True), done.output


def told_of(**given):
    """Return the options of an origin, some of them given."""
    usual = {"title": "Ours", "author": "Us", "licence": OWN_USE, "source": "own"}
    return [word for key, text in (usual | given).items() for word in (f"--{key}", text)]


@pytest.mark.parametrize(
    "licence",
    ["free", "own work", "x", "used with permission", "CC BY", "MIT or so", "©", "NONE", "0", "="],
)
def test_a_licence_that_nobody_can_look_up_is_refused(tmp_path, licence):
    """With what to write; a table that may not be passed on has words of its own."""
    (tmp_path / "table.md").write_text(LINES)
    told = told_of(licence=licence)
    done = run("import-protocol", tmp_path / "table.md", "-o", tmp_path / "c", *told)

    assert done.exit_code == 1
    assert f"--licence: '{licence}' is no licence that is known" in done.output
    assert f"such as CC-BY-4.0 or CC0-1.0, or '{OWN_USE}'" in done.output
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("licence", "name"),
    [
        ("cc by-sa 4.0", "CC-BY-SA-4.0"),
        ("CC0-1.0", "CC0-1.0"),
        ("All Rights Reserved (own use)", OWN_USE),
    ],
)
def test_a_licence_is_kept_by_its_identifier(tmp_path, licence, name):
    """However it was written."""
    target, made = imported(tmp_path, LINES, licence=licence)

    assert f"# Licence: {name}\n" in (target / "protocols" / f"{made}.yaml").read_text()


def test_every_identifier_is_one_of_spdx():
    """As the packaging library of Python lists them."""
    listed = pytest.importorskip("packaging.licenses")
    known = [listed.canonicalize_license_expression(name) for name in SPDX if name != "CC-PDDC"]

    assert known == [name for name in SPDX if name != "CC-PDDC"]


@pytest.mark.parametrize(
    "source",
    ["?", "-", "n/a", "TODO", "tbd", "xxxxx", "http://", "https://example.org/table", "unknown",
     "http://localhost/x", "ftp://clinic.fi/x", "web", "https://x", "javascript://a.b/%0aalert(1)"],
)  # fmt: skip
def test_a_source_that_says_nothing_is_refused(tmp_path, source):
    """Fillers, addresses without a place, and schemes that are no page."""
    (tmp_path / "table.md").write_text(LINES)
    told = told_of(source=source)
    done = run("import-protocol", tmp_path / "table.md", "-o", tmp_path / "c", *told)

    assert done.exit_code == 1
    assert f"--source: '{source}' is no source" in done.output


@pytest.mark.parametrize(
    "source", ["own", "https://clinic.fi/weeks?a=b#c", "Harbour Clinic leaflet, 2019", "漢字の冊子"]
)
def test_a_source_says_where_to_look(tmp_path, source):
    """The web, a title in any script, or the author."""
    assert imported(tmp_path, LINES, source=source)


def test_everything_that_is_wrong_with_an_origin_is_told_at_once(tmp_path):
    """Author, licence and source beside the lines of the table."""
    (tmp_path / "table.md").write_text("Week 1 | Mon: swim 20 min\n")
    told = told_of(author="?", licence="mine", source="?")
    done = run("import-protocol", tmp_path / "table.md", "-o", tmp_path / "c", *told)

    assert [key in done.output for key in ("--author", "--licence", "--source", "swim")] == [
        True
    ] * 4


@pytest.mark.parametrize("below", ["", "protocols", "protocols/../sets"])
def test_the_shipped_content_is_never_written_into(tmp_path, below):
    """Its next version would take the ladder away; also by another name of the folder."""
    (tmp_path / "table.md").write_text(LINES)
    (tmp_path / "link").symlink_to(str(folder("exercises")))
    for shipped in (Path(str(folder("exercises"))), tmp_path / "link"):
        words = ("-o", shipped / below, *told_of(title="Some ladder of mine"))
        done = run("import-protocol", tmp_path / "table.md", *words)

        assert done.exit_code == 1
        assert "is the content that comes with the program" in done.output
        assert not list(Path(str(folder("exercises"))).glob("**/some-ladder-of-mine.yaml"))


def test_a_title_in_other_letters_needs_a_name(tmp_path):
    """The message says which option; with it the title is kept as it is."""
    (tmp_path / "table.md").write_text(LINES)
    words = ("import-protocol", tmp_path / "table.md", "-o", tmp_path / "c")
    done = run(*words, *told_of(title="漢字"))
    named = run(*words, *told_of(title="漢字"), "--id", "kanji")

    assert done.exit_code == 1
    assert "the title '漢字' has no letter from a to z" in done.output
    assert "give one with --id, such as --id my-ladder" in done.output
    assert named.exit_code == 0, named.output
    assert read(tmp_path / "c", "kanji").title == "漢字"


def test_accents_do_not_tear_a_name_apart(tmp_path):
    """A letter with a sign is that letter."""
    assert imported(tmp_path, LINES, title="Läufer: zurück")[1] == "laufer-zuruck"
