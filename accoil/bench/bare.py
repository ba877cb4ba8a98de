"""What the front door is measured against, each a process of its own: `python -m accoil.bench.bare NAME PORT`.

bare   the same HTTP server and settings, an application that only reads the body and decodes the same bytes
blank  no HTTP at all, an answer to as many bytes as were announced: shows how fast the generator could go
"""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
import uvicorn

from accoil.bench import loop

SUCCESS = b'{"success":true}'

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Library(msgspec.Struct):
    name: str | None = None


class Context(msgspec.Struct):
    groupId: str | None = None
    library: Library | None = None


class Call(msgspec.Struct):
    """As much of a message as counting it needs. Written here again, so that the measure holds still when the
    server's own decoding changes."""

    type: str | None = None
    messageId: str | None = None
    userId: str | None = None
    anonymousId: str | None = None
    groupId: str | None = None
    event: str | None = None
    name: str | None = None
    timestamp: str | None = None
    originalTimestamp: str | None = None
    sentAt: str | None = None
    properties: msgspec.Raw = msgspec.Raw()
    traits: msgspec.Raw = msgspec.Raw()
    context: Context | None = None


class Batch(msgspec.Struct):
    batch: list[Call]
    sentAt: str | None = None


_batch = msgspec.json.Decoder(Batch)
_call = msgspec.json.Decoder(Call)
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(SUCCESS), SUCCESS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    body = b"".join(chunks)
    if scope["path"] == "/v1/batch":
        _batch.decode(body)
    elif body:
        _call.decode(body)
    headers = [(b"content-length", str(len(SUCCESS)).encode()), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": SUCCESS})


def bare(port: int) -> None:
    config = uvicorn.Config(
        application,
        host="127.0.0.1", port=port, lifespan="off", access_log=False, log_config=None, log_level="warning",
        server_header=False, timeout_keep_alive=75, backlog=4096,
    )  # fmt: skip
    uvicorn.Server(config).run()


class Blank(asyncio.Protocol):
    """Answers when as many bytes have come as the first chunk of a request announced."""

    def __init__(self) -> None:
        self._missing = 0
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # TCP can always be written to

    def data_received(self, data: bytes) -> None:
        if not self._missing:
            length = _LENGTH.search(data)
            self._missing = data.find(b"\r\n\r\n") + 4 + (int(length[1]) if length else 0)
        self._missing -= len(data)
        if self._missing <= 0:
            self._missing = 0
            self._transport.write(ANSWER)


async def _serve_blank(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Blank, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


def blank(port: int) -> None:
    loop.run(_serve_blank(port))


SERVERS: dict[str, Callable[[int], None]] = {"bare": bare, "blank": blank}

if __name__ == "__main__":
    SERVERS[sys.argv[1]](int(sys.argv[2]))
