"""Which company is which of our accounts: the one that carries our id, else the one with the account's domain, else the
one that its matched users belong to. Nothing is ever made there."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from accoil.connect.batches import batches
from accoil.connect.connection import Firm, Match, Rejected
from accoil.connect.hubspot.group_ids import GroupIds
from accoil.connect.hubspot.speaking import AT_ONCE, VERSION, Speaker, objects

BY_ID, BY_DOMAIN, BY_USERS, BY_NAME = "our company id", "domain", "its users", "its users and name"
PRIMARY = 1  # type of the association of a contact with its primary company
PAGE = 200  # companies that a search tells at once
DOMAINS = 50  # in one search

# A company with one of these is not the company of whoever writes from there.
MAILBOXES = frozenset((
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com",
    "icloud.com", "me.com", "aol.com", "gmx.com", "gmx.de", "gmx.net", "web.de", "proton.me", "protonmail.com",
    "mail.com", "zoho.com", "yandex.com", "yandex.ru", "qq.com", "163.com",
))  # fmt: skip


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """`own_id`: of an account of the product, as it stands there; "" when none does."""

    id: str
    name: str = ""
    domain: str = ""
    own_id: str = ""


def match_accounts(speaker: Speaker, ids: GroupIds, firms: Sequence[Firm]) -> Iterator[Match]:
    """Of one product, each by itself: of two accounts with one company, the sync chooses."""
    for some in batches(firms, AT_ONCE):
        yield from _Some(speaker, ids, some).matches()


class _Some:
    """At most as many as one call takes."""

    def __init__(self, speaker: Speaker, ids: GroupIds, firms: Sequence[Firm]) -> None:
        self._speaker, self._ids, self._firms = speaker, ids, firms
        self._property = ids.property_of(firms[0].product)
        self._asked = ["name", "domain", self._property]

    def matches(self) -> Iterator[Match]:
        by_id = self._with_our_ids() if self._ids.is_there(self._property) else {}
        rest = [firm for firm in self._firms if firm.tracking_id not in by_id]
        of_domain = self._with_domains({domain for firm in rest if (domain := domain_of(firm))})
        of_contact = self._whose(dict.fromkeys(contact for firm in rest for _, contact in firm.users))
        known = self._known({each for own in of_contact.values() for each in own})
        for firm in self._firms:
            if found := by_id.get(firm.tracking_id):
                yield Match(entity=firm.entity, remote_id=found.id, matched_by=BY_ID)
                continue
            whose = [known[each] for _, contact in firm.users for each in of_contact.get(contact, ()) if each in known]
            match = _chosen(firm, of_domain.get(domain_of(firm), []), whose)
            if match.remote_id:
                self._ids.fill(match.remote_id, self._property, firm.tracking_id)
            yield match

    def _with_our_ids(self) -> dict[str, Company]:
        inputs = [{"id": firm.tracking_id} for firm in self._firms]
        asked = {"idProperty": self._property, "properties": self._asked, "inputs": inputs}
        try:
            told = self._speaker.patiently("POST", objects("account", "/batch/read"), json=asked)
        except Rejected:  # the property is not there any more, or not one that is unique
            self._ids.doubt()
            return {}
        return {company.own_id: company for company in self._companies(told)}

    def _with_domains(self, domains: Iterable[str]) -> dict[str, list[Company]]:
        found: dict[str, list[Company]] = {}
        for some in batches(sorted(domains), DOMAINS):
            for company in self._searched({"propertyName": "domain", "operator": "IN", "values": some}):
                found.setdefault(company.domain.lower(), []).append(company)
        return found

    def _searched(self, wanted: dict[str, Any]) -> Iterator[Company]:
        asked = {"filterGroups": [{"filters": [wanted]}], "properties": self._asked, "limit": PAGE}
        while True:
            told = self._speaker.patiently("POST", objects("account", "/search"), json=asked)
            yield from self._companies(told)
            after = ((told.get("paging") or {}).get("next") or {}).get("after")
            if not after:
                return
            asked["after"] = after

    def _whose(self, contacts: Iterable[str]) -> dict[str, list[str]]:
        """Contact → its primary company; all of its companies where none is marked so."""
        found: dict[str, list[str]] = {}
        for some in batches(contacts, AT_ONCE):
            asked = {"inputs": [{"id": contact} for contact in some]}
            path = f"/crm/associations/{VERSION}/contacts/companies/batch/read"
            for each in (self._speaker.patiently("POST", path, json=asked) or {}).get("results") or ():
                every = {str(to["toObjectId"]): _is_primary(to) for to in each.get("to") or ()}
                primary = [company for company, is_primary in every.items() if is_primary]
                found[str(each["from"]["id"])] = primary or list(every)
        return found

    def _known(self, wanted: Iterable[str]) -> dict[str, Company]:
        found: dict[str, Company] = {}
        for some in batches(sorted(wanted), AT_ONCE):
            asked = {"properties": self._asked, "inputs": [{"id": company} for company in some]}
            told = self._speaker.patiently("POST", objects("account", "/batch/read"), json=asked)
            found |= {company.id: company for company in self._companies(told)}
        return found

    def _companies(self, told: Mapping[str, Any]) -> Iterator[Company]:
        for each in (told or {}).get("results") or ():
            own = each.get("properties") or {}
            yield Company(
                id=str(each["id"]), name=own.get("name") or "", domain=own.get("domain") or "",
                own_id=own.get(self._property) or "",
            )  # fmt: skip


def domain_of(firm: Firm) -> str:
    """acme.example, of https://www.acme.example/about; "" for one of mailboxes."""
    host = re.sub(r"^[a-z]+://", "", firm.domain.strip().lower()).split("/")[0].split(":")[0].removeprefix("www.")
    return "" if host in MAILBOXES or "." not in host or "@" in host else host


def _is_primary(to: Mapping[str, Any]) -> bool:
    return any(each.get("typeId") == PRIMARY for each in to.get("associationTypes") or ())


def _chosen(firm: Firm, of_domain: Sequence[Company], whose: Sequence[Company]) -> Match:
    """The first way that leads to one company only. One that carries the id of another account is never taken."""
    users = {company.id: company for company in whose}
    every = {company.id: company for company in of_domain} | users
    free = {id for id, company in every.items() if company.own_id in ("", firm.tracking_id)}
    at_domain = {company.id for company in of_domain}
    named = {id for id, company in users.items() if firm.name.strip() and company.name.strip() == firm.name.strip()}
    ways = (
        (BY_DOMAIN, at_domain & free), (BY_DOMAIN, at_domain & users.keys() & free),
        (BY_USERS, users.keys() & free), (BY_NAME, named & free),
    )  # fmt: skip
    for way, found in ways:
        if len(found) == 1:
            return Match(entity=firm.entity, remote_id=found.pop(), matched_by=way)
    return Match(
        entity=firm.entity, remote_id=None, ambiguous=bool(every), reason=_why(firm, list(every.values()), free)
    )


def _why(firm: Firm, found: Sequence[Company], free: set[str]) -> str:
    called = ", ".join(f"“{company.name or company.domain or company.id}”" for company in found[:5])
    called += " and others" if len(found) > 5 else ""
    if found and not free:
        return f"Its company in HubSpot carries the id of another account ({called}): change it there, or empty it."
    if found:
        return f"Several companies in HubSpot could be it ({called}): give one of them the id “{firm.tracking_id}”."
    domain = (
        f"no company in HubSpot has the domain {domain_of(firm)}" if domain_of(firm) else "it has no domain of its own"
    )
    users = "its users have no company there" if firm.users else "none of its users was found there"
    return f"{domain[0].upper()}{domain[1:]}, and {users}."
