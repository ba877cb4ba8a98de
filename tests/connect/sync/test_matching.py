"""Who is who there, and what happens when that changes."""

from accoil.connect import sync
from accoil.connect.intercom.connecting import by_token
from accoil.connect.matching import LATER, LATER_AGAIN
from accoil.connect.models import Entry, Mode, Record
from accoil.connect.syncer import Syncer
from accoil.score.models import Profile
from accoil.team.models import Product, Team, User
from tests.connect.sync.conftest import Synced
from tests.small_worlds import at, did, identified, joins
from tests.world import _engine


def test_a_merged_contact_is_followed(on: Synced) -> None:
    old = on.workspace.find_contact("ann@acme.example")
    new = on.workspace.contact("ann.new@acme.example", role="user")
    on.workspace.merge(old, new)
    on.workspace.set_email(new, "ann@acme.example")
    on.works("ann", 15)
    on.settle()
    assert on.record("ann").remote_id == new.id
    assert new.custom_attributes["Accoil_Everyday_Score"] == 56
    assert on.connection.ledger.filter(what=Entry.What.MOVED).count() == 1


def test_a_deleted_contact_is_looked_for_anew(on: Synced) -> None:
    on.workspace.delete(on.workspace.find_contact("ann@acme.example"))
    on.workspace.set_email(on.workspace.contacts[on.record("ann").remote_id], "")
    on.works("ann", 15)
    on.settle()
    assert on.record("ann").match == Record.Is.UNMATCHED and on.record("ann").confirmed == {}
    other = on.workspace.contact("ann@acme.example", role="user")
    on.clock.advance(6 * 3600 + 1)
    on.settle()
    assert on.record("ann").remote_id == other.id
    assert other.custom_attributes["Accoil_Everyday_Score"] == 56


def test_another_e_mail_address_is_another_contact_and_the_first_is_emptied(on: Synced) -> None:
    old = on.workspace.find_contact("ann@acme.example")
    new = on.workspace.contact("ann@new.example", role="user")
    on.looked.receive([identified("ann", at(31), email="ann@new.example")])
    on.settle()
    assert on.record("ann").remote_id == new.id
    assert new.custom_attributes["Accoil_Everyday_Score"] == 46
    assert set(old.custom_attributes.values()) <= {None}


def test_case_and_spaces_of_an_address_do_not_matter_and_without_one_nobody_is_looked_for(on: Synced) -> None:
    dora, nobody = on.workspace.contact("Dora@Acme.example", role="user"), on.workspace.contact("", external_id="eve")
    on.looked.receive([identified("dora", at(31), email=" DORA@acme.example\t"), identified("eve", at(31), email=" ")])
    on.settle()
    assert on.record("dora").remote_id == dora.id
    assert on.record("eve").reason == "It has no e-mail address to be looked for by."
    asked = [
        each["value"] for call in on.intercom.calls("POST /contacts/search") for each in call.body["query"]["value"]
    ]
    assert "dora@acme.example" in asked and "" not in asked and not nobody.custom_attributes


def test_an_account_that_somebody_joins_later_is_found_without_waiting(on: Synced) -> None:
    gamma = on.workspace.company("gamma", "Gamma")
    dora = on.workspace.contact("dora@gamma.example", [gamma], role="user")
    on.looked.receive([identified("dora", at(31), email="dora@gamma.example")])
    on.settle()
    assert on.record("dora").remote_id == dora.id
    on.looked.receive([joins("dora", "gamma", at(31), name="Gamma")])
    on.settle()
    assert on.record("gamma", "account").remote_id == gamma.id
    assert gamma.custom_attributes["Accoil_Everyday_AccountScore"] == 0


def test_of_two_accounts_on_one_company_that_with_its_id_is_written(on: Synced) -> None:
    on.looked.receive([joins("bob", "beta", at(31), name="Beta"), *did("bob", "Report_Created", at(31), 5)])
    on.clock.advance(7 * 3600)
    on.settle()
    assert on.record("acme", "account").match == Record.Is.MATCHED
    beta = on.record("beta", "account")
    assert beta.match == Record.Is.AMBIGUOUS
    assert beta.reason == "Another account, Acme Ltd, is on the same company there, and its numbers are written."


def test_of_two_accounts_else_the_one_with_more_active_users_is_written(on: Synced) -> None:
    (company,) = on.workspace.companies.values()
    company.company_id = "crm-7"
    on.looked.receive([identified("dan", at(2), email="dan@acme.example"), joins("dan", "beta", at(2), name="Beta")])
    on.workspace.contact("dan@acme.example", [company], role="user")
    on.looked.receive(did("dan", "Report_Created", at(30), 5))
    on.clock.advance(7 * 3600)
    on.settle()
    assert on.record("acme", "account").match == Record.Is.MATCHED  # two of its users are active
    assert on.record("beta", "account").match == Record.Is.AMBIGUOUS
    for name in ("bob", "eve"):
        on.looked.receive([joins(name, "beta", at(31)), *did(name, "Report_Created", at(31), 1)])
    on.clock.advance(7 * 3600)
    on.settle()
    assert on.record("beta", "account").match == Record.Is.MATCHED
    assert "Beta, is on the same company" in on.record("acme", "account").reason
    assert on.stands_at("crm-7")["AccountActiveUsers"] == 3


def test_two_teams_never_meet(synced: Synced) -> None:
    other = synced.intercom.add_workspace("ws2", "Other Support")
    contact = other.contact("ann@acme.example", role="user")
    number = _engine().new_product()
    product = Product.objects.create(pk=number, team=Team.objects.create(name="Others"), name="Web")
    profile = Profile.create(product, "Everyday", synced.profile.current.parsed)
    told = [identified("ann", at(1), email="ann@acme.example"), *did("ann", "Report_Created", at(30), 1)]
    _engine().receive(number, told)
    author = User.objects.create(email="other@other.example", name="Other")
    theirs = by_token(product.team, author, synced.intercom.token(other), "secret")
    sync.set_mode(theirs, profile, Mode.ALL)
    synced.switch(Mode.ALL)
    synced.settle()
    assert contact.custom_attributes == {}
    synced.syncers.append(Syncer(theirs.pk, sync.opened))
    synced.settle()
    assert contact.custom_attributes["Accoil_Everyday_Score"] == 19
    assert synced.stands("ann@acme.example")["Score"] == 46
    assert not Record.objects.filter(connection=theirs, product=synced.looked.product).exists()


def test_a_company_that_is_gone_is_not_asked_for_again_and_again(on: Synced) -> None:
    (company,) = on.workspace.companies.values()
    del on.workspace.companies[company.id]
    on.works("ann", 15)
    before = len(on.intercom.calls("PUT /companies"))
    on.settle()
    assert len(on.intercom.calls("PUT /companies")) - before <= 3
    assert on.record("acme", "account").match == Record.Is.UNMATCHED
    assert on.record("acme", "account").reason


def test_people_are_looked_for_before_a_profile_is_switched_on_so_that_it_can_be_told_how_many_change(
    synced: Synced,
) -> None:
    synced.settle()
    assert (synced.record("ann").match, synced.record("carla").match) == (Record.Is.MATCHED, Record.Is.UNMATCHED)
    assert synced.record("acme", "account").match == Record.Is.MATCHED
    told = synced.plan({synced.profile: Mode.ALL})
    assert told.would_change == {synced.profile.pk: {"user": 2, "account": 1}}
    assert not synced.workspace.writes


def test_what_was_left_while_it_was_archived_is_emptied_when_it_is_restored(on: Synced) -> None:
    old = on.workspace.find_contact("ann@acme.example")
    on.switch(Mode.OFF)
    on.settle()
    on.workspace.contact("ann@new.example", role="user")
    on.looked.receive([identified("ann", at(31), email="ann@new.example")])
    on.switch(Mode.ALL)
    on.settle()
    assert set(on.workspace.shown("contact", old).values()) <= {None}
    assert on.stands("ann@new.example")["Score"] == 46
    assert not on.connection.left.exists()


def test_who_was_looked_for_in_vain_has_failed_at_nothing_once_found(on: Synced) -> None:
    on.looked.receive([identified("dora", at(31), email="dora@acme.example")])
    on.settle()
    for _ in range(LATER_AGAIN - 1):
        on.clock.advance(LATER.total_seconds() + 1)
        on.settle()
    dora = on.workspace.contact("dora@acme.example", role="user")
    on.intercom.faults.plan("refuse", f"PUT /contacts/{dora.id}", times=3, status=500)  # the short retries of one call
    on.clock.advance(LATER.total_seconds() + 1)
    while on.intercom.faults.left():
        on.syncer.step()
    assert on.record("dora").remote_id == dora.id
    assert on.record("dora").attempts == 1
