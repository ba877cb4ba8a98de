"""A team and an organisation of Salesforce: by signing in there, with a verifier, never two to one."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection as db

from accoil.connect.connection import SignInAgain
from accoil.connect.models import Connection, State
from accoil.connect.salesforce import connecting, signing_in
from accoil.connect.salesforce.connecting import by_code
from accoil.connect.salesforce.session import SalesforceSession
from accoil.refused import Refused
from accoil.team.models import Team, User
from tests.connect.salesforce.conftest import BACK, VERIFIER, join
from tests.connect.salesforce.stand_in import Salesforce


def test_signing_in_connects_the_organisation(team: Team, author: User, salesforce: Salesforce) -> None:
    made = join(team, author, salesforce)
    assert (made.state, made.workspace, made.workspace_name) == (State.CONNECTED, salesforce.org.id, "127.0.0.1")
    assert set(made.secrets) == {"token", "refresh_token"}
    with db.cursor() as cursor:
        cursor.execute("select * from connect_connection")
        stored = str(cursor.fetchall())
    assert made.secrets["token"] not in stored and made.secrets["refresh_token"] not in stored


def test_a_code_without_its_verifier_is_worth_nothing(team: Team, author: User, salesforce: Salesforce) -> None:
    with pytest.raises(Refused, match="did not take the sign-in"):
        by_code(team, author, salesforce.code(VERIFIER), "production", BACK, "x" * 64)
    assert not Connection.objects.exists()


def test_somebody_who_may_not_use_the_api_is_told_so_at_once(team: Team, author: User, salesforce: Salesforce) -> None:
    salesforce.may = False
    with pytest.raises(Refused, match="lacks a permission in Salesforce"):
        join(team, author, salesforce)


def test_an_organisation_belongs_to_one_team_and_a_team_has_one(
    here: Connection, author: User, salesforce: Salesforce
) -> None:
    other, second = Team.objects.create(name="Other"), salesforce.add_org()
    with pytest.raises(Refused, match="This Salesforce organisation is connected to another team"):
        join(other, author, salesforce)
    with pytest.raises(Refused, match="Your team is connected to the Salesforce organisation"):
        join(here.team, author, salesforce, second)
    assert join(other, author, salesforce, second).workspace == second.id
    assert join(here.team, author, salesforce).pk == here.pk


@pytest.mark.parametrize(
    ("place", "host"),
    [
        ("production", "login.salesforce.com"),
        ("sandbox", "test.salesforce.com"),
        ("acme.my.salesforce.com", "acme.my.salesforce.com"),
        ("acme--uat.sandbox.my.salesforce.com", "acme--uat.sandbox.my.salesforce.com"),
    ],
)
def test_each_place_has_its_own_page(settings: Any, place: str, host: str) -> None:
    settings.SALESFORCE_URL, settings.SALESFORCE_CLIENT_ID = "", "key"
    address = urlsplit(signing_in.sign_in_address(place, "s1", BACK))
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (address.scheme, address.hostname, address.path) == ("https", host, "/services/oauth2/authorize")
    assert asked == {
        "response_type": "code", "client_id": "key", "redirect_uri": BACK, "state": "s1", "scope": "api refresh_token",
    }  # fmt: skip


@pytest.mark.parametrize(
    "typed", ["https://Acme.my.salesforce.com/", "acme.my.salesforce.com", " ACME.my.salesforce.com "]
)
def test_my_domain_is_taken_as_people_copy_it(typed: str) -> None:
    assert signing_in.my_domain(typed) == "acme.my.salesforce.com"


@pytest.mark.parametrize(
    "typed", ["", "acme", "evil.example", "evil.example/.my.salesforce.com", "https://evil.example#x.my.salesforce.com",
              "a@evil.example", "my.salesforce.com", "acme.my.salesforce.com.evil.example"],
)  # fmt: skip
def test_nobody_is_sent_anywhere_else(typed: str) -> None:
    with pytest.raises(Refused, match="My Domain: write the host"):
        signing_in.my_domain(typed)


@pytest.mark.parametrize(
    "told", ["http://acme.my.salesforce.com", "https://evil.example", "https://x.salesforce.com:444", ""]
)
def test_a_token_is_told_to_salesforce_only(settings: Any, told: str) -> None:
    settings.SALESFORCE_URL = ""
    with pytest.raises(Refused, match="did not say where the records are"):
        signing_in.instance_of({"instance_url": told})
    assert (
        signing_in.instance_of({"instance_url": "https://acme.my.salesforce.com/x"}) == "https://acme.my.salesforce.com"
    )


def test_a_stand_ins_token_is_not_told_to_anybody_else(here: Connection, settings: Any) -> None:
    settings.SALESFORCE_URL = "http://127.0.0.1:1"
    with pytest.raises(SignInAgain, match="at another address"):
        SalesforceSession(here)


def test_signing_in_is_offered_only_with_an_app(settings: Any) -> None:
    settings.SALESFORCE_CLIENT_ID = settings.SALESFORCE_CLIENT_SECRET = ""
    assert not connecting.offers_sign_in()
