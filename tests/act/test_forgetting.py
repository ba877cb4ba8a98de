"""What was done long ago is forgotten; what waits, and what was done lately, is not."""

from datetime import timedelta

from accoil.act import automations
from accoil.act.automations import Draft
from accoil.act.forgetting import KEPT, forget_old
from accoil.act.models import Delivery, Firing
from accoil.connect import passes
from accoil.connect.models import Connection, Pass
from accoil.connect.now import moment
from accoil.segment import keeping
from tests.act.conftest import queued
from tests.segment.worlds import Looked


def test_deliveries_that_ended_long_ago_are_forgotten(people: Looked, connected: Connection) -> None:
    for name in ("waits", "lately", "long ago"):
        queued(people.product, "shout", "user", 1, {"text": name}, key=name)
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


def test_lines_of_run_logs_are_forgotten_but_for_what_cool_downs_and_pages_need(
    people: Looked, connected: Connection
) -> None:
    keeping.create(people.profile, "account", "Busy", {"metric": "raw", "at_least": 18})
    ring = [{"ring": {"text": "ding", "on": "company"}}]
    long, short = (
        automations.create(
            people.profile, Draft(name=name, scope="account", when={"enters": "Busy"}, then=ring, cool_down_hours=hours)
        )
        for name, hours in (("Long", 24 * 200), ("Short", 24))
    )
    for each in (long, short):
        for days, became in ((300, "fired"), (150, "fired"), (120, "fired"), (100, "condition"), (80, "cooling")):
            at = moment() - timedelta(days=days)
            Firing.objects.create(automation=each, move=f"m{days}", entity=1, at=at, became=became)
    kept = Firing.objects.create(
        automation=short, move="m99", entity=1, at=moment() - timedelta(days=99), became="late"
    )
    waits = queued(people.product, "ring", "account", 1, {"text": "ding"}, key="w", firing=kept)
    forget_old()
    assert set(long.firings.values_list("move", flat=True)) == {"m150", "m120", "m80"}
    assert set(short.firings.values_list("move", flat=True)) == {"m120", "m99", "m80"}
    assert Delivery.objects.filter(pk=waits.pk).exists()
