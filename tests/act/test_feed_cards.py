"""What the cards of feeds say of which days."""

from datetime import date
from typing import Any

import pytest
from django.db.models import F

from accoil.act.feed_cards import SHOWN, check_cards, contents, within
from accoil.count import days, ids
from accoil.refused import Refused
from accoil.segment import keeping
from accoil.segment.models import Stay
from tests.segment.worlds import Looked
from tests.small_worlds import at, did, identified, joins

NEW = [{"card": "new", "scope": "account"}]


def lines(looked: Looked, card: str, scope: str = "account", what: str = "", first: int = 31, last: int = 31) -> Any:
    """Title, names with what is said of each, and how many in all; of days of this month."""
    cards = check_cards([{"card": card, "scope": scope, "what": what}], looked.profile)
    days = (looked.today.replace(day=first), looked.today.replace(day=last))
    found = contents(looked.profile, cards, *days)
    return [(each.title, {line.name: line.text for line in each.lines}, each.total) for each in found]


def test_score_movers_are_told_with_both_scores(people: Looked) -> None:
    people.receive(did("bob", "Report_Created", at(31), 5))
    ((title, told, total),) = lines(people, "movers", what="10")
    assert title == "Accounts whose score moved by 10 points or more"
    assert total == 1 and list(told) == ["Beta"] and "▲" in told["Beta"]
    assert lines(people, "movers", what="100", first=31) == []


def test_who_is_new_and_who_did_something_for_the_first_time(people: Looked) -> None:
    people.receive([joins("cleo", "gamma", at(31), name="Gamma"), *did("bob", "Report_Shared", at(31), 1)])
    ((title, told, _),) = lines(people, "new")
    assert (title, list(told)) == ("New accounts", ["Gamma"])
    ((title, told, _),) = lines(people, "first_time", "user", "Report_Shared")
    assert (title, list(told)) == ("Users that did Report_Shared for the first time", ["Bob"])
    assert lines(people, "first_time", "user", "Report_Created") == []  # bob did that the day before


def test_a_trait_that_changed_is_told_with_what_it_was(people: Looked) -> None:
    people.receive([identified("bob", at(20), role="Editor"), identified("bob", at(31), role="Admin")])
    people.receive([identified("ann", at(31), role="Admin")])  # set for the first time: nothing changed
    assert lines(people, "changed", "user", "role") == [("Users whose role changed", {"Bob": "Editor → Admin"}, 1)]
    assert lines(people, "changed", "user", "role", first=1, last=30) == []


def test_a_trait_that_was_unset_changed_and_so_did_one_that_is_set_again(people: Looked) -> None:
    people.receive([identified("bob", at(20), role="Editor"), identified("bob", at(25), role=None)])
    people.receive([identified("bob", at(31), role="Admin")])
    ((_, told, _),) = lines(people, "changed", "user", "role", first=25, last=30)
    assert told == {"Bob": "Editor → nothing"}
    ((_, told, _),) = lines(people, "changed", "user", "role")
    assert told == {"Bob": "nothing → Admin"}


def test_who_entered_and_left_a_segment_by_what_happened(people: Looked) -> None:
    keeping.create(people.profile, "account", "Busy", {"metric": "raw", "at_least": 18})
    people.look()
    people.receive(did("bob", "Report_Created", at(31), 5))
    people.look()
    day = people.today
    ((title, told, total),) = lines(people, "entered", what="Busy", first=day.day, last=day.day)
    assert (title, list(told), total) == ("Accounts that entered Busy", ["Beta"], 1)  # acme was inside already
    assert lines(people, "left", what="Busy", first=day.day, last=day.day) == []


def test_who_left_and_came_back_within_the_days_has_entered(people: Looked) -> None:
    busy = keeping.create(people.profile, "account", "Busy", {"metric": "raw", "at_least": 18})
    people.look()
    people.receive(did("bob", "Report_Created", at(31), 5))
    people.look()
    here = Stay.objects.get(segment=busy, entity=ids.id_of(people.product.pk, ids.ACCOUNT, "beta"))
    earlier = {"entered_day": here.entered_day - 3, "left_day": here.entered_day - 2, "left_in": here.entered_in}
    Stay.objects.create(segment=busy, entity=here.entity, entered_in=here.entered_in, **earlier)
    ((_, told, total),) = lines(people, "entered", what="Busy", first=1)
    assert (list(told), total) == (["Beta"], 1)


def test_of_many_who_moved_only_those_that_are_shown_are_read(people: Looked, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping.create(people.profile, "account", "Busy", {"metric": "raw", "at_least": 18})
    people.look()
    who = [f"u{n}" for n in range(15)]
    for each in who:
        people.receive([joins(each, f"{each}-inc", at(30)), *did(each, "Report_Created", at(31), 5)])
    people.look()
    read: list[int] = []
    rows = people.facts.facts.store.rows

    def counted(*asked: Any, **given: Any) -> Any:
        found = rows(*asked, **given)
        read.append(len(found))
        return found

    monkeypatch.setattr(people.facts.facts.store, "rows", counted)
    ((_, told, total),) = lines(people, "entered", what="Busy")
    assert (len(told), total) == (SHOWN, 15) and max(read) <= SHOWN
    Stay.objects.filter(left_day=None).update(left_day=days.number(people.today), left_in=F("entered_in"))
    read.clear()
    ((_, told, total),) = lines(people, "left", what="Busy")
    assert (len(told), total) == (SHOWN, 15) and max(read) <= SHOWN
    assert all(each.startswith("score ") for each in told.values())


def test_timeframes_are_whole_days_and_weeks_from_monday_on() -> None:
    friday = date(2026, 11, 27)
    assert within("yesterday", friday) == (date(2026, 11, 26), date(2026, 11, 26))
    assert within("week", friday) == (date(2026, 11, 23), friday)
    assert within("last", friday) == (date(2026, 11, 16), date(2026, 11, 22))
    assert within("4", friday) == (date(2026, 10, 26), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("cards", "why"),
    [
        ([], "A feed needs a card"),
        ([{"card": "gossip"}], "is no card; there are: movers"),
        ([{"card": "entered", "what": "Nowhere"}], "“Nowhere” is no segment of accounts"),
        ([{"card": "movers", "what": "many"}], "write a number of points"),
        ([{"card": "first_time"}], "choose the event"),
        (NEW * 13, "13 cards; 12 is the most"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(people: Looked, cards: Any, why: str) -> None:
    with pytest.raises(Refused, match=why):
        check_cards(cards, people.profile)
