"""Long questions that are being worked out, and those that were lately. Nothing is stored: they can be asked again."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from typing import Generic, TypeVar

import structlog

from accoil.count.facts import Facts, facts

KEPT = 20
FRESH_FOR = 600.0  # seconds
AT_ONCE = 0.8  # seconds that whoever asks waits for an answer

log = structlog.get_logger()

_turn = threading.Lock()  # one at a time: pages need the store too

Found = TypeVar("Found")
Told = Callable[[int, int], None]  # hears how much is done, of how much
Work = Callable[[Told], Found]


class Run(Generic[Found]):
    """`found` when it is done; `failed` says why there will be nothing. `of`: how much there is to do."""

    def __init__(self, work: Work[Found], of: int) -> None:
        self.done, self.of = 0, of
        self.found: Found | None = None
        self.failed: str | None = None
        self.computed_at = datetime.now(UTC)
        self.facts: Facts = facts()
        self._began = time.monotonic()
        self._work = work
        self._thread = threading.Thread(target=self._run, name="backtest", daemon=True)
        self._thread.start()

    @property
    def is_old(self) -> bool:
        return self.failed is not None or time.monotonic() - self._began > FRESH_FOR

    def wait(self, seconds: float = AT_ONCE) -> bool:
        """Whether it is over within so many seconds."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            with _turn:
                self.found = self._work(self._heard)
        except Exception as wrong:
            log.exception("a backtest failed")
            self.failed = f"{type(wrong).__name__}: {str(wrong).splitlines()[0]}"

    def _heard(self, done: int, of: int) -> None:
        self.done, self.of = done, of


class Runs(Generic[Found]):
    """The last of them, by what was asked."""

    def __init__(self) -> None:
        self._runs: OrderedDict[Hashable, Run[Found]] = OrderedDict()
        self._finding = threading.Lock()

    def get(self, key: Hashable, begin: Callable[[], Run[Found]]) -> Run[Found]:
        """The one that was asked lately, or one begun now."""
        with self._finding:
            found = self._runs.get(key)
            if found is None or found.facts is not facts() or found.is_old:
                found = self._runs[key] = begin()
            self._runs.move_to_end(key)
            while len(self._runs) > KEPT:
                self._runs.popitem(last=False)
        return found

    def all(self) -> list[Run[Found]]:
        return list(self._runs.values())
