"""The last calls of each product, for those who ask what became of them.

It stands beside the busiest road of the program: the front door hands over references, once per request, and nothing is
made readable before somebody looks (`lines.py`)."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice

import msgspec

from accoil.receive.calls import Call, Rejected
from accoil.receive.keys import Key
from accoil.receive.sources import Sources
from accoil.receive.tracks import Plain

MOST = 1_000  # calls of one product
MOST_BYTES = 8_000_000  # of the bodies that these calls keep in memory
USUAL_CALL = 1_000  # bytes, where nobody told


class Visit(msgspec.Struct, frozen=True, gc=False):
    """One request. Its lines are its calls, then what was rejected of it; one that was refused has a single line."""

    first: int  # the number of its first line: lines are numbered through, by product
    lines: int
    size: int
    key: Key
    path: str
    received: int  # ms
    agent: str
    calls: Sequence[Call | Plain] = ()
    rejected: Sequence[Rejected] = ()
    status: int = 0  # of a refusal
    code: str = ""
    message: str = ""


class Last:
    """The last visits of one product."""

    __slots__ = ("lines", "number", "size", "visits")

    def __init__(self) -> None:
        self.visits: deque[Visit] = deque()
        self.lines = 0
        self.size = 0
        self.number = 0  # lines ever

    def add(self, visit: Visit) -> None:
        self.visits.append(visit)
        self.number += visit.lines
        self.lines += visit.lines
        self.size += visit.size
        oldest = self.visits[0]
        while oldest is not visit and (self.lines - oldest.lines >= MOST or self.size > MOST_BYTES):
            self.visits.popleft()
            self.lines -= oldest.lines
            self.size -= oldest.size
            oldest = self.visits[0]


class Debugger:
    """`saw` and `refused` are called on the event loop's thread alone; everything else from any. `keeps`: not in a
    process whose last calls nobody can look at; there they are only counted."""

    def __init__(self, sources: Sources | None = None, keeps: bool = True) -> None:
        self.sources = sources or Sources()
        self._keeps = keeps
        self._products: dict[int, Last] = {}

    def saw(
        self,
        key: Key,
        path: str,
        received: int,
        calls: Sequence[Call | Plain],
        rejected: list[Rejected],
        agent: str,
        size: int = 0,
    ) -> None:
        """A request was taken in: these calls are on disk. `size`: bytes of its body, which its calls keep alive."""
        if not calls and not rejected:
            return
        self.sources.saw(key, received, calls, rejected, agent)
        if not self._keeps:
            return
        last = self._products.get(key.product) or self._begin(key.product)
        lines = len(calls) + len(rejected)
        if lines > MOST:
            calls, rejected = calls[-MOST:], rejected[-MOST:]
            lines = len(calls) + len(rejected)
        size = size or lines * USUAL_CALL
        last.add(Visit(last.number, lines, size, key, path, received, agent, calls, rejected))

    def refused(
        self, key: Key | None, path: str, received: int, status: int, code: str, message: str, agent: str
    ) -> None:
        """A request was turned away as a whole. Without a key it is nobody's to see, and only counted."""
        if key is None:
            self.sources.strangers += 1
            return
        self.sources.refused(key, received, status, code, agent)
        if not self._keeps:
            return
        last = self._products.get(key.product) or self._begin(key.product)
        last.add(Visit(last.number, 1, 0, key, path, received, agent, (), (), status, code, message))

    def forget(self, product: int, concerns: Callable[[Call | Plain], bool]) -> int:
        """Forgets the requests that hold such a call, as a whole; how many."""
        last = self._products.get(product)
        if last is None:
            return 0
        visits = last.visits.copy()
        kept = [visit for visit in visits if not any(map(concerns, visit.calls))]
        if len(kept) < len(visits):
            anew = Last()
            for visit in kept:
                anew.add(visit)
            anew.number = last.number
            self._products[product] = anew
        return len(visits) - len(kept)

    def number(self, product: int) -> int:
        """How many lines a product ever had since the start: the next one's number."""
        last = self._products.get(product)
        return last.number if last else 0

    def visits(self, product: int) -> list[Visit]:
        """The last requests of a product, newest first."""
        last = self._products.get(product)
        return list(islice(reversed(last.visits.copy()), MOST)) if last else []

    def _begin(self, product: int) -> Last:
        last = self._products[product] = Last()
        return last


_debugger = Debugger()
_is_elsewhere = False


def open_debugger(debugger: Debugger | None) -> None:
    """Makes this the debugger that this process asks; None where others receive."""
    global _debugger, _is_elsewhere
    _debugger, _is_elsewhere = debugger or Debugger(), debugger is None


def is_elsewhere() -> bool:
    """Whether other processes receive, and nothing of the last calls is known here."""
    return _is_elsewhere


def debugger() -> Debugger:
    return _debugger
