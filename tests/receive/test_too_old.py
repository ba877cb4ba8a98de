"""Events of days of which no counts are kept any more are refused, by whatever way they come."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from accoil.receive import steps, tracks
from accoil.receive.calls import decode
from accoil.receive.handling import PLAIN, Handling
from accoil.receive.too_old import CODE, TOO_OLD
from accoil.receive.tracks import MANY, Short

KEPT = Handling(kept_since=int(datetime(2024, 11, 1, tzinfo=UTC).timestamp() * 1000))
NOW = int(datetime(2026, 11, 26, tzinfo=UTC).timestamp() * 1000)


def codes(handling: Handling = KEPT, **call: Any) -> list[str]:
    told = {"messageId": "m", "userId": "ann", "timestamp": "2024-10-31T23:59:59Z", **call}
    body = decode(json.dumps(told).encode(), batch=False)
    assert body
    steps.run(body, steps.Arrival(NOW, handling=handling))
    return [each.code for each in body.rejected]


def test_an_event_of_before_is_refused_and_one_of_the_first_moment_is_not() -> None:
    assert codes(type="track", event="Login") == [CODE]
    assert codes(type="page", name="Pricing") == [CODE]
    assert codes(type="track", event="Login", timestamp="2024-11-01T00:00:00Z") == []
    assert codes(PLAIN, type="track", event="Login") == []


def test_what_is_told_of_somebody_is_taken_however_old() -> None:
    assert codes(type="identify", traits={"plan": "Pro"}) == []
    assert codes(type="group", groupId="acme") == []


def test_a_time_that_nobody_believes_is_that_of_arrival() -> None:
    assert codes(type="track", event="Login", timestamp="1987-01-01T00:00:00Z") == []


def short(*moments: str) -> Short:
    told = [{"type": "track", "messageId": "m", "userId": "u", "event": "E", "timestamp": each} for each in moments]
    decoded = tracks.decode(json.dumps({"batch": told}).encode(), batch=True)
    assert decoded
    return decoded


@pytest.mark.parametrize("more", [0, MANY])
@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        ("2026-11-26T10:00:00Z", True),
        ("2025-01-01T00:00:00Z", True),
        ("2024-12-31T00:00:00Z", False),  # may be looked at without need
        ("2024-9-30T00:00:00Z", False),
        ("2023-01-01", False),
        ("1700000000", False),
    ],
)
def test_what_is_of_a_later_year_takes_the_short_way(moment: str, goes: bool, more: int) -> None:
    assert KEPT.takes_short(short(*["2026-11-26T10:00:00Z"] * more, moment)) is goes
    assert PLAIN.takes_short(short(moment))


def test_the_person_is_told_where_to_look() -> None:
    assert TOO_OLD.endswith("see Settings > Privacy.")
