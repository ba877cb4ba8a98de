"""The debugger lives in the browser: calls come by themselves, and never move what somebody reads."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, sign_in


def track(event: str, user: str = "ann", **more: object) -> dict[str, object]:
    return {"type": "track", "userId": user, "event": event, **more}


@pytest.fixture
def ready(page, server) -> Server:
    server.send(track("First_Seen", properties={"amount": 4711, "currency": "EUR"}))
    sign_in(page, server)
    page.goto(server.page("settings/debugger"))
    expect(page.get_by_text("First_Seen")).to_be_visible()
    return server


def test_calls_come_by_themselves(page, ready):
    ready.send(track("Second_Seen"))
    expect(page.get_by_text("Second_Seen")).to_be_visible()
    expect(page.locator(".lead")).to_contain_text("2 calls")


def test_an_open_line_stays_while_new_ones_are_announced(page, ready):
    line = page.get_by_role("listitem").filter(has_text="First_Seen")
    line.locator("summary").click()
    expect(line.get_by_text("amount")).to_be_visible()
    expect(page.get_by_text("4711")).to_have_count(0)
    before = line.bounding_box()
    ready.send(track("Second_Seen"), track("Third_Seen"))
    expect(page.get_by_role("status").filter(has_text="2 new calls")).to_be_visible()
    expect(page.get_by_text("Third_Seen")).to_have_count(0)
    assert line.bounding_box() == before
    page.get_by_role("link", name="Show", exact=True).click()
    expect(page.get_by_text("Third_Seen")).to_be_visible()


def test_a_line_that_is_closed_again_lets_new_ones_in(page, ready):
    summary = page.get_by_role("listitem").filter(has_text="First_Seen").locator("summary")
    summary.click()
    ready.send(track("Second_Seen"))
    expect(page.get_by_role("status").filter(has_text="1 new call")).to_be_visible()
    summary.click()
    summary.blur()
    page.mouse.move(5, 5)
    expect(page.get_by_text("Second_Seen")).to_be_visible()


def test_a_paused_page_only_counts(page, ready):
    page.get_by_role("link", name="Pause").click()
    expect(page.get_by_text("Paused Go on")).to_be_visible()
    ready.send(track("Second_Seen"))
    expect(page.get_by_role("status").filter(has_text="1 new call")).to_be_visible()
    expect(page.get_by_text("Second_Seen")).to_have_count(0)
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_text("Second_Seen")).to_be_visible()


def test_the_search_finds_while_typing_and_keeps_what_was_typed(page, ready):
    ready.send(track("Second_Seen"))
    expect(page.get_by_text("Second_Seen")).to_be_visible()
    page.get_by_label("Search in names, ids and reasons").fill("second")
    expect(page.get_by_text("First_Seen")).to_have_count(0)
    ready.send(track("Second_Again"), track("Other"))
    expect(page.get_by_text("Second_Again")).to_be_visible()
    expect(page.get_by_text("Other")).to_have_count(0)
    expect(page.get_by_label("Search in names, ids and reasons")).to_have_value("second")


def test_it_reads_without_javascript(scriptless, server):
    server.send(track("First_Seen", properties={"amount": 4711}), track("Second_Seen"))
    sign_in(scriptless, server)
    scriptless.goto(server.page("settings/debugger"))
    scriptless.get_by_label("Search in names, ids and reasons").fill("first")
    scriptless.get_by_role("button", name="Search").click()
    expect(scriptless.get_by_text("Second_Seen")).to_have_count(0)
    line = scriptless.get_by_role("listitem").filter(has_text="First_Seen")
    line.locator("summary").click()
    expect(line.get_by_text("amount")).to_be_visible()


def test_a_phone_shows_lines_without_scrolling_sideways(page, ready):
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("settings/debugger", "settings/ingest-health"):
        page.goto(ready.page(address))
        assert page.evaluate("document.documentElement.scrollWidth") == 390
