"""A team and an account of HubSpot: by token or by signing in, never two to one, and access renewed before it ends."""

import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection as db

from accoil.connect import ending
from accoil.connect.connection import SignInAgain
from accoil.connect.hubspot import connecting
from accoil.connect.hubspot.connecting import by_code, by_token, sign_in_address
from accoil.connect.hubspot.portal import portals
from accoil.connect.hubspot.session import HubspotSession
from accoil.connect.hubspot.speaking import SCOPES
from accoil.connect.models import Connection, State
from accoil.connect.now import Driven
from accoil.refused import Refused
from accoil.team.models import Team, User
from tests.connect.hubspot.conftest import Synced
from tests.door import ask
from tests.hubspot import Hubspot

BACK = "http://127.0.0.1/connections/hubspot/done"
TOKEN = "POST /oauth/2026-03/token"


def test_a_pasted_token_connects_its_account(team: Team, author: User, hubspot: Hubspot) -> None:
    made = by_token(team, author, f"  {hubspot.token()} ")
    assert (made.state, made.workspace, made.workspace_name) == (State.CONNECTED, "4001", "Account 4001")
    with db.cursor() as cursor:
        cursor.execute("select secret from connect_connection")
        assert "pat-" not in str(cursor.fetchall())


def test_a_token_that_hubspot_does_not_know_is_refused(team: Team, author: User, hubspot: Hubspot) -> None:
    with pytest.raises(Refused, match="does not know this access token"):
        by_token(team, author, "pat-wrong")
    with pytest.raises(Refused, match="holds a character that no token has"):
        by_token(team, author, "pat-na1-••••1234")
    with pytest.raises(Refused, match="Paste the access token"):
        by_token(team, author, " ")


@pytest.mark.parametrize(
    ("path", "may"),
    [("objects/2026-03/companies", "read companies"), ("properties/2026-03/contacts", "read properties of contacts")],
)
def test_a_scope_that_is_missing_is_said_at_once(
    team: Team, author: User, hubspot: Hubspot, path: str, may: str
) -> None:
    hubspot.faults.plan("refuse", f"GET /crm/{path}", status=403)
    with pytest.raises(Refused, match=f"may not {may}"):
        by_token(team, author, hubspot.token())


def test_an_account_belongs_to_one_team_and_a_team_has_one(here: Connection, author: User, hubspot: Hubspot) -> None:
    other = Team.objects.create(name="Other")
    with pytest.raises(Refused, match="This HubSpot account is connected to another team"):
        by_token(other, author, hubspot.token())
    second = hubspot.add_portal()
    with pytest.raises(Refused, match="Your team is connected to the HubSpot account “Account 4001”"):
        by_token(here.team, author, hubspot.token(second))
    theirs = by_token(other, author, hubspot.token(second))
    assert theirs.workspace == "4002" and by_token(here.team, author, hubspot.token()).pk == here.pk


def test_the_whole_way_through_hubspots_page(team: Team, author: User, hubspot: Hubspot) -> None:
    address = urlsplit(sign_in_address("state-1", BACK))
    assert set(SCOPES) <= set(parse_qs(address.query)["scope"][0].split())
    page = ask(hubspot.address, "GET", f"{address.path}?{address.query}", None, {})
    assert page.status == 200 and "Connect app" in page.body.decode()
    form = f"client_id={hubspot.client_id}&state=state-1&redirect_uri={BACK}&portal=4001"
    sent = ask(
        hubspot.address, "POST", "/oauth/allow", form.encode(), {"content-type": "application/x-www-form-urlencoded"}
    )
    told = parse_qs(urlsplit(sent.headers["location"]).query)
    assert told["state"] == ["state-1"]
    made = by_code(team, author, told["code"][0], BACK)
    assert made.workspace == "4001" and set(made.secrets) == {"token", "refresh_token", "renew_at"}
    with pytest.raises(Refused, match="did not take the sign-in"):
        by_code(team, author, told["code"][0], BACK)


@pytest.fixture
def signed_in(team: Team, author: User, hubspot: Hubspot) -> Connection:
    made = by_code(team, author, hubspot.code(), BACK)
    hubspot.heard.clear()
    return made


def renewals(hubspot: Hubspot) -> int:
    return len(hubspot.calls(TOKEN))


def test_access_is_renewed_before_it_ends_and_no_earlier(
    signed_in: Connection, hubspot: Hubspot, clock: Driven
) -> None:
    clock.advance(1400)
    HubspotSession(signed_in).places_left()
    assert renewals(hubspot) == 0
    clock.advance(60)
    before = signed_in.secrets["token"]
    HubspotSession(signed_in).places_left()
    assert renewals(hubspot) == 1 and not [one for one in hubspot.heard if one.status == 401]
    signed_in.refresh_from_db()
    assert signed_in.secrets["token"] != before and signed_in.secrets["token"] in hubspot.tokens
    HubspotSession(signed_in).places_left()
    assert renewals(hubspot) == 1


@pytest.mark.django_db(transaction=True)
def test_many_threads_renew_it_once(signed_in: Connection, hubspot: Hubspot, clock: Driven) -> None:
    clock.advance(1500)
    hubspot.faults.plan("slow", TOKEN, seconds=0.2)
    session, problems = HubspotSession(signed_in), []

    def asks() -> None:
        from django.db import connection

        try:
            session.places_left()
        except Exception as wrong:
            problems.append(wrong)
        finally:
            connection.close()

    threads = [threading.Thread(target=asks) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == [] and renewals(hubspot) == 1


def test_what_another_process_renewed_is_taken_over(signed_in: Connection, hubspot: Hubspot, clock: Driven) -> None:
    session = HubspotSession(signed_in)
    clock.advance(1500)
    portals.forget()  # as another process
    HubspotSession(signed_in).places_left()
    session.places_left()
    assert renewals(hubspot) == 1


def test_access_that_ended_early_is_renewed_once(signed_in: Connection, hubspot: Hubspot) -> None:
    for token in hubspot.tokens.values():
        token.until = 0
    assert HubspotSession(signed_in).places_left() == 1000
    assert renewals(hubspot) == 1


def test_a_sign_in_that_was_revoked_asks_for_another(signed_in: Connection, hubspot: Hubspot, clock: Driven) -> None:
    hubspot.refreshes.clear()
    clock.advance(1500)
    with pytest.raises(SignInAgain, match="no longer accepts the sign-in"):
        HubspotSession(signed_in).places_left()


def test_a_stand_ins_token_is_not_told_to_anybody_else(here: Connection, settings: Any, hubspot: Hubspot) -> None:
    settings.HUBSPOT_URL = "http://127.0.0.1:1"
    with pytest.raises(SignInAgain, match="at another address"):
        HubspotSession(here)


def test_signing_in_is_offered_only_with_an_app(settings: Any) -> None:
    settings.HUBSPOT_CLIENT_ID = settings.HUBSPOT_CLIENT_SECRET = ""
    assert not connecting.offers_sign_in()


def test_the_sync_goes_on_over_a_renewal_and_archives_with_it(synced: Synced) -> None:
    from accoil.connect.models import Mode

    assert synced.connection.author
    by_code(synced.connection.team, synced.connection.author, synced.hubspot.code(), BACK)
    synced.switch(Mode.ALL)
    synced.settle()
    for hour in (13, 14):
        synced.clock.advance(1500)
        synced.works("bob", hour)
        synced.settle()
    assert synced.stands("bob@acme.example")["adoptionrate"] == "100"
    synced.clock.advance(1500)
    ending.begin(synced.kept)
    synced.settle()
    done = synced.kept
    assert done.state == State.DISCONNECTED and done.secrets == {} and not synced.portal.in_use("contacts")


def test_the_end_of_a_sign_in_takes_the_grant_back_and_a_pasted_token_stays_its_owners(
    signed_in: Connection, hubspot: Hubspot, team: Team, author: User
) -> None:
    token = signed_in.secrets["refresh_token"]
    HubspotSession(signed_in).clean_up()
    assert token not in hubspot.refreshes and hubspot.calls("POST /oauth/2026-03/token/revoke")
    pasted = by_token(team, author, hubspot.token())
    hubspot.heard.clear()
    HubspotSession(pasted).clean_up()
    assert not hubspot.calls("POST /oauth/2026-03/token/revoke")


def test_ended_early_the_grant_is_taken_back_and_a_hubspot_that_is_away_keeps_nobody_from_ending_it(
    signed_in: Connection, hubspot: Hubspot, team: Team, author: User
) -> None:
    token = signed_in.secrets["refresh_token"]
    ending.begin(signed_in)
    assert ending.end_now(signed_in) and token not in hubspot.refreshes
    assert Connection.objects.get(pk=signed_in.pk).secrets == {}
    again = by_code(team, author, hubspot.code(), "http://127.0.0.1/connections/hubspot/done")
    ending.begin(again)
    hubspot.faults.plan("drop", times=99)
    assert ending.end_now(again) and Connection.objects.get(pk=again.pk).state == State.DISCONNECTED
