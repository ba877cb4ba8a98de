"""Settings > Connections: what is connected, who is who there, what was written, and what is wrong."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accoil.connect import sync
from accoil.connect.connection import TryLater
from accoil.connect.models import Connection, Entry, Mode, Pass, ProfileSync, Record, State, Written
from accoil.connect.webhook.endpoints import endpoint
from accoil.score.access import ProfileAccess
from accoil.team.audit import AuditLine
from tests.intercom import running
from tests.show.conftest import product
from tests.show.connected import here
from tests.show.reading import link_to, main, words
from tests.waiting import until


def test_a_tool_that_is_not_connected_stands_there_with_one_button(ann, bob, busy):
    page = ann.get(here(busy))
    assert "nothing is connected yet" in main(page)
    assert link_to(page, "Connect Intercom") == here(busy, "/intercom")
    assert "Owners and managers of Acme Inc connect it." in main(bob.get(here(busy)))


def test_a_connection_tells_its_state_its_last_run_its_counts_and_its_failures(ann, busy, joined):
    began, ended = (timezone.now() - timedelta(minutes=minutes) for minutes in (4, 3))
    counts = {"written": 2, "failed": 1}
    Pass.objects.create(connection=joined, of=Pass.Of.FULL, began_at=began, ended_at=ended, counts=counts, of_total=3)
    text = main(ann.get(here(busy)))
    assert "Intercom Acme Support Connected" in text
    assert "Full pass 3 min ago 2 written, 1 failed, in 60 s" in text
    assert "2 users and 1 account" in text
    assert "Failed 1 record" in text


def test_the_page_of_a_connection_says_who_is_matched_and_how_far_a_run_is(ann, busy, joined):
    Pass.objects.create(connection=joined, of=Pass.Of.FULL, counts={"written": 7, "compared": 50}, of_total=200)
    page = ann.get(here(busy, "/intercom"))
    assert "Acme Support (EU): 2 users and 1 account are matched; 1 record could not be written" in main(page)
    assert '<progress max="200" value="50"' in page.content.decode()
    known = page.context["known"]
    again = ann.get(here(busy, "/intercom"), {"known": known}, headers={"HX-Request": "true"})
    assert again.status_code == 204
    Pass.objects.update(counts={"written": 9, "compared": 60})
    changed = ann.get(here(busy, "/intercom"), {"known": known}, headers={"HX-Request": "true"})
    assert "9 written" in changed.content.decode()


def test_people_are_told_to_add_new_attributes_to_their_view_there(ann, busy, joined):
    hint = "choose Edit beside the attributes, and add those that begin with Accoil to the view."
    assert hint not in main(ann.get(here(busy, "/intercom")))
    Written.objects.create(
        connection=joined, profile=busy.profile, kind="user", name="Accoil_Everyday_Score", remote_id="1"
    )
    assert hint in main(ann.get(here(busy, "/intercom")))


def test_secrets_never_stand_on_a_page(ann, busy, joined):
    for end in ("", "/intercom", "/intercom?again=1", "/intercom/check", "/intercom/ledger", "/intercom/disconnect"):
        content = ann.get(here(busy, end)).content.decode()
        assert "tok_secret" not in content
        assert "sec_secret" not in content


def looked(client: Client, mode: str, asked: str):
    """The page of the dry run, once it has come to its end."""
    pages = []

    def is_over() -> bool:
        pages.append(client.get(mode, {"mode": asked}))
        return "Nothing is written by looking." not in main(pages[-1])

    until(is_over, every=0.05)
    return pages[-1]


@pytest.mark.django_db(transaction=True)
def test_a_mode_is_told_before_it_is_switched(ann, busy, joined, settings):
    with running() as intercom:
        settings.INTERCOM_URL = intercom.address
        joined.secrets = {"token": intercom.token()}
        joined.save()
        mode = here(busy, f"/intercom/profiles/{busy.profile.pk}")
        told = main(looked(ann, mode, "all"))
        assert "Off becomes All traits" in told.replace("→ ", "")
        assert "2 contacts and 1 company would change. 17 attributes are made." in told
        assert "0 of 250 places for attributes are used, 17 then." in told
        assert not ProfileSync.objects.exists()
        assert not intercom.workspace.attributes
        assert "That is how it is now: off." in main(ann.get(mode, {"mode": "nonsense"}))
        said = ann.post(mode, {"mode": "segments"}, follow=True)
        assert "“Everyday”: segment names only." in said.content.decode()
        assert ProfileSync.objects.get().mode == Mode.SEGMENTS


@pytest.mark.django_db(transaction=True)
def test_a_mode_that_does_not_fit_cannot_be_switched_and_says_why(ann, busy, joined, settings):
    with running() as intercom:
        settings.INTERCOM_URL = intercom.address
        joined.secrets = {"token": intercom.token()}
        joined.save()
        for n in range(240):
            intercom.workspace.attribute("contact", f"own {n}")
        mode = here(busy, f"/intercom/profiles/{busy.profile.pk}")
        page = looked(ann, mode, "all")
        assert "Intercom has room for 10 more attributes, and this needs 17" in main(page)
        assert "Write all traits" not in page.content.decode()
        said = ann.post(mode, {"mode": "all"}, follow=True)
        assert "has room for 10 more attributes" in said.content.decode()
        assert not ProfileSync.objects.exists()


def test_needing_to_be_connected_again_says_why_and_how(ann, bob, busy, joined):
    joined.state, joined.problem = State.NEEDS_RECONNECT, "Intercom says: Access Token Invalid."
    joined.save()
    page = ann.get(here(busy, "/intercom"))
    assert "Intercom needs to be connected again. Intercom says: Access Token Invalid." in main(page)
    assert link_to(page, "Connect again") == here(busy, "/intercom?again=1")
    assert "Connect again" not in main(bob.get(here(busy, "/intercom")))


def test_members_look_and_change_nothing(bob, busy, joined):
    for end in ("", "/intercom", "/intercom/records", "/intercom/ledger", "/intercom/check"):
        page = bob.get(here(busy, end))
        assert page.status_code == 200
        assert 'method="post"' not in page.content.decode().partition("<main")[2].partition("</main>")[0]
    for end in ("/sync", "/interval", "/retry", "/disconnect", "/connect", f"/profiles/{busy.profile.pk}"):
        assert bob.post(here(busy, f"/intercom{end}"), {"mode": "off", "every": "300"}).status_code == 403
    assert bob.get("/connections/intercom/begin", {"product": busy.web.pk}).status_code == 403


def test_the_full_pass_comes_as_often_as_was_chosen(ann, busy, joined):
    ann.post(here(busy, "/intercom/interval"), {"every": "900"})
    joined.refresh_from_db()
    assert joined.full_every == 900
    wrong = ann.post(here(busy, "/intercom/interval"), {"every": "1"})
    assert wrong.status_code == 422
    assert "Full pass every: choose one of the list" in main(wrong)


def test_sync_now_asks_for_a_pass_at_once(ann, busy, joined):
    ann.post(here(busy, "/intercom/sync"))
    joined.refresh_from_db()
    assert joined.asked_at is not None


def test_disconnecting_says_first_what_will_happen(ann, busy, joined):
    Written.objects.create(connection=joined, kind="user", name="Accoil_Everyday_Score", remote_id="1")
    text = main(ann.get(here(busy, "/intercom/disconnect")))
    assert "1 attribute that Accoil made is archived in Intercom" in text
    assert Connection.objects.get().state == State.CONNECTED
    ann.post(here(busy, "/intercom/disconnect"))
    assert Connection.objects.get().state == State.DISCONNECTING
    text = main(ann.get(here(busy, "/intercom")))
    assert "Nothing more is written to Intercom. 0 of 1 attribute is archived there." in text
    assert "It is tried again by itself until" in text
    said = ann.post(here(busy, "/intercom/disconnect"), {"do": "end now"}, follow=True)
    assert Connection.objects.get().state == State.DISCONNECTED
    assert Connection.objects.get().secrets == {}
    assert "This attribute stays there: Accoil_Everyday_Score." in main(said)


def test_a_connection_that_is_not_ending_is_not_said_to_have_ended(ann, busy, joined):
    said = ann.post(here(busy, "/intercom/disconnect"), {"do": "end now"}, follow=True)
    assert Connection.objects.get().state == State.CONNECTED and Connection.objects.get().secrets
    assert "Intercom is not being disconnected, so there is nothing to end now." in words(said)
    assert not AuditLine.objects.exists()


def test_another_teams_connection_is_not_seen_and_not_touched(eve, ann, busy, joined):
    assert "nothing is connected yet" in main(eve.get(f"/p/{busy.evil.pk}/settings/connections"))
    assert eve.get(f"/p/{busy.evil.pk}/settings/connections/intercom/ledger").status_code == 404
    failed = Record.objects.get(remote_id="r-ivy")
    theirs = Connection(team=busy.evil.team, tool="intercom", workspace="evil1")
    theirs.secrets = {"token": "t"}
    theirs.save()
    own = f"/p/{busy.evil.pk}/settings/connections/intercom"
    assert "ivy" not in main(eve.get(f"{own}/ledger"))
    eve.post(f"{own}/retry", {"record": failed.pk})
    eve.post(f"{own}/retry")
    failed.refresh_from_db()
    assert failed.next_at is None
    assert eve.get(f"{own}/profiles/{busy.profile.pk}", {"mode": "all"}).status_code == 404
    assert eve.get(here(busy, "/intercom")).status_code == 404


def test_lists_of_a_connection_show_the_product_that_is_looked_at(ann, busy, joined):
    shop = product(busy.web.team, "Shop")
    assert "No user of Shop was looked for yet" in main(ann.get(f"/p/{shop.pk}/settings/connections/intercom/records"))


def test_addresses_that_automations_send_to_stand_there_by_host_with_what_is_wrong(ann, eve, busy):
    gone = endpoint(busy.web.team, "https://hooks.example.com/in?key=hidden")
    gone.state, gone.problem = State.NEEDS_RECONNECT, "The receiver says that this address is gone (status 410)."
    gone.save()
    page = ann.get(here(busy))
    assert "hooks.example.com Needs reconnecting The receiver says that this address is gone (status 410)." in main(
        page
    )
    assert "key=hidden" not in page.content.decode()
    assert "hooks.example.com" not in main(eve.get(f"/p/{busy.evil.pk}/settings/connections"))


@pytest.mark.django_db(transaction=True)
def test_before_anybody_was_looked_for_the_dry_run_says_so(ann, busy, joined, settings):
    Record.objects.all().delete()
    with running() as intercom:
        settings.INTERCOM_URL = intercom.address
        joined.secrets = {"token": intercom.token()}
        joined.save()
        told = main(looked(ann, here(busy, f"/intercom/profiles/{busy.profile.pk}"), "segments"))
    assert "The first thing is to find out which of its 5 users are there" in told
    assert "2 attributes are made." in told


def test_a_member_reads_nothing_of_a_profile_that_is_kept_from_him(ann, bob, busy, joined):
    secret = busy.profile.create(busy.web, "Secret", busy.profile.current.parsed)
    member = busy.web.team.members.get(user=busy.bob)
    ProfileAccess.objects.create(member=member, profile=secret, may="none")
    for profile in (busy.profile, secret):
        name = f"Accoil_{profile.name}_Score"
        Written.objects.create(connection=joined, profile=profile, kind="user", name=name, problem="Still used there.")
    changes = {"Accoil_Everyday_Score": [None, 90], "Accoil_Secret_Score": [None, 77]}
    record, why = Record.objects.get(remote_id="r-ann"), "It was kept otherwise than sent: Accoil_Secret_Score is 3."
    Entry.objects.create(connection=joined, record=record, what="written", changes=changes, reason=why)
    record.problem = why
    record.save()
    assert "Accoil_Secret_Score: nothing → 77" in main(ann.get(here(busy, "/intercom/ledger")))
    for end in ("/records?match=failed", "/ledger", "/check?who=ann@acme.example"):
        assert why in main(ann.get(here(busy, f"/intercom{end}")))
        assert "Something of a profile that you don't see was refused" in main(bob.get(here(busy, f"/intercom{end}")))
    for end in ("", "/ledger", "/check", "/check?who=ann@acme.example", "/records?match=failed"):
        assert "Secret" not in main(bob.get(here(busy, f"/intercom{end}")))
    assert "Accoil_Everyday_Score: nothing → 90" in main(bob.get(here(busy, "/intercom/ledger")))


def test_attributes_that_are_still_being_made_are_told_with_how_far_it_is(ann, busy, joined):
    ProfileSync.objects.create(connection=joined, profile=busy.profile, mode=Mode.SEGMENTS)
    there = "1 of 2 attributes are there; the others are being made"
    Written.objects.create(connection=joined, kind="user", name="Accoil_Everyday_Segments", remote_id="1")
    assert there in main(ann.get(here(busy, "/intercom")))
    Written.objects.create(
        connection=joined, kind="account", name="Accoil_Everyday_AccountSegments", problem="No room."
    )
    assert there not in main(ann.get(here(busy, "/intercom")))


@pytest.mark.django_db(transaction=True)
def test_a_tool_that_does_not_answer_hides_nothing_of_a_dry_run_but_the_places(ann, busy, joined, monkeypatch):
    def no_answer(connection):
        raise TryLater("It did not answer in time.")

    monkeypatch.setattr(sync, "opened", no_answer)
    told = main(looked(ann, here(busy, f"/intercom/profiles/{busy.profile.pk}"), "all"))
    assert "17 attributes are made." in told
    assert "How many places for attributes are left is not known just now: It did not answer in time." in told
    assert "Write all traits" in told


def test_who_looks_on_while_a_connection_ends_is_sent_to_the_list(ann, busy, joined):
    Connection.objects.update(state=State.DISCONNECTED)
    answer = ann.get(here(busy, "/intercom"), {"known": "x"}, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == here(busy)
