"""Requests that nobody should send: real ones with something wrong in their method, path, query, headers, body,
chunking, or in their bytes on the wire."""

from __future__ import annotations

import base64
import json
import random
from urllib.parse import quote

from accoil.receive.paths import PATHS
from tests.door import basic
from tests.journey.bodies import ACCIDENTS, ODD, PIECES, REAL, spoiled
from tests.journey.raw import chunked

METHODS = ("POST",) * 30 + (
    "PUT", "PATCH", "GET", "GET", "GET", "HEAD", "OPTIONS", "DELETE", "TRACE", "CONNECT", "B", "post",
)  # fmt: skip
OTHER_PATHS = (
    "/health", "/tracker.js", "/", "*", "//", "/v1", "/v1/", "/api/v2/counts", "/sign-in/", "/static/x.css",
    "/v1/track#x", "/v1/../v1/track", "/v1/%74rack", "/v1/track%00", "/v1/track?", "/\xe9", "/%c3%28",
    "/projects//settings", "/v1/projects/%2f/settings", "http://elsewhere/v1/track", "/v1/pixel/track?data=",
)  # fmt: skip
HEADERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Content-Type", ("application/json", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "x", "",
                      "multipart/form-data; boundary=", "application/json; charset=utf-16", "\xff")),
    ("Content-Encoding", ("gzip", "deflate", "br", "gzip, gzip", "identity", "x-gzip", "", " ")),
    ("Origin", ("https://example.com", "null", "", "x" * 3000, "http://[", "https://a\tb")),
    ("Access-Control-Request-Headers", ("authorization, x-y", "", "\x01", "x" * 2000)),
    ("Access-Control-Request-Method", ("POST", "")),
    ("Referer", ("https://example.com/a", "http://[::1", "", "//")),
    ("X-Write-Key", ("nobody", "", "\xff", "a" * 5000)),
    ("X-Signature", ("0", "f" * 40, "")),
    ("SentAt", ("2026-11-20T10:00:00Z", "never", "", "9" * 400)),
    ("Host", ("localhost", "", "evil.example", "a b", "localhost:99999", "[::1")),
    ("Expect", ("100-continue", "200-ok", "")),
    ("Connection", ("close", "keep-alive", "upgrade", "", "close, close", "x")),
    ("Upgrade", ("h2c", "websocket", "")),
    ("Transfer-Encoding", ("chunked", "gzip, chunked", "identity", "chunked, chunked", "x")),
    ("Content-Length", ("0", "5", "-1", "1e3", "99999999999999999999", "+3", "")),
    ("User-Agent", ("", "\x80", "x" * 4000)),
    ("Cookie", ("a=b", "=", ";;;", "accoil_csrf=" + "x" * 32, "sessionid=\xff")),
    ("Range", ("bytes=0-", "bytes=-", "x")),
    ("Accept-Encoding", ("gzip", "*;q=0", "")),
    ("X-Forwarded-For", ("1.2.3.4", "x, y", "")),
)  # fmt: skip


def hostile(dice: random.Random, key: str) -> tuple[bytes, bool]:
    """The bytes, and whether they are one request with an answer that ends before the next (else the connection has
    to be closed to find out)."""
    method = dice.choice(METHODS)
    path, body, encoding = spoiled(dice)
    if dice.random() < 0.7:
        path = _path(dice, key)
    if method in ("GET", "HEAD", "DELETE", "OPTIONS") and dice.random() < 0.8:
        body = b""
    if method in ("GET", "HEAD") and dice.random() < 0.7:
        path = _with_query(dice, path)
    lines = [("Authorization", _authorization(dice, key))] if dice.random() < 0.9 else []
    if encoding:
        lines.append(("Content-Encoding", encoding))
    spoils_frame = False
    for _ in range(dice.choice((0, 0, 1, 1, 2, 6))):
        name, values = dice.choice(HEADERS)
        spoils_frame |= name in ("Host", "Expect", "Connection", "Upgrade", "Transfer-Encoding", "Content-Length")
        lines.append((name, dice.choice(values)))
    pieces = dice.random() < 0.2
    framed = chunked(body, [dice.choice((1, 2, 7, 1000))], dice.choice((b"", b";a=b"))) if pieces else body
    lines.append(("Transfer-Encoding", "chunked") if pieces else ("Content-Length", str(len(body))))
    if not any(name == "Host" for name, _ in lines):
        lines.insert(0, ("Host", "localhost"))
    dice.shuffle(lines)
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n"
    wire = head.encode("latin-1", "replace") + framed
    if dice.random() < 0.15:
        for _ in range(dice.choice((1, 1, 2, 5))):
            wire = dice.choice(ACCIDENTS)(dice, wire)
        return wire, False
    plain = method not in ("HEAD", "CONNECT", "TRACE", "B", "post") and path.startswith("/") and not spoils_frame
    return wire, plain and "#" not in path and " " not in path


def _path(dice: random.Random, key: str) -> str:
    if dice.random() < 0.05:
        return dice.choice(OTHER_PATHS)
    path = dice.choice(list(PATHS)).replace("{key}", dice.choice((key, "nobody", "", "%00", "x" * 300)))
    if dice.random() < 0.15:
        odd = quote(str(dice.choice(ODD)), errors="replace")
        path = dice.choice((path + "/", path.replace("/", "//"), path.upper(), path[:-1], path + odd))
    return path


def _with_query(dice: random.Random, path: str) -> str:
    _, value = dice.choice(REAL)
    raw = json.dumps(value if dice.random() < 0.5 else dice.choice(ODD)).encode()
    if dice.random() < 0.5:
        raw = dice.choice(ACCIDENTS)(dice, raw)
    data = base64.b64encode(raw).decode() if dice.random() < 0.5 else quote(raw)
    return path + dice.choice(
        (f"?data={data}", "?data", "?data=", "?", "?userId=u&event=E&properties.x=1", f"?writeKey=nobody&data={data}",
         "?%ff=%00", "?a=b&&=&a", "?traits.=1&.x=2&properties=3&properties.y=4", f"?{quote(dice.choice(PIECES))}")
    )  # fmt: skip


def _authorization(dice: random.Random, key: str) -> str:
    if dice.random() < 0.75:
        return dice.choice((basic(f"{key}:"), basic(key), f"Basic {key}", f"Bearer {key}", f"bearer  {key} "))
    return dice.choice(
        (basic("nobody:"), "Basic", "Basic ", "Basic =", "Basic \xff\xfe", "Bearer " + "x" * 65, "Digest a=b", "", ":",
         basic("\x00:"), basic("ü" * 50), "Basic " + "A" * 4001, f"Basic {key[:-1]}")
    )  # fmt: skip
