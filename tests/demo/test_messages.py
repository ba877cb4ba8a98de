"""The shape of what the demo sends, and that it is always the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest

from accoil.demo import messages, profiles
from accoil.demo.behaviour import EVENTS
from accoil.demo.founding import found
from accoil.demo.tell import first_day, how_many, told
from accoil.score.definition import Definition
from tests.demo.looking import FIRST, NOW, Message, last_groups, local

pytestmark = pytest.mark.xdist_group("the demo company")


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


def test_the_profiles_are_valid_and_score_only_what_people_do(events: list[Message]) -> None:
    done = {message.get("event") or f"Viewed {message['name']}" for message in events}
    windows = []
    for profile in profiles():
        definition = Definition.check({key: value for key, value in profile.items() if key != "name"})
        assert set(definition.events) <= done
        windows.append(definition.window)
    assert windows == [7, 14, 30]
