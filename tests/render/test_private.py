"""What a person or a clinic typed is on the page and in no file of the store."""

import re
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO

import pypdf
import pytest

from programgen import service
from programgen.content.reading import read
from programgen.core.checkin import Away, Release, SessionReport, Void, WeekReport
from programgen.core.clinic import Clinic, Letterhead
from programgen.core.intake import Intake
from programgen.core.log import Log
from programgen.render.editions import EDITIONS
from programgen.render.fragments.block import block_of
from programgen.render.fragments.cut import STAND_IN, cut
from programgen.render.fragments.fonts import font_in
from programgen.render.fragments.printing import composed, printed
from programgen.render.fragments.store import Store, unpacked
from programgen.render.house import PLAIN, HouseStyle
from programgen.render.page import html
from programgen.render.pdf import pdf
from tests.conftest import MONDAY, TODAY, merged
from tests.render.test_fragments import (
    CONTENT,
    EXAMPLES,
    PICTURES,
    RUNNER,
    part,
    quick_sheet,
    small,
    words_of,
)
from tests.replanned import BAD, GOOD, after_a_bad_run, between, first, report, version

CASES = {path.stem: path for path in EXAMPLES}
TYPED = {
    "who.name": "Zwho",
    "week.exceptions[].why": "Zwhy",
    "goal.name": "Zgoal",
    "clinician.name": "Zphysio",
    "clinician.clinic": "Zpractice",
    "clinician.note": "Zword",
    "name": "Zclinic",
    "contact[]": "Zcontact",
    "footer": "Zfooter",
    "note": "Zusual",
}
"""Every field for free text, and what is typed there."""
READ = {
    *("history.weekly_distance", "history.longest_run", "history.off_running"),
    *("history.cross_training", "pain.since", "goal.run", "goal.distance", "goal.weekly_distance"),
    *("goal.on", "clinician.reviewed_on", "week.exceptions[].first", "week.exceptions[].last"),
    *("logo", "colour"),
}
"""Text that becomes an amount, a day, a file or a colour."""


def texts(schema, node, path="") -> Iterator[str]:
    """Yield the path of each text without a fixed form in a JSON Schema."""
    node = schema["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
    for one in (*node.get("anyOf", ()), *node.get("allOf", ())):
        yield from texts(schema, one, path)
    if node.get("type") == "string" and not {"pattern", "enum", "const"} & node.keys():
        yield path
    for key, inner in node.get("properties", {}).items():
        yield from texts(schema, inner, f"{path}.{key}".lstrip("."))
    if "items" in node:
        yield from texts(schema, node["items"], f"{path}[]")


LOGGED = {
    "session.source": "Zfile",
    "week.activities": "Zskill",
    "away.why": "Zaway",
    "release.by": "Zdoctor",
    "release.note": "Zadvice",
}
"""Every field for free text of a log; an own activity is the name of a score."""
READ_OF_LOG = {
    *("session.entered", "session.day", "session.run", "session.distance"),
    *("week.entered", "week.day", "away.entered", "away.first", "away.last"),
    *("release.entered", "release.day", "void.entered"),
}


def test_every_field_of_a_log_is_looked_at():
    """A new one makes this test fail, too."""
    models = {"session": SessionReport, "week": WeekReport, "away": Away, "release": Release}
    schemas = {n: model.model_json_schema() for n, model in (models | {"void": Void}).items()}
    found = {f"{n}.{path}" for n, schema in schemas.items() for path in texts(schema, schema)}
    named = {
        f"{n}.{key}"
        for n, schema in schemas.items()
        for key, node in schema["properties"].items()
        if node.get("type") == "object" and "patternProperties" not in node
    }

    assert found | named == LOGGED.keys() | READ_OF_LOG


def test_every_field_for_free_text_is_looked_at():
    """A new one makes this test fail until somebody has thought of it here."""
    schemas = [model.model_json_schema() for model in (Intake, Clinic)]

    assert {path for schema in schemas for path in texts(schema, schema)} == TYPED.keys() | READ


def an_intake(stem, *fields):
    """Return an example with words typed in some fields, and in no other."""
    day = {"first": MONDAY, "last": MONDAY, "minutes": 0}
    answers = merged(
        read(CASES[stem]).value,
        {
            "who": {"name": "Zwho" if "who" in fields else None},
            "goal": {"name": "Zgoal" if "goal" in fields else None},
            "week": {"exceptions": [{**day, "why": "Zwhy"}] if "why" in fields else []},
            "clinician": {
                **(read(CASES["clinic"]).value["clinician"] if "clinician" in fields else {}),
                "name": "Zphysio",
                "clinic": "Zpractice",
                "note": "Zword",
                "reviewed_on": TODAY,
            },
        },
    )
    if "clinician" not in fields:
        del answers["clinician"]
    return Intake.model_validate(answers)


CLINIC = Clinic(name="Zclinic", contact=("Zcontact",), footer="Zfooter", note="Zusual")


def words_in(folder):
    """Return all that the files of a store say: as they are, unpacked, and as set text."""
    entries = {f.name: unpacked(f.name, f.read_bytes()) for f in folder.iterdir()}
    fonts = {key: font_in(entry) for key, entry in entries.items() if key.startswith("font-")}
    said = [file.read_bytes().decode("latin-1") for file in folder.iterdir()]
    for key, entry in entries.items():
        if key in fonts:
            continue
        said.append(str(entry.values))
        for leaf in block_of(entry).leaves:
            for plain in map(unpacked_part, leaf.parts):
                said.append(plain.decode("latin-1"))
                said += set_text(plain, leaf, fonts)
    return "\n".join(said)


def unpacked_part(raw):
    """Return the operators in a part of a leaf."""
    return zlib.decompress(raw.partition(b"stream\n")[2] if raw.startswith(b"<<") else raw)


def set_text(plain, leaf, fonts):
    """Yield the text that operators show."""
    name = None
    for font, shown in re.findall(rb"^/(\S+) [\d.]+ Tf$|^\[(.*)\] TJ$", plain, re.MULTILINE):
        name = font.decode() or name
        if shown:
            signs = {**fonts[leaf.fonts[name]].texts, **leaf.glyphs.get(name, {})}
            run = b"".join(re.findall(rb"<([0-9a-f]+)>", shown)).decode()
            yield "".join(signs[str(int(run[n : n + 4], 16))] for n in range(0, len(run), 4))


KINDS = [
    ("runner", ()),
    *(("runner", (field,)) for field in ("who", "why", "goal", "clinician", "clinic")),
    ("runner", ("who", "why", "goal", "clinician", "clinic")),
    *(("restricted", fields) for fields in (("who",), ("who", "clinician"))),
    ("referral", ("who", "clinician")),
]
WAYS = [
    *((*kind, "standard") for kind in KINDS),
    *(("runner", ("who", "why", "goal", "clinician", "clinic"), e) for e in ("large", "summary")),
]


@pytest.mark.parametrize(("stem", "fields", "edition"), WAYS, ids=str)
def test_no_typed_word_is_kept(tmp_path, stem, fields, edition):
    """Whatever is typed, and in whatever edition; parts without it are kept."""
    intake = an_intake(stem, *fields)
    house = HouseStyle(Letterhead(CLINIC)) if "clinic" in fields else PLAIN
    result = service.plan(intake, CONTENT, start=MONDAY, made_on=TODAY, weeks=2)
    page = html(result, CONTENT, EDITIONS[edition].pictures(PICTURES), "a4", edition, house=house)
    made = printed(page, PICTURES, house, Store(tmp_path))
    typed = {word for word in TYPED.values() if word in page}
    on_paper = "".join(p.extract_text() for p in pypdf.PdfReader(BytesIO(made)).pages)

    assert bool(typed) == bool(fields) or stem == "referral"
    assert {word for word in typed if word not in on_paper} == set()
    kept = words_in(tmp_path)
    assert {word for word in TYPED.values() if word.lower() in kept.lower()} == set()
    if stem != "referral" and edition != "summary":
        assert "Call your emergency number now" in kept
        assert "Your exercises" in kept


def later(good, words=LOGGED):
    """Return a later version: a hold that somebody has lifted, days away, and their words."""
    plan, log = first(), Log(plan=first().provenance.plan)
    for run in [p for p in between(plan, MONDAY, date(2027, 1, 1)) if p.session.stage][:3]:
        entries = [report(p, good) for p in between(plan, log_end(log), run.day)]
        bad = report(run, BAD).model_copy(update={"source": words["session.source"]})
        plan, log = version(plan, log, [*entries, bad], run.day + timedelta(days=1))
    assert plan.standing.held
    day = plan.standing.open_from
    away = Away(first=day + timedelta(days=9), last=day + timedelta(days=10), why=words["away.why"])
    entries = [
        WeekReport(day=day, activities={words["week.activities"]: 3}, worst=5),
        Release(day=day, by=words["release.by"], note=words["release.note"]),
        away,
    ]
    plan, log = version(plan, log, entries, day + timedelta(days=1))
    (run, *_) = [p for p in between(plan, day, date(2027, 2, 1)) if p.session.stage]
    entries = [report(p, good) for p in between(plan, day + timedelta(days=1), run.day)]
    return version(plan, log, [*entries, report(run, good)], run.day + timedelta(days=1))[0]


def log_end(log):
    """Return the day after the last report."""
    return max((e.day + timedelta(days=1) for e in log.entries), default=MONDAY)


@pytest.mark.parametrize("edition", ["standard", "summary"])
def test_no_word_of_a_log_is_kept(tmp_path, edition):
    """Neither of a file, an activity, days away, nor of the clinician who lifted a hold."""
    page = html(later(GOOD), CONTENT, PICTURES, edition=edition)
    printed(page, PICTURES, store=Store(tmp_path))
    kept = words_in(tmp_path)

    assert {"Zaway", "Zdoctor"} & {word for word in LOGGED.values() if word in page}
    assert {word for word in LOGGED.values() if word.lower() in kept.lower()} == set()
    assert "Call your emergency number now" in kept


@pytest.mark.parametrize("edition", ["standard", "summary"])
def test_the_store_does_not_tell_what_was_reported(tmp_path, edition):
    """Other scores and places of pain that lead to the same weeks leave the same files."""
    other = GOOD | {"during": 2, "after": 0, "morning": 0, "where": "nearer", "effort": 6}
    plans = [later(good) for good in (GOOD, other)]
    pages = [html(plan, CONTENT, PICTURES, edition=edition) for plan in plans]
    folders = [tmp_path / "one", tmp_path / "two"]
    for page, folder in zip(pages, folders, strict=True):
        printed(page, PICTURES, store=Store(folder))
    one, two = ({file.name for file in folder.iterdir()} for folder in folders)

    assert plans[0].weeks == plans[1].weeks
    assert pages[0] != pages[1]
    assert len(one) > 5
    assert one == two


def test_what_became_of_a_session_is_not_kept(tmp_path):
    """Nor how many ticks there are, what changed, and the way so far."""
    told = {"Done in part", "Missed", "Ticks so far", "What changed and why", "Your way so far"}
    page = html(after_a_bad_run()[0], CONTENT, PICTURES)
    printed(page, PICTURES, store=Store(tmp_path))
    kept = words_in(tmp_path)

    assert {words for words in told if words in page} == told
    assert {words for words in told if words in kept} == set()
    assert "Week 5" in kept


def test_no_word_on_a_quick_sheet_is_kept(tmp_path):
    """Name and note come with the command; cards are kept."""
    page = quick_sheet(name="Zwho", note="Zword", house=HouseStyle(Letterhead(CLINIC)))
    printed(page, PICTURES, HouseStyle(Letterhead(CLINIC)), Store(tmp_path))
    kept = words_in(tmp_path)

    assert {word for word in TYPED.values() if word in page} == {
        *("Zwho", "Zword", "Zclinic", "Zcontact", "Zfooter")
    }
    assert {word for word in TYPED.values() if word.lower() in kept.lower()} == set()
    assert "Call your emergency number now" in kept


def test_a_name_is_set_anew_and_its_page_is_kept(tmp_path):
    """Two people with the same plan share every block; each reads the own name."""
    page = PAGE.replace("Robin", "Jo-Ann O’Neill & Dvořák 1")
    printed(PAGE, PICTURES, store=Store(tmp_path))
    store = Store(tmp_path)
    made = composed(page, PICTURES, store)

    assert store.made == 1, "only the week with a reason that was typed is made again"
    text = pypdf.PdfReader(BytesIO(made)).pages[0].extract_text()
    assert "Jo-Ann O’Neill & Dvořák 1" in text
    assert "Robin" not in text


PAGE = html(
    service.plan(service.read_intake(RUNNER, CONTENT, TODAY), CONTENT, start=MONDAY, made_on=TODAY),
    CONTENT,
    PICTURES,
)
LIVE = "<h1>A</h1><p data-live>{}</p>"


@pytest.mark.parametrize("name", ["x" * 120, "a\tb", "soft\u00adhyphen", "two\u00a0words"])
def test_a_name_that_cannot_be_set_is_printed_by_weasyprint(name):
    """A long one may need two lines, and some signs are not set as they stand."""
    page = small(part(LIVE.format(name)))
    made = composed(page, PICTURES, Store())

    assert (made is None) == (name not in {"a\tb", "soft\u00adhyphen"})
    assert words_of(printed(page, PICTURES)) == words_of(pdf(page, PICTURES))


@pytest.mark.parametrize(
    "parts",
    [
        (LIVE.format("Kim") + LIVE.format("Kim"),),
        (LIVE.format(f"Kim {STAND_IN}"),),
        (LIVE.format("Kim") + f"<p>{STAND_IN}</p>",),
        (LIVE.format("<b>Kim</b>"),),
    ],
)
def test_a_live_text_without_a_place_of_its_own_keeps_its_part_private(parts):
    """Where the text cannot be taken out, the part is not kept."""
    found = cut(small(part(*parts))).chunks

    assert [chunk.whole.shared for chunk in found] == [False]
    assert "Kim" in found[0].whole.html


def test_a_part_is_private_unless_it_says_that_it_is_shared():
    """A mark that was forgotten costs time and nothing else."""
    marked, bare = part("<h1>A</h1>"), '<section data-block="page"><h2>B</h2></section>'
    joined = part("<h2>C</h2>") + "<p>more</p>"
    found = cut(small(marked, bare, joined)).chunks

    assert [chunk.whole.shared for chunk in found] == [True, False, False]
