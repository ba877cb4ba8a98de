"""Requests on their way to the disk, and who waits for them."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable

import msgspec

from accoil.receive.columns import Request
from accoil.receive.tracks import Sent

NOTHING = Request(0, 0, [])
Settle = Callable[[Exception | None], None]  # called once: with None when it is on disk, else with what went wrong


class Waiting(msgspec.Struct):
    request: Request | Sent
    size: int  # bytes
    loop: asyncio.AbstractEventLoop
    settle: Settle
    told: bool = False


class Load(msgspec.Struct):
    calls: int = 0
    bytes: int = 0


class Block(msgspec.Struct):
    number: int
    since: float  # monotonic seconds
    calls: int
    waiting: list[Waiting]


class Held:
    """Requests that are on disk, and answered when the block they are in is somewhere else as well."""

    def __init__(self) -> None:
        self._came, self._went = Load(), Load()  # the first is counted by one thread, the second with the lock
        self._going = threading.Lock()
        self._blocks: deque[Block] = deque()

    @property
    def calls(self) -> int:
        return self._came.calls - self._went.calls

    @property
    def bytes(self) -> int:
        """Of plain bodies that are in memory."""
        return self._came.bytes - self._went.bytes

    def hold(self, number: int, waiting: list[Waiting]) -> None:
        """Called by the writer, in the order of numbers."""
        calls = sum(len(each.request.calls) for each in waiting)
        self._came.calls += calls
        self._came.bytes += sum(each.size for each in waiting)
        self._blocks.append(Block(number, time.monotonic(), calls, waiting))

    def release(self, until: int) -> None:
        """Called by whoever hands blocks on, one thread: they are there up to this number."""
        while self._blocks and self._blocks[0].number <= until:
            with self._going:
                block = self._blocks.popleft()
                self._went.calls += block.calls
                self._went.bytes += sum(each.size for each in block.waiting)
            answer(block.waiting, None)

    def shed(self, patience: float, failure: Exception) -> None:
        """Whoever has waited for that many seconds is told so; in the event loop. The blocks go on all the same, and
        what was asked for is not kept in memory."""
        loop, until = asyncio.get_running_loop(), time.monotonic() - patience
        with self._going:
            blocks = [each for each in list(self._blocks) if each.since <= until]
            late = [each for block in blocks for each in block.waiting if each.loop is loop and not each.told]
            for each in late:
                self._went.bytes += each.size
                each.size = 0
        answer_all(late, failure)
        for each in late:
            each.request, each.settle = NOTHING, _is_told


def _is_told(failure: Exception | None) -> None:
    """Already."""


def answer(waiting: list[Waiting], failure: Exception | None) -> None:
    """From any thread."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Waiting]] = {}
    for each in waiting:
        by_loop.setdefault(each.loop, []).append(each)
    for loop, its in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(answer_all, its, failure)


def answer_all(waiting: list[Waiting], failure: Exception | None) -> None:
    """In the event loop of them all."""
    for each in waiting:
        if not each.told:  # else it was shed
            each.told = True
            each.settle(failure)


def settle_future(done: asyncio.Future[None], failure: Exception | None) -> None:
    if done.done():
        return  # the client went away
    if failure:
        done.set_exception(failure)
    else:
        done.set_result(None)
