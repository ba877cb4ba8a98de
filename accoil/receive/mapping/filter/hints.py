"""Conditions that are well formed and can never be true. A mapping that never matches drops events without a word, so
it is refused while somebody is looking."""

from accoil.receive.mapping.filter.tree import Compare, Operand, Path, Value
from accoil.receive.mapping.filter.values import number

TYPES = ("track", "identify", "group", "page", "screen", "alias")
TEXT_FIELDS = ("type", "event", "name", "userId", "anonymousId", "groupId", "messageId", "previousId", "timestamp")
OBJECTS = ("properties", "traits", "context", "integrations")

_spellings = {name.lower(): name for name in (*TEXT_FIELDS, *OBJECTS)}
_spellings |= {"property": "properties", "trait": "traits", "user_id": "userId", "anonymous_id": "anonymousId"}
_spellings |= {"group_id": "groupId", "message_id": "messageId", "previous_id": "previousId"}


def misspelt(path: Path) -> str | None:
    """A sentence about a field that is called almost so, or None."""
    first = path.parts[0] if path.parts else None
    if not isinstance(first, str) or first in _spellings.values():
        return None
    meant = _spellings.get(first.lower())
    return f"An event has no field “{first}”; write “{meant}”" if meant else None


def never(condition: Compare) -> str | None:
    """A sentence about a comparison that no event can meet, or None."""
    left, right = condition.left, condition.right
    if condition.sign in ("<", "<=", ">", ">="):
        for side in (left, right):
            if isinstance(side, Value) and number(side.value) is None:
                return f"“{condition.sign}” compares numbers; what stands beside it is none"
    if condition.sign == "=":
        return _no_type(left, right) or _no_type(right, left)
    return None


def _no_type(path: Operand, value: Operand) -> str | None:
    if path != Path(("type",)) or not isinstance(value, Value) or value.value in TYPES or value.value is None:
        return None
    return f"“type” is one of {', '.join(TYPES)}"
