"""What a workspace holds, and how Intercom tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

EMBEDDED = 10  # of a contact's companies and tags are told with it

Attributes = dict[str, Any]


@dataclass
class Tag:
    id: str
    name: str

    def told(self) -> dict[str, Any]:
        return {"type": "tag", "id": self.id, "name": self.name}


@dataclass
class DataAttribute:
    """`held`: something in the workspace depends on it, so that it can't be archived."""

    id: int
    model: str  # contact or company
    name: str
    data_type: str
    description: str = ""
    archived: bool = False
    messenger_writable: bool = False
    held: bool = False
    created_at: int = 0
    updated_at: int = 0

    def told(self) -> dict[str, Any]:
        return {
            "id": self.id, "type": "data_attribute", "name": self.name, "model": self.model,
            "full_name": f"custom_attributes.{self.name}", "label": self.name, "description": self.description,
            "data_type": "date" if self.data_type == "datetime" else self.data_type, "api_writable": True,
            "ui_writable": False, "messenger_writable": self.messenger_writable, "custom": True,
            "archived": self.archived, "admin_id": "1", "created_at": self.created_at, "updated_at": self.updated_at,
        }  # fmt: skip


@dataclass
class Company:
    id: str
    company_id: str
    name: str = ""
    custom_attributes: Attributes = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)  # ids
    contacts: set[str] = field(default_factory=set)  # ids
    created_at: int = 0
    updated_at: int = 0
    more: dict[str, Any] = field(default_factory=dict)  # plan, size, website …

    def told(self, app_id: str, shown: Attributes, tags: list[Tag]) -> dict[str, Any]:
        return {
            "type": "company", "id": self.id, "company_id": self.company_id, "app_id": app_id, "name": self.name,
            "remote_created_at": self.created_at, "created_at": self.created_at, "updated_at": self.updated_at,
            "monthly_spend": 0, "session_count": 0, "user_count": len(self.contacts),
            "tags": {"type": "tag.list", "tags": [tag.told() for tag in tags]},
            "segments": {"type": "segment.list", "segments": []},
            "plan": {}, **self.more, "custom_attributes": shown,
        }  # fmt: skip


@dataclass
class Contact:
    """`found_from`: seconds since 1970 from when a search finds it. `gone`: "", archived, deleted or merged."""

    id: str
    email: str = ""
    name: str | None = None
    external_id: str | None = None
    role: str = "user"
    custom_attributes: Attributes = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)  # ids
    companies: list[str] = field(default_factory=list)  # ids, in the order in which they were attached
    last_seen_at: int | None = None
    created_at: int = 0
    updated_at: int = 0
    found_from: float = 0.0
    gone: str = ""
    merged_into: str | None = None

    def told(self, workspace: str, shown: Attributes) -> dict[str, Any]:
        def some(kind: str, ids: list[str]) -> dict[str, Any]:
            data = [{"id": one, "type": kind, "url": f"/{kind}s/{one}"} for one in ids[:EMBEDDED]]
            more = len(ids) > EMBEDDED
            url = f"/contacts/{self.id}/{kind}s"
            return {"type": "list", "data": data, "url": url, "total_count": len(ids), "has_more": more}

        return {
            "type": "contact", "id": self.id, "workspace_id": workspace, "external_id": self.external_id,
            "role": self.role, "email": self.email, "phone": None, "name": self.name, "avatar": None,
            "owner_id": None, "has_hard_bounced": False, "marked_email_as_spam": False,
            "unsubscribed_from_emails": False, "created_at": self.created_at, "updated_at": self.updated_at,
            "signed_up_at": self.created_at, "last_seen_at": self.last_seen_at, "last_replied_at": None,
            "last_contacted_at": None, "language_override": None, "browser": None, "os": None,
            "custom_attributes": shown, "tags": some("tag", sorted(self.tags)),
            "companies": some("company", self.companies), "notes": some("note", []),
        }  # fmt: skip
