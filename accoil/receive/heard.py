"""When each key was last used, and by what: in memory, so that a light can turn green before anything is counted."""

from __future__ import annotations

import msgspec

LONGEST_AGENT = 200


class Last(msgspec.Struct, frozen=True):
    """The last call with a key. `at` is Unix time in seconds; `agent` the User-Agent it came with, "" for none."""

    at: float
    agent: str
    is_ping: bool = False  # an empty body, as destinations send it to test the key
    refused: str = ""  # the code of the refusal; "": taken


class Heard:
    """Written by the front door for every call with a key we know, read by pages in other threads."""

    def __init__(self) -> None:
        self._taken: dict[int, tuple[int, bytes, bool]] = {}
        self._refused: dict[int, tuple[int, bytes, str]] = {}

    def taken(self, key: int, received: int, agent: bytes, is_ping: bool = False) -> None:
        """`received` is Unix time in ms."""
        self._taken[key] = (received, agent[:LONGEST_AGENT], is_ping)

    def refused(self, key: int, received: int, agent: bytes, code: str) -> None:
        self._refused[key] = (received, agent[:LONGEST_AGENT], code)

    def last(self, key: int) -> Last | None:
        """The last call that was taken."""
        if found := self._taken.get(key):
            return Last(found[0] / 1000, found[1].decode("latin-1"), is_ping=found[2])
        return None

    def last_refused(self, key: int) -> Last | None:
        """The last call with a good key that was refused all the same: switched off, unsigned, too many."""
        if found := self._refused.get(key):
            return Last(found[0] / 1000, found[1].decode("latin-1"), refused=found[2])
        return None

    def times(self) -> dict[int, float]:
        """Key → when it was last used."""
        return {key: at / 1000 for key, (at, _, _) in list(self._taken.items())}


# One process holds the door and the pages.
heard = Heard()
