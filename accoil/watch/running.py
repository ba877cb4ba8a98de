"""What a server does for ingest health while it runs: the debugger, the statistics, and caps."""

from collections.abc import Callable

from accoil.count.duplicates import Duplicates
from accoil.receive.debugger import Debugger, open_debugger
from accoil.receive.handling import Handling
from accoil.receive.journal import Journal
from accoil.watch.caps import Caps
from accoil.watch.sources import Writer


class Watch:
    """`full` is what the front door must know of products that take no new names. `receiver`: its name, where another
    process counts. Without a door all that is known here is what came again."""

    def __init__(
        self, journal: Journal, duplicates: Callable[[], Duplicates], receiver: str = "", has_door: bool = True
    ) -> None:
        self.debugger = Debugger(keeps=not receiver)
        self.full: dict[int, Handling] = {}
        self._caps = Caps()
        self._has_door = has_door
        self._sources = Writer(self.debugger.sources, duplicates, journal, receiver)
        open_debugger(self.debugger)

    def start(self) -> None:
        """Before anything comes in."""
        if self._has_door:
            self._sources.read_back()

    def write(self) -> None:
        """What came since the last time."""
        self._sources.write()

    def stop(self) -> None:
        """When nothing comes in any more."""
        self.write()

    def look_for_full(self) -> None:
        """The front door hears of it when its ring is refreshed next."""
        self.full = self._caps.of_all()
