"""What every answer passes through."""

from ipaddress import ip_network

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.http import Http404
from django.test import Client, RequestFactory

from accoil.act.models import Batch
from accoil.count.ids import ACCOUNT, id_of
from accoil.show.guard import check
from accoil.show.permissions import action_at
from accoil.team.audit import AuditLine
from tests.show.connected import connect
from tests.show.places import PASSWORD, Places, with_codes
from tests.show.test_imports import home, newest, opened, upload  # noqa: F401  fixtures
from tests.waiting import until


def test_a_product_with_the_number_0_is_a_product_that_is_not_there(busy):
    request = RequestFactory().get("/p/0/settings/audit")
    request.user = busy.ann
    with pytest.raises(Http404):
        check(request, action_at("audit", "see"), {"product_id": 0})


def test_a_page_that_shows_a_secret_is_kept_by_no_browser(busy, settings):
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.2/32")]
    places = Places(busy)
    for name in ("new-token", "new-key", "ingest-key", "automation-address", "invite", "reset-member", "code-on"):
        client = Client()
        client.force_login(busy.ann)
        answer = client.post(places.path(name), places.sent(name, client))
        assert answer.headers.get("Cache-Control") == "no-store", name


def lines() -> list[str]:
    return [line.what for line in AuditLine.objects.order_by("id")]


def test_what_changes_nothing_writes_no_line(ann, busy):
    zone = f"/p/{busy.web.pk}/settings/time-zone"
    ann.post(zone, {"time_zone": "Asia/Tokyo"})
    ann.post(zone, {"time_zone": "Asia/Tokyo"})
    assert lines() == ["Days now begin at midnight in Asia/Tokyo."]


def test_acting_on_ticked_rows_writes_down_what_and_for_whom(ann, busy):
    connect(busy)
    ids = [id_of(busy.web.pk, ACCOUNT, name) for name in ("acme", "globex")]
    sent = {"action": "intercom_tag", "id": ids, "with-tag": "at-risk"}
    ann.post(f"/p/{busy.web.pk}/accounts/act/begin", sent)
    assert Batch.objects.exists()
    assert lines() == ["Add Intercom Tag “at-risk” to 2 accounts: Acme Ltd and Globex."]


def test_what_is_done_with_an_import_is_written_down_with_its_file(ann, world, opened, home):  # noqa: F811
    upload(ann, home, ("past.csv", b"user_id,event,timestamp\nu1,A,2026-03-01\n"))
    until(lambda: newest(opened, world).is_finished)
    ann.post(f"{home}/{newest(opened, world).id}/go-on")  # refused: it is done
    ann.post(f"{home}/{newest(opened, world).id}/delete")
    assert lines() == [
        "“past.csv” is handed in to be imported.",
        "The import of “past.csv” is deleted; what was counted from it stays.",
    ]


def test_a_wrong_password_of_who_is_signed_in_is_written_down_as_often_as_it_is_looked_at(ann, busy):
    busy.ann.set_password(PASSWORD)
    busy.ann.save()
    ann.force_login(busy.ann)
    with_codes(busy.ann)
    cache.clear()
    for _ in range(7):
        ann.post("/you/code/off", {"password": "wrong"})
    assert lines() == ["A wrong password for ann@example.com, who is signed in."] * 5


def test_a_change_stands_and_is_answered_though_its_line_cannot_be_written(ann, busy, monkeypatch):
    def full(*line: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr("accoil.show.visit.write", full)
    answer = ann.post(f"/p/{busy.web.pk}/settings/time-zone", {"time_zone": "Asia/Tokyo"})
    busy.web.refresh_from_db()
    assert (answer.status_code, busy.web.time_zone) == (302, "Asia/Tokyo")
