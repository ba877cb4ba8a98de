"""Looking at a store that nobody uses, without changing it."""

from pathlib import Path

import duckdb


class Unreadable(Exception):
    """Its file can't be opened or read."""


def last_block(folder: Path) -> int | None:
    """The number of the last block in the store of a data folder; None where there is none. Raises Unreadable."""
    found = [_block(path) for path in folder.glob("facts-*.duckdb")]
    return max(found, default=None)


def _block(path: Path) -> int:
    try:
        with duckdb.connect(str(path), read_only=True) as db:
            rows = db.execute("select block from loaded").fetchall()
        return int(rows[0][0])
    except (duckdb.Error, IndexError) as wrong:
        raise Unreadable(f"{path.name}: {str(wrong).splitlines()[0][:200]}") from wrong
