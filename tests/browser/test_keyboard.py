"""The whole product without a pointer: search over everything, keys that lead somewhere, rows one by one."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import make_profile, sign_in, told


def test_slash_searches_everything_and_enter_opens_the_first_hit(page, ready):
    page.goto(ready.page("settings"))
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="Search everything")
    expect(field).to_be_focused()
    page.keyboard.type("glob")
    expect(page.get_by_role("link", name="Globex")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Globex")


def test_arrows_walk_through_what_was_found(page, ready):
    page.keyboard.press("/")
    page.keyboard.type("a")
    first = page.get_by_role("dialog").get_by_role("link", name=re.compile("^Acme Ltd"))
    expect(first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox", name="Search everything")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_g_and_a_letter_lead_to_a_page(page, ready):
    for key, title in (("a", "Accounts"), ("u", "Users"), ("s", "Segments")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        page.wait_for_load_state("load")  # who presses before the script is there, presses for nothing


def test_rows_are_walked_through_and_opened(page, ready):
    page.goto(ready.page("accounts"))
    rows = page.get_by_role("main").locator(".row-link")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    name = rows.nth(0).inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_a_question_mark_lists_the_keys_and_they_can_be_switched_off(page, ready):
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("search everything")
    keys.get_by_label("Single keys do something in this browser").uncheck()
    keys.get_by_role("button", name="Close").click()
    page.keyboard.press("?")
    expect(keys).to_be_hidden()
    page.reload()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search everything")).to_be_hidden()


def test_keys_are_letters_where_somebody_types(page, ready):
    page.goto(ready.page("accounts"))
    page.get_by_label("Search accounts").fill("")
    page.get_by_label("Search accounts").press_sequentially("g?/j")
    expect(page.get_by_label("Search accounts")).to_have_value("g?/j")
    expect(page.get_by_role("heading", level=1)).to_have_text("Accounts")


def test_without_javascript_the_search_is_a_page(scriptless, server):
    server.send(*told())
    sign_in(scriptless, server)
    make_profile(scriptless, server)
    scriptless.get_by_role("link", name="Search", exact=False).first.click()
    scriptless.get_by_role("searchbox", name="Search everything").fill("globex")
    scriptless.get_by_role("button", name="Search").click()
    scriptless.get_by_role("link", name="Globex").click()
    expect(scriptless.get_by_role("heading", level=1)).to_contain_text("Globex")


def test_a_phone_finds_the_search_in_its_bar(phone, server):
    sign_in(phone, server)
    phone.goto(server.page("settings"))
    phone.get_by_role("link", name="Search everything").click()
    phone.keyboard.type("debug")
    phone.get_by_role("dialog").get_by_role("link", name=re.compile("^Debugger")).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Settings")
