"""A product whose profile is synced to the stand-in for Intercom, over HTTP, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from accoil.connect.intercom.connecting import by_token
from accoil.connect.models import Mode
from accoil.connect.now import Driven, driven, now
from tests.connect.stepped import Stepped, acme, closing
from tests.intercom import Intercom, running
from tests.intercom.workspace import Workspace


@dataclass(kw_only=True)
class Synced(Stepped):
    intercom: Intercom

    @property
    def workspace(self) -> Workspace:
        return self.intercom.workspace

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
    with acme(monkeypatch) as (looked, author):
        firm = intercom.workspace.company("acme", "Acme Ltd")
        intercom.workspace.contact("ann@acme.example", [firm], role="user")
        intercom.workspace.contact("bob@acme.example", [firm], role="user")
        connection = by_token(looked.product.team, author, intercom.token(), intercom.client_secret)
        yield from closing(Synced(looked, connection, clock, intercom=intercom))


@pytest.fixture
def on(synced: Synced) -> Iterator[Synced]:
    synced.switch(Mode.ALL)
    synced.settle()
    yield synced
