"""Contacts: listed, searched, read, changed, made, merged, tagged, attached to companies."""

from __future__ import annotations

from typing import Any

from tests.intercom.calls import Answer, Call, Refusal
from tests.intercom.paging import page
from tests.intercom.records import Company, Contact, Tag
from tests.intercom.routing import Routes
from tests.intercom.searching import found
from tests.intercom.values import write_values
from tests.intercom.workspace import Workspace

PER_PAGE, MOST_PER_PAGE = 50, 150
MOST_COMPANIES = 1000  # of a contact
SETTABLE = ("name", "external_id", "role", "last_seen_at")
IGNORED = ("email_verified", "phone", "avatar", "signed_up_at", "owner_id", "unsubscribed_from_emails")
FIELDS = ("email", "custom_attributes", *SETTABLE, *IGNORED)

routes = Routes()


@routes("GET", "/contacts")
def listed(workspace: Workspace, call: Call) -> Answer:
    there = [one for one in workspace.contacts.values() if not one.gone]
    per_page = call.number("per_page", 10, MOST_PER_PAGE)
    return Answer(page(there, per_page, call.query.get("starting_after"), workspace.tell_contact))


@routes("POST", "/contacts/search")
def searched(workspace: Workspace, call: Call) -> Answer:
    """The cursor is read from the body only: one in the address silently gives the first page again."""
    body = call.fields("query", "pagination", "sort")
    order = (body.get("sort") or {}).get("order", "descending")
    if order not in ("ascending", "descending"):
        said = f"Invalid sort order '{order}'. Must be one of: ascending, descending"
        raise Refusal(400, "invalid_sort_order", said)
    asked = body.get("pagination") or {}
    per_page = asked.get("per_page", PER_PAGE)
    if not 1 <= per_page <= MOST_PER_PAGE:
        raise Refusal(400, "parameter_invalid", f"per_page must be between 1 and {MOST_PER_PAGE}", "per_page")
    rows = found(workspace, body["query"])
    return Answer(page(rows, per_page, asked.get("starting_after"), workspace.tell_contact))


@routes("POST", "/contacts/merge")
def merged(workspace: Workspace, call: Call) -> Answer:
    body = call.fields("from", "into", "skip_duplicate_validation")
    old, into = contact_of(workspace, body["from"]), contact_of(workspace, body["into"])
    workspace.merge(old, into)
    workspace.record("merged", old.id, {"into": into.id}, True)
    return Answer(workspace.tell_contact(into))


@routes("GET", "/contacts/find_by_external_id/{id}")
def by_external_id(workspace: Workspace, call: Call, id: str) -> Answer:
    for one in workspace.contacts.values():
        if one.external_id == id and not one.gone:
            return Answer(workspace.tell_contact(one))
    raise Refusal(404, "not_found", "User Not Found")


@routes("GET", "/contacts/{id}")
def read(workspace: Workspace, call: Call, id: str) -> Answer:
    return Answer(workspace.tell_contact(contact_of(workspace, id)))


@routes("PUT", "/contacts/{id}")
def changed(workspace: Workspace, call: Call, id: str) -> Answer:
    contact, body = contact_of(workspace, id), call.fields(*FIELDS)
    before = (contact.email, *(getattr(contact, name) for name in SETTABLE))
    different = write_values(workspace, "contact", contact, body.get("custom_attributes"))
    _set(workspace, contact, body)
    different = different or before != (contact.email, *(getattr(contact, name) for name in SETTABLE))
    contact.updated_at = int(workspace.clock())
    workspace.record("contact", id, body, different)
    return Answer(workspace.tell_contact(contact))


@routes("POST", "/contacts")
def made(workspace: Workspace, call: Call) -> Answer:
    body = call.fields(*FIELDS)
    _refuse_twin(workspace, body)
    contact = workspace.contact()
    write_values(workspace, "contact", contact, body.get("custom_attributes"))
    _set(workspace, contact, body)
    workspace.record("contact", contact.id, body, True)
    return Answer(workspace.tell_contact(contact))


def _set(workspace: Workspace, contact: Contact, body: dict[str, Any]) -> None:
    for name in SETTABLE:
        if name in body:
            setattr(contact, name, body[name])
    if "email" in body:
        workspace.set_email(contact, body["email"])


def _refuse_twin(workspace: Workspace, body: dict[str, Any]) -> None:
    """The id of the other one is told in the text only."""
    email, external_id = body.get("email", "").lower(), body.get("external_id")
    for one in workspace.contacts.values():
        same_user = one.role == body.get("role", "user") == "user" and email and one.email.lower() == email
        if one.gone in ("", "archived") and (same_user or (external_id and one.external_id == external_id)):
            kind = "An archived contact" if one.gone else "A contact"
            raise Refusal(409, "conflict", f"{kind} matching those details already exists with id={one.id}")


@routes("DELETE", "/contacts/{id}")
def deleted(workspace: Workspace, call: Call, id: str) -> Answer:
    contact = contact_of(workspace, id)
    workspace.delete(contact)
    workspace.record("deleted", id, {}, True)
    return Answer({"id": id, "external_id": contact.external_id, "type": "contact", "deleted": True})


@routes("POST", "/contacts/{id}/archive")
def archived(workspace: Workspace, call: Call, id: str) -> Answer:
    contact = contact_of(workspace, id)
    workspace.delete(contact, "archived")
    workspace.record("archived", id, {}, True)
    return Answer({"id": id, "external_id": contact.external_id, "type": "contact", "archived": True})


@routes("POST", "/contacts/{id}/unarchive")
def unarchived(workspace: Workspace, call: Call, id: str) -> Answer:
    contact = workspace.contacts.get(id)
    if not contact or contact.gone not in ("", "archived"):
        raise Refusal(404, "not_found", "User Not Found")
    contact.gone = ""
    workspace.record("unarchived", id, {}, True)
    return Answer({"id": id, "external_id": contact.external_id, "type": "contact", "archived": False})


@routes("GET", "/contacts/{id}/companies")
def companies_of(workspace: Workspace, call: Call, id: str) -> Answer:
    theirs = [workspace.companies[one] for one in contact_of(workspace, id).companies if one in workspace.companies]
    per_page = call.number("per_page", PER_PAGE, MOST_PER_PAGE)
    number = call.number("page", 1, 1000)
    pages, start = -(-len(theirs) // per_page), (number - 1) * per_page
    told = [workspace.tell_company(one) for one in theirs[start : start + per_page]]
    following = f"https://api.intercom.io/contacts/{id}/companies?page={number + 1}&per_page={per_page}"
    around = {"type": "pages", "page": number, "per_page": per_page, "total_pages": pages}
    around["next"] = following if number < pages else None
    return Answer({"type": "list", "data": told, "total_count": len(theirs), "pages": around})


@routes("POST", "/contacts/{id}/companies")
def attached(workspace: Workspace, call: Call, id: str) -> Answer:
    contact, company = contact_of(workspace, id), company_of(workspace, call.fields("id")["id"])
    if len(contact.companies) >= MOST_COMPANIES:
        said = f"Contact has reached the maximum of {MOST_COMPANIES} company associations"
        raise Refusal(400, "contact_company_limit_exceeded", said)
    new = company.id not in contact.companies
    workspace.attach(contact, company)
    workspace.record("attached", id, {"company": company.id}, new)
    return Answer(workspace.tell_company(company))


@routes("DELETE", "/contacts/{id}/companies/{company}")
def detached(workspace: Workspace, call: Call, id: str, company: str) -> Answer:
    contact, left = contact_of(workspace, id), company_of(workspace, company)
    contact.companies = [one for one in contact.companies if one != company]
    left.contacts.discard(id)
    workspace.record("detached", id, {"company": company}, True)
    return Answer(workspace.tell_company(left))


@routes("GET", "/contacts/{id}/tags")
def tags_of(workspace: Workspace, call: Call, id: str) -> Answer:
    tags = sorted(contact_of(workspace, id).tags)
    return Answer({"type": "list", "data": [workspace.tags[tag].told() for tag in tags]})


@routes("POST", "/contacts/{id}/tags")
def tagged(workspace: Workspace, call: Call, id: str) -> Answer:
    contact, tag = contact_of(workspace, id), _tag_of(workspace, call.fields("id")["id"])
    new = tag.id not in contact.tags
    contact.tags.add(tag.id)
    workspace.record("tagged", id, {"tag": tag.name}, new)
    return Answer(tag.told() | {"applied_at": int(workspace.clock()), "applied_by": {"type": "admin", "id": "1"}})


@routes("DELETE", "/contacts/{id}/tags/{tag}")
def untagged(workspace: Workspace, call: Call, id: str, tag: str) -> Answer:
    contact, taken = contact_of(workspace, id), _tag_of(workspace, tag)
    there = tag in contact.tags
    contact.tags.discard(tag)
    workspace.record("untagged", id, {"tag": taken.name}, there)
    return Answer(taken.told())


def contact_of(workspace: Workspace, id: str) -> Contact:
    contact = workspace.contacts.get(id)
    if contact and contact.gone == "merged":
        said = "This contact has been merged. See the 'Link' header for the canonical contact."
        raise Refusal(410, "contact_merged", said, Link=f'</contacts/{contact.merged_into}>; rel="canonical"')
    if not contact or contact.gone:
        raise Refusal(404, "not_found", "User Not Found")
    return contact


def company_of(workspace: Workspace, id: str) -> Company:
    if id not in workspace.companies:
        raise Refusal(404, "company_not_found", "Company Not Found")
    return workspace.companies[id]


def _tag_of(workspace: Workspace, id: str) -> Tag:
    if id not in workspace.tags:
        raise Refusal(404, "not_found", "Resource Not Found")
    return workspace.tags[id]
