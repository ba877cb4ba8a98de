"""A file of what was also sent live: whichever comes first, and however much of it overlaps, every call counts once."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from accoil.asgi import Server
from accoil.receive.importing.state import Import
from accoil.team.models import Mapping, Product
from tests.door import Door
from tests.waiting import until

N = 600
Item = dict[str, Any]


def calls(*, ids: bool) -> list[Item]:
    """What an SDK sends: events of some users and accounts, all different in time."""
    chance = random.Random(5)
    made: list[Item] = []
    for number in range(N):
        at = f"2025-03-{1 + number % 28:02}T10:{number % 60:02}:{number // 60:02}.{number % 1000:03}Z"
        call: Item = {"type": "track", "event": f"Event {number % 7}", "userId": f"u{number % 31}", "timestamp": at}
        if number % 3:
            call |= {"properties": {"n": number}, "context": {"groupId": f"g{chance.randrange(5)}"}}
        made.append({**call, "messageId": f"m-{number}"} if ids else call)
    return made


def once(made: list[Item]) -> Counter[str]:
    return Counter(call["event"] for call in made)


def archived(call: Item) -> Item:
    """As a warehouse or an archive gives it back: more fields, other times around it."""
    return {**call, "receivedAt": "2025-03-30T00:00:00Z", "sentAt": "2025-03-29T00:00:00Z", "originalTimestamp": "x"}


def live(door: Door, made: list[Item]) -> None:
    for begin in range(0, len(made), 100):
        assert door.post("/v1/batch", {"batch": made[begin : begin + 100]}).status == 200


def lines(path: Path, made: list[Item]) -> Path:
    path.write_text("".join(json.dumps(call) + "\n" for call in made))
    return path


def table(path: Path, made: list[Item], ids: bool) -> Path:
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["name", "timestamp", "user_id", "group_id", *(["message_id"] if ids else [])])
        for call in made:
            account = call.get("groupId") or call.get("context", {}).get("groupId", "")
            out.writerow(
                [call["event"], call["timestamp"], call["userId"], account, *([call["messageId"]] if ids else [])]
            )
    return path


def brought_in(server: Server, path: Path, door: Door) -> Import:
    started = server.parts.counts.imports.start(path, door.product_id)
    until(lambda: server.parts.counts.imports.get(started.id).is_finished)
    done = server.parts.counts.imports.get(started.id)
    assert done.status == "done", done
    assert server.wait_counted()
    return done


@pytest.mark.parametrize("first", ["live", "file"])
@pytest.mark.parametrize("form", ["lines", "table"])
def test_a_file_with_the_ids_of_live_calls_adds_only_what_was_not_sent(
    server: Server, door: Door, tmp_path: Path, first: str, form: str
) -> None:
    made = calls(ids=True)
    sent, exported = made[: N * 2 // 3], made[N // 3 :]
    if form == "lines":
        path = lines(tmp_path / "archive.jsonl", [archived(call) for call in exported])
    else:
        path = table(tmp_path / "warehouse.csv", exported, ids=True)
    if first == "live":
        live(door, sent)
    assert brought_in(server, path, door).accepted == len(exported)
    if first == "file":
        live(door, sent)
        assert server.wait_counted()
    assert door.events() == once(made)
    live(door, made)  # retries of all of them
    assert server.wait_counted()
    assert door.events() == once(made)


@pytest.mark.parametrize("first", ["live", "file"])
def test_lines_without_ids_are_known_by_their_content(server: Server, door: Door, tmp_path: Path, first: str) -> None:
    made = calls(ids=False)
    sent, exported = made[: N * 2 // 3], made[N // 3 :]
    shuffled = [dict(reversed(call.items())) for call in exported]  # another order of keys is the same content
    path = lines(tmp_path / "log.jsonl", shuffled)
    for act in (live, brought_in) if first == "live" else (brought_in, live):
        if act is live:
            live(door, sent)
        else:
            brought_in(server, path, door)
    assert server.wait_counted()
    assert door.events() == once(made)


def test_rows_without_ids_are_the_calls_that_say_the_same(server: Server, door: Door, tmp_path: Path) -> None:
    made = [{key: call[key] for key in ("event", "userId", "timestamp")} for call in calls(ids=False)]
    for number, call in enumerate(made):
        call |= {"groupId": f"g{number % 4}"} if number % 2 else {}
    for call in made[::2]:
        assert door.post("/v2/track", call).status == 202
    for call in made[::5]:
        assert door.post("/v1/track", call).status == 200  # the same, the other way in
    brought_in(server, table(tmp_path / "past.csv", made, ids=False), door)
    assert door.events() == once(made)


def test_a_membership_told_twice_is_one_and_a_later_one_only_in_the_file_counts(
    server: Server, door: Door, tmp_path: Path
) -> None:
    joined = {"groupId": "acme", "userId": "ann", "timestamp": "2025-03-01T00:00:00Z", "traits": {"plan": "pro"}}
    assert door.post("/v2/group", joined).status == 202
    for day in ("02", "12"):
        event = {"userId": "ann", "event": "E", "timestamp": f"2025-03-{day}T00:00:00Z"}
        assert door.post("/v2/track", event).status == 202
    path = tmp_path / "groups.csv"
    path.write_text(
        "group_id,user_id,timestamp,traits\n"
        'acme,ann,2025-03-01T00:00:00Z,"{""plan"": ""pro""}"\n'
        "globex,ann,2025-03-10T00:00:00Z,\n"
    )
    brought_in(server, path, door)
    rows = door.get("/counts", group_by="account").json()["data"]
    assert {row["account"]: row["count"] for row in rows} == {"acme": 1, "globex": 1}


@pytest.mark.parametrize("ids", [True, False])
def test_mappings_make_the_same_of_a_file_as_of_live_calls(
    server: Server, door: Door, tmp_path: Path, ids: bool
) -> None:
    for name, trigger, fields in (
        ("Fives", 'event = "Event 5"', {"event": "Renamed"}),
        ("All but some", 'type = "track" and event != "Event 5" and event != "Event 6"', {}),
        ("Fours", 'event = "Event 4"', {"event": "Split"}),
    ):
        Mapping.objects.create(
            product_id=door.product_id, name=name, trigger=trigger, action="track", fields=fields
        )  # fmt: skip
    server.parts.ring.refresh()
    made = calls(ids=ids)
    expected = once(made)
    expected["Renamed"], expected["Split"] = expected.pop("Event 5"), expected["Event 4"]
    dropped = expected.pop("Event 6")
    live(door, made[: N * 2 // 3])
    done = brought_in(server, lines(tmp_path / "archive.jsonl", made), door)
    assert done.left_out == dropped
    assert door.events() == expected


def test_a_product_that_is_full_takes_no_new_event_names_from_a_file(
    server: Server, door: Door, tmp_path: Path
) -> None:
    live(door, [{"type": "track", "event": "Known", "userId": "ann", "timestamp": "2025-03-01T00:00:00Z"}])
    assert server.wait_counted()
    Product.objects.filter(pk=door.product_id).update(most_events=1)
    path = tmp_path / "past.csv"
    path.write_text("name,timestamp,user_id\nKnown,2025-03-02,ann\nNew,2025-03-02,ann\n")
    started = server.parts.counts.imports.start(path, door.product_id)
    until(lambda: server.parts.counts.imports.get(started.id).is_finished)
    assert server.parts.counts.imports.get(started.id).rejected_rows == 1
    assert server.wait_counted()
    assert door.events() == {"Known": 2}
