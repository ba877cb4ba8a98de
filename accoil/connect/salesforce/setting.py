"""Sets a field of a record to a value, for an automation or somebody by hand."""

import re
from collections.abc import Container
from typing import Any

from accoil.connect.connection import Rejected
from accoil.connect.salesforce.fields import OWN, Fields, Found
from accoil.connect.salesforce.speaking import OBJECTS, Speaker
from accoil.count.ids import Kind
from accoil.rule.values import nearest

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,8})?")
_NUMBERS = ("double", "int", "currency", "percent")


def set_field(
    speaker: Speaker, fields: Fields, kind: Kind, record: str, given: str, value: str, synced: Container[str] = ()
) -> str:
    """What happened, in words. `synced`: the fields that the sync writes. Raises Rejected, Gone."""
    object, found = OBJECTS[kind], fields.find(kind, given)
    if found is None:
        near = nearest(given.strip(), [str(each.get("label")) for each in fields.all(kind).values()])
        raise Rejected(
            f"{object} has no field “{given.strip()}” in Salesforce.{f' Did you mean {near}?' if near else ''}"
        )
    if OWN.fullmatch(found["name"]) or found["name"] in synced:
        raise Rejected(f"“{found['label']}” is Accoil's own, and written by the sync; choose another field.")
    if not found.get("updateable"):
        raise Rejected(f"“{found['label']}” of {object} may not be edited by whoever connected Accoil.")
    speaker.say(
        "PATCH", f"/sobjects/{object}/{record}", json={found["name"]: _meant(found, value.strip())}
    )  # fmt: skip
    whose = "contact" if kind == "user" else "account"
    return f"“{found['label']}” of the {whose} is “{value.strip()}” in Salesforce."


def _meant(found: Found, value: str) -> Any:
    """As Salesforce takes it. Raises Rejected."""
    label = found["label"]
    if not value:
        raise Rejected(f"There is no value for “{label}”, so it was left as it is.")
    if found.get("type") in _NUMBERS:
        if not _NUMBER.fullmatch(value):
            raise Rejected(f"“{label}” is a number; “{value[:60]}” is none.")
        return float(value) if "." in value else int(value)
    if found.get("type") == "boolean":
        if value.lower() not in ("true", "false", "yes", "no"):
            raise Rejected(f"“{label}” is a checkbox; write yes or no.")
        return value.lower() in ("true", "yes")
    for each in found.get("picklistValues") or ():
        if str(each.get("label") or "").lower() == value.lower():
            return each["value"]
    return value
