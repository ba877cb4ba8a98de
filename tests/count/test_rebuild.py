"""The store is derived: lose it, damage it, rebuild it under load, and every answer is the same."""

from __future__ import annotations

import json
import os
import random
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from accoil.asgi import Server
from accoil.count.counting import Counting
from accoil.count.load import checksums
from accoil.receive import calls, steps
from accoil.score.definition import Definition
from accoil.store.duckdb import DuckDB
from tests.count.asking import everything
from tests.door import Door
from tests.traffic import DAYS, FIRST, expected, traffic

# Products that the server of other tests, which shares this process, has none of: it would look after them as well.
ZONES = {70_001: "Australia/Sydney", 70_002: "UTC"}
DEFINITION = Definition(window=30, events={"Report_Created": 9, "Login": 1, "Viewed Pricing": 3})
AS_OF = {70_001: date(2026, 11, 1), 70_002: date(2026, 9, 15)}
RECEIVED = int(FIRST.timestamp() * 1000) + DAYS * 86_400_000

Answers = list[dict[str, Any]]


@contextmanager
def counting(folder: Path) -> Iterator[Counting]:
    """As a server opens it, worked by hand."""
    opened = Counting(folder, lambda: ZONES)
    try:
        opened.loader.catch_up()
        yield opened
    finally:
        opened.stop()


def receive(opened: Counting, seed: int) -> None:
    for product in ZONES:
        body = calls.decode(
            json.dumps({"batch": traffic(seed + product % 10, 300, users=60, accounts=12)}).encode(), batch=True
        )
        assert body
        opened.journal.write(product, RECEIVED, steps.run(body, steps.Arrival(RECEIVED)))


def answers(opened: Counting) -> Answers:
    return [everything(opened.facts, product, DEFINITION, AS_OF[product]) for product in ZONES]


def stores(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("facts-*.duckdb"))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answers]:
    """A data folder after a short life, and what it answered."""
    folder = tmp_path_factory.mktemp("lived")
    with counting(folder) as opened:
        for seed in range(4):
            receive(opened, seed * 10)
            opened.loader.catch_up()
        told = answers(opened)
    assert sum(len(each["counts"].rows) for each in told) > 1500
    return folder, told


@pytest.fixture
def folder(lived: tuple[Path, Answers], tmp_path: Path) -> Path:
    shutil.copytree(lived[0], tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def told(lived: tuple[Path, Answers]) -> Answers:
    return lived[1]


def test_a_restart_changes_nothing(folder: Path, told: Answers) -> None:
    with counting(folder) as opened:
        assert answers(opened) == told


def test_a_store_that_is_gone_is_made_again(folder: Path, told: Answers) -> None:
    for path in folder.glob("facts-*"):
        path.unlink()
    with counting(folder) as opened:
        assert answers(opened) == told


def overwrite(length: int) -> Callable[[Path, random.Random], None]:
    def damage(store: Path, dice: random.Random) -> None:
        with store.open("r+b") as file:
            file.seek(dice.randrange(store.stat().st_size))
            file.write(dice.randbytes(length))

    return damage


def cut(store: Path, dice: random.Random) -> None:
    os.truncate(store, dice.randrange(store.stat().st_size))


def blank(store: Path, dice: random.Random) -> None:
    store.write_bytes(b"\0" * store.stat().st_size)


def no_store(store: Path, dice: random.Random) -> None:
    store.write_bytes(b"This is no database. " * 5000)


def empty(store: Path, dice: random.Random) -> None:
    store.write_bytes(b"")


def strange_log(store: Path, dice: random.Random) -> None:
    store.with_name(store.name + ".wal").write_bytes(dice.randbytes(5000))


DAMAGES = [
    *(pytest.param(overwrite(8), seed, id=f"8 bytes, {seed}") for seed in range(3)),
    pytest.param(overwrite(5000), 1, id="5000 bytes"),
    *(pytest.param(cut, seed, id=f"cut, {seed}") for seed in range(2)),
    *(pytest.param(damage, 1, id=damage.__name__) for damage in (blank, no_store, empty, strange_log)),
]


@pytest.mark.parametrize(("damage", "seed"), DAMAGES)
def test_a_damaged_store_is_made_again_when_it_is_opened(
    folder: Path, told: Answers, damage: Callable[[Path, random.Random], None], seed: int
) -> None:
    (store,) = folder.glob("facts-*.duckdb")
    damage(store, random.Random(seed))
    with counting(folder) as opened:
        assert answers(opened) == told
    assert len(stores(folder)) == 1


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(200))
def test_a_store_damaged_anywhere_is_made_again(folder: Path, told: Answers, seed: int) -> None:
    test_a_damaged_store_is_made_again_when_it_is_opened(folder, told, overwrite(1 + seed % 16), seed)


def test_a_store_that_knows_more_than_the_journal_is_kept(folder: Path) -> None:
    """As when the journal lost its tail, or alone was put back from a backup: what was acknowledged is in the store
    alone, and the numbers of those blocks are not given to others."""
    backup = (folder / "journal.sqlite3").read_bytes()
    with counting(folder) as opened:
        receive(opened, 500)
        opened.loader.catch_up()
        told, last = answers(opened), opened.journal.last
    for path in folder.glob("journal*"):
        path.unlink()
    (folder / "journal.sqlite3").write_bytes(backup)
    for _ in range(2):  # the second start is as the first
        with counting(folder) as opened:
            assert (answers(opened), opened.journal.last) == (told, last)
            assert "lost" in (opened.why_not_rebuild() or "")
    with counting(folder) as opened:
        receive(opened, 500)  # clients that send again what is lost are not counted twice
        opened.loader.catch_up()
        assert answers(opened) == told
        receive(opened, 700)
        opened.loader.catch_up()
        assert answers(opened) != told


def test_rebuild_gives_the_same(folder: Path, told: Answers) -> None:
    with counting(folder) as opened:
        before = checksums(opened.facts.store)
        opened.rebuild()
        assert checksums(opened.facts.store) == before
        assert answers(opened) == told
        receive(opened, 900)
        opened.loader.catch_up()
        after = answers(opened)
        opened.rebuild()
        assert answers(opened) == after
    assert len(stores(folder)) == 1
    with counting(folder) as opened:
        assert answers(opened) == after


@pytest.mark.parametrize("done", [0, 3, 1000])
def test_a_rebuild_that_was_interrupted_is_no_loss(folder: Path, told: Answers, done: int) -> None:
    with counting(folder) as opened, pytest.raises(InterruptedError):

        def interrupt(block: int, last: int) -> None:
            if block >= min(done, last):
                raise InterruptedError

        opened.rebuild(interrupt)
    assert len(stores(folder)) == 1  # what was half made is gone: on a full disk nothing else could make room
    with counting(folder) as opened:
        assert answers(opened) == told


@pytest.mark.parametrize("table", ["name", "trait", "ever", "counts"])
def test_merging_a_table_changes_no_answer(folder: Path, told: Answers, table: str) -> None:
    with counting(folder) as opened:
        rows = opened.facts.store.rows(f"select count(*) as n from {table}")[0]["n"]
        opened.loader.merging.merge(table)
        assert answers(opened) == told
        assert opened.facts.store.rows(f"select count(*) as n from {table}")[0]["n"] <= rows
        opened.loader.merging.merge(table)
    with counting(folder) as opened:
        assert answers(opened) == told
        receive(opened, 900)
        opened.loader.catch_up()
        after = answers(opened)
        opened.rebuild()
        assert answers(opened) == after


def test_tables_are_merged_by_themselves_as_they_grow(
    folder: Path, told: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accoil.count.merging.MERGE_AFTER", 100)
    with counting(folder) as opened:
        for seed in range(900, 903):
            receive(opened, seed)
            opened.loader.catch_up()
        merged = answers(opened)
        monkeypatch.undo()
        opened.rebuild()
        assert answers(opened) == merged


def test_a_rebuild_under_load_loses_and_doubles_nothing(server: Server, door: Door) -> None:
    """Clients go on sending and asking while the store is made again, again and again."""
    items = traffic(77, 3000)
    stop, wrong = threading.Event(), []

    def send() -> None:
        for start in range(0, len(items), 20):
            answer = door.post("/v1/batch", {"batch": items[start : start + 20]})
            if answer.status != 200:
                wrong.append(answer)
        stop.set()

    def look() -> None:
        seen = 0
        while not stop.is_set():
            answer = door.get("/counts", group_by="event")
            if answer.status != 200 or answer.json()["total_count"] < seen:
                wrong.append(answer)
            else:
                seen = answer.json()["total_count"]

    threads = [threading.Thread(target=send), threading.Thread(target=look)]
    for thread in threads:
        thread.start()
    rebuilt = 0
    while not stop.is_set() or rebuilt < 2:
        server.counting.rebuild()
        rebuilt += 1
    for thread in threads:
        thread.join()
    assert not wrong
    assert server.wait_counted()
    assert door.counts() == expected(items)


def test_a_store_is_closed_once_those_who_ask_it_are_done(tmp_path: Path) -> None:
    """So that its file can be opened again, and nobody is cut off in the middle of an answer."""
    told: list[Exception] = []
    for number in range(10):
        store = DuckDB(tmp_path / f"facts-{number}.duckdb")
        barrier = threading.Barrier(5)

        def ask(store: DuckDB = store, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            try:
                while True:
                    store.ask("select count(*) from range(200000)")
                    list(store.stream("select * from range(50000)"))
            except Exception as wrong:
                told.append(wrong)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        barrier.wait()
        store.close()
        for thread in threads:
            thread.join()
        DuckDB(store.path).close()
    assert {str(each) for each in told} == {"This store is closed: another may have taken its place."}
