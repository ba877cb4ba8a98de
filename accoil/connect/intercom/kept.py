"""What is remembered of a workspace between calls, for minutes: asking again each time would spend the limits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Generic, TypeVar

from accoil.connect.given import turn
from accoil.connect.now import now

MINUTES = 600.0  # seconds

Fresh = TypeVar("Fresh")


class Remembered(Generic[Fresh]):
    """Something that is fetched when it is older than asked for."""

    def __init__(self, fetch: Callable[[], Fresh]) -> None:
        self._fetch, self._at, self._lock = fetch, float("-inf"), RLock()
        self._last: Fresh | None = None

    def get(self, most: float = MINUTES) -> Fresh:
        """At most so many seconds old. Raises TryLater when somebody else is fetching it for too long."""
        with turn(self._lock):
            if self._last is None or now() - self._at > most:
                self._last, self._at = self._fetch(), now()
            return self._last

    def forget(self) -> None:
        self._at = float("-inf")


@dataclass
class Companies:
    """Of which companies contacts are, and what these are called. `of`: contact → company ids; `known`: company id →
    (our account's id there, name)."""

    of: dict[str, list[str]] = field(default_factory=dict)
    known: dict[str, tuple[str, str]] = field(default_factory=dict)

    def saw(self, contact: dict[str, Any]) -> None:
        """A contact as Intercom tells it: with at most ten of its companies; who has more is asked for again."""
        some, own = contact.get("companies") or {}, str(contact["id"])
        self.of.pop(own, None)
        if not some.get("has_more") and isinstance(some.get("data"), list):
            self.of[own] = [str(company["id"]) for company in some["data"]]

    def lost(self, company: str) -> None:
        """It is not there any more: who belonged to it is asked for again. Any other id does nothing."""
        if self.known.pop(company, None) is None:
            return
        for contact in [contact for contact, own in list(self.of.items()) if company in own]:
            self.of.pop(contact, None)
