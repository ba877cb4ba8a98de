"""How the tests look at messages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from accoil.demo.company import ZONE

Message = dict[str, Any]

NOW = datetime(2026, 3, 31, 13, 30, tzinfo=UTC)  # a Tuesday, two days after London lost an hour to summer time
FIRST = date(2026, 1, 1)  # the first of the 90 days that end then


def local(message: Message) -> datetime:
    return datetime.fromisoformat(message["timestamp"]).astimezone(ZONE)


def last_groups(life: list[Message]) -> dict[str, Message]:
    """Account → its traits as told last."""
    return {message["groupId"]: message["traits"] for message in life if message["type"] == "group"}
