"""Which contact is which of our users: the one with the same e-mail address. Nobody is ever made there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from accoil.connect.connection import Match, Person
from accoil.connect.intercom.kept import Companies
from accoil.connect.intercom.speaking import Speaker

AT_ONCE = 15  # addresses in one search
PAGE = 150  # contacts
FEW = 10  # searches that are made without asking how many contacts there are

BY_EMAIL, BY_ID = "e-mail", "e-mail and external id"

Contact = dict[str, Any]


def match_users(speaker: Speaker, companies: Companies, people: Sequence[Person]) -> Iterator[Match]:
    """People of one product. What contacts say of their companies is put into `companies`."""
    by_email: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        email = person.email.strip().lower()
        if email:
            by_email[email].append(person)
        else:
            yield Match(entity=person.entity, remote_id=None, reason="No e-mail address is known of this user.")
    for email, contacts in _contacts(speaker, companies, list(by_email)):
        yield from _chosen(by_email[email], contacts)


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
            found = _by_email(first, emails)
            for page, _ in walk:
                for email, some in _by_email(page, emails).items():
                    found[email] += some
            yield from ((email, found[email]) for email in emails)
            return
    left = iter(emails)
    while asked := list(islice(left, AT_ONCE)):
        found = _by_email(_searched(speaker, companies, asked), asked)
        yield from ((email, found[email]) for email in asked)


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


def _chosen(people: list[Person], contacts: list[Contact]) -> Iterator[Match]:
    """For all of our users with one address: who of them is which of the contacts with it. One and one is a match;
    among several, the external id decides, and who is in doubt gets nobody else's numbers."""
    once = {contact["id"]: contact for contact in contacts}.values()  # a walk may meet somebody twice
    users = [contact for contact in once if contact.get("role") == "user"]
    pool = users or list(once)  # a lead only when nobody who signed in has the address
    by_id = Counter(person.tracking_id for person in people)
    theirs = Counter(contact.get("external_id") for contact in pool)
    for person in people:
        same = [contact for contact in pool if contact.get("external_id") == person.tracking_id]
        if not pool:
            yield Match(entity=person.entity, remote_id=None, reason="Nobody in Intercom has this e-mail address.")
        elif len(pool) == len(people) == 1:
            yield Match(entity=person.entity, remote_id=str(pool[0]["id"]), matched_by=BY_EMAIL)
        elif same and theirs[person.tracking_id] == by_id[person.tracking_id] == 1:
            yield Match(entity=person.entity, remote_id=str(same[0]["id"]), matched_by=BY_ID)
        else:
            yield Match(entity=person.entity, remote_id=None, ambiguous=True, reason=_doubt(person, people, pool))


def _doubt(person: Person, people: list[Person], pool: list[Contact]) -> str:
    kind = "users" if pool[0].get("role") == "user" else "leads"
    if len(pool) > 1:
        return (
            f"{len(pool)} {kind} in Intercom have this e-mail address, and not exactly one of them has the external id"
            f" “{person.tracking_id}”. Merge them in Intercom, or set that id."
        )
    return (
        f"{len(people)} users here have this e-mail address, and the one contact in Intercom has not the external id"
        f" “{person.tracking_id}”."
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
