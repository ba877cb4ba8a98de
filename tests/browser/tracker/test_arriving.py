"""Our browser library in a real browser, on a customer's page, across origins: what is called arrives, once."""

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import whole
from tests.browser.conftest import watched
from tests.browser.tracker.customer import ANN, QUEUE, Shop, Wire, all_sent, loaded, snippet
from tests.door import Door

quiet = contextmanager(watched)  # fails where the console says a word


def test_the_snippet_sends_what_was_called_before_it_loaded(shop):
    preflights = []
    with quiet(shop.context.new_page()) as page:
        network = shop.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", lambda sent: preflights.append(sent["type"] == "Preflight"))
        page.goto(shop.put("/", ANN + "accoil.track('Report_Created'); accoil.page('Pricing'); accoil.page();"))
        all_sent(page)
    shop.counts(**{"Report_Created": 1, "Viewed Pricing": 1, "Viewed Page": 1})
    today = datetime.now(UTC).date()
    assert set(shop.door.counts()) == {
        ("ann", "acme", event, today) for event in ("Report_Created", "Viewed Pricing", "Viewed Page")
    }
    assert [message["type"] for message in shop.wire.messages] == ["identify", "group", "track", "page", "page"]
    assert shop.wire.of_type("identify")[0]["traits"] == {"name": "Ann"}
    assert shop.wire.of_type("group")[0]["traits"] == {"name": "Acme Ltd", "mrr": 120000}
    times = [message["timestamp"] for message in shop.wire.messages]
    assert times == sorted(set(times))
    assert len(set(shop.wire.ids())) == 5
    (request,) = shop.wire.requests
    assert request.headers["content-type"].startswith("text/plain")
    assert preflights and not any(preflights)


def test_the_published_snippet_works_whatever_comes_first(shop):
    """Its stubs know no time, `load` may come last, and a page may have kept a stub."""
    stubs = (
        "['load','identify','group','track'].forEach(n => accoil[n] = function () { accoil.q.push([n, arguments]) })"
    )
    calls = ANN + f"accoil.track('Early'); accoil.load('{shop.door.key}'); window.kept = accoil.track;"
    source = f"<script async src={shop.door.address}/tracker.js></script>"
    with quiet(shop.context.new_page()) as page:
        page.goto(shop.site.put("/", f"<script>window.accoil = {{q: []}}; {stubs}; {calls}</script>{source}"))
        loaded(page)
        page.evaluate("kept('Later')")
        all_sent(page)
    shop.counts(Early=1, Later=1)
    assert [message["type"] for message in shop.wire.messages] == ["identify", "group", "track", "track"]


def test_a_strict_content_security_policy_needs_two_entries(shop):
    here = shop.door.address
    policy = f"default-src 'none'; img-src data:; script-src 'nonce-1' {here}; connect-src {here}"
    head = snippet(here, shop.door.key).replace("<script>", "<script nonce=1>")
    head += f"<script nonce=1>{ANN} accoil.track('Report_Created')</script>"
    with quiet(shop.context.new_page()) as page:
        page.goto(shop.site.put("/", head, Content_Security_Policy=policy, Cross_Origin_Embedder_Policy="require-corp"))
        all_sent(page)
    shop.counts(Report_Created=1)


def test_a_page_that_is_closed_at_once_loses_nothing(shop):
    page = shop.open("/", ANN)
    all_sent(page)
    page.evaluate("accoil.track('Report_Created')")
    page.close(run_before_unload=True)
    shop.counts(Report_Created=1)


def test_a_page_that_is_left_at_once_loses_nothing(shop):
    page = shop.open("/", ANN)
    page.evaluate("accoil.track('Report_Created'); document.querySelector('a').click()")
    page.wait_for_url("**/elsewhere")
    shop.counts(Report_Created=1)


def test_a_hidden_page_sends_at_once_and_once(shop):
    page = shop.open("/", ANN)
    all_sent(page)
    stopped = "accoil.track('Report_Created'); for (let timer = 0; timer < 10000; timer++) clearTimeout(timer);"
    hidden = """
        Object.defineProperty(document, 'visibilityState', {value: 'hidden'});
        document.dispatchEvent(new Event('visibilitychange'));
        dispatchEvent(new Event('pagehide'));
    """
    page.evaluate(f"() => {{ {stopped} {hidden} }}")
    all_sent(page)
    shop.counts(Report_Created=1)
    assert len(shop.wire.of_type("track")) == 1


def test_what_a_page_could_not_send_is_sent_by_the_next(shop):
    shop.context.route("**/v1/batch", lambda route: route.abort())
    page = shop.open("/", ANN + "accoil.track('Report_Created')")
    page.wait_for_function(f"() => {QUEUE}.length === 3")
    page.close()
    shop.context.unroute("**/v1/batch")
    all_sent(shop.open("/other"))
    shop.counts(Report_Created=1)


def test_offline_calls_arrive_once_when_the_network_is_back(shop):
    page = shop.open("/", ANN)
    all_sent(page)
    shop.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.evaluate("for (let n = 0; n < 50; n++) accoil.track('Report_Created')")
    shop.context.set_offline(False)
    all_sent(page)
    shop.counts(Report_Created=50)


def test_a_server_that_was_down_gets_everything_once(site, browser, tmp_path):
    begun = whole.begun(tmp_path)
    port = whole.free_port()
    door = Door(f"http://127.0.0.1:{port}", begun["product_id"], begun["ingest_key"], begun["api_token"])
    context = browser.new_context()
    shop = Shop(site, door, context, Wire(context))
    with serving(tmp_path, port):
        page = shop.open("/", ANN)
        all_sent(page)
    with page.expect_event("requestfailed"):
        page.evaluate("for (let n = 0; n < 100; n++) accoil.track('Report_Created')")
    with serving(tmp_path, port):
        all_sent(page)
        shop.counts(Report_Created=100)
    context.close()


@contextmanager
def serving(data: Path, port: int):
    server = whole.begin(data, "serve", "--port", str(port))
    try:
        whole.wait_for_answer(f"http://127.0.0.1:{port}/health", server)
        yield
    finally:
        server.terminate()
        server.communicate(timeout=whole.PATIENCE)


@pytest.mark.parametrize("leaves", [False, True])
def test_a_sandboxed_frame_without_storage_sends_too(shop, leaves):
    """No localStorage and no locks there, as where a browser blocks them."""
    shop.put("/frame", ANN + "accoil.track('Report_Created')")
    with quiet(shop.context.new_page()) as page:
        page.goto(shop.site.put("/", "", "<iframe sandbox=allow-scripts src=/frame></iframe>"))
        frame = page.frames[1]
        frame.wait_for_function("() => window.accoil && accoil.running")
        assert frame.evaluate("() => { try { localStorage } catch { return 'blocked' } }") == "blocked"
        if leaves:
            page.evaluate("document.querySelector('iframe').remove()")
        shop.counts(Report_Created=1)
