"""The front door: key → decode → steps → journal → answer. Nothing here waits for anything but the disk."""

import time
from contextlib import suppress

import structlog

from accoil.receive import auth, calls, lenient, steps
from accoil.receive.answers import Receive, Refused, Scope, Send, cors, no_key, partial, refusal, respond, unknown_key
from accoil.receive.bodies import Gone, inflate, read
from accoil.receive.calls import BadBody, Body
from accoil.receive.journal import Journal, Overloaded, Request, Unwritable
from accoil.receive.keys import Key, KeyRing
from accoil.receive.paths import Path, find

__all__ = ["FrontDoor", "Receive", "Scope", "Send"]

log = structlog.get_logger()


class FrontDoor:
    """The ASGI function of the ingest paths; `takes` says whether a path is one."""

    def __init__(self, journal: Journal, ring: KeyRing) -> None:
        self.journal = journal
        self.ring = ring

    def takes(self, scope: Scope) -> Path | None:
        return find(scope["path"]) if scope["type"] == "http" else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send, path: Path) -> None:
        headers = dict(scope["headers"])
        allowed = cors(headers)
        try:
            status, body = await self._accept(scope, headers, receive, path)
        except Refused as refused:
            status, body = refused.status, refusal(refused.code, str(refused))
            allowed += refused.headers
        except Gone:
            return
        except Exception:
            log.exception("a call could not be handled", path=scope["path"])
            status, body = 500, refusal("internal", "This is our fault; it has been logged.")
        with suppress(OSError, RuntimeError):  # a client that hung up meanwhile; uvloop says RuntimeError
            await respond(send, status, body, allowed)

    async def _accept(self, scope: Scope, headers: auth.Headers, receive: Receive, path: Path) -> tuple[int, bytes]:
        if scope["method"] == "OPTIONS":
            return 204, b""
        if scope["method"] not in ("POST", "PUT", "PATCH"):
            raise Refused(405, "method_not_allowed", "Send this with POST.", allow="POST, OPTIONS")
        raw = inflate(await read(receive, headers), headers.get(b"content-encoding", b""))
        if path.discards:
            return path.ok, path.ok_body
        found = auth.header_key(self.ring, headers)
        body = _decode(raw, path)
        key = found or await self._key(scope, headers, body, path)
        if not key.enabled:
            raise Refused(403, "key_disabled", "This API key is switched off: see Settings > General.")
        if body.is_ping:
            return path.ok, path.ok_body
        sent_at = body.sent_at or headers.get(b"sentat", b"").decode("latin-1")
        arrival = steps.Arrival(int(time.time() * 1000), sent_at, path.mends_skew)
        return await self._count(key, body, arrival, path)

    async def _count(self, key: Key, body: Body, arrival: steps.Arrival, path: Path) -> tuple[int, bytes]:
        kept = steps.run(body, arrival)
        if path.refuses_bad_calls and body.rejected:
            raise Refused(400, body.rejected[0].code, body.rejected[0].message)
        if kept:
            try:
                await self.journal.append(Request(key.product, arrival.received, kept, key.id))
            except Overloaded:
                raise Refused(503, "unavailable", "Too much at once; send it again.", retry_after="1") from None
            except Unwritable as wrong:
                log.error("the journal can't be written", reason=str(wrong))
                raise Refused(503, "unavailable", "Can't write to disk just now.", retry_after="5") from None
        return path.ok, partial(len(kept), body.rejected) if body.rejected else path.ok_body

    async def _key(self, scope: Scope, headers: auth.Headers, body: Body, path: Path) -> Key:
        """A key that stands elsewhere than in the headers, or was made a moment ago."""
        item_key = body.calls[0].writeKey if body.calls else None
        candidates = list(auth.outside_headers(scope["query_string"], *body.keys, item_key))
        if not candidates and b"authorization" not in headers and b"x-write-key" not in headers:
            raise no_key()
        # A key in the headers wins, also one we have not heard of yet: no other may stand in for it meanwhile.
        if not auth.may_hold_key(headers) and (found := self._known(candidates)):
            return found
        await self.ring.freshen()
        if found := auth.header_key(self.ring, headers) or self._known(candidates):
            return found
        raise unknown_key(path.unknown_key)

    def _known(self, candidates: list[str]) -> Key | None:
        return next(filter(None, (auth.look_up(self.ring, candidate) for candidate in candidates)), None)


def _decode(raw: bytes, path: Path) -> Body:
    try:
        return calls.decode(raw, batch=path.batch, type_from_path=path.type) or lenient.decode(
            raw, batch=path.batch, type_from_path=path.type
        )
    except BadBody as bad:
        # Whoever has the key only in the body may have sent a good one: 401 would be tried again for ever.
        raise Refused(400, bad.code, str(bad)) from None
