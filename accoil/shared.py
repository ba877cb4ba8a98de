"""The facts of a process that does not count: in ClickHouse, where the one that counts ships what changes."""

from typing import Any, cast

from accoil.count.facts import BEFORE_ALL, Facts, open_facts
from accoil.store.store import Store

LAST = "select max(block) as block from loaded"
PRODUCTS = "select product, zone, account_trait from product"


class Shared:
    """`addresses`: of ClickHouse. `facts` are there once it was reached."""

    def __init__(self, addresses: list[str]) -> None:
        self._addresses = addresses
        self.facts: Facts | None = None
        self.failing: str | None = None  # why it can't be asked
        self._last: Any = None

    def open(self) -> None:
        """Raises what the engine's driver does, while it can't be reached."""
        from accoil.store.clickhouse import ClickHouse

        if self.facts is None:
            self.facts = Facts(cast(Store, ClickHouse(self._addresses[0])))
            self.use()

    def use(self) -> None:
        """Has this process ask them."""
        open_facts(self.facts)

    def follow(self) -> None:
        """Hears what was shipped since the last time. To be called about once a second."""
        try:
            self.open()
            self._hear()
        except Exception as wrong:
            self.failing = f"{type(wrong).__name__}: {wrong}"
            raise
        self.failing = None

    def _hear(self) -> None:
        assert self.facts
        (row,) = self.facts.store.rows(LAST)
        if row["block"] == self._last:
            return
        for each in self.facts.store.rows(PRODUCTS):
            self.facts.zones[each["product"]] = each["zone"]
            self.facts.account_traits[each["product"]] = each["account_trait"]
            self.facts.moved(each["product"], BEFORE_ALL)
        self._last = row["block"]

    def close(self) -> None:
        open_facts(None)
        if self.facts is not None:
            self.facts.store.close()
