"""Where the front door stands, and its manners."""

import msgspec


class Place(msgspec.Struct, frozen=True):
    """Scheme and host as the world knows them ("": as each request says), and the path, such as /in, under which
    everything is reached a second time. And how the door treats what others would let pass."""

    address: str = ""
    prefix: str = ""
    pretends: frozenset[int] = frozenset()  # paths that answer so when all is well do so to an unknown key too
    is_strict: bool = False  # a single call that can't be counted is refused on every path

    def inside(self, path: str) -> str:
        """The path without the prefix."""
        return path.removeprefix(self.prefix) if self.is_prefixed(path) else path

    def is_prefixed(self, path: str) -> bool:
        return bool(self.prefix) and path.startswith(f"{self.prefix}/")


HERE = Place()
