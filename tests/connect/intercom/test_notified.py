"""What Intercom says by itself is proven, acted upon once, and only makes us look again."""

import json
import time
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from accoil.asgi import Server
from accoil.connect.intercom import notified
from accoil.connect.models import Connection, Heard, Mode, Record, State
from accoil.team.models import Team
from tests.connect.sync.conftest import Synced, clock, intercom, synced
from tests.door import ask
from tests.intercom.records import Contact

__all__ = ["clock", "intercom", "synced"]


@pytest.fixture(autouse=True)
def nobody_asked_lately() -> None:
    notified._asked.clear()


@pytest.fixture
def matched(synced: Synced) -> Synced:
    """Ann and bob are matched, carla is not in Intercom."""
    synced.switch(Mode.ALL)
    synced.settle()
    assert synced.record("ann").match == Record.Is.MATCHED
    assert synced.record("carla").match == Record.Is.UNMATCHED
    return synced


def _ann(synced: Synced) -> Contact:
    return synced.workspace.find_contact("ann@acme.example")


def _item(contact: Contact, **more: Any) -> dict[str, Any]:
    return {"type": "contact", "id": contact.id, "email": contact.email, **more}


def _notify(synced: Synced, live_server: LiveServer, topic: str, item: dict[str, Any], **more: Any) -> int:
    return synced.intercom.signer.notify(live_server.url, topic, item, **more).status


def test_a_deleted_contact_is_looked_for_again(matched: Synced, live_server: LiveServer) -> None:
    ann = _ann(matched)
    matched.workspace.delete(ann)
    assert _notify(matched, live_server, "contact.deleted", {"id": ann.id, "external_id": None}) == 200
    matched.settle()
    record = matched.record("ann")
    assert (record.match, record.remote_id) == (Record.Is.UNMATCHED, "")
    assert record.reason == "Nobody in Intercom has this e-mail address."


def test_a_merged_contact_is_followed(matched: Synced, live_server: LiveServer) -> None:
    old, new = _ann(matched), matched.workspace.contact("x@acme.example")
    before = dict(old.custom_attributes)
    matched.workspace.merge(old, new)
    new.custom_attributes.clear()
    matched.workspace.set_email(new, "ann@acme.example")
    assert _notify(matched, live_server, "contact.merged", {"from": old.id, "into": new.id}) == 200
    matched.settle()
    assert matched.record("ann").remote_id == new.id
    assert before == new.custom_attributes != {}


def test_somebody_whose_address_becomes_known_there_is_found(matched: Synced, live_server: LiveServer) -> None:
    late = matched.workspace.contact("c@elsewhere.example")
    matched.workspace.set_email(late, "Carla@acme.example")
    assert _notify(matched, live_server, "contact.email.updated", _item(late)) == 200
    matched.settle()
    assert matched.record("carla").remote_id == late.id


def test_one_that_a_search_finds_only_later_is_looked_for_later(matched: Synced, live_server: LiveServer) -> None:
    matched.workspace.search_lag = 300
    late = matched.workspace.contact("carla@acme.example")
    assert _notify(matched, live_server, "contact.user.created", _item(late)) == 200
    matched.settle()
    assert matched.record("carla").match == Record.Is.UNMATCHED
    matched.clock.advance(601)
    matched.settle()  # finds that it is time
    matched.settle()
    assert matched.record("carla").remote_id == late.id


def test_an_address_that_changed_there_parts_the_two(matched: Synced, live_server: LiveServer) -> None:
    ann = _ann(matched)
    matched.workspace.set_email(ann, "ann@elsewhere.example")
    assert _notify(matched, live_server, "contact.email.updated", _item(ann)) == 200
    matched.settle()
    assert matched.record("ann").match == Record.Is.UNMATCHED
    assert matched.stands("ann@elsewhere.example") == {}  # nobody else's numbers stay there


def test_a_deleted_company_is_looked_for_again(matched: Synced, live_server: LiveServer) -> None:
    (acme,) = matched.workspace.companies.values()
    assert matched.record("acme", "account").remote_id == acme.id
    for contact in matched.workspace.contacts.values():
        contact.companies = []
    del matched.workspace.companies[acme.id]
    assert _notify(matched, live_server, "company.deleted", {"type": "company", "id": acme.id}) == 200
    matched.settle()
    record = matched.record("acme", "account")
    assert (record.match, record.reason) == (Record.Is.UNMATCHED, "Its users belong to no company in Intercom.")


def test_the_same_notification_counts_once(matched: Synced, live_server: LiveServer) -> None:
    item = _item(_ann(matched))
    assert _notify(matched, live_server, "contact.deleted", item, id="n1") == 200
    Record.objects.update(rematch=False)
    assert _notify(matched, live_server, "contact.deleted", item, id="n1", attempts=2) == 200
    assert not matched.record("ann").rematch
    assert _notify(matched, live_server, "contact.deleted", item, id="n2") == 200
    assert matched.record("ann").rematch
    assert Heard.objects.count() == 2


def test_a_wrong_signature_is_refused_and_changes_nothing(matched: Synced, live_server: LiveServer) -> None:
    assert _notify(matched, live_server, "contact.deleted", _item(_ann(matched)), secret="wrong") == 401
    assert not matched.record("ann").rematch
    assert not Heard.objects.exists()


def test_a_missing_signature_is_refused(matched: Synced, live_server: LiveServer) -> None:
    raw = json.dumps({"app_id": "ws1", "id": "n1", "topic": "contact.deleted", "data": {}}).encode()
    answer = ask(live_server.url, "POST", "/intercom/webhooks", raw, {"Content-Type": "application/json"})
    assert (answer.status, answer.json()["error"]["code"]) == (401, "unauthorized")


def test_a_workspace_that_nobody_connected_is_refused_or_ignored(
    matched: Synced, live_server: LiveServer, settings: Any
) -> None:
    other = matched.intercom.add_workspace("ws9", "Nobody's")
    item = _item(_ann(matched))
    assert _notify(matched, live_server, "contact.deleted", item, workspace=other) == 401
    settings.INTERCOM_CLIENT_SECRET = matched.intercom.client_secret  # the server's own app is installed there
    assert _notify(matched, live_server, "contact.deleted", item, workspace=other) == 200
    assert not matched.record("ann").rematch


def test_one_teams_notification_leaves_another_teams_records_alone(matched: Synced, live_server: LiveServer) -> None:
    other = Connection(team=Team.objects.create(name="Other"), tool="intercom", workspace="ws2")
    other.secrets = {"token": "t", "client_secret": matched.intercom.client_secret}
    other.save()
    matched.intercom.add_workspace("ws2", "Second")
    second = matched.intercom.workspaces["ws2"]
    assert _notify(matched, live_server, "contact.deleted", _item(_ann(matched)), workspace=second) == 200
    assert not matched.record("ann").rematch


@pytest.mark.parametrize("topic", ["ping", "conversation.user.created", "contact.tag.added", "company.updated", ""])
def test_what_does_not_matter_here_is_taken_and_left(matched: Synced, live_server: LiveServer, topic: str) -> None:
    assert _notify(matched, live_server, topic, _item(_ann(matched))) == 200
    assert not Heard.objects.exists()
    assert not matched.record("ann").rematch


@pytest.mark.parametrize("item", [{}, {"id": None}, {"id": 7}, {"contact": {"email": 5}}, {"email": ""}])
def test_bodies_of_another_shape_do_no_harm(matched: Synced, live_server: LiveServer, item: dict[str, Any]) -> None:
    assert _notify(matched, live_server, "contact.deleted", item) == 200


def test_nobody_is_called_before_it_is_answered(matched: Synced, live_server: LiveServer) -> None:
    before = len(matched.intercom.heard)
    _notify(matched, live_server, "contact.deleted", _item(_ann(matched)))
    assert len(matched.intercom.heard) == before


def test_notifications_are_answered_fast(matched: Synced, live_server: LiveServer) -> None:
    took = []
    for _ in range(40):
        began = time.monotonic()
        _notify(matched, live_server, "contact.email.updated", _item(_ann(matched)))
        took.append(time.monotonic() - began)
    middle = sorted(took)[len(took) // 2]
    print(f"a notification is answered within {middle * 1000:.0f} ms")
    assert middle < 0.25  # Intercom wants an answer within half a second


def test_the_hub_may_try_the_address(live_server: LiveServer, transactional_db: None) -> None:
    assert ask(live_server.url, "HEAD", "/intercom/webhooks", None, {}).status == 200
    assert ask(live_server.url, "GET", "/intercom/webhooks", None, {}).status == 405


def test_an_uninstall_ends_the_connection_when_intercom_says_so(matched: Synced, live_server: LiveServer) -> None:
    matched.workspace.revoke()
    assert matched.intercom.signer.uninstall(live_server.url).status == 200
    matched.settle()
    connection = Connection.objects.get()
    assert (connection.state, connection.secrets) == (State.DISCONNECTED, {})
    assert "could not be archived" in connection.problem


@pytest.mark.parametrize("signed", [True, False])
def test_an_uninstall_that_is_not_true_changes_nothing(matched: Synced, live_server: LiveServer, signed: bool) -> None:
    assert matched.intercom.signer.uninstall(live_server.url, signed=signed).status == 200
    assert Connection.objects.get().state == State.CONNECTED
    assert len(matched.intercom.calls("GET /me")) == 2  # when it was connected, and now


def test_intercom_is_asked_once_a_minute_however_often_it_is_said(matched: Synced, live_server: LiveServer) -> None:
    for _ in range(5):
        matched.intercom.signer.uninstall(live_server.url)
    assert len(matched.intercom.calls("GET /me")) == 2
    matched.workspace.revoke()
    matched.clock.advance(61)
    matched.intercom.signer.uninstall(live_server.url)
    assert Connection.objects.get().state == State.DISCONNECTING


def test_an_uninstall_while_intercom_is_down_changes_nothing(matched: Synced, live_server: LiveServer) -> None:
    matched.intercom.faults.plan("refuse", "GET /me", times=9, status=500)
    assert matched.intercom.signer.uninstall(live_server.url).status == 200
    assert Connection.objects.get().state == State.CONNECTED


def test_an_uninstall_of_nobodys_workspace_is_answered_alike(matched: Synced, live_server: LiveServer) -> None:
    other = matched.intercom.add_workspace("ws9", "Nobody's")
    assert matched.intercom.signer.uninstall(live_server.url, workspace=other).status == 200


def test_the_front_door_lets_intercoms_calls_through(server: Server) -> None:
    assert ask(server.address, "HEAD", "/intercom/webhooks", None, {}).status == 200
    assert ask(server.address, "POST", "/intercom/webhooks", b"{}", {}).status == 401
    assert ask(server.address, "POST", "/intercom/uninstalled", b'{"app_id": "nobody"}', {}).status == 200
