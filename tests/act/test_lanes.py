"""The workers of a running server."""

import threading
from collections.abc import Iterator

import pytest

from accoil.act import claims, deliveries
from accoil.act.deliveries import Deliveries
from accoil.act.models import Delivery
from accoil.asgi import Server
from accoil.connect.models import Connection
from accoil.connect.tools import TOOLS
from accoil.team.models import Product, Team
from tests.act import bell
from tests.act.bell import Tower
from tests.act.conftest import queued
from tests.door import make_product
from tests.waiting import until

WITHIN = 30.0  # seconds


@pytest.fixture
def towers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Tower, Tower]]:
    monkeypatch.setitem(TOOLS, "bell", bell.TOOL)
    first, second = bell.serve(Tower()), bell.serve(Tower())
    yield next(first), next(second)
    for tower in (first, second):
        for _ in tower:
            pass


def put(server: Server, tower: Tower, many: int) -> Connection:
    """Shouts to be done through a team's own connection."""
    product = Product.objects.select_related("team").get(pk=make_product(server).product_id)
    connection = Connection.objects.create(team=product.team, tool="bell", options={"url": tower.address})
    for number in range(many):
        queued(product, "shout", "user", 1, {"text": f"{number}"}, key=f"{product.pk}:{number}")
    return connection


def done(connection: Connection) -> int:
    return Delivery.objects.filter(connection=connection, state="done").count()


def test_a_tool_that_does_not_answer_stops_no_other(server: Server, towers: tuple[Tower, Tower]) -> None:
    slow, quick = towers
    slow.closed.set()
    stuck = put(server, slow, 3)
    until(slow.waiting.is_set)
    free = put(server, quick, 3)
    until(lambda: done(free) == 3)
    assert done(stuck) == 0
    assert Delivery.objects.filter(connection=stuck, state="taken").exists()
    slow.closed.clear()
    slow.opens.set()
    until(lambda: done(stuck) == 3)
    assert sorted(each["text"] for each in slow.rung) == ["0", "1", "2"]  # each of them once
    assert sorted(each["text"] for each in quick.rung) == ["0", "1", "2"]


def test_much_for_one_tool_is_done_by_several_at_once_and_each_of_it_once(
    server: Server, towers: tuple[Tower, Tower]
) -> None:
    tower, _ = towers
    connection = put(server, tower, 60)
    until(lambda: done(connection) == 60)
    assert sorted(int(each["text"]) for each in tower.rung) == list(range(60))
    assert not Delivery.objects.filter(connection=connection, attempts__gt=1).exists()


def test_a_lane_that_never_gets_empty_gives_its_place_to_others(
    server: Server, towers: tuple[Tower, Tower], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accoil.act.deliveries.MOST_LANES", 1)
    monkeypatch.setattr("accoil.act.deliveries.TURN", 0.05)
    busy, other = put(server, towers[0], 200), put(server, towers[1], 1)
    until(lambda: done(other) == 1)
    assert done(busy) < 200


@pytest.fixture
def at_work(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[list[tuple[int | None, threading.Event]]]:
    """The lane of each worker that was begun, and what ends it; there are two places."""
    begun: list[tuple[int | None, threading.Event]] = []

    def work(lane: int | None, stopping: threading.Event) -> None:
        ends = threading.Event()
        begun.append((lane, ends))
        ends.wait(WITHIN)

    monkeypatch.setattr(deliveries, "MOST_LANES", 2)
    monkeypatch.setattr(deliveries, "work", work)
    yield begun
    for _, ends in begun:
        ends.set()


def end(workers: Deliveries, at_work: list[tuple[int | None, threading.Event]], number: int) -> None:
    left = len(workers._workers)
    at_work[number][1].set()
    until(lambda: sum(each.is_alive() for each in workers._workers) < left)


def test_workers_that_come_one_after_the_other_do_not_keep_their_lanes_place(
    at_work: list[tuple[int | None, threading.Event]], monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = Deliveries()
    monkeypatch.setattr(claims, "due_lanes", lambda: {1: 100, 2: 1})
    workers.step()
    until(lambda: [lane for lane, _ in at_work] == [1, 1, 1, 1, 2])
    monkeypatch.setattr(claims, "due_lanes", lambda: {1: 100, 2: 1, 3: 1})
    for number in range(4):  # each of them at another time, as a slow tool answers them
        end(workers, at_work, number)
        workers.step()
    until(lambda: [lane for lane, _ in at_work[5:]] == [3])


def test_a_team_with_many_lanes_leaves_places_to_others(
    at_work: list[tuple[int | None, threading.Event]], monkeypatch: pytest.MonkeyPatch
) -> None:
    many, other = Team.objects.create(name="Many"), Team.objects.create(name="Other")
    lanes = [Connection.objects.create(team=many, tool="bell").pk for _ in range(4)]
    theirs = Connection.objects.create(team=other, tool="bell").pk
    workers = Deliveries()
    monkeypatch.setattr(claims, "due_lanes", lambda: {theirs: 1})
    workers.step()
    until(lambda: len(at_work) == 1)
    end(workers, at_work, 0)
    monkeypatch.setattr(claims, "due_lanes", lambda: dict.fromkeys((*lanes, theirs), 1))
    workers.step()
    until(lambda: len(at_work) == 3)
    assert sorted(lane for lane, _ in at_work[1:] if lane) == [lanes[0], theirs]  # though they were there before
