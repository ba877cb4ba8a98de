"""The front door: key → decode → steps → journal → answer. Nothing here waits for anything but the disk."""

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec
import structlog

from accoil.receive import auth, documents, origins, pixel, signature, steps
from accoil.receive.answers import (
    Pairs,
    Receive,
    Refused,
    Scope,
    Send,
    cors,
    no_key,
    partial,
    refusal,
    respond,
    unknown_key,
)
from accoil.receive.bodies import Gone, inflate, read
from accoil.receive.calls import Body, Rejected
from accoil.receive.columns import Request
from accoil.receive.decoding import decode
from accoil.receive.handling import PLAIN
from accoil.receive.journal import Journal, Overloaded, Unwritable
from accoil.receive.keys import Key, KeyRing
from accoil.receive.limits import Limits
from accoil.receive.paths import Path, find, key_in
from accoil.receive.place import HERE, Place
from accoil.receive.tracks import Sent, Short
from accoil.receive.watching import Debugger, Watch

JSON = (b"content-type", b"application/json")
OUR_FAULT = "This is our fault; it has been logged."

log = structlog.get_logger()


class Asked(msgspec.Struct):
    """One request on its way through the door."""

    scope: Scope
    path: Path
    headers: auth.Headers
    received: int  # ms
    key: Key | None = None

    @property
    def agent(self) -> bytes:
        return self.headers.get(b"user-agent", b"")


class FrontDoor:
    """The ASGI function of the ingest paths; `takes` says whether a path is one."""

    def __init__(self, journal: Journal, ring: KeyRing, place: Place = HERE, debugger: Debugger | None = None) -> None:
        self.journal = journal
        self.ring = ring
        self.place = place
        self.watch = Watch(debugger)
        self.limits = Limits()

    def takes(self, scope: Scope) -> Path | None:
        return self.find(scope["path"]) if scope["type"] == "http" else None

    def find(self, path: str) -> Path | None:
        return find(self.place.inside(path))

    async def __call__(self, scope: Scope, receive: Receive, send: Send, path: Path) -> None:
        asked = Asked(scope, path, dict(scope["headers"]), int(time.time() * 1000))
        headers = cors(asked.headers)
        try:
            status, body, more = await self._answered(asked, receive)
            headers += more
        except Refused as refused:
            status, body = refused.status, refusal(refused.code, str(refused))
            headers += [JSON, *refused.headers]
            self._tell_refused(asked, refused)
        except Gone:
            return
        with suppress(OSError, RuntimeError):  # a client that hung up meanwhile; uvloop says RuntimeError
            await respond(send, status, b"" if scope["method"] == "HEAD" else body, headers)

    async def _answered(self, asked: Asked, receive: Receive) -> tuple[int, bytes, Pairs]:
        """Raises Refused, also for what nobody thought of: it is told like any other refusal."""
        try:
            return await self._answer(asked, receive)
        except (Refused, Gone):
            raise
        except Exception:
            log.exception("a call could not be handled", path=asked.scope["path"])
            raise Refused(500, "internal", OUR_FAULT) from None

    async def _answer(self, asked: Asked, receive: Receive) -> tuple[int, bytes, Pairs]:
        path, method = asked.path, asked.scope["method"]
        if method == "OPTIONS":
            return 204, b"", []
        if method not in path.methods:
            raise Refused(
                405, "method_not_allowed", f"Send this with {path.methods[0]}.", allow=", ".join(path.methods)
            )
        if path.serves == "pixel":
            return await self._pixel(asked)
        if path.serves in ("settings", "source"):
            return await self._document(asked)
        raw = inflate(await read(receive, asked.headers), asked.headers.get(b"content-encoding", b""))
        if path.serves == "nothing":
            return path.ok, path.ok_body, [JSON]
        try:
            body = await self._take(asked, raw)
        except Refused as refused:
            if refused.code != "invalid_write_key" or path.ok not in self.place.pretends:
                raise
            self._tell_refused(asked, refused)
            body = path.ok_body
        return path.ok, body, [JSON] if body else []

    async def _pixel(self, asked: Asked) -> tuple[int, bytes, Pairs]:
        """Always the picture: a page can't read more than that anyway."""
        try:
            await self._take(asked, pixel.body(asked.scope["query_string"]))
        except Refused as refused:
            self._tell_refused(asked, refused)
        return 200, pixel.GIF, [(b"content-type", b"image/gif"), (b"cache-control", b"no-store")]

    async def _document(self, asked: Asked) -> tuple[int, bytes, Pairs]:
        scope, headers = asked.scope, asked.headers
        text = (
            key_in(scope["path"]) if asked.path.serves == "settings" else auth.key_text(headers, scope["query_string"])
        )
        if asked.path.serves == "source" and scope["method"] == "HEAD":  # only looks whether we are here
            return 200, b"", [JSON]
        key = auth.look_up(self.ring, text) or await self._freshened(text)
        if key is None or not key.enabled:
            raise Refused(404, "invalid_write_key", "No product has this API key: see Settings > Keys.")
        if asked.path.serves == "source":
            return 200, documents.source(text, key.product), [JSON, (b"cache-control", b"max-age=60")]
        prefix = self.place.prefix if self.place.is_prefixed(scope["path"]) else ""
        address = documents.address(self.place.address, scope["scheme"], headers.get(b"host", b""), prefix)
        return 200, documents.settings(text, address), [JSON, (b"cache-control", b"max-age=60")]

    async def _freshen(self) -> None:
        try:
            await self.ring.freshen()
        except Exception:  # the clock tries it too, and says what is wrong
            raise Refused(503, "unavailable", "Keys can't be looked up now; send it again.", retry_after="5") from None

    async def _freshened(self, text: str) -> Key | None:
        await self._freshen()
        return auth.look_up(self.ring, text)

    async def _take(self, asked: Asked, raw: bytes) -> bytes:
        """Takes a body in; what to answer. Raises Refused."""
        known = asked.key = auth.header_key(self.ring, asked.headers)
        handling = self.ring.handling(known.product) if known else PLAIN
        decoded = decode(raw, asked.path, handling)
        key = asked.key = known or await self._key(asked, decoded)
        self._check(key, asked, raw)
        if not known and self.ring.handling(key.product) is not PLAIN:
            handling = self.ring.handling(key.product)
            decoded = decode(raw, asked.path, handling)
        if key.calls_a_second:
            self._limit(key, len(decoded.calls))
        if isinstance(decoded, Short):
            await self._keep(Sent(key.product, asked.received, decoded, key.id, asked.path.mends_skew), len(raw))
            self._tell(asked, key, decoded.calls, [], len(raw))
            return asked.path.ok_body
        return await self._take_long(asked, key, decoded, len(raw))

    async def _take_long(self, asked: Asked, key: Key, body: Body, size: int) -> bytes:
        path, size = asked.path, size + body.repeated
        if body.is_ping:
            self._tell(asked, key, [], [], size)
            return path.ok_body
        sent_at = body.sent_at or asked.headers.get(b"sentat", b"").decode("latin-1")
        handling = self.ring.handling(key.product)
        kept = steps.run(body, steps.Arrival(asked.received, sent_at, path.mends_skew, handling))
        refuses = path.refuses_bad_calls or (self.place.is_strict and not path.batch)
        if refuses and body.rejected:
            raise Refused(400, body.rejected[0].code, body.rejected[0].message)
        if kept:
            await self._keep(Request(key.product, asked.received, kept, key.id), size)
        self._tell(asked, key, kept, body.rejected + body.dropped, size)
        return partial(len(kept), body.rejected) if body.rejected else path.ok_body

    def is_open_to(self, key: Key, short: Short) -> bool:
        """Whether nothing about the key, and nothing about these calls, has to be looked at."""
        bound = key.origins or key.secret or key.calls_a_second
        return key.enabled and not bound and self.ring.handling(key.product).takes_short(short)

    async def _keep(self, request: Request | Sent, size: int) -> None:
        """Returns when it is on disk. `size` is that of the plain body."""
        try:
            await self.journal.append(request, size)
        except (Overloaded, Unwritable) as failure:
            raise unkept(failure) from None

    def _check(self, key: Key, asked: Asked, raw: bytes) -> None:
        if not key.enabled:
            raise Refused(403, "key_disabled", "This API key is switched off: see Settings > Keys.")
        if key.origins and not origins.allows(key.origins, auth.origin(asked.headers)):
            raise Refused(403, "origin_not_allowed", "This API key is for other web pages: see Settings > Keys.")
        if key.secret and not signature.is_right(key.secret, raw, asked.headers.get(b"x-signature", b"")):
            raise Refused(
                401, "invalid_signature", "This API key takes signed bodies alone, and X-Signature is not right."
            )

    def _limit(self, key: Key, calls: int) -> None:
        if wait := self.limits.wait(key.id, key.calls_a_second, calls):
            most = f"This API key may send {key.calls_a_second:,} calls a second; send it again later."
            raise Refused(429, "rate_limited", most, retry_after=str(wait), x_ratelimit_reset=str(wait))

    async def _key(self, asked: Asked, decoded: Short | Body) -> Key:
        """A key that stands elsewhere than in the headers, or was made a moment ago."""
        headers = asked.headers
        candidates = list(auth.outside_headers(asked.scope["query_string"], *decoded.keys))
        if not candidates and b"authorization" not in headers and b"x-write-key" not in headers:
            raise no_key()
        # A key in the headers wins, also one we have not heard of yet: no other may stand in for it meanwhile.
        if not auth.may_hold_key(headers) and (found := self._known(candidates)):
            return found
        await self._freshen()
        if found := auth.header_key(self.ring, headers) or self._known(candidates):
            return found
        raise unknown_key(asked.path.unknown_key)

    def _known(self, candidates: list[str]) -> Key | None:
        return next(filter(None, (auth.look_up(self.ring, candidate) for candidate in candidates)), None)

    def _tell(self, asked: Asked, key: Key, kept: Sequence[Any], rejected: list[Rejected], size: int) -> None:
        self.watch.taken(key, asked.scope["path"], asked.received, kept, rejected, asked.agent, size)

    def _tell_refused(self, asked: Asked, refused: Refused) -> None:
        self.watch.refused(asked.key, asked.scope["path"], asked.received, refused, asked.agent)


def unkept(failure: Exception) -> Refused:
    """What to answer when the journal did not take a request."""
    if isinstance(failure, Overloaded):
        return Refused(503, "unavailable", "Too much at once; send it again.", retry_after="1")
    if isinstance(failure, Unwritable):
        return Refused(503, "unavailable", "Can't write to disk just now.", retry_after="5")
    log.error("calls could not be kept", exc_info=failure)
    return Refused(500, "internal", OUR_FAULT)
