"""A product whose profile is synced to the stand-in for HubSpot, over HTTP, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from accoil.connect import sync
from accoil.connect.hubspot import portal as remembered
from accoil.connect.hubspot.connecting import by_token
from accoil.connect.hubspot.session import HubspotSession
from accoil.connect.models import Connection, Entry, Mode, Record
from accoil.connect.now import Driven, driven, now
from accoil.connect.syncer import Syncer
from accoil.connect.syncing import Syncing
from accoil.count import ids
from accoil.count.ids import Kind
from accoil.score.models import Profile
from accoil.team.models import Team, User
from tests.hubspot import Hubspot, Portal, running
from tests.reference import Definition
from tests.segment.worlds import Looked, looked_at
from tests.small_worlds import at, did, identified, joins

TODAY = date(2026, 3, 31)
EVERYDAY = Definition(events={"Report_Created": 9, "Dashboard_Viewed": 1}, benchmark=100.0)
STEPS = 400
KINDS = {"user": ids.USER, "account": ids.ACCOUNT}
START = "accoil_everyday_"


@dataclass
class Synced:
    """`syncer` is what the thread of the connection would be stepping."""

    looked: Looked
    hubspot: Hubspot
    connection: Connection
    clock: Driven
    syncers: list[Syncer] = field(default_factory=list)

    @property
    def portal(self) -> Portal:
        return self.hubspot.portal

    @property
    def syncer(self) -> Syncer:
        if not self.syncers:
            self.restart()
        return self.syncers[-1]

    @property
    def profile(self) -> Profile:
        return self.looked.profile

    @property
    def session(self) -> HubspotSession:
        return HubspotSession(Connection.objects.get(pk=self.connection.pk))

    def restart(self) -> None:
        """As after a kill: another process begins with what is in the database."""
        remembered.forget()
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

    def stands(self, email: str) -> dict[str, str]:
        """What the contact with that address has of ours, without the start of the names."""
        found = self.portal.by("contacts", "email", email)
        assert found
        return _own(found.properties)

    def stands_at(self, name: str) -> dict[str, str]:
        (found,) = [one for one in self.portal.records["companies"].values() if one.properties.get("name") == name]
        return _own(found.properties)

    def ledger(self, name: str, kind: Kind = "user") -> list[tuple[str, str]]:
        """What was done and why, oldest first."""
        rows = Entry.objects.filter(record=self.record(name, kind)).order_by("pk")
        return [(row.what, row.reason) for row in rows]

    def add(self, many: int) -> list[str]:
        """Users who are contacts, too."""
        names = [f"p{n:03}" for n in range(many)]
        self.looked.receive([identified(name, at(1), email=f"{name}@acme.example") for name in names])
        for name in names:
            self.portal.contact(f"{name}@acme.example")
        return names

    def works(self, name: str, hour: int, event: str = "Report_Created") -> None:
        self.looked.receive(did(name, event, at(30, hour), 1))


def _own(properties: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix(START): value for name, value in properties.items() if name.startswith("accoil_")}


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> None:
    """Ids of connections come again in every test."""
    remembered.forget()


@pytest.fixture
def clock() -> Iterator[Driven]:
    with driven() as it:
        yield it


@pytest.fixture
def hubspot(settings: Any, clock: Driven) -> Iterator[Hubspot]:
    with running(Hubspot(clock=now)) as it:
        settings.HUBSPOT_URL = it.address
        settings.HUBSPOT_CLIENT_ID, settings.HUBSPOT_CLIENT_SECRET = it.client_id, it.client_secret
        yield it


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="Acme")


@pytest.fixture
def author(db: None) -> User:
    return User.objects.create(email="owner@acme.example", name="Owner")


@pytest.fixture
def here(team: Team, author: User, hubspot: Hubspot) -> Connection:
    """Connected, without a product."""
    return by_token(team, author, hubspot.token())


@pytest.fixture
def synced(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, hubspot: Hubspot, clock: Driven
) -> Iterator[Synced]:
    """Ann and bob of acme, carla of none; ann and bob are in HubSpot, their company too. No profile is on yet."""
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)
    monkeypatch.setattr(Syncing, "step", lambda syncing: None)  # of a server that another test may have started
    with looked_at(EVERYDAY, "UTC", TODAY, monkeypatch) as looked:
        looked.receive([identified(name, at(1), email=f"{name}@acme.example") for name in ("ann", "bob", "carla")])
        looked.receive([joins("ann", "acme", at(1), name="Acme Ltd"), joins("bob", "acme", at(1))])
        looked.receive([*did("ann", "Report_Created", at(30), 3), *did("bob", "Dashboard_Viewed", at(30), 1)])
        acme = hubspot.portal.company("Acme Ltd", "acme.example")
        hubspot.portal.contact("ann@acme.example", [acme])
        hubspot.portal.contact("bob@acme.example", [acme])
        author = User.objects.create(email="owner@acme.example", name="Owner")
        made = Synced(looked, hubspot, by_token(looked.product.team, author, hubspot.token()), clock)
        yield made
        for syncer in made.syncers:
            syncer.close()


@pytest.fixture
def on(synced: Synced) -> Iterator[Synced]:
    synced.switch(Mode.ALL)
    synced.settle()
    yield synced
