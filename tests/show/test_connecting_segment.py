"""Segment is connected through the pages, with a write key and a region."""

import time

import pytest

from accoil.connect.models import Connection, Entry, Record
from tests.connect.segment.stand_in import Segment, running
from tests.show.automating import made
from tests.show.connected import here
from tests.show.reading import main

TRACK = [{"segment_track": {"event": "Account Entered Segment", "properties": "score: {{ account.score }}"}}]


@pytest.fixture
def segment(settings):
    with running(Segment(time.time)) as it:
        settings.SEGMENT_URL = it.address
        yield it


def test_a_key_is_pasted_and_what_is_wrong_stands_beside_its_field(ann, bob, busy, segment):
    page = main(ann.get(here(busy, "/segment")))
    assert "Address (optional)" in page and "Destinations left out (optional)" in page and "Region (" not in page
    assert "Paste the write key" in page and "Where the write key is" in page
    assert "answers 200 to messages at the wrong one, and loses them" in page
    wrong = ann.post(here(busy, "/segment/connect"), {"write_key": "short", "region": "us"})
    assert wrong.status_code == 422 and 'id="id_write_key-error"' in wrong.content.decode()
    wrong = ann.post(here(busy, "/segment/connect"), {"write_key": segment.source.key, "region": "other"})
    assert 'id="id_host-error"' in wrong.content.decode()
    key = {"write_key": segment.source.key, "region": "eu"}
    assert bob.post(here(busy, "/segment/connect"), key).status_code == 403
    said = ann.post(here(busy, "/segment/connect"), key, follow=True).content.decode()
    assert "Segment “Source …stuv (EU)” is connected." in said and segment.source.key not in said
    assert Connection.objects.get().author == busy.ann
    assert "the traits are emptied instead" in main(ann.get(here(busy, "/segment/disconnect")))
    assert "Look into the Debugger" in main(ann.get(here(busy, "/segment/check")))


def test_its_key_stands_nowhere_in_the_ledger(ann, busy, segment):
    ann.post(here(busy, "/segment/connect"), {"write_key": segment.source.key, "region": "us"})
    joined = Connection.objects.get()
    record = Record.objects.create(
        connection=joined, product=busy.web, kind="user", entity=1, problem="It was refused."
    )
    Entry.objects.create(connection=joined, record=record, what=Entry.What.FAILED, reason="It was refused.")
    page = ann.get(here(busy, "/segment/ledger")).content.decode()
    assert "It was refused." in page and segment.source.key not in page


def test_the_editor_shows_the_event_of_somebody_who_is_there(ann, busy, segment):
    ann.post(here(busy, "/segment/connect"), {"write_key": segment.source.key, "region": "us"})
    automation = made(busy, then=TRACK)
    page = ann.get(f"/p/{busy.web.pk}/automations/{automation.pk}/edit", follow=True)
    text = main(page)
    assert "Track in Segment" in text and "Account Entered Segment" in page.content.decode()
