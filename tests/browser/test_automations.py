"""An automation, as somebody makes it who has never heard of triggers: put together, looked back on, seen to fire."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from standardwebhooks import Webhook

from tests.browser.conftest import Server, event, make_profile, sign_in, told
from tests.connect.scripted import Reply, Scripted, serving
from tests.waiting import until

LONG = 60_000  # ms: 90 days are looked back on, and moves are looked for every second


@pytest.fixture
def receiver() -> Iterator[Scripted]:
    with serving("127.0.0.2") as scripted:
        yield scripted


def begin(page: Page, server: Server) -> None:
    server.send(*told())
    sign_in(page, server)
    make_profile(page, server)


def build(page: Page, server: Server, receiver: Scripted) -> None:
    """When a user did Help_Opened, tell the receiver."""
    page.goto(server.page("automations"))
    page.get_by_role("link", name="Make the first one").click()
    says, looked = page.locator("#told"), page.locator("#looked-back")
    expect(says).to_contain_text("Choose the segment.")
    page.get_by_label("Name", exact=True).fill("Tell Rita")
    page.get_by_label("Who").select_option(label="a user")
    page.get_by_label("What happens").select_option(label="comes to match a rule")
    trigger = page.locator("#trigger")
    trigger.get_by_label("What it is about").select_option(label="Help Opened")
    page.get_by_label("What is done").select_option(label="Send a webhook")
    page.get_by_label("address").fill(receiver.url)
    expect(says).to_contain_text("When a user comes to match: did Help_Opened, then Send a webhook")
    page.get_by_role("button", name="Look back").click()
    expect(looked).to_contain_text("Would have fired once in the last 90 days, for 1 user", timeout=LONG)
    expect(looked.get_by_role("link", name="ivy")).to_be_visible()
    page.get_by_label("address").press("End")
    page.get_by_role("button", name="Make this automation").click()


def test_an_automation_is_built_looked_back_on_switched_on_and_seen_to_fire(
    page: Page, server: Server, receiver: Scripted
) -> None:
    receiver.replies = [Reply(204, b"")]
    begin(page, server)
    build(page, server, receiver)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tell Rita")
    expect(page.locator("#looked-back")).to_contain_text("Would have fired once", timeout=LONG)
    page.get_by_text("Signing secret").click()
    secret = page.get_by_text(re.compile("^whsec_")).inner_text()
    page.get_by_role("button", name="Switch on").click()
    log = page.locator("#log")
    expect(log).to_contain_text("It has not fired yet.", timeout=LONG)  # who is inside already is known by then

    server.send(event("gus", "Help_Opened", 0))
    expect(log).to_contain_text("gus", timeout=LONG)  # the page looks by itself
    expect(log).to_contain_text("Done", timeout=LONG)
    expect(log).to_contain_text("Sent; the answer was 204.")
    asked = receiver.asked[0]
    found = Webhook(secret).verify(asked.body, asked.headers)
    assert found["data"]["user"]["id"] == "gus"
    assert len(receiver.asked) == 1

    page.get_by_role("link", name="Automations", exact=True).first.click()
    row = page.get_by_role("row", name=re.compile("Tell Rita"))
    expect(row).to_contain_text("When a user comes to match: did Help_Opened")
    row.get_by_role("button", name="Switch off Tell Rita").click()
    expect(page.locator("#toasts")).to_contain_text("“Tell Rita” is off.")


def test_what_failed_is_tried_again_from_the_run_log(page: Page, server: Server, receiver: Scripted) -> None:
    receiver.replies = [Reply(410)]
    begin(page, server)
    build(page, server, receiver)
    page.get_by_role("button", name="Switch on").click()
    log = page.locator("#log")
    expect(log).to_contain_text("It has not fired yet.", timeout=LONG)
    server.send(event("gus", "Help_Opened", 0))
    expect(log).to_contain_text("The receiver says that this address is gone", timeout=LONG)
    receiver.replies = [Reply(200)]
    page.reload()
    page.get_by_role("button", name="Switch on again").click()
    expect(log).to_contain_text("Sent; the answer was 200", timeout=LONG)


def test_on_a_phone_a_play_is_taken_changed_and_kept(phone: Page, server: Server, receiver: Scripted) -> None:
    begin(phone, server)
    phone.goto(server.page("automations"))
    phone.get_by_role("link", name="Begin with it: Expansion milestone").click()
    expect(phone.get_by_label("Name", exact=True)).to_have_value("Expansion milestone")
    phone.locator("#trigger").get_by_label("What it is compared with").fill("5")
    phone.get_by_label("What is done").select_option(label="Send a webhook")
    phone.get_by_label("address").fill(receiver.url)
    expect(phone.locator("#told")).to_contain_text("active users at least 5")
    expect(phone.locator("#told")).to_contain_text("if score at least 50")
    assert phone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    phone.get_by_role("button", name="Make this automation").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Expansion milestone")
    assert phone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_without_scripts_it_is_made_step_by_step(scriptless: Page, server: Server, receiver: Scripted) -> None:
    begin(scriptless, server)
    page = scriptless
    page.goto(server.page("automations/new"))
    page.get_by_label("Name", exact=True).fill("Plain")
    page.get_by_label("What happens").select_option(label="has a score that rises above")
    page.get_by_label("What is done").select_option(label="Send a webhook")
    page.get_by_role("button", name="Check").last.click()
    page.get_by_label("How much").fill("40")
    page.get_by_label("address").fill(receiver.url)
    page.get_by_role("button", name="Make this automation").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Plain")
    page.get_by_role("link", name="Look back").click()
    again, fired = page.get_by_role("link", name="Look again"), page.get_by_text("have fired")

    def looked_back() -> bool:
        expect(again.or_(fired)).to_be_visible()  # a page that is still coming in has neither
        return fired.is_visible() or bool(again.click())

    until(looked_back, every=0.1)
    expect(page.get_by_text("have fired")).to_be_visible()
    expect(page.get_by_role("button", name="Switch on")).to_be_visible()
