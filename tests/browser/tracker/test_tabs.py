"""Several tabs of one site share what waits to be sent: none sends it twice, none loses it."""

from playwright.sync_api import Browser

from tests.browser.conftest import FLAGS, chromium
from tests.browser.tracker.customer import ANN, Shop, Wire, all_sent, loaded


def test_tabs_send_nothing_twice_and_lose_nothing(shop):
    tabs = [shop.open("/a", ANN), shop.open("/b", ANN), shop.open("/c")]
    for _ in range(5):
        for tab in tabs:
            tab.evaluate("for (let n = 0; n < 30; n++) accoil.track('Report_Created')")
    for tab in tabs:
        all_sent(tab)
    shop.counts(Report_Created=450)
    assert len(shop.wire.of_type("track")) == 450
    assert len(set(shop.wire.ids())) == len(shop.wire.ids())


def test_tabs_on_plain_http_send_their_own(site, door, browser: Browser):
    """No locks and no crypto.randomUUID there."""
    flags = [*FLAGS, "--host-resolver-rules=MAP shop.test 127.0.0.1"]
    plain = browser.browser_type.launch(executable_path=chromium(), args=flags)
    context = plain.new_context()
    shop = Shop(site, door, context, Wire(context))
    shop.put("/", ANN)
    tabs = [context.new_page(), context.new_page()]
    for tab in tabs:
        tab.goto(f"http://shop.test:{site.port}/")
        loaded(tab)
        assert not tab.evaluate("isSecureContext")
    for tab in tabs:
        tab.evaluate("for (let n = 0; n < 30; n++) accoil.track('Report_Created')")
    for tab in tabs:
        all_sent(tab)
    shop.counts(Report_Created=60)
    assert len(set(shop.wire.ids())) == len(shop.wire.ids()) == 64
    plain.close()


def test_tabs_take_turns_with_what_nobody_sends(shop):
    """Old calls are everybody's, as after an outage; here all tabs turn to them in the same moment."""
    tabs = [shop.open("/a", ANN), shop.open("/b", ANN)]
    for tab in tabs:
        all_sent(tab)
        tab.evaluate("""() => {
            const call = () => accoil.q.push(['track', ['Report_Created'], Date.now() - 60000]);
            new BroadcastChannel('all').onmessage = () => {
                for (let n = 0; n < 60; n++) call();
                window.done = true;
            };
        }""")
    shop.open("/c").evaluate("new BroadcastChannel('all').postMessage('now')")
    for tab in tabs:
        tab.wait_for_function("() => window.done")
        all_sent(tab)
    shop.counts(Report_Created=120)
    assert len(set(shop.wire.ids())) == len(shop.wire.ids())
