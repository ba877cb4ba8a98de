"""However an import was stopped, it goes on, and every row counts once."""

import csv
import os
from pathlib import Path

import pytest

from accoil.receive.importing.state import recall
from tests.receive.importing import past
from tests.receive.importing.running import brought_in, finished, open_imports, readers
from tests.waiting import until


def test_a_stopped_one_goes_on_where_it_was(opened, tmp_path):
    imports, counting = opened
    given = [("track", "bad", "soon", "u") if i % 30_000 == 5 else row for i, row in enumerate(past.rows(300_000))]
    path = past.write(tmp_path / "past.csv", given)
    started = imports.start(path, 1)
    until(lambda: imports.get(started.id).line > 20_000)
    imports.stop(started.id)
    stopped = finished(imports, started)
    assert (stopped.status, stopped.failure[:15]) == ("failed", "It was stopped.")
    assert stopped.line < 200_000
    done = brought_in(imports, path)
    assert done.began_rows == stopped.rows
    assert (done.status, done.accepted, done.rejected_rows) == ("done with errors", 299_990, 10)
    with Path(done.errors).open(newline="") as file:
        assert [int(row[0]) for row in list(csv.reader(file))[1:]] == [i + 2 for i in range(5, 300_000, 30_000)]
    assert past.found(counting) == past.counted(row for row in given if row[2] != "soon")


@pytest.mark.parametrize("packing", past.PACKINGS)
def test_what_was_on_its_way_goes_on_when_the_server_starts_again(tmp_path, packing):
    path = tmp_path / "past"
    path.write_bytes(past.PACKINGS[packing](past.as_csv(past.rows(150_000))))
    with open_imports(tmp_path / "data") as (imports, _):
        started = imports.start(path, 1)
        until(lambda: imports.get(started.id).line > 20_000)
    left = recall(tmp_path / "data" / "imports")[started.id]
    assert left.status == "importing"
    assert left.line < 150_000
    with open_imports(tmp_path / "data", resume=True) as (imports, counting):
        done = finished(imports, started)
        assert (done.began_rows, done.accepted) == (left.rows, 150_000)
        assert past.found(counting) == past.counted(past.rows(150_000))


def test_a_piece_that_a_kill_made_come_twice_counts_once(tmp_path):
    path = past.write(tmp_path / "past.csv", past.rows(100_000))
    folder = tmp_path / "data" / "imports"
    with open_imports(tmp_path / "data") as (imports, _):
        started = imports.start(path, 1)
        until(lambda: imports.get(started.id).line > 20_000)
        before = (folder / f"{started.id}.json").read_bytes()
        until(lambda: (folder / f"{started.id}.json").read_bytes() != before)
    (folder / f"{started.id}.json").write_bytes(before)  # killed after the journal, before the state
    with open_imports(tmp_path / "data") as (imports, counting):
        brought_in(imports, path)
        assert past.found(counting) == past.counted(past.rows(100_000))


@pytest.mark.parametrize("harm", ["torn state", "journal lost"])
def test_an_import_begins_anew_when_its_place_is_not_to_be_trusted(tmp_path, harm):
    path = past.write(tmp_path / "past.csv", past.rows(150_000))
    data = tmp_path / "data"
    with open_imports(data) as (imports, _):
        started = imports.start(path, 1)
        until(lambda: imports.get(started.id).line > 20_000)
    if harm == "torn state":
        (data / "imports" / f"{started.id}.json").write_bytes(b'{"id": "' + b"\0" * 100)
    else:
        for file in [*data.glob("journal*"), *data.glob("facts*")]:
            file.unlink()
    with open_imports(data) as (imports, counting):
        done = brought_in(imports, path)
        assert (done.began_rows, done.accepted) == (0, 150_000)
        assert past.found(counting) == past.counted(past.rows(150_000))


def test_a_stopped_one_begins_anew_when_others_took_the_place_of_its_lost_blocks(tmp_path):
    path, other = past.write(tmp_path / "past.csv", past.rows(150_000)), tmp_path / "other.csv"
    past.write(other, past.rows(150_000, begin=150_000))
    data = tmp_path / "data"
    with open_imports(data) as (imports, _):
        started = imports.start(path, 1)
        until(lambda: imports.get(started.id).line > 20_000)
        imports.stop(started.id)
        assert finished(imports, started).block < 10
    for file in [*data.glob("journal*"), *data.glob("facts*")]:
        file.unlink()
    with open_imports(data) as (imports, counting):
        assert brought_in(imports, other).block >= 10
        done = brought_in(imports, path)
        assert (done.began_rows, done.accepted) == (0, 150_000)
        assert past.found(counting) == past.counted(past.rows(300_000))


def test_a_file_that_changed_meanwhile_is_not_gone_on_with(tmp_path):
    path = past.write(tmp_path / "past.csv", past.rows(150_000))
    with open_imports(tmp_path / "data") as (imports, _):
        started = imports.start(path, 1)
        until(lambda: imports.get(started.id).line > 20_000)
    past.write(path, past.rows(150_000, begin=1))
    with open_imports(tmp_path / "data", resume=True) as (imports, _):
        assert "has changed since" in str(finished(imports, started).failure)
        assert brought_in(imports, path).accepted == 150_000


def test_a_damaged_file_gives_what_it_can_and_says_so(opened, tmp_path):
    imports, counting = opened
    path = tmp_path / "past.csv.zst"
    path.write_bytes(past.zstd(past.as_csv(past.rows(150_000)))[:-1000])
    done = brought_in(imports, path)
    assert done.status == "failed"
    assert "damaged or cut short" in done.failure
    assert f"before line {done.line:,} is in" in done.failure
    assert past.found(counting) == past.counted(past.rows(done.accepted)) != past.Count()


def test_a_full_disk_stops_it_and_room_lets_it_go_on(opened, tmp_path):
    imports, counting = opened
    path = past.write(tmp_path / "past.csv", past.rows(100_000))
    counting.journal.db.execute("pragma max_page_count = 120")  # the same answer as a full disk's
    full = brought_in(imports, path)
    assert full.status == "failed"
    assert "The disk refused it: database or disk is full." in full.failure
    counting.journal.db.execute("pragma max_page_count = 1000000")
    assert brought_in(imports, path).status == "done"
    assert past.found(counting) == past.counted(past.rows(100_000))


def test_a_reader_that_is_killed_stops_it_and_it_goes_on(opened, tmp_path):
    imports, counting = opened
    path = past.write(tmp_path / "past.csv", past.rows(300_000))
    started = imports.start(path, 1)
    until(lambda: imports.get(started.id).line > 20_000)
    (reader,) = readers(os.getpid())
    os.kill(reader, 9)
    assert "ended with -9" in finished(imports, started).failure
    assert brought_in(imports, path).status == "done"
    assert past.found(counting) == past.counted(past.rows(300_000))
