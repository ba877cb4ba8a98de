"""A shop of its own for each test, in a browser context of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Server
from tests.browser.tracker.customer import Shop, Site, Wire, customer
from tests.door import Door


@pytest.fixture
def site() -> Iterator[Site]:
    with customer() as site:
        yield site


@pytest.fixture
def door(server: Server) -> Door:
    return Door(server.address, server.product, server.key, server.token)


@pytest.fixture
def shop(site: Site, door: Door, browser: Browser) -> Iterator[Shop]:
    context = browser.new_context()
    yield Shop(site, door, context, Wire(context))
    context.close()
