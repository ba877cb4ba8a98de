"""Ticked rows of the lists: what can be done with them, and what became of each."""

import re

import pytest

from accoil.act.models import Automation, Batch, Delivery
from accoil.connect.intercom.session import IntercomSession, workspaces
from accoil.connect.models import Connection, Record, State
from accoil.count.ids import ACCOUNT, USER, id_of
from accoil.segment.built_ins import with_built_ins
from tests.intercom import running
from tests.show.reading import main

TAG = {"action": "intercom_tag"}


@pytest.fixture
def joined(busy) -> Connection:
    return Connection.objects.create(team=busy.web.team, tool="intercom", workspace="acme1")


def at(busy, end: str) -> str:
    return f"/p/{busy.web.pk}/{end}"


def account(busy, name: str) -> int:
    return id_of(busy.web.pk, ACCOUNT, name)


def begun(ann, busy, *names: str, tag: str = "at-risk") -> Batch:
    ids = [account(busy, name) for name in names]
    ann.post(at(busy, "accounts/act/begin"), {**TAG, "id": ids, "with-tag": tag})
    return Batch.objects.latest("pk")


def test_rows_can_be_ticked_by_who_may_change_things(ann, bob, busy, joined):
    page = ann.get(at(busy, "accounts")).content.decode()
    assert "Select Acme Ltd" in page
    assert "Add Intercom Tag" in page
    assert "Select Acme Ltd" not in bob.get(at(busy, "accounts")).content.decode()


def test_without_a_connection_a_sentence_says_what_is_missing(ann, busy):
    page = ann.get(at(busy, "users"))
    assert "To act on them from here, connect HubSpot, Intercom or Salesforce first." in main(page)
    assert "Add Intercom Tag" not in main(page)
    said = ann.post(at(busy, "users/act"), {**TAG, "all": "1"}, follow=True)
    assert "Intercom is not connected just now: see Settings &gt; Connections." in said.content.decode()


def test_a_connection_that_needs_reconnecting_offers_nothing(ann, busy, joined):
    joined.state = State.NEEDS_RECONNECT
    joined.save()
    assert "Add Intercom Tag" not in main(ann.get(at(busy, "accounts")))


def test_the_action_asks_for_the_tag_and_names_whom_it_is_for(ann, busy, joined):
    ids = [account(busy, "acme"), account(busy, "globex")]
    page = ann.post(at(busy, "accounts/act"), {**TAG, "id": ids})
    assert "To 2 accounts: Acme Ltd and Globex. The company in Intercom gets it" in main(page)
    part = ann.post(at(busy, "accounts/act"), {**TAG, "id": ids}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "data-close" in part


def test_tags_that_were_used_are_suggested(ann, busy, joined):
    begun(ann, busy, "acme", tag="at-risk")
    page = ann.post(at(busy, "accounts/act"), {**TAG, "id": account(busy, "globex")}).content.decode()
    assert '<option value="at-risk">' in page


def test_a_delivery_is_queued_for_each_ticked_account_and_the_page_follows_them(ann, busy, joined):
    batch = begun(ann, busy, "acme", "globex")
    assert {each.entity for each in batch.deliveries.all()} == {account(busy, "acme"), account(busy, "globex")}
    assert batch.values == {"tag": "at-risk", "on": "company"}
    page = ann.get(at(busy, f"by-hand/{batch.pk}"))
    assert "Add Intercom Tag “at-risk” to 2 accounts: 0 of 2 are through." in main(page)
    assert '<progress max="2" value="0"' in page.content.decode()
    again = {"known": page.context["known"]}
    assert ann.get(at(busy, f"by-hand/{batch.pk}"), again, headers={"HX-Request": "true"}).status_code == 204


def test_each_record_says_whether_it_has_the_tag_is_not_there_or_failed(ann, busy, joined):
    batch = begun(ann, busy, "acme", "globex", "initech")
    done, absent, failed = (batch.deliveries.get(entity=account(busy, name)) for name in ("acme", "globex", "initech"))
    Record.objects.create(connection=joined, product=busy.web, kind="account", entity=failed.entity,
                          match=Record.Is.MATCHED, remote_id="r")  # fmt: skip
    ended(done, Delivery.State.DONE, "The company has the tag.")
    ended(absent, Delivery.State.FAILED, "None of its users was found in Intercom.")
    ended(failed, Delivery.State.FAILED, "The tag's name is too long.")
    text = main(ann.get(at(busy, f"by-hand/{batch.pk}")))
    assert "1 of 3 have it; 1 is not in Intercom; 1 failed." in text
    assert "Acme Ltd The company has the tag." in text
    assert "Globex Not there None of its users was found in Intercom." in text
    assert "initech Failed The tag's name is too long." in text
    only = main(ann.get(at(busy, f"by-hand/{batch.pk}"), {"show": "absent"}))
    assert "Globex" in only
    assert "initech" not in only

    ann.post(at(busy, f"by-hand/{batch.pk}/retry"), {"delivery": failed.pk})
    assert states(batch) == {"acme": "done", "globex": "failed", "initech": "waiting"}
    ann.post(at(busy, f"by-hand/{batch.pk}/retry"))
    assert states(batch) == {"acme": "done", "globex": "waiting", "initech": "waiting"}


def ended(delivery: Delivery, state: str, answer: str) -> None:
    delivery.state, delivery.answer, delivery.attempts = state, answer, 1
    delivery.save()


def states(batch: Batch) -> dict[str, str]:
    product = batch.product_id
    named = {id_of(product, ACCOUNT, name): name for name in ("acme", "globex", "initech")}
    return {named[each.entity]: str(each.state) for each in batch.deliveries.all()}


def test_all_that_a_search_finds_are_meant_not_only_those_on_the_page(ann, busy, joined):
    ann.post(at(busy, "users/act/begin?search=acme.example"), {**TAG, "all": "1", "with-tag": "vip"})
    batch = Batch.objects.get()
    assert {each.entity for each in batch.deliveries.all()} == {
        id_of(busy.web.pk, USER, name) for name in ("ann", "bob")
    }
    assert batch.values == {"tag": "vip", "on": "user"}


def test_nothing_ticked_a_missing_tag_and_an_unknown_action_are_refused_with_a_sentence(ann, busy, joined):
    nobody = ann.post(at(busy, "accounts/act"), TAG, follow=True)
    assert "Tick at least one account first." in nobody.content.decode()
    ticked = {"id": account(busy, "acme")}
    unknown = ann.post(at(busy, "accounts/act"), {"action": "explode", **ticked}, follow=True)
    assert "Choose what to do with the ticked rows." in unknown.content.decode()
    empty = ann.post(at(busy, "accounts/act/begin"), {**TAG, **ticked, "with-tag": " "})
    assert empty.status_code == 422
    assert "Tag: write something here." in main(empty)
    assert not Batch.objects.exists()


def test_only_owners_and_managers_act_and_only_upon_their_own(bob, eve, ann, busy, joined):
    ticked = {**TAG, "id": account(busy, "acme"), "with-tag": "x"}
    for end in ("accounts/act", "accounts/act/begin"):
        assert bob.post(at(busy, end), ticked).status_code == 403
        assert eve.post(at(busy, end), ticked).status_code == 404
        said = eve.post(f"/p/{busy.evil.pk}/{end}", ticked, follow=True)
        assert said.status_code in (200, 404)
    assert not Batch.objects.exists()
    batch = begun(ann, busy, "acme")
    assert bob.get(at(busy, f"by-hand/{batch.pk}")).status_code == 200
    assert bob.post(at(busy, f"by-hand/{batch.pk}/retry")).status_code == 403
    assert eve.get(f"/p/{busy.evil.pk}/by-hand/{batch.pk}").status_code == 404
    assert eve.post(f"/p/{busy.evil.pk}/by-hand/{batch.pk}/retry").status_code == 404


def test_the_list_stays_searched_when_the_action_is_given_up(ann, busy, joined):
    page = ann.post(at(busy, "users/act?search=acme"), {**TAG, "all": "1"}).content.decode()
    assert re.search(r'href="[^"]*users\?search=acme">Cancel', page)


def test_members_of_a_segment_are_ticked_on_its_page_and_all_of_them_at_once(ann, eve, busy, joined):
    everybody = next(each for each in with_built_ins(busy.profile) if each.name == "Multi-User Accounts")
    page = ann.get(at(busy, f"segments/{everybody.pk}"))
    assert "Select Acme Ltd" in page.content.decode()
    link = f"accounts/act?segment={everybody.pk}"
    assert at(busy, link) in page.content.decode()
    told = ann.post(at(busy, link), {**TAG, "all": "1"})
    assert "To 1 account: Acme Ltd." in main(told)
    assert at(busy, f"segments/{everybody.pk}") in told.content.decode()
    ann.post(at(busy, f"accounts/act/begin?segment={everybody.pk}"), {**TAG, "all": "1", "with-tag": "team"})
    assert [each.entity for each in Batch.objects.get().deliveries.all()] == [account(busy, "acme")]
    assert ann.post(at(busy, f"users/act?segment={everybody.pk}"), {**TAG, "all": "1"}).status_code == 404
    assert eve.post(f"/p/{busy.evil.pk}/{link}", {**TAG, "all": "1"}).status_code == 404


def test_tags_of_automations_are_suggested_too(ann, busy, joined):
    Automation.objects.create(profile=busy.profile, scope="account", name="Tell sales", trigger={"new": "account"},
                              actions=[{"intercom_tag": {"tag": "brand-new", "on": "company"}}])  # fmt: skip
    page = ann.post(at(busy, "accounts/act"), {**TAG, "id": account(busy, "globex")}).content.decode()
    assert '<option value="brand-new">' in page


def test_tags_that_only_intercom_has_are_suggested_here_and_in_the_editor_of_automations(ann, busy, joined, settings):
    with running() as intercom:
        settings.INTERCOM_URL = intercom.address
        joined.secrets = {"token": intercom.token()}
        joined.options = {"region": "us", "at": intercom.address}
        joined.save()
        contact = intercom.workspace.contact("joe@example.com")
        IntercomSession(joined).perform("intercom_tag", "user", contact.id, {"tag": "VIP", "on": "user"})
        ids = {"id": [account(busy, "acme")]}
        assert '<option value="VIP">' in ann.post(at(busy, "accounts/act"), TAG | ids).content.decode()
        typed = {
            "name": "A",
            "scope": "account",
            "when": "enters",
            "named": "Most Engaged",
            "then-key-0": "intercom_tag",
        }
        assert '<option value="VIP">' in ann.post(at(busy, "automations/new"), typed).content.decode()
        looked = len(intercom.calls("GET /tags"))
        begun(ann, busy, "acme", tag="other")  # nobody chooses any more
        assert len(intercom.calls("GET /tags")) == looked > 0
        workspaces.close(joined.pk)
    asked = ann.post(at(busy, "accounts/act"), TAG | ids)  # now it is away
    assert asked.status_code == 200 and "VIP" not in asked.content.decode()
