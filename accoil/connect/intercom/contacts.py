"""Which contact is which of our users: the one with the same e-mail address. Nobody is ever made there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from accoil.connect.connection import Match, Person
from accoil.connect.intercom.kept import Companies
from accoil.connect.intercom.speaking import Speaker
from accoil.connect.progress import so_far

AT_ONCE = 15  # addresses in one search
PAGE = 150  # contacts
FEW = 10  # searches that are made without asking how many contacts there are

BY_EMAIL, BY_ID = "e-mail", "e-mail and external id"

Contact = dict[str, Any]


def match_users(speaker: Speaker, companies: Companies, people: Sequence[Person]) -> Iterator[Match]:
    """Each by itself: of two with one contact, the sync chooses. What contacts say of their companies is put into
    `companies`."""
    by_email: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        by_email[person.email].append(person)
    for email, contacts in _contacts(speaker, companies, list(by_email)):
        yield from (_chosen(person, contacts) for person in by_email[email])


def pages(speaker: Speaker, companies: Companies) -> Iterator[tuple[list[Contact], int]]:
    """Everybody, a page at a time, each with the number of all contacts."""
    cursor: dict[str, str] = {}
    while True:
        told = speaker.patiently("GET", "/contacts", params={"per_page": PAGE, **cursor})
        _saw(companies, told["data"])
        yield told["data"], int(told.get("total_count") or 0)
        after = _next(told)
        if not after:
            return
        cursor = {"starting_after": after}


def _contacts(speaker: Speaker, companies: Companies, emails: list[str]) -> Iterator[tuple[str, list[Contact]]]:
    """Each address with the contacts that have it, by whichever way takes fewer calls."""
    searches = -(-len(emails) // AT_ONCE)
    if searches > FEW:
        walk = pages(speaker, companies)
        first, everybody = next(walk)
        if everybody / PAGE < searches:
            yield from _by_email(_walked(chain([(first, everybody)], walk)), emails).items()
            return
    left, done = iter(emails), 0
    while asked := list(islice(left, AT_ONCE)):
        found = _by_email(_searched(speaker, companies, asked), asked)
        done += len(asked)
        so_far(done, len(emails))
        yield from ((email, found[email]) for email in asked)


def _walked(walk: Iterable[tuple[list[Contact], int]]) -> Iterator[Contact]:
    """Who has which address is known at the end only, so how far it is is told on the way."""
    seen = 0
    for page, everybody in walk:
        seen += len(page)
        so_far(seen, everybody)
        yield from page


def _searched(speaker: Speaker, companies: Companies, emails: list[str]) -> Iterator[Contact]:
    filters = [{"field": "email", "operator": "=", "value": email} for email in emails]
    paging: dict[str, Any] = {"per_page": PAGE}
    while True:
        # The cursor goes into the body: in the query string it is ignored, and the first page comes again.
        asked = {"query": {"operator": "OR", "value": filters}, "pagination": paging}
        told = speaker.patiently("POST", "/contacts/search", json=asked)
        _saw(companies, told["data"])
        yield from told["data"]
        after = _next(told)
        if not after:
            return
        paging = {"per_page": PAGE, "starting_after": after}


def _chosen(person: Person, contacts: list[Contact]) -> Match:
    """Of the contacts with the person's address: the only one, else the one with his id; a lead only when nobody who
    signed in has the address."""
    once = {contact["id"]: contact for contact in contacts}.values()  # a walk may meet somebody twice
    users = [contact for contact in once if contact.get("role") == "user"]
    pool = users or list(once)
    same = [contact for contact in pool if contact.get("external_id") == person.tracking_id]
    if not pool:
        return Match(entity=person.entity, remote_id=None, reason="Nobody in Intercom has this e-mail address.")
    if len(same) == 1:
        return Match(entity=person.entity, remote_id=str(same[0]["id"]), matched_by=BY_ID)
    if len(pool) == 1:
        return Match(entity=person.entity, remote_id=str(pool[0]["id"]), matched_by=BY_EMAIL)
    return Match(entity=person.entity, remote_id=None, ambiguous=True, reason=_doubt(person, pool))


def _doubt(person: Person, pool: list[Contact]) -> str:
    kind = "users" if pool[0].get("role") == "user" else "leads"
    has = "several of them have" if any(each.get("external_id") == person.tracking_id for each in pool) else "none has"
    return (
        f"{len(pool)} {kind} in Intercom have this e-mail address, and {has} the external id “{person.tracking_id}”."
        " Merge them in Intercom, or set that id."
    )


def _by_email(contacts: Iterable[Contact], emails: Iterable[str]) -> dict[str, list[Contact]]:
    found: dict[str, list[Contact]] = {email: [] for email in emails}
    for contact in contacts:
        email = str(contact.get("email") or "").strip().lower()
        if email in found:
            found[email].append(contact)
    return found


def _saw(companies: Companies, contacts: list[Contact]) -> None:
    for contact in contacts:
        companies.saw(contact)


def _next(told: Contact) -> str | None:
    following = (told.get("pages") or {}).get("next") or {}
    return following.get("starting_after") if isinstance(following, dict) else None
