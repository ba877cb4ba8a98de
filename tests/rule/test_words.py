"""Rules in words that a salesperson reads."""

from typing import Any

import pytest

from accoil.rule.tree import Scope, check, words

AT_RISK = {
    "all": [
        {"metric": "score", "below": 25},
        {"any": [{"metric": "mrr", "above": 10000}, {"account_trait": "plan", "is": "Enterprise"}]},
    ]
}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (AT_RISK, "score below 25 and (MRR above $100 or plan is Enterprise)"),
        ({"all": []}, "everyone"),
        ({"any": [{"metric": "raw", "at_least": 1000}]}, "points at least 1,000"),
        ({"none": [{"segment": "Passive"}, {"stage": "Gone"}]}, "not (in the segment Passive or in the stage Gone)"),
        ({"segment": "Passive", "in": False}, "not in the segment Passive"),
        ({"user_trait": "role", "one_of": ["admin", "owner", "it"]}, "a user’s role is admin, owner or it"),
        ({"account_trait": "plan", "none_of": ["Free"]}, "plan is not Free"),
        ({"account_trait": "plan", "is": " a\nb"}, "plan is “ a\nb”"),
        ({"account_trait": "plan", "is_set": True}, "plan is known"),
        ({"account_trait": "plan", "is_set": False}, "plan is not known"),
        ({"account_trait": "seats", "between": [2, 2000.5]}, "seats between 2 and 2,000.5"),
        ({"account_trait": "renews", "before": "2026-03-01"}, "renews before 1 March 2026"),
        ({"account_trait": "renews", "more_than_days_ago": 1}, "renews more than 1 day ago"),
        ({"event": "Report_Created"}, "did Report_Created"),
        ({"event": "Report_Created", "did": False, "within_days": 7}, "did not do Report_Created in the last 7 days"),
        ({"event": "A", "at_least": 3, "within_days": 1}, "did A at least 3 times today"),
        ({"event": "A", "did": False, "at_least": 3}, "did A fewer than 3 times"),
        ({"feature": "Reports", "within_days_of_created": 14}, "used Reports within 14 days of being created"),
        ({"feature": "Reports", "did": False}, "did not use Reports"),
        ({"account_event": "A"}, "did A"),
        ({"metric": "activation", "below": 50}, "activation below 50 %"),
        ({"metric": "change", "at_most": -10}, "change of score at most -10"),
        ({"metric": "change", "at_least": 10, "days": 30}, "change of score over 30 days at least 10"),
        ({"metric": "last_active", "in_last_days": 30}, "last active in the last 30 days"),
        ({"metric": "last_active", "is_not_set": True}, "last active is not known"),
        ({"metric": "created_at", "after": "2026-12-31"}, "created after 31 December 2026"),
        ({"metric": "frequency", "at_least": 5}, "frequency at least 5 days"),
        ({"metric": "tenure", "above": 1}, "tenure above 1 day"),
        ({"metric": "mrr", "between": [-50, 123456]}, "MRR between −$0.50 and $1,234.56"),
    ],
)
def test_a_rule_about_accounts_in_words(raw: Any, said: str) -> None:
    assert words(check(raw, "account")) == said


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"user_trait": "role", "is": "admin"}, "role is admin"),
        ({"account_trait": "plan", "is_not": "Free"}, "the account’s plan is not Free"),
        ({"metric": "mrr", "above": 10000}, "the account’s MRR above €100"),
        ({"account_event": "A"}, "somebody on the account did A"),
        ({"account_event": "A", "did": False, "within_days": 30}, "nobody on the account did A in the last 30 days"),
        ({"account_event": "A", "at_least": 5}, "the account’s users did A at least 5 times"),
    ],
)
def test_a_rule_about_users_names_what_is_the_account_s(raw: Any, said: str) -> None:
    scope: Scope = "user"
    assert words(check(raw, scope), scope, currency="€") == said


def test_brackets_stand_only_where_they_are_needed() -> None:
    one, two = {"event": "A"}, {"event": "B"}
    raw = {"any": [{"all": [one, two]}, {"all": [one]}, {"none": [{"any": [one, two]}]}, {"none": [one]}]}
    assert words(check(raw, "user")) == "(did A and did B) or did A or not (did A or did B) or not (did A)"
