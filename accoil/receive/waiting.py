"""Requests on their way to the disk, and who waits for them."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

import msgspec

from accoil.receive.columns import Request
from accoil.receive.tracks import Sent

Settle = Callable[[Exception | None], None]  # called once: with None when it is on disk, else with what went wrong


class Waiting(msgspec.Struct):
    request: Request | Sent
    size: int  # bytes
    loop: asyncio.AbstractEventLoop
    settle: Settle
    told: bool = False


class Held:
    """Requests that are on disk, and answered when the block they are in is somewhere else as well."""

    def __init__(self) -> None:
        self._came, self._went = 0, 0  # calls; counted by one thread each
        self._blocks: deque[tuple[int, float, list[Waiting]]] = deque()  # number, since when, whose

    @property
    def calls(self) -> int:
        return self._came - self._went

    def hold(self, number: int, waiting: list[Waiting]) -> None:
        """Called by the writer, in the order of numbers."""
        self._came += _calls(waiting)
        self._blocks.append((number, time.monotonic(), waiting))

    def release(self, until: int) -> None:
        """Called by whoever hands blocks on, one thread: they are there up to this number."""
        while self._blocks and self._blocks[0][0] <= until:
            _, _, waiting = self._blocks.popleft()
            self._went += _calls(waiting)
            answer(waiting, None)

    def shed(self, patience: float, failure: Exception) -> None:
        """Whoever has waited for that many seconds is told so; in the event loop. The blocks go on all the same."""
        loop, until = asyncio.get_running_loop(), time.monotonic() - patience
        late = [each for _, since, waiting in list(self._blocks) if since <= until for each in waiting]
        answer_all([each for each in late if each.loop is loop], failure)


def _calls(waiting: list[Waiting]) -> int:
    return sum(len(each.request.calls) for each in waiting)


class Load(msgspec.Struct):
    calls: int = 0
    bytes: int = 0


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
