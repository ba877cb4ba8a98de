"""What comes in between a deletion: a backup, a stop, blocks that are lost, a store that is being made again."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from accoil.asgi import Server
from accoil.count import ids, people
from accoil.count.counting import Counting
from accoil.erase import carrying, cleaning, stepping
from accoil.erase.asking import ask, begin
from accoil.erase.carrying import Erasing
from accoil.erase.models import Erasure
from accoil.receive.calls import Call
from accoil.receive.columns import Request, table
from accoil.receive.importing import Import, Imports, uploads
from accoil.team.models import Product, Team
from tests.door import make_product
from tests.erase.test_everywhere import calls, told, user_id
from tests.small_worlds import at
from tests.waiting import until

State = Erasure.State
FULL = "create trigger full before update on block begin select raise(abort, 'database or disk is full'); end"


@pytest.fixture
def product(db: None, monkeypatch: pytest.MonkeyPatch) -> Product:
    monkeypatch.setattr(carrying, "AFTERWARDS", 0.0)
    monkeypatch.setattr(stepping, "SETTLES", 0.0)
    # The test itself is a transaction, in which no log is emptied.
    monkeypatch.setattr(cleaning, "_clean_database", lambda: None)
    return Product.objects.create(team=Team.objects.create(name="Ours"), name="App", time_zone="UTC")


@contextmanager
def opened(folder: Path, product: Product, *users: str) -> Iterator[Counting]:
    """A block for each of the users."""
    counting = Counting(folder, lambda: {product.pk: "UTC"})
    for user in users:
        call = Call(type="identify", messageId=user, userId=user, kind=1, at=at(1))
        counting.journal.write(product.pk, at(1), [call])
    counting.start()
    try:
        assert counting.wait_counted()
        yield counting
    finally:
        counting.stop()


def erasing(counting: Counting, refresh: Callable[[], None] = lambda: None) -> Erasing:
    return Erasing(counting, refresh, tuple, Imports(counting.journal.path.parent / "imports", counting.journal))


def knows(product: Product, user: str) -> bool:
    return bool(people.tracking_ids(product.pk, "user", [ids.id_of(product.pk, ids.USER, user)]))


def state(erasure: Erasure) -> str:
    return Erasure.objects.get(pk=erasure.pk).state


def test_blocks_that_were_lost_at_the_end_end_the_pass(tmp_path: Path, product: Product) -> None:
    with opened(tmp_path, product, "ann", "bob"):
        pass
    with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as journal:
        journal.execute("delete from block where number = 2")
        journal.commit()
    passes = []

    def looks_again() -> None:
        passes.append(1)
        assert len(passes) < 9, "it goes round and round"

    with opened(tmp_path, product) as counting:
        assert counting.journal.last == 2
        erasure = begin(product, "user", "ann", ["ann"])
        erasing(counting, looks_again).step()
        erasure.refresh_from_db()
        assert (erasure.state, "has lost the blocks 2" in erasure.problem) == (State.NUMBERS, True)


def test_a_store_of_before_that_a_backup_brought_back_is_made_again(tmp_path: Path, product: Product) -> None:
    folder, backup = tmp_path / "data", tmp_path / "backup"
    for each in (folder, backup):
        each.mkdir()
    with opened(folder, product, "ann", "bob") as counting:
        erasure = begin(product, "user", "ann", ["ann"])
        counting.copy_store(backup)
        erasing(counting).step()
        assert (state(erasure), knows(product, "ann"), knows(product, "bob")) == (State.DONE, False, True)
    shutil.copy(folder / "journal.sqlite3", backup)
    with opened(backup, product) as counting:
        assert knows(product, "ann")
        erasing(counting).step()
        assert (knows(product, "ann"), knows(product, "bob")) == (False, True)


def test_a_journal_of_before_that_a_backup_brought_back_is_gone_through_again(tmp_path: Path, product: Product) -> None:
    with opened(tmp_path, product, "ann", "bob") as counting:
        erasure = begin(product, "user", "ann", ["ann"])
        erasure.note("journal", removed=1, changed=0, unreadable=0, store="facts-1.duckdb")
        erasure.state = State.TOOLS
        erasure.save()
        erasing(counting).step()
        assert (state(erasure), knows(product, "ann"), knows(product, "bob")) == (State.DONE, False, True)
        erasure.refresh_from_db()
        assert erasure.part("journal")["removed"] == 1


def test_a_file_of_before_that_a_backup_brought_back_goes_with_the_next_start(tmp_path: Path, product: Product) -> None:
    with opened(tmp_path, product, "ann", "bob") as counting:
        folder = tmp_path / "imports"
        kept, gone = uploads.new(folder) / "past.csv", uploads.new(folder) / "gone.csv"
        for each in (kept, gone):
            each.write_text("name,user_id\nLogin,ann\n")
            Import(each.stem, product.pk, str(each), 9, is_upload=True, status="failed").keep(folder)
        imports = Imports(folder, counting.journal)
        erasure = begin(product, "user", "ann", ["ann"])
        Erasing(counting, lambda: None, tuple, imports, lambda at: False).step()
        assert (state(erasure), kept.exists(), gone.exists()) == (State.TOOLS, False, False)
        kept.write_text("name,user_id\nLogin,ann\n")
        Erasing(counting, lambda: None, tuple, imports).step()
        assert (state(erasure), kept.exists()) == (State.DONE, False)
        erasure.refresh_from_db()
        assert erasure.part("imports")["files"] == 3


@pytest.mark.parametrize(("looks", "then"), [(1, State.JOURNAL), (2, State.NUMBERS)])
def test_stopped_in_the_middle_it_ends_soon_and_goes_on_with_the_next_start(
    tmp_path: Path, product: Product, looks: int, then: str
) -> None:
    with opened(tmp_path, product, "ann", "bob") as counting:
        erasure = begin(product, "user", "ann", ["ann"])
        left = iter(range(looks))
        first = erasing(counting, lambda: first.stop() if next(left, 0) == looks - 1 else None)
        first.step()
        assert (state(erasure), knows(product, "ann")) == (then, True)
        erasing(counting).step()
        assert (state(erasure), knows(product, "ann"), knows(product, "bob")) == (State.DONE, False, True)


def test_a_disk_that_is_full_is_said_and_it_is_done_when_there_is_room(tmp_path: Path, product: Product) -> None:
    with opened(tmp_path, product, "ann", "bob") as counting:
        erasure, runs = begin(product, "user", "ann", ["ann"]), erasing(counting)
        with closing(sqlite3.connect(counting.journal.path)) as journal, journal:
            journal.execute(FULL)
        runs.step()
        erasure.refresh_from_db()
        assert erasure.problem.startswith(
            "Deletions can't go on just now (database or disk is full); it is tried again"
        )
        assert (erasure.state, runs.trying.wrong) == (State.JOURNAL, erasure.problem)
        with closing(sqlite3.connect(counting.journal.path)) as journal, journal:
            journal.execute("drop trigger full")
        runs.step()
        assert state(erasure) == State.JOURNAL, "not before the pause is over"
        runs.trying.next_at = 0.0
        runs.step()
        erasure.refresh_from_db()
        assert (erasure.state, erasure.problem, runs.trying.wrong) == (State.DONE, "", None)
        assert (knows(product, "ann"), knows(product, "bob")) == (False, True)


def test_a_store_that_was_begun_before_is_made_once_more(tmp_path: Path, product: Product) -> None:
    with opened(tmp_path, product, "ann", "bob") as counting:
        erasure, runs = begin(product, "user", "ann", ["ann"]), erasing(counting)
        with counting._rebuilding:  # as while it is made for another reason: it may have counted her already
            runs.step()
            erasure.refresh_from_db()
            assert (erasure.state, erasure.problem) == (State.NUMBERS, stepping.WAITS_FOR_STORE)
        before = counting.at_rest()
        runs.step()
        assert (state(erasure), knows(product, "ann")) == (State.DONE, False)
        assert counting.at_rest() != before


def test_the_deletion_ends_when_the_mailbox_of_receivers_is_without_what_was_taken(
    tmp_path: Path, product: Product
) -> None:
    empty_since = float("-inf")
    with opened(tmp_path, product, "ann") as counting:
        imports = Imports(tmp_path / "imports", counting.journal)
        steps = Erasing(counting, lambda: None, tuple, imports, lambda at: empty_since >= at)
        erasure = begin(product, "user", "ann", ["ann"])
        until(lambda: steps.step() or Erasure.objects.get(pk=erasure.pk).problem == carrying.WAITS_FOR_MAILBOX)
        assert state(erasure) == State.TOOLS
        empty_since = time.monotonic()
        until(lambda: steps.step() or state(erasure) == State.DONE)


def test_what_was_let_in_before_the_door_knew_and_came_to_the_disk_later_goes_too(
    tmp_path: Path, product: Product
) -> None:
    with opened(tmp_path, product, "ann", "bob") as counting:
        late = [Call(type="identify", messageId="late", userId="ann", kind=1, at=at(1))]

        def comes(_: float) -> bool:
            """When the journal has been gone through, and everything been counted anew."""
            if late:
                assert not knows(product, "ann")
                counting.journal.put(table([Request(product.pk, at(1), late[:])]))
                late.clear()
                assert counting.wait_counted() and knows(product, "ann")
            return True

        steps = Erasing(counting, lambda: None, tuple, Imports(tmp_path / "imports", counting.journal), comes)
        erasure = begin(product, "user", "ann", ["ann"])
        until(lambda: steps.step() or state(erasure) == State.DONE)
        assert (knows(product, "ann"), knows(product, "bob")) == (False, True)
        assert "ann" not in repr([block.facts.to_pylist() for block in counting.journal.blocks(0)])
        erasure.refresh_from_db()
        assert erasure.part("journal")["removed"] == 2


def test_while_a_backup_reads_the_journal_others_write_and_the_deletion_ends_after_it(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "AFTERWARDS", 0.0)
    door = make_product(server)
    told(server, door, calls())
    with closing(sqlite3.connect(server.counting.journal.path)) as backup:
        backup.execute("begin")
        backup.execute("select count(*) from block").fetchone()
        erasure = ask(Product.objects.get(pk=door.product_id), "user", user_id(door), None)
        until(lambda: Erasure.objects.get(pk=erasure.pk).problem == carrying.WAITS_FOR_READERS, within=9)
        assert state(erasure) == State.TOOLS
        told(server, door, [{"type": "track", "userId": "bob", "event": "Report_Created"}])
        backup.rollback()
    until(lambda: Erasure.objects.get(pk=erasure.pk).is_done)
