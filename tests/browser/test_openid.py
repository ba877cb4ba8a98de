"""Somebody who is invited goes to the provider and comes back as a member; a stranger comes back to a sentence."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, sign_in


def ask(page: Page, email: str) -> None:
    """On the provider's page."""
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Continue").click()


def test_an_invited_colleague_joins_with_the_provider_and_comes_in_with_it_again(
    page: Page, phone: Page, scriptless: Page, server: Server
):
    sign_in(page, server)
    page.goto(server.page("settings/team"))
    page.get_by_label("E-mail address").fill("una@example.com")
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.locator(".snippet code").inner_text()

    phone.goto(link)
    phone.get_by_role("link", name="Join with Acme SSO").click()
    ask(phone, "una@example.com")
    expect(phone.get_by_role("status").first).to_contain_text("Welcome to")
    phone.goto(f"{server.address}/you")
    expect(phone.get_by_role("main")).to_contain_text("Acme SSO")

    scriptless.goto(f"{server.address}/sign-in/?next=/you")
    scriptless.get_by_role("link", name="Sign in with Acme SSO").click()
    ask(scriptless, "una@example.com")
    expect(scriptless.get_by_role("heading", name="Signed-in devices")).to_be_visible()

    page.goto(server.page("settings/audit"))
    expect(page.get_by_role("main")).to_contain_text("Signed in with Acme SSO.")


def test_a_stranger_reads_whom_to_ask(browser: Browser, server: Server):
    stranger = browser.new_context().new_page()
    stranger.goto(f"{server.address}/sign-in/")
    stranger.get_by_role("link", name="Sign in with Acme SSO").click()
    ask(stranger, "stranger@example.com")
    expect(stranger.get_by_role("alert")).to_contain_text("Ask an owner or a manager of your team to invite")
    stranger.get_by_role("link", name="Back to signing in").click()
    expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()
