"""Every page that links lead to, of the demo company: nothing that axe-core objects to, no complaint in the console
(which also hears of a violated Content-Security-Policy), nothing that jumps while the page comes, and few bytes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.company import Company, every_page
from tests.browser.conftest import watched
from tests.browser.looking import AXE, JUMP, JUMPED, LOOK, VIEWS, WATCH, needs_axe, objections

# The other tests with a demo company make one more: together they would take longer than all others.
pytestmark = pytest.mark.xdist_group("the demo company in a browser")

ASSETS = 150_000  # bytes, of everything a browser ever loads, as it lies on disk


@pytest.fixture(scope="module")
def walk(browser: Browser, demo: Company) -> tuple[dict[str, str], set[str]]:
    """Name → address of every page, and whatever was asked on the way."""
    page, asked = browser.new_page(), set[str]()
    page.on("request", lambda request: asked.add(request.url))
    demo.sign_in(page)
    return every_page(page, demo), asked


@pytest.fixture
def addresses(walk: tuple[dict[str, str], set[str]]) -> dict[str, str]:
    return walk[0]


@pytest.fixture(params=VIEWS)
def visitor(request: pytest.FixtureRequest, browser: Browser, demo: Company) -> Iterator[Page]:
    context = browser.new_context(**VIEWS[request.param], reduced_motion="reduce")
    for page in watched(context.new_page()):
        demo.sign_in(page)
        page.add_init_script(WATCH)
        yield page
    context.close()


@needs_axe
def test_axe_finds_nothing_on_any_page_and_nothing_jumps(visitor, addresses):
    found = []
    assert len(addresses) > 70, sorted(addresses)
    for name, address in addresses.items():
        visitor.goto(address)
        found += [f"{name} ({address}): {each}" for each in objections(visitor)]
    assert not found, "\n".join(found)


def test_a_page_that_jumps_would_be_noticed(visitor, demo):
    visitor.goto(demo.address)
    visitor.wait_for_load_state("networkidle")
    visitor.evaluate("document.querySelector('main').style.paddingTop = '300px'")
    assert visitor.evaluate(JUMPED)[0] > JUMP


@needs_axe
def test_axe_finds_nothing_in_what_opens(visitor, addresses):
    """Search over everything with hits, the keys, and what stands above a list."""
    for opener in ("/", "?", "Segment", "Columns"):
        visitor.goto(addresses["accounts"])
        if len(opener) == 1:
            visitor.keyboard.press(opener)
            visitor.keyboard.type("a")
            visitor.wait_for_load_state("networkidle")
        else:
            visitor.get_by_text(opener, exact=True).click()
        visitor.evaluate(AXE.read_text())
        assert not visitor.evaluate(LOOK), opener


def test_all_files_that_pages_load_are_small_together(browser, walk):
    """Those of the program and the one of htmx."""
    context = browser.new_context()
    loaded = {url: len(context.request.get(url).body()) for url in walk[1] if "/static/" in url}
    context.close()
    own = Path(__file__).parents[2] / "accoil" / "show" / "static" / "accoil"
    assert {Path(url).name.split(".")[0] for url in loaded} >= {path.stem for path in own.glob("*.js")}
    total = sum(loaded.values())
    assert total <= ASSETS, f"{total} bytes: " + ", ".join(f"{url}: {n}" for url, n in sorted(loaded.items()))
