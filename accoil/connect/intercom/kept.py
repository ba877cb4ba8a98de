"""What is remembered of the companies of a workspace."""

from dataclasses import dataclass, field
from typing import Any


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
