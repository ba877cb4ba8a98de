"""Whether what is counted here is shared: with nobody, or by way of ClickHouse (`count/shipping`)."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from accoil import environment
from accoil.store.duckdb import DuckDB

if TYPE_CHECKING:
    from accoil.count.shipping import Shipping


class Sharing(Protocol):
    """Of a process that counts."""

    @property
    def shipping(self) -> "Shipping | None": ...

    @property
    def wrong(self) -> str | None:
        """What keeps others from knowing what is counted here, as a sentence."""

    @property
    def is_all_there_is(self) -> bool:
        """Whether nobody can ask a store before this one any more."""

    def holds(self) -> bool:
        """Whether it is this process that counts for those who share. Raises what questions to ClickHouse may."""

    def open(self, path: Path, memory: str) -> DuckDB: ...

    def use(self, store: DuckDB, last: int) -> None:
        """This is the store from now on. `last`: the number of the journal's last block."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Alone:
    shipping = None
    wrong = None
    is_all_there_is = True

    def holds(self) -> bool:
        return True

    def open(self, path: Path, memory: str) -> DuckDB:
        return DuckDB(path, memory)

    def use(self, store: DuckDB, last: int) -> None:
        pass

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass


class Shared:
    def __init__(self, url: str, folder: Path) -> None:
        from accoil.count import shipping
        from accoil.store import noting
        from accoil.store.claim import Claim, Claimed

        self._shipping, self._noting = shipping, noting  # loaded only where they are needed
        self._url, self._claimed = url, Claimed
        self.claim = Claim(url, folder)
        self._running = False
        self.shipping: Shipping | None = None

    @property
    def wrong(self) -> str | None:
        return self.shipping.wrong if self.shipping else None

    @property
    def is_all_there_is(self) -> bool:
        return self.shipping is not None and self.shipping.is_all_there_is

    def holds(self) -> bool:
        try:
            self.claim.check()
        except self._claimed:
            return False
        return True

    def open(self, path: Path, memory: str) -> DuckDB:
        return self._noting.Noting(path, memory)

    def use(self, store: DuckDB, last: int) -> None:
        assert isinstance(store, self._noting.Noting)
        if self.shipping:
            self.shipping.stop()
        self.shipping = self._shipping.Shipping(store, self._url, last, self.claim)
        if self._running:
            self.shipping.start()

    def start(self) -> None:
        self._running = True
        if self.shipping:
            self.shipping.start()

    def stop(self) -> None:
        self._running = False
        if self.shipping:
            self.shipping.stop()
        with suppress(Exception):  # then the next one waits a little
            self.claim.close()


def sharing(folder: Path) -> Sharing:
    """Of what is counted in a data folder."""
    url = environment.text("ACCOIL_CLICKHOUSE_URL")
    return Shared(url, folder) if url else Alone()
