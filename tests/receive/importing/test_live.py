"""Imports beside live traffic, in one journal."""

import asyncio
import time

import pytest

from accoil.count.counting import Counting
from accoil.receive import steps
from accoil.receive.calls import Body, Call
from accoil.receive.columns import Request, table
from accoil.receive.journal import Overloaded
from tests.receive.importing import past
from tests.receive.importing.running import finished
from tests.waiting import until


def test_live_events_go_first_and_are_counted_soon(opened, tmp_path):
    imports, counting = opened
    started = imports.start(past.write(tmp_path / "past.csv", past.rows(200_000)), 1)
    until(lambda: imports.get(started.id).line > 20_000)
    body = Body([Call(type="track", messageId="live", userId="ann", event="Live", timestamp="2025-03-01")])
    now = int(time.time() * 1000)
    asyncio.run(counting.journal.append(Request(1, now, steps.run(body, steps.Arrival(now)))))
    assert counting.wait_counted(5)
    assert not imports.get(started.id).is_finished
    assert past.found(counting)["ann", "Live", "2025-03-01"] == 1
    finished(imports, started)


def test_the_journal_takes_blocks_only_while_it_runs(tmp_path):
    counting = Counting(tmp_path, lambda: {})
    for act in (lambda: None, counting.start, counting.stop):
        act()
        if act == counting.start:
            assert counting.journal.put(table([])) == counting.journal.last == 1
        else:
            with pytest.raises(Overloaded):
                counting.journal.put(table([]))
