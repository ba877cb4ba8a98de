"""Accounts are matched with companies through their matched users, in the order that does least harm."""

import pytest

from accoil.connect.connection import Firm, Gone, Match, TryLater
from accoil.connect.intercom.companies import FEW
from accoil.connect.now import Driven
from tests.connect.intercom.conftest import Here
from tests.intercom import Intercom
from tests.intercom.records import Contact


def _one(here: Here, *users: Contact, tracking_id: str = "a1", name: str = "Acme") -> Match:
    inside = tuple((number, user.id) for number, user in enumerate(users))
    (match,) = here.session.match_accounts([Firm(entity=7, tracking_id=tracking_id, name=name, users=inside)])
    return match


def test_the_company_of_the_user_is_the_accounts(here: Here, intercom: Intercom) -> None:
    acme = intercom.workspace.company("whatever", "Other name")
    joe = intercom.workspace.contact("joe@example.com", [acme])
    assert _one(here, joe) == Match(entity=7, remote_id=acme.id, matched_by="the user's only company")


def test_one_with_the_accounts_id_comes_first(here: Here, intercom: Intercom) -> None:
    acme, other = intercom.workspace.company("a1", "A"), intercom.workspace.company("c2", "Acme")
    consultant = intercom.workspace.contact("c@example.com", [other, acme])
    only = intercom.workspace.contact("o@example.com", [other])
    assert _one(here, only, consultant) == Match(entity=7, remote_id=acme.id, matched_by="company id")


def test_an_exact_name_decides_for_somebody_with_several(here: Here, intercom: Intercom) -> None:
    acme, other = intercom.workspace.company("c1", "Acme"), intercom.workspace.company("c2", "Acme Holding")
    joe = intercom.workspace.contact("joe@example.com", [other, acme])
    assert _one(here, joe) == Match(entity=7, remote_id=acme.id, matched_by="name")


def test_several_that_nothing_tells_apart_are_listed(here: Here, intercom: Intercom) -> None:
    some = [intercom.workspace.company(f"c{n}", f"Firm {n}") for n in range(2)]
    match = _one(here, intercom.workspace.contact("joe@example.com", some))
    assert (match.remote_id, match.ambiguous) == (None, True)
    assert "several companies in Intercom (“Firm 0”, “Firm 1”)" in match.reason and "“a1”" in match.reason


def test_users_whose_only_companies_differ_are_listed(here: Here, intercom: Intercom) -> None:
    users = [
        intercom.workspace.contact(f"u{n}@example.com", [intercom.workspace.company(f"c{n}", f"Firm {n}")])
        for n in range(2)
    ]
    assert _one(here, *users).ambiguous


def test_a_company_that_no_user_belongs_to_is_never_taken(here: Here, intercom: Intercom) -> None:
    intercom.workspace.contact("stranger@example.com", [intercom.workspace.company("a1", "Acme")])
    joe = intercom.workspace.contact("joe@example.com")
    match = _one(here, joe)
    assert (match.remote_id, match.ambiguous) == (None, False)
    assert match.reason == "Its users belong to no company in Intercom."


def test_without_matched_users_there_is_no_company(here: Here, intercom: Intercom) -> None:
    intercom.workspace.company("a1", "Acme")
    assert _one(here).reason.startswith("None of its users was found in Intercom")


def test_somebody_with_more_companies_than_a_contact_tells_is_asked_for_all(here: Here, intercom: Intercom) -> None:
    many = [intercom.workspace.company(f"c{n}", f"Firm {n}") for n in range(60)]
    wanted = intercom.workspace.company("a1", "Acme")
    joe = intercom.workspace.contact("joe@example.com", [*many, wanted])
    list(here.session.match_users([]))
    assert _one(here, joe).remote_id == wanted.id


def test_a_contact_that_is_gone_belongs_to_no_company(here: Here, intercom: Intercom) -> None:
    acme = intercom.workspace.company("a1", "Acme")
    joe, ann = (intercom.workspace.contact(f"{name}@example.com", [acme]) for name in ("joe", "ann"))
    intercom.workspace.delete(joe)
    assert _one(here, joe).remote_id is None
    assert _one(here, joe, ann).remote_id == acme.id


def test_many_take_few_calls(here: Here, intercom: Intercom) -> None:
    firms, made = [], {}
    for n in range(300):
        company = intercom.workspace.company(f"a{n}", f"Firm {n}")
        made[n] = company.id
        users = [intercom.workspace.contact(f"u{n}-{m}@example.com", [company]) for m in range(2)]
        firms.append(Firm(entity=n, tracking_id=f"a{n}", users=tuple((m, user.id) for m, user in enumerate(users))))
    before = len(intercom.heard)
    assert {match.entity: match.remote_id for match in here.session.match_accounts(firms)} == made
    assert len(intercom.heard) - before == 4 + 4  # pages of contacts, and of companies with an empty one at the end


def test_a_company_that_was_deleted_is_not_found_again(here: Here, intercom: Intercom) -> None:
    acme, next_one = intercom.workspace.company("a1", "Acme"), intercom.workspace.company("c2", "Acme Next")
    joe = intercom.workspace.contact("joe@example.com", [acme, next_one])
    assert _one(here, joe).remote_id == acme.id
    joe.companies = [next_one.id]
    del intercom.workspace.companies[acme.id]
    with pytest.raises(Gone):
        here.session.write("account", acme.id, {})
    assert _one(here, joe).remote_id == next_one.id


def test_somebody_who_changed_companies_is_seen_the_next_time(here: Here, intercom: Intercom, clock: Driven) -> None:
    old, new = intercom.workspace.company("c1", "Old"), intercom.workspace.company("c2", "New")
    joe = intercom.workspace.contact("joe@example.com", [old])
    assert _one(here, joe).remote_id == old.id
    joe.companies = [new.id]
    clock.advance(601)
    assert _one(here, joe).remote_id == new.id


def test_a_list_that_broke_off_is_waited_for(here: Here, intercom: Intercom, clock: Driven) -> None:
    """Intercom begins no other one before a minute is over."""
    companies = [intercom.workspace.company(f"c{n}", f"Firm {n}") for n in range(FEW + 1)]
    users = [intercom.workspace.contact(f"u{n}@example.com", [each]) for n, each in enumerate(companies)]
    intercom.workspace.scrolls["broken off"] = (0, intercom.workspace.clock())
    with pytest.raises(TryLater) as caught:
        _one(here, *users, tracking_id="c7")
    assert caught.value.limited and caught.value.after == 60
    clock.advance(61)
    assert _one(here, *users, tracking_id="c7").remote_id == companies[7].id
