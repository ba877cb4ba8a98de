"""What a backup holds of imports that go on while it is taken."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from accoil.backup import back_up
from accoil.count.counting import Counting
from accoil.receive.importing.state import Import


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Of a server that does not run, with an import that is on its way."""
    folder = tmp_path / "data"
    folder.mkdir()
    counting = Counting(folder, lambda: {})
    counting.start()
    counting.stop()
    sqlite3.connect(folder / "app.sqlite3").close()
    (folder / "app.sqlite3").touch()
    (folder / "imports" / "uploads" / "one").mkdir(parents=True)
    (folder / "imports" / "uploads" / "one" / "past.csv").write_text("name,time")
    Import("abc", 1, "past.csv", 9, status="importing", line=10, block=1).keep(folder / "imports")
    return folder


def began(data: Path, into: Path) -> Iterator[str]:
    """A backup that is about to copy the journal."""
    steps = back_up(data, into)
    while "journal and" not in next(steps):
        pass
    return steps


def test_no_import_is_further_in_it_than_the_journal_that_was_copied_after(data: Path, tmp_path: Path) -> None:
    rest = began(data, tmp_path / "kept")
    Import("abc", 1, "past.csv", 9, status="done", line=20, block=2).keep(data / "imports")
    list(rest)
    state = json.loads((tmp_path / "kept" / "imports" / "abc.json").read_text())
    assert (state["status"], state["line"], state["block"]) == ("importing", 10, 1)
    assert (tmp_path / "kept" / "imports" / "uploads" / "one" / "past.csv").read_text() == "name,time"


def test_a_file_that_an_import_takes_away_meanwhile_is_left_out(data: Path, tmp_path: Path) -> None:
    (data / "imports" / "def.new").symlink_to(data / "gone")  # in the list of the folder, and no longer there
    list(back_up(data, tmp_path / "kept"))
    files = json.loads((tmp_path / "kept" / "backup.json").read_text())["files"]
    assert {"imports/abc.json", "imports/uploads/one/past.csv"} <= set(files) and "imports/def.new" not in files
