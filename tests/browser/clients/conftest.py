"""An empty page of a customer's site for each test, and a note of every host that it asks anything of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Response

from tests.browser.conftest import Server, watched
from tests.browser.tracker.customer import Site, customer, until
from tests.clients.published import NODE
from tests.door import Door

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

    def carry(self, file: str) -> None:
        """Puts a published file into the page, as a customer's bundle would."""
        self.page.goto(self.site.put("/", "<title>Shop</title>"))
        self.page.add_script_tag(path=MODULES / file)

    def run(self, script: str) -> Any:
        """KEY and ADDRESS in the script are those of the product."""
        return self.page.evaluate(script.replace("KEY", self.door.key).replace("ADDRESS", self.door.address))

    def posts(self, path: str = "") -> list[Request]:
        return [request for request in self.requests if request.method == "POST" and path in request.url]

    def counts(self, events: dict[str, int]) -> None:
        """Waits until exactly these are counted."""
        until(lambda: self.door.events() == events, lambda: f"{self.door.events()}, not {events}")

    def hosts(self) -> set[str]:
        return {urlsplit(request.url).netloc for request in self.requests}


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """Fails when anything else than the site and our server was asked for anything, or the console complained."""
    with customer() as site:
        context = browser.new_context()
        context.route(_elsewhere(site.address, server.address), lambda route: route.abort())
        door = Door(server.address, server.product, server.key, server.token)
        watching = watched(context.new_page())
        visit = Visit(next(watching), door, site)
        context.on("request", lambda request: visit.requests.append(request))
        context.on("response", lambda answer: visit.answers.append(answer))
        yield visit
        next(watching, None)
        context.close()
        assert visit.hosts() <= {urlsplit(address).netloc for address in (site.address, server.address)}


def _elsewhere(*addresses: str) -> Callable[[str], bool]:
    known = {urlsplit(address).netloc for address in addresses}
    return lambda url: urlsplit(url).netloc not in known and not url.startswith("data:")
