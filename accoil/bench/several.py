"""`accoil bench several`: what receivers, the one that counts, ClickHouse and PostgreSQL each take of a load."""

import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import msgspec

from accoil import control
from accoil.bench import apart, machine, servers
from accoil.bench.apart import Seen, Shared
from accoil.bench.generator import Order, Told
from accoil.bench.messages import Recipe
from accoil.bench.progress import say
from accoil.bench.servers import Accoil, Generator, Running
from accoil.refused import Refused

CONNECTIONS, PREPARED = 32, 500
IDLE_SECONDS = 10.0
SETTLES = 5.0  # seconds for ClickHouse to merge what came last
PATIENCE = 300.0

Report = dict[str, Any]


class Wanted(msgspec.Struct, frozen=True):
    """`rate` events a second in all, `per` in a request, through so many `receivers`. `database` and `clickhouse`:
    URLs; in each server a database is made, and dropped in the end."""

    database: str
    clickhouse: str
    receivers: int = 1
    rate: float = 2_000
    per: int = 100
    seconds: float = 20


class Servers(msgspec.Struct):
    """`work` counts, in the folder `home`."""

    home: Path
    work: Running
    receivers: list[Accoil]

    @property
    def pids(self) -> dict[str, list[int]]:
        return {"receive": [each.running.pid for each in self.receivers], "work": [self.work.pid]}


def run(wanted: Wanted) -> None:
    """Prints the report as JSON."""
    print(json.dumps(measure(wanted), indent=2))


def measure(wanted: Wanted) -> Report:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="accoil-bench-")))
        about, shared = machine.about(), stack.enter_context(apart.shared(wanted.database, wanted.clickhouse))
        its = stack.enter_context(_servers(folder, shared, wanted.receivers))
        generators = [stack.enter_context(Generator()) for _ in its.receivers]
        say("people are introduced")
        its.receivers[0].introduce_people()
        _wait(lambda: shared.people() >= 20_000, "people")
        _rest_of_merges()
        say("nothing is sent")
        before = _seen(its, shared)
        time.sleep(IDLE_SECONDS)
        idle = _seen(its, shared).since(before)
        say(f"{wanted.rate:,.0f} events a second through {wanted.receivers}")
        first = _load(its, generators, wanted, shared, most=1)[0]  # prepares their requests
        before, began = _seen(its, shared), time.monotonic()
        told, probes = _load(its, generators, wanted, shared)
        ended, sent = time.monotonic(), sum(each.acknowledged for each in told) + len(probes)
        all_of_it = sent + sum(each.acknowledged for each in first)
        _wait(lambda: _counted(its) >= all_of_it, "counted")
        counted = time.monotonic() - ended
        _wait(lambda: shared.events() >= all_of_it, "shipped")
        shipped, lasted = time.monotonic() - ended, time.monotonic() - began
        _rest_of_merges()
        return {
            "bench": "several", "machine": about, "wanted": _told(wanted),
            "events": sent, "exact": _counted(its) == all_of_it == shared.events(), "seconds": round(lasted, 2),
            "events_per_second": round(sum(each.events_per_second for each in told)),
            "answered_ms": {"p50": max(each.p50 for each in told), "p99": max(each.p99 for each in told)},
            "refused": sum(each.refused for each in told),
            "seconds_from_the_end_until_all": {"counted": round(counted, 2), "shipped": round(shipped, 2)},
            "seconds_until_in_the_numbers": sorted(round(each, 2) for each in probes),
            "idle_each_second": idle.each(IDLE_SECONDS),
            "each_event": _seen(its, shared).since(before).each(sent),
            "held": {role: machine.memory(pids[0]) for role, pids in its.pids.items()},
            "tables": shared.tables(),
            "files_mib": machine.file_sizes(its.home),
        }  # fmt: skip


@contextmanager
def _servers(folder: Path, shared: Shared, receivers: int) -> Iterator[Servers]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ACCOIL_")}
    environment |= {"ACCOIL_DATABASE_URL": shared.database, "ACCOIL_CLICKHOUSE_URL": shared.clickhouse,
                    "ACCOIL_SECRET_KEY": secrets.token_hex(32)}  # fmt: skip
    home = folder / "home"
    key = servers.begun(home, environment)
    with ExitStack() as stack:
        work = stack.enter_context(servers.serving(home, environment, "work"))
        _wait(lambda: _health(work).get("counts"), "counting")
        made = []
        for number in range(receivers):
            data = folder / f"receive-{number}"
            data.mkdir()
            made.append(Accoil(stack.enter_context(servers.serving(data, environment, "receive")), data, key))
        yield Servers(home, work, made)


def _load(
    its: Servers, generators: list[Generator], wanted: Wanted, shared: Shared, most: int | None = None
) -> tuple[list[Told], list[float]]:
    """What came of each generator's part; the seconds from an answer until that event was in ClickHouse. `most`: so
    many requests alone, and no such question."""

    def part(place: int) -> Told:
        recipe = Recipe(its.receivers[place].key, place + 1, wanted.per, PREPARED)
        rate = wanted.rate / wanted.per / len(generators)
        order = Order(its.receivers[place].running.port, recipe, CONNECTIONS, wanted.seconds, rate=rate, most=most)
        return generators[place].load(order)

    with ThreadPoolExecutor(len(generators)) as pool:
        parts = [pool.submit(part, place) for place in range(len(generators))]
        probes = list[float]()
        while most is None and not all(each.done() for each in parts):
            probes.append(apart.probe(its.receivers[-1], f"Probe {len(probes)}", shared))
            time.sleep(0.5)
        return [each.result() for each in parts], probes


def _seen(its: Servers, shared: Shared) -> Seen:
    return apart.look(its.pids, its.home, shared)


def _counted(its: Servers) -> int:
    return sum(row["messages"] for row in control.ask(its.home, "checksums"))


def _health(server: Running) -> dict[str, Any]:
    with urlopen(f"http://127.0.0.1:{server.port}/health", timeout=5) as answer:
        return dict(json.load(answer))


def _rest_of_merges() -> None:
    time.sleep(SETTLES)


def _wait(is_so: Any, what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > until:
            raise Refused(f"Not all is {what} after {PATIENCE:.0f} seconds.")
        time.sleep(0.1)


def _told(wanted: Wanted) -> Report:
    """Without the addresses, which may hold a password."""
    return {
        name: value for name, value in msgspec.to_builtins(wanted).items() if name not in ("database", "clickhouse")
    }
