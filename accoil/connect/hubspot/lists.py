"""Lists that an automation, or somebody by hand, adds records to: static ones, made when there is none of that name.
Nobody is taken off."""

from threading import RLock
from urllib.parse import quote

from accoil.connect.connection import Gone, Rejected
from accoil.connect.given import turn
from accoil.connect.hubspot.speaking import TYPE_IDS, VERSION, Speaker
from accoil.count.ids import Kind

LONGEST_LIST = 200  # characters of a list's name
KEPT = "lists"  # among the options of a connection: id of an active list → the property that it goes by
TAKES = ("MANUAL", "SNAPSHOT")  # kinds of lists that others may add to
PATH = f"/crm/lists/{VERSION}"


class Lists:
    def __init__(self, speaker: Speaker) -> None:
        self.speaker = speaker
        self._ids: dict[tuple[Kind, str], str] = {}
        self._one_at_a_time = RLock()

    def add(self, kind: Kind, record: str, given: str) -> str:
        """What happened, in words. Doing it again changes nothing. Raises Rejected, Gone."""
        name = " ".join(given.split())
        if not 1 <= len(name) <= LONGEST_LIST:
            raise Rejected(f"A list needs a name of 1 to {LONGEST_LIST} characters.")
        with turn(self._one_at_a_time):
            known = (kind, name) in self._ids
            try:
                told = self._put(self._id(kind, name), record)
            except Gone:
                if not known:
                    raise
                del self._ids[kind, name]  # it was deleted there
                told = self._put(self._id(kind, name), record)
        if record in [str(id) for id in told.get("recordIdsMissing") or ()]:
            raise Gone("HubSpot does not have it any more.")
        return f"The {'contact' if kind == 'user' else 'company'} is in the list “{name}” in HubSpot."

    def _put(self, list_id: str, record: str) -> dict[str, list[str]]:
        asked = {"recordIdsToAdd": [record], "recordIdsToRemove": []}
        return self.speaker.say("PUT", f"{PATH}/{list_id}/memberships/add-and-remove", json=asked) or {}

    def _id(self, kind: Kind, name: str) -> str:
        if (kind, name) not in self._ids:
            self._ids[kind, name] = self._found(kind, name) or self._made(kind, name)
        return self._ids[kind, name]

    def _found(self, kind: Kind, name: str) -> str | None:
        try:
            told = self.speaker.say("GET", f"{PATH}/object-type-id/{TYPE_IDS[kind]}/name/{quote(name, safe='')}")
        except Gone:
            return None
        found = (told or {}).get("list") or {}
        if found.get("processingType") not in TAKES:
            raise Rejected(
                f"“{name}” is an active list in HubSpot, which finds its members itself. Choose a static one, or a new"
                " name."
            )
        return str(found["listId"])

    def _made(self, kind: Kind, name: str) -> str:
        asked = {"name": name, "objectTypeId": TYPE_IDS[kind], "processingType": "MANUAL"}
        told = self.speaker.say("POST", PATH, json=asked) or {}
        return str((told.get("list") or told)["listId"])
