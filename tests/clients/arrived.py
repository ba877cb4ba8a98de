"""Who users and accounts are, as the read API tells it, and as it must be from what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.team.models import Product
from tests.door import Door
from tests.traffic import Item

Traits = dict[str, dict[str, Any]]  # id as it was sent → trait → value

OF_USERS = "email,role"


@dataclass
class People:
    users: Traits = field(default_factory=dict)
    accounts: Traits = field(default_factory=dict)
    memberships: dict[str, str] = field(default_factory=dict)  # user → the account joined last


def sent(items: Iterable[Item]) -> People:
    people = People()
    for item in sorted(items, key=lambda item: datetime.fromisoformat(item["timestamp"])):
        people.users.setdefault(item["userId"], {}).update(item["traits"] if item["type"] == "identify" else {})
        if item["type"] == "group":
            people.accounts.setdefault(item["groupId"], {}).update(item["traits"])
            people.memberships[item["userId"]] = item["groupId"]
    # An account may also be known from an event alone.
    for item in items:
        if account := item.get("context", {}).get("groupId"):
            people.accounts.setdefault(account, {})
    return people


def arrived(door: Door) -> People:
    workspace = Profile.create(Product.objects.get(pk=door.product_id), "All", Definition(events={"Login": 1})).pk
    people = People()
    accounts = _listed(door, "accounts", workspace)
    for id, name in accounts.items():
        people.accounts[name] = _one(door, "accounts", id, workspace, expand="traits")["traits"]
    for id, name in _listed(door, "users", workspace).items():
        user = _one(door, "users", id, workspace, expand="traits", traits=OF_USERS)
        people.users[name] = user["traits"]
        if user["account_id"] is not None:
            people.memberships[name] = accounts[user["account_id"]]
    return people


def _listed(door: Door, what: str, workspace: int) -> dict[int, str]:
    """Our id → the one that was sent."""
    found: dict[int, str] = {}
    while True:
        page = door.get(f"/{what}", workspace_id=workspace, limit=100, offset=len(found)).json()
        found |= {row["id"]: row["tracking_id"] for row in page["data"]}
        if len(page["data"]) < 100:
            return found


def _one(door: Door, what: str, id: int, workspace: int, **asked: str) -> dict[str, Any]:
    answer = door.get(f"/{what}/{id}", workspace_id=workspace, **asked)
    assert answer.status == 200, answer
    told: dict[str, Any] = answer.json()
    return told
