"""What clients are told, in the shape that the oldest of them still reads."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from accoil.receive.auth import Headers
from accoil.receive.calls import Rejected

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Pairs = list[tuple[bytes, bytes]]

ERRORS_SHOWN = 20

_encode = msgspec.json.Encoder().encode


class Refused(Exception):
    """An answer other than 2xx. Names of headers in `headers` have _ for -."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code
        self.headers: Pairs = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]


def no_key() -> Refused:
    return Refused(401, "unauthorized", "Send your API key as the user name of Basic auth, or as writeKey.")


def unknown_key(status: int) -> Refused:
    return Refused(status, "invalid_write_key", "No product has this API key: see Settings > Keys.")


def refusal(code: str, message: str) -> bytes:
    """Always code and message, which old clients index both, and error, which one of them logs."""
    return _encode({"success": False, "code": code, "message": message, "error": message})


def partial(accepted: int, rejected: list[Rejected]) -> bytes:
    return _encode(
        {
            "success": True,
            "accepted": accepted,
            "rejected": len(rejected),
            "errors": [
                {"index": each.index, "code": each.code, "message": each.message} for each in rejected[:ERRORS_SHOWN]
            ],
        }
    )


def cors(headers: Headers) -> Pairs:
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


async def respond(send: Send, status: int, body: bytes, headers: Pairs) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length, *headers]})
    await send({"type": "http.response.body", "body": body})
