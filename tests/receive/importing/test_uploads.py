"""What becomes of the copies of files that people uploaded."""

import threading
from pathlib import Path

import pytest

from accoil.receive.importing import Import, Imports, uploads
from accoil.receive.importing.imports import STOPPED
from accoil.refused import Refused
from tests.receive.importing import past
from tests.receive.importing.running import finished, open_imports
from tests.waiting import until

BAD = ("track", "x", "soon", "u")


def handed_in(imports: Imports, data: Path, given: list[past.Row] | int) -> Import:
    """As a page does it."""
    path = uploads.new(data / "imports") / "past.csv"
    past.write(path, past.rows(given) if isinstance(given, int) else given)
    return imports.start(path, 1, None, "Ann", True)


def lying(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "imports" / "uploads").rglob("*.*"))


def test_a_copy_goes_when_every_row_is_in(tmp_path):
    with open_imports(tmp_path / "data") as (imports, _):
        done = finished(imports, handed_in(imports, tmp_path / "data", 100))
    assert (done.status, done.has_file, lying(tmp_path / "data")) == ("done", False, [])


def test_a_copy_stays_where_rows_were_rejected_until_somebody_deletes_it(tmp_path):
    with open_imports(tmp_path / "data") as (imports, _):
        done = finished(imports, handed_in(imports, tmp_path / "data", [*past.rows(5), BAD]))
        assert (done.status, lying(tmp_path / "data")) == ("done with errors", ["past.csv", "past.csv.errors.csv"])
        imports.delete(done.id)
        assert (lying(tmp_path / "data"), imports.get(done.id).accepted) == ([], 5)


def test_what_a_killed_server_was_importing_is_kept_and_gone_on_with(tmp_path):
    data = tmp_path / "data"
    with open_imports(data) as (imports, _):
        started = handed_in(imports, data, 150_000)
        until(lambda: imports.get(started.id).line > 20_000)
    assert lying(data) == ["past.csv"]
    with open_imports(data, resume=True) as (imports, counting):
        done = finished(imports, started)
        assert (done.status, done.asked_by, done.is_upload) == ("done", "Ann", True)
        assert past.found(counting) == past.counted(past.rows(150_000))
    assert lying(data) == []


def test_one_that_is_on_its_way_and_one_that_was_not_uploaded_are_not_deleted(tmp_path):
    data = tmp_path / "data"
    with open_imports(data) as (imports, _):
        started = handed_in(imports, data, 150_000)
        with pytest.raises(Refused, match="stop it first"):
            imports.delete(started.id)
        imports.stop(started.id)
        stopped = finished(imports, started)
        assert (stopped.failure, stopped.cause, stopped.can_go_on) == (STOPPED, "somebody", True)
        imports.delete(started.id)
        assert not imports.get(started.id).can_go_on  # there is nothing left to go on with
        own = past.write(tmp_path / "own.csv", past.rows(5))
        with pytest.raises(Refused, match="yours to delete"):
            imports.delete(finished(imports, imports.start(own, 1)).id)
        assert own.exists()


def test_a_copy_that_a_crash_left_behind_is_swept_away(tmp_path):
    left = uploads.new(tmp_path / "data" / "imports") / "past.csv"
    left.write_bytes(b"name,time")
    with open_imports(tmp_path / "data", resume=True):
        assert not left.parent.exists()


def test_while_files_are_searched_for_somebody_nothing_else_waits(tmp_path):
    answered = []

    def is_in(lines: bytes) -> bool:
        asking = threading.Thread(target=imports.all, args=(1,), daemon=True)
        asking.start()
        asking.join(2)
        answered.append(not asking.is_alive())
        return b"Ann" in lines

    with open_imports(tmp_path / "data") as (imports, _):
        done = finished(imports, handed_in(imports, tmp_path / "data", [*past.rows(5), ("track", "x", "soon", "Ann")]))
        assert (imports.forget(1, is_in), lying(tmp_path / "data"), imports.get(done.id).has_file) == (2, [], False)
    assert answered and all(answered)
