"""What Prometheus is told: who may ask, what each measure says, and that nothing of a customer is in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.test import Client, override_settings
from prometheus_client.parser import text_string_to_metric_families

from accoil import measured
from accoil.act.models import Delivery
from accoil.asgi import Server
from accoil.connect.models import Connection, Pass
from accoil.connect.passes import passing
from accoil.score.definition import Definition
from accoil.score.models import Profile
from accoil.team.models import Product
from tests.door import Answer, Door, ask
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "0123456789abcdef-of-a-test"
PAGE = ROOT / "docs" / "reference" / "prometheus.md"


@pytest.fixture
def token() -> Iterator[str]:
    with override_settings(METRICS_TOKEN=TOKEN):
        yield TOKEN


def scraped(server: Server, token: str | None = TOKEN) -> Answer:
    return ask(server.address, "GET", "/metrics", None, {"Authorization": f"Bearer {token}"} if token else {})


def values(server: Server) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """(name, labels) → value."""
    answer = scraped(server)
    assert answer.status == 200, answer
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


def grown(server: Server, before: dict, name: str, **labels: str) -> float:  # type: ignore[type-arg]
    key = (name, tuple(sorted(labels.items())))
    return values(server).get(key, 0) - before.get(key, 0)


def test_without_the_setting_there_is_no_such_page(server: Server) -> None:
    assert scraped(server).status == 404


def test_only_whoever_has_the_token_is_told(server: Server, token: str) -> None:
    for wrong in (None, "", "0123456789abcdef", TOKEN + "x"):
        answer = scraped(server, wrong)
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert b"accoil_" not in answer.body
    answer = scraped(server)
    assert (answer.status, answer.headers["content-type"].split(";")[0]) == (200, "text/plain")


def test_calls_are_told_by_what_became_of_them(server: Server, door: Door, token: str) -> None:
    before = values(server)
    calls = [{"type": "track", "userId": "u", "event": "E"}, {"type": "track", "userId": "u"}]
    assert door.post("/v1/batch", {"batch": calls}).status == 200
    assert door.post("/v1/track", {"userId": "u", "event": "E"}, Authorization="Basic bm9ib2R5Og==").status == 401
    assert grown(server, before, "accoil_calls_acknowledged_total") == 1
    assert grown(server, before, "accoil_calls_rejected_total", reason="invalid_event") == 1
    assert grown(server, before, "accoil_requests_refused_total", reason="invalid_write_key") == 1
    assert grown(server, before, "accoil_acknowledgement_seconds_count") == 1
    assert grown(server, before, "accoil_acknowledgement_seconds_bucket", le="10.0") == 1


def test_how_far_counting_is_and_how_much_there_is(server: Server, door: Door, token: str) -> None:
    assert door.post("/v1/track", {"userId": "u", "event": "E"}).status == 200
    until(lambda: values(server)["accoil_blocks_behind", ()] == 0)
    told = values(server)
    assert told["accoil_journal_block", ()] == told["accoil_counted_block", ()] == server.counting.journal.last
    assert told["accoil_rows", (("table", "message"),)] > 0
    assert told["accoil_file_bytes", (("file", "journal"),)] > 0
    assert told["accoil_disk_free_bytes", ()] > 0
    assert told["process_resident_memory_bytes", ()] > 10_000_000
    assert told["accoil_wrong", ()] == 0


def test_the_queue_is_told_by_state_and_tool(server: Server, door: Door, token: str) -> None:
    from accoil.act import claims

    before, product = values(server), Product.objects.get(pk=door.product_id)
    through = Connection.objects.create(team=product.team, tool="slack", workspace="W")
    row = {"product": product, "connection": through, "action": "a", "kind": "user", "entity": 1}
    waiting = Delivery.objects.create(**row, key=f"{product.pk}-1", next_at="2999-01-01T00:00Z")
    taken = Delivery.objects.create(**row, key=f"{product.pk}-2", state="taken")
    assert grown(server, before, "accoil_deliveries", state="waiting", tool="slack") == 1
    assert grown(server, before, "accoil_deliveries", state="taken", tool="slack") == 1
    claims.done(taken, "It was done.")
    assert grown(server, before, "accoil_deliveries", state="taken", tool="slack") == 0
    assert grown(server, before, "accoil_deliveries_ended_total", state="done", tool="slack") == 1
    waiting.delete()


def test_runs_of_the_sync_and_their_failures(server: Server, door: Door, token: str) -> None:
    before, product = values(server), Product.objects.get(pk=door.product_id)
    through = Connection.objects.create(team=product.team, tool="hubspot", workspace="W")
    with passing(through, Pass.Of.MATCH):
        pass
    with pytest.raises(ZeroDivisionError), passing(through, Pass.Of.MATCH):
        raise ZeroDivisionError
    labels = {"tool": "hubspot", "of": "match"}
    assert grown(server, before, "accoil_sync_runs_total", **labels, result="done") == 1
    assert grown(server, before, "accoil_sync_runs_total", **labels, result="failed") == 1


def test_pages_by_name_and_sign_ins_that_failed(server: Server, door: Door, token: str) -> None:
    before = values(server)
    wrong = {"login": "nobody@example.com", "password": "wrong"}
    assert Client().post("/sign-in/", wrong).status_code == 200
    assert Client().get("/no/such/page").status_code == 404
    assert grown(server, before, "accoil_sign_ins_failed_total", reason="password") == 1
    assert grown(server, before, "accoil_page_seconds_count", page="account_login") == 1
    assert grown(server, before, "accoil_page_seconds_count", page="no such page") == 1


def test_making_a_book_is_timed(server: Server, door: Door, token: str) -> None:
    product = Product.objects.get(pk=door.product_id)
    before = values(server)
    assert door.post("/v1/track", {"userId": "u", "event": "E"}).status == 200
    profile = Profile.create(product, "Everyone", Definition(window=7, events={"E": 1}))
    until(lambda: door.get("/users", workspace_id=profile.pk).status == 200)
    assert grown(server, before, "accoil_scoring_seconds_count", of="book") >= 1


def test_nothing_of_a_customer_is_in_it(server: Server, door: Door, token: str) -> None:
    secret = "verysecretname"
    product = Product.objects.get(pk=door.product_id)
    Product.objects.filter(pk=product.pk).update(name=secret)
    door.post("/v1/track", {"userId": f"{secret}@example.com", "event": secret, "type": secret})
    door.post("/v1/batch", {"batch": [{"type": secret, "event": secret}]})
    ask(server.address, "GET", f"/{secret}/x", None, {})
    door.get("/users", workspace_id=1, match_value=secret)
    text = scraped(server).body.decode()
    assert secret not in text and door.key not in text and door.token not in text
    allowed = {"le", "reason", "page", "of", "tool", "state", "table", "file", "result", "role", "version"}
    assert set(re.findall(r'[{,](\w+)="', text)) <= allowed


def test_more_labels_than_are_kept_become_one() -> None:
    tally, seconds = measured.Tally(), measured.Seconds()
    for number in range(measured.MOST_LABELS + 10):
        tally.add(f"x{number}")
        seconds.add(0.01, f"x{number}")
    assert tally.counts()["other",] == 10
    assert sum(seconds.times()["other"].counts) == 10
    assert len(tally.counts()) == len(seconds.times()) == measured.MOST_LABELS + 1


def test_the_reference_lists_each_measure_and_no_other(server: Server, door: Door, token: str) -> None:
    measured.calls_rejected.add("invalid_event")
    measured.requests_refused.add("invalid_write_key")
    families = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in text_string_to_metric_families(scraped(server).body.decode())
    }
    rows = re.findall(r"^\| `(\w+)`", PAGE.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(families)


def test_the_dashboard_and_the_alerts_ask_for_measures_that_exist() -> None:
    known = set(re.findall(r"^\| `(\w+)`", PAGE.read_text(), re.MULTILINE))
    known |= {f"{name}{part}" for name in known for part in ("_bucket", "_count", "_sum") if name.endswith("_seconds")}
    board = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    groups = yaml.safe_load((ROOT / "deploy" / "prometheus-alerts.yml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert all({"alert", "expr", "annotations"} <= set(rule) for rule in rules)
    found = set(re.findall(r"\b(?:accoil|process)_\w+", " ".join([*asked, *(rule["expr"] for rule in rules)])))
    assert len(found) > 15
    assert found <= known
