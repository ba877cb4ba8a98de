"""A worker that begins to count: when it could not at first, and while its store is behind what others know."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from accoil import importing
from accoil.count.facts import Facts, facts, open_facts
from accoil.count.load import Loader
from accoil.counts import Counts
from accoil.looked_up import LookedUp
from accoil.postgresql.leases import Leases
from accoil.receive.calls import Call
from accoil.receive.journal import Journal
from accoil.receive.keys import KeyRing
from accoil.shared import Shared
from accoil.store.duckdb import DuckDB
from accoil.worker import Worker
from tests.small_worlds import at
from tests.waiting import until

pytest.importorskip("clickhouse_connect", reason="clickhouse_connect is not installed: make clickhouse")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    monkeypatch.setattr(importing, "_own", importing._own)  # that of the server of other tests, which goes on
    looked_up, leases = LookedUp(), Leases()
    ring = KeyRing(looked_up.ring)
    yield Worker(leases, lambda: True, lambda: Counts(tmp_path, looked_up, ring, [], has_door=False), Shared([]))
    leases.stop()


def test_a_start_that_failed_is_tried_again(worker: Worker, tmp_path: Path) -> None:
    in_its_way = tmp_path / "control.sock"
    in_its_way.mkdir()
    for _ in range(2):
        with pytest.raises(OSError, match="control"):
            worker.step()
    in_its_way.rmdir()
    worker.step()
    assert worker.counts
    assert worker.is_ready
    worker._stop_counting()


def test_a_start_that_failed_before_anything_ran_is_tried_again(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses() -> None:
        raise OSError("no database")

    with monkeypatch.context() as broken:
        broken.setattr("accoil.counts.configurations", refuses)
        with pytest.raises(OSError, match="no database"):
            worker.step()
    worker.step()
    assert worker.counts
    worker._stop_counting()


def test_a_stop_that_fails_leaves_the_folder_free(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise OSError("no database")

    worker.step()
    assert worker.counts
    monkeypatch.setattr(worker.counts.freezing, "stop", fails)
    with pytest.raises(OSError, match="no database"):
        worker._stop_counting()
    worker.step()
    assert worker.counts
    worker._stop_counting()


def test_who_takes_over_asks_what_others_know_until_it_has_counted_all(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal.sqlite3")  # of one that was killed; its store is lost
    journal.write(1, at(1), [Call(type="identify", messageId="m", userId="ann", kind=1, at=at(1))])
    journal.db.close()
    shared = Facts(DuckDB(tmp_path / "shared"))
    worker._shared._shared = cast(Any, SimpleNamespace(facts=shared, is_behind=False))
    worker._shared.use()
    may_count, step = threading.Event(), Loader.step

    def waiting(loader: Loader) -> bool:
        may_count.wait(30)
        return step(loader)

    monkeypatch.setattr(Loader, "step", waiting)
    try:
        worker.step()
        worker.step()
        assert worker.counts
        assert facts() is shared
        assert worker.is_ready  # with other tools it goes on by what is shared
        may_count.set()
        until(lambda: worker.step() or facts() is not shared)
        assert facts() is worker.counts.counting.facts
        assert worker.is_ready
        worker._stop_counting()
        assert facts() is shared
    finally:
        may_count.set()
        worker._stop_counting()
        open_facts(None)
        shared.store.close()
