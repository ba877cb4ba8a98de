"""What only a browser shows: live search, charts that can be read out, menus, phones, the check-list."""

import re
import shutil
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, make_profile, sign_in, told


def test_a_list_is_searched_while_typing_and_the_address_remembers_it(page, ready):
    page.goto(ready.page("accounts"))
    page.keyboard.press("f")
    page.keyboard.type("glob")
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    expect(page).to_have_url(re.compile(r"search=glob$"))
    expect(page.get_by_role("link", name="Globex")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Search accounts")).to_have_value("glob")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(2)


def test_a_whole_row_is_a_link_and_back_leads_back(page, ready):
    page.goto(ready.page("accounts"))
    # By force: what lies under the pointer is, as it should be, the link and not the cell.
    page.get_by_role("row", name="Acme Ltd").get_by_role("cell").last.click(force=True)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Acme Ltd")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accounts")


def test_a_chart_is_read_out_by_pointer_and_by_arrow_keys(page, ready):
    page.goto(ready.page("accounts"))
    page.get_by_role("link", name="Acme Ltd").click()
    chart = page.get_by_role("slider", name="Score of Acme Ltd over 90 days")
    chart.focus()
    page.keyboard.press("ArrowRight")
    score = page.get_by_role("main").locator(".score-big b").first.inner_text()
    today = chart.get_attribute("aria-valuetext")
    assert today is not None and today.endswith(f": {score}")
    page.keyboard.press("ArrowLeft")
    expect(chart).not_to_have_attribute("aria-valuetext", today)
    page.keyboard.press("Escape")
    expect(chart.locator(".chart-read")).to_have_count(0)
    chart.hover(position={"x": 5, "y": 40})
    expect(chart.locator(".chart-read")).to_contain_text("–")


def test_menus_open_close_and_sign_out(page, ready):
    page.goto(ready.page())
    me = page.get_by_role("complementary").get_by_text("ann@example.com").first
    me.click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    me.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_first_steps_turn_green_by_themselves(page, server):
    sign_in(page, server)
    page.goto(server.page())
    expect(page.get_by_role("heading", level=1)).to_have_text("First steps")
    page.get_by_text(re.compile("^Python")).click()
    with page.expect_response(re.compile("/start")):
        pass  # asking again must not close what somebody reads
    expect(page.get_by_label("Python")).to_be_visible()
    server.send(*told())
    expect(page.get_by_text(re.compile(r"events from 4 users"))).to_be_visible()
    expect(page.get_by_text("4 accounts: Acme Ltd, Globex, Initech and 1 more.")).to_be_visible()
    page.get_by_role("link", name="See the proposal").click()
    page.get_by_role("button", name="Make this profile").click()
    expect(page.get_by_role("main")).to_contain_text("accounts were active this week")
    expect(page.get_by_role("link", name="First steps")).to_have_count(0)


def test_a_snippet_is_copied_whole(page, server):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, server)
    page.goto(server.page("settings"))
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == server.key


def every_page(page: Page, server: Server) -> list[str]:
    page.goto(server.page("accounts"))
    account = page.get_by_role("link", name="Acme Ltd").get_attribute("href")
    page.goto(server.page("users"))
    user = page.get_by_role("link", name="ann").first.get_attribute("href")
    page.goto(server.page("profiles"))
    profile = page.get_by_role("main").get_by_role("link").first.get_attribute("href")
    paths = ["", "accounts", "users", "profiles", "profiles/new", "settings", "settings/import", "start"]
    return [*(server.page(path) for path in paths), *(f"{server.address}{link}" for link in (account, user, profile))]


def test_no_page_is_wider_than_a_phone(phone, server):
    server.send(*told())
    sign_in(phone, server)
    phone.goto(server.page("start"))
    assert width(phone) <= 390
    make_profile(phone, server)
    for address in every_page(phone, server):
        phone.goto(address)
        assert width(phone) <= 390, address


def width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_a_phone_has_the_menu_behind_a_button(phone, server):
    sign_in(phone, server)
    phone.goto(server.page("settings"))
    expect(phone.get_by_role("link", name="Profiles")).to_be_hidden()
    phone.get_by_label("Menu", exact=True).click()
    phone.get_by_role("link", name="Profiles").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Profiles")


def test_everything_can_be_read_without_javascript(scriptless, server):
    server.send(*told())
    sign_in(scriptless, server)
    make_profile(scriptless, server)
    for address in every_page(scriptless, server):
        scriptless.goto(address)
        expect(scriptless.get_by_role("heading", level=1)).to_be_visible()
    scriptless.goto(server.page("accounts?search=glob"))
    expect(scriptless.get_by_role("table").get_by_role("row")).to_have_count(2)
    scriptless.get_by_role("link", name="Globex").click()
    expect(scriptless.get_by_role("figure").first).to_be_visible()


@pytest.mark.parametrize("language", ["curl", "Python"])
def test_a_snippet_does_what_it_says(page, server, language, tmp_path):
    if language == "curl" and not shutil.which("curl"):
        pytest.skip("curl is missing")
    sign_in(page, server)
    page.goto(server.page("settings"))
    code = page.get_by_label(language, exact=True).locator("code").text_content() or ""
    script = tmp_path / "snippet"
    script.write_text(code)
    done = subprocess.run(
        ["bash" if language == "curl" else sys.executable, script], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    server.wait_counted(1)
    page.goto(server.page("start"))
    expect(page.get_by_role("main")).to_contain_text("1 event from 1 user")
    expect(page.get_by_role("main")).to_contain_text("1 account: Acme Ltd.")


def test_a_past_day_is_chosen_in_the_corner_and_left_again(page, ready):
    page.goto(ready.page("accounts"))
    page.locator(".day-picker > summary").click()
    page.get_by_label("Look at a past day").fill("2020-02-29")
    page.get_by_role("button", name="Show that day").click()
    expect(page.get_by_role("status").filter(has_text="You are looking at")).to_contain_text("29 February 2020")
    expect(page).to_have_url(re.compile(r"as_of=2020-02-29"))
    page.get_by_role("link", name="Back to today").first.click()
    expect(page.get_by_text("You are looking at")).to_have_count(0)
    expect(page.get_by_role("link", name="Acme Ltd")).to_be_visible()
