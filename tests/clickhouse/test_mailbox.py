"""From the journal of a receiver through the mailbox into the one of the process that counts, whoever dies when."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from accoil.count.taking import Taking
from accoil.receive import columns
from accoil.receive import posting as postings
from accoil.receive.calls import EVENT, Call
from accoil.receive.encoding import times
from accoil.receive.journal import Journal, Overloaded, Request
from accoil.receive.opening import connected
from accoil.receive.posting import Posting
from accoil.receive.waiting import Held
from tests.clickhouse import served
from tests.waiting import until

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("clickhouse"),
]
if not served.MISSING:
    from accoil.store.mailbox import Mailbox

_numbers = itertools.count(1)


def call(id: object) -> Call:
    return Call(type="track", messageId=str(id), userId="u", event="E", kind=EVENT, at=1)


def held(path: Path) -> list[str]:
    """Message ids that are in a journal, in order."""
    with closing(Journal(path).db):
        return [id for block in Journal(path).blocks(0) for id in block.facts["message"].to_pylist()]


class Dying:
    """A mailbox whose every question may be the last one that its process asks: number `at`, before or after it."""

    def __init__(self, mailbox: Mailbox, at: int = -1, is_after: bool = False) -> None:
        self._mailbox, self._at, self._is_after, self.asked = mailbox, at, is_after, 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*given: Any) -> Any:
            self.asked += 1
            if self.asked == self._at and not self._is_after:
                raise ConnectionError("killed before")
            answer = getattr(self._mailbox, name)(*given)
            if self.asked == self._at:
                raise ConnectionError("killed after")
            return answer

        return ask


class Way:
    """A receiver, a mailbox and the process that counts, worked by hand."""

    def __init__(self, folder: Path) -> None:
        self.url = f"{served.url()}/store_mail_{next(_numbers)}"
        self.mailbox = Mailbox([self.url])
        self.here, self.there = folder / "here" / "journal.sqlite3", folder / "there" / "journal.sqlite3"
        for each in (self.here, self.there):
            each.parent.mkdir()

    def receive(self, *ids: object) -> None:
        """Each in a block of its own."""
        journal = Journal(self.here)
        Posting(journal, self.mailbox)
        for id in ids:
            journal.write(1, 0, [call(id)])
        journal.db.close()

    def post(self, mailbox: Any = None) -> Posting:
        journal = Journal(self.here)
        with closing(journal.db), closing(connected(self.here)) as db:
            posting = Posting(journal, mailbox or self.mailbox)
            while posting.step(db):
                pass
            return posting

    def take(self, mailbox: Any = None) -> None:
        journal = Journal(self.there)
        journal.start()
        try:
            Taking(journal, mailbox or self.mailbox).step()
        finally:
            journal.stop()


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    way = Way(tmp_path)
    yield way
    way.mailbox.close()


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
    way.mailbox._ask(lambda client: client.command(f"delete from block where number = {second}"))
    way.take()
    assert held(way.there) == ["1"]  # the others follow one that is not there
    assert way.post().posted == posted.posted
    way.take()
    assert held(way.there) == ["1", "2", "3", "4"]
    way.receive(5)
    way.post()
    for table in ("block", "taken"):
        way.mailbox._ask(lambda client, table=table: client.command(f"truncate table {table}"))
    way.post()
    way.take()
    assert held(way.there) == ["1", "2", "3", "4", "5"]


def test_a_receiver_whose_journal_lost_its_end_is_not_taken_for_the_one_it_was(way: Way) -> None:
    way.receive(1, 2)
    name = way.post().name
    with closing(sqlite3.connect(way.here)) as db, db:
        db.execute("delete from block where number = (select max(number) from block)")
    journal = Journal(way.here)
    with closing(connected(way.here)) as db:
        posting = Posting(journal, way.mailbox)
        journal.last = 1  # as if the clock had been put back, too
        journal.write(1, 0, [call(3)])
        while posting.step(db):
            pass
    journal.db.close()
    assert posting.name != name
    way.take()
    assert {*held(way.there)} == {"1", "2", "3"}  # the first one twice, under two names: it is counted once by its id


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


def held_of(journal: Journal) -> int:
    return sum(len(block.facts) for block in journal.blocks(0))
