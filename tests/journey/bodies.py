"""Bodies as real clients sent them, and ways to spoil them."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable
from typing import Any

Body = tuple[str, bytes, str]  # path, bytes on the wire, Content-Encoding

REAL: list[tuple[str, Any]] = [
    ("/v1/batch", {
        "batch": [
            {"integrations": {}, "anonymousId": None, "properties": {"n": 1},
             "timestamp": "2026-01-02T03:04:05.678+00:00",
             "context": {"library": {"name": "analytics-python", "version": "2.4.0"}}, "userId": "u1", "type": "track",
             "event": "E", "messageId": "m1"},
            {"integrations": {},
             "traits": {"name": "Ann", "createdAt": "2023-05-12T08:00:00", "mrr": 9900, "x": [1, {}]},
             "context": {}, "userId": "u1", "type": "identify", "messageId": "m2", "timestamp": "2026-01-02T03:04:05Z"},
        ],
        "sentAt": "2026-11-22T00:46:41.562919+00:00", "writeKey": "WK",
    }),
    ("/v1/batch", {
        "batch": [{"userId": "u1", "event": "E", "messageId": "m3", "type": "track", "channel": "server",
                   "context": {"library": {"name": "analytics-node"}}, "_metadata": {"nodeVersion": "20.20.2"},
                   "originalTimestamp": "2026-11-22T00:46:44.586Z", "sentAt": "2026-11-22T00:46:44.586Z"}],
        "timestamp": "2026-11-22T00:46:44.586Z", "sentAt": "2026-11-22T00:46:44.586Z",
    }),
    ("/v1/b", {
        "batch": [{"type": "screen", "name": "Home", "userId": "u2", "messageId": "m4", "context": {"groupId": "acme"},
                   "timestamp": "2026-11-01T10:00:00.1234567Z"},
                  {"type": "group", "groupId": "acme", "userId": "u2", "messageId": "m5", "traits": {"plan": "pro"}}],
        "sentAt": "2026-11-01T10:00:00.1234567Z", "writeKey": "WK",
        "context": {"library": {"name": "Analytics-CSharp"}},
    }),
    ("/v1/import", {"batch": [{"type": "alias", "userId": 7, "previousId": "a1", "messageId": "m6"}], "sequence": 1}),
    ("/v1/t", {"timestamp": "2026-11-20T10:00:00.000Z", "integrations": {}, "userId": "u3", "anonymousId": "a3",
               "event": "Clicked", "type": "track", "properties": {}, "writeKey": "WK", "messageId": "ajs-next-1-2",
               "context": {"page": {"path": "/", "title": "T"}, "userAgent": "x", "locale": "en"},
               "sentAt": "2026-11-20"}),
    ("/v1/p", {"userId": "u3", "properties": {"title": "Accoil", "path": "/"}, "messageId": "m7", "name": None}),
    ("/v1/identify", {"userId": "u4", "messageId": "m8", "context": {"traits": {"email": "a@b.c"}}}),
    ("/v1/group", {"userId": "u4", "groupId": 42, "messageId": "m9",
                   "traits": {"name": "Globex", "created_at": 1700000000}}),
    ("/segment", {"type": "track", "event": "Report Created", "userId": "u1", "timestamp": "2026-01-02T03:04:05.678Z"}),
    ("/segment", {"type": "group", "groupId": "acme", "traits": {"mrr": "9900"}, "timestamp": "2026-01-02T03:04:05Z"}),
    ("/segment", {}),
    ("/v2/track", {"userId": "u5", "event": "E", "timestamp": "2026-11-20T10:00:00Z"}),
    ("/v2/identify", {"userId": "u5", "groupId": "acme", "traits": {"role": "admin"}}),
    ("/beacon/v1/batch", {"batch": [{"type": "track", "userId": "u6", "event": "Left", "messageId": "m10"}]}),
    ("/sdk/batch", {"batch": [{"type": "page", "userId": "u6", "name": "June", "messageId": "m11"}], "sentAt": "2026"}),
    ("/sdk/track", {"userId": "u6", "event": "E", "messageId": "m12", "timestamp": "2026-11-20T10:00:00.000Z"}),
    ("/api/s/track", {"userId": "u7", "event": "E", "messageId": "m13", "timestamp": "2026-11-20T10:00:00.000Z"}),
    ("/api/s/s2s/page", {"userId": "u7", "name": "Jitsu", "messageId": "m14"}),
    ("/v1/events", {"api_key": "WK", "user_id": "u8", "event": "E", "timestamp": 1795000000000, "message_id": "m15"}),
    ("/v1/users", {"api_key": "WK", "user_id": 8, "traits": {"name": "Eve"}, "timestamp": "1795000000000"}),
    ("/v1/groups", {"api_key": "WK", "user_id": "u8", "group_id": "acme", "traits": {}}),
]  # fmt: skip

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, -0.0, 2**53, 2**63, 2**64, 10**30, "", " ", "\x00", "a\x00b", "\ud83c",
    "\ufeff", "null", "x" * 3000, [], [[]], {}, {"": {"": None}}, ["a", 1, None], {"a": [{"b": [{}]}]}, "2026-13-45",
    "9" * 25, "\u2028", "\U0001f389", "'; drop table counts; --", "%s%n{0}", "../../etc/passwd",
    float("nan"), float("inf"),
)  # fmt: skip
PIECES = (
    b"\x00", b"\\u0000", b"\\ud83c", b"\xff\xfe", b"\xed\xa0\x80", b"NaN", b"-Infinity", b"1e999", b"9" * 400,
    b"[" * 150, b"{", b"}", b"]", b'"', b"\\", b",", b":", b"null", b"\xef\xbb\xbf", b"\r\n", b"//", b"1_0",
    b'"batch":[', b'{"":1}',
)  # fmt: skip


def spoiled(dice: random.Random) -> Body:
    """A real body after a few accidents, or none."""
    path, value = dice.choice(REAL)
    for _ in range(dice.choice((0, 0, 1, 1, 2, 5))):
        value = _replaced(dice, value)
    raw = json.dumps(value, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")
    for _ in range(dice.choice((0, 0, 0, 1, 1, 2, 8))):
        raw = dice.choice(ACCIDENTS)(dice, raw)
    if dice.random() < 0.15:
        pack, encoding = dice.choice(((gzip.compress, "gzip"), (gzip.compress, ""), (zlib.compress, "deflate")))
        raw = pack(raw)
        if dice.random() < 0.3:
            raw = dice.choice(ACCIDENTS)(dice, raw)
        return path, raw, encoding
    return path, raw, dice.choice(("", "", "", "gzip", "identity", "br")) if dice.random() < 0.1 else ""


def _replaced(dice: random.Random, value: Any) -> Any:
    """The same value with something in it replaced, removed or repeated."""
    if dice.random() < 0.25 or not value or not isinstance(value, dict | list):
        return dice.choice(ODD)
    if isinstance(value, list):
        place = dice.randrange(len(value))
        return [*value[:place], _replaced(dice, value[place]), *value[place + dice.choice((0, 1)) :]]
    key = dice.choice(list(value))
    rest = {name: part for name, part in value.items() if name != key}
    return dice.choice(({**value, key: _replaced(dice, value[key])}, rest, {**rest, str(dice.choice(ODD)): value[key]}))


def _flip(dice: random.Random, raw: bytes) -> bytes:
    place = dice.randrange(len(raw) or 1)
    return raw[:place] + bytes([dice.randrange(256)]) + raw[place + 1 :]


def _insert(dice: random.Random, raw: bytes) -> bytes:
    place = dice.randrange(len(raw) + 1)
    return raw[:place] + dice.choice(PIECES) + raw[place:]


def _drop(dice: random.Random, raw: bytes) -> bytes:
    place = dice.randrange(len(raw) + 1)
    return raw[:place] + raw[place + dice.randrange(20) :]


def _cut(dice: random.Random, raw: bytes) -> bytes:
    return raw[: dice.randrange(len(raw) + 1)]


def _repeat(dice: random.Random, raw: bytes) -> bytes:
    start, end = sorted((dice.randrange(len(raw) + 1), dice.randrange(len(raw) + 1)))
    return raw[:end] + raw[start:end] * dice.randrange(3) + raw[end:]


ACCIDENTS: tuple[Callable[[random.Random, bytes], bytes], ...] = (_flip, _insert, _drop, _cut, _repeat)
