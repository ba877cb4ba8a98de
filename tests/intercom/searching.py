"""POST /contacts/search: filters, two levels deep, over the contacts that a search can see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.intercom.calls import Refusal
from tests.intercom.records import Contact
from tests.intercom.workspace import Workspace

MOST_FILTERS = 15  # in a group
DEEPEST = 2
DATES = {"created_at", "updated_at", "last_seen_at", "signed_up_at"}
FIELDS = {"id", "email", "name", "external_id", "role", "tag_id", *DATES}

Test = Callable[[Contact], bool]
_TEXT: dict[str, Callable[[str, Any], bool]] = {
    "=": lambda has, asked: has == str(asked).lower(),
    "!=": lambda has, asked: has != str(asked).lower(),
    "IN": lambda has, asked: has in {str(one).lower() for one in asked},
    "NIN": lambda has, asked: has not in {str(one).lower() for one in asked},
    "~": lambda has, asked: str(asked).lower() in has,
    "!~": lambda has, asked: str(asked).lower() not in has,
    "^": lambda has, asked: has.startswith(str(asked).lower()),
    "$": lambda has, asked: has.endswith(str(asked).lower()),
}


def found(workspace: Workspace, query: dict[str, Any]) -> list[Contact]:
    """In the order in which they were made."""
    test, now = _compiled(workspace, query, 1), workspace.clock()
    some = _candidates(workspace, query)
    contacts: Iterable[Contact | None] = workspace.contacts.values()
    if some is not None:
        contacts = [workspace.contacts[id] for id in sorted(some)]
    return [one for one in contacts if one and not one.gone and one.found_from <= now and test(one)]


def _candidates(workspace: Workspace, query: dict[str, Any]) -> set[str] | None:
    """Ids that could fit, from the index of addresses; None when it does not help."""
    operator, value = query["operator"], query["value"]
    if operator == "OR":
        parts = [_candidates(workspace, one) for one in value]
        return None if None in parts else set().union(*(part for part in parts if part))
    if query.get("field") == "email" and operator in ("=", "IN"):
        emails = value if operator == "IN" else [value]
        return set().union(*(workspace.by_email.get(str(email).lower(), set()) for email in emails))
    return None


def _compiled(workspace: Workspace, query: dict[str, Any], depth: int) -> Test:
    operator, value = query.get("operator"), query.get("value")
    if operator in ("AND", "OR"):
        if depth > DEEPEST:
            raise Refusal(400, "invalid_query", f"Queries can be nested {DEEPEST} deep at most")
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_FILTERS:
            raise Refusal(400, "invalid_query", f"A group holds 1 to {MOST_FILTERS} filters")
        tests = [_compiled(workspace, one, depth + 1) for one in value]
        combine = all if operator == "AND" else any
        return lambda contact: combine(test(contact) for test in tests)
    return _single(workspace, query.get("field"), operator, value)


def _single(workspace: Workspace, field: Any, operator: Any, value: Any) -> Test:
    name = str(field)
    custom = name.removeprefix("custom_attributes.")
    if name not in FIELDS and not (name != custom and workspace.named("contact", custom)):
        raise Refusal(400, "invalid_field", f"{name} is not a valid search field", name)
    if value is None or (operator in ("IN", "NIN")) != isinstance(value, list):
        raise Refusal(400, "invalid_value", f"The value of {name} does not fit the operator {operator}", name)
    if name == "tag_id" and operator in ("=", "!="):
        return lambda contact: (str(value) in contact.tags) == (operator == "=")
    if name in DATES and operator in ("=", "<", ">"):
        return lambda contact: _date(getattr(contact, name), operator, int(value))
    if operator not in _TEXT or name == "tag_id" or name in DATES:
        raise Refusal(400, "invalid_operator", f"{operator} is not valid for {name}", name)
    compare = _TEXT[operator]
    return lambda contact: compare(_text(contact, name, custom), value)


def _text(contact: Contact, name: str, custom: str) -> str:
    has = contact.custom_attributes.get(custom) if name != custom else getattr(contact, name)
    return "" if has is None else str(has).lower()


def _date(has: int | None, operator: str, asked: int) -> bool:
    """Whole days only, as Intercom compares them (here UTC's)."""
    if has is None:
        return False
    day, other = has // 86400, asked // 86400
    return {"=": day == other, "<": day < other, ">": day > other}[operator]
