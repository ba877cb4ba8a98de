"""Who there is: companies and people that could be real, and are not."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from statistics import median

import pytest

from accoil.demo.company import PRICE, Company
from tests.demo.looking import Message, last_groups

pytestmark = pytest.mark.xdist_group("the demo company")


def test_most_accounts_are_small_and_a_few_are_large(life: list[Message]) -> None:
    members: dict[str, set[str]] = defaultdict(set)
    for message in life:
        if message["type"] == "group":
            members[message["groupId"]].add(message["userId"])
    sizes = [len(users) for users in members.values()]
    assert sum(2 <= size <= 5 for size in sizes) > 80
    assert 4 <= median(sizes) <= 8
    assert 60 <= max(sizes) <= 100


def test_some_people_work_for_two_accounts_and_say_for_which(events: list[Message], company: Company) -> None:
    both = {person.id: person.accounts for person in company.people if len(person.accounts) == 2}
    assert 15 <= len(both) <= 80
    named: dict[str, set[str]] = defaultdict(set)
    for message in events:
        if "groupId" in message["context"]:
            named[message["userId"]].add(message["context"]["groupId"])
    assert set(named) <= set(both)
    assert sum(len(groups) == 2 for groups in named.values()) > len(both) / 3
    for user, groups in named.items():
        assert groups <= {company.accounts[position].id for position in both[user]}


def test_people_have_names_and_an_address_of_their_own_at_their_account(life: list[Message], company: Company) -> None:
    people = {message["userId"]: message["traits"] for message in life if message["type"] == "identify"}
    emails = [traits["email"] for traits in people.values()]
    assert len(set(emails)) == 2000
    assert all(email.isascii() and email.endswith(".example") for email in emails), "nobody real can get mail"
    assert any(not traits["name"].isascii() for traits in people.values())
    for person in company.people:
        if person.accounts:
            assert person.email.endswith("@" + company.accounts[person.accounts[-1]].domain)
    assert {traits["role"] for traits in people.values()} >= {"Owner", "Bookkeeper", "Accountant", "Viewer"}


def test_accounts_have_different_names_and_a_few_have_none(life: list[Message]) -> None:
    groups = last_groups(life)
    names = [traits["name"] for traits in groups.values() if "name" in traits]
    assert len(set(names)) == len(names)
    assert 1 <= len(groups) - len(names) <= 10


def test_money_follows_plan_seats_and_status(life: list[Message]) -> None:
    for message in life:
        if message["type"] == "group":
            traits = message["traits"]
            paid = traits["seats"] * PRICE[traits["plan"]] if traits["status"] == "Paid" else 0
            assert traits["mrr"] == paid and isinstance(traits["mrr"], int)
    groups = last_groups(life).values()
    assert {traits["status"] for traits in groups} == {"Free", "Trial", "Paid", "Cancelled"}
    assert {traits["plan"] for traits in groups} == {"Starter", "Team", "Business", "Enterprise"}


def test_created_dates_run_from_years_ago_to_yesterday_and_never_after_the_first_message(life: list[Message]) -> None:
    created = {groupId: traits["createdAt"] for groupId, traits in last_groups(life).items()}
    assert min(created.values()) < "2023"
    assert "2026-03-15" < max(created.values()) < "2026-03-31"
    for message in life:
        if "traits" in message:
            assert datetime.fromisoformat(message["traits"]["createdAt"]) <= datetime.fromisoformat(
                message["timestamp"]
            )
        if message["type"] == "group":
            assert message["traits"]["createdAt"] == created[message["groupId"]]
