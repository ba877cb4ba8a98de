"""Users are matched by e-mail address, whichever way takes fewer calls; the external id only breaks ties."""

import pytest

from accoil.connect.connection import Match, Person
from accoil.connect.now import Driven
from accoil.connect.progress import followed
from tests.connect.intercom.conftest import Here
from tests.intercom import Intercom


def _people(number: int, start: int = 0) -> list[Person]:
    return [Person(entity=n, tracking_id=f"u{n}", email=f"u{n}@example.com") for n in range(start, start + number)]


def _one(here: Here) -> Match:
    (match,) = here.session.match_users([Person(entity=1, tracking_id="u1", email="joe@example.com")])
    return match


def test_a_user_is_matched_by_address_whatever_its_case(here: Here, intercom: Intercom) -> None:
    joe = intercom.workspace.contact("Joe@Example.com")
    assert _one(here) == Match(entity=1, remote_id=joe.id, matched_by="e-mail")


def test_an_external_id_alone_matches_nobody(here: Here, intercom: Intercom) -> None:
    intercom.workspace.contact("other@example.com", external_id="u1")
    match = _one(here)
    assert (match.remote_id, match.ambiguous) == (None, False)
    assert match.reason == "Nobody in Intercom has this e-mail address."


def test_another_external_id_does_not_stand_in_the_way(here: Here, intercom: Intercom) -> None:
    joe = intercom.workspace.contact("joe@example.com", external_id="something else")
    assert _one(here).remote_id == joe.id


def test_nobody_is_ever_made(here: Here, intercom: Intercom) -> None:
    list(here.session.match_users(_people(20)))
    assert not intercom.workspace.contacts and not intercom.workspace.writes


def test_a_user_comes_before_leads(here: Here, intercom: Intercom) -> None:
    intercom.workspace.contact("joe@example.com", role="lead", external_id="u1")
    joe = intercom.workspace.contact("joe@example.com")
    intercom.workspace.contact("joe@example.com", role="lead")
    assert _one(here).remote_id == joe.id


def test_the_only_lead_is_taken_when_no_user_has_the_address(here: Here, intercom: Intercom) -> None:
    lead = intercom.workspace.contact("joe@example.com", role="lead")
    assert _one(here).remote_id == lead.id


def test_the_external_id_decides_among_several(here: Here, intercom: Intercom) -> None:
    intercom.workspace.contact("joe@example.com", external_id="u9")
    joe = intercom.workspace.contact("joe@example.com", external_id="u1")
    assert _one(here) == Match(entity=1, remote_id=joe.id, matched_by="e-mail and external id")


@pytest.mark.parametrize(("role", "called"), [("user", "users"), ("lead", "leads")])
def test_several_without_the_id_are_listed_and_none_is_taken(
    here: Here, intercom: Intercom, role: str, called: str
) -> None:
    for external_id in ("u8", None, "u9"):
        intercom.workspace.contact("joe@example.com", external_id=external_id, role=role)
    match = _one(here)
    assert (match.remote_id, match.ambiguous) == (None, True)
    assert match.reason.startswith(
        f"3 {called} in Intercom have this e-mail address, and none has the external id “u1”."
    )


def test_two_users_with_one_address_are_both_told_of_their_contact(here: Here, intercom: Intercom) -> None:
    joe = intercom.workspace.contact("joe@example.com", external_id="u2")
    two = [Person(entity=n, tracking_id=f"u{n}", email="joe@example.com") for n in (1, 2)]
    found = {match.entity: match for match in here.session.match_users(two)}
    assert {match.remote_id for match in found.values()} == {joe.id}
    assert (found[1].matched_by, found[2].matched_by) == ("e-mail", "e-mail and external id")


def test_few_are_searched_for_fifteen_at_a_time(here: Here, intercom: Intercom) -> None:
    made = {n: intercom.workspace.contact(f"U{n}@example.com").id for n in range(31)}
    assert {match.entity: match.remote_id for match in here.session.match_users(_people(31))} == made
    assert (len(intercom.calls("POST /contacts/search")), len(intercom.calls("GET /contacts"))) == (3, 0)


def test_a_search_is_followed_over_all_its_pages(here: Here, intercom: Intercom) -> None:
    for _ in range(200):
        intercom.workspace.contact("joe@example.com", role="lead")
    joe = intercom.workspace.contact("joe@example.com")
    assert _one(here).remote_id == joe.id
    assert len(intercom.calls("POST /contacts/search")) == 2


def test_many_are_found_by_walking_over_everybody(here: Here, intercom: Intercom) -> None:
    made = {n: intercom.workspace.contact(f"u{n}@example.com").id for n in range(400)}
    found = {match.entity: match.remote_id for match in here.session.match_users(_people(450))}
    assert found == made | dict.fromkeys(range(400, 450))
    assert (len(intercom.calls("POST /contacts/search")), len(intercom.calls("GET /contacts"))) == (0, 3)


def test_many_are_searched_for_where_walking_would_take_longer(here: Here, intercom: Intercom) -> None:
    made = {n: intercom.workspace.contact(f"u{n}@example.com").id for n in range(2_000)}
    found = {match.entity: match.remote_id for match in here.session.match_users(_people(180))}
    assert found == {n: made[n] for n in range(180)}
    assert (len(intercom.calls("POST /contacts/search")), len(intercom.calls("GET /contacts"))) == (12, 1)


def test_both_ways_find_the_same(here: Here, intercom: Intercom) -> None:
    for n in range(0, 200, 2):
        intercom.workspace.contact(f"U{n}@example.com", role="lead" if n % 3 else "user")
        if n % 5 == 0:
            intercom.workspace.contact(f"u{n}@Example.com", external_id=f"u{n}" if n % 4 else None)
    walked = list(here.session.match_users(_people(200)))
    assert not intercom.calls("POST /contacts/search")
    searched = [match for n in range(0, 200, 10) for match in here.session.match_users(_people(10, n))]
    assert sorted(walked, key=lambda match: match.entity) == sorted(searched, key=lambda match: match.entity)


def test_a_walk_waits_for_room_in_the_limits(here: Here, intercom: Intercom, clock: Driven) -> None:
    for n in range(1_500):
        intercom.workspace.contact(f"u{n}@example.com")
    clock.advance(10)
    intercom.limits.per_window = 4
    began = clock.now()
    found = [match for match in here.session.match_users(_people(1_500)) if match.remote_id]
    assert len(found) == 1_500
    assert intercom.limits.refused == 0
    assert 20 <= clock.now() - began <= 80  # ten pages, two or three of them in each window of ten seconds


def test_a_contact_that_search_does_not_find_yet_is_found_later(here: Here, intercom: Intercom, clock: Driven) -> None:
    intercom.workspace.search_lag = 120
    joe = intercom.workspace.contact("joe@example.com")
    assert _one(here).remote_id is None
    clock.advance(121)
    assert _one(here).remote_id == joe.id


def test_how_far_it_is_is_told_on_the_way(here: Here, intercom: Intercom) -> None:
    for n in range(400):
        intercom.workspace.contact(f"u{n}@example.com")
    walked: list[tuple[int, int]] = []
    with followed(lambda *told: walked.append(told)):
        list(here.session.match_users(_people(450)))
    assert walked == [(150, 400), (300, 400), (400, 400)]
    searched: list[tuple[int, int]] = []
    with followed(lambda *told: searched.append(told)):
        list(here.session.match_users(_people(40)))
    assert searched == [(15, 40), (30, 40), (40, 40)]
