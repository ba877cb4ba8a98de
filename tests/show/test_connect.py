"""Settings > Connect data: exact values to copy, and a light that turns green; staging products."""

import base64
import re

import pytest

from accoil.receive.heard import heard
from accoil.show import connecting
from accoil.team.models import IngestKey, Product
from tests.show.reading import link_to, main, words
from tests.show.test_keys import nothing_heard, now  # noqa: F401  (used by name)


@pytest.fixture
def home(world) -> str:
    return f"/p/{world.web.pk}/settings/connect"


@pytest.fixture
def first(world) -> IngestKey:
    return world.web.ingest_keys.get()


def light(client, address: str) -> str:
    part = client.get(address, headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    return words(part)


def copied(page) -> list[str]:
    return re.findall(r"<code>(.*?)</code></pre>", page.content.decode(), re.DOTALL)


def test_the_values_to_paste_hold_address_and_key(ann, home, first, settings):
    settings.PUBLIC_URL = "https://accoil.example.com"
    values = copied(ann.get(home))
    assert "https://accoil.example.com/segment" in values
    assert "Authorization" in values
    header = next(value for value in values if value.startswith("Basic "))
    assert base64.b64decode(header.removeprefix("Basic ")).decode() == f"{first.key}:"


def test_the_five_steps_are_all_there(ann, home):
    page = ann.get(home).content.decode()
    steps = page.partition('<ol class="numbered">')[2].partition("</ol>")[0]
    assert steps.count("<li>") == 5
    for word in ("Catalog", "Webhooks (Actions)", "Add Destination", "source", "API key", "4,000 events"):
        assert word in steps


def test_the_light_waits_turns_green_and_says_from_whom(ann, home, first):
    assert "Waiting for the first call with this key" in light(ann, home)
    heard.taken(first.pk, now(), b"Segment (Actions)", is_ping=True)
    assert "Connected The last test of the key came just now from Segment (Actions) ." in light(ann, home)
    heard.taken(first.pk, now(), b"analytics-node/3.0.13")
    assert "The last call came just now from analytics-node/3.0.13 ." in light(ann, home)


def test_a_refused_call_is_told_with_its_reason(ann, home, first):
    heard.refused(first.pk, now(), b"Segment (Actions)", "invalid_signature")
    assert "Heard, but refused" in light(ann, home)
    assert "signature is missing or does not fit" in light(ann, home)


def test_while_nothing_new_came_the_page_is_left_alone(ann, home, first):
    known = re.search(r'hx-get="([^"]+)"', ann.get(home).content.decode())[1].replace("&amp;", "&")
    assert ann.get(known, headers={"HX-Request": "true"}).status_code == 204
    heard.taken(first.pk, now(), b"curl/8")
    assert "Connected" in light(ann, known)


def test_a_name_of_a_program_can_not_break_the_page(ann, home, first):
    heard.taken(first.pk, now(), b"<script>alert(1)</script>\xff" * 100)
    page = ann.get(home).content.decode()
    assert "<script>alert" not in page
    assert len(page) < 30_000


def test_each_key_has_its_light(ann, world, home, first):
    other = world.web.ingest_keys.create(name="Website")
    heard.taken(other.pk, now(), b"curl/8")
    page = ann.get(home)
    assert "Waiting" in main(page)
    assert "Connected" in main(ann.get(link_to(page, "Website")))
    assert ann.get(home, {"key": 999_999}).status_code == 404


def test_a_key_that_does_not_fit_a_cloud_is_said(ann, world, home, first):
    assert "Try it from your own computer" in main(ann.get(home))
    first.secret = "quiet please"
    first.save()
    signed = main(ann.get(home))
    assert "must be signed" in signed
    assert "As Shared Secret, set the one that belongs to this key." in signed
    first.secret, first.origins = "", "https://app.example.com"
    first.save()
    assert "“API key” is for certain web pages." in main(ann.get(home))
    assert "curl " not in main(ann.get(home))


def test_the_settings_page_says_when_its_snippets_would_be_refused(ann, world, first):
    address = f"/p/{world.web.pk}/settings"
    assert "are refused with it" not in main(ann.get(address))
    first.origins = "https://app.example.com"
    first.save()
    assert "takes calls of certain web pages alone" in main(ann.get(address))
    first.secret = "quiet please"
    first.save()
    assert "takes signed calls alone" in main(ann.get(address))


def test_a_key_of_another_team_has_no_light_here(eve, world, first):
    assert eve.get(f"/p/{world.evil.pk}/settings/connect", {"key": first.pk}).status_code == 404


def test_without_a_key_the_page_says_what_to_do(ann, bob, world, home):
    world.web.ingest_keys.all().delete()
    assert "No key is on" in main(ann.get(home))
    assert link_to(ann.get(home), "Make one") == f"/p/{world.web.pk}/settings/keys/new"
    assert "An owner or manager of the team makes one" in main(bob.get(home))
    assert ann.get(home, headers={"HX-Request": "true"}).status_code == 204


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://accoil.example.com", ""),
        ("https://accoil.example.com:8443", ""),
        ("http://accoil.example.com", "is not HTTPS"),
        ("http://localhost:8000", "a cloud can't reach it"),
        ("https://accoil", "a cloud can't reach it"),
        ("https://accoil.internal", "a cloud can't reach it"),
        ("https://10.0.0.5", "a cloud can't reach it"),
        ("https://192.168.1.5", "a cloud can't reach it"),
        ("https://[::1]:8000", "a cloud can't reach it"),
        ("https://8.8.8.8", ""),
    ],
)
def test_an_address_no_cloud_can_reach_is_said(address, said):
    warned = connecting.warning(address)
    assert said in warned
    assert bool(said) == bool(warned)


def test_the_address_is_warned_about_on_the_page(ann, home, settings):
    assert "a cloud can't reach it" in main(ann.get(home, headers={"Host": "localhost:8123"}))
    settings.PUBLIC_URL = "https://accoil.example.com"
    assert "can't reach it" not in main(ann.get(home))


def test_an_owner_makes_a_staging_product_and_every_page_of_it_says_so(ann, world):
    home = f"/p/{world.web.pk}/settings"
    page = ann.post(f"{home}/staging", follow=True)
    made = Product.objects.get(staging_of=world.web)
    assert "“Web (staging)” is ready" in words(page)
    assert made.ingest_keys.get().key in page.content.decode()
    for path in ("start", "profiles", "settings", "settings/keys"):
        assert 'class="tag staging"' in ann.get(f"/p/{made.pk}/{path}").content.decode()
        assert 'class="tag staging"' not in ann.get(f"/p/{world.web.pk}/{path}").content.decode()
    assert link_to(ann.get(home), "Open Web (staging)") == f"/p/{made.pk}/"
    assert link_to(ann.get(f"/p/{made.pk}/settings"), "Open Web") == home
    assert "Acme Inc, staging" in words(ann.get(home))


def test_a_second_wish_leads_to_the_one_that_is_there(ann, world):
    for _ in range(2):
        answer = ann.post(f"/p/{world.web.pk}/settings/staging")
        assert answer.headers["Location"] == f"/p/{Product.objects.get(staging_of=world.web).pk}/start"


def test_a_member_makes_no_staging_product(bob, world):
    assert bob.post(f"/p/{world.web.pk}/settings/staging").status_code == 403
    assert "Make a staging product" not in main(bob.get(f"/p/{world.web.pk}/settings"))


def test_a_staging_product_of_a_staging_product_is_refused_in_words(ann, world):
    ann.post(f"/p/{world.web.pk}/settings/staging")
    staging = Product.objects.get(staging_of=world.web)
    page = ann.post(f"/p/{staging.pk}/settings/staging", follow=True)
    assert "is a staging product itself" in words(page)
