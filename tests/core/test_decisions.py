"""The decision table, cell by cell."""

from itertools import product

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


@pytest.mark.parametrize("name", LADDERS)
def test_more_pain_never_gives_a_larger_step_in_any_cell(name):
    """Over all cells of both halves, asked through the table itself."""
    table = LADDERS[name].decisions
    lights = [light.name.lower() for light in Light][1:]
    others = {key: values for key, values in RECENTS.items() if key != "light"}
    for cell in product(*others.values()):
        facts = dict(zip(others, cell, strict=True))
        sizes = [table.move(Recent(light=light, **facts)).size for light in lights]
        assert sizes == sorted(sizes, reverse=True), facts
        assert table.move(Recent(light="none", **facts)).size <= 0


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
        (broken("moves", -3, step="up"), "the row 'amber' is a larger step"),
        (broken("moves", 6, back=0, step="stay"), "is a larger step"),
        (broken("moves", 1, id="stop"), "two rows are called 'stop'"),
    ],
)
def test_a_careless_table_is_refused(table, says):
    """A clinic may edit the rows, but not so that pain pays or a row is dead."""
    assert any(says in fault for fault in faults(table)), faults(table)
