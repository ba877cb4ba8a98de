"""A process that works: with other tools always, and as the one that counts while nobody else is.

Who takes over counting has a store that is behind, or none: until it has caught up the shared facts are asked as
before, since people that are not there yet would be emptied in other tools."""

import threading
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack

import structlog
from django.db import close_old_connections, connections

from accoil.counts import Counts
from accoil.postgresql.leases import COUNTS, Leases
from accoil.shared import Shared

LOOKS_EVERY = 1.0  # seconds
LEAVES_FOR = 10.0  # seconds that who counts leaves a connection to a worker that does not

log = structlog.get_logger()


class Worker:
    """`begin` makes what counts; `may` says whether the data folder is the one that belongs to the database; `shared`
    are the facts that are asked while this process does not count, or is behind."""

    def __init__(self, leases: Leases, may: Callable[[], bool], begin: Callable[[], Counts], shared: Shared) -> None:
        self._leases, self._may, self._begin, self._shared = leases, may, begin, shared
        self.counts: Counts | None = None
        self.failing: str | None = None
        self._changing = False
        self._free: dict[int, float] = {}  # connection → since when nobody has it, as far as was seen
        self._mine: set[int] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._stop_counting()

    @property
    def is_ready(self) -> bool:
        """Whether what is known here is all that was received before the start."""
        counts = self.counts
        if self._changing:
            return False
        if counts and counts.counting.is_asked:
            return counts.counting.has_caught_up
        return self._shared.can_be_relied_on

    def mine(self, wanted: Collection[int]) -> set[int]:
        """The connections that this worker works with. Who counts has enough to do, and takes what nobody else does."""
        asked = set(wanted)
        if self.counts is not None:
            now = time.monotonic()
            asked = {
                each for each in asked if each in self._mine or now - self._free.setdefault(each, now) >= LEAVES_FOR
            }
        got = self._leases.connections(asked)
        self._free |= dict.fromkeys(asked - got, time.monotonic())  # somebody has it
        self._mine = (self._mine - asked) | got
        return got

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                close_old_connections()
                self.step()
            except Exception as wrong:
                self._says(f"{type(wrong).__name__}: {wrong}")
            else:
                self._says(None)
            self._stopping.wait(LOOKS_EVERY)
        connections.close_all()

    def step(self) -> None:
        """Begins or ends to count, as the lease has it."""
        if self.counts is None and not self._may():
            return
        if not self._leases.has(COUNTS):
            if self.counts is not None:
                log.error("another worker counts now; this one goes on without")
                self._stop_counting()
            return
        counts = self.counts = self.counts or self._started()
        counting = counts.counting
        if not counting.is_asked and (counting.has_caught_up or self._shared.facts is None):
            self._shared.leave()
            counting.ask()

    def _started(self) -> Counts:
        with ExitStack() as undone:
            undone.callback(self._leases.let_go, COUNTS)
            counts = self._begin()
            undone.callback(counts.stop)
            counts.start()
            undone.pop_all()
        log.info("this worker counts")
        return counts

    def _stop_counting(self) -> None:
        counts, self.counts = self.counts, None
        if counts is not None:
            self._changing = True
            with ExitStack() as left:
                left.callback(self._has_changed)
                left.callback(self._shared.use)
                counts.stop()

    def _has_changed(self) -> None:
        self._changing = False

    def _says(self, failing: str | None) -> None:
        if failing and failing != self.failing:
            log.exception("this worker can't count; it will be tried again")
        self.failing = failing
