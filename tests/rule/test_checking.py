"""What is a rule, what is not, and what is said about it."""

from datetime import date, datetime
from typing import Any

import pytest

from accoil.rule.tree import (
    EVERYTHING,
    IN_FILTER,
    IN_STEPS,
    Allowed,
    Event,
    Group,
    Mentions,
    Metric,
    Refused,
    Scope,
    Segment,
    Stage,
    Trait,
    check,
    mentions,
    written,
)

AT_RISK = {"all": [{"metric": "score", "below": 25}, {"any": [{"metric": "mrr", "above": 10000}]}]}


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (AT_RISK, Group("all", (Metric("score", "below", 25), Group("any", (Metric("mrr", "above", 10000),))))),
        ({"none": [{"segment": "New Accounts", "in": False}]}, Group("none", (Segment("New Accounts", False),))),
        ({"all": []}, Group("all", ())),
        ({"user_trait": "role", "one_of": ["a", 1, True, "a"]}, Trait("user", "role", "one_of", ("a", 1, "true"))),
        ({"account_trait": "plan", "is_set": False}, Trait("account", "plan", "is_not_set", True)),
        ({"user_trait": "seats", "between": [1, 2.5]}, Trait("user", "seats", "between", (1, 2.5))),
        ({"user_trait": "trialEnds", "before": "2026-03-01"}, Trait("user", "trialEnds", "before", date(2026, 3, 1))),
        ({"user_trait": "since", "is": date(2026, 3, 1)}, Trait("user", "since", "is", "2026-03-01")),
        ({"event": "Report_Created"}, Event("event", "Report_Created")),
        ({"event": "A", "did": False, "at_least": 2, "within_days": 7}, Event("event", "A", False, 2, 7)),
        ({"feature": "Reports", "within_days_of_created": 14}, Event("feature", "Reports", True, 1, None, 14)),
        ({"metric": "change", "at_least": 10.0, "days": 30}, Metric("change", "at_least", 10, 30)),
        ({"metric": "last_active", "in_last_days": 0}, Metric("last_active", "in_last_days", 0)),
        ({"stage": "Trial"}, Stage("Trial")),
    ],
)
def test_a_rule_is_read_and_written_and_read_again(raw: dict[str, Any], rule: Any) -> None:
    assert check(raw, "account") == rule
    assert check(written(rule), "account") == rule
    assert hash(check(raw, "account")) == hash(rule)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ([], "A rule is a mapping such as {metric: score, below: 25}; this is []."),
        ({}, "A condition begins with one of all, any, none, user_trait, account_trait, event, account_event, feature,"
             " metric, segment, stage; it is empty."),
        ({1: 2}, "The key 1 is not text; put it in quotation marks."),
        ({"user_trai": "role", "is": "x"}, "“user_trai” is not a kind of condition; did you mean “user_trait”?"),
        ({"event": "A", "metric": "score"}, "“event” and “metric” stand in one condition; write two, in a list under"
                                            " all or any."),
        ({"metric": "scor", "above": 1}, "“scor” is not a metric; did you mean “score”?"),
        ({"metric": "score", "abov": 1}, "“abov” is not an operator; did you mean “above”?"),
        ({"metric": "score", "contains": "7"}, "“contains” does not fit score; there are is, is_not, one_of, none_of,"
                                               " above, below, at_least, at_most, between, is_set, is_not_set."),
        ({"metric": "score"}, "The condition on score compares with nothing; add one of is, is_not, one_of, none_of,"
                              " above, below, at_least, at_most, between, is_set, is_not_set."),
        ({"metric": "score", "above": 1, "below": 9}, "“above” and “below” stand in one condition; write two, in a list"
                                                      " under all."),
        ({"metric": "score", "above": "ten"}, 'above is "ten"; write a number, without quotation marks.'),
        ({"metric": "score", "above": True}, "above is true; write a number, without quotation marks."),
        ({"metric": "score", "above": float("nan")}, "above is NaN; write a number below a million billions."),
        ({"metric": "adoption", "above": 101}, "above is 101; adoption lies between 0 and 100."),
        ({"metric": "raw", "above": 1, "days": 7}, "“days” stands beside “raw”; only change is over a number of days."),
        ({"metric": "last_active", "above": 7}, "“above” does not fit last_active; there are is, is_not, one_of,"
            " none_of, between, before, after, in_last_days, more_than_days_ago, is_set, is_not_set."),
        ({"metric": "created_at", "before": "March"}, 'before is "March"; write a day such as 2026-03-31.'),
        ({"metric": "created_at", "before": datetime(2026, 1, 1)}, "before is 2026-01-01T00:00:00; write a day such as"
                                                                   " 2026-03-31."),
        ({"metric": "created_at", "in_last_days": -1}, "in_last_days is -1; write a whole number of days, at most"
                                                       " 36,500."),
        ({"user_trait": "role", "is": None}, "is is empty; write text, in quotation marks."),
        ({"user_trait": "role", "is": " "}, 'is is " "; write at least one character that is not blank.'),
        ({"user_trait": "role", "is": "\ud800"}, 'is is "?"; half of a character stands alone in it, which no text can'
                                                 " hold."),
        ({"user_trait": "role", "one_of": "admin"}, 'one_of is "admin"; write a list of at least one value, such as'
                                                    " [Trial, Free]."),
        ({"user_trait": "role", "between": [2, 1]}, "between is [2, 1]; write the smaller one first."),
        ({"user_trait": "role", "contains": 7}, "contains is 7; write text, in quotation marks."),
        ({"user_trait": "role", "is_set": "yes"}, 'is_set is "yes"; write true or false.'),
        ({"user_trait": 7, "is": 1}, "user_trait is 7, which is not a name; put it in quotation marks."),
        ({"event": "A", "at_leats": 2}, "“at_leats” is not a key of a condition on an event; did you mean “at_least”?"),
        ({"event": "A", "at_least": 0}, "at_least is 0; write a whole number from 1 to 1,000,000."),
        ({"event": "A", "within_days": 7, "within_days_of_created": 7},
         "within_days and within_days_of_created stand in one condition; choose one."),
        ({"event": "A", "did": "no"}, 'did is "no"; write true or false.'),
        ({"segment": "S", "is": True}, "“is” is not a key of a condition on a segment; there is only in."),
        ({"all": {"event": "A"}}, 'all is {"event": "A"}; write a list of rules.'),
        ({"any": []}, "any is an empty list; put at least one rule into it."),
        ({"all": [], "event": "A"}, "“all” and “event” stand in one condition; write two, in a list under all or any."),
        ({"all": [], "x": 1}, "“x” stands beside “all”; a group of rules has no other key."),
        ({"all": [{"event": "A"}, {"any": [{"metric": "score", "above": "1"}]}]},
         'all 2, any 1: above is "1"; write a number, without quotation marks.'),
    ],
)  # fmt: skip
def test_what_is_not_a_rule_is_refused_with_a_sentence(raw: Any, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        check(raw, "account")
    assert str(refused.value) == sentence


def test_numbers_have_an_end() -> None:
    for number in (10**16, 10**400, -(10**400), float("inf"), float("nan")):
        with pytest.raises(Refused, match="write a number below a million billions"):
            check({"user_trait": "seats", "above": number}, "user")


def test_depth_and_size_have_an_end() -> None:
    deep: dict[str, Any] = {"event": "A"}
    for _ in range(20):
        deep = {"any": [deep]}
    check(deep, "user")
    with pytest.raises(Refused, match="Groups stand 20 deep; that is the most"):
        check({"any": [deep]}, "user")
    with pytest.raises(Refused, match="The rule holds 101 conditions; 100 is the most"):
        check({"all": [{"any": [{"event": "A"}] * 50}, {"any": [{"event": "A"}] * 51}]}, "user")
    endless: list[Any] = []
    endless.append({"all": endless})
    with pytest.raises(Refused, match="Groups stand 20 deep"):
        check({"all": endless}, "user")


def test_what_has_no_end_is_refused_like_anything_else() -> None:
    bomb: dict[str, Any] = {"event": "A"}
    for _ in range(19):
        bomb = {"all": [bomb] * 9}
    with pytest.raises(Refused, match="more than 400 groups and conditions"):
        check(bomb, "user")
    endless: list[Any] = [{"b": {"c": {"d": 1}}}, *range(9)]
    endless.append(endless)
    for wrong in (endless, {"a": endless}, bomb):
        with pytest.raises(Refused, match=r"^is is [\[{].*…"):
            check({"user_trait": "role", "is": wrong}, "user")


@pytest.mark.parametrize(("allowed", "reason"), [(IN_FILTER, "the filter decides"), (IN_STEPS, "a step decides")])
def test_filters_and_steps_ask_only_for_what_is_known_before_scores(allowed: Allowed, reason: str) -> None:
    for name in ("created_at", "tenure", "frequency", "mrr"):
        op = {"in_last_days": 30} if name == "created_at" else {"above": 3}
        assert check({"metric": name, **op}, "user", allowed) == check({"metric": name, **op}, "user", EVERYTHING)
    for raw in ({"metric": "score", "above": 1}, {"metric": "last_active", "is_set": True}):
        with pytest.raises(Refused, match=f"“{raw['metric']}” cannot be asked for here: .*{reason}"):
            check({"all": [raw]}, "user", allowed)
    for raw in ({"segment": "S", "in": True}, {"stage": "S"}):
        with pytest.raises(Refused, match=f"^none 1: “{next(iter(raw))}” cannot be asked for here: .*{reason}"):
            check({"none": [raw]}, "user", allowed)


@pytest.mark.parametrize("scope", ["user", "account"])
def test_figures_of_accounts_are_refused_in_rules_about_users(scope: Scope) -> None:
    for name in ("active_users", "total_users", "active_percent"):
        raw = {"metric": name, "at_least": 2}
        if scope == "account":
            assert check(raw, scope) == Metric(name, "at_least", 2)
        else:
            with pytest.raises(
                Refused, match=f"“{name}” is a metric of accounts; a rule about users cannot ask for it"
            ):
                check(raw, scope)


def test_mentions_are_the_names_in_a_rule_each_once() -> None:
    raw = {
        "all": [
            {"event": "B"},
            {"any": [{"account_event": "A"}, {"feature": "F"}, {"event": "B", "did": False}, {"stage": "T"}]},
            {"none": [{"segment": "S"}, {"user_trait": "u", "is_set": True}, {"account_trait": "a", "is_set": True}]},
            {"metric": "raw", "above": 1},
        ]
    }
    assert mentions(check(raw, "user")) == Mentions(("B", "A"), ("F",), ("S",), ("T",), ("u",), ("a",), ("raw",))
    assert mentions() == Mentions()
