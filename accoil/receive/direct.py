"""The shortest way of all: a plain body on a known path with a known key is answered from the connection itself.

An ASGI task, its scope and its messages cost more than all that the door does with a call. So a request is held until
its body is here; when nothing about it is special it goes to the journal at once, and the answer is written when the
disk has it. Everything else is handed to ASGI as if it had just come, and answered by the same door."""

import time
from functools import partial
from typing import Any

from accoil.receive import tracks
from accoil.receive.answers import Refused, refusal
from accoil.receive.app import FrontDoor, unkept
from accoil.receive.bodies import inflate
from accoil.receive.calls import BadBody
from accoil.receive.http import LEAST_BODY, Http, Standing
from accoil.receive.journal import Overloaded
from accoil.receive.keys import Key
from accoil.receive.paths import PATHS, Path
from accoil.receive.tracks import Sent, Short

PHRASES = {200: b"OK", 202: b"Accepted", 500: b"Internal Server Error", 503: b"Service Unavailable"}
MOST_HELD = 65_536  # bytes of a body; so many connections may hold as much

WAYS: dict[bytes, Path] = {
    path.encode(): found
    for path, found in PATHS.items()
    if found.serves == "calls" and not found.translate and (found.batch or found.type in (None, "track"))
}
SPECIAL = {b"origin", b"x-write-key", b"sentat"}  # headers that change how a call is read or answered


Told = tuple[Key, str, bytes, int]  # path, User-Agent, bytes of the body


class Pending:
    """Stands for a request that waits for the disk where uvicorn expects its own."""

    response_started = response_complete = more_body = disconnected = False

    def __init__(self, scope: Any, keep_alive: bool) -> None:
        self.scope = scope
        self.keep_alive = keep_alive
        self.message_event = self

    def set(self) -> None:
        """Nobody waits for its messages."""


class Direct(Http):
    def __init__(self, *uvicorns: Any, door: FrontDoor, **own: Any) -> None:
        super().__init__(*uvicorns, **own)
        self._door = door
        self._way: Path | None = None  # of the request that is held
        self._held = b""

    def on_headers_complete(self) -> None:
        way = WAYS.get(self.url)
        busy = self.flow.write_paused or (self.cycle is not None and not self.cycle.response_complete)
        special = self.expect_100_continue or self.parser.get_method() != b"POST" or self.parser.should_upgrade()
        if way is None or busy or special:
            super().on_headers_complete()
        else:
            self._stray = 0
            self._way, self._held = way, b""

    def on_body(self, body: bytes) -> None:
        if self._way is None:
            return super().on_body(body)
        self._held += body
        self._stray = 0
        self._arrived += len(body)
        if len(self._held) > MOST_HELD:
            self._hand_over()

    def on_message_complete(self) -> None:
        if self._way is not None:
            if self._take(self._way, self._held):
                self._way, self._held = None, b""
                return
            self._hand_over()
        super().on_message_complete()

    def _hand_over(self) -> None:
        """To ASGI, from the beginning."""
        held, self._way, self._held = self._held, None, b""
        super().on_headers_complete()
        if held:
            super().on_body(held)

    def _take(self, way: Path, body: bytes) -> bool:
        headers = dict(self.headers)
        if not SPECIAL.isdisjoint(headers):
            return False
        key = self._door.ring.by_header.get(headers.get(b"authorization", b""))
        if key is None and b"authorization" in headers:
            return False
        try:
            raw = inflate(body, headers.get(b"content-encoding", b""))
            short = tracks.decode(raw, way.batch, way.type)
        except (Refused, BadBody):
            return False
        if short is None or (key := key or self._key_of(short)) is None or not self._door.is_open_to(key, short):
            return False
        sent = Sent(key.product, int(time.time() * 1000), short, key.id, way.mends_skew)
        pending = Pending(self.scope, self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive())
        try:
            told = (key, self.url.decode(), headers.get(b"user-agent", b""), len(raw))
            self._door.journal.push(sent, self.loop, partial(self._answer, pending, way, sent, told), len(raw))
        except Overloaded:
            return False
        self.cycle = pending  # type: ignore[assignment]
        return True

    def _key_of(self, short: Short) -> Key | None:
        return next((self._door.ring.keys.get(text) for text in short.keys if text), None)

    def _answer(self, pending: Pending, way: Path, sent: Sent, told: Told, failure: Exception | None) -> None:
        """The disk has it, or has refused it."""
        pending.response_complete = True
        refused = unkept(failure) if failure else None
        key, path, agent, size = told
        if refused is None:
            self._door.watch.taken(key, path, sent.received, sent.calls, [], agent, size)
        else:
            self._door.watch.refused(key, path, sent.received, refused, agent)
        if pending.disconnected or self.transport.is_closing():
            return
        if refused is None:
            self.transport.write(self._written(way.ok, way.ok_body, pending.keep_alive))
        else:
            more = b"".join(b"%b: %b\r\n" % pair for pair in refused.headers)
            body = refusal(refused.code, str(refused))
            self.transport.write(self._written(refused.status, body, pending.keep_alive, more))
        if not pending.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _written(self, status: int, body: bytes, keep_alive: bool, more: bytes = b"") -> bytes:
        lines = [b"HTTP/1.1 %d %b\r\n" % (status, PHRASES[status]), more]
        lines += [b"%b: %b\r\n" % pair for pair in self.server_state.default_headers]
        if body:
            lines.append(b"content-type: application/json\r\n")
        if not keep_alive:
            lines.append(b"connection: close\r\n")
        lines.append(b"content-length: %d\r\n\r\n%b" % (len(body), body))
        return b"".join(lines)

    def _waits_for(self) -> Standing:
        if self._way is not None:
            return "body", self._arrived // LEAST_BODY
        return super()._waits_for()
