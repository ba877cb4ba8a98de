"""What was done long ago is forgotten; what waits, and what was done lately, is not."""

from datetime import timedelta

from accoil.act import queue
from accoil.act.forgetting import KEPT, forget_old
from accoil.act.models import Delivery
from accoil.connect import passes
from accoil.connect.models import Connection, Pass
from accoil.connect.now import moment
from tests.segment.worlds import Looked


def test_deliveries_that_ended_long_ago_are_forgotten(people: Looked, connected: Connection) -> None:
    for name in ("waits", "lately", "long ago"):
        queue.queue(people.product, "shout", "user", 1, {"text": name}, key=name)
    Delivery.objects.filter(key="lately").update(state="done", ended_at=moment() - KEPT + timedelta(hours=1))
    Delivery.objects.filter(key="long ago").update(state="done", ended_at=moment() - KEPT - timedelta(hours=1))
    Delivery.objects.filter(key="waits").update(created_at=moment() - 2 * KEPT)
    forget_old()
    assert set(Delivery.objects.values_list("key", flat=True)) == {"waits", "lately"}


def test_old_runs_of_a_connection_are_forgotten_but_the_last_of_a_kind(connected: Connection) -> None:
    for age in (90, 60, 1):
        passes.end(passes.begin(connected, Pass.Of.FULL))
        connected.passes.filter(pk=connected.passes.latest("pk").pk).update(began_at=moment() - timedelta(days=age))
    forget_old()
    assert connected.passes.count() == 1


def test_a_run_that_fails_as_the_one_before_takes_its_place(connected: Connection) -> None:
    for problem in ("No room.", "No room.", "", "No room.", "Signed out.", "No room."):
        passes.end(passes.begin(connected, Pass.Of.MATCH), problem)
    assert [each.problem for each in connected.passes.order_by("pk")] == ["", "Signed out.", "No room."]
