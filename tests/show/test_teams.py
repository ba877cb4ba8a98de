"""Teams never see each other, and strangers see nothing."""

import pytest
from django.test import Client

from tests.show.reading import link_to

PAGES = [
    "",
    "accounts",
    "users",
    "accounts/1",
    "users/1",
    "segments",
    "segments/new",
    "segments/1",
    "journeys",
    "journeys/new",
    "journeys/1",
    "profiles",
    "profiles/new",
    "settings",
    "settings/keys",
    "settings/connect",
    "settings/connections",
    "settings/connections/intercom",
    "start",
]
ACTS = [
    "segments/new",
    "segments/1/fill",
    "segments/1/delete",
    "journeys/ready",
    "journeys/new",
    "journeys/1/delete",
    "profiles/new",
    "profiles/preview",
    "profiles/differences",
    "settings/tokens",
    "settings/time-zone",
    "settings/keys/new",
    "settings/staging",
    "settings/connections/intercom/connect",
    "settings/connections/intercom/sync",
    "settings/connections/intercom/disconnect",
    "accounts/act",
    "users/act/begin",
]


@pytest.mark.parametrize("page", PAGES)
def test_another_teams_product_looks_like_none_at_all(eve, busy, page):
    assert eve.get(f"/p/{busy.web.pk}/{page}").status_code == 404
    assert eve.get(f"/p/999999/{page}").status_code == 404


@pytest.mark.parametrize("act", ACTS)
def test_nothing_of_another_team_can_be_changed(eve, busy, act):
    assert eve.post(f"/p/{busy.web.pk}/{act}", {"name": "x", "time_zone": "UTC"}).status_code == 404


def test_an_account_of_another_team_is_not_found_under_ones_own_product(ann, eve, busy):
    profile = busy.profile.create(busy.evil, "Own", busy.profile.current.parsed)
    address = link_to(ann.get(f"/p/{busy.web.pk}/accounts"), "Acme Ltd")
    assert eve.get(address.replace(str(busy.web.pk), str(busy.evil.pk), 1)).status_code == 404
    assert eve.get(f"/p/{busy.evil.pk}/", {"profile": profile.pk}).status_code == 200


def test_a_profile_of_another_team_is_not_found_under_ones_own_product(eve, busy):
    own = f"/p/{busy.evil.pk}"
    assert eve.get(f"{own}/profiles/{busy.profile.pk}").status_code == 404
    assert eve.post(f"{own}/profiles/{busy.profile.pk}", {"do": "save"}).status_code == 404
    assert eve.get(f"{own}/accounts", {"profile": busy.profile.pk}).status_code == 404
    assert eve.post(f"{own}/profiles/preview", {"of": busy.profile.pk}).status_code == 404


def test_a_token_of_another_team_cannot_be_revoked(eve, busy):
    busy.web.api_tokens.model.issue(busy.web, "Export")
    token = busy.web.api_tokens.get()
    assert eve.post(f"/p/{busy.evil.pk}/settings/tokens/{token.pk}/revoke").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_sign_in_and_back_afterwards(busy, page):
    path = f"/p/{busy.web.pk}/{page}"
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in/?next=" + path.replace("/", "%2F")


def test_a_part_of_a_page_asked_for_after_signing_out_takes_the_whole_page_there(busy):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/p/1/accounts"}
    answer = Client().get(f"/p/{busy.web.pk}/accounts", headers=headers)
    assert answer.headers["HX-Redirect"].startswith("/sign-in/?next=")
    assert answer.content == b""


@pytest.mark.parametrize("act", ["profiles/new", "settings/tokens", "settings/time-zone"])
def test_a_member_may_look_but_not_change(bob, busy, act):
    form = {"event-0": "X", "scored-0": "1", "weight-0": "3", "name": "Mine", "time_zone": "UTC", "do": "save"}
    answer = bob.post(f"/p/{busy.web.pk}/{act}", form)
    assert answer.status_code == 403
    assert b"Only owners and managers of the team change" in answer.content


def test_a_member_is_offered_nothing_he_may_not_do(bob, busy):
    settings, profile = (bob.get(f"/p/{busy.web.pk}/{page}") for page in ("settings", f"profiles/{busy.profile.pk}"))
    assert b"Make a token" not in settings.content
    assert b"Save as version" not in profile.content
