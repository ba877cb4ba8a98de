"""Long questions that are being worked out, and those that were lately. Nothing is stored: they can be asked again."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from typing import Generic, TypeVar

import structlog
from django.db import connections

from accoil.count.facts import Facts, facts
from accoil.refused import Refused

KEPT = 20
MOST = 20  # that wait, or are worked out
FRESH_FOR = 600.0  # seconds
AT_ONCE = 0.3  # seconds that a page waits for an answer, the first time that it asks
REPLACED = "A newer question about the same took its place."

log = structlog.get_logger()

Found = TypeVar("Found")
Told = Callable[[int, int], None]  # hears how much is done, of how much
Work = Callable[[Told], Found]


class Turns:
    """So many at once, in the order they came: pages need the store and the processor too."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._queue: list[object] = []  # the first of them have their turn
        self._changed = threading.Condition()

    def join(self, who: object) -> None:
        """Raises Refused when too many wait."""
        with self._changed:
            if len(self._queue) >= MOST:
                raise Refused(f"{MOST} such questions wait for their turn already; ask again in a few minutes.")
            self._queue.append(who)

    def before(self, who: object) -> int:
        """How many have to come to their end first; 0 for whose turn it is, or was."""
        with self._changed:
            return max(0, self._queue.index(who) + 1 - self._at_once) if who in self._queue else 0

    def leave(self, who: object) -> None:
        """Its place is free, whether it had its turn or not."""
        with self._changed:
            if who in self._queue:
                self._queue.remove(who)
            self._changed.notify_all()

    def wait(self, who: object) -> None:
        """For the turn; not for one who has left."""
        with self._changed:
            self._changed.wait_for(lambda: who not in self._queue or self._queue.index(who) < self._at_once)


class _Stopped(Exception):
    pass


class Run(Generic[Found]):
    """`found` when it is done; `failed` says why there will be nothing. `of`: how much there is to do. `beforehand` is
    done without a turn: it may wait for others than this machine. `about`: a newer run about the same replaces it."""

    def __init__(
        self, turns: Turns, work: Work[Found], of: int, beforehand: Callable[[], None] | None = None,
        about: Hashable = None,
    ) -> None:  # fmt: skip
        self.done, self.of, self.about = 0, of, about
        self.found: Found | None = None
        self.failed: str | None = None
        self.is_replaced = False
        self.computed_at = datetime.now(UTC)
        self.facts: Facts = facts()
        self._turns = turns
        self._work: Work[Found] | None = work
        self._beforehand = beforehand
        self._ended: float | None = None
        self._was_asked = False
        if beforehand is None:
            turns.join(self)
        self._thread = threading.Thread(target=self._run, name="looking back", daemon=True)
        self._thread.start()

    @property
    def before(self) -> int:
        """How many come first."""
        return self._turns.before(self)

    @property
    def is_over(self) -> bool:
        return self._ended is not None

    def is_old(self, fresh_for: float) -> bool:
        """So that it is to be asked anew."""
        return self._ended is not None and time.monotonic() - self._ended > fresh_for

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it is over within so many seconds. Without a number: as a page asks, which has other readers too;
        when it asks again, or others come first, it waits no more."""
        if seconds is None:
            seconds = 0.0 if self._was_asked or self.before else AT_ONCE
        self._was_asked = True
        self._thread.join(seconds)
        return self.is_over

    def replace(self) -> None:
        """It is worked out no further."""
        self.is_replaced, self.failed = True, REPLACED
        if self.before:  # one that is at work keeps its turn until it hears of this
            self._turns.leave(self)

    def _run(self) -> None:
        try:
            if self._beforehand:
                self._beforehand()
                self._turns.join(self)
            self._turns.wait(self)
            self._heard(0, self.of)
            self.found = self._work(self._heard) if self._work else None
        except _Stopped:
            pass
        except Refused as refused:
            self.failed = str(refused)
        except Exception as wrong:
            log.exception("a look-back failed")
            self.failed = f"{type(wrong).__name__}: {str(wrong).splitlines()[0]}"
        finally:
            self._turns.leave(self)
            self._work = self._beforehand = None  # what they hold on to may be secret
            self._ended = time.monotonic()
            connections.close_all()

    def _heard(self, done: int, of: int) -> None:
        if self.is_replaced:
            raise _Stopped
        self.done, self.of = done, of


class Runs(Generic[Found]):
    """The last of them, by what was asked. `fresh_for`: seconds that an answer is good for."""

    def __init__(self, fresh_for: float = FRESH_FOR) -> None:
        self._fresh_for = fresh_for
        self._runs: OrderedDict[Hashable, Run[Found]] = OrderedDict()
        self._finding = threading.Lock()

    def get(self, key: Hashable, begin: Callable[[], Run[Found]]) -> Run[Found]:
        """The one that was asked lately, or one begun now, which replaces others about the same. One that was replaced,
        or failed, is returned once: whoever waits for it learns why, instead of beginning anew. Raises Refused when too
        many wait."""
        with self._finding:
            found = self._runs.get(key)
            if found and (found.is_replaced or (found.is_over and found.failed)):
                return self._runs.pop(key)
            if found is None or found.facts is not facts() or found.is_old(self._fresh_for):
                found = begin()
                for other in self._runs.values():
                    if found.about is not None and other.about == found.about and not other.is_over:
                        other.replace()
                self._runs[key] = found
            self._runs.move_to_end(key)
            self._forget()
        return found

    def all(self) -> list[Run[Found]]:
        return list(self._runs.values())

    def _forget(self) -> None:
        over = [key for key, run in self._runs.items() if run.is_over]
        for key in over[: max(0, len(self._runs) - KEPT)]:
            del self._runs[key]


LOOKING_BACK = Turns(2)
