"""A salesperson's first ten minutes with the demo company: who needs me today, and why?"""

import re

import pytest
from playwright.sync_api import expect

from tests.waiting import until

pytestmark = pytest.mark.xdist_group("another demo company in a browser")


def test_a_salesperson_finds_who_needs_her_and_why(page, demo):
    demo.sign_in(page)
    main = page.get_by_role("main")

    # What happened, worst first (who it is depends on the day); the line leads to those it speaks of.
    happened = main.get_by_role("region", name=re.compile("In the last week|Since you were here"))
    lines = happened.get_by_role("link", name=re.compile(r"^\d+ accounts? "))
    until(lambda: lines.count() or not page.reload(), within=300, every=1)  # the past is still being worked out
    lines.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Accounts")
    expect(main.get_by_text(re.compile(r"\d+ of \d+ accounts that came into "))).to_be_visible()

    # Who pays most of them.
    main.get_by_role("columnheader", name="MRR").get_by_role("link").click()
    first = main.locator(".row-link").first
    name = first.inner_text()
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    # Why, in a sentence and event by event.
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(main.get_by_text(re.compile(rf"{re.escape(name)} is at \d+"))).to_be_visible()
    expect(main.get_by_role("heading", name=re.compile(r"^Why \d+$"))).to_be_visible()
    expect(main.get_by_role("heading", name="People")).to_be_visible()

    # Back to it later: by its name, from anywhere.
    page.wait_for_load_state()  # keys are heard once the page's script is there
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", level=1)).to_have_text("Segments")
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.type(name)
    expect(page.get_by_role("dialog").get_by_role("link", name=re.compile(f"^{re.escape(name)}")).first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)

    # Her own list: a filter that reads as a sentence, kept as a segment.
    page.keyboard.press("g")
    page.keyboard.press("a")
    main.get_by_role("link", name="Filter").click()
    main.get_by_label("What it is about").select_option(label="MRR, $ a month")
    main.get_by_label("How it is compared").select_option(label="is above")
    main.get_by_label("What it is compared with").fill("100")
    main.get_by_role("button", name="Show these accounts").click()
    expect(main.get_by_text("accounts where MRR above $100")).to_be_visible()
    main.get_by_role("link", name="Keep as a segment").click()
    main.get_by_label("Name").fill("Mine to look after")
    main.get_by_role("button", name="Make this segment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mine to look after")

    # From now on Slack tells her who comes into it.
    main.get_by_role("link", name="Tell somebody when one comes").click()
    main.get_by_label("Name", exact=True).fill("Tell me")
    main.get_by_label("What is done").select_option(label="Slack message")
    main.get_by_label("Channel").fill("#sales")
    expect(main.get_by_text("When an account enters the segment Mine to look after")).to_be_visible()

    # Who stopped using something.
    page.get_by_role("navigation", name="Pages of").get_by_role("link", name="Features", exact=True).click()
    main.get_by_role("link", name="Reports", exact=True).click()
    main.get_by_role("link", name="See accounts that stopped").click()
    stopped = re.compile("where used Reports in the last 60 days and did not use Reports")
    expect(main.get_by_text(stopped)).to_be_visible()


def test_the_dashboard_says_why_they_cooled_down(page, demo):
    demo.sign_in(page)
    cooled = page.get_by_role("region", name="Cooled down").get_by_role("listitem")
    expect(cooled.first.locator(".because")).not_to_be_empty()
