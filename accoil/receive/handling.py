"""What one product wants done with its calls. Most want nothing, and theirs take the short way through the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from accoil.receive.mapping.mappings import Mappings
from accoil.receive.suppressed import Known, Suppressed
from accoil.receive.too_old import may_be_old

if TYPE_CHECKING:
    from accoil.receive.tracks import Short


class Handling(msgspec.Struct, frozen=True):
    mappings: Mappings | None = None  # None: the five presets, which is what the door does anyway
    # Names that may still come once a product has as many as it may have; None: any name.
    events: frozenset[str] | None = None
    user_traits: frozenset[str] | None = None
    account_traits: frozenset[str] | None = None
    suppressed: Suppressed | None = None  # who was deleted
    others: Known = msgspec.field(default_factory=Known)  # who was not, as `suppressed` was asked before
    kept_since: int = 0  # ms: events of before are refused

    def refusing(self, suppressed: Suppressed | None) -> Handling:
        return msgspec.structs.replace(self, suppressed=suppressed, others=Known())

    @property
    def is_plain(self) -> bool:
        return self == PLAIN

    @property
    def only_refuses(self) -> bool:
        """What is new, and names nobody who was deleted, takes the short way."""
        return msgspec.structs.replace(self, suppressed=None, kept_since=0) == PLAIN

    def takes_short(self, short: Short) -> bool:
        """Whether nothing is to be done with these calls."""
        if self is PLAIN:
            return True
        if not self.only_refuses or may_be_old(short, self.kept_since):
            return False
        return self.suppressed is None or not self.suppressed.concerns(short, self.others)


PLAIN = Handling()
