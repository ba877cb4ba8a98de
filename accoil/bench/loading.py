"""Loads of our server and of the baseline, in turn, and whether all that was answered was also counted."""

import time
from statistics import median
from typing import Any

import msgspec

from accoil import control
from accoil.bench import machine
from accoil.bench.generator import Order, Told
from accoil.bench.messages import Recipe
from accoil.bench.servers import Accoil, Generator, Running

NO_KEY = "0" * 32  # the baseline does not look at it

Figures = dict[str, float | None]


class Shape(msgspec.Struct, frozen=True):
    """How events come: `per` in a request, over so many connections."""

    name: str
    per: int
    connections: int
    prepared: int  # requests; see messages.Recipe


class Loads:
    """What was asked of the servers so far, and what our own acknowledged and counted."""

    def __init__(self, generator: Generator, accoil: Accoil, seconds: float) -> None:
        self.acknowledged = self.counted = 0  # events
        self.refused = self.broken = 0  # requests, connections
        self.lags: list[float] = []  # seconds from the end of a load until all of it was counted
        self._generator = generator
        self._accoil = accoil
        self._seconds = seconds

    def baseline(self, server: Running, shape: Shape) -> Figures:
        """As fast as it answers."""
        before = machine.cpu_seconds(server.pid)
        recipe = Recipe(NO_KEY, 0, shape.per, shape.prepared)
        told = self._generator.load(Order(server.port, recipe, shape.connections, self._seconds))
        return _figures(told, before, machine.cpu_seconds(server.pid))

    def ours(self, shape: Shape, *, rate: float | None = None, most: int | None = None) -> tuple[Figures, Told]:
        """As fast as it answers, or `rate` requests a second; then waits until all of it was counted."""
        server = self._accoil.running
        before = machine.cpu_seconds(server.pid)
        recipe = Recipe(self._accoil.key, 1, shape.per, shape.prepared)
        order = Order(server.port, recipe, shape.connections, self._seconds, rate=rate, most=most)
        told = self._generator.load(order)
        self.acknowledged += told.acknowledged
        self.refused += told.refused
        self.broken += told.broken
        self._wait_counted()
        return _figures(told, before, machine.cpu_seconds(server.pid)), told

    def _wait_counted(self) -> None:
        began, before = time.monotonic(), -1
        # The server waits for a while until all is counted and then tells what is; so while it tells more, ask again.
        while before < self.counted < self.acknowledged:
            before, self.counted = self.counted, self._ask_counted()
        self.lags.append(round(time.monotonic() - began, 2))

    def _ask_counted(self) -> int:
        return sum(row["messages"] for row in control.ask(self._accoil.folder, "checksums"))


def compare(loads: Loads, bare: Running, shape: Shape, rounds: int) -> dict[str, Any]:
    """Both servers as fast as they answer, in turn, so that whatever else goes on here slows both alike."""
    pairs = [(loads.baseline(bare, shape), loads.ours(shape)[0]) for _ in range(rounds)]
    ratios = [round((our["events_per_second"] or 0) / (base["events_per_second"] or 1), 4) for base, our in pairs]
    return {
        "events_each": shape.per,
        "connections": shape.connections,
        "ratio": median(ratios),
        "ratios": ratios,
        "accoil": _medians([our for _, our in pairs]),
        "bare": _medians([base for base, _ in pairs]),
    }


def _figures(told: Told, cpu_before: float | None, cpu_after: float | None) -> Figures:
    known = cpu_before is not None and cpu_after is not None and told.acknowledged
    return {
        "events_per_second": round(told.events_per_second),
        "p50_ms": round(told.p50, 2),
        "p99_ms": round(told.p99, 2),
        "longest_ms": round(told.longest, 1),
        # Holds still when other programs take turns with the server, which its rate does not.
        "cpu_us_per_event": round((cpu_after - cpu_before) * 1e6 / told.acknowledged, 2) if known else None,  # type: ignore[operator]
    }


def _medians(rounds: list[Figures]) -> Figures:
    return {
        name: None if None in (values := [each[name] for each in rounds]) else median(values)  # type: ignore[type-var]
        for name in rounds[0]
    }
