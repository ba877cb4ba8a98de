"""A real server in a process of its own, and a real Chromium. Any console error fails the test that caused it."""

import base64
import json
import os
import shutil
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.beginning import Beginning, beginning, name_of
from tests.browser.company import Company, serving_company
from tests.openid.provider import CLIENT, SECRET, Provider, running
from tests.whole import PATIENCE, begin, free_port, wait_for_answer

EMAIL, PASSWORD = "ann@example.com", "a long walk home"
expect.set_options(timeout=PATIENCE * 1000)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]  # fmt: skip


def chromium() -> str | None:
    """The Chromium of this machine: named by CHROMIUM, or found in the path."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = pytest.mark.skip(reason="Chromium is missing: install it (Debian: apt-get install chromium)")
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            if chromium() is None:
                item.add_marker(missing)


@dataclass
class Server:
    """A running server with one product, and the key its events come in with."""

    address: str
    key: str
    token: str
    product: int

    def page(self, path: str = "") -> str:
        return f"{self.address}/p/{self.product}/{path}"

    def send(self, *calls: dict[str, object]) -> None:
        """Through the front door, like any client. Returns when pages know of it."""
        known = self.counted()
        request = urllib.request.Request(
            f"{self.address}/v1/batch",
            json.dumps({"batch": calls}).encode(),
            {
                "Content-Type": "application/json",
                "Authorization": "Basic " + base64.b64encode(f"{self.key}:".encode()).decode(),
            },
        )
        assert urllib.request.urlopen(request, timeout=PATIENCE).status == 200
        self.wait_counted(known + sum(call["type"] == "track" for call in calls))

    def wait_counted(self, events: int) -> None:
        """Until the numbers know of that many events."""
        until = time.monotonic() + PATIENCE
        while self.counted() < events:
            assert time.monotonic() < until, "what was sent is not counted"
            time.sleep(0.02)

    def counted(self) -> int:
        """How many events the numbers know of."""
        request = urllib.request.Request(
            f"{self.address}/api/v2/counts", headers={"Authorization": f"Bearer {self.token}"}
        )
        return int(json.load(urllib.request.urlopen(request, timeout=PATIENCE))["total_count"])


@pytest.fixture(scope="package")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="package")
def begin_one(data: Path) -> Iterator[Beginning]:
    with beginning(data) as begin:
        yield begin


@pytest.fixture(scope="package")
def provider() -> Iterator[Provider]:
    """People may sign in with it too."""
    with running() as made:
        yield made


@pytest.fixture(scope="package")
def address(data: Path, begin_one: Beginning, provider: Provider) -> Iterator[str]:
    port = free_port()
    begin_one(team="Acme", product="Web", email=EMAIL, password=PASSWORD)  # the server finds all tables made
    chosen = {
        "ACCOIL_WEBHOOK_NETWORKS": "127.0.0.2/32",  # webhooks of tests go to a loopback address of their own
        "ACCOIL_OIDC_ISSUER": provider.address,
        "ACCOIL_OIDC_CLIENT_ID": CLIENT,
        "ACCOIL_OIDC_CLIENT_SECRET": SECRET,
        "ACCOIL_OIDC_NAME": "Acme SSO",
    }
    server = begin(data, "serve", "--port", str(port), settings=chosen)
    try:
        wait_for_answer(f"http://127.0.0.1:{port}/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE)


@pytest.fixture
def server(address: str, begin_one: Beginning, request: pytest.FixtureRequest) -> Server:
    """A product of its own for each test: none sees what another did."""
    made = begin_one(team="Acme", product=name_of(request), email=EMAIL)
    return Server(address, made["ingest_key"], made["api_token"], made["product_id"])


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with serving_company(tmp_path_factory.mktemp("demo"), users=200, days=60) as served:
        yield served


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield from watched(context.new_page())
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, color_scheme="dark")
    yield from watched(context.new_page())
    context.close()


@pytest.fixture
def scriptless(browser: Browser) -> Iterator[Page]:
    """A browser that runs no JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    yield from watched(context.new_page())
    context.close()


def watched(page: Page, expected: str | None = None) -> Iterator[Page]:
    """Fails the test when the page complained: a broken script, a missing file, a violated policy. `expected`: what a
    complaint may say."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and (expected is None or expected not in message.text):
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(PATIENCE * 1000)
    yield page
    assert not complaints


def sign_in(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/sign-in/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{server.address}/p/**")


def told() -> list[dict[str, object]]:
    """Four companies: one creates reports, one looks at dashboards, one does both, one fell silent."""
    calls: list[dict[str, object]] = []
    for company, user, done in (
        ("Acme Ltd", "ann", {"Report_Created": 12}),
        ("Globex", "gus", {"Dashboard_Viewed": 9}),
        ("Initech", "ivy", {"Report_Created": 2, "Dashboard_Viewed": 4}),
        ("Umbrella", "una", {}),
    ):
        ids = {"userId": user, "groupId": company.lower().replace(" ", "-")}
        calls.append({"type": "group", **ids, "traits": {"name": company, "plan": "Growth", "mrr": 50000}})
        calls += [event(user, name, 1) for name, n in done.items() for _ in range(n)]
    return [*calls, *(event("una", "Report_Created", 20) for _ in range(3)), event("ivy", "Help_Opened", 2)]


def event(user: str, name: str, days_ago: int) -> dict[str, object]:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    return {"type": "track", "userId": user, "event": name, "timestamp": at.isoformat()}


def make_profile(page: Page, server: Server) -> None:
    page.goto(server.page("profiles/new"))
    page.get_by_label("Name", exact=True).fill("Everyday")
    page.get_by_role("button", name="Make this profile").click()
    expect(page.get_by_role("status")).to_contain_text("Everyday is made.")


@pytest.fixture
def ready(page: Page, server: Server) -> Server:
    """Somebody looks at a product that was told something, and has a profile."""
    server.send(*told())
    sign_in(page, server)
    make_profile(page, server)
    page.wait_for_load_state("load")
    return server
