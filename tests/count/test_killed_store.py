"""The store's file and its log as a kill leaves them, then damaged anywhere: found out, and nothing lost."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.count.test_rebuild import Answers, answers, counting, cut, overwrite, receive, stores


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answers]:
    """A data folder copied while it was in use, with the store's log beside it, and what it answered."""
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
    (log,) = (tmp_path / "data").glob("facts-*.wal")
    assert log.stat().st_size > 10_000
    return tmp_path / "data"


@pytest.mark.parametrize("which", ["file", "log"])
@pytest.mark.parametrize("seed", [*range(6), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(6, 100))])
def test_a_store_damaged_after_a_kill_is_made_good(
    folder: Path, killed: tuple[Path, Answers], which: str, seed: int
) -> None:
    (store,) = folder.glob("facts-*.duckdb")
    damaged = store if which == "file" else store.with_name(store.name + ".wal")
    dice = random.Random(seed)
    (cut if seed % 3 == 0 else overwrite(dice.choice((1, 16, 5000))))(damaged, dice)
    with counting(folder) as opened:
        assert answers(opened) == killed[1]
    assert len(stores(folder)) == 1


@pytest.mark.parametrize("gone", ["*.duckdb", "*.wal", "facts-*"])
def test_files_that_are_gone_after_a_kill_are_made_good(folder: Path, killed: tuple[Path, Answers], gone: str) -> None:
    for path in folder.glob(f"facts{gone}" if gone.startswith("*") else gone):
        path.unlink()
    with counting(folder) as opened:
        assert answers(opened) == killed[1]
