"""Lists of a segment, of an owner, by a rule; and the columns that somebody chose."""

import csv
import io
import json

import pytest
from django.contrib.messages import get_messages

from accoil.connect.models import Connection
from accoil.count.configured import Configured
from accoil.count.facts import facts
from accoil.score.models import Profile
from accoil.segment import keeping
from accoil.segment.built_ins import with_built_ins
from accoil.show.models import ListColumns
from tests.show.conftest import EVERYDAY, receive
from tests.show.reading import link_to, main
from tests.small_worlds import at, joins

PAYING = {"account_trait": "mrr", "above": 200000}


@pytest.fixture
def home(busy) -> str:
    return f"/p/{busy.web.pk}"


def names(answer) -> list[str]:
    """Those in the list."""
    return [row["name"] for row in answer.context["rows"]]


def by(rule: object) -> dict[str, str]:
    return {"rule": json.dumps(rule)}


def test_a_rule_in_the_address_narrows_the_list_and_is_said(ann, home):
    page = ann.get(f"{home}/accounts", by(PAYING))
    assert names(page) == ["Globex"]
    told = main(page).partition("1 of 3 accounts where ")[2]
    assert told.startswith("mrr above 200,000 Change Keep as a segment Show everyone"), told[:200]


def test_a_segment_narrows_the_list(ann, busy, home):
    made = keeping.create(busy.profile, "account", "Big", PAYING)
    page = ann.get(f"{home}/accounts", {"in": made.pk})
    assert names(page) == ["Globex"]
    assert "1 of 3 accounts in Big Show everyone" in main(page)


def test_an_owner_narrows_the_list_of_accounts_and_of_their_users(ann, busy, engine, home):
    receive(engine, busy.web, [joins("gus", "globex", at(1), owner="ann@example.com")])
    facts().configure({busy.web.pk: Configured(owner="owner")})
    page = ann.get(f"{home}/accounts")
    assert "Anybody’s Mine" in main(page)
    mine = ann.get(link_to(page, "Mine"))
    assert names(mine) == ["Globex"]
    assert names(ann.get(f"{home}/users", {"owner": "ann@example.com"})) == ["gus"]


def test_segment_owner_rule_and_search_hold_together(ann, busy, home):
    made = keeping.create(busy.profile, "account", "Any", {"all": []})
    both = {"in": made.pk, **by({"account_trait": "mrr", "is_set": True}), "search": "ac"}
    assert names(ann.get(f"{home}/accounts", both)) == ["Acme Ltd"]


def test_what_is_chosen_stays_while_sorting_and_paging(ann, home):
    page = ann.get(f"{home}/accounts", by(PAYING))
    assert names(ann.get(link_to(page, "Score ↓"))) == ["Globex"]
    assert names(ann.get(link_to(page, "MRR"))) == ["Globex"]
    assert names(ann.get(link_to(page, "Show everyone"))) == ["Acme Ltd", "Globex", "initech"]


def test_a_filter_nobody_fits_says_so_and_leads_back(ann, home):
    page = ann.get(f"{home}/accounts", by({"metric": "score", "above": 99}))
    assert "No account is like that today." in main(page)
    assert names(ann.get(link_to(page, "Show every account")))


@pytest.mark.parametrize("rule", ["{", "[]", '{"metric":"shoe size","above":1}', '{"segment":"Nothing"}', "null"])
def test_a_filter_that_cannot_be_read_is_told_instead_of_showing_everybody(ann, home, rule):
    for path in ("accounts", "accounts.csv", "accounts/filter"):
        assert ann.get(f"{home}/{path}", {"rule": rule}).status_code == 404


def test_a_segment_of_users_or_of_another_profile_or_team_is_none_of_this_list(ann, busy, home):
    users = keeping.create(busy.profile, "user", "People", {"metric": "score", "above": 1})
    elsewhere = Profile.create(busy.web, "Elsewhere", EVERYDAY, busy.ann)
    theirs = Profile.create(busy.evil, "Theirs", EVERYDAY, busy.eve)
    for other in (users, with_built_ins(elsewhere)[0], with_built_ins(theirs)[0]):
        assert ann.get(f"{home}/accounts", {"in": other.pk}).status_code == 404


def test_the_filter_is_written_in_the_form_of_segments_and_shown_as_a_list(ann, home):
    form = ann.get(f"{home}/accounts/filter")
    assert "Which accounts" in main(form)
    fields = {"rule-place-0": "row", "rule-what-0": "metric:mrr", "rule-op-0": "above", "rule-value-0": "2000"}
    told = ann.post(f"{home}/accounts/filter", fields | {"do": "check"})
    assert "1 of 3 accounts" in main(told)
    shown = ann.post(f"{home}/accounts/filter", fields | {"do": "show"}, follow=True)
    assert names(shown) == ["Globex"]
    again = ann.get(link_to(shown, "Filter"))
    assert 'value="2000"' in again.content.decode()


def test_a_half_written_filter_says_what_is_missing(ann, home):
    fields = {"rule-place-0": "row", "rule-what-0": "metric:score", "rule-op-0": "above", "rule-value-0": ""}
    told = ann.post(f"{home}/accounts/filter", fields | {"do": "show"})
    assert told.status_code == 422
    assert "Write what “score” is compared with." in main(told)


def test_a_filter_too_long_for_an_address_says_so_in_the_form(ann, home):
    def text(names: int) -> str:
        return "\n".join(["account_trait: name", "one_of:", *(f"- Somebody {number:03}" for number in range(names))])

    shown = ann.post(f"{home}/accounts/filter", {"rule-text": text(200), "do": "show"}, follow=True)
    assert "No account is like that today." in main(shown)
    told = ann.post(f"{home}/accounts/filter", {"rule-text": text(300), "do": "show"}, follow=True)
    assert told.status_code == 422
    assert "This filter is too long for an address; keep it as a segment." in main(told)
    assert "Somebody 299" in told.content.decode()


def test_a_filter_becomes_a_segment(ann, home):
    page = ann.get(f"{home}/accounts", by({"metric": "mrr", "above": 200000}))
    form = ann.get(link_to(page, "Keep as a segment"))
    assert 'value="2000"' in form.content.decode()


def test_a_member_who_only_looks_filters_too(bob, home):
    page = bob.get(f"{home}/accounts", by(PAYING))
    assert names(page) == ["Globex"]
    assert "Keep as a segment" not in main(page)


def test_files_hold_the_narrowed_list(ann, home):
    page = ann.get(f"{home}/accounts", by(PAYING))
    file = b"".join(ann.get(link_to(page, "CSV"))).decode("utf-8-sig")
    assert [row["name"] for row in csv.DictReader(io.StringIO(file))] == ["Globex"]


def test_all_that_match_a_filter_are_ticked_and_nobody_else(ann, busy, home, joined: Connection):
    page = ann.get(f"{home}/accounts", by(PAYING))
    link = page.context["ticks"]["link"]
    asked = ann.post(link, {"all": "1", "action": "intercom_tag"})
    assert "Globex" in main(asked)
    assert "Acme" not in main(asked)


def test_bulk_actions_refuse_a_filter_that_cannot_be_read(ann, home, joined: Connection):
    assert ann.post(f"{home}/accounts/act?rule=nonsense", {"all": "1", "action": "intercom_tag"}).status_code == 404


def choose(browser, home: str, *keys: str, do: str = "show"):
    return browser.post(f"{home}/accounts/columns?search=ac", {"column": keys, "do": do}, follow=True)


def test_columns_are_chosen_and_remembered_for_the_person_alone(ann, bob, home):
    page = choose(ann, home, "mrr", "score", "trait:plan", "plan", "nonsense")
    assert [head["title"] for head in page.context["heads"]] == ["Account", "Score", "MRR", "Plan"]
    assert page.context["wanted"].search == "ac"
    assert [head["title"] for head in ann.get(f"{home}/accounts").context["heads"]][1:] == ["Score", "MRR", "Plan"]
    assert "Adoption" in [head["title"] for head in bob.get(f"{home}/accounts").context["heads"]]


def test_the_usual_columns_come_back(ann, home):
    choose(ann, home, "mrr")
    page = choose(ann, home, "mrr", do="usual")
    assert "Adoption" in [head["title"] for head in page.context["heads"]]
    assert not ListColumns.objects.exists()


def test_a_trait_is_a_column_of_the_page_and_of_the_file(ann, busy, engine, home):
    receive(engine, busy.web, [joins("gus", "globex", at(1), seats=40, city="Köln")])
    page = choose(ann, home, "trait:city", "trait:seats")
    assert "city" in [head["title"].lower() for head in page.context["heads"]]
    file = b"".join(ann.get(f"{home}/accounts.csv")).decode("utf-8-sig")
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(file))}
    assert (rows["Globex"]["trait_city"], rows["Globex"]["trait_seats"]) == ("Köln", "40")
    assert rows["Acme Ltd"]["trait_city"] == ""


def test_activation_is_a_column_where_there_are_steps(ann, busy, home):
    assert "Activation" not in [head["title"] for head in ann.get(f"{home}/accounts").context["heads"]]


def test_another_team_chooses_nothing_here(eve, home):
    assert eve.post(f"{home}/accounts/columns", {"column": "mrr"}).status_code == 404
    assert not ListColumns.objects.exists()


def test_columns_are_chosen_by_sending_a_form(ann, home):
    assert ann.get(f"{home}/accounts/columns").status_code == 405
    assert not list(get_messages(ann.get(f"{home}/accounts").wsgi_request))
