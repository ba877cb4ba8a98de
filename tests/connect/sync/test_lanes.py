"""Each connection has a thread of its own."""

import time
from typing import Any

import pytest

from accoil.connect import sync
from accoil.connect.intercom.connecting import by_token
from accoil.connect.models import Connection, Mode
from accoil.connect.now import Driven
from accoil.connect.syncing import Syncing
from accoil.score.models import Profile
from accoil.team.models import Product, Team
from tests.connect.sync.conftest import Synced
from tests.small_worlds import at, did, identified
from tests.waiting import until
from tests.world import _engine

PATIENCE = 30.0  # seconds
STEP = Syncing.step


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The real one: threads wait for it."""
    return None


def another(synced: Synced) -> tuple[Connection, Any]:
    """The connection of another team to another workspace, and the contact that it writes to."""
    workspace = synced.intercom.add_workspace("ws2", "Other Support")
    contact = workspace.contact("dan@other.example", role="user")
    number = _engine().new_product()
    product = Product.objects.create(pk=number, team=Team.objects.create(name="Others"), name="Web")
    told = [identified("dan", at(1), email="dan@other.example"), *did("dan", "Report_Created", at(30), 1)]
    _engine().receive(number, told)
    connection = by_token(product.team, synced.connection.author, synced.intercom.token(workspace), "secret")
    sync.set_mode(connection, Profile.create(product, "Everyday", synced.profile.current.parsed), Mode.ALL)
    return connection, contact


def test_a_slow_tool_stops_no_other_connection(synced: Synced, clock: Driven | None) -> None:
    synced.switch(Mode.ALL)
    _, contact = another(synced)
    for one in synced.workspace.contacts.values():
        synced.intercom.faults.plan("slow", f"PUT /contacts/{one.id}", times=100, seconds=12.0)
    syncing = Syncing()
    try:
        STEP(syncing)
        began = time.monotonic()
        while not contact.custom_attributes:
            assert time.monotonic() - began < PATIENCE
            time.sleep(0.05)
        assert not synced.record("ann").confirmed  # nobody has heard an answer yet
    finally:
        syncing.stop()


def test_who_asks_for_a_full_pass_wakes_one_that_rests_after_failures(synced: Synced, clock: Driven | None) -> None:
    synced.switch(Mode.ALL)
    Connection.objects.update(failures=9)  # after the next one it rests for minutes
    synced.intercom.faults.plan("refuse", "POST /contacts/search", status=400, code="parameter_invalid")
    syncing = Syncing()
    try:
        STEP(syncing)
        until(lambda: Connection.objects.get().failures == 10, PATIENCE)
        sync.sync_now(Connection.objects.get())
        until(lambda: bool(synced.stands("ann@acme.example")), PATIENCE)
    finally:
        syncing.stop()


def test_a_connection_that_is_gone_is_left(synced: Synced, clock: Driven | None) -> None:
    syncing = Syncing()
    try:
        STEP(syncing)
        assert syncing.how_many == 1
        Connection.objects.all().delete()
        began = time.monotonic()
        while syncing.how_many:
            assert time.monotonic() - began < PATIENCE
            STEP(syncing)
            time.sleep(0.05)
    finally:
        syncing.stop()


def test_nothing_is_done_while_not_everybody_is_known(synced: Synced, clock: Driven | None) -> None:
    synced.switch(Mode.ALL)
    looks, known = list[bool](), False

    def ready() -> bool:
        looks.append(known)
        return known

    syncing = Syncing(ready=ready)
    try:
        STEP(syncing)
        until(lambda: bool(looks))
        assert not synced.workspace.writes
        known = True
        until(lambda: bool(synced.stands("ann@acme.example")))
        assert looks[0] is False
    finally:
        syncing.stop()
