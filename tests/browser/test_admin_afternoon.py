"""An admin's afternoon: a colleague comes and sees what he is to see, a key is changed without losing a call, somebody
is deleted who asked for it, and the audit log tells of it all."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Server, event, sign_in, told
from tests.browser.test_keys import call, until_refused
from tests.browser.test_profile_access import make_profile
from tests.waiting import until

LEE = "lee@example.com"


def test_an_admin_invites_restricts_rotates_and_reads_what_was_done(page: Page, browser: Browser, server: Server):
    server.send(*told())
    sign_in(page, server)
    make_profile(page, server, "Everyday")
    board = make_profile(page, server, "Board only")
    expect(page.get_by_role("region", name="Who sees it")).to_contain_text("nobody in Acme has it")

    lee = joined(page, browser, server)
    profiles_are_kept_from(lee, page, server, board)
    a_key_is_rotated(page, server)

    somebody_is_deleted(page, server)

    # The owner reads what was done, by whom; a member does not.
    page.goto(server.page("settings/audit"))
    main = page.get_by_role("main")
    for line in (f"{LEE} joined as Team Member", "Saved who sees Board only.", "calls of this user are refused"):
        expect(main.get_by_role("row").filter(has_text=line).first).to_be_visible()
    lee.goto(server.page("settings/audit"))
    expect(lee.get_by_role("main")).to_contain_text("Only owners of the team read the audit log")
    expect(lee.get_by_role("main").get_by_role("link").first).to_be_visible()  # no dead end


def joined(page: Page, browser: Browser, server: Server) -> Page:
    """The browser of a colleague who took the link that the owner was given."""
    page.goto(server.page("settings/team"))
    page.get_by_label("E-mail address").fill(LEE)
    page.get_by_label("Role", exact=True).select_option("Team Member")
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.locator(".snippet code")
    expect(link).to_be_in_viewport()
    lee = browser.new_context().new_page()
    lee.goto(link.inner_text())
    lee.get_by_label("Your name").fill("Lee")
    lee.get_by_label("Choose a password").fill(PASSWORD)
    lee.get_by_role("button", name=re.compile("^Join ")).click()
    expect(lee.get_by_role("status")).to_contain_text("Welcome to")
    return lee


def profiles_are_kept_from(lee: Page, page: Page, server: Server, board: str) -> None:
    lee.goto(server.page("accounts"))
    chosen = lee.get_by_role("complementary")
    chosen.get_by_text("Everyday", exact=True).first.click()
    chosen.get_by_role("link", name="Board only").click()
    expect(lee.get_by_role("link", name="Acme Ltd").first).to_be_visible()
    seen = lee.url

    page.goto(server.page("settings/team"))
    page.get_by_role("link", name="Change who sees Board only").click()
    say(page, "Not see it")
    expect(page.get_by_role("status")).to_contain_text("Saved who sees Board only.")

    # What was open is gone, and the page that says so leads on.
    lee.goto(seen)
    expect(lee.get_by_role("main")).to_contain_text("There is no such profile")
    lee.get_by_role("main").get_by_role("link").first.click()
    for path in ("", "accounts", "segments", "automations", "profiles", "settings/team"):
        lee.goto(server.page(path))
        expect(lee.get_by_role("heading", level=1)).to_be_visible()
        expect(lee.locator("body")).not_to_contain_text("Board only")
    assert lee.request.get(board).status == 404

    # With the other one kept from him as well, he is told whom to ask, not how to send events.
    page.goto(server.page("settings/team"))
    page.get_by_role("link", name="Change who sees Everyday").click()
    say(page, "Not see it")
    lee.goto(server.page("accounts"))
    expect(lee.get_by_role("main")).to_contain_text("is open to you yet")
    lee.get_by_role("link", name="Who they are").click()
    expect(lee.get_by_role("main")).to_contain_text("ann@example.com")
    say(page, "See it")
    lee.goto(server.page("accounts"))
    expect(lee.get_by_role("link", name="Acme Ltd").first).to_be_visible()


def say(page: Page, may: str) -> None:
    who = page.get_by_role("region", name="Who sees it")
    expect(who.get_by_label("Lee")).to_be_in_viewport()
    who.get_by_label("Lee").select_option(label=may)
    who.get_by_role("button", name="Save who sees it").click()
    expect(page.get_by_role("status")).to_contain_text("Saved who sees")
    expect(who.get_by_label("Lee").locator("option:checked")).to_have_text(may)


def somebody_is_deleted(page: Page, server: Server) -> None:
    page.goto(server.page("users"))
    main = page.get_by_role("main")
    main.get_by_role("link", name="una").click()
    main.get_by_role("link", name="Delete…").click()
    main.get_by_label("Type the id").fill("una")
    main.get_by_role("button", name="Delete user").click()
    expect(main).to_contain_text("deletion")
    page.goto(server.page("users?search=una"))
    una = main.get_by_role("link", name="una", exact=True)
    until(lambda: not una.count() or not page.reload(), within=120, every=1)  # it is done behind the pages


def a_key_is_rotated(page: Page, server: Server) -> None:
    old, before = server.key, server.counted()
    page.goto(server.page("settings/keys"))
    page.get_by_role("link", name="Change API key").click()
    page.get_by_role("button", name="Make the next key").click()
    new = page.get_by_label("API key", exact=True).locator("code").inner_text()
    assert new != old
    for key in (old, new):
        assert call(server, event("ann", "Report_Created", 0), key) == 202
    server.wait_counted(before + 2)
    page.get_by_role("button", name="Switch off API key (old)").click()
    expect(page.get_by_text("off, since")).to_be_visible()
    until_refused(server)
    assert call(server, event("ann", "Report_Created", 0), new) == 202
    server.wait_counted(before + 3)
    expect(page.get_by_role("main")).to_contain_text("1 key lets events in")
