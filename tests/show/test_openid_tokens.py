"""What a provider may answer, and what is believed of it: nobody comes in by anything else."""

import time

import jwt
import pytest
from django.core.cache import cache
from django.test import Client

from accoil.doctor import signing_in
from tests.openid.going import decide, go, who
from tests.openid.provider import CLIENT, Provider, rsa_key
from tests.show.reading import words

NOT_TRUSTED = "What Acme SSO answered can't be trusted, so you are not signed in."


def put(**claims):
    def change(provider: Provider) -> None:
        provider.claims = claims

    return change


def signed(how):
    def change(provider: Provider) -> None:
        provider.signer = how

    return change


def by_another_key(claims):
    return jwt.encode(claims, rsa_key("other"), "RS256", headers={"kid": "first"})


def by_an_unknown_key(claims):
    return jwt.encode(claims, rsa_key("other"), "RS256", headers={"kid": "other"})


def by_nobody(claims):
    return jwt.encode(claims, None, "none", headers={"kid": "first"})


def by_the_shared_secret(claims):
    return jwt.encode(claims, "s" * 40, "HS256", headers={"kid": "first"})


def changed_afterwards(claims):
    token = jwt.encode(claims | {"email": "eve@example.com"}, rsa_key("first"), "RS256", headers={"kid": "first"})
    other = jwt.encode(claims, rsa_key("first"), "RS256", headers={"kid": "first"})
    return f"{token.rpartition('.')[0]}.{other.rpartition('.')[2]}"


LONG_AGO = int(time.time()) - 3600

WRONG = {
    "another audience": (put(aud="somebody else"), "Audience"),
    "further audiences": (put(aud=[CLIENT, "somebody else"]), "for another client"),
    "made for another client": (put(azp="somebody else"), "for another client"),
    "another issuer": (put(iss="https://evil.example"), "issuer"),
    "expired": (put(iat=LONG_AGO, exp=LONG_AGO + 300), "expired"),
    "without an end": (put(exp=None), '"exp"'),
    "of the future": (put(iat=int(time.time()) + 3600), "iat"),
    "another nonce": (put(nonce="n" * 43), "nonce differs"),
    "no nonce": (put(nonce=None), "nonce differs"),
    "nobody": (put(sub=None), '"sub"'),
    "another key under the same name": (signed(by_another_key), "not signed with a key"),
    "a key that nobody knows": (signed(by_an_unknown_key), "not signed with a key"),
    "no signature": (signed(by_nobody), "a way that is not taken: none"),
    "a shared secret": (signed(by_the_shared_secret), "a way that is not taken: HS256"),
    "claims that were changed afterwards": (signed(changed_afterwards), "not signed with a key"),
    "no token": (signed(lambda claims: ""), "is not one"),
    "no text": (signed(lambda claims: "a.b.c"), "is not one"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_that_does_not_hold_signs_nobody_in_and_the_log_says_why(client, world, provider, caplog, wrong):
    change, why = WRONG[wrong]
    change(provider)
    answer = go(client, "bob@example.com")
    assert answer.status_code == 403 and NOT_TRUSTED in words(answer) and who(client) is None
    [entry] = [record.msg for record in caplog.records if "of no use" in str(record.msg)]
    assert why in entry["why"]


def test_a_token_with_several_audiences_holds_if_it_was_made_for_us(client, world, provider):
    provider.claims = {"aud": ["somebody else", CLIENT], "azp": CLIENT}
    go(client, "bob@example.com")
    assert who(client) == str(world.bob.pk)


def test_clocks_may_differ_by_a_minute(client, world, provider):
    now = int(time.time())
    provider.claims = {"iat": now + 30, "exp": now - 30}
    go(client, "bob@example.com")
    assert who(client) == str(world.bob.pk)


def test_new_keys_of_the_provider_are_fetched_and_known_ones_are_kept(client, world, provider):
    go(client, "bob@example.com")
    go(Client(), "bob@example.com")
    assert (
        provider.asked.count(("GET", "/keys"))
        == provider.asked.count(("GET", "/.well-known/openid-configuration"))
        == 1
    )
    provider.name = "second"
    later = Client()
    go(later, "bob@example.com")
    assert who(later) == str(world.bob.pk) and provider.asked.count(("GET", "/keys")) == 2


def test_a_code_that_was_used_by_somebody_else_signs_nobody_in(client, world, provider):
    back = decide(client.get("/sign-in/with")["Location"], "bob@example.com")
    for grant in provider.codes.values():
        grant.is_used = True
    assert client.get(back).status_code == 403 and who(client) is None


def test_a_code_of_another_way_is_no_good_without_its_verifier(client, world, provider):
    other = decide(Client().get("/sign-in/with")["Location"], "bob@example.com")
    own = decide(client.get("/sign-in/with")["Location"], "eve@example.com")
    code = other.partition("code=")[2].partition("&")[0]
    mixed = own.replace(own.partition("code=")[2].partition("&")[0], code)
    assert client.get(mixed).status_code == 403 and who(client) is None


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token/", "/keys", "/me"])
def test_a_provider_that_is_down_is_told_of_in_a_sentence(client, world, provider, path, monkeypatch):
    monkeypatch.setattr("accoil.connect.http.sleep", lambda seconds: None)
    provider.claims = {"email": None}
    provider.down = {path}
    begun = client.get("/sign-in/with")
    answer = begun if begun.status_code != 302 else client.get(decide(begun["Location"], "bob@example.com"))
    assert answer.status_code == 503 and answer["Retry-After"] == "60" and who(client) is None
    assert "Acme SSO can't be reached just now. Try again in a minute" in words(answer)
    provider.down = set()
    go(client, "bob@example.com")
    assert who(client) == str(world.bob.pk), "nothing of that is kept"


def test_a_provider_that_nobody_reaches_is_told_of_too(client, world, provider, settings, monkeypatch):
    monkeypatch.setattr("accoil.connect.http.sleep", lambda seconds: None)
    settings.OIDC_ISSUER = "http://127.0.0.1:1"
    assert client.get("/sign-in/with").status_code == 503


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"issuer": "https://evil.example"}, "another issuer"),
        ({"token_endpoint": None}, "not one of OpenID Connect"),
        ({"token_endpoint": "http://evil.example/token"}, "not encrypted"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "not encrypted"),
    ],
)
def test_a_document_that_is_wrong_leads_nowhere(client, world, provider, caplog, document, why):
    provider.document = document
    answer = client.get("/sign-in/with")
    assert answer.status_code == 403 and NOT_TRUSTED in words(answer)
    assert why in next(record.msg for record in caplog.records if "of no use" in str(record.msg))["why"]


def test_other_addresses_of_the_document_do_not_lead_into_our_own_network(client, world, provider, caplog):
    """The issuer is the operator's word; where its document leads is not."""
    provider.document = {"token_endpoint": "https://127.0.0.2/token"}
    assert go(client, "bob@example.com").status_code == 403
    assert "not an address that may be sent to" in caplog.text and who(client) is None


def test_an_issuer_may_be_written_with_or_without_the_slash_at_its_end(client, world, provider, settings):
    provider.document = {"issuer": f"{provider.address}/"}
    provider.claims = {"iss": f"{provider.address}/"}
    go(client, "bob@example.com")
    assert who(client) == str(world.bob.pk)
    cache.clear()
    settings.OIDC_ISSUER = f"{provider.address}/"
    provider.document, provider.claims = {}, {}
    other = Client()
    go(other, "bob@example.com")
    assert who(other) == str(world.bob.pk)


def test_no_secret_of_the_way_is_logged(client, world, provider, caplog):
    caplog.set_level("DEBUG")
    provider.claims = {"nonce": "other"}
    back = decide(client.get("/sign-in/with")["Location"], "bob@example.com")
    client.get(back)
    secrets = [*provider.codes, *provider.tokens, "s3cret"]
    assert len(secrets) == 3 and "nonce differs" in caplog.text
    assert not [each for each in secrets if each in caplog.text]


def test_the_doctor_says_whether_the_provider_answers(provider, settings, monkeypatch):
    assert signing_in() == (True, f"Acme SSO ({provider.address}) answers, and its keys can be read.")
    cache.clear()
    provider.document = {"issuer": "https://evil.example"}
    well, said = signing_in()
    assert not well and said.endswith("another issuer (https://evil.example) than ACCOIL_OIDC_ISSUER.")
    settings.OIDC_ISSUER = ""
    assert signing_in() == (True, "People sign in with passwords; ACCOIL_OIDC_ISSUER is not set.")
