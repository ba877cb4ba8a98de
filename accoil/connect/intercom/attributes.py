"""Data attributes: made, taken out of the archive again, and archived. Intercom deletes none and changes no type."""

from contextlib import suppress
from threading import RLock
from typing import Any

import msgspec

from accoil.connect.connection import Attribute, Gone, Rejected, ToolError
from accoil.connect.given import turn
from accoil.connect.intercom.speaking import Speaker
from accoil.connect.remembered import MINUTES, Remembered
from accoil.connect.troubles import no_room
from accoil.count.ids import Kind

MODELS: dict[Kind, str] = {"user": "contact", "account": "company"}
TYPES = {"text": "string", "integer": "integer", "date": "date"}
MOST = 250  # custom attributes in use, of contacts and companies together
_CALLED = {"contact": "people", "company": "companies"}
_SOON = 30.0  # seconds: how old the list may be when attributes are changed


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A custom attribute as the workspace has it."""

    id: str
    model: str
    name: str
    data_type: str
    archived: bool
    messenger_writable: bool


class Attributes:
    """Few calls, and often of somebody who looks on: none of them is in the background."""

    def __init__(self, speaker: Speaker) -> None:
        self.speaker = speaker
        self._held = Remembered(self._listed)
        self._doubted = False
        self._one_at_a_time = RLock()

    def places_left(self) -> int:
        return max(0, MOST - sum(not held.archived for held in self._held.get(_SOON)))

    def types(self, kind: Kind, most: float = MINUTES) -> dict[str, str]:
        """Name → data type, of those in use."""
        model = MODELS[kind]
        return {held.name: held.data_type for held in self._held.get(most) if held.model == model and not held.archived}

    def doubt(self) -> None:
        """A write was refused: somebody there may have changed them, so what is remembered is not relied upon when
        they are next made sure of."""
        self._doubted = True

    def ensure(self, attribute: Attribute) -> str:
        with turn(self._one_at_a_time):
            held = self._find(attribute)
            if held is None:
                return self._make(attribute)
            if held.data_type != TYPES[attribute.type]:
                raise Rejected(
                    f"Intercom has an attribute “{held.name}” of type {held.data_type}, and types cannot be changed"
                    f" there; “{attribute.words}” needs {TYPES[attribute.type]}. Rename the profile."
                )
            if held.archived:
                self._check_room(attribute)
            if held.archived or held.messenger_writable:
                self._open(held, attribute)
            return held.id

    def archive(self, attribute: Attribute, remote_id: str) -> None:
        with turn(self._one_at_a_time):
            held = self._find(attribute)
            wanted = remote_id or (held.id if held else "")
            if not wanted or (held and held.archived and held.id == wanted):
                return
            try:
                with suppress(Gone):  # somebody removed it altogether
                    self._change(wanted, archived=True)
            except Rejected as refusal:
                if refusal.status != 422:
                    raise
                raise _better(
                    refusal,
                    f"“{attribute.name}” is still used in Intercom (in a filter, a message, a workflow) and cannot be"
                    " archived. Remove it there; it is tried again every day.",
                ) from refusal

    def _open(self, held: Held, attribute: Attribute) -> None:
        """Puts it into use, closed to visitors."""
        try:
            self._change(held.id, archived=False, messenger_writable=False, description=attribute.words)
        except Rejected:
            self._check_room(attribute)  # the list was old: others took the last places
            raise

    def _find(self, attribute: Attribute) -> Held | None:
        """The one in use, else the archived one."""
        if self._doubted:
            self._doubted = False
            self._held.forget()
        model = MODELS[attribute.kind]
        found = [held for held in self._held.get(_SOON) if (held.model, held.name) == (model, attribute.name)]
        return min(found, key=lambda held: held.archived, default=None)

    def _make(self, attribute: Attribute) -> str:
        self._check_room(attribute)
        wanted = {
            "name": attribute.name, "model": MODELS[attribute.kind], "data_type": TYPES[attribute.type],
            "description": attribute.words,
            "messenger_writable": False,  # else the browser of a site's visitor could set a score
        }  # fmt: skip
        try:
            made = self.speaker.patiently("POST", "/data_attributes", background=False, json=wanted)
        except Rejected as refusal:
            self._held.forget()
            if held := self._find(attribute):  # made by somebody else in the meantime
                return held.id
            self._check_room(attribute)
            raise _better(refusal, self._clash(attribute) or refusal.reason) from refusal
        return self._know(made)

    def _clash(self, attribute: Attribute) -> str:
        """Why the name is refused, "" when nothing in the workspace explains it."""
        for held in self._held.get(_SOON):
            if held.name.lower() == attribute.name.lower():
                return (
                    f"Intercom has an attribute “{held.name}” of {_CALLED[held.model]} already"
                    f"{', archived,' if held.archived else ''} and takes a name only once, for people and companies"
                    " together. Rename the profile, or the attribute there."
                )
        return ""

    def _check_room(self, attribute: Attribute) -> None:
        if self.places_left() < 1:
            raise Rejected(f"“{attribute.name}” was not made: {no_room('Intercom', 0, 1)}")

    def _change(self, remote_id: str, **changes: Any) -> None:
        try:
            path = f"/data_attributes/{remote_id}"
            self._know(self.speaker.patiently("PUT", path, background=False, json=changes))
        except ToolError:
            self._held.forget()
            raise

    def _know(self, told: dict[str, Any]) -> str:
        """Its id. The list is set right without asking for it again: a profile has many attributes."""
        held, known = _held(told), self._held.get(_SOON)
        known[:] = [each for each in known if each.id != held.id] + [held]
        return held.id

    def _listed(self) -> list[Held]:
        found: list[dict[str, Any]] = []
        for model in MODELS.values():
            params = {"model": model, "include_archived": True}
            found += self.speaker.patiently("GET", "/data_attributes", background=False, params=params)["data"]
        return [_held(each) for each in found if each.get("custom") and each.get("id") is not None]


def _held(told: dict[str, Any]) -> Held:
    return Held(
        id=str(told["id"]), model=told["model"], name=told["name"], data_type=told["data_type"],
        archived=bool(told.get("archived")), messenger_writable=bool(told.get("messenger_writable")),
    )  # fmt: skip


def _better(refusal: Rejected, reason: str) -> Rejected:
    """The same refusal, saying what to do."""
    return Rejected(reason, code=refusal.code, status=refusal.status, request_id=refusal.request_id)
