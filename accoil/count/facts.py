"""The facts of this process: the store, and how often each product's facts have changed since it was opened."""

from collections import defaultdict
from collections.abc import Mapping

import msgspec
import pyarrow as pa

from accoil.count.configured import USUAL, Configured
from accoil.count.duplicates import Duplicates
from accoil.store.store import Store

BEFORE_ALL = -1_000_000  # a day
MOST_ADDED = 50_000  # rows that are remembered of what loads added …
MOST_LOADS = 1_000  # … by so many of them


class Added(msgspec.Struct, frozen=True):
    """All that a load did to a product's facts: rows as in `counts`, for users and accounts known before. `version`: of
    the facts with them; `block`: the last one loaded."""

    version: int
    block: int
    counts: pa.Table


class Facts:
    def __init__(self, store: Store, duplicates: Duplicates | None = None) -> None:
        self.store = store
        self.duplicates = duplicates or Duplicates()
        self.zones: dict[int, str] = {}  # product → the zone its days are counted in
        self.account_traits: dict[int, str | None] = {}  # product → the user trait that memberships were read from
        self._configured: dict[int, Configured] = {}
        self.version: dict[int, int] = defaultdict(int)  # product → changes so far
        self.told: dict[int, int] = defaultdict(int)  # product → the version at which people last changed
        self._touched: dict[int, list[tuple[int, int]]] = defaultdict(list)  # product → (version, first day)
        self._added: dict[int, tuple[Added, ...]] = defaultdict(tuple)  # product → what the last loads added

    def moved(
        self, product: int, first_day: int, people_changed: bool = True, block: int = 0, added: pa.Table | None = None
    ) -> None:
        """A load added facts from `first_day` on; perhaps somebody new, or something new about anyone. `added`: rows as
        in `counts`, where they are all that it did, up to that block."""
        version = self.version[product] + 1
        touched = self._touched[product]
        # Only loads that reached further back than those after them matter to `first_day_since`.
        while touched and touched[-1][1] >= first_day:
            touched.pop()
        touched.append((version, first_day))
        self._added[product] = () if added is None else self._remembered(product, Added(version, block, added))
        self.version[product] = version
        if people_changed:
            self.told[product] = version

    def _remembered(self, product: int, last: Added) -> tuple[Added, ...]:
        """The last load's, and as many before it as are few rows together."""
        several, rows = [last], len(last.counts)
        for before in reversed(self._added[product]):
            rows += len(before.counts)
            if rows > MOST_ADDED or len(several) == MOST_LOADS:
                break
            several.append(before)
        return tuple(reversed(several))

    def configured(self, product: int) -> Configured:
        return self._configured.get(product, USUAL)

    def configure(self, configured: Mapping[int, Configured]) -> None:
        """Says which traits mean what from now on, for every product that doesn't keep to the usual ones. Whatever
        shows a name or a created-at is made anew where that changed."""
        before, self._configured = self._configured, dict(configured)
        for product in {*before, *configured}:
            if before.get(product, USUAL) != configured.get(product, USUAL):
                self.moved(product, BEFORE_ALL)

    def goes_on_from(self, before: "Facts") -> None:
        """Takes over what is no fact, when these take the place of others."""
        self._configured = before._configured

    def first_day_since(self, product: int, version: int) -> int | None:
        """The first day that loads after `version` touched; None if there were none."""
        days = [day for changed, day in self._touched[product] if changed > version]
        return min(days) if days else None

    def added_since(self, product: int, version: int) -> tuple[Added, ...] | None:
        """What each load after `version` added, oldest first. None where one of them did more than that, or where it is
        not remembered any more."""
        current, every = self.version[product], self._added[product]
        since = tuple(each for each in every if each.version > version)
        return since if len(since) >= current - version else None


_facts: Facts | None = None


def open_facts(facts: Facts | None) -> None:
    """Makes these the facts that this process asks (None: closes them)."""
    global _facts
    _facts = facts


def is_open() -> bool:
    return _facts is not None


def facts() -> Facts:
    if _facts is None:
        raise RuntimeError("The facts are not open: start the server, or ask one that runs.")
    return _facts
