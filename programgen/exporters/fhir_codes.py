"""The codes of other bodies that a FHIR record may hold; everything else is text.

Each was looked up where it is defined: SNOMED CT 229065009 and the category in the value
set for service requests and the temporary codes of HL7's Physical Activity guide 1.0.0; the
others in FHIR R4. SNOMED CT needs a licence in some countries.
"""

UCUM = "http://unitsofmeasure.org"
UNITS = frozenset({"min", "d", "m", "{score}"})
"""Minutes, days, metres and points of a score."""

EXERCISE_THERAPY = ("http://snomed.info/sct", "229065009", "Exercise therapy")
PHYSICAL_ACTIVITY = (
    "http://hl7.org/fhir/us/physical-activity/CodeSystem/pa-temporary-codes",
    "PhysicalActivity",
    "Physical Activity",
)
YES = ("http://terminology.hl7.org/CodeSystem/v2-0136", "Y", "Yes")
NO = ("http://terminology.hl7.org/CodeSystem/v2-0136", "N", "No")
NOT_SURE = (
    "http://terminology.hl7.org/CodeSystem/data-absent-reason",
    "asked-unknown",
    "Asked But Unknown",
)
PLAN_TYPE = (
    "http://terminology.hl7.org/CodeSystem/plan-definition-type",
    "clinical-protocol",
    "Clinical Protocol",
)

SURVEY = ("http://terminology.hl7.org/CodeSystem/observation-category", "survey", "Survey")

CODES = frozenset({EXERCISE_THERAPY, PHYSICAL_ACTIVITY, YES, NO, NOT_SURE, PLAN_TYPE, SURVEY})
"""Every code that may stand in a record, with its system and its display."""
