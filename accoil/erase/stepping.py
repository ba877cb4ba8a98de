"""What deletions, and days that are no longer kept, have in common: all that are open at once go from step to step
together. Each step can be done again, and says that it is done only when it is."""

import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import Generic, TypeVar

from django.db.models import QuerySet

from accoil.count.counting import Counting
from accoil.erase.models import Erasure, Retention
from accoil.erase.trying import Stopping, Trying

SHOWN_EVERY = 1.0  # seconds, of how far it is
SETTLES = 0.2  # seconds: whoever was let in before the door knew is on the way to the disk
LATE = 60.0  # seconds until everything that was received is counted
WAITS_FOR_IMPORT = "A file is being imported; it begins when that is done."
WAITS_FOR_COUNTING = "It begins when everything that was received is counted."
WAITS_FOR_STORE = "The store is being made again; it goes on when that is done."

Run = TypeVar("Run", Erasure, Retention)


class Stepping(Generic[Run]):
    """`refresh` has the front door look up whom or what it refuses; `importing`: products that a file is being imported
    for, which knows only what was refused when it began; `cant`: what fails, in words that begin a sentence."""

    def __init__(
        self,
        runs: type[Run],
        counting: Counting,
        refresh: Callable[[], None],
        importing: Callable[[], Collection[int]],
        cant: str,
    ) -> None:
        self._runs: type[Run] = runs
        self._counting, self._refresh, self._importing = counting, refresh, importing
        self._shown = 0.0
        self._stopping = threading.Event()
        self.trying = Trying(cant, self._fail)

    def stop(self) -> None:
        """A step that is being done ends soon."""
        self._stopping.set()

    def _fail(self, problem: str) -> None:
        self._runs.objects.filter(finished_at=None).update(problem=problem, done=0)

    def _in(self, state: str) -> list[Run]:
        return list(self._runs.objects.filter(state=state, finished_at=None).select_related("product").order_by("pk"))

    def _not_importing(self, some: Sequence[Run]) -> list[Run]:
        self._refresh()  # the door and what is imported from now on know
        importing = set(self._importing())
        self._say([each for each in some if each.product_id in importing], WAITS_FOR_IMPORT)
        return [each for each in some if each.product_id not in importing]

    def _is_counted(self, some: Sequence[Run]) -> bool:
        """Whether all is that was received before the door knew."""
        time.sleep(SETTLES)
        if self._counting.wait_counted(LATE, self._stopping.is_set):
            return True
        self._say(some, WAITS_FOR_COUNTING)
        return False

    def _count_anew(self, some: Sequence[Run]) -> bool:
        if why_not := self._counting.why_not_rebuild():
            self._say(some, why_not)
            return False
        self._begin(some)
        self._counting.rebuild(lambda block, last: self._show(some, block))
        return True

    def _go_on(self, run: Run, state: str) -> None:
        run.state, run.problem, run.done, run.total = state, "", 0, 0
        run.save()

    def _say(self, some: Sequence[Run], problem: str) -> None:
        self._these(some).exclude(problem=problem).update(problem=problem)

    def _begin(self, some: Sequence[Run]) -> None:
        self._these(some).update(done=0, total=max(1, self._counting.journal.last), problem="")

    def _may_go_on(self) -> bool:
        if self._stopping.is_set():
            raise Stopping
        return True

    def _show(self, some: Sequence[Run], done: int) -> None:
        self._may_go_on()
        if time.monotonic() - self._shown > SHOWN_EVERY:
            self._shown = time.monotonic()
            self._these(some).update(done=done)

    def _these(self, some: Sequence[Run]) -> QuerySet[Run]:
        return self._runs.objects.filter(pk__in=[each.pk for each in some])
