"""Files that are imported bring nobody back, and rows that were kept of them go with the person."""

from __future__ import annotations

from pathlib import Path

import pytest

from accoil.asgi import Server
from accoil.erase import carrying
from accoil.receive.importing import Import, uploads
from accoil.receive.suppressed import DELETED_USER
from accoil.team.models import Product
from tests.door import Door, make_product
from tests.erase.searching import places
from tests.erase.test_everywhere import MARK, erased, user_id
from tests.waiting import until

ROWS = f"name,timestamp,user_id\nLogin,2026-03-01,{MARK}-id\nLogin,soon,{MARK}-id\nLogin,2026-03-01,bob\n"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "AFTERWARDS", 0.0)


def imported(server: Server, door: Door, path: Path, text: str, is_upload: bool = False) -> Import:
    path.write_text(text)
    id = server.parts.counts.imports.start(path, door.product_id, is_upload=is_upload).id
    until(lambda: server.parts.counts.imports.get(id).is_finished)
    assert server.wait_counted()
    return server.parts.counts.imports.get(id)


def test_rows_that_were_kept_go_with_the_person_and_the_file_brings_nobody_back(server: Server, tmp_path: Path) -> None:
    door = make_product(server)
    folder = server.counting.journal.path.parent / "imports"
    first = imported(server, door, uploads.new(folder) / "past.csv", ROWS, is_upload=True)
    assert first.rejected_rows == 1
    assert any(place.startswith("file past.csv") for place in places(server.counting, MARK))

    erasure = erased(Product.objects.get(pk=door.product_id), "user", user_id(door))

    assert places(server.counting, MARK) == []
    assert erasure.part("imports")["files"] == 2  # the copy, and the rows that could not be used
    again = imported(server, door, tmp_path / "again.csv", ROWS)
    assert (again.accepted, again.rejected) == (1, {DELETED_USER: 2})
    assert door.counts().total() == 1
    kept = [line for line in Path(again.errors).read_text().splitlines() if DELETED_USER in line]
    assert len(kept) == 2 and MARK not in str(kept)
