"""`accoil demo --with-fake-hubspot`: a stand-in beside the demo, that knows most of its people."""

from __future__ import annotations

from pathlib import Path

import pytest

from accoil.demo import fake_hubspot, stand_in
from accoil.demo.company import Company
from accoil.refused import Refused
from tests.hubspot import Hubspot


def test_most_people_are_known_there_and_some_companies_twice(company: Company) -> None:
    portal = Hubspot().portal
    fake_hubspot.fill(portal, company)
    there = [one.properties["email"] for one in portal.records["contacts"].values()]
    assert len(set(there)) == len(there)
    assert 0.9 < len(there) / len(company.people) < 0.98
    domains = [one.properties["domain"] for one in portal.records["companies"].values()]
    assert len(set(domains)) < len(domains) and len(set(domains)) < len(company.accounts)


def test_without_a_clone_of_the_source_it_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stand_in, "CLONE", tmp_path)
    with pytest.raises(Refused, match="--with-fake-hubspot needs a clone"), fake_hubspot.beside(0):
        pass
