"""After a start, nothing follows from who is there before all that was received is counted."""

import threading
import time
from pathlib import Path

import pytest

from accoil.asgi import Server
from accoil.count.counting import Counting
from accoil.count.load import Loader
from accoil.following import waiting_clock
from accoil.receive.calls import Call
from tests.door import Door
from tests.receive.importing import past
from tests.small_worlds import at
from tests.waiting import until


def test_what_was_received_before_the_start_is_counted_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Counting(tmp_path, lambda: {1: "UTC"})  # as of a process that was killed before it counted
    first.journal.start()
    first.journal.write(1, at(1), [Call(type="identify", messageId="m", userId="ann", kind=1, at=at(1))])
    first.stop()
    may_count, step = threading.Event(), Loader.step

    def waiting(loader: Loader) -> bool:
        may_count.wait(30)
        return step(loader)

    monkeypatch.setattr(Loader, "step", waiting)
    again = Counting(tmp_path, lambda: {1: "UTC"})
    followed = []
    clock = waiting_clock(
        lambda: again.has_caught_up, [("follow", lambda: followed.append(again.has_caught_up), 1)], "test"
    )
    ((_, act, _),) = clock._every
    again.start()
    try:
        act()
        assert not again.has_caught_up
        assert followed == []
        may_count.set()
        assert again.wait_counted()
        act()
        assert followed == [True]
    finally:
        may_count.set()
        again.stop()


def test_an_import_that_ended_is_known_to_who_looks_afterwards(server: Server, door: Door, tmp_path: Path) -> None:
    counts, before = server.parts.counts, time.time()
    assert counts and not counts._imported(door.product_id, before)
    started = counts.imports.start(past.write(tmp_path / "past.csv", past.rows(10)), door.product_id)
    assert counts._imported(door.product_id)
    until(lambda: counts.imports.get(started.id).is_finished)
    assert counts._imported(door.product_id, before)
    assert not counts._imported(door.product_id) and not counts._imported(door.product_id, time.time())
