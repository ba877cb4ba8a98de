"""What happens in this process, counted as it happens, for `/metrics`. Nothing here knows who a customer is: labels are
words of ours. An observation is a lock and two additions; on the busiest road, the front door's, not even the lock."""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import msgspec

MOST_LABELS = 300  # of one measure; what comes beyond them is counted as "other"
QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

Labels = tuple[str, ...]


class Tally:
    """How often, by labels."""

    def __init__(self) -> None:
        self._counts: dict[Labels, int] = {}
        self._lock = threading.Lock()

    def add(self, *labels: str, n: int = 1) -> None:
        with self._lock:
            known = labels in self._counts or len(self._counts) < MOST_LABELS
            place = labels if known else ("other",) * len(labels)
            self._counts[place] = self._counts.get(place, 0) + n

    def counts(self) -> dict[Labels, int]:
        with self._lock:
            return dict(self._counts)


class Times(msgspec.Struct):
    """How many took at most each of the bounds and more than the one before; the last: more than all."""

    counts: list[int]
    total: float = 0.0  # seconds


class Seconds:
    """How long something took, by a label. `bounds`: seconds, in order."""

    def __init__(self, bounds: tuple[float, ...] = QUICK) -> None:
        self.bounds = bounds
        self._times: dict[str, Times] = defaultdict(lambda: Times([0] * (len(bounds) + 1)))
        self._lock = threading.Lock()

    def add(self, seconds: float, label: str = "") -> None:
        with self._lock:
            known = label in self._times or len(self._times) < MOST_LABELS
            times = self._times[label if known else "other"]
            times.counts[bisect_left(self.bounds, seconds)] += 1
            times.total += seconds

    @contextmanager
    def taken(self, label: str) -> Iterator[None]:
        """Adds what the block took."""
        began = perf_counter()
        try:
            yield
        finally:
            self.add(perf_counter() - began, label)

    def times(self) -> dict[str, Times]:
        with self._lock:
            return {label: Times(list(each.counts), each.total) for label, each in self._times.items()}


class Door:
    """Requests of the front door, from their arrival until they are on disk. `add` is called by one thread alone, tens
    of thousands of times a second."""

    def __init__(self) -> None:
        self.bounds = QUICK
        self.calls = 0
        self._times = Times([0] * (len(QUICK) + 1))

    def add(self, seconds: float, calls: int) -> None:
        times = self._times
        times.counts[bisect_left(QUICK, seconds)] += 1
        times.total += seconds
        self.calls += calls

    def times(self) -> dict[str, Times]:
        return {"": Times(list(self._times.counts), self._times.total)}


acknowledged = Door()
calls_rejected = Tally()  # by code
requests_refused = Tally()  # by code
pages = Seconds()  # by the name of the address
scored = Seconds(SLOW)  # by what was made: book, day summaries
deliveries_ended = Tally()  # by state and tool
sync_runs = Tally()  # by tool, kind of run and result
sign_ins_failed = Tally()  # by what was wrong
