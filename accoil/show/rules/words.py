"""What the parts of the rule form are called, in words that a colleague would use."""

from accoil.count.ids import Kind
from accoil.rule.vocabulary import METRICS, OF_DAYS, OF_NUMBERS, OPERATORS

METRIC_WORDS = {
    "score": "Score",
    "change": "Score change",
    "raw": "Points",
    "activation": "Activation, %",
    "adoption": "Adoption, %",
    "lifetime_adoption": "Adoption ever, %",
    "frequency": "Days active",
    "active_users": "Active users",
    "total_users": "Total users",
    "active_percent": "Users active, %",
    "last_active": "Last active",
    "created_at": "Signed up",
    "tenure": "Days since sign-up",
    "mrr": "MRR, $ a month",
}
OPERATOR_WORDS = {
    "is": "is",
    "is_not": "is not",
    "one_of": "is one of",
    "none_of": "is none of",
    "contains": "contains",
    "does_not_contain": "does not contain",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "above": "is above",
    "at_least": "is at least",
    "below": "is below",
    "at_most": "is at most",
    "between": "is between",
    "before": "is before",
    "after": "is after",
    "in_last_days": "is in the last",
    "more_than_days_ago": "is more than",
    "is_set": "is known",
    "is_not_set": "is not known",
}
DID = {"did": "happened", "did_not": "did not happen"}
IN = {"in": "is in it", "not_in": "is not in it"}
SPANS = {"": "ever", "last": "in the last", "created": "after sign-up, within"}
HOW = {"all": "all of these hold", "any": "any of these holds", "none": "none of these holds"}
_ORDER_OF_NUMBERS: tuple[str, ...] = ("above", "at_least", "below", "at_most", "between", "is", "is_not")
_ORDER_OF_DAYS: tuple[str, ...] = ("in_last_days", "more_than_days_ago", "before", "after", "between", "is")


def operators(kind: str, subject: str) -> dict[str, str]:
    """What such a line can be compared by: key → words, the most used first."""
    if kind in ("event", "account_event", "feature"):
        return DID
    if kind in ("segment", "stage"):
        return IN
    if kind == "metric" and subject in METRICS:
        is_day = METRICS[subject].unit == "day"
        first = _ORDER_OF_DAYS if is_day else _ORDER_OF_NUMBERS
        fitting: tuple[str, ...] = OF_DAYS if is_day else OF_NUMBERS
    else:
        first, fitting = ("is", "is_not", "one_of", "none_of"), tuple(OPERATORS)
    return {op: OPERATOR_WORDS[op] for op in dict.fromkeys([*first, *fitting])}


def metrics(scope: Kind, allowed: frozenset[str]) -> dict[str, str]:
    return {
        name: words for name, words in METRIC_WORDS.items()
        if name in allowed and (scope == "account" or METRICS[name].users)
    }  # fmt: skip
