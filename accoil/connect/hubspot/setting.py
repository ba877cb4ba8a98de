"""Sets a property of a record to a value, for an automation or somebody by hand."""

from typing import Any

from accoil.connect.connection import Rejected
from accoil.connect.hubspot.portal import Portal
from accoil.connect.hubspot.properties import GROUP
from accoil.connect.hubspot.speaking import objects
from accoil.count.ids import Kind
from accoil.rule.values import nearest

_SOON = 30.0  # seconds: a property that is not known may be younger than the list


def set_property(portal: Portal, kind: Kind, record: str, given: str, value: str) -> str:
    """What happened, in words. Raises Rejected, Gone."""
    found = _property(portal, kind, given)
    if found.get("groupName") == GROUP:
        raise Rejected(f"“{found['label']}” is Accoil's own, and written by the sync; choose another property.")
    text = _option(found, value.strip())
    portal.speaker.say("PATCH", objects(kind, f"/{record}"), json={"properties": {found["name"]: text}})
    whose = "contact" if kind == "user" else "company"
    return f"“{found['label']}” of the {whose} is “{value.strip()}” in HubSpot."


def _property(portal: Portal, kind: Kind, given: str) -> dict[str, Any]:
    """By its internal name, else by its label, whatever its case."""
    wanted = given.strip().lower()
    for most in (600.0, _SOON):
        known = portal.properties.all(kind, most)
        if wanted in known:
            return known[wanted]
        if of_label := [each for each in known.values() if str(each.get("label") or "").lower() == wanted]:
            return of_label[0]
    near = nearest(wanted, known)
    meant = f" Did you mean {near}?" if near else ""
    whose = "contacts" if kind == "user" else "companies"
    raise Rejected(f"HubSpot has no property “{given.strip()}” of {whose}.{meant}")


def _option(found: dict[str, Any], value: str) -> str:
    """Of a list of choices the internal value, where one is called so."""
    if not value:
        raise Rejected(f"There is no value for “{found['label']}”, so it was left as it is.")
    options = found.get("options") or []
    return next(
        (str(each["value"]) for each in options if str(each.get("label") or "").lower() == value.lower()), value
    )
