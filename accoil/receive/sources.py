"""How much came from where: counted in memory while it arrives, by key, library and quarter of an hour.

Counts only ever grow, and whoever writes them down takes what was added since the last time. So nothing is lost between
the thread that counts and the one that writes."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from accoil.receive.calls import LEFT_OUT, Call, Rejected
from accoil.receive.keys import Key
from accoil.receive.tracks import Plain

QUARTER = 900_000  # ms; days begin on whole quarters of an hour in every time zone
MOST_LIBRARIES = 20  # of one key
MOST_REASONS = 50
LONGEST_REASON = 200
LONGEST = 60  # letters of a library's name
OTHER = "other"


class Count(msgspec.Struct):
    """What one source brought in one quarter of an hour."""

    key: int
    product: int
    library: str
    quarter: int
    accepted: int = 0  # calls on disk, duplicates among them
    refused: int = 0  # whole requests
    last: int = 0  # ms
    reasons: dict[str, int] = {}  # why calls were rejected or requests refused → how many
    taken: Count | None = None  # as it was when it was last written down

    def take(self) -> Count | None:
        """What was added since the last time; None when that is nothing."""
        before, now = self.taken, msgspec.structs.replace(self, reasons=dict(self.reasons), taken=None)
        self.taken = now
        if before is None:
            return now
        new = {reason: n - before.reasons.get(reason, 0) for reason, n in now.reasons.items()}
        added = msgspec.structs.replace(
            now,
            accepted=now.accepted - before.accepted,
            refused=now.refused - before.refused,
            reasons={reason: n for reason, n in new.items() if n},
        )
        return added if added.accepted or added.refused or added.reasons else None


class Sources:
    """`saw` and `refused` are called by one thread, `take` by one other."""

    def __init__(self) -> None:
        self.strangers = 0  # requests without a key that anybody has, since the start
        self._now: dict[int, dict[str, Count]] = {}  # key → library → its latest quarter
        self._past: deque[Count] = deque()  # quarters that are over

    def saw(
        self, key: Key, received: int, calls: Sequence[Call | Plain], rejected: Sequence[Rejected], agent: str
    ) -> None:  # fmt: skip
        context = calls[0].context if calls else None
        library = context.library.name if context is not None and context.library is not None else None
        count = self._count(key, library or program(agent), received)
        count.accepted += len(calls)
        if rejected:
            for each in rejected:
                _add(count.reasons, each.code if each.code in LEFT_OUT else each.message)

    def refused(self, key: Key, received: int, status: int, code: str, agent: str) -> None:
        count = self._count(key, program(agent), received)
        count.refused += 1
        _add(count.reasons, f"{status} {code}")

    def take(self) -> list[Count]:
        """What was added since the last time."""
        added = [self._past.popleft().take() for _ in range(len(self._past))]
        added += [count.take() for of_key in list(self._now.values()) for count in list(of_key.values())]
        return [each for each in added if each]

    def _count(self, key: Key, library: str, received: int) -> Count:
        of_key = self._now.get(key.id)
        if of_key is None:
            of_key = self._now[key.id] = {}
        count = of_key.get(library)
        if count is None or received - count.quarter * QUARTER >= QUARTER:
            count = self._next(of_key, key, library, received // QUARTER)
        count.last = received
        return count

    def _next(self, of_key: dict[str, Count], key: Key, library: str, quarter: int) -> Count:
        """The count of a quarter that begins, or of a library that is new. Whoever sends may call himself anything, so
        a key has no more than so many."""
        library = library[:LONGEST].strip() or OTHER
        if library not in of_key and len(of_key) >= MOST_LIBRARIES:
            library = OTHER
        before = of_key.get(library)
        if before and before.quarter >= quarter:
            return before
        if before:
            self._past.append(before)
        count = of_key[library] = Count(key.id, key.product, library, quarter)
        return count


@lru_cache(maxsize=1_000)
def program(agent: str) -> str:
    """What a User-Agent calls itself: "python-requests/2.32" → "python-requests"."""
    name = agent.split("/")[0].split(" ")[0].strip()
    return "a browser" if name in ("Mozilla", "Opera") else name or "unnamed"


def _add(reasons: dict[str, int], reason: str) -> None:
    reason = reason[:LONGEST_REASON]
    if reason not in reasons and len(reasons) >= MOST_REASONS:
        reason = OTHER
    reasons[reason] = reasons.get(reason, 0) + 1
