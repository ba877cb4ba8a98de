"""The files that a store is made of: facts-3.duckdb, its log, and the ids that were sealed."""

import shutil
from pathlib import Path

from accoil.count import sealing


def number(path: Path) -> int:
    """Later ones have larger ones."""
    found = path.stem.split("-")[1]
    return int(found) if found.isdigit() else 0


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _log(path).unlink(missing_ok=True)
    sealing.forget(path)


def copy(path: Path, into: Path) -> None:
    """Of a store that nobody changes meanwhile."""
    for each in (path, _log(path)):
        if each.exists():
            shutil.copy2(each, into)
    sealing.copy(path, into)


def _log(path: Path) -> Path:
    return path.with_name(path.name + ".wal")
