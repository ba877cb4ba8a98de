"""Days are the product's own: in its time zone, and counted anew when that changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from accoil.asgi import Server
from accoil.count.counting import Counting
from accoil.count.counts import counts
from accoil.receive import steps
from accoil.receive.calls import Body, Call
from accoil.team.models import Product
from tests.door import Door
from tests.traffic import expected, traffic

RECEIVED = int(datetime(2026, 11, 22, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("UTC", "2026-03-01T23:59:59.999Z", "2026-03-01"),
        ("UTC", "2026-03-02T00:00:00Z", "2026-03-02"),
        ("Australia/Sydney", "2026-03-01T12:59:59.999Z", "2026-03-01"),
        ("Australia/Sydney", "2026-03-01T13:00:00Z", "2026-03-02"),
        # The clocks went back on 5 April at 16:00 UTC of the 4th: the day had 25 hours.
        ("Australia/Sydney", "2026-04-05T13:59:59Z", "2026-04-05"),
        ("Australia/Sydney", "2026-04-05T14:00:00Z", "2026-04-06"),
        ("America/New_York", "2026-03-08T04:59:59Z", "2026-03-07"),
        ("America/New_York", "2026-03-09T03:59:59Z", "2026-03-08"),
        ("America/New_York", "2026-03-09T04:00:00Z", "2026-03-09"),
        ("Asia/Kathmandu", "2026-03-01T18:14:59Z", "2026-03-01"),
        ("Asia/Kathmandu", "2026-03-01T18:15:00Z", "2026-03-02"),
        ("Pacific/Kiritimati", "2026-03-01T10:00:00Z", "2026-03-02"),
        ("Pacific/Niue", "2026-03-01T10:59:59Z", "2026-02-28"),
        # A day that never was: Samoa went from the 29th to the 31st.
        ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29"),
        ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31"),
        ("Australia/Lord_Howe", "2026-04-04T13:30:00Z", "2026-04-05"),
        ("Africa/Monrovia", "2000-01-01T00:00:00Z", "2000-01-01"),
    ],
)
def test_an_event_belongs_to_its_local_day(tmp_path: Path, zone: str, at: str, day: str) -> None:
    counting = Counting(tmp_path, lambda: {1: zone})
    call = Call(type="track", userId="u", event="E", messageId="m", timestamp=at)
    counting.journal.write(1, RECEIVED, steps.run(Body([call]), steps.Arrival(RECEIVED)))
    counting.loader.catch_up()
    assert [row["day"].isoformat() for row in counts(1).rows] == [day]
    counting.stop()


def test_a_new_zone_counts_all_days_anew(server: Server, door: Door) -> None:
    items = traffic(5, 300)
    assert door.post("/v1/batch", {"batch": items}).status == 200
    assert server.wait_counted()
    assert door.counts() == expected(items)
    for zone in ("Australia/Sydney", "America/New_York", "UTC"):
        Product.objects.filter(pk=door.product_id).update(time_zone=zone)
        server.parts.ring.refresh()
        server.parts.counts.follow_settings()
        assert door.counts() == expected(items, zone)


def test_another_products_days_stay_as_they_are(server: Server, new_product: Callable[[], Door]) -> None:
    doors, items = (new_product(), new_product()), traffic(6, 100)
    for door in doors:
        assert door.post("/v1/batch", {"batch": items}).status == 200
    assert server.wait_counted()
    Product.objects.filter(pk=doors[0].product_id).update(time_zone="Pacific/Kiritimati")
    server.parts.ring.refresh()
    server.parts.counts.follow_settings()
    assert doors[0].counts() == expected(items, "Pacific/Kiritimati")
    assert doors[1].counts() == expected(items)


def test_a_product_whose_zone_is_learned_late_is_counted_anew(tmp_path: Path) -> None:
    """Its first events can be here before anybody looked which zone it is in."""
    zones: dict[int, str] = {}
    counting = Counting(tmp_path, lambda: zones)
    call: dict[str, Any] = {"type": "track", "userId": "u", "event": "E", "timestamp": "2026-03-01T13:00:00Z"}
    counting.journal.write(1, RECEIVED, steps.run(Body([Call(**call)]), steps.Arrival(RECEIVED)))
    counting.loader.catch_up()
    zones[1] = "Australia/Sydney"
    assert counting.facts.zones == {1: "UTC"}  # what it was counted in, so that the change is seen
    counting.rebuild()
    assert counting.facts.zones == zones
    assert [row["day"].isoformat() for row in counts(1).rows] == ["2026-03-02"]
    counting.stop()
