"""How they live: weeks, hours, and the lives of accounts."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from statistics import median

import pytest

from accoil.demo.company import Company
from tests.demo.looking import FIRST, NOW, Message, last_groups, local

pytestmark = pytest.mark.xdist_group("the demo company")


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
