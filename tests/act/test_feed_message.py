"""A feed as it is sent: what stands behind its numbers, and how much is told."""

from datetime import timedelta

from accoil.act.feed_cards import check_cards
from accoil.act.feed_message import SHOWN as MOST_SENT
from accoil.act.feed_message import SUBJECT, message
from accoil.act.models import Feed
from tests.segment.worlds import Looked
from tests.small_worlds import at, did, joins

NEW = [{"card": "new", "scope": "account"}]


def test_what_is_sent_says_what_stands_behind_the_numbers_and_what_had_nothing_to_say(people: Looked) -> None:
    people.receive([joins("bob", "beta", at(30), name="Beta", mrr=5_000), *did("bob", "Report_Created", at(31), 5)])
    people.receive([joins("cleo", "gamma", at(31), name="Gamma")])
    cards = [{"card": "movers", "scope": "account", "what": "10"}, {"card": "changed", "scope": "user", "what": "role"},
             *NEW, {"card": "new", "scope": "user"}]  # fmt: skip
    feed = Feed(profile=people.profile, name="Morning", cards=check_cards(cards, people.profile), every="day")
    told = message(feed, people.today + timedelta(days=1))
    assert told and told["quiet"] == ["Users whose role changed"]
    assert told["news"] == ["1 account up", "1 new account", "1 new user"]
    assert told["subject"] == "Morning: 1 account up, 1 new account, 1 new user"
    moved, *_ = told["cards"]
    assert (moved["total"], moved["more"]) == (1, 0)
    [line] = moved["lines"]
    assert line["about"] == "$50 a month, 1 of 1 user active"
    assert line["why"] == "6 Reports created in a week against 1 a day earlier"
    assert told["cards"][2]["lines"][0]["about"] == "Gamma"  # whose the user is


def test_a_card_of_many_is_sent_with_the_first_few_and_the_subject_ends_in_time(people: Looked) -> None:
    people.receive([joins(f"u{n}", f"firm{n}", at(31)) for n in range(8)])
    cards = [{"card": "first_time", "scope": "user", "what": "A rather long name of something that was done"}]
    people.receive(did("ann", cards[0]["what"], at(31), 1))
    feed = Feed(profile=people.profile, name="Morning " * 5, cards=NEW + cards, every="day")
    told = message(feed, people.today + timedelta(days=1))
    assert told and len(told["cards"][0]["lines"]) == MOST_SENT and told["cards"][0]["more"] == 8 - MOST_SENT
    assert told["subject"].endswith(": 8 new accounts, …") and len(told["subject"]) <= SUBJECT


def test_in_a_week_of_which_the_window_is_as_long_reasons_name_no_days(people: Looked) -> None:
    people.receive(did("bob", "Report_Created", at(31), 5))
    monday = people.today + timedelta(days=7 - people.today.weekday())
    feed = Feed(profile=people.profile, name="Monday", every="week",
                cards=[{"card": "movers", "scope": "account", "what": "10"}])  # fmt: skip
    told = message(feed, monday)
    assert told and told["when"].startswith("Last week, ")
    assert all(line["why"].endswith("against none the week before") for line in told["cards"][0]["lines"])
