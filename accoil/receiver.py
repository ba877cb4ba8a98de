"""A process that only receives: a journal of its own, whose blocks are handed on to the one that counts."""

from pathlib import Path
from typing import IO

from accoil import health
from accoil.control import Control
from accoil.count.counting import lock
from accoil.count.duplicates import Duplicates
from accoil.database import PAIRED
from accoil.postgresql.leases import RECEIVER, Leases
from accoil.receive.journal import Journal
from accoil.receive.posting import Posting
from accoil.receive.waiting import Held
from accoil.refused import Refused
from accoil.store.mailbox import Mailbox
from accoil.watch.running import Watch

MOST_WAITING = 1_000  # blocks


class Receiver:
    """Of a data folder that no other process receives with. Raises InUse, and Refused when another machine has a copy
    of it, or when somebody counts there: what was handed on is deleted here. `waits`: whether a call is answered only
    when the mailbox has it."""

    def __init__(self, folder: Path, addresses: list[str], leases: Leases, waits: bool) -> None:
        if (folder / PAIRED).exists() or any(folder.glob("facts-*.duckdb")):
            raise Refused(
                f"What is counted is in {folder}, and its journal is the only one. Give a server that only receives a "
                "data folder of its own (--data)."
            )
        self._lock: IO[str] = lock(folder)
        held = Held() if waits else None
        self.journal = Journal(folder / "journal.sqlite3", tell=lambda block: self.posting.wake(), held=held)
        self.posting = Posting(self.journal, Mailbox(addresses), held)
        self._leases, self._lease = leases, RECEIVER + int(self.posting.name[:8], 16) % 2**31
        self._control = Control(folder, {"progress": self.progress})
        none_come_again = Duplicates()  # as far as is known here
        self.watch = Watch(self.journal, lambda: none_come_again, self.posting.name)

    def start(self) -> None:
        self.hold()
        self.watch.start()
        self.journal.start()
        self.posting.start()
        self._control.start()

    def stop(self) -> None:
        self._control.stop()
        self.journal.stop()
        self.posting.stop()
        self.watch.stop()
        self._lock.close()

    def hold(self) -> None:
        """Its name is its own, or it takes another."""
        if not self._leases.has(self._lease):
            raise Refused(
                f"Another receiver has a copy of the data folder {self.journal.path.parent}. Give this one a folder "
                "of its own; what stands in its journal is handed on by the other one."
            )

    def progress(self) -> dict[str, object]:
        """What commands ask: health.progress, of a server that counts nothing."""
        return {"server": health.ID, "waiting": self.posting.waiting, "wrong": self.wrong}

    @property
    def wrong(self) -> list[str]:
        waiting = self.posting.waiting
        behind = f"{waiting:,} blocks wait to be handed on; they are safe on disk." if waiting > MOST_WAITING else None
        if self.posting.failing:
            behind = (
                "What was received can't be handed on just now; it is kept, and will be, as soon as that is possible."
            )
        elif self.posting.is_left_lying:
            behind = (
                "What was handed on has been lying in ClickHouse for more than a minute: no worker counts, or it asks "
                "another ClickHouse than this receiver."
            )
        return [sentence for sentence in (self.journal.wrong, behind) if sentence]
