"""What a store needs while loads append to it: now and then rows that say the same thing are made one, and all of it
is saved."""

import shutil
import time

from accoil.store.questions import beside
from accoil.store.store import Store

ASK = beside(__file__, "merging")

MERGE_AFTER = 300_000  # rows more in a table, and a quarter of its size
MERGE_LATER = 6  # times as many while a whole load waits: merging can wait, events can't
SAVE_AFTER = 500_000  # rows: what a kill makes the next start count again, in a second or so
SAVE_WITHIN = 10.0  # seconds, when little comes
ROOM, ROW = 8_000_000, 100  # bytes of the disk that are left for a save, and besides for each row


class Merging:
    """Of one store. The thread that loads calls it, between loads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._merged = self.sizes()  # when each table was merged last
        self._appended = 0  # rows since tables were looked at, at most in any of them
        self._unsaved, self._saved_at = 0, time.monotonic()

    def sizes(self) -> dict[str, int]:
        """Rows of each table that is merged."""
        return self._store.rows(ASK["size"])[0]

    def appended(self, rows: int) -> None:
        """A load did, so many at most in any table."""
        self._appended += rows
        self._unsaved += rows

    def when_grown(self, more_waits: bool) -> None:
        """Merges and saves what became large enough for it. `more_waits`: a whole load."""
        if self._appended >= MERGE_AFTER * (MERGE_LATER if more_waits else 1):
            self._merge_what_grew()
        if self._unsaved >= SAVE_AFTER:
            self._save()

    def when_due(self) -> None:
        """Saves what has waited long enough for it."""
        if self._unsaved and time.monotonic() - self._saved_at > SAVE_WITHIN:
            self._save()

    def merge(self, name: str) -> None:
        """Makes one row of rows that say the same thing (merge rules: schema)."""
        with self._store.loading() as loading:
            loading.tell(ASK[name])
            loading.tell(f"drop table {name}")
            loading.tell(f"alter table merged rename to {name}")
        self._merged[name] = self.sizes()[name]
        self._unsaved += self._merged[name]

    def _merge_what_grew(self) -> None:
        self._appended = 0
        for name, rows in self.sizes().items():
            grown = rows - self._merged[name]
            if grown > MERGE_AFTER and grown > rows / 4:
                self.merge(name)

    def _save(self) -> None:
        """Unless the disk is full: DuckDB gives up a whole store, also for those who only ask it, when it finds no room
        in the middle of that. What is not saved is in the journal too."""
        if shutil.disk_usage(self._store.path.parent).free < ROOM + self._unsaved * ROW:
            return
        self._store.save()
        self._unsaved, self._saved_at = 0, time.monotonic()
