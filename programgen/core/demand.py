"""What a week should contain: sessions with their exercises and minutes, no weekdays."""

from datetime import timedelta

from programgen.core.catalogue import Catalogue
from programgen.core.exercise import Dose, Exercise, duration
from programgen.core.intake import Goal, Intake
from programgen.core.plan import Item
from programgen.core.protocol import Protocol
from programgen.core.quantities import minutes
from programgen.core.settings import Settings

DOSE_STEPS = 4
"""Steps from the start dose to the build dose, both included; a PROPOSAL."""


def dose_at(exercise: Exercise, step: int) -> Dose:
    """Return the dose after *step* increases, 0 to DOSE_STEPS - 1.

    Repetitions and holds grow first; a new round waits for the third step, and the
    repetitions wait with it.
    """
    if exercise.doses is None:
        message = f"{exercise.id} has no dose"
        raise ValueError(message)
    start, build = exercise.doses.start, exercise.doses.build
    last = DOSE_STEPS - 1
    if step <= 0:
        return start
    if step >= last:
        return build
    grown = step if build.sets == start.sets else 1

    def between(a: int | None, b: int | None) -> int | None:
        if a is None or b is None:
            return a
        even = 2 if a % 2 == b % 2 == 0 else 1
        return a + (b - a) * grown // last // even * even

    def span(a: timedelta | None, b: timedelta | None) -> timedelta | None:
        if a is None or b is None:
            return a
        # Steps of 5 seconds: nobody counts to 16.
        return a + (b - a) * grown / last // timedelta(seconds=5) * timedelta(seconds=5)

    return start.model_copy(
        update={
            "sets": build.sets if step == last - 1 else start.sets,
            "reps": between(start.reps, build.reps),
            "breaths": between(start.breaths, build.breaths),
            "distance": between(start.distance, build.distance),
            "hold": span(start.hold, build.hold),
            "time": span(start.time, build.time),
        }
    )


def item(exercise: Exercise, step: int, intake: Intake, part: str = "main") -> Item:
    """Return an exercise with its dose; a clinician's dose replaces ours."""
    edited = intake.clinician.doses.get(exercise.id) if intake.clinician else None
    return Item(
        exercise=exercise.id,
        dose=edited or dose_at(exercise, step),
        edited=edited is not None,
        part=part,
    )


def items_minutes(items: tuple[Item, ...], catalogue: Catalogue) -> int:
    """Return the whole minutes that exercises take together."""
    spans = (duration(catalogue.exercises[i.exercise], i.dose) for i in items)
    return minutes(sum(spans, timedelta()))


def fitting(
    exercises: tuple[Exercise, ...],
    steps: tuple[int, ...],
    intake: Intake,
    catalogue: Catalogue,
    most: int,
) -> tuple[Item, ...]:
    """Return the items of a session, each at its dose step, that fit into *most* minutes.

    The doses give way first, then the least important exercise.
    """
    for count in range(len(exercises), 0, -1):
        for top in range(min(max(steps), DOSE_STEPS - 1), -1, -1):
            items = tuple(
                item(e, min(step, top), intake)
                for e, step in zip(exercises[:count], steps[:count], strict=True)
            )
            if items_minutes(items, catalogue) <= most:
                return items
    return ()


def goal_minutes(goal: Goal, settings: Settings, per_week: int) -> float:
    """Return the goal as minutes of the longest run.

    A weekly distance is shared by one long run and others of three quarters of it.
    """
    if goal.run is not None:
        return goal.run.total_seconds() / 60
    hour = settings.easy_speed.value * 1000
    if goal.distance is not None:
        return goal.distance / hour * 60
    share = 1 + settings.other_runs.value * (per_week - 1)
    return (goal.weekly_distance or 0) / hour * 60 / share


def energy_budget(intake: Intake, settings: Settings) -> float:
    """Return the MET-minutes to hold in a week while running returns.

    The running of an ordinary week before the pain, within the bounds of the settings.
    """
    before = (intake.history.weekly_distance or 0) / (settings.easy_speed.value * 1000) * 60
    return min(
        float(settings.energy_most.value),
        max(float(settings.energy_least.value), before * settings.met_running.value),
    )


def cross_training(
    left: float, met: float, settings: Settings, least: int, ceiling: int
) -> tuple[int, int]:
    """Return the sessions and minutes of cross-training that fill the budget.

    ``left`` is what runs and walks leave of it, in MET-minutes; ``least`` is where the
    activity starts, ``ceiling`` the longest session that the runner's progression allows.
    One session stays as a fallback even when running fills the budget.
    """
    most = minutes(settings.cross_most.value)
    free = max(0.0, left) / met
    longest = max(least, min(most, ceiling))
    sessions = min(settings.cross_sessions.value, max(1, round(free / longest)))
    length = int(min(longest, max(least, free / sessions)))
    return sessions, max(least, length // 5 * 5)


def ladder_energy(
    protocol: Protocol, runs: int, run: float, walk: float, settings: Settings
) -> float:
    """Return the MET-minutes of a week's runs with their walks."""
    ends = minutes(protocol.warm_up) + minutes(protocol.cool_down)
    return runs * (run * settings.met_running.value + (walk + ends) * settings.met_walking.value)


def wanted_intensity(stage: int, stages: int) -> int:
    """Return the intensity to look for: light at the foot of the ladder, then medium."""
    return 1 if stage < stages // 2 else 2
