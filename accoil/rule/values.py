"""What conditions compare with: texts, numbers, days and lists of them, as somebody wrote them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from itertools import islice
from typing import Any

from accoil.rule.conditions import Value
from accoil.rule.vocabulary import OPERATORS

LONGEST = 255
MOST_VALUES = 1000
MOST_DAYS = 36_500
LARGEST = 1e15  # numbers up to here are exact in every engine


class Wrong(Exception):
    """What to write instead."""


def read(op: str, raw: Any, number: bool | None) -> tuple[str, Value]:
    """The operator and its value. `number`: only numbers (True) or only days (False) fit; None: whatever fits the
    operator. Raises Wrong."""
    match OPERATORS[op]:
        case "one":
            return op, _one(raw, number)
        case "several":
            return op, tuple(dict.fromkeys(_one(each, number) for each in _several(raw)))
        case "text":
            return op, _part(raw)
        case "number":
            return op, _number(raw)
        case "range":
            return op, _range(raw, number)
        case "day":
            return op, _day(raw)
        case "days":
            return op, _how_many_days(raw)
        case "yes":
            if not isinstance(raw, bool):
                raise Wrong("write true or false")
            return (op if raw else {"is_set": "is_not_set", "is_not_set": "is_set"}[op]), True


def shown(value: object) -> str:
    """How a wrong value is named in a sentence: short, and as it would be written in a file."""
    text = "empty" if value is None else _written(value, depth=3)
    return text if len(text) <= 60 else text[:59] + "…"


def _written(value: object, depth: int) -> str:
    """As JSON; of what is long or deep only the beginning, since it may have no end."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping | list | tuple):
        inner, more = ["…"], ", …" if depth and len(value) > 5 else ""
        if depth and isinstance(value, Mapping):
            inner = [f"{_written(key, 0)}: {_written(value[key], depth - 1)}" for key in islice(value, 5)]
        elif depth:
            inner = [_written(each, depth - 1) for each in islice(value, 5)]
        brackets = "{}" if isinstance(value, Mapping) else "[]"
        return f"{brackets[0]}{', '.join(inner)}{more}{brackets[1]}" if value else brackets
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace").decode()


def nearest(name: str, known: Iterable[str]) -> str | None:
    known = list(known)
    alike = {each.lower(): each for each in reversed(known)}
    found = get_close_matches(name.lower(), alike, n=1, cutoff=0.6)
    return alike[found[0]] if found else None


def wrong_text(text: str) -> str | None:
    """Why a text can be no name and no value, as the end of a sentence."""
    if not text.strip():
        return "write at least one character that is not blank"
    if len(text) > LONGEST:
        return f"write at most {LONGEST} characters"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "half of a character stands alone in it, which no text can hold"
    return None


def _one(raw: Any, number: bool | None) -> Value:
    if number is False:
        return _day(raw)
    if number:
        return _number(raw)
    if isinstance(raw, bool):
        return "true" if raw else "false"  # as text, since that is how a trait holds it
    if isinstance(raw, int | float):
        return _number(raw)
    return raw.isoformat() if isinstance(raw, date) else _text(raw)


def _several(raw: Any) -> Sequence[Any]:
    if not isinstance(raw, Sequence) or isinstance(raw, str | bytes) or not raw:
        raise Wrong("write a list of at least one value, such as [Trial, Free]")
    if len(raw) > MOST_VALUES:
        raise Wrong(f"write at most {MOST_VALUES} values")
    return raw


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Wrong("write text, in quotation marks")
    if problem := wrong_text(raw):
        raise Wrong(problem)
    return raw


def _part(raw: Any) -> str:
    """Of a text; a blank will do."""
    return raw if isinstance(raw, str) and raw.isspace() and len(raw) <= LONGEST else _text(raw)


def _number(raw: Any) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Wrong("write a number, without quotation marks")
    if not abs(raw) <= LARGEST:  # nor what is no number, though it is a float
        raise Wrong("write a number below a million billions")
    return int(raw) if raw == int(raw) else raw


def _range(raw: Any, number: bool | None) -> tuple[Value, Value]:
    if not isinstance(raw, Sequence) or isinstance(raw, str | bytes) or len(raw) != 2:
        raise Wrong("write a list of two, the smaller first, such as [10, 20]")
    days = number is False or (number is None and all(isinstance(end, str | date) for end in raw))
    low, high = (_day(end) if days else _number(end) for end in raw)
    if low > high:  # type: ignore[operator]
        raise Wrong("write the smaller one first")
    return low, high


def _day(raw: Any) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    try:
        if isinstance(raw, str) and len(raw) == 10:
            return date.fromisoformat(raw)
    except ValueError:
        pass
    raise Wrong("write a day such as 2026-03-31")


def _how_many_days(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= MOST_DAYS:
        raise Wrong(f"write a whole number of days, at most {MOST_DAYS:,}")
    return raw
