"""Lists in a browser: filtered in a form that reads as a sentence, narrowed to a segment, with columns of one's own."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import make_profile, sign_in, told


def names(page: Page) -> list[str]:
    return page.get_by_role("main").locator(".row-link").all_inner_texts()


def test_a_filter_is_written_by_choosing_and_says_whom_it_holds_for(page, ready):
    page.goto(ready.page("accounts"))
    page.get_by_role("link", name="Filter").click()
    page.get_by_label("What it is about").select_option(label="MRR, $ a month")
    page.get_by_label("What it is compared with").fill("600")
    expect(page.get_by_text("It holds for none of 4 accounts today.")).to_be_visible()
    page.get_by_label("How it is compared").select_option(label="is below")
    expect(page.get_by_text("It holds for 4 of 4 accounts today.")).to_be_visible()
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("What it is about").nth(1).select_option(label="Score")
    page.get_by_label("How it is compared").nth(1).select_option(label="is below")
    page.get_by_label("What it is compared with").nth(1).fill("1")
    page.get_by_role("button", name="Show these accounts").click()
    expect(page.get_by_text("of 4 accounts where")).to_be_visible()
    assert names(page) == ["Umbrella"]
    page.get_by_role("link", name="Show everyone").click()
    expect(page.get_by_role("link", name="Acme Ltd")).to_be_visible()


def test_a_list_is_narrowed_to_a_segment_and_searched_within(page, ready):
    page.goto(ready.page("accounts"))
    page.get_by_text("Segment", exact=True).click()
    page.get_by_role("link", name="All Active Accounts").click()
    expect(page.get_by_text("3 of 4 accounts in All Active Accounts")).to_be_visible()
    page.get_by_label("Search accounts").fill("glo")
    expect(page.get_by_text("1 of 4 accounts called “glo” in All Active Accounts")).to_be_visible()
    assert names(page) == ["Globex"]


def test_columns_are_ticked_and_stay(page, ready):
    page.goto(ready.page("accounts"))
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("checkbox", name="Plan").check()
    page.get_by_role("checkbox", name="MRR").uncheck()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="Plan")).to_be_visible()
    expect(page.get_by_role("columnheader", name="MRR")).to_have_count(0)
    page.goto(ready.page("accounts"))
    expect(page.get_by_role("columnheader", name="Plan")).to_be_visible()
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("button", name="The usual ones").click()
    expect(page.get_by_role("columnheader", name="MRR")).to_be_visible()


def test_a_phone_opens_what_stands_above_a_list_within_its_width(phone, server):
    server.send(*told())
    sign_in(phone, server)
    make_profile(phone, server)
    phone.goto(server.page("accounts"))
    for name in ("Segment", "Columns"):
        phone.get_by_text(name, exact=True).click()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, name
        box = phone.locator(".pick[open] .sheet").bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390, name
        phone.keyboard.press("Escape")


def test_without_javascript_a_filter_is_written_too(scriptless, server):
    server.send(*told())
    sign_in(scriptless, server)
    make_profile(scriptless, server)
    scriptless.goto(server.page("accounts/filter"))
    scriptless.get_by_label("What it is about").select_option(label="Score")
    scriptless.get_by_role("button", name="Check").last.click()
    scriptless.get_by_label("How it is compared").select_option(label="is below")
    scriptless.get_by_label("What it is compared with").fill("1")
    scriptless.get_by_role("button", name="Show these accounts").click()
    assert names(scriptless) == ["Umbrella"]
