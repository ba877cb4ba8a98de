"""A worker that could not begin to count does so when it can: its own folder is not in its way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from accoil.counts import Counts
from accoil.looked_up import LookedUp
from accoil.postgresql.leases import Leases
from accoil.receive.keys import KeyRing
from accoil.shared import Shared
from accoil.worker import Worker

pytest.importorskip("clickhouse_connect", reason="clickhouse_connect is not installed: make clickhouse")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
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
