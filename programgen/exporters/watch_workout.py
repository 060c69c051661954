"""One run or walk for a watch (``.fit``)."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from programgen.core.plan import Placed, Plan, PlanWeek, Provenance, Referral, Session, fingerprint
from programgen.core.words import MONTHS, day_text
from programgen.errors import ProgramgenError
from programgen.exporters.base import Export, on_ladder

EXTRA = "fit"

LONGEST_NAME = 15
"""Bytes of a name that every watch shows whole."""

DRILLS, DRILLS_NOTE = "Drills then lap", "Do the drills on your sheet. Then press lap."
"""Name and note of the step that waits for the lap button: no watch can count drills."""


def export(plan: Plan | Referral, export: Export) -> bytes:
    """Return the one run or walk of the plan or of the week that was asked for.

    Raises:
        ProgramgenError: there is none, or more than one.
    """
    found = on_ladder(plan, export)
    if len(found) > 1:
        where = "the plan" if export.week is None else f"week {export.week}"
        message = (
            f"a .fit file holds one run, and {where} has {len(found)}; "
            "name a file that ends in .zip for all of them"
        )
        raise ProgramgenError(message)
    week, placed = found[0]
    return workout(plan.provenance, week, placed)


def workout(provenance: Provenance, week: PlanWeek, placed: Placed) -> bytes:
    """Return a session of the ladder as a FIT workout file.

    A watch knows a workout by serial number and time of creation. The number stands for
    plan, week and slot; the time is unique for each version, so that an old run can never
    pass for a new one.
    """
    from fit_tool.fit_file_builder import FitFileBuilder
    from fit_tool.profile.messages.file_id_message import FileIdMessage
    from fit_tool.profile.messages.workout_message import WorkoutMessage
    from fit_tool.profile.profile_type import FileType, Manufacturer, Sport

    head = FileIdMessage()
    head.type = FileType.WORKOUT
    head.manufacturer = Manufacturer.DEVELOPMENT.value
    head.product = 0
    # 0 and the largest number mean "none".
    digits = fingerprint(f"{provenance.plan}/{week.number}/{placed.slot}")[:8]
    head.serial_number = 1 + int(digits, 16) % (2**32 - 2)
    head.time_created = round(_created(provenance, week, placed).timestamp() * 1000)
    about = WorkoutMessage()
    about.workout_name = name_of(provenance, week, placed)
    about.sport = Sport.WALKING if placed.session.kind == "walk" else Sport.RUNNING
    steps = _steps(placed.session)
    about.num_valid_steps = len(steps)
    builder = FitFileBuilder()
    builder.add_all([head, about, *steps])
    return bytes(builder.build().to_bytes())


def name_of(provenance: Provenance, week: PlanWeek, placed: Placed) -> str:
    """Return the name on the watch: 'W2 Mon 14 Dec', or 'W2 14 Dec v3' of a later version."""
    day = placed.day
    if provenance.version == 1:
        return f"W{week.number} {day_text(day)}"
    return f"W{week.number} {day.day} {MONTHS[day.month - 1]} v{provenance.version}"


def _created(provenance: Provenance, week: PlanWeek, placed: Placed) -> datetime:
    """Return a time that no other session and no other version of the plan has."""
    slot = int(placed.slot.rpartition("-")[2])
    number = ((provenance.version - 1) * 52 + week.number - 1) * 7 + slot - 1
    return datetime.combine(provenance.made_on, time(), UTC) + timedelta(seconds=number)


def _steps(session: Session) -> list[Any]:
    """Return the workout steps in order; a repeat comes after the steps that it repeats."""
    from fit_tool.profile.profile_type import Intensity

    found: list[Any] = []
    if session.warm_up:
        found.append(_timed("Warm-up walk", session.warm_up, Intensity.WARMUP))
    if any(item.part == "warm-up" for item in session.items):
        found.append(_waiting(DRILLS, Intensity.WARMUP, DRILLS_NOTE))
    walking = Intensity.ACTIVE if session.kind == "walk" else Intensity.REST
    for step in session.steps:
        first = len(found)
        for bout in step.bouts:
            effort = Intensity.ACTIVE if bout.move == "run" else walking
            found.append(_timed(bout.move.capitalize(), bout.time, effort))
        if step.repeat > 1:
            found.append(_repeat(first, step.repeat))
    if session.cool_down:
        found.append(_timed("Cool-down walk", session.cool_down, Intensity.COOLDOWN))
    for index, step in enumerate(found):
        step.message_index = index
    return found


def _timed(name: str, span: timedelta, effort: Any) -> Any:
    from fit_tool.profile.profile_type import WorkoutStepDuration

    step = _waiting(name, effort)
    step.duration_type = WorkoutStepDuration.TIME
    step.duration_time = span.total_seconds()
    return step


def _waiting(name: str, effort: Any, note: str | None = None) -> Any:
    """Return a step that lasts until the lap button is pressed."""
    from fit_tool.profile.messages.workout_step_message import WorkoutStepMessage
    from fit_tool.profile.profile_type import WorkoutStepDuration, WorkoutStepTarget

    step = WorkoutStepMessage()
    step.workout_step_name = name
    # Many watches show the note and not the name.
    step.notes = note or name
    step.intensity = effort
    step.duration_type = WorkoutStepDuration.OPEN
    step.target_type = WorkoutStepTarget.OPEN
    return step


def _repeat(first: int, times: int) -> Any:
    from fit_tool.profile.messages.workout_step_message import WorkoutStepMessage
    from fit_tool.profile.profile_type import WorkoutStepDuration

    step = WorkoutStepMessage()
    step.duration_type = WorkoutStepDuration.REPEAT_UNTIL_STEPS_CMPLT
    step.duration_step = first
    step.target_repeat_steps = times
    return step
