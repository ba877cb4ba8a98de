"""“Who sees it” of a profile: an owner says it, and a member's own browser shows what follows."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Server, sign_in, told
from tests.whole import accoil

BOB = "bob@example.com"
JOINS = f"""
from accoil.team.models import Product, User
bob = User.objects.filter(email="{BOB}").first() or User.objects.create_user("{BOB}", "{PASSWORD}", "Bob")
Product.objects.get(pk=%d).team.members.get_or_create(user=bob)
"""


@pytest.fixture
def bob(phone: Page, server: Server, data: Path) -> Page:
    """The phone of a member of the team, signed in."""
    made = accoil(data, "manage", "shell", "-c", JOINS % server.product)
    assert made.returncode == 0, made.stderr
    phone.goto(f"{server.address}/sign-in/")
    phone.get_by_label("Email").fill(BOB)
    phone.get_by_label("Password").fill(PASSWORD)
    phone.get_by_role("button", name="Sign in").click()
    phone.wait_for_url(f"{server.address}/p/**")
    return phone


def make_profile(page: Page, server: Server, name: str) -> str:
    page.goto(server.page("profiles/new"))
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Make this profile").click()
    expect(page.get_by_role("status")).to_contain_text(f"{name} is made.")
    page.goto(server.page("profiles"))
    page.get_by_role("link", name=name).first.click()
    return page.url


def say(page: Page, may: str, inbox: bool | None = None) -> None:
    """With the keyboard, as far as a list is chosen from."""
    who = page.get_by_role("region", name="Who sees it")
    choice = who.get_by_label("Bob")
    choice.focus()
    page.keyboard.type(may)
    expect(choice.locator("option:checked")).to_have_text(may)
    if inbox is not None:
        who.get_by_label("Open to the inbox").set_checked(inbox)
    who.get_by_role("button", name="Save who sees it").click()
    expect(page.get_by_role("status")).to_contain_text("Saved who sees Trial.")


def test_an_owner_says_who_sees_a_profile_and_a_member_sees_just_that(page: Page, bob: Page, server: Server) -> None:
    server.send(*told())
    sign_in(page, server)
    make_profile(page, server, "Everyday")
    trial = make_profile(page, server, "Trial")
    who = page.get_by_role("region", name="Who sees it")
    expect(who).to_contain_text(
        re.compile(r"(the only|all \d) team members? sees? it\. It is not open to the inbox\.")
    )  # others joined in other tests

    bob.goto(server.page("profiles"))
    expect(bob.get_by_role("main")).to_contain_text("Trial")
    say(page, "Not see it", inbox=True)
    page.goto(trial)
    expect(who).to_contain_text(re.compile(r"(no|\d of \d) team members? sees? it\. It is open to the inbox\."))
    expect(who.get_by_label("Open to the inbox")).to_be_checked()

    bob.reload()
    expect(bob.get_by_role("main")).to_contain_text("Everyday")
    expect(bob.locator("body")).not_to_contain_text("Trial")
    assert bob.request.get(trial).status == 404

    say(page, "Change it", inbox=False)
    bob.goto(trial)
    expect(bob.get_by_role("button", name="Save as version 2")).to_be_visible()
    expect(bob.get_by_role("region", name="Who sees it")).to_have_count(0)
    assert bob.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it fits the width of a phone"

    page.goto(trial)
    say(page, "See it")
    bob.goto(trial)
    expect(bob.get_by_role("button", name="Save as version 2")).to_have_count(0)
