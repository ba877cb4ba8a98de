"""What is spoken through to a tool, one for each connection in this process, for as long as its sign-in is the same."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Closes(Protocol):
    def close(self) -> None: ...


Door = TypeVar("Door", bound=Closes)


class Open(Generic[Door]):
    def __init__(self) -> None:
        self._doors: dict[int, tuple[object, Door]] = {}  # of each connection the last one
        self._lock = Lock()

    def of(self, connection: int, known_by: object, make: Callable[[], Door]) -> Door:
        """`known_by`: when that is another one, it is made anew."""
        with self._lock:
            known = self._doors.get(connection)
            if known is None or known[0] != known_by:
                known = self._doors[connection] = (known_by, make())
            return known[1]

    def known(self, connection: int) -> Door | None:
        opened = self._doors.get(connection)
        return opened[1] if opened else None

    def close(self, connection: int) -> None:
        """Its secrets are forgotten, and nothing more is said with them."""
        with self._lock:
            _, door = self._doors.pop(connection, (None, None))
        if door:
            door.close()

    def forget(self) -> None:
        """For tests, in which ids of connections come again."""
        self._doors.clear()
