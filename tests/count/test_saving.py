"""A save while somebody else is at it, or the disk is full."""

import shutil
import threading
from pathlib import Path

import duckdb
import pytest

from accoil.count import merging
from accoil.store import duckdb as engine
from accoil.store.duckdb import DuckDB
from tests.count.test_rebuild import counting, receive


@pytest.fixture
def store(tmp_path: Path) -> DuckDB:
    return DuckDB(tmp_path / "facts-1.duckdb", threads=1)


def test_a_save_waits_for_whoever_writes(store: DuckDB) -> None:
    other = store._fresh_cursor()
    other.begin()
    other.execute("create table of_another as select 1 as one")
    saving = threading.Thread(target=store.save)
    saving.start()
    saving.join(0.2)  # as long as the other is at it, it isn't done
    assert saving.is_alive()
    other.commit()
    saving.join(10)
    assert not saving.is_alive()
    assert store.rows("select one from of_another") == [{"one": 1}]


def test_it_does_not_wait_for_ever(store: DuckDB, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LONGEST_WAIT", 0.1)
    other = store._fresh_cursor()
    other.begin()
    other.execute("create table of_another as select 1 as one")
    with pytest.raises(duckdb.TransactionException, match="other write transactions"):
        store.save()
    other.rollback()
    store.save()


def test_a_full_disk_is_not_saved_to_until_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with counting(tmp_path) as opened:
        saved, save = list[int](), opened.facts.store.save
        monkeypatch.setattr(opened.facts.store, "save", lambda: saved.append(1) or save())
        monkeypatch.setattr(merging, "SAVE_WITHIN", 0.0)
        receive(opened, 10)
        opened.loader.catch_up()
        with monkeypatch.context() as full:
            full.setattr(merging, "ROOM", shutil.disk_usage(tmp_path).total)
            opened.loader.merging.when_due()
            assert not saved
        opened.loader.merging.when_due()
        opened.loader.merging.when_due()  # nothing has come since
        assert len(saved) == 1
