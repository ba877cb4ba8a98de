"""The shared facts of a process that does not count, or does not just now."""

import threading
import time

from accoil.count.facts import Facts, open_facts
from accoil.refused import Refused
from accoil.roles import CLICKHOUSE

PATIENCE = 60.0  # seconds that pages wait for somebody to have counted
RETRY_AFTER = 3.0  # seconds, where nobody has: to look costs ClickHouse more than a question

NOTHING = "No worker has counted anything yet: start one (accoil serve --only work), and look at its /health."


class Shared:
    """`addresses`: of ClickHouse. What is there is followed from the moment when somebody has shipped anything."""

    def __init__(self, addresses: list[str]) -> None:
        from accoil.count.shared import SharedFacts  # loads the engine's driver

        self._make, self._url = SharedFacts, ",".join(addresses)
        self._shared: SharedFacts | None = None
        self._is_asked = True  # else this process counts, and asks itself
        self._not_before = float("-inf")
        self._one_at_a_time = threading.Lock()
        self.failing: str | None = None  # why it can't be asked

    @property
    def facts(self) -> Facts | None:
        return self._shared.facts if self._shared else None

    @property
    def can_be_relied_on(self) -> bool:
        """Whether there is something to ask, and all of it. Until then some people seem to be gone."""
        return self._shared is not None and not self._shared.is_behind

    @property
    def block(self) -> int:
        """The last block of the one that counts that is in them; 0: none."""
        return self._shared.block if self._shared else 0

    def wait(self) -> None:
        """Returns when there is something to ask. Raises Refused."""
        until = time.monotonic() + PATIENCE
        while self.facts is None:
            try:
                self.follow()
            except Exception as wrong:  # told below, if it goes on
                if isinstance(wrong, Refused):
                    raise
            if time.monotonic() > until:
                raise Refused(f"What {CLICKHOUSE} names can't be asked: {self.failing}")
            time.sleep(0.1)

    def follow(self) -> None:
        """Hears what was shipped since the last time. To be called about once a second."""
        from accoil.count.shared import NothingThere

        with self._one_at_a_time:
            if not self._is_asked or time.monotonic() < self._not_before:
                return
            try:
                if self._shared is None:
                    self._shared = self._make(self._url)
                else:
                    self._shared.look()
            except NothingThere:
                self.failing = NOTHING
                self._not_before = time.monotonic() + RETRY_AFTER
                return
            except Exception as wrong:
                self.failing = (
                    str(wrong) if isinstance(wrong, Refused) else f"{type(wrong).__name__}: {str(wrong)[:500]}"
                )
                raise
            self.failing = None

    def leave(self) -> None:
        """This process asks itself from now on."""
        with self._one_at_a_time:
            self._is_asked = False

    def use(self) -> None:
        """This process asks them again."""
        with self._one_at_a_time:
            self._is_asked = True
            open_facts(self.facts)

    def close(self) -> None:
        with self._one_at_a_time:
            shared, self._shared, self._is_asked = self._shared, None, False
            if shared is not None:
                shared.stop()
