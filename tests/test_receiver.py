"""Which data folders a server that only receives leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from accoil.postgresql.leases import Leases
from accoil.receiver import Receiver
from accoil.refused import Refused


@pytest.mark.parametrize("name", ["facts-1.duckdb", "database"])
def test_a_folder_that_somebody_counts_in_is_refused_and_left_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(Refused, match="its journal is the only one"):
        Receiver(tmp_path, ["http://127.0.0.1:1/accoil"], Leases(), waits=False)
    assert [each.name for each in tmp_path.iterdir()] == [name]
