"""Requests on their way to the disk, and who waits for them."""

import asyncio
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


class Load(msgspec.Struct):
    calls: int = 0
    bytes: int = 0


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
