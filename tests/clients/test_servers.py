"""What published clients of servers send, over a bad way, is counted exactly: every event, once."""

from __future__ import annotations

import random

import pytest

from accoil.asgi import Server
from tests.clients.arrived import arrived, sent
from tests.clients.published import JUNE_NODE, ON_NODE, PYTHON, RUDDER_NODE, Published, tell, where_here
from tests.clients.way import MISHAPS, each_once, way
from tests.door import Door
from tests.traffic import Item, expected, traffic


def said_often(seed: int, calls: int) -> tuple[list[Item], list[Item]]:
    """Calls, and the same in any order with some of them said again by the program itself."""
    items = traffic(seed, calls, users=max(calls // 50, 5), accounts=max(calls // 125, 3))
    often = items + random.Random(seed).choices(items, k=calls // 10)
    random.Random(seed).shuffle(often)
    return items, often


@pytest.mark.parametrize("client", where_here(PYTHON + ON_NODE))
def test_retries_and_repetitions_in_any_order_count_once_each(server: Server, door: Door, client: Published) -> None:
    items, often = said_often(2, 600)
    said = often if client.takes_ids else items  # else each is another event
    with way(door.address, each_once()) as bad:
        told = tell(client, bad.address, door.key, said, batch=40, tries=20)
    assert told.version == client.version and told.given_up == []
    assert {mishap for mishap in MISHAPS if bad.happened[mishap]} == set(MISHAPS)
    assert server.wait_counted(60)
    assert door.counts() == expected(items)
    assert arrived(door) == sent(items)


@pytest.mark.parametrize("compressed", [True, False], ids=["compressed", "plain"])
@pytest.mark.parametrize("client", where_here([*PYTHON, RUDDER_NODE]))
def test_compressed_or_not_it_counts_the_same(server: Server, door: Door, client: Published, compressed: bool) -> None:
    items = traffic(6, 300)
    with way(door.address) as open_way:
        told = tell(client, open_way.address, door.key, items, batch=100, gzip=compressed)
    assert told.given_up == []
    assert {passed.headers.get("content-encoding") for passed in open_way.passed} == {"gzip" if compressed else None}
    assert server.wait_counted()
    assert door.counts() == expected(items)


@pytest.mark.parametrize("client", where_here(client for client in ON_NODE if client != JUNE_NODE))
def test_202_is_done_where_a_client_can_be_pointed_at_such_a_path(
    server: Server, door: Door, client: Published
) -> None:
    items = traffic(7, 30)
    with way(door.address) as open_way:
        told = tell(client, open_way.address, door.key, items, path="/segment")
    assert told.given_up == []
    assert set(open_way.statuses) == {202}
    assert server.wait_counted()
    assert door.counts() == expected(items)
