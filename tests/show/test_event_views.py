"""Views > Events and Views > Features: the lists, the ranges, and the page of one event or feature."""

import re

import pytest

from accoil.count.ids import EVENT, id_of
from accoil.score.features import Said, edit, kept
from accoil.score.models import Profile
from accoil.segment import keeping
from tests.show.reading import link_to, links, main, words


@pytest.fixture
def home(busy) -> str:
    edit(
        busy.web,
        lambda _: [
            Said(name="Reports", events=("Report_Created", "Report_Shared"), description="What boards look at"),
            Said(name="Help", events=("Help_Opened",)),
        ],
    )
    return f"/p/{busy.web.pk}/views"


def rows(page) -> list[str]:
    return re.findall(r'class="row-link"[^>]*>([^<]+)<', page.content.decode())


def test_events_are_ranked_by_how_many_take_them_up(ann, home):
    page = ann.get(f"{home}/events")
    text = main(page)
    assert text.startswith("Report Created reaches furthest: 100 % of 3 active accounts did it in the last 30 days")
    assert rows(page) == ["Report Created", "Dashboard Viewed", "Help Opened"]
    assert "Report Created Reports 100 %" in text
    assert "Help Opened not scored Help 33 %" in text


def test_users_and_other_days_can_be_looked_at(ann, home):
    page = ann.get(f"{home}/events", {"who": "users", "days": "7"})
    # In the last seven days ann created reports; bob, gus and una looked at the dashboard; bob opened help.
    assert rows(page) == ["Dashboard Viewed", "Help Opened", "Report Created"]
    assert "Dashboard Viewed 75 %" in main(page)
    assert "who=users" in link_to(page, "Report Created") and "days=7" in link_to(page, "Report Created")
    own = ann.get(f"{home}/events", {"who": "users", "from": "2026-03-05", "to": "2026-03-05"})
    assert "100 % of 1 active user did it from 5 Mar 2026 to 5 Mar 2026" in main(own)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"from": "2026-03-20", "to": "2026-03-02"}, "The first day comes after the last"),
        ({"from": "2026-03-20"}, "Choose both a first and a last day"),
        ({"from": "2026-03-20", "to": "2026-04-02"}, "lies in the future"),
        ({"from": "2024-03-20", "to": "2026-03-02"}, "more than 366 days"),
    ],
)
def test_days_that_make_no_sense_are_told_and_the_last_30_shown(ann, home, days, said):
    page = ann.get(f"{home}/events", days)
    assert page.status_code == 200
    assert said in main(page)
    assert "in the last 30 days" in main(page)


def test_events_can_be_searched_sorted_and_narrowed_to_the_scored_ones(ann, home):
    assert rows(ann.get(f"{home}/events", {"search": "help_o"})) == ["Help Opened"]
    assert rows(ann.get(f"{home}/events", {"search": "HELP o"})) == ["Help Opened"]
    assert rows(ann.get(f"{home}/events", {"sort": "words"})) == ["Dashboard Viewed", "Help Opened", "Report Created"]
    assert rows(ann.get(f"{home}/events", {"sort": "times"})) == ["Help Opened", "Dashboard Viewed", "Report Created"]
    assert rows(ann.get(f"{home}/events", {"show": "others"})) == ["Help Opened"]
    assert rows(ann.get(f"{home}/events", {"show": "scored"})) == ["Report Created", "Dashboard Viewed"]
    assert "No event is called “nothing”" in main(ann.get(f"{home}/events", {"search": "nothing"}))


def test_a_search_while_typing_gets_the_rows_alone(ann, home):
    part = ann.get(f"{home}/events", {"search": "help"}, headers={"HX-Request": "true"})
    assert part.content.count(b"<tr>") == 2 and b"<main" not in part.content


def test_an_event_has_a_page_with_its_days_and_those_who_did_it_most(ann, busy, home):
    page = ann.get(f"{home}/events/{id_of(busy.web.pk, EVENT, 'Report_Created')}")
    text = main(page)
    assert text.startswith("3 of 3 active accounts did Report Created in the last 30 days; no account did anything")
    assert "Most often" in text and text.index("globex".title()) < text.index("initech")
    assert "9 in Everyday" in text
    assert f"/p/{busy.web.pk}/views/features/" in link_to(page, "Reports")
    assert page.content.count(b"<score-chart") == 3


def test_features_tell_who_uses_them_on_a_day(ann, home):
    page = ann.get(f"{home}/features")
    assert set(rows(page)) == {"Reports", "Help"}
    assert "is used most" in main(page)
    assert "What boards look at" not in main(page)
    assert "Change the features" in main(page)


def test_a_feature_has_a_page_with_its_events(ann, busy, home):
    feature = kept(busy.web)[0]
    text = main(ann.get(f"{home}/features/{feature.id}", {"who": "users"}))
    assert text.startswith("3 of 5 active users used Reports in the last 30 days")
    assert "What boards look at" in text
    assert "Report Created 60 %" in text and "Report Shared 0 %" in text
    assert "1 event of it is not scored by Everyday" in text


def test_who_stopped_is_a_list_away_from_a_feature_and_from_an_event(ann, busy, home):
    pages = [f"{home}/features/{kept(busy.web)[0].id}", f"{home}/events/{id_of(busy.web.pk, EVENT, 'Report_Created')}"]
    for address, verb in zip(pages, ("used Reports", "did Report_Created"), strict=True):
        page = ann.get(address, {"days": 7})
        assert "They did in the 7 days before, and not in the last 7 days." in main(page)
        stopped = ann.get(link_to(page, "See accounts that stopped"))
        assert [row["name"] for row in stopped.context["rows"]] == ["Globex"]
        assert f"where {verb} in the last 14 days" in main(stopped)
    assert "that stopped" not in main(ann.get(pages[0], {"from": "2026-03-01", "to": "2026-03-20"}))


def test_without_features_the_page_says_how_to_make_one(ann, busy):
    page = ann.get(f"/p/{busy.web.pk}/views/features")
    assert "A feature is a part of your product" in main(page)
    assert f"/p/{busy.web.pk}/settings/features" in links(page)


def test_before_anything_arrived_the_page_says_so(ann, world):
    assert "Nothing has arrived yet" in main(ann.get(f"/p/{world.web.pk}/views/events"))


@pytest.mark.parametrize("path", ["events/12345", "events/99999999999999999999", "features/12345", "events/x"])
def test_what_is_not_there_is_not_found(ann, home, path):
    assert ann.get(f"{home}/{path}").status_code == 404


def test_another_team_sees_none_of_it(eve, busy, home):
    feature = kept(busy.web)[0]
    event = id_of(busy.web.pk, EVENT, "Report_Created")
    for path in ("events", "features", f"events/{event}", f"features/{feature.id}"):
        assert eve.get(f"{home}/{path}").status_code == 404
    # Nor does a feature show up under a product of her own.
    assert eve.get(f"/p/{busy.evil.pk}/views/features/{feature.id}").status_code in (302, 404)
    assert "Reports" not in words(eve.get(f"/p/{busy.evil.pk}/settings/features"))


def test_the_dashboard_tells_adoption_and_events_in_a_part_that_comes_later(ann, busy, home):
    dashboard = ann.get(f"/p/{busy.web.pk}/")
    address = link_to(dashboard, "Total score, adoption and events")
    assert f'hx-get="{address}"' in dashboard.content.decode()
    whole = main(ann.get(address))
    assert whole.startswith("Total score scores of all active accounts added up")
    assert "Adoption of scored events, by an active account on average" in whole
    assert "Reports" in whole
    part = ann.get(address, headers={"HX-Request": "true"})
    assert b"<main" not in part.content and part.content.count(b"<score-chart") == 4
    assert "Users active in an account of its users, on average" in whole


def test_a_dashboard_without_features_says_how_to_make_one(ann, busy):
    assert "Make the first" in main(ann.get(f"/p/{busy.web.pk}/habits"))


def test_a_segment_narrows_the_view_to_its_members(ann, busy, home):
    made = keeping.create(busy.profile, "user", "Reporters", {"event": "Report_Created"})
    page = ann.get(f"{home}/events", {"who": "users", "segment": made.pk})
    # Ann, Gus and Ivy: Bob and Una created no report.
    assert "100 % of 3 active users did it" in main(page)
    assert rows(page)[0] == "Report Created"
    assert f"segment={made.pk}" in link_to(page, "Report Created")
    one = ann.get(link_to(page, "Report Created"))
    assert "3 of 3 active users" in main(one)
    # A segment of users means nothing to accounts, nor does what is no segment.
    for wrong in ({"who": "accounts", "segment": made.pk}, {"segment": "x"}, {"segment": "99999"}):
        assert "of 3 active accounts did it" in main(ann.get(f"{home}/events", wrong))
    assert "segment=" not in link_to(page, "Accounts")
    assert "All Users" not in main(page) and "All users" in main(page), "said once"


def test_the_segments_of_another_profile_or_team_are_not_offered(ann, eve, busy, home):
    made = keeping.create(busy.profile, "user", "Reporters", {"event": "Report_Created"})
    other = Profile.create(busy.web, "Other", busy.profile.current.parsed)
    page = ann.get(f"{home}/events", {"who": "users", "segment": made.pk, "profile": other.pk})
    assert "Reporters" not in main(page) and "of 5 active users" in main(page)


def test_a_past_day_is_the_last_of_the_range(ann, busy, home):
    page = ann.get(f"{home}/events", {"as_of": "2026-03-06", "who": "users"})
    # Ivy alone had done something by then.
    assert "100 % of 1 active user did it in the last 30 days" in main(page)
    assert "as_of=2026-03-06" in link_to(page, "Accounts")
    assert "as_of" not in link_to(ann.get(f"{home}/events"), "Accounts")


def test_the_past_day_is_kept_by_every_link_and_told(ann, busy, home):
    page = ann.get(f"{home}/events", {"as_of": "2026-03-06", "who": "users"})
    assert "You are looking at Friday 6 March 2026" in main(page)
    for text in ("Change", "CSV", "Scored", "90 days", rows(page)[0]):
        assert "as_of=2026-03-06" in link_to(page, text), text
    assert "You are looking at Friday 6 March 2026" in main(ann.get(link_to(page, rows(page)[0])))


def test_days_of_ones_own_need_no_day_to_look_at(ann, busy, home):
    page = ann.get(f"{home}/events", {"as_of": "2026-03-06", "from": "2026-03-10", "to": "2026-03-12"})
    assert "You are looking at" not in main(page)
    assert "as_of" not in link_to(page, "Change") and "from=2026-03-10" in link_to(page, "Change")
