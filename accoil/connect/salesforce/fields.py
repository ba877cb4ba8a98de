"""Fields of contacts and accounts. Only an admin can make them there: which are missing, and how they are made, is told
in words that can be followed."""

import hashlib
import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from accoil.connect.connection import Attribute, Offer, Rejected, Type, Value
from accoil.connect.names import field_of, type_of
from accoil.connect.remembered import Remembered
from accoil.connect.salesforce.speaking import OBJECTS, Speaker
from accoil.count.ids import Kind

LONGEST = 40  # letters of a name before __c
TYPES: dict[Type, tuple[str, ...]] = {
    "integer": ("double", "int", "percent", "currency"),
    "text": ("string", "textarea"),
    "date": ("date",),
}
MADE_AS: dict[Type, str] = {"integer": "Number (18, 0)", "text": "Text (255)", "date": "Date"}
SHORTEST_TEXT = 255  # characters, of the names of segments

OWN = re.compile(r"Accoil_[A-Za-z0-9]+(_[A-Za-z]+)?__c")  # Accoil_Id__c as well

Found = dict[str, Any]


def name_of(attribute: str) -> str:
    """Its API name: of the field that was chosen for it, else Accoil_TrialUsers_Score__c. Contacts and accounts have
    fields of their own, so that those of accounts need no names of their own; of a long profile the beginning stands
    there, and a mark that no other one has."""
    if chosen := field_of(attribute):
        return chosen
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
        if name not in self.all(kind):
            self.all(kind, 30.0)
        if why := self.lacks(attribute):
            raise Rejected(why)
        return name

    def lacks(self, attribute: Attribute) -> str:
        """What an admin has to do before it can be written; "" for nothing."""
        kind, name = attribute.kind, name_of(attribute.name)
        found = self.all(kind).get(name)
        if found is None and field_of(attribute.name):
            return f"{OBJECTS[kind]} has no field {name} in Salesforce any more; choose another one for it."
        if found is None:
            return missing(kind, name, attribute.type)
        return wrong(kind, found, attribute.type)

    def fitting(self, attribute: Attribute) -> list[Offer]:
        """The fields that it could go into: those that somebody made there, and that may be edited."""
        kind = attribute.kind
        own = name_of(attribute.name)
        why = "" if own in self.all(kind, 30.0) else " (not there yet)"
        fit = [
            (name, f"{found.get('label') or name} ({name})")
            for name, found in self.all(kind).items()
            if name.endswith("__c") and not OWN.fullmatch(name) and not wrong(kind, found, attribute.type)
        ]
        return [("", f"{own}{why}"), *sorted(fit, key=lambda offer: offer[1].lower())]

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
