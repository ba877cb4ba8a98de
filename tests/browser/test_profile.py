"""The whole journey of the profile editor, as a person walks it."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import make_profile, sign_in, told


def rows(page: Page) -> list[str]:
    return [
        link.inner_text()
        for link in page.get_by_role("table").get_by_role("link").all()
        if "/accounts/" in (link.get_attribute("href") or "")
    ]


def test_from_the_first_event_to_a_changed_list(page, server):
    server.send(*told())
    sign_in(page, server)
    make_profile(page, server)

    page.get_by_role("link", name="Accounts", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accounts")
    before = rows(page)
    assert before.index("Acme Ltd") < before.index("Globex")

    page.goto(server.page("profiles"))
    page.get_by_role("link", name="Everyday").first.click()
    preview = page.get_by_role("complementary", name="Consequences")
    expect(preview).to_contain_text("Nothing moves")

    looking = page.get_by_role("slider", name="Weight of Dashboard Viewed")
    making = page.get_by_role("slider", name="Weight of Report Created")
    looking.focus()
    page.keyboard.press("End")
    making.focus()
    page.keyboard.press("Home")
    expect(preview).not_to_contain_text("Nothing moves")
    expect(preview).to_contain_text(re.compile(r"Globex\s*\d+ → \d+"))
    expect(page.get_by_role("listitem").filter(has_text="Dashboard Viewed").locator("[data-weight]")).to_have_text("10")

    page.get_by_label("Note").fill("Looking is what counts")
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.get_by_role("status")).to_contain_text("Saved as version 2, in force from today.")
    expect(page.get_by_role("button", name="Save as version 3")).to_be_visible()
    expect(page.get_by_role("region", name="Versions")).to_contain_text("Looking is what counts")

    page.goto(server.page("accounts"))
    after = rows(page)
    assert after.index("Globex") < after.index("Acme Ltd")


def test_the_last_move_of_a_slider_wins(page, server):
    server.send(*told())
    sign_in(page, server)
    make_profile(page, server)
    page.get_by_role("link", name="See what counts").click()
    preview = page.get_by_role("complementary", name="Consequences")
    slider = page.get_by_role("slider", name="Weight of Dashboard Viewed")
    weight = slider.input_value()
    asked: list[Route] = []
    page.route("**/profiles/preview", lambda route: asked.append(route))
    page.evaluate("() => { window.moves = 0; addEventListener('htmx:config:request', () => window.moves++); }")

    with page.expect_request("**/profiles/preview"):
        slider.fill("10")
    slider.fill(weight)  # while the server still thinks about the move before
    page.wait_for_function("() => window.moves === 2")
    with page.expect_request("**/profiles/preview"):
        asked[0].continue_()
    expect(preview).not_to_contain_text("Nothing moves")
    asked[1].continue_()
    expect(preview).to_contain_text("Nothing moves")
    assert len(asked) == 2


def test_an_unfinished_draft_is_told_what_is_missing(page, server):
    server.send(*told())
    sign_in(page, server)
    page.goto(server.page("profiles/new"))
    preview = page.get_by_role("complementary", name="Consequences")
    page.get_by_text("Fixed", exact=True).click()
    expect(preview).to_contain_text("Write the fixed benchmark")
    page.get_by_label("Fixed benchmark, in points").fill("30")
    expect(preview).to_contain_text("would be scored")


def test_enter_never_saves_what_was_not_looked_at(page, server):
    server.send(*told())
    sign_in(page, server)
    page.goto(server.page("profiles/new"))
    page.get_by_label("Another event").fill("Report_Shared")
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider", name="Weight of Report Shared")).to_be_visible()
    page.goto(server.page("profiles"))
    expect(page.get_by_role("main")).to_contain_text("No profile yet")


def test_without_javascript_a_profile_can_still_be_tried_and_made(scriptless, server):
    server.send(*told())
    sign_in(scriptless, server)
    scriptless.goto(server.page("profiles/new"))
    consequences = scriptless.get_by_role("complementary", name="Consequences")
    consequences.get_by_role("button", name="Show what it does").click()
    expect(consequences).to_contain_text("accounts would be scored")
    scriptless.get_by_label("Name", exact=True).fill("Plain")
    scriptless.get_by_role("button", name="Make this profile").click()
    expect(scriptless.get_by_role("main")).to_contain_text("accounts were active this week")
