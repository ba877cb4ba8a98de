"""Data folders as earlier versions left them: this version starts on each, brings it up to date, and says the same."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.upgrade.make import HERE, numbers, profile_of, send
from tests.waiting import until
from tests.whole import PATIENCE, accoil, begin, free_port, wait_for_answer

PACKED = sorted(HERE.glob("*.tar.xz"))


@pytest.fixture
def data(tmp_path: Path, packed: Path) -> Path:
    with tarfile.open(packed) as kept:
        kept.extractall(tmp_path / "data", filter="data")
    return tmp_path / "data"


@pytest.mark.parametrize("packed", PACKED, ids=[path.name.split(".")[0] for path in PACKED])
def test_it_is_brought_up_to_date_and_its_numbers_are_the_same(data: Path) -> None:
    then: dict[str, Any] = json.loads((data / "then.json").read_text())
    port = free_port()
    address, token = f"http://127.0.0.1:{port}", then["api_token"]
    server = begin(data, "serve", "--port", str(port))
    try:
        wait_for_answer(f"{address}/health", server)
        profile = profile_of(address, token)
        until(lambda: numbers(address, token, profile) == then["numbers"], every=0.5)
        send(address, then["ingest_key"])  # again: all of it is known
        rebuilt = accoil(data, "rebuild")
        assert rebuilt.returncode == 0, rebuilt.stderr
        assert numbers(address, token, profile) == then["numbers"]
        looked = accoil(data, "doctor")
        assert looked.returncode == 0, looked.stdout
    finally:
        server.terminate()
        said = server.communicate(timeout=PATIENCE)[1]
    assert server.returncode == 0
    assert "Traceback" not in said, said


def test_earlier_versions_of_every_kind_of_table_are_there() -> None:
    assert len(PACKED) >= 4
    assert all(path.stat().st_size < 60_000 for path in PACKED)
