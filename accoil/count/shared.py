"""The facts of a process that only asks: those in ClickHouse, of the generation that is current."""

import threading
import time

import structlog

from accoil.count.facts import Facts, open_facts
from accoil.store.generations import Generation, Generations
from accoil.store.questions import beside
from accoil.store.store import Asked

LOOKS_EVERY = 0.5  # seconds
CLOSES_AFTER = 30.0  # seconds: who still asks the generation before is done by then

ASK = beside(__file__, "load")

log = structlog.get_logger()


class NothingThere(Exception):
    """No counting process has shipped anything to this ClickHouse yet."""


class SharedFacts:
    """`facts` are what this process asks, replaced as a whole by another generation; `block` is the last that is in
    them. Raises NothingThere."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._generations = Generations(url)
        generation = self._generations.current()
        if generation is None:
            self._generations.close()
            raise NothingThere
        self.failing: str | None = None  # why it could not look
        self._left: list[tuple[float, Asked]] = []  # of generations before, until when they are kept open
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._version = 0  # of what this process has heard of
        self._open(generation, None)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="shared facts", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread:
            self._thread.join()
        open_facts(None)
        for _, store in self._left:
            store.close()
        self.facts.store.close()
        self._generations.close()

    def look(self) -> None:
        """Hears what has moved since it looked last, or that another generation is current."""
        generation = self._generations.current()
        if generation and generation.id != self._generation.id:
            self._open(generation, self.facts)
        version, block = self._generations.shipped_to(self._generation)
        if version > self._version:
            moved = self._generations.since(self._generation, self._version)
            self._read_products(self.facts)
            for each in moved:
                self.facts.moved(each.product, each.first_day, each.tells_of_people)
            self._version, self.block = version, block
        while self._left and self._left[0][0] < time.monotonic():
            self._left.pop(0)[1].close()

    def _open(self, generation: Generation, before: Facts | None) -> None:
        version, block = self._generations.shipped_to(generation)
        store = self._generations.open(generation)
        facts = Facts(store, before.duplicates if before else None)
        self._read_products(facts)
        if before:
            facts.goes_on_from(before)
            self._left.append((time.monotonic() + CLOSES_AFTER, before.store))
        self.facts, self._generation, self._version, self.block = facts, generation, version, block
        open_facts(facts)

    def _read_products(self, facts: Facts) -> None:
        for row in facts.store.rows(ASK["zones"]):
            facts.zones[row["product"]] = row["zone"]
            facts.account_traits[row["product"]] = row["account_trait"]

    def _run(self) -> None:
        while not self._stopping.wait(LOOKS_EVERY):
            try:
                self.look()
                self.failing = None
            except Exception as wrong:
                if not self.failing:
                    log.exception("ClickHouse can't be asked; it will be tried again")
                self.failing = f"{type(wrong).__name__}: {str(wrong)[:500]}"
