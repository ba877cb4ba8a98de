"""Properties: made in a group of our own, and archived. HubSpot keeps archived ones for a while, and their names."""

from contextlib import suppress
from threading import RLock
from typing import Any

from accoil.connect.connection import Attribute, Gone, Rejected, SignInAgain
from accoil.connect.given import turn
from accoil.connect.hubspot.speaking import OBJECTS, TYPE_IDS, VERSION, Speaker
from accoil.connect.remembered import MINUTES, Remembered
from accoil.connect.troubles import no_room
from accoil.count.ids import Kind

GROUP, GROUP_LABEL = "accoil", "Accoil"
TYPES = {"text": "string", "integer": "number", "date": "date"}
FIELDS = {"string": "text", "number": "number", "date": "date"}
RESTORED = "/crm/schemas/2027-03-beta/objects/{type}/properties/batch/restore"  # there is no other way back
_SOON = 30.0  # seconds: how old the list may be when properties are changed

Property = dict[str, Any]


def name_of(attribute: str) -> str:
    """HubSpot takes small letters only: accoil_trialusers_score."""
    return attribute.lower()


class Properties:
    def __init__(self, speaker: Speaker) -> None:
        self.speaker = speaker
        self._held = {kind: Remembered(lambda kind=kind: self._listed(kind)) for kind in OBJECTS}  # type: ignore[misc]
        self._grouped: set[Kind] = set()
        self._one_at_a_time = RLock()

    def places_left(self) -> int | None:
        """Of whichever has fewer, contacts or companies; None when HubSpot does not tell: not every app may ask."""
        try:
            told = self.speaker.say("GET", f"/crm/limits/{VERSION}/custom-properties") or {}
        except (Rejected, Gone):
            return None
        except SignInAgain as why:
            if why.status != 403:
                raise
            return None
        own = [each for each in told.get("byObjectType") or () if each.get("objectTypeId") in TYPE_IDS.values()]
        left = [int(each["limit"]) - int(each.get("usage") or 0) for each in own if each.get("limit") is not None]
        return max(0, min(left)) if left else None

    def all(self, kind: Kind, most: float = MINUTES) -> dict[str, Property]:
        """Name → property, of those in use."""
        return self._held[kind].get(most)

    def ensure(self, attribute: Attribute) -> str:
        return self.make(attribute.kind, name_of(attribute.name), TYPES[attribute.type], attribute.words)

    def make(self, kind: Kind, name: str, type: str, label: str, **more: Any) -> str:
        """Its name; nothing is done when it is there. Raises Rejected."""
        with turn(self._one_at_a_time):
            held = self.all(kind, _SOON).get(name)
            if held and held.get("type") != type:
                raise Rejected(
                    f"HubSpot has a property “{name}” of type {held.get('type')}, and this needs {type}. Rename the"
                    " profile, or archive the property there."
                )
            if not held:
                self._make(kind, name, type, label, more)
            return name

    def archive(self, kind: Kind, name: str) -> None:
        """One that is archived already is no error. Raises Rejected."""
        with turn(self._one_at_a_time):
            try:
                self.speaker.patiently("DELETE", f"{_path(kind)}/{name}", background=False)
            except Gone:
                pass
            except Rejected as refusal:
                raise Rejected(
                    f"“{name}” is still used in HubSpot (in a workflow, a list, a form) and cannot be archived. Remove"
                    f" it there; it is tried again every day. {refusal.reason}",
                    code=refusal.code, status=refusal.status, request_id=refusal.request_id,
                ) from refusal  # fmt: skip
            finally:
                self._held[kind].forget()

    def drop_group(self) -> None:
        """What we made our properties in; one that still has some stays."""
        for kind in OBJECTS:
            with suppress(Gone, Rejected):
                self.speaker.patiently("DELETE", f"{_path(kind)}/groups/{GROUP}", background=False)
        self._grouped.clear()

    def doubt(self) -> None:
        """Somebody there may have changed them."""
        for held in self._held.values():
            held.forget()
        self._grouped.clear()

    def _make(self, kind: Kind, name: str, type: str, label: str, more: Property) -> None:
        self._group(kind)
        wanted = {"name": name, "label": label, "groupName": GROUP, "type": type, "fieldType": FIELDS[type], **more}
        try:
            self.speaker.patiently("POST", _path(kind), background=False, json=wanted)
        except Rejected as refusal:
            self._held[kind].forget()
            if name in self.all(kind):  # made by somebody else in the meantime
                return
            self._restore(kind, name, refusal)
        self._held[kind].forget()

    def _restore(self, kind: Kind, name: str, refusal: Rejected) -> None:
        """Out of HubSpot's archive, when that is why the name is refused."""
        try:
            told = self.speaker.patiently("GET", f"{_path(kind)}/{name}", background=False, params={"archived": True})
        except (Gone, Rejected):
            self._explain(name, refusal)
        if not told.get("archived"):
            self._explain(name, refusal)
        try:
            path = RESTORED.format(type=TYPE_IDS[kind])
            self.speaker.patiently("POST", path, background=False, json={"inputs": [{"name": name}]})
        except (Gone, Rejected, SignInAgain) as why:
            raise Rejected(
                f"“{name}” is in HubSpot's archive, and HubSpot does not take it out for us. Restore it there (Settings"
                " > Properties > Archived properties); it is tried again with the next full pass."
            ) from why

    def _explain(self, name: str, refusal: Rejected) -> None:
        if self.places_left() == 0:
            raise Rejected(f"“{name}” was not made: {no_room('HubSpot', 0, 1)}") from refusal
        raise refusal

    def _group(self, kind: Kind) -> None:
        if kind in self._grouped:
            return
        wanted = {"name": GROUP, "label": GROUP_LABEL, "displayOrder": -1}
        try:
            self.speaker.patiently("POST", f"{_path(kind)}/groups", background=False, json=wanted)
        except Rejected as refusal:  # it is there
            if refusal.status != 409:
                raise
        self._grouped.add(kind)

    def _listed(self, kind: Kind) -> dict[str, Property]:
        told = self.speaker.patiently("GET", _path(kind), background=False)
        return {str(each["name"]): each for each in told["results"] if not each.get("archived")}


def _path(kind: Kind) -> str:
    return f"/crm/properties/{VERSION}/{OBJECTS[kind]}"
