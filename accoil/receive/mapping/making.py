"""From an event to the call that a mapping makes of it."""

from collections.abc import Callable
from typing import Any

import msgspec

from accoil.receive.mapping.actions import TIMESTAMP, TRAITS, Action, Field
from accoil.receive.mapping.coerce import fit, is_nothing
from accoil.receive.mapping.fields import Reader, read_form, to_text
from accoil.receive.mapping.filter.values import text

Event = dict[str, Any]

# Who, when and in which account: what tells two calls apart and where they belong, whatever the fields say.
CARRIED = ("messageId", "anonymousId", "groupId", "sentAt", "context")
OWN_TIME = ("timestamp", "originalTimestamp")


class Skipped(msgspec.Struct, frozen=True):
    """A mapping took an event and could make no call of it; `reason` is a sentence."""

    reason: str


Make = Callable[[Event, Event], Event | Skipped]


def maker(action: Action, forms: dict[str, Any]) -> Make:
    """What an action makes of an event and of the same event `as_read`. `forms` are those that differ from the
    defaults. Raises Refused.

    An event of the action's own type, with no field mapped otherwise, stays as it is: then mappings that only pick
    events never change what the front door would have made of them.
    """
    filled = [(field, read_form(forms.get(field.key, field.default), field.type)) for field in action.fields]

    def make(event: Event, seen: Event) -> Event | Skipped:
        if action.type is None or (not forms and event.get("type") == action.type):
            return event
        return _call(action, filled, forms, seen)

    return make


def as_read(event: Event) -> Event:
    """The event with what the front door finds elsewhere put where a path expects it: traits and id of an identify,
    the name of a page."""
    found: dict[str, Any] = {}
    if event.get("type") == "identify":
        if not isinstance(traits := event.get("traits"), dict):
            context = event.get("context")
            found["traits"] = traits = context.get("traits") if isinstance(context, dict) else None
        if is_nothing(event.get("userId")) and isinstance(traits, dict):
            found["userId"] = next((id for key in ("userId", "id") if (id := _id(traits.get(key)))), None)
    elif event.get("type") in ("page", "screen") and is_nothing(event.get("name")):
        found["name"] = _page_name(event.get("properties"))
    return {**event, **found} if found else event


def _id(value: Any) -> str | None:
    return None if isinstance(value, bool | float) else text(value)


def _page_name(properties: Any) -> str | None:
    found = (properties.get(key) for key in ("name", "title", "path")) if isinstance(properties, dict) else ()
    return next((name for name in found if isinstance(name, str) and not is_nothing(name)), None)


def _call(action: Action, filled: list[tuple[Field, Reader]], forms: dict[str, Any], event: Event) -> Event | Skipped:
    carried = [key for key in CARRIED if key in event and not action.field(key)]
    call = {"type": action.type, **{key: event[key] for key in carried}}
    traits: dict[str, Any] = {}
    for field, read in filled:
        found = read(event)
        value = fit(found, field.type)
        if value is None and field.required and not _is_made_up_for(field, event):
            return _missing(field, forms)
        if field is TRAITS:
            traits = {**(value or {}), **traits}
        elif field.is_trait:
            traits[field.key] = found if value is None else value
        elif value is not None:
            call[field.key] = value
    if "timestamp" not in call or "timestamp" not in forms:
        call |= {key: event[key] for key in OWN_TIME if key in event}
    if action.field("traits"):
        call["traits"] = {key: value for key, value in traits.items() if not _is_dropped(action, key, value)}
    return call


def _is_made_up_for(field: Field, event: Event) -> bool:
    """Without a time the moment of arrival counts; somebody unknown may yet become known."""
    return field is TIMESTAMP or (field.key == "userId" and not is_nothing(event.get("anonymousId")))


def _is_dropped(action: Action, key: str, value: Any) -> bool:
    """A trait with a field of its own is what the field says: nothing found, nothing sent."""
    named = action.field(key)
    return value is None and named is not None and named.is_trait


def _missing(field: Field, forms: dict[str, Any]) -> Skipped:
    source = to_text(forms.get(field.key, field.default))
    return Skipped(f"{field.label} is required, and {source} finds none.")
