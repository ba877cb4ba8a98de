"""Every page of a product, in every state it can be in."""

import re
from html import unescape

import pytest

from accoil.score import making
from accoil.show.views import dashboard, person
from tests.show.conftest import product, receive, told
from tests.show.reading import link_to, main, words
from tests.small_worlds import at, did


@pytest.fixture
def home(busy) -> str:
    return f"/p/{busy.web.pk}"


def test_the_front_page_leads_to_the_first_product(ann, busy):
    assert ann.get("/").headers["Location"] == f"/p/{busy.web.pk}/"


def test_somebody_without_a_product_is_told_so(client, world, django_user_model):
    client.force_login(django_user_model.objects.create(email="stan@example.com"))
    assert "no team of yours has a product" in words(client.get("/"))


def test_the_dashboard_tells_what_happened(ann, busy, home):
    page = ann.get(f"{home}/")
    text = main(page)
    assert text.startswith("2 of 3 accounts were active this week; 1 cooled down and pays over $1,000 a month")
    assert "Active accounts 2 of 3" in text
    assert "Everyday, version 1" in text
    assert link_to(page, "Globex").startswith(f"{home}/accounts/")


def test_who_cooled_down_is_told_with_the_reason_after_the_page(ann, home):
    part = ann.get(link_of_part(ann.get(f"{home}/"), "why"), headers={"HX-Request": "true"})
    assert "Globex" in words(part) and "No Reports created this week against 6 last week" in words(part)
    assert ann.get(f"{home}/why").headers["Location"] == f"{home}/"


def link_of_part(page, name):
    return re.search(rf'hx-get="([^"]+/{name})"', page.content.decode())[1]


def test_the_charts_of_a_large_book_come_after_the_page_when_their_days_are_new(ann, home, monkeypatch):
    monkeypatch.setattr(making, "LARGE", 0)
    soon = ann.get(f"{home}/?days=90")
    assert "90 days are being worked out for the first time" in main(soon)
    assert " over 90 days" not in soon.content.decode()
    rest = re.search(r'id="courses" hx-get="([^"]+)"', soon.content.decode())
    for page in (ann.get(unescape(rest[1])), ann.get(f"{home}/?days=90")):
        assert page.content.decode().count(" over 90 days") >= 2


def test_movers_that_are_not_shown_are_in_the_list_behind(ann, home, monkeypatch):
    monkeypatch.setattr(dashboard, "MOVERS", 0)
    page = ann.get(f"{home}/")
    behind = ann.get(link_to(page, "See all 1"))
    assert "1 of 3 accounts in Ice Cold" in main(behind) and "Globex" in main(behind)


def test_an_account_with_many_people_leads_to_all_of_them(ann, home, monkeypatch):
    monkeypatch.setattr(person, "PEOPLE", 1)
    account = ann.get(link_to(ann.get(f"{home}/accounts"), "Acme Ltd"))
    people = ann.get(link_to(account, "See all 2"))
    assert "2 of 5 users of Acme Ltd" in main(people)
    assert people.content.count(b"row-link") == 2
    assert "account=" in people.context["files"][0]["link"]


def test_users_of_an_account_that_is_not_there_are_not_everyone(ann, home):
    for asked in ("12", "x", "9" * 40):
        assert ann.get(f"{home}/users?account={asked}").status_code == 404


def test_accounts_are_ranked_by_score_with_what_is_behind_it(ann, home):
    page = ann.get(f"{home}/accounts")
    rows = main(page).rpartition("MRR ")[2]
    assert rows.index("Acme Ltd 76") < rows.index("Globex") < rows.index("initech 0")
    assert "Acme Ltd 76 ▲" in rows
    assert "2 of 2 users active 100 % yesterday $1,200" in rows
    assert "leads with 76" in main(page)


@pytest.mark.parametrize(
    ("sort", "first"),
    [("name", "Acme Ltd"), ("-name", "initech"), ("-mrr", "Globex"), ("score", "initech"), ("change", "Globex")],
)
def test_a_column_head_sorts(ann, home, sort, first):
    page = ann.get(f"{home}/accounts", {"sort": sort})
    assert re.search(r'class="row-link"[^>]*>([^<]+)<', page.content.decode())[1] == first
    assert page.content.count(b"aria-sort=") == 1


def test_a_search_finds_and_keeps_its_words(ann, home):
    page = ann.get(f"{home}/accounts", {"search": "GLOB", "sort": "name"})
    assert page.content.count(b"row-link") == 1
    assert b'value="GLOB"' in page.content
    assert b'name="sort" value="name"' in page.content


def test_a_search_without_result_offers_the_way_back(ann, home):
    page = ann.get(f"{home}/accounts", {"search": "acmee"})
    assert "No account is called “acmee”" in main(page)
    assert link_to(page, "Show every account") == f"{home}/accounts"


def test_a_page_beyond_the_last_says_so(ann, home):
    assert "lies beyond the last one" in main(ann.get(f"{home}/accounts", {"page": 9}))


def test_a_search_as_you_type_gets_the_rows_alone(ann, home):
    part = ann.get(f"{home}/accounts", {"search": "acme"}, headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert words(part).endswith("1–1 of 1 Back Next Download the list as CSV Parquet")
    assert "HX-Request" in part.headers["Vary"]


def test_a_long_list_comes_in_pages(ann, world, engine):
    receive(engine, world.web, [did(f"user {n:03}", "Report_Created", at(30)) for n in range(120)])
    page = ann.get(f"/p/{world.web.pk}/users", {"page": 2, "sort": "name"})
    assert "51–100 of 120" in main(page)
    assert link_to(page, "Next").endswith("sort=name&page=3")
    assert link_to(page, "Back").endswith("users?sort=name")


def test_users_are_ranked_and_show_their_account(ann, home):
    rows = main(ann.get(f"{home}/users")).rpartition("Last active ")[2]
    assert rows.startswith("Ann Marlow 95")
    assert "bob@acme.example 56 ▲ 56 up 56 in a week Acme Ltd 1 of 7 50 % 2 days ago" in rows
    assert "una" in rows


def test_an_account_page_explains_its_score(ann, home):
    page = ann.get(link_to(ann.get(f"{home}/accounts"), "Acme Ltd"))
    text = main(page)
    assert "Acme Ltd is at 76, up 42 in a week: 4 Reports created this week against 1 last week" in text
    assert "Growth $1,200 a month" in text
    assert "Its 2 active people score 95 and 56; the average is 76." in text
    assert "Report Created 4 × 9 36 Dashboard Viewed 10 × 1 10 Together 46" in text
    assert "Report Created 1 4 +36 −9 +27" in text
    assert "Help Opened not scored 2 1 2 days ago" in text
    assert "MRR $1,200" in text


def test_a_user_page_explains_its_score(ann, home):
    text = main(ann.get(link_to(ann.get(f"{home}/users"), "Ann Marlow")))
    assert "36 points, against a benchmark of 28.2, make 95." in text
    assert "ann@acme.example Analyst Acme Ltd here for 30 days" in text


def test_a_silent_account_says_that_it_is_silent(ann, home):
    text = main(ann.get(link_to(ann.get(f"{home}/accounts"), "initech")))
    assert "initech is at 0, as it was a week before: nothing that counts was done." in text
    assert "None were sent. A group call brings name, plan and more." in text


@pytest.mark.parametrize("days", [30, 60, 90, 365])
def test_the_chart_shows_as_many_days_as_asked(ann, home, days):
    page = ann.get(link_to(ann.get(f"{home}/accounts"), "Acme Ltd"), {"days": days})
    shown = re.search(r'<score-chart [^>]*days="([^"]*)"', page.content.decode())[1]
    assert len(shown.split("|")) == days
    assert shown.endswith("31 Mar")


def test_a_number_of_days_nobody_offers_is_the_usual_one(ann, home):
    page = ann.get(f"{home}/", {"days": "12345678"})
    assert "over 90 days" in page.content.decode()


def test_the_chart_marks_where_the_definition_changed(ann, busy, home):
    busy.profile.save_definition(busy.profile.current.parsed.__class__(events={"Report_Created": 3}), busy.ann)
    page = ann.get(link_to(ann.get(f"{home}/accounts"), "Acme Ltd"))
    assert "Version 2: Report_Created 9 → 3; Dashboard_Viewed no longer counts (weight was 1)" in main(page)


def test_another_profile_is_another_view_and_every_link_stays_in_it(ann, busy, home):
    second = busy.profile.create(busy.web, "Looking", busy.profile.current.parsed.__class__(events={"Help_Opened": 1}))
    page = ann.get(f"{home}/accounts", {"profile": second.pk})
    assert "1 of 3 accounts was active" in main(page)
    assert link_to(page, "Acme Ltd").endswith(f"?profile={second.pk}")
    assert link_to(page, "Users").endswith(f"?profile={second.pk}")


@pytest.mark.parametrize("wanted", ["0", "999999", "x"])
def test_a_profile_that_is_not_there_is_a_404(ann, home, wanted):
    assert ann.get(f"{home}/accounts", {"profile": wanted}).status_code == 404


@pytest.mark.parametrize("path", ["accounts/123", "users/123", f"accounts/{2**63}", f"users/{2**80}"])
def test_an_account_or_user_nobody_knows_is_a_404(ann, home, path):
    assert ann.get(f"{home}/{path}").status_code == 404


def test_a_name_is_shown_as_it_is_and_never_run(ann, world, engine):
    evil = "<script>alert(1)</script>"
    receive(engine, world.web, [did(evil, "<b>Event</b>", at(30), account=evil), did(evil, "Report_Created", at(30))])
    users = ann.get(f"/p/{world.web.pk}/users")
    person = ann.get(link_to(users, evil))
    for page in (users, person, ann.get(f"/p/{world.web.pk}/profiles/new")):
        assert b"<script>alert" not in page.content
        assert b"<b>Event" not in page.content
    assert "<b>Event< b>" in main(person)  # a slash is a break between words


@pytest.mark.parametrize("page", ["", "accounts", "users"])
def test_a_product_without_a_profile_leads_to_the_first_steps(eve, world, page):
    answer = eve.get(f"/p/{world.evil.pk}/{page}")
    assert answer.headers["Location"] == f"/p/{world.evil.pk}/start" + (page and f"?for={page}")
    assert not page or f"{page.title()} fills with the third step" in main(eve.get(answer.headers["Location"]))


@pytest.mark.parametrize("page", ["", "accounts", "users"])
def test_a_profile_without_any_event_says_what_to_do(ann, world, page):
    text = main(ann.get(f"/p/{world.web.pk}/{page}"))
    assert "Nobody is in this profile yet: the first event brings the first user." in text
    assert "Send the first event" in text or "Show me the call" in text


def test_users_without_accounts_are_shown_and_the_missing_call_is_named(ann, world, engine):
    receive(engine, world.web, [did("una", "Report_Created", at(30))])
    dashboard = main(ann.get(f"/p/{world.web.pk}/"))
    assert "1 of 1 user was active this week; no account yet: a group call" in dashboard
    assert "Average user score" in dashboard
    assert "No company is known yet" in main(ann.get(f"/p/{world.web.pk}/accounts"))


def test_the_list_of_profiles_tells_what_each_counts(ann, home):
    text = main(ann.get(f"{home}/profiles"))
    assert text.startswith("Everyday looks at 7 days of activity through 2 events.")
    assert "Report Created 9 · Dashboard Viewed 1" in text


def test_several_products_can_be_chosen_between(ann, world):
    other = product(world.web.team, "Mobile")
    assert link_to(ann.get(f"/p/{world.web.pk}/profiles"), "Mobile Acme Inc") == f"/p/{other.pk}/"


def test_what_is_told_twice_is_counted_once(ann, busy, engine, home):
    before = main(ann.get(f"{home}/accounts"))
    receive(engine, busy.web, told())
    assert main(ann.get(f"{home}/accounts")) == before
