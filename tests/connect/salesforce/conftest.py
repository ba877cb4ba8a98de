"""A product whose profile is synced to the stand-in for Salesforce, over HTTP, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from accoil.connect.models import Connection
from accoil.connect.names import KINDS, OF_ACCOUNTS, TRAITS, attribute_name
from accoil.connect.now import Driven, driven, now
from accoil.connect.salesforce.connecting import by_code
from accoil.connect.salesforce.fields import TYPES, name_of
from accoil.connect.salesforce.org import orgs
from accoil.team.models import Team, User
from tests.connect.salesforce.stand_in import CLIENT, SECRET, Org, Salesforce, running
from tests.connect.stepped import Stepped, acme, closing

BACK = "http://127.0.0.1/connections/salesforce/done"
VERIFIER = "v" * 64
START, END = "Accoil_Everyday_", "__c"
OBJECTS = {"user": "Contact", "account": "Account"}


@dataclass(kw_only=True)
class Synced(Stepped):
    salesforce: Salesforce

    @property
    def org(self) -> Org:
        return self.salesforce.org

    def stands(self, email: str) -> dict[str, Any]:
        """What the contact has in our fields, without start and end of their names."""
        return self._stands("Email", email)

    def stands_at(self, name: str) -> dict[str, Any]:
        return self._stands("Name", name)

    def _stands(self, by: str, value: str) -> dict[str, Any]:
        (found,) = [each for each in self.org.records.values() if each.values.get(by) == value]
        return {name.removeprefix(START).removesuffix(END): told for name, told in found.values.items()
                if name.startswith(START) and told is not None}  # fmt: skip

    def add(self, many: int) -> list[str]:
        """Users who are contacts, too."""
        names = self.add_users(many)
        for name in names:
            self.org.contact(f"{name}@acme.example")
        return names


def make_fields(org: Org, profile: str = "Everyday") -> None:
    """As an admin would."""
    org.add_field("Account", "Accoil_Id__c", "string", length=100)
    for kind in KINDS:
        for trait, type in (TRAITS if kind == "user" else TRAITS | OF_ACCOUNTS).items():
            org.add_field(OBJECTS[kind], name_of(attribute_name(profile, kind, trait)), TYPES[type][0])


def join(team: Team, author: User, salesforce: Salesforce, org: Org | None = None) -> Connection:
    return by_code(team, author, salesforce.code(VERIFIER, org), "production", BACK, VERIFIER)


@pytest.fixture
def clock() -> Iterator[Driven]:
    with driven() as it:
        yield it


@pytest.fixture
def salesforce(settings: Any, clock: Driven) -> Iterator[Salesforce]:
    with running(Salesforce(now)) as it:
        settings.SALESFORCE_URL = it.address
        settings.SALESFORCE_CLIENT_ID, settings.SALESFORCE_CLIENT_SECRET = CLIENT, SECRET
        yield it


@pytest.fixture
def here(team: Team, author: User, salesforce: Salesforce) -> Connection:
    """Connected, without a product."""
    return join(team, author, salesforce)


@pytest.fixture
def synced(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, salesforce: Salesforce, clock: Driven
) -> Iterator[Synced]:
    """Ann and bob of acme, carla of none; ann and bob are contacts, acme an account with our id. No profile is on."""
    with acme(monkeypatch) as (looked, author):
        make_fields(salesforce.org)
        salesforce.org.account("Acme Ltd", Accoil_Id__c="acme")
        salesforce.org.contact("ann@acme.example")
        salesforce.org.contact("bob@acme.example")
        connection = join(looked.product.team, author, salesforce)
        yield from closing(Synced(looked, connection, clock, forget=orgs.forget, salesforce=salesforce))
