"""What a server is made of. One table says which role has which part, another one which role does what by itself."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from django.conf import settings

from accoil.clock import Act, Clock
from accoil.count.counting import Counting
from accoil.count.facts import facts, is_open
from accoil.counts import Counts
from accoil.following import Reaching
from accoil.looked_up import LookedUp
from accoil.postgresql import home
from accoil.postgresql.alone import Alone
from accoil.postgresql.leases import Leases
from accoil.receive.debugger import open_debugger
from accoil.receive.heard import heard
from accoil.receive.journal import Journal
from accoil.receive.keys import KeyRing
from accoil.receiver import Receiver
from accoil.roles import E, P, R, Role, W
from accoil.score.configuration import configurations
from accoil.shared import Shared
from accoil.show.inbox import opened
from accoil.show.inbox.desk import Desk
from accoil.team.keys import remember_last_seen
from accoil.watch.running import Watch
from accoil.worker import Worker


class Part(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


class Parts:
    """Of one server. What its role does not have is None."""

    def __init__(self, folder: Path, role: Role) -> None:
        self.role, self.folder = role, folder
        self.leases = Leases()
        self.looked_up = LookedUp()
        self.ring = KeyRing(self.looked_up.ring)
        self._last_seen: dict[int, float] = {}  # key → when it was last used, as the database has it
        self.shared: Shared | None = None
        self._counts: Counts | None = None
        self.worker: Worker | None = None
        self.receiver: Receiver | None = None
        self.desk: Desk | None = None
        if role is not P:
            self.ring.refresh()
        made = [make(self) for make, roles in PARTS if role in roles]
        self._clock = Clock([act(self) for act, roles in ACTS if role in roles])
        self._made: list[Part] = [*made, self._clock]
        if self.watch:
            self.looked_up.full = lambda: self.watch.full if self.watch else {}

    def start(self) -> None:
        for part in self._made:
            part.start()

    def stop(self) -> None:
        """Each of it stops, whatever another one raises."""
        with ExitStack() as left:
            left.callback(self.leases.stop)
            for part in self._made:
                left.callback(part.stop)

    @property
    def counts(self) -> Counts | None:
        return self.worker.counts if self.worker else self._counts

    @property
    def counting(self) -> Counting | None:
        return counts.counting if (counts := self.counts) else None

    @property
    def shown_block(self) -> int:
        """The last block that is in the numbers asked here."""
        if counting := self.counting:
            return counting.loader.loaded
        return self.shared.block if self.shared else 0

    @property
    def journal(self) -> Journal | None:
        """That the front door writes to."""
        holder = self._counts.counting if self._counts else self.receiver
        return holder.journal if holder else None

    @property
    def watch(self) -> Watch | None:
        holder = self._counts or self.receiver
        return holder.watch if holder else None

    @property
    def failing(self) -> int:
        """How many things done by the clock failed last time."""
        return self._clock.failing + (self.counts.failing if self.counts else 0)

    @property
    def wrong(self) -> list[str]:
        """As sentences."""
        sentences: list[str | None] = []
        if counts := self.counts:
            sentences += counts.wrong
        elif self.shared and self.shared.failing and self.role is not R:
            sentences.append("Numbers can't be asked for just now: ClickHouse does not answer as it should.")
        if self.worker and self.worker.failing:
            sentences.append("This worker can't count; it will be tried again.")
        if self.receiver:
            sentences += self.receiver.wrong
        return [sentence for sentence in sentences if sentence]

    @property
    def said(self) -> dict[str, object]:
        """What /health says of the server besides."""
        if self.role is E:
            return {}
        return {"role": self.role.value, **({"counts": self.counts is not None} if self.worker else {})}

    def alone(self) -> Part:
        return Started(Alone(self.leases).hold)

    def open_shared(self) -> Part:
        self.shared = shared = Shared(settings.CLICKHOUSE)
        # Others do something without: a receiver needs them for full products alone, and some worker is the first.
        return Started(shared.wait if self.role is P else _nothing, shared.close)

    def everything_counted(self) -> Part:
        self._counts = self._new_counts(has_door=True)
        return self._counts

    def work(self) -> Part:
        assert self.shared
        begin, folder = self._new_counts, self.folder
        self.worker = Worker(self.leases, lambda: home.is_pair(folder), begin, self.shared)
        return self.worker

    def receive(self) -> Part:
        self.receiver = Receiver(self.folder, settings.CLICKHOUSE, self.leases, settings.ACK == "loaded")
        return self.receiver

    def reach(self) -> Part:
        if worker := self.worker:
            return Reaching(lambda: worker.is_ready, worker.mine)
        assert self._counts
        counting = self._counts.counting
        return Reaching(lambda: counting.has_caught_up)

    def show(self) -> Part:
        if self.role is P:
            open_debugger(None)
        self.desk = Desk()
        return Started(stop=self.desk.stop)

    def hold(self) -> None:
        """What no other server may have."""
        if self.receiver:
            self.receiver.hold()
        else:
            Alone(self.leases).hold()

    def keep_last_seen(self) -> None:
        now = heard.times()
        remember_last_seen({key: at for key, at in now.items() if self._last_seen.get(key) != at})
        self._last_seen = now

    def configure(self) -> None:
        if is_open():
            facts().configure(configurations())

    def follow_shared(self) -> None:
        if self.shared:
            self.shared.follow()

    def look_for_full(self) -> None:
        """Of which a receiver hears as soon as it can ask for the names."""
        if self.watch and is_open():
            self.watch.look_for_full()

    def write_sources(self) -> None:
        if self.receiver:
            self.receiver.watch.write()

    def _new_counts(self, has_door: bool = False) -> Counts:
        return Counts(self.folder, self.looked_up, self.ring, settings.CLICKHOUSE, has_door)


class Started:
    """A part that needs little."""

    def __init__(self, start: Callable[[], None] = lambda: None, stop: Callable[[], None] = lambda: None) -> None:
        self.start, self.stop = start, stop


def _nothing() -> None:
    pass


# In the order in which they are made and started; they are stopped the other way round.
PARTS: list[tuple[Callable[[Parts], Part], set[Role]]] = [
    (Parts.alone, {E}),
    (Parts.open_shared, {R, P, W}),
    (Parts.everything_counted, {E}),
    (Parts.work, {W}),
    (Parts.receive, {R}),
    (Parts.reach, {E, W}),
    (Parts.show, {E, P}),
]
# What is done once for a database is in accoil/counts.py.
ACTS: list[tuple[Callable[[Parts], Act], set[Role]]] = [
    (lambda its: ("keep what is this server's to itself", its.hold, 15), {E, R}),
    (lambda its: ("look for new keys and products", its.ring.refresh, 2), {E, R, W}),
    (lambda its: ("keep when keys were last used", its.keep_last_seen, 5), {E, R}),
    (lambda its: ("keep when the inbox widget was last opened", opened.keep, 5), {E, P}),
    (lambda its: ("hear which traits mean what", its.configure, 2), {E, P, W}),
    (lambda its: ("hear what was counted", its.follow_shared, 1), {R, P, W}),
    (lambda its: ("look for products that are full of names", its.look_for_full, 5), {E, R}),
    (lambda its: ("write down what came from where", its.write_sources, 5), {R}),
]
