"""The store's file as a kill leaves it, then damaged anywhere: found out, and nothing lost."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from accoil.store.duckdb import DuckDB
from tests.count.test_rebuild import Answers, answers, counting, cut, overwrite, receive, stores


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answers]:
    """A data folder copied while it was in use, with more counted than saved, and what it answered."""
    folder, copy = tmp_path_factory.mktemp("used"), tmp_path_factory.mktemp("copied") / "data"
    with counting(folder) as opened:
        receive(opened, 10)
        opened.loader.catch_up()
    with counting(folder) as opened:  # what came before is in the file itself now
        for seed in (20, 30, 40):
            receive(opened, seed)
            opened.loader.catch_up()
        told = answers(opened)
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.sock"))
    return copy, told


@pytest.fixture
def folder(killed: tuple[Path, Answers], tmp_path: Path) -> Path:
    shutil.copytree(killed[0], tmp_path / "data")
    return tmp_path / "data"


def test_what_was_not_saved_is_counted_again(folder: Path, killed: tuple[Path, Answers]) -> None:
    (store,) = folder.glob("facts-*.duckdb")
    saved = DuckDB(store)
    assert 0 < saved.rows("select block from loaded")[0]["block"] < 4
    saved.close()
    with counting(folder) as opened:
        assert answers(opened) == killed[1]


@pytest.mark.parametrize("seed", [*range(6), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(6, 100))])
def test_a_store_damaged_after_a_kill_is_made_good(folder: Path, killed: tuple[Path, Answers], seed: int) -> None:
    (store,) = folder.glob("facts-*.duckdb")
    dice = random.Random(seed)
    (cut if seed % 3 == 0 else overwrite(dice.choice((1, 16, 5000))))(store, dice)
    with counting(folder) as opened:
        assert answers(opened) == killed[1]
    assert len(stores(folder)) == 1


def test_files_that_are_gone_after_a_kill_are_made_good(folder: Path, killed: tuple[Path, Answers]) -> None:
    for path in folder.glob("facts-*"):
        path.unlink()
    with counting(folder) as opened:
        assert answers(opened) == killed[1]


def test_the_log_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    """Its store kept one; what it had counted may be in there alone."""
    store = tmp_path / "facts-1.duckdb"
    DuckDB(store).close()
    kept_a_log = "import duckdb, os, sys; db = duckdb.connect(sys.argv[1]); "
    program = f"{kept_a_log} db.execute('update loaded set block = 7'); os._exit(0)"
    subprocess.run([sys.executable, "-c", program, str(store)], check=True)
    assert store.with_name("facts-1.duckdb.wal").stat().st_size
    found = DuckDB(store)
    assert found.rows("select block from loaded") == [{"block": 7}]
    found.close()
    assert not store.with_name("facts-1.duckdb.wal").exists()
