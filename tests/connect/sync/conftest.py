"""A product whose profile is synced to the stand-in for Intercom, over HTTP, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from accoil.connect import sync
from accoil.connect.intercom import session
from accoil.connect.intercom.connecting import by_token
from accoil.connect.models import Connection, Mode, Record
from accoil.connect.now import Driven, driven, now
from accoil.connect.rate import lane
from accoil.connect.syncer import Syncer
from accoil.connect.syncing import Syncing
from accoil.count import ids
from accoil.count.ids import Kind
from accoil.score.models import Profile
from accoil.team.models import User
from tests.intercom import Intercom, running
from tests.intercom.workspace import Workspace
from tests.reference import Definition
from tests.segment.worlds import Looked, looked_at
from tests.small_worlds import at, did, identified, joins

TODAY = date(2026, 3, 31)
EVERYDAY = Definition(events={"Report_Created": 9, "Dashboard_Viewed": 1}, benchmark=100.0)
STEPS = 400
KINDS = {"user": ids.USER, "account": ids.ACCOUNT}


@dataclass
class Synced:
    """`syncer` is what the thread of the connection would be stepping."""

    looked: Looked
    intercom: Intercom
    workspace: Workspace
    connection: Connection
    clock: Driven
    syncers: list[Syncer] = field(default_factory=list)

    @property
    def syncer(self) -> Syncer:
        if not self.syncers:
            self.syncers.append(Syncer(self.connection.pk, sync.opened))
        return self.syncers[-1]

    @property
    def profile(self) -> Profile:
        return self.looked.profile

    def restart(self) -> None:
        """As after a kill: another process begins with what is in the database."""
        self.syncers.append(Syncer(self.connection.pk, sync.opened))

    def switch(self, mode: Mode, profile: Profile | None = None) -> None:
        sync.set_mode(self.connection, profile or self.profile, mode)

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

    def record(self, name: str, kind: Kind = "user") -> Record:
        return Record.objects.get(
            connection=self.connection, kind=kind, product=self.looked.product,
            entity=ids.id_of(self.looked.product.pk, KINDS[kind], name),
        )  # fmt: skip

    def stands(self, email: str) -> dict[str, object]:
        """What the contact with that address has of ours, without the start of the names."""
        (contact,) = [each for each in self.workspace.contacts.values() if each.email == email]
        return _short(contact.custom_attributes)

    def stands_at(self, company: str) -> dict[str, object]:
        (found,) = [each for each in self.workspace.companies.values() if each.company_id == company]
        return _short(found.custom_attributes)

    def written(self) -> list[tuple[str, dict[str, object]]]:
        """Every write of values so far, in order: whose, and what."""
        of = {"contact": self.workspace.contacts, "company": self.workspace.companies}
        found = []
        for write in self.workspace.writes:
            if write.what in of:
                there = of[write.what][write.id]  # type: ignore[index]
                found.append(
                    (getattr(there, "email", "") or getattr(there, "company_id", ""), write.values["custom_attributes"])
                )
        return found

    def attributes(self, archived: bool = False) -> set[str]:
        return {each.name for each in self.workspace.attributes.values() if each.archived == archived}


def _short(attributes: dict[str, object]) -> dict[str, object]:
    return {name.removeprefix("Accoil_Everyday_"): value for name, value in attributes.items()}


@pytest.fixture
def clock() -> Iterator[Driven]:
    with driven() as it:
        yield it


@pytest.fixture
def intercom(settings: Any, clock: Driven) -> Iterator[Intercom]:
    with running(Intercom(clock=now)) as it:
        settings.INTERCOM_URL = it.address
        yield it


@pytest.fixture
def synced(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, intercom: Intercom, clock: Driven
) -> Iterator[Synced]:
    """Ann and bob of acme, carla of none; ann and bob are in Intercom, ann's company too. No profile is on yet."""
    lane.cache_clear()
    session._workspaces.clear()
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)
    monkeypatch.setattr(Syncing, "step", lambda syncing: None)  # of a server that another test may have started
    with looked_at(EVERYDAY, "UTC", TODAY, monkeypatch) as looked:
        looked.receive([identified(name, at(1), email=f"{name}@acme.example") for name in ("ann", "bob", "carla")])
        looked.receive([joins("ann", "acme", at(1), name="Acme Ltd"), joins("bob", "acme", at(1))])
        looked.receive([*did("ann", "Report_Created", at(30), 3), *did("bob", "Dashboard_Viewed", at(30), 1)])
        acme = intercom.workspace.company("acme", "Acme Ltd")
        intercom.workspace.contact("ann@acme.example", [acme], role="user")
        intercom.workspace.contact("bob@acme.example", [acme], role="user")
        author = User.objects.create(email="owner@acme.example", name="Owner")
        connection = by_token(looked.product.team, author, intercom.token(), intercom.client_secret)
        made = Synced(looked, intercom, intercom.workspace, connection, clock)
        yield made
        for syncer in made.syncers:
            syncer.close()


@pytest.fixture
def on(synced: Synced) -> Iterator[Synced]:
    synced.switch(Mode.ALL)
    synced.settle()
    yield synced


def works(synced: Synced, name: str, event: str, hour: int) -> None:
    synced.looked.receive(did(name, event, at(30, hour), 1))
