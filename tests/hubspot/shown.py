"""The page of the stand-in for HubSpot: what stands on contacts and companies, and its lists."""

from __future__ import annotations

from html import escape

from tests.hubspot.portal import KINDS, List, Portal
from tests.shown import page, table

SHOWN = 30  # records of an object
OURS = "accoil_"
BY = {"contacts": "email", "companies": "name"}


def shown(portal: Portal) -> str:
    return page("HubSpot (stand-in)", "".join(_records(portal, object) for object in KINDS) + _lists(portal))


def _records(portal: Portal, object: str) -> str:
    """Those that have something of ours first."""
    records = [each for each in portal.records[object].values() if not each.merged_into]
    names = sorted({name for each in records for name in each.properties if name.startswith(OURS)})
    records.sort(key=lambda each: (not set(names) & each.properties.keys(), each.properties.get(BY[object], "")))
    rows = [[each.properties.get(name, "") for name in (BY[object], *names)] for each in records[:SHOWN]]
    return f"<h2>{escape(object.capitalize())}: {len(records):,}</h2>{table([BY[object], *names], rows)}"


def members(portal: Portal, one: List) -> set[str]:
    """Ids; of an active list, who is in it now."""
    if one.branch is None:
        return one.members
    return {id for id, each in portal.records[one.kind].items() if not each.merged_into and one.holds(each.properties)}


def _lists(portal: Portal) -> str:
    rows = [(each.name, each.kind, len(members(portal, each))) for each in portal.lists.values()]
    return f"<h2>Lists: {len(rows)}</h2>{table(['name', 'kind', 'members'], rows)}"
