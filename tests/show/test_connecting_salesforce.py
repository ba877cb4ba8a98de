"""Somebody signs in at Salesforce and comes back connected; what an admin has to make there is told."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest

from accoil.connect.models import Connection, Mode, ProfileSync
from accoil.connect.salesforce.org import orgs
from tests.connect.salesforce.conftest import join
from tests.connect.salesforce.stand_in import CLIENT, SECRET, Salesforce, running
from tests.show.connected import here
from tests.show.reading import main

BEGIN, DONE = "/connections/salesforce/begin", "/connections/salesforce/done"


@pytest.fixture
def salesforce(settings):
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


def test_a_manager_chooses_fields_on_a_page_and_a_wrong_one_is_said(ann, bob, busy, salesforce):
    salesforce.org.add_field("Contact", "Health__c", label="Health")
    joined = join(busy.web.team, busy.ann, salesforce)
    profile = busy.web.profiles.first()
    ProfileSync.objects.create(connection=joined, profile=profile, mode=Mode.ALL)
    path = here(busy, f"/salesforce/profiles/{profile.pk}/fields")
    assert path in ann.get(here(busy, "/salesforce")).content.decode()
    assert 'aria-current="page">Connections</a>' in ann.get(path).content.decode()
    page = main(ann.get(path))
    assert "Health (Health__c)" in page and "_Score__c (not there yet)" in page and "Accounts" in page
    assert ann.post(path, {"user-Score": "Health__c"})["Location"].startswith(here(busy, "/salesforce"))
    assert ProfileSync.objects.get().fields["user"] == {"Score": "Health__c"}
    assert '<option value="Health__c" selected>' in ann.get(path).content.decode()
    wrong = ann.post(path, {"user-Score": "Health__c", "user-Frequency": "Health__c"})
    assert wrong.status_code == 422 and "would go into the same field, Health__c" in main(wrong)
    assert bob.get(path).status_code == 403 and path not in bob.get(here(busy, "/salesforce")).content.decode()
    del salesforce.org.fields["Contact"]["Health__c"]
    orgs.forget()
    assert "Health__c (not there any more)" in main(ann.get(path))


def test_while_salesforce_is_away_the_page_of_fields_says_so(ann, busy, salesforce):
    joined = join(busy.web.team, busy.ann, salesforce)
    orgs.forget()
    salesforce.faults.plan("refuse", "GET /services/data/v66.0/sobjects/Contact/describe", times=9, status=503)
    page = main(ann.get(here(busy, f"/salesforce/profiles/{busy.web.profiles.first().pk}/fields")))
    assert "could not be asked for its fields just now" in page and joined.pk
