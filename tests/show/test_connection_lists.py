"""Settings > Connections: who is who there and why, the ledger, and what is wrong."""

from datetime import timedelta

from django.utils import timezone

from accoil.connect.models import Entry, Mode, ProfileSync, Record
from accoil.count.ids import USER, id_of
from tests.show.connected import REASON, here
from tests.show.reading import link_to, main


def test_numbers_open_the_lists_with_the_reasons_and_they_are_searched(ann, busy, joined):
    page = ann.get(here(busy, "/intercom"))
    lists = ann.get(link_to(page, "1"))  # users not found: the only 1 before the account's
    assert "bob@acme.example" in main(lists)
    assert REASON in main(lists)
    rows = {"kind": "user", "match": "unmatched", "search": "BOB@"}
    assert REASON in ann.get(here(busy, "/intercom/records"), rows).content.decode()
    nobody = ann.get(here(busy, "/intercom/records"), rows | {"search": "gus"})
    assert "None of these users is called “gus”." in main(nobody)


def test_a_list_is_paged(ann, busy, joined):
    web = busy.web
    Record.objects.bulk_create(
        Record(connection=joined, product=web, kind="user", entity=id_of(web.pk, USER, f"n{n}"), reason=REASON)
        for n in range(60)
    )
    first = ann.get(here(busy, "/intercom/records"), {"match": "unmatched"})
    assert "1–50 of 61" in main(first)
    second = ann.get(link_to(first, "Next"))
    assert "51–61 of 61" in main(second)


def test_the_ledger_is_filtered_by_record_and_outcome_and_says_what_changed(ann, busy, joined):
    written = Record.objects.get(remote_id="r-ann")
    Entry.objects.create(connection=joined, record=written, what=Entry.What.WRITTEN,
                         changes={"Accoil_Everyday_Score": [None, 90]}, status=200)  # fmt: skip
    everything = main(ann.get(here(busy, "/intercom/ledger")))
    assert "Ann Marlow user Accoil_Everyday_Score: nothing → 90" in everything
    assert "ivy user Intercom refuses the value. HTTP 422 · request req_1" in everything
    failed = main(ann.get(here(busy, "/intercom/ledger"), {"what": "failed"}))
    assert "ivy" in failed
    assert "Ann Marlow" not in failed
    hers = main(ann.get(here(busy, "/intercom/ledger"), {"record": written.pk}))
    assert "Only Ann Marlow: matched, by e-mail." in hers
    assert "refuses" not in hers
    assert "ivy" not in main(ann.get(here(busy, "/intercom/ledger"), {"search": "marlow"}))


def test_what_failed_is_tried_again_one_by_one_and_all_together(ann, busy, joined):
    failed = Record.objects.get(remote_id="r-ivy")
    ann.post(here(busy, "/intercom/retry"), {"record": failed.pk})
    failed.refresh_from_db()
    assert failed.next_at is not None
    Record.objects.update(next_at=None)
    said = ann.post(here(busy, "/intercom/retry"), follow=True)
    assert "1 record is tried again within seconds." in said.content.decode()
    assert [each.remote_id for each in Record.objects.exclude(next_at=None)] == ["r-ivy"]


def test_troubleshooting_says_when_the_widget_was_last_opened(ann, busy, joined):
    check = here(busy, "/intercom/check")
    assert "Nobody has opened it yet" in main(ann.get(check))
    now = timezone.now()
    joined.inbox_asked_at = now - timedelta(minutes=5)
    joined.save()
    assert "It was last opened 5 min ago." in main(ann.get(check))
    joined.inbox_refused_at = now - timedelta(minutes=2)
    joined.save()
    refused = ann.get(check)
    assert "It was opened 2 min ago, but Intercom signed it with another client secret than ours." in main(refused)
    assert link_to(refused, "Change the client secret") == here(busy, "/intercom?again=1")
    joined.secrets = {"token": "t"}
    joined.save()
    assert "No client secret is stored, so what the widget asks is refused." in main(ann.get(check))


def test_troubleshooting_names_profiles_that_are_off_and_reasons_with_how_many(ann, busy, joined):
    text = main(ann.get(here(busy, "/intercom/check")))
    assert "Off, so nothing of it is written: Everyday." in text
    assert "1 record could not be written; the ledger says why." in text
    assert f"2 of 3 users are matched. 1: {REASON}" in text
    assert "teammates who are no members here see “Everyday”." in text
    ProfileSync.objects.create(connection=joined, profile=busy.profile, mode=Mode.SEGMENTS)
    assert "Segment names only: Everyday." in main(ann.get(here(busy, "/intercom/check")))


def test_one_person_is_followed_all_the_way(ann, busy, joined):
    def follow(who: str) -> str:
        return main(ann.get(here(busy, "/intercom/check"), {"who": who}))

    assert "No profile of Web is written to Intercom: all are off." in follow("ann@acme.example")
    ProfileSync.objects.create(connection=joined, profile=busy.profile, mode=Mode.ALL)
    ann_told = follow("ann@acme.example")
    assert "In “Everyday”, which is written to Intercom. Matched in Intercom by e-mail." in ann_told
    assert "Belongs to Acme Ltd, which is matched by company id." in ann_told
    assert "1 attribute stands there as Accoil has it, since just now." in ann_told
    assert f"Not found in Intercom: {REASON}" in follow("bob@acme.example")
    assert "The last write failed: Intercom refuses the value." in follow("ivy")
    assert "It was not looked for in Intercom yet" in follow("Globex")
    assert "Belongs to no account in Accoil" in follow("una")
    assert "Accoil knows nobody called “zed@nowhere.example” in Web." in follow("zed@nowhere.example")
