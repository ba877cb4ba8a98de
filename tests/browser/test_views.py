"""Features made by hand and by keyboard, and what Views makes of them."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, make_profile, sign_in, told


def make_feature(page: Page, server: Server, name: str, *events: str) -> None:
    page.goto(server.page("settings/features/new"))
    page.get_by_label("Name", exact=True).fill(name)
    for event in events:
        page.get_by_label(event, exact=True).check()
    page.get_by_role("button", name="Add this feature").click()


def test_features_are_dragged_into_their_order(page, server):
    server.send(*told())
    sign_in(page, server)
    for name, event in (("Reports", "Report Created"), ("Help", "Help Opened"), ("Boards", "Dashboard Viewed")):
        make_feature(page, server, name, event)
    rows = page.get_by_role("row")
    page.get_by_role("link", name="Boards", exact=True).drag_to(page.get_by_role("link", name="Reports", exact=True))
    expect(rows.nth(1)).to_contain_text("Boards")
    page.reload()
    expect(rows.nth(1)).to_contain_text("Boards")
    expect(rows.nth(2)).to_contain_text("Reports")


def test_a_feature_is_made_moved_and_looked_at_with_the_keyboard_alone(page, server):
    server.send(*told())
    sign_in(page, server)
    make_profile(page, server)
    page.goto(server.page("settings/features"))
    page.get_by_role("link", name="Add feature").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Reports")
    page.get_by_label("Report Created", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Add this feature").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("“Reports” is saved.")
    make_feature(page, server, "Help", "Help Opened")
    page.get_by_role("button", name="Move Help up").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Help")
    expect(page.get_by_role("button", name="Move Help up")).to_be_disabled()

    page.get_by_role("navigation", name="Pages of").get_by_role("link", name="Features", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="Reports")).to_be_visible()
    page.get_by_role("link", name="Reports", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Reports")
    chart = page.get_by_role("slider", name="Adoption, mean of 7 days")
    chart.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".chart-read")).to_contain_text("%")


def test_events_are_searched_while_typing_and_shown_for_other_days(page, server):
    server.send(*told())
    sign_in(page, server)
    make_profile(page, server)
    page.goto(server.page("views/events"))
    page.get_by_role("searchbox", name="Search events").press_sequentially("help")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page).to_have_url(re.compile("search=help"))
    page.get_by_text("Other days").click()
    page.get_by_label("First day").fill("2020-01-01")
    page.get_by_label("Last day").fill("2020-01-07")
    page.get_by_role("button", name="Show these days").click()
    expect(page.locator(".lead")).to_contain_text("No account did anything")
    expect(page.get_by_text("1 Jan 2020 – 7 Jan 2020")).to_be_visible()
    page.goto(server.page(""))
    expect(page.get_by_role("slider", name="Average adoption over 90 days")).to_be_visible()


def test_all_of_it_works_without_scripts_and_on_a_phone(scriptless, phone, server):
    server.send(*told())
    sign_in(scriptless, server)
    make_profile(scriptless, server)
    make_feature(scriptless, server, "Reports", "Report Created")
    expect(scriptless.locator("#toasts, [role=status]").first).to_contain_text("“Reports” is saved.")
    scriptless.goto(server.page("views/features"))
    scriptless.get_by_role("link", name="Reports", exact=True).click()
    expect(scriptless.locator(".lead")).to_contain_text("used Reports")
    sign_in(phone, server)
    for path in ("views/events", "views/features", "settings/features", "settings/configuration", ""):
        phone.goto(server.page(path))
        assert phone.evaluate("document.documentElement.scrollWidth") == 390, path
