"""Days past the open window: their messages go, every number stays, a duplicate stays a duplicate."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from accoil.count import hashes
from accoil.count.counting import Counting
from accoil.count.facts import open_facts
from accoil.score.definition import Definition
from accoil.store.duckdb import DuckDBLoading
from tests.count.asking import everything
from tests.count.test_rebuild import ZONES, answers, counting, receive
from tests.reference_facts import Message
from tests.small_worlds import at, did, joins
from tests.world import Engine

PRODUCT = 1
REPORTS = Definition(window=30, events={"Report": 5}, benchmark=50)
DAYS = (date(2026, 3, 1), date(2026, 3, 20), date(2026, 5, 1))
NOW = at(30) / 1000  # 30 March
OPEN = 10


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr("accoil.count.sealing.MOST_AT_ONCE", 7)
    engine = Engine(tmp_path)
    open_facts(engine.facts)
    return engine


def restart(engine: Engine) -> None:
    engine.facts.store.close()
    engine.open()
    open_facts(engine.facts)


def messages() -> list[Message]:
    days = [each for day in range(1, 31) for each in did("ann", "Report", at(day), 2) + did("bob", "Login", at(day))]
    return [*days, joins("ann", "acme", at(2)), joins("bob", "acme", at(28))]


def told(engine: Engine) -> dict[str, Any]:
    return everything(engine.facts, PRODUCT, REPORTS, *DAYS)


def left(engine: Engine) -> list[int]:
    """Days of March of which there are messages."""
    rows = engine.facts.store.rows("select distinct day - 20512 as day from message order by day")
    return [row["day"] for row in rows]


def files(engine: Engine) -> list[Path]:
    return sorted((engine.folder / "facts.seen").iterdir())


def test_messages_of_old_days_go_and_no_number_changes(engine: Engine) -> None:
    engine.receive(PRODUCT, messages())
    before = told(engine)
    assert engine.loader.seal(OPEN, NOW) == 61
    assert left(engine) == list(range(21, 31))
    assert told(engine) == before
    assert engine.loader.in_memory == 31
    assert engine.loader.seal(OPEN, NOW) == 0
    restart(engine)
    assert told(engine) == before
    assert engine.loader.in_memory == 31


def test_a_duplicate_of_a_sealed_day_is_still_one(engine: Engine) -> None:
    engine.receive(PRODUCT, messages())
    before = told(engine)
    engine.loader.seal(OPEN, NOW)
    for _ in range(2):
        engine.receive(PRODUCT, messages())
        assert told(engine) == before
        assert engine.loader.duplicates[PRODUCT] == len(messages())
        restart(engine)


def test_a_late_event_counts_on_its_sealed_day_and_is_sealed_in_turn(engine: Engine) -> None:
    engine.receive(PRODUCT, messages())
    engine.loader.seal(OPEN, NOW)
    late = did("cid", "Report", at(3), 4)
    engine.receive(PRODUCT, late)
    assert engine.facts.store.rows("select sum(n) as n from counts where day = 20512 + 3")[0]["n"] == 7
    assert left(engine) == [3, *range(21, 31)]
    assert engine.loader.seal(OPEN, NOW) == 4
    after = told(engine)
    engine.receive(PRODUCT, late)
    assert told(engine) == after


def test_there_are_few_files_however_often_days_are_sealed(engine: Engine) -> None:
    everybody = messages()
    for day in range(1, 31):
        engine.receive(PRODUCT, everybody)
        engine.loader.seal(1, at(day) / 1000)
        everybody = did("ann", "Report", at(day, 13), 9)
    assert len(files(engine)) <= 6
    assert (
        sum(path.stat().st_size for path in files(engine))
        == 8 * engine.facts.store.rows("select sum(ids) as n from sealed")[0]["n"]
    )


def test_each_product_is_sealed_in_its_own_zone(engine: Engine) -> None:
    engine.zones |= {1: "Pacific/Kiritimati", 2: "Pacific/Niue"}
    for product in (1, 2):
        engine.receive(product, did("ann", "Report", at(20)))
    # Half past ten in UTC: here the 31st has begun, and the 21st is past; there it is the 29th still.
    assert engine.loader.seal(10, at(30, 10, 30) / 1000) == 1
    assert [row["product"] for row in engine.facts.store.rows("select product from message")] == [2]


class Killed(BaseException):
    pass


@pytest.mark.parametrize("step", range(12))
def test_wherever_sealing_is_killed_nothing_is_lost_or_doubled(
    engine: Engine, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each call that changes something: files that are written, renamed, removed, questions that are told."""
    engine.receive(PRODUCT, messages())
    before, left_to_do, us = told(engine), step, threading.current_thread()

    def killing(does: Callable[..., Any]) -> Callable[..., Any]:
        def or_dies(*given: Any, **named: Any) -> Any:
            nonlocal left_to_do
            if threading.current_thread() is not us:  # the server of other tests may seal just now
                return does(*given, **named)
            left_to_do -= 1
            if left_to_do < 0:
                raise Killed
            return does(*given, **named)

        return or_dies

    with monkeypatch.context() as patched:
        for owner, name in ((os, "fsync"), (Path, "rename"), (Path, "unlink"), (DuckDBLoading, "tell")):
            patched.setattr(owner, name, killing(getattr(owner, name)))
        with suppress(Killed):
            engine.loader.seal(OPEN, NOW)
    restart(engine)
    named = {row["file"] for row in engine.facts.store.rows("select file from sealed")}
    assert {path.name for path in files(engine)} == named
    engine.receive(PRODUCT, messages())
    assert told(engine) == before
    engine.loader.seal(OPEN, NOW)
    engine.receive(PRODUCT, messages())
    assert (told(engine), left(engine)) == (before, list(range(21, 31)))


SEALS = """
import sys
from pathlib import Path
from accoil.count import sealing
from accoil.count.counting import Counting
sealing.MOST_AT_ONCE = 20
counting = Counting(Path(sys.argv[1]), lambda: {70_001: "Australia/Sydney", 70_002: "UTC"})
print("open", flush=True)
counting.loader.seal(1, 1793836800)
print("sealed", flush=True)
"""


def test_a_process_killed_while_it_seals_leaves_a_whole_store(tmp_path: Path) -> None:
    with counting(tmp_path) as opened:
        for seed in range(3):
            receive(opened, seed * 10)
            opened.loader.catch_up()
        before = answers(opened)
    dice = random.Random(1)
    for _ in range(5):
        program = subprocess.Popen([sys.executable, "-c", SEALS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert program.stdout and program.stdout.readline() == "open\n"
        time.sleep(dice.random() * 0.3)
        program.send_signal(signal.SIGKILL)
        program.wait()
        program.stdout.close()
        with counting(tmp_path) as opened:
            for seed in range(3):
                receive(opened, seed * 10)
            opened.loader.catch_up()
            assert answers(opened) == before
    assert len(list(tmp_path.glob("facts-*.duckdb"))) == 1


@pytest.mark.parametrize("what", ["gone", "shorter", "changed", "empty"])
def test_a_damaged_file_of_ids_is_noticed_and_the_store_made_again(tmp_path: Path, what: str) -> None:
    with counting(tmp_path) as opened:
        receive(opened, 10)
        opened.loader.catch_up()
        before = answers(opened)
        assert opened.loader.seal(1, at(1, month=11) / 1000) > 200
    path = max((tmp_path / "facts-1.seen").iterdir(), key=lambda each: each.stat().st_size)
    content = path.read_bytes()
    if what == "gone":
        path.unlink()
    else:
        middle = len(content) // 2
        changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        path.write_bytes({"shorter": content[:-8], "changed": changed, "empty": b""}[what])
    with counting(tmp_path) as opened:
        receive(opened, 10)
        opened.loader.catch_up()
        assert answers(opened) == before
    assert not (tmp_path / "facts-1.seen").exists()
    assert [each.name for each in tmp_path.glob("facts-*.duckdb")] == ["facts-2.duckdb"]


def test_a_rebuild_seals_as_it_goes_and_comes_out_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accoil.count.counting.SEALED_ALONG", 50)
    monkeypatch.setattr("accoil.count.blocks.MOST_AT_ONCE", 100)
    with counting(tmp_path) as opened:
        for seed in range(3):
            receive(opened, seed * 10)
            opened.loader.catch_up()
        before = answers(opened)
        opened.rebuild()
        assert answers(opened) == before
        assert (tmp_path / "facts-2.seen").exists() and not (tmp_path / "facts-1.seen").exists()
        assert opened.loader.in_memory < 1800
        for seed in range(3):
            receive(opened, seed * 10)
        opened.loader.catch_up()
        assert answers(opened) == before


def test_the_number_of_open_days_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCOIL_OPEN_DAYS", "1")
    with counting(tmp_path) as opened:
        receive(opened, 10)
        opened.loader.catch_up()
        before = answers(opened)
        opened.seal()  # by the real clock, which has left these days behind
        assert opened.facts.store.rows("select count(*) as n from message")[0]["n"] == 0
        assert opened.loader.in_memory == 0
        assert answers(opened) == before


def test_sealing_waits_for_a_rebuild(tmp_path: Path) -> None:
    opened = Counting(tmp_path, lambda: ZONES)
    receive(opened, 10)
    opened.rebuild(lambda block, last: opened.seal())
    opened.stop()


@pytest.mark.parametrize("sizes", [(0, 1), (5, 3, 1), (1000, 1000), (4000, 3, 900)])
def test_sorted_files_are_joined_part_by_part(
    tmp_path: Path, sizes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashes, "AT_ONCE", 64)
    chance = np.random.default_rng(1)
    runs = [np.sort(chance.integers(0, 2**64, size, np.uint64, endpoint=False)) for size in sizes]
    run = hashes.write(tmp_path, "a.ids", runs)
    assert run.is_whole(tmp_path)
    assert run.open(tmp_path).tolist() == sorted(np.concatenate(runs).tolist())
