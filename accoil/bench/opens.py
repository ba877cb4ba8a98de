"""Teammates who open conversations: what a team's Intercom sends to the inbox widget, over connections kept open."""

import asyncio
import hmac
import json
import random
from time import perf_counter
from typing import Any

import msgspec

from accoil.bench import loop

SECRET, WORKSPACE = "bench-secret", "bench"
PATIENCE = 30  # seconds


class Round(msgspec.Struct, frozen=True):
    """Of so many teammates each opens one conversation: all at one moment, or evenly over so many `seconds`."""

    bodies: list[bytes]  # whole requests
    seconds: float = 0.0


def request(user: str, teammate: int, path: str = "/intercom/initialize", **more: Any) -> bytes:
    """As a whole request, signed."""
    contact = {"type": "contact", "id": f"c-{user}", "email": f"{user}@example.com", "role": "user", "name": user}
    told = {
        "workspace_id": WORKSPACE,
        "workspace_region": "US",
        "admin": {"type": "admin", "id": str(teammate), "email": f"teammate-{teammate}@example.com"},
        "conversation": {"id": "1", "padding": "x" * 2_000},  # real ones carry the conversation
        "contact": contact,
        "context": {"conversation_id": 1, "location": "conversation"},
        **more,
    }
    body = json.dumps(told).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    head += f"x-body-signature: {hmac.new(SECRET.encode(), body, 'sha256').hexdigest()}\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def health() -> bytes:
    """The least the same server can answer."""
    return b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"


class _Teammate(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self._answered: asyncio.Future[bytes] | None = None
        self._got = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found or self._answered is None:
            return
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        if len(body) >= int(length.partition(b":")[2]) and not self._answered.done():
            self._answered.set_result(self._got)

    async def ask(self, request: bytes) -> tuple[float, bytes]:
        """Seconds, and the answer."""
        self._got, self._answered = b"", asyncio.get_running_loop().create_future()
        began = perf_counter()
        self._transport.write(request)
        answer = await asyncio.wait_for(self._answered, PATIENCE)
        return perf_counter() - began, answer


def run(port: int, rounds: list[Round]) -> list[list[tuple[float, bytes]]]:
    """For each round, of each request the seconds until its whole answer was there, and the answer."""
    return loop.run(_run(port, rounds))


async def _run(port: int, rounds: list[Round]) -> list[list[tuple[float, bytes]]]:
    event_loop = asyncio.get_running_loop()
    most = max(len(each.bodies) for each in rounds)
    there = [(await event_loop.create_connection(_Teammate, "127.0.0.1", port))[1] for _ in range(most)]
    found = []
    for each in rounds:
        found.append(
            await asyncio.gather(*(_open(one, body, each) for one, body in zip(there, each.bodies, strict=False)))
        )
        await asyncio.sleep(0.2)
    return found


async def _open(teammate: _Teammate, body: bytes, of: Round) -> tuple[float, bytes]:
    if of.seconds:
        await asyncio.sleep(random.random() * of.seconds)
    return await teammate.ask(body)
