"""Companies: looked up, listed, scrolled, changed."""

from __future__ import annotations

import uuid
from typing import Any

from tests.intercom.calls import Answer, Call, Refusal
from tests.intercom.contacts import company_of
from tests.intercom.paging import page
from tests.intercom.records import Company
from tests.intercom.routing import Routes
from tests.intercom.values import write_values
from tests.intercom.workspace import Workspace

PER_PAGE, MOST_PER_PAGE = 15, 60
MOST_LISTED = 10_000
SCROLLED = 100  # a page
SCROLL_LIVES = 60  # seconds without a call
MORE = ("plan", "size", "website", "industry", "monthly_spend")
FIELDS = ("name", "custom_attributes", *MORE)

routes = Routes()


@routes("GET", "/companies")
def looked_up(workspace: Workspace, call: Call) -> Answer:
    """By company_id or name the answer is one company, whatever the description says."""
    for name in ("company_id", "name"):
        if name in call.query:
            asked = call.query[name]
            one = next((c for c in workspace.companies.values() if getattr(c, name) == asked), None)
            if not one:
                raise Refusal(404, "company_not_found", "Company Not Found")
            return Answer(workspace.tell_company(one))
    return listed(workspace, call)


@routes("POST", "/companies/list")
def listed(workspace: Workspace, call: Call) -> Answer:
    per_page, number = call.number("per_page", PER_PAGE, MOST_PER_PAGE), call.number("page", 1, 10**6)
    if number * per_page > MOST_LISTED:
        raise Refusal(400, "parameter_invalid", "page limit reached, please use scroll API")
    there, start = _seen(workspace), (number - 1) * per_page
    pages = {"type": "pages", "next": None, "page": number, "per_page": per_page}
    pages["total_pages"] = -(-len(there) // per_page)
    data = [workspace.tell_company(one) for one in there[start : start + per_page]]
    return Answer({"type": "list", "data": data, "pages": pages, "total_count": len(there)})


def _seen(workspace: Workspace) -> list[Company]:
    """Companies without people are in no list."""
    return [one for one in workspace.companies.values() if one.contacts]


@routes("GET", "/companies/scroll")
def scrolled(workspace: Workspace, call: Call) -> Answer:
    """One at a time in a workspace; its parameter stays the same from page to page, and an empty page ends it."""
    now, param = workspace.clock(), call.query.get("scroll_param", "")
    workspace.scrolls = {one: at for one, at in workspace.scrolls.items() if now - at[1] < SCROLL_LIVES}
    if not param:
        if workspace.scrolls:
            raise Refusal(400, "scroll_exists", "scroll already exists for this workspace")
        param = str(uuid.uuid4())
        workspace.scrolls[param] = (0, now)
    if param not in workspace.scrolls:
        raise Refusal(404, "not_found", "scroll parameter not found")
    start, there = workspace.scrolls[param][0], _seen(workspace)
    data = [workspace.tell_company(one) for one in there[start : start + SCROLLED]]
    workspace.scrolls[param] = (start + SCROLLED, now)
    if not data:
        del workspace.scrolls[param]
    return Answer({"type": "list", "data": data, "pages": None, "total_count": None, "scroll_param": param})


@routes("GET", "/companies/{id}")
def read(workspace: Workspace, call: Call, id: str) -> Answer:
    return Answer(workspace.tell_company(company_of(workspace, id)))


@routes("PUT", "/companies/{id}")
def changed(workspace: Workspace, call: Call, id: str) -> Answer:
    company, body = company_of(workspace, id), call.fields(*FIELDS)
    workspace.record("company", id, body, _write(workspace, company, body))
    return Answer(workspace.tell_company(company))


@routes("POST", "/companies")
def made_or_changed(workspace: Workspace, call: Call) -> Answer:
    body = call.fields("company_id", "remote_created_at", "update_last_request_at", *FIELDS)
    asked = body.get("company_id")
    if not asked:
        raise Refusal(400, "parameter_not_found", "company_id is required", "company_id")
    there = next((one for one in workspace.companies.values() if one.company_id == asked), None)
    company = there or workspace.company(asked)
    different = _write(workspace, company, body)
    workspace.record("company", company.id, body, different or not there)
    return Answer(workspace.tell_company(company))


def _write(workspace: Workspace, company: Company, body: dict[str, Any]) -> bool:
    before = (company.name, dict(company.more))
    different = write_values(workspace, "company", company, body.get("custom_attributes"))
    company.name = body.get("name", company.name)
    company.more |= {name: body[name] for name in MORE if name in body}
    company.updated_at = int(workspace.clock())
    return different or before != (company.name, company.more)


@routes("DELETE", "/companies/{id}")
def deleted(workspace: Workspace, call: Call, id: str) -> Answer:
    company = company_of(workspace, id)
    for contact in company.contacts:
        workspace.contacts[contact].companies.remove(id)
    del workspace.companies[id]
    workspace.record("company deleted", id, {}, True)
    return Answer({"id": id, "object": "company", "deleted": True})


@routes("GET", "/companies/{id}/contacts")
def contacts_of(workspace: Workspace, call: Call, id: str) -> Answer:
    people = [workspace.contacts[one] for one in sorted(company_of(workspace, id).contacts)]
    per_page = call.number("per_page", 50, 150)
    return Answer(page(people, per_page, call.query.get("starting_after"), workspace.tell_contact))
