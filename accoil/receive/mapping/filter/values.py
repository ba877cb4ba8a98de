"""How the values of an event compare."""

import re
from typing import Any

Scalar = str | int | float | bool | None

_number = re.compile(r"\s*-?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?\s*")


def text(value: Any) -> str | None:
    """42 and 42.0 as "42", true as "true"; None for what has no text of its own: null, lists and objects."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return None


def number(value: Any) -> int | float | None:
    """A number, also one written as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and _number.fullmatch(value):
        try:
            return int(value)
        except ValueError:
            return float(value)
    return None


def same(left: Any, right: Any) -> bool:
    """Equal; across types, equal as text: an id that one client sends as 42 and another as "42" is one id."""
    if type(left) is type(right):
        return bool(left == right)
    written = text(left)
    return written is not None and written == text(right)
