"""After a start, nothing follows from who is there before all that was received is counted."""

import threading
from pathlib import Path

import pytest

from accoil.count.counting import Counting
from accoil.count.load import Loader
from accoil.following import waiting_clock
from accoil.receive.calls import Call
from tests.small_worlds import at


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
