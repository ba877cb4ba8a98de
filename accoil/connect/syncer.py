"""The sync of one connection, a step at a time: what is missing is made, who is new is matched, what differs is sent.

A step takes some seconds at most and can be broken off anywhere: all that must be known later is in the database."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from accoil.connect import attributes, breaker, drift, ending, leaving, passes
from accoil.connect.batches import batches
from accoil.connect.comparing import compare
from accoil.connect.connection import Closed, Session, SignInAgain, ToolError, TryLater
from accoil.connect.finding import Finding
from accoil.connect.models import Connection, Pass, ProfileSync, Record, State
from accoil.connect.names import synced, wanted
from accoil.connect.now import moment
from accoil.connect.tools import TOOLS
from accoil.connect.watching import Watching, Whose
from accoil.connect.writing import AT_A_TIME, Writer

LOOKS_EVERY = 3.0  # seconds: what was counted is seen, and sent, within this time
COMPARED = 250  # records at a time, at most; of a tool that takes many in a call as many as fill some calls

Opened = Callable[[Connection], Session]


class Full(msgspec.Struct):
    """A full pass on its way: what is left of it, the next at the end."""

    row: Pass
    left: list[tuple[Whose, list[int]]]
    counts: Counter[str]


class Syncer:
    """`opened` makes a session of a connection. Only one may work on a connection at a time."""

    def __init__(self, connection: int, opened: Opened) -> None:
        self._id, self._opened = connection, opened
        self._session: tuple[object, Session] | None = None  # what it was opened with, and it
        self._watching, self._finding = Watching(), Finding()
        self._full: Full | None = None
        self._was_lost = False
        self._pool = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix=f"connection-{connection}")
        passes.broken_off(connection)

    def step(self) -> float:
        """Works for a few seconds; returns in how many it wants to go on."""
        connection = Connection.objects.select_related("team").filter(pk=self._id).first()
        if connection is None or connection.state not in (State.CONNECTED, State.DISCONNECTING):
            self._forget()
            self._was_lost = True
            return LOOKS_EVERY
        if self._was_lost:  # what was refused before may be taken now
            connection.asked_at, self._was_lost = moment(), False
            connection.save(update_fields=["asked_at"])
        if connection.state == State.DISCONNECTING and ending.is_late(connection):
            ending.give_up(connection, f"{TOOLS[connection.tool].name} did not answer for a day.")
            self._forget()
            return LOOKS_EVERY
        if breaker.is_open(connection):
            return LOOKS_EVERY
        try:
            return self._work(connection, self._open(connection))
        except Closed:
            self._forget()
            return 0.1
        except TryLater as why:
            if why.limited:
                return max(0.1, why.after or 1.0)
            if not breaker.is_open(connection):
                breaker.failed(connection, why)
            return max(why.after or 0.0, breaker.later(connection.failures).total_seconds())
        except SignInAgain as why:
            if connection.state == State.DISCONNECTING:
                self._ended(connection, f"What was written could not be archived: {why.reason}")
            breaker.lost(connection, why)
            return LOOKS_EVERY
        except ToolError as why:  # refused where nobody counts on it, as while people are looked for: it comes again
            if not breaker.is_open(connection):
                breaker.failed(connection, why)
            return max(LOOKS_EVERY, breaker.later(connection.failures).total_seconds())

    @property
    def is_busy(self) -> bool:
        """Whether anything is due that was not sent yet."""
        return bool(self._full or self._watching.due)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._forget()

    def _open(self, connection: Connection) -> Session:
        given = (connection.secret, connection.options)
        if self._session is None or self._session[0] != given:
            self._session = (given, self._opened(connection))
        return self._session[1]

    def _forget(self) -> None:
        self._watching.drop()
        self._finding.drop()
        self._watching, self._finding, self._full, self._session = Watching(), Finding(), None, None

    def _work(self, connection: Connection, session: Session) -> float:
        if connection.state == State.DISCONNECTING:
            self._disconnect(connection, session)
            return LOOKS_EVERY
        began = time.monotonic()
        syncs = list(synced(connection))
        attributes.settle(connection, session, wanted(syncs))
        if not breaker.is_open(connection):
            self._watching.add(
                self._finding.find(connection, session, syncs, lambda: self._meanwhile(connection, session, syncs))
            )
        leaving.empty(connection, session)
        self._watching.look(connection, syncs)
        if syncs and not self._full and passes.is_due(connection, Pass.Of.FULL):
            self._full = self._begin(connection, session, syncs)
        while time.monotonic() - began < LOOKS_EVERY:
            if self._watching.due:
                self._send_due(connection, session, syncs)
            elif self._full:
                self._pass_on(self._full, connection, session, syncs)
            else:
                if TOOLS[connection.tool].reads_back:
                    drift.look(connection, session)
                return max(0.1, LOOKS_EVERY - (time.monotonic() - began))
        return 0.0

    def _meanwhile(self, connection: Connection, session: Session, syncs: Sequence[ProfileSync]) -> None:
        """Own changes don't wait until everyone is matched; at the beginning there are none yet."""
        if self._watching.has_looked and time.monotonic() - self._watching.looked > LOOKS_EVERY:
            self._watching.look(connection, syncs)
            if self._watching.due:
                self._send_due(connection, session, syncs)

    def _send_due(self, connection: Connection, session: Session, syncs: Sequence[ProfileSync]) -> None:
        """A batch of those whose own figures changed. Who can't be sent now stays due."""
        whose, some = self._watching.batch(_at_a_time(connection))
        with passes.changes(connection) as counts:
            self._compare(connection, session, syncs, whose, some, counts)
        self._watching.done(whose, some)

    def _pass_on(self, full: Full, connection: Connection, session: Session, syncs: Sequence[ProfileSync]) -> None:
        """The next batch of the full pass."""
        if full.left:
            whose, some = full.left[-1]
            self._compare(connection, session, syncs, whose, some, full.counts, everything=True)
            full.left.pop()
            full.counts["compared"] += len(some)
            full.row.counts = dict(full.counts)
            full.row.save(update_fields=["counts"])
        else:
            passes.end(full.row)
            self._full = None

    def _begin(self, connection: Connection, session: Session, syncs: Sequence[ProfileSync]) -> Full:
        attributes.settle(connection, session, wanted(syncs), check=True)
        matched = Record.objects.filter(connection=connection, match=Record.Is.MATCHED).order_by("-kind", "entity")
        ids: dict[Whose, list[int]] = {}
        for product, kind, entity in matched.values_list("product", "kind", "entity"):
            ids.setdefault((product, kind), []).append(entity)  # type: ignore[arg-type]
        left = [(whose, batch) for whose, some in ids.items() for batch in batches(some, _at_a_time(connection))]
        total = sum(map(len, ids.values()))
        # As at the beginning: the pass gets to them as soon, and tells how far it is.
        if self._watching.many > total / 2:
            self._watching.due.clear()
        row = passes.begin(connection, Pass.Of.FULL, total)
        return Full(row, left[::-1], Counter())

    def _compare(
        self, connection: Connection, session: Session, syncs: Sequence[ProfileSync], whose: Whose, some: list[int],
        counts: Counter[str], everything: bool = False,
    ) -> None:  # fmt: skip
        writer = Writer(connection, session, self._pool, counts, TOOLS[connection.tool].at_once)
        compare(connection, syncs, whose, some, writer, everything)

    def _disconnect(self, connection: Connection, session: Session) -> None:
        with passes.passing(connection, Pass.Of.CLEANING) as counts:
            left = attributes.archive_all(connection, session)
            session.clean_up()
            counts.update({"archived": connection.attributes.count() - len(left), "failed": len(left)})
        self._ended(connection, f"Some could not be archived. {left[0].problem}" if left else "")

    def _ended(self, connection: Connection, why: str) -> None:
        ending.end(connection, why)
        self._forget()


def _at_a_time(connection: Connection) -> int:
    at_once = TOOLS[connection.tool].at_once
    return max(1, COMPARED // at_once) * at_once
