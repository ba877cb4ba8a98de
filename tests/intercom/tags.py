"""Tags: made or found by name, given to contacts and companies, taken away from companies."""

from __future__ import annotations

from typing import Any

from tests.intercom.calls import Answer, Call, Refusal
from tests.intercom.contacts import company_of, contact_of
from tests.intercom.records import Company, Tag
from tests.intercom.routing import Routes
from tests.intercom.workspace import Workspace

routes = Routes()


@routes("GET", "/tags")
def listed(workspace: Workspace, call: Call) -> Answer:
    return Answer({"type": "list", "data": [tag.told() for tag in workspace.tags.values()]})


@routes("GET", "/tags/{id}")
def read(workspace: Workspace, call: Call, id: str) -> Answer:
    if id not in workspace.tags:
        raise Refusal(404, "not_found", "Resource Not Found")
    return Answer(workspace.tags[id].told())


@routes("POST", "/tags")
def made_or_given(workspace: Workspace, call: Call) -> Answer:
    """What it does depends on the body: make or find, rename, tag contacts, tag or untag companies."""
    body = call.fields("name", "id", "users", "companies")
    name = str(body.get("name", "")).strip()
    if not name:
        raise Refusal(400, "parameter_invalid", "invalid tag parameters")
    contacts = [contact_of(workspace, one["id"]) for one in body.get("users", ())]
    companies = [(_company(workspace, one), one.get("untag", False)) for one in body.get("companies", ())]
    tag = _tag(workspace, name, body.get("id"))
    users = [_give(workspace, tag, one.id, one.tags) for one in contacts]
    firms = [_give(workspace, tag, one.id, one.tags, untag) for one, untag in companies]
    return Answer(tag.told() | {"users": users, "companies": firms})


def _tag(workspace: Workspace, name: str, id: str | None) -> Tag:
    """Names are the same whatever their case."""
    if id is not None:
        if id not in workspace.tags:
            raise Refusal(404, "not_found", "Resource Not Found")
        workspace.tags[id].name = name
        workspace.record("tag", id, {"name": name}, True)
        return workspace.tags[id]
    for tag in workspace.tags.values():
        if tag.name.lower() == name.lower():
            return tag
    made = Tag(workspace.next_id("tag", 0), name)
    workspace.tags[made.id] = made
    workspace.record("tag", made.id, {"name": name}, True)
    return made


def _company(workspace: Workspace, named: dict[str, Any]) -> Company:
    if "id" in named:
        return company_of(workspace, named["id"])
    for one in workspace.companies.values():
        if one.company_id == named.get("company_id"):
            return one
    raise Refusal(404, "company_not_found", "Company Not Found")


def _give(workspace: Workspace, tag: Tag, id: str, has: set[str], untag: bool = False) -> dict[str, Any]:
    different = (tag.id in has) == untag
    (has.discard if untag else has.add)(tag.id)
    workspace.record("untagged" if untag else "tagged", id, {"tag": tag.name}, different)
    return {"id": id, "tagged": not untag}
