"""An empty database of this application, kept for as long as its migrations are the same: to make all tables anew takes
three seconds, in every process of a run."""

from __future__ import annotations

import hashlib
import inspect
import os
import shutil
from pathlib import Path

import django
from django.db import connection
from django.db.migrations.loader import MigrationLoader

KEPT_IN = Path(__file__).parents[1] / ".pytest_cache"


def take(database: Path) -> None:
    """Puts a copy there, if there is one."""
    if (kept := _kept()).exists():
        shutil.copy(kept, database)


def keep() -> None:
    """Keeps the database of this connection, in which nothing has happened yet, and no older one."""
    if (kept := _kept()).exists():
        return
    KEPT_IN.mkdir(exist_ok=True)
    for older in KEPT_IN.glob("tables-*.sqlite3"):
        older.unlink(missing_ok=True)
    half = KEPT_IN / f"tables-{os.getpid()}.half"  # several processes may be at it
    with connection.cursor() as cursor:
        cursor.execute("vacuum into %s", [str(half)])
    half.replace(kept)


def _kept() -> Path:
    made = hashlib.sha256(django.__version__.encode())
    migrations = MigrationLoader(None).disk_migrations.values()
    for file in sorted({inspect.getfile(type(each)) for each in migrations}):
        made.update(Path(file).read_bytes())
    return KEPT_IN / f"tables-{made.hexdigest()[:16]}.sqlite3"
