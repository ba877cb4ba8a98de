"""Serves tracker.js, our browser library. Read and compressed once; pages everywhere may load it."""

import gzip
import hashlib
import re
from pathlib import Path

from accoil.receive.answers import Receive, Scope, Send

PATH = "/tracker.js"
SOURCE = Path(__file__).with_name("tracker.js").read_bytes()
GZIPPED = gzip.compress(SOURCE, 9, mtime=0)

_DIGEST = hashlib.sha256(SOURCE).hexdigest()[:16]
_GZIP = re.compile(rb"(?:^|[\s,])gzip\s*(?:;\s*q=(\d(?:\.\d*)?))?\s*(?:,|$)")  # and its weight, where given
_ALWAYS = [
    (b"cache-control", b"public, max-age=3600"),
    (b"vary", b"Accept-Encoding"),
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),  # for pages that embed nothing without it
]


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """GET and HEAD of tracker.js."""
    if scope["method"] not in ("GET", "HEAD"):
        await _respond(send, 405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")])
        return
    headers = dict(scope["headers"])
    zipped = _takes_gzip(headers.get(b"accept-encoding", b""))
    body = GZIPPED if zipped else SOURCE
    tag = f'"{_DIGEST}{"-gzip" if zipped else ""}"'.encode()  # other bytes, so another tag
    known = [(b"etag", tag), *_ALWAYS]
    if _DIGEST.encode() in headers.get(b"if-none-match", b""):  # either form: what they say is the same
        await _respond(send, 304, known)
        return
    known += [
        (b"content-type", b"text/javascript; charset=utf-8"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", str(len(body)).encode()),
    ]
    if zipped:
        known.append((b"content-encoding", b"gzip"))
    await _respond(send, 200, known, body if scope["method"] == "GET" else b"")


def _takes_gzip(accepted: bytes) -> bool:
    found = _GZIP.search(accepted.lower())
    return found is not None and float(found[1] or 1) > 0


async def _respond(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
