"""Accoil's first ingress API (`/v1/users`, `/v1/groups`, `/v1/events`): snake_case, times in milliseconds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from accoil.receive.calls import BadBody
from accoil.receive.lenient import read_json

SPELLINGS = {"user_id": "userId", "group_id": "groupId", "message_id": "messageId"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def translate(body: bytes) -> bytes:
    """The same call in Segment's shape. Raises BadBody."""
    whole = read_json(body)
    if not isinstance(whole, dict):
        raise BadBody("invalid_payload", "The body must be a JSON object.")
    call = {SPELLINGS.get(key, key): value for key, value in whole.items()}
    call["timestamp"] = _moment(whole.get("timestamp"))
    try:
        return msgspec.json.encode(call)
    except (RecursionError, OverflowError, ValueError):
        raise BadBody("invalid_json", "The JSON holds something that can't be kept.") from None


def _moment(ms: Any) -> Any:
    """Milliseconds, whatever their size, as ISO 8601; anything else as it is."""
    if isinstance(ms, str) and ms.strip().isdecimal() and ms.isascii():
        ms = int(ms[:20])
    if isinstance(ms, bool) or not isinstance(ms, int | float):
        return ms
    try:
        return (EPOCH + timedelta(milliseconds=ms)).isoformat()
    except (OverflowError, ValueError):
        return None
