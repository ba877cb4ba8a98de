"""What Intercom asks of the widget, read. Nothing in it is trusted beyond what it says: a text is a text."""

from collections.abc import Mapping
from typing import Any

import msgspec

TABS = ("summary", "account", "user", "info")
LONGEST = 300  # characters of anything that is read

Row = Mapping[str, Any]


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """The person the conversation is with, as Intercom knows them."""

    id: str = ""
    external_id: str = ""
    email: str = ""
    name: str = ""
    is_lead: bool = False

    @property
    def called(self) -> str:
        return self.name or self.email or "This person"


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at; each may be "": not said."""

    tab: str = ""
    product: str = ""
    profile: str = ""
    account: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    workspace: str
    teammate: str  # their id there
    email: str  # the teammate's, in small letters
    contact: Contact
    pressed: str = ""  # the id of the component that was used
    chosen: State = State()
    kept: State = State()  # as the canvas before said


class Unreadable(Exception):
    """It is not what Intercom sends."""


def read(raw: bytes) -> Asked:
    """Raises Unreadable."""
    try:
        told = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as no:
        raise Unreadable from no
    if not isinstance(told, dict):
        raise Unreadable
    admin = _row(told, "admin")
    return Asked(
        workspace=_text(told, "workspace_id") or _text(told, "app_id"),
        teammate=_text(admin, "id")[:100],
        email=_text(admin, "email").lower(),
        contact=_contact(_row(told, "contact") or _row(told, "customer")),
        pressed=_text(told, "component_id"),
        chosen=_state(_row(told, "input_values")),
        kept=_state(_stored(told)),
    )


def _contact(told: Row) -> Contact:
    return Contact(
        id=_text(told, "id"),
        external_id=_text(told, "external_id") or _text(told, "user_id"),
        email=_text(told, "email").lower(),
        name=_text(told, "name"),
        is_lead=_text(told, "role") == "lead",
    )


def _state(told: Row) -> State:
    tab = _text(told, "tab")
    return State(
        tab=tab if tab in TABS else "",
        product=_text(told, "product"),
        profile=_text(told, "profile"),
        account=_text(told, "account"),
    )


def _stored(told: Row) -> Row:
    canvas = _row(told, "current_canvas")
    # Intercom's own description puts the canvas into another of that name.
    return _row(canvas, "stored_data") or _row(_row(canvas, "current_canvas"), "stored_data")


def _row(told: Row, name: str) -> Row:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _text(told: Row, name: str) -> str:
    found = told.get(name)
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    return found.strip()[:LONGEST] if isinstance(found, str) else ""
