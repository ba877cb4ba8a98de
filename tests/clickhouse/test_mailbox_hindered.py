"""Blocks are handed on and taken whatever stands in the way: a stop, a journal that fails, a mailbox that does."""

from __future__ import annotations

import asyncio
import sqlite3
import time

import pytest

from accoil.count.taking import Taking
from accoil.receive import posting as postings
from accoil.receive.columns import Request
from accoil.receive.journal import Journal
from accoil.receive.posting import Posting
from tests.clickhouse import served
from tests.clickhouse.mailed import Dying, Way, call, held, held_of
from tests.waiting import until

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("clickhouse"),
]
if not served.MISSING:
    from accoil.store.mailbox import Mailbox


def test_blocks_are_handed_on_by_themselves_and_at_the_end(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "RESTS", 0.01)
    journal = Journal(way.here, tell=lambda block: posting.wake())
    posting = Posting(journal, Mailbox([way.url]))
    journal.start()
    posting.start()
    asyncio.run(journal.append(Request(1, 0, [call(1)])))
    until(lambda: len(way.mailbox.next({}, 10)) == 1)
    asyncio.run(journal.append(Request(1, 0, [call(2)])))
    journal.stop()
    posting.stop()
    way.take()
    assert held(way.there) == ["1", "2"]


def test_a_step_ends_soon_when_the_server_stops_however_much_lies_there(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accoil.count.taking.MOST_CALLS", 1)
    way.receive(1, 2, 3)
    way.post()
    journal = Journal(way.there, tell=lambda block: taking.stop())
    taking = Taking(journal, way.mailbox)
    journal.start()
    taking.step()
    journal.stop()
    assert held(way.there) == ["1"]
    way.take()
    assert held(way.there) == ["1", "2", "3"]


def test_handing_on_survives_a_journal_that_cannot_be_opened_for_a_while(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seconds in ("RESTS", "ASKS_EVERY", "AGAIN_AFTER"):
        monkeypatch.setattr(postings, seconds, 0.01)
    journal = Journal(way.here)
    posting = Posting(journal, Mailbox([way.url]))
    journal.write(1, 0, [call(1)])
    aside = way.here.parent.with_name("aside")
    way.here.parent.rename(aside)
    posting.start()
    until(lambda: posting.failing is not None)
    aside.rename(way.here.parent)
    until(lambda: len(way.mailbox.next({}, 10)) == 1)
    until(lambda: posting.failing is None)
    posting.stop()
    journal.db.close()


def test_a_delete_that_failed_does_not_keep_others_from_writing(way: Way) -> None:
    journal = Journal(way.here)
    posting = Posting(journal, way.mailbox)
    journal.write(1, 0, [call(1)])
    assert posting._do()
    way.take()
    assert posting._db
    posting._db.set_authorizer(lambda _, what, *more: sqlite3.SQLITE_DENY if what == "COMMIT" else sqlite3.SQLITE_OK)
    posting._asked = float("-inf")
    assert not posting._do()
    journal.write(1, 0, [call(2)])
    assert posting._do()
    posting._close()
    journal.db.close()
    assert held(way.here) == ["2"]


def test_the_mailbox_is_emptied_at_the_start_by_time_and_when_somebody_waits_for_it(way: Way) -> None:
    def lying() -> int:
        return int(way.mailbox._rows("select count() as n from block")[0]["n"])

    journal = Journal(way.there)
    journal.start()
    taking = Taking(journal, way.mailbox)
    way.receive(1)
    way.post()
    taking.step()
    assert lying() == 1
    asked_at = time.monotonic()
    assert not taking.is_empty_since(asked_at)
    until(lambda: taking.step() or taking.is_empty_since(asked_at))
    assert lying() == 0
    way.receive(2)
    way.post()
    taking.step()
    assert not taking.is_empty_since(time.monotonic())
    until(lambda: Taking(journal, way.mailbox).step() or lying() == 0)
    way.receive(3)
    way.post()
    taking._sweeps_at = 0.0
    until(lambda: taking.step() or lying() == 0)
    journal.stop()


def test_what_was_taken_is_said_again_where_that_failed(way: Way) -> None:
    way.receive(1)
    way.post()
    journal = Journal(way.there)
    journal.start()
    dying = Dying(way.mailbox, at=4)  # taken, next, with_facts, take
    taking = Taking(journal, dying)  # type: ignore[arg-type]
    with pytest.raises(ConnectionError):
        taking.step()
    assert (held_of(journal), way.mailbox.taken()) == (1, {})
    taking.step()
    assert way.mailbox.taken() == journal.taken
    journal.stop()
