"""A whole server with nothing but defaults: from an event to the tag in Intercom, by an automation and by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from accoil.act import automations
from accoil.act.automations import Draft
from accoil.act.models import Delivery, Firing
from accoil.act.queue import by_hand
from accoil.asgi import Server
from accoil.connect import ending, sync
from accoil.connect.intercom.connecting import by_token
from accoil.connect.models import Connection, Mode, State
from accoil.count import ids
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.segment.models import Segment
from accoil.team.models import Product, User
from tests.door import Door
from tests.intercom import Intercom, running
from tests.intercom.records import Company, Contact
from tests.waiting import until

WITHIN = 10.0  # seconds
PATIENCE = 60.0  # until something that comes late has failed; what is measured is asserted on its own
STEPS = {"user": [{"event": "Report_Created"}], "account": [{"event": "Report_Created"}]}


@dataclass
class Tagging:
    door: Door
    intercom: Intercom
    connection: Connection
    profile: Profile
    author: User
    ann: Contact
    acme: Company

    def automate(self, scope: str, when: Any, tag: str, on: str) -> None:
        draft = Draft(name=tag, scope=scope, when=when, then=[{"intercom_tag": {"tag": tag, "on": on}}])  # type: ignore[arg-type]
        automations.create(self.profile, draft, enabled=True)
        until(lambda: not Segment.every.filter(profile=self.profile, recorded_from=None).exists())  # who is inside now

    def send(self, **call: Any) -> None:
        answer = self.door.post("/segment", call)
        assert answer.status in (200, 202), answer

    def tags(self, record: Contact | Company) -> list[str]:
        with self.intercom.lock:
            return self.intercom.workspace.tagged(record)


@pytest.fixture
def tagging(server: Server, door: Door, settings: Any) -> Iterator[Tagging]:
    """Ann of Acme is matched, and so is her company; nobody has done anything yet."""
    with running() as intercom:
        settings.INTERCOM_URL = intercom.address
        acme = intercom.workspace.company("acme", "Acme Ltd")
        ann = intercom.workspace.contact("ann@acme.example", [acme])
        product = Product.objects.get(pk=door.product_id)
        author, _ = User.objects.get_or_create(email="tagging@acme.example", defaults={"name": "Owner"})
        connection = by_token(product.team, author, intercom.token(), intercom.client_secret)
        told = {"window": 7, "events": {"Report_Created": 9}, "benchmark": {"fixed": 100}, "activation": STEPS}
        profile = Profile.create(product, "Everyday", Definition.check(told), author)
        made = Tagging(door, intercom, connection, profile, author, ann, acme)
        made.send(type="identify", userId="ann", traits={"email": "ann@acme.example"})
        made.send(type="group", userId="ann", groupId="acme", traits={"name": "Acme Ltd"})
        sync.set_mode(connection, profile, Mode.ALL)
        until(lambda: acme.custom_attributes.get("Accoil_Everyday_AccountScore") == 0)
        yield made
        ending.begin(connection)
        until(lambda: Connection.objects.get(pk=connection.pk).state == State.DISCONNECTED)
        connection.delete()


def test_an_event_becomes_a_tag_on_the_user_and_one_on_the_company_within_ten_seconds(tagging: Tagging) -> None:
    tagging.automate("user", {"becomes": {"metric": "raw", "at_least": 9}}, "power user", "user")
    tagging.automate("user", {"activation": {"reaches": 100}}, "activated", "company")
    tagging.send(type="track", userId="ann", event="Report_Created")
    took = until(lambda: tagging.tags(tagging.ann) and tagging.tags(tagging.acme))
    print(f"seconds from the event to both tags: {took:.1f}")
    assert took < WITHIN
    assert (tagging.tags(tagging.ann), tagging.tags(tagging.acme)) == (["power user"], ["activated"])
    until(lambda: Delivery.objects.filter(product=tagging.profile.product, state="done").count() == 2)
    answers = Delivery.objects.filter(product=tagging.profile.product).values_list("answer", flat=True)
    assert set(answers) == {
        "The contact has the tag “power user” in Intercom.", "The company has the tag “activated” in Intercom."
    }  # fmt: skip
    assert Firing.objects.filter(automation__profile=tagging.profile).count() == 2


def test_an_account_that_enters_a_segment_is_tagged(tagging: Tagging) -> None:
    tagging.automate("account", {"enters": "Activated"}, "won", "company")
    tagging.send(type="track", userId="ann", event="Report_Created")
    assert until(lambda: tagging.tags(tagging.acme) == ["won"]) < WITHIN


def test_ticked_users_and_accounts_are_tagged_by_hand_at_once(tagging: Tagging) -> None:
    product = tagging.profile.product
    ann, acme = ids.id_of(product.pk, ids.USER, "ann"), ids.id_of(product.pk, ids.ACCOUNT, "acme")
    by_hand(product, tagging.author, "intercom_tag", {"tag": "call", "on": "user"}, "user", [ann])
    by_hand(product, tagging.author, "intercom_tag", {"tag": "vip", "on": "company"}, "account", [acme])
    took = until(lambda: (tagging.tags(tagging.ann), tagging.tags(tagging.acme)) == (["call"], ["vip"]))
    assert took < WITHIN
