"""Empties the logs of both databases, where older states of blocks and rows stand. Nobody is kept waiting for that:
what can't be emptied while somebody reads an older state, as a backup does, is emptied later."""

import time
from pathlib import Path

from django.apps import apps
from django.db import connection as database

from accoil.receive import rewriting

TRIES, PAUSE = 5, 0.02  # seconds: whoever writes just now is done soon


class Cleaning:
    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._is_due = True  # a process that was killed may have left something

    def is_due(self) -> None:
        self._is_due = True

    def is_done(self) -> bool:
        """Tries now, if it is due."""
        for _ in range(TRIES if self._is_due else 0):
            if self._cleaned():
                self._is_due = False
                break
            time.sleep(PAUSE)
        return not self._is_due

    def _cleaned(self) -> bool:
        try:
            rewriting.clean(self._journal)
            _clean_database()
        except rewriting.Busy:
            return False
        return True


def _clean_database() -> None:
    """Raises Busy. What somebody may still read in PostgreSQL, its own vacuum takes away later."""
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            tables = [database.ops.quote_name(each._meta.db_table) for each in apps.get_models()]
            cursor.execute(f"vacuum {', '.join(tables)}")
            return
        (patience,) = cursor.execute("pragma busy_timeout").fetchone()
        cursor.execute("pragma busy_timeout = 0")
        try:
            if cursor.execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
                raise rewriting.Busy
        finally:
            cursor.execute(f"pragma busy_timeout = {int(patience)}")
