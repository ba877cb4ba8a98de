"""Somebody signs in at Salesforce and comes back connected; what an admin has to make there is told."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest

from accoil.connect.models import Connection, Mode, ProfileSync
from accoil.connect.salesforce.org import orgs
from tests.connect.salesforce.stand_in import CLIENT, SECRET, Salesforce, running
from tests.show.connected import here
from tests.show.reading import main

BEGIN, DONE = "/connections/salesforce/begin", "/connections/salesforce/done"


@pytest.fixture
def salesforce(settings):
    orgs.forget()
    with running(Salesforce(time.time)) as it:
        settings.SALESFORCE_URL = it.address
        settings.SALESFORCE_CLIENT_ID, settings.SALESFORCE_CLIENT_SECRET = CLIENT, SECRET
        yield it


def allowed(salesforce: Salesforce, page: str) -> dict[str, str]:
    """What somebody who allows it comes back with; the code is bound to the challenge of that page."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
    assert asked["code_challenge_method"] == "S256" and urlsplit(asked["redirect_uri"]).path == DONE
    salesforce.codes["code"] = (salesforce.org, asked["code_challenge"])
    return {"state": asked["state"], "code": "code"}


def test_without_an_app_the_page_says_what_the_operator_has_to_do(ann, busy, settings):
    settings.SALESFORCE_CLIENT_ID = settings.SALESFORCE_CLIENT_SECRET = ""
    page = main(ann.get(here(busy, "/salesforce")))
    assert "once whoever runs this server has given it an app" in page and "External Client App" in page
    assert "Paste" not in page and ann.get(BEGIN, {"product": busy.web.pk}).status_code == 404


def test_somebody_signs_in_and_comes_back_connected(ann, bob, busy, salesforce):
    page = main(ann.get(here(busy, "/salesforce")))
    assert "Connect Production" in page and "Connect Sandbox" in page and "My Domain" in page
    off = ann.get(BEGIN, {"product": busy.web.pk, "region": "production"})["Location"]
    back = allowed(salesforce, off)
    assert bob.get(DONE, back, follow=True) and not Connection.objects.exists()  # of somebody else's session
    said = ann.get(DONE, back, follow=True).content.decode()
    assert "Salesforce “127.0.0.1” is connected." in said and "00D!" not in said
    joined = Connection.objects.get()
    assert (joined.author, joined.options["place"]) == (busy.ann, "production")
    assert "what Accoil wrote in them is emptied" in main(ann.get(here(busy, "/salesforce/disconnect")))
    ProfileSync.objects.create(connection=joined, profile=busy.web.profiles.first(), mode=Mode.SEGMENTS)
    check = main(ann.get(here(busy, "/salesforce/check")))
    assert "Are the fields there?" in check and "Contact has no field Accoil_" in check
    assert "Account has no field Accoil_Id__c" in check and "Are there calls left today?" in check
    assert ann.post(here(busy, "/salesforce/connect"), {"token": "x"}).status_code == 404


def test_a_domain_that_is_not_salesforces_is_refused(ann, busy, salesforce, settings):
    wrong = ann.get(BEGIN, {"product": busy.web.pk, "region": "evil.example"})
    assert wrong.status_code == 422 and "My Domain: write the host" in main(wrong)
    off = ann.get(BEGIN, {"product": busy.web.pk, "region": "acme.my.salesforce.com"})["Location"]
    ann.get(DONE, allowed(salesforce, off))
    assert Connection.objects.get().options["place"] == "acme.my.salesforce.com"


def test_other_tools_have_no_domain_to_type(ann, busy, settings):
    settings.HUBSPOT_CLIENT_ID = settings.HUBSPOT_CLIENT_SECRET = "x"
    assert "My Domain" not in main(ann.get(here(busy, "/hubspot")))
    assert ann.get("/connections/hubspot/begin", {"product": busy.web.pk, "region": "evil"}).status_code == 404
