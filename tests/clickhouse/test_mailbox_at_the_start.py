"""What receivers took in while nobody counted is counted before anything follows from who is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from accoil import importing
from accoil.count.taking import Taking
from accoil.counts import Counts
from accoil.looked_up import LookedUp
from accoil.receive.journal import Journal
from accoil.receive.keys import KeyRing
from tests.clickhouse import served
from tests.clickhouse.mailed import Way, held
from tests.waiting import until

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("clickhouse"),
    pytest.mark.django_db(transaction=True),
]

NOBODY = "http://127.0.0.1:1/nobody"


@contextmanager
def counts(way: Way, address: str, has_door: bool = False) -> Iterator[Counts]:
    looked_up = LookedUp()
    made = Counts(way.there.parent, looked_up, KeyRing(looked_up.ring), [address], has_door)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(autouse=True)
def imports_of_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_own", importing._own)


def test_who_counts_has_caught_up_when_the_mailbox_was_emptied_and_all_of_it_is_counted(way: Way) -> None:
    way.receive(1, 2, 3)
    way.post()
    with counts(way, way.url) as made:
        assert not made.counting.has_caught_up
        assert not made.freezing._counted()
        made.start()
        until(lambda: made.counting.has_caught_up)
        assert made.counting.facts.store.rows("select sum(n) as n from counts") == [{"n": 3}]
        assert made.freezing._counted()
        way.receive(4)
        way.post()
        assert made.counting.has_caught_up  # that is of after the start


@pytest.mark.parametrize("most", ["MOST_CALLS", "MOST_BLOCKS"])
def test_a_part_of_what_lies_there_is_not_all(way: Way, monkeypatch: pytest.MonkeyPatch, most: str) -> None:
    monkeypatch.setattr(f"accoil.count.taking.{most}", 1)
    way.receive(1, 2, 3)
    way.post()
    told = list[bool]()
    journal = Journal(way.there, tell=lambda block: told.append(taking.has_taken_all))
    taking = Taking(journal, way.mailbox)
    journal.start()
    taking.step()
    journal.stop()
    assert told == [False] * 3
    assert taking.has_taken_all


def test_a_block_that_cannot_be_read_is_not_waited_for(way: Way) -> None:
    way.receive(1)
    way.post()
    receiver = way.mailbox.next({}, 1)[0].receiver
    way.mailbox.put("other", [(1, 0, 1, b"no block")])
    journal = Journal(way.there)
    taking = Taking(journal, way.mailbox)
    journal.start()
    taking.step()
    assert journal.taken.keys() == {receiver}
    journal.stop()
    assert taking.has_taken_all and taking.wrong and held(way.there) == ["1"]


def test_a_whole_server_waits_for_a_clickhouse_that_is_away_only_where_it_has_taken_anything(way: Way) -> None:
    with counts(way, NOBODY, has_door=True) as made:
        assert made.counting.has_caught_up
    way.receive(1)
    way.post()
    way.take()
    with counts(way, NOBODY, has_door=True) as made:
        assert not made.counting.has_caught_up
