"""One server at a time works with a database, wherever it runs: two would do the same work twice."""

from typing import Any

import structlog
from django.db import connection as database

from accoil.postgresql import home
from accoil.refused import Refused

log = structlog.get_logger()

LOCK = 7_223_162  # any number, as for turns


class Alone:
    """Held by a connection of its own, so PostgreSQL frees it when the server dies, however it dies."""

    def __init__(self) -> None:
        self._held: Any = None

    def hold(self) -> None:
        """Takes it, or looks whether it still has it: again after PostgreSQL was started anew. Raises Refused."""
        if database.vendor != "postgresql":
            return  # the data folder is locked, and the file is in it
        if self._held is None:
            self._held = database.copy()
            self._held.inc_thread_sharing()
        if not self._taken():
            raise Refused(f"Another Accoil server works with {home.named()}; stop that one first.")

    def stop(self) -> None:
        if self._held is not None:
            self._held.close()

    def _taken(self) -> bool:
        with self._held.cursor() as cursor:
            cursor.execute(
                "select exists (select from pg_locks where locktype = 'advisory' and objid = %s and granted "
                "and pid = pg_backend_pid())",
                [LOCK],
            )
            if cursor.fetchone()[0]:
                return True
            cursor.execute("select pg_try_advisory_lock(%s)", [LOCK])
            return bool(cursor.fetchone()[0])
