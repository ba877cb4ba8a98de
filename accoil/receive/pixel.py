"""Calls as the address of an image: `?data=` with JSON, mostly in base64, or flat `?userId=…&properties.x=…`."""

import base64
import binascii
from typing import Any
from urllib.parse import parse_qsl

import msgspec

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
NESTED = ("properties", "traits", "context")


def body(query: bytes) -> bytes:
    """The call as the body of a POST would be; what can't be read is left for the door to refuse."""
    flat = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    if data := flat.get("data"):
        return _decoded(data)
    call: dict[str, Any] = {}
    for name, value in flat.items():
        outer, dot, inner = name.partition(".")
        if dot and outer in NESTED:
            if not isinstance(call.get(outer), dict):
                call[outer] = {}
            call[outer][inner] = value
        else:
            call[name] = value
    return msgspec.json.encode(call)


def _decoded(data: str) -> bytes:
    if data.lstrip().startswith("{"):
        return data.encode()
    try:  # a + became a space on its way here
        text = data.replace(" ", "+").replace("-", "+").replace("_", "/").rstrip("=")
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return data.encode()
