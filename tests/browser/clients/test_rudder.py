"""@rudderstack/analytics-js as published, its plugins in the same file: it loads its configuration from our server, and
sends there. (Without them it asks RudderStack's own host for plugins.)"""

from __future__ import annotations

from datetime import UTC, datetime

from tests.browser.clients.conftest import Visit

BUNDLED = "@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js"

TALK = """async () => {
    const analytics = window.rudderanalytics.RudderAnalytics ? new rudderanalytics.RudderAnalytics() : rudderanalytics;
    analytics.load("KEY", "ADDRESS", { configUrl: "ADDRESS", logLevel: "ERROR", ...(OPTIONS) });
    analytics.identify("ann", { name: "Ann", email: "ann@example.com" });
    analytics.group("acme", { name: "Acme Ltd", mrr: 120000 });
    for (let n = 0; n < 25; n++) analytics.track("Report_Created", { n });
    analytics.page("Pricing");
    analytics.page();
}"""
COUNTED = {"Report_Created": 25, "Viewed Pricing": 1, "Viewed Shop": 1}


def test_rudders_single_calls_arrive_and_go_nowhere_else(visit: Visit) -> None:
    visit.carry(BUNDLED)
    visit.run(TALK.replace("OPTIONS", "{}"))
    visit.counts(COUNTED)
    assert {(user, account, day) for user, account, _, day in visit.door.counts()} == {
        ("ann", "acme", datetime.now(UTC).date())
    }
    assert len(visit.posts("/v1/")) == 29
    assert {answer.status for answer in visit.answers if answer.request.method == "POST"} == {200}


def test_rudders_batches_arrive_and_go_nowhere_else(visit: Visit) -> None:
    visit.carry(BUNDLED)
    visit.run(
        TALK.replace("OPTIONS", "{ queueOptions: { batch: { enabled: true, maxItems: 10, flushInterval: 500 } } }")
    )
    visit.counts(COUNTED)
    assert {request.url for request in visit.posts()} == {f"{visit.door.address}/v1/batch"}


def test_rudders_beacons_arrive_and_go_nowhere_else(visit: Visit) -> None:
    visit.carry(BUNDLED)
    visit.run(
        TALK.replace("OPTIONS", "{ useBeacon: true, beaconQueueOptions: { maxItems: 10, flushQueueInterval: 500 } }")
    )
    visit.counts(COUNTED)
