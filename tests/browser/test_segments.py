"""A segment, as somebody makes it who has never heard of rules."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, event, make_profile, sign_in, told
from tests.waiting import until


def begin(page: Page, server: Server) -> None:
    server.send(*told())
    sign_in(page, server)
    make_profile(page, server)


def test_a_segment_is_put_together_and_tells_whom_it_holds_for(page: Page, server: Server) -> None:
    begin(page, server)
    page.goto(server.page("segments/new?scope=user"))
    says = page.locator("#told")
    expect(says).to_contain_text("Choose what the first line is about")
    page.get_by_label("Name", exact=True).fill("Makers")
    page.get_by_label("What it is about").select_option(label="Score")
    expect(page.get_by_label("How it is compared")).to_be_visible()
    page.get_by_label("What it is compared with").fill("1")
    expect(says).to_contain_text("Score above 1")
    expect(says).to_contain_text("It holds for")

    page.get_by_role("button", name="Add a group").click()
    about = page.get_by_label("What it is about")
    expect(about).to_have_count(2)
    about.nth(1).select_option(label="Report Created")
    expect(page.get_by_label("When", exact=True)).to_be_visible()
    page.get_by_label("When", exact=True).select_option(label="in the last")
    expect(says).to_contain_text("did Report_Created in the last 30 days")
    expect(page.get_by_label("What it is compared with")).to_have_value("1")

    page.get_by_role("button", name="As text").click()
    text = page.get_by_label("The rule, as YAML")
    expect(text).to_have_value(re.compile("metric: score, above: 1"))
    text.fill("{metric: scor, above: 1}")
    expect(says).to_contain_text("did you mean “score”?")
    text.fill("{metric: score, above: 2}")
    expect(says).to_contain_text("Score above 2")
    page.get_by_role("button", name="Back to lines").click()
    expect(page.get_by_label("What it is compared with")).to_have_value("2")

    page.get_by_role("button", name="Make this segment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Makers")
    expect(page.locator("#toasts")).to_contain_text("“Makers” is made.")


def test_who_comes_in_is_seen_on_the_page_within_seconds(page: Page, server: Server) -> None:
    begin(page, server)
    page.goto(server.page("segments?scope=user"))
    page.get_by_role("link", name="Active Today").click()
    expect(page.get_by_role("heading", name="Came last")).to_be_visible()
    server.send(event("newcomer", "Report_Created", 0))
    came = page.locator("section", has=page.get_by_role("heading", name="Came last"))
    until(lambda: came.get_by_text("newcomer").count() or not page.reload(), every=0.5)
    expect(came).to_contain_text("newcomer")
    expect(came).to_contain_text("something was received")
