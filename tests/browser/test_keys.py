"""Keys and the light of a connection, as only a browser shows them."""

import base64
import json
import time
import urllib.error
import urllib.request

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, sign_in
from tests.whole import PATIENCE


def call(server: Server, body: object, key: str, agent: str = "Segment (Actions)") -> int:
    request = urllib.request.Request(
        f"{server.address}/segment",
        json.dumps(body).encode(),
        {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode(), "User-Agent": agent},
    )
    try:
        return int(urllib.request.urlopen(request, timeout=PATIENCE).status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_the_light_turns_green_while_the_page_is_open(page: Page, server: Server) -> None:
    sign_in(page, server)
    page.goto(server.page("settings/connect"))
    expect(page.get_by_text("Waiting for the first call with this key")).to_be_visible()
    assert call(server, {}, server.key) == 202
    expect(page.get_by_role("status").get_by_text("Connected")).to_be_visible()
    expect(page.get_by_text("The last test of the key came")).to_contain_text("Segment (Actions)")
    call(server, {"type": "track", "userId": "u1", "event": "E"}, server.key, "RudderLabs")
    expect(page.get_by_text("The last call came")).to_contain_text("RudderLabs")


def test_what_was_opened_stays_open_while_the_light_changes(page: Page, server: Server) -> None:
    sign_in(page, server)
    page.goto(server.page("settings/connect"))
    page.locator("summary", has_text="RudderStack").click()
    page.get_by_text("Try it from your own computer").click()
    call(server, {}, server.key)
    expect(page.get_by_text("Connected")).to_be_visible()
    expect(page.get_by_label("Test the key with curl")).to_be_visible()
    expect(page.get_by_label("Header value").nth(2)).to_be_visible()


def test_a_signed_key_is_made_and_its_secret_shown_once(page: Page, server: Server) -> None:
    sign_in(page, server)
    page.goto(server.page("settings/keys"))
    page.get_by_role("link", name="New key").click()
    page.get_by_label("Name").fill("Segment")
    secret = page.get_by_label("The sender's shared secret")
    expect(secret).to_be_hidden()
    page.get_by_text("Use the sender's secret").click()
    expect(secret).to_be_visible()
    page.get_by_text("Make a secret").click()
    expect(secret).to_be_hidden()
    page.get_by_role("button", name="Make the key").click()
    made = page.get_by_label("Shared secret", exact=True).inner_text()
    assert len(made) >= 32
    page.goto(server.page("settings/keys"))
    expect(page.get_by_role("heading", name="Segment")).to_be_visible()
    expect(page.get_by_text(made)).to_have_count(0)


def test_a_key_is_rotated_and_the_old_one_switched_off(page: Page, server: Server) -> None:
    sign_in(page, server)
    page.goto(server.page("settings/keys"))
    page.get_by_role("link", name="Change API key").click()
    page.get_by_role("button", name="Make the next key").click()
    expect(page.get_by_role("heading", name="API key (old)")).to_be_visible()
    assert call(server, {}, server.key) == 202
    page.get_by_role("button", name="Switch off API key (old)").click()
    expect(page.get_by_text("off, since")).to_be_visible()
    until_refused(server)
    page.reload()
    expect(page.get_by_text("A call was refused")).to_contain_text("the key is switched off")


def until_refused(server: Server) -> None:
    """A change is in force within two seconds."""
    until = time.monotonic() + PATIENCE
    while call(server, {}, server.key) != 403:
        assert time.monotonic() < until, "the key still lets calls in"
        time.sleep(0.05)


def test_a_phone_tells_a_staging_product_from_the_real_one(phone: Page, server: Server) -> None:
    sign_in(phone, server)
    phone.goto(server.page("settings"))
    phone.get_by_role("button", name="Make a staging product").click()
    badge = phone.get_by_role("banner").get_by_text("Staging", exact=True)
    expect(badge).to_be_visible()
    for path in ("keys", "connect", "keys/new"):
        phone.goto(phone.url.split("/start")[0].split("/settings")[0] + f"/settings/{path}")
        expect(badge).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
