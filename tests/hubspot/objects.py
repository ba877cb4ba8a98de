"""Contacts and companies: read, searched, changed one by one and in batches; and who belongs to what."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from tests.hubspot.portal import KINDS, Portal, Record, Refused, Write
from tests.intercom.calls import Answer, Call
from tests.intercom.routing import Routes

MOST = 100  # in a batch
PAGE = 200

routes = Routes()


def kind_of(given: str) -> str:
    if given not in KINDS:
        raise Refused(404, f"Unable to infer object type from: {given}", "OBJECT_NOT_FOUND")
    return given


@routes("GET", "/crm/objects/2026-03/{kind}")
def listed(portal: Portal, call: Call, kind: str) -> Answer:
    there = [one for one in portal.records[kind_of(kind)].values() if not one.merged_into]
    return Answer({"results": [one.told([]) for one in there[: call.number("limit", 10, 100)]]})


@routes("POST", "/crm/objects/2026-03/{kind}/batch/read")
def batch_read(portal: Portal, call: Call, kind: str) -> Answer:
    body = call.fields("inputs", "properties", "idProperty", "propertiesWithHistory")
    ids, by = _ids(body), body.get("idProperty")
    known = portal.properties[kind_of(kind)]
    if by and not (by in known and known[by].unique and not known[by].archived):
        raise Refused(400, f"{by} is not a unique property")
    if by == "email" and (wrong := [id for id in ids if "@" not in id]):
        raise Refused(400, f"{wrong[0]} is not an email address")
    results: list[dict[str, Any]] = []
    missing: list[str] = []
    for id in ids:
        found = portal.by(kind, by, id) if by else portal.find(kind, id)
        results += [found.told([*body.get("properties", ()), *([by] if by else [])])] if found else []
        missing += [] if found else [id]
    return _batch(results, [_error("OBJECT_NOT_FOUND", "Could not get some objects", missing)] if missing else [])


@routes("POST", "/crm/objects/2026-03/{kind}/batch/update")
def batch_update(portal: Portal, call: Call, kind: str) -> Answer:
    """One that is not there is left out without a word."""
    inputs = call.fields("inputs")["inputs"]
    ids = _ids({"inputs": inputs})
    if len(set(ids)) != len(ids):
        raise Refused(400, "Duplicate IDs found in batch input")
    faults = {one["id"]: fault for one in inputs if (fault := wrong_with(portal, kind_of(kind), one))}
    if faults and not portal.tells_each:
        raise Refused(400, f"Property values were not valid: {next(iter(faults.values()))}")
    results = []
    for one in inputs:
        record = portal.find(kind, one["id"])
        if record and one["id"] not in faults:
            told = change(portal, kind, record, one["properties"])
            results.append(
                told | ({"objectWriteTraceId": one["objectWriteTraceId"]} if "objectWriteTraceId" in one else {})
            )
    return _batch(results, [_error("VALIDATION_ERROR", fault, [id]) for id, fault in faults.items()])


@routes("POST", "/crm/objects/2026-03/{kind}/search")
def searched(portal: Portal, call: Call, kind: str) -> Answer:
    body = call.fields("filterGroups", "properties", "limit", "after", "sorts")
    (group,) = body["filterGroups"]
    (wanted,) = group["filters"]
    assert wanted["operator"] == "IN" and 1 <= len(wanted["values"]) <= MOST
    found = [
        one for one in portal.records[kind_of(kind)].values()
        if one.properties.get(wanted["propertyName"], "").lower() in wanted["values"] and not one.merged_into
    ]  # fmt: skip
    start, limit = int(body.get("after") or 0), min(int(body.get("limit", 10)), PAGE)
    told: dict[str, Any] = {"total": len(found)}
    told["results"] = [one.told(body.get("properties", [])) for one in found[start : start + limit]]
    if start + limit < len(found):
        told["paging"] = {"next": {"after": str(start + limit)}}
    return Answer(told)


@routes("GET", "/crm/objects/2026-03/{kind}/{id}")
def read(portal: Portal, call: Call, kind: str, id: str) -> Answer:
    return Answer(_there(portal, kind, id).told([name for name in call.query.get("properties", "").split(",") if name]))


@routes("PATCH", "/crm/objects/2026-03/{kind}/{id}")
def changed(portal: Portal, call: Call, kind: str, id: str) -> Answer:
    body = call.fields("properties")
    record = _there(portal, kind, id)
    if fault := wrong_with(portal, kind, {"id": id, **body}):
        raise Refused(400, f"Property values were not valid: {fault}")
    return Answer(change(portal, kind, record, body["properties"]))


@routes("POST", "/crm/associations/2026-03/contacts/companies/batch/read")
def associated(portal: Portal, call: Call) -> Answer:
    results = []
    for id in _ids(call.fields("inputs")):
        record = portal.find("contacts", id)
        to = [_association(company, primary) for company, primary in (record.companies.items() if record else ())]
        results += [{"from": {"id": id}, "to": to}] if to else []
    return _batch(results, [])


def _association(company: str, primary: bool) -> dict[str, Any]:
    types = [
        {"category": "HUBSPOT_DEFINED", "typeId": type, "label": None} for type in ([1, 279] if primary else [279])
    ]
    return {"toObjectId": company, "associationTypes": types}


def wrong_with(portal: Portal, kind: str, given: dict[str, Any]) -> str:
    """Why the values of a row are not taken, "" when they are."""
    known = portal.properties[kind]
    if given["id"] in portal.locked:
        return f"{given['id']} is locked by a rule"
    for name, value in given["properties"].items():
        one = known.get(name)
        if not one or one.archived:
            return f'[{{"message":"Property \\"{name}\\" does not exist","error":"PROPERTY_DOESNT_EXIST"}}]'
        if not isinstance(value, str):
            return f"{name} is not a text"
        if value and one.type == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", value):
            return f"{value} was not a valid number: {name}"
        if value and one.type == "date" and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return f"{value} was not a valid date: {name}"
        if value and one.options and value not in [option["value"] for option in one.options]:
            return f"{value} was not one of the allowed options of {name}"
        other = portal.by(kind, name, value) if one.unique and value else None
        if other and other.id != getattr(portal.find(kind, given["id"]), "id", None):
            return f"{value} is the {name} of {other.id} already"
    return ""


def change(portal: Portal, kind: str, record: Record, values: dict[str, str]) -> dict[str, Any]:
    before = dict(record.properties)
    record.properties |= values
    for name in [name for name, value in record.properties.items() if value == ""]:
        del record.properties[name]
    portal.writes.append(Write(kind, record.id, values, before != record.properties))
    return record.told(list(values))


def _there(portal: Portal, kind: str, id: str) -> Record:
    record = portal.find(kind_of(kind), id)
    if not record:
        raise Refused(404, "resource not found", "OBJECT_NOT_FOUND")
    return record


def _ids(body: dict[str, Any]) -> list[str]:
    inputs = body["inputs"]
    if not 1 <= len(inputs) <= MOST:
        raise Refused(400, f"A batch takes 1 to {MOST} inputs, not {len(inputs)}")
    return [one["id"] for one in inputs]


def _error(category: str, message: str, ids: list[str]) -> dict[str, Any]:
    return {"status": "error", "category": category, "message": message, "context": {"ids": ids}}


def _batch(results: list[dict[str, Any]], errors: list[dict[str, Any]]) -> Answer:
    at = datetime.now(UTC).isoformat()
    told: dict[str, Any] = {"status": "COMPLETE", "results": results, "startedAt": at, "completedAt": at}
    return Answer(told | ({"numErrors": len(errors), "errors": errors} if errors else {}), 207 if errors else 200)
