"""The journal: what it was given is on disk, once, in order, whatever happens around it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from accoil.receive import journal as journals
from accoil.receive.calls import EVENT, Call
from accoil.receive.columns import Request, table
from accoil.receive.encoding import COMPRESSION, SCHEMA
from accoil.receive.journal import Block, Journal, Overloaded, Unwritable


def call(id: object, **more: Any) -> Call:
    return Call(type="track", messageId=str(id), userId="u", event="E", kind=EVENT, at=1, **more)


def ids(journal: Journal, after: int = 0) -> list[list[str]]:
    """The message ids of each block."""
    return [block.facts["message"].to_pylist() for block in journal.blocks(after)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal(path)
    journal.start()
    yield journal
    journal.stop()


def appended(journal: Journal, *requests: list[Call]) -> list[BaseException | None]:
    """What became of requests that came at the same time."""

    async def all_at_once() -> list[BaseException | None]:
        return await asyncio.gather(
            *(journal.append(Request(1, 0, request)) for request in requests), return_exceptions=True
        )

    return asyncio.run(all_at_once())


def test_what_was_appended_is_on_disk_when_append_returns(journal: Journal, path: Path) -> None:
    async def append_and_look() -> int:
        await journal.append(Request(1, 0, [call(1), call(2)]))
        with sqlite3.connect(path) as other:  # as another process would, after a crash
            return int(other.execute("select sum(calls) from block").fetchone()[0])

    assert asyncio.run(append_and_look()) == 2


def test_requests_that_come_together_are_committed_together(journal: Journal) -> None:
    assert appended(journal, *([call(number)] for number in range(500))) == [None] * 500
    blocks = ids(journal)
    assert sorted(id for block in blocks for id in block) == sorted(str(number) for number in range(500))
    assert len(blocks) < 50


def test_every_column_comes_back_as_it_went_in(journal: Journal) -> None:
    full = call("m", anonymousId="a", groupId="g", pairs=[("k", '"v"'), ("n", "null")])
    appended(journal, [full])
    (block,) = journal.blocks(0)
    assert block.facts.to_pylist() == [
        {
            "product": 1, "kind": EVENT, "message": "m", "sent_at": 1, "received": 0, "user": "u", "anonymous": "a",
            "account": "g", "event": "E", "traits": [("k", '"v"'), ("n", "null")], "source": 0,
        }
    ]  # fmt: skip


def test_a_block_from_before_a_column_was_there_is_read(journal: Journal) -> None:
    facts = table([Request(1, 0, [call("m")], source=7)])
    older = pa.schema(list(SCHEMA)[:-1])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, older) as stream:
        stream.write_table(facts.select(older.names))
    journal.db.execute("insert into block values (1, 0, 1, ?)", (COMPRESSION.compress(sink.getvalue()).to_pybytes(),))
    journal.db.commit()
    (block,) = journal.blocks(0)
    assert block.facts.to_pylist() == [{**facts.to_pylist()[0], "source": 0}]


def test_a_restart_goes_on_where_the_last_one_ended(path: Path) -> None:
    for start in range(3):
        journal = Journal(path)
        assert journal.last == start
        journal.start()
        appended(journal, [call(start)])
        journal.stop()
    journal = Journal(path)
    assert ids(journal) == [["0"], ["1"], ["2"]]
    assert ids(journal, after=2) == [["2"]]
    journal.stop()


def test_stopping_writes_what_still_waits(path: Path) -> None:
    async def append_and_stop() -> None:
        journal = Journal(path)
        waiting = [asyncio.ensure_future(journal.append(Request(1, 0, [call(number)]))) for number in range(100)]
        await asyncio.sleep(0)  # all of them have asked, nothing is written yet
        journal.start()
        await asyncio.to_thread(journal.stop)
        await asyncio.gather(*waiting)

    asyncio.run(append_and_stop())
    journal = Journal(path)
    assert sum(map(len, ids(journal))) == 100
    journal.stop()


def test_everyone_is_told_of_blocks_after_they_are_safe(path: Path) -> None:
    told: list[tuple[int, int]] = []

    def hear(block: Block) -> None:
        with sqlite3.connect(path) as other:
            told.append((block.number, other.execute("select max(number) from block").fetchone()[0]))

    journal = Journal(path, tell=hear)
    journal.start()
    for number in range(5):
        appended(journal, [call(number)])
    journal.stop()
    assert told == [(number, number) for number in range(1, 6)]


@pytest.mark.parametrize(
    "poison",
    [
        call("\ud83c"),
        call("m", groupId="\udfff"),
        call("m", pairs=[("k", "\ud83c")]),
        Call(type="track", messageId="m", userId=5, event="E", kind=EVENT, at=1),  # type: ignore[arg-type]
        call("m", pairs=["k"]),
    ],
)
def test_a_call_that_no_column_takes_costs_only_its_own_request(journal: Journal, poison: Call) -> None:
    good = [[call(f"good {number}")] for number in range(20)]
    answers = appended(journal, *good[:10], [call("beside"), poison], *good[10:])
    assert [answer for answer in answers if answer is None] == [None] * 20
    assert isinstance(answers[10], Exception)
    assert not isinstance(answers[10], Unwritable)
    assert sorted(id for block in ids(journal) for id in block) == sorted(f"good {number}" for number in range(20))
    assert appended(journal, [call("after")]) == [None]


def test_a_full_disk_is_told_to_everyone_and_forgiven_when_there_is_room_again(path: Path) -> None:
    journal = Journal(path)
    journal.start()
    assert appended(journal, [call("before")]) == [None]
    pages = journal.db.execute("pragma page_count").fetchone()[0]
    journal.db.execute(f"pragma max_page_count = {pages}")  # the engine's own "database or disk is full"
    large = [call(f"large {number}", groupId="".join(map(chr, range(number, number + 5000)))) for number in range(50)]
    answers = appended(journal, large, [call("with it")])
    assert [type(answer) for answer in answers] == [Unwritable, Unwritable]
    assert "full" in str(answers[0])
    journal.db.execute("pragma max_page_count = 1000000")
    assert appended(journal, [call("with it")], large) == [None, None]
    assert sorted(id for block in ids(journal) for id in block) == sorted(
        ["before", "with it", *(each.messageId or "" for each in large)]
    )
    assert [block.number for block in journal.blocks(0)] == list(range(1, journal.last + 1))
    journal.stop()


def test_more_than_memory_should_hold_is_shed_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "MOST_CALLS_WAITING", 10)

    async def flood() -> list[BaseException | None]:
        journal = Journal(path)  # not started: nothing is written, as on a disk that hangs
        waiting = [
            asyncio.ensure_future(journal.append(Request(1, 0, [call(f"{n}.{m}") for m in range(5)]))) for n in range(9)
        ]
        await asyncio.sleep(0)
        journal.start()
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        await journal.append(Request(1, 0, [call("after")]))
        await asyncio.to_thread(journal.stop)
        return answers

    answers = asyncio.run(flood())
    assert [type(answer) for answer in answers if answer] == [Overloaded] * 6
    journal = Journal(path)
    assert sum(map(len, ids(journal))) == 16
    journal.stop()


def test_a_client_that_went_away_disturbs_nobody(journal: Journal) -> None:
    async def leave_and_stay() -> None:
        leaving = asyncio.ensure_future(journal.append(Request(1, 0, [call("left")])))
        staying = asyncio.ensure_future(journal.append(Request(1, 0, [call("stayed")])))
        await asyncio.sleep(0)
        leaving.cancel()
        await staying

    asyncio.run(leave_and_stay())
    assert {"stayed"} <= {id for block in ids(journal) for id in block}
