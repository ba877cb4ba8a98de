"""`accoil move`, as somebody types it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import whole
from tests.clickhouse import served

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("clickhouse"),
]
if not served.MISSING:
    from accoil.store.clickhouse import ClickHouse
    from accoil.store.tables import TABLES
    from tests.clickhouse.shipped import databases, url


def test_accoil_move_copies_compares_and_says_what_is_wrong(tmp_path: Path) -> None:
    data, there = tmp_path / "data", {"ACCOIL_CLICKHOUSE_URL": url()}
    made = whole.accoil(data, "demo", "--no-serve", "--users", "20", "--days", "3")
    assert made.returncode == 0, made.stderr
    assert refused(whole.accoil(data, "move")).startswith("ACCOIL_CLICKHOUSE_URL is not set")
    nobody = whole.accoil(data, "move", ACCOIL_CLICKHOUSE_URL="http://127.0.0.1:1/accoil")
    assert refused(nobody).startswith("ClickHouse refused, or did not answer")
    assert refused(whole.accoil(data, "move", "--check", **there)) == "Nothing was moved there yet."

    moved = whole.accoil(data, "move", **there)
    assert moved.returncode == 0, moved.stderr
    assert moved.stdout.splitlines()[-1] == "ClickHouse holds what is counted here."
    assert len([line for line in moved.stdout.splitlines() if line.endswith(": the same")]) == len(TABLES)
    assert whole.accoil(data, "move", "--check", **there).returncode == 0

    (database,) = databases(there["ACCOIL_CLICKHOUSE_URL"])
    target = ClickHouse(there["ACCOIL_CLICKHOUSE_URL"], database)
    target.tell("insert into shown_versions (product, id, version, deleted) values (1, 5, 9, 0)")
    target.close()
    wrong = refused(whole.accoil(data, "move", "--check", **there))
    assert wrong.startswith("ClickHouse holds something else in shown (product 1).")

    other = tmp_path / "other"
    assert whole.accoil(other, "demo", "--no-serve", "--users", "5", "--days", "2").returncode == 0
    not_its_own = refused(whole.accoil(other, "move", **there))
    assert f"another data folder ({data} on " in not_its_own and "It said so last on " in not_its_own
    assert whole.accoil(other, "move", "--take-over", **there).returncode == 0


def refused(done: Any) -> str:
    assert done.returncode == 1, done.stdout + done.stderr
    return str(done.stderr.strip().splitlines()[-1])
