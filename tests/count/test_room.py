"""A store without room in memory for what is to be counted: it is counted all the same, in pieces. Nobody who sends
much keeps others from being counted."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest
from structlog.testing import capture_logs

from accoil.asgi import Server
from accoil.count.blocks import Blocks
from accoil.count.counting import Counting
from accoil.count.load import Loader, checksums
from accoil.receive.calls import EVENT, IDENTIFY, Call
from accoil.receive.journal import Block
from accoil.store.store import NoRoom
from tests.count.test_rebuild import RECEIVED, counting, receive
from tests.door import Door

HOUR = 3_600_000
SENDER, OTHER = 70_001, 70_002


def large(number: int, calls: int = 4_000, size: int = 5_000, users: int = 1_000_000) -> list[Call]:
    """What one may send after the other: each call within its bounds, twenty megabytes together."""
    return [
        Call(
            kind=IDENTIFY, messageId=f"{number}-{place}", userId=f"u{place % users}", at=RECEIVED - place * HOUR,
            pairs=[("name", json.dumps(f"{'x' * size} {number} {place}"))],
        )
        for place in range(calls)
    ]  # fmt: skip


def event(product: int) -> list[Call]:
    return [Call(kind=EVENT, messageId="e", userId="u", event="Login", at=RECEIVED)]


def people(opened: Counting) -> Any:
    return opened.facts.store.rows("select product, kind, id, key, day, value from trait_last order by all")


@pytest.mark.parametrize("users", [1_000_000, 1], ids=["many users", "one user, on many days"])
def test_what_does_not_fit_is_counted_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, users: int) -> None:
    told = []
    for memory in ("60MB", "1GB"):
        monkeypatch.setenv("ACCOIL_STORE_MEMORY", memory)
        (tmp_path / memory).mkdir()
        with capture_logs() as logged, counting(tmp_path / memory) as opened:
            receive(opened, 10)
            for number in range(2):
                opened.journal.write(SENDER, RECEIVED, large(number, users=users))
            opened.journal.write(OTHER, RECEIVED, event(OTHER))
            opened.loader.catch_up()
            assert opened.loader.loaded == opened.journal.last == 5
            assert not opened.loader.set_aside
            told.append((checksums(opened.facts.store), people(opened)))
        in_pieces = [entry for entry in logged if entry["event"].startswith("a load needs more memory")]
        assert bool(in_pieces) is (memory == "60MB")
    assert told[0] == told[1]


def test_values_of_older_blocks_that_were_longer_than_any_may_be_keep_nobody_from_being_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCOIL_STORE_MEMORY", "100MB")
    with counting(tmp_path) as opened:
        for number in range(8):
            opened.journal.write(SENDER, RECEIVED, large(number, calls=1, size=19_000_000))
        opened.journal.write(OTHER, RECEIVED, event(OTHER))
        opened.loader.catch_up()
        assert opened.loader.loaded == opened.journal.last
        assert [len(row["value"]) for row in people(opened)] == [10_002]
        assert opened.facts.store.rows("select n from counts") == [{"n": 1}]


def test_a_call_that_finds_no_room_is_left_out_and_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load, tries = Loader._load, list[int]()

    def without_room(loader: Loader, blocks: list[Block]) -> None:
        for block in blocks:
            if pc.any(pc.equal(block.facts["message"], "0-2")).as_py():
                tries.append(len(block.facts))
                raise NoRoom("There is none.")
        load(loader, blocks)

    monkeypatch.setattr("accoil.count.load.RETRY_AFTER", 0.0)
    with counting(tmp_path) as opened:
        monkeypatch.setattr(Loader, "_load", without_room)
        opened.journal.write(SENDER, RECEIVED, large(0, calls=5))
        opened.journal.write(OTHER, RECEIVED, event(OTHER))
        opened.loader.catch_up()
        assert opened.loader.loaded == opened.journal.last == 2
        assert opened.loader.set_aside == [{"block": 1, "reason": "NoRoom: There is none."}]
        assert tries.count(1) == 16
        assert len(people(opened)) == 4
        assert opened.facts.store.rows("select n from counts") == [{"n": 1}]
        monkeypatch.setattr(Loader, "_load", load)
        opened.rebuild()
        assert (len(people(opened)), opened.loader.set_aside) == (5, [])


def test_a_load_has_as_many_bytes_as_usual_ones(tmp_path: Path) -> None:
    with counting(tmp_path) as opened:
        for number in range(4):
            opened.journal.write(SENDER, RECEIVED, large(number))
        blocks = Blocks(opened.journal)
        on_disk, _ = blocks.after(0)
        for block in opened.journal.blocks(0):
            blocks.hear(block)
        queued, _ = blocks.after(0)
        assert [block.number for block in on_disk] == [block.number for block in queued] == [1, 2]
        assert blocks.are_many(0)


def test_a_sender_of_long_traits_keeps_nobody_from_being_counted(server: Server, door: Door) -> None:
    for number in range(5):
        name = "x" * 19_000_000 + str(number)
        body = gzip.compress(json.dumps({"userId": f"u{number}", "traits": {"name": name}}).encode(), 1)
        assert door.post("/v1/identify", body).status == 200
    assert door.post("/v1/track", {"userId": "u0", "event": "E", "messageId": "m"}).status == 200
    assert server.wait_counted()
    assert [(user, name) for user, _, name, _ in door.counts()] == [("u0", "E")]
    rows = server.counting.facts.store.rows(
        "select max(length(value)) as longest from trait_last where product = :product", product=door.product_id
    )
    assert rows == [{"longest": 10_002}]
