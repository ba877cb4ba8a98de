"""Intercom connected by signing in there, what is written chosen after looking, and accounts tagged by hand: with
nothing but what a person does, against the stand-in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.beginning import Beginning, beginning, name_of
from tests.browser.conftest import EMAIL, PASSWORD, Server, make_profile, sign_in, told
from tests.intercom import Intercom, Workspace, running
from tests.waiting import until
from tests.whole import PATIENCE, begin, free_port, wait_for_answer

pytestmark = pytest.mark.xdist_group("connected in a browser")

PEOPLE = {"ann": "acme-ltd", "gus": "globex", "ivy": "initech"}
SYNCED = 30_000  # ms: within what the sync needs, with room for a slow machine


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Intercom]:
    with running() as it:
        it.workspaces.clear()
        yield it


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("connected")


@pytest.fixture(scope="module")
def begin_one(data: Path) -> Iterator[Beginning]:
    with beginning(data) as begin:
        yield begin


@pytest.fixture(scope="module")
def address(data: Path, begin_one: Beginning, stand_in: Intercom) -> Iterator[str]:
    port = free_port()
    begin_one(team="First", product="Web", email=EMAIL, password=PASSWORD)
    settings = {
        "ACCOIL_INTERCOM_URL": stand_in.address,
        "ACCOIL_INTERCOM_CLIENT_ID": stand_in.client_id,
        "ACCOIL_INTERCOM_CLIENT_SECRET": stand_in.client_secret,
    }
    server = begin(data, "serve", "--port", str(port), settings=settings)
    try:
        wait_for_answer(f"http://127.0.0.1:{port}/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE)


@pytest.fixture
def server(address: str, begin_one: Beginning, request: pytest.FixtureRequest) -> Server:
    """A team of its own for each test, since a team has one Intercom."""
    made = begin_one(team=name_of(request), product="Web", email=EMAIL)
    return Server(address, made["ingest_key"], made["api_token"], made["product_id"])


@pytest.fixture
def workspace(stand_in: Intercom, request: pytest.FixtureRequest) -> Workspace:
    """The support team knows ann, gus and ivy, each with her company, but not una."""
    made = stand_in.add_workspace(f"ws{len(stand_in.workspaces)}", request.node.name[:60])
    for name, company in PEOPLE.items():
        made.contact(f"{name}@example.com", [made.company(company, company)], external_id=name)
    return made


def arrived(page: Page, server: Server) -> None:
    """People of four companies, and a profile."""
    emails = [
        {"type": "identify", "userId": who, "traits": {"email": f"{who}@example.com"}} for who in (*PEOPLE, "una")
    ]
    server.send(*told(), *emails)
    sign_in(page, server)
    make_profile(page, server)


def connect(page: Page, server: Server, workspace: Workspace) -> None:
    page.goto(server.page("settings/connections"))
    page.get_by_role("link", name="Connect Intercom").click()
    page.get_by_role("link", name="Connect Europe").click()
    page.get_by_label("Workspace").select_option(workspace.id_code)
    page.get_by_role("button", name="Allow").click()
    expect(page.locator("#toasts")).to_contain_text(f"Intercom “{workspace.name}” is connected")


def choose(page: Page, mode: str) -> Locator:
    """Looks at what a mode would do; returns what is told."""
    page.get_by_text(mode, exact=True).click()
    return page.locator(".plan")


def everyone_matched(page: Page, server: Server) -> None:
    page.goto(server.page("settings/connections/intercom"))
    comes(page, page.get_by_role("link", name=re.compile("3 Users: Matched")))


def comes(page: Page, what: Locator) -> None:
    """By itself, when the page is looked at again."""
    until(lambda: what.count() or not page.reload(), every=1, said=lambda: f"it did not come: {what}")


def test_intercom_is_connected_by_signing_in_and_modes_are_looked_at_before_they_are_switched(
    page: Page, server: Server, workspace: Workspace
) -> None:
    arrived(page, server)
    connect(page, server, workspace)
    everyone_matched(page, server)
    plan = choose(page, "All traits")
    expect(plan).to_contain_text("3 contacts and 3 companies would change.")
    expect(plan).to_contain_text("17 attributes are made.")
    expect(plan).to_contain_text("0 of 250 places for attributes are used, 17 then.")
    assert not workspace.attributes
    plan.get_by_role("button", name="Write all traits").click()
    expect(page.locator("#toasts")).to_contain_text("all traits")
    expect(page.locator("#runs")).to_contain_text("written", timeout=SYNCED)
    everyone_matched(page, server)
    ann = next(each for each in workspace.contacts.values() if each.external_id == "ann")
    assert [name for name in ann.custom_attributes if name.endswith("_Score")]

    plan = choose(page, "Segment names only")
    expect(plan).to_contain_text("15 attributes are archived")
    expect(plan).to_contain_text("17 of 250 places for attributes are used, 2 then.")
    plan.get_by_text("Which are archived").click()
    expect(plan.locator("code").first).to_contain_text("Accoil_")
    plan.get_by_role("button", name="Write segment names only").click()
    expect(page.locator("#toasts")).to_contain_text("segment names only")


def test_who_is_not_there_stands_in_a_list_with_the_reason_and_the_ledger_tells_what_was_written(
    page: Page, server: Server, workspace: Workspace
) -> None:
    arrived(page, server)
    connect(page, server, workspace)
    choose(page, "All traits").get_by_role("button", name="Write all traits").click()
    everyone_matched(page, server)
    page.get_by_role("link", name=re.compile("1 Users: Not found")).click()
    row = page.get_by_role("row", name=re.compile("una"))
    expect(row).to_contain_text("Nobody in Intercom has this e-mail address.")
    page.get_by_label("Search users").fill("nobody")
    expect(page.get_by_text("None of these users is called “nobody”.")).to_be_visible()
    page.get_by_role("link", name="Ledger").click()
    comes(page, page.locator(".ledger").get_by_text("Written"))
    page.locator(".ledger summary").first.click()
    expect(page.locator(".ledger .changes").first).to_contain_text("nothing →")
    page.get_by_role("link", name="Troubleshooting").click()
    page.get_by_label("User or account of Web").fill("una@example.com")
    page.get_by_role("button", name="Follow them").click()
    expect(page.locator(".followed")).to_contain_text(
        "Not found in Intercom: Nobody in Intercom has this e-mail address."
    )


def test_three_accounts_are_tagged_by_hand_and_each_tells_what_became_of_it(
    page: Page, server: Server, workspace: Workspace
) -> None:
    arrived(page, server)
    connect(page, server, workspace)
    page.goto(server.page("accounts"))
    bar = page.locator(".ticked-bar")
    expect(bar).to_be_hidden()
    page.keyboard.press("Tab")
    for name in ("Acme Ltd", "Globex", "Umbrella"):
        box = page.get_by_label(f"Select {name}")
        box.focus()
        page.keyboard.press("Space")
        expect(box).to_be_checked()
    expect(bar).to_contain_text("3 selected")
    bar.get_by_text("Actions").click()
    bar.get_by_role("button", name="Add Intercom Tag").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("To 3 accounts: Acme Ltd, Globex and Umbrella.")
    expect(dialog.get_by_label("Tag")).to_be_focused()
    page.keyboard.type("at-risk")
    page.keyboard.press("Enter")
    page.wait_for_url("**/by-hand/*")
    expect(page.get_by_text("2 of 3 have it; 1 is not in Intercom.")).to_be_visible(timeout=SYNCED)
    expect(page.get_by_role("row", name=re.compile("Umbrella"))).to_contain_text("Not there")
    tags = {company.company_id: workspace.tagged(company) for company in workspace.companies.values()}
    assert tags == {"acme-ltd": ["at-risk"], "globex": ["at-risk"], "initech": []}

    page.get_by_role("button", name="Try again: Umbrella").click()
    expect(page.locator("#toasts")).to_contain_text("It is tried again.")


def test_a_search_ticks_nobody_else_and_a_page_is_ticked_from_its_head(
    page: Page, server: Server, workspace: Workspace
) -> None:
    arrived(page, server)
    page.goto(server.page("accounts?sort=name"))
    page.get_by_label("Select Acme Ltd").check()
    page.get_by_role("searchbox", name="Search accounts").fill("Glob")
    expect(page.get_by_role("link", name="Acme Ltd")).to_have_count(0)
    expect(page.get_by_label("Select Globex")).not_to_be_checked()
    expect(page.locator(".ticked-bar")).to_be_hidden()
    page.get_by_role("searchbox", name="Search accounts").fill("")
    expect(page.get_by_role("link", name="Acme Ltd")).to_be_visible()
    page.get_by_label("Select all on this page").check()
    expect(page.locator(".ticked-bar")).to_contain_text("4 selected")
    page.get_by_label("Select Initech").uncheck()
    expect(page.locator(".ticked-bar")).to_contain_text("3 selected")
    assert page.get_by_label("Select all on this page").evaluate("box => box.indeterminate")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".ticked-bar")).to_be_hidden()


def test_without_script_ticked_users_are_tagged_through_plain_forms(
    page: Page, scriptless: Page, server: Server, workspace: Workspace
) -> None:
    arrived(page, server)
    connect(page, server, workspace)
    sign_in(scriptless, server)
    scriptless.goto(server.page("users"))
    scriptless.get_by_label("Select ann").check(force=True)
    scriptless.get_by_text("Actions").click()
    scriptless.get_by_role("button", name="Add Intercom Tag").click()
    expect(scriptless.get_by_text("To 1 user: ann")).to_be_visible()
    scriptless.get_by_label("Tag").fill("vip")
    scriptless.get_by_role("button", name="Add Intercom Tag").click()
    comes(scriptless, scriptless.get_by_text("all 1 have it"))
    expect(scriptless.get_by_text("The contact has the tag “vip” in Intercom.")).to_be_visible()


def test_a_revoked_token_asks_to_connect_again_and_disconnecting_says_what_happens(
    page: Page, server: Server, workspace: Workspace
) -> None:
    arrived(page, server)
    connect(page, server, workspace)
    choose(page, "Segment names only").get_by_role("button", name="Write segment names only").click()
    everyone_matched(page, server)
    comes(page, page.get_by_text("2 attributes in use"))
    workspace.revoke()
    page.get_by_role("button", name="Sync now").click()
    again = page.get_by_role("alert")
    comes(page, again)
    expect(again).to_contain_text("Intercom needs to be connected again.")
    again.get_by_role("link", name="Connect again").click()
    page.get_by_role("link", name="Connect United States").click()
    page.get_by_label("Workspace").select_option(workspace.id_code)
    page.get_by_role("button", name="Allow").click()
    expect(page.locator("#toasts")).to_contain_text("is connected")
    page.get_by_role("link", name="Disconnect").click()
    expect(page.get_by_text("2 attributes that Accoil made are archived in Intercom")).to_be_visible()
    page.get_by_role("button", name="Disconnect Intercom").click()
    expect(page.locator("#toasts")).to_contain_text("is disconnected: nothing more is written")
    comes(page, page.get_by_role("link", name="Connect Intercom"))
    expect(page.get_by_role("link", name="Connect Intercom")).to_be_visible()
    assert all(each.archived for each in workspace.attributes.values())


def test_signing_in_that_is_denied_changes_nothing_and_a_phone_ticks_too(
    phone: Page, server: Server, workspace: Workspace
) -> None:
    arrived(phone, server)
    phone.goto(server.page("settings/connections/intercom"))
    phone.get_by_role("link", name="Connect Australia").click()
    phone.get_by_role("button", name="Deny").click()
    expect(phone.locator("#toasts")).to_contain_text("access was not given there")
    phone.goto(server.page("accounts"))
    phone.get_by_label("Select Acme Ltd").check()
    expect(phone.locator(".ticked-bar")).to_contain_text("connect HubSpot, Intercom or Salesforce first")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
