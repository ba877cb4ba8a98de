"""Names that nobody ever sent are allowed, and said."""

from accoil.rule.tree import Known, check, doubts

KNOWN = Known({"Report_Created", "Signed_Up"}, user_traits={"role", "status"}, account_traits={"plan"})


def test_known_names_give_no_doubt() -> None:
    rule = {
        "all": [
            {"event": "Report_Created"},
            {"user_trait": "role", "is": "x"},
            {"user_trait": "accountStatus", "is": "Paid"},  # another spelling of status
            {"account_trait": "plan", "is_set": True},
            {"feature": "Reports"},
        ]
    }
    assert doubts(KNOWN, check(rule, "user")) == []


def test_unknown_names_are_said_once_with_the_nearest_that_is_known() -> None:
    first = check({"any": [{"event": "report_created"}, {"account_event": "Zzz", "did": False}]}, "user")
    again = check(
        {"none": [{"event": "Zzz"}, {"user_trait": "plan", "is": 1}, {"account_trait": "plam", "is": 1}]}, "user"
    )
    assert doubts(KNOWN, first, again) == [
        "Nothing was counted as “report_created” yet; did you mean “Report_Created”?",
        "Nothing was counted as “Zzz” yet.",
        "No user has a trait “plan” yet.",
        "No account has a trait “plam” yet; did you mean “plan”?",
    ]
