"""The load: a process of its own that calls a server over many connections and tells what came back.

Reads one order a line from standard input, writes one answer a line."""

import asyncio
import gc
import re
import sys
from array import array
from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter

import msgspec

from accoil.bench import loop, messages
from accoil.bench.figures import percentile
from accoil.bench.messages import Recipe

PATIENCE = 60  # seconds without any answer, after which a server is given up
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Order(msgspec.Struct, frozen=True):
    """One load: as fast as the server answers, or `rate` requests a second; for `seconds`, or until `most` requests."""

    port: int
    recipe: Recipe
    connections: int
    seconds: float = 4
    warm_up: float = 0.5
    rate: float | None = None
    most: int | None = None


class Told(msgspec.Struct):
    """What came of an order. Times in ms. Answers other than 2xx count as `refused` and nowhere else."""

    acknowledged: int  # events in all, also those of the warm-up and answered after the end
    events_per_second: float
    p50: float
    p99: float
    longest: float
    refused: int  # requests
    broken: int  # connections that went away
    each_second: list[int]  # events acknowledged in each whole second


class Load:
    """What the connections share: the next request, and notes of the answers."""

    def __init__(self, order: Order, made: Iterator[bytes]) -> None:
        self.order = order
        self.done = asyncio.Event()
        self.began = perf_counter()
        self.broken = 0
        self._made = made
        self._sent = self._waiting = self._refused = 0
        self._finished, self._took = array("d"), array("d")

    @property
    def over(self) -> bool:
        if self.order.most is not None:
            return self._sent >= self.order.most
        return perf_counter() - self.began > self.order.warm_up + self.order.seconds

    @property
    def answered(self) -> int:
        return self._sent - self._waiting

    def next(self) -> bytes:
        self._sent += 1
        self._waiting += 1
        return next(self._made)

    def note(self, now: float, since: float, answer: bytes) -> None:
        self._waiting -= 1
        if answer.startswith(b"HTTP/1.1 2"):
            self._finished.append(now - self.began)
            self._took.append(now - since)
        else:
            self._refused += 1

    def end_if_answered(self) -> None:
        if not self._waiting:
            self.done.set()

    def told(self) -> Told:
        order, per = self.order, self.order.recipe.per
        until = order.warm_up + order.seconds if order.most is None else max(self._finished, default=0.0)
        inside = [order.warm_up <= at <= until for at in self._finished]
        took = [took * 1000 for took, counts in zip(self._took, inside, strict=True) if counts]
        rate = len(took) / max(until - order.warm_up, 0.001)
        each_second = [0] * int(until)
        for at in self._finished:
            if at < len(each_second):
                each_second[int(at)] += per
        return Told(
            len(self._finished) * per, round(rate * per, 1), percentile(took, 0.5),
            percentile(took, 0.99), max(took, default=0.0), self._refused, self.broken, each_second,
        )  # fmt: skip


class Caller(asyncio.Protocol):
    """One connection: a request, its answer, the next request; at times of its own where a rate is asked for."""

    def __init__(self, load: Load, place: int) -> None:
        self._load = load
        order = load.order
        self._every = order.connections / order.rate if order.rate else 0.0
        self._due = load.began + self._every * place / order.connections
        self._since = 0.0
        self._answer = b""
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # TCP can always be written to
        self._go_on()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if is_whole(self._answer):
            self._load.note(perf_counter(), self._since, self._answer)
            self._answer = b""
            self._go_on()

    def connection_lost(self, wrong: Exception | None) -> None:
        if not self._load.done.is_set():
            self._load.broken += 1
            self._load.done.set()

    def _go_on(self) -> None:
        now = perf_counter()
        if not self._every:
            self._ask(now)
        elif self._due <= now:
            # It should have been asked while the last answer was outstanding: that wait is part of what it takes.
            self._ask(self._due)
        else:
            asyncio.get_running_loop().call_later(self._due - now, lambda: self._ask(perf_counter()))

    def _ask(self, since: float) -> None:
        if self._load.over:
            return self._load.end_if_answered()
        self._since = since
        self._due += self._every
        self._transport.write(self._load.next())


def is_whole(answer: bytes) -> bool:
    """Whether an HTTP answer has arrived to its last byte; servers under test always tell its length."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = _LENGTH.search(answer, 0, end)
    return len(answer) - end - 4 >= (int(length[1]) if length else 0)


async def carry_out(order: Order, made: Iterator[bytes]) -> Told:
    load = Load(order, made)
    running = asyncio.get_running_loop()
    opened = [
        await running.create_connection(lambda place=place: Caller(load, place), "127.0.0.1", order.port)  # type: ignore[misc]
        for place in range(order.connections)
    ]
    try:
        await _end(load)
    finally:
        load.done.set()
        for transport, _ in opened:
            transport.close()
    return load.told()


async def _end(load: Load) -> None:
    answered = -1
    while answered < load.answered and not load.done.is_set():
        answered = load.answered
        with suppress(TimeoutError):
            await asyncio.wait_for(load.done.wait(), PATIENCE)


def main() -> None:
    prepared: dict[Recipe, Iterator[bytes]] = {}
    gc.disable()  # nothing here makes cycles, and a pause would be told as the server's
    for line in sys.stdin.buffer:
        order = msgspec.json.decode(line, type=Order)
        if order.recipe not in prepared:
            prepared[order.recipe] = messages.requests(order.recipe)
        told = loop.run(carry_out(order, prepared[order.recipe]))
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
