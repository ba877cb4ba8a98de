"""Custom attributes of a write: checked against their definitions, then kept."""

from __future__ import annotations

from typing import Any

from tests.intercom.calls import Refusal
from tests.intercom.records import Company, Contact
from tests.intercom.workspace import Workspace

LONGEST_TEXT = 255
WHOLE = {"integer", "date", "datetime"}


def write_values(workspace: Workspace, model: str, record: Contact | Company, given: dict[str, Any] | None) -> bool:
    """All or nothing; whether anything changed. None clears a value."""
    kept: dict[str, Any] = {}
    for name, value in (given or {}).items():
        attribute = workspace.named(model, name)
        if attribute is None or attribute.archived:
            if not workspace.ignores_unknown:
                raise Refusal(400, "parameter_invalid", f"Custom attribute '{name}' does not exist", name)
            continue
        if value is not None and (wrong := _wrong(attribute.data_type, value)):
            raise Refusal(400, "parameter_invalid", f"Custom attribute '{name}' {wrong}", name)
        kept[name] = value
    before = dict(record.custom_attributes)
    for name, value in kept.items():
        if value is None:
            record.custom_attributes.pop(name, None)
        else:
            record.custom_attributes[name] = value
    return before != record.custom_attributes


def _wrong(data_type: str, value: Any) -> str:
    """What is wrong with it, "" when nothing is."""
    if isinstance(value, dict | list):
        return "must be a string, a number or a boolean"
    if data_type in WHOLE:
        return "" if isinstance(value, int) and not isinstance(value, bool) else f"must be of type {data_type}"
    if data_type == "float":
        return "" if isinstance(value, int | float) and not isinstance(value, bool) else "must be of type float"
    if data_type == "boolean":
        return "" if isinstance(value, bool) else "must be of type boolean"
    if not isinstance(value, str):
        return "must be of type string"
    return f"is longer than {LONGEST_TEXT} characters" if len(value) > LONGEST_TEXT else ""
