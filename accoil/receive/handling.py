"""What one product wants done with its calls. Most want nothing, and theirs take the short way through the door."""

from __future__ import annotations

import msgspec

from accoil.receive.mapping.mappings import Mappings


class Handling(msgspec.Struct, frozen=True):
    mappings: Mappings | None = None  # None: the five presets, which is what the door does anyway
    # Names that may still come once a product has as many as it may have; None: any name.
    events: frozenset[str] | None = None
    user_traits: frozenset[str] | None = None
    account_traits: frozenset[str] | None = None

    @property
    def is_plain(self) -> bool:
        return self == PLAIN


PLAIN = Handling()
