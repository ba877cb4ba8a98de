"""All that is held of somebody, asked for on a server without the journal: the one that counts puts it together."""

import json
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accoil.count.ids import USER, id_of
from accoil.erase import asking, handing, records
from accoil.erase.models import Erasure, Holding, HoldingPart
from tests.show.reading import words
from tests.show.test_privacy import end, page_of


@pytest.fixture
def elsewhere(engine, monkeypatch):
    """As on a server with pages only; within it, as on the one that counts."""

    @contextmanager
    def counting():
        here = engine.facts.store.path
        monkeypatch.setattr(engine.facts.store, "path", counted)
        yield
        monkeypatch.setattr(engine.facts.store, "path", here)

    counted = engine.facts.store.path
    monkeypatch.setattr(engine.facts.store, "path", Path("accoil"))  # as that of a database of ClickHouse
    return counting


def test_a_server_without_the_journal_has_the_one_that_counts_put_it_together(ann, busy, elsewhere):
    page = f"{page_of(busy, 'user', 'ann')}/held"
    for _ in range(2):
        assert "puts it together: download it again in a few seconds" in words(ann.get(page, follow=True))
    Holding.objects.update(asked_at=timezone.now() - handing.SLOW - timedelta(seconds=1))
    assert "has not put it together yet" in words(ann.get(page, follow=True))
    with elsewhere():
        handing.step()
        here = json.loads(ann.get(page).getvalue())
    answer = ann.get(page)
    assert json.loads(answer.getvalue()) | {"made_at": ""} == here | {"made_at": ""}
    assert answer.headers["Cache-Control"] == "no-store"
    with connection.cursor() as cursor:
        cursor.execute("select text from erase_holdingpart")
        assert "ann" not in str(cursor.fetchall()), "encrypted"
    Holding.objects.update(asked_at=timezone.now() - handing.LASTS - timedelta(seconds=1))
    with elsewhere():
        handing.step()
    assert not HoldingPart.objects.exists()


def test_a_file_for_one_person_is_no_answer_to_another(ann, world, busy, elsewhere):
    page = f"{page_of(busy, 'user', 'ann')}/held"
    ann.get(page)
    with elsewhere():
        handing.step()
    Holding.objects.update(asked_by=world.bob)
    assert "puts it together" in words(ann.get(page, follow=True))


def test_nothing_is_put_together_of_somebody_who_is_being_deleted(ann, busy, elsewhere):
    ann.get(f"{page_of(busy, 'account', 'acme')}/held")
    erasure = asking.ask(busy.web, "user", id_of(busy.web.pk, USER, "ann"), None)
    with elsewhere():
        handing.step()
        assert not HoldingPart.objects.exists()
    Holding.objects.update(asked_at=timezone.now() - handing.SLOW - timedelta(seconds=1))
    page = f"{page_of(busy, 'account', 'acme')}/held"
    assert "Somebody is being deleted just now" in words(ann.get(page, follow=True))
    with elsewhere():
        end(erasure)
        Erasure.objects.update(since=timezone.now())
        handing.step()
        assert HoldingPart.objects.exists()
        Erasure.objects.update(finished_at=None, state="records", entities=[id_of(busy.web.pk, USER, "ann")])
        records.sweep(Erasure.objects.get())
    assert not HoldingPart.objects.exists(), "of others too: he may be in it"


def test_a_large_file_is_written_down_part_by_part_as_it_is_read_and_whole_after_a_break(
    ann, busy, elsewhere, monkeypatch
):
    page = f"{page_of(busy, 'user', 'ann')}/held"
    ann.get(page)
    whole, there, breaks_after = handing.held, [], 3

    def held(*of):
        for n, piece in enumerate(whole(*of)):
            there.append(HoldingPart.objects.count())
            if n == breaks_after:
                raise OSError("the disk is full")
            yield piece

    monkeypatch.setattr(handing, "held", held)
    monkeypatch.setattr(handing, "LARGEST", 100)
    with elsewhere():
        with pytest.raises(OSError):
            handing.step()
        assert there == [0, 1, 2, 3], "none is kept in memory until the last is read"
        breaks_after = 1_000
        handing.step()
    assert [call["user"] for call in json.loads(ann.get(page).getvalue())["calls"]] == ["ann"] * 7


def test_a_file_that_cannot_be_put_together_keeps_no_other_from_being(ann, busy, elsewhere, monkeypatch):
    for name in ("ann", "bob"):
        ann.get(f"{page_of(busy, 'user', name)}/held")
    first, second = Holding.objects.all()
    whole = handing.held

    def held(product, kind, entity):
        if entity == first.entity:
            raise OSError("the disk is full")
        return whole(product, kind, entity)

    monkeypatch.setattr(handing, "held", held)
    with elsewhere(), pytest.raises(OSError):
        handing.step()
    assert second.parts.exists()


def test_a_deletion_that_begins_while_a_file_is_put_together_ends_that(ann, busy, elsewhere, monkeypatch):
    ann.get(f"{page_of(busy, 'user', 'ann')}/held")
    whole, read = handing.held, []

    def held(*of):
        for n, piece in enumerate(whole(*of)):
            if n == 2:
                asking.begin(busy.web, "user", "bob", ["bob"])
            read.append(piece)
            yield piece

    monkeypatch.setattr(handing, "held", held)
    monkeypatch.setattr(handing, "LARGEST", 1)
    with elsewhere():
        handing.step()
    assert len(read) == 3
    assert Holding.objects.get().made_at is None
