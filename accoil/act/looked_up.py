"""The numbers of those whom an automation is about, as of today: what conditions, reasons and texts are made of."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django.conf import settings
from django.urls import reverse

from accoil.act import text
from accoil.act.models import Automation
from accoil.act.triggers import meant
from accoil.connect.batches import batches
from accoil.count.facts import facts
from accoil.count.ids import Kind
from accoil.count.people import traits_of
from accoil.rule.tree import EVERYTHING, Rule, check
from accoil.score.book import Book, open_book
from accoil.score.models import Profile
from accoil.score.wording import in_percent

AT_ONCE = 1_000  # ids in one question

Row = dict[str, Any]


class LookedUp:
    """Some users or accounts under the profile's definition in force."""

    def __init__(self, profile: Profile, scope: Kind, entities: Iterable[int]) -> None:
        self.profile, self.scope = profile, scope
        self._entities = list(dict.fromkeys(entities))

    def read(self) -> "LookedUp":
        """Asks now, so that nothing is left to be asked while others wait for the database."""
        _ = self.accounts
        return self

    @cached_property
    def book(self) -> Book:
        return open_book(self.profile.product_id, self.profile.current.parsed, self.profile.product.today())

    @cached_property
    def rows(self) -> dict[int, Row]:
        """Of those whom the profile counts."""
        return _rows(self.book, self.scope, self._entities)

    @cached_property
    def accounts(self) -> dict[int, Row]:
        """The accounts themselves, or those that the users belong to."""
        if self.scope == "account":
            return self.rows
        wanted = {row["account_id"] for row in self.rows.values() if row["account_id"]}
        return _rows(self.book, "account", sorted(wanted))

    def account_of(self, entity: int) -> int | None:
        """The account that a user belongs to; an account is its own."""
        if self.scope == "account":
            return entity
        row = self.rows.get(entity)
        return (row["account_id"] or None) if row else None

    def holding(self, rule: Mapping[str, Any] | Rule) -> set[int]:
        """Those of all for whom it holds; a written rule may name features, segments and stages."""
        read = check(rule, self.scope, EVERYTHING) if isinstance(rule, Mapping) else rule
        return set(self.book.matching(meant(read, self.profile, self.scope), self.scope))

    def said(self, entity: int, automation: Automation, reason: str) -> text.Said:
        """What names in a text stand for."""
        account = self.account_of(entity)
        told = text.told("account", self.accounts.get(account) if account else None)
        if self.scope == "user":
            told |= text.told("user", self.rows.get(entity))
        others = (automation.name, self.profile.name, self.profile.product.name, reason)
        return told | dict(zip(text.OTHERS, others, strict=True))

    def about(self, entity: int, automation: Automation, reason: str) -> dict[str, Any]:
        """The same for programs: what a webhook tells. Rates are whole percentages, money is cents."""
        account = self.account_of(entity)
        told = {
            "automation": automation.name, "profile": self.profile.name, "product": self.profile.product.name,
            "when": automation.trigger, "because": reason,
            "account": self._account(account) if account else None,
        }  # fmt: skip
        if link := page_of(self.profile, self.scope, entity):
            told["link"] = link
        return told if self.scope == "account" else told | {"user": _told("user", self.rows.get(entity))}

    def _account(self, account: int) -> dict[str, Any] | None:
        told = _told("account", self.accounts.get(account))
        return told | {"owner": self.owners.get(account)} if told and self._owner else told

    @cached_property
    def owners(self) -> dict[int, Any]:
        """Account → what the trait says that names its owner."""
        told = traits_of(self.profile.product_id, "account", list(self.accounts)) if self._owner else {}
        return {account: traits.get(self._owner) for account, traits in told.items()}

    @property
    def _owner(self) -> str:
        return facts().configured(self.profile.product_id).owner or ""


def page_of(profile: Profile, scope: Kind, entity: int) -> str:
    """The address of somebody's page, seen through the profile; "" while nobody said where this server is reached."""
    if not settings.PUBLIC_URL:
        return ""
    return f"{settings.PUBLIC_URL}{reverse(scope, args=[profile.product_id, entity])}?profile={profile.pk}"


def _told(kind: Kind, row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    day = row["last_active"]
    rates = {rate: None if row[rate] is None else in_percent(row[rate]) for rate in ("activation", "adoption")}
    plain = ("active_users", "total_users", "mrr", "plan", "status") if kind == "account" else ("email", "role")
    return {
        "id": row["tracking_id"], "name": row["name"], "score": row["score"], "change": row["change"], **rates,
        "last_active": day.isoformat() if day else None, **{name: row[name] for name in plain},
    }  # fmt: skip


def _rows(book: Book, scope: Kind, entities: list[int]) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for some in batches(entities, AT_ONCE):
        found |= book.those(scope, some)
    return found
