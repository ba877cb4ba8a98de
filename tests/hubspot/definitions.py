"""Groups and properties: made, archived, taken out of the archive; how many more there may be; and lists."""

from __future__ import annotations

import re

from tests.hubspot.objects import kind_of
from tests.hubspot.portal import BUILT_IN, KINDS, MOST_UNIQUE, List, Portal, Property, Refused
from tests.intercom.calls import Answer, Call
from tests.intercom.routing import Routes

NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
FIELDS = {"string": "text", "number": "number", "date": "date"}

routes = Routes()


@routes("GET", "/crm/properties/2026-03/{kind}")
def listed(portal: Portal, call: Call, kind: str) -> Answer:
    return Answer({"results": [one.told() for one in portal.properties[kind_of(kind)].values() if not one.archived]})


@routes("POST", "/crm/properties/2026-03/{kind}")
def made(portal: Portal, call: Call, kind: str) -> Answer:
    body = call.fields("name", "label", "groupName", "type", "fieldType", "hasUniqueValue", "description")
    name, known = body["name"], portal.properties[kind_of(kind)]
    if not NAME.fullmatch(name):
        raise Refused(400, f"{name} is not a valid property name")
    if body["groupName"] not in portal.groups[kind]:
        raise Refused(400, f"The property group {body['groupName']} does not exist")
    if FIELDS.get(body["type"]) != body["fieldType"] or not body["label"]:
        raise Refused(400, f"{body['fieldType']} is not a field of {body['type']}")
    if name in known:
        raise Refused(409, f"A property named '{name}' already exists")
    if len(portal.in_use(kind)) >= portal.most_properties:
        raise Refused(400, "You have reached the limit of custom properties")
    if body.get("hasUniqueValue") and sum(one.unique and not one.archived for one in known.values()) > MOST_UNIQUE:
        raise Refused(400, "You have reached the limit of unique properties")
    known[name] = Property(name, body["label"], body["groupName"], body["type"], body.get("hasUniqueValue", False))
    return Answer(known[name].told(), 201)


@routes("POST", "/crm/properties/2026-03/{kind}/groups")
def grouped(portal: Portal, call: Call, kind: str) -> Answer:
    body = call.fields("name", "label", "displayOrder")
    if body["name"] in portal.groups[kind_of(kind)]:
        raise Refused(409, "A group of that name exists")
    portal.groups[kind].add(body["name"])
    return Answer(body, 201)


@routes("DELETE", "/crm/properties/2026-03/{kind}/groups/{name}")
def ungrouped(portal: Portal, call: Call, kind: str, name: str) -> Answer:
    if any(one.group == name and not one.archived for one in portal.properties[kind_of(kind)].values()):
        raise Refused(400, "The group has properties")
    portal.groups[kind].discard(name)
    return Answer("", 204)


@routes("GET", "/crm/properties/2026-03/{kind}/{name}")
def read(portal: Portal, call: Call, kind: str, name: str) -> Answer:
    one = portal.properties[kind_of(kind)].get(name)
    if not one or one.archived != (call.query.get("archived") == "true"):
        raise Refused(404, "No such property")
    return Answer(one.told())


@routes("DELETE", "/crm/properties/2026-03/{kind}/{name}")
def archived(portal: Portal, call: Call, kind: str, name: str) -> Answer:
    one = portal.properties[kind_of(kind)].get(name)
    if not one or one.archived or name in BUILT_IN[kind]:
        raise Refused(404, "No such property")
    if one.used:
        raise Refused(400, "The property is used in a workflow")
    one.archived = True
    return Answer("", 204)


@routes("POST", "/crm/schemas/2027-03-beta/objects/{type}/properties/batch/restore")
def restored(portal: Portal, call: Call, type: str) -> Answer:
    """Values that stood there are back."""
    if not portal.restores:
        raise Refused(404, "No such address")
    (kind,) = [kind for kind, id in KINDS.items() if id == type]
    for one in call.fields("inputs")["inputs"]:
        portal.properties[kind][one["name"]].archived = False
    return Answer({"status": "COMPLETE", "results": []})


@routes("GET", "/crm/limits/2026-03/custom-properties")
def limits(portal: Portal, call: Call) -> Answer:
    told = [{"objectTypeId": id, "limit": portal.most_properties, "usage": len(portal.in_use(kind))}
            for kind, id in KINDS.items()]  # fmt: skip
    return Answer({"byObjectType": told, "overallLimit": 10_000, "overallUsage": 0})


@routes("GET", "/account-info/2026-03/details")
def details(portal: Portal, call: Call) -> Answer:
    return Answer(
        {"portalId": portal.id, "accountType": "STANDARD", "timeZone": "Europe/London", "uiDomain": "app.hubspot.com"}
    )


@routes("GET", "/crm/lists/2026-03/object-type-id/{type}/name/{name}")
def list_named(portal: Portal, call: Call, type: str, name: str) -> Answer:
    for one in portal.lists.values():
        if (KINDS[one.kind], one.name.lower()) == (type, name.lower()):
            return Answer({"list": one.told()})
    raise Refused(404, "List does not exist")


@routes("POST", "/crm/lists/2026-03")
def list_made(portal: Portal, call: Call) -> Answer:
    body = call.fields("name", "objectTypeId", "processingType", "filterBranch")
    (kind,) = [kind for kind, id in KINDS.items() if id == body["objectTypeId"]]
    if any(one.name.lower() == body["name"].lower() for one in portal.lists.values()):
        raise Refused(400, "A list of that name exists")
    assert ("filterBranch" in body) == (body["processingType"] == "DYNAMIC")
    made = List(portal.next_id(), body["name"], kind, body["processingType"], branch=body.get("filterBranch"))
    if strange := made.properties() - portal.in_use(kind).keys():
        raise Refused(400, f"Property {min(strange)} does not exist")
    portal.lists[made.id] = made
    return Answer({"list": made.told()})


@routes("DELETE", "/crm/lists/2026-03/{id}")
def list_deleted(portal: Portal, call: Call, id: str) -> Answer:
    if id not in portal.lists:
        raise Refused(404, "List does not exist")
    del portal.lists[id]
    return Answer(None, 204)


@routes("PUT", "/crm/lists/2026-03/{id}/memberships/add-and-remove")
def list_changed(portal: Portal, call: Call, id: str) -> Answer:
    body = call.fields("recordIdsToAdd", "recordIdsToRemove")
    one = portal.lists.get(id)
    if not one:
        raise Refused(404, "List does not exist")
    if one.processing not in ("MANUAL", "SNAPSHOT"):
        raise Refused(400, "Members of a dynamic list cannot be changed")
    asked = body["recordIdsToAdd"]
    there = [record for record in asked if portal.find(one.kind, record)]
    one.members = (one.members | set(there)) - set(body["recordIdsToRemove"])
    missing = [record for record in asked if record not in there]
    return Answer({"recordsIdsAdded": there, "recordIdsRemoved": [], "recordIdsMissing": missing})
