"""An automation that tags in Intercom, made and seen to fire in the browser, against the stand-in."""

import time

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, event
from tests.browser.test_connections import (  # noqa: F401  fixtures of a server that is told where the stand-in is
    address,
    arrived,
    begin_one,
    connect,
    data,
    server,
    stand_in,
    workspace,
)
from tests.intercom import Workspace
from tests.intercom.records import Company

LONG = 60_000  # ms
SECONDS = 10  # from the event to the tag


def test_from_an_event_to_the_tag_in_intercom_with_nothing_but_an_automation(
    page: Page,
    server: Server,  # noqa: F811
    workspace: Workspace,  # noqa: F811
) -> None:
    arrived(page, server)
    connect(page, server, workspace)
    page.goto(server.page("automations"))
    page.get_by_role("link", name="Begin with it: Feature drop-off").click()
    expect(page.get_by_label("What is done")).to_have_value("intercom_tag")  # as it is connected
    page.get_by_label("Name", exact=True).fill("Needs help")
    page.get_by_role("button", name="Take condition 2 out").click()
    expect(page.get_by_label("What it is about")).to_have_count(1)
    page.get_by_label("What it is about").select_option(label="Help Opened")
    page.get_by_label("tag", exact=True).fill("needs-help")
    expect(page.locator("#told")).to_contain_text("When an account comes to match: ")
    expect(page.locator("#told")).to_contain_text("Help_Opened, then Add Tag in Intercom: needs-help, company")
    page.get_by_role("button", name="Make this automation").click()
    expect(page.locator("#looked-back")).to_contain_text("have fired", timeout=LONG)
    page.get_by_role("button", name="Switch on").click()
    log = page.locator("#log")
    expect(log).to_contain_text("It has not fired yet.", timeout=LONG)

    initech, globex = (company(workspace, id) for id in ("initech", "globex"))
    server.send(event("gus", "Help_Opened", 0))
    began = time.monotonic()
    while not workspace.tagged(globex):
        assert time.monotonic() - began < SECONDS, f"no tag after {SECONDS} seconds"
        time.sleep(0.05)
    assert workspace.tagged(globex) == ["needs-help"]
    expect(log).to_contain_text("Globex", timeout=LONG)
    expect(log.locator(".result")).to_contain_text("Done", timeout=LONG)
    expect(log.locator(".result")).to_contain_text("Add Tag in Intercom: needs-help, company")
    assert workspace.tagged(initech) == []  # who had opened it before did not move


def company(workspace: Workspace, id: str) -> Company:  # noqa: F811
    return next(each for each in workspace.companies.values() if each.company_id == id)
