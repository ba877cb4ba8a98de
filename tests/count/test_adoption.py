"""Who is the same person under several ids: whatever order it is told in, the same."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
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

REPORTS = Definition(window=7, events={"Report": 5}, benchmark=50)
numbers = itertools.count(1)

Told = list[Message]
Counted = dict[tuple[str | None, str | None, int], int]


@dataclass
class Place:
    """A product of its own."""

    engine: Engine
    product: int = field(default_factory=lambda: next(numbers))

    def users(self, day: int) -> dict[str, dict[str, Any]]:
        return {row["tracking_id"]: row for row in open_book(self.product, REPORTS, march(day)).page("user").rows}

    def accounts(self, day: int) -> dict[str, dict[str, Any]]:
        return {row["tracking_id"]: row for row in open_book(self.product, REPORTS, march(day)).page("account").rows}

    def tell(self, *messages: Message | Told) -> Counted:
        """Counts by user, account and day of March after these came too, one load after the other."""
        open_facts(self.engine.facts)
        for message in messages:
            self.engine.receive(self.product, message if isinstance(message, list) else [message], per_block=100)
        rows = counts(self.product, group_by=("user", "account", "day")).rows
        return {(row["user"], row["account"], row["day"].day): row["count"] for row in rows}


@pytest.fixture
def place(engine: Engine) -> Place:
    return Place(engine)


def march(day: int) -> date:
    return date(2026, 3, day)


def some_orders(pieces: list[Told]) -> list[tuple[Told, ...]]:
    orders = list(itertools.permutations(pieces))
    return random.Random(1).sample(orders, min(10, len(orders)))


def test_anonymous_events_are_counted_without_a_user_and_score_for_nobody(place: Place) -> None:
    told = place.tell(did_anonymously("x", "Report", at(1), 3), did_anonymously("x", "Report", at(1), 2, "acme"))
    assert told == {(None, None, 1): 3, (None, "acme", 1): 2}
    place.tell(did("ann", "Login", at(1), account="acme"))
    assert place.users(1)["ann"]["raw"] == 0 and set(place.users(1)) == {"ann"}
    assert (place.accounts(1)["acme"]["raw"], place.accounts(1)["acme"]["total_users"]) == (0, 1)
    assert counts(place.product, user="x").total_count == 5
    assert people.health(place.product)["events"] == 6


@pytest.mark.parametrize("adoption", [alias("x", "ann", at(4)), knows("ann", "x", at(4))])
def test_an_adopted_id_counts_for_the_user_on_its_own_days_in_any_order(engine: Engine, adoption: Message) -> None:
    pieces = [did_anonymously("x", "Report", at(1), 3), [adoption], [joins("ann", "acme", at(2))],
              [told_anonymously("x", at(1), role="reader")]]  # fmt: skip
    for order in some_orders(pieces):
        place = Place(engine)
        assert place.tell(*order) == {("ann", "acme", 1): 3}
        row = place.users(9)["ann"]
        assert (row["raw"], row["role"], row["first_day"], place.users(1)["ann"]["raw"]) == (0, "reader", march(1), 15)
        assert place.accounts(1)["acme"]["raw"] == 15
        assert counts(place.product, user="x").total_count == counts(place.product, user="ann").total_count == 3


def test_a_membership_an_anonymous_identify_told_is_adopted(place: Place) -> None:
    place.tell(told_anonymously("x", at(1), "acme"), did_anonymously("x", "Report", at(2)))
    place.tell(did("ann", "Report", at(3)))
    assert place.accounts(3) == {}
    assert place.tell(knows("ann", "x", at(4))) == {("ann", "acme", 2): 1, ("ann", "acme", 3): 1}


def test_an_anonymous_id_on_an_event_or_a_group_adopts_nobody_and_joins_nothing(place: Place) -> None:
    seen = Message("event", "m", at(2), "ann", None, "Report", anonymous="x")
    group = Message("group", "g", at(2), "ann", "acme", anonymous="x")
    lonely = Message("group", "l", at(2), None, "globex", anonymous="x")
    told = place.tell(did_anonymously("x", "Report", at(1)), seen, group, lonely)
    assert told == {(None, None, 1): 1, ("ann", "acme", 2): 1}
    assert set(place.accounts(2)) == {"acme"}


def test_a_group_call_with_an_anonymous_id_as_its_user_is_adopted(place: Place) -> None:
    group = Message("group", "g", at(1), "x", "acme")
    assert place.tell(group, did("ann", "Report", at(2)), knows("ann", "x", at(3))) == {("ann", "acme", 2): 1}
    assert set(place.users(3)) == {"ann"}


def test_an_id_that_turns_out_to_be_a_users_own_waits_no_more(place: Place) -> None:
    told = place.tell(did_anonymously("x", "Report", at(1), 2), did("x", "Report", at(5)))
    assert told == {("x", None, 1): 2, ("x", None, 5): 1}
    assert place.users(5)["x"]["first_day"] == march(1)


def test_two_users_become_one(place: Place) -> None:
    place.tell(
        did("old", "Report", at(1), 3), joins("old", "acme", at(1)), identified("old", at(1), role="reader"),
        identified("old", at(3), email="old@x.com"), did("new", "Report", at(2), 2),
        identified("new", at(2), role="admin", email="new@x.com"),
    )  # fmt: skip
    assert set(place.users(3)) == {"old", "new"}
    assert place.tell(alias("old", "new", at(5))) == {("new", "acme", 1): 3, ("new", "acme", 2): 2}
    assert set(place.users(3)) == {"new"}
    assert not people.exists(place.product, "user", id_of(place.product, USER, "old"))
    row = place.users(3)["new"]
    assert (row["raw"], row["role"], row["email"], row["first_day"]) == (25, "admin", "old@x.com", march(1))
    assert place.users(1)["new"]["raw"] == 15
    assert (place.accounts(3)["acme"]["raw"], place.accounts(3)["acme"]["total_users"]) == (25, 1)
    assert people.health(place.product)["users"] == 1
    # What comes later under the old id is the new one's too.
    assert place.tell(did("old", "Report", at(6)))["new", "acme", 6] == 1


def test_of_two_who_claim_an_id_the_first_by_message_time_has_it(place: Place) -> None:
    mine = did_anonymously("x", "Report", at(1))
    assert place.tell(mine, knows("bob", "x", at(5))) == {("bob", None, 1): 1}
    assert place.tell(knows("ann", "x", at(4))) == {("ann", None, 1): 1}
    assert place.tell(knows("cid", "x", at(6))) == {("ann", None, 1): 1}
    assert set(place.users(6)) == {"ann", "bob", "cid"}


def test_of_two_who_claim_an_id_at_once_the_larger_name_has_it(engine: Engine) -> None:
    claims = [knows("ann", "x", at(5)), knows("bob", "x", at(5)), knows("ämy", "x", at(5))]
    for order in itertools.permutations(claims):
        assert Place(engine).tell(did_anonymously("x", "Report", at(1)), *order) == {("ämy", None, 1): 1}


def test_chains_are_followed_in_whatever_order_they_are_told(engine: Engine) -> None:
    pieces = [
        did_anonymously("a", "Report", at(1)) + did("b", "Report", at(2)) + did("c", "Report", at(3)),
        [alias("a", "b", at(9))], [alias("b", "c", at(5))], [alias("c", "d", at(7))],
    ]  # fmt: skip
    for order in some_orders(pieces):
        place = Place(engine)
        assert place.tell(*order) == {("d", None, day): 1 for day in (1, 2, 3)}
        assert set(place.users(9)) == {"d"}


def test_a_link_that_closes_a_circle_is_as_good_as_not_sent(engine: Engine) -> None:
    pieces = [
        [each for name in "abc" for each in did(name, "Report", at(1))], [alias("a", "b", at(2))],
        [alias("b", "c", at(3))], [alias("c", "a", at(4))], [alias("c", "d", at(5))],
    ]  # fmt: skip
    for order in some_orders(pieces):
        place = Place(engine)
        assert place.tell(*order) == {("d", None, 1): 3}
    place = Place(engine)
    assert place.tell(*pieces[:-1]) == {("c", None, 1): 3}
    # An earlier link opens the circle somewhere else.
    assert place.tell(alias("c", "a", at(1))) == {("b", None, 1): 3}


def test_whoever_is_adopted_away_again_leaves_no_account_behind(place: Place) -> None:
    place.tell(joins("x", "acme", at(1)), did("bob", "Report", at(2)))
    assert place.tell(knows("bob", "x", at(5))) == {("bob", "acme", 2): 1}
    assert place.tell(knows("ann", "x", at(4))) == {("bob", None, 2): 1}
    assert place.accounts(5)["acme"]["raw"] == 0


def test_of_a_circle_told_at_one_moment_the_link_to_the_smaller_name_is_ignored(
    engine: Engine,
) -> None:
    pieces = [did("a", "Report", at(1)) + did("b", "Report", at(1)), [alias("a", "b", at(2))], [alias("b", "a", at(2))]]
    for order in some_orders(pieces):
        assert Place(engine).tell(*order) == {("b", None, 1): 2}


@pytest.mark.parametrize("blank", ["", " ", "\t\n"])
def test_a_blank_anonymous_id_is_none(place: Place, blank: str) -> None:
    place.tell(did_anonymously("x", "Report", at(1)), knows("ann", blank, at(2)), knows("bob", blank, at(3)))
    assert set(place.users(3)) == {"ann", "bob"}
    links = place.engine.facts.store.rows(
        "select count(*) as n from link where product = :product", product=place.product
    )
    assert links == [{"n": 0}]


def adopted_in(folder: Path, merged: str = "") -> Any:
    """What is answered after several became one; a table may be merged after each message."""
    before = [
        *did_anonymously("x", "Report", at(1), 2), *did_anonymously("x", "Report", at(1, 15)),
        *did("old", "Report", at(1)),
        told_anonymously("x", at(1), "acme", role="a"), told_anonymously("x", at(1, 13), "acme", role="b"),
        identified("old", at(1, 14), role="c"), identified("new", at(1, 15), role="d"),
    ]  # fmt: skip
    after = [alias("x", "old", at(3)), alias("old", "new", at(4)), knows("cid", "x", at(2))]
    engine = Engine(folder)
    for message in [*before, *after]:
        engine.receive(1, [message])
        if merged:
            engine.loader.merging.merge(merged)
    return everything(engine.facts, 1, REPORTS, march(1), march(3), march(9))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return adopted_in(tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize("table", ["name", "trait", "ever", "counts", "waiting"])
def test_merging_a_table_before_an_adoption_changes_nothing(plain: Any, tmp_path: Path, table: str) -> None:
    assert adopted_in(tmp_path, merged=table) == plain


def test_where_nobody_is_anonymous_nothing_waits_and_no_question_is_asked_for_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unexpected(*given: object) -> None:
        raise AssertionError("asked about ids")

    monkeypatch.setattr("accoil.count.adoption.Adoption.resolve", unexpected)
    both = Message("event", "m", at(2), "ann", None, "Report", anonymous="x")
    assert place.tell(did("ann", "Report", at(1)), both, identified("ann", at(1)), joins("ann", "acme", at(1))) == {
        ("ann", "acme", 1): 1,
        ("ann", "acme", 2): 1,
    }


def test_a_parent_group_is_a_trait_like_any_other(place: Place) -> None:
    place.tell(joins("ann", "team", at(1), parent_group_id="company", group_type="team"), did("ann", "Report", at(2)))
    place.tell(joins("bob", "company", at(1)))
    row = place.accounts(2)
    assert (row["team"]["raw"], row["company"]["raw"], row["company"]["total_users"]) == (5, 0, 0)
    told = people.traits(place.product, "account", row["team"]["id"])
    assert told == {"group_type": "team", "parent_group_id": "company"}
