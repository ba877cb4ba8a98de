"""The demo's company: does it look like life, is it always the same, and does it arrive?"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

import pytest

from accoil.demo import messages, profiles
from accoil.demo.behaviour import EVENTS
from accoil.demo.company import PRICE, ZONE, Company
from accoil.demo.founding import found
from accoil.demo.tell import first_day, how_many, told
from accoil.score.definition import Definition

Message = dict[str, Any]
NOW = datetime(2026, 3, 31, 13, 30, tzinfo=UTC)  # two days after London lost an hour to summer time
FIRST = date(2026, 1, 1)


@pytest.fixture(scope="module")
def life() -> list[Message]:
    return list(messages(now=NOW))


@pytest.fixture(scope="module")
def events(life: list[Message]) -> list[Message]:
    return [message for message in life if message["type"] in ("track", "page")]


@pytest.fixture(scope="module")
def company() -> Company:
    return found(2000, 90, FIRST, seed=7)


def local(message: Message) -> datetime:
    return datetime.fromisoformat(message["timestamp"]).astimezone(ZONE)


def last_groups(life: list[Message]) -> dict[str, Message]:
    return {message["groupId"]: message["traits"] for message in life if message["type"] == "group"}


# --- shape ---


def test_it_has_the_promised_size(life: list[Message], events: list[Message]) -> None:
    assert len({message["userId"] for message in life}) == 2000
    assert len(last_groups(life)) == 200
    assert 150_000 <= len(events) <= 250_000
    assert {local(message).date() for message in events} == {FIRST + timedelta(n) for n in range(90)}


def test_messages_come_in_time_order_and_never_from_the_future(life: list[Message]) -> None:
    times = [message["timestamp"] for message in life]
    assert times == sorted(times)
    assert times[-1] <= "2026-03-31T13:30:00.000Z"
    assert times[-1] > "2026-03-31T13:00:00.000Z", "a Tuesday after lunch, somebody is always at work"


def test_a_person_is_introduced_before_anything_else(life: list[Message]) -> None:
    seen: dict[str, list[str]] = defaultdict(list)
    for message in life:
        seen[message["userId"]].append(message["type"])
    assert {types[0] for types in seen.values()} == {"identify"}
    with_account = [types for types in seen.values() if "group" in types]
    assert {types[1] for types in with_account} == {"group"}
    assert 5 <= 2000 - len(with_account) <= 20, "a few people have no account"


def test_every_message_is_what_a_segment_source_sends(life: list[Message]) -> None:
    assert len({message["messageId"] for message in life}) == len(life)
    assert max(len(message["messageId"]) for message in life) < 100
    for message in life:
        assert message["context"]["library"]["name"] == "accoil-demo"
        assert datetime.fromisoformat(message["timestamp"]).tzinfo is not None
        assert message["type"] != "track" or message["event"] in EVENTS
        assert message["type"] != "page" or f"Viewed {message['name']}" in EVENTS


def test_events_are_named_for_what_was_done_and_the_rare_ones_are_rare(events: list[Message]) -> None:
    tracked = Counter(message["event"] for message in events if message["type"] == "track")
    assert len(tracked) == 14
    assert tracked.most_common(1)[0][0] == "Dashboard_Viewed"
    assert tracked["Dashboard_Viewed"] > 8 * tracked["Report_Created"] > 8 * tracked["Report_Shared"]
    assert 100 < tracked["Teammate_Invited"] < 2_000


# --- who there is ---


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


# --- rhythm ---


def test_weekdays_are_busy_and_weekends_quiet(events: list[Message]) -> None:
    days = Counter(local(message).date() for message in events)
    del days[NOW.date()]
    weekdays = [count for day, count in days.items() if day.weekday() < 5]
    weekend = [count for day, count in days.items() if day.weekday() >= 5]
    assert min(weekdays) > 4 * max(weekend)
    assert min(weekend) > 0


def test_people_work_in_working_hours_of_the_products_time_zone(events: list[Message]) -> None:
    hours = Counter(local(message).hour for message in events)
    assert sum(hours[hour] for hour in range(8, 18)) > 0.9 * len(events)
    assert sum(hours[hour] for hour in range(0, 6)) < 0.01 * len(events)
    assert sum(hours[hour] for hour in range(18, 23)) > 0


def use(events: list[Message], company: Company, life: str, first: int, last: int) -> float:
    """Events a day of the accounts that live such a life, from day `first` to `last`."""
    accounts = [number for number, account in enumerate(company.accounts) if account.life == life]
    people = {person.id for person in company.people if person.accounts and person.accounts[-1] in accounts}
    begin, end = (FIRST + timedelta(first)).isoformat(), (FIRST + timedelta(last)).isoformat()
    found = sum(m["userId"] in people and begin <= m["timestamp"] < end for m in events)
    return found / (last - first)


def test_accounts_live_their_lives(events: list[Message], company: Company) -> None:
    def ratio(life: str) -> float:
        """The last four weeks before yesterday, against the first four."""
        return use(events, company, life, 60, 88) / use(events, company, life, 0, 28)

    assert ratio("growing") > 1.5
    assert 0.8 < ratio("steady") < 1.25
    assert ratio("cooling") < 0.7
    assert use(events, company, "churned", 75, 88) < 0.05 * use(events, company, "churned", 0, 28)
    assert use(events, company, "comeback", 40, 55) == 0 < use(events, company, "comeback", 80, 88)
    assert ratio("trial that activates") > 3


def test_one_champion_carries_the_account(events: list[Message], company: Company) -> None:
    done = Counter(message["userId"] for message in events)
    shares = []
    for number, account in enumerate(company.accounts):
        if account.life == "one champion":
            counts = [done[person.id] for person in company.people if number in person.accounts[-1:]]
            shares.append(max(counts) / max(1, sum(counts)))
    assert len(shares) >= 5
    assert median(shares) > 0.6


def test_status_changes_reach_the_people_too(life: list[Message], company: Company) -> None:
    status = {
        message["userId"]: message["traits"].get("accountStatus") for message in life if message["type"] == "identify"
    }
    groups = last_groups(life)
    for person in company.people:
        if person.accounts:
            assert status[person.id] == groups[company.accounts[person.accounts[-1]].id]["status"]


# --- always the same ---


def test_the_same_seed_tells_the_same_and_another_seed_something_else() -> None:
    assert list(messages(50, 10, NOW, seed=3)) == list(messages(50, 10, NOW, seed=3))
    ids = {message["messageId"] for message in messages(50, 10, NOW, seed=3)}
    assert ids.isdisjoint(message["messageId"] for message in messages(50, 10, NOW, seed=4))


def test_told_in_two_parts_it_is_the_same_story_without_a_gap_or_a_repetition() -> None:
    company, noon = found(80, 14, first_day(14, NOW), seed=7), NOW - timedelta(days=2, hours=3)
    whole = list(told(company, NOW))
    assert [*told(company, noon), *told(company, NOW, since=noon)] == whole
    assert how_many(company, NOW) == len(whole)
    assert how_many(company, NOW, noon) == sum(1 for _ in told(company, NOW, noon))


def test_a_demo_opened_a_month_later_goes_on() -> None:
    company = found(300, 30, first_day(30, NOW), seed=7)
    later = Counter(local(message).date() for message in told(company, NOW + timedelta(days=30), since=NOW))
    assert len(later) >= 25
    assert sum(later.values()) > 1_000


@pytest.mark.parametrize(("users", "days"), [(1, 1), (1, 2), (3, 3), (30, 1), (25, 7)])
def test_small_companies_work_too(users: int, days: int) -> None:
    life = list(messages(users, days, NOW))
    assert len({message["userId"] for message in life}) == users
    assert [message["timestamp"] for message in life] == sorted(message["timestamp"] for message in life)


# --- profiles ---


def test_the_profiles_are_valid_and_score_only_what_people_do(events: list[Message]) -> None:
    done = {message.get("event") or f"Viewed {message['name']}" for message in events}
    windows = []
    for profile in profiles():
        definition = Definition.check({key: value for key, value in profile.items() if key != "name"})
        assert set(definition.events) <= done
        windows.append(definition.window)
    assert windows == [7, 14, 30]
