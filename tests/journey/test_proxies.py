"""A proxy of deploy/ before receivers and pages: whatever a client sends goes to who can answer it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.clickhouse import served
from tests.door import Door, ask
from tests.journey.proxies import PROXIES, missing
from tests.journey.several import several
from tests.postgresql import Cluster
from tests.waiting import until

pytestmark = [
    pytest.mark.skipif(bool(served.MISSING), reason=str(served.MISSING)),
    pytest.mark.xdist_group("postgresql"),
]

HERE = [pytest.param(name, marks=pytest.mark.skipif(missing(name), reason=f"{name} is not here")) for name in PROXIES]


def track(event: str) -> dict[str, str]:
    return {"type": "track", "userId": "u", "event": event, "messageId": event}


@pytest.mark.parametrize("name", HERE)
def test_calls_go_to_receivers_and_everything_else_to_pages(name: str, tmp_path: Path, postgresql: Cluster) -> None:
    settings = {
        "ACCOIL_INGEST_PREFIX": "in",
        "ACCOIL_TRUSTED_PROXIES": "1",
        "ACCOIL_METRICS_TOKEN": "0123456789abcdef-of-a-test",
    }
    with several(tmp_path, postgresql, receivers=2, workers=1, **settings) as its:
        ports = [each.port for each in its.receivers]
        with PROXIES[name](tmp_path / name, ports, its.pages.port) as address:
            door = Door(address, its.door.product_id, its.door.key, its.door.token)
            taken = {
                "/v1/track": track("single"),
                "/v1/t/": track("short, with a slash"),
                "//v1//track": track("doubled slashes"),
                "/v1/%74rack": track("spelled in hex"),
                "/in/v1/track?x=1": track("under the prefix"),
                "/v1/batch": {"batch": [track("of a batch")]},
                "/segment": [track("of an array")],
                "/v2/track": {"user_id": "u", "event": "of ours", **track("of ours")},
                "/api/s/s2s/track": track("of Jitsu"),
            }
            for path, body in taken.items():
                assert door.post(path, body).status in (200, 202), path
            whole = gzip.compress(json.dumps({"batch": [track("gzipped")]}).encode())
            assert door.post("/v1/batch", whole, Content_Encoding="gzip").status == 200
            large = {"batch": [track("large")], "padding": "x" * 4_500_000}
            assert door.post("/v1/batch", large).status == 200
            assert door.post("/v1/batch", {**large, "padding": "x" * 6_000_000}).code == "payload_too_large"
            assert ask(address, "GET", f"/v1/projects/{door.key}/settings", None, {}).status == 200
            assert b"accoil" in ask(address, "GET", "/in/tracker.js", None, {}).body
            options = ask(address, "OPTIONS", "/v1/track", None, {"Origin": "https://app.example.com"})
            assert options.headers["access-control-allow-origin"]

            assert json.loads(ask(address, "GET", "/health", None, {}).body) == {"status": "ok", "role": "pages"}
            assert ask(address, "GET", "/sign-in/", None, {}).status == 200
            assert ask(address, "GET", "/v1/accounts", None, {}).status == 401  # of the API
            token = {"Authorization": "Bearer 0123456789abcdef-of-a-test"}
            assert ask(address, "GET", "/metrics", None, token).status == 404
            assert ask(its.pages.address, "GET", "/metrics", None, token).status == 200
            for odd in ("/segments", "/V1/track", "/v1/trackx", "/v1/track/../../sign-in/", "/segment/1"):
                assert b"does something else" not in ask(address, "GET", odd, None, {}).body, odd

            its.receivers[0].kill()
            for number in range(10):
                body = track(f"after {number}")
                # One that was on its way there may be answered 502, and is sent again, as SDKs do.
                until(lambda body=body: door.post("/v1/track", body).status == 200)  # type: ignore[misc]
            its.receivers[0].start()
            wanted = len(taken) + 2 + 10
            until(lambda: len(door.events()) == wanted, every=0.2, said=its.said)
            assert set(door.events().values()) == {1}
