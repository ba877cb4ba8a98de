"""The reference is only worth comparing with if it is right: the worked examples of the specification, and numbers
of small worlds worked out by hand."""

from datetime import date

import pytest

from tests.reference import Definition, World, benchmark, score_accounts, score_users
from tests.reference_explain import explain
from tests.small_worlds import at, did, identified, joins, world

TODAY = date(2026, 3, 20)
OPEN = Definition({"Open": 1})


RAWS = (475, 89, 101, 7, 3, 21, 2, 149, 223, 1, 13, 9, 37)


def test_weights_times_counts_is_raw() -> None:
    weights, counts = (9, 7, 5, 3, 1), (3, 5, 10, 20, 15)
    everything = [did("u", f"e{weight}", at(20), n) for weight, n in zip(weights, counts, strict=True)]
    definition = Definition({f"e{weight}": weight for weight in weights})
    assert score_users(world(*everything), definition, TODAY)["u"]["raw"] == 187


@pytest.mark.parametrize(
    ("curve", "scores"),
    [
        ("exponential", [99, 63, 67, 7, 3, 21, 2, 81, 92, 1, 13, 9, 34]),
        ("linear", [100, 43, 49, 3, 1, 10, 1, 72, 100, 1, 6, 4, 18]),
    ],
)
def test_thirteen_users_are_scored_as_in_the_specification(curve: str, scores: list[int]) -> None:
    book = world(*(did(f"u{number}", "Open", at(20), raw) for number, raw in enumerate(RAWS)))
    definition = Definition({"Open": 1}, curve=curve)
    assert benchmark(book, definition, TODAY) == 208.2
    rows = score_users(book, definition, TODAY)
    assert [rows[f"u{number}"]["score"] for number in range(13)] == scores


def test_one_active_user_alone_has_90() -> None:
    row = score_users(world(did("u", "Open", at(20), 5)), OPEN, TODAY)["u"]
    assert (row["raw"], row["score"]) == (5, 90)


def test_raw_equal_to_the_benchmark_is_90_and_raw_0_is_0() -> None:
    book = world(did("u", "Open", at(20), 8), did("idle", "Other", at(20)))
    rows = score_users(book, Definition({"Open": 1}, benchmark=8), TODAY)
    assert (rows["u"]["score"], rows["idle"]["score"]) == (90, 0)


def test_an_account_of_90_and_75_has_83() -> None:
    # Linear against 100: the raws are the scores.
    book = world(joins("a", "acme", at(1)), joins("b", "acme", at(1)), joins("idle", "acme", at(1)))
    book = World(book.messages + did("a", "Open", at(20), 90) + did("b", "Open", at(20), 75), "UTC")
    row = score_accounts(book, Definition({"Open": 1}, benchmark=100, curve="linear"), TODAY)["acme"]
    assert (row["score"], row["total_score"], row["raw"], row["active_users"]) == (83, 165, 165, 2)
    assert (row["total_users"], row["active_percent"]) == (2, 1.0)  # the idle one did nothing at all


def test_the_benchmark_lies_between_two_users() -> None:
    book = world(did("a", "Open", at(20), 10), did("b", "Open", at(20), 17))
    assert benchmark(book, OPEN, TODAY) == 16.3  # 10 + 0.9 · 7


def test_nobody_active_means_no_benchmark_and_zeros() -> None:
    book = world(identified("u", at(1)))
    assert benchmark(book, OPEN, TODAY) is None
    assert score_users(book, OPEN, TODAY)["u"]["score"] == 0


def test_the_least_activity_is_1_and_the_most_is_100() -> None:
    book = world(did("little", "Open", at(20)), did("much", "Open", at(20), 9))
    rows = score_users(book, Definition({"Open": 10}, benchmark=10_000), TODAY)
    assert rows["little"]["score"] == 1
    rows = score_users(book, Definition({"Open": 10}, benchmark=0.5), TODAY)
    assert rows["much"]["score"] == 100


def test_the_window_holds_its_last_day_and_not_the_day_before_its_first() -> None:
    book = world(did("u", "Open", at(20)), did("u", "Open", at(14), 10), did("u", "Open", at(13), 100))
    assert score_users(book, OPEN, TODAY)["u"]["raw"] == 11


def test_a_day_is_a_local_day() -> None:
    book = world(did("u", "Open", at(20, 13, 30)), zone="Australia/Sydney")  # half past midnight there
    assert list(book.counts()) == [("u", None, "Open", date(2026, 3, 21))]
    assert score_users(book, OPEN, TODAY) == {}
    book = world(did("u", "Open", at(8, 4, 59)), did("u", "Open", at(9, 3, 59)), zone="America/New_York")
    # Clocks went forward on 8 March: its day is 5:00 to 4:00 in UTC.
    assert list(book.counts()) == [("u", None, "Open", date(2026, 3, 7)), ("u", None, "Open", date(2026, 3, 8))]


def test_change_looks_back_one_window_and_not_being_there_is_0() -> None:
    fixed = Definition({"Open": 1}, benchmark=100, curve="linear")
    book = world(did("u", "Open", at(20), 30), did("u", "Open", at(13), 50), did("new", "Open", at(20), 7))
    rows = score_users(book, fixed, TODAY)
    assert rows["u"]["score_last_period"] == 50  # the 7th to the 13th
    assert rows["u"]["score_yesterday"] == 50  # the 13th to the 19th
    assert rows["u"]["change"] == -20
    assert (rows["new"]["score_last_period"], rows["new"]["change"]) == (0, 7)


def test_habits_count_days_and_events() -> None:
    book = world(
        did("u", "Open", at(20), 3), did("u", "Open", at(19)), did("u", "Share", at(19)), did("u", "Print", at(1)),
        did("u", "Unscored", at(18)),
    )  # fmt: skip
    row = score_users(book, Definition({"Open": 1, "Share": 2, "Print": 3, "Never": 4}), TODAY)["u"]
    assert (row["frequency"], row["adoption"], row["lifetime_adoption"]) == (2, 0.5, 0.75)
    assert (row["recently_scored_events"], row["overall_scored_events"]) == (2, 3)
    assert row["last_active"] == TODAY
    row = score_users(book, Definition({"Open": 1}), date(2026, 3, 18))["u"]
    assert (row["last_active"], row["frequency"]) == (None, 0)


def test_the_parts_of_an_explanation_add_up_to_the_number() -> None:
    book = world(
        joins("a", "acme", at(1), name="Acme"), did("a", "Open", at(20), 3), did("a", "Share", at(19), 2),
        did("a", "Share", at(19), account="guest"), did("a", "Unscored", at(19)), identified("a", at(1), name="Ann"),
    )  # fmt: skip
    definition = Definition({"Open": 1, "Share": 9}, benchmark=30)
    why = explain(book, definition, "account", "acme", TODAY)
    assert why["parts"] == [
        {"event": "Share", "count": 2, "weight": 9, "points": 18, "share": 18 / 21},
        {"event": "Open", "count": 3, "weight": 1, "points": 3, "share": 3 / 21},
    ]
    assert (why["raw"], why["score"], why["benchmark"]) == (21, 80, 30)  # 100 · (1 − 10^−0.7) = 80.05
    assert why["users"] == [{"id": "a", "name": "Ann", "score": 80, "raw": 21}]
    why = explain(book, definition, "user", "a", TODAY)
    assert (why["raw"], why["score"], [part["count"] for part in why["parts"]]) == (30, 90, [3, 3])
