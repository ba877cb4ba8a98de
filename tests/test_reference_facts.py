"""How the reference reads what was received: the fine print of the specification, each rule in its own small world."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.reference import Definition, Message, benchmark, score_accounts, score_users
from tests.reference_facts import money, read_time
from tests.small_worlds import at, did, identified, joins, world

TODAY = date(2026, 3, 20)
OPEN = Definition({"Open": 1})


def test_the_first_journaled_copy_of_a_message_counts() -> None:
    first = Message("event", "m", at(20), "u", None, "Open")
    again = Message("event", "m", at(1), "other", "acme", "Share")
    book = world(first, again)
    assert dict(book.counts()) == {("u", None, "Open", TODAY): 1}
    assert book.users(TODAY) == {"u"}


def test_equal_membership_times_go_to_the_larger_account_id_as_text() -> None:
    assert world(joins("u", "10", at(1)), joins("u", "9", at(1))).membership("u", TODAY) == "9"
    # … also for the earliest one, which holds before it.
    assert world(joins("u", "9", at(5)), joins("u", "10", at(5))).membership("u", date(2026, 3, 1)) == "9"


def test_a_day_has_the_last_membership_of_that_day() -> None:
    book = world(joins("u", "a", at(5, 9)), joins("u", "b", at(5, 17)), joins("u", "a", at(7)))
    held = [book.membership("u", date(2026, 3, day)) for day in (4, 5, 6, 7)]
    # Before the first: the earliest by time, which is not the one of that first day.
    assert held == ["a", "b", "b", "a"]


def test_events_before_the_first_group_call_reach_the_account() -> None:
    book = world(did("u", "Open", at(10)), joins("u", "acme", at(20)))
    row = score_accounts(book, OPEN, date(2026, 3, 10))["acme"]  # ten days before the call
    assert (row["raw"], row["total_users"]) == (1, 1)
    assert row["first_day"] == date(2026, 3, 20)
    assert row["tenure"] == 0  # never negative


def test_an_own_group_id_decides_for_that_event_alone() -> None:
    book = world(joins("u", "home", at(1)), did("u", "Open", at(20), 2, account="guest"), did("u", "Open", at(20)))
    rows = score_accounts(book, OPEN, TODAY)
    assert (rows["guest"]["raw"], rows["home"]["raw"]) == (2, 1)
    assert book.membership("u", TODAY) == "home"
    assert score_users(book, OPEN, TODAY)["u"]["raw"] == 3


def test_identify_with_a_group_id_is_a_membership() -> None:
    assert world(identified("u", at(1), account="acme")).membership("u", TODAY) == "acme"


def test_unattributed_events_count_for_the_user_and_the_benchmark_and_no_account() -> None:
    book = world(did("u", "Open", at(20), 4))
    assert benchmark(book, OPEN, TODAY) == 4
    assert score_accounts(book, OPEN, TODAY) == {}


def test_an_account_needs_a_user_and_keeps_the_superseded_ones() -> None:
    book = world(joins(None, "nobody", at(1), name="Nobody"), joins("u", "old", at(2)), joins("u", "new", at(3)))
    assert set(score_accounts(book, OPEN, TODAY)) == {"old", "new"}
    assert set(score_accounts(book, OPEN, date(2026, 3, 2))) == {"old"}
    assert score_accounts(book, OPEN, date(2026, 3, 1)) == {}


def test_a_user_in_two_accounts_is_counted_in_both_by_parts() -> None:
    book = world(did("u", "Open", at(19), 30, account="a"), did("u", "Open", at(20), 70, account="b"))
    definition = Definition({"Open": 1}, benchmark=100, curve="linear")
    user, accounts = score_users(book, definition, TODAY)["u"], score_accounts(book, definition, TODAY)
    assert (user["raw"], user["score"], user["frequency"]) == (100, 100, 2)
    assert [(accounts[a]["score"], accounts[a]["frequency"]) for a in "ab"] == [(30, 1), (70, 1)]


def test_frequency_and_adoption_of_an_account_are_unions() -> None:
    two = [did(user, event, at(20), account="acme") for user in "xy" for event in ("Open", "Share")]
    row = score_accounts(world(*two), Definition({"Open": 1, "Share": 1, "Print": 1, "Copy": 1}), TODAY)["acme"]
    assert (row["frequency"], row["adoption"], row["overall_scored_events"]) == (1, 0.5, 2)


def test_total_users_did_anything_within_90_days() -> None:
    book = world(
        did("active", "Open", at(20), account="acme"), did("looking", "Unscored", at(1), account="acme"),
        did("within", "Open", at(21, month=12, year=2025), account="acme"),  # 89 days before
        did("gone", "Open", at(20, month=12, year=2025), account="acme"),  # 90 days before
    )  # fmt: skip
    row = score_accounts(book, OPEN, TODAY)["acme"]
    assert (row["active_users"], row["total_users"], row["active_percent"]) == (1, 3, 1 / 3)


def test_users_exist_from_the_day_first_seen_and_may_have_nothing_but_zeros() -> None:
    book = world(identified("u", at(10)))
    assert score_users(book, OPEN, date(2026, 3, 9)) == {}
    row = score_users(book, OPEN, TODAY)["u"]
    assert row == {
        "raw": 0, "score": 0, "score_yesterday": 0, "score_last_period": 0, "change": 0, "frequency": 0, "adoption": 0,
        "lifetime_adoption": 0, "overall_scored_events": 0, "recently_scored_events": 0, "last_active": None,
        "name": "u", "first_day": date(2026, 3, 10), "created_on": date(2026, 3, 10), "tenure": 10, "account": None,
        "email": None, "role": None, "steps_met": 0, "activation": None, "activated_on": None,
    }  # fmt: skip


def test_the_last_writer_by_message_time_wins_whatever_the_order() -> None:
    old, new = identified("u", at(1), role="x", email="e"), identified("u", at(2), role="a")
    for book in (world(old, new), world(new, old)):
        assert book.traits("user", "u", TODAY) == {"role": "a", "email": "e"}
        assert book.traits("user", "u", date(2026, 3, 1)) == {"role": "x", "email": "e"}


def test_equal_trait_times_go_to_the_larger_json_text_and_null_is_the_lowest() -> None:
    book = world(
        identified("u", at(1), a=9, b="x", c=None), identified("u", at(1), a=10, b=7, c=0),
        identified("u", at(2), gone=None), identified("u", at(1), gone="here"),
    )  # fmt: skip
    assert book.traits("user", "u", TODAY) == {"a": 9, "b": 7, "c": 0}  # '9' > '10'; '7' > '"x"'


def test_names_shown_fall_back_to_the_email_and_the_id() -> None:
    book = world(
        identified("u", at(1), email="u@acme.com"), identified("v", at(1), name="Vera", email="v@acme.com"),
        joins("u", "acme", at(1), email="not shown"), joins("v", "b", at(1), name="Bee"),
        identified("w", at(1), name=" "),
    )  # fmt: skip
    assert [book.name("user", user, TODAY) for user in "uvw"] == ["u@acme.com", "Vera", "w"]
    assert [book.name("account", account, TODAY) for account in ("acme", "b")] == ["acme", "Bee"]


def test_created_on_falls_back_to_the_users_and_then_to_the_day_first_seen() -> None:
    book = world(
        joins("u", "given", at(5), created_at="2026-01-01T00:00:00Z"), joins("u", "by users", at(6)),
        joins("v", "by users", at(7)), joins("w", "neither", at(8)),
        identified("u", at(9), createdAt="2026-02-02T10:00:00Z"), identified("v", at(9), created=1_769_904_000),
    )  # fmt: skip
    created = {account: row["created_on"] for account, row in score_accounts(book, OPEN, TODAY).items()}
    assert created == {"given": date(2026, 1, 1), "by users": date(2026, 2, 1), "neither": date(2026, 3, 8)}
    assert score_accounts(book, OPEN, date(2026, 3, 8))["by users"]["created_on"] == date(2026, 3, 6)
    assert score_users(book, OPEN, TODAY)["w"]["tenure"] == 12


def test_created_on_is_a_local_day_and_a_future_one_makes_no_negative_tenure() -> None:
    book = world(identified("u", at(9), createdAt="2026-03-01T20:00:00Z"), zone="Australia/Sydney")
    assert score_users(book, OPEN, TODAY)["u"]["created_on"] == date(2026, 3, 2)
    book = world(identified("u", at(9), createdAt="2123-01-01"))
    assert score_users(book, OPEN, TODAY)["u"]["tenure"] == 0


@pytest.mark.parametrize(
    ("value", "utc"),
    [
        ("2023-05-12T08:00:00Z", (2023, 5, 12, 8)), ("2023-05-12T08:00:00", (2023, 5, 12, 8)),
        ("2023-05-12T08:00:00+02:00", (2023, 5, 12, 6)), ("2023-05-12 08:00:00Z", (2023, 5, 12, 8)),
        ("2023-05-12T08:00:00-0530", (2023, 5, 12, 13, 30)), ("2023-05-12", (2023, 5, 12)),
        ("2015-2-02T01:00:00.123456789z", (2015, 2, 2, 1)), ("1712121200000", (2024, 4, 3, 5, 13, 20)),
        (1_712_121_200, (2024, 4, 3, 5, 13, 20)), (1_712_121_200_000_000, (2024, 4, 3, 5, 13, 20)),
        (1_712_121_200_000_000_000, (2024, 4, 3, 5, 13, 20)), ("soon", None), ("2026-02-30", None), (True, None),
        ([], None), ("", None), ("1e9", None),
    ],
)  # fmt: skip
def test_created_at_is_read_in_its_many_spellings(value: Any, utc: tuple[int, int, int] | None) -> None:
    assert read_time(value) == (utc and datetime(*utc, tzinfo=UTC))


@pytest.mark.parametrize(
    ("value", "mrr"),
    [
        (9900, 9900.0), ("9900", 9900.0), ("10.1", 10.1), (-5, -5.0), ("1e3", 1000.0), (" 7 ", 7.0), (0, 0.0),
        ("$99", None), (True, None), ([9], None), ({}, None), (None, None), ("", None), ("1_000", None), ("nan", None),
        ("٣", None),
    ],
)  # fmt: skip
def test_mrr_is_a_number_or_text_that_is_one(value: Any, mrr: float | None) -> None:
    assert money(value) == mrr
    rows = score_accounts(world(joins("u", "acme", at(1), mrr=value)), OPEN, TODAY)
    assert rows["acme"]["mrr"] == mrr
