"""Renaming an event, as a person does it."""

import json
import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, event, sign_in

CALL = {"type": "track", "userId": "ann", "event": "report.created"}


def seen(page: Page, server: Server) -> None:
    server.send(*(event(user, "report.created", 1) for user in ("ann", "gus")))
    sign_in(page, server)
    page.goto(server.page("settings/mappings"))


def test_an_event_is_renamed(page, server):
    seen(page, server)
    page.get_by_role("link", name="New mapping").click()
    page.get_by_label("Name", exact=True).fill("Reports")
    trigger = page.get_by_label("Trigger", exact=True)
    told = page.locator("#told")
    trigger.fill('type = "track" and event == "report.created"')
    expect(told).to_contain_text("Write “=” instead of “==” (column 26).")
    expect(told.locator("mark")).to_have_text('== "report.created"')

    # Mended with a name that was seen: it goes where the cursor is.
    trigger.fill('type = "track" and event = ""')
    trigger.press("ArrowLeft")
    page.get_by_text("Names of events seen").click()
    page.get_by_role("listitem").get_by_role("button", name="report.created").click()
    expect(trigger).to_have_value('type = "track" and event = "report.created"')
    expect(told).to_contain_text("Takes a call when type is “track” and event is “report.created”.")
    expect(told).to_contain_text("“Track Calls” takes “report.created” too, so both count.")

    name = page.get_by_label("Event Name")
    name.fill("{{ Report")
    expect(page.locator("#told-event")).to_contain_text("Expected “??” and another path")
    name.fill("Report_Created")
    expect(page.locator("#told-event")).to_contain_text("Instead of $.event")
    trial = page.get_by_role("complementary", name="Try it on a call")
    trial.get_by_label("A call, as JSON").fill(json.dumps(CALL))
    expect(trial).to_contain_text("2 calls count.")
    page.get_by_role("button", name="Add this mapping").click()
    expect(page.get_by_role("status")).to_contain_text("“Reports” is saved")

    page.get_by_role("link", name="Track Calls", exact=True).click()
    page.get_by_label("Trigger", exact=True).fill('type = "track" and event != "report.created"')
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("table")).to_contain_text("Event Name is “Report_Created”.")
    page.get_by_label("A call, as JSON").fill(json.dumps(CALL))
    expect(page.locator("#outcome")).to_contain_text("1 call counts.")
    expect(page.locator("#outcome")).to_contain_text("Counts Report_Created of user ann")


def test_an_example_of_each_type_can_be_tried(page, server):
    seen(page, server)
    box, outcome = page.get_by_label("A call, as JSON"), page.locator("#outcome")
    page.get_by_role("button", name="group", exact=True).click()
    expect(outcome).to_contain_text("Sets name, plan, status and mrr of account acme")
    expect(box).to_have_value(re.compile('"type": "group"'))
    page.get_by_role("button", name="report.created").click()
    expect(outcome).to_contain_text("Counts report.created of user")
    box.fill("{")
    expect(outcome).to_contain_text("This is not JSON")


def test_another_action_brings_other_fields(page, server):
    seen(page, server)
    page.goto(server.page("settings/mappings/track"))
    page.get_by_label("Action", exact=True).select_option("group")
    expect(page.get_by_label("Group ID")).to_have_value("$.groupId")
    expect(page.get_by_label("Trigger", exact=True)).to_have_value('type = "group"')
    page.get_by_label("MRR").fill("$99")
    expect(page.locator("#told-mrr")).to_contain_text("“$99” is not a number.")
    page.get_by_label("MRR").fill("9900")
    expect(page.locator("#change")).to_contain_text("MRR is “9900”.")


def test_enter_in_a_field_saves_nothing(page, server):
    seen(page, server)
    page.goto(server.page("settings/mappings/track"))
    page.get_by_label("Event Name").fill("Everything")
    page.get_by_label("Event Name").press("Enter")
    expect(page.get_by_label("Event Name")).to_have_value("Everything")
    expect(page.locator("#told-event")).to_contain_text("Instead of $.event")
    page.goto(server.page("settings/mappings"))
    expect(page.get_by_role("main")).to_contain_text("Every call counts as it comes.")


def test_without_javascript_a_mapping_is_made_moved_and_deleted(scriptless, server):
    seen(scriptless, server)
    scriptless.get_by_role("link", name="New mapping").click()
    scriptless.get_by_label("Name", exact=True).fill("Logins")
    scriptless.get_by_label("Trigger", exact=True).fill("event =")
    scriptless.get_by_label("Action", exact=True).select_option("page")
    scriptless.get_by_role("button", name="Show its fields").click()
    expect(scriptless.locator("#told")).to_contain_text("Expected a value after “=”")
    scriptless.get_by_label("Trigger", exact=True).fill('event = "login"')
    scriptless.get_by_label("Page Name").fill("Login")
    scriptless.get_by_role("button", name="Add this mapping").click()
    expect(scriptless.get_by_role("table")).to_contain_text("Makes a Page call: Page Name is “Login”.")
    scriptless.get_by_role("button", name="Move Logins up").click()
    expect(scriptless.get_by_role("row").nth(5)).to_contain_text("Logins")
    scriptless.get_by_role("button", name="Switch off Logins").click()
    expect(scriptless.get_by_role("status")).to_contain_text("“Logins” is off, from now on.")
    scriptless.get_by_role("link", name="Logins", exact=True).click()
    scriptless.get_by_text("Delete this mapping").click()
    scriptless.get_by_role("button", name="Delete “Logins”").click()
    expect(scriptless.get_by_role("main")).to_contain_text("Every call counts as it comes.")


def test_a_phone_shows_it_all_without_scrolling_sideways(phone, server):
    server.send(event("ann", "A_Very_Long_Name_" * 12, 1))
    seen(phone, server)
    for path in ("settings/mappings", "settings/mappings/identify"):
        phone.goto(server.page(path))
        assert phone.evaluate("document.documentElement.scrollWidth") == 390
