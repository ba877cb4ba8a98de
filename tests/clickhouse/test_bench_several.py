"""`accoil bench several`: that what it measures is what it says. Never how much anything takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from accoil.bench import several
from accoil.bench.several import Wanted
from accoil.plan.against import beside
from accoil.plan.measured import MEASURED
from tests.clickhouse import served
from tests.clickhouse.lasting import Lasting
from tests.postgresql import Cluster

pytestmark = [
    pytest.mark.soak,  # it introduces 20,000 people to whole servers
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("postgresql"),
]


def test_what_is_sent_is_counted_and_told_apart(
    tmp_path: Path, postgresql: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(several, "IDLE_SECONDS", 1.0)
    monkeypatch.setattr(several, "SETTLES", 0.5)
    clickhouse = Lasting(tmp_path / "clickhouse")
    clickhouse.start()
    try:
        report = several.measure(Wanted(postgresql.url, clickhouse.url, receivers=2, rate=400, per=10, seconds=3))
    finally:
        clickhouse.stop()
    assert report["exact"] and report["refused"] == 0
    assert 1_000 < report["events"] < 1_500
    each = report["each_event"]
    assert 20 < each["work"]["journal_bytes"] < 500
    assert all(each[who]["cpu_us"] > 1 for who in ("receive", "work", "clickhouse"))
    assert each["clickhouse"]["rows_inserted"] > 0.1
    assert report["tables"]["counts"]["rows"] > 0
    assert "database" not in report["wanted"]  # its address holds a password
    predicted = {what: (told, measured) for what, told, measured in beside(report, MEASURED)}
    assert predicted["journal, bytes an event"] == (MEASURED.journal_event, each["work"]["journal_bytes"])
    assert len(predicted) >= 7
