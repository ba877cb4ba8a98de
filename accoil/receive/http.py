"""HTTP as uvicorn speaks it, with the patience it lacks: whoever keeps the server waiting is hung up on.

Nothing is timed request by request. Once a second each connection is asked what it waits for; one that says the same
for too long is closed. So a request costs no timer, and a time-out may come a second late."""

import asyncio
import socket
import time
from asyncio import BaseTransport
from collections.abc import Callable
from typing import Any

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from accoil.receive.bounds import CROWDED, SHORTER, Bounds

LARGEST_HEAD = 65_536  # bytes of a request line with its headers, or of what else is neither head nor body
MOST_PIPELINED = 1_000  # requests sent ahead of their answers
LEAST_BODY = 30_000  # bytes of a body that must come while patience lasts
LAST_CALL = 0.7  # share of the time to stop in, after which those who wait are told to come back
OFFERS = (b"connection", b"upgrade", b"http2-settings")

# What a connection waits for, and a number that changes when it got some of it.
Standing = tuple[str, int]
NOTHING: Standing = ("nothing", 0)


class Http(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *uvicorns: Any, bounds: Bounds, **own: Any) -> None:
        super().__init__(*uvicorns, **own)
        self.bounds = bounds
        self._requests = 0  # begun
        self._arrived = 0  # bytes of bodies
        self._stray = 0  # bytes since the last head or piece of a body
        self._standing = NOTHING
        self._since = 0.0

    def connection_made(self, transport: BaseTransport) -> None:
        full = len(self.connections) >= self.bounds.connections
        super().connection_made(transport)  # type: ignore[arg-type]
        if full:
            self._refuse(b"503 Service Unavailable", b"retry-after: 5\r\n")

    def data_received(self, data: bytes) -> None:
        if self.parser is None or self.transport.is_closing():
            return  # what a client sends on after it was refused
        self._stray += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._decline_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse(b"400 Bad Request")
        else:
            if self._stray > LARGEST_HEAD:
                self._refuse(b"431 Request Header Fields Too Large")

    def _decline_upgrade(self, rest: bytes) -> None:
        """Java's client offers HTTP/2 with its first request. The parser then takes the body for something else than
        HTTP: it is told the same request anew, without the offer."""
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        self.parser = httptools.HttpRequestParser(self)
        if method == b"CONNECT":
            return self._refuse(b"400 Bad Request")
        kept = b"".join(b"%b: %b\r\n" % pair for pair in self.headers if pair[0] not in OFFERS)
        self.data_received(b"%b %b HTTP/%b\r\n%b\r\n" % (method, self.url, version, kept) + rest)

    def on_message_begin(self) -> None:
        self._requests += 1
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._stray = 0
        if self.parser.should_upgrade():
            return
        super().on_headers_complete()
        if len(self.pipeline) > MOST_PIPELINED:
            self.transport.abort()

    def on_body(self, body: bytes) -> None:
        self._stray = 0
        self._arrived += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def eof_received(self) -> bool | None:  # type: ignore[override]
        """A client may have said all that it has to say, and still listen."""
        if self._is_working():
            self.cycle.keep_alive = False
            return True
        return None

    def on_response_complete(self) -> None:
        # As uvicorn's, without a timer for each request.
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)

    def tire(self, now: float, connections: int) -> None:
        """Hangs up when it has waited for the same for too long."""
        standing = self._waits_for()
        if standing != self._standing:
            self._standing, self._since = standing, now
            return
        if standing is NOTHING:
            return
        crowded = connections > self.bounds.connections * CROWDED
        patience = self.bounds.idle if standing[0] == "request" else self.bounds.patience
        if now - self._since >= (patience / SHORTER if crowded and standing[0] != "taker" else patience):
            self.transport.abort()

    def _waits_for(self) -> Standing:
        cycle: RequestResponseCycle | None = self.cycle
        if self.flow.write_paused or self.transport.is_closing():
            return "taker", self._requests
        if cycle is None or cycle.scope is not self.scope:
            return "head", self._requests
        if self._is_working() or self.flow.read_paused:
            return NOTHING
        if cycle.more_body:
            return "body", self._arrived // LEAST_BODY if not cycle.response_complete else self._requests
        if self.transport.get_write_buffer_size():
            return "taker", self._requests
        return "request", self._requests

    def _is_working(self) -> bool:
        """Whether a request is here as a whole and not answered yet."""
        cycle = self.cycle
        return cycle is not None and not cycle.more_body and not cycle.response_complete

    def _refuse(self, status: bytes, header: bytes = b"") -> None:
        cycle = self.cycle
        mid_request = cycle is not None and cycle.more_body and not cycle.response_started
        if cycle is None or cycle.response_complete or (mid_request and not self.pipeline):
            # Else it would be taken for the answer to another request.
            self.transport.write(b"HTTP/1.1 %b\r\n%bconnection: close\r\ncontent-length: 0\r\n\r\n" % (status, header))
        self.transport.close()


class Serving(uvicorn.Server):
    """`each_second` is called in the event loop, `last_call` there shortly before requests are cut off at the end."""

    def __init__(self, config: uvicorn.Config, each_second: Callable[[], None], last_call: Callable[[], None]) -> None:
        super().__init__(config)
        self._each_second, self._last_call = each_second, last_call
        config.callback_notify, config.timeout_notify = self._notify, 0
        self.listening: Callable[[], None] = lambda: None  # called once, when calls can come

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.listening()

    async def _notify(self) -> None:
        now = time.monotonic()
        for connection in list(self.server_state.connections):
            if isinstance(connection, Http):
                connection.tire(now, len(self.server_state.connections))
        self._each_second()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.config.timeout_graceful_shutdown:
            wait = self.config.timeout_graceful_shutdown * LAST_CALL
            asyncio.get_running_loop().call_later(wait, self._last_call)
        await super().shutdown(sockets)
