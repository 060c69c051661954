"""The quality card tells what is in the file, not what was meant to be in it."""

import json
import re
import sys
from io import BytesIO

import pikepdf
import pypdf
import pytest
from click.testing import CliRunner

from programgen import service
from programgen.cli import main
from programgen.core.checker import RULES
from programgen.render.page import html
from programgen.render.quality import contrast, quality
from tests.conftest import TODAY, a_runner, planned

ALL = ["pages", "tags", "headings", "pictures", "fonts", "contrast", "rules", "sources", "drafts"]


@pytest.fixture(scope="module")
def plan(content):
    """A plan of one week."""
    return planned(content, a_runner(content), weeks=1)


@pytest.fixture(scope="module")
def printed(plan, content):
    """Its PDF."""
    return service.document(plan, content, ".pdf", "a4")


@pytest.fixture(scope="module")
def page(plan, content):
    """Its HTML."""
    return html(plan, content, service.picture_texts(None, content.exercises))


def checks(result, content, page, pdf):
    """Return the checks of a card by name."""
    return {check.name: check for check in quality(result, content, page, pdf).checks}


def test_a_handout_of_ours_holds_but_for_the_signatures(plan, content, page, printed):
    """Everything is as it should be, except that no clinician has signed yet."""
    found = checks(plan, content, page, printed)

    assert list(found) == ALL
    assert [name for name, check in found.items() if not check.holds] == ["drafts"]
    assert found["pages"].found == f"{len(pypdf.PdfReader(BytesIO(printed)).pages)} pages"
    assert found["rules"].items == tuple(rule.__name__ for rule in RULES)
    assert set(found["sources"].items) <= set(content.references)
    assert {*plan.exercises, *plan.self_care} <= set(found["drafts"].items)
    assert all("PG-Text" in name for name in found["fonts"].items)


def test_a_referral_has_no_training_rules_to_verify(content):
    """The card of a referral speaks of its page and sources only."""
    result = planned(content, a_runner(content, {"answers": {"saddle-numbness": "yes"}}))
    printed = service.document(result, content, ".pdf", "a4")
    found = checks(result, content, html(result, content, {}), printed)

    assert list(found) == [name for name in ALL if name != "rules"]
    assert found["pages"].found == "1 page"


def changed(printed, change):
    """Return a PDF after a change to its structure elements and fonts."""
    with pikepdf.open(BytesIO(printed)) as file:
        change(file)
        target = BytesIO()
        file.save(target)
    return target.getvalue()


def every(file, key, value):
    """Return the objects of a PDF in which a key has a value."""
    return [o for o in file.objects if isinstance(o, pikepdf.Dictionary) and o.get(key) == value]


def untag(file):
    """Take the tags away."""
    del file.Root.StructTreeRoot


def mute(file):
    """Take the words from one picture."""
    del every(file, "/S", "/Figure")[0].Alt


def skip(file):
    """Make a heading of the second level one of the fourth."""
    every(file, "/S", "/H2")[0].S = pikepdf.Name("/H4")


def borrow(file):
    """Name a font that is not ours."""
    every(file, "/Type", "/FontDescriptor")[0].FontName = pikepdf.Name("/Arial")


def leave(file):
    """Leave a font out of the file."""
    del every(file, "/Type", "/FontDescriptor")[0].FontFile2


def lose(file):
    """Take a page out."""
    del file.pages[1]


@pytest.mark.parametrize(
    ("change", "fails"),
    [
        (untag, {"tags", "headings", "pictures"}),
        (mute, {"pictures"}),
        (skip, {"headings"}),
        (borrow, {"fonts"}),
        (leave, {"fonts"}),
        (lose, {"pages"}),
    ],
)
def test_a_fault_in_the_file_shows(plan, content, page, printed, change, fails):
    """The card reads the bytes: what is broken there is seen."""
    found = checks(plan, content, page, changed(printed, change))

    assert {name for name, check in found.items() if not check.holds} == fails | {"drafts"}


def test_a_broken_rule_and_an_unknown_source_show(plan, content, page, printed):
    """The checker's word and the bibliography are asked again for this very plan."""
    week = plan.weeks[0]
    crowded = tuple(
        day.model_copy(update={"sessions": day.sessions * 5}) if day.sessions else day
        for day in week.days
    )
    reasons = tuple(r.model_copy(update={"cite": ("nobody-1900",)}) for r in plan.reasons)
    weeks = (week.model_copy(update={"days": crowded}),)
    broken = plan.model_copy(update={"weeks": weeks, "reasons": reasons})
    found = checks(broken, content, page, printed)

    assert not found["rules"].holds
    assert found["sources"].found == "not in the bibliography: nobody-1900"


def test_a_faint_colour_is_named(plan, content, page, printed):
    """Colours are read from the very page, so that those of an edition or a clinic count."""
    faint = re.sub(r"--main: #[0-9a-f]{6}", "--main: #8aa0a6", page)
    found = checks(plan, content, faint, printed)["contrast"]

    assert not found.holds
    assert "main on" in found.found


def test_contrast_is_that_of_the_standard():
    """Black on white is 21 to 1, equal colours are 1 to 1, and the order does not matter."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#123456", "#123456") == pytest.approx(1)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_the_card_is_printed_and_stored_beside_the_plan(content, tmp_path):
    """``--quality`` needs no PDF to be written, and the JSON without it is as before."""
    flagged = a_runner(content, {"answers": {"saddle-numbness": "yes"}})
    answers = flagged.model_dump_json(exclude_none=True)
    (tmp_path / "ann.json").write_text(answers)
    words = ["plan", str(tmp_path / "ann.json"), "--today", str(TODAY)]
    target = tmp_path / "plan.json"
    with_card = CliRunner().invoke(main, [*words, "--quality", "-o", str(target)])
    stored = json.loads(target.read_text())
    without = CliRunner().invoke(main, [*words, "--json"])

    assert with_card.exit_code == 3, with_card.output
    assert "ok   fonts: 2 fonts, all ours and embedded" in with_card.output
    assert "LOOK drafts:" in with_card.output
    assert [check["name"] for check in stored.pop("quality")["checks"]] == [
        *(name for name in ALL if name != "rules"),
        "grade",
    ]
    assert json.loads(without.stdout) == stored


def test_a_missing_extra_is_named(plan, content, page, printed, monkeypatch):
    """Reading the file again needs a library of its own; the message says which."""
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(service.ProgramgenError, match=r"pip install 'programgen\[quality\]'"):
        quality(plan, content, page, printed)
