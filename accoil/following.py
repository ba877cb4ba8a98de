"""What follows, by itself, from who is there and how they do: segments, automations, deliveries, syncs. Each may take
longer, so each has a thread of its own: with 200,000 users a look takes a second, the first one several."""

from collections.abc import Callable

from accoil.act import feeds
from accoil.act.acting import Acting
from accoil.act.deliveries import Deliveries
from accoil.act.forgetting import forget_old
from accoil.clock import Act, Clock
from accoil.connect.mine import Mine, everything
from accoil.connect.syncing import Syncing
from accoil.count.counting import Counting
from accoil.erase import handing
from accoil.segment.filling import Fillings
from accoil.segment.rounds import Rounds


class Following:
    """What is done by one process: who moved is looked for, and what is to follow is written down.

    `imported`: whether a file is being imported for a product, or was after a moment; `erasing` carries deletions out,
    `keeping` lets days go that are not kept."""

    def __init__(
        self,
        counting: Counting,
        imported: Callable[[int, float], bool],
        erasing: Callable[[], None],
        keeping: Callable[[], None],
    ) -> None:
        rounds, fillings, acting = Rounds(imported), Fillings(), Acting()

        def is_ready() -> bool:
            return counting.is_asked and counting.has_caught_up

        self._clocks = [
            # One after the other: who acts upon moves must not read a round that is being written, and nobody moves
            # while somebody is being deleted.
            waiting_clock(
                is_ready,
                [
                    ("carry out deletions", erasing, 1),
                    ("let daily counts go that are no longer kept", keeping, 1),
                    ("see who entered and left segments", rounds.step, 1),
                    ("act upon who moved", acting.step, 1),
                ],
                "segments",
            ),
            waiting_clock(
                is_ready,
                [
                    ("work out who was in segments in the past", fillings.step, 1),
                    ("put together what is held of somebody", handing.step, 1),
                    ("send feeds that are due", feeds.step, 20),
                    ("forget what was done long ago", forget_old, 3600),
                ],
                "fillings",
            ),
        ]

    def start(self) -> None:
        for clock in self._clocks:
            clock.start()

    def stop(self) -> None:
        for clock in self._clocks:
            clock.stop()


class Reaching:
    """What is done with other tools; by several processes beside each other, a connection by one of them. `ready`: not
    before all that was received before the start is counted; `mine`: whether a connection is this one's."""

    def __init__(self, ready: Callable[[], bool], mine: Mine = everything) -> None:
        self._deliveries, self._syncing = Deliveries(mine), Syncing(mine=mine, ready=ready)
        self._clocks = [
            waiting_clock(ready, [("do what waits for other tools", self._deliveries.step, 1)], "deliveries"),
            waiting_clock(
                ready, [("sync connected tools, each in a thread of its own", self._syncing.step, 2)], "syncing"
            ),
        ]

    def start(self) -> None:
        for clock in self._clocks:
            clock.start()

    def stop(self) -> None:
        for clock in self._clocks:
            clock.stop()
        self._syncing.stop()
        self._deliveries.stop()


def waiting_clock(ready: Callable[[], bool], acts: list[Act], name: str) -> Clock:
    """Begins when all that was received before the start is counted: until then some people seem to be gone, and
    would leave segments and other tools."""

    def once_ready(step: Callable[[], None]) -> Callable[[], None]:
        return lambda: step() if ready() else None

    return Clock([(words, once_ready(step), seconds) for words, step, seconds in acts], name)
