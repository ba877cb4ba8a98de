"""Fields of contacts and accounts. Only an admin can make them there: which are missing, and how they are made, is told
in words that can be followed."""

import hashlib
from collections.abc import Iterable
from functools import partial
from typing import Any

from accoil.connect.connection import Attribute, Rejected, Type, Value
from accoil.connect.names import type_of
from accoil.connect.remembered import Remembered
from accoil.connect.salesforce.speaking import OBJECTS, Speaker
from accoil.count.ids import Kind

LONGEST = 40  # letters of a name before __c
TYPES: dict[Type, tuple[str, ...]] = {
    "integer": ("double", "int"),
    "text": ("string", "textarea"),
    "date": ("date",),
}
MADE_AS: dict[Type, str] = {"integer": "Number (18, 0)", "text": "Text (255)", "date": "Date"}
SHORTEST_TEXT = 255  # characters, of the names of segments

Found = dict[str, Any]


def name_of(attribute: str) -> str:
    """Accoil_TrialUsers_Score__c. Contacts and accounts have fields of their own, so that those of accounts need no
    names of their own; of a long profile the beginning stands there, and a mark that no other one has."""
    _, profile, trait = attribute.split("_")
    trait = trait.removeprefix("Account") or trait
    room = LONGEST - len("Accoil__") - len(trait)
    if len(profile) > room:
        profile = profile[: room - 4] + hashlib.sha256(profile.encode()).hexdigest()[:4]
    return f"Accoil_{profile}_{trait}__c"


class Fields:
    def __init__(self, speaker: Speaker) -> None:
        self._of = {kind: Remembered(partial(_described, speaker, kind)) for kind in OBJECTS}

    def all(self, kind: Kind, most: float = 600.0) -> dict[str, Found]:
        """By API name, at most so many seconds old."""
        return self._of[kind].get(most)

    def doubt(self) -> None:
        for known in self._of.values():
            known.forget()

    def ensure(self, attribute: Attribute) -> str:
        """Its API name. Raises Rejected with what the admin has to do."""
        kind, name = attribute.kind, name_of(attribute.name)
        found = self.all(kind).get(name) or self.all(kind, 30.0).get(name)
        if found is None:
            raise Rejected(missing(kind, name, attribute.type))
        if why := wrong(kind, found, attribute.type):
            raise Rejected(why)
        return name

    def find(self, kind: Kind, given: str) -> Found | None:
        """By API name, else by label, whatever the case."""
        wanted = given.strip().lower()
        for most in (600.0, 30.0):
            for by in ("name", "label"):
                for found in self.all(kind, most).values():
                    if str(found.get(by) or "").lower() == wanted:
                        return found
        return None


def missing(kind: Kind, name: str, type: Type) -> str:
    object = OBJECTS[kind]
    return (
        f"{object} has no field {name}. In Salesforce: Setup > Object Manager > {object} > Fields & Relationships > "
        f"New, type {MADE_AS[type]}, field name {name.removesuffix('__c')}; make it editable for whoever connected "
        "Accoil, then press Sync now."
    )


def wrong(kind: Kind, found: Found, type: Type) -> str:
    """What an admin has to change about a field; "" for nothing."""
    what = f"The field {found['name']} of {OBJECTS[kind]}"
    if found.get("type") not in TYPES[type]:
        return f"{what} is a {found.get('type')}; it must be a {MADE_AS[type]}. Delete it, and make it anew."
    if type == "text" and int(found.get("length") or 0) < SHORTEST_TEXT:
        return f"{what} takes {found.get('length')} characters; make its length {SHORTEST_TEXT}."
    if not found.get("updateable"):
        return (
            f"{what} may not be edited by whoever connected Accoil. In Salesforce: Setup > Object Manager > "
            f"{OBJECTS[kind]} > Fields & Relationships > {found.get('label')} > Set Field-Level Security."
        )
    return ""


def inward(names: Iterable[str], kept: dict[str, Any]) -> dict[str, Value]:
    """What Salesforce says it keeps, in our form: numbers come with a point."""
    told: dict[str, Value] = {}
    for name in names:
        value = kept.get(name_of(name))
        is_whole = type_of(name) == "integer" and isinstance(value, float) and value.is_integer()
        told[name] = None if value in (None, "") else int(value) if is_whole else value
    return told


def _described(speaker: Speaker, kind: Kind) -> dict[str, Found]:
    told = speaker.say("GET", f"/sobjects/{OBJECTS[kind]}/describe")
    return {str(field["name"]): field for field in told["fields"]}
