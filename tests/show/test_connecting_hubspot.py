"""HubSpot is connected through the pages, with a token and by signing in there."""

import re
from urllib.parse import parse_qs, urlsplit

from accoil.connect.desired import named_segments
from accoil.connect.hubspot.connecting import by_token
from accoil.connect.hubspot.portal import portals
from accoil.connect.models import Connection, Mode, ProfileSync
from accoil.segment.built_ins import with_built_ins
from accoil.team.audit import AuditLine
from tests.hubspot import running
from tests.show.connected import here
from tests.show.reading import main


def test_a_token_is_pasted_and_a_wrong_one_is_refused_beside_its_field(ann, bob, busy, settings):
    with running() as hubspot:
        settings.HUBSPOT_URL = hubspot.address
        page = main(ann.get(here(busy, "/hubspot")))
        assert "crm.schemas.companies.write" in page and "Sign in to HubSpot" not in page
        wrong = ann.post(here(busy, "/hubspot/connect"), {"token": "pat-wrong"})
        assert wrong.status_code == 422 and "HubSpot does not know this access token." in main(wrong)
        assert 'id="id_token-error"' in wrong.content.decode()
        assert bob.post(here(busy, "/hubspot/connect"), {"token": hubspot.token()}).status_code == 403
        said = ann.post(here(busy, "/hubspot/connect"), {"token": hubspot.token()}, follow=True)
        assert "HubSpot “Account 4001” is connected." in said.content.decode()
        assert "pat-" not in said.content.decode()
        assert (Connection.objects.get().author, Connection.objects.get().tool) == (busy.ann, "hubspot")
        assert "the group Accoil and lists of segments go as well" in main(ann.get(here(busy, "/hubspot/disconnect")))


def test_somebody_signs_in_at_hubspot_and_comes_back_connected(ann, busy, settings):
    with running() as hubspot:
        settings.HUBSPOT_URL = hubspot.address
        settings.HUBSPOT_CLIENT_ID, settings.HUBSPOT_CLIENT_SECRET = hubspot.client_id, hubspot.client_secret
        off = ann.get("/connections/hubspot/begin", {"product": busy.web.pk})["Location"]
        assert off.startswith(f"{hubspot.address}/oauth/authorize?")
        told = parse_qs(urlsplit(off).query)
        assert urlsplit(told["redirect_uri"][0]).path == "/connections/hubspot/done"
        back = {"state": told["state"][0], "code": hubspot.code()}
        assert "begun here" in ann.get("/connections/intercom/done", back, follow=True).content.decode()
        off = ann.get("/connections/hubspot/begin", {"product": busy.web.pk})["Location"]
        back["state"] = parse_qs(urlsplit(off).query)["state"][0]
        said = ann.get("/connections/hubspot/done", back, follow=True).content.decode()
        assert "HubSpot “Account 4001” is connected." in said
        assert set(Connection.objects.get().secrets) == {"token", "refresh_token", "renew_at"}
        denied = ann.get("/connections/hubspot/begin", {"product": busy.web.pk})["Location"]
        state = parse_qs(urlsplit(denied).query)["state"][0]
        said = ann.get("/connections/hubspot/done", {"state": state, "error": "access_denied"}, follow=True)
        assert "access was not given there" in said.content.decode()


def test_a_list_of_a_segment_is_made_with_a_click_and_one_that_cannot_be_made_says_why(ann, bob, busy, settings):
    with running() as hubspot:
        settings.HUBSPOT_URL = hubspot.address
        joined = by_token(busy.web.team, busy.ann, hubspot.token())
        path = here(busy, f"/hubspot/profiles/{busy.profile.pk}/lists")
        assert "Switch it on first" in main(ann.get(path))
        ProfileSync.objects.create(connection=joined, profile=busy.profile, mode=Mode.SEGMENTS)
        assert path in ann.get(here(busy, "/hubspot")).content.decode() and bob.get(path).status_code == 403
        with_built_ins(busy.profile)
        name = next(iter(named_segments(busy.profile, "user").values()))
        button = rf'value="(user-\d+)">Make a list<span class="unseen"> of {name}<'
        (key,) = re.findall(button, ann.get(path).content.decode())
        assert "is not there yet" in ann.post(path, {"segment": key}, follow=True).content.decode()
        hubspot.portal.property("contacts", "accoil_everyday_segments")
        portals.forget()
        assert (
            f"“Accoil Everyday: {name}” is made in HubSpot"
            in ann.post(path, {"segment": key}, follow=True).content.decode()
        )
        assert [each.name for each in hubspot.portal.lists.values()] == [f"Accoil Everyday: {name}"]
        assert AuditLine.objects.filter(what__contains="list").count() == 1
        assert "is not written there" in ann.post(path, {"segment": "user-0"}, follow=True).content.decode()
