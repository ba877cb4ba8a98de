"""What every answer passes through."""

from ipaddress import ip_network

import pytest
from django.http import Http404
from django.test import Client, RequestFactory

from accoil.show.guard import check
from accoil.show.permissions import action_at
from tests.show.places import Places


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
