"""What is done once for a database: counting what was received, and what follows from it by itself."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import structlog

from accoil import backup, health, importing
from accoil.clock import Act, Clock
from accoil.control import Control
from accoil.count.counting import Counting
from accoil.count.load import checksums
from accoil.count.taking import Taking
from accoil.erase.carrying import Erasing
from accoil.erase.keeping import Keeping
from accoil.following import Following
from accoil.looked_up import LookedUp
from accoil.receive.keys import KeyRing
from accoil.refused import Refused
from accoil.score.configuration import configurations
from accoil.score.freezing import Freezing
from accoil.show.mcp import reach
from accoil.store.mailbox import Mailbox
from accoil.team import forgetting
from accoil.watch import alarms
from accoil.watch.running import Watch

TAKES_EVERY = 0.2  # seconds

log = structlog.get_logger()


class Counts:
    """Of one data folder. `ring` is what the front door knows, also of who is refused; `addresses`: of the mailbox that
    receivers put their blocks into, where there are any; `has_door`: it is a whole server, which asks what is counted
    here from the beginning. Raises InUse."""

    def __init__(self, folder: Path, looked_up: LookedUp, ring: KeyRing, addresses: list[str], has_door: bool) -> None:
        self._looked_up = looked_up
        self._told_of_gaps = False
        self.taking: Taking | None = None
        self.freezing = Freezing(lambda: self.counting.has_caught_up and self.counting.wait_counted(5))
        self.counting = Counting(
            folder,
            lambda: looked_up.zones,
            lambda: self.freezing.since,
            lambda: looked_up.deleted,
            is_asked=has_door,
            has_taken_all=lambda: self._has_taken_all(has_door),
        )
        try:
            self._make(folder, ring, addresses, has_door)
        except BaseException:
            self.counting.stop()
            raise

    def _make(self, folder: Path, ring: KeyRing, addresses: list[str], has_door: bool) -> None:
        self.counting.facts.configure(configurations())
        self.watch = Watch(self.counting.journal, lambda: self.counting.facts.duplicates, has_door=has_door)
        self.imports = importing.imports(folder, self.counting)
        self._control = Control(
            folder,
            {
                "rebuild": self._rebuild,
                "checksums": self._checksums,
                "copy_store": partial(backup.copy_store_of, self.counting),
                "events": health.known_events,
                "progress": lambda: health.progress(self.counting, self.wrong),
                **importing.answers(self.imports),
                **reach.answers(),
            },
        )
        acts: list[Act] = [
            ("count anew what a setting changed", self.follow_settings, 10),
            ("seal days past the open window", self.counting.seal, 30),
            ("sum up days that are over", self.freezing.look, 15),
            ("look for sources and events that fell silent", alarms.look, 300),
            ("forget what has ended of people", forgetting.forget_old, 3600),
            ("write down what came from where", self.watch.write, 5),
        ]
        self._clocks = [Clock(acts)]
        self._mailbox = Mailbox(addresses) if addresses else None
        if self._mailbox:
            self.taking = Taking(self.counting.journal, self._mailbox, ring.handling)
            self._clocks.append(Clock([("take what receivers have received", self._take, TAKES_EVERY)], "taking"))
        is_empty = [self.taking.is_empty_since] if self.taking else []
        self._erasing = Erasing(self.counting, ring.refresh, self._importing, self.imports, *is_empty)
        self._keeping = Keeping(self.counting, ring.refresh, self._importing)
        self._following = Following(self.counting, self._imported, self._erasing.step, self._keeping.step)

    def start(self) -> None:
        self.watch.start()
        self.freezing.start()
        self.counting.start()
        self.imports.open()
        self._control.start()
        for clock in self._clocks:
            clock.start()
        self._following.start()

    def stop(self) -> None:
        """Also what was not started. Each of it stops, whatever another one raises."""
        in_order: list[Callable[[], None]] = [self._erasing.stop, self._keeping.stop]
        if self.taking:
            in_order.append(self.taking.stop)
        in_order += [clock.stop for clock in self._clocks]
        in_order += [self._following.stop, self.freezing.stop, self._control.stop, self.imports.close]
        in_order += [self.counting.stop, self.watch.stop]
        if self._mailbox:
            in_order.append(self._mailbox.close)
        with ExitStack() as left:
            for stop in reversed(in_order):
                left.callback(stop)

    @property
    def failing(self) -> int:
        """How many things done by the clock failed last time."""
        return sum(clock.failing for clock in self._clocks)

    @property
    def wrong(self) -> list[str]:
        """As sentences."""
        others = [self.taking.wrong if self.taking else None, self._erasing.trying.wrong, self._keeping.trying.wrong]
        return [*health.wrong(self.counting), *filter(None, others)]

    def _importing(self) -> set[int]:
        """Products that a file is being imported for."""
        return {product for product in self._looked_up.zones if self._imported(product)}

    def _imported(self, product: int, since: float = float("inf")) -> bool:
        """Whether a file is being imported for it, or was after that moment (seconds since 1970)."""
        return any(not each.is_finished or (each.ended or 0) >= since for each in self.imports.all(product))

    def _has_taken_all(self, has_door: bool) -> bool:
        """Of receivers. A whole server that never took anything has none, and goes on where ClickHouse is away."""
        if self.taking is None or (has_door and not self.counting.journal.taken):
            return True
        return self.taking.has_taken_all

    def _take(self) -> None:
        """Not what is somebody else's to take."""
        if self.taking and self.counting.sharing.holds():
            self.taking.step()

    def follow_settings(self) -> None:
        """Days are counted in a zone, and memberships read from a trait, when calls are counted: when one of them
        changes, all calls are."""
        facts = self.counting.facts
        zones = any(facts.zones.get(product, zone) != zone for product, zone in self._looked_up.zones.items())
        traits = any(facts.configured(id).account_id != trait for id, trait in facts.account_traits.items())
        if not zones and not traits:
            return
        what = "a time zone" if zones else "the trait that names accounts"
        if self.counting.journal.gaps:
            if not self._told_of_gaps:
                log.error(f"{what} changed; nothing is counted anew", reason=self.counting.why_not_rebuild())
            self._told_of_gaps = True
            return
        log.info(f"{what} changed: counting anew")
        self.counting.rebuild()

    def _rebuild(self, *anyway: str) -> list[dict[str, object]]:
        if not anyway and (why_not := self.counting.why_not_rebuild()):
            raise Refused(why_not)
        self.counting.rebuild()
        return self._checksums()

    def _checksums(self) -> list[dict[str, object]]:
        self.counting.wait_counted()
        return self.counting.asked(checksums)
