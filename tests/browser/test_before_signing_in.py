"""What people see before they are signed in, or on the way to it; and pages that the demo has no link to, since there
every tool is connected and feeds are made."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from accoil.team.second_factor import code_at
from tests.browser.conftest import EMAIL, PASSWORD, Server, make_profile, sign_in, told, watched
from tests.browser.looking import VIEWS, WATCH, needs_axe, objections
from tests.browser.test_openid import ask

pytestmark = needs_axe


@pytest.fixture(params=VIEWS)
def stranger(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """Nobody is signed in. One page says no, with a status that the console tells."""
    context = browser.new_context(**VIEWS[request.param], reduced_motion="reduce")
    context.add_init_script(WATCH)
    yield from watched(context.new_page(), "status of 403 (Forbidden)")
    context.close()


def looks_well(page: Page) -> None:
    found = objections(page)
    assert not found, f"{page.url}: {found}"


def test_signing_in_with_a_password_or_the_provider(stranger: Page, server: Server):
    stranger.goto(f"{server.address}/sign-in/")
    looks_well(stranger)
    with_provider = stranger.get_by_role("link", name="Sign in with Acme SSO").bounding_box()
    button = stranger.get_by_role("button", name="Sign in", exact=True).bounding_box()
    assert with_provider and button and with_provider["width"] == button["width"]
    stranger.get_by_role("link", name="Forgot").click()
    expect(stranger.get_by_role("heading", name="Forgot your password?")).to_be_visible()
    looks_well(stranger)


def test_a_stranger_of_the_provider(stranger: Page, server: Server):
    stranger.goto(f"{server.address}/sign-in/")
    stranger.get_by_role("link", name="Sign in with Acme SSO").click()
    ask(stranger, "nobody@example.com")
    expect(stranger.get_by_role("alert")).to_contain_text("Ask an owner or a manager")
    looks_well(stranger)


def test_an_invitation_and_the_codes_of_who_joined(stranger: Page, page: Page, server: Server):
    sign_in(page, server)
    page.goto(server.page("settings/team"))
    email = f"una{time.time_ns()}@example.com"
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Invite", exact=True).click()
    stranger.goto(page.locator(".snippet code").inner_text())
    looks_well(stranger)
    stranger.get_by_label("Your name").fill("Una")
    stranger.get_by_label("Choose a password").fill(PASSWORD)
    stranger.get_by_role("button", name="Join Acme").click()
    stranger.goto(f"{server.address}/you/code/on")
    picture = stranger.get_by_role("img", name="QR code of the secret below").locator("svg")
    assert picture.evaluate(PAINTED) == "rgb(255, 255, 255)", "apps read dark on light, also at night"
    looks_well(stranger)
    secret = stranger.locator(".snippet code").inner_text().replace(" ", "")
    stranger.get_by_label("The code that the app shows now").fill(code_at(secret, int(time.time()) // 30))
    stranger.get_by_label("Your password").fill(PASSWORD)
    stranger.get_by_role("button", name="Switch it on").click()
    expect(stranger.locator(".codes code").first).to_be_visible()
    looks_well(stranger)

    stranger.context.clear_cookies()
    stranger.goto(f"{server.address}/sign-in/")
    stranger.get_by_label("Email").fill(email)
    stranger.get_by_label("Password").fill(PASSWORD)
    stranger.get_by_role("button", name="Sign in", exact=True).click()
    expect(stranger.get_by_role("heading", name="And the code")).to_be_visible()
    looks_well(stranger)


def test_feeds_and_tools_that_are_not_there_yet(stranger: Page, server: Server):
    server.send(*told())
    stranger.goto(f"{server.address}/sign-in/")
    stranger.get_by_label("Email").fill(EMAIL)
    stranger.get_by_label("Password").fill(PASSWORD)
    stranger.get_by_role("button", name="Sign in", exact=True).click()
    make_profile(stranger, server)
    for path, heading in (
        ("feeds", "A feed says what changed"),
        ("settings/connections", "Slack"),
        ("settings/connections/slack", "Bot token"),
        ("settings/connections/hubspot", "Access token"),
        ("settings/privacy", "Nobody was deleted"),
    ):
        stranger.goto(server.page(path))
        expect(stranger.get_by_role("main")).to_contain_text(heading)
        looks_well(stranger)


PAINTED = "each => getComputedStyle(each.querySelector('path')).fill"
