"""What rules mean, told in the smallest worlds that show it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accoil.rule.to_sql import condition
from accoil.rule.tree import Scope, check
from accoil.score.definition import Definition
from tests.reference_facts import Message, money
from tests.rule.asked import Asked
from tests.world import engine

TODAY = date(2026, 11, 15)
DEFINITION = Definition(window=7, events={"Used": 1})


def ms(back: int, hour: int = 12, zone: Any = UTC) -> int:
    return round(datetime.combine(TODAY - timedelta(days=back), time(hour), zone).timestamp() * 1000)


def did(user: str, event: str, back: int, account: str | None = None) -> Message:
    return Message("event", f"{user}-{event}-{back}-{account}", ms(back), user, account, event)


def told(user: str, back: int = 20, **traits: Any) -> Message:
    return Message("identify", f"{user}-{back}-{sorted(traits)}", ms(back), user, traits=traits)


def joined(user: str, account: str, back: int = 20, **traits: Any) -> Message:
    return Message("group", f"{user}-{account}-{back}", ms(back), user, account, traits=traits)


@contextmanager
def world(*messages: Message, back: int = 0, zone: str = "UTC") -> Iterator[Asked]:
    with engine(messages, zone) as running:
        yield Asked(running.product_id, DEFINITION, TODAY - timedelta(days=back))


def test_a_past_day_counts_what_was_done_by_then_for_whatever_account() -> None:
    """Twice for one account by then, and once more for another afterwards."""
    facts = [did("ann", "Used", 30, "a"), did("ann", "Used", 29, "a"), did("ann", "Used", 3, "b")]
    for back, least, holds in ((0, 3, True), (10, 3, False), (10, 2, True), (30, 2, False), (30, 1, True)):
        with world(*facts, back=back) as asked:
            rule = {"event": "Used", "at_least": least}
            assert asked.matching_raw(rule, "user") == ({"ann"} if holds else set()), (back, least)


def test_late_events_put_right_whoever_they_are_of() -> None:
    rule = {"event": "Used", "at_least": 2, "within_days": 90}
    with engine([did("ann", "Used", 1)], "UTC") as running:
        assert Asked(running.product_id, DEFINITION, TODAY).matching_raw(rule, "user") == set()
    with engine([did("ann", "Used", 1), did("ann", "Used", 80)], "UTC") as running:
        assert Asked(running.product_id, DEFINITION, TODAY).matching_raw(rule, "user") == {"ann"}


@pytest.mark.parametrize(("days", "holds"), [(2, False), (3, True), (90, True), (91, True)])
def test_the_last_n_days_hold_today_and_the_n_minus_1_before(days: int, holds: bool) -> None:
    with world(did("ann", "Used", 2), did("bob", "Used", 100)) as asked:
        assert asked.matching_raw({"event": "Used", "within_days": days}, "user") == ({"ann"} if holds else set())


@pytest.mark.parametrize("between", [True, False])
def test_long_spans_of_a_past_day_find_what_lies_between_an_earlier_and_a_later_time(between: bool) -> None:
    facts = [did("ann", "Used", 100), did("ann", "Used", 3), did("bob", "Used", 99), did("cy", "Used", 3)]
    facts += [did("ann", "Used", 50)] if between else []
    with world(*facts, back=10) as asked:
        assert asked.matching_raw({"event": "Used", "within_days": 90}, "user") == {"bob"} | (
            {"ann"} if between else set()
        )


def test_days_since_created_count_the_first_day_and_earlier_ones() -> None:
    created = (TODAY - timedelta(days=20)).isoformat()
    facts = [told("ann", createdAt=created), told("bob", createdAt=created), told("cy", createdAt=created)]
    facts += [did("ann", "Used", 25), did("bob", "Used", 14), did("cy", "Used", 13)]
    with world(*facts) as asked:
        assert asked.matching_raw({"event": "Used", "within_days_of_created": 7}, "user") == {"ann", "bob"}
        rule = {"event": "Used", "within_days_of_created": 7, "at_least": 2}
        assert asked.matching_raw(rule, "user") == set()


def test_events_of_an_account_are_those_of_all_its_users_together() -> None:
    facts = [joined("ann", "a"), joined("bob", "a"), did("ann", "Used", 1), did("bob", "Used", 2)]
    with world(*facts) as asked:
        assert asked.matching_raw({"event": "Used", "at_least": 2}, "account") == {"a"}
        assert asked.matching_raw({"account_event": "Used", "at_least": 2}, "user") == {"ann", "bob"}
        assert asked.matching_raw({"event": "Used", "at_least": 2}, "user") == set()


def test_a_user_trait_of_an_account_is_that_of_any_of_its_users() -> None:
    facts = [
        joined("ann", "a"),
        joined("bob", "a"),
        told("ann", role="admin"),
        joined("cy", "b"),
        told("cy", role="admin"),
    ]
    with world(*facts) as asked:
        assert asked.matching_raw({"user_trait": "role", "is": "admin"}, "account") == {"a", "b"}
        assert asked.matching_raw({"user_trait": "role", "is_not": "admin"}, "account") == {"a"}  # Bob
        assert asked.matching_raw({"none": [{"user_trait": "role", "is": "admin"}]}, "account") == set()


def test_what_is_unset_is_only_what_is_asked_not_to_be() -> None:
    facts = [told("ann", role="admin"), told("bob", role=" "), told("cy", role="it"), told("cy", back=10, role=None)]
    with world(*facts, joined("ann", "a", plan="Pro"), did("dan", "Used", 1)) as asked:
        unset = {"bob", "cy", "dan"}
        for op, value in (("is_not", "admin"), ("none_of", ["admin"]), ("does_not_contain", "min")):
            assert asked.matching_raw({"user_trait": "role", op: value}, "user") == unset, op
        assert asked.matching_raw({"user_trait": "role", "is_not_set": True}, "user") == unset
        for op, compared in (("above", 0), ("below", 0), ("starts_with", "a"), ("before", "2030-01-01"), ("is", "x")):
            assert asked.matching_raw({"user_trait": "role", op: compared}, "user") <= {"ann"}, op
        # Nobody's account is as good as an account without the trait.
        assert asked.matching_raw({"account_trait": "plan", "is_not": "Pro"}, "user") == {"bob", "cy", "dan"}
        assert asked.matching_raw({"metric": "mrr", "is_not_set": True}, "user") == {"ann", *unset}


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ({"is": 10}, "10.0", True), ({"is": "10"}, 10, True), ({"is": "010"}, "1e1", True), ({"is": "ten"}, 10, False),
        ({"above": 9}, "10", True), ({"above": 9}, "ten", False), ({"at_most": 10}, " 10 ", True),
        ({"between": [10, 11]}, "10", True), ({"between": [10.5, 11]}, "10", False),
        ({"one_of": [9, "10"]}, 10.0, True),
        ({"is": True}, True, True), ({"is": "true"}, True, True), ({"is": 1}, True, False), ({"is": True}, 1, False),
        ({"contains": "0"}, 105, True), ({"is": "1_0"}, 10, False), ({"below": 1}, "nan", False),
        ({"is": "Paid"}, "paid", False), ({"before": "2026-03-02"}, "2026-03-01T23:59:59Z", True),
        ({"after": "2026-03-01"}, "2026-03-01T23:59:59Z", False), ({"after": "2026-02-28"}, 1_772_323_200, True),
        ({"between": ["2026-03-01", "2026-03-01"]}, "2026-03-01", True),
    ],
)  # fmt: skip
def test_values_compare_as_they_are_read(operator: dict[str, Any], value: Any, holds: bool) -> None:
    with world(told("ann", it=value)) as asked:
        assert asked.matching_raw({"user_trait": "it", **operator}, "user") == ({"ann"} if holds else set())


def test_status_is_compared_without_case_under_any_of_its_spellings() -> None:
    facts = [
        told("ann", accountStatus="trial"),
        told("bob", status="TRIAL"),
        told("cy", status="x", accountStatus="Trial"),
    ]
    with world(*facts, joined("ann", "a", status="paid")) as asked:
        assert asked.matching_raw({"user_trait": "accountStatus", "is": "Trial"}, "user") == {"ann", "bob", "cy"}
        assert asked.matching_raw({"user_trait": "status", "one_of": ["tRIAL"]}, "user") == {"ann", "bob"}
        assert asked.matching_raw({"account_trait": "status", "starts_with": "PA"}, "user") == {"ann"}


def test_days_are_local_days_on_both_sides_of_a_clock_change() -> None:
    """In Sydney 5 April 2026 has 25 hours, from 13:00 UTC to 14:00 UTC of the next day."""
    facts = [told("ann", it="2026-04-04T12:59:59Z"), told("bob", it="2026-04-04T13:00:00Z")]
    facts += [told("cy", it="2026-04-05T13:59:59Z"), told("dan", it="2026-04-05T14:00:00Z")]
    with world(*facts, zone="Australia/Sydney") as asked:
        assert asked.matching_raw({"user_trait": "it", "before": "2026-04-05"}, "user") == {"ann"}
        assert asked.matching_raw({"user_trait": "it", "between": ["2026-04-05"] * 2}, "user") == {"bob", "cy"}
        assert asked.matching_raw({"user_trait": "it", "after": "2026-04-05"}, "user") == {"dan"}


def text_without_number() -> st.SearchStrategy[str]:
    any_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
    return any_text.filter(lambda text: bool(text.strip()) and money(text) is None)


@pytest.mark.parametrize("scope", ["user", "account"])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(hostile=text_without_number())
def test_no_text_of_a_rule_gets_into_the_question(scope: Scope, hostile: str) -> None:
    def asked_with(text: str) -> str:
        conditions = [
            {"event": text}, {"account_event": text, "at_least": 2}, {"event": text, "within_days": 7},
            {"user_trait": text, "is": text}, {"account_trait": text, "contains": text},
            {"account_trait": "status", "one_of": [text, "x"]},
        ]  # fmt: skip
        return condition(check({"any": conditions}, scope), scope).text

    assert asked_with(hostile) == asked_with("quiet")


HOSTILE = (
    "{people}", "{", "}}", ":product", ":r1", "$r1", "'; drop table counts; --", '"', "\\", "a\x00b", "%_", "<events>",
    "\u202etxet", "😀", "e\u0301", "--", "/*", "$$", "?",
)  # fmt: skip


def test_hostile_names_and_values_are_only_what_they_are() -> None:
    facts = [message for text in HOSTILE for message in (did(f"u{text}", text, 1), told(f"u{text}", **{text: text}))]
    with world(*facts) as asked:
        for text in HOSTILE:
            for rule in ({"event": text}, {"user_trait": text, "is": text}, {"user_trait": text, "ends_with": text}):
                assert asked.matching_raw(rule, "user") == {f"u{text}"}, rule


def test_the_deepest_rule_can_be_asked() -> None:
    rule: dict[str, Any] = {"metric": "score", "above": 50}
    for depth in range(20):
        rule = {("any", "all", "none")[depth % 3]: [rule, {"event": "Never"}][: 1 + depth % 2]}
    with world(did("ann", "Used", 1)) as asked:
        assert asked.matching_raw(rule, "user") <= {"ann"}


def test_only_inlined_rules_can_be_asked() -> None:
    for raw in ({"segment": "S"}, {"stage": "S"}, {"feature": "F"}):
        with pytest.raises(ValueError, match="is not inlined"):
            condition(check(raw, "user"), "user")
