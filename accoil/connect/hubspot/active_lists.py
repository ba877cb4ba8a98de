"""Active lists of segments: HubSpot keeps them itself, by the property with the names of segments that we write. Which
we made is written down, so that they go with that property."""

from typing import Any
from urllib.parse import quote

from django.db import transaction

from accoil.connect.connection import Attribute, Gone, Rejected
from accoil.connect.hubspot.lists import KEPT, LONGEST_LIST, PATH
from accoil.connect.hubspot.portal import portal_of
from accoil.connect.hubspot.properties import name_of
from accoil.connect.hubspot.speaking import TYPE_IDS, Speaker
from accoil.connect.models import Connection
from accoil.count.ids import Kind

_ALONE, _FIRST, _AMONG, _LAST = "IS_EQUAL_TO", "STARTS_WITH", "CONTAINS", "ENDS_WITH"


def make(speaker: Speaker, connection: Connection, attribute: Attribute, segment: str) -> str:
    """What happened, in words. `attribute`: that holds the names of segments. Raises the tool's errors."""
    name = f"{attribute.words.removesuffix('Segments').strip()}: {segment}"[:LONGEST_LIST]
    if _is_there(speaker, attribute.kind, name):
        return f"The list “{name}” is there already in HubSpot."
    told = speaker.say("POST", PATH, json=_asked(name, attribute, segment)) or {}
    _keep(connection, str((told.get("list") or told)["listId"]), name_of(attribute.name))
    return f"The list “{name}” is made in HubSpot, which keeps it up to date itself."


def drop(speaker: Speaker, connection: Connection, property: str) -> None:
    """Those that go by that property, which goes as well. Raises Rejected when one is still used there."""
    kept = Connection.objects.get(pk=connection.pk).options.get(KEPT, {})
    for list_id in [each for each, of in kept.items() if of == property]:
        try:
            speaker.patiently("DELETE", f"{PATH}/{list_id}", background=False)
        except Gone:  # somebody deleted it there
            pass
        _keep(connection, list_id, "")


def _asked(name: str, attribute: Attribute, segment: str) -> dict[str, Any]:
    """The names stand one after the other with ", " between: a part of another's name must not be found."""
    parts = ((_ALONE, segment), (_FIRST, f"{segment}, "), (_AMONG, f", {segment}, "), (_LAST, f", {segment}"))
    branches = [
        {
            "filterBranchType": "AND",
            "filterBranches": [],
            "filters": [
                {
                    "filterType": "PROPERTY",
                    "property": name_of(attribute.name),
                    "operation": {
                        "operationType": "MULTISTRING",
                        "operator": operator,
                        "values": [value],
                        "includeObjectsWithNoValueSet": False,
                    },
                }
            ],
        }
        for operator, value in parts
    ]
    return {
        "name": name,
        "objectTypeId": TYPE_IDS[attribute.kind],
        "processingType": "DYNAMIC",
        "filterBranch": {"filterBranchType": "OR", "filterBranches": branches, "filters": []},
    }


def _is_there(speaker: Speaker, kind: Kind, name: str) -> bool:
    try:
        speaker.say("GET", f"{PATH}/object-type-id/{TYPE_IDS[kind]}/name/{quote(name, safe='')}")
    except Gone:
        return False
    return True


def _keep(connection: Connection, list_id: str, property: str) -> None:
    """Without a property it is forgotten."""
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        row.options[KEPT] = {**row.options.get(KEPT, {}), list_id: property}
        row.options[KEPT] = {each: of for each, of in row.options[KEPT].items() if of}
        row.save(update_fields=["options"])


def of_segment(connection: Connection, attribute: Attribute, segment: str) -> str:
    """As `make`. Raises the tool's errors."""
    portal = portal_of(connection)
    if name_of(attribute.name) not in portal.properties.all(attribute.kind):
        raise Rejected("The property with the names of segments is not there yet; try again in a minute.")
    return make(portal.speaker, connection, attribute, segment)
