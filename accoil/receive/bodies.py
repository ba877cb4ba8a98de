"""The bytes of a request, whole and plain, within bounds."""

import asyncio
import zlib
from collections.abc import MutableMapping
from typing import Any

from accoil.receive.answers import Receive, Refused
from accoil.receive.auth import Headers

LARGEST_BODY = 5_000_000  # bytes on the wire
LARGEST_INFLATED = 20_000_000
MOST_HEARD_OUT = 50_000_000  # bytes of a body that is too large; beyond that we hang up
SLOWEST_BODY = 30  # seconds


class Gone(Exception):
    """The client hung up before its body was whole."""


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
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise Gone
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > LARGEST_BODY:
            chunks.clear()
        if size > MOST_HEARD_OUT:
            raise _too_large(connection="close")
        if not message.get("more_body"):
            break
        message = await receive()
    if size > LARGEST_BODY:
        raise _too_large()
    return b"".join(chunks)


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
