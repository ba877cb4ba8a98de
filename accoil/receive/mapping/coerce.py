"""Values made to fit the type of a field, as far as nothing is lost."""

from typing import Any, Literal

from accoil.receive import times
from accoil.receive.mapping.filter.values import number, text

Type = Literal["STRING", "NUMBER", "BOOLEAN", "OBJECT", "DATETIME"]

CALLED: dict[Type, str] = {
    "STRING": "text",
    "NUMBER": "a number",
    "BOOLEAN": "true or false",
    "OBJECT": "an object",
    "DATETIME": "a date, as ISO 8601 or Unix time",
}


def is_nothing(value: Any) -> bool:
    """Null, and text without a visible character: such an id or name is none."""
    return value is None or (isinstance(value, str) and (not value or value.isspace()))


def fit(value: Any, type: Type) -> Any:
    """The value as that type: 42 → "42", "9900" → 9900, dates as sent. None where it is nothing or does not fit."""
    if is_nothing(value):
        return None
    match type:
        case "STRING":
            return text(value)
        case "NUMBER":
            return number(value)
        case "BOOLEAN":
            return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value))
        case "OBJECT":
            return value if isinstance(value, dict) else None
        case "DATETIME":
            return value if times.parse(value) is not None else None
