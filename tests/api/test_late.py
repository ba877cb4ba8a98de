"""What comes late, as a client of the read API sees it: its own day and every number that depends on it, no other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accoil.asgi import Server
from accoil.count.ids import ACCOUNT, USER, id_of
from accoil.score.definition import Definition
from accoil.score.history import book_history, history
from accoil.score.models import Profile
from accoil.team.models import Product
from tests.door import Door

TODAY = datetime.now(UTC).date()
REPORTS = Definition(window=7, events={"Report": 5}, benchmark=50.0)

pytestmark = pytest.mark.usefixtures("books_are_made_anew")


@pytest.fixture
def books_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)


@pytest.fixture
def profile(door: Door) -> Profile:
    return Profile.create(Product.objects.get(pk=door.product_id), "Late", REPORTS)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def call(type: str, days_ago: int, **fields: Any) -> dict[str, Any]:
    return {"type": type, "timestamp": f"{ago(days_ago)}T10:00:00.{len(str(fields)):03}Z", **fields}


def send(server: Server, door: Door, *calls: dict[str, Any]) -> None:
    assert door.post("/v1/batch", {"batch": list(calls)}).status == 200
    assert server.wait_counted()


def raws(door: Door, profile: Profile, kind: str, name: str, *days_ago: int) -> list[int | None]:
    """The raw figure as of each day; None where nobody of that name is there yet."""
    told = []
    for days in days_ago:
        asked = {"workspace_id": profile.pk, "as_of": ago(days), "match_type": "tracking_id", "match_value": name}
        listed = door.get(f"/{kind}s", **asked).json()["data"]
        one = (
            door.get(f"/{kind}s/{listed[0]['id']}", workspace_id=profile.pk, as_of=ago(days)).json() if listed else None
        )
        told.append(one and one["metrics"]["raw_score"])
    return told


def raws_of_history(door: Door, kind: Any, name: str, first: int, last: int) -> list[int]:
    id = id_of(door.product_id, USER if kind == "user" else ACCOUNT, name)
    return [row["raw"] for row in history(door.product_id, REPORTS, kind, id, ago(first), ago(last))]


def active(door: Door, first: int, last: int) -> list[int]:
    return [row["active_accounts"] for row in book_history(door.product_id, REPORTS, ago(first), ago(last))]


def test_a_late_event_changes_its_own_window_and_no_other(server: Server, door: Door, profile: Profile) -> None:
    send(
        server, door, call("group", 300, userId="ann", groupId="acme"), call("track", 20, userId="ann", event="Report")
    )
    for kind, name in (("user", "ann"), ("account", "acme")):
        assert raws(door, profile, kind, name, 301, 300, 200, 100, 20, 13) == [None, 0, 0, 0, 5, 0]
    assert raws_of_history(door, "user", "ann", 102, 99) == [0, 0, 0, 0]
    assert active(door, 102, 99) == [0, 0, 0, 0]
    # Long after that day was sealed.
    server.counting.loader.seal(1, datetime.now(UTC).timestamp())
    late = call("track", 100, userId="ann", event="Report", messageId="late")
    send(server, door, late)
    for kind, name in (("user", "ann"), ("account", "acme")):
        assert raws(door, profile, kind, name, 101, 100, 94, 93, 20, 13) == [0, 5, 5, 0, 5, 0]
        assert raws_of_history(door, kind, name, 102, 92) == [0, 0, 5, 5, 5, 5, 5, 5, 5, 0, 0]
    assert active(door, 102, 92) == [0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0]
    server.counting.loader.seal(1, datetime.now(UTC).timestamp())
    send(server, door, late)
    assert raws(door, profile, "user", "ann", 100) == [5]


def test_a_late_alias_changes_the_past_of_both(server: Server, door: Door, profile: Profile) -> None:
    send(
        server, door, call("group", 90, userId="ann", groupId="acme"), call("track", 50, userId="bob", event="Report"),
        call("track", 40, anonymousId="x", event="Report"), call("group", 90, userId="bob", groupId="globex"),
    )  # fmt: skip
    assert raws_of_history(door, "account", "acme", 51, 39) == [0] * 13
    assert raws(door, profile, "user", "bob", 50, 40) == [5, 0]
    send(server, door, call("alias", 1, userId="ann", previousId="bob"), call("alias", 1, userId="ann", previousId="x"))
    assert raws(door, profile, "user", "ann", 51, 50, 40, 1) == [0, 5, 5, 0]
    assert raws(door, profile, "user", "bob", 50, 40, 1) == [None, None, None]
    assert raws_of_history(door, "user", "ann", 51, 39) == [0, 5, 5, 5, 5, 5, 5, 5, 0, 0, 0, 5, 5]
    counted = door.get("/counts", group_by="user,day").json()["data"]
    assert {(row["user"], row["day"]): row["count"] for row in counted} == {
        ("ann", str(ago(50))): 1,
        ("ann", str(ago(40))): 1,
    }
    # Of equal joining times the larger name: globex, to which bob came, is where ann is now.
    assert active(door, 52, 49) == [0, 0, 1, 1]


def test_anonymous_events_are_told_without_a_user(server: Server, door: Door, profile: Profile) -> None:
    send(
        server, door, call("track", 3, anonymousId="x", event="Report", context={"groupId": "acme"}),
        call("track", 3, anonymousId="y", event="Report"),
        call("track", 3, userId="ann", event="Login", groupId="acme"),
    )  # fmt: skip
    rows = door.get("/counts", group_by="user,account,event").json()
    assert rows["total_count"] == 3
    assert {(row["user"], row["account"], row["event"]) for row in rows["data"]} == {
        (None, "acme", "Report"), (None, None, "Report"), ("ann", "acme", "Login"),
    }  # fmt: skip
    assert raws(door, profile, "account", "acme", 3) == [0]
    assert door.get("/counts", user="x").json()["total_count"] == 1
