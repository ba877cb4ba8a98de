"""What comes late, or is corrected later, counts as if it had come in time."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from accoil.count.counts import counts
from accoil.count.facts import open_facts
from accoil.score.book import open_book
from accoil.score.definition import Definition
from tests.reference import Message
from tests.small_worlds import at, did, identified, joins
from tests.world import Engine

PRODUCT = 1
REPORTS = Definition(window=7, events={"Report": 5}, benchmark=50)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = Engine(tmp_path)
    open_facts(engine.facts)
    return engine


def by_account(engine: Engine) -> dict[tuple[str | None, date], int]:
    """Counts by account and day."""
    rows = counts(PRODUCT, group_by=("account", "day")).rows
    return {(row["account"], row["day"]): row["count"] for row in rows}


def march(day: int) -> date:
    return date(2026, 3, day)


def told(engine: Engine, *messages: Message | list[Message]) -> dict[tuple[str | None, date], int]:
    """The counts after these came too, in this order."""
    for message in messages:
        engine.receive(PRODUCT, message if isinstance(message, list) else [message])
    return by_account(engine)


def test_events_before_the_first_group_call_reach_the_account(engine: Engine) -> None:
    early = did("ann", "Report", at(1), 3) + did("ann", "Report", at(2), 2)
    assert told(engine, early) == {(None, march(1)): 3, (None, march(2)): 2}
    assert told(engine, joins("ann", "acme", at(9))) == {("acme", march(1)): 3, ("acme", march(2)): 2}


def test_identify_with_a_group_joins_as_well(engine: Engine) -> None:
    assert told(engine, did("ann", "Report", at(1)), identified("ann", at(1), "acme")) == {("acme", march(1)): 1}


def test_a_move_that_is_told_late_moves_the_days_after_it(engine: Engine) -> None:
    days = [message for day in range(1, 6) for message in did("ann", "Report", at(day))]
    assert told(engine, joins("ann", "acme", at(1)), days) == {("acme", march(day)): 1 for day in range(1, 6)}
    moved = told(engine, joins("ann", "globex", at(3)))
    assert moved == {("acme" if day < 3 else "globex", march(day)): 1 for day in range(1, 6)}
    # And back for one day only, told last though it lies between.
    again = told(engine, joins("ann", "globex", at(5)), joins("ann", "acme", at(4)))
    assert again == {("globex" if day in (3, 5) else "acme", march(day)): 1 for day in range(1, 6)}


def test_an_older_first_membership_takes_the_days_before_all(engine: Engine) -> None:
    days = did("ann", "Report", at(1)) + did("ann", "Report", at(5))
    assert told(engine, days, joins("ann", "acme", at(4))) == {("acme", march(1)): 1, ("acme", march(5)): 1}
    corrected = told(engine, joins("ann", "globex", at(2)))
    assert corrected == {("globex", march(1)): 1, ("acme", march(5)): 1}


def test_an_event_that_names_its_account_stays_there(engine: Engine) -> None:
    own = did("ann", "Report", at(1), 2, account="initech")
    assert told(engine, own, did("ann", "Report", at(1)), joins("ann", "acme", at(1))) == {
        ("initech", march(1)): 2,
        ("acme", march(1)): 1,
    }
    assert told(engine, joins("ann", "globex", at(1, 13)))[("initech", march(1))] == 2


def test_of_two_moves_on_one_day_the_last_holds_for_all_of_it(engine: Engine) -> None:
    day = did("ann", "Report", at(3, 1)) + did("ann", "Report", at(3, 23))
    later, earlier = joins("ann", "globex", at(3, 20)), joins("ann", "acme", at(3, 8))
    assert told(engine, day, later, earlier) == {("globex", march(3)): 2}


def test_of_two_moves_at_once_the_larger_name_holds(engine: Engine) -> None:
    day = did("ann", "Report", at(3))
    assert told(engine, day, joins("ann", "b", at(3)), joins("ann", "a", at(3))) == {("b", march(3)): 1}
    assert told(engine, joins("ann", "ä", at(3))) == {("ä", march(3)): 1}


def test_an_event_years_late_counts_on_its_own_day_for_the_account_of_that_day(engine: Engine) -> None:
    told(engine, joins("ann", "acme", at(1, year=2024)), joins("ann", "globex", at(1)), did("ann", "Report", at(9)))
    late = told(engine, did("ann", "Report", at(5, year=2024), 4))
    assert late == {("acme", date(2024, 3, 5)): 4, ("globex", march(9)): 1}


def test_a_late_event_changes_the_score_of_its_own_days_and_of_no_other(engine: Engine) -> None:
    def raws() -> dict[int, float]:
        days = (9, 10, 16, 17)
        return {day: open_book(PRODUCT, REPORTS, march(day)).page("user").rows[0]["raw"] for day in days}

    told(engine, did("ann", "Report", at(10)), did("ann", "Report", at(1)))
    assert raws() == {9: 0, 10: 5, 16: 5, 17: 0}
    told(engine, did("ann", "Report", at(10, 13), 3))
    assert raws() == {9: 0, 10: 20, 16: 20, 17: 0}
    told(engine, did("ann", "Report", at(11)))
    assert raws() == {9: 0, 10: 20, 16: 25, 17: 5}


def test_somebody_seen_earlier_than_known_was_there_earlier(engine: Engine) -> None:
    def there(day: int) -> set[str]:
        return {row["tracking_id"] for row in open_book(PRODUCT, REPORTS, march(day)).page("user").rows}

    told(engine, did("ann", "Report", at(10)), did("bob", "Report", at(10)))
    assert (there(4), there(10)) == (set(), {"ann", "bob"})
    told(engine, did("ann", "Login", at(3)))
    assert (there(2), there(4)) == (set(), {"ann"})


def test_traits_follow_the_time_they_were_told_at_not_the_order_they_came_in(engine: Engine) -> None:
    def email(day: int) -> str | None:
        return open_book(PRODUCT, REPORTS, march(day)).page("user").rows[0]["email"]

    told(engine, identified("ann", at(5), email="new@x.com"), identified("ann", at(2), email="old@x.com"))
    assert (email(2), email(4), email(5), email(9)) == ("old@x.com", "old@x.com", "new@x.com", "new@x.com")
    told(engine, identified("ann", at(7), email=None))
    assert (email(5), email(9)) == ("new@x.com", None)
    told(engine, identified("ann", at(4), email="between@x.com"))
    assert (email(4), email(5), email(9)) == ("between@x.com", "new@x.com", None)


def test_a_duplicate_is_one_however_late_and_whatever_it_says(engine: Engine) -> None:
    first = Message("event", "m1", at(1), "ann", None, "Report")
    other = Message("event", "m1", at(2), "bob", "acme", "Login")
    for _ in range(3):
        assert told(engine, first, other) == {(None, march(1)): 1}
        engine.facts.store.close()
        engine.open()
        open_facts(engine.facts)
    assert Counter(engine.loader.duplicates) == {}  # told since the last start


@pytest.mark.parametrize("merged", [(), ("counts",), ("ever",), ("name", "trait", "ever", "counts")])
def test_a_move_finds_the_events_it_moves_also_after_they_were_merged(engine: Engine, merged: tuple[str, ...]) -> None:
    told(engine, did("ann", "Report", at(1), 3), did("ann", "Report", at(1, 13), 2), joins("ann", "acme", at(1)))
    for table in merged:
        engine.loader.merging.merge(table)
    assert told(engine, joins("ann", "globex", at(1, 20))) == {("globex", march(1)): 5}
    rows = open_book(PRODUCT, REPORTS, march(1)).page("account").rows
    assert {row["tracking_id"]: row["raw"] for row in rows} == {"globex": 25, "acme": 0}
