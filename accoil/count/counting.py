"""Journal, store and loader of one data folder, opened together."""

import fcntl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, TypeVar

import structlog

from accoil import environment
from accoil import memory as memory_of_process
from accoil.count import late, sealing, store_files
from accoil.count.facts import Facts, open_facts
from accoil.count.load import Loader
from accoil.count.sharing import sharing
from accoil.receive.journal import Journal
from accoil.receive.suppressed import Suppressed
from accoil.refused import Refused
from accoil.store.duckdb import DuckDB
from accoil.store.store import MEMORY, Damaged, Store

log = structlog.get_logger()

SEALED_ALONG = 2_000_000  # message ids in memory while a store is made again
OPEN_DAYS = 35
HEAL_AFTER = 30.0  # seconds

Zones = Callable[[], Mapping[int, str]]
Answer = TypeVar("Answer")


class InUse(Refused):
    """Another process has this data folder open."""


class Counting:
    """`facts` are what pages ask; they are replaced as a whole by `rebuild`. One process at a time: raises InUse.

    `is_asked`: whether this process asks them from the beginning; else once `ask` says so. `has_taken_all`: whether the
    journal has what others had received before the start."""

    def __init__(
        self,
        folder: Path,
        zones: Zones,
        frozen: Callable[[], late.Frozen] = dict,
        deleted: Callable[[], Mapping[int, Suppressed]] = dict,
        is_asked: bool = True,
        has_taken_all: Callable[[], bool] = lambda: True,
    ) -> None:
        memory_of_process.spare()
        self._folder = folder
        self._zones = zones
        self._frozen = frozen
        self._deleted = deleted
        self._memory = environment.text("ACCOIL_STORE_MEMORY", MEMORY)
        self.open_days = environment.number("ACCOIL_OPEN_DAYS", OPEN_DAYS, least=1, most=3660)
        self._lock = lock(folder)
        self.sharing = sharing(folder)
        self.is_asked = is_asked
        self._running = False
        self._has_taken_all = has_taken_all
        self._caught_up = False
        self._before: int | None = None  # the last block of before the start, once it is here
        self._rebuilding = threading.Lock()
        try:
            self.journal = Journal(folder / "journal.sqlite3", tell=lambda block: self.loader.hear(block))
            self._use(*self._latest())
            self.loader = self._new_loader(self.facts)
        except BaseException:  # the next try may find it otherwise
            self._lock.close()
            raise

    def start(self) -> None:
        self._running = True
        self.journal.start()
        self.loader.start()
        self.sharing.start()

    def stop(self) -> None:
        """Writes and counts what is on its way, then closes; frees the folder, whatever is raised."""
        with self._lock:
            self.journal.stop()
            running, self._running = self._running, False
            if running:
                self.loader.wait_for(self.journal.last, timeout=10)
            self.loader.stop()
            self.sharing.stop()
            if self.is_asked:
                open_facts(None)
            self.facts.store.close()

    def ask(self) -> None:
        """From now on this process asks them."""
        self.is_asked, asked = True, None
        while asked is not self.facts:  # others may take their place just now
            asked = self.facts
            open_facts(asked)

    def wait_counted(self, timeout: float = 30, ends: Callable[[], bool] = lambda: False) -> bool:
        """Whether everything received until now was counted within `timeout` seconds, or until it `ends`."""
        last, until = self.journal.last, time.monotonic() + timeout
        # In short waits: a rebuild replaces the loader, and the old one never gets there.
        while not self.loader.wait_for(last, min(1, max(0, until - time.monotonic()))):
            if time.monotonic() >= until or ends():
                return False
        return True

    @property
    def has_caught_up(self) -> bool:
        """Whether all that was received before the start is counted. Until then some people seem not to be there."""
        if not self._caught_up and self._has_taken_all():
            self._before = self.journal.last if self._before is None else self._before
            self._caught_up = self.loader.wait_for(self._before, 0)
        return self._caught_up

    def why_not_rebuild(self) -> str | None:
        """Why the store had better not be made again; None: it can be."""
        if not (gaps := self.journal.gaps):
            return None
        lost = ", ".join(f"{gap.after + 1:,} to {gap.until:,}" for gap in gaps)
        return (
            f"The journal has lost the blocks {lost}; the store alone has counted them. Made again, it would be "
            f"without them: `accoil rebuild --anyway` does so."
        )

    def asked(self, question: Callable[[Store], Answer]) -> Answer:
        """An answer of the store, or of the one that took its place while it was asked."""
        while True:
            store = self.facts.store
            try:
                return question(store)
            except Exception:
                with self._rebuilding:  # whoever replaces it is done
                    if self.facts.store is store:
                        raise

    def seal(self) -> None:
        """Seals what has left the open window, for about a second, unless the store is being made again (that seals
        as it goes)."""
        if not self._rebuilding.acquire(blocking=False):
            return
        try:
            if dropped := self.loader.seal(self.open_days, time.time(), seconds=1):
                log.info("days past the open window were sealed", messages=dropped)
                memory_of_process.give_back()
        finally:
            self._rebuilding.release()

    def at_rest(self) -> str | None:
        """The name of the store, which all later ones follow; None while one is being made."""
        if not self._rebuilding.acquire(blocking=False):
            return None
        try:
            return self._path.name
        finally:
            self._rebuilding.release()

    def copy_store(self, into: Path) -> None:
        """Puts the store's files, as they are at one moment, into another folder. Who asks is answered meanwhile."""
        with self._rebuilding, self.facts.store.saved():
            store_files.copy(self._path, into)

    def rebuild(self, told: Callable[[int, int], None] = lambda block, last: None) -> None:
        """Makes the store again from the journal, beside the old one, which answers until the new one has caught up.
        `told` hears the number of the block done and of the last. What arrives meanwhile waits in the journal."""
        with self._rebuilding:
            path = self._folder / f"facts-{store_files.number(self._path) + 1}.duckdb"
            store_files.remove(path)
            store = self.sharing.open(path, self._memory)
            try:
                loader = self._new_loader(self._in_place_of_these(store))
                self._count_anew(loader, told)
            except BaseException:
                with suppress(Exception):  # a disk that is full; nobody needs these files
                    store.close()
                store_files.remove(path)
                raise
            old = self._path
            self._use(path, store, loader.facts)
            self.loader = loader
            if self._running:
                loader.start()
            # Whoever still reads from the old store keeps its files until he is done.
            store_files.remove(old)
            memory_of_process.give_back()

    def _count_anew(self, loader: Loader, told: Callable[[int, int], None]) -> None:
        while loader.loaded < self.journal.last and loader.step():
            told(loader.loaded, self.journal.last)
            if loader.in_memory > SEALED_ALONG:
                loader.seal(self.open_days, time.time())
        self.loader.stop()
        try:
            loader.catch_up()
        except BaseException:  # then the store of before goes on, where it can
            if self._running and not self.facts.store.damaged:
                self.loader.start()
            raise

    def _heal(self) -> None:
        """Has a damaged store replaced, by a thread of its own: the loader's, which found out, ends here."""
        threading.Thread(target=self._heal_until_done, name="heal", daemon=True).start()

    def _heal_until_done(self) -> None:
        while self._running:
            try:
                if not (self.facts.store.stopped and self._reopen()):
                    if lost := self.why_not_rebuild():
                        log.error("the store must be made again although blocks are lost", reason=lost)
                    self.rebuild()
                log.warning("the store is whole again", after_block=self.loader.loaded)
                return
            except Exception:
                log.exception("the store could not be made good; it will be tried again")
                time.sleep(HEAL_AFTER)

    def _reopen(self) -> bool:
        """An engine that gave up (a disk that was full, a fault of its own) may have left whole files."""
        with self._rebuilding:
            self.loader.stop()
            self.facts.store.close()
            try:
                _, path, store = self._open(self._path)
            except Damaged as damage:
                log.error("the store's files are damaged too", reason=str(damage))
                return False
            # First who counts, then what pages ask: whoever waits for all to be counted must wait for the new one.
            self.loader = self._new_loader(self._in_place_of_these(store))
            self._use(path, store, self.loader.facts)
            if self._running:
                self.loader.start()
            return True

    def _new_loader(self, facts: Facts) -> Loader:
        return Loader(facts, self.journal, self._zones, self._heal, self._frozen, self._deleted)

    def _in_place_of_these(self, store: DuckDB) -> Facts:
        facts = Facts(store, self.facts.duplicates)
        facts.goes_on_from(self.facts)
        return facts

    def _use(self, path: Path, store: DuckDB, facts: Facts | None = None) -> None:
        self._path, self.facts = path, facts or Facts(store)
        if self.is_asked:
            open_facts(self.facts)
        self.sharing.use(store, self.journal.last)

    def _latest(self) -> tuple[Path, DuckDB]:
        """The store that is furthest. A rebuild that was interrupted leaves two; a damaged one is put aside."""
        found: list[tuple[int, Path, DuckDB]] = []
        number = 0
        for path in sorted(self._folder.glob("facts-*.duckdb"), key=store_files.number):
            number = store_files.number(path)
            try:
                found.append(self._open(path))
            except Damaged as damaged:
                log.error("the store can't be used; it is made again from the journal", reason=str(damaged))
                path.rename(path.with_suffix(".damaged"))
                store_files.remove(path)
        if not found:
            path = self._folder / f"facts-{number + 1}.duckdb"
            store_files.remove(path)
            return path, self.sharing.open(path, self._memory)
        *others, (_, path, store) = sorted(found, key=lambda each: (each[0], store_files.number(each[1])))
        for _, other, unused in others:
            unused.close()
            store_files.remove(other)
        return path, store

    def _open(self, path: Path) -> tuple[int, Path, DuckDB]:
        """The number of the last block in it, and the store. Raises Damaged."""
        store = self.sharing.open(path, self._memory)
        store.check()
        try:
            sealing.check(store)
        except Damaged:
            store.close()
            raise
        block = int(store.rows("select block from loaded")[0]["block"])
        if block > self.journal.last:
            # Damaged, or put back from a backup. What was acknowledged is here alone, then: kept, and not overwritten.
            log.error(
                "the journal has lost blocks that are counted", store=path.name, **self.journal.go_on_after(block)
            )
        return block, path, store


def lock(folder: Path) -> IO[str]:
    """Held until closed; freed by the system when the process dies, however it dies. Raises InUse."""
    held = (folder / "counting.lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise InUse(f"Another Accoil process is using {folder}.") from None
    return held
