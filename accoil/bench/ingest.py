"""`accoil bench ingest`: how much the server takes in, against a bare one that only decodes the same bytes."""

import json
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from accoil.bench import budgets, machine, servers
from accoil.bench.figures import ratio
from accoil.bench.generator import Told
from accoil.bench.loading import Figures, Loads, Shape, compare
from accoil.bench.progress import say
from accoil.bench.servers import Generator, Running

SHAPES = (Shape("batches", 100, 64, 2_000), Shape("singles", 1, 128, 20_000))
IDLE_SECONDS = 3.0

Report = dict[str, Any]


def run(seconds: float = 4, rounds: int = 3, events: int = 0) -> None:
    """Prints the report as JSON. `events` more are loaded before the rates are measured a second time (0: not)."""
    print(json.dumps(measure(seconds, rounds, events), indent=2))


def measure(seconds: float, rounds: int, events: int = 0, shapes: tuple[Shape, ...] = SHAPES) -> Report:
    """`shapes`: batches first."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="accoil-bench-")))
        generator = stack.enter_context(Generator())
        about = machine.about()
        say("how fast the generator is")
        blank = stack.enter_context(servers.baseline("blank"))
        bare = stack.enter_context(servers.baseline("bare"))
        accoil = stack.enter_context(servers.accoil(folder))
        loads = Loads(generator, accoil, seconds)
        report: Report = {
            "bench": "ingest",
            "machine": about,
            "generator_ceiling": {
                f"{shape.name}_events_per_second": loads.baseline(blank, shape)["events_per_second"] for shape in shapes
            },
            "start_seconds": accoil.running.started_in,
            "idle_share": _idle(accoil.running),
        }
        accoil.introduce_people()
        for shape in shapes:
            say(f"{shape.name}: both servers in turn")
            report[shape.name] = compare(loads, bare, shape, rounds)
            say(f"{shape.name}: at half the rate")
            report[shape.name]["half_rate"] = _at_half_the_rate(loads, shape, report[shape.name]["accoil"])
        if events:
            say(f"loading {events:,} events")
            report["load"] = _load(loads, shapes[0], events)
            report["after_load"] = {
                shape.name: _again(loads, bare, shape, rounds, report[shape.name]) for shape in shapes
            }
        report["counted"] = _counted(loads)
        report["memory_mib"] = machine.memory(accoil.running.pid)
        report["files_mib"] = machine.file_sizes(folder)
    report["budgets"] = budgets.judge(budgets.INGEST, _judged(report))
    return report


def _idle(server: Running) -> float | None:
    """The share of one core that it uses while nobody asks for anything."""
    before = machine.cpu_seconds(server.pid)
    time.sleep(IDLE_SECONDS)
    after = machine.cpu_seconds(server.pid)
    return None if before is None or after is None else round((after - before) / IDLE_SECONDS, 4)


def _at_half_the_rate(loads: Loads, shape: Shape, top: Figures) -> Figures:
    return loads.ours(shape, rate=max((top["events_per_second"] or 0) / shape.per / 2, 1))[0]


def _load(loads: Loads, batches: Shape, events: int) -> Report:
    """The rate while so many events come in batches, from its first tenth to its last."""
    figures, told = loads.ours(batches, most=-(-events // batches.per))
    first, last = _ends(told)
    return {**figures, "events": told.acknowledged, "rate_first": first, "rate_last": last, "ratio": ratio(last, first)}


def _ends(told: Told) -> tuple[float, float]:
    """Events a second in the first and in the last tenth."""
    seconds = told.each_second or [0]
    tenth = max(1, len(seconds) // 10)
    return median(seconds[:tenth]), median(seconds[-tenth:])


def _again(loads: Loads, bare: Running, shape: Shape, rounds: int, before: Report) -> Report:
    """Both servers in turn once more. `change` is that of the ratio, since the machine may have changed as well."""
    later = compare(loads, bare, shape, rounds)
    return {**later, "change": ratio(later["ratio"], before["ratio"])}


def _counted(loads: Loads) -> Report:
    return {
        "acknowledged": loads.acknowledged,
        "counted": loads.counted,
        "exact": loads.counted == loads.acknowledged,
        "refused_requests": loads.refused,
        "broken_connections": loads.broken,
        "seconds_until_counted": max(loads.lags),
        "seconds_after_each_load": loads.lags,
    }


def _judged(report: Report) -> dict[str, float | None]:
    memory, later = report["memory_mib"], report.get("after_load")
    return {
        "batches": report["batches"]["ratio"],
        "singles": report["singles"]["ratio"],
        "batches_p99": report["batches"]["half_rate"]["p99_ms"],
        "singles_p99": report["singles"]["half_rate"]["p99_ms"],
        "counted": report["counted"]["seconds_until_counted"],
        "batches_later": later["batches"]["change"] if later else None,
        "singles_later": later["singles"]["change"] if later else None,
        "memory": memory["now"] if memory and later else None,
        "start": report["start_seconds"],
        "idle": report["idle_share"],
    }
