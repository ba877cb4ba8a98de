"""Which product a line of the audit log is about: on the page, in its filter and in its files."""

import csv
import io
from importlib import import_module
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import Client

from accoil.connect.models import ProfileSync
from accoil.score.models import Profile
from accoil.team.audit import AuditLine
from accoil.team.models import Product
from tests.show.conftest import EVERYDAY, World, product
from tests.show.connected import connect, here
from tests.show.reading import main


@pytest.fixture
def mobile(world: World) -> Product:
    return product(world.web.team, "Mobile")


@pytest.fixture
def page(world: World) -> str:
    return f"/p/{world.web.pk}/settings/audit"


@pytest.fixture
def changed(ann: Client, world: World, mobile: Product) -> None:
    """Something in each product, something of the whole team, and a line of before products were noted."""
    world.web.team.audit.create(who="old@example.com", action="switch-key", what="Long ago.")
    for each, zone in ((world.web, "Asia/Tokyo"), (mobile, "Europe/Rome")):
        ann.post(f"/p/{each.pk}/settings/time-zone", {"time_zone": zone})
    ann.post(f"/p/{mobile.pk}/settings/team/invite", {"email": "kim@example.com", "role": "member"})


def products() -> list[str]:
    return [line.product.name if line.product else "" for line in AuditLine.objects.order_by("id")]


@pytest.mark.usefixtures("changed")
def test_a_line_says_in_which_product_unless_it_is_the_teams_or_from_before(ann: Client, page: str) -> None:
    assert products() == ["", "Web", "Mobile", ""]
    shown = main(ann.get(page))
    assert "midnight in Europe/Rome. General Mobile 127.0.0.1" in shown
    assert "midnight in Asia/Tokyo. General Web 127.0.0.1" in shown
    assert "Long ago. Keys the server" in shown


@pytest.mark.usefixtures("changed")
def test_the_log_can_be_narrowed_to_a_product(ann: Client, world: World, mobile: Product, page: str) -> None:
    shown = main(ann.get(page, {"product": mobile.pk}))
    assert "1 change fits." in shown and "Europe/Rome" in shown and "Asia/Tokyo" not in shown
    assert "Evil Web" not in shown, "products of other teams are not offered"
    for nonsense in (world.evil.pk, "9" * 15):
        assert "Nothing of that was done." in main(ann.get(page, {"product": nonsense}))
    assert "4 changes fit." in main(ann.get(page, {"product": "x"}))


@pytest.mark.usefixtures("changed")
def test_what_fits_is_downloaded_with_the_product(
    ann: Client, bob: Client, eve: Client, mobile: Product, page: str
) -> None:
    AuditLine.objects.filter(who="ann@example.com").update(who="=ann@example.com")
    rows = table(ann, f"{page}.csv")
    assert [row["product"] for row in rows] == ["", "Mobile", "Web", ""]
    assert rows[1]["who"] == "'=ann@example.com", "no formula"
    assert (rows[1]["where"], rows[1]["from"]) == ("General", "127.0.0.1")
    assert [row["what"] for row in table(ann, f"{page}.csv?product={mobile.pk}")] == [rows[1]["what"]]
    assert f"{page}.csv?product={mobile.pk}" in ann.get(page, {"product": mobile.pk}).content.decode()
    told = pq.read_table(io.BytesIO(ann.get(f"{page}.parquet").getvalue()))
    assert told.column("product").to_pylist() == [None, "Mobile", "Web", None]
    assert table(ann, f"{page}.csv?who=nobody") == []
    assert (bob.get(f"{page}.csv").status_code, eve.get(f"{page}.csv").status_code) == (403, 404)


def test_all_lines_are_downloaded_however_many(ann: Client, world: World, page: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(import_module("accoil.show.views.audit"), "IN_A_BATCH", 10)
    for number in range(25):
        world.web.team.audit.create(action="switch-key", what=f"Line {number}.")
    assert [row["what"] for row in table(ann, f"{page}.csv")] == [f"Line {number}." for number in reversed(range(25))]


def test_what_is_synced_of_a_profile_is_done_in_its_product(ann: Client, busy: World, mobile: Product) -> None:
    joined = connect(busy)
    theirs = Profile.create(mobile, "On phones", EVERYDAY)
    ProfileSync.objects.create(connection=joined, profile=theirs, mode="all")
    ann.post(here(busy, f"/intercom/profiles/{theirs.pk}"), {"mode": "off"})
    ann.post(here(busy, "/intercom/interval"), {"every": "3600"})
    lines = AuditLine.objects.order_by("id")
    assert [(line.action, line.product) for line in lines] == [("connection-mode", mobile), ("sync-interval", None)]


def table(client: Client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).getvalue().decode("utf-8-sig"))))
