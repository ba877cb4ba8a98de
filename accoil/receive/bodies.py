"""The bytes of a request, whole and plain, within bounds."""

import asyncio
import zlib
from collections import deque
from collections.abc import MutableMapping
from typing import Any

from accoil.receive.answers import Receive, Refused
from accoil.receive.auth import Headers

LARGEST_BODY = 5_000_000  # bytes on the wire
LARGEST_INFLATED = 20_000_000
MOST_HEARD_OUT = 50_000_000  # bytes of a body that is too large; beyond that we hang up
SLOWEST_BODY = 30  # seconds
MOST_ARRIVING = 256_000_000  # bytes, of all bodies that are on their way; more is shed
HELD_FOR_PAGES = 1_000_000  # bytes of a body that are here before a page is asked


class Gone(Exception):
    """The client hung up before its body was whole."""


class Arriving:
    """How many bytes are held of bodies that are not whole yet."""

    held = 0

    @classmethod
    def more(cls, size: int) -> None:
        """Raises Refused."""
        if cls.held + size > MOST_ARRIVING:
            raise Refused(503, "unavailable", "Too much at once; send it again.", retry_after="5", connection="close")
        cls.held += size


async def read(receive: Receive, headers: Headers) -> bytes:
    """The body as sent. Raises Refused, Gone."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body") and len(body) <= LARGEST_BODY:
        return body
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > MOST_HEARD_OUT:
        raise _too_large(connection="close")
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            return await _read_on(receive, message)
    except TimeoutError:
        raise Refused(408, "timeout", "The body took too long to arrive.", connection="close") from None


async def _read_on(receive: Receive, message: MutableMapping[str, Any]) -> bytes:
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
                raise _too_large(connection="close")
            if size > LARGEST_BODY:
                chunks.clear()
            else:
                Arriving.more(len(chunk))
                held += len(chunk)
                chunks.append(chunk)
            if not message.get("more_body"):
                break
            message = await receive()
    finally:
        Arriving.held -= held
    if size > LARGEST_BODY:
        raise _too_large()
    return b"".join(chunks)


async def ahead(receive: Receive) -> Receive:
    """Waits for the body, or a good part of it: a slow sender must not keep one of the few threads that draw pages.
    Returns how to receive it, which raises ConnectionResetError when the rest does not come: the bridge to the pages
    would take that for the end. Raises Gone, Refused."""
    messages = deque[MutableMapping[str, Any]]()
    held = 0
    try:
        while held <= HELD_FOR_PAGES:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            messages.append(message)
            size = len(message.get("body", b""))
            Arriving.more(size)
            held += size
            if not message.get("more_body"):
                break
    finally:
        Arriving.held -= held

    more = bool(messages[-1].get("more_body"))

    async def again() -> MutableMapping[str, Any]:
        nonlocal more
        if messages:
            return messages.popleft()
        message = await receive()
        if more and message["type"] == "http.disconnect":
            raise ConnectionResetError("The client hung up before it had sent all.")
        more = more and bool(message.get("more_body"))
        return message

    return again


def _too_large(**headers: str) -> Refused:
    return Refused(413, "payload_too_large", f"Send at most {LARGEST_BODY:,} bytes at once.", **headers)


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
