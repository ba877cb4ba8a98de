"""Which contact is which of our users: the one with the same e-mail address, which HubSpot gives to one only. Nobody is
ever made there."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from accoil.connect.batches import batches
from accoil.connect.connection import Match, Person, Rejected
from accoil.connect.hubspot.speaking import AT_ONCE, Speaker, objects
from accoil.connect.progress import so_far

BY_EMAIL = "e-mail"
MORE = "hs_additional_emails"  # of a contact, with ; between

NOBODY = "Nobody in HubSpot has this e-mail address."
NO_ADDRESS = "HubSpot does not take this as an e-mail address."

Found = dict[str, str | None]  # address → contact; None: no address to HubSpot


def match_users(speaker: Speaker, people: Sequence[Person]) -> Iterator[Match]:
    """Each by itself: of two with one contact, the sync chooses."""
    by_email: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        by_email[person.email].append(person)
    done = 0
    for some in batches(by_email, AT_ONCE):
        found = _found(speaker, some)
        done += len(some)
        so_far(done, len(by_email))
        for email in some:
            for person in by_email[email]:
                yield _match(person, found.get(email), NO_ADDRESS if email in found else NOBODY)


def _match(person: Person, contact: str | None, reason: str) -> Match:
    if contact:
        return Match(entity=person.entity, remote_id=contact, matched_by=BY_EMAIL)
    return Match(entity=person.entity, remote_id=None, reason=reason)


def _found(speaker: Speaker, emails: Sequence[str]) -> Found:
    asked = {"idProperty": "email", "properties": ["email", MORE], "inputs": [{"id": email} for email in emails]}
    try:
        told = speaker.patiently("POST", objects("user", "/batch/read"), json=asked)
    except Rejected:  # one that is none may spoil all: halves are tried until it is alone
        if len(emails) == 1:
            return {emails[0]: None}
        half = len(emails) // 2
        return _found(speaker, emails[:half]) | _found(speaker, emails[half:])
    return {address: str(contact["id"]) for contact in told["results"] for address in _addresses(contact)}


def _addresses(contact: dict[str, Any]) -> list[str]:
    """The first one wins over others' further ones, as it comes last."""
    own = contact.get("properties") or {}
    told = [*str(own.get(MORE) or "").split(";"), str(own.get("email") or "")]
    return [address.strip().lower() for address in told if address.strip()]
