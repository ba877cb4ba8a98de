"""Who a call is from, what is tried again, what is left out, and what a page never notices."""

import re

import pytest

from tests.browser.tracker.customer import ANN, QUEUE, all_sent, loaded, snippet

FAR = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}


def console(page) -> list[str]:
    """The texts of the library's own warnings, from now on."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.text.startswith("Accoil: ") else None)
    return said


def test_what_is_done_before_identify_is_handed_on_with_an_anonymous_id(shop):
    page = shop.open("/", "accoil.track('Looked'); accoil.group('acme'); accoil.page('Home')")
    page.evaluate("accoil.identify('ann'); accoil.track('Report_Created')")
    all_sent(page)
    looked, group, home, identify, created = shop.wire.messages
    anonymous = looked["anonymousId"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", anonymous)
    assert group["anonymousId"] == home["anonymousId"] == anonymous
    assert "userId" not in looked
    assert (identify["userId"], identify["anonymousId"]) == ("ann", anonymous)
    assert identify["groupId"] == "acme"  # told again, now that there is somebody to tie to it
    assert (created["userId"], created["groupId"]) == ("ann", "acme")


def test_a_known_user_gets_no_anonymous_id_and_is_remembered_by_the_next_page(shop):
    page = shop.open("/", "accoil.identify(42); accoil.group('acme')")
    all_sent(page)
    page.goto(shop.put("/next", "accoil.track('Report_Created')"))
    all_sent(page)
    assert not any("anonymousId" in message for message in shop.wire.messages)
    (created,) = shop.wire.of_type("track")
    assert (created["userId"], created["groupId"]) == ("42", "acme")
    assert "groupId" not in shop.wire.of_type("identify")[0]


def test_another_user_takes_over_nothing(shop):
    page = shop.open("/", "accoil.track('Looked');" + ANN + "accoil.identify('bob'); accoil.track('Report_Created')")
    all_sent(page)
    for bobs in shop.wire.messages[-2:]:
        assert bobs["userId"] == "bob" and "groupId" not in bobs and "anonymousId" not in bobs


def test_reset_forgets_user_account_and_anonymous_id(shop):
    page = shop.open("/", "accoil.track('First');" + ANN + "accoil.reset(); accoil.track('Last')")
    all_sent(page)
    first, last = shop.wire.of_type("track")
    assert "userId" not in last and "groupId" not in last
    assert last["anonymousId"] != first["anonymousId"]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_what_may_work_later_is_tried_again(shop, status):
    page = shop.open("/", ANN)
    all_sent(page)
    page.route("**/v1/batch", lambda route: route.fulfill(status=status, headers=FAR), times=1)
    page.evaluate("accoil.track('Report_Created')")
    with page.expect_response(lambda answer: answer.status == 200):
        pass
    all_sent(page)
    shop.counts(Report_Created=1)
    assert len(shop.wire.of_type("track")) == 2


def test_retry_after_is_kept_to(shop):
    page = shop.open("/", ANN)
    all_sent(page)
    busy = {**FAR, "Retry-After": "3"}
    page.route("**/v1/batch", lambda route: route.fulfill(status=429, headers=busy), times=1)
    page.evaluate("accoil.track('Report_Created')")
    all_sent(page)
    refused, taken = shop.wire.requests[-2:]
    assert taken.timing["startTime"] - refused.timing["startTime"] >= 3000


def test_a_refusal_is_final_and_said_once(shop):
    page = shop.context.new_page()
    said = console(page)
    page.goto(shop.site.put("/", snippet(shop.door.address, "no-such-key")))
    loaded(page)
    for _ in range(2):
        page.evaluate("accoil.track('Report_Created')")
        all_sent(page)
    assert said == [f"Accoil: {shop.door.address} refused calls (401): is the API key right? They were left out."]
    assert len(shop.wire.requests) == 2


def test_wrong_calls_are_explained_and_never_throw(shop):
    page = shop.context.new_page()
    said = console(page)
    page.on("pageerror", lambda error: said.append(f"thrown: {error}"))
    wrong = "accoil.identify(); accoil.identify(' ', {}); accoil.identify({}); accoil.group(null); accoil.track();"
    wrong += "const round = {}; round.self = round; accoil.identify('ann', round);"
    wrong += "accoil.group('acme', {notes: 'x'.repeat(60000)}); accoil.track('Report_Created')"
    page.goto(shop.put("/", wrong))
    all_sent(page)
    shop.counts(Report_Created=1)
    assert [text.split(":")[1].strip().split(";")[0] for text in said] == [
        "identify needs a user id",
        "group needs an account id",
        "track needs an event",
        "identify failed",
        "group is larger than 60000 bytes and was left out.",
    ]


def test_a_server_that_stays_away_leaves_the_page_its_storage(shop):
    shop.context.route("**/v1/batch", lambda route: route.abort())
    page = shop.context.new_page()
    said = console(page)
    page.goto(shop.put("/", "localStorage.own = 'kept';"))
    loaded(page)
    page.evaluate("for (let n = 0; n < 150; n++) accoil.identify('ann', {notes: 'x'.repeat(5000), n})")
    waiting = page.evaluate(f"() => {QUEUE}.map((name) => localStorage[name]).sort()")
    assert sum(map(len, waiting)) <= 500_000 and len(waiting) > 90
    assert page.evaluate("localStorage.own") == "kept"
    assert [text for text in said if "away for too long" in text] == said
    shop.context.unroute("**/v1/batch")
    page.evaluate("dispatchEvent(new Event('online'))")
    all_sent(page)
    taken = shop.wire.of_type("identify")
    assert {message["traits"]["n"] for message in taken} >= set(range(60, 150))
    assert max(len(request.post_data_buffer) for request in shop.wire.requests) < 64 * 1024


def test_storage_that_is_full_costs_nothing(shop):
    fill = "let size = 1 << 20; while (size) try { localStorage['own' + size + Math.random()] = 'x'.repeat(size) } "
    page = shop.open("/", fill + "catch { size >>= 1 }" + ANN)
    page.evaluate("accoil.track('Report_Created')")
    shop.counts(Report_Created=1)


def test_twenty_calls_do_not_wait_for_the_second_to_end(shop):
    page = shop.open("/", ANN)
    all_sent(page)
    page.clock.install()  # time stands still, unless moved
    page.goto(shop.put("/next"))
    loaded(page)
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    with page.expect_request("**/v1/batch") as sent:
        page.evaluate("for (let n = 0; n < 20; n++) accoil.track('Report_Created')")
        page.clock.run_for(1)
    assert len(sent.value.post_data_json["batch"]) == 20


def test_a_page_that_is_only_being_prepared_sends_nothing_yet(shop):
    prepared = "Object.defineProperty(document, 'prerendering', {value: true, configurable: true});"
    page = shop.context.new_page()
    page.add_init_script(prepared)
    page.goto(shop.put("/", ANN + "accoil.track('Report_Created')"))
    loaded(page)
    assert page.evaluate(f"() => {QUEUE}.length") == 0
    page.evaluate("delete document.prerendering; document.dispatchEvent(new Event('prerenderingchange'))")
    assert page.evaluate(f"() => {QUEUE}.length") == 3
    all_sent(page)
    shop.counts(Report_Created=1)


def test_behind_a_proxy_it_posts_beside_where_it_came_from(shop):
    """The customer's own address, another name for the file."""
    script = shop.context.request.get(f"{shop.door.address}/tracker.js").text()
    own = f"{shop.site.address}/insights"
    shop.context.route(f"{own}/t.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    shop.context.route(
        f"{own}/v1/batch", lambda route: route.fulfill(response=route.fetch(url=f"{shop.door.address}/v1/batch"))
    )
    page = shop.context.new_page()
    head = snippet(own, shop.door.key).replace("tracker.js", "t.js")
    page.goto(shop.site.put("/", head + f"<script>{ANN} accoil.track('Report_Created')</script>"))
    all_sent(page)
    shop.counts(Report_Created=1)


@pytest.mark.parametrize("end", ["", "/"])
def test_where_it_can_not_know_its_address_it_is_told(shop, end):
    """A page that carries the library itself, and no queue."""
    library = shop.context.request.get(f"{shop.door.address}/tracker.js").text()
    load = f"accoil.load('{shop.door.key}', {{host: '{shop.door.address}{end}'}});"
    page = shop.context.new_page()
    head = f"<script>{library}</script><script>{load} {ANN} accoil.track('Report_Created')</script>"
    page.goto(shop.site.put("/", head))
    all_sent(page)
    shop.counts(Report_Created=1)
