"""@segment/analytics-next as published: all it is told is where to load its settings from."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.browser.clients.conftest import Visit

UMD = "@segment/analytics-next/dist/umd/index.js"
LOAD = """async (options) => {
    const { AnalyticsBrowser } = window.AnalyticsNext;
    window.analytics = AnalyticsBrowser.load({ writeKey: "KEY", cdnURL: "ADDRESS" }, options);
    await analytics.ready();
}"""
TALK = """async () => {
    await analytics.identify("ann", { name: "Ann", email: "ann@example.com" });
    await analytics.group("acme", { name: "Acme Ltd", mrr: 120000 });
    for (let n = 0; n < 25; n++) await analytics.track("Report_Created", { n });
    await analytics.page("Pricing");
    await analytics.page();
}"""
COUNTED = {"Report_Created": 25, "Viewed Pricing": 1, "Viewed Shop": 1}
BATCHING = """{ integrations: { 'Segment.io': {
    deliveryStrategy: { strategy: 'batching', config: { size: 10, timeout: 500 } },
} } }"""


def load(visit: Visit, options: str = "{}", talk: str = TALK) -> None:
    visit.carry(UMD)
    visit.run(f"async () => {{ await ({LOAD})({options}); await ({talk})() }}")


def test_single_calls_arrive_and_go_nowhere_else(visit: Visit) -> None:
    load(visit)
    visit.counts(COUNTED)
    settings = [
        request for request in visit.requests if request.url.endswith(f"/v1/projects/{visit.door.key}/settings")
    ]
    assert [request.method for request in settings] == ["GET"]
    assert {(user, account, day) for user, account, _, day in visit.door.counts()} == {
        ("ann", "acme", datetime.now(UTC).date())
    }
    assert len(visit.posts("/v1/")) == 29
    assert {answer.status for answer in visit.answers if answer.request.method == "POST"} == {200}


def test_batches_arrive_and_go_nowhere_else(visit: Visit) -> None:
    load(visit, BATCHING, TALK.replace("await analytics.", "analytics."))
    visit.counts(COUNTED)
    assert {request.url for request in visit.posts()} == {f"{visit.door.address}/v1/b"}
    assert len(visit.posts()) < 10


def test_a_page_that_is_left_sends_the_batch_that_waits(visit: Visit) -> None:
    waits = BATCHING.replace("timeout: 500", "timeout: 600000")
    load(visit, waits, "async () => { await analytics.identify('ann'); await analytics.track('Report_Created') }")
    assert not visit.posts()
    visit.page.goto(visit.site.put("/next", ""))
    visit.counts({"Report_Created": 1})


def test_an_unknown_key_sends_nothing(visit: Visit) -> None:
    """Its program is told, where it asks."""
    visit.carry(UMD)
    error = visit.run(f"""() => AnalyticsNext.AnalyticsBrowser.load({{ writeKey: "{"f" * 32}", cdnURL: "ADDRESS" }})
        .then(() => "loaded", (error) => String(error))""")
    assert error != "loaded"
    assert [text for text in visit.complaints if "404" not in text and "No product has this API key" not in text] == []
    visit.complaints.clear()
    assert not visit.posts()
