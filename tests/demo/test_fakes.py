"""`accoil demo --with-fake-…`: what stands beside the demo is filled, connected, looked at on a page, and forgotten."""

from __future__ import annotations

import re
import time
import urllib.request
from pathlib import Path

import pytest

from accoil.demo import fakes, stand_in
from accoil.demo.company import Company
from accoil.demo.fake_salesforce import fill
from accoil.refused import Refused
from tests import whole
from tests.connect.salesforce.stand_in import Org

SHOWS = {  # what the page of each shows before long
    "Salesforce": "Accoil_AllUsers_Score__c",
    "Segment": "Accoil_AllUsers_Account",
    "webhooks": "&quot;type&quot;: &quot;test&quot;",
    "HubSpot": "accoil_allusers_score",
}


def test_each_shows_what_came_and_nothing_of_it_is_left_at_the_end(tmp_path: Path) -> None:
    asked = [f"--with-fake-{name}" for name in ("salesforce", "segment", "mail", "webhooks", "hubspot")]
    words = ("demo", *asked, "--users", "30", "--days", "5", "--port", str(whole.free_port()))
    serving = whole.begin(tmp_path, *words)
    try:
        said = whole.said_until_it_serves(serving)
        at = dict(re.findall(r"^Its (\w+) +(\S+)", said, re.MULTILINE))
        assert at.keys() == {*SHOWS, "mail"}
        assert "Letters" in _text(at["mail"])
        for name, what in SHOWS.items():
            until = time.monotonic() + whole.PATIENCE
            while what not in (page := _text(at[name])):
                assert time.monotonic() < until, page
                time.sleep(0.2)
        assert "not signed as it must be" not in _text(at["webhooks"])
        assert whole.rows(tmp_path, "select count(*) from act_feed where mail_to != ''") == [(2,)]
    finally:
        serving.terminate()
        serving.communicate(timeout=whole.PATIENCE)
    left = whole.rows(tmp_path, "select tool from connect_connection where tool != 'email'")
    assert left == [], "it forgets at the end"
    assert whole.rows(tmp_path, "select count(*) from act_feed where mail_to != ''") == [(0,)]
    assert whole.rows(tmp_path, "select count(*) from act_automation where name like '%own server%'") == [(0,)]


def test_most_people_are_contacts_there_and_some_accounts_have_no_id_of_ours(company: Company) -> None:
    org = Org(1)
    fill(org, company)
    contacts = [each for each in org.records.values() if each.object == "Contact"]
    accounts = [each for each in org.records.values() if each.object == "Account"]
    assert 0.9 < len(contacts) / len(company.people) < 0.98
    own = [each for each in accounts if each.values.get("Accoil_Id__c")]
    assert 0.6 < len(own) / len(company.accounts) < 0.95 and len(accounts) < len(company.accounts)


@pytest.mark.parametrize("name", ["salesforce", "segment", "mail", "webhooks"])
def test_without_a_clone_of_the_source_it_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setattr(stand_in, "CLONE", tmp_path)
    with pytest.raises(Refused, match=f"--with-fake-{name} needs a clone"), fakes.beside(0, [name]):
        pass


def _text(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())
