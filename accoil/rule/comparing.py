"""An operator and its value as a comparison in SQL. What is unset compares to null, which is no."""

from datetime import date
from typing import Any

from accoil.count import days
from accoil.count.numeric import number_in
from accoil.rule.conditions import Scope
from accoil.rule.vocabulary import WITHOUT_CASE
from accoil.store.store import Value

SIGNS = {"above": ">", "below": "<", "at_least": ">=", "at_most": "<=", "before": "<", "after": ">"}
TEXTS = {"contains": "contains", "starts_with": "starts_with", "ends_with": "ends_with"}


class Bound:
    """Values beside a text, each under a name of its own."""

    def __init__(self, prefix: str) -> None:
        self.values: dict[str, Value] = {}
        self._prefix = prefix

    def put(self, value: str | int | float | date) -> str:
        """What stands for it in the text."""
        name = f"{self._prefix}{len(self.values) + 1}"
        self.values[name] = days.number(value) if isinstance(value, date) else value
        return f":{name}"


def compare(figure: str, op: str, value: Any, bound: Bound) -> str:
    """A number with numbers, or a day (in days since 1970) with days; `figure` is the SQL of it."""
    match op:
        case "is_set":
            return f"{figure} is not null"
        case "is":
            return f"{figure} = {bound.put(_exact(value))}"
        case "one_of":
            return f"{figure} in ({', '.join(bound.put(_exact(each)) for each in value)})"
        case "between":
            low, high = (bound.put(_exact(end)) for end in value)
            return f"{figure} between {low} and {high}"
        case "in_last_days":
            return f"({figure} > :as_of - {bound.put(value)} and {figure} <= :as_of)"
        case "more_than_days_ago":
            return f"{figure} < :as_of - {bound.put(value)}"
        case _:
            return f"{figure} {SIGNS[op]} {bound.put(_exact(value))}"


def compare_trait(of: Scope, key: str, op: str, value: Any, bound: Bound) -> str:
    """A trait's value as it is told: `text`, `number` where it is one, `moment_day` where it is a day."""
    fold = "lower({})" if key in WITHOUT_CASE[of] else "{}"
    if op == "is_set":
        return "text is not null"
    if op in TEXTS:
        return f"{TEXTS[op]}({fold.format('text')}, {fold.format(bound.put(value))})"
    if op in ("is", "one_of"):
        return _is_one_of(value if op == "one_of" else (value,), fold, bound)
    last = value[0] if isinstance(value, tuple) else value
    is_day = isinstance(last, date) or op in ("in_last_days", "more_than_days_ago")
    return compare("moment_day" if is_day else "number", op, value, bound)


def holds_for_zero(op: str, value: Any) -> bool:
    """Whether a comparison of numbers holds for 0."""
    match op:
        case "is_set":
            return True
        case "is":
            return bool(value == 0)
        case "one_of":
            return 0 in value
        case "between":
            return bool(value[0] <= 0 <= value[1])
        case _:
            return bool({"above": value < 0, "below": value > 0, "at_least": value <= 0, "at_most": value >= 0}[op])


def _is_one_of(values: tuple[str | int | float, ...], fold: str, bound: Bound) -> str:
    """Numbers and texts that look like numbers match what is the same number; other texts only themselves."""
    texts = [fold.format(bound.put(value)) for value in values if isinstance(value, str)]
    numbers = [bound.put(number) for number in map(number_in, values) if number is not None]
    parts = [f"{fold.format('text')} in ({', '.join(texts)})"] if texts else []
    parts += [f"number in ({', '.join(numbers)})"] if numbers else []
    return f"({' or '.join(parts)})"


def _exact(value: int | float | date) -> float | date:
    return value if isinstance(value, date) else float(value)
