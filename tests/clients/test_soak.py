"""The long runs: tens of thousands of calls of each client, while the way is bad, or the server dies."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest

from accoil import control
from accoil.asgi import Server
from tests.clients.arrived import arrived, sent
from tests.clients.cable import cable
from tests.clients.published import ON_NODE, PYTHON, Published, Told, tell, where_here
from tests.clients.test_servers import said_often
from tests.clients.way import MISHAPS, often, way
from tests.door import Door
from tests.journey.mortal import Mortal, mortal
from tests.traffic import Item, expected

pytestmark = pytest.mark.soak

CALLS = 20_000
DEATHS = 6
TRIES = 60  # through many deaths of the server


def said(client: Published, seed: int) -> tuple[list[Item], list[Item]]:
    """What is counted, and what the program says: some of it twice, where the client lets it give an id."""
    items, repeated = said_often(seed, CALLS)
    return items, repeated if client.takes_ids else items


@pytest.mark.parametrize("client", where_here(PYTHON + ON_NODE))
def test_a_way_that_loses_repeats_and_refuses(server: Server, door: Door, client: Published) -> None:
    """Refusals say how long to wait, as ours do."""
    items, calls = said(client, 12)
    with way(door.address, often(13), wait="1") as bad:
        told = tell(client, bad.address, door.key, calls, batch=100, tries=TRIES)
    assert told.given_up == []
    assert {mishap for mishap in MISHAPS if bad.happened[mishap]} == set(MISHAPS)
    assert server.wait_counted(120)
    assert door.counts() == expected(items)
    assert arrived(door) == sent(items)


@pytest.mark.parametrize("client", where_here(PYTHON + ON_NODE))
def test_a_cable_that_breaks_anywhere(server: Server, door: Door, client: Published) -> None:
    items, calls = said(client, 14)
    with cable(door.address, seed=15, life=(2_000, 120_000)) as bad:
        told = tell(client, bad.address, door.key, calls, batch=100, tries=TRIES)
    assert told.given_up == []
    assert bad.breaks > 2
    assert server.wait_counted(120)
    assert door.counts() == expected(items)


@pytest.mark.parametrize("client", where_here(PYTHON + ON_NODE))
def test_a_server_that_dies_and_comes_back(tmp_path: Path, client: Published) -> None:
    items, calls = said(client, 16)
    told: list[Told] = []
    with mortal(tmp_path) as server:
        door = server.door
        telling = threading.Thread(
            target=lambda: told.append(tell(client, door.address, door.key, calls, batch=100, tries=TRIES))
        )
        telling.start()
        deaths = kill_often(server, telling, random.Random(17))
        telling.join()
        assert deaths > 1
        assert [each.given_up for each in told] == [[]]
        control.ask(server.data, "checksums")  # answers when everything is counted
        assert door.counts() == expected(items)


def kill_often(server: Mortal, telling: threading.Thread, dice: random.Random) -> int:
    """How often it died before all was told; no more than DEATHS times, since the older clients wait ever longer."""
    deaths = 0
    while telling.is_alive() and deaths < DEATHS:
        telling.join(dice.uniform(0.05, 0.6))  # no condition to await: the moment is to be any, before all is told
        if telling.is_alive():
            server.kill()
            deaths += 1
            server.start()
    return deaths
