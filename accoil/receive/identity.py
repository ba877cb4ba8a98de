"""What names a call: an id that is not too long; where it has none, its content."""

import hashlib
from typing import Any

import msgspec

# A retry renews or replaces these; everything else of the item makes it what it is.
NOT_CONTENT = ("sentAt", "writeKey", "api_key", "messageId")

LONGEST_ID = 255

_encode = msgspec.json.Encoder(order="sorted").encode


def content_key(item: dict[str, Any], type: str | None) -> str | None:
    """A hash of the whole item, whatever the order of its keys; None for an item without a time of its own, which
    nothing can tell from its twin."""
    if not (item.get("timestamp") or item.get("originalTimestamp")):
        return None
    content = {key: value for key, value in item.items() if key not in NOT_CONTENT}
    content["type"] = type
    return f"content:{hashlib.blake2b(_encode(content), digest_size=16).hexdigest()}"


def cut(text: str, longest: int) -> str:
    """Too long: the beginning, and a hash of the whole so that two long names stay two."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - 17]}#{hashlib.sha256(text.encode()).hexdigest()[:16]}"
