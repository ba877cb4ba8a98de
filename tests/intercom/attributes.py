"""Definitions of custom attributes: made, archived and taken out again; never deleted."""

from __future__ import annotations

import re

from tests.intercom.calls import Answer, Call, Refusal
from tests.intercom.records import DataAttribute
from tests.intercom.routing import Routes
from tests.intercom.workspace import Workspace

NAME = re.compile(r"[\w \-£$€¥]{1,190}", re.ASCII)
MODELS = ("contact", "company")
WORDS = {"contact": "people", "company": "company"}
TYPES = ("string", "integer", "float", "boolean", "datetime", "date", "options")
OPTIONS = 2  # at least, of a list

routes = Routes()


@routes("GET", "/data_attributes")
def listed(workspace: Workspace, call: Call) -> Answer:
    model, archived = call.query.get("model"), call.query.get("include_archived") == "true"
    if model == "conversation":
        said = "model=conversation is no longer supported. Use GET /conversations/attributes instead"
        raise Refusal(422, "parameter_invalid", said)
    own = [one for one in workspace.attributes.values() if (not one.archived or archived)]
    data = [one.told() for one in own if model in (None, one.model)]
    built_in = [of for of in MODELS if model in (None, of)]
    return Answer({"type": "list", "data": [_built_in(of) for of in built_in] + data})


def _built_in(model: str) -> dict[str, object]:
    """Ones that are Intercom's own have no id."""
    return {
        "type": "data_attribute", "name": "name", "full_name": "name", "label": "Name", "model": model,
        "data_type": "string", "api_writable": True, "messenger_writable": True, "ui_writable": True,
        "custom": False, "archived": False,
    }  # fmt: skip


@routes("POST", "/data_attributes")
def made(workspace: Workspace, call: Call) -> Answer:
    body = call.fields("name", "model", "data_type", "description", "options", "messenger_writable")
    name, model = body["name"], body["model"]
    if model not in MODELS:
        raise Refusal(400, "parameter_invalid", "The Data Attribute model field must be either contact or company")
    if body["data_type"] not in TYPES:
        raise Refusal(400, "parameter_invalid", "Data Type isn't an option")
    if not NAME.fullmatch(name):
        said = "Your name for this attribute must only contain alphanumeric characters, currency symbols, and hyphens"
        raise Refusal(400, "parameter_invalid", said)
    for other in MODELS:
        if there := workspace.named(other, name):
            where = f"archived {WORDS[other]}" if there.archived else WORDS[other]
            said = f"You already have '{name}' in your {where} data. To save this as new {WORDS[model]} data, "
            raise Refusal(400, "parameter_invalid", said + "use a different name.")
    if body["data_type"] == "options" and len(body["options"]) < OPTIONS:
        raise Refusal(400, "parameter_invalid", "Too few options in list")
    _refuse_too_many(workspace)
    attribute = workspace.attribute(model, name, body["data_type"], description=body.get("description", ""))
    attribute.messenger_writable = body.get("messenger_writable", False)
    attribute.created_at = attribute.updated_at = int(workspace.clock())
    workspace.record("attribute", attribute.id, body, True)
    return Answer(attribute.told())


@routes("PUT", "/data_attributes/{id}")
def changed(workspace: Workspace, call: Call, id: str) -> Answer:
    body = call.fields("archived", "description", "options", "messenger_writable")
    attribute = workspace.attributes.get(int(id)) if id.isdecimal() else None
    if not attribute:
        raise Refusal(404, "field_not_found", "We couldn't find that data attribute to update")
    archived = body.get("archived", attribute.archived)
    if archived and not attribute.archived and attribute.held:
        said = "The Data Attribute you are trying to archive has a dependant object"
        raise Refusal(422, "data_invalid", said)
    if attribute.archived and not archived:
        _refuse_too_many(workspace)
    different = _change(attribute, archived, body.get("description"), body.get("messenger_writable"))
    attribute.updated_at = int(workspace.clock())
    workspace.record("attribute", id, body, different)
    return Answer(attribute.told())


def _change(attribute: DataAttribute, archived: bool, description: str | None, writable: bool | None) -> bool:
    before = (attribute.archived, attribute.description, attribute.messenger_writable)
    attribute.archived = archived
    attribute.description = attribute.description if description is None else description
    attribute.messenger_writable = attribute.messenger_writable if writable is None else writable
    return before != (attribute.archived, attribute.description, attribute.messenger_writable)


def _refuse_too_many(workspace: Workspace) -> None:
    if sum(not one.archived for one in workspace.attributes.values()) >= workspace.most_attributes:
        said = f"You have reached the limit of {workspace.most_attributes} active custom attributes"
        raise Refusal(400, "parameter_invalid", said)
