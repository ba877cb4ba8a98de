"""What the real client sends, over a bad way, is counted exactly."""

from __future__ import annotations

import random

import pytest

from accoil.asgi import Server
from tests.bad_way import MISHAPS, bad_way
from tests.door import Door
from tests.journey.sdk import tell
from tests.traffic import expected, traffic


@pytest.mark.parametrize(
    ("calls", "batch"),
    [(5_000, 25), pytest.param(100_000, 100, marks=pytest.mark.soak)],
)
def test_calls_with_retries_repetitions_and_in_any_order_are_counted_once_each(
    server: Server, door: Door, calls: int, batch: int
) -> None:
    items = traffic(2, calls, users=calls // 50, accounts=40)
    often = items + random.Random(3).choices(items, k=calls // 10)  # the program itself tells some things again
    random.Random(4).shuffle(often)
    with bad_way(door.address, seed=5) as way:
        tell(way.address, door.key, often, upload_size=batch, thread=4)
    assert {mishap for mishap in MISHAPS if way.happened[mishap]} == set(MISHAPS)
    assert server.wait_counted(60)
    assert door.counts() == expected(items)
    assert door.events().keys() == {event for _, _, event, _ in expected(items)}


def test_compressed_batches_count_the_same(server: Server, door: Door) -> None:
    items = traffic(6, 500)
    tell(door.address, door.key, items, gzip=True)
    assert server.wait_counted()
    assert door.counts() == expected(items)


def test_everything_the_client_can_say_arrives(server: Server, door: Door) -> None:
    """Traits of all types, odd numbers among them, which it writes as no other client would."""
    from datetime import UTC, date, datetime
    from decimal import Decimal

    from segment.analytics.client import Client

    client = Client(door.key, host=door.address, sync_mode=True)
    client.identify(
        42,
        {
            "name": "Ünï \U0001f389", "nan": float("nan"), "far": float("inf"), "at": datetime(2023, 5, 12, 8),
            "on": date(2023, 5, 12), "money": Decimal("9.90"), "list": [1, {"a": None}], "yes": True, "big": 2**70,
        },
    )  # fmt: skip
    client.group(42, 7, {"plan": "pro"})
    client.track(42, "Report_Created", {"x": float("-inf")}, timestamp=datetime(2026, 11, 1, tzinfo=UTC))
    client.page(42, None, None)
    client.screen(42, "Docs", "Start")
    client.alias("anonymous-1", 42)
    client.track(anonymous_id="anonymous-2", event="Nobody")
    assert server.wait_counted()
    assert door.events() == {"Report_Created": 1, "Viewed Page": 1, "Viewed Start": 1}
    assert {(user, account) for user, account, _, _ in door.counts()} == {("42", "7")}
