"""What a call without an id of its own is known by: its content."""

import hashlib
from typing import Any

import msgspec

# A retry renews or replaces these; everything else of the item makes it what it is.
NOT_CONTENT = ("sentAt", "writeKey", "api_key", "messageId")

_encode = msgspec.json.Encoder(order="sorted").encode


def content_key(item: dict[str, Any], type: str | None) -> str | None:
    """A hash of the whole item, whatever the order of its keys; None for an item without a time of its own, which
    nothing can tell from its twin."""
    if not (item.get("timestamp") or item.get("originalTimestamp")):
        return None
    content = {key: value for key, value in item.items() if key not in NOT_CONTENT}
    content["type"] = type
    return f"content:{hashlib.blake2b(_encode(content), digest_size=16).hexdigest()}"
