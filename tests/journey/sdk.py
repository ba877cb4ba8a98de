"""The published Segment client for Python, unchanged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from segment.analytics.client import Client

from tests.traffic import Item


def tell(address: str, key: str, items: Iterable[Item], **options: Any) -> None:
    """Sends all of them and returns when each was taken."""
    lost: list[Exception] = []
    client = Client(
        key, host=address, max_queue_size=1_000_000, on_error=lambda error, _: lost.append(error), **options
    )
    for item in items:
        _call(client, item)
    client.flush()
    client.join()
    assert not lost


def _call(client: Client, item: Item) -> None:
    common: dict[str, Any] = {
        "user_id": item["userId"],
        "message_id": item["messageId"],
        "timestamp": datetime.fromisoformat(item["timestamp"]),
        "context": item.get("context"),
    }
    if item["type"] == "track":
        client.track(event=item["event"], properties=item["properties"], **common)
    elif item["type"] == "page":
        client.page(name=item["name"], **common)
    elif item["type"] == "group":
        client.group(group_id=item["groupId"], traits=item["traits"], **common)
    else:
        client.identify(traits=item["traits"], **common)
