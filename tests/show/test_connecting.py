"""Connecting a tool: with a token, by signing in there, from its app store."""

from django.test import Client

from accoil.connect.models import Connection
from tests.intercom import running
from tests.show.connected import here
from tests.show.reading import main


def test_a_token_that_intercom_does_not_know_is_refused_beside_its_field(ann, busy, settings):
    with running() as intercom:
        settings.INTERCOM_URL = intercom.address
        wrong = ann.post(here(busy, "/intercom/connect"), {"token": "tok_wrong"})
        assert wrong.status_code == 422
        assert "Intercom does not know this access token." in main(wrong)
        assert 'id="id_token-error"' in wrong.content.decode()
        assert "Access token: paste it here." in main(ann.post(here(busy, "/intercom/connect"), {}))
        right = {"token": intercom.token(), "client_secret": "s"}
        said = ann.post(here(busy, "/intercom/connect"), right, follow=True)
        assert "Intercom “Acme Support” is connected." in said.content.decode()
        assert Connection.objects.get().author == busy.ann


def test_signing_in_is_offered_only_where_the_server_has_an_app(ann, busy, settings):
    assert "Sign in to Intercom" not in main(ann.get(here(busy, "/intercom")))
    assert ann.get("/connections/intercom/begin", {"product": busy.web.pk}).status_code == 404
    settings.INTERCOM_CLIENT_ID, settings.INTERCOM_CLIENT_SECRET = "c1", "s1"
    settings.INTERCOM_URL = ""  # people are only sent there: nothing is asked
    page = main(ann.get(here(busy, "/intercom")))
    assert "Connect United States Connect Europe Connect Australia" in page
    off = ann.get("/connections/intercom/begin", {"product": busy.web.pk, "region": "eu"})
    assert off["Location"].startswith("https://app.eu.intercom.com/oauth?client_id=c1&state=")


def test_installing_from_the_app_store_begins_without_a_product(ann, bob, busy, settings):
    settings.INTERCOM_CLIENT_ID, settings.INTERCOM_CLIENT_SECRET = "c1", "s1"
    settings.INTERCOM_URL = ""
    stranger = Client().get("/connections/intercom/begin", {"region": "au"})
    assert stranger["Location"] == "/sign-in/?next=%2Fconnections%2Fintercom%2Fbegin%3Fregion%3Dau"
    own = ann.get("/connections/intercom/begin", {"region": "au"})["Location"]
    assert own == f"/connections/intercom/begin?region=au&product={busy.web.pk}"
    assert ann.get(own)["Location"].startswith("https://app.au.intercom.com/oauth?client_id=c1&state=")
    assert bob.get(own).status_code == 403
    busy.evil.team.members.create(user=busy.ann)
    said = ann.get("/connections/intercom/begin", follow=True).content.decode()
    assert "Intercom can be connected to each of your teams" in said


def test_a_way_back_that_was_not_begun_here_connects_nothing(ann, busy, settings):
    settings.INTERCOM_CLIENT_ID, settings.INTERCOM_CLIENT_SECRET = "c1", "s1"
    said = ann.get("/connections/intercom/done", {"state": "made up", "code": "x"}, follow=True)
    assert "This way back was not begun here" in said.content.decode()
    assert not Connection.objects.exists()
