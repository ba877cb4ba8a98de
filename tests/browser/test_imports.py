"""Settings > Import in a real browser: a file goes in and turns done before one's eyes."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, sign_in
from tests.receive.importing import past
from tests.whole import PATIENCE

BAD = ("track", "x", "soon", "u")


def item(page: Page, name: str):
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))


def test_a_file_is_uploaded_and_turns_done_without_a_reload(page: Page, server: Server, tmp_path):
    sign_in(page, server)
    page.goto(server.page("settings/import"))
    expect(page.get_by_text("Nothing was imported yet.")).to_be_visible()
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Files", exact=True).set_input_files(past.write(tmp_path / "past.csv", [*past.rows(60_000), BAD]))
    page.get_by_role("button", name="Import").click()
    expect(item(page, "past.csv").get_by_role("progressbar")).to_be_visible()
    expect(item(page, "past.csv").get_by_role("status")).to_have_text("Done with errors", timeout=PATIENCE * 1000)
    expect(item(page, "past.csv")).to_contain_text("60,000 events accepted, 1 row rejected")
    expect(item(page, "past.csv").get_by_role("progressbar")).to_have_count(0)
    assert page.evaluate("window.sameDocument")
    server.wait_counted(60_000)
    with page.expect_download() as download:
        item(page, "past.csv").get_by_role("link", name="Rejected rows").click()
    assert download.value.suggested_filename == "past.csv.errors.csv"
    page.on("request", lambda request: moved.append(request.url))
    moved: list[str] = []
    page.wait_for_timeout(2_500)  # nothing moves any more, so nothing is asked for
    assert moved == []


def test_several_files_go_one_after_the_other_and_a_wrong_one_says_why(page: Page, server: Server, tmp_path):
    sign_in(page, server)
    page.goto(server.page("settings/import"))
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("user_id,timestamp,colour\nu,2025-03-01,red\n")
    page.get_by_label("Files", exact=True).set_input_files([past.write(tmp_path / "good.csv", past.rows(100)), wrong])
    page.get_by_role("button", name="Import").click()
    expect(item(page, "good.csv").get_by_role("status")).to_have_text("Done")
    expect(item(page, "wrong.csv").get_by_role("status")).to_have_text("Failed")
    expect(item(page, "wrong.csv")).to_contain_text("has columns that users do not have: colour.")


def test_a_running_one_is_stopped_and_gone_on_with_by_keyboard(page: Page, server: Server, tmp_path):
    sign_in(page, server)
    page.goto(server.page("settings/import"))
    page.get_by_label("Files", exact=True).set_input_files(past.write(tmp_path / "past.csv", past.rows(250_000)))
    page.get_by_role("button", name="Import").press("Enter")
    stop = item(page, "past.csv").get_by_role("button", name="Stop past.csv")
    stop.focus()
    expect(item(page, "past.csv")).to_contain_text(re.compile(r"\d rows/s"))  # it was drawn anew meanwhile
    expect(stop).to_be_focused()
    page.keyboard.press("Enter")
    go_on = item(page, "past.csv").get_by_role("button", name="Go on with past.csv")
    go_on.focus()
    page.keyboard.press("Enter")
    expect(item(page, "past.csv").get_by_role("status")).to_have_text("Done", timeout=PATIENCE * 1000)
    expect(item(page, "past.csv")).to_contain_text("250,000 events accepted")


def test_what_is_too_large_is_said_before_anything_is_sent(page: Page, server: Server, tmp_path):
    sign_in(page, server)
    page.goto(server.page("settings/import"))
    page.locator("file-upload").evaluate("element => { element.dataset.largest = 1000 }")
    page.get_by_label("Files", exact=True).set_input_files(past.write(tmp_path / "past.csv", past.rows(100)))
    page.get_by_role("button", name="Import").click()
    message = page.get_by_label("Files", exact=True).evaluate("input => input.validationMessage")
    assert "can be uploaded at once" in message
    expect(page.get_by_text("Nothing was imported yet.")).to_be_visible()


def test_without_javascript_a_file_is_uploaded_as_well(scriptless: Page, server: Server, tmp_path):
    sign_in(scriptless, server)
    scriptless.goto(server.page("settings/import"))
    scriptless.get_by_label("Files", exact=True).set_input_files(past.write(tmp_path / "past.csv", past.rows(500)))
    scriptless.get_by_role("button", name="Import").click()
    server.wait_counted(500)
    scriptless.reload()
    expect(item(scriptless, "past.csv").get_by_role("status")).to_have_text("Done")


def test_on_a_phone_everything_fits(phone: Page, server: Server, tmp_path):
    sign_in(phone, server)
    phone.goto(server.page("settings/import"))
    name = "a very long name of a file from the old warehouse, March to April.csv"
    phone.get_by_label("Files", exact=True).set_input_files(past.write(tmp_path / name, [*past.rows(500), BAD]))
    phone.get_by_role("button", name="Import").click()
    expect(item(phone, name).get_by_role("status")).to_have_text("Done with errors")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
