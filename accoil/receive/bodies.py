"""The bytes of a request, whole and plain, within bounds."""

import asyncio
import zlib
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from accoil.receive.answers import Receive, Refused
from accoil.receive.auth import Headers

LARGEST_BODY = 5_000_000  # bytes on the wire
LARGEST_INFLATED = 20_000_000
MOST_HEARD_OUT = 50_000_000  # bytes of a body that is too large; beyond that we hang up
SLOWEST_BODY = 30  # seconds
LARGEST_FORM = 3_000_000  # bytes of a body for a page; files of the past are let through as they come


class Gone(Exception):
    """The client hung up before its body was whole."""


class Arriving:
    """How many bytes are held of bodies that are on their way; more than `most` are shed. The first `spared` of each do
    not count: the connections bound those, and a form as small as that of signing in always finds room."""

    def __init__(self, most: int, spared: int = 0) -> None:
        self.most, self.spared, self.held = most, spared, 0

    def more(self, size: int) -> None:
        """Raises Refused."""
        if self.held + size > self.most:
            raise Refused(503, "unavailable", "Too much at once; send it again.", retry_after="5", connection="close")
        self.held += size


CALLS = Arriving(256_000_000)
FORMS = Arriving(64_000_000, spared=16_000)  # fewer: whoever sends forms has shown nothing yet, and calls must come in


async def read(receive: Receive, headers: Headers, largest: int = LARGEST_BODY, arriving: Arriving = CALLS) -> bytes:
    """The body as sent. Raises Refused, Gone."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body") and len(body) <= largest:
        return body
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > MOST_HEARD_OUT:
        raise _too_large(largest, connection="close")
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            return await _read_on(receive, message, largest, arriving)
    except TimeoutError:
        raise Refused(408, "timeout", "The body took too long to arrive.", connection="close") from None


async def _read_on(receive: Receive, message: MutableMapping[str, Any], largest: int, arriving: Arriving) -> bytes:
    """Also hears out a body that is too large: most clients read no answer before they have sent everything."""
    chunks: list[bytes] = []
    size = held = 0
    try:
        while True:
            if message["type"] == "http.disconnect":
                raise Gone
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > MOST_HEARD_OUT:
                raise _too_large(largest, connection="close")
            if size > largest:
                chunks.clear()
            else:
                arriving.more(more := max(0, size - arriving.spared - held))
                held += more
                chunks.append(chunk)
            if not message.get("more_body"):
                break
            message = await receive()
    finally:
        arriving.held -= held
    if size > largest:
        raise _too_large(largest)
    return b"".join(chunks)


@asynccontextmanager
async def form(receive: Receive, headers: Headers) -> AsyncIterator[bytes]:
    """The body of a request for a page, whole: a slow sender keeps none of the few threads that draw pages. It counts
    as held until the page is drawn. Raises Gone, Refused."""
    body = await read(receive, headers, LARGEST_FORM, FORMS)
    FORMS.more(held := max(0, len(body) - FORMS.spared))
    try:
        yield body
    finally:
        FORMS.held -= held


def whole(body: bytes) -> Receive:
    """How to receive a body that is here."""

    async def all_of_it() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body}

    return all_of_it


def as_it_comes(receive: Receive) -> Receive:
    """How to receive a body of any size. Raises ConnectionResetError when the rest does not come: the bridge to the
    pages would take that for the end."""
    more = True

    async def next_piece() -> MutableMapping[str, Any]:
        nonlocal more
        message = await receive()
        if more and message["type"] == "http.disconnect":
            raise ConnectionResetError("The client hung up before it had sent all.")
        more = more and bool(message.get("more_body"))
        return message

    return next_piece


def _too_large(largest: int, **headers: str) -> Refused:
    return Refused(413, "payload_too_large", f"Send at most {largest:,} bytes at once.", **headers)


def inflate(body: bytes, encoding: bytes) -> bytes:
    """The plain body. Gzip is known by its first bytes, since labels lie both ways. Raises Refused."""
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
        plain = inflater.decompress(body, LARGEST_INFLATED + 1)
    except zlib.error:
        raise Refused(400, "invalid_payload", "The compressed body is damaged.") from None
    if len(plain) > LARGEST_INFLATED:
        raise Refused(413, "payload_too_large", f"Send at most {LARGEST_INFLATED:,} bytes, inflated.")
    if not inflater.eof:
        raise Refused(400, "invalid_payload", "The compressed body is cut short.")
    if inflater.unused_data:  # leaving it out could lose calls without a word
        raise Refused(400, "invalid_payload", "Something follows the compressed body; send it as one piece.")
    return plain
