"""What a server does for ingest health while it runs: the debugger, the statistics, caps and alarms."""

from accoil.clock import Act
from accoil.count.counting import Counting
from accoil.receive.debugger import Debugger, open_debugger
from accoil.receive.handling import Handling
from accoil.watch import alarms
from accoil.watch.caps import Caps
from accoil.watch.sources import Writer


class Watch:
    """`full` is what the front door must know of products that take no new names."""

    def __init__(self, counting: Counting) -> None:
        self.debugger = Debugger()
        self.full: dict[int, Handling] = {}
        self._caps = Caps()
        self._sources = Writer(self.debugger.sources, lambda: counting.facts.duplicates, counting.journal)
        open_debugger(self.debugger)

    @property
    def acts(self) -> list[Act]:
        return [
            ("write down what came from where", self._sources.write, 5),
            ("look for products that are full of names", self.look_for_full, 5),
            ("look for sources and events that fell silent", alarms.look, 300),
        ]

    def start(self) -> None:
        """Before anything comes in."""
        self._sources.read_back()

    def stop(self) -> None:
        """When nothing comes in any more."""
        self._sources.write()

    def look_for_full(self) -> None:
        """The front door hears of it when its ring is refreshed next."""
        self.full = self._caps.of_all()
