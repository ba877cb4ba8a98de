import re

import pytest

from accoil.team.models import ApiToken, Product
from tests.show.reading import main, words


@pytest.fixture
def home(world) -> str:
    return f"/p/{world.web.pk}/settings"


def test_the_key_can_be_read_again_and_stands_in_every_snippet(ann, world, home):
    page = ann.get(home, headers={"Host": "localhost:8123"})
    key = world.web.ingest_keys.get().key
    snippets = re.findall(r"<code>(.*?)</code>", page.content.decode(), re.DOTALL)
    assert snippets[0] == key
    assert len([code for code in snippets if key in code]) == 5
    assert "curl http://localhost:8123/v1/batch" in snippets[1]


def test_the_configured_address_wins_over_the_one_asked_at(ann, home, settings):
    settings.PUBLIC_URL = "https://accoil.example.com"
    page = words(ann.get(home))
    assert 'analytics.host = "https://accoil.example.com"' in page
    assert 'apiHost: "accoil.example.com/v1", protocol: "https"' in page


def test_a_switched_off_key_is_not_shown(ann, world, home):
    key = world.web.ingest_keys.get()
    key.disabled_at = world.web.created_at
    key.save()
    page = ann.get(home)
    assert key.key not in page.content.decode()
    assert "No key is switched on" in main(page)


def test_a_token_is_shown_once_and_opens_its_product(ann, world, home):
    answer = ann.post(f"{home}/tokens", {"name": "Warehouse"})
    token = re.search(r"accoil_[0-9a-f]{40}", answer.content.decode())[0]
    assert ApiToken.of(token).product == world.web
    again = ann.get(home)
    assert token not in again.content.decode()
    assert "Warehouse" in main(again)


def test_a_token_can_be_kept_to_some_numbers_and_some_days(ann, world, home):
    page = main(ann.post(f"{home}/tokens", {"name": "Board", "reads": "accounts", "days": "30"}))
    token = ApiToken.objects.get()
    assert token.reads == {"accounts"}
    assert (token.expires_at - token.created_at).days in (29, 30)
    assert "Accounts, but no people" in page
    token.expires_at = token.created_at
    token.save()
    assert "expired" in main(ann.get(home))


def test_a_token_needs_a_name(ann, home):
    answer = ann.post(f"{home}/tokens", {"name": "  "})
    assert answer.status_code == 422
    assert "Say what it is for" in main(answer)
    assert not ApiToken.objects.exists()


def test_a_revoked_token_opens_nothing_and_leaves_the_list(ann, world, home):
    token = ApiToken.issue(world.web, "Warehouse")
    page = ann.post(f"{home}/tokens/{ApiToken.objects.get().pk}/revoke", follow=True)
    assert ApiToken.of(token) is None
    assert "“Warehouse” is revoked" in words(page)
    assert "Warehouse" not in main(page)


def test_the_time_zone_can_be_changed(ann, world, home):
    page = ann.post(f"{home}/time-zone", {"time_zone": "Australia/Sydney"}, follow=True)
    assert "Days now begin at midnight in Australia/Sydney." in words(page)
    assert Product.objects.get(pk=world.web.pk).time_zone == "Australia/Sydney"


def test_a_time_zone_that_does_not_exist_is_refused(ann, world, home):
    answer = ann.post(f"{home}/time-zone", {"time_zone": "Mars/Olympus"})
    assert answer.status_code == 422
    assert Product.objects.get(pk=world.web.pk).time_zone == "UTC"


def test_an_old_spelling_of_a_zone_stays_as_it_is_set(ann, world, home):
    Product.objects.filter(pk=world.web.pk).update(time_zone="Etc/GMT+5")
    assert '<option value="Etc/GMT+5" selected>' in ann.get(home).content.decode()


@pytest.mark.parametrize("act", ["tokens", "time-zone"])
def test_settings_change_only_by_post(ann, home, act):
    assert ann.get(f"{home}/{act}").status_code == 405
