"""One server in several processes: what a receiver takes in is counted by a worker and shown by the pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clickhouse import served
from tests.journey.several import several
from tests.journey.test_kill import insist
from tests.postgresql import Cluster
from tests.traffic import expected, traffic
from tests.waiting import until

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("postgresql"),
]


def test_what_one_receives_another_counts(tmp_path: Path, postgresql: Cluster) -> None:
    with several(tmp_path, postgresql, receivers=2, workers=2) as its:
        assert [each.health() for each in its.receivers] == [{"status": "ok", "role": "receive"}] * 2
        assert its.pages.health() == {"status": "ok", "role": "pages"}
        assert sorted(bool(each.health()["counts"]) for each in its.workers) == [False, True]
        sent = [traffic(number, 50) for number in range(2)]
        for door, items in zip(its.doors, sent, strict=True):
            insist(door, items)
        until(lambda: its.door.counts() == expected([*sent[0], *sent[1]]), every=0.2, said=its.said)
