"""An owner invites somebody, who joins in another browser, protects the sign-in, and is removed again."""

import re
import time

from playwright.sync_api import Browser, Page, expect

from accoil.team.second_factor import code_at
from tests.browser.conftest import PASSWORD, Server, sign_in


def test_a_colleague_is_invited_joins_and_is_removed(page: Page, browser: Browser, server: Server):
    sign_in(page, server)
    page.goto(server.page("settings/team"))
    page.get_by_label("E-mail address").fill("kim@example.com")
    page.get_by_label("Role", exact=True).select_option("Team Member")
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.locator(".snippet code").inner_text()

    kim = browser.new_context(java_script_enabled=False).new_page()  # all of it works without
    kim.goto(link)
    kim.get_by_label("Your name").fill("Kim")
    kim.get_by_label("Choose a password").fill(PASSWORD)
    kim.get_by_role("button", name=re.compile("^Join ")).click()
    expect(kim.get_by_role("status")).to_contain_text("Welcome to")

    kim.goto(f"{server.address}/you/code/on")
    secret = kim.locator(".snippet code").inner_text().replace(" ", "")
    kim.get_by_label("The code that the app shows now").fill(code_at(secret, int(time.time()) // 30))
    kim.get_by_label("Your password").fill(PASSWORD)
    kim.get_by_role("button", name="Switch it on").click()
    recovery = kim.locator(".codes code").first.inner_text()

    again = browser.new_context().new_page()
    again.goto(f"{server.address}/sign-in/?next=/you")
    again.get_by_label("Email").fill("kim@example.com")
    again.get_by_label("Password").fill(PASSWORD)
    again.get_by_role("button", name="Sign in", exact=True).click()
    again.get_by_label("Code").fill(recovery)
    again.get_by_role("button", name="Sign in", exact=True).click()
    expect(again.get_by_role("heading", name="Signed-in devices")).to_be_visible()

    page.goto(server.page("settings/team"))
    page.get_by_text("More of Kim").click()
    page.get_by_role("button", name="Remove Kim").click()
    expect(page.get_by_role("status")).to_contain_text("kim@example.com is no longer in")
    kim.goto(server.page("accounts"))
    expect(kim.get_by_role("heading", level=1)).to_contain_text("not")

    page.goto(server.page("settings/audit"))
    expect(page.get_by_role("main")).to_contain_text("kim@example.com joined as Team Member")
