"""Mappings in force: what a running server counts of the calls that come in."""

from __future__ import annotations

import gzip
import itertools
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from accoil import mappings
from accoil.asgi import Server
from accoil.receive.handling import PLAIN
from accoil.score.files import apply
from accoil.team.models import Product
from tests.door import Answer, Door

RENAME = """
- {name: Track Calls, action: track, trigger: 'type = "track" and event != "report.created"'}
- {name: Reports, action: track, trigger: 'event = "report.created"', fields: {event: Report_Created}}
"""
DROP = """
- {name: Page Calls, action: page, enabled: false}
- {name: Track Calls, action: track, trigger: 'type = "track" and not event starts_with "Heartbeat"'}
"""
TEAMS = """
- {name: Teams, action: group, trigger: event = "Team", fields: {groupId: $.properties.team}}
- {name: Track Calls, action: track, trigger: 'type = "track" and event != "Team"'}
"""
SPLIT = """
- name: Formats
  action: track
  trigger: type = "track" and event = "report.created" and properties.format is set
  fields: {event: "Report as {{ properties.format }}"}
- name: Teams
  action: group
  trigger: event = "report.created" and properties.team is set
  fields: {groupId: $.properties.team, traits: {plan: $.properties.plan}}
"""

_ids = itertools.count(1)


def track(event: str, **other: Any) -> dict[str, Any]:
    return {"type": "track", "userId": "u1", "event": event, "messageId": f"m{next(_ids)}", **other}


@pytest.fixture
def maps(server: Server, door: Door) -> Callable[..., None]:
    """Puts mappings into force as a definitions file does."""

    def put(text: str, *, prune: bool = False) -> None:
        apply(f"mappings:\n{text}", product(door), prune=prune)
        server.parts.ring.refresh()

    return put


def product(door: Door) -> Product:
    return Product.objects.get(pk=door.product_id)


def send(server: Server, door: Door, *calls: dict[str, Any]) -> Answer:
    answer = door.post("/v1/batch", {"batch": calls})
    assert answer.status == 200, answer
    assert server.wait_counted()
    return answer


def test_an_event_is_renamed_and_the_others_stay(server, door, maps):
    maps(RENAME)
    answer = send(server, door, track("report.created"), track("Login"), track("report.created"))
    assert answer.json() == {"success": True}
    assert door.events() == {"Report_Created": 2, "Login": 1}


def test_what_no_mapping_takes_is_dropped_without_a_word(server, door, maps):
    maps(DROP)
    calls = [{"type": "page", "userId": "u1", "name": "Home"}, track("Heartbeat 1"), track("Login")]
    assert send(server, door, *calls).json() == {"success": True}
    assert door.post("/v2/page", {"userId": "u1", "name": "Home"}).status == 202
    assert door.post("/v1/page", {"userId": "u1", "name": "Home"}).status == 200
    assert server.wait_counted()
    assert door.events() == {"Login": 1}


def test_a_call_is_split_and_each_part_counts_once_however_often_it_is_sent(server, door, maps):
    maps(SPLIT)
    call = track("report.created", properties={"format": "pdf", "team": "acme", "plan": "pro"})
    for _ in range(3):
        send(server, door, call)
    counted = door.counts()
    assert {(user, account, event): n for (user, account, event, _), n in counted.items()} == {
        ("u1", "acme", "report.created"): 1,
        ("u1", "acme", "Report as pdf"): 1,
    }


def test_a_call_that_a_mapping_can_make_nothing_of_is_refused_with_the_reason(server, door, maps):
    maps(TEAMS)
    answer = send(server, door, track("Login"), track("Team"))
    assert answer.json()["rejected"] == 1
    (error,) = answer.json()["errors"]
    assert error["index"] == 1
    assert error["message"] == "Mapping “Teams”: Group ID is required, and $.properties.team finds none."
    assert door.events() == {"Login": 1}


RENAMED = {"event": "report.created", "userId": "u1"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/track", RENAMED),
        ("/v1/t", RENAMED),
        ("/v2/track", RENAMED),
        ("/v1/batch", {"batch": [{"type": "track", **RENAMED}]}),
        ("/v1/batch", {"batch": [{"type": "track", **RENAMED}], "context": {"groupId": "acme"}}),
        ("/v1/import", {"batch": [{"type": "track", **RENAMED}]}),
        ("/v1/b", {"batch": [{"type": "track", **RENAMED}]}),
        ("/segment", {"type": "track", **RENAMED}),
        ("/segment", [{"type": "track", **RENAMED}]),
        ("/segment", {"batch": [{"type": "track", **RENAMED}]}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True])
def test_mappings_hold_on_every_path(server, door, maps, path: str, body: Any, packed: bool):
    maps(RENAME)
    sent = json.dumps(body).encode()
    headers = {"Content_Encoding": "gzip"} if packed else {}
    assert door.post(path, gzip.compress(sent) if packed else sent, **headers).status < 300
    assert server.wait_counted()
    assert door.events() == {"Report_Created": 1}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/track", {**RENAMED, "writeKey": "KEY"}),
        ("/v1/batch", {"batch": [{"type": "track", **RENAMED}], "writeKey": "KEY"}),
        ("/v1/batch", {"batch": [{"type": "track", **RENAMED, "writeKey": "KEY"}]}),
        ("/v2/track", {**RENAMED, "api_key": "KEY"}),
        ("/v1/track?writeKey=KEY", RENAMED),
    ],
)
def test_mappings_hold_for_a_key_that_stands_in_the_body(server, door, maps, path: str, body: Any):
    maps(RENAME)
    sent = json.dumps(body).replace("KEY", door.key).encode()
    assert door.post(path.replace("KEY", door.key), sent, Authorization="").status < 300
    assert server.wait_counted()
    assert door.events() == {"Report_Created": 1}


def test_a_change_holds_for_what_comes_and_never_for_what_is_counted(server, door, maps):
    old = track("report.created")
    send(server, door, old)
    maps(RENAME)
    send(server, door, old, track("report.created"))
    assert door.events() == {"report.created": 1, "Report_Created": 1}
    mappings.reset(product(door))
    server.parts.ring.refresh()
    send(server, door, old, track("report.created"))
    assert door.events() == {"report.created": 2, "Report_Created": 1}


def test_a_split_call_sent_again_after_the_mappings_changed_counts_no_more_than_it_must(server, door, maps):
    maps(SPLIT)
    call = track("report.created", properties={"format": "pdf"})
    send(server, door, call)
    once = Counter({"report.created": 1, "Report as pdf": 1})
    assert door.events() == once

    def again() -> Counter[str]:
        server.parts.ring.refresh()
        send(server, door, call)
        return Counter(door.events())

    mappings.edit(product(door), lambda before: list(reversed(before)))
    assert again() == once
    mappings.edit(product(door), lambda before: [each for each in before if each.name != "Track Calls"])
    assert again() == once
    mappings.reset(product(door))
    assert again() == once
    # Mappings that were made anew are new: what they add to the oldest counts.
    maps(SPLIT)
    assert again() == once + Counter({"Report as pdf": 1})


def test_an_alias_always_goes_its_way(server, door, maps):
    maps('- {name: Only, action: track, trigger: event = "Login"}', prune=True)
    answer = send(server, door, {"type": "alias", "userId": "u1", "previousId": "a1"}, track("Login"), track("Other"))
    assert answer.json() == {"success": True}
    assert door.events() == {"Login": 1}


def test_with_every_mapping_off_nothing_counts(server, door):
    mappings.edit(product(door), lambda before: [msgspec.structs.replace(each, enabled=False) for each in before])
    server.parts.ring.refresh()
    assert send(server, door, track("Login"), {"type": "page", "userId": "u1"}).json() == {"success": True}
    assert door.events() == {}


def test_presets_take_the_short_way(server, door, maps):
    assert server.parts.ring.handling(door.product_id) is PLAIN
    maps("- {name: Page Calls, action: page, enabled: false}")
    assert not server.parts.ring.handling(door.product_id).is_plain
    maps("- {name: Page Calls, action: page}")
    assert product(door).mappings.count() == 5
    assert server.parts.ring.handling(door.product_id) is PLAIN
    maps(RENAME)
    assert not server.parts.ring.handling(door.product_id).is_plain
    maps("  []", prune=True)
    assert server.parts.ring.handling(door.product_id) is PLAIN


def test_mappings_that_can_not_be_read_harm_nobody(server, door, new_product, maps):
    other = new_product()
    maps(RENAME)
    product(other).mappings.create(name="Odd", trigger="nonsense(", action="track")
    server.parts.ring.refresh()
    for each in (door, other):
        send(server, each, track("report.created"))
    assert (door.events(), other.events()) == ({"Report_Created": 1}, {"report.created": 1})
