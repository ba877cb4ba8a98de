"""When a call happened, of all the times that it tells, and by the clock of whoever sent it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.receive.reading import NOW, read

EARLIER = datetime(2026, 11, 20, 10, tzinfo=UTC)
AT = "2026-11-20T10:00:00Z"  # the same on the wire


def at(path: str = "/v1/batch", **item: Any) -> datetime:
    """The message time of one item; whatever is in `beside` stands beside the batch."""
    beside = item.pop("beside", {})
    whole = {"type": "track", "userId": "u1", "event": "E", **item}
    return read({"batch": [whole], **beside} if path == "/v1/batch" else whole, path).fact()["sent_at"]


@pytest.mark.parametrize(
    ("timestamp", "meant"),
    [
        (AT, EARLIER),
        ("2026-11-20T12:00:00+02:00", EARLIER),
        (int(EARLIER.timestamp()), EARLIER),
        (int(EARLIER.timestamp() * 1000), EARLIER),
        (str(int(EARLIER.timestamp())), EARLIER),
        ("2001-01-01", datetime(2001, 1, 1, tzinfo=UTC)),
        # Up to a day ahead may be a clock; before 2000 and further ahead is none.
        ((NOW + timedelta(hours=23)).isoformat(), NOW + timedelta(hours=23)),
        ((NOW + timedelta(hours=25)).isoformat(), NOW),
        ("2123-01-01T00:00:00Z", NOW),
        ("1999-12-31T23:59:59Z", NOW),
        ("1970-01-01T00:33:44+00:00", NOW),
        ("9999-12-31T23:59:59Z", NOW),
        (None, NOW),
        ("", NOW),
        ("yesterday", NOW),
        ({"date": AT}, NOW),
        (True, NOW),
        (-1, NOW),
        (1e30, NOW),
    ],
)
def test_the_message_time_is_the_one_given_where_it_can_be_believed(timestamp: object, meant: datetime) -> None:
    assert at(timestamp=timestamp) == meant
    assert at("/segment", timestamp=timestamp) == meant


def test_rudder_gives_the_time_in_another_field() -> None:
    assert at(originalTimestamp=AT) == EARLIER
    assert at(originalTimestamp="2026-11-19T10:00:00Z", timestamp=AT) == EARLIER


SLOW = (NOW - timedelta(hours=2)).isoformat()  # what a clock shows at NOW that is two hours slow
FAST = (NOW + timedelta(hours=2)).isoformat()
TWO_HOURS = timedelta(hours=2)


@pytest.mark.parametrize(
    ("item", "mended"),
    [
        ({"sentAt": SLOW}, TWO_HOURS),
        ({"sentAt": FAST}, -TWO_HOURS),
        ({"beside": {"sentAt": SLOW}}, TWO_HOURS),
        ({"sentAt": FAST, "beside": {"sentAt": SLOW}}, -TWO_HOURS),
        # A few minutes are the way through the network, not the clock.
        ({"sentAt": (NOW - timedelta(minutes=4)).isoformat()}, timedelta()),
        ({"sentAt": "soon"}, timedelta()),
        ({"sentAt": "1970-01-01T00:00:09Z"}, timedelta()),
        # A phone's file was closed long before it was sent: that shows nothing of its clock.
        ({"sentAt": SLOW, "context": {"library": {"name": "analytics-kotlin"}}}, timedelta()),
        ({"sentAt": SLOW, "context": {"library": {"name": "analytics-swift"}}}, timedelta()),
        ({"sentAt": SLOW, "beside": {"context": {"library": {"name": "analytics-java"}}}}, timedelta()),
        ({"sentAt": FAST, "context": {"library": {"name": "Analytics-CSharp"}}}, -TWO_HOURS),
        ({"sentAt": SLOW, "context": {"library": {"name": "analytics-python"}}}, TWO_HOURS),
        # Rudder's explicit timestamp was chosen by a person.
        ({"sentAt": SLOW, "originalTimestamp": AT}, timedelta()),
    ],
)
def test_a_wrong_clock_is_mended_by_what_it_showed_when_it_sent(item: dict[str, Any], mended: timedelta) -> None:
    assert at(timestamp=AT, **item) == EARLIER + mended


def test_a_clock_that_never_was_set_is_mended_too() -> None:
    assert at(timestamp="1970-01-01T00:10:00Z", sentAt="1970-01-01T00:30:00Z") == NOW - timedelta(minutes=20)


def test_a_time_in_the_future_is_mended_however_little_the_clock_is_wrong() -> None:
    ahead = NOW + timedelta(minutes=3)
    assert at(timestamp=ahead.isoformat(), sentAt=ahead.isoformat()) == NOW


@pytest.mark.parametrize("path", ["/segment", "/v2/track"])
def test_paths_whose_clients_send_no_sent_at_take_the_time_as_it_is(path: str) -> None:
    assert at(path, timestamp=AT, sentAt=SLOW) == EARLIER
