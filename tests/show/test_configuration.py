"""Settings > Configuration: which traits mean what, and internal domains."""

import pytest

from accoil.count.facts import facts
from accoil.score.configuration import configuration_of
from tests.show.reading import main


@pytest.fixture
def home(busy) -> str:
    return f"/p/{busy.web.pk}/settings/configuration"


def test_the_traits_to_choose_from_are_those_that_arrived(ann, home):
    text = main(ann.get(home))
    assert "plan – set for 1, such as “Growth”" in text
    assert "role – set for 1, such as “Analyst”" in text
    assert "Changing it counts every call anew, also those from before" in text


def test_a_chosen_name_shows_at_once(ann, busy, home, monkeypatch):
    monkeypatch.setattr("accoil.score.book.FRESH_FOR", 0.0)
    page = ann.post(f"{home}/traits", {"name": "plan"}, follow=True)
    assert "Saved. Lists show it at once." in page.content.decode()
    assert '<option value="plan" selected>' in page.content.decode()
    accounts = main(ann.get(f"/p/{busy.web.pk}/accounts"))
    assert "Growth" in accounts and "Acme Ltd" not in accounts
    ann.post(f"{home}/traits", {"name": ""})
    assert "Acme Ltd" in main(ann.get(f"/p/{busy.web.pk}/accounts"))


def test_another_account_trait_is_told_to_count_everything_anew(ann, busy, home):
    page = ann.post(f"{home}/traits", {"account_id": "role"}, follow=True)
    assert "Every call received so far is now looked at again" in page.content.decode()
    assert "Until that is done, pages show the numbers from before" in main(page)
    assert facts().configured(busy.web.pk).account_id == "role"
    ann.post(f"{home}/traits", {"account_id": ""})
    assert "Until that is done" not in main(ann.get(home))


def test_a_trait_that_never_arrived_stays_chosen(ann, home, busy):
    ann.post(f"{home}/traits", {"owner": "csm", "summary_profile": "Everyday"})
    page = ann.get(home).content.decode()
    assert '<option value="csm" selected>csm – never received' in page
    assert '<option value="Everyday" selected>' in page
    assert configuration_of(busy.web).summary_profile == busy.profile


def test_a_profile_that_is_gone_is_refused(ann, home):
    page = ann.post(f"{home}/traits", {"summary_profile": "Gone", "owner": "role"})
    assert page.status_code == 422 and "no profile of that name" in main(page)


def test_internal_domains_give_every_profile_a_new_version(ann, busy, home):
    page = ann.post(f"{home}/domains", {"domains": "Acme.example\n@corp.example, acme.example"}, follow=True)
    assert "Everyday is now at version 2" in page.content.decode()
    assert ">acme.example\ncorp.example</textarea>" in page.content.decode()
    assert busy.profile.current.parsed.internal_domains == ("acme.example", "corp.example")
    assert (busy.profile.current.author, busy.profile.current.note) == (
        busy.ann,
        "Internal domains changed in Settings",
    )


def test_what_is_no_domain_is_refused_and_stays_in_the_box(ann, busy, home):
    page = ann.post(f"{home}/domains", {"domains": "acme.example nodot"})
    assert page.status_code == 422
    assert '"nodot", which is no e-mail domain' in main(page)
    assert ">acme.example nodot</textarea>" in page.content.decode()
    assert configuration_of(busy.web).internal_domains == []


def test_only_owners_and_managers_change_it(bob, eve, busy, home):
    assert "Owners and managers of Acme Inc change the configuration" in main(bob.get(home))
    for path in ("traits", "domains"):
        assert bob.post(f"{home}/{path}", {}).status_code == 403
        assert eve.post(f"{home}/{path}", {}).status_code == 404
    assert eve.get(home).status_code == 404
