"""A product whose profile is synced to the stand-in for HubSpot, over HTTP, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from accoil.connect.hubspot.connecting import by_token
from accoil.connect.hubspot.portal import portals
from accoil.connect.models import Connection
from accoil.connect.now import Driven, driven, now
from accoil.team.models import Team, User
from tests.connect.stepped import Stepped, acme, closing
from tests.hubspot import Hubspot, Portal, running

START = "accoil_everyday_"


@dataclass(kw_only=True)
class Synced(Stepped):
    hubspot: Hubspot

    @property
    def portal(self) -> Portal:
        return self.hubspot.portal

    def stands(self, email: str) -> dict[str, str]:
        """What the contact with that address has of ours, without the start of the names."""
        found = self.portal.by("contacts", "email", email)
        assert found
        return _own(found.properties)

    def stands_at(self, name: str) -> dict[str, str]:
        (found,) = [one for one in self.portal.records["companies"].values() if one.properties.get("name") == name]
        return _own(found.properties)

    def add(self, many: int) -> list[str]:
        """Users who are contacts, too."""
        names = self.add_users(many)
        for name in names:
            self.portal.contact(f"{name}@acme.example")
        return names


def _own(properties: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix(START): value for name, value in properties.items() if name.startswith("accoil_")}


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
def here(team: Team, author: User, hubspot: Hubspot) -> Connection:
    """Connected, without a product."""
    return by_token(team, author, hubspot.token())


@pytest.fixture
def synced(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, hubspot: Hubspot, clock: Driven
) -> Iterator[Synced]:
    """Ann and bob of acme, carla of none; ann and bob are in HubSpot, their company too. No profile is on yet."""
    with acme(monkeypatch) as (looked, author):
        firm = hubspot.portal.company("Acme Ltd", "acme.example")
        hubspot.portal.contact("ann@acme.example", [firm])
        hubspot.portal.contact("bob@acme.example", [firm])
        connection = by_token(looked.product.team, author, hubspot.token())
        yield from closing(Synced(looked, connection, clock, forget=portals.forget, hubspot=hubspot))
