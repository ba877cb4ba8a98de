"""The facts of this process: the store, and how often each product's facts have changed since it was opened."""

from collections import defaultdict

from accoil.count.duplicates import Duplicates
from accoil.store.store import Store


class Facts:
    def __init__(self, store: Store, duplicates: Duplicates | None = None) -> None:
        self.store = store
        self.duplicates = duplicates or Duplicates()
        self.zones: dict[int, str] = {}  # product → the zone its days are counted in
        self.version: dict[int, int] = defaultdict(int)  # product → changes so far
        self.told: dict[int, int] = defaultdict(int)  # product → the version at which people last changed
        self._touched: dict[int, list[tuple[int, int]]] = defaultdict(list)  # product → (version, first day)

    def moved(self, product: int, first_day: int, people_changed: bool = True) -> None:
        """A load added facts from `first_day` on; perhaps somebody new, or something new about anyone."""
        version = self.version[product] + 1
        touched = self._touched[product]
        # Only loads that reached further back than those after them matter to `first_day_since`.
        while touched and touched[-1][1] >= first_day:
            touched.pop()
        touched.append((version, first_day))
        self.version[product] = version
        if people_changed:
            self.told[product] = version

    def first_day_since(self, product: int, version: int) -> int | None:
        """The first day that loads after `version` touched; None if there were none."""
        days = [day for changed, day in self._touched[product] if changed > version]
        return min(days) if days else None


_facts: Facts | None = None


def open_facts(facts: Facts | None) -> None:
    """Makes these the facts that this process asks (None: closes them)."""
    global _facts
    _facts = facts


def facts() -> Facts:
    if _facts is None:
        raise RuntimeError("The facts are not open: start the server, or ask one that runs.")
    return _facts
