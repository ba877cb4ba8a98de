"""The facts of a process that only asks: those in ClickHouse, of the generation that is current."""

import time
from collections.abc import Callable
from contextlib import suppress

from accoil.count.facts import Facts, open_facts
from accoil.store.generations import STARTS_APART, Generation, Generations
from accoil.store.questions import beside
from accoil.store.reaching import PATIENCE, NoAnswer
from accoil.store.store import Asked

CLOSES_AFTER = 30.0  # seconds: who still asks the generation before is done by then

ASK = beside(__file__, "load")


class NothingThere(Exception):
    """No counting process has shipped anything to this ClickHouse yet."""


class SharedFacts:
    """`facts` are what this process asks, replaced as a whole by another generation; `block` is the last that is in
    them, 0 when that is not known. Raises NothingThere."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._left: list[tuple[float, Asked]] = []  # of generations before, until when they are kept open
        self._version = 0  # of what this process has heard of
        self._furthest = (0, 0)  # the largest number of a generation that was heard of, and the last block since
        self._generations, generation = _connected(url)
        try:
            self._open(generation, None)
        except Exception:
            _close(self._generations.close)
            raise

    @property
    def is_behind(self) -> bool:
        """Whether they say less than they did: ClickHouse came back with older data, and is not filled anew yet."""
        return self.block < self._furthest[1]

    def stop(self) -> None:
        """Closes."""
        open_facts(None)
        for close in (*(store.close for _, store in self._left), self.facts.store.close, self._generations.close):
            _close(close)

    def look(self) -> None:
        """Hears what has moved since it looked last, or that another generation is current. To be called about once a
        second; another address is asked when one does not answer. Raises NoAnswer when none does."""
        try:
            is_another = abs(self._generations.began() - self._began) > STARTS_APART
        except (NoAnswer, OSError):
            is_another = True
        if is_another:  # what was kept in memory there is gone, though its tables may still be there
            self._connect_again()
        self._hear()

    def _connect_again(self) -> None:
        generations, generation = _connected(self._url)
        _close(self._generations.close)
        self._generations = generations
        self._open(generation, self.facts)

    def _hear(self) -> None:
        generation = self._generations.current()
        if generation and generation.id != self._generation.id:
            self._open(generation, self.facts)
        version, block = self._generations.shipped_to(self._generation)
        if version > self._version:
            moved = self._generations.since(self._generation, self._version)
            self._read_products(self.facts)
            for each in moved:
                self.facts.moved(each.product, each.first_day, each.tells_of_people)
            self._version = version
            self._is_at(block)
        while self._left and self._left[0][0] < time.monotonic():
            _close(self._left.pop(0)[1].close)

    def _open(self, generation: Generation, before: Facts | None) -> None:
        version, block = self._generations.shipped_to(generation)
        store = self._generations.open(generation)
        facts = Facts(store, before.duplicates if before else None)
        try:
            self._read_products(facts)
            began = self._generations.began()
        except Exception:  # not there (any more), or not yet on this server: it is looked again
            _close(store.close)
            raise
        if before:
            facts.goes_on_from(before)
            self._left.append((time.monotonic() + CLOSES_AFTER, before.store))
        self._began, self.facts, self._generation, self._version = began, facts, generation, version
        self._is_at(block)
        open_facts(facts)

    def _is_at(self, block: int) -> None:
        of, furthest = self._furthest
        number = self._generation.number  # a smaller one: ClickHouse was put back; a larger one: made since then
        self.block, self._furthest = block, (max(number, of), max(block, furthest) if number <= of else block)

    def _read_products(self, facts: Facts) -> None:
        for row in facts.store.rows(ASK["zones"]):
            facts.zones[row["product"]] = row["zone"]
            facts.account_traits[row["product"]] = row["account_trait"]


def _connected(url: str) -> tuple[Generations, Generation]:
    """With the current one. Raises NothingThere."""
    generations = Generations(url, PATIENCE)
    try:
        if generation := generations.current():
            return generations, generation
        raise NothingThere
    except Exception:
        _close(generations.close)
        raise


def _close(close: Callable[[], None]) -> None:
    with suppress(NoAnswer, OSError):
        close()
