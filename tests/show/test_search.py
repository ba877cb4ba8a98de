"""Search over everything: what is found, in which order, and what stays hidden."""

import pytest

from accoil.act.models import Automation
from accoil.count import people
from accoil.score.access import May, ProfileAccess
from accoil.score.exclusion import exclude
from accoil.score.features import Said, edit
from accoil.score.models import Profile
from accoil.segment import keeping
from accoil.team.models import Member
from tests.show.conftest import EVERYDAY
from tests.show.reading import link_to, links, main, words


def search(browser, product, text: str, **query: object):
    return browser.get(f"/p/{product.pk}/search", {"q": text, **query})


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        ("acm", "Accounts", "Acme Ltd"),
        ("ANN@acme", "Users", "Ann Marlow"),
        ("una", "Users", "una"),
        ("never said", "Segments", "Never said"),
        ("everyd", "Profiles", "Everyday"),
        ("report_cr", "Events", "Report Created"),
        ("report cr", "Events", "Report Created"),
        ("dashboards", "Features", "Dashboards"),
        ("tell us", "Automations", "Tell us"),
        ("ingest h", "Pages", "Ingest health"),
        ("time zone", "Pages", "Settings"),
    ],
)
def test_everything_is_found_by_a_part_of_its_name(ann, busy, text, kind, title):
    keeping.create(busy.profile, "account", "Never said", {"account_trait": "name", "is_not_set": True})
    edit(busy.web, lambda known: [*known, Said(name="Dashboards", events=("Dashboard_Viewed",))])
    Automation.objects.create(profile=busy.profile, scope="account", name="Tell us", trigger={"new": "account"})
    answer = search(ann, busy.web, text)
    assert f"{kind} " in main(answer)
    assert any(title in each for each in main(answer).split(kind)[1:])


def test_what_begins_so_stands_before_what_scores_higher(ann, busy):
    told = main(search(ann, busy.web, "a"))
    users = told.partition("Users")[2]
    assert users.index("Ann Marlow") < users.index("una")


def test_a_hit_leads_to_its_page(ann, busy):
    page = ann.get(next(link for link in links(search(ann, busy.web, "globex")) if "/accounts/" in link))
    assert "Globex" in words(page)


def test_a_found_event_leads_to_its_page(ann, busy):
    link = next(each for each in links(search(ann, busy.web, "help")) if "/views/events/" in each)
    assert "Help Opened" in words(ann.get(link))


def test_who_is_left_out_of_the_profile_is_found_all_the_same(ann, busy):
    exclude(busy.profile, "user", "una", busy.ann)
    assert "una not in Everyday" in main(search(ann, busy.web, "una"))


def test_everybody_there_ever_was_is_looked_through_only_where_nobody_else_is_meant(ann, busy, monkeypatch):
    exclude(busy.profile, "user", "una", busy.ann)
    asked = []
    real = people.called
    monkeypatch.setattr(people, "called", lambda product, *given: asked.append(given) or real(product, *given))
    assert "not in Everyday" not in main(search(ann, busy.web, "un"))
    assert "Acme Ltd" in main(search(ann, busy.web, "acm"))
    assert asked == []
    assert "not in Everyday" in main(search(ann, busy.web, "una"))
    assert [given[:2] for given in asked] == [("account", "una"), ("user", "una")]


def test_nothing_typed_shows_where_one_can_go(ann, busy):
    assert "Ingest health" in main(search(ann, busy.web, " "))


def test_nothing_found_says_what_to_do(ann, busy):
    assert "Nothing here is called “<xyz>”. Fewer letters find more" in main(search(ann, busy.web, "<xyz>"))


def test_signs_mean_themselves(ann, busy):
    assert "Nothing here is called" in main(search(ann, busy.web, "%"))


def test_an_answer_to_htmx_is_only_what_was_found(ann, busy):
    answer = ann.get(f"/p/{busy.web.pk}/search", {"q": "acme"}, headers={"HX-Request": "true"})
    assert "Acme Ltd" in words(answer)
    assert "<html" not in answer.content.decode()


def test_another_team_finds_nothing_and_is_not_found(ann, eve, busy):
    assert search(eve, busy.web, "acme").status_code == 404
    assert "Nothing here is called" in main(search(eve, busy.evil, "acme"))
    assert "Evil" not in main(search(ann, busy.web, "evil")).replace("called “evil”", "")


def test_a_profile_that_is_kept_from_a_member_is_not_found(ann, bob, busy):
    secret = Profile.create(busy.web, "Secret plan", EVERYDAY, busy.ann)
    keeping.create(secret, "account", "Secret list", {"metric": "score", "above": 1})
    ProfileAccess.objects.create(member=Member.objects.get(user=busy.bob), profile=secret, may=May.NONE)
    assert "Secret plan" in main(search(ann, busy.web, "secret"))
    assert "Secret list" in main(search(ann, busy.web, "secret", profile=secret.pk))
    assert "Nothing here is called" in main(search(bob, busy.web, "secret"))
    assert search(bob, busy.web, "secret", profile=secret.pk).status_code == 404


def test_a_page_that_a_member_may_not_open_is_not_found(ann, bob, busy):
    for text in ("audit", " "):
        assert "Audit log" in main(search(ann, busy.web, text))
        assert "Audit log" not in main(search(bob, busy.web, text))


def test_a_product_without_a_profile_still_finds_its_pages(ann, world):
    Profile.objects.all().delete()
    assert "Connect data" in main(search(ann, world.web, "connect"))


def test_every_page_leads_to_the_search(ann, busy):
    assert link_to(ann.get(f"/p/{busy.web.pk}/"), "Search /").endswith(f"/p/{busy.web.pk}/search")
