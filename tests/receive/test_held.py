"""Calls that are answered when somebody else has them too: what waits for that is bounded, in bytes as well."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from accoil.receive import journal as journals
from accoil.receive.calls import EVENT, Call
from accoil.receive.columns import Request
from accoil.receive.journal import Journal, Overloaded
from accoil.receive.waiting import Held


def request(id: str) -> Request:
    return Request(1, 0, [Call(type="track", messageId=id, userId="u", event="E", kind=EVENT, at=1)])


def test_held_bytes_are_bounded_and_those_of_who_was_told_are_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "MOST_BYTES_WAITING", 1_000)
    held = Held()
    journal = Journal(tmp_path / "journal.sqlite3", held=held)

    async def flooded() -> None:
        journal.start()
        first = asyncio.ensure_future(journal.append(request("kept in memory"), size=900))
        second = asyncio.ensure_future(journal.append(request("the last one"), size=200))
        while held.calls < 2:
            await asyncio.sleep(0.001)
        with pytest.raises(Overloaded):
            await journal.append(request("one too many"), size=1)
        assert held.bytes == 1_100
        held.shed(0, Overloaded())
        for each in (first, second):
            with pytest.raises(Overloaded):
                await each
        assert (held.calls, held.bytes) == (2, 0)
        assert not any(each.request.calls for block in held._blocks for each in block.waiting)
        third = asyncio.ensure_future(journal.append(request("another"), size=1))
        while held.calls < 3:
            await asyncio.sleep(0.001)
        held.release(journal.last)
        await third
        assert (held.calls, held.bytes) == (0, 0)

    asyncio.run(flooded())
    journal.stop()
