"""An empty page of a customer's site for each test, and a note of every host that it asks anything of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from tests.browser.conftest import FLAGS, Server, chromium
from tests.browser.tracker.customer import Site, customer
from tests.clients.published import NODE
from tests.door import Door
from tests.waiting import until

MODULES = NODE / "node_modules"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not (MODULES / "ready").exists():
        for item in items:
            if "tests/browser/clients/" in item.nodeid:
                item.add_marker(pytest.mark.skip("published browser clients are not installed: make clients (npm)"))


@dataclass
class Visit:
    """A page that holds a client, the product it sends to, and what went over the network."""

    page: Page
    door: Door
    site: Site
    requests: list[Request] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)  # of the console
    address: str = ""  # of the server, as the page knows it

    def __post_init__(self) -> None:
        self.address = self.door.address
        self.page.context.on("request", lambda request: self.requests.append(request))
        self.page.context.on("response", lambda answer: self.answers.append(answer))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def carry(self, file: str) -> None:
        """Puts a published file into the page, as a customer's bundle would."""
        self.page.goto(self.site.put("/", "<title>Shop</title>"))
        self.page.add_script_tag(path=MODULES / file)

    def run(self, script: str) -> Any:
        """KEY and ADDRESS in the script are those of the product."""
        return self.page.evaluate(script.replace("KEY", self.door.key).replace("ADDRESS", self.address))

    def posts(self, path: str = "") -> list[Request]:
        return [request for request in self.requests if request.method == "POST" and path in request.url]

    def counts(self, events: dict[str, int]) -> None:
        """Waits until exactly these are counted."""
        until(lambda: self.door.events() == events, said=lambda: f"{self.door.events()}, not {events}")
        self.page.evaluate("1")  # what the network did meanwhile is heard of now

    def hosts(self) -> set[str]:
        return {urlsplit(request.url).netloc for request in self.requests}


@pytest.fixture(scope="package")
def no_other_host(browser: Browser) -> Iterator[Browser]:
    """A browser that finds no host but this one, whatever it asks for."""
    flags = [*FLAGS, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]
    closed = browser.browser_type.launch(executable_path=chromium(), args=flags)
    yield closed
    closed.close()


@pytest.fixture
def visit(no_other_host: Browser, server: Server) -> Iterator[Visit]:
    """Fails when anything else than the site and our server was asked for anything, or the console complained."""
    with customer() as site:
        context = no_other_host.new_context()
        door = Door(server.address, server.product, server.key, server.token)
        visit = Visit(context.new_page(), door, site)
        yield visit
        context.close()
        assert not visit.complaints
        assert visit.hosts() <= {urlsplit(address).netloc for address in (site.address, visit.address)}
