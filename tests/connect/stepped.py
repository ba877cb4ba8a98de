"""A product whose profile is synced to the stand-in for a tool, over HTTP, step by step."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import pytest

from accoil.connect import sync
from accoil.connect.models import Connection, Entry, Mode, Record
from accoil.connect.now import Driven
from accoil.connect.planning import Plan, planned
from accoil.connect.syncer import Syncer
from accoil.connect.syncing import Syncing
from accoil.connect.writing import Due, Writer
from accoil.count import ids
from accoil.count.ids import Kind
from accoil.score.models import Profile
from accoil.team.models import User
from tests.reference import Definition
from tests.segment.worlds import Looked, looked_at
from tests.small_worlds import at, did, identified, joins

TODAY = date(2026, 3, 31)
EVERYDAY = Definition(events={"Report_Created": 9, "Dashboard_Viewed": 1}, benchmark=100.0)
STEPS = 400
KINDS = {"user": ids.USER, "account": ids.ACCOUNT}


@dataclass
class Stepped:
    """`syncer` is what the thread of the connection would be stepping."""

    looked: Looked
    connection: Connection
    clock: Driven
    syncers: list[Syncer] = field(default_factory=list)
    forget: Callable[[], None] = lambda: None  # what the process remembers of the tool

    @property
    def syncer(self) -> Syncer:
        if not self.syncers:
            self.restart()
        return self.syncers[-1]

    @property
    def kept(self) -> Connection:
        """The connection as it is in the database."""
        return Connection.objects.get(pk=self.connection.pk)

    @property
    def session(self) -> Any:
        return sync.opened(self.kept)

    @property
    def profile(self) -> Profile:
        return self.looked.profile

    def restart(self) -> None:
        """As after a kill: another process begins with what is in the database."""
        self.forget()
        self.syncers.append(Syncer(self.connection.pk, sync.opened))

    def switch(self, mode: Mode, profile: Profile | None = None) -> None:
        sync.set_mode(self.connection, profile or self.profile, mode)

    def plan(self, modes: dict[Profile, Mode]) -> Plan:
        return planned(self.connection, modes, sync.places(self.connection))

    def settle(self) -> None:
        """Until there is nothing left to do; time passes as fast as waits are asked for."""
        self.looked.look()
        quiet = 0
        for _ in range(STEPS):
            waits = self.syncer.step()
            quiet = quiet + 1 if waits > 0 and not self.syncer.is_busy else 0
            if quiet == 2:
                return
            self.clock.advance(waits)
        raise AssertionError("the sync does not come to rest")

    def works(self, name: str, hour: int, event: str = "Report_Created") -> None:
        self.looked.receive(did(name, event, at(30, hour), 1))

    def add_users(self, many: int) -> list[str]:
        names = [f"p{n:03}" for n in range(many)]
        self.looked.receive([identified(name, at(1), email=f"{name}@acme.example") for name in names])
        return names

    def record(self, name: str, kind: Kind = "user") -> Record:
        return Record.objects.get(
            connection=self.connection, kind=kind, product=self.looked.product,
            entity=ids.id_of(self.looked.product.pk, KINDS[kind], name),
        )  # fmt: skip

    def ledger(self, name: str, kind: Kind = "user") -> list[tuple[str, str]]:
        """What was done and why, oldest first."""
        rows = Entry.objects.filter(record=self.record(name, kind)).order_by("pk")
        return [(row.what, row.reason) for row in rows]


class Killed(BaseException):
    """Nothing after it is done, as after kill -9."""


@contextmanager
def killed(notes: int = 0) -> Iterator[set[str]]:
    """Once the answers to so many calls are written down, and the next one came. Yields the records of the first."""
    note = Writer._note
    noted, made = set[str](), []

    def note_some(writer: Writer, answered: Mapping[Any, list[Due]]) -> Any:
        if len(made) == notes:
            raise Killed
        made.append(1)
        noted.update(due.record.remote_id for some in answered.values() for due in some)
        return note(writer, answered)

    with pytest.MonkeyPatch.context() as patched, pytest.raises(Killed):
        patched.setattr(Writer, "_note", note_some)
        yield noted


def step(joined: Connection, times: int = 3) -> None:
    """What the thread of another connection would do meanwhile."""
    syncer = Syncer(joined.pk, sync.opened)
    try:
        for _ in range(times):
            syncer.step()
    finally:
        syncer.close()


Made = TypeVar("Made", bound=Stepped)


@contextmanager
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Looked, User]]:
    """Ann and bob of acme, carla of none, and who connects tools."""
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)
    monkeypatch.setattr(Syncing, "step", lambda syncing: None)  # of a server that another test may have started
    with looked_at(EVERYDAY, "UTC", TODAY, monkeypatch) as looked:
        looked.receive([identified(name, at(1), email=f"{name}@acme.example") for name in ("ann", "bob", "carla")])
        looked.receive([joins("ann", "acme", at(1), name="Acme Ltd"), joins("bob", "acme", at(1))])
        looked.receive([*did("ann", "Report_Created", at(30), 3), *did("bob", "Dashboard_Viewed", at(30), 1)])
        yield looked, User.objects.create(email="owner@acme.example", name="Owner")


def closing(made: Made) -> Iterator[Made]:
    yield made
    for syncer in made.syncers:
        syncer.close()
