"""Numbers explain themselves: by click, by keyboard, and without script what they mean."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import watched
from tests.browser.test_every_page import AXE, LOOK

pytestmark = pytest.mark.xdist_group("another demo company in a browser")


@pytest.fixture
def accounts(browser, demo):
    """The list of accounts of the demo company; a page that complains in the console fails."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    for page in watched(context.new_page()):
        demo.sign_in(page)
        page.get_by_role("link", name="Accounts").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Accounts")
        yield page
    context.close()


def test_a_number_in_a_list_says_what_it_is_made_of_and_leads_there(accounts):
    first, second = (accounts.locator("tbody tr").nth(n) for n in (0, 1))
    told = accounts.locator("#says-adoption")
    first.get_by_role("button").and_(accounts.locator("[popovertarget=says-adoption]")).click()
    expect(told).to_contain_text(re.compile(r"\d+ of the \d+ events of this profile w\w+ done in the last 7 days"))
    expect(told).to_contain_text("The part of the profile’s events")
    if AXE.exists():
        accounts.evaluate(AXE.read_text())
        assert not accounts.evaluate(LOOK)
    second.locator("[popovertarget=says-score]").click()  # another number: the first one closes
    expect(told).to_be_hidden()
    score = accounts.locator("#says-score")
    expect(score).to_contain_text("active pe")
    expect(score).to_be_visible()
    name = second.get_by_role("link").inner_text()
    score.get_by_role("link", name="What it is made of").click()
    expect(accounts.get_by_role("heading", level=1)).to_contain_text(name)
    assert accounts.url.endswith("#why")


def test_the_same_column_of_another_row_opens_at_once(accounts):
    numbers = accounts.locator("tbody [popovertarget=says-score]")
    told = accounts.locator("#says-score")
    numbers.nth(0).click()
    expect(told.locator("[data-value] a")).to_be_visible()
    leads = told.get_by_role("link").get_attribute("href")
    numbers.nth(1).click()
    expect(told).to_be_visible()
    expect(told.get_by_role("link")).not_to_have_attribute("href", leads or "")


def test_by_keyboard_arrows_lead_along_a_row_and_escape_closes(accounts):
    link = accounts.locator("tbody .row-link").first
    link.focus()
    accounts.keyboard.press("ArrowRight")
    expect(accounts.locator("tbody [popovertarget=says-score]").first).to_be_focused()
    accounts.keyboard.press("Enter")
    expect(accounts.locator("#says-score [data-value] a")).to_be_visible()
    accounts.keyboard.press("Escape")
    expect(accounts.locator("#says-score")).to_be_hidden()
    accounts.keyboard.press("ArrowLeft")
    expect(link).to_be_focused()


def test_on_a_phone_what_it_says_lies_at_the_foot_of_the_page(accounts):
    accounts.set_viewport_size({"width": 390, "height": 844})
    accounts.locator("tbody [popovertarget=says-score]").first.click()
    expect(accounts.locator("#says-score [data-value] a")).to_be_visible()
    box = accounts.locator("#says-score").bounding_box()
    assert box is not None
    assert (box["x"], box["width"], box["y"] + box["height"]) == (8, 374, 836)


def test_without_script_a_number_says_what_it_means(browser, demo, accounts):
    context = browser.new_context(java_script_enabled=False, storage_state=accounts.context.storage_state())
    page = context.new_page()
    page.goto(accounts.url)
    page.locator("tbody [popovertarget=says-adoption]").first.click()
    expect(page.locator("#says-adoption")).to_contain_text("The part of the profile’s events that was done in")
    page.keyboard.press("Escape")
    page.locator(".tile .explains").first.click()
    expect(page.locator(".tile .explanation").first).to_contain_text("did something that counts")
    context.close()
