"""What one process at a time does, wherever it runs: held by a connection to PostgreSQL of its own, which frees it when
the process dies, however it dies. With SQLite there is one process, which has everything."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import Error
from django.db import connection as database

COUNTS = 7_223_162  # any number, as for turns: who has it counts, and does what is done once
CONNECTION = 7_223_163 << 32  # and the connection's number
RECEIVER = 7_223_164 << 32  # and a part of the receiver's name

HELD = """
select (classid::bigint << 32) | objid::bigint from pg_locks
where locktype = 'advisory' and objsubid = 1 and granted and pid = pg_backend_pid()
  and database = (select oid from pg_database where datname = current_database())
"""


class Leases:
    """Of this process. Whatever is asked may raise DatabaseError; then nothing is held, as far as is known."""

    def __init__(self) -> None:
        self._held: Any = None
        self._one_at_a_time = threading.Lock()

    def has(self, lease: int) -> bool:
        """Takes it, or looks whether it still has it."""
        return lease in self.of([lease])

    def of(self, wanted: Collection[int]) -> set[int]:
        """Those of them that it has now, or could take."""
        if database.vendor != "postgresql":
            return set(wanted)
        with self._asking() as cursor:
            cursor.execute(HELD)
            held = {int(row[0]) for row in cursor.fetchall()} & set(wanted)
            for lease in sorted(set(wanted) - held):
                cursor.execute("select pg_try_advisory_lock(%s)", [lease])
                if cursor.fetchone()[0]:
                    held.add(lease)
            return held

    def let_go(self, lease: int) -> None:
        if self._held is not None:
            with self._asking() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [lease])

    def connections(self, wanted: Collection[int]) -> set[int]:
        """Of these connections to other tools those that are this process's."""
        return {lease - CONNECTION for lease in self.of([CONNECTION + each for each in wanted])}

    def stop(self) -> None:
        with self._one_at_a_time:
            self._close()

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        """A connection that failed is given up, with what it held: nobody else would open it again."""
        with self._one_at_a_time:
            if self._held is None:
                self._held = database.copy()
                self._held.inc_thread_sharing()
            try:
                with self._held.cursor() as cursor:
                    yield cursor
            except Error:
                with suppress(Error):
                    self._close()
                raise

    def _close(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.close()
