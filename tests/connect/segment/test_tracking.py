"""Automations send events to Segment: once each, with what they are about and what people wrote."""

import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from accoil.act import automations, claims
from accoil.act.acting import Acting
from accoil.act.automations import Draft
from accoil.act.deliveries import work
from accoil.act.models import Delivery
from accoil.connect.connection import Message, Rejected
from accoil.connect.segment import properties
from accoil.connect.segment.tool import TOOL
from accoil.connect.segment.tracking import Tracking
from accoil.refused import Refused
from accoil.team.models import Product, Team
from tests.connect.segment.conftest import Synced

VALUES = {"event": "Account Entered Segment", "properties": properties.BEGINS}
ACME = {"id": "acme", "name": "Acme Ltd", "score": 41}


def told(product: str, key: str = "1:2:0", of: int = 0, **more: Any) -> Message:
    data = {"account": ACME, "because": "It entered Busy.", "product": product, "automation": "Tell"} | more
    return Message(key=key, type="automation.fired", at=datetime(2026, 3, 31, 9, tzinfo=UTC), data=data, product=of)


def send(synced: Synced, values: dict[str, str] = VALUES, **more: Any) -> str:
    sender = Tracking(synced.kept)
    product = synced.looked.product
    return sender.send("segment_track", values, told(product.name, **{"of": product.pk, **more}))


def test_an_event_of_a_user_is_his_and_names_the_account(synced: Synced) -> None:
    said = send(synced, {"event": "Cooled  down", "properties": "seats: 7"}, user={"id": "ann", "email": "a@b.example"})
    assert said == "“Cooled down” of ann is in Segment."
    (message,) = synced.source.messages
    assert (message["userId"], message["event"]) == ("ann", "Cooled down")
    assert message["timestamp"] == "2026-03-31T09:00:00+00:00" and message["context"]["groupId"] == "acme"
    assert message["properties"] == {
        "account": ACME, "user": {"id": "ann", "email": "a@b.example"}, "because": "It entered Busy.",
        "product": synced.looked.product.name, "automation": "Tell", "seats": 7,
    }  # fmt: skip


def test_an_event_of_an_account_is_said_by_its_user_who_was_active_last(synced: Synced) -> None:
    synced.works("bob", 20)
    assert send(synced) == "“Account Entered Segment” of acme is in Segment, by bob."


def test_nobody_of_another_teams_product_says_it(synced: Synced) -> None:
    theirs = Product.objects.create(team=Team.objects.create(name="Other"), name=synced.looked.product.name)
    with pytest.raises(Rejected, match="No user of this account is known"):
        send(synced, of=theirs.pk)


def test_one_that_is_sent_twice_counts_once(synced: Synced) -> None:
    for key in ("1:2:0", "1:2:0", "1:3:0"):
        send(synced, key=key)
    assert (len(synced.source.events), synced.source.repeated) == (2, 1)


@pytest.mark.parametrize(
    ("values", "more", "why"),
    [
        ({"event": " "}, {}, "no name for the event"),
        ({"event": "E", "properties": "a: 1\nb"}, {}, "line 2 is “b”; write it as name: value"),
        ({"event": "E"}, {"account": {"id": "nobody"}}, "No user of this account is known"),
        ({"event": "E"}, {"account": None}, "No user of this account is known"),
    ],
)
def test_what_cannot_be_sent_says_why(synced: Synced, values: dict[str, str], more: Any, why: str) -> None:
    with pytest.raises(Rejected, match=why):
        send(synced, values, **more)
    assert synced.source.messages == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [("72", 72), ("+5", 5), ("-0.5", -0.5), ('"72"', "72"), ("007", "007"), ("50 %", "50 %"), ("", ""),
     ('"Say "hi""', 'Say "hi"'), ("a: b", "a: b"), ("9" * 16, "9" * 16)],
)  # fmt: skip
def test_a_number_is_one_unless_it_stands_in_quotation_marks(written: str, meant: Any) -> None:
    assert properties.read(f"\n  x : {written}\n") == {"x": meant}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: 1\na: 2", "“a” stands there twice"),
        ("{{ account.name }}: 1", "the name in line 1"),
        (": 1", "line 1 is “: 1”"),
        ("\n".join(f"a{n}: 1" for n in range(51)), "51 of them; 50 is the most"),
    ],
)
def test_properties_that_are_none_are_refused_when_they_are_written(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        TOOL.actions[0].check(None, {"properties": text})


def test_the_editor_shows_what_would_be_sent_and_lets_nobody_write_html() -> None:
    evil = {"event": "<b>E</b>", "properties": "x: <script>"}
    shown = "".join(html for _, html in properties.preview(evil, told("Web")))
    assert (
        "&lt;script&gt;" in shown and "<script>" not in shown and "&lt;b&gt;E" in shown and "It entered Busy." in shown
    )


def test_an_automation_that_fires_sends_one_event_whatever_account_and_product_are_called(on: Synced) -> None:
    from tests.small_worlds import at, joins

    on.looked.receive([joins("ann", "acme", at(2), name="Acme\nscore: 1")])
    draft = Draft(
        name="Tell",
        scope="account",
        when={"becomes": {"metric": "raw", "at_least": 60}},
        then=[{"segment_track": VALUES}],
    )
    automations.create(on.profile, draft, enabled=True)
    on.looked.look()
    for hour in range(10, 17):
        on.works("ann", hour)
    on.looked.look()
    Acting().step()
    Product.objects.filter(pk=on.looked.product.pk).update(name="Called otherwise by then")
    on.clock.move_to(time.time() + 1)
    for connection in claims.due_lanes():
        work(connection, threading.Event())
    assert [each.state for each in Delivery.objects.all()] == ["done"], Delivery.objects.values_list("answer")
    assert "by ann" in Delivery.objects.get().answer
    ((user, event, sent),) = on.source.events
    assert (user, event) == ("ann", "Account Entered Segment")
    assert sent["account"] == "Acme score: 1" and isinstance(sent["score"], int) and sent["score"] > 1
