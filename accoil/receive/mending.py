"""What can be saved of a damaged journal goes into a new one; the damaged files are kept beside it."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from accoil.receive import condensing, encoding, wal
from accoil.receive.opening import connected, log_of


class Mended(msgspec.Struct):
    saved: int  # blocks
    missing: list[tuple[int, int]]  # first and last number of each row of blocks that could not be read
    kept: list[Path]  # the damaged files


def mend(path: Path) -> Mended:
    """For a journal that nobody has open."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="mending-") as folder:
        readers = [reader for copy in _copies(path, Path(folder)) if (reader := _opened(copy))]
        new = Path(folder) / "new"
        with closing(connected(new)) as db:
            saved, missing = _save(readers, db, max(map(_last, readers), default=0))
            _save_condensed(readers, db)
            db.execute("pragma wal_checkpoint(truncate)")
        for reader in readers:
            reader.close()
        kept = _keep(path)
        new.rename(path)
    return Mended(saved, missing, kept)


def _copies(path: Path, folder: Path) -> Iterator[Path]:
    """As SQLite would read it; and, second, with what lies behind a damage in its log."""
    log = wal.read(log_of(path))
    for name, kept in (("as it is", None), ("without damage", wal.without_damage(log) if log else None)):
        copy = folder / name
        if path.exists():
            shutil.copy(path, copy)
        if kept is not None:
            log_of(copy).write_bytes(kept)
        elif log_of(path).exists():
            shutil.copy(log_of(path), log_of(copy))
        yield copy


def _opened(path: Path) -> sqlite3.Connection | None:
    try:
        reader = sqlite3.connect(path)
        reader.execute("select number from block limit 1").fetchall()
        return reader
    except sqlite3.Error:
        return None


def _last(reader: sqlite3.Connection) -> int:
    """The highest number that can be found, from either end."""
    highest = 0
    for order in ("desc limit 1", "asc"):
        with suppress(sqlite3.Error):
            for (number,) in reader.execute(f"select number from block order by number {order}"):  # noqa: S608  ours
                highest = max(highest, number)
    return highest


def _save(readers: list[sqlite3.Connection], db: sqlite3.Connection, last: int) -> tuple[int, list[tuple[int, int]]]:
    saved, missing = 0, list[tuple[int, int]]()
    number = 0
    while number < last:
        number += 1
        row = next(filter(None, (_block(reader, number) for reader in readers)), None)
        if row:
            db.execute("insert into block values (?, ?, ?, ?)", row)
            saved += 1
        elif missing and missing[-1][1] == number - 1:
            missing[-1] = (missing[-1][0], number)
        else:
            missing.append((number, number))
        if number % 1000 == 0:
            db.commit()
    db.commit()
    return saved, missing


def _save_condensed(readers: list[sqlite3.Connection], db: sqlite3.Connection) -> None:
    """What a run that condenses days, and was killed, must know to go on."""
    for reader in readers:
        with suppress(sqlite3.Error):
            found = reader.execute("select ids from condensed").fetchall()
            db.execute(condensing.CREATE)
            db.executemany("insert into condensed values (?)", found)
            db.commit()
            return


def _block(reader: sqlite3.Connection, number: int) -> tuple[int, int, int, bytes] | None:
    """The row, if its facts are what was written."""
    try:
        row = reader.execute("select number, received, calls, facts from block where number = ?", (number,)).fetchone()
        if row is None or len(encoding.decoded(row[3])) != row[2]:
            return None
    except (sqlite3.Error, *encoding.UNREADABLE):
        return None
    return (row[0], row[1], row[2], row[3])


def _keep(path: Path) -> list[Path]:
    number = 1
    while path.with_name(f"{path.name}.damaged-{number}").exists():
        number += 1
    kept = []
    for file in (path, log_of(path)):
        if file.exists():
            kept.append(file.rename(file.with_name(f"{file.name}.damaged-{number}")))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
    return kept
