"""A product's mappings as people write them: in files, on pages, in the database.

{name: Reports, trigger: event = "report.created", action: track, fields: {event: Report_Created}}
"""

from collections.abc import Iterable
from collections.abc import Mapping as Written
from typing import Any

import msgspec

from accoil.receive.mapping.actions import ACTIONS, Action, Field
from accoil.receive.mapping.fields import read_form
from accoil.receive.mapping.filter import Filter
from accoil.refused import At, Refused

MOST = 50  # per product
LONGEST_NAME = 100
KEYS = ("name", "trigger", "action", "fields", "enabled")


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """Events that meet `trigger` become calls by `action`. `fields` holds only what differs from the defaults, in the
    form of fields.py. `id` is that of the database, 0 before it is there."""

    id: int = 0
    name: str
    trigger: str
    action: str
    fields: dict[str, Any] = {}
    enabled: bool = True

    def to_yaml_dict(self) -> dict[str, Any]:
        """The written form, without what goes without saying; `check` reads it."""
        written: dict[str, Any] = {"name": self.name, "trigger": self.trigger, "action": self.action}
        if self.fields:
            written["fields"] = self.fields
        if not self.enabled:
            written["enabled"] = False
        return written

    def does(self) -> tuple[str, str, bytes]:
        """The same for two mappings that do the same, whatever their names and spellings."""
        fields = msgspec.json.encode(self.fields, order="sorted")
        return Filter(self.trigger).canonical, self.action, fields


PRESETS = tuple(
    Mapping(name=f"{action.label} Calls", trigger=action.trigger, action=key)
    for key, action in ((key, ACTIONS[key]) for key in ("identify", "page", "track", "screen", "group"))
)


def check(raw: Any, id: int = 0) -> Mapping:
    """Reads a mapping that somebody wrote. Raises Refused with a sentence that names the mapping and what is wrong."""
    if not isinstance(raw, Written):
        raise Refused("A mapping is an object with the keys name, trigger, action and fields.")
    name = _name(raw.get("name"))
    with At(f"Mapping “{name}”"):
        for key in raw:
            if key not in KEYS:
                raise Refused(f"“{key}” is not a key of a mapping; there are: {', '.join(KEYS)}.")
        action = _action(raw.get("action"))
        return Mapping(
            id=id,
            name=name,
            trigger=_trigger(raw.get("trigger", action.trigger)),
            action=action.key,
            fields=_fields(raw.get("fields"), action),
            enabled=_enabled(raw.get("enabled", True)),
        )


def check_all(raws: Any) -> list[Mapping]:
    """Reads the `mappings` of a definition file. Raises Refused."""
    if not isinstance(raws, list):
        raise Refused("mappings must be a list.")
    mappings = [check(raw) for raw in raws]
    check_number(mappings)
    return mappings


def check_number(mappings: Iterable[Mapping]) -> None:
    """Raises Refused for more mappings than a product may have, and for a name that two of them bear."""
    names = [mapping.name for mapping in mappings]
    if len(names) > MOST:
        raise Refused(f"These are {len(names)} mappings; a product has at most {MOST}.")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise Refused(f"Two mappings are called “{twice}”; give one of them another name.")


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refused("A mapping needs a name.")
    if len(value) > LONGEST_NAME:
        raise Refused(f"The mapping name “{value[:40]}…” is longer than {LONGEST_NAME} characters.")
    return value.strip()


def _action(value: object) -> Action:
    found = ACTIONS.get(value) if isinstance(value, str) else None
    if not found:
        raise Refused(f"action must be one of {', '.join(ACTIONS)}.")
    return found


def _trigger(value: object) -> str:
    if not isinstance(value, str):
        raise Refused('trigger must be a filter text, such as type = "track".')
    with At("trigger"):
        Filter(value, is_new=True)
    return value.strip()


def _fields(value: object, action: Action) -> dict[str, Any]:
    """The forms that differ from the default, in the order of the action's fields."""
    if value is None:
        return {}
    if not isinstance(value, Written):
        raise Refused("fields must be an object, such as {event: Report_Created}.")
    for key in value:
        if not action.field(key):
            others = ", ".join(field.key for field in action.fields)
            raise Refused(f"{action.label} has no field “{key}”; {f'it has {others}' if others else 'it has none'}.")
    differing = {}
    for field in action.fields:
        form = value.get(field.key, field.default)
        check_form(field, form)
        if form != field.default:
            differing[field.key] = form
    return differing


def check_form(field: Field, form: Any) -> None:
    """Whether a form (fields.py) can fill the field. Raises Refused with a sentence that begins with its label."""
    if form is None and field.required:
        raise Refused(f"{field.label} is required; say where it comes from, such as {field.default}.")
    with At(field.label):
        read_form(form, field.type)


def _enabled(value: object) -> bool:
    if not isinstance(value, bool):
        raise Refused("enabled must be true or false.")
    return value
