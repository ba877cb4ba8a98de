"""A delivery is done by one worker at a time, however slow the tool is: its calls are over before the lease is."""

import itertools
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connections

from accoil import measured
from accoil.act import claims, deliveries
from accoil.act.models import Delivery
from accoil.act.performing import perform
from accoil.connect import breaker
from accoil.connect.models import Connection
from tests.act.bell import Tower
from tests.act.conftest import entity, queued
from tests.act.test_deliveries import Join
from tests.segment.worlds import Looked

LEASE, WITHIN = 2, 1.0  # seconds; the real ones are 90 and 60


@pytest.fixture
def hanging(tower: Tower) -> Iterator[Tower]:
    tower.closed.set()
    yield tower
    tower.closed.clear()
    tower.opens.set()


def test_the_time_of_an_action_is_well_within_its_lease() -> None:
    assert claims.WITHIN + 20 <= claims.LEASE


@pytest.mark.django_db(transaction=True)
def test_two_workers_are_never_at_the_same_delivery(
    people: Looked, connected: Connection, match: Join, hanging: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "LEASE", LEASE)
    monkeypatch.setattr(claims, "WITHIN", WITHIN)
    monkeypatch.setattr(claims, "QUEUE", breaker.Patience(0.02, 1, 0.02))
    match("user", "ann", "c-1")
    ann = entity(people, "user", "ann")
    delivery = queued(people.product, "ring", "user", ann, {"text": "ding"}, key="1")
    at_it: list[tuple[float, float]] = []

    def watched(*told: object) -> str:
        began = time.monotonic()
        try:
            return perform(*told)  # type: ignore[arg-type]
        finally:
            at_it.append((began, time.monotonic()))

    monkeypatch.setattr(deliveries, "perform", watched)
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            deliveries.work(connected.pk, over)
            over.wait(0.01)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    over.wait(3 * LEASE)
    over.set()
    for worker in workers:
        worker.join(30)
    spans = sorted(at_it)
    assert len(spans) >= 2, "it was tried again"
    assert all(ended <= began for (_, ended), (began, _) in itertools.pairwise(spans)), spans
    assert all(ended - began < LEASE for began, ended in spans), spans
    found = Delivery.objects.get(pk=delivery.pk)
    assert found.answer == "It did not answer in time."


def test_what_another_worker_has_taken_meanwhile_is_not_counted_as_ended(people: Looked, connected: Connection) -> None:
    queued(people.product, "ring", "user", entity(people, "user", "ann"), {"text": "ding"}, key="1")
    (mine,) = claims.claim(connected.pk)
    Delivery.objects.update(leased_until=mine.leased_until + timedelta(seconds=claims.LEASE))
    before = sum(measured.deliveries_ended.counts().values())
    claims.done(mine, "Rung.")
    assert sum(measured.deliveries_ended.counts().values()) == before


@pytest.mark.parametrize(("within", "of_one_try", "failures"), [(0.3, 15.0, 0), (30.0, 0.3, 1)])
def test_only_a_call_that_had_its_whole_time_counts_against_the_tool(
    people: Looked, connected: Connection, match: Join, hanging: Tower, monkeypatch: pytest.MonkeyPatch,
    within: float, of_one_try: float, failures: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(claims, "WITHIN", within)
    monkeypatch.setattr("accoil.connect.http.TOTAL", of_one_try)
    monkeypatch.setattr("accoil.connect.http.RETRYING", 0.0)
    match("user", "ann", "c-1")
    queued(people.product, "ring", "user", entity(people, "user", "ann"), {"text": "ding"}, key="1")
    deliveries.work(connected.pk, threading.Event())
    connected.refresh_from_db()
    assert connected.failures == failures
    assert Delivery.objects.get().state == Delivery.State.WAITING
