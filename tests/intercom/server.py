"""The stand-in over HTTP, on this machine only, in a thread of the test's process."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import uvicorn

from tests.intercom.calls import Answer, Call, Refusal
from tests.intercom.faults import Fault
from tests.intercom.intercom import Intercom
from tests.intercom.stand_in import StandIn

STARTS_WITHIN = 20.0  # seconds

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def application(stand_in: StandIn) -> Callable[[Message, Receive, Send], Awaitable[None]]:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        headers = {name.decode().lower(): text.decode("latin-1") for name, text in scope["headers"]}
        raw = await _whole(receive)
        try:
            call = Call.read(scope["method"], scope["path"], scope["query_string"].decode(), headers, raw)
        except Refusal as refused:
            await _tell(send, refused.answer())
            return
        fault = stand_in.faults.next(call.method, call.path)
        if fault and fault.how == "drop":
            await _cut(send)
            return
        answer = await asyncio.to_thread(_answer, stand_in, call, fault)
        if fault and fault.how == "slow":
            await asyncio.sleep(fault.seconds)
        await (_cut(send) if fault and fault.how == "lose" else _tell(send, answer))

    return app


def _answer(stand_in: StandIn, call: Call, fault: Fault | None) -> Answer:
    answer = stand_in.answer(call, fault.refusal() if fault and fault.how == "refuse" else None)
    return fault.refusal().answer() if fault and fault.how == "refuse after" else answer


async def _whole(receive: Receive) -> bytes:
    raw, more = b"", True
    while more:
        message = await receive()
        raw += message.get("body", b"")
        more = message.get("more_body", False)
    return raw


async def _tell(send: Send, answer: Answer) -> None:
    body, kind = answer.encoded()
    headers = {"content-type": kind, "content-length": str(len(body)), **answer.headers}
    pairs = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


async def _cut(send: Send) -> None:
    """A body is promised and never comes: the server closes the line."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})


@contextmanager
def running(stand_in: Any = None, port: int = 0) -> Iterator[Any]:
    """One of Intercom if none is given; its `address` is where it listens, while inside."""
    here = stand_in or Intercom()
    config = uvicorn.Config(application(here), host="127.0.0.1", port=port, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + STARTS_WITHIN
        while not server.started:
            assert thread.is_alive() and time.monotonic() < until, "the stand-in did not start"
            time.sleep(0.005)
        here.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        yield here
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(STARTS_WITHIN)
