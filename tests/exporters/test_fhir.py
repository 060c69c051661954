"""The record for a clinic's system: the same sessions, sound FHIR, and nobody's name."""

import copy
import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from programgen.cli import main
from programgen.content.intake_checks import check_intake
from programgen.content.reading import Document, build
from programgen.core.intake import Intake
from programgen.core.plan import Change, Plan, Referral, WeekOfProgress, Withdrawn
from programgen.core.reasons import Reason
from programgen.core.words import dose_text
from programgen.errors import ProgramgenError
from programgen.exporters import fhir
from programgen.exporters.base import Export, endings, exported
from programgen.exporters.fhir_check import faults
from programgen.exporters.fhir_codes import CODES
from tests.conftest import MONDAY, TODAY, a_runner, planned
from tests.intakes import intakes

ORACLES = Path(__file__).parents[1] / "oracles"
MODULES = ORACLES / "node_modules"
EXAMPLES = Path(__file__).parents[2] / "examples"
DEFINITIONS = MODULES / "@medplum" / "definitions" / "dist" / "fhir" / "r4"

needs_oracles = pytest.mark.skipif(
    not (MODULES / "fhir").is_dir() or not DEFINITIONS.is_dir() or shutil.which("node") is None,
    reason="needs node, and: npm ci --ignore-scripts --prefix tests/oracles",
)


def record(result, content, **options):
    """Return the bundle of a result as plain values."""
    return json.loads(fhir.export(result, Export(content, **options)))


def of(bundle, kind):
    """Return the resources of one kind, in order."""
    found = (entry["resource"] for entry in bundle["entry"])
    return [one for one in found if one["resourceType"] == kind]


def sessions(bundle):
    """Return day, title and minutes of every requested session."""
    return sorted(
        (
            one["occurrenceTiming"]["event"][0],
            one["code"]["text"],
            one["occurrenceTiming"]["repeat"]["duration"],
        )
        for one in of(bundle, "ServiceRequest")
        if "occurrenceTiming" in one and one["status"] != "revoked"
    )


def answers(bundle):
    """Return the answers by their questions."""
    (response,) = of(bundle, "QuestionnaireResponse")
    found = {}
    for item in response["item"]:
        for one in item.get("item", [item]):
            found[one["linkId"]] = [next(iter(given.values())) for given in one["answer"]]
    return found


@pytest.fixture(scope="module")
def plan(content):
    """A plan of 8 weeks."""
    return planned(content, a_runner(content))


@pytest.fixture(scope="module")
def bundle(plan, content):
    """Its record."""
    return record(plan, content)


@pytest.fixture(scope="module")
def referral(content):
    """What comes of a warning sign."""
    return planned(content, a_runner(content, {"answers": {"saddle-numbness": "yes"}}))


def reported(plan):
    """Return a later version of a plan, after one week with reports."""
    first, *rest = plan.weeks
    outcomes = iter(["done", "part", "missed"])
    days = tuple(
        day.model_copy(
            update={
                "sessions": tuple(
                    one.model_copy(update={"outcome": next(outcomes, None)}) for one in day.sessions
                )
            }
        )
        for day in first.days
    )
    told = WeekOfProgress(
        number=1, planned=3, done=2, run_minutes=7.5, worst=4, function=6.3, change=-1
    )
    silent = WeekOfProgress(number=2, planned=3, done=0, run_minutes=0)
    return plan.model_copy(
        update={
            "weeks": (first.model_copy(update={"days": days}), *rest),
            "progress": (told, silent),
            "changes": (Change(week=2, text="Wed is a day off now."),),
        }
    )


# What it says


@settings(max_examples=15)
@given(st.data())
def test_every_session_stands_in_the_record_with_its_day_and_minutes(content, data):
    """Nothing is lost, added or moved, whoever the plan is for."""
    document = Document("test", data.draw(intakes(content, flags=False)))
    intake = build(Intake, document)
    assume(not check_intake(intake, document, content, TODAY))
    try:
        result = planned(content, intake)
    except ProgramgenError:
        result = None
    assume(isinstance(result, Plan))
    found = record(result, content)
    told = sorted(
        (placed.day.isoformat(), placed.session.title, placed.session.minutes)
        for week in result.weeks
        for placed in week.placed
    )

    assert sessions(found) == told
    assert len(of(found, "CarePlan")[0]["activity"]) == len(told)


def test_a_session_lists_its_steps_and_exercises_with_their_doses(plan, bundle, content):
    """What is done and how much, in the words of the handout."""
    placed = next(p for week in plan.weeks for p in week.placed if p.session.kind == "strength")
    (request,) = [
        one
        for one in of(bundle, "ServiceRequest")
        if one["code"]["text"] == placed.session.title
        and one["occurrenceTiming"]["event"] == [placed.day.isoformat()]
    ]
    lines = [line["text"] for line in request["orderDetail"]]
    for item, line in zip(placed.session.items, lines, strict=True):
        exercise = content.exercises[item.exercise]

        assert exercise.words.name in line
        assert dose_text(item.dose, exercise) in line


def test_a_run_lists_warm_up_repeats_and_cool_down(plan, bundle):
    """The repeats stand as on the week page."""
    runs = [p for week in plan.weeks for p in week.placed if p.session.run_minutes]
    first = min(runs, key=lambda placed: placed.day)
    lines = [
        line["text"]
        for one in of(bundle, "ServiceRequest")
        if one.get("occurrenceTiming", {}).get("event") == [first.day.isoformat()]
        for line in one["orderDetail"]
    ]
    repeat = first.session.steps[0].repeat

    assert any(line.startswith(f"{repeat} × (") for line in lines)
    assert "Warm-up: 5 min walk" in lines
    assert "Cool-down: 5 min walk" in lines


def test_firm_weeks_are_active_and_the_outlook_is_a_draft(plan, bundle):
    """A later week depends on the runs before, so nobody should act on it yet."""
    firm = {p.day.isoformat(): week.firm for week in plan.weeks for p in week.placed}
    told = {
        one["occurrenceTiming"]["event"][0]: one["status"]
        for one in of(bundle, "ServiceRequest")
        if "occurrenceTiming" in one
    }

    assert set(firm.values()) == {True, False}
    assert told == {day: "active" if sure else "draft" for day, sure in firm.items()}


def test_it_proposes_and_never_orders(plan, content, referral):
    """A program has no authority: every request and plan is a proposal."""
    for found in (record(plan, content), record(referral, content)):
        intents = {one.get("intent") for one in of(found, "ServiceRequest")}
        intents |= {one.get("intent") for one in of(found, "CarePlan")}

        assert intents == {"proposal"}


def test_food_is_no_part_of_it(bundle):
    """We order no diet."""
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}

    assert kinds == {
        "CarePlan",
        "Device",
        "Goal",
        "Patient",
        "Questionnaire",
        "QuestionnaireResponse",
        "ServiceRequest",
    }


def test_a_person_can_read_the_care_plan(plan, bundle):
    """A line for each week with its sessions, for a system that does not know the parts."""
    (care,) = of(bundle, "CarePlan")
    parts = ET.fromstring(care["text"]["div"]).iter()
    lines = [part.text for part in parts if part.tag.endswith("li")]

    assert care["text"]["status"] == "generated"
    assert len(lines) == len(plan.weeks)
    for line, week in zip(lines, plan.weeks, strict=True):
        assert line.startswith(f"Week {week.number}, from ")
        assert all(f"{p.session.title}, {p.session.minutes} min" in line for p in week.placed)


def test_the_goal_is_an_amount_with_its_unit(bundle):
    """30 minutes without a break."""
    (goal,) = of(bundle, "Goal")

    assert goal["target"][0]["detailQuantity"]["value"] == 30
    assert goal["target"][0]["detailQuantity"]["code"] == "min"
    assert goal["lifecycleStatus"] == "active"


def test_the_goal_waits_while_running_is_locked(content):
    """A gentle plan keeps the goal on hold and asks for the appointment."""
    gentle = planned(content, a_runner(content, {"answers": {"leg-pain-below-buttock": "yes"}}))
    found = record(gentle, content)
    (asked,) = [one for one in of(found, "ServiceRequest") if "occurrenceTiming" not in one]

    assert gentle.reach.value == "gentle"
    assert of(found, "Goal")[0]["lifecycleStatus"] == "on-hold"
    assert asked["priority"] == "routine"


def test_answers_are_there_and_silence_is_no_answer(content):
    """Yes, no and not sure are told apart; a question without an answer is left out."""
    intake = a_runner(content, {"answers": {"knee-pain": "yes", "neck-pain": "unsure"}})
    silent = {name: answer for name, answer in intake.answers.items() if name != "wrist-pain"}
    intake = intake.model_copy(update={"answers": silent})
    told = answers(record(planned(content, intake), content))

    assert told["answers.knee-pain"][0]["code"] == "Y"
    assert told["answers.neck-pain"][0]["code"] == "asked-unknown"
    assert told["answers.saddle-numbness"][0]["code"] == "N"
    assert "answers.wrist-pain" not in told
    assert told["pain.worst"] == [intake.pain.worst]
    assert told["pain.where"] == ["low back"]
    assert told["history.off_running"][0]["value"] == 42


def test_an_answer_that_this_content_does_not_ask_is_never_dropped(plan, content):
    """A record with a hole would look like a 'no'."""
    more = {**plan.intake.answers, "own-question": plan.intake.answers["saddle-numbness"]}
    other = plan.model_copy(update={"intake": plan.intake.model_copy(update={"answers": more})})

    with pytest.raises(ProgramgenError, match="own-question"):
        record(other, content)


# Who it is about


SECRETS = {
    "who": {"name": "Zaphod Q", "age": 97},
    "goal": {"run": "30 min", "name": "Gala Zarquon"},
    "week": {
        "exceptions": [
            {"first": "2026-12-24", "last": "2026-12-27", "minutes": 0, "why": "Zooming away"}
        ]
    },
    "clinician": {
        "name": "Dr Zebulon",
        "clinic": "Zenith Clinic",
        "reviewed_on": "2026-11-20",
        "start_stage": "r1",
        "note": "Dear Zed, go easy.",
    },
}


@pytest.fixture(scope="module")
def named(content):
    """A plan full of names."""
    return planned(content, a_runner(content, SECRETS))


def test_nothing_tells_who_it_is(named, content):
    """No name, age, clinic or free text, wherever it was written."""
    text = json.dumps(record(named, content))
    written = ("Zaphod", "Zarquon", "Zooming", "Zebulon", "Zenith", "Zed")

    assert "has chosen your first stage" in text
    assert [word for word in written if word in text] == []
    assert "who.age" not in answers(record(named, content))


def test_who_asks_for_it_gets_name_age_and_note(named, content):
    """With --identify the person is named."""
    found = record(named, content, identify=True)
    notes = [note["text"] for note in of(found, "CarePlan")[0]["note"]]

    assert of(found, "Patient")[0]["name"] == [{"text": "Zaphod Q"}]
    assert answers(found)["who.age"] == [97]
    assert "Dear Zed, go easy." in notes
    assert faults(found) == []


@pytest.mark.parametrize(
    "name", ["Ünal Çelik", "محمد", "🏃 O'Neil", '"<b>&amp;', "a\u202fb\u00a0c", "{{x}}\\n"]
)
def test_every_name_survives(content, plan, name):
    """Any sign is kept; only spaces that FHIR text does not know become plain ones."""
    who = plan.intake.who.model_copy(update={"name": name})
    other = plan.model_copy(update={"intake": plan.intake.model_copy(update={"who": who})})
    found = record(other, content, identify=True)
    plain = name.replace("\u202f", " ").replace("\u00a0", " ")

    assert of(found, "Patient")[0]["name"] == [{"text": plain}]


def test_a_long_note_survives(content):
    """Ten thousand signs with lines."""
    note = ("Übung – “so”\n" * 800)[:9_999] + "!"
    block = {"name": "A. Physio", "reviewed_on": "2026-11-20", "note": note}
    found = record(
        planned(content, a_runner(content, {"clinician": block})), content, identify=True
    )

    assert note in [one["text"] for one in of(found, "CarePlan")[0]["note"]]


# Versions


def test_the_same_plan_gives_the_same_bytes(plan, content):
    """No clock and no chance."""
    assert fhir.export(plan, Export(content)) == fhir.export(plan, Export(content))


def test_a_session_keeps_its_address_when_it_moves(plan, content):
    """The next version changes the session in place; what has gone is revoked."""
    week = plan.weeks[0]
    moved = week.model_copy(update={"days": (*week.days[1:], week.days[0])})
    gone = Withdrawn(week=9, slot="run-3", day=MONDAY + timedelta(days=60), title="1-minute runs")
    later = plan.model_copy(
        update={
            "weeks": (moved, *plan.weeks[1:]),
            "provenance": plan.provenance.model_copy(update={"version": 2}),
            "withdrawn": (gone,),
        }
    )
    old, new = record(plan, content), record(later, content)
    ids = [{one["id"] for one in of(found, "ServiceRequest")} for found in (old, new)]
    (revoked,) = [one for one in of(new, "ServiceRequest") if one["status"] == "revoked"]

    assert ids[1] - ids[0] == {revoked["id"]}
    assert ids[0] <= ids[1]
    assert revoked["occurrenceTiming"] == {"event": [gone.day.isoformat()]}
    assert of(old, "CarePlan")[0]["id"] == of(new, "CarePlan")[0]["id"]
    assert {one["meta"]["versionId"] for one in of(new, "ServiceRequest")} == {"2"}


def test_a_first_referral_asks_for_the_appointment_and_holds_no_plan(referral, content):
    """There was no plan, so there is none to take back; an emergency is 'stat'."""
    found = record(referral, content)
    (asked,) = of(found, "ServiceRequest")

    assert isinstance(referral, Referral)
    assert of(found, "CarePlan") == of(found, "Goal") == []
    assert (asked["status"], asked["priority"]) == ("active", "stat")
    assert "saddle" in asked["reasonCode"][0]["text"]


def test_a_red_flag_revokes_the_plan_and_its_sessions(referral, content):
    """A plan that was withdrawn may not be taken up again by itself."""
    gone = Withdrawn(week=1, slot="run-1", day=MONDAY, title="1-minute runs")
    later = referral.model_copy(
        update={
            "provenance": referral.provenance.model_copy(update={"version": 2}),
            "withdrawn": (gone,),
        }
    )
    found = record(later, content)
    requests = {one["status"]: one for one in of(found, "ServiceRequest")}

    assert of(found, "CarePlan")[0]["status"] == "revoked"
    assert set(requests) == {"active", "revoked"}
    assert requests["revoked"]["code"]["text"] == "1-minute runs"
    assert requests["active"]["priority"] == "stat"


def test_reports_become_outcomes_and_silence_stays_silent(plan, content):
    """Done, missed, scores and minutes; a score that nobody gave is not there."""
    found = record(reported(plan), content)
    (outcome,) = of(found, "Observation")
    parts = {
        one["code"]["text"].split(",")[0]: one.get("valueInteger", one.get("valueQuantity"))
        for one in outcome["component"]
    }
    states = [one["status"] for one in of(found, "ServiceRequest")][:3]

    assert states == ["completed", "completed", "revoked"]
    assert outcome["effectivePeriod"] == {"start": "2026-11-30", "end": "2026-12-06"}
    assert (parts["Sessions planned"], parts["Sessions done"]) == (3, 2)
    assert parts["Worst pain of the week"]["value"] == 4
    assert parts["Own activities (PSFS)"]["value"] == 6.3
    assert parts["Change since the start (global rating)"]["value"] == -1
    assert "Average pain of the week" not in parts
    assert "Changed: Wed is a day off now." in [n["text"] for n in of(found, "CarePlan")[0]["note"]]


@pytest.mark.parametrize("name", ["Dr Zebulon", "Z. has looked at you, Zed"])
def test_who_released_the_runner_is_not_told(plan, content, name):
    """A release is a reason with a name in it."""
    reason = Reason(text=f"{name} has looked at you and allows running.", rule="clinician")
    change = Change(text=f"Mon 7 Dec: {reason.text}", reason=reason)
    later = plan.model_copy(update={"reasons": (reason, *plan.reasons), "changes": (change,)})
    notes = [note["text"] for note in of(record(later, content), "CarePlan")[0]["note"]]

    assert "A clinician has looked at you and allows running." in notes
    assert "Changed: A clinician has looked at you and allows running." in notes
    assert name not in json.dumps(notes)


# A ladder


def test_a_ladder_is_a_plan_definition_with_an_activity_for_each_stage(content):
    """In order, each after the one before, with its sources."""
    for protocol in content.protocols.values():
        found = json.loads(fhir.export_protocol(protocol, content))
        (ladder,) = of(found, "PlanDefinition")
        activities = {one["url"]: one for one in of(found, "ActivityDefinition")}
        steps = [activities[action["definitionCanonical"]] for action in ladder["action"]]

        assert [one["title"] for one in steps] == [stage.title for stage in protocol.stages]
        assert [action["id"] for action in ladder["action"]] == [s.id for s in protocol.stages]
        assert [action["relatedAction"][0]["actionId"] for action in ladder["action"][1:]] == [
            stage.id for stage in protocol.stages[:-1]
        ]
        assert len(ladder["relatedArtifact"]) == len(protocol.evidence)
        assert ladder["status"] == "draft"


def test_a_plan_names_the_ladder_that_it_follows(plan, bundle, content):
    """By the address and version that the ladder has in its own record."""
    protocol = content.protocols[plan.provenance.protocol]
    (ladder,) = of(json.loads(fhir.export_protocol(protocol, content)), "PlanDefinition")
    (care,) = of(bundle, "CarePlan")

    assert care["instantiatesCanonical"] == [f"{ladder['url']}|{ladder['version']}"]


# Whether it is sound


def every_record(content, plan, referral):
    """Return a record of each kind."""
    return [
        record(plan, content, identify=True),
        record(referral, content),
        record(reported(plan), content),
        *(json.loads(fhir.export_protocol(p, content)) for p in content.protocols.values()),
    ]


def test_the_models_of_others_read_back_what_was_written(content, plan, referral):
    """fhir.resources turns each record into values and back without a change."""
    from fhir.resources.R4B.bundle import Bundle

    for found in every_record(content, plan, referral):
        read = Bundle.model_validate(found)

        assert json.loads(read.model_dump_json()) == found


def first(bundle, kind):
    """Return the first resource of one kind."""
    return of(bundle, kind)[0]


FAULTS = [
    ("CarePlan", lambda it: it.update(status="nonsense"), "'nonsense' is not allowed"),
    ("CarePlan", lambda it: it.update(intent="directive"), "'directive' is not allowed"),
    ("CarePlan", lambda it: it.pop("subject"), "subject"),
    ("CarePlan", lambda it: it.update(colour="red"), "colour"),
    ("CarePlan", lambda it: it["activity"].append({}), "cpl-3"),
    ("Goal", lambda it: it.update(lifecycleStatus="running"), "'running' is not allowed"),
    ("Goal", lambda it: it["target"][0].pop("measure"), "gol-1"),
    ("Goal", lambda it: it["target"][0]["detailQuantity"].update(code="mins"), "our units"),
    ("Goal", lambda it: it["category"][0]["coding"][0].update(code="Sport"), "looked up"),
    ("ServiceRequest", lambda it: it.update(status="cancelled"), "'cancelled' is not allowed"),
    ("ServiceRequest", lambda it: it.update(priority="soon"), "'soon' is not allowed"),
    ("ServiceRequest", lambda it: it.pop("code"), "prr-1"),
    ("ServiceRequest", lambda it: it["code"]["coding"][0].update(display="Sport"), "looked up"),
    (
        "ServiceRequest",
        lambda it: it["occurrenceTiming"]["repeat"].update(durationUnit="minutes"),
        "'minutes' is not allowed",
    ),
    ("ServiceRequest", lambda it: it["occurrenceTiming"]["repeat"].pop("durationUnit"), "tim-1"),
    ("ServiceRequest", lambda it: it["occurrenceTiming"]["repeat"].update(duration=-5), "tim-4"),
    ("ServiceRequest", lambda it: it["occurrenceTiming"].update(event=["soon"]), "event"),
    ("ServiceRequest", lambda it: it["subject"].update(reference="urn:uuid:1"), "not in this"),
    ("ServiceRequest", lambda it: it.update(id="elsewhere"), "bdl-8"),
    ("Device", lambda it: it["deviceName"][0].update(type="nickname"), "'nickname'"),
    ("Questionnaire", lambda it: it["item"][0].update(type="number"), "no type of our"),
    ("Questionnaire", lambda it: it["item"][0].update(linkId="pain.now"), "que-2"),
    ("Questionnaire", lambda it: it["item"][-1].update(item=[]), "que-1"),
    ("QuestionnaireResponse", lambda it: it["item"].append(dict(it["item"][0])), "twice"),
    ("QuestionnaireResponse", lambda it: it["item"][0].update(answer=[]), "qrs-1"),
    (
        "QuestionnaireResponse",
        lambda it: it["item"][0].update(answer=[{"valueString": "long"}]),
        "another type",
    ),
]


@pytest.mark.parametrize(("kind", "spoil", "says"), FAULTS)
def test_our_own_check_finds_a_seeded_fault(bundle, kind, spoil, says):
    """A code that is not allowed, a missing part, a loose end: none leaves the program."""
    broken = copy.deepcopy(bundle)
    assert faults(broken) == []
    spoil(first(broken, kind))

    assert any(says in fault for fault in faults(broken)), faults(broken)


def test_two_resources_at_one_address_are_found(bundle):
    """bdl-7: an address stands once."""
    broken = copy.deepcopy(bundle)
    broken["entry"].append(broken["entry"][0])

    assert any("bdl-7" in fault for fault in faults(broken))


def test_a_broken_step_of_a_ladder_is_found(content):
    """Each step follows one that is there."""
    broken = json.loads(fhir.export_protocol(content.protocols["walking"], content))
    first(broken, "PlanDefinition")["action"][1]["relatedAction"][0]["actionId"] = "k0"

    assert any("'k0'" in fault for fault in faults(broken))


def test_a_faulty_record_is_not_written(plan, content, monkeypatch):
    """The check runs before the bytes go out."""
    monkeypatch.setattr(fhir, "EXERCISE_THERAPY", ("http://snomed.info/sct", "1", "Guess"))

    with pytest.raises(ProgramgenError, match="has not been looked up"):
        fhir.export(plan, Export(content))


# What other people's validators say


def asked_of_node(*found, folder):
    """Return what npm 'fhir' finds wrong with each record."""
    names = []
    for number, one in enumerate(found):
        path = folder / f"{number}.json"
        path.write_text(json.dumps(one))
        names.append(str(path))
    done = subprocess.run(
        [shutil.which("node"), "fhir.js", *names],
        cwd=ORACLES,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def r4():
    """The official JSON Schema of FHIR R4."""
    return json.loads((DEFINITIONS / "fhir.schema.json").read_text(encoding="utf-8"))


def asked_of_schema(found, schema):
    """Return what the official schema finds wrong with each resource of a record."""
    from jsonschema import Draft6Validator

    wrong = []
    for one in [found, *(entry["resource"] for entry in found["entry"])]:
        kind = one["resourceType"]
        small = {**schema, "oneOf": [{"$ref": f"#/definitions/{kind}"}]}
        outer = {**one, "entry": []} if kind == "Bundle" else one
        wrong += [
            f"{kind}{e.json_path}: {e.message}" for e in Draft6Validator(small).iter_errors(outer)
        ]
    return wrong


@needs_oracles
def test_the_validator_of_npm_finds_nothing(content, plan, referral, tmp_path):
    """Every kind of record is valid R4."""
    found = every_record(content, plan, referral)

    assert asked_of_node(*found, folder=tmp_path) == [[] for _ in found]


@needs_oracles
def test_the_official_schema_finds_nothing(content, plan, referral, r4):
    """Every resource of every kind of record."""
    for found in every_record(content, plan, referral):
        assert asked_of_schema(found, r4) == []


@needs_oracles
def test_the_validator_of_npm_can_find_something(bundle, tmp_path):
    """Seeded faults are caught, so its silence means something."""
    spoils = [
        ("CarePlan", lambda it: it.update(status="nonsense")),
        ("CarePlan", lambda it: it.pop("subject")),
        ("CarePlan", lambda it: it.update(colour="red")),
        ("ServiceRequest", lambda it: it.update(intent="wish")),
        ("Goal", lambda it: it.pop("description")),
    ]
    broken = [copy.deepcopy(bundle) for _ in spoils]
    for one, (kind, spoil) in zip(broken, spoils, strict=True):
        spoil(first(one, kind))

    assert all(asked_of_node(*broken, folder=tmp_path))


@needs_oracles
@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("CarePlan", lambda it: it.pop("subject")),
        ("CarePlan", lambda it: it.update(colour="red")),
        ("Goal", lambda it: it.update(startDate="soon")),
        ("Questionnaire", lambda it: it["item"][0].update(type="number")),
        ("ServiceRequest", lambda it: it["occurrenceTiming"]["repeat"].update(durationUnit="x")),
    ],
)
def test_the_official_schema_can_find_something(bundle, r4, kind, spoil):
    """Seeded faults are caught, so its silence means something."""
    broken = copy.deepcopy(bundle)
    spoil(first(broken, kind))

    assert asked_of_schema(broken, r4)


@needs_oracles
def test_our_codes_stand_in_the_official_lists():
    """Each code that FHIR itself defines has the display that FHIR gives it."""
    known = set()

    def add(system, concepts):
        for code in concepts:
            known.add((system, code["code"], code.get("display")))
            add(system, code.get("concept", ()))

    for name in ("valuesets.json", "v2-tables.json"):
        for entry in json.loads((DEFINITIONS / name).read_text(encoding="utf-8"))["entry"]:
            add(entry["resource"]["url"], entry["resource"].get("concept", ()))
    defined = {code for code in CODES if "terminology.hl7.org" in code[0]}

    assert defined <= known
    assert {code[0] for code in CODES - defined} == {
        "http://snomed.info/sct",
        "http://hl7.org/fhir/us/physical-activity/CodeSystem/pa-temporary-codes",
    }


# On the command line


def run(*words):
    """Run the program."""
    return CliRunner().invoke(main, [str(word) for word in words])


def test_a_plan_and_a_ladder_are_written_from_the_command_line(tmp_path):
    """From answers, from a saved plan and from a ladder."""
    saved, made, again = (tmp_path / n for n in ("plan.json", "a.fhir.json", "b.fhir.json"))
    ladder = tmp_path / "ladder.fhir.json"
    runner = EXAMPLES / "runner.yaml"
    day = ("--today", TODAY, "--start", MONDAY)
    done = [
        run("plan", runner, *day, "-o", saved, "-o", made),
        run("export", saved, "-o", again),
        run("export", "--protocol", "walking", "-o", ladder),
    ]

    assert [one.exit_code for one in done] == [0, 0, 0], [one.output for one in done]
    assert made.read_bytes() == again.read_bytes()
    assert json.loads(saved.read_text())["result"] == "plan"
    assert of(json.loads(ladder.read_text()), "PlanDefinition")[0]["title"] == "Walking programme"


def test_a_referral_is_written_too(tmp_path):
    """The record asks for the appointment; formats with sessions only stay unwritten."""
    record_file, text = tmp_path / "a.fhir.json", tmp_path / "a.txt"
    done = run("plan", EXAMPLES / "referral.yaml", "--today", TODAY, "-o", record_file, "-o", text)

    assert done.exit_code == 3
    assert record_file.is_file()
    assert not text.exists()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["export", "-o", "x.fhir.json"], 2, "name a saved plan"),
        (["export", "--protocol", "walking"], 2, "name a file with -o"),
        (["export", "--protocol", "walkng", "-o", "x.fhir.json"], 2, "did you mean 'walking'?"),
        (["export", "--protocol", "walking", "-o", "x.txt"], 1, "ends in none of .fhir.json"),
        (
            ["export", EXAMPLES / "runner.yaml", "--protocol", "walking", "-o", "x.fhir.json"],
            2,
            "not both",
        ),
    ],
)
def test_wrong_usage_is_said_plainly(words, code, says):
    """What, where, and what to do."""
    done = run(*words)

    assert (done.exit_code, says in done.output) == (code, True), done.output


def test_a_missing_package_names_the_extra(plan, content, monkeypatch):
    """Who has not installed it is told how."""
    monkeypatch.setitem(sys.modules, "fhir.resources.R4B.bundle", None)

    with pytest.raises(ProgramgenError, match=r"pip install 'programgen\[fhir\]'"):
        exported(endings()[".fhir.json"], plan, Export(content))


def test_other_formats_do_not_load_it():
    """The models are read only when a record is written."""
    code = (
        "import sys; from programgen.exporters.base import endings, ladder_endings; "
        "[entry.load() for entry in endings().values()]; ladder_endings(); "
        "sys.exit(any(name.split('.')[0] == 'fhir' for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert done.returncode == 0
