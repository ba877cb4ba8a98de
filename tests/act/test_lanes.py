"""The workers of a running server."""

from collections.abc import Iterator

import pytest

from accoil.act.models import Delivery
from accoil.asgi import Server
from accoil.connect.models import Connection
from accoil.connect.tools import TOOLS
from accoil.team.models import Product
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
