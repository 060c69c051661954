"""Printing compared side by side in one run: medians of paired rounds, and ratios.

Every round runs all variants one after the other, so that a busy machine slows all of them.
CPU time is that of a process with its children. Peers print the same words and pictures with
a page of their own making (benchmarks/peers); a peer that is not installed is left out. The
whole command also plans; the peers get a plan that is ready.

Usage: bench_pdf.py [rounds]
"""

import gc
import json
import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from programgen import service
from programgen.core.intake import Intake
from programgen.core.plan import Plan
from programgen.render.fragments.printing import printed
from programgen.render.fragments.store import Store
from programgen.render.page import html
from programgen.render.pdf import pdf
from programgen.render.view import plan_view

HERE = Path(__file__).parent
RUNNER = HERE.parent / "examples" / "runner.yaml"
TODAY, MONDAY = date(2026, 11, 24), date(2026, 11, 30)
CONTENT = service.catalogue()
PICTURES = service.picture_texts(None, CONTENT.exercises)
REASON = ", why: Family days"
"""What the example says about days off; a week with words of a person is never kept."""

Row = tuple[float, ...]


def intake() -> Intake:
    """Return the answers of the example, without the reason for days off."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "runner.yaml"
        path.write_text(RUNNER.read_text(encoding="utf-8").replace(REASON, ""), encoding="utf-8")
        return service.read_intake(path, CONTENT, TODAY)


INTAKE = intake()


def plan_of(weeks: int | None = None, later: int = 0, name: str = "Robin") -> Plan:
    """Return the runner's plan, for another person or other weeks."""
    who = INTAKE.who.model_copy(update={"name": name})
    person = INTAKE.model_copy(update={"who": who})
    start = MONDAY + timedelta(weeks=later)
    found = service.plan(person, CONTENT, start=start, made_on=TODAY, weeks=weeks)
    if not isinstance(found, Plan):
        raise TypeError("the example gives no plan")
    return found


def page_of(plan: Plan, *, inline: bool = False) -> str:
    """Return the page of a plan."""
    return html(plan, CONTENT, PICTURES, inline=inline)


def spent(command: Sequence[str], home: Path) -> Row:
    """Run a command; return CPU and wall seconds. Of a browser, a part of the CPU is unseen."""
    start = time.perf_counter()
    environment = {**os.environ, "HOME": str(home)}
    # Without compiled files, a process would compile our code, and only ours, each time.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with subprocess.Popen(  # noqa: S603
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"failed: {' '.join(command)[:200]}")
    wall = time.perf_counter() - start
    return used.ru_utime + used.ru_stime, wall


def worked(work: Callable[[], bytes]) -> Row:
    """Do something in this process; return CPU and wall seconds."""
    gc.collect()
    start, cpu = time.perf_counter(), time.process_time()
    work()
    return time.process_time() - cpu, time.perf_counter() - start


def paired(variants: Mapping[str, Callable[[], Row]], rounds: int) -> dict[str, list[Row]]:
    """Run all variants round by round, in a turning order, after one round to warm up."""
    names = list(variants)
    found: dict[str, list[Row]] = {name: [] for name in names}
    for n in range(rounds + 1):
        for name in names[n % len(names) :] + names[: n % len(names)]:
            row = variants[name]()
            if n:
                found[name].append(row)
    return found


def table(title: str, found: Mapping[str, list[Row]], base: str, heads: Sequence[str]) -> None:
    """Print medians, and the median of the ratios to *base* within each round."""
    print(f"\n{title}\n{'':<44}" + "".join(f"{head:>12}" for head in heads) + f"{'x':>9}")
    for name, rows in found.items():
        middle = [statistics.median(values) for values in zip(*rows, strict=True)]
        ratio = statistics.median(r[0] / b[0] for r, b in zip(rows, found[base], strict=True))
        print(f"{name:<44}" + "".join(f"{v:>12.3f}" for v in middle) + f"{ratio:>9.3f}")


def peers(folder: Path, browser: str | None) -> dict[str, list[str]]:
    """Return the commands of the peers that are installed."""
    found = {}
    if browser:
        found["Chromium, same page"] = [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"),
            *(f"--user-data-dir={folder / 'chromium'}", f"--print-to-pdf={folder / 'c.pdf'}"),
            f"file://{folder / 'inline.html'}",
        ]
    for name, module in (("typst", "typst"), ("reportlab", "svglib")):
        if find_spec(module):
            script = str(HERE / "peers" / f"{name}_handout.py")
            view, target = str(folder / "view.json"), str(folder / f"{name}.pdf")
            found[name.capitalize()] = [sys.executable, script, view, target]
    for name in {"Chromium, same page", "Typst", "Reportlab"} - found.keys():
        print(f"left out, because it is not installed: {name}")
    return found


def cold(folder: Path, rounds: int) -> None:
    """Compare whole processes."""
    bare = folder / "runner.yaml"
    bare.write_text(RUNNER.read_text(encoding="utf-8").replace(REASON, ""), encoding="utf-8")
    words = ["--today", str(TODAY), "-o", str(folder / "own.pdf")]
    command = [sys.executable, "-m", "programgen", "plan", str(bare), *words]
    typed = [sys.executable, "-m", "programgen", "plan", str(RUNNER), *words]
    script = str(HERE / "peers" / "page_only.py")
    page, pictures = str(folder / "page.html"), str(folder / "pictures.json")
    inline, naive = str(folder / "inline.html"), str(folder / "naive.pdf")
    alone = [sys.executable, script, page, pictures, str(folder / "page.pdf")]
    blocks = folder / "blocks"
    subprocess.run([*alone, str(blocks)], check=True)  # noqa: S603
    variants = {
        "WeasyPrint, as first written": [sys.executable, script, inline, pictures, naive],
        "page, nothing kept": [*alone, "EMPTY"],
        "page, all kept": [*alone, str(blocks)],
        "programgen plan, nothing kept": [*command, "--store", "EMPTY"],
        "programgen plan, all kept": [*command, "--store", str(blocks)],
        "the same, with a reason that was typed": [*typed, "--store", str(blocks)],
        **peers(folder, shutil.which("chromium")),
    }

    def run(words: list[str]) -> Callable[[], Row]:
        def once() -> Row:
            with tempfile.TemporaryDirectory() as empty:
                return spent([empty if word == "EMPTY" else word for word in words], folder)

        return once

    found = paired({name: run(words) for name, words in variants.items()}, rounds)
    table("One process", found, "WeasyPrint, as first written", ("CPU s", "wall s"))
    for name, file in (("own", "own.pdf"), ("WeasyPrint", "naive.pdf"), ("Chromium", "c.pdf"),
                       ("Typst", "typst.pdf"), ("ReportLab", "reportlab.pdf")):  # fmt: skip
        if (folder / file).exists():
            print(f"size of {name}: {(folder / file).stat().st_size / 1024:.0f} KB")


def warm(folder: Path, rounds: int) -> None:
    """Compare documents in a process that has done all this before."""
    page, inline = page_of(plan_of()), page_of(plan_of(), inline=True)
    view = json.loads((folder / "view.json").read_text(encoding="utf-8"))
    kept = Store()
    from weasyprint import HTML

    variants: dict[str, Callable[[], bytes]] = {
        "WeasyPrint, as first written": lambda: HTML(string=inline).write_pdf(
            pdf_variant="pdf/ua-1"
        ),
        "WeasyPrint alone, with our rules": lambda: pdf(page, PICTURES),
        "blocks, nothing kept": lambda: printed(page, PICTURES, store=Store()),
        "blocks, all kept": lambda: printed(page, PICTURES, store=kept),
    }
    sys.path.insert(0, str(HERE / "peers"))
    if find_spec("typst"):
        import typst_handout

        compiler = typst_handout.compiler()
        numbers = iter(range(10**6))
        # Another name each time: Typst remembers what it has set.
        variants["Typst"] = lambda: typst_handout.render(
            compiler, {**view, "name": f"Robin {next(numbers)}"}
        )
    if find_spec("svglib"):
        import reportlab_handout

        variants["ReportLab"] = lambda: reportlab_handout.render(view)

    def once(work: Callable[[], bytes]) -> Callable[[], Row]:
        return lambda: worked(work)

    found = paired({name: once(work) for name, work in variants.items()}, rounds)
    table("One document, warm", found, "WeasyPrint, as first written", ("CPU s", "wall s"))


def people(count: int) -> list[str]:
    """Return pages of different people: names, first days and lengths differ."""
    return [page_of(plan_of(6 + n % 7, n % 5, f"Person {n}")) for n in range(count)]


STORE = Store()


def _peak() -> int:
    """Return the peak memory of this process in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text(encoding="ascii").split("VmHWM:")[1].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20


def _print_one(page: str) -> tuple[int, float, int, int]:
    made, found = STORE.made, STORE.found
    start = time.process_time()
    printed(page, PICTURES, store=STORE)
    cpu = time.process_time() - start
    return _peak(), cpu, STORE.made - made, STORE.found - found


def _print_alone(page: str) -> tuple[int, float, int, int]:
    start = time.process_time()
    pdf(page, PICTURES)
    return _peak(), time.process_time() - start, 1, 0


def _open(folder: Path, page: str) -> None:
    """Make a worker ready: it has printed once, and leaves what it holds out of collections."""
    global STORE  # noqa: PLW0603
    STORE = Store(folder)
    printed(page, PICTURES, store=STORE)
    gc.collect()
    gc.freeze()


def throughput(folder: Path) -> None:
    """Print documents a second on all processors, and the memory of a worker."""
    workers = os.cpu_count() or 1
    pages = people(48)
    print(f"\nMany documents, {workers} workers\n{'':<44}{'a second':>12}{'CPU s':>12}"
          f"{'MiB':>12}{'kept':>9}")  # fmt: skip
    cases: list[tuple[str, list[str], Callable[[str], tuple[int, float, int, int]]]] = [
        ("WeasyPrint alone", pages[:16], _print_alone),
        ("blocks, first half of the people", pages[:24], _print_one),
        ("blocks, new people", pages[24:], _print_one),
        ("blocks, all kept", pages * 6, _print_one),
    ]
    context = multiprocessing.get_context("spawn")
    for name, some, work in cases:
        with context.Pool(workers, _open, [folder / "many", pages[0]]) as pool:
            pool.map(time.sleep, [1] * workers, 1)
            start = time.perf_counter()
            rows = pool.map(work, some, max(1, len(some) // 16))
            wall = time.perf_counter() - start
        share = sum(r[3] for r in rows) / max(1, sum(r[2] + r[3] for r in rows))
        cpu, peak = statistics.median(r[1] for r in rows), max(r[0] for r in rows)
        print(f"{name:<44}{len(some) / wall:>12.1f}{cpu:>12.3f}{peak:>12d}{share:>9.0%}")


def growth() -> None:
    """Print how time grows with the weeks."""
    from pypdf import PdfReader

    print(f"\nGrowth\n{'':<44}{'pages':>12}{'alone s':>12}{'kept ms':>12}{'ms a page':>12}")
    for weeks in (4, 8, 16, 32, 52):
        page, store = page_of(plan_of(weeks)), Store()
        raw = printed(page, PICTURES, store=store)
        alone = worked(lambda page=page: pdf(page, PICTURES))[0]  # type: ignore[misc]
        kept = statistics.median(
            worked(lambda page=page, store=store: printed(page, PICTURES, store=store))[0]  # type: ignore[misc]
            for _ in range(5)
        )
        pages = len(PdfReader(BytesIO(raw)).pages)
        print(f"{f'{weeks} weeks':<44}{pages:>12}{alone:>12.2f}{kept * 1000:>12.1f}"
              f"{kept * 1000 / pages:>12.2f}")  # fmt: skip


def main() -> None:
    """Measure everything."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name:
        folder, plan = Path(name), plan_of()
        view = {**asdict(plan_view(plan, CONTENT, PICTURES)), "pictures": PICTURES}
        (folder / "view.json").write_text(json.dumps(view), encoding="utf-8")
        (folder / "pictures.json").write_text(json.dumps(PICTURES), encoding="utf-8")
        (folder / "page.html").write_text(page_of(plan), encoding="utf-8")
        (folder / "inline.html").write_text(page_of(plan, inline=True), encoding="utf-8")
        cold(folder, rounds)
        warm(folder, rounds)
        throughput(folder)
        growth()


if __name__ == "__main__":
    main()
