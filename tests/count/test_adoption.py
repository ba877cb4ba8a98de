"""Who is the same person under several ids: whatever order it is told in, the same."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from accoil.count import people
from accoil.count.counts import counts
from accoil.count.facts import open_facts
from accoil.count.ids import USER, id_of
from accoil.score.book import open_book
from accoil.score.definition import Definition
from tests.count.asking import everything
from tests.reference_facts import Message
from tests.small_worlds import alias, at, did, did_anonymously, identified, joins, knows, told_anonymously
from tests.world import Engine

PRODUCT = 1
REPORTS = Definition(window=7, events={"Report": 5}, benchmark=50)

Told = list[Message]
Counted = dict[tuple[str | None, str | None, int], int]


@pytest.fixture
def new_engine(tmp_path: Path) -> Callable[[], Engine]:
    numbers = itertools.count()

    def new() -> Engine:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        engine = Engine(folder)
        open_facts(engine.facts)
        return engine

    return new


@pytest.fixture
def engine(new_engine: Callable[[], Engine]) -> Engine:
    return new_engine()


def tell(engine: Engine, *messages: Message | Told) -> Counted:
    """Counts by user, account and day of March after these came too, one load after the other."""
    for message in messages:
        engine.receive(PRODUCT, message if isinstance(message, list) else [message])
    rows = counts(PRODUCT, group_by=("user", "account", "day")).rows
    return {(row["user"], row["account"], row["day"].day): row["count"] for row in rows}


def march(day: int) -> date:
    return date(2026, 3, day)


def users(day: int) -> dict[str, dict[str, Any]]:
    return {row["tracking_id"]: row for row in open_book(PRODUCT, REPORTS, march(day)).users().rows}


def accounts(day: int) -> dict[str, dict[str, Any]]:
    return {row["tracking_id"]: row for row in open_book(PRODUCT, REPORTS, march(day)).accounts().rows}


def test_anonymous_events_are_counted_without_a_user_and_score_for_nobody(engine: Engine) -> None:
    told = tell(engine, did_anonymously("x", "Report", at(1), 3), did_anonymously("x", "Report", at(1), 2, "acme"))
    assert told == {(None, None, 1): 3, (None, "acme", 1): 2}
    tell(engine, did("ann", "Login", at(1), account="acme"))
    assert users(1)["ann"]["raw"] == 0 and set(users(1)) == {"ann"}
    assert (accounts(1)["acme"]["raw"], accounts(1)["acme"]["total_users"]) == (0, 1)
    assert counts(PRODUCT, user="x").total_count == 5
    assert people.health(PRODUCT)["events"] == 6


@pytest.mark.parametrize("adoption", [alias("x", "ann", at(4)), knows("ann", "x", at(4))])
def test_an_adopted_id_counts_for_the_user_on_its_own_days_in_any_order(
    new_engine: Callable[[], Engine], adoption: Message
) -> None:
    pieces = [did_anonymously("x", "Report", at(1), 3), [adoption], [joins("ann", "acme", at(2))],
              [told_anonymously("x", at(1), role="reader")]]  # fmt: skip
    for order in itertools.permutations(pieces):
        engine = new_engine()
        assert tell(engine, *order) == {("ann", "acme", 1): 3}
        row = users(9)["ann"]
        assert (row["raw"], row["role"], row["first_day"], users(1)["ann"]["raw"]) == (0, "reader", march(1), 15)
        assert accounts(1)["acme"]["raw"] == 15
        assert counts(PRODUCT, user="x").total_count == counts(PRODUCT, user="ann").total_count == 3


def test_a_membership_an_anonymous_identify_told_is_adopted(engine: Engine) -> None:
    tell(
        engine, told_anonymously("x", at(1), "acme"), did_anonymously("x", "Report", at(2)), did("ann", "Report", at(3))
    )
    assert accounts(3) == {}
    assert tell(engine, knows("ann", "x", at(4))) == {("ann", "acme", 2): 1, ("ann", "acme", 3): 1}


def test_an_anonymous_id_on_an_event_or_a_group_adopts_nobody_and_joins_nothing(engine: Engine) -> None:
    seen = Message("event", "m", at(2), "ann", None, "Report", anonymous="x")
    group = Message("group", "g", at(2), "ann", "acme", anonymous="x")
    lonely = Message("group", "l", at(2), None, "globex", anonymous="x")
    told = tell(engine, did_anonymously("x", "Report", at(1)), seen, group, lonely)
    assert told == {(None, None, 1): 1, ("ann", "acme", 2): 1}
    assert set(accounts(2)) == {"acme"}


def test_a_group_call_with_an_anonymous_id_as_its_user_is_adopted(engine: Engine) -> None:
    group = Message("group", "g", at(1), "x", "acme")
    assert tell(engine, group, did("ann", "Report", at(2)), knows("ann", "x", at(3))) == {("ann", "acme", 2): 1}
    assert set(users(3)) == {"ann"}


def test_an_id_that_turns_out_to_be_a_users_own_waits_no_more(engine: Engine) -> None:
    told = tell(engine, did_anonymously("x", "Report", at(1), 2), did("x", "Report", at(5)))
    assert told == {("x", None, 1): 2, ("x", None, 5): 1}
    assert users(5)["x"]["first_day"] == march(1)


def test_two_users_become_one(engine: Engine) -> None:
    tell(
        engine, did("old", "Report", at(1), 3), joins("old", "acme", at(1)), identified("old", at(1), role="reader"),
        identified("old", at(3), email="old@x.com"), did("new", "Report", at(2), 2),
        identified("new", at(2), role="admin", email="new@x.com"),
    )  # fmt: skip
    assert set(users(3)) == {"old", "new"}
    assert tell(engine, alias("old", "new", at(5))) == {("new", "acme", 1): 3, ("new", "acme", 2): 2}
    assert set(users(3)) == {"new"} and not people.exists(PRODUCT, "user", id_of(PRODUCT, USER, "old"))
    row = users(3)["new"]
    assert (row["raw"], row["role"], row["email"], row["first_day"]) == (25, "admin", "old@x.com", march(1))
    assert users(1)["new"]["raw"] == 15
    assert (accounts(3)["acme"]["raw"], accounts(3)["acme"]["total_users"]) == (25, 1)
    assert people.health(PRODUCT)["users"] == 1
    # What comes later under the old id is the new one's too.
    assert tell(engine, did("old", "Report", at(6)))["new", "acme", 6] == 1


def test_of_two_who_claim_an_id_the_first_by_message_time_has_it(engine: Engine) -> None:
    mine = did_anonymously("x", "Report", at(1))
    assert tell(engine, mine, knows("bob", "x", at(5))) == {("bob", None, 1): 1}
    assert tell(engine, knows("ann", "x", at(4))) == {("ann", None, 1): 1}
    assert tell(engine, knows("cid", "x", at(6))) == {("ann", None, 1): 1}
    assert set(users(6)) == {"ann", "bob", "cid"}


def test_of_two_who_claim_an_id_at_once_the_larger_name_has_it(new_engine: Callable[[], Engine]) -> None:
    claims = [knows("ann", "x", at(5)), knows("bob", "x", at(5)), knows("ämy", "x", at(5))]
    for order in itertools.permutations(claims):
        assert tell(new_engine(), did_anonymously("x", "Report", at(1)), *order) == {("ämy", None, 1): 1}


def test_chains_are_followed_in_whatever_order_they_are_told(new_engine: Callable[[], Engine]) -> None:
    pieces = [
        did_anonymously("a", "Report", at(1)) + did("b", "Report", at(2)) + did("c", "Report", at(3)),
        [alias("a", "b", at(9))], [alias("b", "c", at(5))], [alias("c", "d", at(7))],
    ]  # fmt: skip
    for order in itertools.permutations(pieces):
        assert tell(new_engine(), *order) == {("d", None, day): 1 for day in (1, 2, 3)}
        assert set(users(9)) == {"d"}


def test_a_link_that_closes_a_circle_is_as_good_as_not_sent(new_engine: Callable[[], Engine]) -> None:
    pieces = [
        [each for name in "abc" for each in did(name, "Report", at(1))], [alias("a", "b", at(2))],
        [alias("b", "c", at(3))], [alias("c", "a", at(4))], [alias("c", "d", at(5))],
    ]  # fmt: skip
    for order in itertools.permutations(pieces):
        assert tell(new_engine(), *order) == {("d", None, 1): 3}
    engine = new_engine()
    assert tell(engine, *pieces[:-1]) == {("c", None, 1): 3}
    # An earlier link opens the circle somewhere else.
    assert tell(engine, alias("c", "a", at(1))) == {("b", None, 1): 3}


def test_whoever_is_adopted_away_again_leaves_no_account_behind(engine: Engine) -> None:
    tell(engine, joins("x", "acme", at(1)), did("bob", "Report", at(2)))
    assert tell(engine, knows("bob", "x", at(5))) == {("bob", "acme", 2): 1}
    assert tell(engine, knows("ann", "x", at(4))) == {("bob", None, 2): 1}
    assert accounts(5)["acme"]["raw"] == 0


@pytest.mark.parametrize("blank", ["", " ", "\t\n"])
def test_a_blank_anonymous_id_is_none(engine: Engine, blank: str) -> None:
    tell(engine, did_anonymously("x", "Report", at(1)), knows("ann", blank, at(2)), knows("bob", blank, at(3)))
    assert set(users(3)) == {"ann", "bob"}
    assert engine.facts.store.rows("select count(*) as n from link")[0]["n"] == 0


@pytest.mark.parametrize("table", ["name", "trait", "ever", "counts", "waiting"])
def test_merging_a_table_before_an_adoption_changes_nothing(new_engine: Callable[[], Engine], table: str) -> None:
    before = [
        *did_anonymously("x", "Report", at(1), 2), *did_anonymously("x", "Report", at(1, 15)),
        *did("old", "Report", at(1)),
        told_anonymously("x", at(1), "acme", role="a"), told_anonymously("x", at(1, 13), "acme", role="b"),
        identified("old", at(1, 14), role="c"), identified("new", at(1, 15), role="d"),
    ]  # fmt: skip
    after = [alias("x", "old", at(3)), alias("old", "new", at(4)), knows("cid", "x", at(2))]
    plain, merged = new_engine(), new_engine()
    for engine in (plain, merged):
        for message in [*before, *after]:
            engine.receive(PRODUCT, [message])
            if engine is merged:
                engine.loader.merge(table)
    days = (march(1), march(3), march(9))
    assert everything(merged.facts, PRODUCT, REPORTS, *days) == everything(plain.facts, PRODUCT, REPORTS, *days)


def test_where_nobody_is_anonymous_nothing_waits_and_no_question_is_asked_for_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unexpected(*given: object) -> None:
        raise AssertionError("asked about ids")

    monkeypatch.setattr("accoil.count.adoption.resolve", unexpected)
    both = Message("event", "m", at(2), "ann", None, "Report", anonymous="x")
    assert tell(engine, did("ann", "Report", at(1)), both, identified("ann", at(1)), joins("ann", "acme", at(1))) == {
        ("ann", "acme", 1): 1,
        ("ann", "acme", 2): 1,
    }


def test_a_parent_group_is_a_trait_like_any_other(engine: Engine) -> None:
    tell(engine, joins("ann", "team", at(1), parent_group_id="company", group_type="team"), did("ann", "Report", at(2)))
    tell(engine, joins("bob", "company", at(1)))
    row = accounts(2)
    assert (row["team"]["raw"], row["company"]["raw"], row["company"]["total_users"]) == (5, 0, 0)
    assert people.traits(PRODUCT, "account", row["team"]["id"]) == {"group_type": "team", "parent_group_id": "company"}
