"""From the journal of a receiver through the mailbox into the one of the process that counts, whoever dies when."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pyarrow as pa
import pytest

from accoil.receive import columns
from accoil.receive import posting as postings
from accoil.receive.columns import Request
from accoil.receive.encoding import times
from accoil.receive.journal import Journal, Overloaded
from accoil.receive.opening import connected
from accoil.receive.posting import Posting
from accoil.receive.waiting import Held
from tests.clickhouse import served
from tests.clickhouse.mailed import Dying, Way, call, held
from tests.waiting import until

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("clickhouse"),
]
if not served.MISSING:
    from accoil.store.mailbox import Mailbox


def test_what_a_receiver_has_on_disk_is_counted_elsewhere_and_then_forgotten(way: Way) -> None:
    way.receive(1, 2, 3)
    way.post()
    assert held(way.here) == ["1", "2", "3"]
    way.take()
    assert held(way.there) == ["1", "2", "3"]
    way.post()
    assert held(way.here) == []
    way.receive(4)
    way.post()
    way.take()
    assert held(way.there) == ["1", "2", "3", "4"]


@pytest.mark.parametrize("is_after", [False, True])
def test_whoever_dies_at_any_question_nothing_is_lost_or_there_twice(way: Way, is_after: bool) -> None:
    sent = 0
    for at in itertools.count(1):
        way.receive(sent, sent + 1)
        sent += 2
        posting, taking = Dying(way.mailbox, at, is_after), Dying(way.mailbox, at, is_after)
        with suppress(ConnectionError):
            way.post(posting)
        with suppress(ConnectionError):
            way.take(taking)
        if posting.asked < at and taking.asked < at:
            break
    way.post()
    way.take()
    assert held(way.there) == [str(n) for n in range(sent)]
    assert sent > 8
    way.post()
    assert held(way.here) == []


def test_what_the_mailbox_has_lost_is_put_in_again(way: Way) -> None:
    way.receive(1)
    way.post()
    way.take()
    way.receive(2, 3, 4)
    posted = way.post()
    (_, second, *_) = [each.number for each in way.mailbox.next({}, 10)]
    way.mailbox._tables.ask(lambda client: client.command(f"delete from block where number = {second}"))
    way.take()
    assert held(way.there) == ["1"]  # the others follow one that is not there
    assert way.post().posted == posted.posted
    way.take()
    assert held(way.there) == ["1", "2", "3", "4"]
    way.receive(5)
    way.post()
    for table in ("block", "taken"):
        way.mailbox._tables.ask(lambda client, table=table: client.command(f"truncate table {table}"))
    way.post()
    way.take()
    assert held(way.there) == ["1", "2", "3", "4", "5"]


def test_a_receiver_whose_journal_lost_its_end_is_not_taken_for_the_one_it_was(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    way.receive(1, 2)
    name = way.post().name
    with closing(sqlite3.connect(way.here)) as db, db:
        db.execute("delete from block where number = (select max(number) from block)")
    journal = Journal(way.here)
    with closing(connected(way.here)) as db:
        with monkeypatch.context() as back:
            back.setattr(time, "time", lambda: 0.001)  # the clock was put back, too
            posting = Posting(journal, way.mailbox)
        journal.write(1, 0, [call(3)])
        while posting.step(db):
            pass
    journal.db.close()
    assert posting.name != name
    way.take()
    assert {*held(way.there)} == {"1", "2", "3"}  # the first one twice, under two names: it is counted once by its id


def test_a_clock_that_went_back_while_nothing_lay_on_the_disk_loses_nothing(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    way.receive(1)
    way.post()
    way.take()
    way.post()
    assert held(way.here) == []
    (taken,) = way.mailbox.taken().values()
    journal = Journal(way.here)
    with monkeypatch.context() as back:
        back.setattr(time, "time", lambda: (taken - 5) / 1000)
        posting = Posting(journal, way.mailbox)
    for id in range(2, 12):  # more than the clock went back by, before the mailbox could be asked
        journal.write(1, 0, [call(id)])
    with closing(connected(way.here)) as db:
        while posting.step(db):
            pass
    journal.db.close()
    way.take()
    assert held(way.there) == [str(id) for id in range(1, 12)]


def test_what_was_taken_is_forgotten_in_small_parts(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "FORGOTTEN_AT_ONCE", 2)
    way.receive(1, 2, 3, 4, 5)
    way.post()
    way.take()
    way.receive(6)
    parts = list[int]()
    journal = Journal(way.here)
    with closing(connected(way.here)) as db:
        db.set_trace_callback(lambda told: parts.append(len(held(way.here))) if told == "COMMIT" else None)
        Posting(journal, way.mailbox).step(db)
    journal.db.close()
    assert parts == [6, 4, 2]  # before each commit
    assert held(way.here) == ["6"]


def test_blocks_of_several_receivers_are_taken_together(way: Way, tmp_path: Path) -> None:
    other = tmp_path / "other" / "journal.sqlite3"
    other.parent.mkdir()
    way.receive(1, 2)
    way.post()
    way.here = other
    way.receive(3, 4)
    way.post()
    way.take()
    assert {*held(way.there)} == {"1", "2", "3", "4"}
    assert len([*Journal(way.there).blocks(0)]) == 1
    assert len(Journal(way.there).taken) == 2


def test_blocks_are_taken_whether_some_are_condensed_or_none(way: Way) -> None:
    way.receive(1)
    journal = Journal(way.here)
    with closing(journal.db):
        facts = columns.table([Request(1, 0, [call(2)])])
        journal._commit(facts.append_column("n", pa.array([7], pa.int64())))
    way.receive(3)
    way.post()
    way.take()
    (block,) = Journal(way.there).blocks(0)
    assert times(block.facts).tolist() == [1, 7, 1]


def test_an_older_copy_of_the_journal_goes_on_after_what_was_taken(way: Way) -> None:
    way.receive(1, 2)
    way.post()
    way.take()
    way.post()
    way.there.unlink()
    way.receive(3)
    way.post()
    way.take()
    assert held(way.there) == ["3"]


def test_swept_blocks_are_gone_and_the_others_stay(way: Way) -> None:
    way.receive(1, 2)
    way.post()
    first, second = [each.number for each in way.mailbox.next({}, 10)]
    (name,) = {each.receiver for each in way.mailbox.next({}, 10)}
    way.mailbox.sweep({name: first})
    until(lambda: [each.number for each in way.mailbox.next({}, 10)] == [second])


def test_an_address_that_does_not_answer_is_left_for_the_next(way: Way) -> None:
    mailbox = Mailbox(["http://127.0.0.1:1/nobody", way.url])
    way.receive(1)
    with pytest.raises(Exception, match=r"127\.0\.0\.1"):
        way.post(mailbox)
    way.post(mailbox)
    way.take()
    assert held(way.there) == ["1"]
    mailbox.close()


def test_a_receiver_hears_that_nobody_takes_what_it_hands_on(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "ASKS_EVERY", 0)
    way.receive(1)
    journal = Journal(way.here)
    with closing(journal.db), closing(connected(way.here)) as db:
        posting = Posting(journal, way.mailbox)
        posting.step(db)
        posting.step(db)
        assert not posting.is_left_lying
        monkeypatch.setattr(postings, "LEFT_LYING_AFTER", 0)
        assert posting.is_left_lying
        way.take()
        posting.step(db)
        assert not posting.is_left_lying


def test_a_call_is_answered_when_it_lies_in_the_mailbox_if_that_is_wanted(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held()
    journal = Journal(way.here, tell=lambda block: on_disk.set(), held=held)
    on_disk = threading.Event()
    journal.start()

    async def answered() -> str:
        asked = asyncio.ensure_future(journal.append(Request(1, 0, [call(1)])))
        await asyncio.to_thread(on_disk.wait)
        before = asked.done()
        with closing(connected(way.here)) as db:
            await asyncio.to_thread(Posting(journal, way.mailbox, held).step, db)
        await asyncio.wait_for(asked, 10)
        late = asyncio.ensure_future(journal.append(Request(1, 0, [call(2)])))
        on_disk.clear()
        await asyncio.to_thread(on_disk.wait)
        monkeypatch.setattr("accoil.receive.journal.LONGEST_WAIT", 0)
        journal.shed_if_stalled()
        try:
            await late
        except Overloaded:
            return f"{before}, then refused"
        return "never refused"

    assert asyncio.run(answered()) == "False, then refused"
    journal.stop()
