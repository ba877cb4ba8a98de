"""A team is joined to one workspace, by token or by signing in, and a workspace to one team."""

import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import close_old_connections
from django.db import connection as database

from accoil.connect import ending, soon
from accoil.connect.connection import SignInAgain
from accoil.connect.intercom import speaking
from accoil.connect.intercom.connecting import (
    by_code,
    by_token,
    offers_sign_in,
    sign_in_address,
)
from accoil.connect.intercom.notified import heard_uninstall
from accoil.connect.intercom.session import IntercomSession
from accoil.connect.intercom.signed import is_signed, secrets_of
from accoil.connect.models import Connection, State
from accoil.connect.now import Driven
from accoil.refused import Refused
from accoil.team.models import Team, User
from tests.connect.intercom.conftest import Here
from tests.door import ask
from tests.intercom import Intercom, running


def _code(intercom: Intercom, workspace: str = "ws1") -> str:
    return intercom.grants.code(workspace)


def test_a_pasted_token_connects_the_workspace_it_is_of(team: Team, author: User, intercom: Intercom) -> None:
    made = by_token(team, author, f"  {intercom.token()} ", "shh")
    assert (made.tool, made.team, made.state, made.author) == ("intercom", team, State.CONNECTED, author)
    assert (made.workspace, made.workspace_name) == ("ws1", "Acme Support")
    assert made.options["region"] == "us"
    assert secrets_of(made) == ["shh"]


def test_the_region_of_a_pasted_token_is_found_out(
    team: Team, author: User, intercom: Intercom, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as europe:
        there = {"us": intercom.address, "eu": europe.address}  # nobody is asked in Australia
        monkeypatch.setattr(speaking, "api_address", there.__getitem__)
        settings.INTERCOM_URL = ""
        europe.workspace.region = "EU"
        made = by_token(team, author, europe.token(), "s")
        assert made.options["region"] == "eu"
        assert [call.status for call in intercom.calls("GET /me")] == [401]
        assert made.workspace == europe.workspace.id_code


def test_a_token_is_told_to_nobody_but_who_gave_it(team: Team, author: User, intercom: Intercom, settings: Any) -> None:
    made = by_token(team, author, intercom.token(), "s")
    with running() as another:
        settings.INTERCOM_URL = another.address
        with pytest.raises(SignInAgain, match="at another address"):
            IntercomSession(made)
        heard_uninstall(made)
        assert not another.calls("GET /me")
    settings.INTERCOM_URL = intercom.address
    assert IntercomSession(made).places_left()


@pytest.mark.parametrize("region", ["us", "eu", "au"])
def test_signing_in_connects_in_every_region(team: Team, author: User, intercom: Intercom, region: str) -> None:
    intercom.add_workspace("ws2", "Elsewhere", region=region.upper())
    made = by_code(team, author, _code(intercom, "ws2"), region)
    assert (made.workspace, made.options["region"]) == ("ws2", region)
    assert secrets_of(made)[0] == intercom.client_secret


def test_the_whole_way_through_intercoms_page(team: Team, author: User, intercom: Intercom) -> None:
    back = "http://127.0.0.1:9/connections/intercom/done"
    address = sign_in_address("us", "state-1", back)
    assert address.startswith(f"{intercom.address}/oauth?")
    page = ask(intercom.address, "GET", address.removeprefix(intercom.address), None, {})
    assert page.status == 200
    form = f"client_id={intercom.client_id}&state=state-1&redirect_uri={back}&workspace=ws1&said=allow"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    sent_back = ask(intercom.address, "POST", "/oauth/allow", form.encode(), kind).headers["location"]
    told = parse_qs(urlsplit(sent_back).query)
    assert told["state"] == ["state-1"]
    assert by_code(team, author, told["code"][0], "us").state == State.CONNECTED


def test_without_an_app_of_the_servers_only_tokens_are_offered(settings: Any) -> None:
    assert not offers_sign_in()
    settings.INTERCOM_CLIENT_ID, settings.INTERCOM_CLIENT_SECRET = "id", "secret"
    assert offers_sign_in()


@pytest.mark.parametrize(
    ("region", "api", "pages"),
    [
        ("us", "https://api.intercom.io", "https://app.intercom.com"),
        ("eu", "https://api.eu.intercom.io", "https://app.eu.intercom.com"),
        ("au", "https://api.au.intercom.io", "https://app.au.intercom.com"),
    ],
)
def test_each_region_has_its_own_addresses(settings: Any, region: str, api: str, pages: str) -> None:
    settings.INTERCOM_URL = ""
    assert (speaking.api_address(region), speaking.pages_address(region)) == (api, pages)


def test_two_installs_of_one_workspace_make_one_connection(team: Team, author: User, intercom: Intercom) -> None:
    first = by_token(team, author, intercom.token(), "one")
    second = by_code(team, author, _code(intercom), "us")
    third = by_token(team, author, intercom.token(), "one")
    assert first.pk == second.pk == third.pk
    assert Connection.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_installs_at_the_same_moment_make_one_connection(
    intercom: Intercom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soon, "OF_A_TEAM", 4)  # as on servers that share a database
    monkeypatch.setattr(soon, "AT_ONCE", 4)
    team, author = Team.objects.create(name="Acme"), User.objects.create(email="ann@example.com")
    tokens, made, wrong = [intercom.token() for _ in range(4)], [], []
    barrier = threading.Barrier(4)

    def install(token: str) -> None:
        try:
            barrier.wait(10)
            made.append(by_token(team, author, token, "s").pk)
        except Exception as why:
            wrong.append(why)
        finally:
            close_old_connections()
            database.close()

    threads = [threading.Thread(target=install, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(set(made)) == 1 == Connection.objects.count()


def test_another_team_cannot_take_a_connected_workspace(here: Here, author: User, intercom: Intercom) -> None:
    other = Team.objects.create(name="Other")
    with pytest.raises(Refused, match="connected to another team of this server; disconnect it there first"):
        by_token(other, author, intercom.token(), "s")
    with pytest.raises(Refused, match="connected to another team"):
        by_code(other, author, _code(intercom), "us")
    assert not other.connections.exists()


def test_a_team_has_one_workspace(here: Here, intercom: Intercom) -> None:
    second = intercom.add_workspace("ws2", "Second")
    with pytest.raises(Refused, match="connected to the Intercom workspace “Acme Support”; disconnect it"):
        by_token(here.team, here.author, intercom.token(second), "s")


def test_connecting_again_mends_a_connection_that_was_lost(here: Here, intercom: Intercom) -> None:
    Connection.objects.update(state=State.NEEDS_RECONNECT, problem="The token was revoked.", failures=3)
    intercom.workspace.revoke()
    token = intercom.token()
    made = by_token(here.team, here.author, token)
    assert made.pk == here.connection.pk
    assert (made.state, made.problem, made.failures) == (State.CONNECTED, "", 0)
    assert made.secrets["token"] == token
    assert secrets_of(made) == [intercom.client_secret]  # not given again, so it stays


def test_a_new_client_secret_leaves_the_old_one_good_for_a_day(here: Here, intercom: Intercom, clock: Driven) -> None:
    made = by_token(here.team, here.author, intercom.token(), "new")
    for secret in ("new", intercom.client_secret):
        assert is_signed(secrets_of(made), b"{}", intercom.signer.signature(b"{}", secret))
    clock.advance(24 * 3600 + 1)
    assert secrets_of(made) == ["new"]


def test_a_disconnected_workspace_can_be_connected_again(here: Here, author: User, intercom: Intercom) -> None:
    Connection.objects.update(state=State.DISCONNECTED)
    again = by_token(here.team, author, intercom.token(), "s")
    assert again.pk == here.connection.pk  # so what it once wrote is known
    Connection.objects.update(state=State.DISCONNECTED)
    other = Team.objects.create(name="Other")
    assert by_token(other, author, intercom.token(), "s").team == other


def test_while_a_disconnect_is_at_work_nobody_connects(here: Here, intercom: Intercom) -> None:
    ending.begin(here.connection)
    assert Connection.objects.get().state == State.DISCONNECTING
    with pytest.raises(Refused, match="is still being archived"):
        by_token(here.team, here.author, intercom.token(), "s")


@pytest.mark.parametrize("token", ["", "   "])
def test_a_token_is_needed(team: Team, author: User, intercom: Intercom, token: str) -> None:
    with pytest.raises(Refused, match="Paste the access token"):
        by_token(team, author, token)


def test_an_unknown_token_is_refused_without_being_told(team: Team, author: User, intercom: Intercom) -> None:
    with pytest.raises(Refused, match="Intercom does not know this access token") as refusal:
        by_token(team, author, "tok_wrong", "shh")
    assert "tok_wrong" not in str(refusal.value) and "shh" not in str(refusal.value)
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("call", "may"),
    [
        ("GET /contacts", "read people"),
        ("GET /companies", "read companies"),
        ("GET /data_attributes", "read data attributes"),
        ("GET /tags", "read tags"),
    ],
)
def test_a_permission_that_is_missing_is_named_at_once(
    team: Team, author: User, intercom: Intercom, call: str, may: str
) -> None:
    intercom.faults.plan("refuse", call, status=403, code="action_forbidden")
    with pytest.raises(Refused, match=f"The Intercom app may not {may}. Tick that permission"):
        by_token(team, author, intercom.token())
    assert not Connection.objects.exists()


def test_another_fault_while_permissions_are_tried_does_not_stop_connecting(
    team: Team, author: User, intercom: Intercom
) -> None:
    intercom.faults.plan("refuse", "GET /tags", status=404, code="not_found")
    assert by_token(team, author, intercom.token()).state == State.CONNECTED


def test_a_code_is_good_once(team: Team, author: User, intercom: Intercom) -> None:
    code = _code(intercom)
    by_code(team, author, code, "us")
    with pytest.raises(Refused, match="did not take the sign-in"):
        by_code(team, author, code, "us")


def test_a_wrong_region_is_refused(team: Team, author: User, intercom: Intercom) -> None:
    with pytest.raises(Refused, match="Choose the region of your Intercom workspace: United States, Europe, Australia"):
        by_code(team, author, _code(intercom), "mars")


def test_while_intercom_is_down_that_is_said(team: Team, author: User, intercom: Intercom, clock: Driven) -> None:
    intercom.faults.plan("refuse", "GET /me", times=9, status=503)
    with pytest.raises(Refused, match="has a problem of its own"):
        by_token(team, author, intercom.token())
    assert not Connection.objects.exists()


def test_secrets_are_not_readable_in_the_database(here: Here, intercom: Intercom) -> None:
    with database.cursor() as cursor:
        cursor.execute("select * from connect_connection")
        row = repr(cursor.fetchall())
    assert here.connection.secrets["token"] not in row and intercom.client_secret not in row
