"""Speed, compared side by side in one run: medians, and ratios to a yardstick.

The yardstick is a fixed loop of plain Python in the same process, so that the ratios
hold on a slower or busier machine. Targets in milliseconds are for an ordinary laptop.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from programgen import service
from programgen.content.loading import load
from programgen.core.checker import violations
from programgen.core.checkin import SessionReport
from programgen.core.log import Log
from programgen.core.placement import best_week
from programgen.core.plan import Plan
from programgen.core.planner import Order, make_plan
from programgen.core.replan import replan
from programgen.exporters.base import Export, endings, exported
from programgen.resources import folder

TODAY, MONDAY = date(2026, 11, 24), date(2026, 11, 30)
RUNNER = Path(__file__).parents[1] / "examples" / "runner.yaml"


def yardstick() -> int:
    """Do a fixed amount of plain Python work, about 10 ms."""
    return sum(i * i % 7 for i in range(150_000))


def median(work: Callable[[], object], rounds: int = 15) -> float:
    """Return the median time of *work* in milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print a row for each piece of work."""
    content = service.catalogue()
    intake = service.read_intake(RUNNER, content, TODAY)

    def plan(weeks: int) -> Callable[[], object]:
        def work() -> object:
            best_week.cache_clear()
            return make_plan(intake, content, Order(MONDAY, TODAY, "bench", weeks))

        return work

    result = plan(16)()
    assert isinstance(result, Plan)

    def again(week: int) -> Callable[[], object]:
        """Plan again on the Thursday of a week, after good sessions and a bad one."""
        thursday = MONDAY + timedelta(weeks=week - 1, days=3)
        days = [p.day for w in result.weeks for p in w.placed if p.session.stage]
        felt = [
            SessionReport(day=day, done="yes", during=1, morning=1)
            for day in days
            if day < thursday
        ]
        felt[-1] = felt[-1].model_copy(update={"during": 6})
        log = Log(plan=result.provenance.plan).appended(felt, thursday)

        def work() -> object:
            best_week.cache_clear()
            return replan(result, log, content, today=thursday, program="bench")

        return work

    wanted, known = Export(content), endings()
    exports = (".csv", ".grid.csv", ".ics", ".txt", ".xlsx", ".zip")

    def export(*names: str) -> Callable[[], object]:
        return lambda: [exported(known[name], result, wanted) for name in names]

    rows = (
        ("load the whole catalogue", lambda: load(folder("exercises")), 150.0),
        ("read one intake", lambda: service.read_intake(RUNNER, content, TODAY), None),
        ("plan 8 weeks", plan(8), 50.0),
        ("plan 16 weeks", plan(16), None),
        ("plan 16 weeks again, in week 2", again(2), 30.0),
        ("plan 16 weeks again, in week 4", again(4), 30.0),
        ("plan 52 weeks", plan(52), None),
        ("check 16 weeks independently", lambda: violations(result, content), None),
        *((f"export 16 weeks as {name}", export(name), None) for name in exports),
        ("export 16 weeks as all of these", export(*exports), 1000.0),
    )
    base = median(yardstick)
    print(f"{'work':<34}{'ms':>9}{'x yardstick':>13}{'target ms':>11}")
    print(f"{'yardstick':<34}{base:>9.1f}{1:>13.2f}")
    missed = []
    for name, work, target in rows:
        spent = median(work)
        shown = f"{target:>11.0f}" if target else ""
        print(f"{name:<34}{spent:>9.1f}{spent / base:>13.2f}{shown}")
        if target and spent > target:
            missed.append(name)
    if missed:
        sys.exit(f"missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
