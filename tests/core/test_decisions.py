"""The decision table, cell by cell."""

from dataclasses import fields
from itertools import pairwise, product

import pytest

from programgen import service
from programgen.core.decisions import (
    RECENTS,
    REPORTS,
    Decisions,
    Light,
    Recent,
    Reported,
    faults,
)

LADDERS = service.catalogue().protocols


@pytest.mark.parametrize("name", LADDERS)
def test_every_row_can_win_and_more_pain_never_earns_more(name):
    """The shipped tables are complete, without a dead row, and careful in every cell."""
    assert faults(LADDERS[name].decisions) == ()


def worse_pairs(orders, values, kind, row_of):
    """Yield the rows of every cell and of that cell with one fact a step worse."""
    keys = list(values)
    rows = {cell: row_of(kind(*cell)) for cell in product(*values.values())}
    for name, order in orders:
        at = keys.index(name)
        following = dict(pairwise(order))
        for cell, row in rows.items():
            if cell[at] in following:
                worse = (*cell[:at], following[cell[at]], *cell[at + 1 :])
                yield row, rows[worse], name, cell


def test_the_tables_are_asked_in_the_order_of_their_facts():
    """The cells of these tests have every fact of a report and of the last weeks, in order."""
    assert list(RECENTS) == [f.name for f in fields(Recent)]
    assert list(REPORTS) == [f.name for f in fields(Reported)]


@pytest.mark.parametrize("name", LADDERS)
def test_more_pain_never_gives_a_larger_step_in_any_cell(name):
    """Over all cells: a worse light, one bad reaction more, a longer break, fewer good sessions.

    Nor is the rest that follows ever shorter; a break asks for stages, not for rest.
    """
    orders = [
        ("light", [light.name.lower() for light in Light][1:]),
        ("reds14", [0, 1, 2]),
        ("reds28", [0, 1, 2, 3]),
        ("spreads7", [0, 1, 2]),
        ("ambers", [0, 1, 2, 3]),
        ("away", [0, 1, 2, 3]),
        ("worse", [False, True]),
        ("good", [True, False]),
        ("aged", [True, False]),
    ]
    table = LADDERS[name].decisions
    away = list(RECENTS).index("away")
    for row, worse, fact, cell in worse_pairs(orders, RECENTS, Recent, table.move):
        assert worse.size <= row.size, (fact, cell)
        if cell[away] == 0 and fact != "away" and worse.step not in ("pause", "stop"):
            assert worse.rest >= row.rest, (fact, cell)
        if cell[0] == "none":
            assert row.size <= 0, cell


@pytest.mark.parametrize("name", LADDERS)
def test_a_worse_report_never_has_a_better_light_in_any_cell(name):
    """Over all cells: each answer a step worse, or left out, earns no more than before."""
    earning = ["green", "none", "amber", "red", "spread", "bone", "stop"]
    orders = [
        ("done", ["yes", "part"]),
        *(
            (score, order)
            for score in ("pain", "morning")
            for order in (["green", "amber", "red"], ["green", "unknown", "amber"])
        ),
        ("where", ["none", "same", "further", "new-numb-weak"]),
        ("where", ["none", "nearer", "further"]),
        ("limp", [False, True]),
        ("night", [False, True]),
        ("spots", [0, 1, 2]),
        ("closed", [0, 1, 2]),
    ]
    table = LADDERS[name].decisions
    for row, worse, fact, cell in worse_pairs(orders, REPORTS, Reported, table.read):
        assert earning.index(worse.light) >= earning.index(row.light), (fact, cell)


@pytest.mark.parametrize("name", LADDERS)
@pytest.mark.parametrize(
    ("sign", "least"),
    [
        ({"where": "new-numb-weak"}, Light.STOP),
        ({"spots": 1, "night": True}, Light.BONE),
        ({"where": "further"}, Light.SPREAD),
        ({"limp": True}, Light.RED),
        ({"pain": "red"}, Light.RED),
    ],
)
def test_a_sign_outranks_any_score(name, sign, least):
    """Whatever else is reported, the light is at least this bad."""
    table = LADDERS[name].decisions
    others = {key: values for key, values in REPORTS.items() if key not in sign}
    for cell in product(*others.values()):
        facts = {**dict(zip(others, cell, strict=True)), **sign}
        assert Light[table.read(Reported(**facts)).light.upper()] >= least, facts


def test_without_both_scores_nothing_is_good():
    """A session counts as good only with the pain during it and of the next morning."""
    table = LADDERS["low-back-walk-run"].decisions

    assert table.read(Reported(pain="green", morning="green")).light == "green"
    assert table.read(Reported(pain="green", morning="unknown")).light == "none"
    assert table.read(Reported(pain="unknown", morning="green")).light == "none"


def broken(half: str, place: int, **update: object) -> Decisions:
    """Return the default table with one row changed."""
    table = LADDERS["low-back-walk-run"].decisions
    rows = list(getattr(table, half))
    rows[place] = type(rows[place]).model_validate({**rows[place].model_dump(), **update})
    return table.model_copy(update={half: tuple(rows)})


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (broken("readings", 0, when={}), "the row 'further' can never be the first that fits"),
        (broken("readings", 4, light="green"), "gives a better light"),
        (broken("readings", -1, when={"done": ["no"]}), "the last row must fit always"),
        (broken("moves", -3, step="up"), "the row 'amber' goes up"),
        (broken("moves", 6, back=0, step="stay"), "is a larger step"),
        (broken("moves", 1, id="stop"), "two rows are called 'stop'"),
        (broken("readings", -2, when={"pain": ["amber"]}), "although 'pain' is worse"),
        (broken("readings", 9, light="none"), "although 'closed' is worse (1 instead of 0)"),
        (broken("moves", 10, when={"worse": False}), "although 'worse' is worse"),
        (broken("moves", 5, back=1), "although 'away' is worse (3 instead of 2)"),
        (broken("moves", 3, step="back"), "although 'reds28' is worse"),
        (broken("moves", -2, when={"light": ["green"], "good": False}), "although 'good' is worse"),
    ],
)
def test_a_careless_table_is_refused(table, says):
    """A clinic may edit the rows, but not so that pain pays or a row is dead."""
    assert any(says in fault for fault in faults(table)), faults(table)
