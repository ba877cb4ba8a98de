"""Servers of a cluster that don't show yet what another one took: they are waited for, for a while."""

import time

from accoil.store import cluster
from accoil.store.cluster import Behind

LAG_FOR = 300.0  # seconds at most; what they lack then is lost


class Laggards:
    def __init__(self) -> None:
        self.lag_for = LAG_FOR if cluster.name() else 0.0
        self._since: float | None = None

    def wait(self, may_be_there: bool = True) -> None:
        """Returns when they had time enough, or need none. Raises Behind."""
        self._since = self._since or time.monotonic()
        if may_be_there and time.monotonic() - self._since < self.lag_for:
            raise Behind("ClickHouse does not show yet what was sent last; it is waited for.")
        self.are_done()

    def are_done(self) -> None:
        self._since = None
