"""A whole server with nothing but defaults: how soon an event is seen in the other tool."""

from collections.abc import Iterator
from operator import gt
from typing import Any

import pytest

from accoil.asgi import Server
from accoil.connect import ending, sync
from accoil.connect.intercom.connecting import by_token
from accoil.connect.models import Connection, Mode, State
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.team.models import Product, User
from tests.door import Door
from tests.intercom import Intercom, running
from tests.intercom.records import Company, Contact
from tests.waiting import until

WITHIN = 10.0  # seconds
PATIENCE = 60.0  # until something that comes late has failed; what is measured is asserted on its own


@pytest.fixture
def connected(server: Server, door: Door, settings: Any) -> Iterator[tuple[Door, Intercom, Connection]]:
    with running() as intercom:
        settings.INTERCOM_URL = intercom.address
        company = intercom.workspace.company("acme", "Acme Ltd")
        intercom.workspace.contact("ann@acme.example", [company], role="user")
        product = Product.objects.get(pk=door.product_id)
        author, _ = User.objects.get_or_create(email="owner@acme.example", defaults={"name": "Owner"})
        connection = by_token(product.team, author, intercom.token(), intercom.client_secret)
        yield door, intercom, connection
        ending.begin(connection)
        until(lambda: Connection.objects.get(pk=connection.pk).state == State.DISCONNECTED)
        connection.delete()


def test_an_event_changes_the_attributes_within_ten_seconds(connected: tuple[Door, Intercom, Connection]) -> None:
    door, intercom, connection = connected
    ann = intercom.workspace.find_contact("ann@acme.example")
    (acme,) = intercom.workspace.companies.values()
    call(door, type="identify", userId="ann", traits={"email": "ann@acme.example"})
    call(door, type="group", userId="ann", groupId="acme", traits={"name": "Acme Ltd"})
    definition = Definition.check({"window": 7, "events": {"Report_Created": 9}, "benchmark": {"fixed": 100}})
    product = Product.objects.get(pk=door.product_id)
    profile = Profile.create(product, "Everyday", definition)
    sync.set_mode(connection, profile, Mode.ALL)
    until(lambda: ann.custom_attributes.get("Accoil_Everyday_Score") == 0)
    took = []
    for _ in range(3):
        before = scores(ann, acme)
        call(door, type="track", userId="ann", event="Report_Created")
        took.append(until(lambda before=before: all(map(gt, scores(ann, acme), before))))
    print("seconds from the event to the attribute:", [round(each, 1) for each in took])
    assert max(took) < WITHIN


def scores(ann: Contact, acme: Company) -> tuple[int, int]:
    attributes = ann.custom_attributes | acme.custom_attributes
    return attributes.get("Accoil_Everyday_Score", 0), attributes.get("Accoil_Everyday_AccountScore", 0)


def call(door: Door, **one: object) -> None:
    answer = door.post("/segment", one)
    assert answer.status in (200, 202), answer
