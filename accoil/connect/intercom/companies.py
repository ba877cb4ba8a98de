"""Which company is which of our accounts: one that its matched users belong to, or none. A company that nobody of the
account belongs to is never chosen, however it is called."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from accoil.connect.connection import Firm, Gone, Match, Rejected, TryLater
from accoil.connect.intercom.contacts import PAGE, pages
from accoil.connect.intercom.kept import Companies
from accoil.connect.intercom.speaking import Speaker

FEW = 30  # contacts, or companies, that are asked for one by one without a thought

BY_ID, BY_ONLY, BY_NAME = "company id", "the user's only company", "name"


def match_accounts(speaker: Speaker, companies: Companies, firms: Sequence[Firm]) -> Iterator[Match]:
    """Each by itself: of two accounts with one company, the sync chooses."""
    contacts = list(dict.fromkeys(contact for firm in firms for _, contact in firm.users))
    _learn_whose(speaker, companies, contacts)
    _learn_names(speaker, companies, {each for contact in contacts for each in companies.of.get(contact, ())})
    yield from (_chosen(firm, companies) for firm in firms)


def _chosen(firm: Firm, companies: Companies) -> Match:
    """The first that holds: the company with our account's id, the only company of a user, the one of that name."""
    whose = [
        own for _, contact in firm.users
        if (own := [each for each in companies.of.get(contact, ()) if each in companies.known])
    ]  # fmt: skip
    every = sorted({each for own in whose for each in own})
    if not firm.users:
        return _nobody(firm, "None of its users was found in Intercom, and companies are found through them.")
    if not every:
        return _nobody(firm, "Its users belong to no company in Intercom.")
    ways = [
        (BY_ID, [each for each in every if companies.known[each][0] == firm.tracking_id]),
        (BY_ONLY, sorted({own[0] for own in whose if len(own) == 1})),
        (
            BY_NAME,
            [each for each in every if firm.name.strip() and companies.known[each][1].strip() == firm.name.strip()],
        ),
    ]
    for way, found in ways:
        if len(found) == 1:
            return Match(entity=firm.entity, remote_id=found[0], matched_by=way)
    return _nobody(firm, _doubt(firm, [companies.known[each] for each in every]), ambiguous=True)


def _nobody(firm: Firm, reason: str, ambiguous: bool = False) -> Match:
    return Match(entity=firm.entity, remote_id=None, ambiguous=ambiguous, reason=reason)


def _doubt(firm: Firm, found: list[tuple[str, str]]) -> str:
    names = ", ".join(f"“{name or company_id}”" for company_id, name in found[:5]) + (
        " and others" if len(found) > 5 else ""
    )
    return (
        f"Its users belong to several companies in Intercom ({names}), and none of them has the company id"
        f" “{firm.tracking_id}” or is the only one of that name."
    )


def _learn_whose(speaker: Speaker, companies: Companies, contacts: list[str]) -> None:
    unknown = [contact for contact in contacts if contact not in companies.of]
    if len(unknown) > FEW:
        walk = pages(speaker, companies)
        _, everybody = next(walk)
        if everybody / PAGE < len(unknown):
            for _ in walk:
                pass
    for contact in unknown:
        if contact not in companies.of:
            companies.of[contact] = list(_of_one(speaker, companies, contact))


def _of_one(speaker: Speaker, companies: Companies, contact: str) -> Iterator[str]:
    """All companies of a contact, who may be gone by now."""
    with suppress(Gone):
        told = speaker.patiently("GET", f"/contacts/{contact}/companies")
        while True:
            # The published description calls the list "companies"; what comes is called "data".
            for company in told.get("data") or told.get("companies") or []:
                yield _know(companies, company)
            following = (told.get("pages") or {}).get("next")
            if not isinstance(following, str) or "?" not in following:
                return
            told = speaker.patiently("GET", f"/contacts/{contact}/companies?{following.partition('?')[2]}")


def _learn_names(speaker: Speaker, companies: Companies, wanted: Iterable[str]) -> None:
    unknown = [company for company in wanted if company not in companies.known]
    if len(unknown) > FEW:
        for company in _scrolled(speaker):
            _know(companies, company)
        unknown = [company for company in unknown if company not in companies.known]
    for each in unknown:
        with suppress(Gone):
            _know(companies, speaker.patiently("GET", f"/companies/{each}"))


def _scrolled(speaker: Speaker) -> Iterator[dict[str, Any]]:
    """Every company that has users. A scroll that breaks cannot go on: the next matching begins a new one."""
    params: dict[str, str] = {}
    while True:
        try:
            told = speaker.patiently("GET", "/companies/scroll", params=params)
        except Rejected as why:
            if why.code != "scroll_exists":
                raise
            reason = "Its companies are being listed already; a list that broke off ends after a minute."
            raise TryLater(reason, after=60.0, limited=True) from why
        if not told or not told.get("data"):
            return
        yield from told["data"]
        params = {"scroll_param": told["scroll_param"]}


def _know(companies: Companies, company: dict[str, Any]) -> str:
    own = str(company["id"])
    companies.known[own] = (str(company.get("company_id") or ""), str(company.get("name") or ""))
    return own
