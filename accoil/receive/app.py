"""The front door: key → decode → steps → journal → answer. Nothing here waits for anything but the disk."""

import asyncio
import time
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
import structlog

from accoil.receive import auth, steps
from accoil.receive.calls import BadBody, Body, Rejected, decode
from accoil.receive.journal import Journal, Overloaded, Unwritable
from accoil.receive.keys import KeyRing
from accoil.receive.paths import Path, find

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST_BODY = 5_000_000  # bytes on the wire
LARGEST_INFLATED = 20_000_000
SLOWEST_BODY = 30  # seconds
ERRORS_SHOWN = 20

log = structlog.get_logger()
encode = msgspec.json.Encoder().encode


class Refused(Exception):
    """An answer other than 2xx. The body always has code and message: old clients index both."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers


class FrontDoor:
    """The ASGI function of the ingest paths; `takes` says whether a path is one."""

    def __init__(self, journal: Journal, ring: KeyRing) -> None:
        self.journal = journal
        self.ring = ring

    def takes(self, scope: Scope) -> Path | None:
        return find(scope["path"]) if scope["type"] == "http" else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send, path: Path) -> None:
        headers = dict(scope["headers"])
        cors = _cors(headers)
        try:
            if scope["method"] == "OPTIONS":
                return await _respond(send, 204, b"", cors)
            status, body = await self._accept(scope, headers, receive, path)
            await _respond(send, status, body, cors)
        except Refused as refused:
            message = str(refused)
            answer = {"success": False, "code": refused.code, "message": message, "error": message}
            extra = [(name.replace("_", "-").encode(), value.encode()) for name, value in refused.headers.items()]
            await _respond(send, refused.status, encode(answer), cors + extra)
        except Gone:
            return
        except Exception:
            log.exception("a call could not be handled", path=scope["path"])
            answer = {
                "success": False,
                "code": "internal",
                "message": "This is our fault; it has been logged.",
            }
            await _respond(send, 500, encode(answer), cors)

    async def _accept(self, scope: Scope, headers: auth.Headers, receive: Receive, path: Path) -> tuple[int, bytes]:
        if scope["method"] not in ("POST", "PUT", "PATCH"):
            raise Refused(405, "method_not_allowed", "Send this with POST.", allow="POST, OPTIONS")
        raw = inflate(await _read(receive, headers), headers.get(b"content-encoding", b""))
        if path.discards:
            return path.ok, path.ok_body
        product = auth.header_product(self.ring, headers)
        try:
            body = decode(raw, batch=path.batch, type_from_path=path.type)
        except BadBody as bad:
            if product is None and not self._was_keyed(headers):
                raise _no_key() from None
            raise Refused(400, bad.code, str(bad)) from None
        if product is None:
            product = await self._product(scope, headers, body, path)
        product_id, enabled = product
        if not enabled:
            raise Refused(403, "key_disabled", "This API key is switched off: see Settings > General.")
        if body.is_ping:
            return path.ok, path.ok_body
        return await self._count(product_id, body, path)

    async def _count(self, product: int, body: Body, path: Path) -> tuple[int, bytes]:
        received = int(time.time() * 1000)
        calls = steps.run(body, steps.Arrival(received, body.sent_at, path.mends_skew))
        if path.refuses_bad_calls and body.rejected:
            raise Refused(400, body.rejected[0].code, body.rejected[0].message)
        if calls:
            try:
                await self.journal.append(product, received, calls)
            except Overloaded:
                raise Refused(503, "unavailable", "Too much at once; send it again.", retry_after="1") from None
            except Unwritable as wrong:
                log.error("the journal can't be written", reason=str(wrong))
                raise Refused(503, "unavailable", "Can't write to disk just now.", retry_after="5") from None
        return path.ok, _partial(len(calls), body.rejected) if body.rejected else path.ok_body

    async def _product(self, scope: Scope, headers: auth.Headers, body: Body, path: Path) -> tuple[int, bool]:
        item_key = body.calls[0].writeKey if body.calls else None
        candidates = list(auth.outside_headers(scope["query_string"], body.key, item_key))
        for attempt in ("known", "fresh"):
            if attempt == "fresh" and not self.ring.is_fresh():
                await asyncio.to_thread(self.ring.refresh)  # a key made a moment ago
            if found := auth.header_product(self.ring, headers):
                return found
            for candidate in candidates:
                if found := auth.look_up(self.ring, candidate):
                    return found
        if not candidates and not self._was_keyed(headers):
            raise _no_key()
        raise Refused(path.unknown_key, "invalid_write_key", "No product has this API key: see Settings > General.")

    def _was_keyed(self, headers: auth.Headers) -> bool:
        return b"authorization" in headers or b"x-write-key" in headers


class Gone(Exception):
    """The client hung up before its body was whole."""


def _no_key() -> Refused:
    return Refused(401, "unauthorized", "Send your API key as the user name of Basic auth, or as writeKey.")


async def _read(receive: Receive, headers: auth.Headers) -> bytes:
    length = headers.get(b"content-length", b"")
    too_large = Refused(413, "payload_too_large", f"Send at most {LARGEST_BODY:,} bytes at once.", connection="close")
    if length.isdigit() and int(length) > LARGEST_BODY:
        raise too_large
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise too_large
        return body
    chunks, size = [], 0
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            while True:
                if message["type"] == "http.disconnect":
                    raise Gone
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > LARGEST_BODY:
                    raise too_large
                if not message.get("more_body"):
                    return b"".join(chunks)
                message = await receive()
    except TimeoutError:
        raise Refused(408, "timeout", "The body took too long to arrive.", connection="close") from None


def inflate(body: bytes, encoding: bytes) -> bytes:
    """The plain body. Gzip is known by its first bytes, since labels lie both ways."""
    name = encoding.strip().lower()
    if name not in (b"", b"identity", b"gzip", b"x-gzip", b"deflate"):
        raise Refused(415, "unsupported_encoding", "Send the body plain, or as gzip or deflate.")
    if body[:2] == b"\x1f\x8b":
        window = 31
    elif name == b"deflate" and body[:1] not in (b"{", b"["):
        window = 15 if body[:1] == b"\x78" else -15
    else:
        return body
    inflater = zlib.decompressobj(window)
    try:
        plain = inflater.decompress(body, LARGEST_INFLATED)
    except zlib.error:
        raise Refused(400, "invalid_payload", "The compressed body is damaged.") from None
    if inflater.unconsumed_tail:
        raise Refused(413, "payload_too_large", f"Send at most {LARGEST_INFLATED:,} bytes, inflated.")
    if not inflater.eof:
        raise Refused(400, "invalid_payload", "The compressed body is cut short.")
    return plain


def _partial(accepted: int, rejected: list[Rejected]) -> bytes:
    return encode({"success": True, "accepted": accepted, "rejected": len(rejected), "errors": rejected[:ERRORS_SHOWN]})


def _cors(headers: auth.Headers) -> list[tuple[bytes, bytes]]:
    """Any page may send events; the list of headers is what real browser clients ask for."""
    origin = headers.get(b"origin")
    if not origin:
        return []
    asked = headers.get(b"access-control-request-headers", b"Authorization, Content-Type")
    return [
        (b"access-control-allow-origin", origin),
        (b"vary", b"Origin"),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-allow-methods", b"GET, POST, OPTIONS, HEAD"),
        (b"access-control-allow-headers", asked),
        (b"access-control-max-age", b"600"),
        (b"access-control-expose-headers", b"Retry-After"),
    ]


async def _respond(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    start = [(b"content-length", str(len(body)).encode()), *headers]
    if body:
        start.append((b"content-type", b"application/json"))
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})
