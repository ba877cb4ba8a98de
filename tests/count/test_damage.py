"""What breaks while the server runs: journal blocks that can't be read, a store whose file is damaged under it, a disk
that fills up. Nothing of it stops counting for ever, nothing is silent."""

from __future__ import annotations

import re
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from structlog.testing import capture_logs

from accoil.asgi import Server
from accoil.control import Control
from accoil.count.load import Loader
from accoil.doctor import facts as doctor
from accoil.health import progress
from accoil.receive.encoding import COMPRESSION
from accoil.store.store import Damaged, Store
from tests.count.test_rebuild import Answers, answers, counting, receive
from tests.door import Door
from tests.traffic import expected, traffic
from tests.waiting import until

Damage = Callable[[bytes], bytes]


def encoded(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(COMPRESSION.compress(sink.getvalue()))


def decoded(block: bytes) -> pa.Table:
    with pa.CompressedInputStream(pa.BufferReader(block), COMPRESSION.name) as plain:
        return pa.ipc.open_stream(plain.read()).read_all()


def with_column(name: str, values: pa.Array) -> Damage:
    def changed(block: bytes) -> bytes:
        table = decoded(block)
        return encoded(
            table.set_column(table.schema.get_field_index(name), name, values.take(pa.array([0] * len(table))))
        )

    return changed


DAMAGES = {
    "half": lambda block: block[: len(block) // 2],
    "nothing": lambda block: b"",
    "noise": lambda block: b"\x5a" * len(block),
    "zeros in the middle": lambda block: block[:200] + bytes(400) + block[600:],
    "other columns": lambda block: encoded(pa.table({"x": [1, 2]})),
    "text that is none": lambda block: encoded(_broken_text(decoded(block))),
    "times of no calendar": with_column("sent_at", pa.array([2**62])),
    "no product": with_column("product", pa.array([None], pa.int32())),
}


def _broken_text(table: pa.Table) -> pa.Table:
    broken = pa.array([b"\xff\xfe"] * len(table), pa.binary()).view(pa.string())
    return table.set_column(table.schema.get_field_index("user"), "user", broken)


def damage_block(folder: Path, number: int, damage: Damage) -> None:
    db = sqlite3.connect(folder / "journal.sqlite3")
    (block,) = db.execute("select facts from block where number = ?", (number,)).fetchone()
    db.execute("update block set facts = ? where number = ?", (damage(block), number))
    db.commit()
    db.close()


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answers, Answers]:
    """A folder whose blocks 1 and 2, one for each product, will be damaged; what it answers with them and without."""
    folder, other = tmp_path_factory.mktemp("both"), tmp_path_factory.mktemp("without")
    with counting(other) as opened:
        receive(opened, 10)
        opened.loader.catch_up()
        without = answers(opened)
    with counting(folder) as opened:
        receive(opened, 500)
        receive(opened, 10)
        opened.loader.catch_up()
        both = answers(opened)
    return folder, both, without


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_block_that_cannot_be_read_is_left_out_and_said_so(
    counted: tuple[Path, Answers, Answers], tmp_path: Path, damage: Damage
) -> None:
    before, both, without = counted
    folder = tmp_path / "copy"
    shutil.copytree(before, folder)
    for number in (1, 2):
        damage_block(folder, number, damage)
    with capture_logs() as logged, counting(folder) as opened:
        assert answers(opened) == both  # counted before it was damaged
        opened.rebuild()
        assert answers(opened) == without
        assert [row["block"] for row in opened.loader.set_aside] == [1, 2]
        receive(opened, 700)
        opened.loader.catch_up()
        assert opened.loader.loaded == opened.journal.last
    assert [entry["block"] for entry in logged if entry["event"].startswith("a block of the journal")] == [1, 2]
    with counting(folder) as opened:
        assert [row["block"] for row in opened.loader.set_aside] == [1, 2]  # not forgotten by a restart


def test_a_block_put_back_from_a_backup_counts_after_a_rebuild(tmp_path: Path) -> None:
    with counting(tmp_path) as opened:
        receive(opened, 10)
        opened.loader.catch_up()
        whole = answers(opened)
    kept: list[bytes] = []
    damage_block(tmp_path, 1, lambda block: kept.append(block) or b"gone")  # type: ignore[func-returns-value]
    with counting(tmp_path) as opened:
        opened.rebuild()
        assert answers(opened) != whole
        damage_block(tmp_path, 1, lambda block: kept[0])
        opened.rebuild()
        assert (answers(opened), opened.loader.set_aside) == (whole, [])


def test_a_page_of_the_journal_that_is_damaged_costs_its_blocks_only(tmp_path: Path) -> None:
    with counting(tmp_path) as opened:
        for seed in range(20):
            receive(opened, seed * 10)
        opened.loader.catch_up()
        last = opened.journal.last
    db = sqlite3.connect(tmp_path / "journal.sqlite3")
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    path = tmp_path / "journal.sqlite3"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 4096)
    with counting(tmp_path) as opened:
        opened.rebuild()
        assert opened.loader.loaded == last
        assert 1 <= len(opened.loader.set_aside) <= 3
        receive(opened, 900)
        opened.loader.catch_up()
        assert opened.loader.loaded == last + 2


def test_doctor_tells_of_blocks_that_were_left_out(settings: Any) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as short, counting(Path(short)) as opened:  # sockets have short names
        settings.DATA = short
        for seed in (10, 500):
            receive(opened, seed)
        opened.loader.catch_up()
        server = Control(Path(short), {"progress": lambda: progress(opened, [])})
        server.start()
        assert doctor.store() == (True, "Everything up to block 4 is in every number.")
        damage_block(Path(short), 2, DAMAGES["noise"])
        opened.rebuild()
        good, sentence = doctor.store()
        server.stop()
    assert not good
    assert re.match(
        r"1 block of the journal can't be read, or not be counted as a whole: 2 \(\w+: .*accoil rebuild\.", sentence
    )


def test_a_store_damaged_while_the_server_runs_is_made_again_beside_it(server: Server, door: Door) -> None:
    items = traffic(31, 2000)
    assert door.post("/v1/batch", {"batch": items[:1500]}).status == 200
    assert server.wait_counted()
    store = server.counting.facts.store
    store.save()
    size = store.path.stat().st_size
    with store.path.open("r+b") as file:  # all but the headers
        file.seek(3 * 4096)
        file.write(b"\0" * (size - 3 * 4096))
    # Only what is read from the file again shows it: make the engine forget what it holds.
    for limit in (1, 2, 4, 8, 16, 32):
        with suppress(duckdb.OutOfMemoryException):
            store._db.execute(f"set memory_limit = '{limit}MB'")
            break
    store._db.execute("set memory_limit = '1GB'")
    with capture_logs() as logged:
        with pytest.raises(Damaged):
            store.rows("select bit_xor(hash(row)) from counts as row")
        # Calls go on being accepted, and are counted by the new store.
        assert door.post("/v1/batch", {"batch": items[1500:]}).status == 200
        until(lambda: server.counting.facts.store is not store)
        assert server.wait_counted()
        assert door.counts() == expected(items)
    # What the clock does by itself may stumble over it too.
    assert [entry["event"] for entry in logged].count("the store is damaged; it will be made good") == 1


def test_an_engine_that_gave_up_on_a_full_disk_is_opened_again(tmp_path: Path) -> None:
    with counting(tmp_path) as opened:
        receive(opened, 10)
        opened.loader.catch_up()
        before = answers(opened)
        opened.start()
        store = opened.facts.store
        with store.loading() as loading:
            loading.tell("create table big as select hash(range) as h from range(300000)")
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (store.path.stat().st_size + 4096, hard))
        try:
            with pytest.raises(Damaged, match="File too large"):
                store.save()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert store.stopped
        until(lambda: opened.facts.store is not store)
        assert opened.facts.store.path == store.path
        assert opened.wait_counted()  # what had not been saved is counted again
        assert answers(opened) == before


def test_a_store_that_could_not_be_replaced_goes_on_counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(loader: Loader) -> None:
        raise MemoryError

    with counting(tmp_path) as opened:
        receive(opened, 10)
        opened.loader.catch_up()
        opened.start()
        for _ in range(2):
            with monkeypatch.context() as full:
                full.setattr(Loader, "catch_up", no_memory)  # with nobody counting for the old store
                with pytest.raises(MemoryError):
                    opened.rebuild()
            block = next(opened.journal.blocks(0))
            assert opened.journal.put(block.facts) == opened.journal.last
            assert opened.wait_counted()
        opened.rebuild()
        assert opened.wait_counted()


def test_who_asks_while_the_store_is_replaced_is_answered_by_the_new_one(tmp_path: Path) -> None:
    with counting(tmp_path) as opened:
        receive(opened, 10)
        opened.loader.catch_up()
        asked: list[Store] = []

        def question(store: Store) -> list[dict[str, Any]]:
            asked.append(store)
            if len(asked) == 1:
                opened.rebuild()
                store.close()
            return store.rows("select count(*) as n from counts")

        assert opened.asked(question) == opened.facts.store.rows("select count(*) as n from counts")
        assert [store is opened.facts.store for store in asked] == [False, True]
        with pytest.raises(duckdb.Error):
            opened.asked(lambda store: store.rows("select nothing from nowhere"))


def test_other_errors_of_the_engine_are_no_damage(tmp_path: Path) -> None:
    with counting(tmp_path) as opened:
        store = opened.facts.store
        for wrong in ("select nothing from nowhere", "select 1/0 + cast('x' as integer)", "select error('no')"):
            with pytest.raises(duckdb.Error):
                store.ask(wrong)
        assert (store.damaged, store.stopped) == (None, False)
